"""What a reader may type instead of the book's own word: another spelling, another name.

Names stand in the ledger (the column ``also``). British and American spelling differ by one rule, *-ise*
and *-ize*, and else by single words, which `SPELLINGS` lists. No library serves: codespell's list lacks a
third of the book's own words of this kind, breame's is not kept up and takes *tonnes* for *tons*, and
VarCon, the fullest list, is not packaged for Python. The index has only the variants of words that it holds.
"""

import csv
import re
from pathlib import Path

from companion.ledger import Ledger
from companion.names import bare, other_names

#: Pairs of beginnings of words, British and American; a pair with a blank in it is a phrase.
SPELLINGS = Path(__file__).parent / "spellings.csv"

#: Where *-ise* and *-ize*, *-yse* and *-yze* differ.
_ISE = re.compile(r"(?<=[a-z]{3}[iy])[sz](?=(?:e|ed|es|er|ers|ing|ation|ations|able)$)")
#: A word without joints, or one with a first syllable set off (*co-operation*); names and ids have more joints.
_WORD = re.compile(r"(?<![\w-])(?:[a-z]{2}-)?[a-z]+(?![\w-])|[a-z]+")


def _pairs() -> list[tuple[str, str]]:
    with SPELLINGS.open(encoding="utf-8", newline="") as file:
        return [(row["british"], row["american"]) for row in csv.DictReader(file)]


def spellings(text: str) -> list[list[str]]:
    """Return the other spelling of each word of a text that has one.

    Parameters
    ----------
    text : str
        All that the index holds.

    Returns
    -------
    list of [str, str]
        Two spellings of one word in lower case, of which the text has at least one; sorted.
    """
    beginnings = [pair for pair in _pairs() if not any(" " in word for word in pair)]
    # The longest beginning counts: "programme" and not "program".
    begun = sorted([*beginnings, *(pair[::-1] for pair in beginnings)], key=lambda pair: -len(pair[0]))
    found = set()
    for word in set(_WORD.findall(text.lower())):
        others = {_ISE.sub(lambda match: "z" if match[0] == "s" else "s", word)} - {word}
        for own, other in begun:
            if word.startswith(own):
                others.add(other + word.removeprefix(own))
                break
        found |= {tuple(sorted((word, other))) for other in others}
    return [list(pair) for pair in sorted(found)]


def names(ledger: Ledger) -> list[list[str]]:
    """Return names for the same thing, which stand for each other in the search.

    Parameters
    ----------
    ledger : Ledger
        Its actors and places have the names.

    Returns
    -------
    list of list of str
        The book's own name first. A person has two such lists, or more: one for the family name, one for the
        whole name, because who types the one has not typed the other.
    """
    groups: dict[str, dict[str, None]] = {}

    def add(own: str, *others: str) -> None:
        groups.setdefault(own, {}).update(dict.fromkeys(others))

    for row in ledger.actors.to_dict("records"):
        name = bare(row["name"])
        for other in filter(None, (row["local_name"], *other_names(row))):
            if row["kind"] == "person":
                for length in (1, len(other.split())):
                    add(_last(name, length), _last(other, length))
            else:
                add(name, other)
    for row in ledger.places.to_dict("records"):
        for name in row["name"].split(" / "):
            add(bare(name), *other_names(row))
    for british, american in _pairs():
        if " " in british + american:
            add(british, american)
    return [[own, *others] for own, others in groups.items() if set(others) - {own}]


def _last(name: str, length: int) -> str:
    return " ".join(name.split()[-length:])
