"""Nothing is lost at a row's end: tables, the bibliography and the maps are as long as they are said to be."""

from collections.abc import Iterator
from typing import Any

from companion_checks.counts_of_rows import FILE, MEANT, hash_of
from companion_checks.problems import Problem
from companion_checks.project import References, Shapes, Tables
from companion_checks.registry import rule


def lost_or_meant(what: str, now: int) -> str:
    """Say what to do where a number has changed."""
    return f"Restore what was lost; if the change was meant, write {what} {now} there, as `{MEANT}` does"


@rule
def tables_have_all_their_rows(tables: Tables, package: dict[str, Any]) -> Iterator[Problem]:
    """A table has as many rows as the data package says."""
    for resource in package["resources"]:
        table = tables.get(resource["name"])
        if table and resource.get("rows") != len(table.rows):
            wrong = f"the table has {len(table.rows)} rows, {FILE} says {resource.get('rows', 'nothing')}"
            yield table.problem(0, "", wrong, lost_or_meant('"rows":', len(table.rows)))


@rule
def the_bibliography_is_whole(references: References, package: dict[str, Any]) -> Iterator[Problem]:
    """The bibliography has as many entries as the data package says."""
    if package.get("references") != len(references):
        wrong = f"there are {len(references)} entries, {FILE} says {package.get('references', 'nothing')}"
        yield Problem("seeds/references.bib", 0, "", wrong, lost_or_meant('"references":', len(references)))


@rule
def maps_are_those_described(shapes: dict[str, Shapes], package: dict[str, Any]) -> Iterator[Problem]:
    """A file of shapes, which nobody edits by hand, is the one that the data package describes."""
    for resource in package["resources"]:
        held = shapes.get(resource["name"])
        if held is not None and resource.get("hash") != (now := hash_of(held.text.encode("utf-8"))):
            right = f'Restore the file; if the change was meant, write "hash": "{now}" there, as `{MEANT}` does'
            file = f"data/{resource['path']}"
            yield Problem(file, 0, "", f"the file is not the one that {FILE} describes", right)
