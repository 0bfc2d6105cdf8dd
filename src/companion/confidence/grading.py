"""The rule for confidence, which knows no ledger: from witnesses to evidence, agreement and confidence.

It is told in full in `companion.confidence`.
"""

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from companion import wording

# What each means is said where they are published, in `companion.confidence`.
EVIDENCE = ("limited", "medium", "robust")
AGREEMENT = ("low", "medium", "high")
GRADES = ("very low", "low", "medium", "high", "very high")
JUDGEMENTS = ("assessment", "forecast")
SIDES = ("supports", "limits")


@dataclass(frozen=True)
class Witness:
    """One claim as far as the rule needs to know it.

    Attributes
    ----------
    claim : id
    bearing : ``supports`` or ``limits``
    owners : whose claim it is; claims with an owner in common are not independent
    kind : fact, stance, assessment or forecast
    grade : of evidence, ``official``, ``published`` or ``weak``; empty for a source text
    verdicts : what its checks came to
    direct : whether it says the conclusion, its opposite or a part of either
    latest : the latest moment that it can be about, in decimal years; None where nobody knows
    """

    claim: str
    bearing: str
    owners: frozenset[str]
    kind: str = "fact"
    grade: str = ""
    verdicts: frozenset[str] = frozenset()
    direct: bool = True
    latest: float | None = None

    def shortcomings(self, since: float | None = None) -> tuple[str, ...]:
        """Name what is wanting: ``untested``, ``indirect``, ``dated``, or ``contradicted`` alone."""
        if "contradicted" in self.verdicts:
            return ("contradicted",)
        evidence = self.grade not in ("", "weak") and self.kind not in JUDGEMENTS
        tested = "imprecise" not in self.verdicts and ("confirmed" in self.verdicts or evidence)
        dated = since is not None and (self.latest is None or self.latest <= since)
        wanting = (("untested", not tested), ("indirect", not self.direct), ("dated", dated))
        return tuple(name for name, is_wanting in wanting if is_wanting)

    def quality(self, since: float | None = None) -> str:
        """Say how good the claim is: ``firm``, ``partial``, or ``none`` where it does not count."""
        wanting = self.shortcomings(since)
        if "contradicted" in wanting or len(wanting) > 1:
            return "none"
        return "partial" if wanting else "firm"


@dataclass(frozen=True)
class Side:
    """The voices for a conclusion, or those against it: how many, and how many of them are firm."""

    voices: int = 0
    firm: int = 0

    @property
    def weight(self) -> int:
        """The weight of a side: a firm voice counts twice."""
        return self.voices + self.firm


@dataclass(frozen=True)
class Assessment:
    """What the rule makes of some witnesses.

    Attributes
    ----------
    grade : confidence, one of `GRADES`
    evidence, agreement : one of `EVIDENCE`, one of `AGREEMENT`
    supports, limits : the two sides
    """

    grade: str
    evidence: str
    agreement: str
    supports: Side
    limits: Side


def select_voices(owners: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Return the most sets of owners of which no two have an owner in common."""
    return list(_select_voices(frozenset(owners)))


@functools.lru_cache(maxsize=4096)  # with one claim after another left out, most sides come again
def _select_voices(owners: frozenset[frozenset[str]]) -> tuple[frozenset[str], ...]:
    # A set that holds a smaller one can always give way to it.
    different = sorted(owners, key=lambda one: (len(one), sorted(one)))
    smallest = [one for place, one in enumerate(different) if not any(other <= one for other in different[:place])]

    def choose(rest: list[frozenset[str]]) -> list[frozenset[str]]:
        if not rest:
            return []
        first, others = rest[0], rest[1:]
        apart = [one for one in others if not one & first]
        taken = [first, *choose(apart)]
        # Whoever clashes with at most one of the others is always among a largest choice.
        if len(others) - len(apart) <= 1:
            return taken
        passed = choose(others)
        return taken if len(taken) >= len(passed) else passed

    return tuple(choose(smallest))


def gather_side(witnesses: Iterable[Witness], bearing: str, since: float | None = None) -> Side:
    """Count the voices of one side, ``supports`` or ``limits``."""
    owners: dict[str, list] = {"firm": [], "partial": [], "none": []}
    for one in witnesses:
        if one.bearing == bearing:
            owners[one.quality(since)].append(one.owners)
    return Side(len(select_voices(owners["firm"] + owners["partial"])), len(select_voices(owners["firm"])))


def grade_evidence(supports: Side) -> str:
    """Return the level of evidence: by the firm voices for a conclusion."""
    return EVIDENCE[min(max(supports.firm - 1, 0), 2)]


def grade_agreement(supports: Side, limits: Side) -> str:
    """Return the level of agreement: by the weight of the two sides."""
    if supports.voices >= 3 and supports.weight >= 4 * limits.weight:
        return "high"
    return "medium" if supports.voices and supports.weight >= 2 * limits.weight else "low"


def grade_confidence(evidence: str, agreement: str) -> str:
    """Return the confidence for a level of evidence and one of agreement, as the IPCC's figure has it."""
    return GRADES[EVIDENCE.index(evidence) + AGREEMENT.index(agreement)]


def assess(witnesses: Collection[Witness], since: float | None = None) -> Assessment:
    """Apply the rule at the head of this module to some witnesses.

    Parameters
    ----------
    witnesses : the claims that bear on one conclusion
    since : when the state began of which the conclusion speaks, in decimal years
    """
    supports, limits = (gather_side(witnesses, bearing, since) for bearing in SIDES)
    evidence, agreement = grade_evidence(supports), grade_agreement(supports, limits)
    outweighed = limits.weight > supports.weight
    return Assessment(
        GRADES[0] if outweighed else grade_confidence(evidence, agreement), evidence, agreement, supports, limits
    )


def explain(assessment: Assessment) -> str:
    """Say in one line why an assessment comes out as it does."""
    against = (
        f"against it {_say_voices(assessment.limits)}" if assessment.limits.voices else "nothing that counts against it"
    )
    return (
        f"{assessment.evidence.capitalize()} evidence (for it {_say_voices(assessment.supports)}), "
        f"{assessment.agreement} agreement ({against})."
    )


def _say_voices(side: Side) -> str:
    if not side.voices:
        return "no voice that counts"
    if side.voices == 1:
        return "one voice, firm" if side.firm else "one voice, not firm"
    firm = (
        "none of them firm"
        if not side.firm
        else "all firm"
        if side.firm == side.voices
        else f"{wording.in_words(side.firm)} of them firm"
    )
    return f"{wording.in_words(side.voices)} voices, {firm}"


def rule() -> pd.DataFrame:
    """Return the table of the rule: confidence for each level of evidence (rows) and of agreement (columns)."""
    rows = [[grade_confidence(evidence, agreement) for agreement in AGREEMENT] for evidence in EVIDENCE]
    table = pd.DataFrame(
        rows, index=[f"{one} evidence" for one in EVIDENCE], columns=[f"{one} agreement" for one in AGREEMENT]
    )
    return table.rename_axis(index="confidence")
