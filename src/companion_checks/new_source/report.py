"""Says in lines what a book would show differently with a new source: beside what is there, for conclusions, page by page."""

import pathlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from companion import pages, sources
from companion.ledger import Ledger
from companion_checks.new_source import differences, rows


def brought(ledger: Ledger, key: str, made: list[rows.Row]) -> Iterator[str]:
    """Yield how many rows the source brings to each table.

    Parameters
    ----------
    ledger : with the source
    key : of the source
    made : its rows
    """
    counts = Counter(row.table for row in made)
    listed = ", ".join(f"{count} rows for {table}" for table, count in counts.items())
    yield f"\n{sources.short(key, ledger.root)} brings: {listed}."


def beside(ledger: Ledger, key: str) -> Iterator[str]:
    """Yield what the source agrees on with others, in what it differs, and who speaks of its topics; parameters as above."""
    yield "\nBeside what is there:"
    compared = differences.compared(ledger, key)
    for claim, how, other, what in compared:
        short = sources.short(ledger.claim(other)["source"], ledger.root)
        yield f"  {claim} {how} {'with' if how == 'agrees' else 'from'} {other} ({short}): {what}"
    if not compared:
        yield "  no number, date, membership or vote that another source gives as well"
    for topic, (count, others) in differences.topics(ledger, key).items():
        names = ", ".join(sources.short(other, ledger.root) for other in others)
        said = f"so far {names}" if others else "no source text spoke of it before"
        yield f"  {topic}: {count} claim{'s' if count > 1 else ''}; {said}"


def conclusions(before: Ledger, after: Ledger) -> Iterator[str]:
    """Yield the conclusions for or against which a voice more speaks, and what becomes of their grades."""
    yield "\nConclusions:"
    moved = differences.grades(before, after)
    for id, chapter, grade, now, why in moved:
        change = f"stays {now}" if grade == now else f"{grade} to {now}" if grade else now
        yield f"  {id} ({chapter}): {change}: {why}"
    if not moved:
        yield "  no grade changes, nor how many voices speak for or against a conclusion"


def by_page(root: pathlib.Path, changes: dict[str, differences.Page]) -> Iterator[str]:
    """Yield what changes on each page, and of the chapters also that nothing does.

    Parameters
    ----------
    root : the project with the source
    changes : see `differences.printed` and `differences.shown`
    """
    yield "\nPages:"
    chapters = {path.relative_to(root).as_posix() for path in pages.chapters(root)}
    for name, page in changes.items():
        if page.changes:
            yield f"  {name}:"
            yield from _of_page(page)
        elif name in chapters:
            yield f"  {name}: nothing changes"


def _of_page(page: differences.Page) -> Iterator[str]:
    for line, role, old, new in page.printed:
        yield f"    line {line}, {role}: {old or 'nothing'} becomes {new}"
    for figure, change in page.figures:
        yield f"    figure {figure}: {change}"
    if page.tables:
        yield f"    the table of cell {', '.join(map(str, page.tables))}"
    if page.error:
        yield f"    its code stops ({page.error}): the chapter needs an edit before the book can be built"


def to_do(ledger: Ledger, made: list[rows.Row], runs: dict[str, Any]) -> Iterator[str]:
    """Yield which claims of the source no chapter uses yet.

    Parameters
    ----------
    ledger : with the source
    made : the source's rows
    runs : what the chapters' cells showed (see `differences.outputs`); empty where they were not run
    """
    in_text = {one for path in pages.chapters(ledger.root) for use in pages.uses(path) for one in use.ids}
    used = {id for one in in_text for id in ledger.inputs(one)}
    used |= {id for run in runs.values() for figure in run["figures"].values() for id in figure["claims"]}
    idle = [row.cells["id"] for row in made if row.table == "claims" and row.cells["id"] not in used]
    if idle:
        named = ", ".join(idle[:5]) + (", …" if len(idle) > 5 else "")
        yield f"\nStill to do: use {len(idle)} claims in a chapter ({named}), then make tidy addresses test."
