"""The ledger accounts for every sentence of the source texts and keeps what they say."""

import csv
import re
from collections import Counter

import pytest
import yaml

from companion.ledger import Ledger
from conftest import FIVE

#: First and last locator of each text, as its paragraphs are counted.
LENGTHS = {
    "korybko2025": [f"¶{n}" for n in range(0, 8)],
    "cafiero2025": [f"¶{n}" for n in range(0, 47)],
    # Captions that make claims: one above the text, one within it.
    "ozpinar2025": ["caption", *(f"¶{n}" for n in range(0, 17))],
    "anon2024": [*(f"¶{n}" for n in range(1, 7)), "caption", *(f"¶{n}" for n in range(7, 25))],
}
MEMBERS_OF_THE_UN = 193


@pytest.fixture(scope="module")
def table(project):
    """A function from the name of a table to its rows."""

    def read(name):
        with open(project / f"data/{name}.csv", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="module")
def sentences(project):
    """How many sentences each paragraph of each seed has, from the cards."""
    return {
        path.stem: yaml.safe_load(path.read_text("utf-8").split("---")[1])["card"]["sentences"]
        for path in sorted((project / "seeds").glob("*.md"))
    }


def the_one(rows, **match):
    """The single row with these cells."""
    found = [row for row in rows if match.items() <= row.items()]
    assert len(found) == 1, f"{len(found)} rows have {match}"
    return found[0]


# -- completeness ------------------------------------------------------------------------


def test_every_sentence_of_the_texts_yields_a_claim_or_has_a_reason_why_not(table, sentences):
    covered = {
        (r["source"], r["paragraph"], int(r["sentence"])) for r in table("coverage") if r["claim"] or r["left_out"]
    }
    wanted = {
        (key, paragraph, number)
        for key, paragraphs in sentences.items()
        for paragraph, count in paragraphs.items()
        for number in range(1, count + 1)
    }
    assert covered == wanted


def test_a_sentence_that_yields_a_claim_has_no_reason_for_leaving_it_out(table):
    both = Counter()
    for row in table("coverage"):
        key = (row["source"], row["paragraph"], row["sentence"])
        both[key] |= 1 if row["claim"] else 2
    assert [key for key, kinds in both.items() if kinds == 3] == []


@pytest.mark.parametrize("key", LENGTHS)
def test_no_paragraph_of_a_text_is_missing(key, sentences, table):
    assert list(sentences[key]) == LENGTHS[key]
    assert {r["paragraph"] for r in table("coverage") if r["source"] == key} == set(LENGTHS[key])


def test_no_time_stamp_of_the_video_is_missing(sentences, table):
    stamps = list(sentences["kerlindsay"])
    assert stamps[-1] == max(stamps) == "00:11:15"
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", stamp) for stamp in stamps)
    assert {r["paragraph"] for r in table("coverage") if r["source"] == "kerlindsay"} == set(stamps)


def test_the_five_texts_have_their_cards(sentences):
    assert FIVE <= set(sentences)


def test_every_claim_of_a_seed_has_a_locator_within_its_text(table, sentences):
    strays = [
        (r["id"], r["locator"])
        for r in table("claims")
        if r["source"] in sentences and r["locator"] not in sentences[r["source"]]
    ]
    assert strays == []


def test_every_claim_of_a_seed_is_found_in_coverage_at_its_own_paragraph(table, sentences):
    places = {}
    for row in table("coverage"):
        places.setdefault(row["claim"], set()).add((row["source"], row["paragraph"]))
    strays = [
        r["id"]
        for r in table("claims")
        if r["source"] in sentences and (r["source"], r["locator"]) not in places.get(r["id"], set())
    ]
    assert strays == []


# -- claims, checks, conflicts ----------------------------------------------------------------


def test_no_claim_quotes_more_than_five_words_of_its_source(table):
    assert [r["id"] for r in table("claims") if len(r["words"].split()) > 5] == []


def test_no_statement_holds_a_quotation_longer_than_five_words(table):
    long = [
        (r["id"], quoted)
        for r in table("claims")
        for quoted in re.findall(r"[“\"]([^”\"]+)[”\"]", r["statement"])
        if len(quoted.split()) > 5
    ]
    assert long == []


def test_a_garbled_place_keeps_what_was_printed_and_what_was_meant(table):
    for row in table("claims"):
        assert bool(row["printed"]) == bool(row["meant"]), row["id"]
        assert not row["printed"] or row["printed"] != row["meant"], row["id"]


def test_every_evidence_claim_has_a_grade_and_no_seed_has_one(table, sentences):
    wrong = [r["id"] for r in table("claims") if bool(r["grade"]) == (r["source"] in sentences)]
    assert wrong == []


def test_every_claim_that_is_ascribed_or_quoted_names_its_speaker(table):
    assert [r["id"] for r in table("claims") if r["mode"] != "own" and not r["said_by"]] == []


def test_every_check_has_a_source_and_a_finding(table):
    sources = Counter(r["check"] for r in table("check-sources"))
    assert [r["id"] for r in table("checks") if not sources[r["id"]] or not r["finding"]] == []


def test_every_conflict_has_at_least_two_claims(table):
    sides = Counter(r["conflict"] for r in table("conflict-claims"))
    assert [r["id"] for r in table("conflicts") if sides[r["id"]] < 2] == []


def test_a_conflict_that_the_book_decides_is_decided_for_a_claim_in_the_ledger(table):
    claims = {r["id"] for r in table("claims")}
    assert [r["id"] for r in table("conflicts") if r["used"] and r["used"] not in claims] == []


# -- votes ------------------------------------------------------------------------------------


def test_the_votes_on_a_resolution_are_no_more_than_the_members_of_the_un(table):
    for row in table("resolutions"):
        counts = [int(row[c]) for c in ("yes", "no", "abstained") if row[c]]
        assert len(counts) in (0, 3), row["id"]
        assert sum(counts) <= MEMBERS_OF_THE_UN, row["id"]
        if counts:
            assert counts[0] > counts[1], f"{row['id']} was adopted"


def test_no_more_states_are_listed_with_a_vote_than_cast_it(table):
    listed = Counter((r["resolution"], r["vote"]) for r in table("votes"))
    columns = {"for": "yes", "against": "no", "abstained": "abstained"}
    for row in table("resolutions"):
        for vote, column in columns.items():
            if row[column]:
                assert listed[row["id"], vote] <= int(row[column]), (row["id"], vote)


def test_every_resolution_lists_the_five_states(table):
    votes = {(r["resolution"], r["state"]) for r in table("votes")}
    missing = [
        (r["id"], state)
        for r in table("resolutions")
        for state in ("kaz", "kgz", "tjk", "tkm", "uzb")
        if (r["id"], state) not in votes
    ]
    assert missing == []


def test_a_vote_that_was_not_found_is_kept_as_not_found(table):
    for row in table("votes"):
        assert (row["vote"] == "not found") == (not row["claim"]), (row["resolution"], row["state"])


# -- deals --------------------------------------------------------------------------------------


def test_a_sum_of_a_deal_is_money_and_a_count_is_not(table):
    unit = {r["id"]: r["unit"] for r in table("quantities")}
    for row in table("deals"):
        assert not row["sum"] or re.fullmatch("[A-Z]{3}", unit[row["sum"]]), row["id"]
        assert not row["count"] or not re.fullmatch("[A-Z]{3}", unit[row["count"]]), row["id"]


def test_no_deal_is_added_up_twice(table):
    rows = {r["id"]: r for r in table("deals")}
    assert [r["id"] for r in rows.values() if r["part_of"] and rows[r["part_of"]]["part_of"]] == [], "a part of a part"
    sums = Counter(r["sum"] for r in rows.values() if r["sum"])
    assert [id for id, times in sums.items() if times > 1] == []


def test_a_letter_of_interest_or_an_option_is_not_called_signed(table):
    words = {"option": "option", "letter of interest": "letter"}
    statements = {r["id"]: r["statement"] for r in table("claims")}
    for row in table("deals"):
        if row["stage"] in words:
            assert words[row["stage"]] in statements[row["claim"]], row["id"]
    assert {r["stage"] for r in table("deals")} == {"firm", "option", "letter of interest", "announced"}


# -- the worked cases of the design --------------------------------------------------------------


def test_a_lower_bound_is_kept_as_one(table):
    claim = the_one(table("claims"), id="trade-russia-2024")
    assert (claim["source"], claim["said_by"], claim["mode"]) == ("cafiero2025", "putin", "ascribed")
    number = the_one(table("quantities"), claim="trade-russia-2024")
    assert [number[c] for c in ("comparison", "value", "upper", "scale", "unit", "period")] == [
        "more than",
        "45",
        "",
        "billion",
        "USD",
        "2024",
    ]


def test_a_range_whose_year_is_inferred_is_contradicted_and_its_event_settled_by_evidence(table, sentences):
    claims = table("claims")
    report = the_one(table("event-reports"), date="2025-10-08/2025-10-10", event="summit-dushanbe-2025")
    assert (report["dating"], report["host"]) == ("inferred", "rus")
    claim = the_one(claims, id=report["claim"])
    assert (claim["source"], claim["locator"]) == ("cafiero2025", "¶28")
    checked = [r["check"] for r in table("check-claims") if r["claim"] == claim["id"]]
    assert "contradicted" in {r["verdict"] for r in table("checks") if r["id"] in checked}
    settled = the_one(table("events"), id="summit-dushanbe-2025")["settled_by"]
    evidence = the_one(claims, id=settled)
    assert evidence["source"] not in sentences and evidence["grade"]
    assert the_one(table("event-reports"), claim=settled)["date"] == "2025-10-09"


def test_a_fall_without_a_year_stays_without_one(table):
    number = the_one(table("quantities"), id="job-seekers-tjk")
    assert [number[c] for c in ("value", "unit", "form", "period", "since", "dating")] == [
        "60",
        "percent",
        "fall",
        "",
        "XXXX-04",
        "unstated",
    ]


def test_an_observer_is_an_observer(table):
    row = the_one(table("memberships"), organisation="ots", member="tkm", used="yes")
    assert (row["role"], row["status"]) == ("observer", "active")


def test_a_contradicted_membership_stands_unused_beside_the_evidence_that_is_used(table, sentences):
    claims = {r["id"]: r for r in table("claims")}
    rows = [r for r in table("memberships") if (r["organisation"], r["member"]) == ("cis", "tkm")]
    seeds = [r for r in rows if claims[r["claim"]]["source"] in sentences and r["role"] == "member"]
    assert seeds and {r["used"] for r in seeds} == {"no"}
    used = the_one(rows, used="yes")
    assert used["role"] == "associate" and used["since"].startswith("2005")
    assert claims[used["claim"]]["source"] not in sentences


def test_a_garbled_name_has_no_value_and_keeps_both_names(table):
    claim = the_one(table("claims"), id="alash-movement")
    assert (claim["printed"], claim["meant"]) == ("Arash", "Alash")
    assert [r for r in table("quantities") if r["claim"] == "alash-movement"] == []


def test_a_member_need_not_be_a_state_and_northern_cyprus_has_no_country_code(table):
    actors = {r["id"]: r for r in table("actors")}
    observers = [
        actors[r["member"]] for r in table("memberships") if r["organisation"] == "ots" and r["role"] == "observer"
    ]
    assert "organisation" in {actor["kind"] for actor in observers}
    assert all(actor["iso3"] != "CYN" for actor in actors.values())


def test_no_pair_of_organisation_and_member_is_used_twice(table):
    used = Counter((r["organisation"], r["member"]) for r in table("memberships") if r["used"] == "yes")
    assert [pair for pair, count in used.items() if count > 1] == []


# -- how old the newest report of a site is ----------------------------------------------------------


def reports(root):
    """The year in words that a reader sees at each Russian site, by the claim that names it."""
    return Ledger(root).dated_sites().set_index("claim")["report"].to_dict()


def test_every_site_shows_the_year_of_its_newest_source_or_that_none_is_later_than_the_invasion(project, table):
    shown = reports(project)
    assert list(shown) == [row["claim"] for row in table("sites")]
    assert shown["site-okno"] == "2025"
    assert {shown[site] for site in ("site-karakol", "site-kara-balta", "site-mailuu-suu")} == {
        "2017, no later report found"
    }


def test_a_year_alone_does_not_show_that_a_report_is_later_than_a_day_in_it(copy):
    entry = "@online{rfe2022-redeployed,"
    path = copy.root / "seeds/references.bib"
    before, after = path.read_text("utf-8").split(entry)
    path.write_text(before + entry + after.replace("date = {2022-09}", "date = {2022}", 1), encoding="utf-8")
    assert reports(copy.root)["site-201st-bokhtar"] == "2022, no later report found"


def test_a_source_without_a_date_dates_no_site(copy):
    rows = copy.rows("site_claims")
    copy.write("site_claims", [row for row in rows if row[0] != "site-karakol" or row[1] == "site-karakol"])
    sites = Ledger(copy.root).dated_sites().set_index("claim")
    assert sites.loc["site-karakol", "report"] == "no dated report found"
    assert sites.loc["site-karakol", "undated"] == 1
