"""The ledger: every claim of the book, read from the tables in ``data/``.

The tables are documented in ``data/datapackage.json`` (and on the page *Data*);
this module only reads and joins them. It imports nothing else of the package.
"""

import ast
import decimal
import functools
import json
import operator
import pathlib
import re
import weakref
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
from pybtex.database import parse_file

_ABOVE = pathlib.Path(__file__).resolve().parents
#: The folder that holds ``data``: two floors up in the project, one beside a downloaded notebook.
ROOT = next((folder for folder in _ABOVE if (folder / "data/datapackage.json").is_file()), _ABOVE[2])
SCALES = {"": 1, "thousand": 1e3, "million": 1e6, "billion": 1e9}

#: The five states the book is about, in the order in which it lists them.
CENTRAL_ASIA = ("kaz", "kgz", "tjk", "tkm", "uzb")

#: What a check may find, the gravest first: the order in which readers meet it everywhere.
VERDICTS = ("contradicted", "imprecise", "could-not-check", "confirmed")

#: How evidence is graded, the strongest first.
GRADES = ("official", "published", "weak")


@dataclass(frozen=True)
class Quantity:
    """One number as its source gives it, or as the book computes it.

    Attributes
    ----------
    id, claim : its own id, and that of the claim or derivation that it belongs to
    comparison : how the source hedges it: ``exactly``, ``about``, ``almost``, ``at least``, ``more than``, ``at most``, ``less than``, ``between``
    value, upper : the number, and the upper end of what lies between two (else None), in `scale`
    scale : ``thousand``, ``million``, ``billion`` or ``""``
    unit, form : what is counted (``USD``, ``percent``), and whether it is a level, a change or a share
    period, since : the time that it is about, and for a change the time from which; EDTF or ``""``
    formula : of a number that the book computes, else ``""``
    base : the value in plain units: 45 billion dollars is 45e9
    """

    id: str
    claim: str
    comparison: str
    value: float
    upper: float | None
    scale: str
    unit: str
    form: str
    period: str
    since: str
    formula: str = ""  # only for numbers that the book computes

    @property
    def base(self) -> float:
        """The value in plain units: 45 billion dollars is 45e9."""
        return self.value * SCALES[self.scale]


@dataclass(frozen=True)
class Report:
    """What one source says of when and where an event took place.

    Attributes
    ----------
    claim, event : ids of the claim that reports it, and of the event
    date, dating : EDTF or ``""``, and how the source gives it
    host, place : ids of an actor and of a place, or ``""``
    """

    claim: str
    event: str
    date: str
    dating: str
    host: str
    place: str


class UnknownId(KeyError):
    """The ledger holds no such id."""

    def __str__(self) -> str:
        return self.args[0]


class NoSingleValue(ValueError):
    """The id names a claim that has no value, or several."""


class Ledger:
    """All tables as pandas DataFrames, and the joins between them.

    Each table is an attribute with the name it has in ``datapackage.json``:
    ``ledger.claims``, ``ledger.quantities``, ``ledger.memberships`` and so on.
    Text columns hold ``""`` where a cell is empty; number columns hold ``NaN``.

    Parameters
    ----------
    root : path of the project; the tables are in its folder ``data``
    package, rows : what ``datapackage.json`` holds, and the rows of each table with all cells as text, for a
        ledger of what is in memory already

    Raises
    ------
    FileNotFoundError
        There is no ``data/datapackage.json`` below `root`.
    """

    def __init__(
        self,
        root: str | pathlib.Path = ROOT,
        package: dict | None = None,
        rows: dict[str, list[dict[str, str]]] | None = None,
    ):
        self.root = pathlib.Path(root)
        self.package = package or json.loads((self.root / "data/datapackage.json").read_text("utf-8"))
        self.tables: dict[str, pd.DataFrame] = {}
        for resource in self.package["resources"]:
            if "schema" in resource:
                self.tables[resource["name"]] = self._read(resource, rows)

    # A DataFrame; but the stubs of pandas do not know that its rows, as records, have texts for keys.
    def __getattr__(self, name: str) -> Any:
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(name)

    def _read(self, resource: dict[str, Any], rows: dict[str, list[dict[str, str]]] | None) -> pd.DataFrame:
        path = self.root / "data" / resource["path"]
        if rows is None:
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        else:
            columns = [field["name"] for field in resource["schema"]["fields"]]
            frame = pd.DataFrame(rows[resource["name"]], columns=columns, dtype=str)
        for field in resource["schema"]["fields"]:
            if field["type"] in ("number", "integer"):
                frame[field["name"]] = pd.to_numeric(frame[field["name"]])
        return frame

    @property
    def files(self) -> list[pathlib.Path]:
        """The files the ledger was read from: its tables and their description."""
        return self._paths(r for r in self.package["resources"] if "schema" in r)

    @property
    def package_files(self) -> list[pathlib.Path]:
        """The files of the data package: those the ledger was read from, and the shapes that maps are drawn from."""
        return self._paths(self.package["resources"])

    def _paths(self, resources: Iterable[dict[str, Any]]) -> list[pathlib.Path]:
        return [self.root / "data/datapackage.json", *(self.root / "data" / resource["path"] for resource in resources)]

    def column_meanings(self) -> dict[str, str]:
        """Return what a column holds, by its name, where the data package says so in one way only."""
        found: dict[str, set[str]] = {}
        for resource in self.package["resources"]:
            for field in resource.get("schema", {}).get("fields", []):
                if not field["description"].startswith("As in "):
                    found.setdefault(field["name"], set()).add(field["description"])
        return {name: meanings.pop() for name, meanings in found.items() if len(meanings) == 1}

    # -- look-ups -------------------------------------------------------------

    @functools.cached_property
    def _claims(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.claims.to_dict("records")}

    @functools.cached_property
    def _quantities(self) -> dict[str, Quantity]:
        found = {}
        for row in self.quantities.to_dict("records"):
            found[row["id"]] = Quantity(
                row["id"],
                row["claim"],
                row["comparison"],
                row["value"],
                None if pd.isna(row["upper"]) else row["upper"],
                row["scale"],
                row["unit"],
                row["form"],
                row["period"],
                row["since"],
            )
        return found

    @functools.cached_property
    def _of_claim(self) -> dict[str, list[Quantity]]:
        grouped: dict[str, list[Quantity]] = {}
        for quantity in self._quantities.values():
            grouped.setdefault(quantity.claim, []).append(quantity)
        return grouped

    @functools.cached_property
    def _reports(self) -> dict[str, Report]:
        columns = ["claim", "event", "date", "dating", "host", "place"]
        return {r["claim"]: Report(**r) for r in self.event_reports[columns].to_dict("records")}

    @functools.cached_property
    def _derivations(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.derivations.to_dict("records")}

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return dict(zip(self.actors["id"], self.actors["name"]))

    def ids(self) -> set[str]:
        """Every id that ``{claim}`` takes: claims, quantities and derivations."""
        return set(self._claims) | set(self._quantities) | set(self._derivations)

    def claim(self, id: str) -> dict:
        """Return the row of a claim, also by the id of one of its quantities.

        Raises ``UnknownId`` where the ledger has none (derivations rest on
        several claims: see `inputs`).
        """
        if id in self._quantities:
            id = self._quantities[id].claim
        if id not in self._claims:
            raise UnknownId(f"the ledger has no claim {id!r}")
        return self._claims[id]

    def is_derivation(self, id: str) -> bool:
        """Say whether `id` is a number that the book computes from others."""
        return id in self._derivations

    def derivation(self, id: str) -> dict:
        """Return the row of a derivation (statement, formula, …)."""
        return self._derivations[id]

    def value(self, id: str) -> Quantity | Report:
        """Return the one value behind an id: a quantity, a derived number or a dated report.

        Raises
        ------
        UnknownId
            No claim, quantity or derivation has this id.
        NoSingleValue
            The claim has no value, or more than one.
        """
        if id in self._quantities:
            return self._quantities[id]
        if id in self._derivations:
            return self._derive(id)
        self.claim(id)
        numbers = self._of_claim.get(id, [])
        if len(numbers) == 1:
            return numbers[0]
        if numbers:
            names = ", ".join(n.id for n in numbers)
            raise NoSingleValue(f"claim {id!r} has several values: name one of {names}")
        report = self._reports.get(id)
        if report and report.date:
            return report
        raise NoSingleValue(f"claim {id!r} has no value: write {{claim}}`your own words <{id}>`")

    def has_value(self, id: str) -> bool:
        """Say whether `value` would return one for this id."""
        try:
            self.value(id)
        except NoSingleValue:
            return False
        return True

    def quantities_of(self, claim: str) -> list[Quantity]:
        """Return the quantities of a claim, in table order (possibly none)."""
        return self._of_claim.get(claim, [])

    def report_of(self, claim: str) -> Report | None:
        """Return the event report of a claim, if it has one."""
        return self._reports.get(claim)

    def reports_of(self, event: str) -> list[dict]:
        """Return what speaks of an event: the row of each claim with ``date``, in table order.

        A claim whose kind is ``forecast`` only announces the event.
        """
        rows = self.event_reports[self.event_reports["event"] == event]
        return [{**self.claim(row["claim"]), "date": row["date"]} for row in rows.to_dict("records")]

    def announced(self, event: str) -> bool:
        """Say whether an event has only been announced: every claim that speaks of it is a forecast."""
        return {row["kind"] for row in self.reports_of(event)} == {"forecast"}

    @functools.cached_property
    def evidence_read_to(self) -> str:
        """The last day on which evidence was read: of the days of the checks and of the references (``urldate``) the latest."""
        read = re.findall(
            r"urldate\s*=\s*\{(\d{4}-\d\d-\d\d)\}", (self.root / "seeds/references.bib").read_text("utf-8")
        )
        return max([*self.checks["checked_on"], *read])

    def inputs(self, id: str) -> list[str]:
        """Return the claim ids behind any id; several for a derivation."""
        if id in self._derivations:
            found: list[str] = []
            for name in formula_ids(self._derivations[id]["formula"]):
                found += [c for c in self.inputs(name) if c not in found]
            return found
        return [self.claim(id)["id"]]

    def sources(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the sources behind some ids with the number of claims each gives.

        The seeds come first, then the better evidence before the weaker, then
        the source with more claims.
        """
        counted: dict[str, int] = {}
        grade: dict[str, int] = {}
        for claim_id in dict.fromkeys(c for id in ids for c in self.inputs(id)):
            row = self.claim(claim_id)
            counted[row["source"]] = counted.get(row["source"], 0) + 1
            grade[row["source"]] = row["grade"]
        order = ("", *GRADES)
        return dict(sorted(counted.items(), key=lambda kn: (order.index(grade[kn[0]]), -kn[1], kn[0])))

    def _derive(self, id: str) -> Quantity:
        row = self._derivations[id]
        number = evaluate(row["formula"], lambda name: cast(Quantity, self.value(name)).base)
        number = _rounded(number / SCALES[row["scale"]], int(row["digits"]), row["comparison"])
        return Quantity(
            id,
            "",
            row["comparison"],
            number,
            None,
            row["scale"],
            row["unit"],
            row["form"],
            row["period"],
            "",
            row["formula"],
        )

    def name(self, actor: str) -> str:
        """Return the name of an actor; the empty id gives the empty text."""
        return self._names[actor] if actor else ""

    @functools.cached_property
    def seeds(self) -> list[str]:
        """Keys of the source texts: those that have a card in ``seeds/``."""
        return sorted(p.stem for p in (self.root / "seeds").glob("*.md"))

    @functools.cached_property
    def _verdicts(self) -> dict[str, list[dict[str, Any]]]:
        joined = self.check_claims.merge(self.checks, left_on="check", right_on="id")
        grouped = {}
        for claim, rows in joined.groupby("claim"):
            grouped[claim] = rows.to_dict("records")
        return grouped

    def checks_of(self, claim: str) -> list[dict]:
        """Return the checks of a claim (verdict, finding, checked_on, …), if any."""
        return self._verdicts.get(claim, [])

    def verdict(self, claim: str) -> str:
        """Return the verdict on a claim: the gravest of its checks, or ``""`` if unchecked."""
        found = {row["verdict"] for row in self.checks_of(claim)}
        return next((v for v in VERDICTS if v in found), "")

    @functools.cached_property
    def conflict_titles(self) -> dict[str, str]:
        """What is in dispute, by the id of the disagreement, in table order."""
        return dict(zip(self.conflicts["id"], self.conflicts["title"]))

    # -- views the chapters use ----------------------------------------------

    def said(self) -> pd.DataFrame:
        """Return the claims of the source texts with the ``verdict`` on each, ``unchecked`` where there is none."""
        rows = self.claims[self.claims["source"].isin(self.seeds)]
        return rows.assign(verdict=rows["id"].map(self.verdict).replace("", "unchecked"))

    def settled(self) -> pd.DataFrame:
        """Return the events with the ``date`` and ``place`` of the ``claim`` that the book settled on, and its ``grade``.

        ``city`` is the name of the place; ``label`` is the short name of the event, or its name where it has no other.
        Events for which no claim was settled on are left out.
        """
        reports = self.event_reports[["claim", "date", "place"]]
        rows = self.events.merge(reports, left_on="settled_by", right_on="claim")
        rows["city"] = rows["place"].map(self.places.set_index("id")["name"])
        rows["label"] = rows["label"].replace("", pd.NA).fillna(rows["name"])
        return rows.assign(grade=rows["claim"].map(self.claims.set_index("id")["grade"]))

    def members(self, organisation: str | None = None) -> pd.DataFrame:
        """Return the memberships that the book uses (column ``used``), one row a pair.

        Parameters
        ----------
        organisation : actor id (``"csto"``), or None for all
        """
        rows = self.memberships[self.memberships["used"] == "yes"]
        if organisation:
            rows = rows[rows["organisation"] == organisation]
        return rows.reset_index(drop=True)

    @functools.cached_property
    def _reference_dates(self) -> dict[str, str]:
        entries = parse_file(str(self.root / "seeds/references.bib"), bib_format="bibtex").entries
        return {key: entry.fields.get("date", "") for key, entry in entries.items()}

    def dated_sites(self, since: str = "2022-02-24") -> pd.DataFrame:
        """Return the sites, each with the newest source that speaks of it.

        A site is as well attested as the newest report of it, so that a site that nobody
        has written about for years can be told from one that was inspected last year.
        What counts are all claims that ``site_claims`` joins to the site; the date is that
        of their source (``seeds/references.bib``). A source without a date dates nothing.

        Columns: those of `sites`; ``newest``, the EDTF date of the newest source, and
        ``source`` and ``grade``, which one that is; ``report_claim``, its claim; ``undated``, how many claims come from
        sources without a date; ``report``, the year in words: ``2025``, or ``2017, no
        later report found`` where nothing was found after `since`.

        Parameters
        ----------
        since : a day; where no source is newer, ``report`` says so
        """
        spoken = self.site_claims.merge(self.claims[["id", "source", "grade"]], left_on="claim", right_on="id")
        # Of a span the end counts. Without the marks for "about", ISO dates sort as text.
        dated = spoken["source"].map(self._reference_dates).str.split("/").str[-1].str.rstrip("~?")
        spoken = spoken.assign(newest=dated)
        undated = spoken[spoken["newest"] == ""].groupby("site").size()
        newest = spoken.sort_values("newest", kind="stable").drop_duplicates("site", keep="last")
        newest = newest.rename(columns={"claim": "report_claim"})
        rows = self.sites.merge(
            newest[["site", "newest", "source", "grade", "report_claim"]], how="left", left_on="claim", right_on="site"
        )
        rows = rows.drop(columns="site").fillna("")
        rows["undated"] = rows["claim"].map(undated).fillna(0).astype(int)
        # A year alone ("2022") does not say that it was after a day in it.
        rows["report"] = [
            date[:4] if date > since else f"{date[:4]}, no later report found" if date else "no dated report found"
            for date in rows["newest"]
        ]
        return rows

    def shared_runs(self) -> pd.DataFrame:
        """Return the runs of words that two texts have in common, from their hashes, one row for each place in each of the two.

        Columns: ``run`` (the hash), ``source`` and ``paragraph``, ``other`` and
        ``other_paragraph``; each pair of texts stands there in both orders.
        """
        runs = self.word_runs.assign(run=self.word_runs["hashes"].str.split()).explode("run").dropna(subset="run")
        runs = runs[["run", "source", "paragraph"]]
        pairs = runs.merge(runs.rename(columns={"source": "other", "paragraph": "other_paragraph"}), on="run")
        return pairs[pairs["source"] != pairs["other"]].reset_index(drop=True)

    def numbers(self, **match: str | Iterable[str]) -> pd.DataFrame:
        """Return quantities joined with their claims, filtered by column values.

        ``ledger.numbers(measure="population", period="2024")`` gives the rows of
        ``quantities`` with these values, the claim's source, grade and statement
        beside them, and ``amount``: the value in plain units.

        Raises ``KeyError`` for a column that does not exist.
        """
        rows = self.quantities.merge(
            self.claims[["id", "source", "said_by", "topic", "statement", "grade"]],
            left_on="claim",
            right_on="id",
            suffixes=("", "_claim"),
        ).drop(columns="id_claim")
        for column, wanted in match.items():
            wanted = [wanted] if isinstance(wanted, str) else list(wanted)
            rows = rows[rows[column].isin(wanted)]
        rows = rows.assign(amount=rows["value"] * rows["scale"].map(SCALES))
        return rows.reset_index(drop=True)


def _rounded(number: float, digits: int, comparison: str) -> float:
    """Round so that the qualifier stays true: a lower bound down, an upper bound up."""
    way = {
        "at least": decimal.ROUND_FLOOR,
        "more than": decimal.ROUND_FLOOR,
        "at most": decimal.ROUND_CEILING,
        "less than": decimal.ROUND_CEILING,
    }.get(comparison, decimal.ROUND_HALF_EVEN)
    # Nine decimals first: 0.3 / 0.1 is a hair under three, and no source is that exact.
    return float(decimal.Decimal(repr(round(number, 9))).quantize(decimal.Decimal(1).scaleb(-digits), way))


def formula_ids(formula: str) -> list[str]:
    """Return the ids in a derivation's formula, which stand in square brackets."""
    return re.findall(r"\[([a-z0-9-]+)\]", formula)


_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(formula: str, lookup: Callable[[str], float]) -> float:
    """Compute a formula of ``[ids]``, numbers, ``+ - * /`` and brackets.

    Parameters
    ----------
    formula : for example ``[trade-belarus-2024] / [population-blr-2024]``
    lookup : function from an id to its number in plain units

    Raises
    ------
    ValueError
        The formula holds anything else.
    """
    names = formula_ids(formula)
    text = formula
    for position, name in enumerate(names):
        text = text.replace(f"[{name}]", f"_{position}", 1)

    def compute(node: ast.AST) -> float:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](compute(node.left), compute(node.right))
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            return node.value
        if isinstance(node, ast.Name):
            return lookup(names[int(node.id[1:])])
        raise ValueError(f"{formula!r} holds more than ids, numbers, + - * / and brackets")

    try:
        return compute(ast.parse(text, mode="eval").body)
    except SyntaxError:
        raise ValueError(f"{formula!r} is not a formula") from None


def per_ledger(function: Callable) -> Callable:
    """Let a function of a ledger work out each answer once for as long as the ledger lives.

    For tables that stay as they are. `functools.cache` would keep every ledger that was ever asked about.

    Parameters
    ----------
    function : of a ledger and of further arguments that can be hashed, given in their order

    Returns
    -------
    The same with its answers kept; ``cache_clear()`` forgets them, as that of `functools.cache` does.
    """
    answers: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()

    @functools.wraps(function)
    def asked(ledger: Ledger, *what: Hashable) -> Any:
        known = answers.setdefault(ledger, {})
        if what not in known:
            known[what] = function(ledger, *what)
        return known[what]

    asked.cache_clear = answers.clear  # type: ignore[attr-defined]
    return asked


@functools.lru_cache(maxsize=1)
def load() -> Ledger:
    """Read the book's ledger (once; later calls return the same object)."""
    return Ledger()
