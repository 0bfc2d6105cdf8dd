"""Chapters are run side by side, each once for what it is made from; the results are kept until that changes."""
