"""A figure on its page: the picture, the panel beneath it, the files to take away."""
