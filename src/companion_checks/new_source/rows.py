"""What a form for a new source text becomes: rows, a card, a reference, a line in the contents."""

import csv
import hashlib
import io
import pathlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from companion import sources
from companion_checks import counts_of_rows
from companion_checks.new_source.form import HEADINGS, KEY, NEW, PARTS, REFERENCE, Entries, Sheet, Text, tables
from companion_checks.problems import Problem
from companion_checks.validate import validate


@dataclass(frozen=True)
class Row:
    """One row for a table, and where in the form it comes from: line, name, and the fields' own names."""

    table: str
    cells: dict[str, str]
    line: int
    where: str
    names: dict[str, str] = field(default_factory=dict)


def rows(form: Sheet, root: pathlib.Path) -> list[Row]:
    """Return the rows that a form makes for the tables."""
    columns = {name: [column["name"] for column in fields] for name, (_, fields) in tables(root).items()}
    made = [*_new_rows(form), *_claim_rows(form), *_left_out_rows(form), *_check_rows(form), *_dependence_rows(form)]
    return [
        Row(
            row.table,
            {name: str(row.cells[name]) for name in columns[row.table] if isinstance(row.cells.get(name), str)},
            row.line,
            row.where,
            row.names,
        )
        for row in made
    ]


def _new_rows(form: Sheet) -> Iterator[Row]:
    for table in NEW:
        for number, entry in form.entries(table).sheets():
            yield Row(table, entry, entry.line, f"{table} {number}")


def _claim_rows(form: Sheet) -> Iterator[Row]:
    key = form.text("key")
    for number, entry in form.entries("claims").sheets():
        id = entry.text("id")
        where = f"claims {number} ({id})" if id else f"claims {number}"
        yield Row("claims", {**entry, "source": key}, entry.line, where)
        for sentence in re.split(r"[,\s]+(?:and\s+)?", entry.text("sentence")):
            cells = {"source": key, "paragraph": entry.text("locator"), "sentence": sentence, "claim": id}
            yield Row("coverage", cells, entry.line, where, {"paragraph": "locator"})
        for part, (table, _) in PARTS.items():
            value = entry.get(part)
            for _, inner in (value if isinstance(value, Entries) else Entries([value])).sheets():
                if any(inner.values()):
                    named = {"id": f"{id}-value"} if part == "quantities" and not inner.text("id") else {}
                    yield Row(table, {**inner, **named, "claim": id}, inner.line, f"{where}, {part}")


def _left_out_rows(form: Sheet) -> Iterator[Row]:
    for number, entry in form.entries("left_out").sheets():
        cells = {
            "source": form.text("key"),
            "paragraph": entry.text("locator"),
            "sentence": entry.text("sentence"),
            "left_out": entry.text("why"),
        }
        yield Row("coverage", cells, entry.line, f"left_out {number}", {"paragraph": "locator", "left_out": "why"})


def _check_rows(form: Sheet) -> Iterator[Row]:
    for number, entry in form.entries("checks").sheets():
        id, where = entry.text("id"), f"checks {number}"
        yield Row("checks", entry, entry.line, where)
        for claim in entry.entries("claims"):
            yield Row("check_claims", {"check": id, "claim": claim}, entry.line, where, {"claim": "claims"})
        for reference, grade in entry.part("references").items():
            cells = {"check": id, "reference": reference, "grade": grade}
            names = dict.fromkeys(("reference", "grade"), "references")
            yield Row("check_sources", cells, entry.line, where, names)


def _dependence_rows(form: Sheet) -> Iterator[Row]:
    for number, entry in form.entries("leans_on").sheets():
        yield Row("dependences", {**entry, "one": form.text("key")}, entry.line, f"leans_on {number}")


def faults(form: Sheet, root: pathlib.Path, path: pathlib.Path) -> list[Problem]:
    """Return what is wrong with a form before any table is asked."""
    key, reference, text, card = form.text("key"), form.part("reference"), form.part("text"), form.part("card")
    problems = []

    def wrong(place: str, what: str, right: str, part: Sheet = form) -> None:
        problems.append(Problem(str(path), part.at(place.rpartition(", ")[2]), place, what, right))

    if not KEY.fullmatch(key):
        right = "Write lower-case letters, digits and hyphens, such as author2027"
        wrong("key", f"{key!r} is not a key" if key else "the key is missing", right)
    elif key in sources.references(root).entries:
        wrong("key", f"{key!r} is already a key of seeds/references.bib", f"Take another, such as {key}b")
    if not re.fullmatch("[a-z]+", reference.text("type")):
        wrong("reference, type", "the type is missing", f"Write {REFERENCE['type']}", reference)
    for name in reference:
        if reference.text(name).count("{") != reference.text(name).count("}"):
            wrong(f"reference, {name}", "the braces do not pair", "Close each brace that opens", reference)
    if not card.text("heading"):
        wrong(
            "card, heading", "the page has no heading", "Write one, such as: Author: a text to be cross-examined", card
        )
    if text.text("file") and not (path.parent / text.text("file")).is_file():
        what = f"there is no file {text.text('file')!r} beside the form"
        wrong("text, file", what, "Name the text that was used, or give its sha256", text)
    for locator, count in text.part("sentences").items():
        if not (isinstance(count, Text) and count.isdecimal()):
            wrong(
                "text, sentences", f"{count!r} is not a number of sentences ({locator})", "Write a whole number", text
            )
    if not form.entries("claims"):
        wrong("claims", "the form has no claim", "A source text yields claims: add one at least")
    return problems


def _entry(form: Sheet) -> str:
    """Return the reference as BibTeX."""
    reference = form.part("reference")
    fields = {name: reference.text(name) for name in REFERENCE if name != "type" and reference.text(name)}
    if fields.get("date"):
        fields["year"] = fields["date"][:4]

    def escaped(name: str, value: str) -> str:
        return value if name in ("url", "author") else re.sub(r"(?<!\\)([&%#$])", r"\\\1", value)

    lines = "".join(f"  {name} = {{{escaped(name, value)}}},\n" for name, value in fields.items())
    return f"@{reference.text('type')}{{{form.text('key')},\n{lines}}}\n"


def _card(form: Sheet, path: pathlib.Path) -> str:
    """Return the card as a page."""
    text, card = form.part("text"), form.part("card")
    file = path.parent / text.text("file")
    given = text.text("file") and file.is_file()
    checksum = hashlib.sha256(file.read_bytes()).hexdigest() if given else text.text("sha256")
    counts = ", ".join(f'"{locator}": {count}' for locator, count in text.part("sentences").items())
    head = f"---\ncard:\n  sha256: {checksum}\n  sentences: {{{counts}}}\n---\n"
    sections = "".join(f"\n## {heading}\n\n{card.text(name)}\n" for name, heading in HEADINGS.items())
    facts, claims = "```{source-facts}\n```\n", "\n## Paragraph by paragraph\n\n```{source-claims}\n```\n"
    return f"{head}\n# {card.text('heading')}\n\n{facts}{sections}{claims}"


def write(form: Sheet, made: list[Row], path: pathlib.Path, root: pathlib.Path) -> dict[tuple[str, int], Row]:
    """Write what a form makes into a project folder.

    Returns the place in the form by file and line: ``{(file, line): Row}``.
    """
    key, places = form.text("key"), {}
    (root / f"seeds/{key}.md").write_text(_card(form, path), "utf-8", newline="\n")
    bib = root / "seeds/references.bib"
    bib.write_text(bib.read_text("utf-8").rstrip("\n") + "\n\n" + _entry(form), "utf-8", newline="\n")
    toc = root / "_toc.yml"
    contents = toc.read_text("utf-8")
    *_, last = re.finditer(r"^( *)- file: seeds/.*$", contents, re.M)
    contents = f"{contents[: last.end()]}\n{last.group(1)}- file: seeds/{key}{contents[last.end() :]}"
    toc.write_text(contents, "utf-8", newline="\n")
    described = tables(root)
    for table in dict.fromkeys(row.table for row in made):
        name, fields = described[table]
        file = root / "data" / name
        text = file.read_text("utf-8").rstrip("\n") + "\n"
        number = len(list(csv.reader(io.StringIO(text, newline=""))))
        more = io.StringIO(newline="")
        writer = csv.writer(more, lineterminator="\n")
        for row in (row for row in made if row.table == table):
            writer.writerow([row.cells.get(column["name"], "") for column in fields])
            number += 1
            places[f"data/{name}", number] = row
        file.write_text(text + more.getvalue(), "utf-8", newline="\n")
    counts_of_rows.write(root)
    return places


def problems_of(
    form: Sheet, path: pathlib.Path, root: pathlib.Path, places: dict[tuple[str, int], Row]
) -> list[Problem]:
    """Validate a project folder into which a form was written; say what is wrong in the words of the form."""
    return sorted({_in_the_form(problem, form, path, places) for problem in validate(root)})


def _in_the_form(problem: Problem, form: Sheet, path: pathlib.Path, places: dict[tuple[str, int], Row]) -> Problem:
    """Return a problem of a project as one of the form that was written into it, where it comes from the form."""
    row = places.get((problem.file, problem.row))
    if row:
        name = row.names.get(problem.field, problem.field)
        line, place = _line(form, row, name), f"{row.where}, {name}"
    elif problem.file == f"seeds/{form.text('key')}.md":
        part = "text" if problem.field in ("sentences", "sha256") else "card"
        sections = (name for name, heading in HEADINGS.items() if repr(heading) in problem.wrong)
        name = next(sections, problem.field)
        line, place = form.part(part).at(name) or form.at(part), f"{part}, {name}"
    elif problem.file == "seeds/references.bib":
        name = problem.field or "type"
        line, place = form.part("reference").at(name) or form.at("reference"), f"reference, {name}"
    elif problem.file == "data/coverage.csv" and not problem.row:
        line, place = form.at("left_out"), "claims, left_out"
    else:
        return problem
    return Problem(str(path), line, place.rstrip(", "), problem.wrong, problem.right)


def _line(form: Sheet, row: Row, name: str) -> int:
    """Return the line of a field within the entry that begins at the row's line, or that of the entry."""

    def entries(value: Any) -> Iterator[Sheet]:
        if isinstance(value, Sheet) and value.line == row.line:
            yield value
        for inner in value.values() if isinstance(value, Sheet) else value if isinstance(value, Entries) else ():
            yield from entries(inner)

    return next((entry.at(name) for entry in entries(form) if name in entry), row.line)
