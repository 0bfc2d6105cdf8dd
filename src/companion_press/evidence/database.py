"""The ledger as one SQLite file: the tables of the data package with their keys, types and allowed values."""

import math
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from companion import sources
from companion.ledger import Ledger

#: The database, below the site's root.
DATABASE = "data/central-asia-companion.sqlite"

#: What the columns ``source`` and ``reference`` refer to, which the data package has as a file of BibTeX.
BIBLIOGRAPHY = """CREATE TABLE "bibliography" ( -- The references of seeds/references.bib.
  "id" TEXT NOT NULL, -- Key in seeds/references.bib.
  "name" TEXT NOT NULL, -- Its short name in this book.
  "title" TEXT NOT NULL, -- Its title.
  "date" TEXT, -- EDTF date, as far as the source gives one.
  "url" TEXT, -- Its address.
  PRIMARY KEY ("id")
)"""

#: Types of SQLite by those of the data package; dates are text that sorts as they do.
TYPES = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL"}


def database(ledger: Ledger) -> bytes:
    """Return the ledger as an SQLite database, the same bytes each time.

    An empty cell is ``NULL``. What the data package says of each table and column stands beside it in the schema.

    Raises ``ValueError`` where a row refers to none.
    """
    resources = [resource for resource in ledger.package["resources"] if "schema" in resource]
    connection = sqlite3.connect(":memory:")
    try:
        for resource in resources:
            connection.execute(schema(resource, resources))
            rows = [[_cell(value) for value in row] for row in ledger.tables[resource["name"]].itertuples(index=False)]
            marks = ", ".join("?" * len(resource["schema"]["fields"]))
            connection.executemany(f"INSERT INTO {quoted(resource['name'])} VALUES ({marks})", rows)
        connection.execute(BIBLIOGRAPHY)
        connection.executemany('INSERT INTO "bibliography" VALUES (?, ?, ?, ?, ?)', _references(ledger))
        astray = connection.execute("PRAGMA foreign_key_check").fetchall()
        if astray:
            raise ValueError(f"rows that refer to none (table, row, table referred to): {astray[:5]}")
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _references(ledger: Ledger) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    for key, entry in sources.references(ledger.root).entries.items():
        fields = entry.fields
        title = sources.plain(fields["title"].replace("{", "").replace("}", ""))
        yield key, sources.short(key, ledger.root), title, fields.get("date"), fields.get("url")


def schema(resource: dict, resources: list[dict]) -> str:
    """Return the statement that makes the table of a resource.

    Parameters
    ----------
    resource : as ``datapackage.json`` has it
    resources : all tables; a column to which one of them refers must be unique
    """
    keys = resource["schema"].get("foreignKeys", [])
    fields = resource["schema"]["fields"]
    lines = [_column(field) for field in fields]
    unique = {
        tuple(key["reference"]["fields"])
        for other in resources
        for key in other["schema"].get("foreignKeys", [])
        if key["reference"]["resource"] == resource["name"]
    }
    primary = resource["schema"]["primaryKey"]
    rules = [f"PRIMARY KEY ({_list(primary)})"]
    rules += [f"UNIQUE ({_list(columns)})" for columns in sorted(unique - {tuple(primary)})]
    rules += [
        f"FOREIGN KEY ({_list(key['fields'])}) REFERENCES "
        f"{quoted(key['reference']['resource'])} ({_list(key['reference']['fields'])})"
        for key in keys
    ]
    written = [f"  {line}, -- {_said(field['description'])}" for line, field in zip(lines, fields)]
    body = "\n".join(written) + "\n  " + ",\n  ".join(rules)
    return f"CREATE TABLE {quoted(resource['name'])} ( -- {_said(resource['description'])}\n{body}\n)"


def _column(field: dict[str, Any]) -> str:
    held = field.get("constraints", {})
    parts = [quoted(field["name"]), TYPES[field["type"]]]
    if held.get("required"):
        parts.append("NOT NULL")
    if "enum" in held:
        allowed = ", ".join(_literal(value) for value in held["enum"])
        parts.append(f"CHECK ({quoted(field['name'])} IN ({allowed}))")
    return " ".join(parts)


def quoted(name: str) -> str:
    """Return a name as SQL writes one that may be a word of its own (``count``)."""
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def _said(text: str) -> str:
    return " ".join(text.split())


def _cell(value: Any) -> Any:
    """Return a value as SQLite holds it."""
    if value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value
