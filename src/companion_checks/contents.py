"""Reads ``_toc.yml``, which lists the pages: each once, each in a part, and none forgotten."""

import pathlib
import re
from collections.abc import Iterator
from typing import Any

from companion import pages
from companion_checks.files import text_of
from companion_checks.problems import FIX, Problem, nearest, short
from companion_checks.structured import Unreadable, yaml_of

FILE = "_toc.yml"
#: Where pages are, and how they are named.
PAGE = re.compile(r"(book|seeds|data)/[A-Za-z0-9][A-Za-z0-9-]*")
ROOT_PAGE = "book/index"
SHAPE = "See the table of contents as it was: format, root, and parts, each with a caption and its chapters"


def contents_of(root: pathlib.Path) -> tuple[list[str] | None, list[str], list[Problem]]:
    """Return the pages in reading order, the chapters among them, and what is wrong with the table of contents.

    The pages are None where they cannot be read from it.
    """
    text, problems = text_of(root, FILE, "it lists the pages")
    if text is None:
        return None, [], problems
    try:
        held = yaml_of(text)
    except Unreadable as error:
        return None, [], [Problem(FILE, error.line, "", error.wrong, FIX)]
    faults = list(_shape(held))
    if faults:
        return None, [], [Problem(FILE, _line(text, field), field, wrong, right) for field, wrong, right in faults]
    listed = [held["root"], *(name for part in held["parts"] for name in _files(part["chapters"]))]
    chapters = [name for part in held["parts"] if part.get("numbered") for name in _files(part["chapters"])]
    there = {pages.docname(path, root) for folder in ("book", "seeds", "data") for path in (root / folder).glob("*.md")}
    for name in dict.fromkeys(listed):
        if listed.count(name) > 1:
            problems.append(Problem(FILE, _line(text, name), "", f"the page {name!r} appears twice", "Drop one line"))
        if name not in there:
            right = nearest(name, there)
            problems.append(Problem(FILE, _line(text, name), "", f"the page {name!r} does not exist", right))
    problems += [
        Problem(FILE, 0, "", f"the page {name!r} is not listed", "Give it a line in a part, or delete the page")
        for name in sorted(there - set(listed))
        # A page that was misspelt is one error.
        if not any(problem.right.startswith(f"Did you mean {name!r}") for problem in problems)
    ]
    return [name for name in dict.fromkeys(listed) if name in there], chapters, problems


def _files(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        yield entry["file"]
        yield from _files(entry.get("sections", []))


def _line(text: str, name: str) -> int:
    """Return the last line that ends in a name, 0 where none does."""
    lines = [n for n, line in enumerate(text.splitlines(), 1) if name and re.search(rf"\b{re.escape(name)}\W*$", line)]
    return lines[-1] if lines else 0


def _shape(held: Any) -> Iterator[tuple[str, str, str]]:
    """Say what is wrong with the shape of the table of contents: field, what, and what would be right."""
    if not isinstance(held, dict) or set(held) != {"format", "root", "parts"}:
        yield "", "it does not hold the three keys format, root and parts", SHAPE
        return
    if held["format"] != "jb-book":
        yield "format", f"the format is {held['format']!r}", "Write format: jb-book"
    if held["root"] != ROOT_PAGE:
        yield "root", f"the book opens with {held['root']!r}", f"Write root: {ROOT_PAGE}"
    if not isinstance(held["parts"], list) or not held["parts"]:
        yield "parts", "there are no parts", SHAPE
        return
    sound = []
    for part in held["parts"]:
        if not isinstance(part, dict) or not {"caption", "chapters"} <= set(part) <= {
            "caption",
            "numbered",
            "chapters",
        }:
            yield "parts", f"{short(part)} is not a part", "A part has caption and chapters, and may have numbered: 1"
        elif not isinstance(part["caption"], str) or not part["caption"].strip():
            yield "caption", f"{part['caption']!r} is not a text", "Write the heading of the part"
        elif part.get("numbered", 1) is not True and part.get("numbered", 1) != 1:
            yield "numbered", f"{part['numbered']!r} is not a way to number", "Write numbered: 1, or leave it out"
        else:
            sound.append(part)
        if isinstance(part, dict):
            yield from _entries(part.get("chapters"), "chapters")
    if len(sound) == len(held["parts"]):
        if sum(bool(part.get("numbered")) for part in sound) != 1:
            yield "numbered", "not one part has numbers", "The part with the chapters has numbered: 1, no other has"
        if [part["caption"] for part in sound].count(pages.EVIDENCE) != 1:
            captions = ", ".join(repr(part["caption"]) for part in sound)
            yield (
                "caption",
                f"no part is {pages.EVIDENCE!r} among {captions}",
                "That part holds the pages on the sources",
            )


def _entries(entries: Any, field: str) -> Iterator[tuple[str, str, str]]:
    if not isinstance(entries, list) or not entries:
        yield field, f"{short(entries)} is not a list of pages", "Write a line - file: book/… for each"
        return
    for entry in entries:
        if not isinstance(entry, dict) or not {"file"} <= set(entry) <= {"file", "sections"}:
            yield field, f"{short(entry)} is not a page", "A page has file: and may have sections:"
        elif not isinstance(entry["file"], str) or not PAGE.fullmatch(entry["file"]):
            yield (
                "file",
                f"{short(entry['file'])} is not the name of a page",
                "Write it without ending, such as book/war",
            )
        elif "sections" in entry:
            yield from _entries(entry["sections"], "sections")
