"""Readers who ask how far to believe it: each conclusion has a confidence that follows from the ledger by a rule done by hand."""

import csv
import dataclasses
import gc
import json
import re
import shutil
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import UnknownId, confidence, pages
from companion.confidence import Side, Witness
from companion.ledger import VERDICTS, Ledger
from narrative import figure_texts, prose

#: A ledger small enough to be judged with a pencil. The texts with a card are the two columnists and
#: the traveller. "Trade fell" is the example at the head of companion/confidence.py.
REFERENCES = {
    "columnist": ("Columnist", "2025-06"),
    "copyist": ("Copyist", "2025-07"),
    "traveller": ("Traveller", "2025-08"),
    "ministry2025": ("{Ministry}", "2025-05"),
    "paper2025": ("{Paper}", "2025-05-02"),
    "paper2025-again": ("{Paper}", "2025-05-09"),
    "bank2025": ("{Bank}", "2025-06"),
    "office2025": ("{Office}", "2025-06"),
    "old2010": ("{Yearbook}", "2010"),
    "undated": ("{Leaflet}", ""),
}
ACTORS = [
    ("ministry", "Ministry", "", "organisation", ""),
    ("minister", "Minister", "", "person", ""),
    ("office", "Office", "", "organisation", ""),
]


def claim(id, source, said_by="", mode="own", kind="fact", grade="", locator=""):
    return [id, source, locator, said_by, mode, kind, "trade", f"What {id} says.", "", "", "", grade]


CLAIMS = [
    claim("figure", "ministry2025", grade="official"),
    claim("report-of-figure", "paper2025", "ministry", "ascribed", grade="published"),
    claim("bank-figure", "bank2025", grade="published"),
    claim("column", "columnist", locator="¶1"),
    claim("copied-column", "copyist", locator="¶1"),
    claim("port", "traveller", locator="¶1"),
    claim("month", "office2025", grade="official"),
    claim("second-report", "paper2025-again", grade="published"),
    claim("first-report", "paper2025", grade="published"),
    claim("judgement", "office2025", kind="assessment", grade="official"),
    claim("leaflet", "undated", grade="published"),
    claim("yearbook", "old2010", grade="published"),
    claim("later-number", "old2010", grade="published"),
    claim("weak", "paper2025", grade="weak"),
    claim("ascribed-in-text", "traveller", "minister", "ascribed", kind="stance", locator="¶1"),
    claim("quoted-in-text", "traveller", "minister", "quoted", kind="stance", locator="¶1"),
]
FELL = [
    ("fell", "figure", "supports", "direct", ""),
    ("fell", "report-of-figure", "supports", "direct", ""),
    ("fell", "bank-figure", "supports", "direct", ""),
    ("fell", "column", "supports", "direct", ""),
    ("fell", "copied-column", "supports", "direct", ""),
    ("fell", "port", "limits", "indirect", ""),
    ("fell", "month", "limits", "indirect", "One month is not the year."),
]
LEANS = [
    ("columnist", "copyist", "wording", "Copied.", ""),
    ("ministry2025", "ministry", "office", "Its own page.", ""),
]


@pytest.fixture
def small(tmp_path, project):
    """A function that writes the small ledger, with some of its tables changed, and reads it."""

    def make(**changed):
        root = tmp_path / "small"
        shutil.rmtree(root, ignore_errors=True)
        (root / "data").mkdir(parents=True)
        (root / "seeds").mkdir()
        package = json.loads((project / "data/datapackage.json").read_text("utf-8"))
        tables = {
            "actors": ACTORS,
            "claims": CLAIMS,
            "conclusion_claims": FELL,
            "dependences": LEANS,
            "conclusions": [("fell", "Trade fell", "Trade fell.", "trade", "", "", "war", "")],
            **changed,
        }
        for resource in package["resources"]:
            if "schema" in resource:
                header = [field["name"] for field in resource["schema"]["fields"]]
                with open(root / "data" / resource["path"], "w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([header, *tables.get(resource["name"], [])])
        (root / "data/datapackage.json").write_text(json.dumps(package), "utf-8")
        entries = (
            f"@online{{{key},\n author = {{{author}}},\n title = {{T}},\n date = {{{date}}},\n}}\n"
            for key, (author, date) in REFERENCES.items()
        )
        (root / "seeds/references.bib").write_text("\n".join(entries).replace(" date = {},\n", ""), "utf-8")
        for key in ("columnist", "copyist", "traveller"):
            (root / f"seeds/{key}.md").write_text('---\ncard:\n  sentences: {"¶1": 1}\n---\n', "utf-8")
        return Ledger(root)

    return make


def bearing(*claims, since="", directness="direct"):
    """A conclusion that some claims support, and nothing else."""
    return {
        "conclusions": [("fell", "Trade fell", "Trade fell.", "trade", "", "", "war", since)],
        "conclusion_claims": [("fell", id, "supports", directness, "") for id in claims],
    }


def checked(verdict, *grades, claim="column"):
    """A check of one claim, by as many references as there are grades."""
    keys = ["office2025", "paper2025", "old2010"]
    return {
        "checks": [("check", verdict, "Found.", "2026-11-22", "")],
        "check_claims": [("check", claim)],
        "check_sources": [("check", key, grade) for key, grade in zip(keys, grades)],
    }


def quality(ledger, claim):
    """How good a claim is and what is wanting."""
    row = confidence.account(ledger, "fell").set_index("claim").loc[claim]
    return row["quality"], row["shortcomings"]


def supports(ledger, **options):
    """The voices for the conclusion: how many, and how many of them are firm."""
    side = confidence.judge(ledger, "fell", **options).supports
    return side.voices, side.firm


# -- the rule, which knows no ledger: more support never lowers, more contradiction never raises ----


OWNERS = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=3)
PLAIN = {"claim": st.uuids().map(str), "bearing": st.sampled_from(confidence.SIDES), "owners": OWNERS}
#: Witnesses of every kind, and, lest few of them count, some with nothing wanting and a voice of their own.
WITNESSES = st.builds(
    Witness,
    **PLAIN,
    kind=st.sampled_from(["fact", "stance", "assessment", "forecast"]),
    grade=st.sampled_from(["", "weak", "published", "official"]),
    verdicts=st.frozensets(st.sampled_from(VERDICTS)),
    direct=st.booleans(),
    latest=st.none() | st.floats(1990, 2027),
) | st.builds(
    Witness,
    **(PLAIN | {"owners": st.uuids().map(lambda id: frozenset({str(id)}))}),
    grade=st.just("official"),
    direct=st.booleans(),
    latest=st.just(2026.9),
)
LEDGERS = st.lists(WITNESSES, max_size=4) | st.lists(WITNESSES, max_size=14)
SINCE = st.none() | st.just(2022.15)
many = settings(max_examples=600, deadline=None, derandomize=True, database=None)


def rank(witnesses, since):
    return confidence.GRADES.index(confidence.assess(witnesses, since).grade)


def turn(witness, bearing):
    return dataclasses.replace(witness, bearing=bearing)


@many
@given(LEDGERS, WITNESSES, SINCE)
def test_one_more_claim_for_never_lowers_and_one_less_never_raises(ledger, more, since):
    assert rank([*ledger, turn(more, "supports")], since) >= rank(ledger, since)


@many
@given(LEDGERS, WITNESSES, SINCE)
def test_one_more_claim_against_never_raises_and_one_less_never_lowers(ledger, more, since):
    assert rank([*ledger, turn(more, "limits")], since) <= rank(ledger, since)


@many
@given(LEDGERS, WITNESSES, SINCE, st.sampled_from(confidence.SIDES))
def test_a_check_moves_the_grade_its_own_way_or_not_at_all(ledger, one, since, bearing):
    one = turn(one, bearing)
    unchecked = rank([*ledger, one], since)
    for verdict, way in (("confirmed", 1), ("imprecise", -1), ("contradicted", -1), ("could-not-check", 0)):
        checked = rank([*ledger, dataclasses.replace(one, verdicts=one.verdicts | {verdict})], since)
        moved = (checked - unchecked) * (1 if bearing == "supports" else -1)
        assert moved == 0 if way == 0 else moved * way >= 0, (verdict, bearing)


@many
@given(LEDGERS, WITNESSES, SINCE)
def test_better_evidence_for_a_conclusion_never_lowers_it(ledger, one, since):
    one = turn(one, "supports")
    now = rank([*ledger, one], since)
    for better in (
        {"direct": True},
        {"grade": "official"},
        {"kind": "fact"},
        {"latest": 2026.9},
        {"owners": one.owners - {max(one.owners)} or one.owners},
    ):
        assert rank([*ledger, dataclasses.replace(one, **better)], since) >= now, better


@many
@given(LEDGERS, SINCE)
def test_who_is_already_heard_adds_nothing_by_saying_it_again(ledger, since):
    again = [dataclasses.replace(one, claim=f"again-{one.claim}") for one in ledger]
    assert confidence.assess([*ledger, *again], since) == confidence.assess(ledger, since)


@many
@given(st.lists(OWNERS, max_size=9))
def test_voices_are_the_most_claims_that_share_no_owner(owners):
    voices = confidence.select_voices(owners)
    assert all(not one & other for place, one in enumerate(voices) for other in voices[:place])
    assert all(one in owners for one in voices)

    # By trying all choices: slow, and plainly right.
    def most(rest):
        return 0 if not rest else max(most(rest[1:]), 1 + most([one for one in rest[1:] if not one & rest[0]]))

    assert len(voices) == most(list(set(owners)))


def test_nobody_is_a_second_voice_of_whom_he_cites():
    # A text that says so itself, and passes on the ministry; the ministry in evidence.
    text, passed_on, ministry = frozenset({"text"}), frozenset({"text", "ministry"}), frozenset({"ministry"})
    assert len(confidence.select_voices([text, passed_on])) == 1
    assert len(confidence.select_voices([ministry, passed_on])) == 1
    assert len(confidence.select_voices([text, passed_on, ministry])) == 2


@pytest.mark.parametrize("firm, level", [(0, "limited"), (1, "limited"), (2, "medium"), (3, "robust"), (9, "robust")])
def test_firm_voices_make_evidence(firm, level):
    assert confidence.grade_evidence(Side(9, firm)) == level


@pytest.mark.parametrize(
    "supporting, limiting, level",
    [
        (Side(3, 0), Side(), "high"),
        (Side(2, 2), Side(), "medium"),
        (Side(1, 0), Side(), "medium"),
        (Side(), Side(), "low"),
        (Side(3, 1), Side(1, 0), "high"),
        (Side(3, 0), Side(1, 0), "medium"),
        (Side(2, 0), Side(1, 1), "low"),
    ],
)
def test_weights_make_agreement(supporting, limiting, level):
    assert confidence.grade_agreement(supporting, limiting) == level


def test_the_table_of_the_rule_is_the_one_that_its_page_prints():
    printed = [
        re.findall(
            r"(limited|medium|robust)  +(very low|low|medium|high|very high)  +(low|medium|high)  +(medium|high|very high)\n",
            confidence.__doc__,
        )
    ]
    assert [list(row) for row in printed[0]] == [
        [label.split()[0], *row] for label, row in zip(confidence.rule().index, confidence.rule().to_numpy().tolist())
    ]


def test_what_most_speaks_against_is_very_low_however_robust_the_evidence():
    firm = [
        Witness(f"{bearing}{n}", bearing, frozenset({f"{bearing}{n}"}), grade="official")
        for bearing, most in (("supports", 3), ("limits", 4))
        for n in range(most)
    ]
    assert confidence.assess(firm).evidence == "robust" and confidence.assess(firm).grade == "very low"
    assert confidence.assess(firm[:6]).grade == "medium", "as much for as against"


# -- the example by hand ---------------------------------------------------------------------


def test_the_example_at_the_head_of_the_rule_comes_out_as_it_says(small):
    judged = confidence.judge(small(), "fell")
    # For: the ministry (its paper is the same voice), the bank, the two columnists together. Against:
    # the traveller is unchecked and indirect and does not count; the office is indirect.
    assert (judged.supports, judged.limits) == (Side(3, 2), Side(1, 0))
    assert (judged.evidence, judged.agreement, judged.grade) == ("medium", "high", "high")
    assert (
        confidence.explain(judged)
        == "Medium evidence (for it three voices, two of them firm), high agreement (against it one voice, not firm)."
    )
    assert judged.may_be_stated_flat
    without = confidence.judge(small(), "fell", ["columnist", "copyist"])
    assert (without.agreement, without.grade, without.may_be_stated_flat) == ("medium", "medium", False)
    checked_column = confidence.judge(small(**checked("confirmed", "official")), "fell")
    assert (checked_column.evidence, checked_column.grade) == ("robust", "very high")


def test_leaving_a_source_out_changes_the_grade_as_the_rule_says(small):
    ledger = small()
    grades = {key: confidence.judge(ledger, "fell", [key]).grade for key in REFERENCES}
    # Each columnist is the other's echo, and so are the ministry and the paper that repeats it. Without
    # the bank one firm voice is left of two: limited evidence, medium agreement (3 against 1).
    assert grades == {key: "low" if key == "bank2025" else "high" for key in REFERENCES}
    assert confidence.judge(ledger, "fell", ["office2025"]).limits == Side()


def test_the_account_says_which_claim_carries_something(small):
    account = confidence.account(small(), "fell").set_index("claim")
    assert dict(account["quality"]) == {
        "figure": "firm",
        "report-of-figure": "firm",
        "bank-figure": "firm",
        "column": "partial",
        "copied-column": "partial",
        "port": "none",
        "month": "partial",
    }
    # The others have a double.
    assert list(account.index[account["carries"]]) == ["bank-figure", "month"]
    assert account.loc["bank-figure", "grade_without_it"] == "low"


def test_the_table_of_conclusions_holds_what_the_judgement_counts(small):
    (row,) = confidence.table(small()).to_dict("records")
    judged = confidence.judge(small(), "fell")
    assert row["conclusion"] == "fell" and row["label"] == "Trade fell" and row["chapter"] == "war"
    assert (row["grade"], row["grade_with_all"], row["evidence"], row["agreement"]) == (
        "high",
        "high",
        "medium",
        "high",
    )
    assert (row["voices_for"], row["firm_for"], row["voices_against"], row["firm_against"]) == (3, 2, 1, 0)
    assert row["why"] == confidence.explain(judged)
    (without,) = confidence.table(small(), ["bank2025"]).to_dict("records")
    assert (without["grade"], without["grade_with_all"]) == ("low", "high")
    assert {id: one.grade for id, one in confidence.judge_all(small(), ["bank2025"]).items()} == {"fell": "low"}


#: Two more conclusions on the same claims: one that rises when the office is left out, and one that stays.
THREE = {
    "conclusions": [
        ("fell", "Trade fell", "Trade fell.", "trade", "", "", "war", ""),
        ("held", "It held", "It held.", "trade", "", "", "war", ""),
        ("rose", "It rose", "It rose.", "trade", "", "", "war", ""),
    ],
    "conclusion_claims": [
        *FELL,
        ("held", "figure", "supports", "direct", ""),
        ("rose", "bank-figure", "supports", "direct", ""),
        ("rose", "judgement", "limits", "direct", ""),
    ],
}


def test_the_effect_of_leaving_sources_out_is_said_in_a_sentence(small):
    ledger = small(**THREE)
    grades = {id: one.grade for id, one in confidence.judge_all(ledger).items()}
    assert grades == {"fell": "high", "held": "low", "rose": "low"}
    assert confidence.effect(ledger, "nobody") == (
        "With every source in place the book holds one with high confidence, two with low confidence."
    )
    assert confidence.effect(ledger, "nobody", order=["rose", "held"]) == (
        "With every source in place the book holds two with low confidence."
    )
    assert confidence.effect(ledger, "the traveller", ["traveller"]) == (
        "Without the traveller no confidence changes: where it bears on a conclusion, once in all, others carry it."
    )
    assert "three times in all" in confidence.effect(ledger, "both", ["traveller", "office2025"])
    assert confidence.effect(ledger, "the bank", ["bank2025"]) == (
        "Without the bank the confidence in two of three conclusions changes: "
        "Trade fell (high to low); It rose (low to very low)."
    )
    assert confidence.effect(ledger, "the bank", ["bank2025"], order=["rose", "held", "fell"]).endswith(
        "changes: It rose (low to very low); Trade fell (high to low)."
    )


def test_of_many_changes_it_is_said_how_many_fall_and_to_what_and_which_rise(small, monkeypatch):
    from companion.confidence import conclusions

    monkeypatch.setattr(conclusions, "NAMED_AT_MOST", 1)
    ledger = small(**THREE)
    assert confidence.effect(ledger, "the bank", ["bank2025"]) == (
        "Without the bank the confidence in two of three conclusions changes: two fall (one to very low, one to low)."
    )
    # What the office alone weighs down rises without it: a partial voice against a firm one.
    sank = {
        "conclusions": [*THREE["conclusions"], ("sank", "It sank", "It sank.", "trade", "", "", "war", "")],
        "conclusion_claims": [
            *THREE["conclusion_claims"],
            ("sank", "column", "supports", "direct", ""),
            ("sank", "month", "limits", "direct", ""),
        ],
    }
    ledger, both = small(**sank), ["bank2025", "office2025"]
    assert confidence.effect(ledger, "both", both) == (
        "Without both the confidence in three of four conclusions changes: "
        "two fall (one to very low, one to low), and one rises: It sank (very low to low)."
    )
    assert confidence.effect(ledger, "both", both, order=["fell", "sank"]) == (
        "Without both the confidence in two of two conclusions changes: "
        "one falls (one to low), and one rises: It sank (very low to low)."
    )
    monkeypatch.setattr(conclusions, "NAMED_AT_MOST", 2)
    assert "(high to low); It rose" in confidence.effect(ledger, "the bank", ["bank2025"]), (
        "as many as may be are named"
    )


def test_the_account_of_several_conclusions_says_on_which_each_claim_bears(small):
    ledger = small(**THREE)
    both = confidence.account(ledger, ["rose", "fell"])
    assert list(both["conclusion"]) == ["rose"] * 2 + ["fell"] * len(FELL)
    for id in ("rose", "fell"):
        alone = both[both["conclusion"] == id].drop(columns="conclusion").reset_index(drop=True)
        assert alone.equals(confidence.account(ledger, id))
    left = confidence.account(ledger, ["rose", "fell"], ["bank2025"])
    assert set(both["claim"]) - set(left["claim"]) == {"bank-figure"}


def test_the_texts_with_a_card_come_first_among_the_sources_and_reports_have_their_key(small):
    names = confidence.sources(small())
    assert list(names) == ["columnist", "copyist", "traveller", "bank2025", "ministry2025", "office2025", "paper2025"]
    assert names["columnist"] == "Columnist (undated)" and names["bank2025"] == "Bank (undated) (bank2025)"


@pytest.mark.parametrize(
    "side, said",
    [
        (Side(), "no voice that counts"),
        (Side(1, 0), "one voice, not firm"),
        (Side(1, 1), "one voice, firm"),
        (Side(2, 0), "two voices, none of them firm"),
        (Side(3, 2), "three voices, two of them firm"),
        (Side(3, 3), "three voices, all firm"),
    ],
)
def test_why_is_said_in_the_same_words_for_and_against(side, said):
    other, four = Side(4, 2), "four voices, two of them firm"
    supported = confidence.Assessment("low", "limited", "medium", supports=side, limits=other)
    assert confidence.explain(supported) == (f"Limited evidence (for it {said}), medium agreement (against it {four}).")
    limited = confidence.Assessment("low", "limited", "medium", supports=other, limits=side)
    against = f"against it {said}" if side.voices else "nothing that counts against it"
    assert confidence.explain(limited) == f"Limited evidence (for it {four}), medium agreement ({against})."


def test_the_rule_as_a_table_names_its_rows_and_columns():
    table = confidence.rule()
    assert table.index.name == "confidence"
    assert list(table.index) == ["limited evidence", "medium evidence", "robust evidence"]
    assert list(table.columns) == ["low agreement", "medium agreement", "high agreement"]
    assert list(table.loc["limited evidence"]) == ["very low", "low", "medium"]


# -- reading the ledger ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verdict, grades, expected",
    [
        ("confirmed", ["published"], ("firm", "")),
        ("confirmed", ["weak", "official"], ("firm", "")),
        ("confirmed", ["weak"], ("partial", "untested")),  # a mirror confirms nothing
        ("imprecise", ["official"], ("partial", "untested")),
        ("could-not-check", ["published"], ("partial", "untested")),
        ("contradicted", ["published"], ("none", "contradicted")),
        ("contradicted", ["weak"], ("partial", "untested")),  # nor does it refute
    ],
)
def test_what_the_check_found_decides_how_good_the_claim_of_a_text_is(small, verdict, grades, expected):
    assert quality(small(**checked(verdict, *grades)), "column") == expected


def test_a_contradicted_claim_supports_nothing(small):
    assert supports(small(**bearing("column"), **checked("contradicted", "official"))) == (0, 0)


def test_a_verdict_falls_with_the_last_source_behind_it(small):
    ledger = small(**bearing("column", "port"), **checked("confirmed", "official", "published"))
    assert supports(ledger) == (2, 1)
    assert supports(ledger, without=["office2025"]) == (2, 1), "the paper still stands behind the check"
    assert supports(ledger, without=["office2025", "paper2025"]) == (2, 0), "unchecked now"


@pytest.mark.parametrize(
    "id, expected",
    [
        ("first-report", ("firm", "")),
        ("weak", ("partial", "untested")),
        ("judgement", ("partial", "untested")),
    ],
)
def test_evidence_is_as_good_as_its_grade_and_a_judgement_is_not_a_fact(small, id, expected):
    assert quality(small(**bearing(id)), id) == expected


def test_with_one_shortcoming_a_claim_is_partial_and_with_two_it_does_not_count(small):
    ledger = small(**bearing("first-report", "column", directness="indirect"))
    assert quality(ledger, "first-report") == ("partial", "indirect")
    assert quality(ledger, "column") == ("none", "untested, indirect")


@pytest.mark.parametrize(
    "id, expected",
    [
        ("first-report", ("firm", "")),  # of May 2025
        ("yearbook", ("partial", "dated")),  # of 2010
        ("leaflet", ("partial", "dated")),  # of nobody knows when
        ("later-number", ("partial", "dated")),  # a number for 2024 in a book of 2010 is a guess of 2010
    ],
)
def test_what_was_said_before_the_state_changed_counts_less(small, id, expected):
    number = (
        "later-number-value",
        "later-number",
        "trade",
        "",
        "",
        "exactly",
        "1",
        "",
        "",
        "USD",
        "level",
        "2024",
        "",
        "printed",
        "",
    )
    ledger = small(**bearing(id, since="2022-02-24"), quantities=[number])
    assert quality(ledger, id) == expected
    assert quality(small(**bearing(id)), id) == ("firm", ""), "where nothing has changed, age is no fault"


def test_an_old_number_makes_a_new_report_old(small):
    number = (
        "first-report-value",
        "first-report",
        "trade",
        "",
        "",
        "exactly",
        "1",
        "",
        "",
        "USD",
        "level",
        "2019",
        "",
        "printed",
        "",
    )
    assert quality(small(**bearing("first-report", since="2022-02-24"), quantities=[number]), "first-report") == (
        "partial",
        "dated",
    )


def test_two_reports_of_one_outlet_are_one_voice(small):
    assert supports(small(**bearing("first-report", "second-report"))) == (1, 1)


def test_who_leans_on_whom_is_data(small):
    claims = bearing("figure", "first-report", "month")
    assert supports(small(**claims)) == (3, 3)
    assert supports(small(**claims, dependences=[("paper2025", "office2025", "data", "One table.", "")])) == (2, 2)
    chain = [
        ("paper2025", "office2025", "data", "One table.", ""),
        ("office", "office2025", "office", "Its page.", ""),
        ("office", "ministry2025", "office", "One state.", ""),
    ]
    assert supports(small(**claims, dependences=chain)) == (1, 1), "by way of an actor"


def test_a_text_alone_cannot_lend_itself_the_voice_of_another(small):
    # The traveller's word for what the minister wants is the traveller's; the minister's own words are the minister's.
    assert supports(small(**bearing("port", "ascribed-in-text"))) == (1, 0)
    assert supports(small(**bearing("port", "quoted-in-text"))) == (2, 0)
    # A check may make it firm, and makes no second voice of it, which would be lost with the check.
    assert supports(
        small(**bearing("port", "ascribed-in-text"), **checked("confirmed", "official", claim="ascribed-in-text"))
    ) == (1, 1)


def test_a_conclusion_that_is_not_there_is_named(small):
    with pytest.raises(UnknownId, match="no conclusion 'rose'"):
        confidence.judge(small(), "rose")


# -- the book's own tables ------------------------------------------------------------------------


def grade_rank(judged):
    return confidence.GRADES.index(judged.grade)


def test_in_the_book_no_claim_that_supports_lowers_and_none_that_limits_raises(project):
    ledger = Ledger(project)
    for row in ledger.conclusion_claims.to_dict("records"):
        with_it = grade_rank(confidence.judge(ledger, row["conclusion"]))
        without_it = grade_rank(confidence.judge(ledger, row["conclusion"], without_claims=[row["claim"]]))
        assert without_it <= with_it if row["bearing"] == "supports" else without_it >= with_it, row


def test_in_the_book_only_a_source_that_speaks_against_can_raise_a_grade_by_its_absence(project):
    ledger = Ledger(project)
    against = {}
    checks = ledger.check_sources.merge(ledger.check_claims, on="check").merge(
        ledger.checks[["id", "verdict"]], left_on="check", right_on="id"
    )
    for row in ledger.conclusion_claims.to_dict("records"):
        behind = checks[checks["claim"] == row["claim"]]
        wrong = {"supports": ["contradicted", "imprecise"], "limits": ["confirmed"]}[row["bearing"]]
        keys = set(behind[behind["verdict"].isin(wrong)]["reference"])
        keys |= {ledger.claim(row["claim"])["source"]} if row["bearing"] == "limits" else set()
        against.setdefault(row["conclusion"], set()).update(keys)
    everything = confidence.judge_all(ledger)
    for key in confidence.sources(ledger):
        for id, judged in confidence.judge_all(ledger, [key]).items():
            assert grade_rank(judged) <= grade_rank(everything[id]) or key in against[id], (key, id)


def test_a_changed_verdict_changes_the_voices(copy):
    before = confidence.judge(Ledger(copy.root), "military-presence")
    weighed = {one.claim: one for one in before.weighed}
    assert weighed["rus-troops-three-states"].quality == "firm"
    copy.set("checks", "check-c14", "verdict", "contradicted")
    after = confidence.judge(Ledger(copy.root), "military-presence")
    assert before.supports.firm - after.supports.firm == 1
    assert grade_rank(after) <= grade_rank(before)


def test_the_texts_that_share_their_words_are_one_voice_in_the_book(project):
    account = confidence.account(Ledger(project), "dushanbe-bid").set_index("claim")
    assert (
        account.loc["communique-blueprint", "voice"]
        == account.loc["communique-roadmap-ozpinar", "voice"]
        == "Cafiero, Özpınar"
    )
    assert not account.loc["communique-blueprint", "carries"]


def test_every_domain_state_and_newcomer_has_its_conclusion(project):
    ledger = Ledger(project)
    assert set(ledger.conclusions["chapter"]) == {path.stem for path in pages.chapters(project)}
    assert set(ledger.conclusions["domain"]) == set(confidence.DOMAINS)
    assert set(ledger.conclusions["state"]) == {"", "kaz", "kgz", "tjk", "tkm", "uzb"}
    assert {"rus", "chn", "tur", "eu", "usa", "central-asia"} <= set(ledger.conclusions["party"])
    grades = set(confidence.table(ledger)["grade"])
    assert {"low", "medium"} <= grades and grades & {"high", "very high"}, "the rule tells conclusions apart"
    assert len(ledger.conclusion_claims.query("bearing == 'limits'")) >= len(ledger.conclusions), (
        "what speaks against is there too"
    )


def test_what_the_balance_says_of_grades_in_words_is_what_the_rule_gives(project):
    """A changed ledger changes the figure by itself; its alternative text must follow."""
    grades = confidence.table(Ledger(project))
    text = (project / "book/balance.md").read_text("utf-8")
    (alt,) = [alt for name, _, alt in figure_texts(text) if name == "conclusion-grades"]
    for grade, labels in grades.groupby("grade")["label"]:
        said = re.search(rf"{grade.capitalize()}: (.*?)\.(?: [A-Z]|$)", alt).group(1)
        assert set(said.split("; ")) == set(labels), f"alternative text of conclusion-grades, {grade}"


def test_conclusions_are_counted_by_their_grade(project):
    from companion import counts

    ledger = Ledger(project)
    grades = list(confidence.table(ledger)["grade"])
    for grade in sorted(set(grades)):
        assert counts.count(ledger, f"conclusions grade={grade.replace(' ', '_')}") == grades.count(grade) > 0


# -- in the prose: nothing is stated flat that is below high --------------------------------------


def test_the_role_prints_the_confidence_and_leads_to_the_reasons(project):
    from companion_press.notebooks.markdown import Book, Prose

    ledger = Ledger(project)
    for judged in confidence.judge_all(ledger).values():
        assert pages.render_conclusion(ledger, judged.conclusion) == f"({judged.grade} confidence)"
        words = f"that it is <{judged.conclusion}>"
        assert pages.render_conclusion(ledger, words) == f"({judged.grade} confidence that it is)"
    notebook = Prose(ledger, Book(address="https://example.org/"), "book/war")
    grade = confidence.judge(ledger, "dushanbe-bid").grade
    assert (
        notebook.text("So it was {conclusion}`dushanbe-bid`.")
        == f"So it was ([{grade} confidence](https://example.org/book/balance.html#conclusion-dushanbe-bid))."
    )


#: How the pages say what some conclusions say, where the book is not sure of them. Whoever says it in another
#: way adds that way here; whoever makes a conclusion surer may leave its line.
SAID = {
    "community-proposal": r"Community of Central Asia\W.{0,90}\ba proposal\b|new name as a plan",
    "corridor-fell-back": r"corridor has (?:grown|risen), |cargo fell by|Corridor\b.{0,220}\bfell by",
    "culture-as-instrument": r"language and (?:memory used|a common past) as instruments",
    "dushanbe-bid": r"That (?:Dushanbe|the summit) was .{0,12}a bid for influence|a summit that puts all of it into one text|a bid to win back influence",
    "five-balance": r"five balance between outside powers",
    "goods-go-round": r"goods that others will not sell to Russia seem to pass through|goods under sanctions seem to reach",
    "influence-waned": r"Russia's (?:weight|influence) (?:as such )?has .{0,12}(?:shrunk|waned|weakened)|Russia \W*(?:claim\W+)?(?:has )?lost weight",
    "kazakh-opinion-turned": r"support for Russia shrank|most sided with neither|those who side with Russia fell",
    "kyrgyz-money-from-russia": r"[Nn]early all that migrants send to Kyrgyzstan|Kyrgyzstan's National Bank .{0,140}came from Russia",
    "migration-falls": r"[Mm]igration to Russia .{0,12}(?:falling|falls|fell)|[Ww]hether fewer people now go",
    "military-presence": r"(?:keeps|kept|has) a (?:Russian )?military presence|kept its foothold|a military presence .{0,12}remains",
    "neighbours-opinion-favourable": r"views of Russia's leaders stayed highly favourable|saw Russia's leaders favourably",
    "ots-security": r"Turkic organisation has (?:grown|moved|turned).{0,40}security",
    "russian-lingua-franca": r"Russian.{0,40}(?:is|still) what (?:all the|the whole) region shares",
    "security-led-by-russia": r"primary security guarantor",
    "turkiye-gained": r"(?:Türkiye|it) has gained influence",
}


def prose_of(path):
    """The paragraphs of a page, without code: prose, captions, alternative texts and its description."""
    text = prose(path.read_text("utf-8"))
    for name, _, alt in figure_texts(path.read_text("utf-8")):
        if name == "conclusion-grades":  # the list of conclusions, each under its confidence
            text = text.replace(alt, "")
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text)]


def sentences(paragraph):
    return re.split(r"(?<=[.!?;])[’”*]*\s+", paragraph)


def account_pages(project):
    return [*pages.chapters(project), pages.landing(project), project / "book/glossary.md"]


def test_no_sentence_states_flat_what_is_below_high(project):
    judged = confidence.judge_all(Ledger(project))
    met, flat = set(), []
    for path in account_pages(project):
        for sentence in (one for paragraph in prose_of(path) for one in sentences(paragraph)):
            for id, words in SAID.items():
                if re.search(words, sentence):
                    met.add(id)
                    if (
                        id not in map(pages.conclusion, pages.CONCLUSION.findall(sentence))
                        and not judged[id].may_be_stated_flat
                    ):
                        flat.append(
                            f"{path.name}: {sentence!r} needs {{conclusion}}`{id}` ({judged[id].grade} confidence)"
                        )
    assert flat == []
    assert len(met) > len(SAID) // 2, f"what the pages no longer say guards nothing: {SAID.keys() - met}"


#: Whoever reads it knows that somebody says so.
OWNED = re.compile(
    r"\b(?:Cafiero|Özpınar|Korybko|Ker-Lindsay|Akhromov|Anceschi|Mardasov|Levystone|Putin|Kremlin|Tokayev|Gallup|DEMOSCOPE)\b"
    r"|\b(?:texts?|summary|authors?|account|reports?|outlet|reading|she|he|says?|writes?|argues?|holds?|checks?)\b",
    re.I,
)


def test_what_rests_on_untested_words_has_an_owner_or_its_confidence_beside_it(project):
    """A paragraph that leans on what a text merely says, for a conclusion below high, lets the reader see who says it."""
    ledger = Ledger(project)
    leaning = {
        one.claim: judged.conclusion
        for judged in confidence.judge_all(ledger).values()
        if not judged.may_be_stated_flat
        for one in judged.weighed
        if one.bearing == "supports" and one.shortcomings == ("untested",) and one.source in ledger.seeds
    }
    assert len(leaning) > 20
    for path in account_pages(project):
        for paragraph in prose_of(path):
            ids = {
                id
                for role, content in pages.ROLE.findall(paragraph)
                if role != "count"
                for id in pages.split(content)[1]
            }
            if ids & leaning.keys() and not pages.CONCLUSION.search(paragraph):
                visible = re.sub(r"<[^<>]*>", "", paragraph)
                assert OWNED.search(visible), (
                    f"{path.name}: who says so? {[leaning[id] for id in ids & leaning.keys()]} {visible[:120]!r}"
                )


def test_the_loss_of_a_source_is_told_in_a_sentence_however_much_it_moves(project):
    """A few conclusions are named; of many it says how many fall and to what, and which rise."""
    ledger = Ledger(project)
    without = [key for key in confidence.sources(ledger) if key not in ledger.seeds]
    rows = confidence.table(ledger, without)
    order = [confidence.GRADES.index(grade) for grade in rows["grade"]]
    before = [confidence.GRADES.index(grade) for grade in rows["grade_with_all"]]
    fallen = sum(now < then for now, then in zip(order, before))
    risen = [label for label, now, then in zip(rows["label"], order, before) if now > then]
    said = confidence.effect(ledger, "all the evidence", without)
    assert f"in {fallen + len(risen)} of {len(rows)} conclusions changes: {fallen} fall (" in said
    assert all(label in said for label in risen) and len(said.split()) < 60
    few = confidence.effect(ledger, "Korybko", ["korybko2025"])
    assert "; " in few and " to " in few and "fall" not in few


def test_every_conclusion_stands_in_full_on_the_page_of_the_balance(project):
    from companion_press.evidence import check_page

    html = check_page.conclusion_rows(None, Ledger(project), lambda page: f"{page}.html", "")
    for judged in confidence.judge_all(Ledger(project)).values():
        entry = html.split(f'id="conclusion-{judged.conclusion}"')[1].split("</li>")[0]
        assert f"{judged.grade.capitalize()} confidence." in entry and confidence.explain(judged) in entry
    assert "```{conclusion-rows}" in (project / "book/balance.md").read_text("utf-8"), "the role leads there"


# -- bad rows ---------------------------------------------------------------------------------------


def check(problem, file, row, field, wrong, right):
    assert (problem.file, problem.row, problem.field) == (f"data/{file}.csv", row, field)
    assert wrong in problem.wrong and right in problem.right, problem


def test_a_chapter_that_does_not_exist_is_refused(copy):
    row = copy.set("conclusions", "trade-grew", "chapter", "reasertion")
    check(copy.problem(), "conclusions", row, "chapter", "'reasertion' is not a chapter", "'reassertion'")


@pytest.mark.parametrize("since", ["2022-02-30", "last year", "XXXX-04"])
def test_a_time_that_cannot_be_is_refused(copy, since):
    row = copy.set("conclusions", "military-presence", "since", since)
    check(copy.problem(), "conclusions", row, "since", f"{since!r} is not a possible date", "2022-02-24")


@pytest.mark.parametrize(
    "column, value, wrong, right",
    [
        ("state", "rus", "'rus' is not one of the five states", "uzb"),
        ("state", "kax", "does not exist in actors.csv", "'kaz'"),
        ("party", "turk", "does not exist in actors.csv", "'tur'"),
        ("domain", "money", "'money' is not allowed here", "work and money"),
    ],
)
def test_a_domain_a_state_or_an_actor_that_is_not_known_is_refused(copy, column, value, wrong, right):
    row = copy.set("conclusions", "trade-grew", column, value)
    problem = next(problem for problem in copy.problems() if wrong in problem.wrong)
    check(problem, "conclusions", row, column, wrong, right)


def test_a_page_that_states_a_conclusion_that_is_not_there_is_refused(copy):
    line = copy.say("Trade grew {conclusion}`trade-grow`.")
    problem = copy.problem()
    assert (problem.row, problem.field) == (line, "conclusion")
    assert "no 'trade-grow'" in problem.wrong and "'trade-grew'" in problem.right


def test_a_figure_in_a_conclusion_is_refused(copy):
    row = copy.set("conclusions", "trade-grew", "statement", "Trade passed 45 billion dollars.")
    check(copy.problem(), "conclusions", row, "statement", "holds a figure", "without figures")


def test_a_conclusion_that_nothing_supports_is_refused(copy):
    row = copy.append("conclusions", ["new", "New", "All is new.", "trade", "", "", "war", ""])
    check(copy.problem(), "conclusions", row, "id", "no claim supports 'new'", "conclusion-claims.csv")


@pytest.mark.parametrize(
    "column, value, wrong, right",
    [
        ("claim", "trade-russia-progres", "does not exist in claims.csv", "'trade-russia-progress'"),
        ("conclusion", "trade-grow", "does not exist in conclusions.csv", "'trade-grew'"),
        ("bearing", "support", "'support' is not allowed here", "Allowed: supports, limits"),
        ("directness", "", "the cell is empty", "It needs"),
    ],
)
def test_a_bearing_that_makes_no_sense_is_refused(copy, column, value, wrong, right):
    row = copy.set("conclusion_claims", {"claim": "trade-russia-progress"}, column, value)
    check(copy.problem(), "conclusion-claims", row, column, wrong, right)


def test_a_claim_stands_once_for_each_conclusion(copy):
    row = copy.append("conclusion_claims", ["trade-grew", "trade-russia-progress", "limits", "direct", ""])
    check(copy.problem(), "conclusion-claims", row, "conclusion, claim", "this row repeats an earlier one", "drop one")


def test_a_dependence_names_sources_or_speakers_once(copy):
    last = len(copy.rows("dependences"))
    copy.append("dependences", ["cafiero2025", "ozpinar205", "wording", "Shared.", ""])
    copy.append("dependences", ["putin", "putin", "office", "Himself.", ""])
    copy.append("dependences", ["ozpinar2025", "cafiero2025", "wording", "Shared.", ""])
    typo, itself, again = copy.problems()
    check(typo, "dependences", last + 1, "other", "'ozpinar205' is neither", "'ozpinar2025'")
    check(itself, "dependences", last + 2, "other", "leans on itself", "Name two")
    check(again, "dependences", last + 3, "other", "joins the same two", "Drop one")


def test_what_is_remembered_of_a_ledger_goes_with_it():
    """Whoever tries one change after another has a ledger for each."""
    ledger = Ledger()
    first = ledger.conclusions["id"].iloc[0]
    assert confidence.judge(ledger, first) == confidence.judge(ledger, first)
    confidence.account(ledger, first)
    left = weakref.ref(ledger)
    del ledger
    gc.collect()
    assert left() is None
