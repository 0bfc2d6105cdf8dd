"""How far each conclusion of the book is supported: a rule that anyone can apply by hand.

The tables hold three judgements of the authors and no more: which claims bear on a
conclusion (``conclusion_claims``: for or against, in so many words or by a further
step), since when the state holds that it speaks of (``conclusions.since``), and who
leans on whom (``dependences``). The rule does the rest.

1. **What a claim is worth.** Two points, less one for each shortcoming, never below nought:

   * *untested*: the claim of a source text that no check confirmed, evidence graded weak,
     or evidence that is itself a judgement or a forecast. A check counts as long as a
     reference better than weak stands behind it;
   * *indirect*: from the claim to the conclusion one more step is needed;
   * *dated*: the conclusion has a ``since``, and the claim is about an earlier time, or
     nobody knows about which. A claim is as old as its latest number or event and, where
     it has neither, as its source; it is never younger than its source.

   A claim that a check contradicted is worth nothing.
2. **Whose voice it is.** A claim belongs to whom it quotes, or to whom evidence ascribes
   it; what a source text ascribes to others stays the text's own until a check confirms
   it. Everything else belongs to the author or outlet. Voices that lean on each other are
   one. On each side a voice is worth its best claim, so that repetition adds nothing.
3. **The sum of a side.** Full voices (two points) all count. Half voices (one point)
   bring two points together, however many they are: hearsay does not add up to proof.
   A side has six points at most, which is to say three full voices.
4. **The grade.** Points for less points against: 5 or 6 are *high*, 3 or 4 *moderate*,
   2 *low*, fewer *not established*.

**An example by hand.** “Trade fell” has four claims for it. The ministry's figure, in
evidence graded official: 2. A newspaper's report of that figure, which names the
ministry: the same voice, so nothing more. A columnist, unchecked: 1. A second columnist,
who copied the first (``dependences`` says so): nothing more. The side has 2 + 1 = 3.
Against it stand an unchecked claim about one port only (untested and indirect: 0) and an
official statement about one month (indirect: 1). So 3 − 1 = 2 points: *low*. Without the
columnists it would be 1, *not established*; had a check confirmed the first columnist,
2 + 2 − 1 = 3, *moderate*.

The idea of weighing evidence together with agreement, in few steps with plain names, is
that of the IPCC (Mastrandrea and others 2010, in ``seeds/references.bib`` as
``mastrandrea2010-guidance``); the way of taking off for each shortcoming is that of GRADE
in medicine (``bmjnd-grade``). The numbers are ours. They rank conclusions of this book
among each other; they are no probabilities.
"""

import functools
from dataclasses import dataclass

import pandas as pd

from companion import dates
from companion import sources as cards
from companion.ledger import VERDICTS, Ledger, UnknownId

#: The grades from the lowest, with the points that each one needs.
GRADES = {"not established": float("-inf"), "low": 2, "moderate": 3, "high": 5}
FULL = 2  # points of a claim without a shortcoming
HALVES = 2  # points that all half voices of a side bring together
MOST = 6  # points of a side
JUDGEMENTS = ("assessment", "forecast")


@dataclass(frozen=True)
class Weighed:
    """What one claim is worth to one conclusion.

    Attributes
    ----------
    claim, source : ids
    bearing : ``supports`` or ``limits``
    voice : whose claim it is: the same text for all that count as one voice
    shortcomings : what takes points off (``untested``, ``indirect``, ``dated``), or
        ``contradicted``
    points : 0, 1 or 2
    """

    claim: str
    source: str
    bearing: str
    voice: str
    shortcomings: tuple
    points: int


@dataclass(frozen=True)
class Judgement:
    """A conclusion with its grade.

    Attributes
    ----------
    conclusion : id
    grade : ``high``, ``moderate``, ``low`` or ``not established``
    supports, limits : points of the two sides, 0 to 6
    weighed : every claim that bears on it, in the order of the table
    """

    conclusion: str
    grade: str
    supports: int
    limits: int
    weighed: tuple

    @property
    def points(self) -> int:
        """Points for less points against."""
        return self.supports - self.limits

    def voices(self, bearing: str) -> dict[str, int]:
        """Return the voices of one side (``supports`` or ``limits``) with their points, the fullest first."""
        best: dict[str, int] = {}
        for one in self.weighed:
            if one.bearing == bearing and one.points:
                best[one.voice] = max(one.points, best.get(one.voice, 0))
        return dict(sorted(best.items(), key=lambda item: -item[1]))


def grade(points: int) -> str:
    """Return the grade for a number of points: the highest whose need is met."""
    return [name for name, least in GRADES.items() if points >= least][-1]


def side(voices) -> int:
    """Return the points of a side from the points (1 or 2) of its voices."""
    full = [points for points in voices if points == FULL]
    halves = len(voices) - len(full)
    return min(MOST, sum(full) + min(HALVES, halves))


def judge(ledger: Ledger, conclusion: str, without=(), without_claims=()) -> Judgement:
    """Grade a conclusion by the rule at the head of this module.

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
    rows = _tables(ledger)
    if conclusion not in rows.since:
        raise UnknownId(f"the ledger has no conclusion {conclusion!r}")
    kept = [
        row
        for row in rows.bearings[conclusion]
        if ledger.claim(row["claim"])["source"] not in without and row["claim"] not in without_claims
    ]
    voice = _voices(ledger, [row["claim"] for row in kept], without)
    weighed = tuple(_weigh(ledger, row, voice[row["claim"]], rows.since[conclusion], without) for row in kept)
    sums = {}
    for bearing in ("supports", "limits"):
        sums[bearing] = side(Judgement(conclusion, "", 0, 0, weighed).voices(bearing).values())
    return Judgement(conclusion, grade(sums["supports"] - sums["limits"]), sums["supports"], sums["limits"], weighed)


def judge_all(ledger: Ledger, without=()) -> dict[str, Judgement]:
    """Grade every conclusion, in the order of the table; see `judge`."""
    return {id: judge(ledger, id, without) for id in ledger.conclusions["id"]}


def table(ledger: Ledger, without=()) -> pd.DataFrame:
    """Return a row for each conclusion: label, chapter, grade, points of both sides and their voices."""
    found = []
    for row in ledger.conclusions.to_dict("records"):
        judged = judge(ledger, row["id"], without)
        found.append(
            {
                "conclusion": row["id"],
                "label": row["label"],
                "chapter": row["chapter"],
                "grade": judged.grade,
                "points": judged.points,
                "supports": judged.supports,
                "limits": judged.limits,
                "full_voices": sum(points == FULL for points in judged.voices("supports").values()),
                "half_voices": sum(points < FULL for points in judged.voices("supports").values()),
            }
        )
    return pd.DataFrame(found)


def account(ledger: Ledger, conclusion: str, without=()) -> pd.DataFrame:
    """Return a row for each claim that bears on a conclusion: what it is worth, why, and what happens without it.

    The column ``carries`` holds the points that the conclusion would lose (or, with a minus,
    gain) if this claim alone were left out: nought where its voice has another as good.
    """
    judged = judge(ledger, conclusion, without)
    found = []
    for one in judged.weighed:
        other = judge(ledger, conclusion, without, [one.claim])
        found.append(
            {
                "bearing": one.bearing,
                "statement": ledger.claim(one.claim)["statement"],
                "source": one.source,
                "voice": one.voice,
                "points": one.points,
                "shortcomings": ", ".join(one.shortcomings),
                "carries": judged.points - other.points,
                "grade_without_it": other.grade,
                "claim": one.claim,
            }
        )
    return pd.DataFrame(found)


def rule() -> pd.DataFrame:
    """Return the rule at the head of this module as a table to work with: step, case, points."""
    grades = [(name, least) for name, least in GRADES.items() if least > 0]
    steps = [
        ("a claim", "that bears on the conclusion", f"{FULL}"),
        ("", "less, if it is untested", "−1"),
        ("", "less, if it is indirect", "−1"),
        ("", "less, if it is dated", "−1"),
        ("", "whatever else, if it was contradicted", "0"),
        ("a voice", "however often it speaks", "its best claim"),
        ("a side", "full voices", f"{FULL} each"),
        ("", "half voices together", f"{HALVES} at most"),
        ("", "all voices together", f"{MOST} at most"),
        *(
            (("the grade", "points for, less points against") if name == "high" else ("", ""))
            + (f"{name} from {least}",)
            for name, least in reversed(grades)
        ),
    ]
    return pd.DataFrame(steps, columns=["step", "case", "points"]).set_index("step")


def sources(ledger: Ledger) -> dict[str, str]:
    """Return all sources on which a conclusion rests, in claims or in checks: their names by their keys, the seeds first."""
    behind, claims = _tables(ledger).behind, ledger.conclusion_claims["claim"]
    found = {ledger.claim(id)["source"] for id in claims}
    found |= {key for id in claims for check in ledger.checks_of(id) for key in behind.get(check["check"], {})}
    ordered = sorted(found, key=lambda key: (key not in ledger.seeds, key))
    # An outlet has many reports in a year: the key tells them apart.
    return {key: cards.short(key, ledger.root) + ("" if key in ledger.seeds else f" ({key})") for key in ordered}


# -- the parts of the rule -----------------------------------------------------------


def _weigh(ledger, row, voice, since, without):
    claim = ledger.claim(row["claim"])
    verdict = _verdict(ledger, claim["id"], without)
    if verdict == "contradicted":
        return Weighed(claim["id"], claim["source"], row["bearing"], voice, ("contradicted",), 0)
    wanting = (
        ("untested", not _tested(ledger, claim, verdict)),
        ("indirect", row["directness"] == "indirect"),
        ("dated", _is_dated(ledger, claim, since)),
    )
    shortcomings = tuple(name for name, found in wanting if found)
    return Weighed(claim["id"], claim["source"], row["bearing"], voice, shortcomings, max(0, FULL - len(shortcomings)))


def _tested(ledger, claim, verdict):
    if verdict or claim["source"] in ledger.seeds:
        return verdict == "confirmed"
    return claim["grade"] != "weak" and claim["kind"] not in JUDGEMENTS


def _verdict(ledger, claim, without):
    """Return the gravest verdict among the checks behind which a reference better than weak still stands."""
    behind = _tables(ledger).behind
    found = {
        check["verdict"]
        for check in ledger.checks_of(claim)
        if any(grade != "weak" and key not in without for key, grade in behind.get(check["check"], {}).items())
    }
    return next((v for v in VERDICTS if v in found), "")


def _is_dated(ledger, claim, since):
    """Say whether a claim is about a time before `since`, an EDTF date or nothing."""
    if not since:
        return False
    age = _age(ledger, claim["id"])
    return age is None or age <= dates.bounds(since)[0]


@functools.cache
def _age(ledger, id):
    """Return the latest moment that a claim can be about, in decimal years, or None where nothing tells."""
    fields = cards.references(ledger.root).entries[ledger.claim(id)["source"]].fields
    moments = [quantity.period or quantity.since for quantity in ledger.quantities_of(id)]
    moments += [report.date for report in [ledger.report_of(id)] if report]
    # A year that a text leaves open dates nothing.
    told = [dates.bounds(text)[1] for text in moments if text and "XXXX" not in text]
    published = [dates.bounds(text)[1] for text in [fields.get("date") or fields.get("year", "")] if text]
    return min(([max(told)] if told else []) + published, default=None)


def _voices(ledger, claims, without):
    """Return whose voice each of some claims is, named by all who count as one among them."""
    rows, owner = _tables(ledger), {}
    for id in claims:
        claim = ledger.claim(id)
        heard = (
            claim["mode"] == "quoted"
            or claim["source"] not in ledger.seeds
            or _verdict(ledger, id, without) == "confirmed"
        )
        owner[id] = claim["said_by"] if claim["said_by"] and heard else claim["source"]
    names = {one: _name(ledger, one) for one in owner.values()}
    # Who leans on whom holds everywhere; that two articles are of one outlet, only among those that are heard.
    first, pairs = {}, []
    for one, name in names.items():
        pairs.append((rows.leader.get(one, one), first.setdefault(name, rows.leader.get(one, one))))
    leader = _leaders(pairs)
    group = {one: leader[rows.leader.get(one, one)] for one in names}
    return {
        id: ", ".join(sorted({names[other] for other in names if group[other] == group[one]}))
        for id, one in owner.items()
    }


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
    since: dict
    bearings: dict
    behind: dict  # the references of a check with their grades
    leader: dict  # who stands for all that lean on each other
    actors: frozenset


@functools.lru_cache(maxsize=8)
def _tables(ledger):
    behind = {}
    for row in ledger.check_sources.to_dict("records"):
        behind.setdefault(row["check"], {})[row["reference"]] = row["grade"]
    since = dict(zip(ledger.conclusions["id"], ledger.conclusions["since"]))
    bearings = {id: [] for id in since}
    for row in ledger.conclusion_claims.to_dict("records"):
        bearings[row["conclusion"]].append(row)
    leader = _leaders(zip(ledger.dependences["one"], ledger.dependences["other"]))
    return _Tables(since, bearings, behind, leader, frozenset(ledger.actors["id"]))
