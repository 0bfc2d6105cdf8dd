"""Readers: a table says in words what it shows, without row numbers and ids, and its numbers can be compared."""

import io

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell

import companion
from companion import load, tables
from companion_press.figures import figure_nodes

LEDGER = load()


def rows(html):
    """The texts of a table, row by row, and its elements."""
    soup = BeautifulSoup(html, "html.parser")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.select("tr")], soup


def shown(frame):
    return rows(tables.frame_html(frame))


def test_a_students_own_frame_has_no_row_numbers_and_no_ids():
    counted = LEDGER.numbers(claim=["trade-russia-2024", "population-kaz-2024"])
    texts, soup = shown(counted[["period", "value", "source", "claim"]])
    assert texts[0] == ["period", "value", "source"] and texts[1][0] == "2024"
    assert soup.select_one(".frame-more").get_text() == "Not shown: claim."
    assert [cell["scope"] for cell in soup.select("th")] == ["col", "col", "col", "row", "row"]


def test_where_nothing_else_says_whose_word_it_is_a_claim_is_printed_as_its_place():
    counted = LEDGER.numbers(claim="trade-russia-2024")[["value", "claim"]]
    assert shown(counted)[0][1][1].startswith("Cafiero 2025, ¶")
    assert counted["claim"].tolist() == ["trade-russia-2024"], "the frame itself keeps the id"


def test_what_names_a_row_stays():
    frame = pd.DataFrame({"member": [True, False]}, index=pd.Index(["Kazakhstan", "Kyrgyzstan"], name="state"))
    assert shown(frame)[0] == [["state", "member"], ["Kazakhstan", "yes"], ["Kyrgyzstan", "no"]]
    pairs = frame.set_index([pd.Index(["a", "b"], name="group"), frame.index])
    assert shown(pairs)[0][1] == ["a", "Kazakhstan", "yes"]
    years = pd.DataFrame({"seats": [1, 2]}, index=pd.Index([2024, 2025], name="year"))
    assert shown(years)[0] == [["year", "seats"], ["2024", "1"], ["2025", "2"]], (
        "a name makes of numbers more than a count"
    )
    nameless = frame.rename_axis(None)
    assert shown(nameless)[0][0] == ["", "member"] and shown(nameless)[1].select_one("thead td") is not None


def test_a_frame_of_ids_alone_shows_them():
    assert shown(LEDGER.claims[["id"]].head(1))[0][0] == ["id"]


def test_numbers_have_a_sensible_precision_and_stand_at_the_right():
    frame = pd.DataFrame(
        {
            "year": [2024, 1999, 1990],
            "percent": [12.7, 10.66, 49.0],
            "computed": [1 / 3, 2.0, None],
            "people": [20592571, 7221868, -12345],
            "seats": pd.array([5, None, 12], dtype="Int64"),
        }
    )
    texts, soup = shown(frame)
    columns = list(zip(*texts[1:]))
    assert columns == [
        ("2024", "1999", "1990"),
        ("12.70", "10.66", "49"),
        ("0.33", "2.00", "–"),
        ("20,592,571", "7,221,868", "−12,345"),
        ("5", "–", "12"),
    ]
    assert all("right" in cell["style"] for cell in soup.select("tbody td")), "Jupyter has no style sheet of ours"


@pytest.mark.parametrize(
    ("name", "values", "printed"),
    [
        ("dollars", [547, 1394], ["547", "1,394"]),
        ("change", [-1394.5, 2.0], ["−1,394.5", "2"]),
        ("year", [1200, 2024], ["1200", "2024"]),
        ("Reports by year", [2024.0, None], ["2024", "–"]),
        ("counted in", [1989, 2021], ["1989", "2021"]),
        ("words", pd.Series(["about", 1234, 2024], dtype=object), ["about", "1,234", "2024"]),
    ],
)
def test_numbers_have_commas_as_in_the_prose_and_years_none(name, values, printed):
    assert tables.column(name, pd.Series(values, name="held")).cells == printed


def test_ids_become_names_whatever_the_key_of_their_table():
    sites = LEDGER.sites.head(1).rename(columns={"claim": "site"}).assign(claim="site-kant")
    assert companion.table(sites, {"site": "Site"}).printed[0].cells == [LEDGER.sites["name"].iloc[0]]


def test_a_sentence_is_shown_whole_and_a_long_frame_says_what_is_left_out():
    long = "The Central Asian states now regard their relations as their own affair, says the text."
    assert shown(pd.DataFrame({"statement": [long]}))[0][1] == [long]
    texts, soup = shown(LEDGER.claims[["statement", "claim" if "claim" in LEDGER.claims else "id"]])
    assert len(texts) == tables.FIRST + 1
    assert f"The first {tables.FIRST} of {len(LEDGER.claims):,} rows." in soup.select_one(".frame-more").get_text()


def test_what_a_cell_holds_is_text_and_no_markup():
    assert shown(pd.DataFrame({"<i>": ["<script>"]}))[0] == [["<i>"], ["<script>"]]


def test_ipython_shows_frames_so():
    shell = InteractiveShell()
    tables.show_frames(shell)
    made = shell.display_formatter.format(pd.DataFrame({"id": ["x"], "a": [1]}))[0]
    assert "Not shown: id." in made["text/html"]


def test_a_wide_table_tells_a_phone_how_to_list_its_rows():
    """Laid out anew, a table is none for a screen reader unless its parts say what they are."""
    wide = pd.DataFrame(
        {f"organisation {n}": ["member"] for n in range(6)}, index=pd.Index(["Kazakhstan"], name="state")
    )
    _, soup = shown(wide)
    assert "stacks" in soup.table["class"] and soup.table["role"] == "table"
    assert {cell["data-label"] for cell in soup.select("td")} == set(wide.columns)
    assert all(cell["role"] == "cell" for cell in soup.select("td"))
    narrow = shown(wide.iloc[:, :1])[1].table
    assert "stacks" not in narrow["class"] and "role" not in narrow.attrs


def test_the_page_takes_no_fixed_styles():
    assert "style=" not in figure_nodes.for_the_page(tables.frame_html(pd.DataFrame({"a": [1], "b": ["x"]})))


# -- tables of the book ----------------------------------------------------------------

PEOPLE = LEDGER.numbers(measure="population", period="2024").head(2)
HEADINGS = {"subject": "State", "amount": "People", "period": "Year", "claim": "Source"}


def test_a_table_prints_names_for_ids_and_places_for_claims():
    made = companion.table(PEOPLE, HEADINGS)
    texts, _ = rows(made._repr_mimebundle_()["text/html"])
    names = [LEDGER.name(id) for id in PEOPLE["subject"]]
    assert texts[0] == list(HEADINGS.values()) and [row[0] for row in texts[1:]] == names
    assert texts[1][1] == tables.number(PEOPLE["amount"].iloc[0])
    assert tables.place(LEDGER, "trade-russia-2024").startswith("Cafiero 2025, ¶")
    assert names[0] in str(made)


def test_a_table_can_be_taken_away_with_its_claims_and_the_meaning_of_each_column():
    made = companion.table(PEOPLE, HEADINGS)
    assert made.claims == PEOPLE["claim"].tolist()
    again = pd.read_csv(io.StringIO(made.data.to_csv(index=False)))
    assert list(again["subject"]) == list(PEOPLE["subject"]), "for code, ids"
    assert set(made.columns) == set(again.columns) and all(made.columns.values())


def test_a_bound_stands_before_its_number():
    trade = LEDGER.numbers(claim="trade-russia-2024")
    made = companion.table(trade, {"period": "Year", "value": "Billion US dollars"}, bounds={"value": "comparison"})
    assert made.printed[1].cells == ["more than 45"] and "comparison" in made.columns


def test_dates_are_printed_as_words():
    dated = pd.DataFrame({"name": ["Summit"], "date": ["2025-10-08/2025-10-10"], "claim": ["trade-russia-2024"]})
    made = companion.table(dated)
    assert [one.heading for one in made.printed] == ["Name", "Date"] and made.printed[1].cells == ["8–10 Oct 2025"]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"columns": {"nobody": "Nobody"}}, "no column nobody; it has"),
        ({"claims": []}, "rests on claims"),
        ({"claims": ["no-such-claim"]}, "no-such-claim"),
        ({"bounds": {"amount": "nobody"}}, "no column nobody"),
    ],
)
def test_what_is_wrong_is_said_in_words(change, message):
    with pytest.raises((ValueError, companion.UnknownId), match=message):
        companion.table(PEOPLE, **{"columns": HEADINGS, **change})


def test_a_comma_in_a_heading_is_part_of_it():
    payload = {
        "csv": '"Sum, in dollars",state\n1,kaz\n',
        "columns": {"state": "The state.", "Sum, in dollars": "A sum."},
    }
    assert list(figure_nodes.columns_of(payload).items()) == [("Sum, in dollars", "A sum."), ("state", "The state.")]
