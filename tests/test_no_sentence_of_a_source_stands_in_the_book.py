"""The five texts are not ours to publish: no run of eight words of theirs stands in anything that the book is or makes.

The texts are not here; their hashed runs are (`data/word-runs.csv`). Names and titles that
happen to be that long are listed with a reason in `tests/runs_allowed.csv`.
"""

import base64
import csv
import html
import json
import re

import pytest

from built_site import PROJECT, files_of_project, record_scripts
from companion import runs

#: Files that hold no text. In all others, code and data too, a sentence could hide, if only in a comment.
NO_TEXT = {".png", ".ttf", ".woff2"}
#: Too long to be prose and never written by an author: map shapes, locks, addresses.
NOT_PROSE = {"countries.geojson", "lakes.geojson", "requirements.txt", "lab.txt", "lite.txt", "published-addresses.txt"}


@pytest.fixture(scope="module")
def known():
    with open(PROJECT / "data/word-runs.csv", encoding="utf-8", newline="") as file:
        return {made for row in csv.DictReader(file) for made in row["hashes"].split()}


@pytest.fixture(scope="module")
def allowed():
    with open(PROJECT / "tests/runs_allowed.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stretches(text, known, seen=None):
    """Return every stretch of `text` that consists of runs of a source.

    `seen` remembers the verdict on each run: the pages repeat each other.
    """
    words, seen = runs.words(text), {} if seen is None else seen
    found, start = [], None
    for place in range(len(words) - runs.LENGTH + 1):
        run = tuple(words[place : place + runs.LENGTH])
        if run not in seen:
            seen[run] = runs.digest(run) in known
        if seen[run]:
            start = place if start is None else start
            end = place + runs.LENGTH
        elif start is not None:
            found.append(" ".join(words[start:end]))
            start = None
    return found if start is None else [*found, " ".join(words[start:end])]


def visible(page):
    """Return the text of a page with the texts in its attributes (`title` of those of data too); files inside links are opened."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.S)
    inside = [
        base64.b64decode(found).decode("utf-8", "ignore")
        for found in re.findall(r'href="data:[^;"]+;base64,([A-Za-z0-9+/=]+)"', page)
    ]
    said = re.findall(r'(?:alt|title|content|aria-label|data-full)="([^"]*)"', page)
    return html.unescape(" | ".join([re.sub(r"<[^>]+>", " ", page), *said, *inside]))


def foreign(texts, known, allowed):
    """Return (name, stretch) for what stands in `texts` and is neither ours nor allowed."""
    excepted = [" ".join(runs.words(row["phrase"])) for row in allowed]
    seen = {}
    return [
        (name, stretch)
        for name, text in texts
        for stretch in stretches(text, known, seen)
        if not any(stretch in phrase for phrase in excepted)
    ]


def sources():
    """Yield the name and the text of every file that the project publishes as it stands."""
    for path in files_of_project():
        # The hashes are no words.
        if path.suffix not in NO_TEXT and path.name not in {*NOT_PROSE, "word-runs.csv"}:
            yield str(path.relative_to(PROJECT)), path.read_text("utf-8")


def test_no_folder_of_the_project_is_passed_over_and_nothing_that_is_made_is_read():
    names = {name for name, _ in sources()}
    assert {
        "Makefile",
        ".ci/run",
        ".github/workflows/test.yml",
        "src/companion_press/paper/volume.py",
        "book/war.md",
        "src/companion/style.py",
    } <= names
    assert not [name for name in names if re.match(r"(_build|lab|\.venv|\.git)(/|$)", name) or "__pycache__" in name]


def test_no_run_of_eight_words_of_a_source_stands_in_the_project(known, allowed):
    assert foreign(sources(), known, allowed) == []


def test_none_stands_on_a_built_page(site, known, allowed):
    pages = ((str(path.relative_to(site)), visible(path.read_text("utf-8"))) for path in sorted(site.rglob("*.html")))
    assert foreign(pages, known, allowed) == []


def test_none_stands_in_a_notebook_of_the_site(site, known, allowed):
    def cells(path):
        return "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"])

    notebooks = sorted((site / "notebooks").glob("*.ipynb"))
    assert len(notebooks) >= 14
    assert foreign(((path.name, cells(path)) for path in notebooks), known, allowed) == []


def test_none_stands_in_a_file_that_readers_take_away(site, known, allowed):
    files = [
        p
        for folder in ("figures", "cite")
        for p in sorted((site / folder).iterdir())
        if p.suffix in (".csv", ".bib", ".ris", ".json")
    ]
    assert len(files) > 100
    assert foreign(((p.name, p.read_text("utf-8")) for p in files), known, allowed) == []
    held = record_scripts(site)
    assert len(held) > 100
    assert foreign(((key, " | ".join(texts.values())) for key, texts in held.items()), known, allowed) == []


# -- the guard itself, on a made-up text ------------------------------------------------------

MADE_UP = "The ferry from Aktau leaves when it is full, and it is never full before the wind drops."


@pytest.fixture
def made_up():
    return set(runs.digests(runs.words(MADE_UP)))


def test_a_planted_sentence_is_found_whatever_its_marks_and_capitals(made_up):
    planted = "As one traveller has it: *THE FERRY from Aktau — leaves when it is “full”*, or so they say."
    assert stretches(planted, made_up) == ["the ferry from aktau leaves when it is full"]


def test_it_is_found_in_the_alternative_text_of_a_picture_and_inside_a_download(made_up):
    packed = base64.b64encode(b"title = {Leaves when it is full and it is never full}").decode()
    page = f'<p>Nothing.</p><img alt="it is never full before the wind drops"><a href="data:text/plain;base64,{packed}">RIS</a>'
    assert foreign([("page", visible(page))], made_up, []) == [
        ("page", "it is never full before the wind drops"),
        ("page", "leaves when it is full and it is never full"),
    ]


def test_seven_words_in_a_row_pass(made_up):
    assert stretches("It leaves when it is full and it goes.", made_up) == []


def test_a_title_on_the_list_passes_and_a_word_more_does_not(made_up):
    allowed = [{"phrase": "The ferry from Aktau leaves when it is full", "reason": "a title"}]
    assert foreign([("a", "the ferry from Aktau leaves when it is full")], made_up, allowed) == []
    longer = "the ferry from Aktau leaves when it is full, and"
    assert foreign([("a", longer)], made_up, allowed) == [("a", "the ferry from aktau leaves when it is full and")]


def test_each_exception_is_a_name_or_title_of_a_source_has_a_reason_and_is_still_needed(known, allowed):
    for row in allowed:
        assert row["reason"], row["phrase"]
        assert stretches(row["phrase"], known), f"{row['phrase']!r} is in no source: drop the row"
        assert len(runs.words(row["phrase"])) <= 16, "a title or a name is not longer"
