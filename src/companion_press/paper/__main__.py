"""``python -m paper pdf`` and ``epub`` make an edition, ``offer`` puts those that are still true into the site.

``ready`` says whether a PDF can be made on this machine.
"""

import pathlib
import sys
import tempfile

from companion.ledger import load
from companion_press.paper import EPUB, PDF, SHELF, SITE, shelf, volume

COMMANDS = ("pdf", "epub", "offer", "ready")


def main(command):
    if command not in COMMANDS:
        sys.stderr.write(f"python -m paper {' | '.join(COMMANDS)}\n")
        return 2
    if command in ("pdf", "ready"):
        from companion_press.paper import pdf

        if not pdf.ready():
            sys.stderr.write(pdf.MISSING + "\n")
            return 1
        if command == "ready":
            return 0
    if not (SITE / "book/index.html").is_file():
        sys.stderr.write("There is no book yet: run make book first.\n")
        return 1
    ledger = load()
    book = volume.assemble(SITE, ledger)
    mark = shelf.fingerprint(book)
    if command != "offer":
        make(command, book, ledger, mark)
    shelf.offer(mark)
    return 0


def make(command, book, ledger, mark):
    """Make one edition, put it on the shelf and say where it will be found."""
    from companion_press.paper import epub, pdf

    name, write = {"pdf": (PDF, pdf.write), "epub": (EPUB, epub.write)}[command]
    SHELF.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SHELF) as work:
        made = pathlib.Path(work) / name
        write(book, ledger, SITE, made)
        size = made.stat().st_size / 1e6
        shelf.keep(name, made, mark)
    print(f"The book is in {SITE / shelf.FOLDER / name} ({size:.1f} MB), and the landing page offers it.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [""]))
