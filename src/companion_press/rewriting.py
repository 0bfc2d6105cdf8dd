"""Which pages are written anew although their text has not changed.

Sphinx writes a page when it has been read again or a number on it has changed. A page also shows
titles of other pages, numbers of their figures, and what was made from all of them.
"""

from typing import cast

from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

from companion import pages
from companion.ledger import load
from companion_press import domain
from companion_press.citing import csl_items
from companion_press.execution import store
from companion_press.prose import conflicts


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that are written anew, for ``env-get-updated``.

    All of them where something has changed that any page may show of the others; else those that
    are made from all pages, and the chapters of which the list of disagreements has changed.
    """
    if app.config.companion_only:
        return []
    book, ledger = domain.of(env), load()
    before = book.data["shown"]
    around = surroundings(app, env)
    lists = {
        docname: conflicts.unlinked(app, ledger, docname)
        for docname in (pages.docname(path, ledger.root) for path in pages.chapters(ledger.root))
    }
    book.data["shown"] = {"around": around, "lists": lists}
    if before.get("around") != around:
        return sorted(env.found_docs)
    changed = {docname for docname in lists if before["lists"].get(docname) != lists[docname]}
    return sorted(book.generated | changed)


def surroundings(app: Sphinx, env: BuildEnvironment) -> str:
    """Return the fingerprint of what pages show of each other: titles, order, numbers, targets, the landing page's figure."""
    landing = domain.of(env).figures_of(env.config.root_doc)
    std = cast(StandardDomain, env.get_domain("std"))
    seen: dict[str, object] = {
        "titles": {name: title.astext() for name, title in env.titles.items()},
        "contents": {name: tree.astext() for name, tree in env.tocs.items()},
        "order": env.toctree_includes,
        "numbers": [env.toc_secnumbers, env.toc_fignumbers],
        "labels": [std.labels, std.anonlabels],
        "objects": sorted(
            repr(entry) for name in map(str, env.domains) for entry in env.get_domain(name).get_objects()
        ),
        "landing": [(name, facts["title"]) for name, facts in list(landing.items())[:1]],
        "book": csl_items.work(load().root),
        "version": load().package["version"],
    }
    return store.digest(*(f"{name}: {store.in_order(value)}" for name, value in seen.items()))
