"""Figures on the built page: the pictures, the data and the claims from a cell's output."""

import base64
import csv
import hashlib
import json
import pathlib
import re
from html import escape

from docutils import nodes

from companion import figures, pages, sources, wording
from companion.ledger import GRADES, VERDICTS, load

#: Up to this width of the window (CSS pixels) the narrow picture is shown.
PHONE = 600


class picture(nodes.General, nodes.Element):
    """The four pictures of one figure (attributes ``name``, ``alt``, ``variants``)."""


def executed_outputs(app, docname):
    """Return the figure outputs of an executed page by the hash that names their image file.

    Each comes with the cell's metadata for figures (name, title, caption).
    """
    path = pathlib.Path(app.outdir).parent / "jupyter_execute" / f"{docname}.ipynb"
    if not path.exists():
        return {}
    found = {}
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if figures.MIME not in data:
                continue
            variant = data[figures.MIME]["variants"]["wide-light"]
            content = base64.b64decode(variant["data"])
            if variant["type"] == "image/svg+xml":
                content = "\n".join(content.decode().splitlines()).encode()
            named = cell["metadata"].get("mystnb", {}).get("figure", {})
            found[hashlib.sha256(content).hexdigest()] = {**data[figures.MIME], "named": named}
    return found


def collect(app, doctree):
    """On reading a page: turn each figure's image into a `picture` and note its claims."""
    env = app.env
    outputs = executed_outputs(app, env.docname)
    store = env.companion_figures.setdefault(env.docname, {})
    store.clear()
    ledger = load()
    for image in list(doctree.findall(nodes.image)):
        image["alt"] = pages.plain(image.get("alt", ""), ledger)
        payload = outputs.get(pathlib.PurePath(image["uri"]).stem)
        if payload is None:
            continue
        holder = image.parent
        while holder is not None and not isinstance(holder, nodes.figure):
            holder = holder.parent
        if holder is None or not holder.get("names"):
            raise ValueError(
                f"{env.docname}: a figure's cell needs mystnb metadata with figure name and caption, and image alt"
            )
        name = holder["names"][0]
        if not image["alt"]:
            raise ValueError(f"{env.docname}: figure {name!r} has no alternative text (mystnb: image: alt)")
        if not payload["named"].get("title"):
            raise ValueError(f"{env.docname}: figure {name!r} has no title to be cited by (mystnb: figure: title)")
        variants = write(app, name, payload["variants"])
        caption = next(iter(holder.findall(nodes.caption)), None)
        store[name] = {
            "csv": payload["csv"],
            "claims": payload["claims"],
            "alt": image["alt"],
            "variants": variants,
            "caption": caption.astext() if caption else "",
            "id": holder["ids"][0],
            "title": pages.plain(payload["named"]["title"], ledger),
            "kind": payload["kind"],
            # A notebook file sorts its keys: the order of the columns is that of the table.
            "columns": {
                column: payload["columns"][column] for column in next(csv.reader([payload["csv"].partition("\n")[0]]))
            },
            "output": pathlib.PurePath(image["uri"]).stem,
        }
        image.replace_self(picture(name=name, alt=image["alt"], variants=variants))
        holder["classes"].append("companion-figure")


def write(app, name, variants):
    """Write the pictures under names that hold their content's hash; return their facts."""
    folder = pathlib.Path(app.outdir) / "_images"
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    for variant, picture_data in variants.items():
        content = base64.b64decode(picture_data["data"])
        suffix = {"image/png": "png", "image/svg+xml": "svg", "image/webp": "webp"}[picture_data["type"]]
        file = f"{name}-{variant}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
        for old in folder.glob(f"{name}-{variant}.*.{suffix}"):
            if old.name != file:
                old.unlink()
        (folder / file).write_bytes(content)
        facts[variant] = {"file": file, "width": picture_data["width"], "height": picture_data["height"]}
    return facts


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
        facts = app.env.companion_figures.get(docname, {}).get(name)
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
