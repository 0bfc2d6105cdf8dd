"""Bad data stops the build: with file, row, field, what is wrong and what would be right, all at once."""

import os
import shutil
import subprocess
import sys

import pytest

CLAIMS, QUANTITIES = "data/claims.csv", "data/quantities.csv"
PAGE = "book/reassertion.md"


def check(problem, place, wrong, right):
    """Compare a problem with (file, row, field) and with what its two sentences must hold."""
    assert (problem.file, problem.row, problem.field) == place
    assert wrong in problem.wrong
    assert right in problem.right


def test_the_project_as_it_stands_has_no_problem(project):
    from companion_checks.validate import validate

    assert [str(problem) for problem in validate(project)] == []


# -- the command ------------------------------------------------------------------------


def test_the_command_ends_with_status_1_and_one_line_for_each_error(copy, problems):
    claim = copy.set("claims", "trade-russia-2024", "locator", "¶47")
    actor = copy.set("actors", "kaz", "iso3", "KAX")
    status, lines = problems(copy.root)
    assert status == 1
    assert [line for line in lines if line] == [
        f"data/actors.csv, row {actor}, iso3: 'KAX' is no ISO 3166-1 country code. Did you mean 'KAZ'?",
        f"data/claims.csv, row {claim}, locator: '¶47' is not in the text. cafiero2025 has ¶0 to ¶46",
        "2 problems found; nothing was built.",
    ]


def test_the_command_reports_a_wrong_encoding_without_a_traceback(copy, problems):
    path = copy.path("claims")
    path.write_bytes(path.read_text("utf-8").encode("cp1251", "replace"))
    status, lines = problems(copy.root)
    assert status == 1
    assert "is not UTF-8" in lines[0]
    assert not [line for line in lines if "Traceback" in line]


def test_the_command_ends_with_status_0_where_nothing_is_wrong(copy, problems):
    assert problems(copy.root) == (0, [])


def test_bad_data_stops_make_book_before_anything_runs_and_the_last_good_build_stays(copy, project):
    if not shutil.which("make"):
        pytest.skip("there is no make on this machine")
    shutil.copy(project / "Makefile", copy.root)
    (copy.root / ".venv/bin").mkdir(parents=True)
    for name in ("requirements.txt", "pyproject.toml", "src/companion_press/commands/environment.py"):
        (copy.root / name).parent.mkdir(parents=True, exist_ok=True)
        (copy.root / name).touch()
    # The environment is this one; a build that began would leave a trace.
    (copy.root / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (copy.root / ".venv/bin/python").chmod(0o755)
    built = copy.root / "_build/html/index.html"
    built.parent.mkdir(parents=True)
    built.write_text("the last good build")
    copy.set("claims", "trade-russia-2024", "said_by", "putn")
    done = subprocess.run(
        ["make", "-o", ".venv/book.stamp", "book"],
        cwd=copy.root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
    )
    assert done.returncode != 0
    assert "'putn' does not exist in actors.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert built.read_text() == "the last good build"
    assert [p.name for p in (copy.root / "_build").iterdir()] == ["html"]


def test_many_errors_at_once_are_all_reported_in_one_run(copy):
    places = {
        ("data/claims.csv", copy.set("claims", "trade-russia-2024", "source", "cafeiro2025"), "source"),
        ("data/quantities.csv", copy.set("quantities", "trade-russia-2024-value", "value", "forty-five"), "value"),
        (
            "data/memberships.csv",
            copy.set("memberships", {"organisation": "ots", "member": "tkm"}, "role", "observed"),
            "role",
        ),
        ("data/event-reports.csv", copy.set("event_reports", "summit-dushanbe-nca", "date", "2025-02-30"), "date"),
        ("data/actors.csv", copy.set("actors", "uzb", "iso3", "UZX"), "iso3"),
        (
            "seeds/references.bib",
            copy.replace("seeds/references.bib", "date = {2025-12-03}", "date = {2025-12-33}") - 4,
            "date",
        ),
        ("book/reassertion.md", copy.say("{claim}`trade-rusia-2024`"), "claim"),
        ("book/institutions.md", copy.say("{claim}`words <kaz-no-singal>`", "book/institutions.md"), "claim"),
    }
    found = {(problem.file, problem.row, problem.field) for problem in copy.problems()}
    assert places <= found


# -- the errors that the issue names -----------------------------------------------------


def test_a_duplicate_id_stops_the_build(copy):
    row = copy.append("claims", copy.row("claims", "trade-russia-2024"))
    check(copy.problem(), (CLAIMS, row, "id"), "'trade-russia-2024' stands twice", "Give each row a name of its own")


@pytest.mark.parametrize(
    "table, key, column, value, near",
    [
        ("claims", "trade-russia-2024", "said_by", "putn", "'putin'"),
        ("quantities", "trade-russia-2024-value", "subject", "ruz", "'rus'"),
        ("event_reports", "summit-dushanbe-nca", "place", "dushambe", "'dushanbe'"),
        ("check_claims", {"claim": "dushanbe-host-russia"}, "claim", "dushanbe-host-rusia", "'dushanbe-host-russia'"),
    ],
)
def test_a_dangling_reference_stops_the_build(copy, table, key, column, value, near):
    row = copy.set(table, key, column, value)
    place = (f"data/{table.replace('_', '-')}.csv", row, column)
    check(copy.problem(), place, f"{value!r} does not exist in", near)


def test_a_source_key_that_the_bibliography_lacks_stops_the_build(copy):
    row = copy.set("check_sources", {"check": "check-c1a"}, "reference", "rfe2005-turkmenistn")
    check(
        copy.problem(),
        ("data/check-sources.csv", row, "reference"),
        "'rfe2005-turkmenistn' is no key of seeds/references.bib",
        "'rfe2005-turkmenistan'",
    )


@pytest.mark.parametrize("value", ["forty-five", "45,5", "4_5", "NaN", "INF"])
def test_a_number_that_is_not_one_stops_the_build(copy, value):
    row = copy.set("quantities", "trade-russia-2024-value", "value", value)
    check(copy.problem(), (QUANTITIES, row, "value"), f"{value!r} is not a number", "such as 35.8")


@pytest.mark.parametrize("value", ["2025-02-31", "2025-02-29", "2025-13", "2025-10-10/2025-10-08", "9 October 2025"])
def test_an_impossible_date_stops_the_build(copy, value):
    row = copy.set("event_reports", "summit-dushanbe-nca", "date", value)
    check(copy.problem(), ("data/event-reports.csv", row, "date"), f"{value!r} is not a possible date", "2025-10-09")


def test_a_day_of_a_check_that_does_not_exist_stops_the_build(copy):
    row = copy.set("checks", "check-c1a", "checked_on", "2026-11-31")
    check(copy.problem(), ("data/checks.csv", row, "checked_on"), "'2026-11-31' is not a date", "2026-11-22")


def test_a_site_of_which_no_claim_is_said_to_speak_stops_the_build(copy):
    rows = copy.rows("site_claims")
    copy.write("site_claims", [row for row in rows if row[0] != "site-okno"])
    row = 1 + next(n for n, cells in enumerate(copy.rows("sites")) if cells[0] == "site-okno")
    check(copy.problem(), ("data/sites.csv", row, "claim"), "no claim speaks of 'site-okno'", "site-claims.csv")


@pytest.mark.parametrize("unit", ["USX", "usd"])
def test_a_currency_that_does_not_exist_stops_the_build(copy, unit):
    row = copy.set("quantities", "trade-russia-2024-value", "unit", unit)
    check(copy.problem(), (QUANTITIES, row, "unit"), repr(unit), "'USD'")


def test_a_country_code_that_does_not_exist_stops_the_build(copy):
    row = copy.set("actors", "kaz", "iso3", "KAX")
    check(copy.problem(), ("data/actors.csv", row, "iso3"), "'KAX' is no ISO 3166-1 country code", "'KAZ'")


@pytest.mark.parametrize(
    "claim, locator, length",
    [
        ("trade-russia-2024", "¶47", "cafiero2025 has ¶0 to ¶46"),
        ("kaz-no-signal", "00:12:00", "00:11:15"),
        ("trade-russia-2024", "", "Give one of ¶0 to ¶46"),
    ],
)
def test_a_locator_beyond_the_end_of_the_text_stops_the_build(copy, claim, locator, length):
    row = copy.set("claims", claim, "locator", locator)
    check(copy.problem(), (CLAIMS, row, "locator"), repr(locator) if locator else "needs a locator", length)


def test_a_locator_of_evidence_that_no_citation_could_print_stops_the_build(copy):
    row = copy.set("claims", "trade-rus-region-2024-putin", "locator", "p. 4")
    check(copy.problem(), (CLAIMS, row, "locator"), "'p. 4' is no paragraph or time stamp", "¶4 or 00:09:57")


def test_a_missing_column_stops_the_build_without_echoes(copy):
    rows = copy.rows("claims")
    gone = rows[0].index("locator")
    copy.write("claims", [cells[:gone] + cells[gone + 1 :] for cells in rows])
    check(copy.problem(), (CLAIMS, 1, "locator"), "the column 'locator' is missing", "id,source,locator,said_by")


def test_a_column_with_a_misspelt_name_stops_the_build_and_the_name_is_suggested(copy):
    copy.replace("data/claims.csv", "id,source,locator", "id,source,locater")
    missing, strange = sorted(copy.problems(), key=lambda p: "not described" in p.wrong)
    check(missing, (CLAIMS, 1, "locator"), "the column 'locator' is missing", "'locater'")
    check(strange, (CLAIMS, 1, "locater"), "the column 'locater' is not described", "'locator'")


def test_a_column_that_stands_twice_stops_the_build(copy):
    rows = copy.rows("actors")
    copy.write("actors", [cells + [cells[1]] for cells in rows])
    check(copy.problem(), ("data/actors.csv", 1, "name"), "the column 'name' stands twice", "id,name,local_name")


def test_a_local_name_without_its_language_stops_the_build(copy):
    row = copy.set("actors", "kaz", "language", "")
    check(copy.problem(), ("data/actors.csv", row, "language"), "a local name goes with its language", "kk for Kazakh")


def test_half_a_place_for_a_name_on_maps_stops_the_build(copy):
    row = copy.set("actors", "kaz", "label_lat", "")
    wrong = "the place of a name on maps needs both its degrees"
    check(copy.problem(), ("data/actors.csv", row, "label_lat"), wrong, "label_lon (east)")


def test_a_side_that_is_no_compass_point_stops_the_build(copy):
    row = copy.set("places", "astana", "side", "east")
    check(copy.problem(), ("data/places.csv", row, "side"), "'east'", "ne, e, se")


@pytest.mark.parametrize("table", ["claims", "actors", "event_reports", "quantities", "events", "coverage"])
def test_an_empty_file_stops_the_build_without_echoes_from_the_tables_that_refer_to_it(copy, table):
    path = copy.path(table)
    path.write_bytes(b"")
    check(copy.problem(), (f"data/{path.name}", 0, ""), "the file is empty", "header line")


def test_a_table_without_a_row_stops_the_build_without_echoes(copy):
    copy.write("events", copy.rows("events")[:1])
    check(copy.problem(), ("data/events.csv", 0, ""), "the table has no row", "at least one row")


def test_a_missing_file_stops_the_build_without_echoes(copy):
    copy.path("actors").unlink()
    check(copy.problem(), ("data/actors.csv", 0, ""), "the file is missing", "Restore it")


def test_a_wrong_encoding_stops_the_build_without_echoes(copy):
    path = copy.path("actors")
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("cp1251", "replace"))
    # Russia stands in row 2 with its Russian name, the first letter of which is 0xD0 in that encoding.
    check(copy.problem(), ("data/actors.csv", 2, ""), "byte 0xd0 is not UTF-8", "encoding UTF-8")


def test_a_claim_in_a_chapter_that_the_ledger_lacks_stops_the_build_with_the_nearest_ids(copy):
    line = copy.say("Trade came to {claim}`trade-rusia-2024`.")
    problem = copy.problem()
    check(
        problem, (PAGE, line, "claim"), "the ledger has no 'trade-rusia-2024'", "Did you mean 'trade-russia-2024' or "
    )


def test_every_unknown_claim_behind_one_phrase_is_reported(copy):
    line = copy.say("It was {claim}`much <trade-rusia-2024, trade-belarsu-2024>`.")
    first, second = copy.problems()
    check(first, (PAGE, line, "claim"), "'trade-belarsu-2024'", "'trade-belarus-2024'")
    check(second, (PAGE, line, "claim"), "'trade-rusia-2024'", "'trade-russia-2024'")


# -- claims in the prose -------------------------------------------------------------------


def test_naming_a_claim_without_a_value_shows_the_form_with_words(copy):
    line = copy.say("They were {claim}`kaz-no-signal`.")
    check(
        copy.problem(),
        (PAGE, line, "claim"),
        "'kaz-no-signal' has no value",
        "{claim}`kept from showing support <kaz-no-signal>`",
    )


def test_naming_a_claim_with_several_values_lists_them(copy):
    line = copy.say("It fell by {claim}`job-seekers-anon`.")
    problem = copy.problem()
    check(problem, (PAGE, line, "claim"), "name one of job-seekers-tjk, job-seekers-uzb", "")


def test_digits_in_the_authors_words_stop_the_build(copy):
    line = copy.say("It was {claim}`over 45 billion <trade-russia-2024>`.")
    check(
        copy.problem(), (PAGE, line, "claim"), "digits stand by hand in 'over 45 billion'", "{claim}`trade-russia-2024`"
    )


def test_digits_of_a_registered_name_may_stand_in_the_authors_words(copy):
    copy.say("They {claim}`voted on ES-11/3 <un-es-11-3-totals>`.")
    assert copy.problems() == []


def test_several_ids_without_words_stop_the_build(copy):
    line = copy.say("It was {claim}`trade-russia-2024, trade-belarus-2024`.")
    check(
        copy.problem(),
        (PAGE, line, "claim"),
        "several ids need words",
        "{claim}`your words <trade-russia-2024, trade-belarus-2024>`",
    )


def test_words_in_a_role_that_takes_an_id_alone_stop_the_build(copy):
    line = copy.say("It was {claim-short}`a lot <trade-russia-2024>`.")
    check(
        copy.problem(),
        (PAGE, line, "claim-short"),
        "{claim-short} takes an id alone",
        "{claim-short}`trade-russia-2024`",
    )


def test_a_sign_for_what_is_no_change_stops_the_build(copy):
    line = copy.say("It was {claim-signed}`trade-russia-2024`.")
    check(copy.problem(), (PAGE, line, "claim-signed"), "is a level, not a rise or fall", "another form")


def test_a_count_with_an_unknown_column_stops_the_build(copy):
    line = copy.say("There are {count}`memberships organisaton=csto` of them.")
    check(
        copy.problem(),
        (PAGE, line, "count"),
        "memberships has no column 'organisaton'; it has claim, organisation",
        "{count}`memberships organisation=csto`",
    )


def test_a_count_of_an_unknown_table_stops_the_build(copy):
    line = copy.say("There are {count}`membership organisation=csto` of them.")
    check(copy.problem(), (PAGE, line, "count"), "'membership' is no table; the tables are actors, claims", "")


def test_a_count_of_a_value_that_no_row_has_stops_the_build_instead_of_printing_zero(copy):
    line = copy.say("There are {count}`memberships organisation=cstoo` of them.")
    check(copy.problem(), (PAGE, line, "count"), "no row of memberships has organisation 'cstoo'", "'csto'")


def test_a_page_that_the_table_of_contents_names_and_nobody_wrote_stops_the_build(copy):
    line = copy.replace("_toc.yml", "book/institutions", "book/institutoins")
    check(copy.problem(), ("_toc.yml", line, ""), "'book/institutoins' does not exist", "'book/institutions'")


def test_a_page_in_a_wrong_encoding_stops_the_build(copy):
    path = copy.root / PAGE
    path.write_bytes(b"---\n" + "# Müller\n".encode("latin-1"))
    check(copy.problem(), (PAGE, 2, ""), "byte 0xfc is not UTF-8", "encoding UTF-8")


# -- rules of the tables ---------------------------------------------------------------------


def test_an_unknown_verdict_stops_the_build(copy):
    row = copy.set("checks", "check-c1a", "verdict", "contradict")
    check(
        copy.problem(),
        ("data/checks.csv", row, "verdict"),
        "'contradict' is not allowed",
        "Did you mean 'contradicted'",
    )


def test_a_claim_with_a_number_and_a_date_stops_the_build(copy):
    row = copy.append("event_reports", ["trade-russia-2024", "summit-dushanbe-2025", "2025-10-09", "printed", "", ""])
    check(
        copy.problem(),
        ("data/event-reports.csv", row, "claim"),
        "'trade-russia-2024' has both a number and a date",
        "two claims",
    )


def test_a_membership_that_is_used_twice_stops_the_build(copy):
    used = [
        n for n, cells in enumerate(copy.rows("memberships"), 1) if cells[1:3] == ["ots", "tkm"] and cells[-1] == "yes"
    ]
    assert len(used) == 1
    row = copy.set("memberships", {"claim": "ots-turkmenistan-observer-korybko"}, "used", "yes")
    later, earlier = max(row, used[0]), min(row, used[0])
    check(
        copy.problem(),
        ("data/memberships.csv", later, "used"),
        f"row {earlier} is already used for tkm in ots",
        "one row",
    )


def test_a_sentence_that_coverage_lacks_stops_the_build(copy):
    copy.drop("coverage", source="anon2024", paragraph="¶1")
    check(
        copy.problem(),
        ("data/coverage.csv", 0, "sentence"),
        "anon2024 ¶1 sentence 1 is not accounted for",
        "or the reason why it has none",
    )


def test_a_claim_of_a_seed_that_coverage_lacks_stops_the_build(copy):
    copy.drop("coverage", claim="dushanbe-second")
    row = [cells[0] for cells in copy.rows("claims")].index("dushanbe-second") + 1
    check(copy.problem(), (CLAIMS, row, "id"), "'dushanbe-second' is missing from coverage.csv", "which sentence")


def test_coverage_with_neither_claim_nor_reason_stops_the_build(copy):
    row = copy.set("coverage", {"paragraph": "¶28", "claim": "dushanbe-second"}, "claim", "")
    found = [p for p in copy.problems() if p.file == "data/coverage.csv"]
    assert len(found) == 1
    check(
        found[0],
        ("data/coverage.csv", row, "left_out"),
        "yields a claim or has a reason",
        "exactly one of 'claim' and 'left_out'",
    )


def test_a_sentence_beyond_the_end_of_its_paragraph_stops_the_build(copy):
    row = copy.append("coverage", ["cafiero2025", "¶28", "4", "", "nothing"])
    check(
        copy.problem(), ("data/coverage.csv", row, "sentence"), "cafiero2025 ¶28 has no sentence 4", "The card counts 3"
    )


def test_an_id_that_is_both_a_claim_and_a_quantity_stops_the_build(copy):
    cells = copy.row("quantities", "trade-russia-2024-value")
    row = copy.append("quantities", ["kaz-no-signal"] + cells[1:])
    check(
        next(p for p in copy.problems() if p.field == "id"),
        (QUANTITIES, row, "id"),
        "'kaz-no-signal' is also an id in data/claims.csv",
        "rename one",
    )


@pytest.mark.parametrize(
    "formula, wrong, right",
    [
        (
            "[population-blr-2042-value] * 100",
            "the ledger has no 'population-blr-2042-value'",
            "'population-blr-2024-value'",
        ),
        ("__import__('os').getcwd()", "holds more than ids, numbers, + - * / and brackets", "[trade-russia-2024] / "),
        (
            "[population-blr-2024-value] / x1",
            "holds more than ids, numbers, + - * / and brackets",
            "[trade-russia-2024] / ",
        ),
        (
            "[population-blr-2024-value] ** 2",
            "holds more than ids, numbers, + - * / and brackets",
            "[trade-russia-2024] / ",
        ),
        (
            "[population-blr-2024-value] * (",
            "holds more than ids, numbers, + - * / and brackets",
            "[trade-russia-2024] / ",
        ),
        ("[population-blr-share-of-uzb-2024] * 100", "is computed from itself", "lead back to it"),
        (
            "[population-blr-2024-value] / ([population-uzb-2024-value] - [population-uzb-2024-value])",
            "divides by zero",
            "Mend the formula",
        ),
        ("[dushanbe-host-russia] * 100", "'dushanbe-host-russia' is a date", "Name a quantity"),
        ("[kaz-no-signal] * 100", "'kaz-no-signal' has no value", "Name a quantity"),
        ("[base-tajikistan-strength-fddca-value] * 2", "is a range", "Name a quantity"),
    ],
)
def test_a_formula_that_cannot_be_computed_stops_the_build(copy, formula, wrong, right):
    row = copy.set("derivations", "population-blr-share-of-uzb-2024", "formula", formula)
    check(copy.problem(), ("data/derivations.csv", row, "formula"), wrong, right)


def test_a_range_without_an_upper_end_stops_the_build(copy):
    row = copy.set("quantities", "trade-russia-2024-value", "comparison", "between")
    found = [p for p in copy.problems() if p.file == QUANTITIES]
    check(found[0], (QUANTITIES, row, "upper"), "goes with 'between'", "both or neither")


def test_more_than_five_words_of_a_source_stop_the_build(copy):
    row = copy.set("claims", "trade-russia-2024", "words", "one two three four five six")
    check(copy.problem(), (CLAIMS, row, "words"), "more than five words", "at most five")


# -- files that are broken as files ------------------------------------------------------------


def test_a_row_with_too_few_cells_stops_the_build(copy):
    rows = copy.rows("actors")
    row = [cells[0] for cells in rows].index("kaz") + 1
    rows[row - 1] = rows[row - 1][:3]
    copy.write("actors", rows)
    check(copy.problem(), ("data/actors.csv", row, ""), "the row has 3 cells, the header 6", "Count the commas")


def test_rows_below_an_empty_row_keep_the_number_that_a_spreadsheet_shows(copy):
    row = copy.set("actors", "kaz", "iso3", "KAX")
    copy.replace("data/actors.csv", "\nkaz,", "\n\nkaz,")
    empty, code = copy.problems()
    check(empty, ("data/actors.csv", row, ""), "the row is empty", "Delete it")
    check(code, ("data/actors.csv", row + 1, "iso3"), "'KAX'", "'KAZ'")


def test_a_quotation_mark_that_is_not_closed_stops_the_build_without_echoes(copy):
    row = [cells[0] for cells in copy.rows("claims")].index("dushanbe-second") + 1
    copy.replace("data/claims.csv", "The Dushanbe meeting was number two", '"The Dushanbe meeting was number two')
    check(copy.problem(), (CLAIMS, row, ""), "the quotation marks do not pair", "Close the mark")


def test_a_spreadsheets_mark_at_the_beginning_of_a_file_does_no_harm(copy):
    path = copy.path("actors")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert copy.problems() == []


def test_a_malformed_checksum_in_a_card_stops_the_build(copy):
    copy.replace("seeds/korybko2025.md", "sha256: ", "sha256: zz")
    check(copy.problem(), ("seeds/korybko2025.md", 1, "sha256"), "is not the checksum of a text", "sha256sum")


@pytest.mark.parametrize(
    "old, new, field, wrong",
    [
        ("sentences: {", "sentences: [", "card", "not valid YAML"),
        ("card:\n", "cart:\n", "card", "no head that can be read"),
        ('"¶1":', '"paragraph 1":', "sentences", "'paragraph 1' is no paragraph or time stamp"),
        ('"¶1": ', '"¶1": x', "sentences", "is no number of sentences (¶1)"),
    ],
)
def test_a_broken_card_stops_the_build_without_echoes_from_its_claims(copy, old, new, field, wrong):
    copy.replace("seeds/korybko2025.md", old, new)
    problem = copy.problem()
    assert (problem.file, problem.field) == ("seeds/korybko2025.md", field)
    assert wrong in problem.wrong
    assert problem.row and problem.right


def test_a_card_that_is_gone_stops_the_build_without_an_echo_from_each_of_its_claims(copy):
    (copy.root / "seeds/korybko2025.md").unlink()
    found = {(p.file, p.wrong) for p in copy.problems()}
    assert found == {
        ("seeds/korybko2025.md", "the file is missing"),
        ("_toc.yml", "the page 'seeds/korybko2025' does not exist"),
    }


@pytest.mark.parametrize(
    "old, new, wrong",
    [
        ("author = {Cafiero, Giorgio},", "author = {Cafiero, Giorgio,", "not valid BibTeX"),
        ("@article{cafiero2025,", "@online{korybko2025,", "the key 'korybko2025' stands twice"),
        ("title = {Can the West bump Russia out of Central Asia?},", "", "'cafiero2025' has no title"),
        ("date = {2025-12-09}", "date = {9 December 2025}", "'9 December 2025' is not a possible date"),
        # What the ledger may hold and no style can print.
        ("date = {2025-12-09}", "date = {XXXX-12}", "'XXXX-12' is not a possible date"),
        ("date = {2025-12-09}", "date = {202X}", "'202X' is not a possible date"),
        ("date = {2025-12-09}", "date = {2025/..}", "'2025/..' is not a possible date"),
        ("date = {2025-12-09}", "date = {2025-24}", "'2025-24' is not a possible date"),
        ("  library = {1hut.ru},", "  urldate = {2026-11},", "'2026-11' is not a day"),
        ("  library = {1hut.ru},", "  urldate = {2026-11-31},", "'2026-11-31' is not a day"),
        ("@article{cafiero2025,", "@incollection{cafiero2025,", "no style of citations knows what 'incollection' is"),
        ("entrysubtype = {magazine}", "entrysubtype = {weekly}", "no style of citations knows what 'weekly' is"),
        ("@misc{anon2024,", "@unpublished{anon2024,", "no style of citations knows what 'unpublished' is"),
    ],
)
def test_a_broken_bibliography_stops_the_build_without_echoes_from_the_claims(copy, old, new, wrong):
    copy.replace("seeds/references.bib", old, new)
    problem = copy.problem()
    assert problem.file == "seeds/references.bib"
    assert wrong in problem.wrong
    assert problem.row and problem.right


def test_a_description_of_the_data_that_is_not_json_stops_the_build_with_its_line(copy):
    line = copy.replace("data/datapackage.json", '"resources": [', '"resources" [')
    check(copy.problem(), ("data/datapackage.json", line, ""), "not valid JSON", "Mend the syntax")


@pytest.mark.parametrize(
    "old, new, field, wrong, right",
    [
        ('"resources": [', '"resurces": [', "resources", "'resources' is a required property", ""),
        ('"type": "string"', '"type": "strng"', "resources", '"strng" is not supported', ""),
        ('"resource": "actors"', '"resource": "actrs"', "claims.foreignKeys", "'actrs' is no table", "'actors'"),
    ],
)
def test_a_description_that_describes_no_tables_stops_the_build(copy, old, new, field, wrong, right):
    copy.replace("data/datapackage.json", old, new)
    check(copy.problem(), ("data/datapackage.json", 0, field), wrong, right)


def test_a_map_that_is_cut_off_stops_the_build(copy):
    path = copy.root / "data/geometry/lakes.geojson"
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    problem = copy.problem()
    assert problem.file == "data/geometry/lakes.geojson"
    assert "not valid JSON" in problem.wrong
