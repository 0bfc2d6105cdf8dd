"""The Sphinx extension of the book: claims, figures, and pages made from the ledger."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from companion import __version__, pages
from companion.ledger import ROOT, load
from companion_press import domain, rewriting
from companion_press.citing import citing_blocks, metadata
from companion_press.evidence import changes, claim_pages, database, generated, ledger_page
from companion_press.execution import inputs, reading, store
from companion_press.figures import explorer_nodes, figure_nodes, figure_output, packages, panel, table_nodes, takeaways
from companion_press.notebooks import notebook_pages, saved_outputs
from companion_press.prose import claim_roles, code_cells, conflicts, reference, reported, solutions, sources_say
from companion_press.search import search_index
from companion_press.theme import site_theme, sitemap

#: Stores of what earlier builds made (see `execution.store`).
STORES = ("chapters", "traces", "pictures", "figures", "citations", "notebooks", "claims", saved_outputs.KIND)


def note_code(app: Sphinx, config: Config) -> None:
    """All pages are read again when our code, a library or Python has changed."""
    ours = store.digest_of_files(ROOT, inputs.files_below(ROOT / "src"))
    config.companion_code = store.digest_of([ours, inputs.without_data(ROOT)])


def start(app: Sphinx) -> None:
    """Read the ledger anew, and see that everything is there."""
    load.cache_clear()
    figure_output.check_installed(app)
    # It does not say so, but it numbers pages when all are read, in one process; without this none are read side by side.
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True


def depend_on_data(app: Sphinx, docname: str, source: list[str]) -> None:
    """What cells show depends on the data with its map shapes and on the sources, so a page with cells is read again when they change."""
    if pages.runs_code(source[0]):
        domain.depend_on_ledger(app.env)


def expand_descriptions(app: Sphinx, doctree: nodes.document) -> None:
    """Roles in a page's description become plain text."""
    for meta in doctree.findall(nodes.meta):
        text = pages.plain(meta["content"], load())
        if text != meta["content"]:
            meta["content"] = text
            domain.depend_on_ledger(app.env)


def add_cards(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page the cards of its claims; the theme puts them at the end."""
    uses = domain.of_app(app).uses.get(pagename, [])
    if doctree is not None and uses:

        def to(target: str) -> str:
            return app.builder.get_relative_uri(pagename, target)

        context["cards"] = claim_roles.page_cards(load(), uses, to, app.config.companion_repository)


#: What the data package takes along from the project: whose it is, how it is cited, what changed with each version.
BESIDE_THE_DATA = ("LICENSE", "CITATION.cff", "CHANGELOG.md")


def write_package(app: Sphinx, error: Exception | None) -> None:
    """Write the data package as one zip beside the ledger, and the ledger as one database, the same bytes each time."""
    if error or app.builder.format != "html":
        return
    ledger = load()
    paths = [
        *ledger.package_files,
        *(ledger.root / name for name in ("data/README.md", "seeds/references.bib", *BESIDE_THE_DATA)),
    ]
    files = {path.relative_to(ledger.root).as_posix(): path.read_bytes() for path in paths}
    files["data/README.md"] = pages.plain(files["data/README.md"].decode(), ledger).encode()
    domain.of_app(app).publish(ledger_page.PACKAGE, packages.zipped(files))
    domain.of_app(app).publish(database.DATABASE, database.database(ledger))


def clean(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, remove what an earlier build left and this one no longer needs."""
    if error or app.builder.format != "html":
        return
    domain.of_app(app).remove_others()
    figure_output.remove_unused(app)
    for kind in STORES:
        store.store(kind, load().root).prune()


def setup(app: Sphinx) -> dict:
    """Register everything with Sphinx."""
    app.add_domain(domain.CompanionDomain)
    for role in pages.FORMS:
        app.add_role(role, claim_roles.ClaimRole(role))
    app.add_role("count", claim_roles.CountRole())
    app.add_role("conclusion", claim_roles.ConclusionRole())
    app.add_role(pages.NOTE, claim_roles.NoteRole())
    app.add_node(claim_roles.note_mark, html=(claim_roles.visit_note_html, None))
    app.add_directive("sources-say", sources_say.SourcesSay)
    app.add_node(sources_say.sources_say, html=(sources_say.visit_html, None))
    app.add_role("conflict", conflicts.ConflictRole())
    app.add_node(claim_roles.claim, html=(claim_roles.visit_claim_html, claim_roles.depart_claim_html))
    app.add_node(claim_roles.conclusion, html=(claim_roles.visit_conclusion_html, claim_roles.depart_conclusion_html))
    app.add_node(conflicts.conflict, html=(conflicts.visit_conflict_html, conflicts.depart_conflict_html))
    figure_nodes.setup(app)
    table_nodes.setup(app)
    panel.setup(app)
    code_cells.setup(app)
    app.add_node(generated.generated_content)
    for name in generated.MAKERS:
        app.add_directive(name, generated.Generated)
    app.add_config_value("companion_code", "", "env")
    app.add_config_value("companion_only", "", "")  # the one page that is built (commands.chapter)
    app.connect("config-inited", note_code)
    app.connect("config-inited", citing_blocks.read_address)
    app.add_config_value("companion_former_disagreements", {}, "env")
    app.add_config_value("companion_repository", "", "html")
    app.add_config_value("companion_hub", "", "html")
    app.add_config_value("companion_lite", False, "html")
    app.connect("config-inited", notebook_pages.read_settings)
    app.connect("builder-inited", start)
    app.connect("env-before-read-docs", reading.settle)
    app.connect("source-read", depend_on_data)
    explorer_nodes.setup(app)
    app.connect("doctree-read", figure_nodes.collect)
    app.connect("doctree-read", figure_nodes.tidy_tables)
    app.connect("doctree-read", claim_roles.mark_claims)
    app.connect("doctree-read", claim_roles.number_notes)
    app.connect("doctree-read", expand_descriptions)
    app.connect("env-get-updated", rewriting.pages_to_write, priority=900)  # when Sphinx has numbered everything
    app.connect("env-check-consistency", citing_blocks.prepare)
    app.connect("doctree-resolved", generated.fill)
    app.connect("doctree-resolved", conflicts.list_in_chapter)
    app.connect("doctree-resolved", figure_nodes.source_lines)
    app.connect("doctree-resolved", panel.panels)
    app.connect("html-page-context", metadata.describe)
    app.connect("html-page-context", add_cards)
    app.connect("html-collect-pages", ledger_page.further_parts)
    app.connect("html-page-context", notebook_pages.add_launch)
    app.connect("autodoc-process-docstring", reference.sections)
    reported.setup(app)
    solutions.setup(app)
    site_theme.setup(app)
    search_index.setup(app)  # its name stands on the pages that follow
    app.connect("build-finished", domain.of_the_whole_book(write_package))
    app.connect("build-finished", domain.of_the_whole_book(sitemap.write))
    app.connect("build-finished", domain.of_the_whole_book(changes.write))
    app.connect("build-finished", takeaways.write)
    app.connect("build-finished", domain.of_the_whole_book(claim_pages.write))
    app.connect("build-finished", domain.of_the_whole_book(notebook_pages.write))
    app.connect("build-finished", domain.of_the_whole_book(citing_blocks.keep))
    app.connect("build-finished", domain.of_the_whole_book(clean), priority=990)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True, "env_version": 2}
