"""Dates as the ledger keeps them (EDTF) and as English prose prints them.

The Extended Date/Time Format (ISO 8601-2, Library of Congress) can say what a
source leaves open: ``2022-10`` (a month), ``1930/1933`` (a span), ``2024~``
(about), ``193X`` (the thirties), ``XXXX-04`` (April of a year that is not stated).
"""

import calendar
import datetime
import functools
import re
from typing import Any, cast

from edtf import parse_edtf

MONTHS = ("January February March April May June July August September October November December").split()

#: EDTF writes a season in the place of the month.
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}

#: The thirds of a year stand there too; the ledger writes them for “early 2022” and the like.
THIRDS = {37: "early", 38: "the middle of", 39: "late"}

#: EDTF's marks for a date that is approximate, and for one that is uncertain.
MARKS = {"": "", "~": "about ", "?": "possibly "}

UNSTATED_YEAR = "an unstated year"

# Of EDTF's many forms the book uses those that a sentence can print: no sets,
# no quarters, no times of day.
_PART = re.compile(r"(?P<year>\d{3}X|\d\dXX|(?:\d{4}|XXXX)(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?)(?P<mark>[~?]?)")


#: A day, a month or a year without marks; no season.
_PLAIN = re.compile(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?")


def is_date(text: str) -> bool:
    """Say whether `text` is a date that the ledger may hold.

    It must be EDTF of a form that `text` can print, and possible: 31 February
    is not, 29 February needs a leap year, and a span may not end before it
    begins. (``parse_edtf`` lets the last two pass.)
    """
    ends = text.split("/")
    parts = [end for end in ends if end != ".."]
    if len(ends) > 2 or not parts or not all(_possible(part) for part in parts):
        return False
    if len(ends) == 2 and any(_split(part)[1] in {str(third) for third in THIRDS} for part in parts):
        return False  # EDTF has no spans of these
    if len(parts) == 2 and not any(part.startswith("XXXX") for part in parts):
        return _start(parts[0]) <= _start(parts[1])
    return True


def _possible(part: str) -> bool:
    if not _PART.fullmatch(part):
        return False
    year, month, day, _ = _split(part)
    if month and int(month) > 12:
        return int(month) in (SEASONS | THIRDS if year != "XXXX" else SEASONS) and not day
    if not month:
        return year != "0000"
    try:
        # 29 February of an unstated year is possible.
        datetime.date(int(year) if year != "XXXX" else 2000, int(month), int(day or 1))
    except ValueError:
        return False
    return True


def _start(part: str) -> tuple[int, int, int]:
    year, month, day, _ = _split(part)
    number = int(month or 1)
    if number in SEASONS:
        number = (number - 20) * 3  # spring begins in March
    return int(year.replace("X", "0")), number, int(day or 1)


@functools.cache  # reading EDTF takes its time
def bounds(text: str) -> tuple[float, float]:
    """Return the earliest and the latest moment of an EDTF date, in decimal years.

    Raises ``EDTFParseException`` for a text that is no date.
    """
    # Most dates are plain days, months and years, which the library for EDTF reads in ten milliseconds each.
    ends = text.split("/")
    if len(ends) <= 2 and all(_PLAIN.fullmatch(end) and _possible(end) for end in ends):
        return _decimal(_day(ends[0], 0), 0), _decimal(_day(ends[-1], -1), 1)
    date = parse_edtf(text)

    def decimal(moment: Any, end: int) -> float:
        if moment in (float("inf"), float("-inf")):
            return moment
        return _decimal((moment.tm_year, moment.tm_mon, moment.tm_mday), end)

    return decimal(date.lower_strict(), 0), decimal(date.upper_strict(), 1)


def _decimal(moment: tuple[int, int, int], end: int) -> float:
    year, month, day = moment
    return year + (month - 1 + (day - 1 + end) / 31) / 12


def _day(part: str, which: int) -> tuple[int, int, int]:
    """Year, month and day with which a plain date begins (0) or ends (-1)."""
    year, month, day = map(int, (part + "-00-00")[:10].split("-"))
    month = month or (1, 12)[which]
    return year, month, day or (1, calendar.monthrange(year, month)[1])[which]


def _split(part: str) -> tuple[str, str | None, str | None, str]:
    match = cast("re.Match[str]", _PART.fullmatch(part))  # what comes here is a date
    return match["year"][:4], match["month"], match["day"], MARKS[match["mark"]]


def nth(number: int) -> str:
    """Print ``19`` as ``19th``, ``21`` as ``21st``."""
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _year(year: str) -> str:
    if year == "XXXX":
        return UNSTATED_YEAR
    if year.endswith("XX"):
        return f"{nth(int(year[:2]) + 1)} century"
    return year.replace("X", "0") + ("s" if year.endswith("X") else "")


def _in_year(month: str, day: str | None, short: bool) -> str:
    """Day and month, or month alone, without the year."""
    name = (SEASONS | THIRDS).get(int(month)) or MONTHS[int(month) - 1]
    if short and name in MONTHS and len(name) > 4:
        name = name[:3]
    return f"{int(day)} {name}" if day else name


def _one(part: str, short: bool = False) -> str:
    year, month, day, mark = _split(part)
    if not month:
        return mark + _year(year)
    words = mark + _in_year(month, day, short)
    if year != "XXXX":
        return f"{words} {year}"
    # "8 October" stands alone; a bare month needs the warning.
    return words if day else f"{words} of {UNSTATED_YEAR}"


def text(date: str, short: bool = False) -> str:
    """Print an EDTF date in English: ``8–10 October 2025``, ``1930–1933``, ``about 1900``.

    A decade prints as ``1930s``, a century as ``19th century``.

    Parameters
    ----------
    date : EDTF string
    short : abbreviate month names (``9 Oct 2025``)

    Raises
    ------
    ValueError
        `date` is not EDTF, or of a form that the ledger does not use (`is_date`).
    """
    if not is_date(date):
        raise ValueError(f"{date!r} is not an EDTF date")
    start, _, end = date.partition("/")
    if not end or start == end:
        return _one(start, short)
    if end == "..":
        return "since " + _one(start, short)
    if start == "..":
        return "until " + _one(end, short)
    (y1, m1, d1, mark1), (y2, m2, d2, mark2) = _split(start), _split(end)
    last = _one(end, short)
    if y1 == y2 and m1 and m2 and not (mark1 or mark2):
        if m1 == m2 and d1 and d2:
            return f"{int(d1)}–{last}"
        # The year stands once, at the end.
        first = _in_year(m1, d1, short)
        return f"{first} – {last}" if d1 or d2 else f"{first}–{last}"
    first = _one(start, short)
    # An en dash joins single words; phrases of several words need air.
    return f"{first} – {last}" if " " in first + last else f"{first}–{last}"


def year(date: str) -> str:
    """Print only the year or years of an EDTF date (``2025``, ``1930–1933``)."""
    years = [_split(part)[0] for part in date.split("/") if part != ".."]
    if "XXXX" in years:
        return UNSTATED_YEAR
    years = list(dict.fromkeys(_year(y) for y in years))
    return " – ".join(years) if " " in "".join(years) else "–".join(years)


def month(date: str, otherwise: str = "no date") -> str:
    """Print the month of a date in its short form, where room is scarce: ``Aug 2024``; of a span the first.

    Parameters
    ----------
    date : an EDTF date, or empty
    otherwise : what is printed for an empty one
    """
    return text(date.split("/")[0][:7], short=True) if date else otherwise
