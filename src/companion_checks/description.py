"""Reads ``data/datapackage.json``, which describes all tables: without it nothing else can be read."""

import json
import pathlib
from collections.abc import Iterator
from typing import Any

from frictionless import Package

from companion_checks.files import text_of
from companion_checks.problems import FIX, Problem, nearest

FILE = "data/datapackage.json"


def described(root: pathlib.Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return the description of the data package, or None where it describes no tables, and what is wrong with it."""
    text, problems = text_of(root, FILE, "it describes all tables")
    if text is None:
        return None, problems
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        return None, [Problem(FILE, error.lineno, "", f"not valid JSON ({error})", FIX)]
    problems = [Problem(FILE, 0, *what) for what in faults(package)]
    return (None, problems) if problems else (package, [])


def faults(package: Any) -> Iterator[tuple[str, str, str]]:
    """Say what is wrong with a description: field, what, and what would be right."""
    if not isinstance(package, dict):
        yield "", "the description is not a JSON object", "It must be an object with the list 'resources'"
        return
    report = Package.validate_descriptor(package)
    for error in report.errors:
        yield "resources", error.note.rstrip("."), "See the Data Package standard, specs.frictionlessdata.io"
    if report.errors:
        return
    schemas = {r["name"]: r["schema"] for r in package["resources"] if r.get("schema")}
    fields = {name: [f["name"] for f in schema["fields"]] for name, schema in schemas.items()}
    for name, schema in schemas.items():
        for key in schema.get("foreignKeys", []):
            target = key["reference"]["resource"]
            if target not in fields:
                yield f"{name}.foreignKeys", f"{target!r} is not a table", nearest(target, fields)
                continue
            for field in key["reference"]["fields"]:
                if field not in fields[target]:
                    yield f"{name}.foreignKeys", f"{target} has no column {field!r}", nearest(field, fields[target])
