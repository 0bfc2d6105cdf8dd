"""What pages take from the ledger: roles whose ids exist, whose values print, whose counts count something."""

import re
from collections.abc import Iterator

from companion import confidence, counts
from companion import pages as book_pages
from companion.ledger import Ledger, NoSingleValue
from companion.wording import value
from companion_checks import figure_texts
from companion_checks.problems import Problem, nearest
from companion_checks.project import Page, Table
from companion_checks.registry import rule


@rule
def pages_name_ids(page: Page, ids: set[str]) -> Iterator[Problem]:
    """An id in a page is one of the ledger."""
    for use in page.uses:
        for id in use.ids:
            if id not in ids:
                yield page.problem(use.line, use.role, f"the ledger has no {id!r}", nearest(id, ids))


@rule
def lists_name_ids(page: Page, ids: set[str]) -> Iterator[Problem]:
    """An id in a list of what the sources say is one of the ledger."""
    for line, id in book_pages.listed_claims(page):
        if id not in ids:
            yield page.problem(line, "sources-say", f"the ledger has no {id!r}", nearest(id, ids))


@rule
def pages_name_disagreements(page: Page, conflicts: Table) -> Iterator[Problem]:
    """A disagreement in a page is one of the ledger."""
    known = conflicts.column("id")
    for line, id in book_pages.conflicts(page):
        if id not in known:
            yield page.problem(line, "conflict", f"conflicts.csv has no {id!r}", nearest(id, known))


@rule
def pages_name_conclusions(page: Page, conclusions: Table) -> Iterator[Problem]:
    """A conclusion in a page is one of the book's."""
    known = conclusions.column("id")
    for line, id in book_pages.conclusions(page):
        if id not in known:
            yield page.problem(line, "conclusion", f"conclusions.csv has no {id!r}", nearest(id, known))


@rule
def figures_say_what_they_show(page: Page, sound_ledger: Ledger) -> Iterator[Problem]:
    """What stands around a figure or a table is complete, short and known."""
    for line, field, wrong, right in figure_texts.problems(page.text, sound_ledger):
        yield page.problem(line, field, wrong, right)


@rule
def notes_have_no_words(page: Page) -> Iterator[Problem]:
    """A note is a mark behind a sentence, and prints no words."""
    for use in page.uses:
        if use.words and use.role == book_pages.NOTE:
            right = f"Write {{note}}`{', '.join(use.ids)}` behind the sentence"
            yield page.problem(use.line, use.role, "a note prints no words of its own", right)


@rule
def words_belong_to_claim(page: Page) -> Iterator[Problem]:
    """Only the role ``{claim}`` takes words of the author's."""
    for use in page.uses:
        if use.words and use.role not in ("claim", book_pages.NOTE):
            wrong, right = f"{{{use.role}}} takes an id alone", f"Write {{{use.role}}}`{use.ids[0]}`"
            yield page.problem(use.line, use.role, wrong, right)


@rule
def words_hold_no_digits(page: Page, registered: list[str]) -> Iterator[Problem]:
    """The author's words leave digits to the ledger; names may hold some."""
    for use in page.uses:
        if use.words and use.role == "claim" and re.search(r"\d", book_pages.without(use.words, registered)):
            wrong = f"{use.words!r} holds digits written by hand"
            right = f"Let the ledger print them: {{claim}}`{use.ids[0]}`"
            yield page.problem(use.line, use.role, wrong, right)


@rule
def several_ids_have_words(page: Page) -> Iterator[Problem]:
    """Several ids stand behind words of the author's."""
    for use in page.uses:
        if len(use.ids) > 1 and not use.words and use.role != book_pages.NOTE:
            right = f"Write {{claim}}`your words <{', '.join(use.ids)}>`"
            yield page.problem(use.line, use.role, "several ids need words of your own", right)


@rule
def values_print(page: Page, sound_ledger: Ledger) -> Iterator[Problem]:
    """A role without words prints one value in its form."""
    known = sound_ledger.ids()
    for use in page.uses:
        id = use.ids[0]
        if use.role == book_pages.NOTE or use.words or len(use.ids) > 1 or id not in known:
            continue  # a note prints nothing; rules of their own say what is wrong with the others
        try:
            value(sound_ledger, id, book_pages.FORMS[use.role])
        except NoSingleValue as error:
            right = f"For a claim without a number: {{claim}}`kept from showing support <{id}>`"
            yield page.problem(use.line, use.role, str(error), right)
        except ValueError as error:
            yield page.problem(use.line, use.role, str(error), "Use another form of the role")


@rule
def counts_count_something(page: Page, sound_ledger: Ledger) -> Iterator[Problem]:
    """A count is of a table and of values that its columns have; one that no row has would print zero."""
    for line, query in book_pages.counted(page):
        for wrong, right in count_faults(sound_ledger, query):
            yield page.problem(line, "count", wrong, right)


def count_faults(ledger: Ledger, query: str) -> Iterator[tuple[str, str]]:
    """Say what is wrong with the query of a ``{count}``, and what would be right."""
    try:
        counts.count(ledger, query)
    except ValueError as error:
        yield str(error), "Write {count}`memberships organisation=csto`"
        return
    name, *conditions = query.split()
    for condition in conditions:
        column, _, wanted = condition.partition("=")
        if column == "distinct" or wanted.startswith("@"):
            continue
        there = set(map(str, counts.table(ledger, name)[column].unique()))
        if (name, column) == ("conclusions", "grade"):
            there |= set(confidence.GRADES)  # computed: none may have a grade today and one tomorrow
        for text in wanted.replace("_", " ").split("|"):
            if text not in there:
                yield f"no row of {name} has {column} {text!r}", nearest(text, there)
