"""One command at a time writes below ``_build``: a second one says so and waits.

The system holds the lock, so that it ends with the process that has it, however that ends; a process
to which the handle is given (`inherited`) holds it as well, as Sphinx does when what started it was killed.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

#: What a command says that must wait.
WAITING = "Another command is building in this folder; this one begins when it has ended (Ctrl+C gives up)."


@contextlib.contextmanager
def turn(folder: Path) -> Iterator[int]:
    """Wait until no other command builds in a folder, and keep others waiting; give the handle of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "turn", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _taken(handle):
            print(WAITING, file=sys.stderr, flush=True)
            while not _taken(handle):
                time.sleep(0.1)
        yield handle
    finally:
        os.close(handle)


def inherited(handle: int) -> dict:
    """Return the options of `subprocess.run` by which a child keeps the lock; Windows has no such thing."""
    return {"pass_fds": (handle,)} if os.name == "posix" else {}


if sys.platform == "win32":
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
