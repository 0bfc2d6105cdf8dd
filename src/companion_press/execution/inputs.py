"""What the results of a chapter's cells depend on, beside the cells themselves.

`shared` names each part with a fingerprint. A result is served only where all of them are
what they were when it was made, so that whatever is added here makes the build more careful,
never wrong. What a cell reads beyond these files is noted while it runs (`kernel`) and
compared as well (`chapters`).
"""

import functools
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

from companion.ledger import ROOT
from companion_press.execution import kernel_settings, store

#: Variables of the environment that reach a cell, by what their names begin with.
VARIABLES = ("MPL", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH", "LANG", "LC_", "TZ")

#: The settings of a build, which are kept from its kernels: where the site will stand is not for a cell to know.
HIDDEN = ("BOOK_", "COMPANION_")

#: What each part of `shared` is called in a sentence.
PARTS = {
    "data": "the data",
    "sources": "the source texts",
    "shapes": "the shapes of the maps",
    "package": "the package companion",
    "execution": "the code that runs cells",
    "lock": "requirements.txt",
    "installed": "the installed packages",
    "python": "the version of Python",
    "settings": "the settings of the environment",
}


def shared(root: Path = ROOT) -> dict[str, str]:
    """Return the fingerprint of each thing on which the results of all cells depend.

    Parameters
    ----------
    root : folder of the project
    """
    return {
        "data": store.digest_of_files(root, files_below(root / "data")),
        "sources": store.digest_of_files(root, files_below(root / "seeds")),
        **without_data(root),
    }


def without_data(root: Path = ROOT) -> dict[str, str]:
    """Return the same without the tables and the sources: what a picture depends on beside what it shows."""
    return {
        "shapes": store.digest_of_files(root, files_below(root / "data/geometry")),
        "package": store.digest_of_files(root, files_below(root / "src/companion")),
        "execution": store.digest_of_files(root, files_below(root / "src/companion_press/execution")),
        "lock": store.digest((root / "requirements.txt").read_bytes()),
        "installed": installed(),
        "python": f"{sys.version} {platform.system()} {platform.machine()}",
        "settings": store.digest_of([kernel_settings.KERNEL, *variables()]),
    }


def changed(before: dict[str, str], root: Path = ROOT) -> list[str]:
    """Return what is no longer as it was, in words, in the order of `PARTS`.

    Parameters
    ----------
    before : what `shared` returned
    root : folder of the project
    """
    installed.cache_clear()  # packages may have come or gone since this process began
    now = shared(root)
    return [words for part, words in PARTS.items() if now[part] != before.get(part)]


def files_below(folder: Path) -> list[Path]:
    """Return every file below a folder, but not what Python compiles."""
    return [path for path in Path(folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@functools.cache
def installed() -> str:
    """Return the fingerprint of the names and versions of all packages of this environment."""
    return store.digest_of(sorted({f"{d.name}=={d.version}" for d in importlib.metadata.distributions() if d.name}))


def variables() -> list[str]:
    """Return the settings in the environment that could reach a cell."""
    return sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith(VARIABLES))


def environment() -> dict[str, str]:
    """Return the environment of a kernel: that of the build without its settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
