"""Each rule of the data refuses what it names, and says where it is, what is wrong and what would be right.

The rules look at the project in memory: a test changes a cell and asks one rule.
"""

import pathlib
import re

import pytest

from companion import dates
from companion_checks.project import Page, Reference, References, Shapes
from companion_checks.rules import addresses, maps
from companion_checks.rules.cards import SECTIONS
from companion_checks.rules.claims import extent
from companion_checks.rules.contract import broken_constraint
from companion_checks.rules.references import is_before
from companion_checks.validate import RULES

CLAIM, QUANTITY = "trade-russia-2024", "trade-russia-2024-value"
OTS_USED = {"organisation": "ots", "member": "tkm", "used": "yes"}


def check(problem, place, wrong, right):
    """Compare a problem with (file, row, field) and with what its two sentences must hold."""
    assert (problem.file, problem.row, problem.field) == place
    assert wrong in problem.wrong
    assert right in problem.right


def file_of(table):
    return f"data/{table.replace('_', '-')}.csv"


# -- the rules themselves ----------------------------------------------------------------


def test_every_rule_says_what_it_needs_and_what_must_be_so():
    for rule in RULES.values():
        assert rule.needs, rule.name
        assert re.fullmatch(r"[A-Z].*\.", rule.says), f"{rule.name} says {rule.says!r}"


def test_every_rule_is_named_in_a_test():
    """Whoever adds a rule adds the test that sees it refuse something."""
    text = pathlib.Path(__file__).read_text("utf-8")
    assert [name for name in RULES if f'"{name}"' not in text] == []


@pytest.mark.parametrize("name", ["cells_keep_the_contract", "values_print", "places_lie_in_their_country"])
def test_a_rule_is_left_out_where_something_it_needs_cannot_be_read(memory, name):
    known = memory.project.known()
    for part in RULES[name].parts:
        assert RULES[name].problems({key: value for key, value in known.items() if key != part}) == []


# -- one cell, one rule ------------------------------------------------------------------

#: Rule; table, key of the row, column and what is written there; the field that is blamed; what is said.
CELLS = [
    # what the data package promises
    ("cells_keep_the_contract", "checks", "check-c1a", "verdict", "contradict", "verdict", "'contradict' is not allowed here", "Allowed: confirmed, imprecise, contradicted, could-not-check. Did you mean 'contradicted'"),
    ("cells_keep_the_contract", "memberships", OTS_USED, "role", "observed", "role", "'observed' is not allowed here", "'observer'"),
    ("cells_keep_the_contract", "quantities", QUANTITY, "value", "forty-five", "value", "'forty-five' is not a number", "such as 35.8"),
    ("cells_keep_the_contract", "quantities", QUANTITY, "value", "45,5", "value", "'45,5' is not a number", "such as 35.8"),
    ("cells_keep_the_contract", "derivations", "population-blr-share-of-uzb-2024", "digits", "1.5", "digits", "'1.5' is not an integer", "Write a whole number"),
    ("cells_keep_the_contract", "checks", "check-c1a", "checked_on", "2026-11-31", "checked_on", "'2026-11-31' is not a date", "2026-11-22"),
    ("cells_keep_the_contract", "claims", CLAIM, "statement", "", "statement", "the cell is empty", "It needs: "),
    ("cells_keep_the_contract", "actors", "kaz", "iso3", "kaz", "iso3", "'kaz' is malformed", "It must match [A-Z]{3}"),
    ("cells_keep_the_contract", "places", "baku", "lat", "140.4", "lat", "'140.4' is out of range", "It must be at least -90 and at most 90"),
    ("cells_keep_the_contract", "coverage", {"claim": "dushanbe-second"}, "sentence", "0", "sentence", "'0' is out of range", "It must be at least 1"),
    ("numbers_are_plain", "quantities", QUANTITY, "value", "4_5", "value", "'4_5' is not a number", "such as 35.8"),
    ("numbers_are_plain", "quantities", QUANTITY, "value", "NaN", "value", "'NaN' is not a number", "such as 35.8"),
    ("numbers_are_plain", "quantities", QUANTITY, "upper", "INF", "upper", "'INF' is not a number", "such as 35.8"),
    ("numbers_are_plain", "coverage", {"claim": "dushanbe-second"}, "sentence", "1_0", "sentence", "'1_0' is not an integer", "a whole number"),
    # how the tables hold together
    ("foreign_keys_lead_somewhere", "claims", CLAIM, "said_by", "putn", "said_by", "'putn' does not exist in actors.csv", "'putin'"),
    ("foreign_keys_lead_somewhere", "quantities", QUANTITY, "subject", "ruz", "subject", "'ruz' does not exist in actors.csv", "'rus'"),
    ("foreign_keys_lead_somewhere", "event_reports", "summit-dushanbe-nca", "place", "dushambe", "place", "'dushambe' does not exist in places.csv", "'dushanbe'"),
    ("foreign_keys_lead_somewhere", "check_claims", {"claim": "dushanbe-host-russia"}, "claim", "dushanbe-host-rusia", "claim", "'dushanbe-host-rusia' does not exist in claims.csv", "'dushanbe-host-russia'"),
    ("foreign_keys_lead_somewhere", "deals", "boeing-order-signed", "part_of", "boeing-ordre", "part_of", "'boeing-ordre' does not exist in deals.csv", "'boeing-order'"),
    ("foreign_keys_lead_somewhere", "places", "baku", "country", "azr", "country", "'azr' does not exist in actors.csv", "'aze'"),
    ("ids_share_one_namespace", "quantities", QUANTITY, "id", "kaz-no-signal", "id", "'kaz-no-signal' is also an id in data/claims.csv", "rename one"),
    ("references_exist", "check_sources", {"check": "check-c1a"}, "reference", "rfe2005-turkmenistn", "reference", "'rfe2005-turkmenistn' is not a key of seeds/references.bib", "'rfe2005-turkmenistan'"),
    ("references_exist", "claims", CLAIM, "source", "cafeiro2025", "source", "'cafeiro2025' is not a key", "'cafiero2025'"),
    ("references_exist", "routes", "middle-main", "reference", "nobody2020", "reference", "'nobody2020' is not a key", "No similar name"),
    # dates
    *[
        ("dates_are_possible", "event_reports", "summit-dushanbe-nca", "date", value, "date", f"{value!r} is not a possible date", "Write EDTF: 2025-10-09")
        for value in ("2025-02-31", "2025-02-29", "2025-13", "2025-10-10/2025-10-08", "9 October 2025")
    ],
    ("dates_are_possible", "quantities", QUANTITY, "period", "24", "period", "'24' is not a possible date", "Write EDTF"),
    ("dates_are_possible", "quantities", QUANTITY, "since", "24", "since", "'24' is not a possible date", "Write EDTF"),
    ("dates_are_possible", "derivations", "population-blr-share-of-uzb-2024", "period", "24", "period", "'24' is not", "Write EDTF"),
    ("dates_are_possible", "memberships", OTS_USED, "since", "24", "since", "'24' is not a possible date", "Write EDTF"),
    ("dates_are_possible", "memberships", OTS_USED, "until", "24", "until", "'24' is not a possible date", "Write EDTF"),
    ("dates_are_possible", "resolutions", "ga-68-262", "date", "24", "date", "'24' is not a possible date", "Write EDTF"),
    ("dates_are_possible", "deals", "boeing-order", "date", "24", "date", "'24' is not a possible date", "Write EDTF"),
    ("periods_without_a_year_are_unstated", "quantities", "job-seekers-tjk", "dating", "inferred", "dating", "a period without a year cannot be dated", "Write 'unstated'"),
    ("periods_without_a_year_are_unstated", "quantities", QUANTITY, "period", "XXXX-04", "dating", "a period without a year cannot be dated", "Write 'unstated'"),
    # codes of the world
    ("country_codes_exist", "actors", "kaz", "iso3", "KAX", "iso3", "'KAX' is not an ISO 3166-1 country code", "'KAZ'"),
    ("only_states_have_country_codes", "actors", "csto", "iso3", "RUS", "iso3", "an organisation has no country code", "make the kind 'state'"),
    ("local_names_have_a_language", "actors", "kaz", "language", "", "language", "a local name goes with its language", "kk for Kazakh"),
    ("local_names_have_a_language", "actors", "kaz", "local_name", "", "language", "no language without a name", "kk for Kazakh"),
    # other names
    ("other_names_are_whole", "actors", "csto", "also", "CSTO | | ОДКБ", "also", "a part of the cell is empty", "only between two names"),
    ("other_names_are_whole", "places", "astana", "also", "Nur-Sultan |", "also", "a part of the cell is empty", "only between two names"),
    ("other_names_are_whole", "places", "astana", "also", "Nur-Sultan | Nursultan", "also", "'Nursultan' is also 'Nur-Sultan' in this row", "Take it out"),
    ("other_names_are_whole", "actors", "tur", "also", "Turkiye", "also", "'Turkiye' is also 'Türkiye' in this row", "Take it out"),
    ("other_names_are_whole", "actors", "rus", "also", "Россия", "also", "'Россия' is also 'Россия' in this row", "Take it out"),
    ("other_names_lead_to_one_row", "actors", "sco", "also", "SCO | ОДКБ", "also", "'ОДКБ' is also a name of 'csto' (data/actors.csv, row", "let each have the other’s name"),
    ("other_names_lead_to_one_row", "actors", "sco", "also", "european union", "also", "'european union' is also a name of 'eu' (data/actors.csv, row", "Leave it with one"),
    ("currencies_exist", "quantities", QUANTITY, "unit", "USX", "unit", "'USX' is not an ISO 4217 currency", "'USD'"),
    ("currencies_exist", "quantities", QUANTITY, "unit", "usd", "unit", "'usd' is not a unit: a currency is written in capitals", "'USD'"),
    ("currencies_exist", "derivations", "population-blr-share-of-uzb-2024", "unit", "EUX", "unit", "'EUX' is not an ISO 4217 currency", "'EUR'"),
    # what any cell may hold
    *[
        ("cells_show_what_they_hold", "claims", CLAIM, "statement", value, "statement", wrong, right)
        for value, wrong, right in (
            ("Trade \u202eesor", "nobody sees the character U+202E (RIGHT-TO-LEFT OVERRIDE)", "Take it out"),
            ("Tra\u200bde rose", "nobody sees the character U+200B (ZERO WIDTH SPACE)", "Take it out"),
            ("Trade\x00rose", "nobody sees the character U+0000", "Take it out"),
            ("Trade \ue000 rose", "U+E000 is not a character that everybody has", "characters of Unicode"),
            ("Trade \ufffd rose", "stands where a character was lost", "that was meant"),
            ("Trade rose in Rome\u0301", "'é' is written in parts", "composed character, 'é'"),
            ("\u0301Trade rose", "has no letter", "behind its letter"),
            ("Trade ro\u0327\u0323\u0331se", "more than 2 marks", "that belong to it"),
        )
    ],
    *[
        ("cells_have_no_stray_blanks", "claims", CLAIM, "statement", value, "statement", "has a blank at an end", "one blank between two words")
        for value in (" Trade rose", "Trade rose ", "Trade  rose", "Trade\nrose")
    ],
    *[
        ("cells_are_no_formulas", "claims", CLAIM, "statement", value, "statement", f"would take {value!r} for a formula", "Begin with something else")
        for value in ("=1+1", "+1", "-trade rose", "@SUM(A1)")
    ],
    ("cells_are_not_endless", "claims", CLAIM, "statement", "rose " * 500, "statement", "2500 characters stand in the cell", "at most 2000"),
    ("cells_are_not_endless", "claims", CLAIM, "statement", "x" * 101, "statement", "a word has 101 characters", "at most 100"),
    # claims
    ("claims_of_texts_stand_in_them", "claims", CLAIM, "locator", "¶47", "locator", "'¶47' is not in the text", "cafiero2025 has ¶0 to ¶46"),
    ("claims_of_texts_stand_in_them", "claims", "kaz-no-signal", "locator", "00:12:00", "locator", "'00:12:00' is not in the text", "00:11:15"),
    ("claims_of_texts_stand_in_them", "claims", CLAIM, "locator", "", "locator", "a claim of a seed needs a locator", "Give one of ¶0 to ¶46"),
    ("locators_of_evidence_can_be_cited", "claims", "trade-rus-region-2024-putin", "locator", "p. 4", "locator", "'p. 4' is not a paragraph or time stamp", "¶4 or 00:09:57"),
    ("evidence_is_graded_and_texts_are_not", "claims", CLAIM, "grade", "official", "grade", "a seed has no grade", "Leave it empty"),
    ("evidence_is_graded_and_texts_are_not", "claims", "trade-rus-region-2024-putin", "grade", "", "grade", "an evidence claim needs a grade", "Give official, published or weak"),
    ("quotations_are_short", "claims", CLAIM, "words", "one two three four five six", "words", "more than five words", "at most five"),
    ("garbled_places_say_what_was_meant", "claims", "alash-movement", "meant", "", "printed", "only one of 'printed' and 'meant' is filled", "needs both"),
    ("garbled_places_say_what_was_meant", "claims", "alash-movement", "printed", "", "printed", "only one of 'printed' and 'meant' is filled", "needs both"),
    # numbers
    ("ranges_have_two_ends", "quantities", QUANTITY, "comparison", "between", "upper", "goes with 'between', and only with it", "both or neither"),
    ("ranges_have_two_ends", "quantities", QUANTITY, "upper", "50", "upper", "goes with 'between', and only with it", "both or neither"),
    ("ranges_go_upwards", "quantities", "corridor-days-constanta-value", "upper", "30", "upper", "30 is not above 31", "Put the lower end first"),
    ("ranges_go_upwards", "quantities", "corridor-days-constanta-value", "upper", "31", "upper", "31 is not above 31", "Put the lower end first"),
    ("claims_have_one_kind_of_value", "event_reports", "summit-dushanbe-nca", "claim", CLAIM, "claim", f"{CLAIM!r} has both a number and a date", "two claims"),
    # events, votes, memberships, sites
    ("events_are_settled_by_their_reports", "events", "cis-founded-1991", "settled_by", CLAIM, "settled_by", f"{CLAIM!r} does not report this event", "a row in event-reports.csv"),
    ("events_are_settled_by_their_reports", "events", "cis-founded-1991", "settled_by", "summit-dushanbe-nca", "settled_by", "'summit-dushanbe-nca' does not report this event", "a row in event-reports.csv"),
    ("parts_in_meetings_have_claims", "event_actors", {"event": "tashkent-1865", "actor": "uzb"}, "claim", CLAIM, "claim", "a bare concern has none", "Fill or clear the cell"),
    ("parts_in_meetings_have_claims", "event_actors", {"part": "seat"}, "claim", "", "claim", "needs the claim that says so", "Fill or clear the cell"),
    ("votes_have_claims", "votes", {"resolution": "ga-68-262", "state": "kaz"}, "claim", "", "claim", "a vote needs the claim that says so", "Fill or clear the cell"),
    ("votes_have_claims", "votes", {"vote": "not found"}, "claim", CLAIM, "claim", "a vote not found has none", "Fill or clear the cell"),
    # derivations
    ("formulas_name_ids", "derivations", "population-blr-share-of-uzb-2024", "formula", "[population-blr-2042-value] * 100", "formula", "the ledger has no 'population-blr-2042-value'", "'population-blr-2024-value'"),
    *[
        ("formulas_are_plain", "derivations", "population-blr-share-of-uzb-2024", "formula", formula, "formula", "holds more than ids, numbers, + - * / and brackets", "[trade-russia-2024] / ")
        for formula in ("__import__('os').getcwd()", "[population-blr-2024-value] / x1", "[population-blr-2024-value] ** 2", "[population-blr-2024-value] * (", "")
    ],
    ("formulas_lead_to_no_circle", "derivations", "population-blr-share-of-uzb-2024", "formula", "[population-blr-share-of-uzb-2024] * 100", "formula", "'population-blr-share-of-uzb-2024' is computed from itself", "lead back to it"),
    *[
        ("formulas_can_be_computed", "derivations", "population-blr-share-of-uzb-2024", "formula", formula, "formula", wrong, right)
        for formula, wrong, right in (
            ("[population-blr-2024-value] / ([population-uzb-2024-value] - [population-uzb-2024-value])", "it divides by zero", "Fix the formula"),
            ("[dushanbe-host-russia] * 100", "'dushanbe-host-russia' is a date", "Name a quantity"),
            ("[kaz-no-signal] * 100", "'kaz-no-signal' has no value", "Name a quantity"),
            ("[base-tajikistan-strength-fddca-value] * 2", "'base-tajikistan-strength-fddca-value' is a range", "Name a quantity"),
        )
    ],
    # coverage
    ("covered_texts_have_cards", "coverage", {"claim": "dushanbe-second"}, "source", "cafeiro2025", "source", "'cafeiro2025' has no card in seeds/", "'cafiero2025'"),
    ("covered_sentences_exist", "coverage", {"claim": "dushanbe-second"}, "sentence", "44", "sentence", "cafiero2025 ¶28 has no sentence 44", "The card counts 3"),
    ("covered_sentences_exist", "coverage", {"claim": "dushanbe-second"}, "sentence", "0", "sentence", "cafiero2025 ¶28 has no sentence 0", "The card counts 3"),
    ("covered_sentences_exist", "coverage", {"claim": "dushanbe-second"}, "sentence", "one", "sentence", "cafiero2025 ¶28 has no sentence one", "The card counts 3"),
    ("covered_sentences_exist", "coverage", {"claim": "dushanbe-second"}, "paragraph", "¶99", "sentence", "cafiero2025 ¶99 has no sentence", "The card counts no such paragraph"),
    ("sentences_yield_a_claim_or_a_reason", "coverage", {"claim": "dushanbe-second"}, "claim", "", "left_out", "yields a claim or has a reason", "exactly one of 'claim' and 'left_out'"),
    ("sentences_yield_a_claim_or_a_reason", "coverage", {"claim": "dushanbe-second"}, "left_out", "nothing", "left_out", "yields a claim or has a reason", "exactly one"),
    ("sentences_yield_claims_of_their_text", "coverage", {"claim": "dushanbe-second"}, "claim", "kaz-no-signal", "claim", "'kaz-no-signal' is a claim of another source", "Name a claim of cafiero2025"),
    # comparison
    ("parallels_stand_in_the_texts", "parallels", {"source": "cafiero2025", "paragraph": "¶1"}, "paragraph", "¶99", "paragraph", "'¶99' is not in the text", "cafiero2025 has ¶0 to ¶46"),
    ("parallels_stand_in_the_texts", "parallels", {"source": "cafiero2025", "paragraph": "¶1"}, "other_paragraph", "¶99", "other_paragraph", "'¶99' is not in the text", "ozpinar2025 has ¶0 to ¶16 and caption"),
    ("parallels_stand_in_the_texts", "parallels", {"source": "cafiero2025", "paragraph": "¶1"}, "other", "ozpnar2025", "other", "'ozpnar2025' has no card in seeds/", "'ozpinar2025'"),
    ("parallels_join_two_texts", "parallels", {"source": "cafiero2025", "paragraph": "¶1"}, "other", "cafiero2025", "other", "'cafiero2025' is set beside itself", "Name two texts"),
    ("counted_texts_have_cards", "word_runs", {"source": "anon2024", "paragraph": "¶1"}, "source", "annon2024", "source", "'annon2024' has no card in seeds/", "'anon2024'"),
    ("counted_texts_have_cards", "term_counts", {"term": "invasion", "source": "anon2024"}, "source", "annon2024", "source", "'annon2024' has no card in seeds/", "'anon2024'"),
    ("word_runs_stand_in_the_texts", "word_runs", {"source": "anon2024", "paragraph": "¶1"}, "paragraph", "¶99", "paragraph", "'¶99' is not in the text", "anon2024 has ¶1 to ¶24 and caption, and 'rest'"),
    ("terms_are_regular_expressions", "terms", "invasion", "pattern", "inva(", "pattern", "'inva(' is not a regular expression", "Python's module re"),
    # conclusions
    ("names_have_both_degrees", "actors", "kaz", "label_lat", "", "label_lat", "the place of a name on maps needs both its degrees", "label_lon (east)"),
    ("cells_keep_the_contract", "places", "baku", "side", "east", "side", "'east' is not allowed here", "ne"),
    ("conclusions_speak_of_one_of_the_five", "conclusions", "kazakhstan-widens", "state", "rus", "state", "'rus' is not one of the five states", "Write one of kaz"),
    ("conclusions_belong_to_chapters", "conclusions", "seats-overlap", "chapter", "institutoins", "chapter", "'institutoins' is not a chapter", "'institutions'"),
    ("conclusions_hold_since_a_year", "conclusions", "seats-overlap", "since", "XXXX-04", "since", "'XXXX-04' is not a possible date", "such as 2022-02-24"),
    ("conclusions_hold_since_a_year", "conclusions", "seats-overlap", "since", "2022-02-30", "since", "'2022-02-30' is not a possible date", "such as 2022-02-24"),
    ("conclusions_hold_no_figure", "conclusions", "seats-overlap", "statement", "Trade is 45 billion.", "statement", "'Trade is 45 billion.' holds a figure", "without figures"),
    ("conclusions_hold_no_figure", "conclusions", "seats-overlap", "label", "45 billion", "label", "'45 billion' holds a figure", "without figures"),
    ("dependences_are_of_sources_and_actors", "dependences", {"one": "cafiero2025"}, "one", "cafeiro2025", "one", "'cafeiro2025' is neither a key of seeds/references.bib nor an actor", "'cafiero2025'"),
    ("dependences_are_of_sources_and_actors", "dependences", {"one": "cafiero2025"}, "other", "putn", "other", "'putn' is neither a key", "'putin'"),
    ("dependences_join_two", "dependences", {"one": "cafiero2025"}, "other", "cafiero2025", "other", "'cafiero2025' leans on itself", "Name two"),
    # maps
    ("countries_of_places_are_states", "places", "baku", "country", "csto", "country", "'csto' is an organisation", "Name a state"),
    ("places_have_both_coordinates", "places", "baku", "lat", "", "lat", "only one of 'lat' and 'lon' is filled", "Fill both or neither"),
    ("places_have_both_coordinates", "places", "baku", "lon", "", "lon", "only one of 'lat' and 'lon' is filled", "Fill both or neither"),
    # what is plain text
    *[
        ("cells_are_not_computed", table, key, column, value, column, "a spreadsheet would compute", "true minus sign")
        for table, key, column, value in (
            ("claims", CLAIM, "statement", '=HYPERLINK("http://example.org","x")'),
            ("actors", "kaz", "local_name", "+1+1"),
            ("checks", "check-c1a", "finding", "-2+3"),
            ("places", "baku", "also", "@SUM(A1)"),
            ("quantities", QUANTITY, "measure", "\ttrade"),
        )
    ],
    ("cells_hold_no_roles", "checks", "check-c1a", "finding", "It was {claim}`trade-russia-2024`.", "finding", "{claim}`…` would stand on the page as it is", "roles are for pages"),
    ("cells_hold_no_roles", "actors", "kaz", "name", "{note}`x`", "name", "would stand on the page", "Say it in words"),
]  # fmt: skip


@pytest.mark.parametrize(
    "rule, table, key, column, value, field, wrong, right",
    CELLS,
    ids=[f"{rule}: {table}, {column} {value!r}" for rule, table, _, column, value, *_ in CELLS],
)
def test_a_wrong_cell_is_refused(memory, rule, table, key, column, value, field, wrong, right):
    if "table" in RULES[rule].needs:  # looks at each table by itself
        memory.only(table)
    assert memory.problems(rule) == []
    row = memory.set(table, key, column, value)
    check(memory.problem(rule), (file_of(table), row, field), wrong, right)


# -- rules that compare rows -------------------------------------------------------------


@pytest.mark.parametrize(
    "locators, words",
    [
        (["¶1"], "¶1 to ¶1"),
        (["caption", "¶0", "¶1"], "¶0 to ¶1 and caption"),
        (["00:00:06", "00:00:12"], "the time stamps 00:00:06, 00:00:12"),
    ],
)
def test_a_text_says_how_far_it_goes(locators, words):
    assert extent(locators) == words


def test_an_id_that_appears_twice_is_refused(memory):
    memory.only("claims")
    row = memory.append("claims", **memory.row("claims", id=CLAIM)[1])
    problem = memory.problem("cells_keep_the_contract")
    check(problem, ("data/claims.csv", row, "id"), f"{CLAIM!r} appears twice", "Give each row a name of its own")


def test_behind_an_id_that_appears_twice_the_rest_of_the_table_is_read(memory):
    memory.only("events")
    event = memory.table("events").rows[0][1]
    twice = memory.append("events", **event)
    wrong = memory.append("events", **(event | {"id": "new", "kind": "summmit"}))
    problems = memory.problems("cells_keep_the_contract")
    assert [(problem.row, problem.field) for problem in problems] == [(twice, "id"), (wrong, "kind")]


def test_a_row_that_appears_twice_is_refused(memory):
    memory.only("check_claims")
    row = memory.append("check_claims", **memory.table("check_claims").rows[0][1])
    problem = memory.problem("cells_keep_the_contract")
    check(problem, ("data/check-claims.csv", row, "check, claim"), "this row repeats an earlier one", "drop one")


def test_a_row_without_any_cell_is_refused_as_a_row(memory):
    memory.only("check_claims")
    row = memory.append("check_claims")
    problems = memory.problems("cells_keep_the_contract")
    assert ("data/check-claims.csv", row) in {(problem.file, problem.row) for problem in problems}


def test_the_contract_names_the_row_of_the_file_where_rows_are_missing_above(memory):
    """An empty line of the file is no row of the table, and counts."""
    (_, first), (_, second) = memory.table("events").rows[:2]
    memory.only("events")
    memory.put("events", [(2, first), (7, {**second, "kind": "summmit"})])
    check(memory.problem("cells_keep_the_contract"), ("data/events.csv", 7, "kind"), "'summmit'", "'summit'")


@pytest.mark.parametrize(
    "cell, field, wrong, right",
    [
        ("", {}, "the cell is empty", "It needs: a value"),
        ("7", {"constraints": {"maximum": 5}}, "'7' is out of range", "It must be at most 5"),
        ("abc", {"constraints": {"maxLength": 2}}, "what Frictionless says", "See data/README.md"),
    ],
)
def test_a_promise_that_no_table_makes_yet_is_put_into_words(cell, field, wrong, right):
    assert broken_constraint(cell, field, "what Frictionless says.") == (wrong, right)


def test_a_key_into_a_table_that_cannot_be_read_is_not_followed(memory):
    memory.set("claims", CLAIM, "said_by", "putn")
    del memory.project.parts["tables"]["actors"]
    row = memory.set("event_actors", {"event": "tashkent-1865", "actor": "uzb"}, "claim", "nobody-said")
    # Other keys of a table are followed even where its first leads into the dark.
    problem = memory.problem("foreign_keys_lead_somewhere")
    check(problem, ("data/event-actors.csv", row, "claim"), "'nobody-said' does not exist in claims.csv", "")


def test_a_claim_with_the_id_of_a_derivation_is_refused_once(memory):
    id = memory.table("derivations").rows[0][1]["id"]
    memory.append("claims", id=id)
    memory.append("claims", id=id)  # twice in one table is for the contract to say
    number, _ = memory.row("derivations", id=id)
    problem = memory.problem("ids_share_one_namespace")
    check(problem, ("data/derivations.csv", number, "id"), "is also an id in data/claims.csv", "rename one")


def test_a_text_in_the_place_of_a_number_is_not_compared(memory):
    memory.set("quantities", "corridor-days-constanta-value", "upper", "many")
    assert memory.problems("ranges_go_upwards") == []


def test_a_membership_that_is_used_twice_is_refused(memory):
    first, _ = memory.row("memberships", **OTS_USED)
    row = memory.append("memberships", **OTS_USED)
    problem = memory.problem("memberships_are_used_once")
    wrong = f"row {first} is already used for tkm in ots"
    check(problem, ("data/memberships.csv", row, "used"), wrong, "Mark one row")


def test_an_older_name_that_is_a_place_of_its_own_leads_both_ways(memory):
    row, _ = memory.row("places", id="ashgabat")
    memory.set("places", "askhabad", "also", "")
    problem = memory.problem("other_names_lead_to_one_row")
    check(problem, ("data/places.csv", row, "also"), "'Askhabad' is also a name of 'askhabad'", "each have the other’s")


def test_a_site_of_which_no_claim_speaks_is_refused(memory):
    number, _ = memory.row("sites", claim="site-okno")
    memory.drop("site_claims", site="site-okno")
    problem = memory.problem("sites_are_spoken_of")
    check(problem, ("data/sites.csv", number, "claim"), "no claim speaks of 'site-okno'", "site-claims.csv")


def test_a_circle_through_several_formulas_is_named_at_each_of_them_and_nowhere_else(memory):
    memory.append("derivations", id="first", formula="[second] * 2")
    memory.append("derivations", id="second", formula="[first] / 2 + [second]")
    memory.append("derivations", id="third", formula="[second] + [second]")
    names = [problem.wrong.split("'")[1] for problem in memory.problems("formulas_lead_to_no_circle")]
    assert names == ["first", "second"]


def test_a_formula_that_rests_on_one_that_cannot_be_computed_is_not_named_as_well(memory):
    plain = dict(digits="0", comparison="exactly", scale="", unit="percent", form="share")
    zero = "[population-uzb-2024-value] - [population-uzb-2024-value]"
    memory.append("derivations", id="zero", formula=f"1 / ({zero})", **plain)
    memory.append("derivations", id="above-zero", formula="[zero] + 1", **plain)
    memory.append("derivations", id="dated", formula="[dushanbe-host-russia] + 1", **plain)
    memory.append("derivations", id="above-dated", formula="[dated] + 1", **plain)
    problems = memory.problems("formulas_can_be_computed")
    rows = {memory.row("derivations", id=id)[0] for id in ("zero", "dated")}
    assert {problem.row for problem in problems} == rows
    assert len(problems) == 2


def test_a_sentence_that_coverage_lacks_is_refused(memory):
    memory.drop("coverage", source="anon2024", paragraph="¶1")
    problem = memory.problem("every_sentence_is_covered")
    wrong = "anon2024 ¶1 sentence 1 is not accounted for"
    check(problem, ("data/coverage.csv", 0, "sentence"), wrong, "or the reason why it has none")


def test_a_claim_of_a_text_that_coverage_lacks_is_refused(memory):
    number, _ = memory.row("claims", id="dushanbe-second")
    memory.drop("coverage", claim="dushanbe-second")
    problem = memory.problem("every_claim_of_a_text_is_covered")
    wrong = "'dushanbe-second' is missing from coverage.csv"
    check(problem, ("data/claims.csv", number, "id"), wrong, "which sentence")


def test_claims_of_a_text_whose_card_cannot_be_read_are_not_judged(memory):
    """That card has a problem of its own; each of its claims would only repeat it."""
    from companion_checks.project import Cards

    cards = {key: card for key, card in memory.project.parts["cards"].items() if key != "korybko2025"}
    memory.give(cards=Cards(cards, frozenset({"korybko2025"})))
    for name, rule in RULES.items():
        if "cards" in rule.needs:
            assert memory.problems(name) == [], name
    memory.give(cards=Cards(cards))
    assert memory.problems("evidence_is_graded_and_texts_are_not")


def disagreement(memory, *claims):
    memory.append("conflicts", id="new")
    for claim, position in claims:
        memory.append("conflict_claims", conflict="new", claim=claim, position=position)
    return memory.table("conflicts").rows[-1][0]


def test_a_disagreement_in_which_all_agree_is_refused(memory):
    row = disagreement(memory, (CLAIM, "so"), ("kaz-no-signal", "so"))
    problem = memory.problem("disagreements_have_two_positions")
    check(problem, ("data/conflicts.csv", row, "id"), "all claims of 'new' take the same position", "other words")
    assert memory.problems("disagreements_are_between_two_places") == []


def test_a_disagreement_within_one_paragraph_is_refused(memory):
    _, one = memory.row("claims", id="dushanbe-second")
    other = next(
        row["id"]
        for _, row in memory.table("claims")
        if (row["source"], row["locator"]) == (one["source"], one["locator"]) and row["id"] != one["id"]
    )
    row = disagreement(memory, (one["id"], "so"), (other, "not so"))
    problem = memory.problem("disagreements_are_between_two_places")
    check(problem, ("data/conflicts.csv", row, "id"), "all claims of 'new' are in one place", "from another place")
    assert memory.problems("disagreements_have_two_positions") == []


def test_two_claims_of_one_page_of_evidence_may_disagree(memory):
    """Of evidence only the page is known: each claim counts as a place."""
    evidence = [row["id"] for _, row in memory.table("claims") if row["grade"] and not row["locator"]][:2]
    memory.put("claims", [(n, {**row, "source": "x"}) for n, row in memory.table("claims") if row["id"] in evidence])
    memory.put("conflicts", [])
    memory.put("conflict_claims", [])
    memory.project.parts["conflicts"] = memory.table("conflicts")
    memory.put("conflicts", [(2, {"id": "new"})])
    memory.put(
        "conflict_claims", [(n, {"conflict": "new", "claim": id, "position": id}) for n, id in enumerate(evidence)]
    )
    assert memory.problems("disagreements_are_between_two_places") == []


def test_a_text_that_affirms_and_denies_is_refused(memory):
    first, row = memory.row("proposition_claims", claim="influence-waned-korybko")
    other = {"says": "says otherwise", "says otherwise": "says"}[row["stance"]]
    claim = next(r["id"] for _, r in memory.table("claims") if r["source"] == "korybko2025" and r["id"] != row["claim"])
    number = memory.append("proposition_claims", proposition=row["proposition"], claim=claim, stance=other)
    problem = memory.problem("texts_take_one_stance")
    first = next(
        n
        for n, r in memory.table("proposition_claims")
        if r["proposition"] == row["proposition"] and r["claim"].endswith("korybko")
    )
    wrong = f"korybko2025 {row['stance']} by row {first} and {other} by this one"
    check(problem, ("data/proposition-claims.csv", number, "stance"), wrong, "A cell has one stance")


def test_evidence_may_hold_claims_of_both_kinds(memory):
    """Only a source text has a cell in the matrix."""
    evidence = next(row["source"] for _, row in memory.table("claims") if row["grade"])
    for id, stance in (("one", "says"), ("other", "says otherwise")):
        memory.append("claims", id=id, source=evidence)
        memory.append("proposition_claims", proposition="influence-falls", claim=id, stance=stance)
    assert memory.problems("texts_take_one_stance") == []


def test_a_proposition_that_nobody_answers_is_refused(memory):
    row = memory.append("propositions", id="nobody-asks")
    problem = memory.problem("propositions_are_answered")
    check(problem, ("data/propositions.csv", row, "id"), "no claim speaks of 'nobody-asks'", "proposition-claims.csv")


@pytest.mark.parametrize("turned", [False, True])
def test_a_parallel_that_appears_twice_is_refused(memory, turned):
    first, row = memory.table("parallels").rows[0]
    ends = [(row["source"], row["paragraph"]), (row["other"], row["other_paragraph"])]
    (source, paragraph), (other, other_paragraph) = reversed(ends) if turned else ends
    cells = dict(source=source, paragraph=paragraph, other=other, other_paragraph=other_paragraph)
    problem_row = memory.append("parallels", **cells)
    problem = memory.problem("parallels_are_written_once")
    wrong = f"row {first} joins the same two paragraphs"
    check(problem, ("data/parallels.csv", problem_row, "other_paragraph"), wrong, "Drop one")


def test_runs_of_words_that_lack_a_paragraph_are_refused(memory):
    memory.drop("word_runs", source="anon2024", paragraph="¶1")
    problem = memory.problem("word_runs_are_complete")
    check(problem, ("data/word-runs.csv", 0, "paragraph"), "anon2024 ¶1 is missing", "companion_checks.fingerprint")
    # A text of which no runs were ever counted lacks nothing.
    memory.drop("word_runs", source="anon2024")
    assert memory.problems("word_runs_are_complete") == []


def test_a_term_that_was_not_counted_is_refused(memory):
    number, _ = memory.row("terms", id="invasion")
    memory.drop("term_counts", term="invasion", source="anon2024")
    problem = memory.problem("terms_are_counted")
    check(problem, ("data/terms.csv", number, "id"), "'invasion' is not counted in anon2024", "fingerprint")
    # A source without a card has a problem of its own.
    memory.append("term_counts", term="invasion", source="annon2024")
    assert memory.problem("terms_are_counted") == problem


def test_a_conclusion_that_no_claim_supports_is_refused(memory):
    memory.append("conclusion_claims", conclusion="new", claim=CLAIM, bearing="limits", directness="direct")
    row = memory.append("conclusions", id="new")
    problem = memory.problem("conclusions_are_supported")
    check(problem, ("data/conclusions.csv", row, "id"), "no claim supports 'new'", "conclusion-claims.csv")


def test_a_conclusion_may_hold_a_name_with_digits(memory):
    memory.set("conclusions", "seats-overlap", "statement", "They voted on ES-11/3 and met as C5+1.")
    assert memory.problems("conclusions_hold_no_figure") == []


def test_a_dependence_that_appears_in_both_orders_is_refused(memory):
    first, row = memory.row("dependences", one="cafiero2025")
    number = memory.append("dependences", one=row["other"], other=row["one"])
    problem = memory.problem("dependences_are_written_once")
    check(problem, ("data/dependences.csv", number, "other"), f"row {first} joins the same two", "Drop one")


# -- the bibliography --------------------------------------------------------------------


def entry(memory, **fields):
    """Make the bibliography of one entry."""
    kind, type, people = fields.pop("kind", "online"), fields.pop("type", "article"), fields.pop("people", ())
    fields = {"title": "A title", "journaltitle": "A journal", **fields}
    memory.give(references=References({"x": Reference("x", 7, type, kind, fields, people)}))


@pytest.mark.parametrize(
    "rule, fields, field, wrong, right",
    [
        ("references_have_titles", {"title": ""}, "title", "the entry 'x' has no title", "in brackets"),
        ("references_have_printable_dates", {"date": "9 October 2025"}, "date", "'9 October 2025' is not a possible date", "Write 2025-10-09"),
        ("references_have_printable_dates", {"date": "XXXX-12"}, "date", "'XXXX-12' is not a possible date", "nothing where the source has no date"),
        ("references_were_read_on_a_day", {"urldate": "2026-11"}, "urldate", "'2026-11' is not a day", "on which you read it"),
        ("references_were_read_on_a_day", {"urldate": "2026-11-31"}, "urldate", "'2026-11-31' is not a day", "on which you read it"),
        ("references_were_read_after_they_appeared", {"date": "2026-11-22", "urldate": "2026-11-21"}, "urldate", "2026-11-21 is before the date of publication, 2026-11-22", "Give the day"),
        ("references_were_read_after_they_appeared", {"date": "2026-12", "urldate": "2026-11-30"}, "urldate", "2026-11-30 is before the date of publication, 2026-12", "Give the day"),
        ("references_were_read_after_they_appeared", {"date": "2027", "urldate": "2026-11-30"}, "urldate", "2026-11-30 is before the date of publication, 2027", "Give the day"),
        ("references_were_read_after_they_appeared", {"date": "2026-11-23/2026-11-25", "urldate": "2026-11-22"}, "urldate", "is before the date", "Give the day"),
        ("references_have_what_a_citation_needs", {"journaltitle": ""}, "journaltitle", "a reference of the type article needs it", "the journal, magazine"),
        ("references_have_what_a_citation_needs", {"type": "book"}, "publisher", "a reference of the type book needs it", "the publisher"),
        ("only_articles_have_subtypes", {"type": "book", "entrysubtype": "magazine", "publisher": "x"}, "entrysubtype", "'magazine' is for an article", "in the place of @book"),
        ("references_are_of_a_known_kind", {"kind": "incollection"}, "entrysubtype", "no style of citations knows what 'incollection' is", "Write @online"),
        ("references_are_of_a_known_kind", {"kind": "weekly"}, "entrysubtype", "no style of citations knows what 'weekly' is", "{newspaper}"),
        ("references_have_web_addresses", {"url": "htp://example.org"}, "url", "'htp://example.org' is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "mailto:ann@example.org"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "javascript:alert(1)"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "example.org/text"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https:///text"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://example.org/a b"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://[example.org"}, "url", "is not a web address", "https://"),
        ("names_of_references_are_not_computed", {"title": "=1+1"}, "title", "a spreadsheet would compute '=1+1'", "Begin with a letter"),
        ("names_of_references_are_not_computed", {"people": ("{@handle}",)}, "author", "a spreadsheet would compute '{@handle}'", "Begin with a letter"),
        ("references_have_web_addresses", {"url": "https://ann:word@example.org/"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://example.org@evil.example/"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://127.0.0.1/"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://еxample.org/"}, "url", "is not a web address", "https://"),  # a Cyrillic letter
        ("references_have_web_addresses", {"url": "https://example.org/<script>"}, "url", "is not a web address", "https://"),
        ("references_have_web_addresses", {"url": "https://-.org/"}, "url", "is not a web address", "https://"),
        ("references_have_known_fields", {"titel": "A title"}, "titel", "nothing shows a field 'titel'", "Did you mean 'title'"),
        ("references_have_known_fields", {"note": "{}"}, "note", "the field is empty", "take it out"),
        ("references_say_their_year_once", {"date": "2025-12", "year": "2024"}, "year", "the year 2024 is not that of the date 2025-12", "year = {2025}"),
        ("references_say_their_year_once", {"date": "2025-12"}, "year", "the year (none) is not", "year = {2025}"),
        ("references_say_their_year_once", {"year": "2025"}, "year", "not that of the date (none)", "Write a date"),
        ("references_have_plain_dois", {"doi": "https://doi.org/10.1000/182"}, "doi", "'https://doi.org/10.1000/182' is not a DOI", "such as 10.1000/182"),
    ],
)  # fmt: skip
def test_a_wrong_reference_is_refused(memory, rule, fields, field, wrong, right):
    assert memory.problems(rule) == []
    entry(memory, **fields)
    check(memory.problem(rule), ("seeds/references.bib", 7, field), wrong, right)


def test_a_kind_that_is_the_type_itself_is_blamed_on_the_entry(memory):
    entry(memory, type="unpublished", kind="unpublished")
    problem = memory.problem("references_are_of_a_known_kind")
    check(problem, ("seeds/references.bib", 7, ""), "knows what 'unpublished' is", "@misc")


@pytest.mark.parametrize("date", ["2026-11-22", "2026-11", "2026", "2026~", "2026-11-20/2026-11-25", "", "not a date"])
def test_a_text_may_be_read_on_the_day_or_in_the_month_of_its_publication(memory, date):
    entry(memory, date=date, urldate="2026-11-22")
    assert memory.problems("references_were_read_after_they_appeared") == []


@pytest.mark.parametrize(
    "date", ["2026-11-22", "2026-11", "2026", "2026-12~", "2027", "2026-11-20/2026-11-25", "2026-12-01?"]
)
def test_a_day_is_before_a_date_where_the_moments_of_both_say_so(date):
    for day in ("2025-12-31", "2026-01-01", "2026-11-19", "2026-11-21", "2026-11-22", "2026-11-30", "2026-12-01"):
        assert is_before(day, date) == (dates.bounds(day)[1] <= dates.bounds(date)[0]), day


# -- cards -------------------------------------------------------------------------------


def card(memory, key="korybko2025", text=None, **head):
    """Change the card of a source text."""
    import dataclasses

    from companion_checks.project import Cards

    cards = memory.project.parts["cards"]
    new = dataclasses.replace(cards[key], head={**cards[key].head, **head}, text=text or cards[key].text)
    memory.give(cards=Cards({**cards, key: new}))


@pytest.mark.parametrize(
    "checksum, wrong", [("zz", "'zz' is not the checksum of a text"), ("", "the checksum of the text is missing")]
)
def test_a_card_without_a_checksum_is_refused(memory, checksum, wrong):
    card(memory, sha256=checksum)
    problem = memory.problem("cards_have_checksums")
    check(problem, ("seeds/korybko2025.md", 1, "sha256"), wrong, "sha256sum")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_card_without_one_of_its_sections_is_refused(memory, section):
    text = memory.project.parts["cards"]["korybko2025"].text
    assert memory.problems("cards_have_all_sections") == []
    card(memory, text=text.replace(f"## {section}\n", f"### {section}\n"))
    problem = memory.problem("cards_have_all_sections")
    check(problem, ("seeds/korybko2025.md", 0, "card"), f"the section {section!r} is missing", ", ".join(SECTIONS))


def test_an_empty_section_of_a_card_is_refused(memory):
    text = memory.project.parts["cards"]["korybko2025"].text
    emptied = re.sub(r"(## Provenance\n).*?(?=## )", r"\1\n", text, flags=re.S)
    card(memory, text=emptied)
    line = emptied[: emptied.index("## Provenance")].count("\n") + 1
    problem = memory.problem("cards_have_all_sections")
    check(problem, ("seeds/korybko2025.md", line, "card"), "the section 'Provenance' is empty", "or that nothing is")


def test_sections_in_another_order_are_refused(memory):
    text = memory.project.parts["cards"]["korybko2025"].text
    names = {"## Standpoint\n": "## Provenance\n", "## Provenance\n": "## Standpoint\n"}
    turned = re.sub("|".join(names), lambda match: names[match.group()], text)
    card(memory, text=turned)
    line = turned[: turned.index("## Provenance")].count("\n") + 1
    problem = memory.problem("cards_have_all_sections")
    check(
        problem, ("seeds/korybko2025.md", line, "card"), "the section 'Provenance' is out of order", "Standpoint, Prov"
    )


@pytest.mark.parametrize("field, value", [("recording", "youtube"), ("copy", "ftp://example.org/x")])
def test_a_card_with_a_wrong_address_is_refused(memory, field, value):
    assert memory.problems("cards_have_web_addresses") == []
    card(memory, **{field: value})
    problem = memory.problem("cards_have_web_addresses")
    check(problem, ("seeds/korybko2025.md", 1, field), f"{value!r} is not a web address", "https://")


# -- addresses of the data package and of pages ------------------------------------------


def test_the_data_package_with_a_wrong_address_is_refused(memory):
    package = memory.project.parts["package"]
    assert memory.problems("the_package_has_web_addresses") == []
    licences = [{"name": "x", "path": "creativecommons.org"}]
    resources = [{**package["resources"][0], "licenses": licences}]
    memory.give(package={**package, "homepage": "ftp://x.org", "licenses": licences, "resources": resources})
    problems = memory.problems("the_package_has_web_addresses")
    assert [problem.field for problem in problems] == ["homepage", "licenses", "actors.licenses"]
    where = ("data/datapackage.json", 0, "licenses")
    check(problems[1], where, "'creativecommons.org' is not a web address", "https://")


@pytest.mark.parametrize(
    "text",
    [
        "[a](javascript:alert(1))",
        "![a](ftp://example.org/x.png)",
        "[a](<file:///etc/passwd>)",
        "[a](//example.org)",
        "[a](www.example.org)",
        "[a](http:example.org)",
        "[a](mailto:nobody)",
        "[a](data:text/html,x)",
        "<ftp://example.org>",
        "[name]: gopher://example.org",
        '<a href="vbscript:x">',
        "<img src='ftp://example.org'>",
    ],
)
def test_a_link_that_leads_neither_to_the_web_nor_to_mail_is_refused(memory, text):
    memory.say(f"One line with `code`.\n\n{text}\n")
    problem = memory.problem("links_lead_to_the_web")
    check(problem, ("book/page.md", 3, "link"), "is not a web address", "mailto:")


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://example.org/a_(b)) and [b](http://example.org)",
        "[a](mailto:ann@example.org), [b](#place), [c](war.md), [d](../data/README.md#x)",
        "<https://example.org> and <ann@example.org>, {claim}`words <id-of-claim>`",
        "`[a](ftp://example.org)`",
        "```{code-cell} python\nx = '[a](ftp://example.org)'\n```",
        "[^1]: A note: with a colon.",
    ],
)
def test_links_to_the_web_to_mail_and_within_the_book_are_let_through(memory, text):
    memory.say(text)
    assert memory.problems("links_lead_to_the_web") == []


def test_an_address_has_a_host():
    assert addresses.is_web("https://www.example.org:8080/a?b#c")
    assert not addresses.is_web("https://localhost/")
    assert not addresses.is_web("https://example.org:port/")


# -- maps --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "places, wrong", [([], "has no place"), (["baku"], "has one place"), (["baku"] * 2, "has one place")]
)
def test_a_route_that_leads_nowhere_is_refused(memory, places, wrong):
    assert memory.problems("routes_have_two_points") == []
    row = memory.append("routes", id="new")
    for seq, place in enumerate(places, 1):
        memory.append("route_points", route="new", seq=str(seq), place=place)
    problem = memory.problem("routes_have_two_points")
    check(problem, ("data/routes.csv", row, "id"), f"the route 'new' {wrong}", "at least two places")


def test_a_route_of_two_points_is_one(memory):
    memory.append("routes", id="new")
    for seq, place in enumerate(["baku", "aktau"], 1):
        memory.append("route_points", route="new", seq=str(seq), place=place)
    assert memory.problems("routes_have_two_points") == []


def test_a_route_that_stays_where_it_is_is_refused(memory):
    assert memory.problems("routes_do_not_stand_still") == []
    stops = {"baku": "9", "aktau": "1", "xian": "x"}
    for place, seq in stops.items():
        memory.append("route_points", route="new", seq=seq, place=place)
    row = memory.append("route_points", route="new", seq="10", place="baku")
    problem = memory.problem("routes_do_not_stand_still")
    check(problem, ("data/route-points.csv", row, "place"), "the route stays in 'baku'", "in between")


def test_a_place_outside_its_country_is_refused_with_its_coordinates_and_the_frame(memory):
    assert memory.problems("places_lie_in_their_country") == []
    row = memory.set("places", "baku", "lat", "44.377")
    problem = memory.problem("places_lie_in_their_country")
    longitude = memory.row("places", id="baku")[1]["lon"]
    wrong = f"Baku at 44.377, {longitude} is not in 'aze', which lies between 38.4 and 41.9 north, 44.8 and 50.4 east"
    check(problem, ("data/places.csv", row, "lat"), wrong, "Correct the coordinates or the country")


def test_latitude_and_longitude_in_the_wrong_order_are_seen_and_named(memory):
    """All places of the map, each turned round, but those that land in their country again or have no shape."""
    shapes = maps.shapes_by_code(memory.project.parts["countries"])
    codes = {row["id"]: row["iso3"] for _, row in memory.table("actors")}
    located = [(n, row) for n, row in memory.table("places") if codes.get(row["country"]) in shapes]
    memory.put("places", [(n, {**row, "lat": row["lon"], "lon": row["lat"]}) for n, row in located])
    problems = memory.problems("places_lie_in_their_country")
    missed = {row["id"] for number, row in located} - {
        row["id"] for n, row in located if n in {p.row for p in problems}
    }
    assert {problem.right for problem in problems} == {"It would be with latitude and longitude the other way round"}
    assert len(located) > 90
    # Around 42 degrees east Georgia and Türkiye are as far east as north; the Urals are Russian on either side.
    assert missed <= {"batumi", "poti", "zestaponi", "sivas", "yekaterinburg"}, missed


def test_a_place_without_coordinates_or_without_a_country_is_not_looked_for(memory):
    memory.put("places", [])
    empty = {"id": "x", "name": "X", "lat": "", "lon": "", "country": "kaz"}
    memory.put(
        "places",
        [
            (2, empty),
            (3, {**empty, "lat": "1", "lon": "1", "country": ""}),
            (4, {**empty, "lat": "?", "lon": "1"}),
            (5, {**empty, "lat": "nan", "lon": "1"}),
        ],
    )
    assert memory.problems("places_lie_in_their_country") == []


# -- pages -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule, text, role, wrong, right",
    [
        ("pages_name_ids", "{claim}`trade-rusia-2024`", "claim", "the ledger has no 'trade-rusia-2024'", "Did you mean 'trade-russia-2024' or "),
        ("pages_name_ids", "{claim}`words <kaz-no-singal, kaz-no-signal>`", "claim", "the ledger has no 'kaz-no-singal'", "'kaz-no-signal'"),
        ("pages_name_ids", "{note}`kaz-no-signal, kaz-no-singal`", "note", "the ledger has no 'kaz-no-singal'", "'kaz-no-signal'"),
        ("lists_name_ids", "\n\n```{sources-say}\nkaz-no-signal\nkaz-no-singal\n```\n", "sources-say", "the ledger has no 'kaz-no-singal'", "'kaz-no-signal'"),
        ("notes_have_no_words", "{note}`words <kaz-no-signal, trade-russia-2024>`", "note", "a note prints no words of its own", "{note}`kaz-no-signal, trade-russia-2024`"),
        ("pages_name_conclusions", "{conclusion}`dushanbe-bidd`", "conclusion", "conclusions.csv has no 'dushanbe-bidd'", "'dushanbe-bid'"),
        ("pages_name_disagreements", "{conflict}`dushanbe-hots`", "conflict", "conflicts.csv has no 'dushanbe-hots'", "'dushanbe-host'"),
        ("pages_name_disagreements", "{conflict}`words <dushanbe-hots>`", "conflict", "conflicts.csv has no 'dushanbe-hots'", "'dushanbe-host'"),
        ("words_belong_to_claim", "{claim-short}`a lot <trade-russia-2024>`", "claim-short", "{claim-short} takes an id alone", "{claim-short}`trade-russia-2024`"),
        ("words_hold_no_digits", "{claim}`over 45 billion <trade-russia-2024>`", "claim", "'over 45 billion' holds digits written by hand", "{claim}`trade-russia-2024`"),
        ("several_ids_have_words", "{claim}`trade-russia-2024, trade-belarus-2024`", "claim", "several ids need words of your own", "{claim}`your words <trade-russia-2024, trade-belarus-2024>`"),
        ("values_print", "{claim}`kaz-no-signal`", "claim", "'kaz-no-signal' has no value", "{claim}`kept from showing support <kaz-no-signal>`"),
        ("values_print", "{claim}`job-seekers-anon`", "claim", "name one of job-seekers-tjk, job-seekers-uzb", "For a claim without a number"),
        ("values_print", "{claim-signed}`trade-russia-2024`", "claim-signed", "is a level, not a rise or fall", "another form of the role"),
        ("counts_count_something", "{count}`memberships organisaton=csto`", "count", "memberships has no column 'organisaton'; it has claim, organisation", "{count}`memberships organisation=csto`"),
        ("counts_count_something", "{count}`membership organisation=csto`", "count", "'membership' is not a table; the tables are actors, claims", "Write"),
        ("counts_count_something", "{count}`memberships member=@five distinct=member organisation=cstoo`", "count", "no row of memberships has organisation 'cstoo'", "'csto'"),
        ("counts_count_something", "{count}`memberships organisation=cstoo`", "count", "no row of memberships has organisation 'cstoo'", "'csto'"),
        ("counts_count_something", "{count}`memberships organisation=csto member=@nato`", "count", "'nato' has no members in the ledger", "Write"),
    ],
)  # fmt: skip
def test_a_wrong_role_is_refused(memory, rule, text, role, wrong, right):
    memory.say(f"# A page\n\nIt was so: {text}.\n")
    check(memory.problem(rule), ("book/page.md", 7 if "sources-say" in text else 3, role), wrong, right)


def test_a_figure_without_the_line_that_says_what_is_measured_is_refused(memory):
    cell = (
        "```{code-cell} python\n---\nmystnb:\n  figure:\n    name: x\n    title: X\n    headline: It grew\n---\n1\n```"
    )
    memory.say(f"# A page\n\n{cell}\n")
    problem = memory.problem("figures_say_what_they_show")
    check(problem, ("book/page.md", 3, "x: headline"), "there is no measure", "in which unit")


def test_of_several_ids_without_words_it_is_not_said_as_well_that_the_first_has_no_value(memory):
    memory.say(
        "It was {claim}`kaz-no-signal, trade-russia-2024`, {claim}`kaz-no-singal` and {claim}`so <kaz-no-signal>`."
    )
    assert memory.problems("values_print") == []


def test_every_unknown_claim_behind_one_phrase_is_named(memory):
    memory.say("It was {claim}`much <trade-rusia-2024, trade-belarsu-2024>`.")
    first, second = memory.problems("pages_name_ids")
    check(first, ("book/page.md", 1, "claim"), "'trade-rusia-2024'", "'trade-russia-2024'")
    check(second, ("book/page.md", 1, "claim"), "'trade-belarsu-2024'", "'trade-belarus-2024'")


@pytest.mark.parametrize(
    "text",
    [
        "{claim}`voted on ES-11/3 <un-es-11-3-totals>`",  # digits of a registered name
        "{claim}`said nothing <kaz-no-signal>` and {claim}`much <trade-russia-2024, trade-belarus-2024>`",
        "{claim}`trade-russia-2024`, {claim-short}`trade-russia-2024`, {claim-when}`job-seekers-tjk`",
        "{count}`memberships organisation=csto role=member member=@five` of {count}`claims distinct=source source=@seeds`",
        "{conflict}`the host <dushanbe-host>` and {conflict}`dushanbe-host`",
        "A sentence.{note}`kaz-no-signal` Another.{note}`job-seekers-anon, trade-russia-2024`",
        ":::{sources-say}\nkaz-no-signal, job-seekers-anon\ntrade-russia-2024\n:::",
    ],
)
def test_roles_as_they_should_be_are_let_through(memory, text):
    memory.say(text)
    for name, rule in RULES.items():
        if "pages" in rule.needs:
            assert memory.problems(name) == [], name


def test_only_the_page_with_the_fault_is_named(memory):
    sound, wrong = Page("book/sound.md", "{claim}`trade-russia-2024`"), Page("book/wrong.md", "{claim}`trade`")
    memory.give(pages=[sound, wrong])
    assert memory.problem("pages_name_ids").file == "book/wrong.md"


# -- nothing is lost at a row's end ---------------------------------------------------------


@pytest.mark.parametrize("name", ["votes", "route_points", "coverage", "claims", "word_runs"])
def test_a_table_that_lost_its_last_row_is_refused(memory, name):
    assert memory.problems("tables_have_all_their_rows") == []
    rows = memory.table(name).rows
    memory.put(name, rows[:-1])
    right = f'if the change was meant, write "rows": {len(rows) - 1} there, as `make tidy` does'
    wrong = f"the table has {len(rows) - 1} rows, data/datapackage.json says {len(rows)}"
    check(memory.problem("tables_have_all_their_rows"), (file_of(name), 0, ""), wrong, right)


def test_a_bibliography_that_lost_an_entry_that_nobody_cites_is_refused(memory):
    references = memory.project.parts["references"]
    assert memory.problems("the_bibliography_is_whole") == []
    memory.give(references=References({k: r for k, r in references.items() if k != "mastrandrea2010-guidance"}))
    wrong = f"there are {len(references) - 1} entries, data/datapackage.json says {len(references)}"
    place = ("seeds/references.bib", 0, "")
    check(memory.problem("the_bibliography_is_whole"), place, wrong, f'"references": {len(references) - 1} there')


def test_a_map_that_is_another_than_the_one_described_is_refused(memory):
    assert memory.problems("maps_are_those_described") == []
    shapes = memory.project.parts["shapes"]
    memory.give(shapes={**shapes, "lakes": Shapes(shapes["lakes"], shapes["lakes"].text + "\n")})
    place = ("data/geometry/lakes.geojson", 0, "")
    check(memory.problem("maps_are_those_described"), place, "is not the one", 'write "hash": "sha256:')


def test_persian_joints_and_letters_of_all_scripts_may_stand_in_a_cell(memory):
    for name in ("می\u200cخواهد", "Özpınar", "Ўзбекистон", "ישראל", "中亞"):
        memory.only("claims")
        memory.set("claims", CLAIM, "statement", f"It is called {name} there.")
        assert memory.problems("cells_show_what_they_hold") == []


def test_a_key_that_cannot_stand_in_an_address_is_refused(memory):
    memory.give(references=References({"Ann 2025": Reference("Ann 2025", 7, "online", "online", {})}))
    place = ("seeds/references.bib", 7, "")
    check(memory.problem("references_have_plain_keys"), place, "'Ann 2025' is not a key", "small letters")
