"""The first cell of every notebook, by which it runs where it was put alone: it finds or fetches the book's package.

What it does is written in ``setup_cell.py``, which is code of the project like any other but for two lines that are
filled in here: where the package can be fetched, and which libraries it needs.
"""

import json
import pathlib
import re
import tomllib

CELL = pathlib.Path(__file__).with_name("setup_cell.py")

#: The id of the cell.
ID = "setup"

#: Modules that are not called like the package that brings them.
MODULES = {"pillow": "PIL", "pyyaml": "yaml"}

#: What runs the cell is there.
KERNEL = "ipykernel"


def code(archive: str, bounds: dict[str, str]) -> str:
    """Return the code of the cell.

    Parameters
    ----------
    archive : the address of a zip with one folder, in which package and data lie; ``""`` where there is none
    bounds : what pip is to be told of each library that a reader needs, by the library's name, see `needed`

    Where all is at hand the cell does and prints nothing. Where the package is missing it fetches the zip and unpacks it
    beside the notebook; where it cannot, or where a library is missing, it ends with a sentence that says what to do. On
    Colab it installs what is missing. A foreign module of the package's name is refused.
    """
    wanted = {MODULES.get(name, name): line for name, line in bounds.items() if name != KERNEL}
    text = CELL.read_text("utf-8")
    for line, filled in (
        ('ARCHIVE = ""\n', f"ARCHIVE = {json.dumps(archive)}\n"),
        ("NEEDS: dict[str, str] = {}\n", f"NEEDS = {json.dumps(wanted, indent=4)}\n"),
    ):
        text = text.replace(line, filled, 1)
    return text.rstrip("\n")


def needed(root: pathlib.Path) -> dict[str, str]:
    """Return what pip is to be told of each library that a reader needs, by its name: the oldest version that will do.

    The versions of the lock, which a reader's ``requirements.txt`` has, would not go with what another machine holds.

    Parameters
    ----------
    root : folder of the project, whose ``pyproject.toml`` lists the libraries
    """
    lines = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return {re.split(r"[^a-z0-9_.-]", line)[0]: line for line in lines}
