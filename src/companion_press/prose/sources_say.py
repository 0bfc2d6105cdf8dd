"""What the sources say: at the end of a section, closed, every further claim of the texts that belongs there."""

import re
from collections.abc import Iterable

import htpy as h
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from companion import sources, wording
from companion.ledger import Ledger, UnknownId, load
from companion_press import domain
from companion_press.html_parts import To, joined
from companion_press.prose import claim_roles


class sources_say(nodes.General, nodes.Element):
    """A closed list of claims (attribute ``ids``)."""


class SourcesSay(SphinxDirective):
    """``{sources-say}`` holds the ids of claims, one after another."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        ids = re.findall(r"[^\s,]+", "\n".join(self.content))
        if not ids:
            raise self.error("a list of what the sources say names no claim: give it ids, or take it out")
        for id in ids:
            try:
                ledger.claim(id)
            except UnknownId as error:
                raise self.error(str(error)) from None
        for id in ids:
            claim_roles.remember_home(self.env, id)
        return [sources_say(ids=ids)]


def by_source(ledger: Ledger, ids: Iterable[str]) -> dict[str, list[dict]]:
    """Return the rows of some claims by their source: the source texts first, each in the order of its passages.

    Parameters
    ----------
    ids : ids of claims

    Returns
    -------
    Keys of sources, with the rows of their claims.
    """
    rows = ledger.claims[ledger.claims["id"].isin(set(ids))].to_dict("records")
    order = {key: number for number, key in enumerate(ledger.seeds)}
    grouped: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda row: (order.get(row["source"], len(order)), row["source"])):
        grouped.setdefault(row["source"], []).append(row)
    return grouped


def heading(ledger: Ledger, ids: list[str]) -> str:
    """Return what stands above the closed list: ``What the sources say: 38 more claims from three texts``."""
    grouped = by_source(ledger, ids)
    claims = len(set(ids))
    kind = "text" if set(grouped) <= set(ledger.seeds) else "source"
    return (
        f"What the sources say: {claims} more claim{'s' if claims > 1 else ''} "
        f"from {wording.in_words(len(grouped))} {kind}{'s' if len(grouped) > 1 else ''}"
    )


def speaker(ledger: Ledger, row: dict) -> str:
    """Return who makes a claim where that is not its author: ``Anton Mardasov, quoted``; else an empty text."""
    return f"{ledger.name(row['said_by'])}, {row['mode']}" if row["said_by"] else ""


def verdict(ledger: Ledger, row: dict) -> str:
    """Return what a check found of a claim, in a word, or an empty text where nobody has looked."""
    found = ledger.verdict(row["id"])
    return wording.VERDICT_NAMES[found] if found else ""


def visit_html(self: HTML5Translator, node: sources_say) -> None:
    ledger, docname = load(), self.builder.current_docname

    def to(target: str) -> str:
        return self.builder.get_relative_uri(docname, target)

    listed = h.details(class_="sources-say")[
        h.summary[heading(ledger, node["ids"])],
        (
            [
                h.p(class_="said-by")[sources.short(key, ledger.root)],
                h.ul[(_item(ledger, row, to) for row in rows)],
            ]
            for key, rows in by_source(ledger, node["ids"]).items()
        ),
    ]
    self.body.append(str(listed))
    raise nodes.SkipNode


def _item(ledger: Ledger, row: dict, to: To) -> h.Element:
    facts: list[h.Node] = [speaker(ledger, row)]
    if row["source"] in ledger.seeds:
        anchor = claim_roles.locator_anchor(row["locator"])
        facts.append(h.a(href=f"{to('seeds/' + row['source'])}#{anchor}")[row["locator"]])
    checks = ledger.checks_of(row["id"])
    if checks:
        found = h.a(class_=ledger.verdict(row["id"]), href=f"{to('book/checks')}#{checks[0]['id']}")
        facts.append(found[verdict(ledger, row)])
    facts.append(h.a(href=f"{to('book/ledger')}#{row['id']}")["ledger"])
    return h.li[row["statement"], " ", h.small[joined(filter(None, facts), " · ")]]
