"""What a book would show differently: two project folders compared, by their ledgers and by what their pages print."""

import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import companion
from companion import confidence, pages
from companion.ledger import SCALES, Ledger, Quantity, UnknownId
from companion_checks.new_source import staging

HERE = pathlib.Path(__file__).parent

#: A number that is “about” or “almost” another may be off by this part of it.
ABOUT = 0.05


@dataclass
class Page:
    """What changes on one page: printed values, figures, tables of cells, and what stops."""

    printed: list[tuple[int, str, str, str]] = field(default_factory=list)  # (line, role as written, before, after)
    figures: list[tuple[str, str]] = field(default_factory=list)  # (name, what changes)
    tables: list[int] = field(default_factory=list)  # positions of cells
    error: str = ""

    @property
    def changes(self) -> bool:
        """Say whether anything changes on the page."""
        return bool(self.printed or self.figures or self.tables or self.error)


# -- claims beside claims --------------------------------------------------------------


def interval(quantity: Quantity) -> tuple[float, float]:
    """Return the least and the greatest amount, in plain units, that a quantity allows."""
    factor = SCALES[quantity.scale]
    value, upper = quantity.value * factor, (quantity.upper or quantity.value) * factor
    return {
        "exactly": (value, value),
        "between": (value, upper),
        "about": (value * (1 - ABOUT), value * (1 + ABOUT)),
        "almost": (value * (1 - ABOUT), value),
        "at least": (value, float("inf")),
        "more than": (value, float("inf")),
        "at most": (float("-inf"), value),
        "less than": (float("-inf"), value),
    }[quantity.comparison]


def agree(one: Quantity, other: Quantity) -> bool:
    """Say whether two quantities can both be right: whether what they allow overlaps."""
    (low, high), (least, most) = interval(one), interval(other)
    return max(low, least) <= min(high, most)


#: The tables in which two claims can speak of the same thing, and by which columns they do.
SAME = {
    "event_reports": ["event"],
    "memberships": ["organisation", "member"],
    "votes": ["resolution", "state"],
    "quantities": ["measure", "form", "subject", "counterpart", "unit", "period", "since"],
}


def compared(ledger: Ledger, source: str) -> list[tuple[str, str, str, str]]:
    """Compare the claims of a source with all others that speak of the same thing (see `SAME`).

    Returns
    -------
    For each pair the claim, ``agrees`` or ``differs``, the other claim, and on what
    """
    mine = set(ledger.claims.loc[ledger.claims["source"] == source, "id"])
    found = set()
    for table, same in SAME.items():
        records = cast("list[dict[str, Any]]", ledger.tables[table].to_dict("records"))
        rows = [row for row in records if row["claim"]]
        own, others = (([row for row in rows if (row["claim"] in mine) == is_own]) for is_own in (True, False))
        for row, other in itertools.product(own, others):
            if all(row[name] == other[name] for name in same):
                for agrees, what in _COMPARED[table](ledger, row, other):
                    found.add((row["claim"], "agrees" if agrees else "differs", other["claim"], what))
    return sorted(found)


def _reports(ledger: Ledger, row: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    """Yield whether two reports of an event agree on its date, its host and its place, where both give them."""
    for name in ("date", "host", "place"):
        one, two = row[name], other[name]
        if one and two:
            # A month contains its days: the less exact date agrees with the more exact one.
            agrees = one == two or name == "date" and (one.startswith(two) or two.startswith(one))
            yield agrees, _said(f"{name} of {row['event']}", one, two, agrees)


def _seats(ledger: Ledger, row: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    agrees = row["role"] == other["role"]
    yield agrees, _said(f"{row['member']} in {row['organisation']}", row["role"], other["role"], agrees)


def _votes(ledger: Ledger, row: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    agrees = row["vote"] == other["vote"]
    yield agrees, _said(f"{row['state']} on {row['resolution']}", row["vote"], other["vote"], agrees)


def _numbers(ledger: Ledger, row: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    one, two = (
        next(quantity for quantity in ledger.quantities_of(each["claim"]) if quantity.id == each["id"])
        for each in (row, other)
    )
    what = f"{row['measure']} {row['period']}: {_in_words(one)} beside {_in_words(two)}"
    yield agree(one, two), what.replace("  ", " ")


def _said(of: str, one: str, two: str, agrees: bool) -> str:
    return f"{of}: {one}" + ("" if agrees else f", not {two}")


_COMPARED = {"event_reports": _reports, "memberships": _seats, "votes": _votes, "quantities": _numbers}


def _in_words(quantity: Quantity) -> str:
    upper = f" to {quantity.upper:g}" if quantity.upper else ""
    return " ".join(
        part
        for part in (
            quantity.comparison if quantity.comparison != "exactly" else "",
            f"{quantity.value:g}{upper}",
            quantity.scale,
            quantity.unit,
        )
        if part
    )


def topics(ledger: Ledger, source: str) -> dict[str, tuple[int, list[str]]]:
    """Return the topics of a source: how many of its claims, and which other source texts speak of them."""
    texts = ledger.claims[ledger.claims["source"].isin(ledger.seeds)]
    found: dict[str, tuple[int, list[str]]] = {}
    for topic, claims in texts[texts["source"] == source].groupby("topic"):
        others = texts[(texts["topic"] == topic) & (texts["source"] != source)]["source"]
        found[topic] = (len(claims), sorted(set(others)))
    return found


# -- grades ------------------------------------------------------------------------------


def grades(before: Ledger, after: Ledger) -> list[tuple[str, str, str, str, str]]:
    """Return the conclusions of which a side changes: (id, chapter, grade before, grade after, why after); the grade of a new one was empty."""
    old, new = confidence.judge_all(before), confidence.judge_all(after)
    chapter = dict(zip(after.conclusions["id"], after.conclusions["chapter"]))
    return [
        (id, chapter[id], old[id].grade if id in old else "", judged.grade, confidence.explain(judged))
        for id, judged in new.items()
        if id not in old or (old[id].supports, old[id].limits) != (judged.supports, judged.limits)
    ]


# -- pages -------------------------------------------------------------------------------


def printed(root: pathlib.Path, before: Ledger, after: Ledger) -> dict[str, Page]:
    """Print every role of the pages that both projects have from both ledgers; return what differs, by page.

    What the earlier ledger does not know yet printed nothing. A page that only the later
    project has differs in all that it holds, which tells nothing.
    """
    found: dict[str, Page] = {}
    for path in pages.sources(root):
        name = path.relative_to(root).as_posix()
        if not (before.root / name).exists():
            continue
        page = found.setdefault(name, Page())
        text = path.read_text("utf-8")
        for match in pages.ROLE.finditer(text):
            try:
                old = pages.render(before, *match.groups())
            except UnknownId:
                old = ""
            new = pages.render(after, *match.groups())
            if old != new:
                page.printed.append((text.count("\n", 0, match.start()) + 1, match.group(), old, new))
    return found


def outputs(root: pathlib.Path, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run the cells of a folder's pages on the ledger of that folder; see ``chapter_outputs.py``."""
    with tempfile.TemporaryDirectory() as folder:
        copy = staging.stage(root, pathlib.Path(folder))
        # The package reads the data of the project in which it lies.
        package = pathlib.Path(companion.__file__).parent
        shutil.copytree(package, copy / "src/companion", ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, str(HERE / "chapter_outputs.py"), *map(str, pages.executed(copy))]
        if before is not None:
            earlier = pathlib.Path(folder) / "before.json"
            earlier.write_text(json.dumps(before), "utf-8", newline="\n")
            command += ["--before", str(earlier)]
        environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
        done = subprocess.run(command, cwd=copy / "book", capture_output=True, encoding="utf-8", env=environment)
    if done.returncode:
        raise RuntimeError(f"the chapters' code could not be run:\n{done.stderr}")
    return json.loads(done.stdout)


def shown(found: dict[str, Page], old: dict[str, Any], new: dict[str, Any]) -> None:
    """Add to the pages what their figures and cells show differently."""
    for chapter, run in new.items():
        page, was = found[f"book/{chapter}.md"], old[chapter]
        page.error = run["error"]
        for name, now in run["figures"].items():
            then = was["figures"].get(name)
            if then and then != now:
                page.figures.append((name, _change(then, now)))
        page.tables += [
            int(position) for position, text in run["tables"].items() if was["tables"].get(position) != text
        ]


def _change(then: dict[str, Any], now: dict[str, Any]) -> str:
    """Say in words how a figure changes."""
    rows, earlier = (set(one["csv"].splitlines()[1:]) for one in (now, then))
    claims = [id for id in now["claims"] if id not in then["claims"]]
    parts = []
    if rows - earlier or earlier - rows:
        parts.append(f"its table has {len(rows - earlier)} new or changed rows and loses {len(earlier - rows)}")
    if claims:
        parts.append(f"it cites {', '.join(claims[:3])}{' and others' if len(claims) > 3 else ''} as well")
    said = [
        label for label, finding in now.get("findings", {}).items() if then.get("findings", {}).get(label) != finding
    ]
    if said:
        parts.append(
            f"“{said[0]}” now reads: {now['findings'][said[0]]}"
            + (f" Changed are also {len(said) - 1} other states." if len(said) > 1 else "")
        )
    return "; ".join(parts) or "the order of its table or of its claims"
