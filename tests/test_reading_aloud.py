"""Readers who listen: Chromium tells a screen reader sentences, with plain links and marks that say what they are."""

import re

import pytest

from built_site import PROJECT
from companion import pages

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]

#: What a screen reader would say of a link beside its name, in the middle of a sentence.
NOISE = {"hasPopup", "expanded", "controls", "pressed"}

#: What a mark is called: a note with its number and what the check found, or the latter alone.
MARK = re.compile(r"Note (\d+)(?:, [a-z ]+)?|\[[a-z ]+\]")


def tree(page):
    """Return the nodes of the accessibility tree by their ids."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return {node["nodeId"]: node for node in nodes}


def role(node):
    return node.get("role", {}).get("value", "")


def name(node):
    return node.get("name", {}).get("value", "")


def heard(nodes, node):
    """Yield the links and the pieces of text in a node in their order, links as one piece each."""
    for child in (nodes[id] for id in node.get("childIds", ()) if id in nodes):
        if role(child) in ("link", "StaticText"):
            yield child
        else:
            yield from heard(nodes, child)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_paragraph_is_heard_as_its_sentences(visit, chapter):
    page = visit(f"book/{chapter}.html").page
    nodes = tree(page)
    seen = page.evaluate(
        """() => [...document.querySelectorAll('article section > p')].filter(p => p.checkVisibility() && p.querySelector('a.claim, a.note-mark'))
          .map(p => { const copy = p.cloneNode(true); copy.querySelectorAll('.note-mark, .check-mark').forEach(m => m.remove());
            return copy.textContent.split(/\\s+/).join(' ').trim(); })"""
    )
    sentences, marks = [], []
    for node in nodes.values():
        if role(node) != "paragraph":
            continue
        words = []
        for piece in heard(nodes, node):
            assert not NOISE & {one["name"] for one in piece.get("properties", ())}, name(piece)
            if role(piece) == "link" and MARK.fullmatch(name(piece).strip()):
                marks.append(name(piece).strip())
            else:
                words.append(name(piece))
        sentences.append(" ".join("".join(words).split()))
    assert len(seen) > 8 and not [paragraph for paragraph in seen if paragraph not in sentences]
    notes = [int(found[1]) for mark in marks if (found := MARK.fullmatch(mark)) and found[1]]
    assert len(set(notes)) == len(notes) > 5, "each note has a number of its own"
