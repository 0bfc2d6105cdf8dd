"""Students who read: each chapter has eight questions that it answers, and the place where it does.

Whether a reader can answer them only a reader can show: the questions of `comprehension.yml` are for asking.
"""

import re

import pytest
import yaml

from built_site import PROJECT
from companion import pages

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
QUESTIONS = yaml.safe_load((PROJECT / "tests/comprehension.yml").read_text("utf-8"))


def anchors(chapter):
    """The anchors of a chapter: its labels, and its headings as addresses."""
    text = (PROJECT / f"book/{chapter}.md").read_text("utf-8")
    headings = re.findall(r"^##+ (.+)$", text, re.M)
    names = re.findall(r"^    name: ([\w-]+)$", text, re.M)  # of figures and tables
    return {
        *names,
        *re.findall(r"^\(([\w-]+)\)=$", text, re.M),
        *(re.sub(r"\W+", "-", h.lower()).strip("-") for h in headings),
    }


def test_every_chapter_is_asked_about():
    assert list(QUESTIONS) == CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_eight_questions_with_answers_that_stand_in_it(chapter):
    asked = QUESTIONS[chapter]
    assert len(asked) == 8 and len({one["question"] for one in asked}) == 8
    there = anchors(chapter)
    assert [one["place"] for one in asked if one["place"] not in there] == []
    assert len({one["place"] for one in asked}) >= 4, "all through the chapter"
    assert all("?" in one["question"] and len(one["answer"].split()) > 5 for one in asked)
