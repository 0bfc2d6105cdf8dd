"""A page of its own for each claim and derivation: how to cite it, from its source and from this book."""

import json
from typing import Any

import htpy as h
import jinja2
from markupsafe import Markup
from sphinx.application import Sphinx

from companion import pages, sources, wording
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citing_blocks, coins, csl_items, exports, record_files
from companion_press.evidence import ledger_page
from companion_press.execution import inputs, store
from companion_press.figures import packages
from companion_press.html_parts import joined
from companion_press.keeping import whole
from companion_press.prose import claim_roles
from companion_press.search import search_index
from companion_press.theme import site_theme


def write(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, write ``claims/<id>.html`` for every id that a card links to."""
    if error or app.builder.format != "html":
        return
    book = domain.of_app(app)
    holders = {}
    for keys, script in record_files.scripts(
        load(), list(sources.references(load().root).entries), app.config.html_baseurl
    ):
        name = whole.hashed("records.js", script)
        book.static[name] = script
        holders.update(dict.fromkeys(keys, f"_static/{name}"))
    for id, page in pages_by_id(app, holders).items():
        book.publish(f"claims/{id}.html", search_index.named(page, book.index))


def pages_by_id(app: Sphinx, holders: dict[str, str]) -> dict[str, str]:
    """Return the page of each claim and derivation, or those that were made from the same before.

    Parameters
    ----------
    holders : the script that holds a record's files, by the record's key (see `record_files`)
    """
    ledger, citing = load(), domain.of_app(app).citing
    shared = {
        "short_title": app.config.html_title,
        "site": site_theme.site(app),
        "policy": Markup(site_theme.policy()),
        "foot": _foot(ledger),
        "formats": json.dumps(exports.FILES, separators=(",", ":")),
        "package": f"../{ledger_page.PACKAGE}",
        "holders": holders,
    }
    used = ledger_page.used_in(app, ledger)
    titles = {path.stem: pages.title(path) for path in pages.sources(ledger.root)}
    code = inputs.files_below(ledger.root / "src")
    kept = store.store("claims")
    key = store.digest(
        store.digest_of([store.digest_of_files(ledger.root, code), inputs.shared(ledger.root), used, titles]),
        store.digest_of(
            [app.config.html_baseurl, shared, {key: record.item for key, record in citing.records.items()}]
        ),
    )
    made = kept.get_json(key)
    if made is None:
        template = jinja2.Environment(
            loader=jinja2.FileSystemLoader(site_theme.HERE / "templates"), autoescape=True, trim_blocks=True
        ).get_template("claim.html")
        made = {
            id: template.render(**shared, **facts(app, ledger, used, id))
            for ids, facts in ((ledger.claims["id"], _claim), (ledger.derivations["id"], _derivation))
            for id in ids
        }
        kept.put_json(key, made)
    return made


def _to(docname: str) -> str:
    return f"../{docname}.html"


def _claim(app: Sphinx, ledger: Ledger, used: dict[str, list[str]], id: str) -> dict[str, Any]:
    row = ledger.claim(id)
    facts: list[tuple[str, h.Node]] = [
        ("Said by", claim_roles.place(ledger, row, _to)),
        ("Kind", row["kind"]),
    ]
    value = ledger_page.values(ledger, id)
    if value:
        facts.append(("Value", value))
    if row["grade"]:
        facts.append(("Evidence", f"graded {row['grade']}"))
    facts += [("Check", _check(check)) for check in ledger.checks_of(id)]
    original = claim_roles.original(ledger, row)
    if original:
        facts.append(("Original", original))
    return {
        **_page(app, ledger, used, id, row["statement"], "claim", facts),
        "sources": [_source(app, ledger, row), _own(app, id, "claim")],
    }


def _check(check: dict) -> h.Fragment:
    return h.fragment[
        h.span(class_=check["verdict"])[wording.VERDICT_NAMES[check["verdict"]]],
        f": {check['finding']} ",
        h.a(href=f"{_to('book/checks')}#{check['id']}")["Sources of the check"],
    ]


def _derivation(app: Sphinx, ledger: Ledger, used: dict[str, list[str]], id: str) -> dict[str, Any]:
    row = ledger.derivation(id)
    basis = (
        h.a(href=f"{claim}.html")[sources.short(ledger.claim(claim)["source"], ledger.root)]
        for claim in ledger.inputs(id)
    )
    facts: list[tuple[str, h.Node]] = [
        ("Value", wording.value(ledger, id)),
        ("Computed", h.code[row["formula"]]),
        ("From", h.fragment[joined(basis, ", "), " (cite these for the numbers that went in)"]),
    ]
    return {**_page(app, ledger, used, id, row["statement"], "number", facts), "sources": [_own(app, id, "number")]}


def _page(
    app: Sphinx,
    ledger: Ledger,
    used: dict[str, list[str]],
    id: str,
    statement: str,
    kind: str,
    facts: list[tuple[str, h.Node]],
) -> dict[str, Any]:
    where = dict.fromkeys(d for c in ledger.inputs(id) for d in used.get(c, []))
    if where:
        links = (h.a(href=_to(d))[pages.title(ledger.root / f"{d}.md")] for d in where)
        facts.append(("Used in", h.fragment[joined(links, ", ")]))
    address = app.config.html_baseurl
    return {
        "id": id,
        "statement": statement,
        "kind_name": kind,
        "facts": facts,
        "canonical": f"{address}claims/{id}.html" if address else "",
    }


def _source(app: Sphinx, ledger: Ledger, row: dict) -> dict[str, Any]:
    """Say how to cite the source of a claim: the reference with the passage, in a note and in the list."""
    key = row["source"]
    item = csl_items.reference(ledger, key)
    return {
        "heading": "Cite the source",
        "when": h.fragment[
            "This is the first choice: it is the source that makes the claim. "
            "Open it and read the passage yourself before you cite it",
            _see_card(key) if key in ledger.seeds else None,
            ".",
        ],
        "coins": coins.span(item),
        "lines": citing_blocks.claim_lines(app, ledger, row["id"]),
        "record": {"record": key},
    }


def _see_card(key: str) -> h.Fragment:
    return h.fragment[" (see ", h.a(href=_to(f"seeds/{key}"))["its card"], " for what to be careful about)"]


def _own(app: Sphinx, id: str, kind: str) -> dict[str, Any]:
    record = domain.of_app(app).citing.records[f"claim:{id}"]
    when = (
        "Cite the book as well, or instead, when you have read the source only here, or when you rely on what this book adds: "
        "the wording of the claim, its reading as a value, the verdict of the check."
        if kind == "claim"
        else "The number is this book’s own arithmetic: cite the book for it, and say from which sources it was computed."
    )
    return {
        "heading": "Cite it as read in this book",
        "when": when,
        "coins": coins.span(record.item, record.path),
        "lines": citing_blocks.lines(app, f"claim:{id}"),
        "record": {"record": record_files.CLAIM, **record_files.put_in(load(), id)},
    }


def _foot(ledger: Ledger) -> Markup:
    name, address = packages.LICENCE
    return Markup(
        h.fragment[
            f"Version {ledger.package['version']}. Our words and data: ",
            h.a(href=address, rel="license")[name],
            ". ",
            h.a(href=_to("book/citing"))["How to cite this book"],
        ]
    )
