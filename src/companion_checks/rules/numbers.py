"""Numbers of claims: their ranges, and that a claim has one kind of value."""

import contextlib
from collections.abc import Iterator

from companion_checks.problems import Problem
from companion_checks.project import Table
from companion_checks.registry import rule


@rule
def ranges_have_two_ends(quantities: Table) -> Iterator[Problem]:
    """An upper end goes with ``between``, and only with it."""
    for number, row in quantities:
        if (row["comparison"] == "between") != bool(row["upper"]):
            wrong = "an upper end goes with 'between', and only with it"
            yield quantities.problem(number, "upper", wrong, "Fill both or neither")


@rule
def ranges_go_upwards(quantities: Table) -> Iterator[Problem]:
    """The upper end of a range is above the lower one."""
    for number, row in quantities:
        if row["comparison"] == "between" and row["upper"]:
            with contextlib.suppress(ValueError):  # a text in the place of a number has a problem of its own
                if float(row["upper"]) <= float(row["value"]):
                    wrong = f"{row['upper']} is not above {row['value']}"
                    yield quantities.problem(number, "upper", wrong, "Put the lower end first")


@rule
def claims_have_one_kind_of_value(quantities: Table, event_reports: Table) -> Iterator[Problem]:
    """A claim has a number or a date, and not both."""
    counted = quantities.column("claim")
    for number, row in event_reports:
        if row["claim"] in counted:
            right = "Make two claims of it: a claim has one kind of value"
            yield event_reports.problem(number, "claim", f"{row['claim']!r} has both a number and a date", right)
