"""Builds the site into ``_build/html``; the last good build stays until the new one is whole.

Where nothing has changed since, there is nothing to do: `made_from` says from what a site was made.
"""

import filecmp
import fnmatch
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from companion_press.commands import pages

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "_build"
WORK = BUILD / "work"
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
            total.update(f"{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def build() -> tuple[int, str]:
    """Run Sphinx once.

    Returns
    -------
    Its exit status (see `pages`) and what it printed
    """
    WORK.mkdir(parents=True, exist_ok=True)
    log = BUILD / "build.log"
    with log.open("w", encoding="utf-8") as out:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-m", "companion_press.commands.pages", str(WORK / "_build/html")]
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    return done.returncode, log.read_text("utf-8")


def copy(built: pathlib.Path, fresh: pathlib.Path, shown: pathlib.Path) -> None:
    """Copy a site; a file that the last site has as it is becomes a link to the same bytes on the disk.

    Nothing writes into a site that is shown: it is replaced as a whole. So its files may be shared with
    the next one, but not with the folder in which Sphinx writes.

    Parameters
    ----------
    built : the site as Sphinx has left it
    fresh : the copy, which does not exist yet
    shown : the last site, if there is one
    """
    for folder, folders, files in os.walk(built):
        here = pathlib.Path(folder).relative_to(built)
        folders[:] = [name for name in folders if name not in NOT_SHOWN]
        (fresh / here).mkdir(parents=True)
        for name in files:
            if name in NOT_SHOWN:
                continue
            source, last = pathlib.Path(folder, name), shown / here / name
            if last.is_file() and filecmp.cmp(source, last, shallow=False):
                os.link(last, fresh / here / name)
            else:
                shutil.copy2(source, fresh / here / name)


def main() -> int:
    """Build the site; return the exit status."""
    mark = made_from()
    if MARK.is_file() and MARK.read_text("utf-8") == mark and (BUILD / "html/index.html").is_file():
        print(f"Nothing has changed since the book was built. Open {BUILD / 'html/index.html'}")
        return 0
    MARK.unlink(missing_ok=True)
    again = WORK.exists()
    status, printed = build()
    if status == pages.WARNED and again:
        # What Sphinx remembers of earlier pages can contradict a page that has
        # changed (a label that moved): only a build from nothing is a verdict.
        sys.stderr.write(f"{printed}\nThat may come from what an earlier build left: once more, from nothing.\n")
        shutil.rmtree(WORK)
        status, printed = build()
    if status:
        if status == pages.WARNED:
            shutil.rmtree(WORK)  # some of its pages may be older than what Sphinx remembers of them
        sys.stderr.write(printed)
        sys.stderr.write("\nThe build failed; what was built before is unchanged.\n")
        return 1
    built, shown = WORK / "_build" / "html", BUILD / "html"
    fresh = BUILD / "html.new"
    shutil.rmtree(fresh, ignore_errors=True)
    copy(built, fresh, shown)
    old = BUILD / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if shown.exists():
        shown.rename(old)
    fresh.rename(shown)
    shutil.rmtree(old, ignore_errors=True)
    MARK.write_text(mark, "utf-8")
    if any((BUILD / "paper").glob("*.made-from")):
        # The PDF and the EPUB are offered again as long as they show this book.
        subprocess.run([sys.executable, "-m", "companion_press.paper", "offer"], cwd=ROOT, check=True)
    print(f"The book is built. Open {shown / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
