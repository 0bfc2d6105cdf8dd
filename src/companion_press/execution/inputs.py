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
VARIABLES = ("BOOK_", "COMPANION_", "MPL", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH", "LANG", "LC_", "TZ")

#: Of these, those that change no result: how many chapters run at a time, and what a test run says to itself.
WITHOUT_EFFECT = ("BOOK_JOBS", "COMPANION_TEST_SITE_IS_BUILT")


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


def files_below(folder: Path) -> list[Path]:
    """Return every file below a folder, but not what Python compiles."""
    return [path for path in Path(folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]


@functools.cache
def installed() -> str:
    """Return the fingerprint of the names and versions of all packages of this environment."""
    return store.digest_of(sorted({f"{d.name}=={d.version}" for d in importlib.metadata.distributions() if d.name}))


def variables() -> list[str]:
    """Return the settings in the environment that could reach a cell."""
    return sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith(VARIABLES) and name not in WITHOUT_EFFECT
    )
