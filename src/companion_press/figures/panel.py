"""The panel under each figure: how to cite it, the picture, the data, the sources, the code.

Native disclosure elements, so that it works by keyboard and without scripts.
"""

import csv
import io
import json
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from companion import pages
from companion.datasets import STATEMENT
from companion.ledger import load
from companion_press import domain
from companion_press.citing import citing_blocks, coins
from companion_press.figures import csv_metadata, figure_nodes, packages
from companion_press.prose import claim_roles, code_cells

#: So many rows of a figure's data stand on the page; the files hold all.
ROWS = 40

#: The line that reads a figure's CSV, by language. R must be told of the mark with which the file begins.
READERS = {"Python": "pandas.read_csv({})", "R": 'read.csv({}, fileEncoding = "UTF-8-BOM")'}


class figure_panel(nodes.General, nodes.Element):
    """The panel under a figure (attributes ``group``, ``label`` and ``head``, HTML before its parts)."""


class panel_part(nodes.General, nodes.Element):
    """A part of a panel, closed until a reader opens it (attributes ``group`` and ``title``)."""


def panels(app, doctree, docname):
    """Put a panel under each figure of a page, and into it what is said about the figure and the hidden code of its cell."""
    if app.builder.format != "html":
        return
    stored = domain.of_app(app).figures_of(docname)
    for figure in figure_nodes.of_page(doctree):
        name = (figure.get("names") or [""])[0]
        if name in stored:
            code, about = code_cells.take(figure), _about(app, docname, figure, stored[name])
            figure.parent.insert(figure.parent.index(figure) + 1, panel(app, docname, name, stored[name], about, code))


def _about(app, docname, figure, facts):
    """Take what is said about a figure out of its place; below a map stands where it says what holds for all maps."""
    parts = []
    for holder in list(figure.findall(figure_nodes.figure_about)):
        parts.append(nodes.container("", *holder.children, classes=["figure-about"]))
        figure.remove(holder)
    if facts["kind"] == "map":
        to = f"{app.builder.get_relative_uri(docname, figure_nodes.MAPS)}#{figure_nodes.MAPS_ANCHOR}"
        parts.append(
            _html(f'<p>Boundaries and projection: <a href="{to}">how the maps of this book are drawn</a>.</p>')
        )
    return parts


def _html(text):
    return nodes.raw("", text, format="html")


def panel(app, docname, name, facts, about, code: code_cells.code_fold | None) -> figure_panel:
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


def visit_panel_html(self, node):
    group, label = node["group"], escape(node["label"], quote=True)
    self.body.append(f'<div class="take" id="{group}" role="group" aria-label="{label}">{node["head"]}')


def depart_panel_html(self, node):
    self.body.append("</div>")


def visit_part_html(self, node):
    kind = f' class="{" ".join(node["classes"])}"' if node["classes"] else ""
    self.body.append(f'<details{kind} name="{node["group"]}"><summary>{node["title"]}</summary><div class="take-body">')


def depart_part_html(self, node):
    self.body.append("</div></details>")


def setup(app: Sphinx) -> None:
    """Register the panel."""
    app.add_node(figure_panel, html=(visit_panel_html, depart_panel_html))
    app.add_node(panel_part, html=(visit_part_html, depart_part_html))


def _images(root, name, facts):
    base = f"{root}figures/{name}"
    shown = ""
    if "states" in facts:
        links = ", ".join(
            f'<a href="{root}_images/{one["variants"]["wide-light"]["file"]}" download>{escape(one["label"])}</a>'
            for one in facts["states"]
        )
        shown = (
            f"<p>These files show the state with which the figure starts, <b>{escape(facts['first']['label'])}</b>, and say so. "
            f"Each state as the page draws it: {links}.</p>"
        )
    return shown + (
        '<ul class="take-list">'
        f'<li><a href="{base}.png" download>PNG</a> for print, 300 dots an inch</li>'
        f'<li><a href="{base}.svg" download>SVG</a> and <a href="{base}.pdf" download>PDF</a>, vectors that stay sharp at any size</li>'
        f'<li><a href="{base}-slide.png" download>Slide</a>, 16:9, with title, caption and credit</li></ul>'
        f"<p>{licence()} Title, source and licence are written into each file.</p>"
    )


def licence() -> str:
    """Return the sentence on the licence, linked."""
    return f'<a href="{packages.LICENCE[1]}" rel="license">{packages.LICENCE[0]}</a>: free to use if you name the book.'


def _data(address, root, name, facts):
    base = f"{root}figures/{name}"
    header, *rows = list(csv.reader(io.StringIO(facts["csv"])))
    shown = [place for place, title in enumerate(header) if not title.endswith(STATEMENT)]
    head = "".join(f'<th scope="col">{escape(header[place])}</th>' for place in shown)
    body = "".join(
        "<tr>"
        + "".join(figure_nodes.whole_dates(f"<td>{_cell(root, header[place], row[place])}</td>") for place in shown)
        + "</tr>"
        for row in rows[:ROWS]
    )
    meanings = "".join(
        f"<dt><code>{escape(key)}</code></dt><dd>{escape(text)}</dd>" for key, text in facts["columns"].items()
    )
    many = f"the first {ROWS} of {len(rows)} rows" if len(rows) > ROWS else f"{len(rows)} rows"
    less = "" if len(shown) == len(header) else "; what the claims say stands in the files"
    return (
        f'<p><a href="{base}.zip" download>All of it as one zip</a>: CSV, an Excel workbook, the claims behind the figure '
        f'and a readme with sources, licence and citation. Or <a href="{base}.csv" download>the CSV alone</a>, and '
        f'<a href="{base}{csv_metadata.ENDING}" download>what its columns hold, for programs</a>. {licence()}</p>'
        f'<dl class="reading-lines">{_lines(address, name)}</dl>'
        f'<div class="scroll" tabindex="0" role="group" aria-label="Data of the figure: {many}">'
        f'<table class="table"><caption>{many.capitalize()}{less}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<dl class="take-columns">{meanings}</dl>'
    )


def _lines(address, name):
    """Return the line that reads the CSV, in each language; where the site's address is not known, a pattern that the page fills in."""
    path = f"figures/{name}.csv"

    def written(call, where):
        return escape(call.format(json.dumps(where)), quote=False)

    lines = []
    for language, call in READERS.items():
        full = "" if address else f' data-full="{escape(written(call, f"{{url:{path}}}"))}"'
        lines.append(f"<div><dt>{language}</dt><dd><code{full}>{written(call, address + path)}</code></dd></div>")
    return "".join(lines)


def _cell(root, title, cell):
    if title == "claim" and cell:
        return f'<a href="{root}book/ledger.html#{escape(pages.anchor(load(), cell))}">{escape(cell)}</a>'
    return escape(cell)


def _sources(app, ledger, claims, docname):
    def to(target):
        return app.builder.get_relative_uri(docname, target)

    rows = []
    for id in dict.fromkeys(c for claim in claims for c in ledger.inputs(claim)):
        row = ledger.claim(id)
        rows.append(
            f"<li>{escape(row['statement'])} <small>{claim_roles.place(ledger, row, to)} · {claim_roles.verdict_text(ledger, id)} · "
            f'<a href="{to("book/ledger")}#{id}">in the ledger</a> · <a href="{to("claims/" + id)}">cite</a></small></li>'
        )
    return f'<ol class="take-sources">{"".join(rows)}</ol>'


def _code(root, docname, name, facts):
    if load().root / f"{docname}.md" not in pages.notebooks(load().root):
        return "<p>This page has no notebook; its cells run, in their order, wherever a notebook of this book does.</p>"
    stem = docname.rsplit("/", 1)[-1]
    return (
        f'<p>In the <a href="{root}notebooks/{stem}.ipynb" download>notebook of this page</a> '
        f"the cell has the id <code>{'table' if facts['kind'] == 'table' else 'fig'}-{name}</code>; the cells above it must run first.</p>"
    )
