"""The look of the site: templates, styles, scripts and typefaces."""
