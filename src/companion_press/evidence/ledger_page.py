"""Pages straight from the ledger: its rows, the sources, the tables."""

import functools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from companion import pages, sources, wording
from companion.ledger import VERDICTS, load
from companion_press import domain
from companion_press.citing import citations
from companion_press.evidence import database
from companion_press.keeping import whole
from companion_press.prose import claim_roles

#: The data package as one file, below the site's root.
PACKAGE = "data/central-asia-companion-data.zip"

#: The page of the ledger, the first where there are several.
PAGE = "book/ledger"

#: So many rows stand on one page of the ledger. A longer one has several: a browser lays out no more than this at once.
ROWS = 2500

#: What a row is filtered by, as attributes ``data-…``: page, source, kind, check.
FACETS = ("c", "s", "k", "v")


# -- the ledger -------------------------------------------------------------------


def used_in(app, ledger) -> dict[str, list[str]]:
    """Return for each claim the pages (document names, in reading order) whose text or figures use it."""
    found: dict[str, list[str]] = {}
    for docname in (pages.docname(path, ledger.root) for path in pages.sources(ledger.root)):
        used = [id for ids in domain.of_app(app).uses.get(docname, []) for id in ids]
        used += domain.of_app(app).listed.get(docname, [])
        for facts in domain.of_app(app).figures_of(docname).values():
            used += facts["claims"]
        for id in used:
            for claim_id in ledger.inputs(id):
                where = found.setdefault(claim_id, [])
                if docname not in where:
                    where.append(docname)
    return found


def values(ledger, claim_id) -> str:
    """Print all values of a claim, for its row in the ledger."""
    numbers = [wording.quantity(q) for q in ledger.quantities_of(claim_id)]
    report = ledger.report_of(claim_id)
    if report and report.date:
        numbers.append(wording.value(ledger, claim_id))
    return "; ".join(numbers)


@dataclass(frozen=True)
class Row:
    """A row of the ledger's page.

    Attributes
    ----------
    facets : what it is filtered by: page, source, kind, check, in the order of `FACETS`
    text : the statement
    about : what stands below it (HTML)
    """

    facets: tuple[str, str, str, str]
    text: str
    about: str

    def html(self, id: str) -> str:
        """Return the row as an item of a list."""
        named = " ".join(f'data-{name}="{value}"' for name, value in zip(FACETS, self.facets))
        return f'<li id="{id}" {named}>{escape(self.text)}<small>{self.about}</small></li>'


@functools.lru_cache(maxsize=1)  # the pages of a long ledger and its index ask for the same
def _rows(app, ledger) -> dict[str, Row]:
    """Return a row for every claim and derivation, by its id, when all pages have been read."""

    def to(target):
        return app.builder.get_relative_uri(PAGE, target)

    used, titles = used_in(app, ledger), _titles(ledger)
    rows = {}
    for row in ledger.claims.to_dict("records"):
        id, verdict = row["id"], ledger.verdict(row["id"])
        where = used.get(id, [])
        facts = [claim_roles.place(ledger, row, to), row["kind"]]
        if row["grade"]:
            facts.append(row["grade"])
        value = values(ledger, id)
        if value:
            facts.append(escape(value))
        if row["meant"]:
            facts.append(f"printed “{escape(row['printed'])}”, meant “{escape(row['meant'])}”")
        for check in ledger.checks_of(id):
            facts.append(
                f'<a class="{check["verdict"]}" href="{to("book/checks")}#{check["id"]}">{wording.VERDICT_NAMES[check["verdict"]]}</a>'
            )
        if where:
            facts.append("in " + ", ".join(f'<a href="{to(d)}">{escape(titles[d])}</a>' for d in where))
        facts.append(f'<a href="{to("claims/" + id)}">cite</a>')
        short = " ".join(d.rsplit("/", 1)[-1] for d in where)
        side = row["source"] if row["source"] in ledger.seeds else "evidence"
        rows[id] = Row((short, side, row["kind"], verdict or "none"), row["statement"], " · ".join(facts))
    for row in ledger.derivations.to_dict("records"):
        basis = ", ".join(f'<a href="#{c}">{c}</a>' for c in ledger.inputs(row["id"]))
        about = (
            f"{escape(wording.value(ledger, row['id']))} · computed: <code>{escape(row['formula'])}</code>"
            f' · from {basis} · <a href="{to("claims/" + row["id"])}">cite</a>'
        )
        rows[row["id"]] = Row(("", "derived", "fact", "none"), row["statement"], about)
    return rows


def _titles(ledger):
    return {pages.docname(path, ledger.root): pages.title(path) for path in pages.sources(ledger.root)}


def ledger_rows(app, ledger, to, _):
    """The first page of the ledger: downloads, then what `part` returns."""
    return downloads() + part(app, ledger, 0)


def part(app, ledger, number: int) -> str:
    """Return a page of the ledger as HTML: filters, the way to its other pages where there are any, the rows.

    Parameters
    ----------
    number : which page, from 0
    """
    rows, index = _rows(app, ledger), ""
    parted = parts(list(rows))
    around = ""
    if len(parted) > 1:
        index = f' data-index="../_static/{index_file(app, ledger)[0]}"'
        links = "".join(
            f'<li><a href="{part_name(place)}.html"{" aria-current=page" if place == number else ""}>{ids[0]} to {ids[-1]}</a></li>'
            for place, ids in enumerate(parted)
        )
        around = f'<nav class="ledger-parts" aria-label="Pages of the ledger, by the ids of their rows"><ol>{links}</ol></nav>'
    firsts = escape(json.dumps([ids[0] for ids in parted]))
    listed = "".join(rows[id].html(id) for id in parted[number])
    return (
        filter_form("Filter the ledger", _filters(app, ledger), "ol.ledger-rows > li", f"{len(rows)} rows", index)
        + around
        + f'<ol class="ledger-rows" data-part="{number}" data-firsts="{firsts}">{listed}</ol>'
    )


def part_name(number: int) -> str:
    """Return the name of a page of the ledger, from 0."""
    return f"ledger-{number + 1}" if number else "ledger"


def parts(ids: list[str]) -> list[list[str]]:
    """Return the ids of the rows on each page of the ledger.

    Parameters
    ----------
    ids : of all rows, in the order of the tables

    Returns
    -------
    All on one page, in their order, as long as there are no more than `ROWS`. Otherwise pages of like length, ordered by
    id, so that the first id of each says where a row is
    """
    if len(ids) <= ROWS:
        return [ids]
    ordered, count = sorted(ids), math.ceil(len(ids) / ROWS)
    length = math.ceil(len(ids) / count)
    return [ordered[start : start + length] for start in range(0, len(ids), length)]


def further_parts(app) -> Iterator[tuple[str, dict, str]]:
    """Yield the further pages of a long ledger for Sphinx to write: name, context, template."""
    ledger = load()
    parted = parts([*ledger.claims["id"], *ledger.derivations["id"]])
    if len(parted) == 1 or app.config.companion_only:
        return
    book = domain.of_app(app)
    name, content = index_file(app, ledger)
    book.static[name] = content
    for number, ids in list(enumerate(parted))[1:]:
        docname, title = f"book/{part_name(number)}", f"The ledger, {ids[0]} to {ids[-1]}"
        body = f"<section><h1>{title}</h1>{part(app, ledger, number)}</section>"
        book.published.add(f"{docname}.html")
        yield docname, {"title": title, "body": body}, "page.html"


def index_file(app, ledger) -> tuple[str, bytes]:
    """Return the name and the content of the script by which a ledger of several pages is filtered as one.

    It calls ``bookLedger`` with a list for each row: id, page, the four facets, the statement.
    """
    rows = _rows(app, ledger)
    place = {id: number for number, ids in enumerate(parts(list(rows))) for id in ids}
    listed = [[id, place[id], *row.facets, row.text] for id, row in rows.items()]
    content = f"bookLedger({json.dumps(listed, ensure_ascii=False, separators=(',', ':'))});\n".encode()
    return whole.hashed("ledger-rows.js", content), content


def _filters(app, ledger):
    in_use = {d for where in used_in(app, ledger).values() for d in where}
    titles = _titles(ledger)
    return [
        ("c", "Page", [(d.rsplit("/", 1)[-1], title) for d, title in titles.items() if d in in_use]),
        (
            "s",
            "Source",
            [
                *((k, sources.short(k, ledger.root)) for k in ledger.seeds),
                ("evidence", "independent evidence"),
                ("derived", "computed by this book"),
            ],
        ),
        ("k", "Kind", [(k, k) for k in ("fact", "stance", "assessment", "forecast")]),
        ("v", "Check", [(v or "none", wording.VERDICT_NAMES[v]) for v in (*VERDICTS, "")]),
    ]


def downloads() -> str:
    """Return the links to the whole ledger, for pages one folder below the site's root."""
    return (
        f'<p><a class="download" href="../{PACKAGE}" download>Download the whole data package</a>: tables, '
        "map shapes and bibliography with their description, in one zip. Or all tables as "
        f'<a href="../{database.DATABASE}" download>one SQLite database</a>, with their keys, types and allowed values.</p>'
    )


def filter_form(name: str, controls, rows: str, all_of_them: str, more: str = "") -> str:
    """Return the form by which a script filters the rows of a page; without scripts it stays hidden.

    Parameters
    ----------
    name : what the form does
    controls : (attribute ``data-…`` of a row, label, options as (value, text)); a row may hold several values, parted by blanks
    rows : the CSS selector of the rows
    all_of_them : how many there are of what: ``71 entries``
    more : further attributes of the form (HTML)
    """
    selects = "".join(
        f'<label>{label} <select name="{key}"><option value="">all</option>'
        + "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
        + "</select></label>"
        for key, label, options in controls
    )
    return (
        f'<form class="ledger-filter" hidden aria-label="{name}" data-rows="{escape(rows)}" data-what="{all_of_them.split()[-1]}"{more}>{selects}'
        f'<label>Words <input name="q" type="search" autocomplete="off"></label><output aria-live="polite">{all_of_them}</output></form>'
    )


# -- sources -----------------------------------------------------------------------


def source_facts(app, ledger, to, docname):
    """The head of a source's card: reference, length, checksum, how its claims fared."""
    key = docname.rsplit("/", 1)[-1]
    head = sources.card(key, ledger.root)
    rows = ledger.claims[ledger.claims["source"] == key]
    verdicts = rows["id"].map(ledger.verdict)
    checked = [f"{(verdicts == v).sum()} {wording.VERDICT_NAMES[v]}" for v in VERDICTS if (verdicts == v).any()]
    stops = [stop for stop in head["sentences"] if stop != "caption"]
    caption = len(stops) < len(head["sentences"])
    length = (
        f"{len(stops)} passages by time stamp, the last at {max(stops)}"
        if ":" in stops[0]
        else f"{len(stops)} paragraphs, {stops[0]} to {stops[-1]}"
    )
    if caption:
        length += ", and a caption"
    facts = [
        ("Reference", citations.listed(ledger)[key]),
        ("Length", f"{length}; {sum(head['sentences'].values())} sentences"),
        ("In the ledger", f"{len(rows)} claims, of which checked: {', '.join(checked) or 'none'}"),
        ("SHA-256 of the text used", f"<code>{head['sha256']}</code>"),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f'<dl class="source-facts">{body}</dl>'


def source_claims(app, ledger, to, docname):
    """A source paragraph by paragraph: what the ledger takes from each."""
    key = docname.rsplit("/", 1)[-1]
    rows = ledger.claims[ledger.claims["source"] == key]
    left = ledger.coverage[(ledger.coverage["source"] == key) & (ledger.coverage["claim"] == "")]
    out = []
    for stop in sources.locators(key, ledger.root):
        items = "".join(
            f'<li><a href="{to("book/ledger")}#{r["id"]}">{escape(r["statement"])}</a></li>'
            for r in rows[rows["locator"] == stop].to_dict("records")
        )
        items += "".join(
            f"<li>Sentence {r['sentence']} yields no claim: {escape(r['left_out'])}.</li>"
            for r in left[left["paragraph"] == stop].to_dict("records")
        )
        out.append(f'<li id="{claim_roles.locator_anchor(stop)}"><b>{stop}</b><ul>{items}</ul></li>')
    return f'<ol class="passages">{"".join(out)}</ol>'


def all_references(app, ledger, to, _):
    """Every reference of the book, the seeds first."""
    entries = sources.references(ledger.root).entries
    keys = [k for k in entries if k in ledger.seeds] + sorted(
        (k for k in entries if k not in ledger.seeds), key=lambda k: sources.short(k, ledger.root).lower()
    )
    made = citations.listed(ledger)
    rows = []
    for key in keys:
        card = f' <a href="{to("seeds/" + key)}">Card of this source</a>' if key in ledger.seeds else ""
        rows.append(f'<li id="ref-{key}">{made[key]}{card}</li>')
    return f'<ul class="references">{"".join(rows)}</ul>'


def source_lists(app, ledger, docname) -> list[tuple[str, list[str]]]:
    """Return the keys of the references that a page's claims come from: source texts, then evidence."""
    keys = {ledger.claim(claim_id)["source"] for claim_id, where in used_in(app, ledger).items() if docname in where}
    in_order = sorted(keys, key=lambda key: sources.short(key, ledger.root).lower())
    lists = (
        ("Source texts, which the book examines", [key for key in in_order if key in ledger.seeds]),
        ("Evidence, by which it examines them", [key for key in in_order if key not in ledger.seeds]),
    )
    return [(heading, chosen) for heading, chosen in lists if chosen]


def chapter_sources(app, ledger, to, docname):
    """The references that a chapter's claims come from."""
    made, out = citations.listed(ledger), []
    for heading, chosen in source_lists(app, ledger, docname):
        items = "".join(f"<li>{made[key]}</li>" for key in chosen)
        out.append(f"<p><b>{heading}</b></p><ul class='references'>{items}</ul>")
    return "".join(out)


# -- how current a page is -------------------------------------------------------------


def how_current(app, ledger, to, _):
    """To when the account goes, on which day evidence was read last, and where later events stand."""
    later = escape(pages.title(ledger.root / f"{pages.SINCE}.md"))
    marks = f'<a href="{to("book/using")}#note-marks">what the numbers, stars and grades in the text mean</a>'
    return (
        f'<p class="how-current">{sources.how_current(ledger)}. On their own pages: what came later, '
        f'in <a href="{to(pages.SINCE)}">{later}</a>, and {marks}.</p>'
    )


# -- the data dictionary --------------------------------------------------------------


def data_dictionary(app, ledger, to, _):
    """Every table of the data package with its columns, straight from its description."""
    out = [downloads()]
    for resource in ledger.package["resources"]:
        name = resource["name"]
        if "schema" not in resource:
            licence = resource["licenses"][0]
            out.append(
                f'<section id="{name}"><h3>{resource["path"]}</h3><p>{escape(resource["title"])}. '
                f'Source: {escape(resource["sources"][0]["title"])}. Licence: <a href="{licence["path"]}">{escape(licence["title"])}</a>.</p></section>'
            )
            continue
        keys = {k["fields"][0]: k["reference"]["resource"] for k in resource["schema"].get("foreignKeys", [])}
        primary = resource["schema"]["primaryKey"]
        rows = []
        for field in resource["schema"]["fields"]:
            what = escape(field["description"])
            allowed = field.get("constraints", {}).get("enum")
            if allowed:
                what += f" One of: {', '.join(allowed)}."
            if field["name"] in keys:
                what += f' Refers to <a href="#{keys[field["name"]]}">{keys[field["name"]]}</a>.'
            star = " (key)" if field["name"] in primary else ""
            rows.append(f'<tr><th scope="row">{field["name"]}{star}</th><td>{field["type"]}</td><td>{what}</td></tr>')
        out.append(
            f'<section id="{name}"><h3>{resource["path"]}</h3><p>{escape(resource["description"])} '
            f'{len(ledger.tables[name]):,} rows.</p><div class="scroll" tabindex="0" role="region" aria-label="Columns of {name}"><table class="table"><thead>'
            f'<tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div></section>"
        )
    return "".join(out)


MAKERS = {
    "ledger-rows": ledger_rows,
    "source-facts": source_facts,
    "source-claims": source_claims,
    "all-references": all_references,
    "chapter-sources": chapter_sources,
    "how-current": how_current,
    "data-dictionary": data_dictionary,
}
