"""Cards of the source texts: the checksum of the text, and the sections of the page."""

import re
from collections.abc import Iterator

from companion_checks.problems import Problem
from companion_checks.project import Cards
from companion_checks.registry import rule

#: What each card says of its text, in this order. The last one lists the claims of the text.
SECTIONS = (
    "Who speaks",
    "Where and when",
    "Standpoint",
    "Provenance",
    "What it is good for",
    "What to be careful about",
    "Paragraph by paragraph",
)


@rule
def cards_have_checksums(cards: Cards) -> Iterator[Problem]:
    """A card has the checksum of the text that was used."""
    for card in cards.values():
        checksum = str(card.head.get("sha256", ""))
        if not re.fullmatch("[0-9a-f]{64}", checksum):
            wrong = f"{checksum!r} is not the checksum of a text" if checksum else "the checksum of the text is missing"
            yield card.problem(1, "sha256", wrong, "Give the 64 hexadecimal digits that sha256sum prints")


@rule
def cards_have_all_sections(cards: Cards) -> Iterator[Problem]:
    """A card has its seven sections, each with something in it, in their order."""
    for card in cards.values():
        sections = dict(re.findall(r"^## +(.+?) *\n(.*?)(?=^## |\Z)", card.text, re.M | re.S))
        for section in SECTIONS:
            if section not in sections:
                wrong, right = f"the section {section!r} is missing", f"A card has: {', '.join(SECTIONS)}"
                yield card.problem(0, "card", wrong, right)
            elif not sections[section].strip():
                right = "Say what is known, or that nothing is"
                yield card.problem(line_of(card.text, section), "card", f"the section {section!r} is empty", right)
        there = [section for section in sections if section in SECTIONS]
        wanted = [section for section in SECTIONS if section in sections]
        if there != wanted:
            first = next(section for section, right in zip(there, wanted) if section != right)
            wrong, right = f"the section {first!r} is out of order", f"The order is: {', '.join(SECTIONS)}"
            yield card.problem(line_of(card.text, first), "card", wrong, right)


def line_of(text: str, section: str) -> int:
    """Return the line of the heading of a section."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if re.fullmatch(rf"## +{re.escape(section)} *", line))
