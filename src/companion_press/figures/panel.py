"""The panel under each figure: how to cite it, the picture, the data, the sources, the code.

Native disclosure elements, so that it works by keyboard and without scripts.
"""

import csv
import io
from html import escape

from docutils import nodes

from companion import pages
from companion.ledger import load
from companion_press import domain
from companion_press.citing import citing_blocks, coins
from companion_press.figures import figure_nodes, packages
from companion_press.prose import claim_roles

#: So many rows of a figure's data stand on the page; the files hold all.
ROWS = 40


def panels(app, doctree, docname):
    """Put a panel under each figure of a page, and the hidden code of its cell into it."""
    if app.builder.format != "html":
        return
    stored = domain.of_app(app).figures_of(docname)
    for figure in list(doctree.findall(nodes.figure)):
        name = (figure.get("names") or [""])[0]
        if name in stored:
            code = _hidden_code(figure)
            before, after = panel(app, docname, name, stored[name])
            parent = figure.parent
            place = parent.index(figure) + 1
            parent.insert(place, [nodes.raw("", before, format="html"), *code, nodes.raw("", after, format="html")])


def _hidden_code(figure):
    """Take the source of a figure's cell out of its place above the figure, if it is folded away there."""
    cell = figure.parent
    while cell is not None and cell.get("nb_element") != "cell_code":
        cell = cell.parent
    if cell is None or cell.get("hide_mode") != "input":
        return []
    folded = cell.children[0]
    source = [node for node in folded.findall(nodes.container) if node.get("nb_element") == "cell_code_source"]
    cell.remove(folded)
    return source


def panel(app, docname, name, facts):
    """Return the panel's HTML up to the code and from there on."""
    ledger, root = load(), "../" * docname.count("/")
    number = citing_blocks.called(citing_blocks.number(app, docname, facts["id"]))
    record = domain.of_app(app).citing.records[f"figure:{name}"]
    parts = (
        ("Cite", citing_blocks.block(app, f"figure:{name}", root)),
        ("Image", _images(root, name, facts)),
        ("Data", _data(root, name, facts)),
        ("Sources", _sources(app, ledger, facts["claims"], docname)),
    )
    group = f"take-{name}"
    before = f'<div class="take" id="{group}" role="group" aria-label="Take away: {number}">'
    before += coins.span(record.item, record.path)
    before += "".join(
        f'<details name="{group}"><summary>{title}</summary><div class="take-body">{body}</div></details>'
        for title, body in parts
    )
    before += f'<details name="{group}"><summary>Code</summary><div class="take-body">{_code(root, docname, name)}'
    return before, "</div></details></div>"


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


def _data(root, name, facts):
    base = f"{root}figures/{name}"
    header, *rows = list(csv.reader(io.StringIO(facts["csv"])))
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        "<tr>"
        + "".join(figure_nodes.whole_dates(f"<td>{_cell(root, title, cell)}</td>") for title, cell in zip(header, row))
        + "</tr>"
        for row in rows[:ROWS]
    )
    meanings = "".join(
        f"<dt><code>{escape(key)}</code></dt><dd>{escape(text)}</dd>" for key, text in facts["columns"].items()
    )
    shown = f"the first {ROWS} of {len(rows)} rows" if len(rows) > ROWS else f"{len(rows)} rows"
    return (
        f'<p><a href="{base}.zip" download>All of it as one zip</a>: CSV, an Excel workbook, the claims behind the figure '
        f'and a readme with sources, licence and citation. Or <a href="{base}.csv" download>the CSV alone</a>. {licence()}</p>'
        f'<div class="scroll" tabindex="0" role="group" aria-label="Data of the figure: {shown}">'
        f'<table class="table"><caption>{shown.capitalize()}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<dl class="take-columns">{meanings}</dl>'
    )


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


def _code(root, docname, name):
    if load().root / f"{docname}.md" not in pages.notebooks(load().root):
        return "<p>This page has no notebook; its cells run, in their order, wherever a notebook of this book does.</p>"
    stem = docname.rsplit("/", 1)[-1]
    return (
        f'<p>In the <a href="{root}notebooks/{stem}.ipynb" download>notebook of this page</a> '
        f"the cell has the id <code>fig-{name}</code>; the cells above it must run first.</p>"
    )
