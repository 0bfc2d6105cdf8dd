"""What any cell may hold, whatever its column: text that is seen as it is written, in a spreadsheet too."""

import re
from collections.abc import Iterator

from companion_checks import characters
from companion_checks.problems import Problem
from companion_checks.project import Table
from companion_checks.registry import rule

#: The longest cell, where ``datapackage.json`` gives the column no ``maxLength``; the longest word in one.
LONGEST, WORD = 2000, 100
#: What a spreadsheet takes for the beginning of a formula.
FORMULA = tuple("=+-@")


def texts(table: Table) -> Iterator[tuple[int, str, str]]:
    """Yield the cells that hold text: row, column, cell."""
    for field in table.schema["fields"]:
        name = field["name"]
        for number, row in table:
            if row[name]:
                yield number, name, row[name]


@rule
def cells_show_what_they_hold(table: Table) -> Iterator[Problem]:
    """A cell holds no character that nobody sees, and none that is put together from parts."""
    for number, name, cell in texts(table):
        for _, wrong, right in characters.faults(cell):
            yield table.problem(number, name, wrong, right)


@rule
def cells_have_no_stray_blanks(table: Table) -> Iterator[Problem]:
    """A cell is one line, without blanks at its ends or two in a row."""
    for number, name, cell in texts(table):
        if cell != " ".join(cell.split()) and re.search(r"^\s|\s$|\s\s|\n", cell):
            wrong = f"{shortened(cell)!r} has a blank at an end, two in a row, or a second line"
            yield table.problem(number, name, wrong, "Leave one blank between two words")


@rule
def cells_are_no_formulas(table: Table) -> Iterator[Problem]:
    """A spreadsheet computes no cell: only a number begins with a sign."""
    numbers = {field["name"] for field in table.schema["fields"] if field["type"] in ("number", "integer")}
    for number, name, cell in texts(table):
        if name not in numbers and cell.startswith(FORMULA):
            wrong = f"a spreadsheet would take {shortened(cell)!r} for a formula"
            yield table.problem(number, name, wrong, f"Begin with something else than {' '.join(FORMULA)}")


@rule
def cells_are_not_endless(table: Table) -> Iterator[Problem]:
    """A cell has an end, and so has a word in it."""
    longest = {f["name"]: f.get("constraints", {}).get("maxLength", LONGEST) for f in table.schema["fields"]}
    for number, name, cell in texts(table):
        if len(cell) > longest[name]:
            wrong = f"{len(cell)} characters stand in the cell"
            yield table.problem(number, name, wrong, f"Write at most {longest[name]}")
        elif len(cell) > WORD and (word := max(cell.split(), key=len, default="")) and len(word) > WORD:
            wrong = f"a word has {len(word)} characters: {shortened(word)!r}"
            yield table.problem(number, name, wrong, f"Write words of at most {WORD}")


def shortened(text: str) -> str:
    """Return the beginning of a text, enough to find it."""
    return text if len(text) <= 40 else f"{text[:39]}…"
