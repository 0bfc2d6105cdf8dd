"""The bibliography: titles, dates that a style can print, days of reading, kinds of text."""

import re
from collections.abc import Iterator

from companion import dates, sources
from companion_checks.problems import EXAMPLES, Problem, nearest
from companion_checks.project import References
from companion_checks.registry import rule

DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: What a style of citations can print.
PRINTED = (
    "Write 2025-10-09, 2025-10, 2025, 2024~ (about) or 2025-10-08/2025-10-10, and nothing where the source has no date"
)
KINDS = (
    "Write @online, @book, @misc or @article, and for one of a magazine or a newspaper "
    "entrysubtype = {magazine} or {newspaper}"
)


@rule
def references_have_titles(references: References) -> Iterator[Problem]:
    """A reference has a title."""
    for key, entry in references.items():
        if not entry.fields.get("title"):
            right = "Give one; in brackets where the source has none"
            yield entry.problem("title", f"the entry {key!r} has no title", right)


#: The fields that citations and lists are made of; any other would be dropped in silence.
FIELDS = frozenset(
    "author title organization publisher address journaltitle entrysubtype howpublished volume number pages doi "
    "date year url urldate library note".split()
)


@rule
def references_have_known_fields(references: References) -> Iterator[Problem]:
    """A field of a reference is one that a citation or a list shows, and it holds something."""
    for entry in references.values():
        for field, held in entry.fields.items():
            if field not in FIELDS:
                yield entry.problem(field, f"nothing shows a field {field!r}", nearest(field, FIELDS))
            elif field != "title" and not held.strip("{} "):  # a title has a rule of its own
                yield entry.problem(field, "the field is empty", "Fill it, or take it out")


@rule
def references_have_plain_keys(references: References) -> Iterator[Problem]:
    """The key of a reference can stand in an address."""
    for key, entry in references.items():
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", key):
            right = "Write small letters, digits and hyphens, such as rfe2005-turkmenistan"
            yield entry.problem("", f"{key!r} is not a key", right)


@rule
def references_say_their_year_once(references: References) -> Iterator[Problem]:
    """The year of a reference is that of its date."""
    for entry in references.values():
        date, year = entry.fields.get("date", ""), entry.fields.get("year", "")
        if date[:4] != year:
            wrong = f"the year {year or '(none)'} is not that of the date {date or '(none)'}"
            yield entry.problem(
                "year", wrong, f"Write year = {{{date[:4]}}}" if date else "Write a date, or leave it out"
            )


@rule
def references_have_printable_dates(references: References) -> Iterator[Problem]:
    """The date of a reference can be printed in every style."""
    for entry in references.values():
        date = entry.fields.get("date")
        if date and not sources.is_date(date):
            yield entry.problem("date", f"{date!r} is not a possible date", PRINTED)


def is_day(text: str) -> bool:
    """Say whether a text is a day of the calendar."""
    return DAY.fullmatch(text) is not None and dates.is_date(text)


@rule
def references_were_read_on_a_day(references: References) -> Iterator[Problem]:
    """The day of reading is a day."""
    for entry in references.values():
        day = entry.fields.get("urldate")
        if day and not is_day(day):
            yield entry.problem("urldate", f"{day!r} is not a day", f"{EXAMPLES['date']}: that on which you read it")


@rule
def references_were_read_after_they_appeared(references: References) -> Iterator[Problem]:
    """Nobody reads a text before it is published."""
    for entry in references.values():
        date, day = entry.fields.get("date", ""), entry.fields.get("urldate", "")
        if sources.is_date(date) and is_day(day) and is_before(day, date):
            wrong = f"{day} is before the date of publication, {date}"
            yield entry.problem("urldate", wrong, "Give the day on which you read it, or correct the date")


def is_before(day: str, date: str) -> bool:
    """Say whether a day is over before a date begins: a year, a month, a day or a span of two, marked or not."""
    # Days sort as text, and a month or a year before all of its days. (`dates.bounds` says the same, in seconds.)
    return day < re.split("[~?/]", date)[0]


#: What a citation needs beside author, title and date, by the type of the reference: field, and what it is.
NEEDED = {"article": ("journaltitle", "the journal, magazine or newspaper"), "book": ("publisher", "the publisher")}


@rule
def references_have_what_a_citation_needs(references: References) -> Iterator[Problem]:
    """An article names its journal, a book its publisher."""
    for entry in references.values():
        field, what = NEEDED.get(entry.type, ("title", ""))
        if what and not entry.fields.get(field):
            yield entry.problem(field, f"a reference of the type {entry.type} needs it", f"Write {what}")


@rule
def only_articles_have_subtypes(references: References) -> Iterator[Problem]:
    """Only of an article it is said in what kind of paper it appeared."""
    for entry in references.values():
        subtype = entry.fields.get("entrysubtype")
        if subtype and entry.type != "article":
            wrong = f"{subtype!r} is for an article"
            yield entry.problem("entrysubtype", wrong, f"Leave it out, or write @article in the place of @{entry.type}")


@rule
def references_are_of_a_known_kind(references: References) -> Iterator[Problem]:
    """Each style of citations knows what a reference is."""
    for entry in references.values():
        if entry.kind not in sources.TYPES:
            field = "" if entry.kind == entry.type else "entrysubtype"
            yield entry.problem(field, f"no style of citations knows what {entry.kind!r} is", KINDS)
