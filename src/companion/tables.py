"""Tables for people: words for headings, no row numbers, no ids, numbers of sensible precision, at their right edge.

`show_frames` gives every pandas frame that look where IPython shows it, on the page and in Jupyter, so that a
student's own table has it too: in place of a claim's id it says where the claim stands, unless another column does. `table` makes of a frame a table of the book, with a number, a caption and downloads.

The writer is our own, in some hundred lines, after a look at two libraries. great-tables sets fine tables, but with inline
styles, which the pages' content security policy forbids, some ten kilobytes of them a table, and nothing for a phone.
pandas' Styler can hide an index and format numbers, but marks cells by a style sheet within the page; without that it
says of no cell whether it is a number. And neither knows what a claim is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.api import types

from companion import datasets, dates, figures, sources, wording
from companion.ledger import Ledger, load

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MIME = "application/vnd.companion.table+json"

#: Columns that hold ids of the ledger's rows: for code, not for eyes.
IDS = ("claim", "id")
#: Columns that say of what a claim speaks or who makes it: where one is shown, the claim's place is not missed.
SAYS = ("source", "source_name", "locator", "statement")
#: Columns that hold dates as the ledger writes them (EDTF).
DATES = ("date", "since", "until", "period", "asked", "newest")
#: Words in the name of a column that holds years, beside `DATES`; and the years that the book may speak of: a column
#: of whole numbers, all of them among these, holds years whatever its name.
YEARLY, YEARS = {"year", "years"}, range(1800, 2101)
#: More rows than so many (pandas' own limit) are cut off after `FIRST`.
MOST, FIRST = 60, 20

#: Up to so many decimals a number is printed as it stands; more come from computing, and are rounded.
DECIMALS = 2
#: The room that a phone has, in letters: less `BETWEEN` for each column. A wider table becomes a list of its rows there.
PHONE, BETWEEN = 50, 2
#: A cell of so many letters may be broken into lines without harm.
LINE = 22


@dataclass(frozen=True)
class Column:
    """A column as it is printed.

    Attributes
    ----------
    heading : words
    cells : texts, one a row
    number : whether it holds numbers, which stand at the right
    """

    heading: str
    cells: list[str]
    number: bool = False

    @property
    def room(self) -> int:
        """The letters that it needs beside others: its longest word, or its longest cell if that is short; a heading may be broken."""
        words = max((len(word) for text in (self.heading, *self.cells) for word in text.split()), default=0)
        return max(words, min(max(map(len, self.cells), default=0), LINE))

    @property
    def broad(self) -> bool:
        """Whether its heading and a cell, in one line, take more than half of a phone's width."""
        return len(self.heading) + max(map(len, self.cells), default=0) > LINE

    @property
    def long(self) -> bool:
        """Whether it holds sentences rather than words."""
        return max(map(len, self.cells), default=0) > LINE


def number(value: float, decimals: int | None = None, year: bool = False) -> str:
    """Print a number as the prose does: ``1,394``, ``12,345``, ``−3.5``.

    Parameters
    ----------
    value : the number
    decimals : so many, or None for as many as it has
    year : whether it is a year, which takes no comma: ``1990``
    """
    text = f"{value:.10f}".rstrip("0").rstrip(".") if decimals is None else f"{value:.{decimals}f}"
    whole, point, rest = text.lstrip("-").partition(".")
    whole = whole if year else f"{int(whole):,}"
    sign = "−" if text.startswith("-") and text.strip("-0.") else ""
    return sign + whole + point + rest


def are_years(values: Iterable[float], *names: object) -> bool:
    """Say whether the numbers of a column are years: by one of its names, or because all of them could be.

    Parameters
    ----------
    values : what it holds
    names : its name in the frame, and its heading
    """
    values = list(values)
    if any(not 0 < value < 10_000 or value != int(value) for value in values):
        return False
    words = {word for name in names for word in str(name).lower().replace("_", " ").split()}
    return bool(words & {*YEARLY, *DATES}) or all(int(value) in YEARS for value in values)


def numbers(values: Iterable[float]) -> list[str]:
    """Print the numbers of a column with decimals that can be compared.

    What a source gives is printed as it stands, but a zero at the end (``12.70``) where most of the broken numbers
    have as many decimals. What was computed has three figures' worth.
    """
    values = [float(value) for value in values]
    needed = [next((n for n in range(DECIMALS + 1) if abs(value - round(value, n)) < 1e-9), None) for value in values]
    if None in needed:
        largest = max(abs(value) for value in values)
        return [number(value, 1 if largest >= 10 else 2 if largest >= 1 else 3) for value in values]
    broken = [n for n in needed if n]
    most = max(broken, default=0)
    common = most if broken.count(most) * 2 >= len(broken) else None
    return [number(value, common if n else 0) for value, n in zip(values, needed)]


def column(heading: object, values: pd.Series) -> Column:
    """Print a column of a frame.

    Parameters
    ----------
    heading : its name
    values : numbers, dates, yes and no, lists or words; what is missing is a dash among numbers, else empty
    """
    held = values[values.notna()]
    counts = len(held) > 0 and not types.is_bool_dtype(values.dtype) and all(map(_is_number, held))
    if counts:
        years = are_years(held, heading, values.name)
        texts = iter([number(value, year=True) for value in held] if years else numbers(held))
        cells = ["–" if missing else next(texts) for missing in values.isna()]
    else:
        cells = [_words(value) for value in values]
    return Column(str(heading), cells, counts)


def _is_number(value: object) -> bool:
    return types.is_number(value) and not isinstance(value, bool) and not types.is_bool(value)


def _words(value: Any) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(map(_words, value))
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, bool) or types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return number(value, year=are_years([value])) if _is_number(value) else str(value)


# -- any frame -----------------------------------------------------------------------


def columns_of(frame: pd.DataFrame) -> tuple[list[Column], int, list[str]]:
    """Return the columns of a frame as they are printed.

    Returns
    -------
    The columns, how many of them name the row, and the names of columns that are not printed
    """
    names = [name for name in frame.columns if isinstance(name, str)]
    hidden = [name for name in names if name in IDS]
    if "claim" in hidden and not set(SAYS) & set(names):
        frame = _with_places(frame)
        hidden.remove("claim")
    if len(hidden) == frame.shape[1]:
        hidden = []
    heads = [
        column(level.name or "", pd.Series(list(level)))
        for level in (frame.index.get_level_values(n) for n in range(frame.index.nlevels))
        if not (_is_counter(level) or level.name in IDS)
    ]
    shown = [
        column(_heading(name), frame.iloc[:, place])
        for place, name in enumerate(frame.columns)
        if name not in hidden or not isinstance(name, str)
    ]
    hidden = [level for level in frame.index.names if level in IDS] + hidden
    return [*heads, *shown], len(heads) or _first(shown), hidden


def _with_places(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of which nothing else says whose word it is with places in the column ``claim``."""
    ledger = load()
    known = {*ledger.claims["id"], *ledger.derivations["id"], *ledger.quantities["id"]}
    return frame.assign(claim=[place(ledger, id) if id in known else id for id in frame["claim"]])


def _first(columns: list[Column]) -> int:
    """Return how many columns name the row where no index does: the first, unless it holds numbers."""
    return 0 if not columns or columns[0].number else 1


def _is_counter(level: pd.Index) -> bool:
    """Say whether a level of an index only counts rows."""
    return level.name is None and types.is_integer_dtype(level.dtype)


def _heading(name: object) -> str:
    return ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)


def frame_html(frame: pd.DataFrame) -> str:
    """Return a frame as IPython shows it: `show_frames` puts this in the place of pandas' own."""
    columns, heads, hidden = columns_of(frame.head(FIRST) if len(frame) > MOST else frame)
    below = []
    if len(frame) > MOST:
        below.append(f"The first {FIRST} of {len(frame):,} rows.")
    if hidden:
        below.append(f"Not shown: {', '.join(hidden)}.")
    more = f'<p class="frame-more">{escape(" ".join(below))}</p>' if below else ""
    return f"<div>{html(columns, heads)}{more}</div>"


def show_frames(shell: InteractiveShell | None = None) -> None:
    """Let IPython show frames by `frame_html`; elsewhere there is nothing to do.

    Parameters
    ----------
    shell : IPython's, by default the one that runs
    """
    if shell is None:
        try:
            from IPython import get_ipython
        except ImportError:
            return
        shell = get_ipython()
    if shell is not None:
        formatter = shell.display_formatter
        assert formatter is not None  # a shell has one from its start
        formatter.formatters["text/html"].for_type(pd.DataFrame, frame_html)


def html(columns: list[Column], heads: int | None = None) -> str:
    """Return a table as HTML that Jupyter shows too.

    Parameters
    ----------
    columns : as they are printed
    heads : so many columns, from the left, name the row; by default the first, unless it holds numbers
    """
    heads = _first(columns) if heads is None else heads
    stacks = sum(one.room + BETWEEN for one in columns) > PHONE

    def tag(name: str, text: str, one: Column | None = None, **attributes: str) -> str:
        """Return an element; a table that is no longer laid out as one must say what its parts are."""
        role = attributes.pop("role")
        if one is not None:
            attributes["style"] = f"text-align: {'right' if one.number else 'left'}"
        if stacks:
            attributes["role"] = role
        written = "".join(f' {key}="{escape(value, quote=True)}"' for key, value in attributes.items() if value)
        return f"<{name}{written}>{text}</{name}>"

    def head(one: Column) -> str:
        kind = {"class": "number" if one.number else ""}
        return (
            tag("th", escape(one.heading), one, scope="col", role="columnheader", **kind)
            if one.heading
            else "<td></td>"
        )

    def cell(place: int, row: int) -> str:
        one = columns[place]
        text = escape(one.cells[row])
        if place < heads and text:
            return tag("th", text, one, scope="row", role="rowheader")
        kinds = (
            ["number"] * one.number
            + ["long"] * one.long
            + ["broad"] * (stacks and one.broad)
            + ["empty"] * (text == "")
        )
        more = {"class": " ".join(kinds), "data-label": one.heading if stacks else ""}
        return tag("td", text, one, role="cell", **more)

    rows = [
        tag("tr", "".join(cell(place, row) for place in range(len(columns))), role="row")
        for row in range(len(columns[0].cells) if columns else 0)
    ]
    top = tag("thead", tag("tr", "".join(map(head, columns)), role="row"), role="rowgroup")
    body = tag("tbody", "".join(rows), role="rowgroup")
    return tag("table", f"{top}{body}", None, role="table", **{"class": "dataframe stacks" if stacks else "dataframe"})


# -- a table of the book ---------------------------------------------------------------


class Table:
    """A table of the book with its data and claims; made by `table`.

    Attributes
    ----------
    data : what is shown and what it rests on, as readers take it away
    claims : ids of the claims behind it
    columns : what each column of `data` holds, by its name
    printed : the columns as they are printed
    """

    def __init__(self, data: pd.DataFrame, claims: list[str], columns: dict[str, str], printed: list[Column]):
        self.data, self.claims, self.columns, self.printed = data, claims, columns, printed

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        if not os.environ.get(figures.BUILD_VARIABLE):
            return {"text/html": html(self.printed), "text/plain": str(self)}
        taken, columns = datasets.dataset(load(), self.data, self.columns)
        return {
            MIME: {
                "printed": [[one.heading, one.cells, one.number] for one in self.printed],
                "columns": columns,
                "csv": taken,
                "claims": self.claims,
            }
        }

    def __str__(self) -> str:
        """Return the table as text, for a terminal."""
        return pd.DataFrame({one.heading: one.cells for one in self.printed}).to_string(index=False)


def table(
    data: pd.DataFrame,
    columns: dict[str, str] | None = None,
    claims: list[str] | None = None,
    bounds: dict[str, str] | None = None,
) -> Table:
    """Show a table: the last call of a table's cell.

    Ids of actors, places, events and resolutions become names, keys of references become short names of sources,
    dates become words. The cell's metadata (``mystnb: table:``) give it a name, a title and a caption; without
    them the page shows it without a number.

    Parameters
    ----------
    data : the rows; an index that has a name comes before the other columns
    columns : heading by column, with its unit (``{"billions": "Trade, billion US dollars"}``), in the order in which they
        stand; by default all columns but ids, under their own names
    claims : ids of the claims it rests on; by default the distinct values of the column ``claim`` of `data`
    bounds : by column of numbers, the column that says how each is bound (``comparison`` of the ledger):
        ``more than 45``

    Returns
    -------
    A `Table`, which Jupyter and the built page know how to show.

    Raises
    ------
    UnknownId
        A claim id that the ledger does not hold.
    ValueError
        A column that `data` does not have; no claims, neither given nor in `data`; a bound that is a range.
    """
    ledger = load()
    counts_rows = data.index.nlevels == 1 and _is_counter(data.index)
    rows = data.reset_index(drop=counts_rows)
    rows.columns = [_heading(name) for name in rows.columns]
    if columns is None:
        columns = {name: sentence_case(name) for name in rows.columns if name not in IDS}
    bounds = bounds or {}
    unknown = [name for name in (*columns, *bounds, *bounds.values()) if name not in rows.columns]
    if unknown:
        raise ValueError(f"the table has no column {', '.join(unknown)}; it has {', '.join(rows.columns)}")
    claims = figures.claims_of(ledger, rows, claims)
    kept = list(dict.fromkeys([*columns, *bounds.values(), *rows.columns.intersection(["claim"])]))
    given = {name: f"{sentence_case(heading)}." for name, heading in columns.items() if name != "claim"}
    given |= {name: f"How the number of the column {value} is bound." for value, name in bounds.items()}
    known = ledger.column_meanings()
    meanings = figures.described(ledger, rows[kept], {name: text for name, text in given.items() if name not in known})
    printed = []
    for name, heading in columns.items():
        one = column(heading, named(ledger, name, rows[name]))
        if name in bounds:
            one = Column(heading, list(map(_bound, rows[bounds[name]], one.cells)), True)
        printed.append(one)
    return Table(rows[kept], claims, meanings, printed)


def _bound(comparison: str, cell: str) -> str:
    if comparison == "between":
        raise ValueError("a range has two ends: write it as text in a column of its own")
    return f"{wording.QUALIFIERS[comparison]}{cell}"


def sentence_case(text: str) -> str:
    """Return the words of a column's name, the first with a capital: ``Name of the place``."""
    words = text.replace("_", " ")
    return words[:1].upper() + words[1:]


def named(ledger: Ledger, name: str, values: pd.Series) -> pd.Series:
    """Return the values of a column with names in the place of ids and keys, and dates in words; others as they are.

    Parameters
    ----------
    name : of the column; the data package says to what table it leads
    """
    if name == "claim":
        return values.map(lambda id: place(ledger, id), na_action="ignore")
    if name in ("source", "reference"):
        keys = sources.references(ledger.root).entries
        return values.map(lambda key: sources.short(key, ledger.root) if key in keys else key, na_action="ignore")
    if name in DATES:
        return values.map(lambda text: dates.text(text, short=True) if dates.is_date(str(text)) else text)
    return values.replace(names_of(ledger, name))


def names_of(ledger: Ledger, name: str) -> dict[str, str]:
    """Return names by id for a column that leads to a table with names; for any other nothing."""
    for resource in ledger.package["resources"]:
        for key in resource.get("schema", {}).get("foreignKeys", ()):
            fields, table = key["fields"], key["reference"]["resource"]
            if fields in (name, [name]) and table in ledger.tables and "name" in ledger.tables[table].columns:
                rows, field = ledger.tables[table], key["reference"]["fields"][0]
                return dict(zip(rows[field], rows["name"]))
    return {}


def place(ledger: Ledger, id: str) -> str:
    """Return where a claim stands: ``Cafiero 2025, ¶12``; several places where the book has computed a number from them."""
    rows = [ledger.claim(claim) for claim in ledger.inputs(id)]
    stops = [", ".join(filter(None, (sources.short(row["source"], ledger.root), row["locator"]))) for row in rows]
    return "; ".join(dict.fromkeys(stops))
