"""The Sphinx extension of the book: claims, figures, and pages made from the ledger."""
import os
from pathlib import Path

from docutils import nodes

from . import (
    __version__, figures, packages, pages, sphinx_citing, sphinx_claims, sphinx_conflicts, sphinx_explorers, sphinx_figures,
    sphinx_generated, sphinx_metadata, sphinx_notebooks, sphinx_pages, sphinx_panel, sphinx_reference, sphinx_roles,
    sphinx_search, sphinx_solutions, sphinx_takeaways, sphinx_theme,
)
from .ledger import load

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


def depend_on_package(app, docname, source):
    """A chapter's output depends on the package, the data with its map shapes and the references, so it is run again when they change."""
    if pages.runs_code(source[0]):
        ledger = load()
        for file in (*Path(__file__).parent.glob("*.py"), *ledger.package_files, ledger.root / "seeds/references.bib"):
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

        context["cards"] = sphinx_roles.page_cards(load(), uses, to)


def write_package(app, error):
    """Write the data package as one zip beside the ledger, the same bytes each time."""
    if error or app.builder.format != "html":
        return
    ledger = load()
    target = Path(app.outdir) / sphinx_pages.PACKAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    paths = [*ledger.package_files, *(ledger.root / name for name in ("data/README.md", "seeds/references.bib", "LICENSE"))]
    files = {path.relative_to(ledger.root).as_posix(): path.read_bytes() for path in paths}
    files["data/README.md"] = pages.plain(files["data/README.md"].decode(), ledger).encode()
    target.write_bytes(packages.zipped(files))


def setup(app):
    """Register everything with Sphinx."""
    for role in pages.FORMS:
        app.add_role(role, sphinx_roles.ClaimRole(role))
    app.add_role("count", sphinx_roles.CountRole())
    app.add_role("conflict", sphinx_conflicts.ConflictRole())
    app.add_node(sphinx_roles.claim, html=(sphinx_roles.visit_claim_html, sphinx_roles.depart_claim_html))
    app.add_node(sphinx_conflicts.conflict, html=(sphinx_conflicts.visit_conflict_html, sphinx_conflicts.depart_conflict_html))
    app.add_node(sphinx_figures.picture, html=(sphinx_figures.visit_picture_html, None))
    app.add_node(sphinx_generated.generated_content)
    for name in sphinx_generated.MAKERS:
        app.add_directive(name, sphinx_generated.Generated)
    app.connect("config-inited", sphinx_citing.read_address)
    app.add_config_value("companion_repository", "", "html")
    app.add_config_value("companion_hub", "", "html")
    app.add_config_value("companion_lite", False, "html")
    app.connect("config-inited", sphinx_notebooks.read_settings)
    app.connect("builder-inited", start)
    app.connect("env-purge-doc", purge)
    app.connect("source-read", depend_on_package)
    app.connect("doctree-read", sphinx_figures.collect)
    sphinx_explorers.setup(app)  # it takes up what `sphinx_figures.collect` has made
    app.connect("doctree-read", sphinx_figures.tidy_tables)
    app.connect("doctree-read", sphinx_roles.mark_claims)
    app.connect("doctree-read", expand_descriptions)
    app.connect("env-updated", rewrite_generated)
    app.connect("env-check-consistency", sphinx_citing.prepare)
    app.connect("env-check-consistency", sphinx_citing.prepare_sources)
    app.connect("doctree-resolved", sphinx_generated.fill)
    app.connect("doctree-resolved", sphinx_conflicts.list_in_chapter)
    app.connect("doctree-resolved", sphinx_figures.source_lines)
    app.connect("doctree-resolved", sphinx_panel.panels)
    app.connect("html-page-context", sphinx_metadata.describe)
    app.connect("html-page-context", add_cards)
    app.connect("html-page-context", sphinx_notebooks.add_launch)
    app.connect("autodoc-process-docstring", sphinx_reference.sections)
    sphinx_solutions.setup(app)
    sphinx_theme.setup(app)
    app.connect("build-finished", write_package)
    app.connect("build-finished", sphinx_takeaways.write)
    app.connect("build-finished", sphinx_claims.write)
    app.connect("build-finished", sphinx_notebooks.write)
    sphinx_search.setup(app)
    return {"version": __version__, "parallel_read_safe": False, "parallel_write_safe": True, "env_version": 1}
