"""The Sphinx extension of the book: claims, figures, and pages made from the ledger."""

import os
from pathlib import Path

from docutils import nodes

import companion
import companion_press
from companion import __version__, figures, pages
from companion.ledger import load
from companion_press.citing import citing_blocks, metadata
from companion_press.evidence import claim_pages, generated, ledger_page
from companion_press.figures import explorer_nodes, figure_nodes, packages, panel, takeaways
from companion_press.notebooks import notebook_pages
from companion_press.prose import claim_roles, conflicts, reference, reported, solutions
from companion_press.search import search_index
from companion_press.theme import site_theme

STORES = {"companion_uses": dict, "companion_figures": dict, "companion_generated": set, "companion_conflicts": dict}


def start(app):
    """Give the environment its stores and tell the kernels that this is the build."""
    os.environ[figures.BUILD_VARIABLE] = "1"
    load.cache_clear()
    for name, kind in STORES.items():
        if not hasattr(app.env, name):
            setattr(app.env, name, kind())


def purge(app, env, docname):
    """Forget what a page used before it is read again."""
    for name, kind in STORES.items():
        store = getattr(env, name, kind())
        store.discard(docname) if isinstance(store, set) else store.pop(docname, None)


def package_modules() -> list[Path]:
    """Return the modules on which what a chapter shows depends: those that it imports and those that set its pages."""
    return sorted(
        path for package in (companion, companion_press) for path in Path(package.__file__).parent.rglob("*.py")
    )


def depend_on_package(app, docname, source):
    """A chapter's output depends on the package, the data with its map shapes and the references, so it is run again when they change."""
    if pages.runs_code(source[0]):
        ledger = load()
        for file in (*package_modules(), *ledger.package_files, ledger.root / "seeds/references.bib"):
            app.env.note_dependency(str(file))


def expand_descriptions(app, doctree):
    """Roles in a page's description become plain text."""
    for meta in doctree.findall(nodes.meta):
        meta["content"] = pages.plain(meta["content"], load())


def rewrite_generated(app, env):
    """Pages made from all the others are written anew in every build."""
    return sorted(env.companion_generated)


def add_cards(app, pagename, templatename, context, doctree):
    """Give a page the cards of its claims; the theme puts them at the end."""
    uses = app.env.companion_uses.get(pagename, [])
    if doctree is not None and uses:

        def to(target):
            return app.builder.get_relative_uri(pagename, target)

        context["cards"] = claim_roles.page_cards(load(), uses, to)


def write_package(app, error):
    """Write the data package as one zip beside the ledger, the same bytes each time."""
    if error or app.builder.format != "html":
        return
    ledger = load()
    target = Path(app.outdir) / ledger_page.PACKAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    paths = [
        *ledger.package_files,
        *(ledger.root / name for name in ("data/README.md", "seeds/references.bib", "LICENSE")),
    ]
    files = {path.relative_to(ledger.root).as_posix(): path.read_bytes() for path in paths}
    files["data/README.md"] = pages.plain(files["data/README.md"].decode(), ledger).encode()
    target.write_bytes(packages.zipped(files))


def setup(app):
    """Register everything with Sphinx."""
    for role in pages.FORMS:
        app.add_role(role, claim_roles.ClaimRole(role))
    app.add_role("count", claim_roles.CountRole())
    app.add_role("conclusion", claim_roles.ConclusionRole())
    app.add_role("conflict", conflicts.ConflictRole())
    app.add_node(claim_roles.claim, html=(claim_roles.visit_claim_html, claim_roles.depart_claim_html))
    app.add_node(claim_roles.conclusion, html=(claim_roles.visit_conclusion_html, claim_roles.depart_conclusion_html))
    app.add_node(conflicts.conflict, html=(conflicts.visit_conflict_html, conflicts.depart_conflict_html))
    app.add_node(figure_nodes.picture, html=(figure_nodes.visit_picture_html, None))
    app.add_node(generated.generated_content)
    for name in generated.MAKERS:
        app.add_directive(name, generated.Generated)
    app.connect("config-inited", citing_blocks.read_address)
    app.add_config_value("companion_repository", "", "html")
    app.add_config_value("companion_hub", "", "html")
    app.add_config_value("companion_lite", False, "html")
    app.connect("config-inited", notebook_pages.read_settings)
    app.connect("builder-inited", start)
    app.connect("env-purge-doc", purge)
    app.connect("source-read", depend_on_package)
    app.connect("doctree-read", figure_nodes.collect)
    explorer_nodes.setup(app)  # it takes up what `figure_nodes.collect` has made
    app.connect("doctree-read", figure_nodes.tidy_tables)
    app.connect("doctree-read", claim_roles.mark_claims)
    app.connect("doctree-read", expand_descriptions)
    app.connect("env-updated", rewrite_generated)
    app.connect("env-check-consistency", citing_blocks.prepare)
    app.connect("env-check-consistency", citing_blocks.prepare_sources)
    app.connect("doctree-resolved", generated.fill)
    app.connect("doctree-resolved", conflicts.list_in_chapter)
    app.connect("doctree-resolved", figure_nodes.source_lines)
    app.connect("doctree-resolved", panel.panels)
    app.connect("html-page-context", metadata.describe)
    app.connect("html-page-context", add_cards)
    app.connect("html-page-context", notebook_pages.add_launch)
    app.connect("autodoc-process-docstring", reference.sections)
    reported.setup(app)
    solutions.setup(app)
    site_theme.setup(app)
    app.connect("build-finished", write_package)
    app.connect("build-finished", takeaways.write)
    app.connect("build-finished", claim_pages.write)
    app.connect("build-finished", notebook_pages.write)
    search_index.setup(app)
    return {"version": __version__, "parallel_read_safe": False, "parallel_write_safe": True, "env_version": 1}
