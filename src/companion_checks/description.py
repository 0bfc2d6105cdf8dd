"""Reads ``data/datapackage.json``, which describes all tables: without it nothing else can be read."""

import pathlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from frictionless import Package

from companion_checks.files import text_of
from companion_checks.problems import FIX, Problem, nearest
from companion_checks.structured import Unreadable, json_of
from companion_checks.verdicts import Verdicts

FILE = "data/datapackage.json"
STANDARD = "See the Data Package standard, specs.frictionlessdata.io"

#: What the book reads of the data: each table, and of the columns those that it computes with.
TABLES: dict[str, tuple[str, ...]] = {
    "actors": ("label_lon", "label_lat"),
    "check_claims": (),
    "check_sources": (),
    "checks": (),
    "claims": (),
    "conclusion_claims": (),
    "conclusions": (),
    "conflict_claims": (),
    "conflicts": (),
    "coverage": ("sentence",),
    "deals": (),
    "dependences": (),
    "derivations": ("digits",),
    "event_actors": (),
    "event_reports": (),
    "events": (),
    "memberships": (),
    "parallels": (),
    "places": ("lat", "lon"),
    "proposition_claims": (),
    "propositions": (),
    "quantities": ("value", "upper"),
    "resolutions": ("yes", "no", "abstained"),
    "route_points": ("seq",),
    "routes": (),
    "site_claims": (),
    "sites": (),
    "term_counts": ("count",),
    "terms": (),
    "votes": (),
    "word_runs": ("length",),
}
#: The files of shapes that the maps are drawn from.
SHAPES = ("countries", "lakes")
#: What a reader of the data is told, and the site shows.
TOLD = ("name", "title", "version", "description", "licenses", "contributors")


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(one, str) for one in value)


def _is_foreign_key(key: Any) -> bool:
    if not isinstance(key, dict) or key.keys() != {"fields", "reference"}:
        return False
    reference = key["reference"]
    if not isinstance(reference, dict) or reference.keys() != {"resource", "fields"}:
        return False
    return isinstance(reference["resource"], str) and _are_names(key["fields"]) and _are_names(reference["fields"])


#: How a foreign key is written.
KEY = 'Write {"fields": ["claim"], "reference": {"resource": "claims", "fields": ["id"]}}'
#: What may be promised of a cell: what the promise may be, and how one is written.
PROMISES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "required": (lambda value: isinstance(value, bool), "true or false"),
    "unique": (lambda value: isinstance(value, bool), "true or false"),
    "pattern": (_is_pattern, "a regular expression"),
    "enum": (
        lambda value: isinstance(value, list) and value != [] and all(isinstance(one, str) for one in value),
        "a list of texts",
    ),
    "minimum": (_is_number, "a number"),
    "maximum": (_is_number, "a number"),
    "maxLength": (lambda value: type(value) is int and value > 0, "a whole number"),
}
#: The keys that say something of the package, of a file, of a table and of a column: any other would say nothing.
PACKAGE = (*TOLD, "created", "keywords", "sources", "references", "resources", "homepage", "id", "profile", "$schema")
RESOURCE = (
    *("name", "path", "title", "description", "scheme", "format", "mediatype", "encoding", "rows", "hash", "bytes"),
    *("type", "sources", "licenses", "schema", "profile"),
)
SCHEMA = ("fields", "primaryKey", "foreignKeys", "missingValues")
FIELD = ("name", "type", "title", "description", "constraints", "example")
#: What is said of each table, in one way: it is how the files are.
FIXED = {"scheme": "file", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}


def described(root: pathlib.Path, verdicts: Verdicts) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return the description of the data package, or None where it describes no tables, and what is wrong with it."""
    text, problems = text_of(root, FILE, "it describes all tables")
    if text is None:
        return None, problems
    try:
        package = json_of(text)
    except Unreadable as error:
        return None, [Problem(FILE, error.line, "", error.wrong, FIX)]
    problems = [Problem(FILE, 0, *what) for what in verdicts.ask("description", [text], lambda: faults(package))]
    return (None, problems) if problems else (package, [])


def faults(package: Any) -> Iterator[tuple[str, str, str]]:
    """Say what is wrong with a description: field, what, and what would be right."""
    if not isinstance(package, dict):
        yield "", "the description is not a JSON object", "It must be an object with the list 'resources'"
        return
    # Frictionless says of some of these nothing, and of others nothing that helps.
    if wrong := list(_foreign_keys(package)):
        yield from wrong
        return
    try:
        report = Package.validate_descriptor(package)
    except (AttributeError, TypeError, KeyError, ValueError) as unfit:
        # Frictionless asks a value for what only the right kind of value has.
        yield "resources", f"something has another kind than the standard asks for ({unfit})", STANDARD
        return
    for error in report.errors:
        yield "resources", error.note.rstrip("."), STANDARD
    if report.errors:
        return
    lacking = list(_lacking(package))
    yield from lacking
    if lacking:
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


def _foreign_keys(package: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    resources = package.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        schema = resource.get("schema") if isinstance(resource, dict) else None
        keys = schema.get("foreignKeys", []) if isinstance(schema, dict) else []
        if not isinstance(keys, list) or not all(map(_is_foreign_key, keys)):
            place = f"{resource.get('name', 'resources')}.foreignKeys"
            yield place, "a foreign key does not say which columns lead to which of what table", KEY


def _lacking(package: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Say what a description lacks that the book reads, even if the standard asks for less."""
    for name in TOLD:
        if not package.get(name):
            yield name, f"the description has no {name!r}", "Restore it: the site and the data elsewhere show it"
    yield from _unknown("", package, PACKAGE)
    named = {resource["name"]: resource for resource in package["resources"]}
    if len(named) < len(package["resources"]):
        yield "resources", "two resources have one name", "Give each file a name of its own"
    for name in [*TABLES, *SHAPES]:
        if name not in named:
            others = [other for other in named if other not in TABLES and other not in SHAPES]
            yield "resources", f"{name!r} is not described", f"The book reads it. {nearest(name, others)}"
    for name, resource in named.items():
        yield from _lacking_of(name, resource)


def _lacking_of(name: str, resource: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield from _unknown(name, resource, RESOURCE)
    path = resource.get("path", "")
    if not isinstance(path, str) or not re.fullmatch(r"[a-z-]+\.csv|geometry/[a-z-]+\.geojson", path):
        yield (
            f"{name}.path",
            f"{path!r} is not a file in data/",
            "Write it such as claims.csv or geometry/lakes.geojson",
        )
    for key in ("title",) if name in SHAPES else ("title", "description"):
        if not str(resource.get(key, "")).strip():
            yield f"{name}.{key}", "the text is missing", "Say what the file holds"
    if name in SHAPES:
        return
    if not isinstance(resource.get("schema"), dict):
        yield f"{name}.schema", "the table has no schema", "Say which columns it has"
        return
    for key, value in FIXED.items():
        if resource.get(key) != value:
            yield f"{name}.{key}", f"{resource.get(key)!r} is not how the tables are kept", f"Write {value!r}"
    yield from _unknown(f"{name}.schema", resource["schema"], SCHEMA)
    kinds = {}
    for field in resource["schema"]["fields"]:
        column, promised = field["name"], field.get("constraints", {})
        if column in kinds:
            yield f"{name}.{column}", "the column is described twice", "Drop one of the two"
        kinds[column] = field.get("type")
        if not str(field.get("description", "")).strip():
            yield f"{name}.{column}", "the column has no description", "Say what it holds"
        yield from _unknown(f"{name}.{column}", field, FIELD)
        yield from _unknown(f"{name}.{column}", promised, PROMISES)
        for key in promised.keys() & PROMISES.keys():
            if not PROMISES[key][0](promised[key]):
                yield f"{name}.{column}", f"{key!r} is {promised[key]!r}", f"Write {PROMISES[key][1]}"
    for column in TABLES.get(name, ()):
        if kinds.get(column) not in ("number", "integer"):
            right = "Make its type 'number' or 'integer': the book computes with it"
            yield f"{name}.{column}", f"the column is of the type {kinds.get(column)!r}", right
    for column, kind in kinds.items():
        if kind not in ("string", "number", "integer", "date"):
            yield f"{name}.{column}", f"the book reads no type {kind!r}", "Write string, number, integer or date"


def _unknown(place: str, facts: dict[str, Any], keys: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for key in facts:
        if key not in keys:
            yield f"{place}.{key}".lstrip("."), f"nobody reads {key!r}", nearest(key, keys)
