"""The conclusions of the book with their confidence, what carries it, and what happens where a source is left out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from companion import sources as cards
from companion import wording
from companion.confidence import voices
from companion.confidence.grading import GRADES, Assessment, Witness, assess, explain
from companion.ledger import Ledger, UnknownId, per_ledger

DOMAINS = {
    "security": "security",
    "trade": "trade, investment and routes",
    "work and money": "work and money",
    "diplomacy": "diplomacy",
    "culture and memory": "culture, memory and opinion",
    "overall": "overall, and state by state",
}
#: The lowest grade at which a sentence may state a conclusion flat.
FLAT = "high"
#: So many conclusions are named in a sentence; of more it says how many fall and to which grade.
NAMED_AT_MOST = 7


@dataclass(frozen=True)
class Weighed:
    """A claim that bears on a conclusion, with what the rule makes of it.

    Attributes
    ----------
    claim, source : ids
    bearing : ``supports`` or ``limits``
    voice : the names of its owners
    quality : ``firm``, ``partial`` or ``none``
    shortcomings : what is wanting
    """

    claim: str
    source: str
    bearing: str
    voice: str
    quality: str
    shortcomings: tuple[str, ...]


@dataclass(frozen=True)
class Judgement(Assessment):
    """A conclusion with its confidence: an `Assessment` that knows its claims.

    Attributes
    ----------
    conclusion : id
    weighed : every claim that bears on it, in the order of the table
    """

    conclusion: str
    weighed: tuple[Weighed, ...]

    @property
    def may_be_stated_flat(self) -> bool:
        """Whether a sentence may state it without saying how sure the book is."""
        return GRADES.index(self.grade) >= GRADES.index(FLAT)


def judge(
    ledger: Ledger, conclusion: str, without: Collection[str] = (), without_claims: Collection[str] = ()
) -> Judgement:
    """Assess a conclusion by the rule at the head of this module.

    Parameters
    ----------
    conclusion : id in the table ``conclusions``
    without : keys of sources that are left out: their claims, and their part in checks
    without_claims : ids of claims that are left out

    Raises
    ------
    UnknownId
        There is no such conclusion.
    """
    return _judge(ledger, conclusion, _touching(ledger, conclusion, without), frozenset(without_claims))


def _touching(ledger: Ledger, conclusion: str, without: Collection[str]) -> frozenset[str]:
    """Return those of the sources on which a conclusion rests: without the others it stays what it is."""
    tables = voices.tables(ledger)
    if conclusion not in tables.since:
        raise UnknownId(f"the ledger has no conclusion {conclusion!r}")
    return frozenset(without) & _resting_on(ledger, conclusion)


@per_ledger
def _resting_on(ledger: Ledger, conclusion: str) -> set[str]:
    tables = voices.tables(ledger)
    claims = [row["claim"] for row in tables.bearings[conclusion]]
    checks = {check["check"] for id in claims for check in ledger.checks_of(id)}
    return {ledger.claim(id)["source"] for id in claims} | {key for one in checks for key in tables.behind.get(one, {})}


@per_ledger  # an explorer asks for every conclusion in every one of its states
def _judge(ledger: Ledger, conclusion: str, without: frozenset[str], without_claims: frozenset[str]) -> Judgement:
    witnesses, since = _witnesses(ledger, conclusion, without)
    return _judged(ledger, conclusion, [one for one in witnesses if one.claim not in without_claims], since)


def _witnesses(ledger: Ledger, conclusion: str, without: frozenset[str]) -> tuple[list[Witness], float | None]:
    tables = voices.tables(ledger)
    bearings = [row for row in tables.bearings[conclusion] if ledger.claim(row["claim"])["source"] not in without]
    return [voices.read(ledger, row, without) for row in bearings], tables.since[conclusion]


def _judged(ledger: Ledger, conclusion: str, witnesses: list[Witness], since: float | None) -> Judgement:
    assessment = assess(witnesses, since)
    weighed = tuple(
        Weighed(
            one.claim,
            ledger.claim(one.claim)["source"],
            one.bearing,
            voices.voice(ledger, one.claim),
            one.quality(since),
            one.shortcomings(since),
        )
        for one in witnesses
    )
    return Judgement(**vars(assessment), conclusion=conclusion, weighed=weighed)


def judge_all(ledger: Ledger, without: Collection[str] = ()) -> dict[str, Judgement]:
    """Assess every conclusion, in the order of the table; see `judge`."""
    return {id: judge(ledger, id, without) for id in ledger.conclusions["id"]}


def table(ledger: Ledger, without: Collection[str] = ()) -> pd.DataFrame:
    """Return a row for each conclusion: what it says of what, its confidence, and why in one line.

    Parameters
    ----------
    ledger : the ledger
    without : keys of sources that are left out; ``grade_with_all`` is the confidence with them
    """
    rows = []
    complete = judge_all(ledger)
    for row in ledger.conclusions.to_dict("records"):
        judged = judge(ledger, row["id"], without)
        rows.append(
            {
                "conclusion": row["id"],
                **{name: row[name] for name in ("label", "statement", "domain", "state", "party", "chapter")},
                "grade": judged.grade,
                "grade_with_all": complete[row["id"]].grade,
                "evidence": judged.evidence,
                "agreement": judged.agreement,
                "voices_for": judged.supports.voices,
                "firm_for": judged.supports.firm,
                "voices_against": judged.limits.voices,
                "firm_against": judged.limits.firm,
                "why": explain(judged),
            }
        )
    return pd.DataFrame(rows)


def effect(ledger: Ledger, name: str, without: Collection[str] = (), order: Iterable[str] | None = None) -> str:
    """Say in a sentence which conclusions change, and how, where some sources are left out.

    Parameters
    ----------
    ledger : the ledger
    name : how the sentence names the sources
    without : their keys; where there are none, the sentence says how sure the book is of its conclusions
    order : ids of the conclusions, in the order in which they are named; by default that of their table
    """
    rows, count = table(ledger, without), wording.in_words
    if order is not None:
        rows = rows.set_index("conclusion").loc[list(order)]
    if not len(without):
        held = rows["grade"].value_counts()
        said = [f"{count(held[grade])} with {grade} confidence" for grade in reversed(GRADES) if grade in held]
        return f"With every source in place the book holds {', '.join(said)}."
    moved = rows[rows["grade"] != rows["grade_with_all"]]
    if moved.empty:
        gone = sum(ledger.claim(id)["source"] in without for id in ledger.conclusion_claims["claim"])
        times = {1: "once", 2: "twice"}.get(gone, f"{count(gone)} times")
        return f"Without {name} no confidence changes: where it bears on a conclusion, {times} in all, others carry it."
    changes = f"Without {name} the confidence in {count(len(moved))} of {count(len(rows))} conclusions changes"
    if len(moved) <= NAMED_AT_MOST:
        return f"{changes}: {_name_moves(moved)}."
    rank = {grade: place for place, grade in enumerate(GRADES)}
    rises = moved["grade"].map(rank) > moved["grade_with_all"].map(rank)
    falls = moved[~rises]["grade"].value_counts()
    told = [f"{count(falls[grade])} to {grade}" for grade in GRADES if grade in falls]
    fallen = f"{count(falls.sum())} fall{'s' if falls.sum() == 1 else ''} ({', '.join(told)})"
    if not rises.any():
        return f"{changes}: {fallen}."
    risen = f"{count(rises.sum())} rise{'s' if rises.sum() == 1 else ''}: {_name_moves(moved[rises])}"
    return f"{changes}: {fallen}, and {risen}."


def _name_moves(rows: pd.DataFrame) -> str:
    return "; ".join(f"{row.label} ({row.grade_with_all} to {row.grade})" for row in rows.itertuples())


def account(ledger: Ledger, conclusion: str | Collection[str], without: Collection[str] = ()) -> pd.DataFrame:
    """Return a row for each claim that bears on a conclusion: how good it is, why, and what happens without it.

    Of several conclusions the column ``conclusion`` says on which.

    The column ``carries`` says whether a side would have fewer voices, or fewer firm ones, if
    this claim alone were left out: not where its owner has another as good.
    """
    if isinstance(conclusion, str):
        return pd.DataFrame(_account(ledger, conclusion, _touching(ledger, conclusion, without)))
    rows = [
        {**row, "conclusion": one}
        for one in conclusion
        for row in _account(ledger, one, _touching(ledger, one, without))
    ]
    return pd.DataFrame(rows)


@per_ledger
def _account(ledger: Ledger, conclusion: str, without: frozenset[str]) -> list[dict[str, Any]]:
    witnesses, since = _witnesses(ledger, conclusion, without)
    judged = _judge(ledger, conclusion, without, frozenset())
    rows = []
    for one in judged.weighed:
        other = assess([witness for witness in witnesses if witness.claim != one.claim], since)
        rows.append(
            {
                "bearing": one.bearing,
                "statement": ledger.claim(one.claim)["statement"],
                "source": one.source,
                "voice": one.voice,
                "quality": one.quality,
                "shortcomings": ", ".join(one.shortcomings),
                "carries": (judged.supports, judged.limits) != (other.supports, other.limits),
                "grade_without_it": other.grade,
                "claim": one.claim,
            }
        )
    return rows


def sources(ledger: Ledger) -> dict[str, str]:
    """Return all sources on which a conclusion rests, in claims or in checks: their names by their keys, the seeds first."""
    keys = {key for id in ledger.conclusions["id"] for key in _resting_on(ledger, id)}
    ordered = sorted(keys, key=lambda key: (key not in ledger.seeds, key))
    # An outlet has many reports in a year: the key tells them apart.
    return {key: cards.short(key, ledger.root) + ("" if key in ledger.seeds else f" ({key})") for key in ordered}
