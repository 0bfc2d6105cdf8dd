"""Readers who compare the texts: each side of a disagreement is taken from the text it is ascribed to, and what was read agrees with what was counted."""

import itertools
import json
import re

import pytest

from companion import load, sources
from companion_press.prose import conflicts
from conftest import FIVE, PROJECT

#: How titles, positions and resolutions name a text.
NAMES = {
    "Korybko": "korybko2025",
    "Cafiero": "cafiero2025",
    "Özpınar": "ozpinar2025",
    "anonymous text": "anon2024",
    "Ker-Lindsay summary": "kerlindsay",
}
#: A sentence that says of a text that it leaves something out needs no claim of it.
SILENT = re.compile(r"without a word|does not mention|throughout")


def entries():
    """(row of conflicts, its sides: position, claim, the claim's row) for each disagreement."""
    ledger = load()
    for row in ledger.conflicts.to_dict("records"):
        mine = ledger.conflict_claims[ledger.conflict_claims["conflict"] == row["id"]]
        yield row, [(r["position"], r["claim"], ledger.claim(r["claim"])) for r in mine.to_dict("records")]


# -- disagreements -----------------------------------------------------------------------------


def test_every_disagreement_has_two_sides_from_different_places():
    for row, sides in entries():
        places = {}
        for position, id, claim in sides:
            places.setdefault(position, set()).add((claim["source"], claim["locator"] or id))
        apart = [a for a, b in itertools.combinations(places, 2) if len(places[a] | places[b]) > 1]
        assert apart, row["id"]


def test_a_disagreement_within_one_paragraph_is_named(copy):
    copy.append("conflicts", ["one-place", "Made up", "wording", "Nothing.", ""])
    copy.append("conflict_claims", ["one-place", "ca-multivector-policies", "One"])
    copy.append("conflict_claims", ["one-place", "ca-welcome-eu-us", "Another"])
    problem = copy.problem()
    assert problem.file == "data/conflicts.csv" and "'one-place'" in problem.wrong and "one place" in problem.wrong


def test_a_position_that_names_a_text_holds_claims_of_that_text_alone():
    wrong = [
        (row["id"], position, id)
        for row, sides in entries()
        for position, id, claim in sides
        for name, source in NAMES.items()
        if name in position and claim["source"] != source
    ]
    assert wrong == []


def test_what_an_entry_says_of_a_text_rests_on_a_claim_of_that_text():
    bare = []
    for row, sides in entries():
        sources = {claim["source"] for _, _, claim in sides}
        for sentence in re.split(r"(?<=[.;]) ", row["resolution"]):
            named = {source for name, source in NAMES.items() if name in sentence}
            if not SILENT.search(sentence):
                bare += [(row["id"], source) for source in named - sources]
    assert bare == []


def test_every_reason_why_texts_differ_has_words_on_the_page_and_is_given_by_some_entry():
    package = json.loads((PROJECT / "data/datapackage.json").read_text("utf-8"))
    fields = next(r for r in package["resources"] if r["name"] == "conflicts")["schema"]["fields"]
    allowed = next(f for f in fields if f["name"] == "why")["constraints"]["enum"]
    assert set(allowed) == set(conflicts.WHY) == set(load().conflicts["why"])


# -- propositions --------------------------------------------------------------------------------


def test_no_claim_both_says_a_proposition_and_denies_it_and_each_has_a_text_behind_it():
    ledger = load()
    rows = ledger.proposition_claims
    assert not rows.duplicated(["proposition", "claim"]).any()
    said = rows.merge(ledger.claims[["id", "source"]], left_on="claim", right_on="id")
    texts = said[said["source"].isin(ledger.seeds)]
    assert set(texts["proposition"]) == set(ledger.propositions["id"]), (
        "evidence answers texts; alone it is no row of a comparison of texts"
    )
    assert texts.groupby(["proposition", "source"])["stance"].nunique().max() == 1


def test_a_claim_on_both_sides_of_a_proposition_is_named(copy):
    row = copy.append("proposition_claims", ["influence-falls", "influence-waned-korybko", "says otherwise"])
    found = copy.problems()
    assert {p.file for p in found} == {"data/proposition-claims.csv"} and row in {p.row for p in found}


def test_a_text_that_looks_ahead_is_no_witness_of_what_has_been():
    """A forecast is filed under what is to come; the matrix once held it as a denial of a quick loss so far."""
    ledger = load()
    present = {"influence-falls", "influence-falls-fast", "control-is-over", "loosened-not-broken", "keeping-ties"}
    rows = ledger.proposition_claims[ledger.proposition_claims["proposition"].isin(present)]
    assert [id for id in rows["claim"] if ledger.claim(id)["kind"] == "forecast"] == []


# -- parallels --------------------------------------------------------------------------------------


def test_every_parallel_stands_where_it_says():
    ledger = load()
    assert len(ledger.parallels) > 20
    for row in ledger.parallels.to_dict("records"):
        assert row["paragraph"] in sources.locators(row["source"], PROJECT), row
        assert row["other_paragraph"] in sources.locators(row["other"], PROJECT), row


@pytest.mark.parametrize(
    "column, value, wrong",
    [
        ("paragraph", "¶99", "'¶99' is not in the text"),
        ("other_paragraph", "00:00:01", "'00:00:01' is not in the text"),
        ("other", "nobody2025", "has no card"),
        ("alike", "taste", "taste"),
    ],
)
def test_a_parallel_that_names_no_place_or_no_likeness_is_named(copy, column, value, wrong):
    row = copy.set("parallels", {"source": "cafiero2025", "paragraph": "¶31", "other": "ozpinar2025"}, column, value)
    found = copy.problems()
    assert [(p.file, p.row, p.field) for p in found] == [("data/parallels.csv", row, column)] and wrong in found[
        0
    ].wrong


def test_the_same_two_paragraphs_are_not_joined_from_both_ends(copy):
    row = copy.append("parallels", ["ozpinar2025", "¶3", "cafiero2025", "¶31", "idea", "Once more."])
    problem = copy.problem()
    assert (problem.file, problem.row) == ("data/parallels.csv", row) and "the same two paragraphs" in problem.wrong


def test_reading_has_found_whatever_counting_finds():
    ledger = load()
    read = {
        tuple(row)
        for row in ledger.parallels[ledger.parallels["alike"].str.contains("wording")][
            ["source", "paragraph", "other", "other_paragraph"]
        ].values
    }
    runs = ledger.shared_runs()
    runs = runs[
        runs["source"].isin(FIVE)
        & runs["other"].isin(FIVE)
        & runs["paragraph"].ne("rest")
        & runs["other_paragraph"].ne("rest")
    ]
    missed = [
        tuple(row)
        for row in runs[["source", "paragraph", "other", "other_paragraph"]].values
        if tuple(row) not in read and (*tuple(row)[2:], *tuple(row)[:2]) not in read
    ]
    assert len(runs) and missed == []


def test_texts_alike_in_order_and_wording_are_one_voice_everywhere_and_no_others():
    """The page on agreement, the table of dependences and the count of runs must not tell three stories."""
    ledger = load()
    alike = ledger.parallels["alike"].str.split().map({"order", "wording"}.issubset)
    read = {frozenset(pair) for pair in ledger.parallels.loc[alike, ["source", "other"]].values}
    runs = ledger.shared_runs()
    counted = {
        frozenset(pair)
        for pair in runs.loc[runs["source"].isin(FIVE) & runs["other"].isin(FIVE), ["source", "other"]].values
    }
    stored = {frozenset(pair) for pair in ledger.dependences[["one", "other"]].values if FIVE.issuperset(pair)}
    assert read == counted == stored


def test_the_pairs_of_texts_that_the_page_calls_unlike_have_no_parallel():
    pairs = {frozenset(pair) for pair in load().parallels[["source", "other"]].values}
    for other in ("korybko2025", "kerlindsay"):
        assert frozenset(("ozpinar2025", other)) not in pairs
