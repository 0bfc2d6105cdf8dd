"""The code of a page: folded behind one line that says how long it is, and opened by a switch for the whole book.

A table that the code of a chapter makes on its way is folded like it; one with a name, number and caption is for the reader.

Code is the subject of the reference page, and there it stands open, as it does in a solution, which is folded itself.
"""

import htpy as h
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import solution_node

from companion import pages
from companion.ledger import load
from companion_press.figures import table_nodes

#: The tag of a cell whose code stands open, because it is what the text teaches.
OPEN = "show-code"


class code_fold(nodes.General, nodes.Element):
    """The code of a cell behind one line (attribute ``lines``)."""


class table_fold(nodes.General, nodes.Element):
    """A table without a name, on the way to a figure: a step of the code, behind a line like it (attribute ``rows``)."""


def title(lines: int) -> str:
    """Return the line behind which code is folded: ``Code, 14 lines``."""
    return f"Code, {lines} line{'' if lines == 1 else 's'}"


def fold(app: Sphinx, doctree: nodes.document) -> None:
    """On reading a page: put the code of its cells behind a line each, but for what stands open."""
    root = load().root
    path, chapters = root / f"{app.env.docname}.md", (pages.landing(root), *pages.chapters(root))
    folds = path in (pages.landing(root), *pages.notebooks(root))
    for cell in list(doctree.findall(_is_cell)):
        cell.attributes.pop("hide_mode", None)  # MyST-NB's own fold does not say how long the code is
        source = next((part for part in cell if part.get("nb_element") == "cell_code_source"), None)
        if source is None or not folds or f"tag_{OPEN}" in cell["classes"] or _in_solution(cell):
            continue
        lines = source.astext().strip().count("\n") + 1
        cell.replace(source, code_fold("", source, lines=lines))
        # On the pages of the evidence the tables are what a reader has come for.
        steps = list(cell.findall(_is_step)) if path in chapters else []
        for table in steps:
            table.parent.replace(table, table_fold("", table, rows=_rows(table)))


def _is_cell(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _is_step(node: nodes.Node) -> bool:
    """Say whether a node is a table without a name: the value of a cell's last line, or one that `companion.table` prints."""
    if isinstance(node, table_nodes.people_table):
        return not node["ids"]
    return isinstance(node, nodes.raw) and node.get("format") == "html" and '<table class="dataframe' in node.astext()


def _rows(table: nodes.Element) -> int:
    if isinstance(table, table_nodes.people_table):
        return len(table["printed"][0][1])
    return table.astext().partition("<tbody")[2].count("<tr")


def _in_solution(node: nodes.Element | None) -> bool:
    while node is not None and not isinstance(node, solution_node):
        node = node.parent
    return node is not None


def take(node: nodes.Element) -> code_fold | None:
    """Take the folded code of the cell that shows `node` out of its place; None where the code stands open."""
    while node is not None and not _is_cell(node):
        node = node.parent
    folded = next((part for part in node if isinstance(part, code_fold)), None) if node is not None else None
    if folded is not None:
        node.remove(folded)
    return folded


def visit_html(self: HTML5Translator, node: code_fold) -> None:
    self.body.append(f'<details class="code">{h.summary[title(node["lines"])]}')


def depart_html(self: HTML5Translator, node: code_fold | table_fold) -> None:
    self.body.append("</details>")


def visit_table_html(self: HTML5Translator, node: table_fold) -> None:
    rows = node["rows"]
    summary = h.summary[f"Table, {rows} row{'' if rows == 1 else 's'}"]
    self.body.append(f'<details class="table-fold">{summary}')


def setup(app: Sphinx) -> None:
    """Register the folds."""
    app.add_node(table_fold, html=(visit_table_html, depart_html))
    app.add_node(code_fold, html=(visit_html, depart_html))
    app.connect("doctree-read", fold)
