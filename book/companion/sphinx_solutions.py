"""Solutions of exercises as native disclosure elements: closed at first, and open without scripts."""
from docutils import nodes
from sphinx_exercise.nodes import solution_node, solution_title


class summary(nodes.General, nodes.TextElement):
    """What is seen of a solution before it is opened."""


def fold(app, doctree, docname):
    """Turn the title of each solution into its summary, as text: a link in it would not open the solution."""
    if app.builder.format == "html":
        for solution in doctree.findall(solution_node):
            for title in list(solution.findall(solution_title)):
                title.replace_self(summary("", nodes.Text(title.astext()), classes=["admonition-title"]))


def visit_solution(self, node):
    node["classes"] = [name for name in node["classes"] if name != "dropdown"]
    self.body.append(self.starttag(node, "details", CLASS="admonition"))


def depart_solution(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append(self.starttag(node, "summary", ""))


def depart_summary(self, node):
    self.body.append("</summary>\n")


def setup(app):
    """Register the nodes in place of those of sphinx-exercise."""
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.connect("doctree-resolved", fold)
