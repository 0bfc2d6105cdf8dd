"""Live values and notes: the roles, their nodes, and the cards that open beside them."""

from collections.abc import Collection, Iterable
from html import escape
from urllib.parse import quote

import htpy as h
from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from companion import confidence, pages, sources, wording
from companion.ledger import Ledger, NoSingleValue, UnknownId, load
from companion_press import domain
from companion_press.html_parts import To, joined
from companion_press.prose import marks

MODES = {"own": "", "ascribed": "as reported by", "quoted": "as quoted by"}


class claim(nodes.Inline, nodes.TextElement):
    """A stretch of text that rests on claims (attributes ``ids``, and ``marks`` where a word stands behind it)."""


class note_mark(nodes.Inline, nodes.Element):
    """The mark at the end of a sentence that rests on claims (attributes ``ids``, and ``number`` on its page)."""


class ClaimRole(SphinxRole):
    """``{claim}`id``` prints a value; ``{claim}`words <id>``` makes the words live."""

    def __init__(self, name: str) -> None:
        self.role = name

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        words, ids = pages.split(self.text)
        try:
            text = pages.render(ledger, self.role, self.text)
        except (UnknownId, NoSingleValue, ValueError) as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        remember_use(self.env, ids)
        return [claim(self.rawtext, text, ids=ids)], []


class NoteRole(SphinxRole):
    """``{note}`one, two``` at the end of a sentence opens the cards of all claims that the sentence rests on."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        try:
            pages.render(ledger, pages.NOTE, self.text)
        except UnknownId as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        _, ids = pages.split(self.text)
        remember_use(self.env, ids)
        return [note_mark(self.rawtext, ids=ids)], []


def remember_use(env: BuildEnvironment, ids: tuple[str, ...]) -> None:
    """Note that the page that is being read needs a card for these ids."""
    uses = domain.of(env).uses.setdefault(env.docname, [])
    if ids not in uses:
        uses.append(ids)


def remember_home(env: BuildEnvironment, id: str) -> None:
    """Note that the page that is being read lists a claim, for which it needs no card."""
    domain.of(env).listed.setdefault(env.docname, []).append(id)


def number_notes(app: Sphinx, doctree: nodes.document) -> None:
    """On reading a page: number its notes in the order in which they stand."""
    for number, node in enumerate(doctree.findall(note_mark), start=1):
        node["number"] = number


def visit_note_html(self: HTML5Translator, node: note_mark) -> None:
    """Print the number of a note; a star behind it says that a check did not bear out all of what the note names."""
    ids, number = node["ids"], node["number"]
    doubted = marks.of(load(), ids)
    star, found = ("*", f", {doubted[0].verdict}") if doubted else ("", "")
    target = self.builder.get_relative_uri(self.builder.current_docname, "book/ledger")
    mark = h.a(
        class_="note-mark",
        id=f"note-{number}",
        href=f"{target}#{pages.anchor(load(), ids[0])}",
        data_card=card_id(ids),
        aria_label=f"Note {number}{found}",
    )[h.sup[f"{number}{star}"]]
    self.body.append(str(mark))
    raise nodes.SkipNode


class CountRole(SphinxRole):
    """``{count}`memberships organisation=csto``` prints how many rows there are."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        try:
            return [nodes.Text(pages.render(ledger, "count", self.text))], []
        except ValueError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


class conclusion(nodes.Inline, nodes.TextElement):
    """How sure the book is of a conclusion (attributes ``conclusion``, ``why``)."""


class ConclusionRole(SphinxRole):
    """``{conclusion}`trade-grew``` prints “(high confidence)”, which leads to the reasons; words as `pages.render_conclusion` has them."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        ledger = load()
        domain.depend_on_ledger(self.env)
        id = pages.conclusion(self.text)
        try:
            text, why = pages.render_conclusion(ledger, self.text), confidence.explain(confidence.judge(ledger, id))
        except UnknownId as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [conclusion(self.rawtext, text, conclusion=id, why=why)], []


def visit_conclusion_html(self: HTML5Translator, node: conclusion) -> None:
    target = self.builder.get_relative_uri(self.builder.current_docname, "book/balance")
    self.body.append(
        f'<a class="confidence" href="{target}#conclusion-{node["conclusion"]}" title="{escape(node["why"], quote=True)}">'
    )


def depart_conclusion_html(self: HTML5Translator, node: conclusion) -> None:
    self.body.append("</a>")


def card_id(ids: Iterable[str]) -> str:
    """Return the HTML id of the card for these claims on a page."""
    return "card-" + "--".join(ids)


def visit_claim_html(self: HTML5Translator, node: claim) -> None:
    ids = node["ids"]
    target = self.builder.get_relative_uri(self.builder.current_docname, "book/ledger")
    self.body.append(f'<a class="claim" href="{target}#{pages.anchor(load(), ids[0])}" data-card="{card_id(ids)}">')


def depart_claim_html(self: HTML5Translator, node: claim) -> None:
    self.body.append("</a>")
    target = self.builder.get_relative_uri(self.builder.current_docname, "book/checks")
    for mark in node.get("marks", ()):
        self.body.append(str(_check_mark(mark, target)))


def _check_mark(mark: marks.Mark, checks: str) -> h.Element:
    """Return a star, as at a note, which leads to its check on the page of the `checks`."""
    return h.a(
        class_=f"check-mark {mark.verdict}",
        href=f"{checks}#{mark.check}",
        title=f"A check found this {mark.verdict}: what it found",
    )[
        # Its word stands in brackets for whoever hears the page or reads it without styles.
        h.span(class_="visually-hidden")[f" [{mark.verdict}]"]
    ]


def mark_claims(app: Sphinx, doctree: nodes.document) -> None:
    """On reading a page: say behind which claims a word stands that the check did not bear them out."""
    ledger = load()
    blocks: dict[int, nodes.Node] = {}
    for node in doctree.findall(claim):
        block = node.parent
        while isinstance(block, nodes.Inline):
            block = block.parent
        blocks[id(block)] = block
    for block in blocks.values():
        parts = [
            node
            for node in block.findall(lambda n: isinstance(n, (claim, nodes.Text)))
            if isinstance(node, claim) or not isinstance(node.parent, claim)
        ]
        stretch = [node["ids"] if isinstance(node, claim) else node.astext() for node in parts]
        claims = [node for node in parts if isinstance(node, claim)]
        for node, shown in zip(claims, marks.placed(ledger, stretch)):
            node["marks"] = shown


def voice(ledger: Ledger, row: dict) -> str:
    """Say who makes a claim: ``Vladimir Putin, as reported by Cafiero 2025``."""
    source = sources.short(row["source"], ledger.root)
    if not row["said_by"]:
        return source
    return f"{ledger.name(row['said_by'])}, {MODES[row['mode']]} {source}"


def place(ledger: Ledger, row: dict, to: To) -> Markup:
    """Return the link to the passage (a seed's card) or to the reference.

    `to` maps a document name to a relative address.
    """
    key, name = row["source"], voice(ledger, row)
    if key in ledger.seeds:
        stop = row["locator"]
        return Markup(h.a(href=f"{to('seeds/' + key)}#{locator_anchor(stop)}")[f"{name}, {stop}"])
    return Markup(h.a(href=f"{to('book/sources')}#ref-{key}")[name])


def original(ledger: Ledger, row: dict) -> Markup:
    """Return the link to a claim's public original, ``""`` where no address is known.

    Where the ledger keeps words of the source (at most five), the link carries
    them as a text fragment, and the browser goes to the place. A summary of a
    recording leads to the recording itself, at its time stamp.
    """
    if (
        row["source"] in ledger.seeds
        and ":" in row["locator"]
        and (recording := sources.card(row["source"], ledger.root).get("recording"))
    ):
        hours, minutes, seconds = map(int, row["locator"].split(":"))
        place = recording.format(seconds=3600 * hours + 60 * minutes + seconds)
        return Markup(_external(place, "Watch the recording at this place"))
    fields = sources.references(ledger.root).entries[row["source"]].fields
    if "url" not in fields:
        return Markup()
    # Hyphens and commas have a meaning of their own in a text directive (WICG, URL Fragment Text Directives).
    fragment = f"#:~:text={quote(row['words'], safe='').replace('-', '%2D')}" if row["words"] else ""
    return Markup(_external(f"{fields['url']}{fragment}", "Read the original"))


def _external(address: str, words: str) -> h.Element:
    return h.a(href=address, rel="external")[words]


def locator_anchor(locator: str) -> str:
    """Return the anchor of a locator on its source's card: ``¶12`` is ``p12``."""
    return "p" + locator.replace("¶", "").replace(":", "")


def verdict_text(ledger: Ledger, claim_id: str) -> str:
    """Say in words how a claim fared: ``Check: imprecise``, or that nobody has looked."""
    found = ledger.verdict(claim_id)
    grade = ledger.claim(claim_id)["grade"]
    return f"Independent evidence, graded {grade}" if grade and not found else f"Check: {wording.VERDICT_NAMES[found]}"


def report_address(repository: str, id: str) -> str:
    """Return the address of the repository's form for an error in a claim (``.github/ISSUE_TEMPLATE/wrong-fact.yml``).

    Parameters
    ----------
    repository : ``owner/name``; without one there is no form, and so no address
    id : what the form's field for the claim holds; may be empty
    """
    if not repository:
        return ""
    filled = f"&claim={id}&title={quote(f'Wrong fact: {id}')}" if id else ""
    return f"https://github.com/{repository}/issues/new?template=wrong-fact.yml{filled}"


def _report(repository: str, id: str) -> h.Element | None:
    address = report_address(repository, id)
    return _external(address, "Report an error") if address else None


def card(ledger: Ledger, ids: Collection[str], to: To, repository: str = "") -> Markup:
    """Return the card for one use: each claim, who makes it, where, its verdict, and the way to report an error.

    Parameters
    ----------
    repository : see `report_address`
    """
    parts: list[h.Node] = []
    for id in ids:
        about = _about_derivation if ledger.is_derivation(id) else _about_claim
        parts += [h.hr if parts else None, about(ledger, id, to, repository)]
    return Markup(
        h.div(
            class_="claim-card",
            id=card_id(ids),
            popover=True,
            role="dialog",
            tabindex="-1",
            aria_label="About this claim",
        )[parts]
    )


def _about_derivation(ledger: Ledger, id: str, to: To, repository: str) -> h.Fragment:
    basis = [
        h.a(href=f"{to('book/ledger')}#{c}")[sources.short(ledger.claim(c)["source"], ledger.root)]
        for c in ledger.inputs(id)
    ]
    more = [
        h.a(href=f"{to('book/ledger')}#{id}")["How it is computed"],
        h.a(href=to("claims/" + id))["Cite"],
        _report(repository, id),
    ]
    return h.fragment[
        h.p[ledger.derivation(id)["statement"]],
        h.p(class_="who")["Computed by this book from ", joined(basis, ", "), "."],
        h.p(class_="more")[joined(filter(None, more), " · ")],
    ]


def _about_claim(ledger: Ledger, id: str, to: To, repository: str) -> h.Fragment:
    row = ledger.claim(id)
    claim_id = row["id"]
    more: list[h.Node] = [
        h.a(href=f"{to('book/ledger')}#{claim_id}")["In the ledger"],
        h.a(href=to("claims/" + claim_id))["Cite"],
        original(ledger, row),
        _report(repository, claim_id),
    ]
    return h.fragment[
        h.p[row["statement"]],
        h.p(class_="who")[place(ledger, row, to)],
        h.p(class_="who")[f"Printed “{row['printed']}”, meant “{row['meant']}”."] if row["meant"] else None,
        _verdict(ledger, claim_id, to),
        h.p(class_="more")[joined(filter(None, more), " · ")],
    ]


def _verdict(ledger: Ledger, claim_id: str, to: To) -> h.Element:
    checks = ledger.checks_of(claim_id)
    return h.p(class_=f"verdict {ledger.verdict(claim_id) or 'none'}")[
        f"{verdict_text(ledger, claim_id)}.",
        [" ", h.a(href=f"{to('book/checks')}#{checks[0]['id']}")["What was found"]] if checks else None,
    ]


def page_cards(ledger: Ledger, uses: Collection[tuple[str, ...]], to: To, repository: str = "") -> Markup:
    """Return the cards of a page, closed until a claim opens one."""
    if not uses:
        return Markup()
    return Markup(h.div(class_="claim-cards")[(card(ledger, ids, to, repository) for ids in uses)])
