"""Readers who ask how far to believe it: each conclusion has a grade that follows from the ledger by a rule done by hand."""

import csv
import json
import re
import shutil

import pytest

from companion import UnknownId, confidence
from companion.ledger import Ledger
from narrative import figure_texts

#: A ledger small enough to be judged with a pencil. The texts with a card are the two columnists and
#: the traveller. "Trade fell" is the example at the head of companion/confidence.py.
REFERENCES = {
    "columnist": ("Columnist", "2025-06"),
    "copyist": ("Copyist", "2025-07"),
    "traveller": ("Traveller", "2025-08"),
    "ministry2025": ("{Ministry}", "2025-05"),
    "paper2025": ("{Paper}", "2025-05-02"),
    "paper2025-again": ("{Paper}", "2025-05-09"),
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
    ("fell", "figure", "supports", "direct"),
    ("fell", "report-of-figure", "supports", "direct"),
    ("fell", "column", "supports", "direct"),
    ("fell", "copied-column", "supports", "direct"),
    ("fell", "port", "limits", "indirect"),
    ("fell", "month", "limits", "indirect"),
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
            "conclusions": [("fell", "Trade fell", "Trade fell.", "war", "")],
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
        "conclusions": [("fell", "Trade fell", "Trade fell.", "war", since)],
        "conclusion_claims": [("fell", id, "supports", directness) for id in claims],
    }


def checked(verdict, *grades, claim="column"):
    """A check of one claim, by as many references as there are grades."""
    keys = ["office2025", "paper2025", "old2010"]
    return {
        "checks": [("check", verdict, "Found.", "2026-11-22", "")],
        "check_claims": [("check", claim)],
        "check_sources": [("check", key, grade) for key, grade in zip(keys, grades)],
    }


def worth(ledger, claim):
    """What a claim is worth and why not more."""
    row = confidence.account(ledger, "fell").set_index("claim").loc[claim]
    return row["points"], row["shortcomings"]


# -- the example by hand ---------------------------------------------------------------------


def test_the_example_at_the_head_of_the_rule_comes_out_as_it_says(small):
    judged = confidence.judge(small(), "fell")
    # For: the ministry 2 (its paper is the same voice), the columnists together 1. Against: the
    # traveller is unchecked and indirect, 0; the office is indirect, 1. 3 - 1 = 2 is low.
    assert (judged.supports, judged.limits, judged.points, judged.grade) == (3, 1, 2, "low")
    assert judged.voices("supports") == {"Ministry": 2, "Columnist, Copyist": 1}
    assert judged.voices("limits") == {"Office": 1}


def test_leaving_a_source_out_changes_the_grade_as_the_rule_says(small):
    ledger = small()
    grades = {key: confidence.judge(ledger, "fell", [key]).grade for key in REFERENCES}
    assert grades == {
        # Each columnist is the other's echo: 2 + 1 - 1 still.
        "columnist": "low",
        "copyist": "low",
        # The ministry's page and the paper that repeats it: the same.
        "ministry2025": "low",
        "paper2025": "low",
        # Nobody is left against: 3 is moderate.
        "office2025": "moderate",
        # Worth nothing, or not heard at all.
        "traveller": "low",
        "paper2025-again": "low",
        "old2010": "low",
        "undated": "low",
    }
    # Both columnists out: 2 - 1 = 1. The ministry and its paper out: 1 - 1 = 0.
    assert confidence.judge(ledger, "fell", ["columnist", "copyist"]).grade == "not established"
    assert confidence.judge(ledger, "fell", ["ministry2025", "paper2025"]).points == 0


def test_the_account_says_what_each_claim_carries(small):
    account = confidence.account(small(), "fell").set_index("claim")
    assert dict(account["points"]) == {
        "figure": 2,
        "report-of-figure": 2,
        "column": 1,
        "copied-column": 1,
        "port": 0,
        "month": 1,
    }
    # Every supporting claim has a double, so that none alone carries anything; without the office's there is a point more.
    assert dict(account["carries"]) == {
        "figure": 0,
        "report-of-figure": 0,
        "column": 0,
        "copied-column": 0,
        "port": 0,
        "month": -1,
    }
    assert account.loc["month", "grade_without_it"] == "moderate"


# -- the rule, step by step --------------------------------------------------------------------


@pytest.mark.parametrize(
    "points, grade",
    [
        (6, "high"),
        (5, "high"),
        (4, "moderate"),
        (3, "moderate"),
        (2, "low"),
        (1, "not established"),
        (-3, "not established"),
    ],
)
def test_points_make_a_grade(points, grade):
    assert confidence.grade(points) == grade


@pytest.mark.parametrize(
    "voices, points",
    [
        ([], 0),
        ([1], 1),
        ([1, 1], 2),
        ([1, 1, 1, 1], 2),  # hearsay does not add up
        ([2, 1, 1, 1], 4),
        ([2, 2, 1, 1], 6),
        ([2, 2, 2, 2, 1], 6),  # three full voices are the most
    ],
)
def test_half_voices_bring_two_points_at_most_and_a_side_six(voices, points):
    assert confidence.side(voices) == points


@pytest.mark.parametrize(
    "verdict, grades, expected",
    [
        ("confirmed", ["published"], (2, "")),
        ("confirmed", ["weak", "official"], (2, "")),
        ("confirmed", ["weak"], (1, "untested")),  # a mirror confirms nothing
        ("imprecise", ["official"], (1, "untested")),
        ("could-not-check", ["published"], (1, "untested")),
        ("contradicted", ["published"], (0, "contradicted")),
        ("contradicted", ["weak"], (1, "untested")),  # nor does it refute
    ],
)
def test_what_the_check_found_decides_what_a_text_is_worth(small, verdict, grades, expected):
    assert worth(small(**checked(verdict, *grades)), "column") == expected


def test_a_contradicted_claim_supports_nothing(small):
    ledger = small(**bearing("column"), **checked("contradicted", "official"))
    assert confidence.judge(ledger, "fell").supports == 0


def test_a_verdict_falls_with_the_last_source_behind_it(small):
    ledger = small(**bearing("column", "port"), **checked("confirmed", "official", "published"))
    assert confidence.judge(ledger, "fell").supports == 3
    assert confidence.judge(ledger, "fell", ["office2025"]).supports == 3, "the paper still stands behind the check"
    assert confidence.judge(ledger, "fell", ["office2025", "paper2025"]).supports == 2, (
        "unchecked now, and so the column is a half voice"
    )


@pytest.mark.parametrize(
    "id, expected",
    [
        ("first-report", (2, "")),
        ("weak", (1, "untested")),
        ("judgement", (1, "untested")),
    ],
)
def test_evidence_is_worth_its_grade_and_a_judgement_is_no_fact(small, id, expected):
    assert worth(small(**bearing(id)), id) == expected


def test_a_step_away_costs_a_point_and_two_shortcomings_leave_none(small):
    ledger = small(**bearing("first-report", "column", directness="indirect"))
    assert worth(ledger, "first-report") == (1, "indirect")
    assert worth(ledger, "column") == (0, "untested, indirect")


@pytest.mark.parametrize(
    "id, expected",
    [
        ("first-report", (2, "")),  # of May 2025
        ("yearbook", (1, "dated")),  # of 2010
        ("leaflet", (1, "dated")),  # of nobody knows when
        ("later-number", (1, "dated")),  # a number for 2024 in a book of 2010 is a guess of 2010
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
    assert worth(ledger, id) == expected
    assert worth(small(**bearing(id)), id) == (2, ""), "where nothing has changed, age is no fault"


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
    assert worth(small(**bearing("first-report", since="2022-02-24"), quantities=[number]), "first-report") == (
        1,
        "dated",
    )


def test_two_reports_of_one_outlet_are_one_voice(small):
    judged = confidence.judge(small(**bearing("first-report", "second-report")), "fell")
    assert judged.voices("supports") == {"Paper": 2} and judged.grade == "low"


def test_who_leans_on_whom_is_data(small):
    claims = bearing("figure", "first-report", "month")
    assert confidence.judge(small(**claims), "fell").grade == "high"  # three full voices
    one = small(**claims, dependences=[("paper2025", "office2025", "data", "One table.", "")])
    assert confidence.judge(one, "fell").grade == "moderate"  # two
    chain = [
        ("paper2025", "office2025", "data", "One table.", ""),
        ("office", "office2025", "office", "Its page.", ""),
        ("office", "ministry2025", "office", "One state.", ""),
    ]
    assert confidence.judge(small(**claims, dependences=chain), "fell").grade == "low"  # one, by way of an actor


def test_a_text_alone_cannot_lend_itself_the_voice_of_another(small):
    # The traveller's word for what the minister wants is the traveller's; the minister's own words are the minister's.
    assert confidence.judge(small(**bearing("port", "ascribed-in-text")), "fell").voices("supports") == {"Traveller": 1}
    assert confidence.judge(small(**bearing("port", "quoted-in-text")), "fell").voices("supports") == {
        "Traveller": 1,
        "Minister": 1,
    }
    confirmed = checked("confirmed", "official", claim="ascribed-in-text")
    assert confidence.judge(small(**bearing("port", "ascribed-in-text"), **confirmed), "fell").voices("supports") == {
        "Minister": 2,
        "Traveller": 1,
    }


def test_a_conclusion_that_is_not_there_is_named(small):
    with pytest.raises(UnknownId, match="no conclusion 'rose'"):
        confidence.judge(small(), "rose")


# -- the book's own tables ------------------------------------------------------------------------


def test_a_changed_verdict_changes_the_grade(copy):
    before = confidence.judge(Ledger(copy.root), "military-presence")
    weighed = {one.claim: one for one in before.weighed}
    assert weighed["rus-troops-three-states"].points == 2
    copy.set("checks", "check-c14", "verdict", "contradicted")
    after = confidence.judge(Ledger(copy.root), "military-presence")
    # Cafiero's was the one full voice, so that two points go and the half voices stay.
    assert before.points - after.points == 2
    assert list(confidence.GRADES).index(after.grade) < list(confidence.GRADES).index(before.grade)


def test_the_texts_that_share_their_words_are_one_voice_in_the_book(project):
    voices = confidence.judge(Ledger(project), "dushanbe-bid").voices("supports")
    assert "Cafiero, Özpınar" in voices


def test_every_conclusion_weighs_claims_of_both_kinds_and_every_chapter_draws_one(project):
    from companion import pages

    ledger = Ledger(project)
    assert set(ledger.conclusions["chapter"]) == {path.stem for path in pages.chapters(project)}
    assert set(confidence.table(ledger)["grade"]) == set(confidence.GRADES), "the rule tells conclusions apart"
    assert len(ledger.conclusion_claims.query("bearing == 'limits'")) >= len(ledger.conclusions), (
        "what speaks against is there too"
    )


def test_what_the_balance_says_of_grades_in_words_is_what_the_rule_gives(project):
    """A changed ledger changes the figure by itself; its alternative text and the prose must follow."""
    grades = confidence.table(Ledger(project)).set_index("conclusion")
    text = (project / "book/balance.md").read_text("utf-8")
    (alt,) = [alt for name, _, alt in figure_texts(text) if name == "conclusion-grades"]
    for grade, labels in grades.groupby("grade")["label"]:
        said = re.search(rf"{grade.capitalize()}: (.*?)\.(?: [A-Z]|$)", alt).group(1)
        assert set(said.split("; ")) == set(labels), f"alternative text of conclusion-grades, {grade}"
    # “is low: the texts say so”, “one reading, told twice”, “most of what we have on them is older”, “a low grade may only show”
    in_prose = {
        "influence-waned": "low",
        "dushanbe-bid": "not established",
        "military-presence": "moderate",
        "china-trades-most": "low",
    }
    assert {id: grades.loc[id, "grade"] for id in in_prose} == in_prose, "section Leg by leg of book/balance.md"


def test_conclusions_are_counted_by_their_grade(project):
    from companion import counts

    ledger = Ledger(project)
    counted = {
        grade: counts.count(ledger, f"conclusions grade={grade.replace(' ', '_')}") for grade in confidence.GRADES
    }
    assert sum(counted.values()) == len(ledger.conclusions)
    assert counted["low"] == (confidence.table(ledger)["grade"] == "low").sum() > 0


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


def test_a_figure_in_a_conclusion_is_refused(copy):
    row = copy.set("conclusions", "trade-grew", "statement", "Trade passed 45 billion dollars.")
    check(copy.problem(), "conclusions", row, "statement", "holds a figure", "without figures")


def test_a_conclusion_that_nothing_supports_is_refused(copy):
    row = copy.append("conclusions", ["new", "New", "All is new.", "war", ""])
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
    row = copy.append("conclusion_claims", ["trade-grew", "trade-russia-progress", "limits", "direct"])
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
