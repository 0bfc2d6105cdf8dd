"""Checks what stands around figures and tables of the pages: the texts in the metadata of their cells."""

import re
from collections.abc import Iterator
from typing import Any

from companion import pages
from companion.ledger import Ledger
from companion_checks.structured import Unreadable, yaml_of

#: What a cell's metadata may say of a figure, and of a table.
KEYS = {
    "figure": ("name", "title", "headline", "measure", "caption", "about"),
    "table": ("name", "title", "caption", "about"),
}
#: A caption names the one limit that matters: so many words at most.
LONGEST_NOTE = 45

#: What stands beside something else on a desk stands below it on a phone.
SIDES = re.compile(r"\b(?:on|at|to) the (?:left|right)\b|\b(?:left|right)\s*:|\b(?:left|right)-hand\b", re.I)


def problems(text: str, ledger: Ledger | None) -> list[tuple[int, str, str, str]]:
    """Return what is wrong with the texts of a page's figures and tables.

    Parameters
    ----------
    text : the page
    ledger : prints what roles say, whose words count; None where it is not known to be sound, then they count as one word

    Returns
    -------
    For each problem the line of the cell, the figure or table with the key in question, what is wrong and what would be right.
    """
    problems = []
    for cell in pages.cells(text):
        try:
            options = yaml_of(cell.options)
        except Unreadable as error:
            problems.append((cell.line, "code-cell", f"its metadata cannot be read: {error.wrong}", "Fix the syntax"))
            continue
        shown = options.get("mystnb") if isinstance(options, dict) else None
        for kind, keys in KEYS.items():
            facts = (shown or {}).get(kind)
            if facts is None:
                continue
            if not isinstance(facts, dict):
                problems.append(
                    (cell.line, f"mystnb {kind}", f"{facts!r} is not a list of keys", f"Write {', '.join(keys)}")
                )
                continue
            name = facts.get("name") or f"{kind} without a name"
            problems += (
                (cell.line, f"{name}: {key}", wrong, right) for key, wrong, right in _of_one(kind, facts, ledger)
            )
    return problems


def _of_one(kind: str, facts: dict[str, Any], ledger: Ledger | None) -> Iterator[tuple[str, str, str]]:
    """Yield for each problem of one figure or table: the key, what is wrong, what would be right."""
    for key, value in facts.items():
        if key not in KEYS[kind]:
            yield key, f"a {kind} has no {key!r}", f"The keys are {', '.join(KEYS[kind])}"
        elif not isinstance(value, str) or not value.strip():
            yield key, f"{value!r} is not a text", "Write words, or leave the key out"
    if facts.get("headline") and not facts.get("measure"):
        yield "headline", "there is no measure", "Say in measure what is measured, in which unit, where and when"
    if facts.get("measure") and not facts.get("headline"):
        yield "measure", "there is no headline", "State the finding in headline, in one sentence"
    note = facts.get("caption")
    if isinstance(note, str):
        if place := SIDES.search(note):
            yield (
                "caption",
                f"{place[0]!r} is not true on a phone, where one part stands below the other",
                "Name the part by what it shows",
            )
        words = len(_plain(note, ledger).split())
        if words > LONGEST_NOTE:
            yield (
                "caption",
                f"the caption has {words} words, at most {LONGEST_NOTE} are meant",
                "Leave the one limit that matters; how it was drawn and what was left out belongs into about",
            )


def _plain(text: str, ledger: Ledger | None) -> str:
    return (
        pages.plain(text, ledger) if ledger else pages.ROLE.sub(lambda role: pages.split(role[2])[0] or "value", text)
    )
