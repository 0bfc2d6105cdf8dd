"""A project in memory, as the rules see it: tables, references, cards and pages, each read once."""

import functools
import json
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from companion import pages
from companion.ledger import Ledger
from companion_checks.problems import Problem
from companion_checks.verdicts import fingerprint, mark

#: The tables whose ids ``{claim}`` takes: one namespace.
NAMED = ("claims", "quantities", "derivations")
#: The tables whose names may hold digits and stand in prose.
REGISTERED = ("actors", "resolutions", "sites", "events")

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table of the data package: all cells as text, each row with its number.

    Attributes
    ----------
    name : str
        Its name in ``datapackage.json``.
    file : str
        Its file below the project's folder.
    schema : dict
        Its fields, keys and foreign keys as ``datapackage.json`` describes them.
    rows : list of (int, dict)
        Line in the file, as a spreadsheet counts it, and cells by column.
    """

    name: str
    file: str
    schema: dict[str, Any]
    rows: list[tuple[int, Row]]

    @functools.cached_property
    def mark(self) -> str:
        """The fingerprint of all of it. Rows are never changed in place."""
        return fingerprint(self.name, self.file, json.dumps([self.schema, self.rows]))

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return iter(self.rows)

    def column(self, name: str) -> set[str]:
        """Return the values of a column."""
        return {row[name] for _, row in self.rows}

    def problem(self, row: int, field: str, wrong: str, right: str) -> Problem:
        """Return a problem in this table; the row 0 is the table as a whole."""
        return Problem(self.file, row, field, wrong, right)


class Tables(dict[str, Table]):
    """All tables that can be read, by their names."""

    def some(self, *names: str) -> Iterator[Table]:
        """Yield those of some tables that can be read."""
        return (self[name] for name in names if name in self)


@dataclass(frozen=True)
class Reference:
    """An entry of the bibliography: its line, its kind (a key of `companion.sources.TYPES`, if it is right), fields and authors."""

    key: str
    line: int
    type: str
    kind: str
    fields: Mapping[str, str]
    people: tuple[str, ...] = ()

    @functools.cached_property
    def mark(self) -> str:
        """The fingerprint of all of it."""
        return fingerprint(json.dumps([self.key, self.line, self.type, self.kind, dict(self.fields)]))

    def problem(self, field: str, wrong: str, right: str) -> Problem:
        """Return a problem in this entry."""
        return Problem("seeds/references.bib", self.line, field, wrong, right)


class References(dict[str, Reference]):
    """All entries of the bibliography, by their keys."""


@dataclass(frozen=True)
class Card:
    """The card of a source text: the facts at its head, and the page below."""

    key: str
    head: Mapping[str, Any]
    text: str

    @functools.cached_property
    def mark(self) -> str:
        """The fingerprint of all of it; the head stands in the text."""
        return fingerprint(self.key, self.text)

    @property
    def sentences(self) -> dict[str, int]:
        """How many sentences each paragraph or time stamp has."""
        return self.head["sentences"]

    def problem(self, row: int, field: str, wrong: str, right: str) -> Problem:
        """Return a problem in this card; its head counts as row 1."""
        return Problem(f"seeds/{self.key}.md", row, field, wrong, right)


class Cards(dict[str, Card]):
    """The cards that can be read, by their keys, and the keys of those that cannot (``lost``)."""

    def __init__(self, cards: Mapping[str, Card], lost: frozenset[str] = frozenset()) -> None:
        super().__init__(cards)
        self.lost = lost

    @functools.cached_property
    def mark(self) -> str:
        """The fingerprint of all of them."""
        return fingerprint(mark(dict(self)), mark(self.lost))

    def without(self, key: str) -> bool:
        """Say whether a source has no card at all; one that cannot be read has a problem of its own."""
        return key not in self and key not in self.lost


@dataclass(frozen=True)
class Page:
    """A page of the book as text."""

    name: str
    text: str

    @functools.cached_property
    def mark(self) -> str:
        """The fingerprint of all of it."""
        return fingerprint(self.name, self.text)

    def read_text(self, encoding: str) -> str:
        """Return the text: what `companion.pages` asks of a path."""
        return self.text

    @functools.cached_property
    def uses(self) -> list[pages.Use]:
        """Each use of a claim role."""
        return pages.uses(self)

    def problem(self, row: int, field: str, wrong: str, right: str) -> Problem:
        """Return a problem in this page."""
        return Problem(self.name, row, field, wrong, right)


class Shapes(dict[str, Any]):
    """What a file of geometry holds (GeoJSON), and its text, by which it is known again."""

    def __init__(self, shapes: Mapping[str, Any], text: str) -> None:
        super().__init__(shapes)
        self.text, self.mark = text, fingerprint(text)


class CheckedLedger(Ledger):
    """A ledger of tables in memory, and the fingerprint of all that its answers rest on."""

    def __init__(self, root: pathlib.Path, parts: Mapping[str, Any]) -> None:
        rows = {name: [row for _, row in table] for name, table in parts["tables"].items()}
        super().__init__(root, package=parts["package"], rows=rows)
        # Confidence and dates ask the bibliography and the cards as well.
        self.mark = fingerprint(*(mark(parts.get(name)) for name in ("tables", "package", "references", "cards")))


@dataclass
class Project:
    """What was read of a project, and what could not be.

    Attributes
    ----------
    root : Path
        Its folder.
    parts : dict
        What a rule may ask for, by the name of its parameter: each table by its own name, ``tables`` (all of
        them), ``package``, ``references``, ``cards``, ``countries``, ``shapes``, ``pages``, ``chapters``. What cannot be read
        is not there.
    problems : list of Problem
        What is wrong with files of the ledger and the sources.
    page_problems : list of Problem
        What is wrong with files of pages.
    ragged : set of (str, int)
        File and row of rows with too few or too many cells: what their cells say is noise.
    """

    root: pathlib.Path
    parts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    page_problems: list[Problem] = field(default_factory=list)
    ragged: set[tuple[str, int]] = field(default_factory=set)

    def known(self) -> dict[str, Any]:
        """Return the parts, and what follows from them: the ledger's ``ids`` and the ``registered`` names with digits."""
        known, tables = dict(self.parts), self.parts.get("tables", Tables())
        if all(name in tables for name in NAMED):
            known["ids"] = {id for name in NAMED for id in tables[name].column("id")}
        if all(name in tables for name in REGISTERED):
            glossary = next((page.text for page in self.parts.get("pages", ()) if page.name == pages.GLOSSARY), "")
            names = {name for table in REGISTERED for name in tables[table].column("name")}
            known["registered"] = pages.names_with_digits(names, glossary)
        return known

    def ledger(self) -> Ledger:
        """Return the ledger of the tables in memory.

        Raises
        ------
        KeyError, ValueError
            A table is not readable, or holds a text in the place of a number.
        """
        return CheckedLedger(self.root, self.parts)
