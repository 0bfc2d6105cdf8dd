"""Figures on the built page: the pictures, the source line, how sure their claims are."""

import csv
import re
from collections.abc import Iterable
from typing import Any

import htpy as h
from docutils import nodes
from markupsafe import Markup
from myst_nb.sphinx_ import SphinxNbRenderer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from companion import pages, sources, wording
from companion.ledger import GRADES, VERDICTS, Ledger, load
from companion_press import domain
from companion_press.html_parts import joined

#: Where it stands once what holds for all maps.
MAPS, MAPS_ANCHOR = "book/figures", "how-the-maps-are-drawn"

#: The line under a map whose frame shows Crimea: its words, and those that lead to `MAPS`.
CRIMEA, CRIMEA_LINK = "Crimea is drawn in Ukraine, as ", "on all maps of this book"

#: Up to this width of the window (CSS pixels) the narrow picture is shown.
PHONE = 600


class picture(nodes.General, nodes.Element):
    """The pictures of one figure, for two widths and two themes (attributes ``name``, ``alt``, ``variants``)."""


class figure_headline(nodes.caption):
    """The sentence above a picture that states the finding (attribute ``name``); for Sphinx, which counts figures, their title."""


class figure_measure(nodes.Part, nodes.TextElement):
    """The line above a picture: what is measured, in which unit, where and when (attribute ``name``)."""


class figure_note(nodes.Part, nodes.TextElement):
    """The caption of a figure that has a headline: the one limit that matters (attribute ``name``)."""


class figure_about(nodes.General, nodes.Element):
    """How a figure was drawn: paragraphs that go into its panel (attribute ``name``)."""


#: What stands around a picture beside its caption, by the key of the cell's metadata, in this order.
AROUND = {"headline": figure_headline, "measure": figure_measure, "about": figure_about}


def columns_of(payload: dict) -> dict[str, str]:
    """Return what the columns of a cell's table hold, in their order: a notebook file sorts its keys."""
    return {column: payload["columns"][column] for column in next(csv.reader([payload["csv"].partition("\n")[0]]))}


def around(renderer: SphinxNbRenderer, figure: dict, line: int) -> list[nodes.Element]:
    """Return what a figure's metadata say beside its caption, as nodes that `collect` puts in their places.

    Parameters
    ----------
    renderer : reads Markdown with the book's roles
    figure : the cell's metadata
    line : of the cell, for messages
    """
    texts = []
    for key, kind in AROUND.items():
        if figure.get(key):
            holder = kind(name=figure["name"])
            with renderer.current_node_context(holder):
                renderer.nested_render_text(figure[key], line, inline=isinstance(holder, nodes.TextElement))
            texts.append(holder)
    return texts


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """On reading a page: put what stands around the pictures into its place, and note what it says."""
    figures = domain.of(app.env).figures_of(app.env.docname)
    for holder in doctree.findall(nodes.figure):
        name = (holder.get("names") or [""])[0]
        if name in figures:
            holder["classes"].append("companion-figure")
            figures[name].update(arranged(holder, name), id=holder["ids"][0])
    ledger = load()
    for image in doctree.findall(nodes.image):
        image["alt"] = pages.plain(image.get("alt", ""), ledger)


def arranged(figure: nodes.figure, name: str) -> dict[str, str]:
    """Put the texts of a figure above and below its picture; return them as plain texts.

    Returns
    -------
    ``headline``, ``measure``, ``note`` and ``about``, each ``""`` where it is missing; and ``caption``, all that
    stands around the picture. A figure without a headline has a caption and no note.
    """
    parts = {key: next(iter(figure.findall(kind)), None) for key, kind in AROUND.items()}
    for part in parts.values():
        if part is not None:
            part.parent.remove(part)
    caption = next(iter(figure.findall(nodes.caption)), None)
    if parts["headline"] is not None:
        below: nodes.Element | None = figure_note("", "", *(caption.children if caption is not None else ()), name=name)
        if caption is not None:
            figure.remove(caption)
        figure["classes"].append("headed")
        figure[:0] = [parts[key] for key in ("headline", "measure") if parts[key] is not None]
        figure += below
    else:
        below = caption
    if parts["about"] is not None:
        figure += parts["about"]
    said = {key: " ".join(part.astext().split()) if part is not None else "" for key, part in parts.items()}
    said["note"] = below.astext() if isinstance(below, figure_note) else ""
    spoken = (sentence(said["headline"]), sentence(said["measure"]), below.astext() if below is not None else "")
    return {**said, "caption": " ".join(filter(None, spoken))}


def sentence(text: str) -> str:
    """Return a text with a full stop at its end, unless it ends as a sentence does."""
    return f"{text}." if text and not text.endswith((".", "?", "!", ":")) else text


def visit_figure_html(self: HTML5Translator, node: nodes.figure) -> None:
    """A figure with a headline is announced by it and by its note; any other as Sphinx does it."""
    if "headed" not in node["classes"]:
        return HTML5Translator.visit_figure(self, node)
    name = node["names"][0]
    spoken = [part for part in node.children if isinstance(part, (figure_headline, figure_note)) and part.children]
    named = " ".join(f"heard-{name}-{part.tagname.removeprefix('figure_')}" for part in spoken)
    self.body.append(self.starttag(node, "figure", **{"aria-labelledby": named}))


def depart_figure_html(self: HTML5Translator, node: nodes.figure) -> None:
    if "headed" not in node["classes"]:
        return HTML5Translator.depart_figure(self, node)
    self.body.append("</figure>\n")


def visit_headline_html(self: HTML5Translator, node: figure_headline) -> None:
    self.body.append(f'<p class="figure-headline"><span id="heard-{node["name"]}-headline">')
    self.add_fignumber(node.parent)


def depart_headline_html(self: HTML5Translator, node: figure_headline) -> None:
    self.body.append("</span>")
    self.add_permalink_ref(node.parent, "Link to this figure")
    self.body.append("</p>\n")


def visit_measure_html(self: HTML5Translator, node: figure_measure) -> None:
    self.body.append('<p class="figure-measure">')


def depart_paragraph_html(self: HTML5Translator, node: figure_measure) -> None:
    self.body.append("</p>\n")


def visit_note_html(self: HTML5Translator, node: figure_note) -> None:
    empty = "" if node.children else " hidden"
    self.body.append(f'<figcaption><p class="figure-note" id="heard-{node["name"]}-note"{empty}>')


def depart_note_html(self: HTML5Translator, node: figure_note) -> None:
    self.body.append(f"</p>{node.get('below', '')}</figcaption>\n")


def visit_about_html(self: HTML5Translator, node: figure_about) -> None:
    """Its paragraphs stand in the panel (see `panel`)."""


def setup(app: Sphinx) -> None:
    """Register what stands around a picture."""
    app.add_node(nodes.figure, override=True, html=(visit_figure_html, depart_figure_html))
    app.add_node(picture, html=(visit_picture_html, None))
    app.add_node(figure_headline, html=(visit_headline_html, depart_headline_html))
    app.add_node(figure_measure, html=(visit_measure_html, depart_paragraph_html))
    app.add_node(figure_note, html=(visit_note_html, depart_note_html))
    app.add_node(figure_about, html=(visit_about_html, visit_about_html))


def visit_picture_html(self: HTML5Translator, node: picture) -> None:
    """Write one picture with a source for each theme and width, so that whatever reads the page finds it once.

    The system's theme chooses, unless the reader has chosen another (``frame.js``); paper is always light.
    """
    images = "../" * self.builder.current_docname.count("/") + "_images/"
    variants, wide = node["variants"], node["variants"]["wide-light"]
    drawn = h.picture[
        _source(images, variants["narrow-dark"], "dark", "narrow"),
        _source(images, variants["wide-dark"], "dark", "wide"),
        _source(images, variants["narrow-light"], "light", "narrow"),
        h.img(
            src=f"{images}{wide['file']}",
            width=wide["width"],
            height=wide["height"],
            alt=node["alt"],
            loading="lazy",
            decoding="async",
        ),
    ]
    self.body.append(str(drawn))
    raise nodes.SkipNode


def _source(images: str, one: dict[str, Any], theme: str, width: str) -> h.VoidElement:
    return h.source(
        class_="dark" if theme == "dark" else None,
        media=_media(theme, width),
        srcset=f"{images}{one['address']}",
        width=one["width"],
        height=one["height"],
    )


def _media(theme: str, width: str) -> str:
    """Return when a source is shown: ``screen and (prefers-color-scheme: dark) and (max-width: 600px)``."""
    asked = ["screen", "(prefers-color-scheme: dark)"] if theme == "dark" else []
    return " and ".join([*asked, *([f"(max-width: {PHONE}px)"] if width == "narrow" else [])])


def of_page(doctree: nodes.document) -> list[nodes.Element]:
    """Return the figures and tables of a page; those without a name have no facts."""
    return list(doctree.findall(lambda node: isinstance(node, nodes.figure) or node.tagname == "people_table"))


def source_lines(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Below each figure: its sources and how sure its claims are; below a map, where it draws Crimea."""
    ledger = load()
    for figure in of_page(doctree):
        name = (figure.get("names") or [""])[0]
        facts = domain.of_app(app).figures_of(docname).get(name)
        if not facts:
            continue
        source = source_html(ledger, facts["claims"], app, docname)
        if facts["kind"] == "table":
            figure["below"] = source
            continue
        caption = next(iter(figure.findall(lambda node: type(node) in (figure_note, nodes.caption))), None)
        if isinstance(caption, figure_note):
            caption["below"] = (crimea_html(app, docname) if facts["crimea"] else "") + source
        elif caption is not None:
            caption += nodes.raw("", source, format="html")


def crimea_html(app: Sphinx, docname: str) -> Markup:
    """Return the line under a map whose frame shows Crimea."""
    to = app.builder.get_relative_uri(docname, MAPS)
    return Markup(h.p(class_="figure-place")[CRIMEA, h.a(href=f"{to}#{MAPS_ANCHOR}")[CRIMEA_LINK], "."])


def source_html(ledger: Ledger, claims: list[str], app: Sphinx, docname: str) -> Markup:
    """Return the source line of a figure: the references behind its claims, and how sure these are."""

    def link(key: str) -> h.Element:
        document, anchor = (f"seeds/{key}", "") if key in ledger.seeds else ("book/sources", f"#ref-{key}")
        return h.a(href=app.builder.get_relative_uri(docname, document) + anchor)[sources.short(key, ledger.root)]

    keys = list(ledger.sources(claims))
    named = keys[:6]
    rest = len(keys) - len(named)
    ids = list(dict.fromkeys(c for id in claims for c in ledger.inputs(id)))
    return Markup(
        h.span(class_="figure-source", data_claims=" ".join(ids))[
            "Source: ",
            joined(map(link, named), ", "),
            f" and {rest} more. " if rest else ". ",
            standing(ledger, ids),
        ]
    )


def standing(ledger: Ledger, claims: Iterable[str]) -> str:
    """Say how sure a figure's claims are: verdicts on the texts' claims, grades of the evidence."""
    verdicts: dict[str, int] = {}
    grades: dict[str, int] = {}
    for id in claims:
        grade = ledger.claim(id)["grade"]
        kind = grade or ledger.verdict(id)
        tally = grades if grade else verdicts
        tally[kind] = tally.get(kind, 0) + 1
    parts = []
    for tally, order, name in (
        (verdicts, (*VERDICTS, ""), "of the source texts"),
        (grades, GRADES, "of evidence"),
    ):
        if tally:
            listed = ", ".join(f"{tally[k]} {wording.VERDICT_NAMES.get(k, k)}" for k in order if k in tally)
            parts.append(f"{sum(tally.values())} {name} ({listed})")
    return f"Claims: {'; '.join(parts)}."


def whole_dates(text: str) -> str:
    """Mark the days in the cells of a table, as HTML: a narrow column would break them at a hyphen."""

    def marked(cell: re.Match[str]) -> str:
        return re.sub(r"\b\d{4}-\d\d(-\d\d)?\b", r'<span class="date">\g<0></span>', cell[0])

    return re.sub(r">[^<>]+<", marked, text)


def tidy_tables(app: Sphinx, doctree: nodes.document) -> None:
    """Take from the tables that a cell ends in (see `companion.tables`) what is for Jupyter alone."""
    for raw in doctree.findall(nodes.raw):
        if raw.get("format") == "html" and '<table class="dataframe' in raw.astext():
            raw.rawsource = for_the_page(raw.astext())
            raw.children = [nodes.Text(raw.rawsource)]


def for_the_page(table: str) -> str:
    """Return the HTML of a table without fixed styles, which the page's policy forbids, and with whole dates."""
    return whole_dates(re.sub(r' style="text-align: \w+"', "", table))
