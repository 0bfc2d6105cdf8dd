"""How far each conclusion of the book is supported: a rule that anyone can apply by hand.

The scale is that of the Intergovernmental Panel on Climate Change (Mastrandrea and others
2010, ``mastrandrea2010-guidance`` in ``seeds/references.bib``): *evidence* is limited, medium
or robust by its type, amount and quality; *agreement* is low, medium or high; both together
give a *confidence* from very low to very high, which grows along the diagonal from little and
disputed evidence to much and undisputed. It is a judgement in words, not a probability. GRADE
(``bmjnd-grade``) was the other candidate. It starts from how a study was designed, a trial or
an observation, and a ledger of newspapers, statistics and opinions has no such order; what is
taken from it is that quality falls for stated reasons.

The tables hold three judgements of the authors and no more: which claims bear on a conclusion
(``conclusion_claims``: for or against, in so many words or by a further step), since when the
state holds that it speaks of (``conclusions.since``), and who leans on whom (``dependences``).
The rule does the rest.

1. **How good a claim is.** It is *firm* where nothing is wanting, *partial* with one
   shortcoming, and does not count with two or more. The shortcomings:

   * *untested*: the claim of a source text that no check confirmed, or that one found
     imprecise; evidence graded weak; evidence that is itself an assessment or a forecast.
     A check counts as long as a reference better than weak stands behind it;
   * *indirect*: from the claim to the conclusion one more step is needed;
   * *dated*: the conclusion has a ``since``, and the claim is about an earlier time, or
     nobody knows about which. A claim is as old as its latest number or event and, where
     it has neither, as its source; it is never younger than its source.

   A claim that a check contradicted does not count.
2. **Whose voice it is.** A claim belongs to its author or outlet, and to everyone on whom
   ``dependences`` says that they lean. What evidence ascribes to somebody, and what anybody
   quotes, is the speaker's. What a source text ascribes to somebody without his words belongs
   to both, so that it is nobody's second voice. Two claims are independent where they have no
   owner in common. The *voices* of a side are the most claims of it that are independent of
   each other; its *firm voices*, the most firm ones.
3. **Evidence** is read from the firm voices for the conclusion: *limited* with one or none,
   *medium* with two, *robust* with three or more. Hearsay does not add up to proof.
4. **Agreement** sets all voices for against all voices against. A side weighs as much as its
   voices and its firm voices together, so that a firm voice counts twice. Agreement is *high*
   with three voices for, if they weigh four times as much as the other side at least;
   *medium* if they weigh twice as much; otherwise *low*.
5. **Confidence** is the sum of both steps, as in the IPCC's figure:

   ==================  =============  ================  ==============
   evidence            low agreement  medium agreement  high agreement
   ==================  =============  ================  ==============
   limited             very low       low               medium
   medium              low            medium            high
   robust              medium         high              very high
   ==================  =============  ================  ==============

   Where more weighs against a conclusion than for it, confidence is very low, whatever else.

**What follows.** One more independent voice for a conclusion never lowers its confidence, and
taking one away never raises it; one more against never raises it, and taking one away never
lowers it. The same holds of a check: to confirm what speaks for a conclusion, or to contradict
what speaks against it, never lowers the confidence, and the loss of such a check never raises it.
A *source* that is left out may move a grade either way if it contributes to both sides.

**What the rule does not see.** It counts who bears a conclusion out, not which part of it: where
a conclusion has several parts, each voice may bear out one. It does not know who has an interest
in what they say. And a claim counts as independent unless ``dependences`` says otherwise.

**An example by hand.** “Trade fell” has five claims for it. The ministry's figure, in evidence
graded official: firm. A newspaper's report of that figure, which names the ministry: the same
owner, so no second voice. A bank's figure: firm. A columnist, unchecked: partial. A second
columnist, who copied the first (``dependences`` says so): the same owner again. That makes
three voices, two of them firm. Evidence is *medium*. Against it stand an unchecked claim about
one port only (untested and indirect: it does not count) and an official statement about one
month (indirect: partial), one voice, not firm. For: 3 + 2 = 5; against: 1 + 0 = 1. Three
voices and five times the weight: agreement is *high*. So confidence is *high*. Without the
columnists two voices are left, which is *medium* agreement (4 against 1) and *medium*
confidence. Had a check confirmed the first columnist, there would be three firm voices, robust
evidence and *very high* confidence.

What is below high is not stated flat in the book: the role ``{conclusion}`` prints the
confidence beside the sentence.
"""

import functools
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from companion import dates, wording
from companion import sources as cards
from companion.ledger import Ledger, UnknownId

#: The levels of evidence, of agreement and of confidence, each from the lowest.
EVIDENCE = ("limited", "medium", "robust")
AGREEMENT = ("low", "medium", "high")
GRADES = ("very low", "low", "medium", "high", "very high")
#: The fields in which the book concludes, with what heads each in a list.
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
JUDGEMENTS = ("assessment", "forecast")
SIDES = ("supports", "limits")


# -- the rule, which knows no ledger ------------------------------------------------------


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
    # A set that holds a smaller one can always give way to it.
    different = sorted(set(owners), key=lambda one: (len(one), sorted(one)))
    smallest = [one for place, one in enumerate(different) if not any(other <= one for other in different[:place])]

    def choose(rest):
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

    return choose(smallest)


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


def _say_voices(side):
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


# -- the ledger, as the rule needs it -----------------------------------------------------


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
    tables = _tables(ledger)
    if conclusion not in tables.since:
        raise UnknownId(f"the ledger has no conclusion {conclusion!r}")
    since = tables.since[conclusion]
    witnesses = [
        _read(ledger, row, without)
        for row in tables.bearings[conclusion]
        if ledger.claim(row["claim"])["source"] not in without and row["claim"] not in without_claims
    ]
    assessment = assess(witnesses, since)
    weighed = tuple(
        Weighed(
            one.claim,
            ledger.claim(one.claim)["source"],
            one.bearing,
            _voice(ledger, one.claim),
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
        return (
            f"Without {name} no confidence changes: where it bears on a conclusion, {count(gone)} times in all, "
            f"others carry it."
        )
    words = [f"{row.label} ({row.grade_with_all} to {row.grade})" for row in moved.itertuples()]
    return (
        f"Without {name} the confidence in {count(len(words))} of {count(len(rows))} conclusions changes: "
        f"{'; '.join(words)}."
    )


def account(ledger: Ledger, conclusion: str | Collection[str], without: Collection[str] = ()) -> pd.DataFrame:
    """Return a row for each claim that bears on a conclusion: how good it is, why, and what happens without it.

    Of several conclusions the column ``conclusion`` says on which.

    The column ``carries`` says whether a side would have fewer voices, or fewer firm ones, if
    this claim alone were left out: not where its owner has another as good.
    """
    if not isinstance(conclusion, str):
        return pd.concat([account(ledger, one, without).assign(conclusion=one) for one in conclusion])
    judged = judge(ledger, conclusion, without)
    rows = []
    for one in judged.weighed:
        other = judge(ledger, conclusion, without, [one.claim])
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
    return pd.DataFrame(rows)


def sources(ledger: Ledger) -> dict[str, str]:
    """Return all sources on which a conclusion rests, in claims or in checks: their names by their keys, the seeds first."""
    behind, claims = _tables(ledger).behind, ledger.conclusion_claims["claim"]
    keys = {ledger.claim(id)["source"] for id in claims}
    keys |= {key for id in claims for check in ledger.checks_of(id) for key in behind.get(check["check"], {})}
    ordered = sorted(keys, key=lambda key: (key not in ledger.seeds, key))
    # An outlet has many reports in a year: the key tells them apart.
    return {key: cards.short(key, ledger.root) + ("" if key in ledger.seeds else f" ({key})") for key in ordered}


def _read(ledger, row, without):
    """Return the witness of a row of ``conclusion_claims``."""
    claim = ledger.claim(row["claim"])
    return Witness(
        claim["id"],
        row["bearing"],
        _owners(ledger, claim["id"]),
        claim["kind"],
        "" if claim["source"] in ledger.seeds else claim["grade"],
        _verdicts(ledger, claim["id"], without),
        row["directness"] == "direct",
        _latest(ledger, claim["id"]),
    )


def _verdicts(ledger, claim, without):
    """Return the verdicts of the checks behind which a reference better than weak still stands."""
    behind = _tables(ledger).behind
    return frozenset(
        check["verdict"]
        for check in ledger.checks_of(claim)
        if any(grade != "weak" and key not in without for key, grade in behind.get(check["check"], {}).items())
    )


@functools.cache
def _latest(ledger, id):
    """Return the latest moment that a claim can be about, in decimal years, or None where nothing tells."""
    fields = cards.references(ledger.root).entries[ledger.claim(id)["source"]].fields
    moments = [quantity.period or quantity.since for quantity in ledger.quantities_of(id)]
    moments += [report.date for report in [ledger.report_of(id)] if report]
    # A year that a text leaves open dates nothing.
    told = [dates.bounds(text)[1] for text in moments if text and "XXXX" not in text]
    published = [dates.bounds(text)[1] for text in [fields.get("date") or fields.get("year", "")] if text]
    return min(([max(told)] if told else []) + published, default=None)


def _speakers(ledger, id):
    """Return whose claim one is: an actor, a source, or both. It hangs on no check, so that none can part what is one."""
    claim = ledger.claim(id)
    if not claim["said_by"]:
        return (claim["source"],)
    heard = claim["mode"] == "quoted" or claim["source"] not in ledger.seeds
    return (claim["said_by"],) if heard else (claim["source"], claim["said_by"])


@functools.cache
def _owners(ledger, id):
    """Return the owners of a claim: authors or outlets by name, and the groups of those who lean on each other."""
    leader = _tables(ledger).leader
    owners = set()
    for one in _speakers(ledger, id):
        owners.add(_name(ledger, one))
        if one in leader:
            owners.add(f"all that lean on {leader[one]}")
    return frozenset(owners)


@functools.cache
def _voice(ledger, id):
    """Name the owners of a claim, with those source texts that lean on them."""
    leader = _tables(ledger).leader
    speakers = _speakers(ledger, id)
    groups = {leader[one] for one in speakers if one in leader}
    echoes = [key for key in ledger.seeds if leader.get(key) in groups]
    return ", ".join(sorted({_name(ledger, one) for one in (*speakers, *echoes)}))


@functools.cache
def _name(ledger, one):
    """Name a speaker, or the author or outlet of a source."""
    return ledger.name(one) if one in _tables(ledger).actors else cards.author(one, ledger.root)


def _leaders(pairs):
    """Return, for everything that pairs name, the one that stands for all that belong together."""
    above = {}

    def top(one):
        while above.setdefault(one, one) != one:
            one = above[one]
        return one

    for one, other in pairs:
        above[max(top(one), top(other))] = min(top(one), top(other))
    return {one: top(one) for one in list(above)}


@dataclass(frozen=True)
class _Tables:
    since: dict  # decimal years, or None
    bearings: dict
    behind: dict  # the references of a check with their grades
    leader: dict  # who stands for all that lean on each other
    actors: frozenset


@functools.lru_cache(maxsize=8)
def _tables(ledger):
    behind = {}
    for row in ledger.check_sources.to_dict("records"):
        behind.setdefault(row["check"], {})[row["reference"]] = row["grade"]
    since = {
        row["id"]: dates.bounds(row["since"])[0] if row["since"] else None
        for row in ledger.conclusions.to_dict("records")
    }
    bearings = {id: [] for id in since}
    for row in ledger.conclusion_claims.to_dict("records"):
        bearings[row["conclusion"]].append(row)
    leader = _leaders(zip(ledger.dependences["one"], ledger.dependences["other"]))
    return _Tables(since, bearings, behind, leader, frozenset(ledger.actors["id"]))
