"""What the checks say: one `Problem` for each thing that is wrong, and the valid name that is spelled most like a wrong one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

#: How each kind of cell is written.
EXAMPLES = {
    "number": "Write digits with a decimal point, such as 35.8",
    "integer": "Write a whole number",
    "date": "Write a day as 2026-11-22",
}
FIX = "Fix the syntax at this place"

#: Characters of each part of a message: whatever stands in a cell, nobody reads more.
LONGEST = 700


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where, what, and what would be right.

    Attributes
    ----------
    file : str
        Path of the file below the project's folder.
    row : int
        Line in the file, 0 for the file as a whole.
    field : str
        Column, field or role; ``""`` for the row as a whole.
    wrong, right : str
        Two sentences without their full stop.
    """

    file: str
    row: int
    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        place = self.file + (f", row {self.row}" if self.row else "")
        place += f", {_cut(self.field)}" if self.field else ""
        return f"{place}: {_cut(self.wrong)}. {_cut(self.right)}"


def _cut(text: str) -> str:
    """Return a text without its middle where it is too long to be read: what it quotes may be a whole file."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"


def short(value: Any) -> str:
    """Return a value as Python writes it, cut where it is longer than a line."""
    written = repr(value)
    return written if len(written) <= 60 else written[:59] + "…"


def a(noun: str) -> str:
    """Return a noun with its article: ``a number``, ``an integer``."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def nearest(text: str, valid: Iterable[str], limit: int = 3) -> str:
    """Say which valid names are spelled most like a wrong one: ``Did you mean 'a' or 'b'?``

    Parameters
    ----------
    text : str
        The wrong name.
    valid : iterable of str
        The names that exist.
    limit : int
        How many names are offered at most.

    Returns
    -------
    str
        A sentence, also where nothing comes near.
    """
    # Slips of typing spare the beginning of a word, which this measure trusts most.
    hits = process.extract(text, sorted(valid), scorer=JaroWinkler.similarity, limit=limit, score_cutoff=0.75)
    if not hits:
        return "No similar name exists"
    return "Did you mean " + " or ".join(repr(hit[0]) for hit in hits) + "?"
