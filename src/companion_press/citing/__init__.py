"""Citations of everything that can be cited, for people and for machines."""
