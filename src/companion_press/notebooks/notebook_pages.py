"""The notebooks of the site, the zip that holds them all, and the ways to start them from a page."""

import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import htpy as h
import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains.std import StandardDomain
from sphinx.errors import ConfigError

from companion import pages
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citations, manuals
from companion_press.evidence import class_times, ledger_page
from companion_press.execution import chapters, inputs, reading, store
from companion_press.figures import packages
from companion_press.notebooks import first_cell, notebook_files, saved_outputs
from companion_press.notebooks.markdown import Book, Place
from companion_press.prose import conflicts

#: Everything that runs the book, in one file below the site's root.
ARCHIVE = "notebooks/central-asia-companion.zip"

#: The one folder in it: unpacking leaves nothing lying about.
FOLDER = "central-asia-companion"


def read_settings(app: Sphinx, config: Config) -> None:
    """Let the environment override where the repository and a class's hub are and whether JupyterLite is built."""
    repository: str = os.environ.get("BOOK_REPOSITORY", config.companion_repository)
    config.companion_repository = repository
    config.companion_lite = bool(os.environ.get("BOOK_LITE", config.companion_lite))
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ConfigError(
            f"companion_repository (or BOOK_REPOSITORY) is {repository!r}; write owner/name, as in example/central-asia"
        )
    hub: str = os.environ.get("BOOK_HUB", config.companion_hub).rstrip("/")
    config.companion_hub = hub
    problem = class_times.hub_problem(hub)
    if problem:
        raise ConfigError(f"companion_hub (or BOOK_HUB): {problem}")


# -- the files -------------------------------------------------------------------------


def book_of(app: Sphinx) -> Book:
    """Return the places of the book's pages, targets, figures, exercises and terms."""
    env, ledger = app.env, load()
    std = cast(StandardDomain, env.get_domain("std"))
    numbered = {
        (page, anchor): f"{kind.capitalize()} {'.'.join(map(str, number))}"
        for page, kinds in env.toc_fignumbers.items()
        for kind, found in kinds.items()
        for anchor, number in found.items()
    }
    labels = {
        name: Place(page, anchor, numbered.get((page, anchor), "")) for name, (page, anchor) in std.anonlabels.items()
    }
    for name, (page, anchor, title) in std.labels.items():
        labels[name] = Place(page, anchor, numbered.get((page, anchor), title))
    terms = {
        name.lower(): Place(page, anchor, name)
        for name, _, kind, page, anchor, _ in std.get_objects()
        if kind == "term"
    }
    address = app.config.html_baseurl
    names = [pages.docname(path, ledger.root) for path in pages.chapters(ledger.root)]
    return Book(
        address=address,
        pages={name: Place(name, "", title.astext()) for name, title in env.titles.items()},
        labels=labels,
        terms=terms,
        references=citations.listed(ledger),
        sources={name: ledger_page.source_lists(app, ledger, name) for name in names},
        conflicts={name: conflicts.unlinked(app, ledger, name) for name in names},
        notebooks=frozenset(pages.docname(path, ledger.root) for path in pages.notebooks(ledger.root)),
    )


def archive_address(config: Config) -> str:
    """Return where a notebook that is alone finds package and data: on the site or in its repository, ``""`` without both."""
    if config.html_baseurl:
        return f"{config.html_baseurl}{ARCHIVE}"
    repository, branch = config.companion_repository, notebook_files.BRANCH
    # What GitHub packs has one folder too.
    return f"https://github.com/{repository}/archive/refs/heads/{branch}.zip" if repository else ""


def files(app: Sphinx) -> dict[str, bytes]:
    """Return every notebook by its file name: each page with cells; a chapter also without its solutions, and these alone."""
    ledger, book, notebooks = load(), book_of(app), {}
    setup = first_cell.code(archive_address(app.config), first_cell.needed(ledger.root))
    code = inputs.files_below(ledger.root / "src/companion") + inputs.files_below(ledger.root / "src/companion_press")
    places = store.in_order({**asdict(book), "notebooks": sorted(book.notebooks)})
    shared = inputs.shared(ledger.root)
    made_from = store.digest_of([store.digest_of_files(ledger.root, code), shared, places, setup])
    for chapter in pages.notebooks(ledger.root):
        notebooks.update(_of_chapter(app, ledger, book, chapter, setup, shared, made_from))
    return notebooks


def _of_chapter(
    app: Sphinx, ledger: Ledger, book: Book, chapter: Path, setup: str, shared: dict[str, str], made_from: str
) -> dict[str, bytes]:
    """Return the notebooks of one chapter, or those that were made from the same before."""
    figures = {
        name: {
            "alt": facts["first"]["alt"] if "first" in facts else facts["alt"],
            "claims": facts["claims"],
            "control": facts.get("control", ""),
            "state": facts["first"]["label"] if "first" in facts else "",
            "crimea": facts["crimea"],
            "kind": facts["kind"],
            "citation": domain.of_app(app).citing.entries[f"figure:{name}", manuals.LIST_STYLE].html,
        }
        for name, facts in domain.of_app(app).figures_of(pages.docname(chapter, ledger.root)).items()
    }
    kept = store.store("notebooks")
    key = store.digest_of([made_from, chapter.relative_to(ledger.root).as_posix(), chapter.read_text("utf-8"), figures])
    entry = kept.get_json(key)
    if entry is None or not chapters.still_so(entry["read"], ledger.root):
        notebooks, ran = {}, reading.results(app, chapter, shared)
        saved_outputs.draw_ahead(ran["outputs"])
        # Only a chapter has exercises whose solutions could be left out.
        exercises = chapter in pages.chapters(ledger.root)
        for ending, solutions in (("", True), (notebook_files.WITHOUT, False))[: 2 if exercises else 1]:
            notebooks[f"{chapter.stem}{ending}.ipynb"] = notebook_files.notebook(
                ledger, book, chapter, figures, ran["outputs"], setup, solutions
            )
        if exercises:
            alone = notebook_files.solutions(ledger, book, chapter, figures, ran["outputs"], setup)
            notebooks[f"{chapter.stem}{notebook_files.ALONE}.ipynb"] = alone
        texts = {name: nbformat.writes(notebook) + "\n" for name, notebook in notebooks.items()}
        entry = {"texts": texts, "read": ran["read"]}
        kept.put_json(key, entry)
    return {name: text.encode() for name, text in entry["texts"].items()}


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the notebooks, and the zip of all that they need, beside the pages."""
    if error or app.builder.format != "html":
        return
    book, notebooks = domain.of_app(app), files(app)
    for name, content in notebooks.items():
        book.publish(f"notebooks/{name}", content)
    beside = notebook_files.beside(load())
    book.publish(
        ARCHIVE,
        packages.zipped({f"{FOLDER}/{name}": content for name, content in sorted({**notebooks, **beside}.items())}),
    )


# -- the buttons -----------------------------------------------------------------------


def add_launch(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the ways to run a page below its title: a list that opens without scripts."""
    if doctree is None or "</h1>" not in context["body"]:
        return
    heading, _, rest = context["body"].partition("</h1>")
    context["body"] = f"{heading}</h1>{launch_html(app, pagename)}{rest}"


def launch_html(app: Sphinx, pagename: str) -> str:
    """Return the ways to run a chapter, or, on any other page, all of the notebooks."""
    page = load().root / f"{pagename}.md"
    runs, chapter = page in pages.notebooks(load().root), page in pages.chapters(load().root)
    up = "../" * pagename.count("/")
    stem = pagename.rsplit("/", 1)[-1]
    ways = []
    if runs:
        for ending, label, note in (
            ("", "Notebook", "for Jupyter, VS Code or Colab"),
            (notebook_files.WITHOUT, "Notebook without solutions", "with room for your own"),
        )[: 2 if chapter else 1]:
            ways.append(_way(f"{up}notebooks/{stem}{ending}.ipynb", label, note, download=True))
    ways.append(
        _way(
            f"{up}{ARCHIVE}",
            "All in one zip",
            "every chapter with the package and the data: what a notebook needs beside it",
            download=True,
        )
    )
    if app.config.companion_lite:
        ways.append(
            _way(
                f"{up}lite/lab/index.html" + (f"?path={stem}.ipynb" if runs else ""),
                "JupyterLite",
                "runs in this browser, without an account. Starting it fetches Python and its packages "
                "from cdn.jsdelivr.net; nothing that you type is sent anywhere",
            )
        )
    repository = app.config.companion_repository
    if repository:
        at = f"?urlpath=lab/tree/{stem}.ipynb" if runs else "?urlpath=lab"
        ways.append(
            _way(
                f"https://mybinder.org/v2/gh/{repository}/{notebook_files.BRANCH}{at}",
                "Binder",
                "a free server of mybinder.org; it needs minutes to start and forgets your work",
            )
        )
        file = f"blob/{notebook_files.BRANCH}/{stem}.ipynb" if runs else f"tree/{notebook_files.BRANCH}"
        colab = f"https://colab.research.google.com/github/{repository}/{file}"
        ways.append(_way(colab, "Colab", "needs a Google account"))
    name = "Run this chapter" if chapter else "Run this page" if runs else "Run the book"
    return str(h.details(class_="launch")[h.summary[name], h.ul[ways]])


def _way(address: str, label: str, note: str, download: bool = False) -> h.Element:
    return h.li[h.a(href=address, download=download)[label], " ", h.span[note]]
