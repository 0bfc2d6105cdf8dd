"""The state of a build in one place: what pages use and show, how it is cited, which files were written.

What is in `CompanionDomain.data` belongs to the pages and is kept with them between builds;
everything else is made anew by each build, in the step that its attribute names.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sphinx.domains import Domain

from companion.ledger import load

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from companion_press.citing.citations import Entry
    from companion_press.citing.citing_blocks import Record

#: Folders of the site in which everything is ours: what a build does not publish there is removed.
OWN = ("_images", "_static", "cite", "claims", "figures", "notebooks")

#: Files at the site's root that are there only where the site has an address.
WITH_ADDRESS = FEED, ROBOTS, SITEMAP = ("feed.xml", "robots.txt", "sitemap.xml")


@dataclass(frozen=True)
class Citing:
    """Everything that can be cited, set in every style (made when all pages are read).

    Attributes
    ----------
    records : what can be cited in this book, by key (see `citing_blocks.records`)
    entries : its entry in a list of sources, by key and style
    notes : its first footnote, by key
    references : the entry of each source, by its key and style
    places : each source with a passage, in the text or in a footnote, by its key, locator and style
    """

    records: dict[str, Record]
    entries: dict[tuple[str, str], Entry]
    notes: dict[str, Entry]
    references: dict[tuple[str, str], Entry]
    places: dict[tuple[str, str, str], Entry]


class CompanionDomain(Domain):
    """What the extension knows of the book.

    Attributes
    ----------
    citing : `Citing`, from ``env-check-consistency`` on
    static : the files of ``_static`` by name, from ``builder-inited`` on; others may add to them until the build ends
    index : name of the search index, from the first step of ``build-finished`` on
    published : paths below the site's root of the files that this build has written or found unchanged
    """

    name = "companion"
    label = "Companion"
    data_version = 2
    initial_data = {"uses": {}, "figures": {}, "generated": set(), "conflicts": {}, "listed": {}, "shown": {}}

    citing: Citing

    def __init__(self, env: BuildEnvironment):
        super().__init__(env)
        self.static: dict[str, bytes] = {}
        self.index = ""
        self.published: set[str] = set()

    # -- what pages use and show, by page -----------------------------------------------

    @property
    def uses(self) -> dict[str, list[tuple[str, ...]]]:
        """The claims that a page's text uses: the ids of each use, each once."""
        return self.data["uses"]

    @property
    def figures(self) -> dict[str, dict[str, dict]]:
        """The figures of a page: their facts by name (see `figures.figure_nodes`)."""
        return self.data["figures"]

    @property
    def generated(self) -> set[str]:
        """The pages that hold something made from all the others."""
        return self.data["generated"]

    @property
    def conflicts(self) -> dict[str, list[str]]:
        """The disagreements to which a page's text leads."""
        return self.data["conflicts"]

    @property
    def listed(self) -> dict[str, list[str]]:
        """The further claims that a page lists in *What the sources say*: their ids."""
        return self.data["listed"]

    def figures_of(self, docname: str) -> dict[str, dict]:
        """Return the figures of a page by name; of a page without any, an empty dictionary."""
        return self.figures.get(docname, {})

    def drawn_of(self, docname: str) -> dict[str, dict]:
        """Return those of `figures_of` that have pictures: all but tables."""
        return {name: facts for name, facts in self.figures_of(docname).items() if facts["kind"] != "table"}

    def clear_doc(self, docname: str) -> None:
        """Forget what a page used before it is read again."""
        for pages in (self.uses, self.figures, self.conflicts, self.listed):
            pages.pop(docname, None)
        self.generated.discard(docname)

    def merge_domaindata(self, docnames: list[str], otherdata: dict) -> None:
        """Take over what another process knows of the pages that it has read."""
        for name in ("uses", "figures", "conflicts", "listed"):
            self.data[name].update({d: otherdata[name][d] for d in docnames if d in otherdata[name]})
        self.generated.update(otherdata["generated"].intersection(docnames))

    def resolve_any_xref(self, *arguments: Any) -> list:
        """There is nothing here that Markdown's links could lead to."""
        return []

    # -- what this build writes ------------------------------------------------------------

    def publish(self, path: str, content: bytes | str) -> None:
        """Write a file of the site, unless it is there as it should be.

        Parameters
        ----------
        path : below the site's root
        content : bytes, or text that becomes UTF-8
        """
        target = Path(self.env.app.outdir) / path
        content = content.encode() if isinstance(content, str) else content
        self.published.add(path)
        if target.is_file() and target.read_bytes() == content:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def remove_others(self) -> None:
        """Remove from our own folders what an earlier build published and this one did not, and pages that are no more."""
        site, env = Path(self.env.app.outdir), self.env
        pictures = [one["variants"] for page in self.figures.values() for one in page.values()]
        pictures += [
            state["variants"]
            for page in self.figures.values()
            for one in page.values()
            for state in one.get("states", ())
        ]
        self.published |= {f"_images/{picture['file']}" for variants in pictures for picture in variants.values()}
        self.published |= {f"_images/{name}" for _, name in env.images.values()}
        for folder in OWN:
            for path in (site / folder).rglob("*"):
                if path.is_file() and path.relative_to(site).as_posix() not in self.published:
                    path.unlink()
        for name in set(WITH_ADDRESS) - self.published:
            (site / name).unlink(missing_ok=True)
        sources = {name.rpartition("/")[0] for name in env.found_docs}
        for folder in filter(None, sources):
            for path in (site / folder).glob("*.html"):
                name = path.relative_to(site).with_suffix("").as_posix()
                known = f"{name}.html" in self.published or name in env.found_docs
                if not known and name not in env.config.companion_moved:
                    path.unlink()


def depend_on_ledger(env: BuildEnvironment) -> None:
    """Note that the page that is being read shows something of the ledger: it is read again when that changes.

    The ledger is the data with its map shapes, and the sources, whose names stand on cards and in captions.
    """
    ledger = load()
    for path in (*ledger.package_files, *sorted((ledger.root / "seeds").iterdir())):
        env.note_dependency(str(path))


def of(env: BuildEnvironment) -> CompanionDomain:
    """Return the companion's domain of an environment."""
    return cast(CompanionDomain, env.get_domain("companion"))


def of_app(app: Sphinx) -> CompanionDomain:
    """Return the companion's domain of a build."""
    return of(app.env)


def of_the_whole_book(handler: Callable) -> Callable:
    """Leave a step out where one page alone is built."""

    @functools.wraps(handler)
    def step(app: Sphinx, *arguments: Any) -> Any:
        return None if app.config.companion_only else handler(app, *arguments)

    return step
