"""Dates in the tables: possible ones, in a form that a sentence can print."""

from collections.abc import Iterator

from companion import dates
from companion_checks.problems import Problem
from companion_checks.project import Table, Tables
from companion_checks.registry import rule

#: The columns that hold EDTF.
DATED = (
    ("quantities", "period"),
    ("quantities", "since"),
    ("derivations", "period"),
    ("event_reports", "date"),
    ("memberships", "since"),
    ("memberships", "until"),
    ("resolutions", "date"),
    ("deals", "date"),
)
EDTF = "Write EDTF: 2025-10-09, 2025-10, 2025-10-08/2025-10-10, 2024~, XXXX-04"


@rule
def dates_are_possible(tables: Tables) -> Iterator[Problem]:
    """A date is EDTF, of a form that the book can print, and exists."""
    for name, field in DATED:
        for table in tables.some(name):
            for number, row in table:
                if row[field] and not dates.is_date(row[field]):
                    yield table.problem(number, field, f"{row[field]!r} is not a possible date", EDTF)


@rule
def periods_without_a_year_are_unstated(quantities: Table) -> Iterator[Problem]:
    """What has no year (``XXXX``) is neither printed nor inferred."""
    for number, row in quantities:
        if "XXXX" in row["period"] + row["since"] and row["dating"] != "unstated":
            wrong = "a period without a year cannot be dated"
            yield quantities.problem(number, "dating", wrong, "Write 'unstated'")
