"""What was found before, of what is the same now: a verdict is kept under all that it was made from.

Within a process each answer is kept. Between two runs of the command only this is kept: what was sound, in
`REMEMBERED` below the project's folder, under the code of the checks, Python and the libraries as well. So an
edit of one table asks only the rules that look at it, and nothing that is kept can be out of date.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import companion
from companion_checks.problems import Problem

#: Where the command keeps what was sound, below the project's folder; it can be deleted.
REMEMBERED = "_build/cache/sound-checks.json"
#: So many answers are kept within a process; a run of the whole asks about a thousand.
KEPT = 20_000


def fingerprint(*parts: str) -> str:
    """Return one fingerprint of some texts, in which their borders count."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass")
        total.update(b"%d:" % len(content))
        total.update(content)
    return total.hexdigest()


def mark(part: Any) -> str:
    """Return the fingerprint of a part of a project: its own ``mark``, or that of all it holds."""
    own = getattr(part, "mark", None)
    if isinstance(own, str):
        return own
    if isinstance(part, (set, frozenset)):
        part = sorted(part)
    elif not isinstance(part, (dict, list, tuple, str, int, float, type(None))):
        raise TypeError(f"{part!r} has no fingerprint: give its class a property 'mark'")
    return fingerprint(json.dumps(part, default=mark))


def code() -> str:
    """Return the fingerprint of what decides beside the data: the checks, Python, and the installed libraries."""
    total = hashlib.sha256(sys.version.encode())
    sources = pathlib.Path(companion.__file__).parent, pathlib.Path(__file__).parent
    for path in sorted(path for folder in sources for path in folder.rglob("*.py")):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    # A library stands beside a folder that is named for its version.
    installed = {path.name for folder in sys.path for path in pathlib.Path(folder).glob("*.dist-info")}
    total.update("\n".join(sorted(installed)).encode())
    return total.hexdigest()


class Verdicts:
    """Answers by what they were made from.

    Parameters
    ----------
    sound : iterable of str
        What an earlier run has found sound (see `recall`).
    code : str
        The fingerprint of what else decided then, and decides now.
    """

    def __init__(self, sound: Iterable[str] = (), code: str = "") -> None:
        self._sound, self._code = frozenset(sound), code
        self._found: dict[str, tuple[Problem, ...]] = {}
        self._asked: dict[str, None] = {}

    def ask(self, question: str, marks: Sequence[str], find: Callable[[], Iterable[Any]]) -> list[Any]:
        """Return the answer to a question about parts with these marks; `find` is asked where it is not known."""
        key = fingerprint(self._code, question, *marks)
        if key not in self._found:
            if len(self._found) >= KEPT:
                self._found.clear()
            self._found[key] = () if key in self._sound else tuple(find())
        self._asked[key] = None
        return list(self._found[key])

    def sound(self) -> list[str]:
        """Return the keys of the questions that were asked and to which nothing was found."""
        return sorted(key for key in self._asked if not self._found.get(key, True))


def recall(root: pathlib.Path) -> Verdicts:
    """Return what an earlier run of the command has found sound; nothing where that cannot be read."""
    sound: Any = []
    with contextlib.suppress(OSError, ValueError):  # what is not remembered is checked again
        sound = json.loads((root / REMEMBERED).read_text("utf-8"))
    if not isinstance(sound, list) or not all(isinstance(key, str) for key in sound):
        sound = []
    return Verdicts(sound, code())


def remember(root: pathlib.Path, verdicts: Verdicts) -> None:
    """Keep for the next run what was found sound; where nothing can be written, the next run checks it all."""
    path = root / REMEMBERED
    with contextlib.suppress(OSError):  # a folder that nobody may write into
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump(verdicts.sound(), file)
        os.replace(file.name, path)
