"""Reads files that may be missing, empty, cut off or in a wrong encoding, and says so."""

import csv
import functools
import io
import json
import math
import pathlib
from collections.abc import Iterator
from typing import Any

import shapely
import shapely.geometry

from companion_checks import characters
from companion_checks.problems import Problem, nearest
from companion_checks.project import Shapes, Table, Tables
from companion_checks.structured import Unreadable, json_of


def text_of(root: pathlib.Path, name: str, why: str = "") -> tuple[str | None, list[Problem]]:
    """Return the text of a file, or None where it is missing or not UTF-8, and what is wrong with it.

    Parameters
    ----------
    root : Path
        The project's folder.
    name : str
        Path of the file below it.
    why : str
        What the file is needed for, or what else could be done.
    """
    path = root / name
    if not path.is_file():
        return None, [Problem(name, 0, "", "the file is missing", f"Restore it: {why}" if why else "Restore it")]
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
        # The cells of a table say it with their field.
        return (text, []) if path.suffix == ".csv" else _lines(name, text)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        wrong = f"byte {content[error.start]:#04x} is not UTF-8"
        return None, [Problem(name, row, "", wrong, "Save the file with the encoding UTF-8")]


def _lines(name: str, text: str) -> tuple[str | None, list[Problem]]:
    """Return a text with lines that end as everywhere, or None where a character in it is wrong."""
    text = text.replace("\r\n", "\n")
    problems = [Problem(name, text.count("\n", 0, at) + 1, "", wrong, right) for at, wrong, right in _faults(text)]
    return (None if problems else text), problems


@functools.lru_cache(maxsize=1024)  # whoever watches, or tries mutants, reads the same files again and again
def _faults(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return which characters of a whole text are wrong (see `characters.faults`)."""
    return tuple(characters.faults(text, characters.LINES))


def tables_of(
    root: pathlib.Path, package: dict[str, Any]
) -> tuple[Tables, set[tuple[str, int]], dict[str, Any], list[Problem]]:
    """Read all files of the data package.

    Returns
    -------
    tables : Tables
        Those that can be read.
    ragged : set of (str, int)
        File and row of rows that do not fit their header.
    shapes : dict
        What files of geometry hold, by name.
    problems : list of Problem
        What is wrong with files.
    """
    tables, ragged, shapes, problems = Tables(), set(), {}, []
    for resource in package["resources"]:
        name = f"data/{resource['path']}"
        text, unreadable = text_of(root, name, "or take it out of datapackage.json")
        if text is None:
            problems += unreadable
        elif not text.strip("\ufeff\r\n\t "):
            problems.append(Problem(name, 0, "", "the file is empty", "It needs at least its header line and one row"))
        elif "schema" in resource:
            table, uneven, wrong = table_of(text, resource)
            problems += wrong
            ragged |= {(name, row) for row in uneven}
            if table:
                tables[table.name] = table
        elif name.endswith("json"):
            try:
                held = json_of(text)
                if faults := _shape_faults(text):
                    raise Unreadable(0, faults[0])
                shapes[resource["name"]] = Shapes(held, text)
            except Unreadable as error:
                problems.append(Problem(name, error.line, "", error.wrong, "Restore the file"))
    return tables, ragged, shapes, problems


@functools.lru_cache(maxsize=16)
def _shape_faults(text: str) -> tuple[str, ...]:
    return tuple(shape_faults(json_of(text)))


def shape_faults(held: Any) -> Iterator[str]:
    """Say why a file of geometry holds no shapes that a map can be drawn from."""
    features = held.get("features") if isinstance(held, dict) else None
    if not isinstance(features, list) or not features:
        yield "the file holds no list of features (GeoJSON)"
        return
    for place, feature in enumerate(features, 1):
        try:
            shape = shapely.geometry.shape(feature["geometry"])
            code = (feature["properties"] or {}).get("iso3", "")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
            yield f"feature {place} has no shape that can be read ({error!r})"
            continue
        if not isinstance(code, str) or not isinstance(shape, shapely.geometry.base.BaseGeometry):
            yield f"feature {place} has no code that is a text"
        elif shape.is_empty or not all(map(math.isfinite, shape.bounds)):
            yield f"feature {place} has an empty shape"


def table_of(text: str, resource: dict[str, Any]) -> tuple[Table | None, set[int], list[Problem]]:
    """Read a table from its text.

    Parameters
    ----------
    text : str
        What the file holds.
    resource : dict
        What ``datapackage.json`` says of it.

    Returns
    -------
    table : Table or None
        None where its columns or its quotation marks are wrong.
    ragged : set of int
        Rows with too few or too many cells.
    problems : list of Problem
        What is wrong with the text as a table.
    """
    table, ragged, problems = _table(text, json.dumps(resource))
    return table, set(ragged), list(problems)


@functools.lru_cache(maxsize=64)
def _table(text: str, described: str) -> tuple[Table | None, set[int], list[Problem]]:
    resource = json.loads(described)
    name = f"data/{resource['path']}"
    # A spreadsheet may begin the file with a mark that does not belong to the first name.
    text = text.lstrip("\ufeff")
    header = next(csv.reader(io.StringIO(text, newline="")))
    problems = [Problem(name, 1, *what) for what in header_faults(header, resource["schema"])]
    if problems:
        return None, set(), problems
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, ragged, number = [], set(), 1
    next(lines)
    try:
        for number, cells in enumerate(lines, start=2):
            if not cells:
                ragged.add(number)
                problems.append(Problem(name, number, "", "the row is empty", "Delete it"))
                continue
            if len(cells) != len(header):
                ragged.add(number)
                wrong = f"the row has {len(cells)} cells, the header {len(header)}"
                right = "Count the commas; a text with a comma stands in double quotation marks"
                problems.append(Problem(name, number, "", wrong, right))
            rows.append((number, {**dict.fromkeys(header, ""), **dict(zip(header, cells))}))
    except csv.Error as error:
        wrong = f"the quotation marks do not pair ({error})"
        right = "Close the mark that opens in this row; inside a text write it twice"
        return None, ragged, [*problems, Problem(name, number + 1, "", wrong, right)]
    if not rows and not problems:
        problems.append(Problem(name, 0, "", "the table has no row", "It needs at least one row below its header"))
    return Table(resource["name"], name, resource["schema"], rows) if rows else None, ragged, problems


def header_faults(header: list[str], schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Compare the header of a table with its description: column, what is wrong, what would be right."""
    wanted = [field["name"] for field in schema["fields"]]
    must = f"The header must read: {','.join(wanted)}"
    for column in wanted:
        if column not in header:
            others = [name for name in header if name not in wanted]
            near = f". {nearest(column, others)}" if others else ""
            yield column, f"the column {column!r} is missing", must + near
    for column in dict.fromkeys(header):
        if column not in wanted:
            right = f"Name it in datapackage.json or drop it. {nearest(column, wanted)}"
            yield column, f"the column {column!r} is not described", right
        elif header.count(column) > 1:
            yield column, f"the column {column!r} appears twice", must
    if header != wanted and sorted(header) == sorted(wanted):
        yield "", "the columns are in another order", must
