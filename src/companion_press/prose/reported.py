"""Who reports an event: the role ``{reported}``, for the page of later events.

``{reported}`nakhchivan-drones-2026` `` prints the outlets with the day on which each wrote, every outlet
live like a claim; those that only announced the event stand apart, and a single one is called so.
"""

from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from companion import dates, sources
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.prose.claim_roles import claim, remember_use

#: What stands behind the only reference that was found.
SINGLE = "the only reference found"


class ReportedRole(SphinxRole):
    """``{reported}`event``` prints who reports or announces it, from the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        if not ledger.reports_of(self.text):
            message = self.inliner.reporter.error(
                f"no claim of the ledger reports an event {self.text!r}", line=self.lineno
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        found: list[nodes.Node] = []
        for words, id in parts(ledger, self.text):
            found.append(claim(self.rawtext, words, ids=(id,)) if id else nodes.Text(words))
            if id:
                remember_use(self.env, (id,))
        return found, []


def parts(ledger: Ledger, event: str) -> list[tuple[str, str]]:
    """Return what the role prints, piece by piece, each with the claim that it rests on or ``""``."""
    rows = ledger.reports_of(event)
    found: list[tuple[str, str]] = []
    told = {
        "Reported by": [r for r in rows if r["kind"] != "forecast"],
        "Announced by": [r for r in rows if r["kind"] == "forecast"],
    }
    for said, of in told.items():
        for place, row in enumerate(of):
            if place == 0:
                joint = f"; {said[0].lower()}{said[1:]} " if found else f"{said} "
            else:
                joint = "; " if place < len(of) - 1 else " and "
            found += [
                (joint, ""),
                (sources.author(row["source"], ledger.root), row["id"]),
                (f", {written(ledger, row)}", ""),
            ]
    return [*found, ("." if len(references(rows)) > 1 else f"; {SINGLE}.", "")]


def says(ledger: Ledger, event: str) -> str:
    """Return what the role prints as plain text."""
    return "".join(words for words, _ in parts(ledger, event))


def references(rows: Iterable[dict]) -> set[str]:
    """Return the keys of the references behind some reports."""
    return {row["source"] for row in rows}


def written(ledger: Ledger, row: dict) -> str:
    """Say when a report was written: ``5 March 2026``, or that it bears no date."""
    date = sources.references(ledger.root).entries[row["source"]].fields.get("date", "")
    weak = ", a weak copy" if row["grade"] == "weak" else ""
    return (dates.text(date) if date else "undated") + weak


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("reported", ReportedRole())
