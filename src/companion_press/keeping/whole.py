"""Replaces files and folders as a whole: whoever looks, at any moment, finds the last one or the next, never half of one.

A process may be killed between any two steps. What it leaves is known by its name: ``html.new`` was
being made, ``html.old`` was being replaced, ``html.gone`` was being removed.
"""

import contextlib
import ctypes
import filecmp
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path


def beside(path: Path, kind: str) -> Path:
    """Return the name beside a file or folder for what becomes of it: ``html.new``."""
    return path.with_name(f"{path.name}.{kind}")


def hashed(name: str, content: bytes) -> str:
    """Return a file name that changes with the content: ``book.1f2e3d4c5b.css``."""
    stem, ending = os.path.splitext(name)
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{ending}"


def write(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8 with the line ends that it has; until it is whole, the file from before stays."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = beside(path, "new")
    fresh.write_bytes(content.encode() if isinstance(content, str) else content)
    if path.exists():
        shutil.copymode(path, fresh)
    os.replace(fresh, path)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; until the copy is whole, the target from before stays."""
    fresh = beside(target, "new")
    shutil.copyfile(source, fresh)
    os.replace(fresh, target)


def remove(folder: Path) -> None:
    """Remove a folder, if it is there; half removed it has its name no more."""
    gone = beside(folder, "gone")
    if gone.exists():
        shutil.rmtree(gone)
    if folder.exists():
        folder.rename(gone)
        shutil.rmtree(gone)


def recover(shown: Path) -> None:
    """Put the last folder back where a process ended after it had been moved away and before the next was in its place."""
    old = beside(shown, "old")
    if old.exists() and not shown.exists():
        old.rename(shown)


def begin(shown: Path) -> Path:
    """Return the place for the next state of a folder, in which nothing is yet."""
    recover(shown)
    remove(beside(shown, "new"))
    return beside(shown, "new")


def put(fresh: Path, shown: Path) -> None:
    """Put a folder that is whole into the place of another, which goes.

    Where the system exchanges two names in one step there is always one of them; elsewhere none for
    the time between two renames, after which `recover` puts the last one back.
    """
    old = beside(shown, "old")
    remove(old)
    if shown.exists():
        if exchange(fresh, shown):
            remove(fresh)
            return
        shown.rename(old)
    try:
        fresh.rename(shown)
    except OSError:
        recover(shown)
        raise
    remove(old)


@contextlib.contextmanager
def renewed(shown: Path) -> Iterator[Path]:
    """Give a copy of a folder to change, and put it into its place when that has gone well.

    Its files are shared with the folder itself: they may be replaced (`write`) and removed, not written into.
    """
    fresh = begin(shown)
    shutil.copytree(shown, fresh, copy_function=share)
    yield fresh
    put(fresh, shown)


def share(source: str | Path, target: str | Path) -> None:
    """Let a second name lead to the same bytes on the disk, or copy them where the file system cannot do that."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def copy(built: Path, fresh: Path, shown: Path, left_out: tuple[str, ...] = (), quickly: bool = False) -> None:
    """Copy a folder; a file that the last one has as it is becomes a link to the same bytes on the disk.

    Nothing writes into a site that is shown: it is replaced as a whole. So its files may be shared with
    the next one, but not with the folder in which Sphinx writes.

    Parameters
    ----------
    built : the site as Sphinx has left it
    fresh : the copy, which does not exist yet
    shown : the last site, if there is one
    left_out : names of files and folders that readers do not get
    quickly : whether a file of the same size and time is taken to be the same
    """
    for folder, folders, files in os.walk(built):
        here = Path(folder).relative_to(built)
        folders[:] = [name for name in folders if name not in left_out]
        (fresh / here).mkdir(parents=True)
        for name in files:
            if name in left_out:
                continue
            source, last = Path(folder, name), shown / here / name
            if last.is_file() and filecmp.cmp(source, last, shallow=quickly):
                share(last, fresh / here / name)
            else:
                shutil.copy2(source, fresh / here / name)


#: The calls that exchange two names in one step: how each is named, what stands before and after the names, the flag.
_CALLS = {"linux": ("renameat2", True, 2), "darwin": ("renamex_np", False, 2)}


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return False where the system or the disk has no such step."""
    call = _call()
    return call is not None and call(os.fsencode(one), os.fsencode(other)) == 0


def _call() -> Callable[[bytes, bytes], int] | None:
    if sys.platform not in _CALLS:
        return None
    name, from_folders, flag = _CALLS[sys.platform]
    function = getattr(ctypes.CDLL(None), name, None)
    if function is None:
        return None
    here = -100  # AT_FDCWD: names are as any other call takes them
    if from_folders:
        return lambda one, other: function(here, one, here, other, ctypes.c_uint(flag))
    return lambda one, other: function(one, other, ctypes.c_uint(flag))
