"""What the build keeps between builds: results by the content of everything that they are made from.

The folder can be deleted at any time; the next build is slower and gives the same bytes.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from companion.ledger import ROOT

#: Days after which an entry that no build has used is removed.
DAYS = 30

#: Bytes that the entries of one kind may take.
MOST = 500_000_000


def digest(*parts: bytes | str) -> str:
    """Return a fingerprint of texts or bytes in their order; where one part ends matters."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(f"{len(content)}:".encode() + content)
    return total.hexdigest()


def digest_of(value: object) -> str:
    """Return a fingerprint of what JSON can hold."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False))


def in_order(value: object) -> str:
    """Return a text of nested dictionaries that does not depend on their order, in which pages were read."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {in_order(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(in_order, value)) + "]"
    return repr(value)


def digest_of_files(root: Path, paths: Iterable[Path]) -> str:
    """Return a fingerprint of files: of their names below `root` and of what they hold."""
    parts: list[str | bytes] = []
    for path in sorted(paths):
        parts += [path.relative_to(root).as_posix(), path.read_bytes()]
    return digest(*parts)


def state(path: Path) -> str:
    """Return the fingerprint of a file's content or of a folder's list of names; ``absent`` where there is none."""
    if path.is_dir():
        # An editor leaves hidden files beside the page that is open in it.
        return digest_of(sorted(name for name in os.listdir(path) if not name.startswith((".", "__pycache__"))))
    return digest(path.read_bytes()) if path.is_file() else "absent"


class Store:
    """A folder of results. An entry that was damaged is dropped and is as good as absent.

    Parameters
    ----------
    folder : where the entries lie, one file each
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def get(self, key: str) -> bytes | None:
        """Return an entry, or None where there is none or it is not what was put."""
        path = self.folder / key
        try:
            head, content = path.read_bytes().split(b"\n", 1)
        except (FileNotFoundError, ValueError):
            return None
        if head.decode("ascii", "replace") != digest(key, content):
            path.unlink(missing_ok=True)
            return None
        os.utime(path)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep an entry; readers see all of it or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(digest(key, content).encode() + b"\n" + content)
        os.replace(name, self.folder / key)

    def get_json(self, key: str) -> Any:
        """Return an entry that was put by `put_json`, or None."""
        content = self.get(key)
        return None if content is None else json.loads(content)

    def put_json(self, key: str, value: object) -> None:
        """Keep what JSON can hold."""
        self.put(key, json.dumps(value, ensure_ascii=False).encode())

    def take(self, other: Path) -> None:
        """Take over the entries of another folder on the same disk, if it is there."""
        for path in other.glob("*") if other.is_dir() else ():
            self.folder.mkdir(parents=True, exist_ok=True)
            os.replace(path, self.folder / path.name)

    def prune(self, days: float = DAYS, most: int = MOST) -> None:
        """Remove entries that nothing has asked for in so many days, and the oldest until no more than so many bytes are left."""
        entries = [(path.stat(), path) for path in self.folder.glob("*")] if self.folder.is_dir() else []
        left, limit = 0, time.time() - days * 24 * 3600
        for facts, path in sorted(entries, key=lambda entry: -entry[0].st_mtime):
            left += facts.st_size
            if facts.st_mtime < limit or left > most:
                path.unlink(missing_ok=True)


def folder(root: Path = ROOT) -> Path:
    """Return the folder of all stores of a project."""
    return Path(root) / "_build/cache"


def store(kind: str, root: Path = ROOT) -> Store:
    """Return the store of one kind of results (``chapters``, ``figures``, ``citations``, …)."""
    return Store(folder(root) / kind)


def workplace(root: Path = ROOT) -> Path:
    """Return a new folder beside the stores, for what becomes an entry when all of it is known to be right."""
    folder(root).mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=folder(root), prefix=".fresh-"))


def remove_workplaces(root: Path = ROOT, days: float = 1) -> None:
    """Remove what killed runs have left of them: those that are older than any run."""
    for left in folder(root).glob(".fresh-*"):
        if left.stat().st_mtime < time.time() - days * 24 * 3600:
            shutil.rmtree(left)


def clear(root: Path = ROOT) -> None:
    """Remove everything that is kept."""
    shutil.rmtree(folder(root), ignore_errors=True)
