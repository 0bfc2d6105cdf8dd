"""What machines read of each page, the panel at the end of a page, and the citation at the end on paper."""

import re
from typing import Any

import htpy as h
from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

from companion.ledger import load
from companion_press import domain
from companion_press.citing import citing_blocks, coins, csl_items, structured
from companion_press.evidence import database, ledger_page
from companion_press.figures import panel
from companion_press.theme import site_theme


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add Highwire tags, OpenGraph, JSON-LD and COinS to a page, and to a part of the book its panel."""
    if doctree is None:
        return
    key = _key(app, pagename)
    # The layout has a viewport of its own, on pages without a text too.
    context["metatags"] = (
        re.sub(r'<meta [^>]*name="viewport"[^>]*>\s*', "", context.get("metatags", ""))
        + _open_graph(app, pagename, context, doctree, key)
        + _highwire(app, key)
    )
    if not _written(doctree):
        context["metatags"] += structured.tags([("description", _description(pagename, context, doctree))], "name")
    nodes_ = _linked_data(app, pagename, key)
    if nodes_:
        context["metatags"] += structured.script(nodes_)
    record = domain.of_app(app).citing.records[key]
    body = [coins.span(record.item, record.path), context["body"]]
    if key.startswith(("chapter:", "page:")):
        body.append(str(_panel(app, pagename, key)))
    body.append(citing_blocks.colophon(app, key))
    context["body"] = "".join(body)  # a plus beside Markup would escape the page


def _key(app: Sphinx, pagename: str) -> str:
    special = {"book/index": "book", "data/README": "data"}
    chapter = f"chapter:{pagename.rsplit('/', 1)[-1]}"
    return special.get(pagename) or (chapter if chapter in domain.of_app(app).citing.records else f"page:{pagename}")


def _absolute(app: Sphinx, pagename: str, path: str) -> str:
    """Return an address in the site: absolute where the book has one, else relative to the page."""
    return (app.config.html_baseurl or "../" * pagename.count("/")) + path


def _written(doctree: nodes.document) -> str:
    return next((meta["content"] for meta in doctree.findall(nodes.meta) if meta.get("name") == "description"), "")


def _description(pagename: str, context: dict[str, Any], doctree: nodes.document) -> str:
    """Return what a page says of itself to search engines; the card of a source says it by its heading."""
    if _written(doctree) or not pagename.startswith("seeds/"):
        return _written(doctree)
    heading = Markup(context["title"]).striptags()
    return f"{heading}{'' if heading.endswith('?') else '.'} Who speaks in this source, from where and when, and what became of its claims when they were checked."


def _open_graph(app: Sphinx, pagename: str, context: dict[str, Any], doctree: nodes.document, key: str) -> str:
    description = _description(pagename, context, doctree)
    drawn = list(domain.of_app(app).drawn_of(pagename))
    pairs = [
        ("og:title", Markup(context["title"]).striptags() if pagename != "book/index" else app.config.html_title),
        ("og:type", "book" if key == "book" else "article"),
        ("og:site_name", app.config.html_title),
        ("og:locale", "en_GB"),
        ("og:description", description),
    ]
    if app.config.html_baseurl:
        pairs.append(("og:url", f"{app.config.html_baseurl}{pagename}.html"))
    # A page without a figure of its own borrows the landing page's.
    for name, facts in list(domain.of_app(app).drawn_of(pagename if drawn else "book/index").items())[:1]:
        pairs += [
            ("og:image", _absolute(app, pagename, f"figures/{name}-slide.png")),
            ("og:image:type", "image/png"),
            ("og:image:width", "1920"),
            ("og:image:height", "1080"),
            ("og:image:alt", facts["title"]),
        ]
    return structured.tags(pairs, "property") + structured.tags([("twitter:card", "summary_large_image")], "name")


def _highwire(app: Sphinx, key: str) -> str:
    item = domain.of_app(app).citing.records[key].item
    if item["type"] != "chapter":
        return ""  # a book or data record with a title alone would be taken for a journal article; COinS says it
    return structured.tags(
        [
            ("citation_title", csl_items.plain(item["title"])),
            ("citation_inbook_title", csl_items.plain(item["container-title"])),
            *(("citation_author", author["literal"]) for author in item["author"]),
            ("citation_publication_date", "/".join(f"{part:02d}" for part in item["issued"]["date-parts"][0])),
            ("citation_language", "en"),
            ("citation_fulltext_html_url", item.get("URL", "")),
        ],
        "name",
    )


def _linked_data(app: Sphinx, pagename: str, key: str) -> list[dict]:
    drawn = domain.of_app(app).figures_of(pagename)
    if key.startswith("page:") and not drawn:
        return []
    ledger, version = load(), load().package["version"]

    def at(path: str) -> str:
        return _absolute(app, pagename, path)

    book = domain.of_app(app).citing.records["book"]
    seeds = structured.based_on([csl_items.reference(ledger, k) for k in ledger.seeds])
    whole = structured.work(
        "Book", book.item, at(book.path), version=version, about=structured.region(), isBasedOn=seeds
    )
    record = domain.of_app(app).citing.records[key]
    if key == "data":
        return [
            structured.work(
                "Dataset",
                record.item,
                at(record.path),
                version=version,
                description="Every claim of the book with its source, passage, values and checks: the tables of the ledger, "
                "map shapes and references as a Frictionless Data Package.",
                temporalCoverage=structured.years(ledger, ledger.claims["id"]),
                spatialCoverage=structured.region(),
                isPartOf={"@id": at(book.path)},
                isBasedOn=seeds,
                distribution=structured.downloads(
                    {"data package": at(ledger_page.PACKAGE), "SQLite database": at(database.DATABASE)}
                ),
            ),
            whole,
        ]
    sets = []
    for name, facts in drawn.items():
        figure = domain.of_app(app).citing.records[f"figure:{name}"]
        sets.append(
            structured.work(
                "Dataset",
                figure.item,
                at(figure.path),
                version=version,
                description=facts["caption"],
                temporalCoverage=structured.years(ledger, facts["claims"], facts["csv"]),
                spatialCoverage=structured.region(),
                isPartOf={"@id": at((record if key.startswith("chapter:") else book).path)},
                image=at(f"figures/{name}.png") if facts["variants"] else "",
                isBasedOn=structured.based_on(
                    [csl_items.reference(ledger, k) for k in ledger.sources(facts["claims"])]
                ),
                distribution=structured.downloads(
                    {
                        "data with readme, workbook and citation": at(f"figures/{name}.zip"),
                        "data": at(f"figures/{name}.csv"),
                    }
                ),
            )
        )
    if not key.startswith("chapter:"):
        return [*sets, whole]
    chapter = structured.work(
        "Chapter",
        record.item,
        at(record.path),
        version=version,
        isPartOf={"@id": at(book.path)},
        position=int(record.item["chapter-number"]),
        hasPart=[{"@id": part["@id"]} for part in sets],
    )
    return [chapter, *sets, whole]


def _packing(app: Sphinx, pagename: str) -> h.Fragment:
    """All the files of a chapter, which a script packs when a reader asks for them."""
    stem, book = pagename.rsplit("/", 1)[-1], domain.of_app(app)
    drawn = [f"figures/{name}.{ending}" for name in book.drawn_of(pagename) for ending in ("png", "svg", "pdf")]
    data = [f"figures/{name}.zip" for name in book.figures_of(pagename)]
    packs = (
        ("figures", drawn, "The figures as one zip", "PNG for print, SVG and PDF of each"),
        ("data", data, "The data behind them as one zip", "CSV, workbook and readme of each"),
    )
    packer = site_theme.bundle()[site_theme.PACKER][0]
    return h.fragment[
        h.p["The files of each figure are in the panel below it. ", panel.licence()],
        h.div(class_="packing", data_library=f"_static/{packer}", hidden=True)[
            h.ul(class_="take-list")[
                (_pack(f"{stem}-{what}.zip", files, label, each) for what, files, label, each in packs if files)
            ],
            h.p(role="status"),
        ],
    ]


def _pack(name: str, files: list[str], label: str, each: str) -> h.Element:
    return h.li[
        h.button(type="button", data_pack=name, data_files=" ".join(files))[label],
        f" {each}",
    ]


def _panel(app: Sphinx, pagename: str, key: str) -> h.Element:
    root = "../" * pagename.count("/")
    kind = key.partition(":")[0]
    group = f"take-{kind}"
    parts: dict[str, h.Node] = {f"Cite this {kind}": citing_blocks.block(app, key, root)}
    if kind == "chapter":
        parts["All its figures and data"] = _packing(app, pagename)
    return h.div(class_="take take-away", id=group, role="group", aria_label=f"Take this {kind} away")[
        (
            h.details(name=group)[
                h.summary[title],
                h.div(class_="take-body")[content],
            ]
            for title, content in parts.items()
        )
    ]
