"""The sources: bibliography entries and the cards in ``seeds/``."""

import functools
import pathlib
import re
from typing import Any

import pandas as pd
import yaml
from pybtex.database import BibliographyData, Entry, parse_string

from companion import dates
from companion.ledger import ROOT, Ledger

#: A place in a source text: a paragraph, ``¶0`` being the standfirst, the caption of its picture, or the time stamp of a recording.
LOCATOR = re.compile(r"¶\d+|caption|\d{2}:\d{2}:\d{2}")


@functools.lru_cache(maxsize=4)
def references(root: pathlib.Path = ROOT) -> BibliographyData:
    """Return every reference of the book, from ``seeds/references.bib``.

    Raises ``pybtex.scanner.PybtexSyntaxError`` for a file that is not BibTeX.
    """
    return parsed((pathlib.Path(root) / "seeds/references.bib").read_text("utf-8"))


@functools.lru_cache(maxsize=4)
def parsed(text: str) -> BibliographyData:
    """Return the references of a text in BibTeX, which takes a while to read.

    Raises ``pybtex.scanner.PybtexSyntaxError`` for what is not BibTeX.
    """
    return parse_string(text, "bibtex")


def card(key: str, root: pathlib.Path = ROOT) -> dict:
    """Return the facts at the head of a source's card.

    Among them ``sentences``: how many sentences each paragraph or time stamp
    has (the length of the text, which is itself not ours to publish), and
    ``sha256`` of the text that was used. Not to be changed: it is read once.

    Raises ``FileNotFoundError`` where there is no card of that name.
    """
    text = (pathlib.Path(root) / f"seeds/{key}.md").read_text("utf-8")
    return _head(text)["card"]


@functools.lru_cache(maxsize=64)  # asked of every claim of a text
def _head(text: str) -> dict[str, Any]:
    return yaml.safe_load(text.split("---", 2)[1])


def locators(key: str, root: pathlib.Path = ROOT) -> list[str]:
    """Return the locators of a source in order: ``¶0``, ``¶1``, …, ``caption`` where it stands, or its time stamps."""
    return list(card(key, root)["sentences"])


def author(key: str, root: pathlib.Path = ROOT) -> str:
    """Name who stands behind a reference: its author or outlet (``Cafiero``, ``Trend``)."""
    entry = references(root).entries[key]
    people = entry.persons.get("author", [])
    if people:
        names = [" ".join(p.prelast_names + p.last_names).strip("{}") for p in people]
    else:
        names = [entry.fields.get("title", key)]
    # What stands in brackets or behind a semicolon is for the full reference.
    return " and ".join(plain(re.split(r"\s*[(;]", name)[0]) for name in names)


def short(key: str, root: pathlib.Path = ROOT) -> str:
    """Name a reference briefly: author or publisher and year (``Cafiero 2025``)."""
    return f"{author(key, root)} {references(root).entries[key].fields.get('year', '(undated)')}"


def texts(ledger: Ledger) -> pd.DataFrame:
    """Return the source texts with what a chapter needs to name them, a row each, by their keys.

    Columns: ``name``, by which pictures and tables name a text; ``label``, shorter,
    for where room is scarce; ``phrase``, as a sentence names it; ``date``, the EDTF
    date of its reference, or ``""``. They are those on its card, or else its author’s name.
    """
    rows = []
    for key in ledger.seeds:
        head, entry = card(key, ledger.root), references(ledger.root).entries[key]
        name = head.get("name", author(key, ledger.root))
        rows.append(
            {
                "name": name,
                "label": head.get("label", name),
                "phrase": head.get("phrase", name),
                "date": entry.fields.get("date", ""),
            }
        )
    return pd.DataFrame(rows, index=ledger.seeds)


def account_to(ledger: Ledger) -> str:
    """Return the day of the latest source text, to which the account goes."""
    return max(texts(ledger)["date"])


def how_current(ledger: Ledger) -> str:
    """Say how current the book is: ``Account to …; evidence read to …``. What follows names the page of later events."""
    return f"Account to {dates.text(account_to(ledger)[:7])}; evidence read to {dates.text(ledger.evidence_read_to)}"


def plain(text: str) -> str:
    """Return the text of a BibTeX field: without braces and escapes."""
    return re.sub(r"\\([&%_$#])", r"\1", text.replace("{", "").replace("}", ""))


#: CSL's type by the `kind` of an entry: what the bibliography may hold, because every style can set it.
TYPES = {
    "online": "webpage",
    "misc": "document",
    "book": "book",
    "article": "article-journal",
    "magazine": "article-magazine",
    "newspaper": "article-newspaper",
}
# A year, a month or a day, which may be approximate or uncertain.
_DATED = r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?[~?]?"


def kind(entry: Entry) -> str:
    """Return what an entry of the bibliography is, a key of `TYPES`: its type, or the subtype of an article that has one."""
    return entry.fields.get("entrysubtype", entry.type) if entry.type == "article" else entry.type


def is_date(text: str) -> bool:
    """Say whether every style can print a date of the bibliography: a year, a month or a day, or a span of two.

    The ledger may hold more (`dates.is_date`): a season, a decade, a span without end, a month of an unstated year.
    """
    return dates.is_date(text) and re.fullmatch(f"{_DATED}(/{_DATED})?", text) is not None
