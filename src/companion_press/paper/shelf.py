"""The shelf: what was made stands in ``_build/paper``, and the landing page offers what is still true.

The site is built anew by each `make book`, the PDF and the EPUB are not. Each of them is kept
with a fingerprint of all that went into it; the site offers it as long as its own pages, put
together again, give the same one.
"""

import hashlib
import pathlib
import re
import shutil

import htpy as h

from companion_press import html_parts
from companion_press.keeping import whole
from companion_press.paper import EPUB, PDF, SHELF, volume
from companion_press.theme import site_theme

#: What is offered, in this order: the file's name, what it is called, what it is for.
EDITIONS = (
    (PDF, "a PDF", "for printing, with page numbers and notes at the foot of the page"),
    (EPUB, "an EPUB", "for e-readers"),
)

#: Where the files stand on the site, and the place on the landing page that names them.
FOLDER = "paper"
PLACE = re.compile(r'<div class="paper-editions">.*?</div>', re.S)


def fingerprint(book: volume.Volume) -> str:
    """Return a fingerprint of the book as it would be printed now: its text, its pictures and what sets them."""
    found = hashlib.sha256("".join(str(page.article) for page in book.pages).encode() + repr(book.facts).encode())
    beside = [site_theme.ASSETS / "print.css", *sorted(pathlib.Path(__file__).parent.iterdir())]
    for path in [*book.images.values(), *filter(pathlib.Path.is_file, beside)]:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def keep(name: str, made: pathlib.Path, mark: str) -> None:
    """Put a new edition on the shelf; one that was there is replaced only now, and offered only with its own record."""
    SHELF.mkdir(parents=True, exist_ok=True)
    record = _record(mark, made)
    made.replace(SHELF / name)
    whole.write(SHELF / f"{name}.made-from", record)


def _record(mark: str, edition: pathlib.Path) -> str:
    """What stands beside an edition: the book of which it was made, and which file that gave."""
    return f"{mark} {hashlib.sha256(edition.read_bytes()).hexdigest()}\n"


def offer(mark: str, site: pathlib.Path) -> list[str]:
    """Copy the editions with this fingerprint into a site that is not shown yet and name them on its landing page.

    Returns the names of those that are offered; where there are none, the page names none.
    """
    folder, offered = site / FOLDER, []
    shutil.rmtree(folder, ignore_errors=True)
    words: list[h.Node] = []
    for name, called, purpose in EDITIONS:
        record = SHELF / f"{name}.made-from"
        if (SHELF / name).is_file() and record.is_file() and record.read_text("utf-8") == _record(mark, SHELF / name):
            folder.mkdir(exist_ok=True)
            shutil.copyfile(SHELF / name, folder / name)
            size = (SHELF / name).stat().st_size / 1e6
            words.append([h.a(href=f"../{FOLDER}/{name}", download=True)[called], f" {purpose} ({size:.1f} MB)"])
            offered.append(name)
    landing = site / "book/index.html"
    said = h.p["The whole book also comes as ", html_parts.joined(words, " and as "), "."] if words else None
    place = str(h.div(".paper-editions")[said])
    page = landing.read_text("utf-8")
    whole.write(landing, PLACE.sub(lambda _: place, page))
    return offered
