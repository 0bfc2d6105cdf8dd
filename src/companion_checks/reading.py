"""Reads a project once, so that the rules can look at all of it in memory."""

import pathlib
from typing import Any

from companion_checks.contents import contents_of
from companion_checks.description import described
from companion_checks.files import tables_of, text_of
from companion_checks.problems import Problem
from companion_checks.project import Cards, Page, Project
from companion_checks.seeds import cards_of, references_of, seeds_without_card
from companion_checks.settings import problems_of_settings
from companion_checks.verdicts import Verdicts


def read(root: pathlib.Path, verdicts: Verdicts | None = None) -> Project:
    """Read data, sources and pages below a folder.

    What is missing, empty, without a column or not UTF-8 is named, and only what
    does not depend on it becomes a part of the project.
    """
    package, problems = described(root, verdicts or Verdicts())
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
    parts.update({"shapes": shapes, **{name: shape for name, shape in shapes.items() if name == "countries"}})
    read_pages, page_problems = _pages(root)
    parts.update(read_pages)
    return Project(root, parts, problems, page_problems, ragged)


def _pages(root: pathlib.Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the pages and the names of the chapters, as far as they can be read, and what is wrong with their files."""
    listed, chapters, problems = contents_of(root)
    problems += problems_of_settings(root)
    if listed is None:
        return {}, problems
    read = []
    for name in (f"{page}.md" for page in listed):
        text, unreadable = text_of(root, name)
        problems += unreadable
        if text is not None:
            read.append(Page(name, text))
    parts: dict[str, Any] = {"pages": read}
    if all((root / f"{name}.md").exists() for name in chapters):
        parts["chapters"] = [name.rpartition("/")[2] for name in chapters]
    return parts, problems
