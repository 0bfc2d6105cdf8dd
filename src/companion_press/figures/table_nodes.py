"""Tables of the book on their page: number and caption, the table, its sources; the panel is that of figures."""

from docutils import nodes
from myst_nb.core.render import MimeData
from myst_nb.sphinx_ import SphinxNbRenderer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from companion import pages, tables
from companion.ledger import load
from companion_press import domain
from companion_press.figures import figure_nodes


class people_table(nodes.General, nodes.Element):
    """A table (attributes ``name``, ``printed`` and ``heads``): its `table_caption`, and how it was made."""


class table_caption(nodes.caption):
    """The number of a table and what it shows."""


def output(renderer: SphinxNbRenderer, data: MimeData) -> list[nodes.Element]:
    """Return the nodes of a table; note its facts, if its cell gives it a name.

    Raises ``ValueError`` where the metadata of a table with a name lack its title.
    """
    payload, env = data.content, renderer.sphinx_env
    facts = (data.cell_metadata.get("mystnb") or {}).get("table") or {}
    table = people_table(printed=payload["printed"], name=facts.get("name", ""))
    if not facts:
        return [table]
    if not facts.get("name") or not facts.get("title"):
        raise ValueError(f"{env.docname}: a table's cell needs mystnb metadata with table name and title")
    name = nodes.fully_normalize_name(facts["name"])
    table["names"].append(name)
    renderer.document.note_explicit_target(table, table)
    caption = table_caption()
    with renderer.current_node_context(caption):
        renderer.nested_render_text(facts.get("caption") or facts["title"], data.line or 0, inline=True)
    table += caption
    table += figure_nodes.around(renderer, {key: facts.get(key) for key in ("name", "about")}, data.line or 0)
    about = [holder.astext() for holder in table.findall(figure_nodes.figure_about)]
    domain.of(env).figures.setdefault(env.docname, {})[name] = {
        "kind": "table",
        "id": table["ids"][0],
        "title": pages.plain(facts["title"], load()),
        "caption": caption.astext(),
        "headline": "",
        "measure": "",
        "note": "",
        "about": " ".join(" ".join(about).split()),
        "alt": "",
        "crimea": False,
        "csv": payload["csv"],
        "claims": payload["claims"],
        "columns": figure_nodes.columns_of(payload),
        "variants": {},
        "print": {},
    }
    return [table]


def visit_table_html(self: HTML5Translator, node: people_table) -> None:
    columns = [tables.Column(*parts) for parts in node["printed"]]
    text = figure_nodes.for_the_page(tables.html(columns))
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    # The caption stands before the table and names it: where the table becomes a stack of rows on a phone, its
    # parts say their roles, and a table that says its role may own rows alone, no caption with links.
    named = f'<table aria-labelledby="heard-{node["ids"][0]}"' if node["ids"] else "<table"
    node.after = text.replace("<table", named, 1)
    self.body.append(f'<div class="people-table"{anchor}>')


def depart_table_html(self: HTML5Translator, node: people_table) -> None:
    self.body.append(f"{node.after}{node.get('below', '')}</div>\n")


def visit_caption_html(self: HTML5Translator, node: table_caption) -> None:
    self.body.append(f'<p class="table-caption"><span id="heard-{node.parent["ids"][0]}">')
    self.add_fignumber(node.parent)


def depart_caption_html(self: HTML5Translator, node: table_caption) -> None:
    self.body.append("</span>")
    self.add_permalink_ref(node.parent, "Link to this table")
    self.body.append("</p>")


def setup(app: Sphinx) -> None:
    """Register tables, which are counted apart from figures."""
    title = lambda node: next((part.astext() for part in node if isinstance(part, table_caption)), "")  # noqa: E731
    app.add_enumerable_node(people_table, "table", title, html=(visit_table_html, depart_table_html))
    app.add_node(table_caption, html=(visit_caption_html, depart_caption_html))
