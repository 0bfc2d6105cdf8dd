"""Solutions of exercises as native disclosure elements: closed at first, and open without scripts."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_extension_node, solution_node


class summary(nodes.General, nodes.TextElement):
    """What is seen of a solution before it is opened."""


def fold(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn the title of each solution into its summary, as text: a link in it would not open the solution."""
    if app.builder.format != "html":
        return
    for box in doctree.findall(is_extension_node):
        # The extension gives the body of every exercise on a page the same id.
        for part in box.findall(nodes.section):
            part["ids"] = [id for id in part["ids"] if id not in ("exercise-content", "solution-content")]
        if isinstance(box, solution_node):
            link = box[0].next_node(nodes.reference)
            box["exercise"] = link.get("refid") or link["refuri"].rpartition("#")[2]
            box[0] = summary("", nodes.Text(box[0].astext()), classes=["admonition-title"])


def visit_solution(self: HTML5Translator, node: solution_node) -> None:
    """Open the disclosure element."""
    node["classes"] = [name for name in node["classes"] if name != "dropdown"]
    self.body.append(self.starttag(node, "details", CLASS="admonition", **{"data-exercise": node["exercise"]}))


def depart_solution(self: HTML5Translator, node: solution_node) -> None:
    """Close the disclosure element."""
    self.body.append("</details>\n")


def visit_summary(self: HTML5Translator, node: summary) -> None:
    """Open what is always seen."""
    self.body.append(self.starttag(node, "summary", ""))


def depart_summary(self: HTML5Translator, node: summary) -> None:
    """Close what is always seen."""
    self.body.append("</summary>\n")


def setup(app: Sphinx) -> None:
    """Register the nodes, in place of that of sphinx-exercise."""
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.connect("doctree-resolved", fold)
