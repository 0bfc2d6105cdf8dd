"""Students who cite: no number in the book was typed by hand."""

import csv
import functools
import re

import pytest

from built_site import PROJECT
from companion import load, pages
from narrative import FRAMING, HEADING, paragraphs, prose, without_roles

NAMES = [str(path.relative_to(PROJECT)) for path in pages.sources(PROJECT)]
CHAPTERS = [str(path.relative_to(PROJECT)) for path in pages.chapters(PROJECT)]

NUMBER = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|dozen"
)
UNIT = (
    "percent|per cent|percentage|million|billion|thousand|hundred|dollars?|euros?|roubles?|times|fold|tonnes?|"
    "kilomet\\w+|km|years?|months?|weeks?|days?|people|jobs|locomotives|aircraft|states|members|republics|"
    "presidents|leaders|organisations|formats|observers|summits|votes|resolutions|sites|bases|claims|checks|"
    "conflicts|chapters"
)
WORDS = re.compile(
    rf"\b(?:(?:{NUMBER})[ -](?:{UNIT})|one (?:percent|million|billion)|\w+fold|"
    r"(?:a|one|two|three|four) (?:third|quarter|fifth|sixth|tenth|half)s?)\b",
    re.I,
)


def allowed():
    with open(PROJECT / "tests/numbers_allowed.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def registered():
    """The names that hold digits and may stand in prose: those of the ledger (``C5+1``) and terms of the glossary."""
    tables = load().tables
    names = {name for table in ("actors", "resolutions", "sites", "events") for name in tables[table]["name"]}
    return pages.names_with_digits(names, (PROJECT / pages.GLOSSARY).read_text("utf-8"))


def by_hand(name, text):
    """Return the numbers that were typed into `text`, with some of their surroundings."""
    text = without_roles(text)
    for row in allowed():
        if row["file"] == name:
            text = text.replace(row["phrase"], "")
    text = pages.without(text, registered())
    found = [m for m in re.finditer(r"\d+", text)] + [m for m in WORDS.finditer(text)]
    return [text[max(0, m.start() - 30) : m.end() + 20].replace("\n", " ") for m in found]


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_typed_by_hand(name):
    assert by_hand(name, prose((PROJECT / name).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Trade came to 45 billion dollars.",
        "It grew by twelve percent in three years.",
        "A third of all trade is with Russia.",
        "Trade rose tenfold.",
        "The five states met.",
        "Prices rose six-fold.",
    ],
)
def test_a_typed_number_is_found(sentence):
    assert by_hand("book/index.md", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The table of C5+1 and the vote on ES-11/3.",
        "Trade came to {claim}`trade-russia-2024` among {count}`memberships organisation=cis` states.",
        "One of them left, and the five stayed.",
    ],
)
def test_names_roles_and_ordinary_words_pass(sentence):
    assert by_hand("book/index.md", sentence) == []


def test_what_is_allowed_is_short_explained_and_still_there():
    rows = allowed()
    assert len(rows) <= 20
    for row in rows:
        assert row["reason"]
        assert row["phrase"] in (PROJECT / row["file"]).read_text("utf-8"), f"{row['phrase']!r} is gone: drop the row"


@pytest.mark.parametrize("name", NAMES)
def test_no_role_stands_in_a_heading(name):
    source = (PROJECT / name).read_text("utf-8")
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", source, flags=re.S | re.M))
    assert [h for h in headings if "{" in h] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_claim_stands_in_the_title_of_a_backtick_fence(name):
    source = (PROJECT / name).read_text("utf-8")
    assert re.findall(r"^`{3,}\{[a-z-]+\}.*\{(?:claim|count)[^\n]*$", source, re.M) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_paragraph_of_a_chapter_is_tied_to_the_ledger(name):
    loose = [
        text
        for section, text, follows in paragraphs((PROJECT / name).read_text("utf-8"))
        if not pages.ROLE.search(text)
        and not pages.CONFLICT.search(text)  # the claims stand side by side where it leads
        # The skeleton's framing: the opening, what introduces a cell, and the closing sections.
        and section
        and section not in FRAMING
        and follows != "cell"
    ]
    assert loose == []


def test_a_number_inside_or_between_directives_is_found_and_one_in_code_is_not():
    page = "\n".join(
        [
            "```{exercise}",
            ":label: ex-1",
            "",
            "How many are 11 states?",
            "```",
            "",
            "Between them 12 more.",
            "",
            "```{solution} ex-1",
            ":class: dropdown",
            "",
            "There are 13.",
            "```",
            "",
            "```python",
            "x = 14",
            "```",
            "",
            "End 15.",
        ]
    )
    found = " ".join(by_hand("book/index.md", prose(page)))
    assert all(number in found for number in ("11", "12", "13", "15")) and "14" not in found
