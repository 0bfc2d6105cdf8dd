"""Claims: where in its source each stands, what grade it has, what it quotes."""

from collections.abc import Iterable, Iterator

from companion import sources
from companion.ledger import GRADES
from companion_checks.problems import Problem
from companion_checks.project import Cards, Table
from companion_checks.registry import rule

#: How many words of a source may stand in the column ``words``.
WORDS = 5


def extent(locators: Iterable[str]) -> str:
    """Say from where to where a text goes: ``¶0 to ¶46``."""
    locators = list(locators)
    names = [name for name in locators if name != "caption"]
    spoken = f"{names[0]} to {names[-1]}" if names[0].startswith("¶") else "the time stamps " + ", ".join(names)
    return spoken + (" and caption" if "caption" in locators else "")


@rule
def claims_of_texts_stand_in_them(claims: Table, cards: Cards) -> Iterator[Problem]:
    """A claim of a source text names a paragraph or time stamp that the text has."""
    for number, row in claims:
        key, locator = row["source"], row["locator"]
        if key in cards:
            places = cards[key].sentences
            if not locator:
                right = f"Give one of {extent(places)}"
                yield claims.problem(number, "locator", "a claim of a seed needs a locator", right)
            elif locator not in places:
                right = f"{key} has {extent(places)}"
                yield claims.problem(number, "locator", f"{locator!r} is not in the text", right)


@rule
def locators_of_evidence_can_be_cited(claims: Table, cards: Cards) -> Iterator[Problem]:
    """A place in evidence is a paragraph or a time stamp, as citations print it."""
    for number, row in claims:
        locator = row["locator"]
        if cards.without(row["source"]) and locator and not sources.LOCATOR.fullmatch(locator):
            wrong = f"{locator!r} is not a paragraph or time stamp"
            yield claims.problem(number, "locator", wrong, "Write it as ¶4 or 00:09:57; evidence may go without")


@rule
def evidence_is_graded_and_texts_are_not(claims: Table, cards: Cards) -> Iterator[Problem]:
    """Evidence has a grade; a source text, which is cross-examined, has none."""
    for number, row in claims:
        if row["source"] in cards and row["grade"]:
            yield claims.problem(number, "grade", "a seed has no grade", "Leave it empty")
        elif cards.without(row["source"]) and not row["grade"]:
            right = f"Give {', '.join(GRADES[:-1])} or {GRADES[-1]}"
            yield claims.problem(number, "grade", "an evidence claim needs a grade", right)


@rule
def quotations_are_short(claims: Table) -> Iterator[Problem]:
    """No more than a few words of a source are quoted."""
    for number, row in claims:
        if len(row["words"].split()) > WORDS:
            right = "Quote at most five; the rest in our own words"
            yield claims.problem(number, "words", f"{row['words']!r} has more than five words", right)


@rule
def garbled_places_say_what_was_meant(claims: Table) -> Iterator[Problem]:
    """What a source printed wrongly goes with what it meant."""
    for number, row in claims:
        if bool(row["printed"]) != bool(row["meant"]):
            wrong = "only one of 'printed' and 'meant' is filled"
            yield claims.problem(number, "printed", wrong, "A garbled place needs both")
