"""Disagreements: the way from a chapter to where the claims stand side by side, the way back, and the page itself."""

from collections.abc import Iterable
from html import escape

import htpy as h
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from companion import pages, wording
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.evidence import ledger_page
from companion_press.html_parts import To, joined
from companion_press.prose import claim_roles

#: The page on which every disagreement is an entry.
PAGE = "book/disagreement"

WHY = {
    "date": "their dates differ",
    "definition": "they count different things",
    "wording": "they put it differently",
    "error": "one of them is wrong",
    "standpoint": "they look from different places",
    "silence": "one of them is silent",
    "scope": "they speak of different states, people or fields",
    "cause": "they explain it differently",
}


def anchor(id: str) -> str:
    """Return the anchor, on a chapter's page, of the place that leads to a disagreement."""
    return f"disputed-{id}"


# -- the role ------------------------------------------------------------------------


class conflict(nodes.Inline, nodes.TextElement):
    """Words that lead to a disagreement (attributes ``conflict``, ``title``, ``first`` on its page)."""


class ConflictRole(SphinxRole):
    """``{conflict}`eu-packages``` prints “Side by side”; ``{conflict}`the host <dushanbe-host>``` has words of its own."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        words, (id, *more) = pages.split(self.text)
        titles = ledger.conflict_titles
        if more or id not in titles:
            message = self.inliner.reporter.error(
                f"{{conflict}} takes one id of data/conflicts.csv, not {self.text!r}", line=self.lineno
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        linked = domain.of(self.env).conflicts.setdefault(self.env.docname, [])
        first = id not in linked
        if first:
            linked.append(id)
        text = " ".join(words.split()) or pages.SIDE_BY_SIDE
        return [conflict(self.rawtext, text, conflict=id, title=titles[id], first=first)], []


def visit_conflict_html(self: HTML5Translator, node: conflict) -> None:
    target = self.builder.get_relative_uri(self.builder.current_docname, PAGE)
    place = f' id="{anchor(node["conflict"])}"' if node["first"] else ""
    self.body.append(
        f'<a class="side-by-side"{place} href="{target}#{node["conflict"]}" title="{escape(node["title"], quote=True)}">'
    )


def depart_conflict_html(self: HTML5Translator, node: conflict) -> None:
    self.body.append("</a>")


# -- where a disagreement matters -------------------------------------------------------


def places(app: Sphinx, ledger: Ledger) -> dict[str, list[str]]:
    """Return for each disagreement the chapters (document names) in which it matters.

    It matters where the text of a chapter uses one of its claims or leads to it;
    if no chapter does, where a figure shows one of them.
    """
    chapters, told, drawn = [], {}, {}
    for path in pages.chapters(ledger.root):
        docname = pages.docname(path, ledger.root)
        chapters.append(docname)
        told[docname] = {c for use in pages.uses(path) for id in use.ids for c in ledger.inputs(id)}
        told[docname].update(id for _, id in pages.listed_claims(path))
        figures = domain.of_app(app).figures_of(docname).values()
        drawn[docname] = {c for facts in figures for id in facts["claims"] for c in ledger.inputs(id)}
    found = {}
    for id, claims in ledger.conflict_claims.groupby("conflict")["claim"]:
        claims = set(claims)
        found[id] = [d for d in chapters if told[d] & claims or id in domain.of_app(app).conflicts.get(d, [])]
        found[id] = found[id] or [d for d in chapters if drawn[d] & claims]
    return found


def unlinked(app: Sphinx, ledger: Ledger, docname: str) -> list[str]:
    """Return the disagreements that matter in a chapter and that its prose does not lead to."""
    linked = domain.of_app(app).conflicts.get(docname, [])
    where = places(app, ledger)
    return [id for id in ledger.conflicts["id"] if docname in where[id] and id not in linked]


def list_in_chapter(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """End a chapter's section on disagreements with the links that its prose leaves out."""
    ledger = load()
    if docname not in {pages.docname(path, ledger.root) for path in pages.chapters(ledger.root)}:
        return
    rest = unlinked(app, ledger, docname)
    section = next((s for s in doctree.findall(nodes.section) if s[0].astext() == pages.DISAGREEMENTS), None)
    if section is None:
        return
    # Whoever has cited a disagreement at a chapter where it no longer matters still finds the section.
    former = app.config.companion_former_disagreements.get(docname.rpartition("/")[2], [])
    there = {*rest, *domain.of_app(app).conflicts.get(docname, [])}
    kept = [h.span(id=anchor(id)) for id in former if id not in there]
    if kept:
        section += nodes.raw("", str(h.div[kept]), format="html")
    if not rest:
        return
    target = app.builder.get_relative_uri(docname, PAGE)
    links = (
        h.a(class_="side-by-side", id=anchor(id), href=f"{target}#{id}")[ledger.conflict_titles[id]] for id in rest
    )
    more = h.details(class_="more-conflicts")[
        h.summary[pages.more_side_by_side(len(rest))],
        h.ul[(h.li[link] for link in links)],
    ]
    section += nodes.raw("", str(more), format="html")


# -- the page ------------------------------------------------------------------------------


def conflict_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Every disagreement, by the chapter in which it matters first: the claims side by side, the checks, what the book does."""
    where = places(app, ledger)
    chapters = [pages.docname(path, ledger.root) for path in pages.chapters(ledger.root)]
    names = {d: pages.title(ledger.root / f"{d}.md").partition(":")[0] for d in chapters}
    groups: dict[str, list[dict]] = {d: [] for d in [*chapters, ""]}
    for row in ledger.conflicts.to_dict("records"):
        groups[(where[row["id"]] or [""])[0]].append(row)
    names[""] = "In the ledger only"
    # A group that has emptied, because its entries matter earlier in the book, keeps its address.
    kept = [h.span(id=_group(d)) for d, rows in groups.items() if not rows]
    groups = {d: rows for d, rows in groups.items() if rows}
    jump: list[h.Node] = [[h.a(href=f"#{_group(d)}")[names[d]], f" ({len(rows)})"] for d, rows in groups.items()]
    filtered = ledger_page.filter_form(
        "Filter the disagreements",
        [("why", "Why they differ", WHY.items())],
        ".entry",
        f"{len(ledger.conflicts)} entries",
    )
    return h.fragment[
        h.nav(aria_label="Disagreements by chapter")[h.p[joined(jump, " · ")], kept],
        filtered,
        (
            h.section(class_="entries", id=_group(docname))[
                h.h2[names[docname]],
                (_entry(ledger, to, row, where[row["id"]], names) for row in rows),
            ]
            for docname, rows in groups.items()
        ),
    ]


def _group(docname: str) -> str:
    return f"of-{docname.rpartition('/')[2] or 'ledger'}"


def _entry(ledger: Ledger, to: To, row: dict, where: list[str], names: dict[str, str]) -> h.Element:
    rows = ledger.conflict_claims[ledger.conflict_claims["conflict"] == row["id"]]
    checks = {check["id"]: check for id in rows["claim"] for check in ledger.checks_of(id)}
    checked = joined((_check(to, check) for check in checks.values()), "; ")
    back = joined((h.a(href=f"{to(d)}#{anchor(row['id'])}")[names[d]] for d in where), ", ")
    return h.section(class_="entry", id=row["id"], data_why=row["why"])[
        h.h3[row["title"]],
        h.div(class_="sides")[
            (
                _side(ledger, to, position, claims, row["used"])
                for position, claims in rows.groupby("position", sort=False)["claim"]
            )
        ],
        h.dl(class_="entry-facts")[
            h.dt["Why they differ"],
            h.dd[f"{WHY[row['why']].capitalize()}."],
            h.dt["What the book does"],
            h.dd[row["resolution"], None if row["used"] else " None of these claims is followed alone."],
            h.dt["Checks"],
            h.dd[checked or "none was made on this point; the evidence stands above"],
            h.dt["Where it matters"],
            h.dd[back or "no chapter uses these claims"],
        ],
    ]


def _check(to: To, check: dict) -> h.Fragment:
    return h.fragment[
        h.a(href=f"{to('book/checks')}#{check['id']}")[check["title"]],
        ": ",
        h.strong(class_=check["verdict"])[wording.VERDICT_NAMES[check["verdict"]]],
    ]


def _side(ledger: Ledger, to: To, position: str, claims: Iterable[str], used: str) -> h.Element:
    return h.div(class_="side")[
        h.h4[position],
        h.ul[(_claim(ledger, to, id, id == used) for id in claims)],
    ]


def _claim(ledger: Ledger, to: To, id: str, used: bool) -> h.Element:
    row = ledger.claim(id)
    value = ledger_page.values(ledger, id)
    facts: list[h.Node] = [claim_roles.place(ledger, row, to)]
    if value and not any(letter.isdigit() for letter in row["statement"]):
        facts.append(value)
    if row["grade"]:
        facts.append(f"evidence, {row['grade']}")
    else:
        facts.append(wording.VERDICT_NAMES[ledger.verdict(id)])
    facts.append(h.a(href=f"{to('book/ledger')}#{id}")["ledger"])
    return h.li[
        [h.b(class_="used")["The book uses this."], " "] if used else None,
        row["statement"],
        " ",
        h.small[joined(facts, " · ")],
    ]


MAKERS = {"conflict-rows": conflict_rows}
