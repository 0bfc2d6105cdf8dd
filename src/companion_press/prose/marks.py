"""Marks at the spot: which words stand behind a claim that a check contradicts or finds imprecise.

A mark closes a run of claims of one check within a sentence, so that a sentence
with four imprecise phrases from one passage carries one mark and not four. The
pages and the notebooks ask here, and so mark the same places.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from companion.ledger import VERDICTS, Ledger

#: The verdicts that are marked, the gravest first: those by which a claim falls short.
MARKED = VERDICTS[:2]

#: Where one sentence ends and the next may begin; a blank line ends one too.
SENTENCE_END = re.compile(r"[.!?…]['”’\")*_]*\s|\n\s*\n")


@dataclass(frozen=True)
class Mark:
    """The word behind a claim and the check that it leads to.

    Attributes
    ----------
    verdict : one of `MARKED`, which is also the word as it is printed
    check : id of the check
    """

    verdict: str
    check: str


def of(ledger: Ledger, ids: Iterable[str]) -> tuple[Mark, ...]:
    """Return the marks that claims call for: one for each verdict among them, the gravest first.

    Parameters
    ----------
    ids : ids as a role takes them. Numbers that the book computes are not marked:
        no check speaks of them.
    """
    found: dict[str, Mark] = {}
    for id in ids:
        if ledger.is_derivation(id):
            continue
        claim = ledger.claim(id)["id"]
        verdict = ledger.verdict(claim)
        if verdict in MARKED:
            check = next(row["id"] for row in ledger.checks_of(claim) if row["verdict"] == verdict)
            found.setdefault(verdict, Mark(verdict, check))
    return tuple(found[verdict] for verdict in MARKED if verdict in found)


def placed(ledger: Ledger, stretch: Iterable[str | tuple[str, ...]]) -> list[tuple[Mark, ...]]:
    """Return for each claim of a stretch of prose the marks that stand behind it.

    Parameters
    ----------
    stretch : what follows on what in a paragraph: texts, and for each use of a
        role the tuple of its ids

    A mark that the next claim of the same sentence repeats is left to that one.
    """
    wanted, gaps = [], [""]
    for part in stretch:
        if isinstance(part, str):
            gaps[-1] += part
        else:
            wanted.append(of(ledger, part))
            gaps.append("")
    shown = []
    for place, own in enumerate(wanted):
        # What stands between this claim and the next one.
        ends = place + 1 == len(wanted) or SENTENCE_END.search(gaps[place + 1])
        shown.append(own if ends else tuple(mark for mark in own if mark not in wanted[place + 1]))
    return shown
