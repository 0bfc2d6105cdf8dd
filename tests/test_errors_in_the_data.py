"""Bad data stops the build: with file, row, field, what is wrong and what would be right, all at once."""

import functools
import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml

from companion_checks.description import faults
from companion_checks.files import table_of
from companion_checks.seeds import card_of, references_in
from companion_checks.settings import SETTINGS, problems_of_settings
from companion_checks.validate import RULES, main

CLAIMS = "data/claims.csv"
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
        f"data/actors.csv, row {actor}, iso3: 'KAX' is not an ISO 3166-1 country code. Did you mean 'KAZ'?",
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


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an environment is a shell script")
@pytest.mark.parametrize("command", [["make"], [sys.executable, "src/companion_press"]], ids=["make", "without make"])
def test_bad_data_stops_a_build_before_anything_runs_and_the_last_good_build_stays(copy, project, command):
    if not shutil.which(command[0]):
        pytest.skip("there is no make on this machine")
    copy.with_commands()  # a build that began would leave a trace
    built = copy.root / "_build/html/index.html"
    built.parent.mkdir(parents=True)
    built.write_text("the last good build")
    copy.set("claims", "trade-russia-2024", "said_by", "putn")
    done = subprocess.run(
        [*command, "book"],
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


# -- what is wrong in one place has no echo elsewhere --------------------------------------


@pytest.mark.parametrize("table", ["claims", "actors", "events", "coverage"])
@pytest.mark.parametrize(
    "left", [b"", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"], ids=["", "a line", "a mark", "both"]
)
def test_an_empty_file_stops_the_build_without_echoes_from_the_tables_that_refer_to_it(copy, table, left):
    path = copy.path(table)
    path.write_bytes(left)
    check(copy.problem(), (f"data/{path.name}", 0, ""), "the file is empty", "header line")


@pytest.mark.parametrize("table, column", [("check-claims", "check"), ("claims", "source"), ("quantities", "claim")])
def test_a_cell_as_long_as_a_book_is_refused_in_a_message_that_can_be_read(copy, table, column):
    path = copy.path(table)
    text = path.read_text("utf-8")
    first = text.splitlines()[1]
    place = text.splitlines()[0].split(",").index(column)
    cells = first.split(",")
    cells[place] = "y" * 100_000
    path.write_text(text.replace(first, ",".join(cells), 1), "utf-8")
    told = [str(problem) for problem in copy.problems() if problem.row == 2 and problem.field == column]
    assert any("'yyy" in line for line in told) and all(len(line) < 1000 for line in told)


def test_a_missing_file_stops_the_build_without_echoes(copy):
    copy.path("actors").unlink()
    check(copy.problem(), ("data/actors.csv", 0, ""), "the file is missing", "or take it out of datapackage.json")


def test_a_missing_column_stops_the_build_without_echoes(copy):
    rows = copy.rows("claims")
    gone = rows[0].index("locator")
    copy.write("claims", [cells[:gone] + cells[gone + 1 :] for cells in rows])
    check(copy.problem(), (CLAIMS, 1, "locator"), "the column 'locator' is missing", "id,source,locator,said_by")


def test_a_quotation_mark_that_is_not_closed_stops_the_build_without_echoes(copy):
    row = [cells[0] for cells in copy.rows("claims")].index("dushanbe-second") + 1
    copy.replace("data/claims.csv", "The Dushanbe meeting was number two", '"The Dushanbe meeting was number two')
    check(copy.problem(), (CLAIMS, row, ""), "the quotation marks do not pair", "Close the mark")


def test_a_wrong_encoding_stops_the_build_without_echoes(copy):
    path = copy.path("actors")
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("cp1251", "replace"))
    # Russia stands in row 2 with its Russian name, the first letter of which is 0xD0 in that encoding.
    check(copy.problem(), ("data/actors.csv", 2, ""), "byte 0xd0 is not UTF-8", "encoding UTF-8")


def test_a_row_with_too_few_cells_stops_the_build_without_echoes(copy):
    rows = copy.rows("actors")
    row = [cells[0] for cells in rows].index("kaz") + 1
    rows[row - 1] = rows[row - 1][:3]
    copy.write("actors", rows)
    check(copy.problem(), ("data/actors.csv", row, ""), "the row has 3 cells, the header 9", "Count the commas")


def test_a_card_that_is_gone_stops_the_build_without_an_echo_from_each_of_its_claims(copy):
    (copy.root / "seeds/korybko2025.md").unlink()
    assert {(p.file, p.wrong) for p in copy.problems()} == {
        ("seeds/korybko2025.md", "the file is missing"),
        ("_toc.yml", "the page 'seeds/korybko2025' does not exist"),
    }


def test_a_card_that_cannot_be_read_stops_the_build_without_echoes_from_its_claims(copy):
    copy.replace("seeds/korybko2025.md", "card:\n", "cart:\n")
    check(copy.problem(), ("seeds/korybko2025.md", 1, "card"), "the card has no head that can be read", "sentences")


def test_a_card_in_a_wrong_encoding_stops_the_build_once_as_a_card_and_once_as_a_page(copy):
    (copy.root / "seeds/korybko2025.md").write_bytes(b"---\n\xff")
    check(copy.problem(), ("seeds/korybko2025.md", 2, ""), "byte 0xff is not UTF-8", "encoding UTF-8")


def test_a_broken_bibliography_stops_the_build_without_echoes_from_the_claims(copy):
    line = copy.replace("seeds/references.bib", "author = {Cafiero, Giorgio},", "author = {Cafiero, Giorgio,")
    problem = copy.problem()
    assert problem.file == "seeds/references.bib" and problem.row >= line
    assert "not valid BibTeX" in problem.wrong


def test_a_map_that_is_cut_off_stops_the_build(copy):
    path = copy.root / "data/geometry/lakes.geojson"
    path.write_text(path.read_text("utf-8")[:-20], "utf-8")
    problem = copy.problem()
    assert problem.file == "data/geometry/lakes.geojson"
    assert "not valid JSON" in problem.wrong


def test_a_page_that_the_table_of_contents_names_and_nobody_wrote_stops_the_build(copy):
    line = copy.replace("_toc.yml", "book/institutions", "book/institutoins")
    check(copy.problem(), ("_toc.yml", line, ""), "'book/institutoins' does not exist", "'book/institutions'")


def test_a_page_in_a_wrong_encoding_stops_the_build(copy):
    path = copy.root / PAGE
    path.write_bytes(b"---\n" + "# Müller\n".encode("latin-1"))
    check(copy.problem(), (PAGE, 2, ""), "byte 0xfc is not UTF-8", "encoding UTF-8")


@pytest.mark.parametrize(
    "text, wrong", [(None, "the file is missing"), ("root: [\n", "not valid YAML (expected the node content")]
)
def test_a_table_of_contents_that_cannot_be_read_stops_the_build(copy, text, wrong):
    if text is None:
        (copy.root / "_toc.yml").unlink()
    else:
        (copy.root / "_toc.yml").write_text(text, "utf-8")
    problem = copy.problem()
    assert problem.file == "_toc.yml" and problem.wrong.startswith(wrong)


def test_a_role_is_checked_for_its_id_even_where_a_table_is_wrong(copy):
    row = copy.set("actors", "kaz", "iso3", "KAX")
    line = copy.say("Trade came to {claim}`trade-rusia-2024`, or {claim}`kaz-no-signal`.")
    places = [(p.file, p.row, p.field) for p in copy.problems()]
    # What the second role would print is asked only where the ledger is sound.
    assert places == [(PAGE, line, "claim"), ("data/actors.csv", row, "iso3")]


def test_a_formula_is_computed_and_a_value_printed_only_where_all_else_is_right(copy):
    line = copy.say("It was {claim}`kaz-no-signal`.")
    assert [(p.file, p.row) for p in copy.problems()] == [(PAGE, line)]
    zero = "[population-uzb-2024-value] / ([population-uzb-2024-value] - [population-uzb-2024-value])"
    row = copy.set("derivations", "population-blr-share-of-uzb-2024", "formula", zero)
    assert [(p.file, p.row) for p in copy.problems()] == [("data/derivations.csv", row)]


def test_a_spreadsheets_mark_at_the_beginning_of_a_file_does_no_harm(copy):
    path = copy.path("actors")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert copy.problems() == []


def test_the_command_lists_its_rules(capsys):
    assert main(["--rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(RULES)
    assert "votes_have_claims (votes): A vote has a claim; one that was not found has none." in lines


# -- files that are broken as files ------------------------------------------------------------

RESOURCE = {
    "name": "places",
    "path": "places.csv",
    "schema": {"fields": [{"name": name, "type": "string"} for name in ("id", "name", "lat")]},
}


def problems_in(text):
    """What is wrong with a table as a text, and whether it can be read."""
    table, _, problems = table_of(text, RESOURCE)
    return [(problem.row, problem.field, problem.wrong, problem.right) for problem in problems], table is not None


def test_a_table_is_read_with_the_numbers_that_a_spreadsheet_shows():
    text = 'id,name,lat\nbaku,"Baku\non the sea",40\n\naktau,Aktau\n'
    table, ragged, problems = table_of(text, RESOURCE)
    assert table.rows == [
        (2, {"id": "baku", "name": "Baku\non the sea", "lat": "40"}),
        (4, {"id": "aktau", "name": "Aktau", "lat": ""}),
    ]
    assert ragged == {3, 4}
    assert [(p.file, p.row, p.wrong) for p in problems] == [
        ("data/places.csv", 3, "the row is empty"),
        ("data/places.csv", 4, "the row has 2 cells, the header 3"),
    ]


@pytest.mark.parametrize(
    "text, row, field, wrong, right",
    [
        ("id,lat\nbaku,40\n", 1, "name", "the column 'name' is missing", "The header must read: id,name,lat"),
        ("id,name,lat,name\nbaku,Baku,40,x\n", 1, "name", "the column 'name' appears twice", "id,name,lat"),
        ("id,lat,name\nbaku,40,Baku\n", 1, "", "the columns are in another order", "id,name,lat"),
        ("id,name,lat,x\nbaku,Baku,40,x\n", 1, "x", "the column 'x' is not described", "Name it in datapackage.json"),
        ("id,name,lat\n", 0, "", "the table has no row", "at least one row"),
        ('id,name,lat\nbaku,Baku,40\naktau,"Aktau,43\n', 3, "", "the quotation marks do not pair", "Close the mark"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text, row, field, wrong, right):
    problems, readable = problems_in(text)
    assert len(problems) == 1 and not readable
    assert problems[0][:2] == (row, field)
    assert wrong in problems[0][2] and right in problems[0][3]


def test_a_column_with_a_misspelt_name_is_suggested_in_both_ways():
    problems, _ = problems_in("id,name,latt\nbaku,Baku,40\n")
    assert [problem[1:3] for problem in problems] == [
        ("lat", "the column 'lat' is missing"),
        ("latt", "the column 'latt' is not described"),
    ]
    assert "'latt'" in problems[0][3] and "'lat'" in problems[1][3]


def test_a_row_with_too_many_cells_is_named_and_the_others_are_read():
    problems, readable = problems_in("id,name,lat\nbaku,Baku,40,5\naktau,Aktau,43\n")
    assert readable
    assert [problem[:3] for problem in problems] == [(2, "", "the row has 4 cells, the header 3")]


# -- sources that are broken as files ------------------------------------------------------------

CARD = "---\ncard:\n  sha256: abc\n  sentences: {%s}\n---\n\n# A card\n"


def test_a_card_is_read():
    card, problems = card_of("x", CARD % '"¶1": 2, caption: 1, "00:01:02": 3')
    assert problems == [] and card.sentences == {"¶1": 2, "caption": 1, "00:01:02": 3}


@pytest.mark.parametrize(
    "text, row, field, wrong",
    [
        (CARD.replace("{%s}", "["), 5, "card", "not valid YAML"),
        ("# No head\n", 1, "card", "the card has no head that can be read"),
        ("---\ncard: 5\n---\n", 1, "card", "the card has no head that can be read"),
        ("---\ncard:\n  sha256: abc\n---\n", 1, "card", "the card has no head that can be read"),
        (CARD % "", 1, "sentences", "it gives no length of the text"),
        (CARD % '"paragraph 1": 2', 1, "sentences", "'paragraph 1' is not a paragraph or time stamp"),
        (CARD % "10:06:06: 2", 1, "sentences", "is not a paragraph or time stamp"),
        (CARD % '"¶1": x2', 1, "sentences", "'x2' is not a number of sentences (¶1)"),
        (CARD % '"¶1": 0', 1, "sentences", "0 is not a number of sentences (¶1)"),
        (CARD % '"¶1": true', 1, "sentences", "True is not a number of sentences (¶1)"),
    ],
)
def test_a_card_that_cannot_be_read_says_why(text, row, field, wrong):
    card, problems = card_of("x", text)
    assert card is None and len(problems) == 1
    assert (problems[0].file, problems[0].row, problems[0].field) == ("seeds/x.md", row, field)
    assert wrong in problems[0].wrong


def test_references_are_read_with_their_lines_and_kinds():
    text = (
        "% a remark\n@online{one,\n  title = {A},\n}\n\n@article{two,\n entrysubtype = {magazine},\n title = {B}\n}\n"
    )
    references, problems = references_in(text)
    assert problems == []
    assert [(r.key, r.line, r.type, r.kind) for r in references.values()] == [
        ("one", 2, "online", "online"),
        ("two", 6, "article", "magazine"),
    ]


@pytest.mark.parametrize(
    "text, row, field, wrong",
    [
        ("@online{one,\n title = {A},\n}\n@online{one,\n title = {B},\n}\n", 4, "one", "the key 'one' appears twice"),
        ("@online{one,\n title = {A,\n}\n", 4, "", "not valid BibTeX"),
        # What follows a brace too many would be dropped in silence.
        ("@online{one,\n title = {A}},\n url = {x},\n}\n", 2, "", "',' stands between two entries"),
        ("online{one,\n title = {A},\n}\n", 1, "", "'online' stands between two entries"),
        # pybtex reads on without the comma; others do not.
        ("@online{one\n title = {A},\n}\n", 1, "one", "no comma follows the key"),
        # pybtex drops people without a name in silence.
        ("@online{one,\n author = {},\n title = {A},\n}\n", 1, "one", "the field 'author' is empty"),
        ("@online{one,\n title = {A},\n Date = { },\n}\n", 1, "one", "the field 'Date' is empty"),
        (
            '@string{a = "b"}\n@preamble{"c"}\n@online{one,\n title = {A},\n editor = "",\n}\n',
            3,
            "one",
            "the field 'editor'",
        ),
        ("@online{one,\n\n author = {A, B, C, D, E},\n}\n", 3, "", "not valid BibTeX (Too many commas"),
    ],
)
def test_a_bibliography_that_cannot_be_read_says_why(text, row, field, wrong):
    references, problems = references_in(text)
    assert references is None and len(problems) == 1
    assert (problems[0].row, problems[0].field) == (row, field)
    assert wrong in problems[0].wrong


# -- the description of the data --------------------------------------------------------------


def test_a_description_of_the_data_that_is_not_json_stops_the_build_with_its_line(copy):
    line = copy.replace("data/datapackage.json", '"resources": [', '"resources" [')
    check(copy.problem(), ("data/datapackage.json", line, ""), "not valid JSON", "Fix the syntax")


@pytest.mark.parametrize(
    "old, new, field, wrong, right",
    [
        ('"resources": [', '"resurces": [', "resources", "'resources' is a required property", ""),
        ('"type": "string"', '"type": "strng"', "resources", '"strng" is not supported', ""),
        ('"resource": "actors"', '"resource": "actrs"', "claims.foreignKeys", "'actrs' is not a table", "'actors'"),
        (
            '"resource": "actors",\n              "fields": [\n                "id"',
            '"resource": "actors",\n              "fields": [\n                "idd"',
            "claims.foreignKeys",
            "actors has no column 'idd'",
            "'id'",
        ),
    ],
)
def test_a_description_that_describes_no_tables_says_why(project, old, new, field, wrong, right):
    text = (project / "data/datapackage.json").read_text("utf-8")
    assert old in text
    assert list(faults(json.loads(text))) == []
    problems = list(faults(json.loads(text.replace(old, new, 1))))
    assert len(problems) == 1 and problems[0][0] == field
    assert wrong in problems[0][1] and right in problems[0][2]


@pytest.mark.parametrize(
    "key",
    [
        {"fields": ["said_by"]},
        {"reference": {"resource": "actors", "fields": ["id"]}},
        {"fields": "said_by", "reference": {"resource": "actors", "fields": "id"}},
        {"fields": ["said_by"], "reference": {"resource": "actors"}},
        {"fields": ["said_by"], "reference": {"fields": ["id"]}},
        {"fields": ["said_by"], "reference": "actors"},
        {"fields": ["said_by"], "reference": {"resource": ["actors"], "fields": ["id"]}},
        {"fields": [], "reference": {"resource": "actors", "fields": []}},
        {"fields": ["said_by"], "references": {"resource": "actors", "fields": ["id"]}},
    ],
    ids=str,
)
def test_a_foreign_key_that_leads_nowhere_is_refused_in_a_sentence(project, key):
    package = json.loads((project / "data/datapackage.json").read_text("utf-8"))
    claims = next(one for one in package["resources"] if one["name"] == "claims")
    claims["schema"]["foreignKeys"][0] = key
    ((field, wrong, right),) = faults(package)
    assert field == "claims.foreignKeys" and "foreign key" in wrong and right.startswith('Write {"fields"')


def test_a_description_that_is_a_list_says_so():
    assert list(faults([])) == [
        ("", "the description is not a JSON object", "It must be an object with the list 'resources'")
    ]


# -- settings, contents, and files that are read strictly ---------------------------------------


@pytest.mark.parametrize(
    "old, new, field, wrong, right",
    [
        ("numfig: true", "numfig: yess", "sphinx.config.numfig", "made for True, not for 'yess'", "Write numfig: true"),
        ("numfig: true", "numfigs: true", "sphinx.config.numfigs", "there is no setting", "'numfig'"),
        ("  timeout: 600", "  timeout: 0", "execute.timeout", "0 does not fit", "seconds"),
        ('baseurl: ""', 'baseurl: "javascript:alert(1)"', "html.baseurl", "does not fit", "https://…/"),
        ('baseurl: ""', 'baseurl: "https://example.org"', "html.baseurl", "does not fit", "https://…/"),
        ('execute_notebooks: "off"', "execute_notebooks: off", "execute.execute_notebooks", "made for 'off'", "off"),
        ('copyright: "2026"', "copyright: 2026", "copyright", "2026 does not fit", "quotation marks"),
        (
            'html_title: "Russia',
            'html_title: "Rusia',
            "sphinx.config.html_title",
            "appears twice and differs",
            "Russia",
        ),
    ],
)
def test_a_setting_that_the_book_cannot_work_with_stops_the_build(copy, old, new, field, wrong, right):
    if old not in (copy.root / "_config.yml").read_text("utf-8"):
        pytest.fail(f"_config.yml holds no {old!r}")
    line = copy.replace("_config.yml", old, new)
    found = {problem.field: problem for problem in copy.problems()}
    problem = found[field]
    assert problem.file == "_config.yml" and problem.row == line
    assert wrong in problem.wrong and right in problem.right


def settings_and_groups(wanted, before=()):
    """Every path in the settings, the groups' own too."""
    for key, inner in wanted.items():
        yield (*before, key)
        if isinstance(inner, dict):
            yield from settings_and_groups(inner, (*before, key))


@pytest.mark.parametrize("path", list(settings_and_groups(SETTINGS)), ids=".".join)
def test_a_setting_or_a_whole_group_that_is_taken_away_is_missed_with_the_remedy(project, tmp_path, path):
    """Half a file is still YAML: then groups are gone, and with them settings that may have more than one value."""
    held = yaml.safe_load((project / "_config.yml").read_text("utf-8"))
    del functools.reduce(dict.__getitem__, path[:-1], held)[path[-1]]
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(held, sort_keys=False), "utf-8")
    (problem,) = (one for one in problems_of_settings(tmp_path) if one.field == ".".join(path))
    assert problem.wrong == "the setting is missing"
    assert problem.right.startswith("Write ") and "<" not in problem.right


@pytest.mark.parametrize(
    "name, old, new, wrong",
    [
        ("_config.yml", "title:", "author: x\ntitle:", "the key 'author' appears twice"),
        ("_config.yml", "numfig: true", "numfig: *x", "an alias (*) stands for something else"),
        ("_toc.yml", "format:", "root: book/war\nformat:", "the key 'root' appears twice"),
        ("_toc.yml", "    numbered: 1\n", "", "not one part has numbers"),
        ("_toc.yml", "The evidence", "The proofs", "no part is 'The evidence'"),
        ("_toc.yml", "      - file: book/names\n", "", "the page 'book/names' is not listed"),
        ("_toc.yml", "file: book/names", "file: ../../etc/passwd", "is not the name of a page"),
        ("_toc.yml", "file: book/names", "file: book/war", "the page 'book/war' appears twice"),
        ("seeds/korybko2025.md", "  sha256:", "  lines: 5\n  sha256:", "the key 'lines' appears twice"),
        ("data/datapackage.json", '"resources": [', '"name": "x",\n  "resources": [', "the key 'name' appears twice"),
        ("data/datapackage.json", '"minimum": -90', '"minimum": NaN', "NaN is not a number"),
        ("data/datapackage.json", '"path": "votes.csv"', '"path": "../votes.csv"', ""),
        ("data/datapackage.json", '"name": "votes"', '"name": "vote"', "'votes' is not described"),
        ("data/datapackage.json", '"type": "integer"', '"type": "string"', "the column is of the type 'string'"),
        ("book/war.md", "# ", "# \u202e", "nobody sees the character U+202E"),
        ("seeds/references.bib", "title = {", "title = {\u200b", "nobody sees the character U+200B"),
    ],
)
def test_what_would_be_lost_or_unseen_is_refused_with_its_file(copy, name, old, new, wrong):
    copy.replace(name, old, new)
    problems = [problem for problem in copy.problems() if problem.file == name]
    assert any(wrong in problem.wrong for problem in problems), problems
    assert problems and all(problem.right for problem in problems)


def test_a_file_that_is_nested_without_end_is_refused(copy):
    (copy.root / "data/datapackage.json").write_text("[" * 100_000, "utf-8")
    check(copy.problem(), ("data/datapackage.json", 0, ""), "nested too deeply", "Fix the syntax")


def test_lines_may_end_as_on_another_system(copy):
    for name in ("book/war.md", "seeds/korybko2025.md", "seeds/references.bib", "_toc.yml", "_config.yml"):
        path = copy.root / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert copy.problems() == []
