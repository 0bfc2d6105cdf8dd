"""Every claim of a source text stands where the ledger puts it, is said by whom it names, and is worded afresh.

The texts are not ours to publish and not in this project. Whoever has them names
their folder in the variable ``COMPANION_TEXTS``; else ``../shared/seeds`` beside
the project is tried. Without them the questions to the ledger are skipped, and
only those to the questions themselves, on invented passages, remain.
"""

import csv
import os
import pathlib
import re
from typing import NamedTuple

import pytest

from companion import runs, sources
from companion_checks import fingerprint
from conftest import FIVE

#: How a text may print the name of those who are no person, or whose surname it prints otherwise (regular expressions).
PRINTED = {
    "anceschi": "Anceschi|Ancheschi",
    "ca-leaders": "[Ll]eaders|[Pp]residents|heads of state",
    "ca-publics": "people|public|societ",
    "central-asia": "Central Asia|the region|regional",
    "dushanbe-communique": "communiqu[eé]",
    "eaeu": "EAEU|Eurasian Economic Union",
    "eu": "EU\\b|European Union|Brussels",
    "kaz": "Kazakh",
    "kaz-public": "[Mm]any in Kazakhstan",
    "kremlin": "Kremlin|Moscow",
    "mirziyoyeva": "Mirziyoyev",
    "most-analysts": "[Mm]ost analysts",
    "rus": "Russia|Moscow|Kremlin",
    "russia-central-asia-six": "Russia.*Central Asia|Central Asia.*Russia",
    "some-observers": "[Ss]ome see",
    "tkm": "Turkmen",
    "tur": "Turkey|Turkish|Türkiye|Ankara",
    "usa": "US\\b|U\\.S\\.|United States|America|Washington",
    "uzb": "Uzbek",
    "west": "the West|Western",
    "world-bank": "World Bank",
}


# -- the questions ------------------------------------------------------------------------


class Passages(NamedTuple):
    """A source text by its paragraphs, in its own order, and all that stands outside them."""

    by_locator: dict[str, str]
    rest: str

    def up_to(self, locator: str) -> str:
        """Return everything that is read before the paragraph ends."""
        names = list(self.by_locator)
        return "\n".join(self.by_locator[name] for name in names[: names.index(locator) + 1])


def passages(text: str, card: dict) -> Passages:
    """Cut a text as its card says."""
    by_locator: dict[str, str] = {}
    rest = []
    for locator, piece in fingerprint.pieces(text, card):
        piece = " ".join(piece.split())
        if locator == fingerprint.REST:
            rest.append(piece)
        else:
            by_locator[locator] = f"{by_locator.get(locator, '')} {piece}".strip()
    return Passages(by_locator, " ".join(rest))


def holds_words(passage: str, words: str) -> bool:
    """Tell whether a phrase stands in a passage letter for letter, as whole words."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", passage) is not None


def names_actor(passage: str, actor: dict) -> bool:
    """Tell whether a passage names an actor: by the surname of a person, by a printed form of any other."""
    forms = PRINTED.get(actor["id"], re.escape(actor["name"].split()[-1]))
    return re.search(rf"(?<!\w)(?:{forms})", passage, re.DOTALL) is not None


def shared_run(statement: str, passage: str) -> str:
    """Return the first eight words in a row that a statement shares with a passage, or nothing."""
    kept = set(runs_of(passage))
    return next((run for run in runs_of(statement) if run in kept), "")


def runs_of(text: str) -> list[str]:
    words = runs.words(text)
    return [" ".join(words[start : start + runs.LENGTH]) for start in range(len(words) - runs.LENGTH + 1)]


# -- what they answer on invented passages ----------------------------------------------------

INVENTED = Passages({"¶0": "The ferry “Anna” sails at noon.", "¶1": "Ms. Doe says that it is late."}, "Image: Roe")


def test_a_passage_holds_only_the_words_that_it_prints():
    assert holds_words(INVENTED.by_locator["¶0"], "sails at noon")
    assert not holds_words(INVENTED.by_locator["¶0"], "sails at no")  # half a word
    assert not holds_words(INVENTED.by_locator["¶0"], "Sails at noon")
    assert not holds_words(INVENTED.by_locator["¶0"], "it is late")  # in the next paragraph


def test_a_speaker_is_looked_for_up_to_the_end_of_the_paragraph():
    doe = {"id": "doe", "name": "Jane Doe"}
    assert names_actor(INVENTED.up_to("¶1"), doe)
    assert not names_actor(INVENTED.up_to("¶0"), doe)
    assert not names_actor(INVENTED.up_to("¶1"), {"id": "roe", "name": "John Roe"})  # an image credit is no text
    assert not names_actor(INVENTED.up_to("¶1"), {"id": "world-bank", "name": "World Bank"})


def test_eight_words_in_a_row_are_too_many():
    passage = "On most days the old ferry sails for the island at noon."
    assert not shared_run("It is said that the old ferry sails for the island.", passage)
    assert (
        shared_run("Usually, on most days the old ferry sails for us.", passage)
        == "on most days the old ferry sails for"
    )


# -- the ledger, where the texts are at hand ------------------------------------------------


def table(project: pathlib.Path, name: str) -> list[dict]:
    with open(project / f"data/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def texts(project) -> dict[str, Passages]:
    """The five texts by the key of their source."""
    named = os.environ.get("COMPANION_TEXTS")
    folder = pathlib.Path(named) if named else project.parent / "shared/seeds"
    if not named and not folder.is_dir():
        pytest.skip("the source texts are not at hand; COMPANION_TEXTS may name their folder")
    found = fingerprint.texts(folder, sorted(FIVE))
    return {key: passages(text, sources.card(key, project)) for key, text in found.items()}


@pytest.fixture(scope="module")
def claims(project, texts) -> list[dict]:
    """The claims of the five texts, as rows."""
    return [row for row in table(project, "claims") if row["source"] in FIVE]


@pytest.fixture(scope="module")
def placed(claims, texts) -> list[dict]:
    """Those claims whose place exists, so that one wrong place is one fault."""
    return [row for row in claims if row["locator"] in texts[row["source"]].by_locator]


def test_every_claim_has_a_place_in_its_text(claims, texts):
    assert claims
    lost = [
        f"{row['id']}: {row['source']} has no {row['locator'] or 'place without a locator'}"
        for row in claims
        if row["locator"] not in texts[row["source"]].by_locator
    ]
    assert not lost, "\n".join(lost)


def test_quoted_words_stand_in_the_paragraph_of_the_claim(placed, texts):
    wrong = [
        f"{row['id']}: “{row['words']}” is not in {row['source']} {row['locator']}"
        for row in placed
        if row["words"] and not holds_words(texts[row["source"]].by_locator[row["locator"]], row["words"])
    ]
    assert not wrong, "\n".join(wrong)


def test_garbled_words_stand_in_the_paragraph_as_printed(placed, texts):
    wrong = [
        f"{row['id']}: {row['printed']!r} is not in {row['source']} {row['locator']}"
        for row in placed
        for part in row["printed"].split(" … ")
        if part and not holds_words(texts[row["source"]].by_locator[row["locator"]], part)
    ]
    assert not wrong, "\n".join(wrong)


def test_whoever_says_it_has_been_named_by_then(placed, texts, project):
    actors = {row["id"]: row for row in table(project, "actors")}
    unnamed = [
        f"{row['id']}: {row['source']} does not name {row['said_by']} up to {row['locator']}"
        for row in placed
        if row["said_by"] and not names_actor(texts[row["source"]].up_to(row["locator"]), actors[row["said_by"]])
    ]
    assert not unnamed, "\n".join(unnamed)


def test_no_statement_repeats_a_text(claims, texts):
    repeated = [
        f"{row['id']}: {row['source']} has “{run}” too"
        for row in claims
        for key, text in texts.items()
        if (run := shared_run(row["statement"], " ".join([*text.by_locator.values(), text.rest])))
    ]
    assert not repeated, "\n".join(repeated)
