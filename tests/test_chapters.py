"""Students and lecturers: every chapter has all its parts and can be set on its own."""

import re

import pytest

from built_site import PROJECT
from companion import load, pages
from narrative import paragraphs

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]


def source(chapter):
    return (PROJECT / f"book/{chapter}.md").read_text("utf-8")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_the_parts_of_the_skeleton(chapter):
    sections = re.findall(r"^## (.+)$", source(chapter), re.M)
    for part in ("At a glance", "Where the sources disagree", "Exercises", "Summary", "Further questions", "Sources"):
        assert part in sections, part
    assert sections[0] == "At a glance" and sections[-1] == "Sources"
    assert len(sections) >= 9, "the account has sections of its own"


#: What stands around the account.
AROUND = (
    "At a glance",
    "Who speaks here",
    "Where the sources disagree",
    "Exercises",
    "Summary",
    "Further questions",
    "Sources",
)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_an_account_is_neither_thin_nor_padded(chapter):
    """As the words stand on the page, without captions, lists and code."""
    ledger = load()
    told = [text for section, text, _ in paragraphs(source(chapter)) if section not in AROUND]
    words = sum(len(pages.plain(paragraph, ledger).split()) for paragraph in told)
    assert 1000 <= words <= 2200, words


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
    cells = pages.cells(source(chapter))
    figures = [cell for cell in cells if re.search(r"companion\.(?:figure|explorer)\(", cell.code)]
    visible = [cell for cell in cells if cell not in figures and "hide-input" not in cell.options]
    assert len(figures) >= 2
    assert len(visible) >= 2, "data cells that a reader sees"
    if chapter != "balance":
        assert any(re.search(r"companion\.maps\.(?:land|base)\(", cell.code) for cell in figures), "one figure is a map"
    for cell in cells:
        imported = re.findall(r"^(?:from|import) ([a-z_.]+)", cell.code, re.M)
        assert [name for name in imported if name.startswith("companion.")] == [], (
            "a chapter imports companion, nothing deeper"
        )
