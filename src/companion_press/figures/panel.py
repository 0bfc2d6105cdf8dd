"""The panel under each figure: how to cite it, the picture, the data, the sources, the code.

Native disclosure elements, so that it works by keyboard and without scripts.
"""

import csv
import io
import json
from collections.abc import Iterable
from html import escape
from typing import Any

import htpy as h
from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from companion import pages
from companion.datasets import STATEMENT
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citing_blocks, coins
from companion_press.figures import csv_metadata, figure_nodes, packages
from companion_press.html_parts import To, joined
from companion_press.prose import claim_roles, code_cells

#: So many rows of a figure's data stand on the page; the files hold all.
ROWS = 40

#: The line that reads a figure's CSV, by language. R must be told of the mark with which the file begins.
READERS = {"Python": "pandas.read_csv({})", "R": 'read.csv({}, fileEncoding = "UTF-8-BOM")'}


class figure_panel(nodes.General, nodes.Element):
    """The panel under a figure (attributes ``group``, ``label`` and ``head``, HTML before its parts)."""


class panel_part(nodes.General, nodes.Element):
    """A part of a panel, closed until a reader opens it (attributes ``group`` and ``title``)."""


def panels(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a panel under each figure of a page, and into it what is said about the figure and the hidden code of its cell."""
    if app.builder.format != "html":
        return
    stored = domain.of_app(app).figures_of(docname)
    for figure in figure_nodes.of_page(doctree):
        name = (figure.get("names") or [""])[0]
        if name in stored:
            code, about = code_cells.take(figure), _about(app, docname, figure, stored[name])
            figure.parent.insert(figure.parent.index(figure) + 1, panel(app, docname, name, stored[name], about, code))


def _about(app: Sphinx, docname: str, figure: nodes.Element, facts: dict[str, Any]) -> list[nodes.Node]:
    """Take what is said about a figure out of its place; below a map stands where it says what holds for all maps."""
    parts = []
    for holder in list(figure.findall(figure_nodes.figure_about)):
        parts.append(nodes.container("", *holder.children, classes=["figure-about"]))
        figure.remove(holder)
    if facts["kind"] == "map":
        to = f"{app.builder.get_relative_uri(docname, figure_nodes.MAPS)}#{figure_nodes.MAPS_ANCHOR}"
        drawn = h.p["Boundaries and projection: ", h.a(href=to)["how the maps of this book are drawn"], "."]
        parts.append(_html(drawn))
    return parts


def _html(part: str | h.Renderable) -> nodes.raw:
    """Return HTML as a node."""
    return nodes.raw("", str(part), format="html")


def panel(
    app: Sphinx,
    docname: str,
    name: str,
    facts: dict[str, Any],
    about: list[nodes.Node],
    code: code_cells.code_fold | None,
) -> figure_panel:
    """Return the panel of a figure.

    Parameters
    ----------
    about : nodes that say how the figure was drawn
    code : the folded code of its cell, None where that stands open
    """
    ledger, root = load(), "../" * docname.count("/")
    number = citing_blocks.called(app, docname, facts)
    record = domain.of_app(app).citing.records[f"figure:{name}"]
    parts = {
        "Cite": [_html(citing_blocks.block(app, f"figure:{name}", root))],
        "Image": [_html(_images(root, name, facts))] if facts["variants"] else [],
        "Data": [_html(_data(app.config.html_baseurl, root, name, facts))],
        "Sources": [_html(_sources(app, ledger, facts["claims"], docname))],
        f"About this {'table' if facts['kind'] == 'table' else 'figure'}": about,
        code_cells.title(code["lines"]) if code else "Code": [_html(_code(root, docname, name, facts)), *(code or ())],
    }
    whole = figure_panel(group=f"take-{name}", label=f"Take away: {number}", head=coins.span(record.item, record.path))
    for title, body in parts.items():
        if body:
            kind = "code" if title.startswith("Code") else ""
            whole += panel_part("", *body, group=whole["group"], title=title, classes=[kind] if kind else [])
    return whole


def visit_panel_html(self: HTML5Translator, node: figure_panel) -> None:
    group, label = node["group"], escape(node["label"], quote=True)
    self.body.append(f'<div class="take" id="{group}" role="group" aria-label="{label}">{node["head"]}')


def depart_panel_html(self: HTML5Translator, node: figure_panel) -> None:
    self.body.append("</div>")


def visit_part_html(self: HTML5Translator, node: panel_part) -> None:
    kind = f' class="{" ".join(node["classes"])}"' if node["classes"] else ""
    self.body.append(f'<details{kind} name="{node["group"]}">{h.summary[node["title"]]}<div class="take-body">')


def depart_part_html(self: HTML5Translator, node: panel_part) -> None:
    self.body.append("</div></details>")


def setup(app: Sphinx) -> None:
    """Register the panel."""
    app.add_node(figure_panel, html=(visit_panel_html, depart_panel_html))
    app.add_node(panel_part, html=(visit_part_html, depart_part_html))


def _images(root: str, name: str, facts: dict[str, Any]) -> h.Fragment:
    base = f"{root}figures/{name}"
    return h.fragment[
        _states(root, facts) if "states" in facts else None,
        h.ul(class_="take-list")[
            h.li[_download(f"{base}.png", "PNG"), " for print, 300 dots an inch"],
            h.li[
                _download(f"{base}.svg", "SVG"),
                " and ",
                _download(f"{base}.pdf", "PDF"),
                ", vectors that stay sharp at any size",
            ],
            h.li[_download(f"{base}-slide.png", "Slide"), ", 16:9, with title, caption and credit"],
        ],
        h.p[licence(), " Title, source and licence are written into each file."],
    ]


def _states(root: str, facts: dict[str, Any]) -> h.Element:
    links = [
        _download(f"{root}_images/{one['variants']['wide-light']['file']}", one["label"]) for one in facts["states"]
    ]
    return h.p[
        "These files show the state with which the figure starts, ",
        h.b[facts["first"]["label"]],
        ", and say so. Each state as the page draws it: ",
        joined(links, ", "),
        ".",
    ]


def _download(address: str, words: str) -> h.Element:
    return h.a(href=address, download=True)[words]


def licence() -> Markup:
    """Return the sentence on the licence, linked."""
    name, address = packages.LICENCE
    return Markup(h.fragment[h.a(href=address, rel="license")[name], ": free to use if you name the book."])


def _data(address: str, root: str, name: str, facts: dict[str, Any]) -> h.Fragment:
    base = f"{root}figures/{name}"
    header, *rows = list(csv.reader(io.StringIO(facts["csv"])))
    shown = [place for place, title in enumerate(header) if not title.endswith(STATEMENT)]
    many = f"the first {ROWS} of {len(rows)} rows" if len(rows) > ROWS else f"{len(rows)} rows"
    less = "" if len(shown) == len(header) else "; what the claims say stands in the files"
    return h.fragment[
        h.p[
            _download(f"{base}.zip", "All of it as one zip"),
            ": CSV, an Excel workbook, the claims behind the figure and a readme with sources, licence and citation. Or ",
            _download(f"{base}.csv", "the CSV alone"),
            ", and ",
            _download(f"{base}{csv_metadata.ENDING}", "what its columns hold, for programs"),
            ". ",
            licence(),
        ],
        h.dl(class_="reading-lines")[_lines(address, name)],
        h.div(class_="scroll", tabindex=0, role="group", aria_label=f"Data of the figure: {many}")[
            h.table(class_="table")[
                h.caption[many.capitalize(), less],
                h.thead[h.tr[(h.th(scope="col")[header[place]] for place in shown)]],
                _body(root, header, rows[:ROWS], shown),
            ]
        ],
        h.dl(class_="take-columns")[
            ((h.dt[h.code[title]], h.dd[meaning]) for title, meaning in facts["columns"].items())
        ],
    ]


def _lines(address: str, name: str) -> list[h.Element]:
    """Return the line that reads the CSV, in each language; where the site's address is not known, a pattern that the page fills in."""
    path = f"figures/{name}.csv"

    def call(language: str, where: str) -> str:
        return READERS[language].format(json.dumps(where))

    def pattern(language: str) -> str:
        # The page's script takes a pattern for HTML.
        return escape(call(language, f"{{url:{path}}}"), quote=False)

    return [
        h.div[
            h.dt[language],
            h.dd[h.code(data_full=None if address else pattern(language))[call(language, address + path)]],
        ]
        for language in READERS
    ]


def _body(root: str, header: list[str], rows: list[list[str]], shown: list[int]) -> Markup:
    body = h.tbody[(h.tr[(h.td[_cell(root, header[place], row[place])] for place in shown)] for row in rows)]
    return Markup(figure_nodes.whole_dates(str(body)))


def _cell(root: str, title: str, cell: str) -> h.Element | str:
    if title == "claim" and cell:
        return h.a(href=f"{root}book/ledger.html#{pages.anchor(load(), cell)}")[cell]
    return cell


def _sources(app: Sphinx, ledger: Ledger, claims: Iterable[str], docname: str) -> h.Element:
    def to(target: str) -> str:
        return app.builder.get_relative_uri(docname, target)

    ids = dict.fromkeys(c for claim in claims for c in ledger.inputs(claim))
    return h.ol(class_="take-sources")[(_source(ledger, id, to) for id in ids)]


def _source(ledger: Ledger, id: str, to: To) -> h.Element:
    row = ledger.claim(id)
    details = [
        claim_roles.place(ledger, row, to),
        claim_roles.verdict_text(ledger, id),
        h.a(href=f"{to('book/ledger')}#{id}")["in the ledger"],
        h.a(href=to(f"claims/{id}"))["cite"],
    ]
    return h.li[row["statement"], " ", h.small[joined(details, " · ")]]


def _code(root: str, docname: str, name: str, facts: dict[str, Any]) -> h.Element:
    if load().root / f"{docname}.md" not in pages.notebooks(load().root):
        return h.p["This page has no notebook; its cells run, in their order, wherever a notebook of this book does."]
    stem = docname.rsplit("/", 1)[-1]
    return h.p[
        "In the ",
        _download(f"{root}notebooks/{stem}.ipynb", "notebook of this page"),
        " the cell has the id ",
        h.code[f"{'table' if facts['kind'] == 'table' else 'fig'}-{name}"],
        "; the cells above it must run first.",
    ]
