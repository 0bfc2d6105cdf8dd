"""Pages straight from the ledger: its rows, the sources, the tables."""

import functools
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import htpy as h
import pandas as pd
from markupsafe import Markup
from sphinx.application import Sphinx

from companion import pages, sources, wording
from companion.ledger import VERDICTS, Ledger, load
from companion_press import domain, html_parts
from companion_press.citing import citations
from companion_press.evidence import database
from companion_press.html_parts import To
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

#: A choice of a form that filters rows: attribute ``data-…``, label, and the options as value and text.
Control = tuple[str, str, Iterable[tuple[str, str]]]


# -- the ledger -------------------------------------------------------------------


def used_in(app: Sphinx, ledger: Ledger) -> dict[str, list[str]]:
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


def values(ledger: Ledger, claim_id: str) -> str:
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
    about : what stands below it
    """

    facets: tuple[str, str, str, str]
    text: str
    about: h.Node

    def html(self, id: str) -> Markup:
        """Return the row as an item of a list."""
        facets = {f"data-{name}": value for name, value in zip(FACETS, self.facets)}
        return Markup(h.li({"id": id, **facets})[self.text, h.small[self.about]])


@functools.lru_cache(maxsize=1)  # the pages of a long ledger and its index ask for the same
def _rows(app: Sphinx, ledger: Ledger) -> dict[str, Row]:
    """Return a row for every claim and derivation, by its id, when all pages have been read."""

    def to(target: str) -> str:
        return app.builder.get_relative_uri(PAGE, target)

    used, titles = used_in(app, ledger), _titles(ledger)
    rows = {}
    for row in ledger.claims.to_dict("records"):
        where = used.get(row["id"], [])
        facets = (
            " ".join(d.rsplit("/", 1)[-1] for d in where),
            row["source"] if row["source"] in ledger.seeds else "evidence",
            row["kind"],
            ledger.verdict(row["id"]) or "none",
        )
        rows[row["id"]] = Row(facets, row["statement"], _about_claim(ledger, to, row, where, titles))
    for row in ledger.derivations.to_dict("records"):
        rows[row["id"]] = Row(("", "derived", "fact", "none"), row["statement"], _about_derivation(ledger, to, row))
    return rows


def _about_claim(ledger: Ledger, to: To, row: dict, where: list[str], titles: dict[str, str]) -> list[h.Node]:
    """Return what stands below a claim: whence it is, what it is, its values, its checks, the pages that use it."""
    facts: list[h.Node] = [claim_roles.place(ledger, row, to), row["kind"]]
    if row["grade"]:
        facts.append(row["grade"])
    value = values(ledger, row["id"])
    if value:
        facts.append(value)
    if row["meant"]:
        facts.append(f"printed “{row['printed']}”, meant “{row['meant']}”")
    for check in ledger.checks_of(row["id"]):
        address = f"{to('book/checks')}#{check['id']}"
        facts.append(h.a(class_=check["verdict"], href=address)[wording.VERDICT_NAMES[check["verdict"]]])
    if where:
        facts.append(["in ", html_parts.joined((h.a(href=to(d))[titles[d]] for d in where), ", ")])
    facts.append(_citation(to, row["id"]))
    return html_parts.joined(facts, " · ")


def _about_derivation(ledger: Ledger, to: To, row: dict) -> list[h.Node]:
    """Return what stands below a derivation: its value, its formula, the claims that it is computed from."""
    basis = (h.a(href=f"#{claim_id}")[claim_id] for claim_id in ledger.inputs(row["id"]))
    facts: list[h.Node] = [
        wording.value(ledger, row["id"]),
        ["computed: ", h.code[row["formula"]]],
        ["from ", html_parts.joined(basis, ", ")],
        _citation(to, row["id"]),
    ]
    return html_parts.joined(facts, " · ")


def _citation(to: To, id: str) -> h.Element:
    return h.a(href=to(f"claims/{id}"))["cite"]


def _titles(ledger: Ledger) -> dict[str, str]:
    return {pages.docname(path, ledger.root): pages.title(path) for path in pages.sources(ledger.root)}


def ledger_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """The first page of the ledger: downloads, then what `part` returns."""
    return h.fragment[downloads(), part(app, ledger, 0)]


def part(app: Sphinx, ledger: Ledger, number: int) -> Markup:
    """Return a page of the ledger as HTML: filters, the way to its other pages where there are any, the rows.

    Parameters
    ----------
    number : which page, from 0
    """
    rows = _rows(app, ledger)
    parted = parts(list(rows))
    several = len(parted) > 1
    form = filter_form(
        "Filter the ledger",
        _filters(app, ledger),
        "ol.ledger-rows > li",
        f"{len(rows)} rows",
        index=f"../_static/{index_file(app, ledger)[0]}" if several else None,
    )
    return Markup(
        h.fragment[
            form,
            _way_to_parts(parted, number) if several else None,
            h.ol(class_="ledger-rows", data_part=number, data_firsts=json.dumps([ids[0] for ids in parted]))[
                (rows[id].html(id) for id in parted[number])
            ],
        ]
    )


def _way_to_parts(parted: list[list[str]], number: int) -> h.Element:
    """Return the links to all pages of the ledger, as they stand on one of them."""
    links = (
        h.a(href=f"{part_name(place)}.html", aria_current="page" if place == number else None)[f"{ids[0]} to {ids[-1]}"]
        for place, ids in enumerate(parted)
    )
    return h.nav(class_="ledger-parts", aria_label="Pages of the ledger, by the ids of their rows")[
        h.ol[(h.li[link] for link in links)]
    ]


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


def further_parts(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
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
        body = str(h.section[h.h1[title], part(app, ledger, number)])
        book.published.add(f"{docname}.html")
        yield docname, {"title": title, "body": body}, "page.html"


def index_file(app: Sphinx, ledger: Ledger) -> tuple[str, bytes]:
    """Return the name and the content of the script by which a ledger of several pages is filtered as one.

    It calls ``bookLedger`` with a list for each row: id, page, the four facets, the statement.
    """
    rows = _rows(app, ledger)
    place = {id: number for number, ids in enumerate(parts(list(rows))) for id in ids}
    listed = [[id, place[id], *row.facets, row.text] for id, row in rows.items()]
    content = f"bookLedger({json.dumps(listed, ensure_ascii=False, separators=(',', ':'))});\n".encode()
    return whole.hashed("ledger-rows.js", content), content


def _filters(app: Sphinx, ledger: Ledger) -> list[Control]:
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


def downloads() -> Markup:
    """Return the links to the whole ledger, for pages one folder below the site's root."""
    return Markup(
        h.p[
            h.a(class_="download", href=f"../{PACKAGE}", download=True)["Download the whole data package"],
            ": tables, map shapes and bibliography with their description, in one zip. Or all tables as ",
            h.a(href=f"../{database.DATABASE}", download=True)["one SQLite database"],
            ", with their keys, types and allowed values.",
        ]
    )


def filter_form(
    name: str, controls: Iterable[Control], rows: str, all_of_them: str, index: str | None = None
) -> Markup:
    """Return the form by which a script filters the rows of a page; without scripts it stays hidden.

    Parameters
    ----------
    name : what the form does
    controls : (attribute ``data-…`` of a row, label, options as (value, text)); a row may hold several values, parted by blanks
    rows : the CSS selector of the rows
    all_of_them : how many there are of what: ``71 entries``
    index : the address of the script that lists the rows, where they stand on several pages
    """
    what = all_of_them.split()[-1]
    return Markup(
        h.form(class_="ledger-filter", hidden=True, aria_label=name, data_rows=rows, data_what=what, data_index=index)[
            (_choice(key, label, options) for key, label, options in controls),
            h.label["Words ", h.input(name="q", type="search", autocomplete="off")],
            h.output(aria_live="polite")[all_of_them],
        ]
    )


def _choice(key: str, label: str, options: Iterable[tuple[str, str]]) -> h.Element:
    return h.label[
        f"{label} ",
        h.select(name=key)[
            h.option(value="")["all"],
            (h.option(value=value)[text] for value, text in options),
        ],
    ]


# -- sources -----------------------------------------------------------------------


def source_facts(app: Sphinx, ledger: Ledger, to: To, docname: str) -> h.Element:
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
    facts: list[tuple[str, h.Node]] = [
        ("Reference", Markup(citations.listed(ledger)[key])),
        ("Length", f"{length}; {sum(head['sentences'].values())} sentences"),
        ("In the ledger", f"{len(rows)} claims, of which checked: {', '.join(checked) or 'none'}"),
        ("SHA-256 of the text used", h.code[head["sha256"]]),
    ]
    return h.dl(class_="source-facts")[([h.dt[name], h.dd[value]] for name, value in facts)]


def source_claims(app: Sphinx, ledger: Ledger, to: To, docname: str) -> h.Element:
    """A source paragraph by paragraph: what the ledger takes from each."""
    key = docname.rsplit("/", 1)[-1]
    rows = ledger.claims[ledger.claims["source"] == key]
    left = ledger.coverage[(ledger.coverage["source"] == key) & (ledger.coverage["claim"] == "")]
    return h.ol(class_="passages")[
        (
            _passage(to, stop, rows[rows["locator"] == stop], left[left["paragraph"] == stop])
            for stop in sources.locators(key, ledger.root)
        )
    ]


def _passage(to: To, stop: str, claims: pd.DataFrame, left: pd.DataFrame) -> h.Element:
    """Return a paragraph of a source: the claims from it, then its sentences that yield none."""
    taken = (h.li[h.a(href=f"{to('book/ledger')}#{row['id']}")[row["statement"]]] for row in claims.to_dict("records"))
    left_out = (
        h.li[f"Sentence {row['sentence']} yields no claim: {row['left_out']}."] for row in left.to_dict("records")
    )
    return h.li(id=claim_roles.locator_anchor(stop))[h.b[stop], h.ul[taken, left_out]]


def all_references(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Every reference of the book, the seeds first."""
    entries = sources.references(ledger.root).entries
    keys = [k for k in entries if k in ledger.seeds] + sorted(
        (k for k in entries if k not in ledger.seeds), key=lambda k: sources.short(k, ledger.root).lower()
    )
    made = citations.listed(ledger)
    return h.ul(class_="references")[
        (
            h.li(id=f"ref-{key}")[
                Markup(made[key]),
                [" ", h.a(href=to(f"seeds/{key}"))["Card of this source"]] if key in ledger.seeds else None,
            ]
            for key in keys
        )
    ]


def source_lists(app: Sphinx, ledger: Ledger, docname: str) -> list[tuple[str, list[str]]]:
    """Return the keys of the references that a page's claims come from: source texts, then evidence."""
    keys = {ledger.claim(claim_id)["source"] for claim_id, where in used_in(app, ledger).items() if docname in where}
    in_order = sorted(keys, key=lambda key: sources.short(key, ledger.root).lower())
    lists = (
        ("Source texts, which the book examines", [key for key in in_order if key in ledger.seeds]),
        ("Evidence, by which it examines them", [key for key in in_order if key not in ledger.seeds]),
    )
    return [(heading, chosen) for heading, chosen in lists if chosen]


def chapter_sources(app: Sphinx, ledger: Ledger, to: To, docname: str) -> h.Fragment:
    """The references that a chapter's claims come from."""
    made = citations.listed(ledger)
    return h.fragment[
        (
            [
                h.p[h.b[heading]],
                # On paper a list is shortened, by its keys.
                h.ul(class_="references")[(h.li(data_reference=key)[Markup(made[key])] for key in chosen)],
            ]
            for heading, chosen in source_lists(app, ledger, docname)
        )
    ]


# -- how current a page is -------------------------------------------------------------


def how_current(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """To when the account goes, on which day evidence was read last, and where later events stand."""
    later = pages.title(ledger.root / f"{pages.SINCE}.md")
    marks = f"{to('book/using')}#note-marks"
    return h.p(class_="how-current")[
        f"{sources.how_current(ledger)}. On their own pages: what came later, in ",
        h.a(href=to(pages.SINCE))[later],
        ", and ",
        h.a(href=marks)["what the numbers, stars and grades in the text mean"],
        ".",
    ]


# -- the data dictionary --------------------------------------------------------------


def data_dictionary(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Every table of the data package with its columns, straight from its description."""
    return h.fragment[
        downloads(),
        (
            _table(ledger, resource) if "schema" in resource else _other_file(resource)
            for resource in ledger.package["resources"]
        ),
    ]


def _other_file(resource: dict[str, Any]) -> h.Element:
    """Return the section on a file that is no table: whence it is, and its licence."""
    licence = resource["licenses"][0]
    return h.section(id=resource["name"])[
        h.h3[resource["path"]],
        h.p[
            f"{resource['title']}. Source: {resource['sources'][0]['title']}. Licence: ",
            h.a(href=licence["path"])[licence["title"]],
            ".",
        ],
    ]


def _table(ledger: Ledger, resource: dict[str, Any]) -> h.Element:
    """Return the section on a table: what it holds, its length, its columns."""
    name, schema = resource["name"], resource["schema"]
    refers = {key["fields"][0]: key["reference"]["resource"] for key in schema.get("foreignKeys", [])}
    columns = (
        _column(field, field["name"] in schema["primaryKey"], refers.get(field["name"])) for field in schema["fields"]
    )
    return h.section(id=name)[
        h.h3[resource["path"]],
        h.p[f"{resource['description']} {len(ledger.tables[name]):,} rows."],
        h.div(class_="scroll", tabindex="0", role="region", aria_label=f"Columns of {name}")[
            h.table(class_="table")[
                h.thead[h.tr[(h.th(scope="col")[head] for head in ("Column", "Type", "Meaning"))]],
                h.tbody[columns],
            ]
        ],
    ]


def _column(field: dict[str, Any], is_key: bool, refers_to: str | None) -> h.Element:
    """Return the line on a column of a table: its name, its type, what it means and may hold."""
    allowed = field.get("constraints", {}).get("enum")
    return h.tr[
        h.th(scope="row")[field["name"], " (key)" if is_key else None],
        h.td[field["type"]],
        h.td[
            field["description"],
            f" One of: {', '.join(allowed)}." if allowed else None,
            [" Refers to ", h.a(href=f"#{refers_to}")[refers_to], "."] if refers_to else None,
        ],
    ]


MAKERS = {
    "ledger-rows": ledger_rows,
    "source-facts": source_facts,
    "source-claims": source_claims,
    "all-references": all_references,
    "chapter-sources": chapter_sources,
    "how-current": how_current,
    "data-dictionary": data_dictionary,
}
