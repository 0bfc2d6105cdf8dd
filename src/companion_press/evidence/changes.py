"""What has changed and what was put right, from ``CHANGELOG.md``: a page for readers and a feed for their programs."""

import hashlib
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import htpy as h
from markdown_it import MarkdownIt
from markupsafe import Markup
from sphinx.application import Sphinx

from companion import dates
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.html_parts import To
from companion_press.prose import claim_roles

#: The one place in which changes are written down.
CHANGELOG = "CHANGELOG.md"

#: The page that shows them, below the site's root.
PAGE = "book/changes.html"

#: The heading in the changelog under which corrections stand, and that of what no version has yet.
FIXED, UNRELEASED = "Fixed", "Unreleased"

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Release:
    """A section of the changelog.

    Attributes
    ----------
    name : ``0.1.0``, or ``Unreleased``
    date : the day, ISO 8601; ``""`` of what no version has yet
    changes : what changed, as HTML, by kind (``Added``, ``Fixed``)
    """

    name: str
    date: str
    changes: dict[str, list[str]]

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return f"Version {self.name}" if self.date else "Since the last version"

    @property
    def anchor(self) -> str:
        """Its anchor on the page."""
        return f"version-{self.name.replace('.', '-')}" if self.date else "unreleased"


def releases(root: Path) -> list[Release]:
    """Return the sections of the changelog in their order, the newest first.

    Raises ``ValueError`` for a heading that names no version.
    """
    markdown = MarkdownIt("commonmark", {"html": False})
    tokens = markdown.parse((root / CHANGELOG).read_text("utf-8"))
    found: list[Release] = []
    changes: list[str] = []
    for opening, held in zip(tokens, tokens[1:]):
        if opening.type == "heading_open" and opening.tag == "h2":
            named = re.fullmatch(r"\[(Unreleased|[\d.]+)\](?: - (\d{4}-\d\d-\d\d))?", held.content)
            if not named or bool(named[2]) == (named[1] == UNRELEASED):
                raise ValueError(f"{CHANGELOG}: {held.content!r}; write ## [1.2.3] - 2026-01-31, or ## [{UNRELEASED}]")
            found.append(Release(named[1], named[2] or "", {}))
        elif opening.type == "heading_open" and opening.tag == "h3":
            changes = found[-1].changes.setdefault(held.content, [])
        elif opening.type == "paragraph_open" and opening.level >= 2:
            changes.append(markdown.renderInline(held.content))
    return found


# -- the page ----------------------------------------------------------------------------


def corrections(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """What was wrong and has been put right, and how to report what still is."""
    entries = [
        h.li[Markup(text), " ", h.small[h.a(href=f"#{release.anchor}")[release.title]]]
        for release in releases(ledger.root)
        for text in release.changes.get(FIXED, ())
    ]
    report = claim_roles.report_address(app.config.companion_repository, "")
    return h.fragment[
        h.ul[entries] if entries else h.p["Nothing yet."],
        _report(report) if report else None,
    ]


def _report(address: str) -> h.Element:
    return h.p[
        h.a(href=address, rel="external")["Report an error"],
        ", or follow the link on the card of the claim that is wrong, which fills in its id.",
    ]


def changes(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Everything that changed, version by version."""
    return h.fragment[
        (
            h.section(id=release.anchor)[
                h.h3[release.title, f" ({dates.text(release.date)})" if release.date else None],
                _listed(release, h.h4),
            ]
            for release in releases(ledger.root)
        )
    ]


def _listed(release: Release, heading: h.Element) -> h.Fragment:
    return h.fragment[
        ([heading[kind], h.ul[(h.li[Markup(text)] for text in texts)]] for kind, texts in release.changes.items())
    ]


MAKERS = {"corrections": corrections, "changes": changes}


# -- the feed ----------------------------------------------------------------------------


def feed(address: str, title: str, author: str) -> str:
    """Return the changes as an Atom feed: one entry for a version, one for each change that no version has yet.

    Parameters
    ----------
    address : the site's address, ending in ``/``
    title, author : of the book
    """
    ledger = load()
    page = address + PAGE
    found = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _add(found, "title", f"{title}: changes and corrections")
    _add(found, "id", page)
    _add(found, "link", rel="self", type="application/atom+xml", href=address + domain.FEED)
    _add(found, "link", rel="alternate", type="text/html", href=page)
    # What no version has yet carries the day on which evidence was read last, as all files of the book do.
    _add(found, "updated", f"{ledger.evidence_read_to}T00:00:00Z")
    _add(_add(found, "author"), "name", author)
    for release in releases(ledger.root):
        there = f"{page}#{release.anchor}"
        if release.date:
            _entry(found, there, there, release.title, release.date, _listed(release, h.h2))
            continue
        for kind, texts in release.changes.items():
            for text in texts:
                mark = hashlib.sha256(text.encode()).hexdigest()[:10]
                _entry(found, f"{there}-{mark}", there, _short(kind, text), ledger.evidence_read_to, h.p[Markup(text)])
    ElementTree.indent(found)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(found, "unicode") + "\n"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text
    return child


def _entry(parent: ElementTree.Element, id: str, address: str, title: str, day: str, content: h.Renderable) -> None:
    entry = _add(parent, "entry")
    _add(entry, "title", title)
    _add(entry, "id", id)
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "updated", f"{day}T00:00:00Z")
    # The inner `str` makes Markup, which would escape once more what ElementTree escapes; the outer one a plain text.
    _add(entry, "content", str(str(content)), type="html")


def _short(kind: str, text: str) -> str:
    """Return a heading for one change: its kind and its first sentence, or as many words of it as a line holds."""
    plain = re.sub(r"<[^>]+>", "", text)
    sentence = re.split(r"(?<=\w)[.;] ", plain)[0].rstrip(".")
    words, line = sentence.split(), ""
    while words and len(f"{line} {words[0]}") <= 90:
        line = f"{line} {words.pop(0)}".strip()
    return f"{kind}: {line}{' …' if words else ''}"


def write(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, write the feed where the site has an address."""
    if not error and app.builder.format == "html" and app.config.html_baseurl:
        text = feed(app.config.html_baseurl, app.config.html_title, app.config.author)
        domain.of_app(app).publish(domain.FEED, text)
