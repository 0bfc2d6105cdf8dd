"""Characters that nobody sees or that change what is seen beside them, and what stands in their place."""

import re
import unicodedata
from collections.abc import Iterator

#: Letters without a picture that Unicode does not count among the controls.
UNSEEN = frozenset(
    [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0]
    + [*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)
#: What a text may hold: printed characters of one width of blank; lines end in one way (see `companion_checks.files`).
LINES = frozenset("\n\t")
#: In Persian a word may hold a joint that nobody sees.
JOINT = "\u200c"
#: Marks above and below a letter: so many belong to one.
MARKS = 2

_PLAIN = re.compile(r"[\x20-\x7e\n]*")
#: A letter with what comes behind it that is no letter of its own.
_LETTER = re.compile(r".[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670\u3099\u309a]*", re.S)


def called(character: str) -> str:
    """Return a character as a writer can look it up: ``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def faults(text: str, allowed: frozenset[str] = frozenset()) -> Iterator[tuple[int, str, str]]:
    """Say which characters of a text are wrong: where, what, and what would be right; of each kind the first.

    Parameters
    ----------
    text : str
        Any text.
    allowed : set of str
        Controls that may stand in it.
    """
    if _PLAIN.fullmatch(text) and (allowed or "\n" not in text):
        return
    found = []
    # Texts are long and have few characters beyond the plain ones, so each of these is looked for.
    for character in {one for one in set(text) - allowed if not " " <= one <= "~"}:
        for at in _places(text, character):
            if fault := _fault(text, at):
                found.append((at, *fault))
                break
    yield from sorted(found)
    if found or unicodedata.is_normalized("NFC", text):
        return
    for letter in _LETTER.finditer(text):
        composed = unicodedata.normalize("NFC", letter[0])
        if composed != letter[0]:
            wrong = f"{composed!r} is written in parts or in an old form ({' '.join(map(called, letter[0]))})"
            yield letter.start(), wrong, f"Write the composed character, {composed!r} (Unicode NFC)"
            return
    yield 0, "characters that belong together are written in parts", "Write them composed (Unicode NFC)"  # Hangul


def _places(text: str, character: str) -> Iterator[int]:
    """Yield where a character stands: once, but for those that are judged by what is beside them."""
    at = text.find(character)
    while at >= 0:
        yield at
        beside = character == JOINT or unicodedata.category(character) in ("Mn", "Me")
        at = text.find(character, at + 1) if beside else -1


def _fault(text: str, at: int) -> tuple[str, str] | None:
    character = text[at]
    kind = unicodedata.category(character)
    if character == JOINT and 0 < at < len(text) - 1 and _is_arabic(text[at - 1]) and _is_arabic(text[at + 1]):
        return None
    if character == "\ufffd":
        return f"{called(character)} stands where a character was lost", "Write the character that was meant"
    if kind in ("Cc", "Cf", "Zl", "Zp") or ord(character) in UNSEEN:
        return f"nobody sees the character {called(character)}", "Take it out; what is shown needs no controls"
    if kind in ("Cn", "Co", "Cs"):
        return f"{called(character)} is not a character that everybody has", "Write it with characters of Unicode"
    if kind in ("Mn", "Me"):
        before = text[max(at - MARKS, 0) : at]
        if not before or not (before[-1].isalpha() or unicodedata.category(before[-1]) in ("Mn", "Mc")):
            return f"the mark {called(character)} has no letter", "Write it behind its letter, or take it out"
        if len(before) == MARKS and all(unicodedata.category(one) in ("Mn", "Me") for one in before):
            return f"a letter has more than {MARKS} marks", "Leave those that belong to it"
    return None


def _is_arabic(character: str) -> bool:
    return unicodedata.name(character, "").startswith("ARABIC LETTER")
