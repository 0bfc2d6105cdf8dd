"""Finding things: what can be found, the index of it, and the page with the search.

Sphinx's own search knows pages and their words. Ours knows what this book is made of: claims,
figures, terms, names, sources, exercises and sections, each with its own address. The index
holds their text and not the inverted lists: the reader's browser makes these with MiniSearch
when the box is first used, which costs less time than fetching them would.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import rjsmin
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node

from companion import pages, sources, wording
from companion.ledger import Ledger, load
from companion.names import other_names
from companion_press import domain
from companion_press.citing import citing_blocks, manuals
from companion_press.evidence import generated, indexes, ledger_page
from companion_press.keeping import whole
from companion_press.prose import claim_roles, conflicts
from companion_press.search import variants

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

#: The library as its authors publish it (``dist/umd/index.js`` of the npm package), in short names:
#: ``npx terser@5 index.js --compress --mangle``. Taking out blanks and comments alone leaves a quarter more.
LIBRARY = Path(__file__).parent / "vendor/minisearch-7.2.0.min.js"
#: What uses it.
ENGINE = Path(__file__).parent / "engine.js"

#: The kinds of things that can be found: one, several, and their weight in the order of the results.
#: There are ten times as many claims as sections, and they are short: without weights they would hide all else.
KINDS = (
    ("Term", "Terms", 2.2),
    ("Figure", "Figures", 1.8),
    ("Section", "Sections", 1.5),
    ("Name", "Names", 1.5),
    ("Claim", "Claims", 1.0),
    ("Check", "Checks", 1.0),
    ("Disagreement", "Disagreements", 1.1),
    ("Source", "Sources", 0.9),
    ("Exercise", "Exercises", 0.9),
    ("Data table", "Data tables", 0.8),
    ("Function", "Functions", 0.4),
)

_LEFT_OUT = (
    nodes.literal_block,
    nodes.raw,
    nodes.comment,
    nodes.image,
    nodes.figure,
    nodes.section,
    nodes.title,
    nodes.meta,
    nodes.target,
    addnodes.index,
    addnodes.glossary,
    addnodes.desc,
    addnodes.toctree,
    exercise_node,
    exercise_enumerable_node,
    solution_node,  # it would give the answer away
    generated.generated_content,
)


#: What a maker gives for each thing: the name of its kind, then what `entries` has.
Found = Iterator[tuple[str, ...]]


def entries(app: Sphinx) -> list[list]:
    """Return everything that can be found.

    Each is ``[kind, title, address, where, text]``: the kind's place in `KINDS`, the address below
    the site's root, and where it belongs; a sixth item holds words that find it and are not shown.
    """
    ledger = load()
    makers = (_pages, _claims, _checks, _disagreements, _names, _references, _tables)
    kind = {name: place for place, (name, *_) in enumerate(KINDS)}
    found = []
    for maker in makers:
        for name, *rest in maker(app, ledger):
            row = [kind[name], *(" ".join(text.split()) for text in rest)]
            found.append(row[:-1] if len(row) == 6 and not row[-1] else row)
    return found


# -- what stands in the pages -----------------------------------------------------------


def _pages(app: Sphinx, ledger: Ledger) -> Found:
    for path in pages.sources(ledger.root):
        docname = pages.docname(path, ledger.root)
        doctree = app.env.get_doctree(docname)
        title = app.env.titles[docname].astext()
        for section in doctree.findall(nodes.section):
            if isinstance(section.parent, (exercise_node, exercise_enumerable_node, solution_node)):
                continue
            whole = isinstance(section.parent, nodes.document)
            text = _text(app, section)
            if text or whole:
                yield (
                    "Section",
                    section[0].astext(),
                    f"{docname}.html" + ("" if whole else f"#{section['ids'][0]}"),
                    "" if whole else title,
                    text,
                )
        yield from _figures(app, docname, title)
        for exercise in doctree.findall(lambda node: isinstance(node, (exercise_node, exercise_enumerable_node))):
            number = ".".join(
                map(str, app.env.toc_fignumbers.get(docname, {}).get("exercise", {}).get(exercise["ids"][0], ()))
            )
            body = next(child for child in exercise if isinstance(child, nodes.section))
            task = next(body.findall(nodes.emphasis), nodes.Text("")).astext().rstrip(".")  # *Read a figure.*
            yield (
                "Exercise",
                f"Exercise {number}: {task}" if task else f"Exercise {number}",
                f"{docname}.html#{exercise['ids'][0]}",
                title,
                _text(app, body),
            )
        for glossary in doctree.findall(addnodes.glossary):
            for item in glossary.findall(nodes.definition_list_item):
                terms = [child for child in item if isinstance(child, nodes.term)]
                text = " ".join(_text(app, child) for child in item if isinstance(child, nodes.definition))
                yield (
                    "Term",
                    ", ".join(term.astext() for term in terms),
                    f"{docname}.html#{terms[0]['ids'][0]}",
                    title,
                    text,
                )
        for described in doctree.findall(addnodes.desc):
            signature = next(described.findall(addnodes.desc_signature))
            if signature["ids"]:
                text = " ".join(_text(app, child) for child in described if isinstance(child, addnodes.desc_content))
                yield "Function", signature["ids"][0], f"{docname}.html#{signature['ids'][0]}", title, text


def _figures(app: Sphinx, docname: str, title: str) -> Found:
    for name, facts in domain.of_app(app).figures_of(docname).items():
        called = citing_blocks.called(app, docname, facts)
        states = " ".join(f"{state['label']}: {state['finding']}" for state in facts.get("states", ()))
        yield (
            "Figure",
            f"{called}: {facts['title']}",
            f"{docname}.html#{facts['id']}",
            title,
            facts["caption"],
            f"{name} {facts['alt']} {states}",
        )


def _text(app: Sphinx, node: nodes.Node) -> str:
    """Return the text of a node, without what is code, generated, hidden, or found by itself."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if node.get("nb_element") == "cell_code":
        return ""
    if isinstance(node, addnodes.pending_xref) and not node["refexplicit"]:
        return _called(app, node)
    parts = [_text(app, child) for child in node.children if not isinstance(child, _LEFT_OUT)]
    between = "" if isinstance(node, nodes.TextElement) else "; " if "glance" in node["classes"] else " "
    return between.join(parts)


def _called(app: Sphinx, reference: addnodes.pending_xref) -> str:
    """Return what the page prints for a reference that has no words of its own."""
    std, target = cast(StandardDomain, app.env.get_domain("std")), reference["reftarget"].lower()
    if reference.get("reftype") == "numref" and target in std.anonlabels:
        docname, anchor = std.anonlabels[target]
        kind = "table" if anchor in app.env.toc_fignumbers.get(docname, {}).get("table", {}) else "figure"
        return citing_blocks.called(app, docname, {"id": anchor, "kind": kind})
    return std.labels[target][2] if target in std.labels else reference.astext()


# -- what stands in the ledger ----------------------------------------------------------


def _claims(app: Sphinx, ledger: Ledger) -> Found:
    for row in ledger.claims.to_dict("records"):
        value = ledger_page.values(ledger, row["id"])
        where = claim_roles.voice(ledger, row) + (f", {row['locator']}" if row["locator"] else "")
        yield (
            "Claim",
            row["statement"],
            f"claims/{row['id']}.html",
            where,
            value,
            f"{row['id']} {row['printed']} {row['meant']}",
        )
    for row in ledger.derivations.to_dict("records"):
        value = wording.value(ledger, row["id"])
        yield "Claim", row["statement"], f"claims/{row['id']}.html", "Computed by this book", value, row["id"]


def _checks(app: Sphinx, ledger: Ledger) -> Found:
    tested = ledger.check_claims.groupby("check")["claim"].apply(list)
    for row in ledger.checks.to_dict("records"):
        said = " ".join(ledger.claim(id)["statement"] for id in tested.get(row["id"], []))
        verdict = wording.VERDICT_NAMES[row["verdict"]].capitalize()
        yield (
            "Check",
            row["title"],
            f"book/checks.html#{row['id']}",
            verdict,
            f"{said} {row['finding']} {row['would_settle']}",
            row["id"],
        )


def _disagreements(app: Sphinx, ledger: Ledger) -> Found:
    for row in ledger.conflicts.to_dict("records"):
        yield (
            "Disagreement",
            row["title"],
            f"book/disagreement.html#{row['id']}",
            conflicts.WHY[row["why"]],
            row["resolution"],
            row["id"],
        )


def _names(app: Sphinx, ledger: Ledger) -> Found:
    for _, heading, actors in indexes.listed(ledger):
        for actor, own, about in actors:
            says = f"says {len(own)}" if own else ""
            named = f"named in the data of {len(about)}" if about else ""
            yield (
                "Name",
                actor["name"],
                f"book/names.html#{actor['id']}",
                heading,
                f"{', '.join(filter(None, (says, named)))} claims".capitalize(),
                "; ".join((actor["local_name"], *other_names(actor), actor["id"])),
            )
    for place, events, sites in indexes.listed_places(ledger):
        names = dict.fromkeys([*events["name"], *sites["name"]])
        also = "; ".join(other_names(place))
        yield "Name", place["name"], f"book/names.html#place-{place['id']}", "Places", "; ".join(names), also


def _references(app: Sphinx, ledger: Ledger) -> Found:
    for key in sources.references(ledger.root).entries:
        text = re.sub(r"\s*https?://\S+", "", domain.of_app(app).citing.references[key, manuals.LIST_STYLE].text)
        yield "Source", sources.short(key, ledger.root), f"book/sources.html#ref-{key}", "All references", text, key


def _tables(app: Sphinx, ledger: Ledger) -> Found:
    for resource in ledger.package["resources"]:
        columns = "; ".join(
            f"{field['name']}: {field['description']}" for field in resource.get("schema", {}).get("fields", ())
        )
        text = resource.get("description", resource.get("title", ""))
        yield "Data table", resource["path"], f"data/README.html#{resource['name']}", "The data", f"{text} {columns}"


# -- the files ---------------------------------------------------------------------------


def made(app: Sphinx) -> tuple[str, bytes]:
    """Return the name and the content of the index: the library, the engine, then the entries as one JSON text."""
    found = entries(app)
    spellings = variants.spellings(" ".join(str(part) for entry in found for part in entry))
    data = {"kinds": KINDS, "names": variants.names(load()), "spellings": spellings, "entries": found}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("\\", "\\\\").replace("'", "\\'")
    # These two end a line in a string of older JavaScript.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    code = f"{LIBRARY.read_text('utf-8').strip()}\n{rjsmin.jsmin(ENGINE.read_text('utf-8'))}"
    content = (
        "/*! MiniSearch 7.2.0, (c) Luca Ongaro, MIT licence: https://github.com/lucaong/minisearch */\n"
        f"{code}\nbookSearchIndex(MiniSearch,JSON.parse('{text}'));\n"
    ).encode()
    return whole.hashed("search-index.js", content), content


def leave_out_sphinx_search(app: Sphinx) -> None:
    """Sphinx makes no index and no page of its own; `page` makes ours."""
    if app.builder.format == "html":
        cast("StandaloneHTMLBuilder", app.builder).search = False


def page(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """The page ``search.html``, the address of a search."""
    return [("search", {"title": "Search"}, "search.html")]


#: Where a page names the index.
_NAMED = re.compile(r'(data-index="[^"]*?)search-index(?:\.[0-9a-f]+)?\.js"')


def named(page: str, name: str) -> str:
    """Return the text of a page in which the index has its name."""
    return _NAMED.sub(rf'\1{name}"', page)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index under a name with its content's hash, and tell every page of Sphinx that name.

    A page that has not changed is not written again, though the index has: so the name goes into
    the finished pages. Our own pages are written afterwards, with the name in them.
    """
    if error or app.builder.format != "html":
        return
    book, out = domain.of_app(app), Path(app.outdir)
    if app.config.companion_only:  # the index of the whole book stays as it was, if there is one
        book.index = next((path.name for path in (out / "_static").glob("search-index.*.js")), "search-index.js")
    else:
        book.index, book.static[book.index] = made(app)
    (out / "searchindex.js").unlink(missing_ok=True)  # of a build before this search
    for path in out.rglob("*.html"):
        if path.parent.name != "claims":
            text = path.read_text("utf-8")
            if (renamed := named(text, book.index)) != text:
                path.write_text(renamed, "utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Register the search with Sphinx."""
    app.connect("builder-inited", leave_out_sphinx_search)
    app.connect("html-collect-pages", page)
    app.connect("build-finished", write, priority=400)
