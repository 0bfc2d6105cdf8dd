"""The table behind a figure as readers take it away: names beside ids, and numbers no more exact than their sources.

`companion.figure` and `companion.table` keep the frame of their cell as it is; `dataset` makes of it the CSV of the panel.
"""

from __future__ import annotations

import functools
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, cast

import pandas as pd
from pandas.api import types

from companion import sources
from companion.ledger import Ledger

#: So many digits a broken number may have that sources give: people, counted one by one, in millions.
GIVEN = 9
#: One that has more was computed. So many of its digits are left, the most that a derivation of the ledger has.
COMPUTED = 4

#: How the name of a column ends that says what the claims of its neighbour say, or what its ids are called.
STATEMENT, NAME = "_statement", "_name"

#: What such a column holds.
SAYS = {STATEMENT: "What the claim in {} says.", NAME: "What the id in {} stands for."}

#: The columns in which tables of the ledger name a row, the first of them that a table has.
NAMES = ("name", "label", "title")


#: What a formula may begin with (OWASP, *CSV Injection*).
FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: A number as a spreadsheet reads it: its sign begins no formula.
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def computes(cell: str) -> bool:
    """Say whether a spreadsheet that opens a CSV would compute this cell; a number it only reads."""
    return cell.startswith(FORMULA) and not _NUMBER.fullmatch(cell)


def exact(value: float) -> str:
    """Print a number for a file: ``45``, ``8.048``; never with an exponent.

    Parameters
    ----------
    value : a number as sources give them, which stays as it is, or one that was computed, which is rounded to
        `COMPUTED` digits
    """
    # Of sixteen digits the last is noise: 0.1 + 0.2 is a hair over three tenths.
    held = Decimal(f"{value:.15g}")
    if held != held.to_integral_value() and len(held.as_tuple().digits) > GIVEN:
        held = held.quantize(Decimal(1).scaleb(held.adjusted() - COMPUTED + 1), ROUND_HALF_EVEN)
    text = f"{held:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dataset(ledger: Ledger, data: pd.DataFrame, columns: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the table behind a figure as readers take it away.

    A column whose cells are ids of the ledger or keys of references has a neighbour that says in words what they
    are (``buyer_name``, ``claim_statement``), unless another column of the table says it.

    Parameters
    ----------
    data : the rows; an index is left out
    columns : what each column holds, by its name

    Returns
    -------
    The table as CSV, and what each of its columns holds
    """
    found, meanings = {}, {}
    said = [list(map(_text, data.iloc[:, place])) for place in range(data.shape[1])]
    for name, cells in zip(map(str, data.columns), said):
        found[name], meanings[name] = cells, columns[name]
        ending, words = _words(ledger, name, cells)
        readable = [words.get(cell, cell) for cell in cells]
        beside = f"{name}{ending}"
        if words and readable not in said and beside not in map(str, data.columns):
            found[beside] = readable
            meanings[beside] = SAYS[ending].format(name)
    return pd.DataFrame(found).to_csv(index=False, lineterminator="\n"), meanings


def _text(value: Any) -> str:
    """Return a cell as the file has it; what is missing is empty."""
    if types.is_float(value):
        return "" if pd.isna(value) else exact(cast(float, value))
    return "" if value is None or value is pd.NA or value is pd.NaT else str(value)


def _words(ledger: Ledger, name: str, cells: list[str]) -> tuple[str, dict[str, str]]:
    """Return how the name of a column ends that has words for a column's ids (`STATEMENT`, `NAME`), and the words by id."""
    ids = {cell for cell in cells if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell)}
    if not ids:
        return "", {}
    known = _statements(ledger) if name == "claim" else _statements(ledger) + _names(ledger)
    # A column may hold words of its own beside ids ("evidence" among the texts), not the other way round.
    ending, words = max(known, key=lambda entry: len(ids & entry[1].keys()))
    return (ending, words) if 2 * len(ids & words.keys()) > len(ids) else ("", {})


@functools.lru_cache(maxsize=1)
def _statements(ledger: Ledger) -> tuple[tuple[str, dict[str, str]], ...]:
    """Return what claims, quantities and derivations say, by id, with the ending of their column."""
    words = dict(zip(ledger.derivations["id"], ledger.derivations["statement"]))
    words |= {id: ledger.claim(id)["statement"] for id in (*ledger.claims["id"], *ledger.quantities["id"])}
    return ((STATEMENT, words),)


@functools.lru_cache(maxsize=1)
def _names(ledger: Ledger) -> tuple[tuple[str, dict[str, str]], ...]:
    """Return the names of rows by id, for each table of the ledger that has some and for the references."""
    found = []
    for table in ledger.tables.values():
        said = next((column for column in NAMES if column in table and "id" in table), "")
        if said:
            found.append((NAME, dict(zip(table["id"], table[said]))))
    keys = sources.references(ledger.root).entries
    return (*found, (NAME, {key: sources.short(key, ledger.root) for key in keys}))
