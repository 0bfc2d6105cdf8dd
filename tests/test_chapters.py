"""Students and lecturers: every chapter has all its parts and can be set on its own."""

import re

import pytest

from built_site import PROJECT
from companion import pages
from narrative import CELL, around, cell_options, prose

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]


def source(chapter):
    return (PROJECT / f"book/{chapter}.md").read_text("utf-8")


def test_the_book_has_its_seven_chapters_in_order():
    assert CHAPTERS == ["history", "institutions", "war", "west", "turkic", "reassertion", "balance"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_the_parts_of_the_skeleton(chapter):
    sections = re.findall(r"^## (.+)$", source(chapter), re.M)
    for part in ("At a glance", "Where the sources disagree", "Exercises", "Summary", "Further questions", "Sources"):
        assert part in sections, part
    assert sections[0] == "At a glance" and sections[-1] == "Sources"
    assert len(sections) >= 9, "the account has sections of its own"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_neither_thin_nor_padded(chapter):
    text = prose(source(chapter))
    text = re.sub(r"^## (?:Exercises|At a glance)$.*?(?=^## )", "", text, flags=re.S | re.M)
    text = re.sub(r"^#+ .*$", "", text, flags=re.M)
    text = re.sub(r"^\{doc\}`since`: .*$", "", text, flags=re.M)  # links to later events
    # Without the texts around figures, which `prose` leaves in.
    for match in CELL.finditer(source(chapter)):
        for part in around(cell_options(match.group(2))):
            text = text.replace(part, "")
    text = re.sub(r"\{claim\}`([^`<]+)<[^`]*>`", r"\1", text)  # the author's words stand on the page
    words = len(re.sub(r"\{[a-z-]+\}`[^`]*`", "value", text).split())
    assert 1000 <= words <= 2000, words


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_exercise_has_a_solution(chapter):
    text = source(chapter)
    exercises = re.findall(r"\{exercise\}\n:label: (\S+)", text)
    solutions = re.findall(r"\{solution(?:-start)?\} (\S+)", text)
    assert 3 <= len(exercises) <= 5
    assert sorted(exercises) == sorted(solutions)
    assert text.count(":class: dropdown") >= len(solutions), "a solution is hidden until it is wanted"
    assert "{solution-start}" in text, "at least one solution runs"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_shows_data_and_figures(chapter):
    cells = [match.group(2) for match in CELL.finditer(source(chapter))]
    figures = [cell for cell in cells if "companion.figure(" in cell]
    visible = [cell for cell in cells if "companion.figure(" not in cell and "hide-input" not in cell]
    assert len(figures) >= 3
    assert len(visible) >= 2, "data cells that a reader sees"
    if chapter != "balance":
        assert any("companion.maps.base(" in cell for cell in figures), "one figure is a map"
    for cell in cells:
        imported = re.findall(r"^(?:from|import) ([a-z_.]+)", cell, re.M)
        assert [name for name in imported if name.startswith("companion.")] == [], (
            "a chapter imports companion, nothing deeper"
        )
