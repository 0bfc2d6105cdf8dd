"""What can be cited, as records: the book, a chapter, a figure, a map, a row of the ledger, the data, a source.

A record is a CSL-JSON item (a plain ``dict``). `citations` sets it in a style and `exports` writes it for a
reference manager. A source comes from ``seeds/references.bib``, all else from ``CITATION.cff`` and the ledger.
"""

import functools
import pathlib
import re
from typing import Any

import yaml
from pybtex.database import Person

from companion import pages, sources
from companion.ledger import ROOT, Ledger

#: What `fixed` sets around a stretch of a title. No text holds these (they are for private use), as a text may hold markup.
_FIXED = ("\ue004", "\ue005")

#: What stands for an id and for a title in a record that is a pattern of others: letters for private use too.
ID, TITLE = "\ue010", "\ue011"


@functools.lru_cache(maxsize=4)
def work(root: pathlib.Path = ROOT) -> dict:
    """Return ``CITATION.cff``, the one place that holds the book's title, authors, version and date."""
    return yaml.safe_load((pathlib.Path(root) / "CITATION.cff").read_text("utf-8"))


def book(ledger: Ledger, address: str = "") -> dict:
    """Return the record of the whole book: an online book with a version.

    APA 7 puts the version of a work in brackets behind its title, MLA 9 in the
    element “version”, Chicago 18 and Cite Them Right in the place of an edition.

    Parameters
    ----------
    ledger : the ledger
    address : the site's address, ending in ``/``; ``""`` if it is not known
    """
    return _own(ledger, "book", "book", address, "", title=work(ledger.root)["title"])


def data(ledger: Ledger, address: str = "") -> dict:
    """Return the record of the data package.

    APA 7 marks it ``[Dataset]``; the others name it as a part of the book.
    """
    return _own(ledger, "data", "dataset", address, "data/README.html", title="Data Package", **_inside(ledger))


def chapter(ledger: Ledger, docname: str, title: str, number: int, address: str = "") -> dict:
    """Return the record of a chapter: in all styles a part of a book, its title plain or in quotation marks.

    Parameters
    ----------
    docname : the page (``book/war``)
    title : its heading
    number : the chapter's number in the book
    """
    return _own(
        ledger,
        docname.rsplit("/", 1)[-1],
        "chapter",
        address,
        f"{docname}.html",
        title=title,
        **{"chapter-number": str(number)},
        **_inside(ledger),
    )


def page(ledger: Ledger, docname: str, title: str, address: str = "") -> dict:
    """Return the record of a page that is no chapter: the glossary, the card of a source.

    Parameters
    ----------
    docname : the page (``book/glossary``)
    title : its heading
    """
    return _own(
        ledger, docname.rsplit("/", 1)[-1], "chapter", address, f"{docname}.html", title=title, **_inside(ledger)
    )


def figure(ledger: Ledger, docname: str, anchor: str, number: str, title: str, kind: str, address: str = "") -> dict:
    """Return the record of a figure or a map in a chapter.

    It is a part of the book, found by its number. Its title is the sentence that
    it shows, so no style turns it into headline capitals. APA 7 says what it is
    (``[Figure]``, ``[Map]``); MLA 9 and Chicago 18 give the number where they
    give the place of a part in a larger work; Cite Them Right has no field for
    a number, and so has it behind the title. The number is followed by the
    chapter or the page that holds it.

    Parameters
    ----------
    docname, anchor : the page and the figure's id on it
    number : the figure's number (``"3.2"``)
    title : what it shows; a full stop at the end is dropped
    kind : ``"figure"``, ``"map"`` or ``"table"``

    Raises
    ------
    ValueError
        `kind` is none of them.
    """
    if kind not in ("figure", "map", "table"):
        raise ValueError(f"figure {anchor!r}: kind is {kind!r}, must be 'figure', 'map' or 'table'")
    chapter = pages.title(ledger.root / f"{docname}.md")
    landing = docname == pages.docname(pages.landing(ledger.root), ledger.root)
    item = _own(
        ledger,
        anchor,
        "figure" if kind == "table" else kind,  # CSL knows no tables
        address,
        f"{docname}.html#{anchor}",
        title=fixed(_no_stop(title)),
        number=f"{'Table' if kind == 'table' else 'Figure'} {number} {'on the landing page' if landing else f'in “{chapter}”'}",
        **_inside(ledger),
    )
    if kind == "table":
        item["custom"]["shown"] = "Table"
    return item


def claim(ledger: Ledger, id: str, address: str = "") -> dict:
    """Return the record of a row of the ledger, for whoever cites a claim as read in this book.

    It is an entry in a larger work, as in a catalogue; the statement is its
    title, and the row's id stands behind it because the entry is found by it.

    Raises ``UnknownId`` for an id that is no row.
    """
    return entry(ledger, id, claim_title(ledger, id), address)


def claim_title(ledger: Ledger, id: str) -> str:
    """Return the title of a row of the ledger: its statement and its id. Raises ``UnknownId`` for an id that is no row."""
    row = ledger.derivation(id) if ledger.is_derivation(id) else ledger.claim(id)
    return f"{_no_stop(row['statement'])} (ledger row {row['id']})"


def entry(ledger: Ledger, id: str, title: str, address: str = "") -> dict:
    """Return the record of an entry of the ledger by its id and title (see `claim`)."""
    path = f"book/ledger.html#{id}"
    return _own(ledger, id, "entry", address, path, title=fixed(title), **_inside(ledger))


def _own(ledger: Ledger, id: str, type: str, address: str, path: str, **fields: str) -> dict[str, Any]:
    facts = work(ledger.root)
    item = {
        "id": id,
        "type": type,
        **fields,
        "author": [{"literal": author["name"]} for author in facts["authors"]],
        "issued": {"date-parts": [[facts["date-released"].year]]},
        "version": str(facts["version"]),
        "language": "en-GB",
        "custom": {"path": path},
    }
    if address:
        item["URL"] = address + path
    return item


def _inside(ledger: Ledger) -> dict[str, str]:
    return {"container-title": work(ledger.root)["title"]}


def fixed(text: str) -> str:
    """Return a title marked so that its capitals stay as they are in styles that change them."""
    return f"{_FIXED[0]}{text}{_FIXED[1]}"


def is_fixed(title: str) -> bool:
    """Say whether a title is one that no style may raise to capitals (`fixed`)."""
    return re.fullmatch(f"{_FIXED[0]}[^{''.join(_FIXED)}]*{_FIXED[1]}", title) is not None


def plain(text: str) -> str:
    """Return a title without the marks that keep a style from changing its case."""
    return "".join(letter for letter in text if letter not in _FIXED)


def marked_up(value: Any, less: str = "<") -> Any:
    """Return a record, or a part of one, with these marks as the markup of CSL-JSON has them.

    Parameters
    ----------
    less : what stands for a ``<`` of the text. CSL-JSON has no way to say that an ``<i>`` is text; whoever gives the record
        to an engine can put another sign there, and this one back into what the engine returns
    """
    if isinstance(value, dict):
        return {name: marked_up(part, less) for name, part in value.items()}
    if isinstance(value, list):
        return [marked_up(part, less) for part in value]
    if not isinstance(value, str):
        return value
    return value.replace("<", less).replace(_FIXED[0], '<span class="nocase">').replace(_FIXED[1], "</span>")


def _no_stop(text: str) -> str:
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def reference(ledger: Ledger, key: str, read: bool = False) -> dict:
    """Return the record of a source, from its entry in ``seeds/references.bib``.

    Titles stand there as a sentence does, in which names alone have capitals: what
    a style raises it raises itself. Braces in a title keep a name as it is written
    (``{bne} IntelliNews``), brackets around all of it say that there is no title and
    give what stands for one.

    `sources.TYPES` says what an entry can be. An ``@article`` is one of a journal unless
    it is one of a magazine or a newspaper (``entrysubtype``), ``@online`` a page,
    ``@misc`` a text that no publisher stands behind (``howpublished`` says what
    it is). ``organization`` is the site, and
    ``library`` the place of the copy that was read, where it is not the outlet:
    MLA 9 makes it a container of its own, APA 7 and Chicago 18 name it before
    the address. “Anonymous” is no author: all five styles begin with the title
    of a text that nobody signs.

    Parameters
    ----------
    ledger, key : the ledger and the entry's key
    read : whether the record has the day on which the book read the source, and the note
        on how. A list of the book's sources has them; whoever cites the source has a day
        of their own, which is printed where the source has no date (APA 7, MLA 9, Chicago 18) or always
        (Cite Them Right)

    Raises
    ------
    KeyError
        The bibliography lacks the key, or its entry is of a type that `sources.TYPES` lacks.
    ValueError
        A date is none that `is_date` allows.
    """
    entry = sources.references(ledger.root).entries[key]
    fields = {name: sources.plain(value) for name, value in entry.fields.items()}
    item: dict[str, Any] = {
        "id": key,
        "type": sources.TYPES[sources.kind(entry)],
        "title": _title(entry.fields["title"]),
    }
    people = [_person(person) for person in entry.persons.get("author", [])]
    if people and people != [{"literal": "Anonymous"}]:
        item["author"] = people
    for field, variable in _FIELDS.items():
        if field in fields and (read or field != "note"):
            item[variable] = fields[field]
    if "page" in item:
        item["page"] = item["page"].replace("--", "-")  # as BibTeX writes a range
    for field, variable in (("date", "issued"), *([("urldate", "accessed")] if read else [])):
        if field in fields:
            item[variable] = _date(fields[field])
    return item


def _title(raw: str) -> str:
    """Read a BibTeX title: what stands in braces keeps its capitals."""
    return "".join(
        fixed(sources.plain(part)) if position % 2 else sources.plain(part)
        for position, part in enumerate(re.split(r"\{([^{}]*)\}", raw))
    )


_FIELDS = {
    "journaltitle": "container-title",
    "organization": "container-title",
    "howpublished": "genre",
    "publisher": "publisher",
    "address": "publisher-place",
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "doi": "DOI",
    "library": "archive",
    "url": "URL",
    "note": "note",
}


def _person(person: Person) -> dict[str, str]:
    given = " ".join(person.first_names + person.middle_names)
    family = sources.plain(" ".join(person.prelast_names + person.last_names))
    return {"family": family, "given": sources.plain(given)} if given else {"literal": family}


def _date(edtf: str) -> dict[str, Any]:
    if not sources.is_date(edtf):
        raise ValueError(f"{edtf!r} is not a date that a citation can print")
    parts = [[int(n) for n in re.sub("[~?]", "", end).split("-")] for end in edtf.split("/")]
    return {"date-parts": parts, **({"circa": True} if "~" in edtf else {})}
