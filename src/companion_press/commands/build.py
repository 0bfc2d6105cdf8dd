"""Builds the site into ``_build/html``; the last good build stays until the new one is whole.

Where nothing has changed since, there is nothing to do: `made_from` says from what a site was made.
"""

import fnmatch
import hashlib
import os
import pathlib
import subprocess
import sys

from companion_press.commands import pages
from companion_press.keeping import troubles, turns, whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "_build"
WORK = BUILD / "work"
PAGES = WORK / "_build/html"
MARK = BUILD / "made-from"

#: What Sphinx leaves beside the pages and readers do not get.
NOT_SHOWN = (".buildinfo", "reports")

#: Folders of the project from which no page is made.
APART = (".*", "_build", "__pycache__", "lab", "tests", "paper")


def made_from() -> str:
    """Return a fingerprint of all that a site is made from: the project's files, the settings, this Python."""
    total = hashlib.sha256(sys.version.encode())
    for name in sorted(name for name in os.environ if name.startswith("BOOK_") or name == "SOURCE_DATE_EPOCH"):
        total.update(f"{name}={os.environ[name]}\n".encode())
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if not any(fnmatch.fnmatch(name, apart) for apart in APART))
        for path in (pathlib.Path(folder) / name for name in sorted(files)):
            total.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def main() -> int:
    """Build the site; return the exit status."""
    with turns.turn(BUILD) as handle:
        return build(handle)


def build(handle: int) -> int:
    """Build the site while no other command builds; return the exit status.

    Parameters
    ----------
    handle : the lock (see `turns`)
    """
    shown = BUILD / "html"
    fresh = whole.begin(shown)
    mark = made_from()
    if MARK.is_file() and MARK.read_text("utf-8") == mark and (shown / "index.html").is_file():
        print(f"Nothing has changed since the book was built. Open {shown / 'index.html'}")
        return 0
    MARK.unlink(missing_ok=True)
    status, printed = sphinx(handle)
    if status:
        sys.stderr.write(f"{printed}\nThe build failed; what was built before is unchanged.\n")
        return 1
    whole.copy(PAGES, fresh, shown, NOT_SHOWN)
    if any((BUILD / "paper").glob("*.made-from")):
        # The PDF and the EPUB are offered again as long as they show this book.
        subprocess.run([sys.executable, "-m", "companion_press.paper", "offer", str(fresh)], cwd=ROOT, check=True)
    whole.put(fresh, shown)
    whole.write(MARK, mark)
    print(f"The book is built. Open {shown / 'index.html'}")
    return 0


def sphinx(handle: int) -> tuple[int, str]:
    """Run Sphinx, and once more from nothing where what an earlier build left may have misled it.

    Returns
    -------
    Its exit status (see `pages`) and what it printed
    """
    again = pages.usable(WORK)
    status, printed = pages.run(WORK, PAGES, handle)
    if status == pages.WARNED and again:
        # What Sphinx remembers of earlier pages can contradict a page that has
        # changed (a label that moved): only a build from nothing is a verdict.
        sys.stderr.write(f"{printed}\nThat may come from what an earlier build left: once more, from nothing.\n")
        whole.remove(WORK)
        status, printed = pages.run(WORK, PAGES, handle)
    if status == pages.WARNED:
        whole.remove(WORK)  # some of its pages may be older than what Sphinx remembers of them
    whole.write(BUILD / "build.log", printed)
    return status, printed


if __name__ == "__main__":
    sys.exit(troubles.told(main))
