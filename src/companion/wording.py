"""Values of the ledger as the prose prints them: qualifier, number, unit, period."""

from collections.abc import Iterable
from typing import cast

import pandas as pd

from companion import dates
from companion.ledger import VERDICTS, Ledger, Quantity, Report

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
SHORT_SCALES = {"": "", "thousand": "k", "million": "m", "billion": "bn"}
QUALIFIERS = {
    "exactly": "",
    "about": "about ",
    "almost": "almost ",
    "at least": "at least ",
    "more than": "more than ",
    "at most": "at most ",
    "less than": "less than ",
    "between": "",
}
SHORT_QUALIFIERS = {
    "exactly": "",
    "about": "~",
    "almost": "<",
    "at least": "≥",
    "more than": ">",
    "at most": "≤",
    "less than": "<",
    "between": "",
}
FRACTIONS = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters"}
YEARS = ("year", "calendar year")
SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
SINGULAR = {
    "people": "person",
    "states": "state",
    "days": "day",
    "weeks": "week",
    "months": "month",
    "years": "year",
}
#: What a reader reads for a verdict, the empty one included: nobody has looked.
VERDICT_NAMES = {
    **{verdict: verdict for verdict in VERDICTS},
    "could-not-check": "could not be checked",
    "": "not checked",
}


def in_words(number: int) -> str:
    """Print a count as prose does: ``five``, but ``47``."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def ordinal(number: int) -> str:
    """Print ``1`` as ``first``, ``6`` as ``sixth``, ``80`` as ``80th``."""
    words = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    return words[number - 1] if 1 <= number <= len(words) else dates.nth(number)


def figure(number: float) -> str:
    """Print a number with thousands separators and no needless decimals."""
    text = f"{number:,.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _small(number: float) -> bool:
    """Say whether prose writes a number as a word."""
    return number == int(number) and 0 <= number < len(SMALL)


def _is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper() and unit != "TEU"


def _parts(q: Quantity, number: float, short: bool, words: bool = True) -> tuple[str, str, str]:
    """Print an amount in three parts: a currency's sign, the number, scale and unit.

    `words` is false where a small count must stand in digits.
    """
    scale = SHORT_SCALES[q.scale] if short else (f" {q.scale}" if q.scale else "")
    sign = "−" if number < 0 else ""
    size = abs(number)
    if _is_currency(q.unit):
        if q.unit in SIGNS:
            return sign + SIGNS[q.unit], figure(size), scale
        return sign, figure(size), f"{scale} {q.unit}"
    if q.unit == "percent":
        return sign, figure(size), "%" if short else " percent"
    if q.unit == "ratio":
        return sign, FRACTIONS.get(size, figure(size)), ""
    if q.unit in YEARS:
        return sign, f"{size:.0f}", ""  # a year takes no thousands separator
    if q.unit == "ordinal":
        return sign, ordinal(int(size)), ""
    unit = SINGULAR.get(q.unit, q.unit) if size == 1 and not q.scale else q.unit
    # In a short form only the plain multiple keeps its word: "three times".
    words = words and not sign and not q.scale and _small(size) and (not short or q.unit == "times")
    return sign, in_words(int(size)) if words else figure(size), f"{scale} {unit}"


def quantity(q: Quantity, short: bool = False, sign: str = "") -> str:
    """Print a quantity: ``more than $45 billion``; short: ``>$45bn``.

    A range prints both ends and the unit once (``between 13 and 15 percent``,
    ``13–15%``), but money in full twice, lest its scale be lost (``between $13
    billion and $15 billion``). Whether the number is a rise or a fall is for the
    sentence around it to say, or for `sign`, which goes before the number and
    after the qualifier (``about −60 percent``).
    """
    words = not sign  # a sign needs digits after it
    if q.comparison == "between":
        upper = cast(float, q.upper)  # what lies between has two ends
        words = words and _small(q.value) and _small(upper)
        before, low, rest = _parts(q, q.value, short, words)
        second, high, after = _parts(q, upper, short, words)
        if short:
            return f"{sign}{before}{low}–{high}{after}"
        if before:
            return f"between {sign}{before}{low}{rest} and {sign}{second}{high}{after}"
        return f"between {sign}{low} and {sign}{high}{after}"
    qualifier = (SHORT_QUALIFIERS if short else QUALIFIERS)[q.comparison]
    return qualifier + sign + "".join(_parts(q, q.value, short, words))


def _bare(q: Quantity) -> str:
    """Print the number alone, without qualifier, scale and unit."""
    show = (lambda n: f"{n:.0f}") if q.unit in YEARS else figure
    if q.comparison == "between":
        return f"{show(q.value)}–{show(cast(float, q.upper))}"
    counted = q.unit not in ("percent", "ratio", "ordinal", *YEARS) and not q.unit.isupper()
    return in_words(int(q.value)) if counted and _small(q.value) and not q.scale else show(q.value)


def value(ledger: Ledger, id: str, form: str = "full") -> str:
    """Print the value behind an id.

    Parameters
    ----------
    ledger : the ledger that holds it
    id : id of a claim with one value, of a quantity or of a derivation
    form : ``full`` (more than $45 billion; 8–10 October 2025), ``short``
        (>$45bn; 8–10 Oct 2025), ``bare`` (45, nine; 2025), ``signed`` (−60 percent)
        or ``when`` (the period or start of the number; the date of the event)

    Raises
    ------
    UnknownId, NoSingleValue
        See ``Ledger.value``.
    ValueError
        The value does not have this form: a date has no sign, and a quantity
        with no period has no ``when``.
    """
    found = ledger.value(id)
    if isinstance(found, Report):
        if form == "signed":
            raise ValueError(f"{id!r} is a date and has no sign")
        if form == "bare":
            return dates.year(found.date)
        return dates.text(found.date, short=form == "short")
    if form == "when":
        if found.since:
            return "since " + dates.text(found.since)
        if not found.period:
            raise ValueError(f"{id!r} has no period")
        return dates.text(found.period)
    if form == "bare":
        return _bare(found)
    if form == "signed":
        if found.form not in ("rise", "fall"):
            raise ValueError(f"{id!r} is a {found.form}, not a rise or fall, and has no sign")
        return quantity(found, sign="+" if found.form == "rise" else "−")
    return quantity(found, short=form == "short")


def naming(ledger: Ledger, claims: pd.DataFrame, patterns: dict[str, str]) -> pd.DataFrame:
    """Return which claims name whom: in the statement, as who speaks, or as one side of a number.

    Parameters
    ----------
    ledger : the ledger that holds them
    claims : rows of its claims
    patterns : regular expressions by what they stand for

    Returns
    -------
    Yes or no for each claim and each pattern, under the index of `claims`.
    """
    sides = ledger.quantities.set_index("claim")[["subject", "counterpart"]].stack().map(ledger.name)
    of_numbers = sides.groupby(level="claim").agg(" ".join)
    spoken = claims["statement"] + " " + claims["said_by"].map(ledger.name)
    text = spoken + " " + claims["id"].map(of_numbers).fillna("")
    return pd.DataFrame({name: text.str.contains(pattern) for name, pattern in patterns.items()})


def grouped(
    data: pd.DataFrame, group: str, name: str, order: Iterable[str] | None = None, between: str = ", "
) -> list[str]:
    """Say who belongs where, in words: ``abstained: Kazakhstan, Kyrgyzstan``.

    For what stands in place of a picture, and in the words beside one.

    Parameters
    ----------
    data : one record for each name
    group, name : columns with what several have in common, and with the names
    order : values of `group` that are said, in this order, where a record has them; by default all as they come
    between : what parts the names

    Returns
    -------
    A text for each group.
    """
    names = data.groupby(group, sort=False)[name].agg(between.join)
    return [f"{one}: {names[one]}" for one in (names.index if order is None else order) if one in names.index]
