"""What the pages and the files say of how to cite: one record for each thing, rendered once for a build."""

import os
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import htpy as h
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from companion import pages, sources
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citation_store, citations, coins, csl_items, exports, manuals
from companion_press.html_parts import To, joined

#: The style that cites in footnotes.
NOTES = "chicago-notes"

#: Overrides the setting ``html: baseurl`` of ``_config.yml``.
ADDRESS_VARIABLE = "BOOK_URL"


@dataclass(frozen=True)
class Record:
    """Something that can be cited.

    Attributes
    ----------
    item : the citation record (CSL-JSON)
    path : where it stands, below the site's root (``book/war.html#un-votes``)
    files : where its downloads stand without their ending (``figures/un-votes``); empty where it has none
    """

    item: dict
    path: str
    files: str


def read_address(app: Sphinx, config: Config) -> None:
    """Settle the site's address: the environment's before the configuration's, with a slash at its end.

    Raises ``ConfigError`` where it is no web address.
    """
    given = os.environ.get(ADDRESS_VARIABLE, "").strip()
    where = f"the environment variable {ADDRESS_VARIABLE}" if given else "_config.yml, html, baseurl"
    address = given or (config.html_baseurl or "").strip()
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment):
        raise ConfigError(
            f"{where}: {address!r} is not the address of a site. Write one such as https://example.org/book/, "
            "or leave it empty: then nothing invents one."
        )
    config.html_baseurl = address if not address or address.endswith("/") else f"{address}/"


def number(app: Sphinx, docname: str, anchor: str) -> str:
    """Return the number of a figure or a table as the page prints it: ``3.2``, and ``1`` on a page that has no number itself."""
    numbers = app.env.toc_fignumbers.get(docname, {})
    return ".".join(map(str, numbers.get("figure", {}).get(anchor) or numbers.get("table", {}).get(anchor, ())))


def called(app: Sphinx, docname: str, facts: dict) -> str:
    """Return what a figure or a table is called: ``Figure 3.2``, ``Table 3.1``."""
    return f"{'Table' if facts['kind'] == 'table' else 'Figure'} {number(app, docname, facts['id'])}"


def records(app: Sphinx) -> dict[str, Record]:
    """Return everything of this book that can be cited, by key.

    Keys are ``book``, ``data``, ``chapter:<name>``, ``page:<document name>`` (a page that is
    none of these), ``figure:<name>`` and ``claim:<id>``.
    """
    ledger, address = load(), app.config.html_baseurl
    found = {
        "book": Record(csl_items.book(ledger, address), "book/index.html", "cite/book"),
        "data": Record(csl_items.data(ledger, address), "data/README.html", "cite/data"),
    }
    chapters = pages.chapters(ledger.root)
    for path in pages.executed(ledger.root):
        docname, title = pages.docname(path, ledger.root), pages.title(path)
        if path in chapters:
            position = 1 + chapters.index(path)
            item = csl_items.chapter(ledger, docname, title, position, address)
            found[f"chapter:{path.stem}"] = Record(item, f"{docname}.html", f"cite/{path.stem}")
        for name, facts in domain.of_app(app).figures_of(docname).items():
            item = csl_items.figure(
                ledger, docname, facts["id"], number(app, docname, facts["id"]), facts["title"], facts["kind"], address
            )
            found[f"figure:{name}"] = Record(item, f"{docname}.html#{facts['id']}", f"figures/{name}")
    known = {record.path for record in found.values()}
    for path in pages.sources(ledger.root):
        docname = pages.docname(path, ledger.root)
        if f"{docname}.html" not in known:
            item = csl_items.page(ledger, docname, pages.title(path), address)
            found[f"page:{docname}"] = Record(item, f"{docname}.html", f"cite/{path.stem}")
    for id in [*ledger.claims["id"], *ledger.derivations["id"]]:
        found[f"claim:{id}"] = Record(csl_items.claim(ledger, id, address), f"book/ledger.html#{id}", f"claims/{id}")
    return found


def prepare(app: Sphinx, env: BuildEnvironment) -> None:
    """Set everything that can be cited in every style, once the figures have their numbers."""
    ledger = load()
    own = records(app)
    keys = list(sources.references(ledger.root).entries)
    passages = sorted({(row["source"], row["locator"]) for row in ledger.claims.to_dict("records")})
    if app.config.companion_only:
        # One page asks for itself, its figures and their sources; the panels of claims are on pages of their own.
        own = {key: record for key, record in own.items() if not key.startswith("claim:")}
        keys = list(
            ledger.sources(
                c for f in domain.of(env).figures_of(app.config.companion_only).values() for c in f["claims"]
            )
        )
        passages = []
    items = {key: record.item for key, record in own.items()}
    read = {key: csl_items.reference(ledger, key) for key in keys}
    citation_store.recall()
    entries, references, places = {}, {}, {}
    for style in manuals.STYLES:
        for key, entry in zip(items, citations.entries(list(items.values()), style)):
            entries[key, style] = entry
        for key, entry in zip(read, citations.entries(list(read.values()), style)):
            references[key, style] = entry
        cited = citations.citations([(read[key], stop) for key, stop in passages], style)
        for (key, stop), entry in zip(passages, cited):
            places[key, stop, style] = entry
    notes = dict(zip(items, citations.citations([(item, "") for item in items.values()], NOTES)))
    domain.of(env).citing = domain.Citing(own, entries, notes, references, places)


def keep(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, keep its citations for the next build."""
    if not error:
        citation_store.keep()


def block(app: Sphinx, key: str, to_root: str) -> Markup:
    """Return a record's citation in every style, each with a button that copies it, and its files.

    Parameters
    ----------
    key : see `records`
    to_root : relative address of the site's root from the page, such as ``../``
    """
    record = domain.of_app(app).citing.records[key]
    files = (
        h.a(href=f"{to_root}{record.files}.{ending}", download=True)[name] for ending, name in exports.FILES.items()
    )
    return Markup(
        h.fragment[
            h.dl(class_="citations")[lines(app, key)],
            h.p(class_="take-files")["For reference managers: ", joined(files, " · ")],
        ]
    )


def colophon(app: Sphinx, key: str) -> Markup:
    """Return what stands at the end of a page that is printed: how to cite it, with its address where that is known."""
    entry = domain.of_app(app).citing.entries[key, manuals.LIST_STYLE]
    return Markup(h.p(class_="printed-from")[h.b["Cite as:"], " ", _span(entry)])


def lines(app: Sphinx, key: str) -> Markup:
    """Return a record's citations as lines, one for each style, and two for the one that cites in footnotes."""
    citing, shown = domain.of_app(app).citing, []
    for style, name in manuals.STYLES.items():
        if style == NOTES:
            shown.append(_line(f"{name}: footnote", citing.notes[key]))
        shown.append(_line(f"{name}: list of sources" if style == NOTES else name, citing.entries[key, style]))
    return Markup(h.fragment[shown])


def example(app: Sphinx, ledger: Ledger, to: To, key: str) -> h.Renderable:
    """A record's citation in every style on a page, by its key (see `records`)."""
    own = key.replace("claim-record:", "claim:", 1)
    if own not in domain.of_app(app).citing.records:
        raise ValueError(
            f"{{citation}} {key}: nothing of this name can be cited. "
            "Write book, data, chapter:war, figure:un-votes, claim:trade-russia-2024 or claim-record:trade-russia-2024"
        )
    if key.startswith("claim:"):
        return h.dl(class_="citations")[claim_lines(app, ledger, key.partition(":")[2])]
    record = domain.of_app(app).citing.records[own]
    if key.startswith("claim-record:"):
        return h.dl(class_="citations")[lines(app, own)]
    to_root = to("book/index").rpartition("book/index.html")[0] or "../"
    return h.fragment[coins.span(record.item, record.path), block(app, key, to_root)]


def claim_lines(app: Sphinx, ledger: Ledger, id: str) -> Markup:
    """Return the citations of a claim's source, style by style: with its passage in a note, and in the list of sources."""
    row = ledger.claim(id)
    key, stop = row["source"], row["locator"]
    citing, shown = domain.of_app(app).citing, []
    for style, name in manuals.STYLES.items():
        where = "footnote" if style == NOTES else "in the text"
        shown += [
            _line(f"{name}: {where}", citing.places[key, stop, style]),
            _line(f"{name}: list of sources", citing.references[key, style]),
        ]
    return Markup(h.fragment[shown])


MAKERS = {"citation": example}


def _line(name: str, entry: citations.Entry) -> h.Element:
    """Return one citation as a definition: its style and the text, to which the page's script adds a button that copies it."""
    return h.div[h.dt[name], h.dd[_span(entry)]]


def _span(entry: citations.Entry) -> h.Element:
    """Return a citation.

    What only the page can know, its address and the day of reading, stands as a pattern in the ``data-full`` of
    the stretch that differs; the page's script puts it there.
    """
    before, short, full, after = differing(entry.html, entry.html_full)
    stretch = h.span(data_full=full)[Markup(short)] if full or short else None
    return h.span(class_="citation")[Markup(before), stretch, Markup(after)]


#: What may not be parted in HTML: an element, whole; a sign that is written by its name; any other sign.
_WHOLE = re.compile(r"<(\w+)[^>]*>.*?</\1>|&\w+;|.", re.S)


def differing(short: str, full: str) -> tuple[str, str, str, str]:
    """Compare two texts in HTML.

    Returns
    -------
    What both begin with, what is different in each, and what both end with; no element and no sign is parted
    """
    one, other = ([match[0] for match in _WHOLE.finditer(text)] for text in (short, full))
    least = min(len(one), len(other))
    begin = next((place for place in range(least) if one[place] != other[place]), least)
    end = next((place for place in range(least - begin) if one[-1 - place] != other[-1 - place]), least - begin)
    stop, other_stop = len(one) - end, len(other) - end
    return "".join(one[:begin]), "".join(one[begin:stop]), "".join(other[begin:other_stop]), "".join(one[stop:])


def write_files(app: Sphinx) -> None:
    """Write each record's files for reference managers (claims have theirs in their pages)."""
    book = domain.of_app(app)
    for key, record in book.citing.records.items():
        if key.startswith("claim:") or not record.files:
            continue
        for ending in exports.FILES:
            book.publish(f"{record.files}.{ending}", exports.exported(record.item, ending))
