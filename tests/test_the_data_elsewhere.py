"""Whoever takes a figure's table elsewhere (pandas, R, a spreadsheet, a CSVW processor) gets it in one line, and it speaks for itself."""

import codecs
import csv
import io
import json
import os
import re
import subprocess
import zipfile
from html import unescape

import frictionless
import openpyxl
import pandas as pd
import pytest
from csvw import CSVW
from hypothesis import given
from hypothesis import strategies as st

from built_site import needs
from companion import datasets, load
from companion_press.figures import csv_metadata

LEDGER = load()


def tables(site):
    """The tables of all figures: name and rows, the header first."""
    for path in sorted((site / "figures").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield path.stem, list(csv.reader(file))


def lines(page):
    """The lines of code in a page, in their order."""
    found = re.findall(r'<dl class="reading-lines">(.*?)</dl>', page.read_text("utf-8"), re.S)
    return [unescape(code) for held in found for code in re.findall(r"<code[^>]*>(.*?)</code>", held)]


# -- one line ------------------------------------------------------------------------------


def test_the_line_in_the_panel_reads_the_table(visit, site):
    page = visit("book/west.html").page
    page.locator("#take-us-deals summary", has_text="Data").click()
    python, r = page.locator("#take-us-deals .reading-lines code").all_inner_texts()
    assert re.fullmatch(r'pandas\.read_csv\("http://127\.0\.0\.1:\d+/figures/us-deals\.csv"\)', python)
    read = eval(python, {"pandas": pd})
    assert read.columns[0] == "name" and "Boeing order" in set(read["name"])
    # R gives a file's first column the name "X.U.FEFF.name" unless it is told of the mark.
    address = re.search(r'"(http[^"]+)"', python)[0]
    assert r == f'read.csv({address}, fileEncoding = "UTF-8-BOM")'


def test_the_line_can_be_copied(visit):
    seen = visit("book/west.html")
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = seen.page
    page.locator("#take-us-deals summary", has_text="Data").click()
    row = page.locator("#take-us-deals .reading-lines > div").first
    row.locator("button.copy").click()
    row.locator("button.copy", has_text="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == row.locator("code").inner_text()


def test_without_scripts_the_line_names_the_file_from_the_sites_root(site):
    for line in lines(site / "book/west.html"):
        assert (site / re.search(r'"([^"]+)"', line)[1]).is_file()


#: For each line that reads a table: its rows, columns, and the letters of its columns of text.
IN_R = """
lines <- file("stdin", encoding = "UTF-8")
for (line in readLines(lines)) {
  table <- eval(parse(text = line))
  texts <- unlist(Filter(is.character, table))
  cat(nrow(table), ncol(table), names(table)[1], sum(nchar(texts[!is.na(texts)])), "\\n", sep = "\\t")
}
close(lines)
"""


def test_r_itself_reads_every_table_by_the_line_of_its_panel(site, tmp_path):
    program = needs("Rscript", "r-base-core")
    pages = sorted((site / "book").glob("*.html"))
    python = {line for page in pages for line in lines(page) if line.startswith("pandas.")}
    r = sorted({line for page in pages for line in lines(page) if line.startswith("read.csv(")})
    assert len(r) == len(python) > 40
    script = tmp_path / "read.R"
    script.write_text(IN_R, "utf-8")
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [program, script], input="\n".join(r) + "\n", cwd=site, capture_output=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    told = [row.split("\t")[:4] for row in done.stdout.splitlines()]
    assert len(told) == len(r)
    for line, (rows, columns, first, letters) in zip(r, told):
        frame = pd.read_csv(site / re.search(r'"([^"]+\.csv)"', line)[1], keep_default_na=False)
        assert (int(rows), int(columns)) == frame.shape and first == frame.columns[0].replace(" ", "."), line
        texts = frame.select_dtypes(exclude="number")
        held = sum(len(str(value)) for column in texts for value in texts[column] if value not in ("NA", True, False))
        # R takes a column of numbers with gaps for numbers, too: their digits are not text to it.
        gaps = [c for c in texts if all(re.fullmatch(r"-?[\d.]*(e[+-]?\d+)?", str(value)) for value in texts[c])]
        held -= sum(len(str(value)) for column in gaps for value in texts[column])
        assert int(letters) == held, line


# -- a spreadsheet, and programs that read the same file ---------------------------------------


def test_a_spreadsheet_reads_turkiye_and_programs_do_not_see_the_mark(site):
    held = False
    for path in sorted((site / "figures").glob("*.csv")):
        content = path.read_bytes()
        held = held or "Türkiye" in content.decode()
        assert content.startswith(codecs.BOM_UTF8) and content.count(codecs.BOM_UTF8) == 1, path.name
        [first, *_] = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        for engine in ("c", "python"):
            assert pd.read_csv(path, engine=engine).columns[0] == first, path.name
        with zipfile.ZipFile(path.with_suffix(".zip")) as archive:
            assert archive.read(f"{path.stem}/claims.csv").startswith(codecs.BOM_UTF8)
    assert held
    rows = frictionless.Resource(path=str(site / "figures/us-deals.csv")).read_rows()
    assert rows[0]["name"] == "Boeing order"


# -- rows that can be read without the ledger ----------------------------------------------------


def test_each_row_says_its_names_and_what_its_claim_says(site):
    names = dict(zip(LEDGER.actors["id"], LEDGER.actors["name"]))
    for name, (header, *rows) in tables(site):
        for row in rows:
            cells = dict(zip(header, row))
            if LEDGER.is_derivation(cells.get("claim", "")):
                assert LEDGER.derivation(cells["claim"])["statement"] in row, name
            elif cells.get("claim"):
                assert LEDGER.claim(cells["claim"])["statement"] in row, name
            for column in ("state", "actor", "member", "organisation", "buyer", "seller", "counterpart"):
                if cells.get(column) in names:
                    assert names[cells[column]] in row, f"{name}: {column}"


def test_a_table_that_has_the_words_gets_no_second_column():
    data = pd.DataFrame({"member": ["kaz", "uzb"], "called": ["Kazakhstan", "Uzbekistan"], "kind": ["rail", "sea"]})
    text, meanings = datasets.dataset(LEDGER, data, {"member": "Who.", "called": "Its name.", "kind": "What."})
    assert text.splitlines()[0] == "member,called,kind" and list(meanings) == ["member", "called", "kind"]


def test_words_of_a_tables_own_stay_beside_ids():
    data = pd.DataFrame({"text": ["cafiero2025", "korybko2025", "evidence"]})
    text, meanings = datasets.dataset(LEDGER, data, {"text": "Whose."})
    assert text.splitlines() == [
        "text,text_name",
        "cafiero2025,Cafiero 2025",
        "korybko2025,Korybko 2025",
        "evidence,evidence",
    ]
    assert meanings == {"text": "Whose.", "text_name": "What the id in text stands for."}


# -- numbers as exact as their sources ----------------------------------------------------------


def test_no_number_is_more_exact_than_the_ledger(site):
    for name, (_, *rows) in tables(site):
        with zipfile.ZipFile(site / f"figures/{name}.zip") as archive:
            book = openpyxl.load_workbook(io.BytesIO(archive.read(f"{name}/{name}.xlsx")), read_only=True)
            cells = [str(cell) for row in book["data"].iter_rows(values_only=True) for cell in row if cell is not None]
        for cell in [*cells, *(cell for row in rows for cell in row)]:
            broken = re.fullmatch(r"-?(\d+)\.(\d*[1-9])0*", cell)
            assert not broken or len((broken[1] + broken[2]).lstrip("0")) <= datasets.GIVEN, f"{name}: {cell}"
            assert not re.fullmatch(r"-?\d+\.0|-?[\d.]+e[+-]?\d+", cell), f"{name}: {cell}"


def test_what_a_source_gives_stands_as_it_is():
    for quantity in map(LEDGER.value, LEDGER.quantities["id"]):
        for given_ in (quantity.value, quantity.base):
            assert float(datasets.exact(given_)) == pytest.approx(given_, rel=1e-15)


def test_what_is_computed_has_no_more_digits_than_a_derivation_of_the_ledger():
    held = [datasets.exact(LEDGER.value(id).value).replace(".", "").strip("-0") for id in LEDGER.derivations["id"]]
    assert max(map(len, held)) == datasets.COMPUTED
    written = {
        8.047619047619047: "8.048",
        42e9 / 1.15: "36520000000",
        0.1 + 0.2: "0.3",
        141.0: "141",
        -2 / 3: "-0.6667",
    }
    assert {value: datasets.exact(value) for value in written} == written


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_rounding_never_changes_a_number_by_more_than_half_a_digit(value):
    text = datasets.exact(value)
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text)
    assert float(text) == pytest.approx(value, rel=5.1 * 10**-datasets.COMPUTED)


# -- what a column holds, for programs --------------------------------------------------------------


def test_a_validator_of_csv_on_the_web_finds_each_table_as_its_metadata_say(site):
    described = sorted((site / "figures").glob(f"*{csv_metadata.ENDING}"))
    assert len(described) == len(list((site / "figures").glob("*.csv")))
    for path in described:
        read = CSVW(str(path), validate=True)
        assert read.is_valid and not read.warnings, f"{path.name}: {[str(w.message) for w in read.warnings]}"
        [table] = read.tables
        rows = list(table)
        [(_, (header, *cells))] = [entry for entry in tables(site) if path.name.startswith(f"{entry[0]}.csv-")]
        assert len(rows) == len(cells)
        assert [column.titles.getfirst() for column in table.tableSchema.columns] == header


def test_the_validator_sees_a_cell_that_is_not_what_the_metadata_say(site, tmp_path):
    for ending in (".csv", csv_metadata.ENDING):
        (tmp_path / f"us-deals{ending}").write_bytes((site / f"figures/us-deals{ending}").read_bytes())
    table = tmp_path / "us-deals.csv"
    table.write_text(table.read_text("utf-8").replace(",8.5,", ",much,"), "utf-8")
    assert not CSVW(str(tmp_path / f"us-deals{csv_metadata.ENDING}"), validate=True).is_valid


def test_metadata_say_title_sources_licence_columns_and_units(site):
    for path in sorted((site / "figures").glob(f"*{csv_metadata.ENDING}")):
        found = json.loads(path.read_text("utf-8"))
        assert found["dc:title"] and found["dc:source"] and found["dc:description"], path.name
        assert found["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
        assert all(column["dc:description"] and column["datatype"] for column in found["tableSchema"]["columns"])
        with zipfile.ZipFile(path.with_name(f"{found['url'][:-4]}.zip")) as archive:
            assert archive.read(f"{found['url'][:-4]}/{path.name}") == path.read_bytes()

    def column(name, title):
        columns = json.loads((site / f"figures/{name}{csv_metadata.ENDING}").read_text("utf-8"))["tableSchema"][
            "columns"
        ]
        return next(column for column in columns if column["titles"] == title)

    assert column("us-deals", "billions")["schema:unitText"] == "billion US dollars"
    assert column("us-deals", "billions")["datatype"] == "decimal"
    assert column("poll-kazakhstan", "value")["schema:unitText"] == "percent"
    assert column("corridor-tonnage", "year")["datatype"] == "gYear"
    assert "schema:unitText" not in column("un-votes", "yes"), "votes are counted"


@pytest.mark.parametrize(
    ("meaning", "unit"),
    [
        ("Trade turnover, billion US dollars.", "billion US dollars"),
        ("Trade per head, US dollars.", "US dollars"),
        ("Number of seats; billion US dollars; million tonnes.", "billion US dollars; million tonnes"),
        ("Votes for.", ""),
    ],
)
def test_a_unit_is_that_which_the_meaning_of_the_column_names(meaning, unit):
    assert csv_metadata.unit(meaning) == unit
