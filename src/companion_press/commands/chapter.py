"""Builds one page for its author: ``python -m companion_press.commands.chapter NAME``.

The page is complete, with its figures and their files, its cards and its notes; no cell of another
page runs, and no other page is written. It stands in a site of its own, ``_build/chapter/html``, which
begins as a copy of the last whole one: what is left out here is never missing there.
"""

import difflib
import os
import shutil
import sys
from pathlib import Path

from companion import pages
from companion_press.commands import build
from companion_press.commands import pages as sphinx
from companion_press.keeping import troubles, turns, whole

ROOT = Path(__file__).resolve().parents[3]
WORK = build.BUILD / "chapter/work"
SITE = build.BUILD / "chapter/html"


def document(name: str, root: Path = ROOT) -> str:
    """Return the document name of a page by its short one: ``book/war`` for ``war``.

    Raises
    ------
    LookupError
        The book has no such page; the message is one sentence.
    """
    names = {path.stem: pages.docname(path, root) for path in pages.sources(root)}
    if name in names:
        return names[name]
    if not name:
        raise LookupError("Name the page: make chapter NAME=war.")
    near = difflib.get_close_matches(name, names, n=1) or [pages.chapters(root)[0].stem]
    raise LookupError(f"The book has no page {name!r}; did you mean make chapter NAME={near[0]}?")


def begin(last: Path = build.WORK / "_build", work: Path = WORK) -> None:
    """Begin with the last whole site and what Sphinx remembers of it, where these are newer than what is here.

    Parameters
    ----------
    last : the folder of the whole site (``html``) and of Sphinx's memory (``.doctrees``)
    work : the folder of the same for one page
    """
    known = Path(".doctrees/environment.pickle")
    if not (last / known).is_file():
        return
    if (work / known).is_file() and os.stat(work / known).st_mtime >= os.stat(last / known).st_mtime:
        return
    fresh = whole.begin(work)
    for folder in (".doctrees", "html"):
        shutil.copytree(last / folder, fresh / folder)
    whole.put(fresh, work)


def main(name: str = "") -> int:
    """Build a page; return the exit status."""
    try:
        docname = document(name)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    with turns.turn(build.BUILD) as handle:
        sphinx.usable(WORK)
        if sphinx.usable(build.WORK):
            begin()
        status, printed = sphinx.run(WORK, WORK / "html", handle, docname)
        if status:
            print(f"{printed}\nThe page {name} was not built.", file=sys.stderr)
            return 1
        sys.stderr.write(printed)
        fresh = whole.begin(SITE)
        whole.copy(WORK / "html", fresh, SITE, quickly=True)
        whole.put(fresh, SITE)
    print(f"The page {name} is built. Open {SITE / docname}.html")
    return 0


if __name__ == "__main__":
    sys.exit(troubles.told(main, *sys.argv[1:]))
