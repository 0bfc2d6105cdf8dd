"""The groups of packages that commands need: where each is installed, and whether it is as its lock says.

An environment is not asked what it holds: beside what was installed lies a stamp, and a stamp that is older than what
it was made from means that the group is installed anew.
"""

import os
from pathlib import Path
from typing import NamedTuple

from companion_press.commands import environment


class Group(NamedTuple):
    """A group of dependencies of ``pyproject.toml`` with its lock.

    Parameters
    ----------
    name : that of the group
    beside : what the name of its folder ends with, where it has an environment of its own ("" where all share one)
    """

    name: str
    beside: str = ""

    @property
    def lock(self) -> str:
        """The file that names its packages, below the project's folder."""
        return "requirements.txt" if self.name == "book" else f"locks/{self.name}.txt"

    def folder(self, venv: str) -> str:
        """Return the folder of its environment; `venv` is that of the shared one."""
        return venv + self.beside

    def stamp(self, venv: str) -> Path:
        """Return the file whose age says when it was installed."""
        return Path(self.folder(venv), f"{self.name}.stamp")

    def made_from(self, venv: str) -> list[Path]:
        """Return the files after a change of which it is installed anew."""
        maker = Path("src/companion_press/commands/environment.py")
        if self == BOOK:
            return [Path(self.lock), Path("pyproject.toml"), maker]
        return [Path(self.lock), maker if self.beside else BOOK.stamp(venv)]


#: The lock of the book itself, with the project; every other group of the shared environment is installed after it.
BOOK = Group("book")
TEST, LINT, PAPER, LAB, WATCH, LINKS = map(Group, ("test", "lint", "paper", "lab", "watch", "links"))
LITE, AUDIT = Group("lite", "-lite"), Group("audit", "-audit")


def stale(group: Group, venv: str) -> bool:
    """Return whether a group has to be installed: never done, broken off, or older than what it is made from."""
    stamp, folder = group.stamp(venv), group.folder(venv)
    if not stamp.exists() or not os.path.exists(environment.python_of(folder)):
        return True
    if os.path.exists(environment.mark_of(folder)):
        return True
    made = stamp.stat().st_mtime_ns
    return any(path.exists() and path.stat().st_mtime_ns > made for path in group.made_from(venv))


def set_up(group: Group, venv: str) -> None:
    """Install a group where it is stale, and before it what it rests upon.

    Raises
    ------
    SystemExit : where that fails, after a sentence that says why
    """
    if group != BOOK and not group.beside:
        set_up(BOOK, venv)
    if stale(group, venv):
        environment.main(group.folder(venv), group.lock, "--project" if group == BOOK else "")
        group.stamp(venv).touch()
