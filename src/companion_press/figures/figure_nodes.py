"""Figures on the built page: the pictures, the source line, how sure their claims are."""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

from companion import pages, sources, wording
from companion.ledger import GRADES, VERDICTS, load
from companion_press import domain

#: Up to this width of the window (CSS pixels) the narrow picture is shown.
PHONE = 600


class picture(nodes.General, nodes.Element):
    """The four pictures of one figure (attributes ``name``, ``alt``, ``variants``)."""


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """On reading a page: finish the facts of its figures with what stands around the pictures."""
    figures = domain.of(app.env).figures_of(app.env.docname)
    for holder in doctree.findall(nodes.figure):
        name = (holder.get("names") or [""])[0]
        if name in figures:
            caption = next(iter(holder.findall(nodes.caption)), None)
            figures[name].update(caption=caption.astext() if caption else "", id=holder["ids"][0])
            holder["classes"].append("companion-figure")
    ledger = load()
    for image in doctree.findall(nodes.image):
        image["alt"] = pages.plain(image.get("alt", ""), ledger)


def visit_picture_html(self, node):
    up = "../" * self.builder.current_docname.count("/")
    for theme in ("light", "dark"):
        wide, narrow = node["variants"][f"wide-{theme}"], node["variants"][f"narrow-{theme}"]
        # Whichever of the two is not displayed is not announced either: both need the text.
        alt = escape(node["alt"], quote=True)
        self.body.append(
            f'<picture class="pic-{theme}">'
            f'<source media="(max-width: {PHONE}px)" srcset="{up}_images/{narrow["file"]}" '
            f'width="{narrow["width"]}" height="{narrow["height"]}">'
            f'<img src="{up}_images/{wide["file"]}" width="{wide["width"]}" height="{wide["height"]}" '
            f'alt="{alt}" class="dark-light" loading="lazy" decoding="async"></picture>'
        )
    raise nodes.SkipNode


def source_lines(app, doctree, docname):
    """Below each figure: its sources, and that every claim behind it is in the ledger."""
    ledger = load()
    for figure in doctree.findall(nodes.figure):
        name = (figure.get("names") or [""])[0]
        facts = domain.of_app(app).figures_of(docname).get(name)
        if not facts:
            continue
        caption = next(iter(figure.findall(nodes.caption)), None)
        if caption is not None:
            caption += nodes.raw("", source_html(ledger, facts["claims"], app, docname), format="html")


def source_html(ledger, claims, app, docname):
    """Return the source line of a figure: the references behind its claims, and how sure these are."""

    def to(target):
        return app.builder.get_relative_uri(docname, target)

    counted = ledger.sources(claims)
    keys = list(counted)
    links = []
    for key in keys[:6]:
        target = f"{to('seeds/' + key)}" if key in ledger.seeds else f"{to('book/sources')}#ref-{key}"
        links.append(f'<a href="{target}">{escape(sources.short(key, ledger.root))}</a>')
    rest = len(keys) - len(links)
    more = f" and {rest} more" if rest > 0 else ""
    ids = " ".join(dict.fromkeys(c for id in claims for c in ledger.inputs(id)))
    return (
        f'<span class="figure-source" data-claims="{ids}">Source: {", ".join(links)}{more}. '
        f"{standing(ledger, ids.split())}</span>"
    )


def standing(ledger, claims):
    """Say how sure a figure's claims are: verdicts on the texts' claims, grades of the evidence."""
    verdicts, grades = {}, {}
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

    def marked(cell):
        return re.sub(r"\b\d{4}-\d\d(-\d\d)?\b", r'<span class="date">\g<0></span>', cell[0])

    return re.sub(r">[^<>]+<", marked, text)


def tidy_tables(app, doctree):
    """Make pandas' tables fit for every reader: headers that say of what, no empty ones, no fixed styles."""
    for raw in doctree.findall(nodes.raw):
        if raw.get("format") == "html" and 'class="dataframe"' in raw.astext():
            text = re.sub(r"<style scoped>.*?</style>", "", raw.astext(), flags=re.S)
            text = (
                text.replace("<th></th>", "<td></td>")
                .replace(' border="1"', "")
                .replace(' style="text-align: right;"', "")
            )
            head, _, body = text.partition("</thead>")
            text = (
                re.sub(r"<th\b(?![^>]*scope)", '<th scope="col"', head)
                + "</thead>"
                + re.sub(r"<th\b(?![^>]*scope)", '<th scope="row"', body)
            )
            text = whole_dates(text)
            raw.rawsource = text
            raw.children = [nodes.Text(text)]
