"""Files to take away: one zip with the data behind a figure, as a spreadsheet opens it and as a program reads it."""

import csv
import datetime
import io
import zipfile

import pandas as pd
import xlsxwriter

from companion import datasets
from companion.ledger import load
from companion_press import plain_markdown

LICENCE = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")


def day() -> datetime.datetime:
    """Return the one day that archives carry, that on which evidence was read last: each build gives the same bytes."""
    return datetime.datetime.fromisoformat(load().evidence_read_to)


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip archive of `files` (name in the archive to content), the same bytes each time."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, day().timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, content)
    return raw.getvalue()


def csv_file(text: str) -> bytes:
    """Return a CSV text as a file that a spreadsheet reads rightly when it is opened by a double click.

    Without the byte order mark Excel takes UTF-8 for the machine's old encoding, and “Türkiye” breaks. pandas,
    Frictionless and CSV on the Web leave the mark out; R's ``read.csv`` does so with ``fileEncoding = "UTF-8-BOM"``.

    A spreadsheet also computes what begins like a formula. OWASP would have an apostrophe before it, which programs
    would take for a part of the text; so no cell may begin so. (The ledger's own cannot: `companion_checks` refuses it.)

    Raises ``ValueError`` where one does.
    """
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        for cell in filter(datasets.computes, row):
            raise ValueError(
                f"row {number} of a table to take away: a spreadsheet would compute {cell!r}. "
                "Begin it with a letter or a quotation mark, or write a true minus sign (−)"
            )
    return text.encode("utf-8-sig")


def workbook(sheets: dict[str, list[list]], title: str) -> bytes:
    """Return an Excel workbook with one sheet for each table.

    Parameters
    ----------
    sheets : rows by the sheet's name, the first row being the header; a cell is
        text, a number or None
    title : goes into the file's properties

    A cell that a spreadsheet would take for a formula is written as text and
    marked as such (the apostrophe that a user would type), so that it stays text
    when someone edits it. No text becomes a link or a number.
    """
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": day()})
        head = book.add_format({"bold": True, "bottom": 1})
        quoted = book.add_format({"quote_prefix": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if cell is None:
                        continue
                    if isinstance(cell, str):
                        sheet.write_string(
                            r, c, cell, quoted if cell.startswith(datasets.FORMULA) else head if r == 0 else None
                        )
                    else:
                        sheet.write_number(r, c, cell)
            for c in range(len(rows[0])):
                longest = max((len(str(row[c])) for row in rows if row[c] is not None), default=8)
                sheet.set_column(c, c, min(max(longest + 2, 8), 60))
    return raw.getvalue()


def rows_of(text: str) -> list[list]:
    """Return the rows of a CSV text with numbers as numbers and empty cells as None, the header first."""
    header, *body = list(csv.reader(io.StringIO(text)))
    frame = pd.read_csv(io.StringIO(text))
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame]
    # A year is a name, not a quantity, but a spreadsheet sorts and draws it rightly only as a number.
    return [header] + [
        [None if cell == "" else float(cell) if number else cell for cell, number in zip(row, numeric)] for row in body
    ]


def readme(record: dict) -> str:
    """Return the text that goes with a figure's data, as Markdown.

    Parameters
    ----------
    record : ``number``, ``title``, ``caption``, ``about`` ("" if nothing is said of how it was drawn), ``place`` (chapter
        or page), ``book``, ``version``, ``address`` ("" if none is set), ``citation``, ``sources`` (list of texts), ``columns`` (meaning by name), ``rows``, ``files``
        (meaning by name)
    """
    text = plain_markdown.text
    lines = [
        f"# {text(record['title'])}",
        "",
        f"Data behind {record['number']} of *{text(record['book'])}*, version {record['version']}, {text(record['place'])}.",
        "",
        text(record["caption"]),
        "",
    ]
    if record["about"]:
        lines += [f"How it was drawn: {text(record['about'])}", ""]
    if record["address"]:
        lines += [f"Address: {record['address']}", ""]
    lines += ["## How to cite", "", text(record["citation"]), ""]
    lines += [
        "## Licence",
        "",
        f"{LICENCE[0]} ({LICENCE[1]}): free to use with attribution. The sources below keep their own rights; what they "
        "say is given here as facts, in our words.",
        "",
    ]
    lines += ["## Files", ""] + [f"- `{name}`: {what}" for name, what in record["files"].items()] + [""]
    lines += ["## Columns", "", f"{record['rows']} rows; an empty cell means that no source gives the value.", ""]
    lines += [f"- `{name}`: {text(what)}" for name, what in record["columns"].items()] + [""]
    lines += ["## Sources", ""] + [f"- {text(source)}" for source in record["sources"]] + [""]
    return "\n".join(lines)
