"""Other names of actors and places: whole, new, and each of them leads to one row."""

from collections.abc import Iterator

from companion.names import bare, key, other_names
from companion_checks.problems import Problem
from companion_checks.project import Table, Tables
from companion_checks.registry import rule

NAMED = ("actors", "places")


@rule
def other_names_are_whole(tables: Tables) -> Iterator[Problem]:
    """A cell of other names has no empty part, none twice and none that the row has anyway."""
    for table in tables.some(*NAMED):
        for number, row in table:
            before = {key(name): name for name in (row["name"], row.get("local_name", "")) if name}
            for name in other_names(row):
                if not key(name):
                    yield table.problem(
                        number, "also", "a part of the cell is empty", "Put “ | ” only between two names"
                    )
                elif key(name) in before:
                    right = "Take it out: marks, capitals and joints make no other name"
                    yield table.problem(number, "also", f"{name!r} is also {before[key(name)]!r} in this row", right)
                else:
                    before[key(name)] = name


@rule
def other_names_lead_to_one_row(actors: Table, places: Table) -> Iterator[Problem]:
    """Another name leads to one row, unless rows that share it have one name or name each other."""
    rows = [(table, number, row) for table in (actors, places) for number, row in table]
    called: dict[str, list[int]] = {}  # where a name stands in the column `name`, then also where it stands in `also`
    for at, (_, _, row) in enumerate(rows):
        called.setdefault(key(bare(row["name"])), []).append(at)
    for at, (table, number, row) in enumerate(rows):
        for name in filter(key, other_names(row)):
            for first in dict.fromkeys(called.get(key(name), ())):
                other_table, other_number, other = rows[first]
                if first != at and not _both_meant(row, other):
                    wrong = f"{name!r} is also a name of {other['id']!r} ({other_table.file}, row {other_number})"
                    right = "Leave it with one of them, or, where it means both, let each have the other’s name here"
                    yield table.problem(number, "also", wrong, right)
            called.setdefault(key(name), []).append(at)


def _both_meant(one: dict[str, str], other: dict[str, str]) -> bool:
    """Say whether two rows have one name, or each has that of the other."""
    called, calls = key(one["name"]), key(other["name"])
    return called == calls or (called in map(key, other_names(other)) and calls in map(key, other_names(one)))
