"""Texts are plain: nothing in them that a page would print as a value, nothing that a spreadsheet would compute.

A chapter may set a cell into a sentence in which roles are read, and a spreadsheet that opens a CSV computes a cell
however it is quoted. Both are refused here, so that every file that is given away holds the text unchanged.
"""

import re
from collections.abc import Iterator

from companion.datasets import computes
from companion_checks.problems import Problem
from companion_checks.project import References, Table, Tables
from companion_checks.registry import rule

#: The beginning of a role of MyST, as in ``{claim}`trade-russia-2024```.
ROLE = re.compile(r"\{[a-zA-Z][\w:.+-]*\}`")
BEGIN = "Begin with a letter or a quotation mark, or write a true minus sign (−)"


@rule
def cells_are_not_computed(tables: Tables) -> Iterator[Problem]:
    """No text begins so that a spreadsheet would compute it: with =, +, -, @ or a tabulator."""
    for table, number, column, cell in _texts(tables):
        if computes(cell):
            yield table.problem(number, column, f"a spreadsheet would compute {_short(cell)}", BEGIN)


@rule
def names_of_references_are_not_computed(references: References) -> Iterator[Problem]:
    """No author and no title begins so that a spreadsheet would compute it: both stand in tables to take away."""
    for entry in references.values():
        named = [("author", name) for name in entry.people] + [("title", entry.fields.get("title", ""))]
        for field, text in named:
            if computes(text.lstrip("{")):
                yield entry.problem(field, f"a spreadsheet would compute {_short(text)}", BEGIN)


@rule
def cells_hold_no_roles(tables: Tables) -> Iterator[Problem]:
    """A cell is plain text, in which no role is read."""
    for table, number, column, cell in _texts(tables):
        if role := ROLE.search(cell):
            wrong = f"{role[0]}…` would stand on the page as it is"
            yield table.problem(number, column, wrong, "Say it in words: roles are for pages")


def _texts(tables: Tables) -> Iterator[tuple[Table, int, str, str]]:
    """Yield each cell that holds text, with its table, row and column."""
    for table in tables.values():
        columns = [field["name"] for field in table.schema["fields"] if field["type"] == "string"]
        for number, row in table:
            for column in columns:
                yield table, number, column, row[column]


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
