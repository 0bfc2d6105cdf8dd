"""Finds the Chromium with which pages are tried, by the tests and by the trials."""

import shutil
import sys

HOW = "install Debian's chromium (apt-get install chromium)"


def chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def needed() -> str:
    """Return the path of a Chromium.

    Raises ``SystemExit``, with a sentence that says how to get one, where there is none.
    """
    return chromium() or sys.exit(f"No Chromium was found: {HOW}.")
