"""The files under ``figures/`` and ``cite/``: what the panels and pages link to."""

import base64
import csv
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from companion import pages, sources
from companion.ledger import load
from companion_press.citing import citations, citing_blocks, coins, exports
from companion_press.figures import figure_nodes, packages, print_files
from companion_press.prose import claim_roles


def write(app, error):
    """When the site is built, write every file that a reader may take away."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    citing_blocks.write_files(app, out)
    ledger = load()
    for path in pages.executed(ledger.root):
        docname = pages.docname(path, ledger.root)
        outputs = figure_nodes.executed_outputs(app, docname)
        tables, prints = {}, {}
        figures = app.env.companion_figures.get(docname, {})
        with ThreadPoolExecutor(
            2
        ) as pool:  # packing pictures takes most of the time; more at a time would take much memory
            files = pool.map(
                lambda figure: figure_files(app, ledger, docname, *figure, outputs[figure[1]["output"]]),
                figures.items(),
            )
            files = dict(zip(figures, files))
        for name, made in files.items():
            (out / "figures").mkdir(exist_ok=True)
            for ending, content in made.items():
                (out / f"figures/{name}{ending}").write_bytes(content)
            tables[f"{name}.zip"] = made[".zip"]
            prints.update({f"{name}{ending}": made[ending] for ending in (".png", ".svg", ".pdf")})
        if f"chapter:{path.stem}" in app.companion_records:
            (out / f"cite/{path.stem}-figures.zip").write_bytes(packages.zipped(prints))
            (out / f"cite/{path.stem}-data.zip").write_bytes(packages.zipped(tables))


def figure_files(app, ledger, docname, name, facts, payload) -> dict[str, bytes]:
    """Return what a figure's panel offers, by what follows the figure's name."""
    record = app.companion_records[f"figure:{name}"]
    number = citing_blocks.called(citing_blocks.number(app, docname, facts["id"]))
    address = app.config.html_baseurl + record.path if app.config.html_baseurl else ""
    texts = source_texts(ledger, facts["claims"])
    version, caption = ledger.package["version"], facts["caption"]
    if "states" in facts:  # the pictures show one state, the tables hold all
        caption = f"{facts['first']['label']}. {facts['first']['finding']} {caption}"
    book = coins.plain(app.companion_records["book"].item["title"])
    described = {
        "title": f"{facts['title']} ({number})",
        "creator": record.item["author"][0]["literal"],
        "description": caption,
        "source": "; ".join(sources.short(key, ledger.root) for key in ledger.sources(facts["claims"])),
        "rights": f"{record.item['author'][0]['literal']}, {packages.LICENCE[0]}",
        "licence": packages.LICENCE[1],
        "address": address,
    }
    made = {
        f".{kind}": print_files.stamped(kind, base64.b64decode(data), described)
        for kind, data in payload["print"].items()
    }
    where = f" {address}." if address else ""
    credit = f"{number} in {book}, version {version}.{where} Sources: {described['source']}. {described['rights']}."
    made["-slide.png"] = print_files.stamped(
        "png", print_files.slide(made[".png"], facts["title"], caption, credit), described
    )
    made[".csv"] = payload["csv"].encode()
    claims = _claims(ledger, facts["claims"])
    files = {
        f"{name}.csv": "the table, as text in UTF-8",
        f"{name}.xlsx": "the same for a spreadsheet, with the meaning of the columns and the claims on further sheets; "
        "text that a spreadsheet would run as a formula is marked as text there",
        "claims.csv": "each claim that the figure rests on: source, passage, verdict",
        **{f"{name}.{ending}": f"the citation as {kind}" for ending, kind in exports.FILES.items()},
    }
    about = {
        "number": number,
        "title": facts["title"],
        "caption": facts["caption"],
        "place": _place(ledger, docname),
        "book": book,
        "version": version,
        "address": address,
        "citation": app.companion_entries[f"figure:{name}", citations.LIST_STYLE].text,
        "sources": texts,
        "columns": facts["columns"],
        "rows": payload["csv"].count("\n") - 1,
        "files": files,
    }
    sheets = {
        "data": packages.rows_of(payload["csv"]),
        "columns": [["column", "meaning"], *map(list, facts["columns"].items())],
        "claims": packages.rows_of(claims),
        "about": [
            ["what", "text"],
            ["title", about["title"]],
            ["number", number],
            ["book", book],
            ["version", version],
            ["address", address or None],
            ["citation", about["citation"]],
            ["licence", " ".join(packages.LICENCE)],
            *(["source", source] for source in texts),
        ],
    }
    made[".zip"] = packages.zipped(
        {
            f"{name}/README.md": packages.readme(about).encode(),
            f"{name}/{name}.csv": made[".csv"],
            f"{name}/{name}.xlsx": packages.workbook(sheets, about["title"]),
            f"{name}/claims.csv": claims.encode(),
            **{f"{name}/{name}.{ending}": exports.exported(record.item, ending).encode() for ending in exports.FILES},
        }
    )
    return made


def _place(ledger, docname):
    path = ledger.root / f"{docname}.md"
    if path == pages.landing(ledger.root):
        return "landing page"
    return f"{'chapter' if path in pages.chapters(ledger.root) else 'page'} “{pages.title(path)}”"


def source_texts(ledger, claims) -> list[str]:
    """Return the full references behind some claims, as plain text."""
    items = [citations.reference(ledger, key) for key in ledger.sources(claims)]
    return [entry.text for entry in citations.entries(items, citations.LIST_STYLE)]


def _claims(ledger, ids):
    raw = io.StringIO()
    table = csv.writer(raw, lineterminator="\n")
    table.writerow(["claim", "statement", "source", "locator", "said by", "verdict or grade", "address"])
    for id in dict.fromkeys(c for claim in ids for c in ledger.inputs(claim)):
        row = ledger.claim(id)
        table.writerow(
            [
                id,
                row["statement"],
                sources.short(row["source"], ledger.root),
                row["locator"],
                ledger.name(row["said_by"]),
                claim_roles.verdict_text(ledger, id),
                sources.references(ledger.root).entries[row["source"]].fields.get("url", ""),
            ]
        )
    return raw.getvalue()
