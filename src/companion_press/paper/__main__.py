"""``python -m companion_press.paper pdf`` and ``epub`` make an edition and put it into the site.

``offer SITE`` puts those that are still true into a site that is being built; ``ready`` says whether a
PDF can be made on this machine.
"""

import pathlib
import sys

from companion.ledger import load
from companion_press.keeping import machine, troubles, turns, whole
from companion_press.paper import EPUB, PDF, SHELF, SITE, shelf, volume

COMMANDS = ("pdf", "epub", "offer", "ready")


def main(command: str = "", site: str = "") -> int:
    """Run a command; return the exit status."""
    if command not in COMMANDS:
        sys.stderr.write(f"python -m companion_press.paper {' | '.join(COMMANDS)}\n")
        return 2
    if command in ("pdf", "ready"):
        from companion_press.paper import pdf

        if not pdf.ready():
            sys.stderr.write(pdf.MISSING + "\n")
            return 1
        if command == "ready":
            return 0
    if command == "offer":
        offered = pathlib.Path(site)
        shelf.offer(shelf.fingerprint(volume.assemble(offered, load())), offered)
        return 0
    with turns.turn(SITE.parent):
        whole.recover(SITE)
        if not (SITE / "book/index.html").is_file():
            sys.stderr.write("There is no book yet: run make book first.\n")
            return 1
        if lacking := machine.lacking([*machine.TYPEFACES, *typefaces()]):
            sys.stderr.write("\n".join(lacking) + "\n")
            return 1
        make(command)
    return 0


def typefaces() -> list[pathlib.Path]:
    """Return the files of the typefaces that the editions have beside those of the site."""
    from companion_press.paper import pdf

    return [file for *_, file in pdf.BESIDE]


def make(command: str) -> None:
    """Make one edition, put it on the shelf, offer it on the landing page, and say where it will be found."""
    from companion_press.paper import epub, pdf

    name, write = {"pdf": (PDF, pdf.write), "epub": (EPUB, epub.write)}[command]
    ledger = load()
    book = volume.assemble(SITE, ledger)
    mark = shelf.fingerprint(book)
    work = whole.begin(SHELF / "making")
    work.mkdir(parents=True)
    made = work / name
    write(book, ledger, SITE, made)
    size = made.stat().st_size / 1e6
    shelf.keep(name, made, mark)
    whole.remove(work)
    with whole.renewed(SITE) as fresh:
        shelf.offer(mark, fresh)
    print(f"The book is in {SITE / shelf.FOLDER / name} ({size:.1f} MB), and the landing page offers it.")


if __name__ == "__main__":
    sys.exit(troubles.told(main, *sys.argv[1:]))
