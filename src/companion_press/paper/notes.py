"""Notes: the sources of a sentence, in the place of the cards that open on the screen."""

import re
from collections.abc import Callable

import htpy as h
from bs4 import NavigableString, PageElement, Tag
from markupsafe import Markup, escape

from companion import sources
from companion.ledger import Ledger
from companion_press.paper import tags
from companion_press.prose import claim_roles

#: From a page's name and an anchor on it to an address, ``""`` if there is none.
Link = Callable[[str, str], str]

#: Elements that hold running text: a note never leaves the one that its claims stand in.
BLOCKS = ("p", "li", "dd", "dt", "td", "th", "figcaption", "caption", "div", "section", "article")

#: Elements that a note never stands inside: it follows them.
INLINE = ("a", "b", "code", "em", "i", "small", "strong", "sub", "sup")

#: Ties a note to the word before it, so that its number never begins a line (U+2060, word joiner).
HOLD = "\u2060"

#: Where a sentence ends: its last mark, unless it closes an initial or an abbreviation, and what closes behind it.
END = re.compile(r"(?<!\b[A-Z])(?<!\b[SDMN][tro])(?<!\bFig)[.?!…][”’\"')\]]*(?=\s|$)")


def add(article: Tag, ledger: Ledger, link: Link) -> int:
    """Put a note at the end of each sentence that rests on claims; the claims become plain text.

    Parameters
    ----------
    article : a page of the book, changed in place
    ledger : the ledger
    link : function of a page's name and an anchor that returns an address, ``""`` if there is none

    Returns how many notes there are.
    """
    blocks = {}
    for claim in article.select("a.claim, a.note-mark"):
        block = tags.expect(claim.find_parent(BLOCKS))
        blocks[id(block)] = block
    count = 0
    for block in blocks.values():
        for place, uses in _sentences(block):
            note = tags.parse(h.span(".note")[text(ledger, uses, link)])
            place.insert_after(note)
            count += 1
    for claim in article.select("a.claim"):
        claim.unwrap()
    for mark in article.select("a.note-mark"):
        mark.decompose()
    for note in article.select(".note"):
        note.insert_before(HOLD)
    return count


def _sentences(block: Tag) -> list[tuple[PageElement, list[list[str]]]]:
    """Return, for each sentence of a block with claims, the node after which a note stands, and the ids."""
    found: list[tuple[PageElement, list[list[str]]]] = []
    pending: list[list[str]] = []
    last: PageElement | None = None  # set as soon as something is pending
    for node in list(block.descendants):
        if node.find_parent(BLOCKS) is not block and not (isinstance(node, Tag) and node.name in BLOCKS):
            continue
        if isinstance(node, Tag):
            if "note-mark" in (node.get("class") or []):
                # It stands behind the sentence's end: what it names joins the note that stands there already.
                ids = _claims(node)
                if found and not pending and found[-1][0] is node.previous_sibling:
                    found[-1][1].append(ids)
                else:
                    found.append((node, [*pending, ids]))
                    pending = []
            elif "claim" in (node.get("class") or []):
                pending.append(_claims(node))
                last = _outermost(node, block)
            elif node.name in BLOCKS and pending:
                assert last is not None
                found.append((last, pending))
                pending = []
        elif pending and not node.find_parent(class_=["claim", "note-mark"]) and type(node) is NavigableString:
            outer = _outermost(node, block)
            match = END.search(node)
            if match and outer is not node and node[match.end() :].strip():
                match = None  # inside a link or emphasis a mark ends a sentence only where it ends both
            if not match:
                if node.strip():
                    last = outer
                continue
            if outer is node:
                # The sentence ends inside this text: cut it there.
                head, tail = node[: match.end()], node[match.end() :]
                outer = NavigableString(head)
                node.replace_with(outer)
                rest = NavigableString(tail)
                outer.insert_after(rest)
            found.append((outer, pending))
            pending = []
    if pending:
        assert last is not None
        found.append((last, pending))
    return found


def _claims(mark: Tag) -> list[str]:
    """Return the ids behind a claim or a note mark: those in the name of its card."""
    return tags.attribute(mark, "data-card").removeprefix("card-").split("--")


def _outermost(node: PageElement, block: Tag) -> PageElement:
    """Return what a note follows that belongs to `node`: it stands outside links and emphasis."""
    while (
        (above := tags.expect(node.parent)) is not block
        and above.name in INLINE
        or "claim" in (above.get("class") or [])
    ):
        node = above
    return node


def text(ledger: Ledger, uses: list[list[str]], link: Link) -> Markup:
    """Return a note as HTML: each source with its passages, in the order of the claims.

    Parameters
    ----------
    uses : ids of the claims and derivations, a list for each place in the sentence
    """
    places: dict = {}
    for id in dict.fromkeys(id for ids in uses for id in ids):
        if ledger.is_derivation(id):
            places.setdefault(_computed(ledger, id, link), {})
            continue
        row = ledger.claim(id)
        name, at, seed = claim_roles.voice(ledger, row), row["locator"], row["source"] in ledger.seeds
        name = _linked(name, "" if seed else link("book/sources", f"ref-{row['source']}"))
        shown = _linked(at, link(f"seeds/{row['source']}", claim_roles.locator_anchor(at)) if seed else "")
        places.setdefault(name, {}).setdefault(shown, set()).add(_standing(ledger, row))
    parts = []
    for name, passages in places.items():
        listed = [at + _brackets(standings) for at, standings in passages.items() if at or any(standings)]
        parts.append(name + (", " if any(passages) else "") + _joined(listed))
    return Markup("; ").join(parts) + "."


def place(ledger: Ledger, row: dict) -> str:
    """Return the source of a claim and the place in it, as text: ``Cafiero 2025, ¶28``."""
    return ", ".join(filter(None, (sources.short(row["source"], ledger.root), row["locator"])))


def _standing(ledger: Ledger, row: dict) -> str:
    """Say what the check found, or that evidence is weak; nothing where nobody has looked."""
    if row["grade"]:
        return "weak evidence" if row["grade"] == "weak" else ""
    return claim_roles.verdict_text(ledger, row["id"]).replace("Check: ", "check: ").replace("check: not checked", "")


def _brackets(standings: set[str]) -> str:
    said = sorted(filter(None, standings))
    return f" ({'; '.join(said)})" if said else ""


def _computed(ledger: Ledger, id: str, link: Link) -> Markup:
    keys = dict.fromkeys(ledger.claim(c)["source"] for c in ledger.inputs(id))
    names = [_linked(sources.short(s, ledger.root), link("book/sources", f"ref-{s}")) for s in keys]
    return "computed by this book from " + _joined(names)


def _joined(items: list[Markup]) -> Markup:
    return Markup(" and ").join(filter(None, [Markup(", ").join(items[:-1]), *items[-1:]]))


def _linked(words: str, address: str) -> Markup:
    return Markup(h.a(href=address)[words]) if address else escape(words)
