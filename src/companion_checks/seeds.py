"""Reads what ``seeds/`` holds: the bibliography, and the card of each source text."""

import functools
import pathlib
import re
from collections.abc import Iterator
from typing import Any

from pybtex.database import parse_string
from pybtex.database.input.bibtex import LowLevelParser
from pybtex.exceptions import PybtexError

from companion import sources
from companion_checks.files import text_of
from companion_checks.problems import FIX, Problem
from companion_checks.project import Card, Cards, Reference, References, Tables
from companion_checks.structured import Unreadable, yaml_of

BIBLIOGRAPHY = "seeds/references.bib"

EMPTY = "Write its value, or drop the field"
BETWEEN = "Close the entry before it where it ends, or begin a remark with %"
#: The text of the bibliography that was read last, by folder.
_read: dict[pathlib.Path, str] = {}


def references_of(root: pathlib.Path) -> tuple[References | None, list[Problem]]:
    """Return all entries of the bibliography, or None where it cannot be read, and what is wrong with its syntax."""
    text, problems = text_of(root, BIBLIOGRAPHY, "every claim names a reference in it")
    if text is None:
        return None, problems
    if _read.get(root) != text:
        # `sources` keeps a bibliography by its folder, for whoever does not edit it.
        sources.references.cache_clear()
        _read[root] = text
    return references_in(text)


def references_in(text: str) -> tuple[References | None, list[Problem]]:
    """Return all entries of a bibliography from its text, or None where it cannot be read, and what is wrong with it."""
    references, problems = _references_in(text)
    return references, list(problems)


@functools.lru_cache(maxsize=4)
def _references_in(text: str) -> tuple[References | None, list[Problem]]:
    lines: dict[str, list[int]] = {}
    for match in re.finditer(r"^[^\S\n]*@\w+\s*\{\s*([^\s,]+)\s*,", text, re.M):
        lines.setdefault(match.group(1), []).append(text.count("\n", 0, match.start()) + 1)
    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexError as error:
        twice = re.search(r"repeated bibliography entry: (\S+)", str(error))
        if twice:
            key = twice.group(1)
            wrong, right = f"the key {key!r} appears twice", "Give each entry a key of its own, or drop one"
            return None, [Problem(BIBLIOGRAPHY, lines.get(key, [0])[-1], key, wrong, right)]
        line = getattr(error, "lineno", 0) or next(iter(_lines_with(text, str(error))), 0)
        return None, [Problem(BIBLIOGRAPHY, line, "", f"not valid BibTeX ({error})", FIX)]
    problems = [
        Problem(BIBLIOGRAPHY, line, "", f"{words!r} stands between two entries, where nobody reads it", BETWEEN)
        for line, words in _between(text)
    ]
    problems += [
        Problem(BIBLIOGRAPHY, text.count("\n", 0, match.start()) + 1, match[1], "no comma follows the key", "Write one")
        for match in re.finditer(r"^[^\S\n]*@\w+\s*\{\s*([^\s,{}]+)[^\S\n]*$", text, re.M)
    ]
    problems += [
        Problem(BIBLIOGRAPHY, lines.get(key, [0])[0], key, f"the field {field!r} is empty", EMPTY)
        for key, field in _empty(text, entries)
    ]
    return None if problems else References(
        {
            key: Reference(
                key,
                lines.get(key, [0])[0],
                entry.type,
                sources.kind(entry),
                _fields(entry),
                tuple(str(person) for person in entry.persons.get("author", ())),
            )
            for key, entry in entries.items()
        }
    ), problems


def _lines_with(text: str, told: str) -> Iterator[int]:
    """Yield the lines that hold what an error quotes, where it says no line itself."""
    quoted = re.search(r"'(.+)'", told)
    if quoted and quoted[1] in text:
        yield text.count("\n", 0, text.index(quoted[1])) + 1


def _fields(entry: Any) -> dict[str, str]:
    """Return all fields of an entry by their names in small letters, its people too."""
    people = {role: " and ".join(map(str, persons)) for role, persons in entry.persons.items()}
    return {name.lower(): value for name, value in {**entry.fields, **people}.items()}


def _empty(text: str, entries: Any) -> Iterator[tuple[str, str]]:
    """Yield entry and name of each field without a value; people without a name are dropped by pybtex in silence."""
    for command, (*key, written) in LowLevelParser(text):
        if command.lower() in ("string", "preamble"):
            continue
        held = _fields(entries[key[0]])
        for name, _ in written:
            if not held.get(name.lower(), "").strip():
                yield key[0], name


def _between(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the beginning of what stands outside of all entries and is no remark (%)."""
    depth, outside = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if not depth and line.lstrip().startswith("%"):
            continue
        for piece in re.findall(r"[{}]|[^{}]+", line):
            if piece == "{":
                depth += 1
            elif piece == "}" and depth:
                depth -= 1
            elif not depth and not re.fullmatch(r"\s*(@\w+\s*)?", piece):
                outside.append((number, piece.strip()[:40]))
    yield from outside[:1]  # what follows is its echo


def cards_of(root: pathlib.Path) -> tuple[Cards, list[Problem]]:
    """Return the cards of all source texts, and what is wrong with those that cannot be read."""
    cards, lost, problems = {}, set(), []
    for path in sorted((root / "seeds").glob("*.md")):
        text, wrong = text_of(root, f"seeds/{path.name}")
        card, wrong = card_of(path.stem, text) if text is not None else (None, wrong)
        problems += wrong
        if card:
            cards[path.stem] = card
        else:
            lost.add(path.stem)
    return Cards(cards, frozenset(lost)), problems


def card_of(key: str, text: str) -> tuple[Card | None, list[Problem]]:
    """Return a card from its text, or None where its head cannot be read, and what is wrong with it."""
    name = f"seeds/{key}.md"
    try:
        head = yaml_of(text.split("---", 2)[1])["card"]
        sentences = head["sentences"]
    except (
        Unreadable
    ) as error:  # the text before the first --- is empty, so lines within the head are those of the file
        return None, [Problem(name, max(error.line, 1), "card", error.wrong, FIX)]
    except (AttributeError, KeyError, IndexError, TypeError):
        right = "It needs a mapping 'card' with 'sentences' and 'sha256' between two lines of ---"
        return None, [Problem(name, 1, "card", "the card has no head that can be read", right)]
    wrong = length_fault(sentences)
    if wrong:
        right = 'Write locators in quotation marks and counts, such as {"¶1": 2}'
        return None, [Problem(name, 1, "sentences", wrong, right)]
    return Card(key, head, text), []


def length_fault(sentences: Any) -> str:
    """Say what is wrong with the length of a text, or nothing."""
    if not isinstance(sentences, dict) or not sentences:
        return "it gives no length of the text"
    for locator, count in sentences.items():
        # YAML reads a bare 10:06:06 as a number of seconds.
        if not isinstance(locator, str) or not sources.LOCATOR.fullmatch(locator):
            return f"{locator!r} is not a paragraph or time stamp"
        if type(count) is not int or count < 1:
            return f"{count!r} is not a number of sentences ({locator})"
    return ""


def seeds_without_card(tables: Tables, cards: Cards) -> set[str]:
    """Return the source texts whose card is gone: coverage speaks of them, and their claims have places and no grade."""
    if "coverage" not in tables or "claims" not in tables:
        return set()
    covered = {key for key in tables["coverage"].column("source") if cards.without(key)}
    return {
        row["source"] for _, row in tables["claims"] if row["source"] in covered and row["locator"] and not row["grade"]
    }
