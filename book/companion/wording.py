"""Values of the ledger as the prose prints them: qualifier, number, unit, period."""
from . import dates
from .ledger import Ledger, Quantity, Report

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
SHORT_SCALES = {"": "", "thousand": "k", "million": "m", "billion": "bn"}
QUALIFIERS = {
    "exactly": "", "about": "about ", "at least": "at least ", "more than": "more than ",
    "at most": "at most ", "less than": "less than ", "between": "",
}
SHORT_QUALIFIERS = {
    "exactly": "", "about": "~", "at least": "≥", "more than": ">",
    "at most": "≤", "less than": "<", "between": "",
}
FRACTIONS = {0.25: "a quarter", 0.5: "half", 0.75: "three quarters"}
SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
SINGULAR = {
    "people": "person", "states": "state", "days": "day", "weeks": "week",
    "months": "month", "years": "year",
}


def in_words(number: int) -> str:
    """Print a count as prose does: ``five``, but ``47``."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def ordinal(number: int) -> str:
    """Print ``1`` as ``first``, ``6`` as ``sixth``, ``80`` as ``80th``."""
    words = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    if 1 <= number <= len(words):
        return words[number - 1]
    teen = 10 <= number % 100 <= 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def figure(number: float) -> str:
    """Print a number with thousands separators and no needless decimals."""
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.10f}".rstrip("0")


def _amount(q: Quantity, number: float, short: bool) -> str:
    scale = SHORT_SCALES[q.scale] if short else (f" {q.scale}" if q.scale else "")
    if len(q.unit) == 3 and q.unit.isupper() and q.unit != "TEU":
        sign = SIGNS.get(q.unit)
        return f"{sign}{figure(number)}{scale}" if sign else f"{figure(number)}{scale} {q.unit}"
    if q.unit == "percent":
        return f"{figure(number)}%" if short else f"{figure(number)} percent"
    if q.unit == "ratio":
        return FRACTIONS.get(number, figure(number))
    if q.unit in ("year", "calendar year"):
        return f"{number:.0f}"  # a year takes no thousands separator
    if q.unit == "times":
        return f"{figure(number)} times" if number >= len(SMALL) or number % 1 else f"{in_words(int(number))} times"
    if q.unit == "ordinal":
        return ordinal(int(number))
    unit = SINGULAR.get(q.unit, q.unit) if number == 1 and not q.scale else q.unit
    if not q.scale and number == int(number) and abs(number) < len(SMALL) and not short:
        return f"{in_words(int(number))} {unit}"
    return f"{figure(number)}{scale} {unit}"


def quantity(q: Quantity, short: bool = False) -> str:
    """Print a quantity: ``more than $45 billion``; short: ``>$45bn``.

    A range prints both ends (``between 13 and 15 percent``). Whether the
    number is a rise or a fall is for the sentence around it to say.
    """
    if q.comparison == "between":
        low, high = _amount(q, q.value, short), _amount(q, q.upper, short)
        return f"{low}–{high}" if short else f"between {low} and {high}"
    words = SHORT_QUALIFIERS if short else QUALIFIERS
    return words[q.comparison] + _amount(q, q.value, short)


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
        counted = found.unit not in ("percent", "ratio", "ordinal") and not found.unit.isupper()
        small = found.value == int(found.value) and 0 <= found.value < len(SMALL)
        return in_words(int(found.value)) if counted and small and not found.scale else figure(found.value)
    if form == "signed":
        if found.form not in ("rise", "fall"):
            raise ValueError(f"{id!r} is a {found.form}, not a rise or fall, and has no sign")
        return ("+" if found.form == "rise" else "−") + quantity(found)
    return quantity(found, short=form == "short")
