"""Dates as the ledger keeps them (EDTF) and as English prose prints them.

The Extended Date/Time Format (ISO 8601-2, Library of Congress) can say what a
source leaves open: ``2022-10`` (a month), ``1930/1933`` (a span), ``2024~``
(about), ``XXXX-04`` (April of a year that is not stated).
"""
import re

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

MONTHS = (
    "January February March April May June July "
    "August September October November December"
).split()

#: EDTF writes a season in the place of the month.
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}

UNSTATED_YEAR = "an unstated year"


def is_date(text: str) -> bool:
    """Say whether `text` is a valid EDTF date or interval (31 February is not)."""
    try:
        parse_edtf(text)
    except EDTFParseException:
        return False
    return True


def bounds(text: str) -> tuple[float, float]:
    """Return the earliest and the latest moment of an EDTF date, in decimal years.

    Raises ``EDTFParseException`` for a text that is no date.
    """
    date = parse_edtf(text)

    def decimal(moment, end):
        if moment in (float("inf"), float("-inf")):
            return moment
        day = moment.tm_mon - 1 + (moment.tm_mday - 1 + end) / 31
        return moment.tm_year + day / 12

    return decimal(date.lower_strict(), 0), decimal(date.upper_strict(), 1)


def _split(part):
    about = part.endswith(("~", "?", "%"))
    year, month, day = (part.rstrip("~?%").split("-") + [None, None])[:3]
    return about, year, month, day


def _one(part, short=False):
    about, year, month, day = _split(part)
    words = []
    if day and day != "XX":
        words.append(str(int(day)))
    if month and month != "XX":
        name = SEASONS.get(int(month)) or MONTHS[int(month) - 1]
        words.append(name[:3] if short and name in MONTHS and len(name) > 4 else name)
    if year == "XXXX":
        # "8 October" stands alone; a bare month needs the warning.
        if not day:
            words.append("of " + UNSTATED_YEAR)
    elif year.endswith("X"):
        words.append(year.replace("X", "0") + "s")
    else:
        words.append(year)
    return ("about " if about else "") + " ".join(words)


def text(date: str, short: bool = False) -> str:
    """Print an EDTF date in English: ``8–10 October 2025``, ``1930–1933``, ``about 1900``.

    Parameters
    ----------
    date : EDTF string
    short : abbreviate month names (``9 Oct 2025``)

    Raises
    ------
    ValueError
        `date` is not EDTF.
    """
    if not is_date(date):
        raise ValueError(f"{date!r} is not an EDTF date")
    if "/" not in date:
        return _one(date, short)
    start, end = date.split("/")
    if end == "..":
        return "since " + _one(start, short)
    if start == "..":
        return "until " + _one(end, short)
    (a1, y1, m1, d1), (a2, y2, m2, d2) = _split(start), _split(end)
    if y1 == y2 and not (a1 or a2):
        if d1 and d2 and m1 == m2:
            return f"{int(d1)}–{_one(end, short)}"
        if m1 and m2:
            head = _one(start, short).replace(f" {y1}", "")
            # An en dash joins single words; phrases of several words need air.
            return f"{head}–{_one(end, short)}" if not d1 else f"{head} – {_one(end, short)}"
    if m1 or m2:
        return f"{_one(start, short)} – {_one(end, short)}"
    return f"{_one(start, short)}–{_one(end, short)}"


def year(date: str) -> str:
    """Print only the year or years of an EDTF date (``2025``, ``1930–1933``)."""
    years = re.findall(r"(?:^|/)(\d{3}[\dX]|XXXX)", date)
    years = [y.replace("X", "0") + "s" if y.endswith("X") and y != "XXXX" else y for y in years]
    if not years or "XXXX" in years:
        return UNSTATED_YEAR
    return years[0] if len(set(years)) == 1 else "–".join(years)
