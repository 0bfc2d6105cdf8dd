"""The whole book as one HTML document, put together from the pages of the built site."""

import json
import pathlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

import htpy as h
import yaml
from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from markupsafe import Markup

from companion import pages, sources
from companion.ledger import Ledger
from companion_press import html_parts
from companion_press.citing import citations, csl_items, manuals
from companion_press.evidence import ledger_page
from companion_press.figures import packages
from companion_press.paper import notes, tags
from companion_press.prose import claim_roles

if TYPE_CHECKING:
    from bs4.element import AttributeValueList

#: Beside the landing page, the chapters and the evidence: the pages of help that are of use on paper. Left out is
#: what needs a screen: the index with its folded lists, and what is about running, building and teaching the book.
HELP = ("book/since", "book/glossary", "book/citing", "book/figures")

#: Of the evidence only this is left out: the meaning of each column serves those who have the files, and so a screen.
ON_SCREEN = ("data/README",)

#: What a reader of paper must know, at the end of the first page.
EDITION = """
<section id="this-edition"><h2>How to read this edition</h2>
<p>This is the whole book as one document, for paper and for e-readers. Its sources stand in notes: the text, the paragraph (¶) or time stamp and, where
the claim was checked, what the check found. “Cafiero 2025, ¶28 (check: contradicted)” means that Cafiero says it there and
that independent evidence speaks against it; a passage without brackets has not been checked. What each paragraph of a
source text yields is listed with its card, what the evidence says is listed claim by claim, the findings stand under the checks, full references under the sources, and the
solutions of the exercises at the end.</p>
<p>What needs a screen is on the web only: the code of the cells, but for that of exercises and solutions, the other states of the explorers, the ledger with
its filters, the index, the description of the data, and the ways to run a chapter.</p></section>
"""

#: What stands above the ledger's rows.
LEDGER = (
    "<p>What each piece of evidence says that the book uses to check or to complete the source texts: the statement, who makes it, "
    "of what kind it is, how strong the source is (see the glossary under <i>grade</i>), and its value. The numbers that the book "
    "has computed stand at the end. The claims of the source texts stand with their cards, paragraph by paragraph.</p>"
)

#: What a page shows on the screen only.
SCREEN = (
    "script, style, template, button, form, .headerlink, .launch, details.code, details.table-fold, .take, .take-away, .take-files, .claim-cards, .Z3988, "
    ".on-screen, .printed-from, .paper-editions, .explorer-list > p, .sd-container-fluid"
)


@dataclass
class Page:
    """A page of the book: its name, its heading, its article; `below` where another page holds it."""

    name: str
    title: str
    article: Tag
    part: str = ""
    below: bool = False
    sections: list = field(default_factory=list)

    @property
    def id(self) -> str:
        return identifier(self.name)


@dataclass
class Volume:
    """The book: its pages in order, and what the title says of it.

    Attributes
    ----------
    pages : the pages, the solutions last
    facts : ``title``, ``subtitle``, ``author``, ``version``, ``date`` (ISO), ``current`` (how
        current it is), ``licence`` and ``citation`` (HTML), ``description``, ``address`` (of the site, may be empty)
    images : files that the pages show, by their path as written in `pages`
    """

    pages: list
    facts: dict
    images: dict


def identifier(name: str, anchor: str = "") -> str:
    """Return the id of a page or of an anchor on it, unique in the whole book."""
    return re.sub(r"[^\w.-]+", "-", f"{name}--{anchor}" if anchor else name)


def assemble(site: pathlib.Path, ledger: Ledger) -> Volume:
    """Put the book together.

    Parameters
    ----------
    site : the folder of the built site
    ledger : the ledger that the site was built from

    Raises
    ------
    ValueError
        A page is not as the book's pages are: no article, no heading, a figure without its file.
    """
    chosen = _chosen(ledger.root)
    found = [_read(site, *one) for one in chosen]
    index = BeautifulSoup((site / "book/index.html").read_text("utf-8"), "html.parser")
    address = _address(index)
    names = {page.name for page in found}
    images: dict = {}
    for page in found:
        _ledger(page, ledger, site)
        _references(page, ledger)
        _figures(page, site, images)
        _explorers(page, address)
        _clean(page)
        _ids(page)
    found.append(_solutions(found))
    anchors = {tag["id"] for page in found for tag in page.article.select("[id]")}

    def link(name: str, anchor: str = "") -> str:
        """Return where a page or an anchor is in this volume, else on the web, else nowhere."""
        if name in names:
            inside = identifier(name, anchor)
            return f"#{inside if inside in anchors else identifier(name)}"
        return f"{address}{name}.html{'#' + anchor if anchor else ''}" if address else ""

    def passage(anchor: Tag, id: str) -> str:
        """Return where a row of the ledger is in this volume: its passage on the source's card, or its reference."""
        row = ledger.claim(ledger.inputs(id)[0])
        if anchor.get_text() == id:
            anchor.string = notes.place(ledger, row)
        if ledger.is_derivation(id):
            return link("book/ledger", id)
        if row["source"] in ledger.seeds:
            return link(f"seeds/{row['source']}", claim_roles.locator_anchor(row["locator"]))
        return link("book/ledger", row["id"])

    for page in found:
        notes.add(page.article, ledger, link)
        _links(page, link, passage, address)
        _structure(page)
    return Volume(found, _facts(ledger, address), images)


# -- which pages -----------------------------------------------------------------------


def _chosen(root: pathlib.Path) -> list[tuple[str, str, bool]]:
    """Return (name, part, whether it stands below another page) in reading order, as ``_toc.yml`` lists them."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    chosen = {pages.docname(path, root) for path in (*pages.chapters(root), *pages.evidence(root))}.union(HELP) - set(
        ON_SCREEN
    )
    wanted = [(toc["root"], "", False)]

    def walk(entries: list[dict], part: str, below: bool) -> None:
        for entry in entries:
            name = entry["file"]
            if name in chosen:
                wanted.append((name, part, below))
            walk(entry.get("sections", []), part, True)

    for part in toc["parts"]:
        walk(part["chapters"], part["caption"], False)
    return wanted


def _read(site: pathlib.Path, name: str, part: str, below: bool) -> Page:
    file = site / f"{name}.html"
    soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    article = soup.select("main article")
    if len(article) != 1 or not article[0].h1:
        raise ValueError(
            f"{file.relative_to(site).as_posix()}: a page of the book has one article in its main part, with a heading"
        )
    for told in article[0].select(".take .figure-about"):  # there is no panel on paper
        take = tags.expect(told.find_parent(class_="take"))
        shown = tags.expect(take.find_previous_sibling(class_=("companion-figure", "people-table")))
        (shown.figcaption or shown).append(told.extract())
    for useless in article[0].select(SCREEN):
        if not useless.decomposed:
            useless.decompose()
    for comment in article[0].find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    made = Page(name, article[0].h1.get_text().strip(), article[0], part, below)
    if not part:
        # The title of the book stands on its title page.
        heading = tags.expect(made.article.h1)
        made.title = heading.string = "The book in brief"
        tags.expect(heading.parent).append(BeautifulSoup(EDITION, "html.parser"))
    return made


def _address(index: BeautifulSoup) -> str:
    canonical = index.find("link", rel="canonical")
    return tags.attribute(canonical, "href").removesuffix("book/index.html") if canonical else ""


# -- what is on them -------------------------------------------------------------------


def _ledger(page: Page, ledger: Ledger, site: pathlib.Path) -> None:
    """Of the ledger's rows those of the evidence, briefly: the claims of the source texts stand on their cards."""
    if page.name != "book/ledger":
        return
    page.title = tags.expect(page.article.h1).string = "The evidence, claim by claim"
    rows = tags.expect(page.article.select_one("ol.ledger-rows"))
    for number in range(1, len(json.loads(tags.attribute(rows, "data-firsts")))):
        path = site / f"book/{ledger_page.part_name(number)}.html"
        rows.extend(BeautifulSoup(path.read_text("utf-8"), "html.parser").select("ol.ledger-rows > li"))
    for tag in page.article.select(".ledger-parts"):
        tag.decompose()
    for row in rows.find_all("li", recursive=False):
        if row["data-s"] in ledger.seeds:
            row.decompose()
        elif row["data-s"] == "evidence":
            claim = ledger.claim(tags.attribute(row, "id"))
            facts = [claim["kind"], claim["grade"], ledger_page.values(ledger, claim["id"])]
            name, *rest = filter(None, [claim_roles.voice(ledger, claim), *facts])
            link = h.a(href=f"sources.html#ref-{claim['source']}")[name]
            tags.expect(row.small).replace_with(tags.parse(h.small[link, f" · {' · '.join(rest)}"]))
        else:
            small = tags.expect(row.small)
            small.find_all("a")[-1].decompose()
            small.contents[-1].replace_with("")
    before = [tag for tag in rows.find_previous_siblings() if tag.name != "h1"]
    for tag in before:
        tag.decompose()
    rows.insert_before(tags.expect(BeautifulSoup(LEDGER, "html.parser").p))
    rows["class"] = cast("AttributeValueList", ["ledger-rows", "compact"])


def _figures(page: Page, site: pathlib.Path, images: dict[str, pathlib.Path]) -> None:
    """Each picture is shown in its file for print: as a vector where the page shows one, else 300 dots an inch."""
    for figure in page.article.select("figure.companion-figure"):
        for shown in figure.select("picture"):
            img = tags.expect(shown.img)
            ending = "svg" if tags.attribute(img, "src").endswith(".svg") else "png"
            path = f"figures/{figure['id']}.{ending}"
            if not (site / path).is_file():
                raise ValueError(f"{page.name}: figure {figure['id']} has no {path}")
            images[path] = site / path
            kept = {name: tags.attribute(img, name) for name in ("alt", "width", "height")}
            shown.replace_with(tags.parse(h.img(src=path, **kept)))
    for image in page.article.select("ul.thumbnails img"):
        image.decompose()
    for image in page.article.select("img"):
        if image["src"] not in images:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), tags.attribute(image, "src")))
            if not (site / path).is_file():
                raise ValueError(f"{page.name}: no file for the picture {image['src']}")
            images[path] = site / path
            image["src"] = path


def _explorers(page: Page, address: str) -> None:
    """An explorer is shown in the state with which it starts; a note says what the others are and where."""
    for explorer in page.article.select(".explorer"):
        states = {item["data-state"]: tags.expect(item.a).get_text() for item in explorer.select(".explorer-list li")}
        others = ", ".join(label for key, label in states.items() if key != explorer["data-start"])
        words = "on the web page of this chapter"
        place = f"{address}{page.name}.html#{explorer['data-explorer']}"
        where = h.a(href=place)[words] if address else words
        note = h.p(".elsewhere")[
            f"One of {len(states)} states of this figure. The others can be chosen ", where, f": {others}."
        ]
        # That of the page, which a reader may print in any state.
        tags.expect(explorer.select_one(".elsewhere")).decompose()
        tags.expect(explorer.select_one(".explorer-list")).replace_with(tags.parse(note))
        explorer.unwrap()
    for stage in page.article.select(".explorer-stage"):
        stage.unwrap()


def _references(page: Page, ledger: Ledger) -> None:
    """A chapter names its sources briefly: the notes do so too, and the full references stand together."""
    for listed in page.article.select("ul.references:has(> li[data-reference])"):
        keys = [tags.attribute(item, "data-reference") for item in listed.find_all("li", recursive=False)]
        names = (h.a(href=f"sources.html#ref-{key}")[sources.short(key, ledger.root)] for key in keys)
        listed.replace_with(tags.parse(h.p(".sources-in-short")[html_parts.joined(names, "; "), "."]))


def _clean(page: Page) -> None:
    """What only a screen or a script has a use for goes."""
    for cell in page.article.select("details"):
        cell.name = "div"
    for tag in page.article.find_all(True):
        tag.attrs = {
            key: value
            for key, value in tag.attrs.items()
            if key
            not in ("style", "tabindex", "role", "title", "loading", "decoding", "border", "target", "rel", "start")
            and not key.startswith(("aria-", "data-"))
            or key in ("data-card", "data-exercise")
        }
    for row in page.article.select("dl > div"):
        row.unwrap()
    # Sphinx marks code up letter by letter for the screen: what print distinguishes is enough.
    for span in page.article.select(".highlight span"):
        kind = (span.get("class") or [""])[0]
        if kind[:1] not in ("k", "c") and kind not in ("ow",):
            span.unwrap()


def _ids(page: Page) -> None:
    """Every id is made unique in the book, by its page."""
    seen = set()
    for tag in page.article.select("[id]"):
        made = identifier(page.name, tags.attribute(tag, "id"))
        if made in seen:
            del tag["id"]
        else:
            seen.add(made)
            tag["id"] = made
    classes = ["page", *(["below"] if page.below else [])]
    page.article.attrs = {"class": cast("AttributeValueList", classes)}
    tags.expect(page.article.h1)["id"] = page.id


def _solutions(found: list[Page]) -> Page:
    """Take the solutions out of the chapters into a page of their own, each tied to its exercise."""
    parts = []
    for page in found:
        solutions = page.article.select(".solution")
        if not solutions:
            continue
        taken = []
        for solution in solutions:
            label = cast(str, solution.attrs.pop("data-exercise"))
            exercise = tags.expect(page.article.find(id=identifier(page.name, label)))
            exercise.append(tags.parse(h.p(".to-solution")[h.a(href=f"#{solution['id']}")["Solution"]]))
            solution.name, summary = "div", tags.expect(solution.summary)
            summary.name = "p"
            cast(NavigableString, summary.string).wrap(tags.parse(h.a(href=f"#{exercise['id']}")))
            taken.append(Markup(solution.extract()))
        parts.append(h.section[h.h2[page.title], taken])
    title = "Solutions to the exercises"
    article = tags.parse(h.article(".page.solutions")[h.h1("#solutions")[title], parts])
    return Page("solutions", title, article, found[-1].part)


def _links(page: Page, link: notes.Link, passage: Callable[[Tag, str], str], address: str) -> None:
    """Links lead to a place in this volume, or to the web; where there is neither, only the words stay."""
    for anchor in page.article.select("a"):
        href = cast(str, anchor.get("href", ""))
        parts = urlsplit(href)
        if "%" in href and anchor.get_text() == href:
            anchor.string = unquote(href, errors="replace").replace(" ", "%20")  # letters rather than their codes
        # Notes, exercises and solutions have their addresses already.
        done = parts.scheme or page.name == "solutions" or anchor.find_parent(class_=("note", "to-solution"))
        if done:
            continue
        path = (
            posixpath.normpath(posixpath.join(posixpath.dirname(page.name), parts.path))
            if parts.path
            else f"{page.name}.html"
        )
        if path.endswith(".html"):
            name, place = path.removesuffix(".html"), unquote(parts.fragment)
            target = passage(anchor, place) if name == "book/ledger" and place else link(name, place)
        else:
            target = address and f"{address}{path}"
        if target:
            anchor["href"] = target
        else:
            anchor.unwrap()


def _structure(page: Page) -> None:
    """Headings and what is around them: sections for the contents, no heading level left out."""
    for section in page.article.select(".admonition section"):
        section.name = "div"
    for cell in page.article.select("tbody th:not([scope])"):
        cell["scope"] = "row"
    for heading in page.article.select("h2, h3"):
        # A section can begin at the foot of a page and its heading on the next: the contents mean the heading.
        above = tags.expect(heading.parent)
        if above.name == "section" and above.get("id"):
            heading["id"] = above.attrs.pop("id")
        if heading.name == "h2":
            heading["id"] = heading.get("id") or identifier(page.name, heading.get_text().lower().replace(" ", "-"))
            page.sections.append((heading["id"], heading.get_text().strip()))


# -- what the title says ---------------------------------------------------------------


def _facts(ledger: Ledger, address: str) -> dict[str, str]:
    work = csl_items.work(ledger.root)
    title, _, subtitle = work["title"].partition(": ")
    entry = citations.entries([csl_items.book(ledger, address)], manuals.LIST_STYLE)[0]
    return {
        "title": title,
        "subtitle": subtitle.capitalize(),
        "author": work["authors"][0]["name"],
        "version": str(work["version"]),
        "date": str(work["date-released"]),
        "address": address,
        "current": f"{sources.how_current(ledger)}.",
        "licence": str(
            h.fragment[
                "Text, figures and data: ", h.a(href=packages.LICENCE[1])[packages.LICENCE[0]], "; code: BSD-3-Clause."
            ]
        ),
        "citation": entry.html,
        "description": " ".join(work["abstract"].split()),
    }
