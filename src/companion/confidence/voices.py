"""Who stands behind a claim, and how good it is: rows of the ledger as the witnesses that the rule asks for."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from companion import dates
from companion import sources as cards
from companion.confidence.grading import Witness
from companion.ledger import Ledger, per_ledger


def read(ledger: Ledger, row: dict, without: Collection[str]) -> Witness:
    """Return the witness of a row of ``conclusion_claims``, with what its checks come to where some sources are left out."""
    claim = ledger.claim(row["claim"])
    return Witness(
        claim["id"],
        row["bearing"],
        owners(ledger, claim["id"]),
        claim["kind"],
        "" if claim["source"] in ledger.seeds else claim["grade"],
        _verdicts(ledger, claim["id"], without),
        row["directness"] == "direct",
        _latest(ledger, claim["id"]),
    )


def _verdicts(ledger: Ledger, claim: str, without: Collection[str]) -> frozenset[str]:
    """Return the verdicts of the checks behind which a reference better than weak still stands."""
    behind = tables(ledger).behind
    return frozenset(
        check["verdict"]
        for check in ledger.checks_of(claim)
        if any(grade != "weak" and key not in without for key, grade in behind.get(check["check"], {}).items())
    )


@per_ledger
def _latest(ledger: Ledger, id: str) -> float | None:
    """Return the latest moment that a claim can be about, in decimal years, or None where nothing tells."""
    fields = cards.references(ledger.root).entries[ledger.claim(id)["source"]].fields
    moments = [quantity.period or quantity.since for quantity in ledger.quantities_of(id)]
    moments += [report.date for report in [ledger.report_of(id)] if report]
    # A year that a text leaves open dates nothing.
    told = [dates.bounds(text)[1] for text in moments if text and "XXXX" not in text]
    published = [dates.bounds(text)[1] for text in [fields.get("date") or fields.get("year", "")] if text]
    return min(([max(told)] if told else []) + published, default=None)


def _speakers(ledger: Ledger, id: str) -> tuple[str, ...]:
    """Return whose claim one is: an actor, a source, or both. It hangs on no check, so that none can part what is one."""
    claim = ledger.claim(id)
    if not claim["said_by"]:
        return (claim["source"],)
    heard = claim["mode"] == "quoted" or claim["source"] not in ledger.seeds
    return (claim["said_by"],) if heard else (claim["source"], claim["said_by"])


@per_ledger
def owners(ledger: Ledger, id: str) -> frozenset[str]:
    """Return the owners of a claim: authors or outlets by name, and the groups of those who lean on each other."""
    leader = tables(ledger).leader
    found = set()
    for one in _speakers(ledger, id):
        found.add(_name(ledger, one))
        if one in leader:
            found.add(f"all that lean on {leader[one]}")
    return frozenset(found)


@per_ledger
def voice(ledger: Ledger, id: str) -> str:
    """Name the owners of a claim, with those source texts that lean on them."""
    leader = tables(ledger).leader
    speakers = _speakers(ledger, id)
    groups = {leader[one] for one in speakers if one in leader}
    echoes = [key for key in ledger.seeds if leader.get(key) in groups]
    return ", ".join(sorted({_name(ledger, one) for one in (*speakers, *echoes)}))


@per_ledger
def _name(ledger: Ledger, one: str) -> str:
    """Name a speaker, or the author or outlet of a source."""
    return ledger.name(one) if one in tables(ledger).actors else cards.author(one, ledger.root)


def _leaders(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, for everything that pairs name, the one that stands for all that belong together."""
    above: dict[str, str] = {}

    def top(one: str) -> str:
        while above.setdefault(one, one) != one:
            one = above[one]
        return one

    for one, other in pairs:
        above[max(top(one), top(other))] = min(top(one), top(other))
    return {one: top(one) for one in list(above)}


@dataclass(frozen=True)
class Tables:
    """The tables of the ledger behind the conclusions, by their keys."""

    since: dict  # decimal years, or None
    bearings: dict
    behind: dict  # the references of a check with their grades
    leader: dict  # who stands for all that lean on each other
    actors: frozenset


@per_ledger
def tables(ledger: Ledger) -> Tables:
    """Return the tables of a ledger behind its conclusions."""
    behind: dict[str, dict[str, str]] = {}
    for row in ledger.check_sources.to_dict("records"):
        behind.setdefault(row["check"], {})[row["reference"]] = row["grade"]
    since = {
        row["id"]: dates.bounds(row["since"])[0] if row["since"] else None
        for row in ledger.conclusions.to_dict("records")
    }
    bearings: dict[str, list[dict[str, Any]]] = {id: [] for id in since}
    for row in ledger.conclusion_claims.to_dict("records"):
        bearings[row["conclusion"]].append(row)
    leader = _leaders(zip(ledger.dependences["one"], ledger.dependences["other"]))
    return Tables(since, bearings, behind, leader, frozenset(ledger.actors["id"]))
