"""What the rule of confidence reads: conclusions, what bears on them, who leans on whom."""

import re
from collections.abc import Iterator

from companion import dates, pages
from companion.ledger import CENTRAL_ASIA
from companion_checks.problems import Problem, nearest
from companion_checks.project import References, Table
from companion_checks.registry import rule


@rule
def conclusions_belong_to_chapters(conclusions: Table, chapters: list[str]) -> Iterator[Problem]:
    """A conclusion names the chapter that draws it."""
    for number, row in conclusions:
        if row["chapter"] not in chapters:
            wrong = f"{row['chapter']!r} is not a chapter"
            yield conclusions.problem(number, "chapter", wrong, nearest(row["chapter"], chapters))


@rule
def conclusions_speak_of_one_of_the_five(conclusions: Table) -> Iterator[Problem]:
    """The state of which a conclusion speaks is one of the five, or it speaks of none alone."""
    for number, row in conclusions:
        if row["state"] and row["state"] not in CENTRAL_ASIA:
            right = f"Write one of {', '.join(CENTRAL_ASIA)}, or leave it empty"
            yield conclusions.problem(number, "state", f"{row['state']!r} is not one of the five states", right)


@rule
def conclusions_hold_since_a_year(conclusions: Table) -> Iterator[Problem]:
    """The time from which a conclusion holds has a year."""
    for number, row in conclusions:
        if row["since"] and (not dates.is_date(row["since"]) or "XXXX" in row["since"]):
            wrong = f"{row['since']!r} is not a possible date"
            yield conclusions.problem(number, "since", wrong, "Write an EDTF date with its year, such as 2022-02-24")


@rule
def conclusions_hold_no_figure(conclusions: Table, registered: list[str]) -> Iterator[Problem]:
    """A conclusion leaves digits to the claims behind it; names may hold some."""
    for number, row in conclusions:
        for field in ("label", "statement"):
            if re.search(r"\d", pages.without(row[field], registered)):
                right = "Leave it to the claims: a conclusion is a sentence without figures"
                yield conclusions.problem(number, field, f"{row[field]!r} holds a figure", right)


@rule
def conclusions_are_supported(conclusions: Table, conclusion_claims: Table) -> Iterator[Problem]:
    """Some claim supports each conclusion."""
    supported = {row["conclusion"] for _, row in conclusion_claims if row["bearing"] == "supports"}
    for number, row in conclusions:
        if row["id"] not in supported:
            right = "Give it a row with 'supports' in conclusion-claims.csv, or drop it"
            yield conclusions.problem(number, "id", f"no claim supports {row['id']!r}", right)


@rule
def dependences_are_of_sources_and_actors(
    dependences: Table, references: References, actors: Table
) -> Iterator[Problem]:
    """Who leans on whom are sources or speakers."""
    known = references.keys() | actors.column("id")
    for number, row in dependences:
        for field in ("one", "other"):
            if row[field] and row[field] not in known:
                wrong = f"{row[field]!r} is neither a key of seeds/references.bib nor an actor"
                yield dependences.problem(number, field, wrong, nearest(row[field], known))


@rule
def dependences_join_two(dependences: Table) -> Iterator[Problem]:
    """Nobody leans on themselves."""
    for number, row in dependences:
        if row["one"] == row["other"]:
            wrong = f"{row['other']!r} leans on itself"
            yield dependences.problem(number, "other", wrong, "Name two sources or speakers")


@rule
def dependences_are_written_once(dependences: Table) -> Iterator[Problem]:
    """No two rows join the same two in either order; the same row twice breaks the table's key."""
    first: dict[frozenset[str], tuple[int, str]] = {}
    for number, row in dependences:
        earlier, one = first.setdefault(frozenset((row["one"], row["other"])), (number, row["one"]))
        if one != row["one"]:
            wrong = f"row {earlier} joins the same two"
            yield dependences.problem(number, "other", wrong, "Drop one: the order makes no difference")
