"""The files under ``figures/`` and ``cite/``: what the panels and pages link to."""

import csv
import functools
import io
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sphinx.application import Sphinx

from companion import pages, sources
from companion.ledger import Ledger, load
from companion_press import domain
from companion_press.citing import citing_blocks, csl_items, exports, manuals
from companion_press.execution import inputs, store
from companion_press.figures import csv_metadata, figure_nodes, figure_output, packages, print_files
from companion_press.prose import claim_roles

#: How many sources the credit on a slide names.
SLIDE_SOURCES = 12


def write(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, write every file that a reader may take away."""
    if error or app.builder.format != "html":
        return
    book, ledger = domain.of_app(app), load()
    citing_blocks.write_files(app)
    code = maker(ledger.root)
    for path in pages.executed(ledger.root):
        docname = pages.docname(path, ledger.root)
        if app.config.companion_only not in ("", docname):
            continue
        figures = book.figures_of(docname)
        # Packing pictures takes most of the time; more than two at a time would take much memory.
        with ThreadPoolExecutor(2) as pool:
            packed_files = pool.map(
                functools.partial(kept_files, app, code, ledger, docname), figures, figures.values()
            )
            for name, contents in zip(figures, packed_files):
                for ending, content in contents.items():
                    book.publish(f"figures/{name}{ending}", content)


def maker(root: Path) -> str:
    """Return the fingerprint of all that makes the files of a figure: our code, the typefaces, the libraries."""
    folders = ("src/companion", "src/companion_press/figures", "src/companion_press/citing")
    paths = [path for folder in folders for path in inputs.files_below(root / folder)]
    return store.digest(store.digest_of_files(root, paths), inputs.installed())


def kept_files(app: Sphinx, code: str, ledger: Ledger, docname: str, name: str, facts: dict) -> dict[str, bytes]:
    """Return what a figure's panel offers, or what was made from the same before, by what follows the figure's name.

    Parameters
    ----------
    code : fingerprint of what makes the files
    """
    described = description(app, ledger, docname, name, facts)
    kept = store.store("figures")
    at = store.digest_of([code, name, described])
    content = kept.get(at)
    if content is not None:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return {ending: opened.read(ending) for ending in opened.namelist()}
    pictures = {kind: (figure_output.kept(app) / file).read_bytes() for kind, file in facts["print"].items()}
    files = figure_files(described, name, pictures)
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
        for ending, content in files.items():
            archive.writestr(ending, content)
    kept.put(at, raw.getvalue())
    return files


def description(app: Sphinx, ledger: Ledger, docname: str, name: str, facts: dict) -> dict:
    """Return everything that a figure's files say and show, as JSON holds it; the pictures by their hashes."""
    citing = domain.of_app(app).citing
    record = citing.records[f"figure:{name}"]
    version = ledger.package["version"]
    # The pictures show one state, the tables hold all.
    state = f"{facts['first']['label']}. {facts['first']['finding']}" if "states" in facts else ""
    author = record.item["author"][0]["literal"]
    return {
        "number": citing_blocks.called(app, docname, facts),
        "title": facts["title"],
        "caption": f"{state} {facts['caption']}".strip(),
        "shown": facts["caption"],
        "headline": facts["headline"],
        "below": " ".join(filter(None, (state, figure_nodes.sentence(facts["measure"]), facts["note"]))),
        "about": facts["about"],
        "author": author,
        "rights": f"{author}, {packages.LICENCE[0]}",
        "licence": packages.LICENCE,
        "address": app.config.html_baseurl + record.path if app.config.html_baseurl else "",
        "place": _place(ledger, docname),
        "book": csl_items.plain(citing.records["book"].item["title"]),
        "version": version,
        "citation": citing.entries[f"figure:{name}", manuals.LIST_STYLE].text,
        "sources": source_texts(app, ledger, facts["claims"]),
        "named": "; ".join(sources.short(key, ledger.root) for key in ledger.sources(facts["claims"])),
        "columns": facts["columns"],
        "csv": facts["csv"],
        "claims": _claims(ledger, facts["claims"]),
        "record": record.item,
        "print": facts["print"],
    }


def figure_files(described: dict, name: str, pictures: dict[str, bytes]) -> dict[str, bytes]:
    """Make what a figure's panel offers.

    Parameters
    ----------
    described : see `description`
    name : the figure's name
    pictures : ``png``, ``svg`` and ``pdf`` for print

    Returns
    -------
    The files by what follows the figure's name
    """
    number, title, book = described["number"], described["title"], described["book"]
    address, version = described["address"], described["version"]
    stamp = {
        "title": f"{title} ({number})",
        "creator": described["author"],
        "description": described["caption"],
        "source": described["named"],
        "rights": described["rights"],
        "licence": described["licence"][1],
        "address": address,
    }
    files = {f".{kind}": print_files.stamped(kind, content, stamp) for kind, content in pictures.items()}
    where = f" {address}." if address else ""
    # A slide has room for some sources; the file's own data name them all.
    named = described["named"].split("; ")
    more = f" and {len(named) - SLIDE_SOURCES} more" if len(named) > SLIDE_SOURCES else ""
    credit = (
        f"{number} in {book}, version {version}.{where} "
        f"Sources: {'; '.join(named[:SLIDE_SOURCES])}{more}. {described['rights']}."
    )
    # A headline says on a slide what the title only names.
    below = described["below"] if described["headline"] else described["caption"]
    if pictures:
        slide = print_files.slide(files[".png"], described["headline"] or title, below, credit)
        files["-slide.png"] = print_files.stamped("png", slide, stamp)
    files[".csv"] = packages.csv_file(described["csv"])
    files[csv_metadata.ENDING] = csv_metadata.metadata(described, name).encode()
    inside = {
        f"{name}.csv": "the table, as text in UTF-8 with a byte order mark, by which spreadsheets know it",
        f"{name}{csv_metadata.ENDING}": "its columns with their units, its sources and its licence, for programs (CSV on the Web)",
        f"{name}.xlsx": "the same for a spreadsheet, with the meaning of the columns and the claims on further sheets; "
        "text that a spreadsheet would run as a formula is marked as text there",
        "claims.csv": "each claim that the figure rests on: source, passage, verdict",
        **{f"{name}.{ending}": f"the citation as {kind}" for ending, kind in exports.FILES.items()},
    }
    about = {
        "number": number,
        "title": title,
        "caption": described["shown"],
        "about": described["about"],
        "place": described["place"],
        "book": book,
        "version": version,
        "address": address,
        "citation": described["citation"],
        "sources": described["sources"],
        "columns": described["columns"],
        "rows": described["csv"].count("\n") - 1,
        "files": inside,
    }
    sheets = {
        "data": packages.rows_of(described["csv"]),
        "columns": [["column", "meaning"], *map(list, described["columns"].items())],
        "claims": packages.rows_of(described["claims"]),
        "about": [
            ["what", "text"],
            ["title", title],
            ["number", number],
            ["book", book],
            ["version", version],
            ["address", address or None],
            ["citation", described["citation"]],
            ["licence", " ".join(described["licence"])],
            *(["source", source] for source in described["sources"]),
        ],
    }
    exported = {ending: exports.exported(described["record"], ending).encode() for ending in exports.FILES}
    files[".zip"] = packages.zipped(
        {
            f"{name}/README.md": packages.readme(about).encode(),
            f"{name}/{name}.csv": files[".csv"],
            f"{name}/{name}{csv_metadata.ENDING}": files[csv_metadata.ENDING],
            f"{name}/{name}.xlsx": packages.workbook(sheets, title),
            f"{name}/claims.csv": packages.csv_file(described["claims"]),
            **{f"{name}/{name}.{ending}": content for ending, content in exported.items()},
        }
    )
    return files


def _place(ledger: Ledger, docname: str) -> str:
    path = ledger.root / f"{docname}.md"
    if path == pages.landing(ledger.root):
        return "landing page"
    return f"{'chapter' if path in pages.chapters(ledger.root) else 'page'} “{pages.title(path)}”"


def source_texts(app: Sphinx, ledger: Ledger, claims: list[str]) -> list[str]:
    """Return the full references behind some claims, as plain text."""
    references = domain.of_app(app).citing.references
    return [references[key, manuals.LIST_STYLE].text for key in ledger.sources(claims)]


def _claims(ledger: Ledger, ids: Iterable[str]) -> str:
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
