"""Students who read: a chapter is an account, not a list of references.

What is measured here is the form that `CONTRIBUTING.md` asks for; whether a page can be retold, only a reader can say
(`comprehension.yml`).
"""

import os
import pathlib
import re

import pytest

from built_site import PROJECT
from companion import load, pages
from companion_checks import fingerprint
from narrative import paragraphs

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
MARK = re.compile(r"\{(?:claim[a-z-]*|note)\}`[^`]*`")
NOTE = re.compile(r"\{note\}`([^`]*)`")
#: The end of a sentence: its stop, what closes it, and the note behind it.
END = re.compile(r"[.!?…][”’)*]*(?:\{note\}`[^`]*`)?(?=\s|$)")
QUOTED = re.compile(r"“([^”]+)”")


def account(chapter):
    """The paragraphs of a chapter's account, with their roles."""
    text = (PROJECT / f"book/{chapter}.md").read_text("utf-8")
    return [text for section, text, _ in paragraphs(text) if section not in ("At a glance", "Exercises", "Sources")]


def sentences(paragraph):
    ends = [match.end() for match in END.finditer(paragraph)]
    return [
        paragraph[start:end] for start, end in zip([0, *ends], [*ends, len(paragraph)]) if paragraph[start:end].strip()
    ]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_marks_do_not_crowd_the_words(chapter):
    """At most one mark or live value in twenty-five words over a chapter, and five in a paragraph."""
    ledger, told = load(), account(chapter)
    words = sum(len(re.findall(r"[\w’'-]+", pages.plain(paragraph, ledger))) for paragraph in told)
    marks = [len(MARK.findall(paragraph)) for paragraph in told]
    assert words > 1000 and sum(marks) > 25
    assert words / sum(marks) >= 25, (words, sum(marks))
    assert [told[place][:60] for place, count in enumerate(marks) if count > 5] == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_sentence_has_one_note_at_most_and_it_stands_at_its_end(chapter):
    for paragraph in account(chapter):
        for sentence in sentences(paragraph):
            notes = list(NOTE.finditer(sentence))
            assert len(notes) <= 1, sentence
            assert not notes or notes[0].end() == len(sentence.rstrip()), sentence


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_words_are_hung_on_a_claim(chapter):
    """Live are numbers and dates; what a sentence asserts besides rests on its note."""
    for paragraph in account(chapter):
        assert re.findall(r"\{claim[a-z-]*\}`[^`]*<[^`]*`", paragraph) == []


def test_a_paragraph_is_cut_where_its_sentences_end():
    assert sentences("He came.{note}`a` “She went.”{note}`b, c` Why?") == [
        "He came.{note}`a`",
        " “She went.”{note}`b, c`",
        " Why?",
    ]


# -- quotations ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def texts():
    """The source texts, by their key, where they are at hand (see test_claims_stand_in_the_texts)."""
    folder = pathlib.Path(os.environ.get("COMPANION_TEXTS") or PROJECT.parent / "shared/seeds")
    if not folder.is_dir():
        pytest.skip("the source texts are not at hand: name their folder in COMPANION_TEXTS")
    return fingerprint.texts(folder, load().seeds)


def straight(text):
    return " ".join(text.translate(str.maketrans("’‘“”", "''\"\"")).split()).lower()


def quotations():
    """(chapter, phrase, source texts that the notes of its paragraph name) for each quotation of an account."""
    ledger = load()
    for chapter in CHAPTERS:
        for paragraph in account(chapter):
            ids = [id for use in MARK.findall(paragraph) for id in pages.split(use.partition("`")[2].rstrip("`"))[1]]
            named = {ledger.claim(claim)["source"] for id in ids for claim in ledger.inputs(id)} & set(ledger.seeds)
            for phrase in QUOTED.findall(MARK.sub("", paragraph)):
                yield chapter, phrase, named


def test_a_quotation_is_short():
    assert [(chapter, phrase) for chapter, phrase, _ in quotations() if len(phrase.split()) > 7] == []


def test_a_quotation_stands_in_a_text_that_its_paragraph_names(texts):
    read = {key: straight(text) for key, text in texts.items()}
    checked = [(chapter, phrase, named) for chapter, phrase, named in quotations() if named]
    assert len(checked) > 30
    strange = [
        (chapter, phrase, sorted(named))
        for chapter, phrase, named in checked
        if not any(re.search(rf"(?<!\w){re.escape(straight(phrase).rstrip('.,'))}(?!\w)", read[key]) for key in named)
    ]
    assert strange == []
