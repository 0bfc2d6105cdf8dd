"""Reads a project once, so that the rules can look at all of it in memory."""

import pathlib
from typing import Any

import yaml

from companion import pages
from companion_checks.description import described
from companion_checks.files import tables_of, text_of
from companion_checks.problems import FIX, Problem, nearest
from companion_checks.project import Cards, Page, Project
from companion_checks.seeds import cards_of, references_of, seeds_without_card

TOC = "_toc.yml"


def read(root: pathlib.Path) -> Project:
    """Read data, sources and pages below a folder.

    What is missing, empty, without a column or not UTF-8 is named, and only what
    does not depend on it becomes a part of the project.
    """
    package, problems = described(root)
    if package is None:
        return Project(root, problems=problems)
    tables, ragged, shapes, problems = tables_of(root, package)
    references, unreadable = references_of(root)
    problems += unreadable
    cards, unreadable = cards_of(root)
    problems += unreadable
    gone = seeds_without_card(tables, cards)
    # A card that is gone is one error, and not one for each claim of its text.
    problems += [
        Problem(
            f"seeds/{key}.md", 0, "", "the file is missing", "Restore the card: coverage.csv and claims.csv name it"
        )
        for key in sorted(gone)
    ]
    cards = Cards(cards, cards.lost | gone)
    parts: dict[str, Any] = {**tables, "tables": tables, "package": package, "cards": cards}
    if references is not None:
        parts["references"] = references
    parts.update({name: shape for name, shape in shapes.items() if name == "countries"})
    read_pages, page_problems = _pages(root)
    parts.update(read_pages)
    return Project(root, parts, problems, page_problems, ragged)


def _pages(root: pathlib.Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the pages and the names of the chapters, as far as they can be read, and what is wrong with their files."""
    toc, problems = text_of(root, TOC, "it lists the pages")
    if toc is None:
        return {}, problems
    try:
        paths = pages.sources(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        wrong = f"not valid YAML ({getattr(error, 'problem', error)})"
        return {}, [Problem(TOC, mark.line + 1 if mark else 0, "", wrong, FIX)]
    read = []
    for path in paths:
        name = path.relative_to(root).as_posix()
        text, unreadable = text_of(root, name)
        if text is not None:
            read.append(Page(name, text))
        elif path.exists():
            problems += unreadable
        else:
            problems.append(_lost(root, toc, pages.docname(path, root)))
    parts: dict[str, Any] = {"pages": read}
    try:
        listed = pages.chapters(root)
    except (KeyError, TypeError):
        listed = []
    if listed and all(path.exists() for path in listed):
        parts["chapters"] = [path.stem for path in listed]
    return parts, problems


def _lost(root: pathlib.Path, toc: str, name: str) -> Problem:
    """Say that nobody wrote a page that the table of contents names."""
    there = [pages.docname(p, root) for folder in ("book", "seeds", "data") for p in (root / folder).glob("*.md")]
    row = next((n for n, line in enumerate(toc.splitlines(), 1) if line.split()[-1:] == [name]), 0)
    return Problem(TOC, row, "", f"the page {name!r} does not exist", nearest(name, there))
