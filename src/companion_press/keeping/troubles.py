"""Says in one sentence what is wrong with the machine, and what to do: a full disk, a folder that cannot be written."""

import errno
import re
import sys
from collections.abc import Callable
from pathlib import Path

KEPT = "What was built before is unchanged."

_FULL = f"The disk is full: {{path}} could not be written. Make room, then run the command again. {KEPT}"
_CLOSED = (
    f"{{path}} cannot be written: its folder is read-only, belongs to another user or is in use. "
    f"Change that, or work in a copy of the project. {KEPT}"
)
_TAKEN = "The port is taken by another program: name another one, as in PORT=8001."

#: What to say, by the number that the system gives; Windows numbers some of them differently.
SAID = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _CLOSED),
    errno.EADDRINUSE: _TAKEN,
}
_WINDOWS = {112: _FULL, 39: _FULL, 5: _CLOSED, 19: _CLOSED, 32: _CLOSED, 10048: _TAKEN}

#: How Python prints an error of the system, within whatever else is printed.
_PRINTED = re.compile(r"\[(Errno|WinError) (\d+)\] [^\n:]*(?:: (?P<quote>['\"])(?P<path>.*?)(?P=quote))?")

#: How `tempfile` says that no folder takes its files.
_NO_TEMPORARY = "No usable temporary directory found"


class Trouble(Exception):
    """What a command cannot go on with; the text says in one sentence what is wrong and what to do."""


def sentence(printed: str, within: Path | None = None) -> str | None:
    """Return what is wrong with the machine, or None where what was printed is about something else.

    Parameters
    ----------
    printed : an error as Python prints it, or all that a process has printed
    within : the folder in which a file that cannot be written is the machine's fault; elsewhere a page may have asked
        for it
    """
    if _NO_TEMPORARY in printed:
        return _FULL.format(path="the folder for temporary files (TMPDIR)")
    for found in _PRINTED.finditer(printed):
        said = (SAID if found[1] == "Errno" else _WINDOWS).get(int(found[2]))
        if said == _CLOSED and within is not None and not (found["path"] or "").startswith(str(within)):
            continue
        if said:
            return said.format(path=found["path"] or "a file")
    return None


def told(command: Callable[..., int | None], *arguments: object) -> int:
    """Run a command; return its exit status, 1 after a sentence where something is wrong with the machine."""
    try:
        return command(*arguments) or 0
    except KeyboardInterrupt:
        print(f"\nInterrupted. {KEPT}", file=sys.stderr)
        return 130
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as error:
        said = sentence(f"{error}")
        if said is None:
            raise
        print(said, file=sys.stderr)
        return 1
