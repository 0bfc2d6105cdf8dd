"""Runs a command of the project, with make or without it: ``python src/companion_press NAME [SETTING=VALUE]…``.

It needs nothing but Python, of any of the versions with which the book is built; an older one is told so in a sentence,
so what is written here keeps to what every Python 3 understands.
"""

import os
import sys

SOURCES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Started as a folder, Python looks for modules inside the package first: there are some whose names are common.
sys.path[0] = SOURCES

from companion_press.commands import environment  # noqa: E402

if sys.version_info[:2] < environment.LOWEST:
    environment.check_python()

from companion_press.commands import runner  # noqa: E402

if __name__ == "__main__":
    sys.exit(runner.main(sys.argv[1:]))
