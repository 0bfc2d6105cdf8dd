"""The matrix of agreement as a table: each cell says in words what a text says, and where. Paragraphs that are alike, pair by pair."""

from collections.abc import Iterable, Sequence

import htpy as h
from sphinx.application import Sphinx

from companion import sources, wording
from companion.ledger import Ledger
from companion_press import html_parts
from companion_press.html_parts import To
from companion_press.prose import claim_roles, marks

#: How a stance is printed; a text that has no claim on a sentence is silent.
STANCES = {"says": "says so", "says otherwise": "says otherwise"}


def proposition_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Each proposition with a cell for each source text and one for the evidence that contradicts them."""
    columns = [*ledger.seeds, "evidence"]
    names = [sources.short(key, ledger.root) for key in ledger.seeds] + ["Evidence"]
    cells: dict[tuple[str, str], list[dict]] = {}
    for row in ledger.proposition_claims.to_dict("records"):
        source = ledger.claim(row["claim"])["source"]
        column = source if source in ledger.seeds else "evidence"
        cells.setdefault((row["proposition"], column), []).append(row)

    def line(row: dict) -> h.Element:
        said = (h.td[_cell(ledger, to, cells.get((row["id"], column), []), column)] for column in columns)
        return h.tr(id=row["id"])[h.th(scope="row")[row["statement"]], said]

    groups = (
        (area, map(line, group.to_dict("records"))) for area, group in ledger.propositions.groupby("area", sort=False)
    )
    return _table("Propositions by sources", "propositions", ["Proposition", *names], groups)


def _table(label: str, name: str, heads: Sequence[str], groups: Iterable[tuple[str, Iterable[h.Element]]]) -> h.Element:
    """Return a table that is read in groups of lines.

    Parameters
    ----------
    label : what the table shows, for those who hear it
    name : its class
    heads : the heads of its columns
    groups : (head, lines) of each group
    """
    return h.div(class_="scroll", tabindex="0", role="region", aria_label=label)[
        h.table(class_=f"table {name}")[
            h.thead[h.tr[(h.th(scope="col")[head] for head in heads)]],
            (h.tbody[h.tr[h.th(scope="rowgroup", colspan=len(heads))[head]], lines] for head, lines in groups),
        ]
    ]


def _cell(ledger: Ledger, to: To, rows: list[dict], column: str) -> h.Node:
    if not rows:
        return "silent" if column != "evidence" else None
    return [h.b[STANCES[rows[0]["stance"]]], ": ", html_parts.joined((_said(ledger, to, row) for row in rows), ", ")]


def _said(ledger: Ledger, to: To, row: dict) -> h.Node:
    """Return the link to a claim of a cell, and what a check found of it where that is marked."""
    claim = ledger.claim(row["claim"])
    where = claim["locator"] or sources.short(claim["source"], ledger.root)
    verdict = ledger.verdict(claim["id"])
    return [
        h.a(href=f"{to('book/ledger')}#{claim['id']}", title=claim["statement"])[where],
        f" ({wording.VERDICT_NAMES[verdict]})" if verdict in marks.MARKED else None,
    ]


def parallel_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Each two paragraphs that a reader found alike, by pair of texts, beside the runs of words that were counted in them."""
    runs = ledger.shared_runs().groupby(["source", "paragraph", "other", "other_paragraph"])["run"].nunique()

    def line(row: dict) -> h.Element:
        counted = runs.get((row["source"], row["paragraph"], row["other"], row["other_paragraph"]), 0)
        cells = (
            _passage(to, row["source"], row["paragraph"]),
            _passage(to, row["other"], row["other_paragraph"]),
            ", ".join(row["alike"].split()),
            row["note"],
            str(counted or "none"),
        )
        return h.tr[(h.td[cell] for cell in cells)]

    groups = (
        (" and ".join(sources.short(key, ledger.root) for key in pair), map(line, group.to_dict("records")))
        for pair, group in ledger.parallels.groupby(["source", "other"], sort=False)
    )
    heads = ("In the one", "In the other", "Alike, as read", "What was seen", "Runs of words, as counted")
    return _table("Paragraphs that are alike", "parallels", heads, groups)


def _passage(to: To, key: str, stop: str) -> h.Element:
    return h.a(href=f"{to('seeds/' + key)}#{claim_roles.locator_anchor(stop)}")[stop]


MAKERS = {"proposition-rows": proposition_rows, "parallel-rows": parallel_rows}
