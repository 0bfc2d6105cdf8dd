"""A further source text: its form, its rows, and what it would change."""
