"""What the data package promises of each cell: type, allowed values, pattern, uniqueness. Frictionless checks it."""

import re
from collections.abc import Iterator
from typing import Any

from frictionless import Resource, Schema, system

from companion_checks.problems import EXAMPLES, Problem, a, nearest
from companion_checks.project import Table
from companion_checks.registry import rule

#: A number that Frictionless, pandas and a spreadsheet all read alike: no NaN, no 1_000.
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


@rule
def cells_keep_the_contract(table: Table) -> Iterator[Problem]:
    """Each cell is what ``datapackage.json`` promises of its column."""
    # Foreign keys are a rule of their own: Frictionless reads each table again for each key.
    schema = {key: value for key, value in table.schema.items() if key != "foreignKeys"}
    fields = {field["name"]: field for field in schema["fields"]}
    cells = [list(fields), *([row[name] for name in fields] for _, row in table)]
    with system.use_context(trusted=True):
        report = Resource(data=cells, schema=Schema.from_descriptor(schema)).validate()
    for error in (error for task in report.tasks for error in task.errors):
        position = getattr(error, "row_number", None)
        if position is None:
            yield table.problem(0, "", error.message.rstrip("."), "See data/README.md")
            continue
        number, row = table.rows[position - 2]  # Frictionless counts from the header as 1
        name = getattr(error, "field_name", "")
        if error.type == "blank-row":
            yield table.problem(number, "", "all cells of the row are empty", "Fill or delete it")
        elif error.type in ("primary-key", "unique-error"):
            if error.type == "primary-key" and len(schema["primaryKey"]) == 1:
                continue  # the constraint 'unique' has said so with the field
            wrong = f"{row[name]!r} appears twice" if name else "this row repeats an earlier one"
            right = "Give each row a name of its own, or drop one"
            yield table.problem(number, name or ", ".join(schema["primaryKey"]), wrong, right)
        elif error.type == "type-error":
            kind = fields[name]["type"]
            right = EXAMPLES.get(kind, "See data/README.md")
            yield table.problem(number, name, f"{row[name]!r} is not {a(kind)}", right)
        else:
            yield table.problem(number, name, *broken_constraint(row[name], fields[name], error.note))


def broken_constraint(cell: str, field: dict[str, Any], note: str) -> tuple[str, str]:
    """Say which promise a cell breaks: what is wrong and what would be right.

    Parameters
    ----------
    cell : str
        What stands there.
    field : dict
        The column as ``datapackage.json`` describes it.
    note : str
        What Frictionless says, for promises that none of the tables makes yet.
    """
    promised = field.get("constraints", {})
    if not cell:
        return "the cell is empty", f"It needs: {field.get('description', 'a value')}".rstrip(".")
    if "enum" in promised and cell not in promised["enum"]:
        allowed = promised["enum"]
        return f"{cell!r} is not allowed here", f"Allowed: {', '.join(allowed)}. {nearest(cell, allowed)}"
    if "pattern" in promised and not re.fullmatch(promised["pattern"], cell):
        return f"{cell!r} is malformed", f"It must match {promised['pattern']}"
    if "minimum" in promised or "maximum" in promised:
        ends = (("least", promised.get("minimum")), ("most", promised.get("maximum")))
        right = " and ".join(f"at {word} {end}" for word, end in ends if end is not None)
        return f"{cell!r} is out of range", f"It must be {right}"
    return note.rstrip("."), "See data/README.md"


@rule
def numbers_are_plain(table: Table) -> Iterator[Problem]:
    """A number is written so that Frictionless, pandas and a spreadsheet read it alike."""
    kinds = {f["name"]: f["type"] for f in table.schema["fields"] if f["type"] in ("number", "integer")}
    for number, row in table if kinds else ():
        for name, kind in kinds.items():
            if row[name] and not NUMBER.fullmatch(row[name]):
                yield table.problem(number, name, f"{row[name]!r} is not {a(kind)}", EXAMPLES[kind])
