"""What the build adds to a chapter's kernel: it notes which files of the project are read, and remembers pictures.

A reader's kernel knows nothing of it.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from companion import figures, tables
from companion.ledger import ROOT
from companion_press.execution import drawings, kernel_settings

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

#: Folders of the project whose whole content is in the key of a page's results, or which are no part of it.
KNOWN = ("data", "seeds", "src/companion", "src/companion_press/execution", "_build", ".venv")
#: Those of them whose content is in the key of a picture.
FIXED = ("data/geometry", "src/companion", "src/companion_press/execution", "_build", ".venv")


class Reader:
    """Notes the files and folders of the project that are read, beside those in `KNOWN`.

    Parameters
    ----------
    notes : the file to which it writes their paths below the project's root, one a line
    """

    def __init__(self, notes: Path):
        self.notes, self.root = notes, f"{ROOT}{os.sep}"
        self.known = tuple(f"{ROOT / name}{os.sep}" for name in KNOWN)
        self.fixed = tuple(f"{ROOT / name}{os.sep}" for name in FIXED)
        self.seen: set[str] = set()

    def __call__(self, event: str, arguments: tuple) -> None:
        """Take an event of Python's audit (PEP 578)."""
        if event not in ("open", "os.listdir", "os.scandir"):
            return
        path = arguments[0]
        if path is None:
            path = "."
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # a file that is open already
        path = os.path.abspath(os.fsdecode(path))
        if path.startswith(self.root) and not f"{path}{os.sep}".startswith(self.fixed):
            drawings.note_file(path.removeprefix(self.root))
        if path in self.seen or not path.startswith(self.root) or f"{path}{os.sep}".startswith(self.known):
            return
        self.seen.add(path)
        name = path.removeprefix(self.root)
        handle = os.open(self.notes, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(handle, f"{name}\n".encode())
        os.close(handle)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Begin, when the kernel starts."""
    tables.show_frames(shell)  # `companion` was imported before there was a shell
    sys.addaudithook(Reader(Path(os.environ[kernel_settings.NOTES])))
    fresh = Path(os.environ[kernel_settings.FRESH])
    figures.remember = drawings.Memory(os.environ[kernel_settings.PICTURES], fresh).remember
