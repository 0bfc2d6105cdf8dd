"""Authors: what stands around a figure is checked before anything is built, and the message says what would be right."""

from companion import load
from companion_checks import figure_texts

PAGE = """# A page

```{{code-cell}} python
---
mystnb:
  {kind}:
    name: one
    title: One
{texts}
---
companion.figure(draw, data)
```
"""


def wrong(*texts, kind="figure", ledger=None):
    """What is wrong with a figure or a table of which the metadata hold these lines too."""
    return figure_texts.problems(PAGE.format(kind=kind, texts="\n".join(f"    {text}" for text in texts)), ledger)


HEADED = ("headline: It rose", "measure: Tonnes, a year")


def test_a_figure_as_it_is_meant_has_nothing_wrong():
    note = "caption: " + " ".join(["word"] * figure_texts.LONGEST_NOTE)
    assert wrong(*HEADED, note, "about: Drawn by hand.") == []
    assert wrong("caption: Who voted", kind="table") == []


def test_the_caption_of_a_figure_and_of_a_table_is_short():
    long = "caption: " + " ".join(["word"] * 46)
    for problems in (wrong(*HEADED, long), wrong(long), wrong(long, kind="table")):
        [(line, place, what, right)] = problems
        assert (line, place) == (3, "one: caption")
        assert "46 words, at most 45" in what and "about" in right


def test_a_caption_names_no_side_of_a_figure_that_is_stacked_on_a_phone():
    for said in ("Left: imports", "The words at the left divide", "Bars on the right, with", "the right-hand map"):
        [(_, place, what, _)] = wrong(f"caption: '{said}'")
        assert place == "one: caption" and "on a phone" in what
    for said in ("What is left out", "A state has a right to it", "Two states are left"):
        assert wrong(f"caption: '{said}'") == []


def test_words_are_counted_as_they_are_printed():
    """A role is as long as what it prints: ``more than $45 billion`` is four words."""
    note = "caption: " + " ".join(["word"] * 42) + " {claim}`trade-russia-2024`"
    assert wrong(*HEADED, note) == []
    assert "46 words" in wrong(*HEADED, note, ledger=load())[0][2]


def test_a_headline_needs_what_is_measured_and_the_other_way_round():
    assert wrong("headline: It rose")[0][1:3] == ("one: headline", "there is no measure")
    assert wrong("measure: Tonnes", "caption: Words")[0][1:3] == ("one: measure", "there is no headline")


def test_an_unknown_key_is_named_with_those_that_there_are():
    for kind, known in figure_texts.KEYS.items():
        [(_, place, what, right)] = wrong("heading: It rose", kind=kind)
        assert place == "one: heading" and "'heading'" in what and ", ".join(known) in right


def test_a_text_is_a_text():
    assert "is not a text" in wrong("caption: 5")[0][2]
    assert "is not a text" in wrong("caption: ''")[0][2]


def test_metadata_that_cannot_be_read_are_named():
    [(line, _, what, _)] = wrong("caption: one: two")
    assert line == 3 and "not valid YAML" in what
    [(line, _, what, _)] = wrong("caption: One", "caption: Two")
    assert line == 3 and "'caption' appears twice" in what, "the first would be dropped in silence"
