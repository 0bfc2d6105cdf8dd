"""The form for a new source text: what it asks, how it is read, and the files that are made from it.

A form is YAML in which every value is text, so that ``00:09:57`` stays a time stamp and
``2027-11-02`` a day. The fields are the columns of the tables in ``data/``, and their
descriptions there are the questions.
"""

import csv
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
from dataclasses import dataclass

import yaml

from companion import sources
from companion_checks.problems import Problem, nearest
from companion_checks.rules import cards
from companion_checks.validate import validate

KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: What a source text can be (see ``TYPES`` in ``companion/citations.py``), and what a citation of it needs: field, how to fill it.
TYPES = {
    "online": {},
    "article": {"journaltitle": "the journal, magazine or newspaper"},
    "book": {"publisher": "the publisher"},
    "misc": {},
}
#: Of an article; one without is cited as that of a journal.
SUBTYPES = ("magazine", "newspaper")
#: Fields that belong to references of one type.
ONLY = {
    **dict.fromkeys(("journaltitle", "entrysubtype", "volume", "number", "pages"), "article"),
    **dict.fromkeys(("publisher", "address"), "book"),
}
OPTIONAL = "(may stay empty)"  # stands in the question of a cell that may

#: Sections of a card, all of them needed: field of the form, and what it should say.
SECTIONS = {
    "who_speaks": "Author and outlet, and who else is given a voice; only what the text or the evidence says.",
    "where_and_when": "Place and date of the text, and what had not yet happened.",
    "standpoint": "From where it looks, and what it takes for granted.",
    "provenance": "Which copy was used, and how it came down to us.",
    "good_for": "What it knows best, or alone.",
    "careful_about": "Errors, silences, leanings.",
}
#: Their headings on the page; the last section, which lists the claims, is made by the book.
HEADINGS = dict(zip(SECTIONS, cards.SECTIONS))
REFERENCE = {
    "type": "online (a page), article (in a journal, magazine or newspaper), book, or misc (no publisher stands behind it)",
    "author": "Last, First; several joined by “and”; an outlet in braces: {Example Herald}",
    "title": "The title, with capitals for names alone (a style raises what it wants raised; {braces} keep a name as it is)",
    "organization": "The site that published it",
    "journaltitle": "In its place, for an article: the journal, magazine or newspaper",
    "entrysubtype": "For an article: magazine or newspaper (may stay empty: a journal)",
    "volume": "For an article in a journal: the volume",
    "number": "For an article in a journal: the issue",
    "pages": "For an article: its pages, such as 7--29",
    "publisher": "For a book: who published it",
    "address": "For a book: the place of its publisher",
    "doi": "Its DOI, such as 10.1000/182",
    "date": "EDTF date that the source prints",
    "url": "Its address",
    "urldate": "The day on which it was read",
    "library": "Where a copy was read: the place of the copy",
    "note": "Whatever else a reader must know of it",
}
TEXT = {
    "file": "The text that was used; its checksum is taken, the text itself stays out of the book",
    "sha256": "In its place: the checksum, as sha256sum prints it",
    "sentences": 'How many sentences each paragraph or time stamp has: {"¶0": 1, "¶1": 2}',
}
#: What a claim brings into other tables: field of the form, table, whether it may stand several times.
PARTS = {
    "quantities": ("quantities", True),
    "report": ("event_reports", False),
    "memberships": ("memberships", True),
    "votes": ("votes", True),
    "conflicts": ("conflict_claims", True),
    "conclusions": ("conclusion_claims", True),
}
#: Rows of their own, where the claims need what the book does not have yet.
NEW = ("actors", "events", "places")
CHECK = {
    "claims": "Ids of the claims that it tests",
    "references": "Keys of the references behind it, each with its grade: {rfe2025-eyeing: published}",
}
LEFT_OUT = {
    "locator": "Paragraph or time stamp",
    "sentence": "Position in it",
    "why": "Why the sentence yields no claim",
}
SENTENCE = "Which sentence of the paragraph yields it: 1, or 1 and 2"


class Text(str):
    """A value of the form, with its line."""

    line = 0


class Sheet(dict):
    """A part of the form with named fields, and the line of each."""

    line = 0

    def at(self, field):
        """Return the line of a field, or of the part where the field is missing."""
        return getattr(self.get(field), "line", 0) or self.line


class Entries(list):
    """A list in the form, with its line."""

    line = 0


@dataclass(frozen=True)
class Row:
    """One row for a table, and where in the form it comes from: line, name, and the fields' own names."""

    table: str
    cells: dict
    line: int
    where: str
    names: dict


def tables(root) -> dict:
    """Return the tables of the data package: their paths and fields by name."""
    package = json.loads((root / "data/datapackage.json").read_text("utf-8"))
    return {r["name"]: (r["path"], r["schema"]["fields"]) for r in package["resources"] if "schema" in r}


def columns(root, table, without=()) -> dict:
    """Return the columns of a table with the question that each asks, some left out."""
    found = {}
    for field in tables(root)[table][1]:
        if field["name"] not in without:
            allowed = field.get("constraints", {}).get("enum")
            needed = "" if field.get("constraints", {}).get("required") else f" {OPTIONAL}"
            found[field["name"]] = (
                field["description"].rstrip(".")
                + (f": {', '.join(allowed)}" if allowed and allowed[0] not in field["description"] else "")
                + needed
            )
    return found


def shape(root) -> dict:
    """Return what the form may hold: text (a question), a part (a dictionary), or a list (of one kind of entry)."""
    claim = {**columns(root, "claims", ["source", "grade"]), "locator": LEFT_OUT["locator"], "sentence": SENTENCE}
    for field, (table, several) in PARTS.items():
        inner = columns(root, table, ["claim"])
        if field == "quantities":
            inner["id"] += f"; by default the claim's, with -value {OPTIONAL}"
        claim[field] = [inner] if several else inner
    claim["conflicts"] = [columns(root, "conflict_claims", ["claim"])]
    return {
        "key": "Short name of the source: author and year, such as author2027",
        "reference": REFERENCE,
        "text": {**TEXT, "sentences": {}},
        "card": {
            "heading": "Heading of its page, such as: Author: a text to be cross-examined",
            **SECTIONS,
        },
        **{table: [columns(root, table)] for table in NEW},
        "claims": [claim],
        "left_out": [LEFT_OUT],
        "checks": [{**columns(root, "checks"), "claims": [CHECK["claims"]], "references": {}}],
        "leans_on": [{**columns(root, "dependences", ["one"])}],
    }


# -- reading -------------------------------------------------------------------------


def read(path: pathlib.Path, root: pathlib.Path):
    """Read a form: its contents (None where it is no YAML), and what is wrong with its make-up."""
    try:
        node = yaml.compose(path.read_text("utf-8"), yaml.BaseLoader)
    except FileNotFoundError:
        return None, [
            Problem(str(path), 0, "", "the form is missing", f"Write an empty one: make new-source BLANK={path}")
        ]
    except OSError as error:
        return None, [
            Problem(str(path), 0, "", f"the form cannot be read ({error.strerror})", "Name the file that holds it")
        ]
    except UnicodeDecodeError:
        return None, [Problem(str(path), 0, "", "the form is not UTF-8", "Save it with the encoding UTF-8")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return None, [
            Problem(
                str(path),
                mark.line + 1 if mark else 0,
                "",
                f"not valid YAML ({getattr(error, 'problem', error)})",
                "Mend the syntax at this place; a text with a colon stands in quotation marks",
            )
        ]
    problems = []
    form = _built(node, path, problems) if node else Sheet()
    if not isinstance(form, Sheet):
        return None, [
            Problem(str(path), 1, "", "the form has no fields", "It begins with a line such as  key: author2027")
        ]
    _fits(form, shape(root), "", path, problems)
    return form, problems


def _built(node, path, problems):
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        value = Text("" if node.style is None and node.value in ("null", "~") else node.value.strip())
    elif isinstance(node, yaml.SequenceNode):
        value = Entries(_built(inner, path, problems) for inner in node.value)
    else:
        value = Sheet()
        for name, inner in node.value:
            if name.value in value:
                problems.append(
                    Problem(str(path), name.start_mark.line + 1, name.value, "the field stands twice", "Drop one")
                )
            value[name.value] = _built(inner, path, problems)
    value.line = line
    return value


def _fits(value, wanted, where, path, problems):
    """Compare a part of the form with its shape; an empty value fits everywhere."""
    kinds = {str: "a text", dict: "fields, each on a line of its own", list: "a list, each entry after a hyphen"}
    kind = str if isinstance(wanted, str) else type(wanted)
    if value == "":
        return
    if not isinstance(value, kind):
        problems.append(
            Problem(
                str(path),
                value.line,
                where,
                f"this is no {'text' if kind is str else 'list' if kind is list else 'group of fields'}",
                f"Write {kinds[kind]}",
            )
        )
    elif kind is list:
        for number, entry in enumerate(value, start=1):
            _fits(entry, wanted[0], f"{where} {number}", path, problems)
    elif kind is dict and wanted:
        for field, inner in value.items():
            if field in wanted:
                _fits(inner, wanted[field], f"{where}, {field}".strip(", "), path, problems)
            else:
                problems.append(
                    Problem(
                        str(path),
                        value.at(field),
                        f"{where}, {field}".strip(", "),
                        f"the form has no field {field!r} here",
                        nearest(field, wanted),
                    )
                )


def _part(form, field, kind=Sheet):
    """Return a part of the form, an empty one where it is missing or of another kind (which `read` has said)."""
    value = form.get(field)
    return value if isinstance(value, kind) else kind()


def _text(part, field):
    value = part.get(field, "")
    return str(value) if isinstance(value, Text) else ""


# -- what the form becomes ---------------------------------------------------------------


def rows(form, root, path) -> tuple[list[Row], list[Problem]]:
    """Return the rows that a form makes for the tables, and what is wrong before any table is asked."""
    key, found, problems = _text(form, "key"), [], []

    def add(table, cells, entry, where, **names):
        held = {field["name"] for field in tables(root)[table][1]}
        cells = {name: str(value) for name, value in cells.items() if name in held and isinstance(value, str)}
        found.append(Row(table, cells, entry.line, where, names))

    for table in NEW:
        for number, entry in enumerate(_part(form, table, Entries), start=1):
            if isinstance(entry, Sheet):
                add(table, entry, entry, f"{table} {number}")
    for number, entry in enumerate(_part(form, "claims", Entries), start=1):
        if not isinstance(entry, Sheet):
            continue
        id = _text(entry, "id")
        where = f"claims {number} ({id})" if id else f"claims {number}"
        add("claims", {**entry, "source": key}, entry, where)
        for sentence in re.split(r"[,\s]+(?:and\s+)?", _text(entry, "sentence")):
            add(
                "coverage",
                {"source": key, "paragraph": _text(entry, "locator"), "sentence": sentence, "claim": id},
                entry,
                where,
                paragraph="locator",
            )
        for field, (table, several) in PARTS.items():
            part = entry.get(field, "")
            for inner in part if isinstance(part, Entries) else Entries([part] if isinstance(part, Sheet) else []):
                if isinstance(inner, Sheet) and any(inner.values()):
                    named = {"id": f"{id}-value"} if field == "quantities" and not _text(inner, "id") else {}
                    add(table, {**inner, **named, "claim": id}, inner, f"{where}, {field}")
    for number, entry in enumerate(_part(form, "left_out", Entries), start=1):
        if isinstance(entry, Sheet):
            cells = {
                "source": key,
                "paragraph": _text(entry, "locator"),
                "sentence": _text(entry, "sentence"),
                "left_out": _text(entry, "why"),
            }
            add("coverage", cells, entry, f"left_out {number}", paragraph="locator", left_out="why")
    for number, entry in enumerate(_part(form, "checks", Entries), start=1):
        if isinstance(entry, Sheet):
            id, where = _text(entry, "id"), f"checks {number}"
            add("checks", entry, entry, where)
            for claim in _part(entry, "claims", Entries):
                add("check_claims", {"check": id, "claim": claim}, entry, where, claim="claims")
            for reference, grade in _part(entry, "references").items():
                add(
                    "check_sources",
                    {"check": id, "reference": reference, "grade": grade},
                    entry,
                    where,
                    reference="references",
                    grade="references",
                )
    for number, entry in enumerate(_part(form, "leans_on", Entries), start=1):
        if isinstance(entry, Sheet):
            add("dependences", {**entry, "one": key}, entry, f"leans_on {number}")

    def wrong(field, what, right, part=form):
        problems.append(Problem(str(path), part.at(field.rpartition(", ")[2]), field, what, right))

    if not KEY.fullmatch(key):
        wrong(
            "key",
            f"{key!r} is no key" if key else "the key is missing",
            "Write lower-case letters, digits and hyphens, such as author2027",
        )
    elif key in sources.references(root).entries:
        wrong("key", f"{key!r} is already a key of seeds/references.bib", "Take another, such as " + key + "b")
    reference, text = _part(form, "reference"), _part(form, "text")
    kind, subtype = _text(reference, "type"), _text(reference, "entrysubtype")
    if kind not in TYPES:
        wrong("reference, type", f"{kind!r} is no kind of reference here", f"Allowed: {', '.join(TYPES)}", reference)
    for field, what in TYPES.get(kind, {}).items():
        if not _text(reference, field):
            wrong(f"reference, {field}", f"a reference of the type {kind} needs it", f"Write {what}", reference)
    if subtype and (kind != "article" or subtype not in SUBTYPES):
        wrong(
            "reference, entrysubtype",
            f"{subtype!r} is not allowed here",
            f"Allowed: {', '.join(SUBTYPES)} for an article, else leave it out",
            reference,
        )
    for field in reference:
        value = _text(reference, field)
        if value.count("{") != value.count("}"):
            wrong(f"reference, {field}", "the braces do not pair", "Close each brace that opens", reference)
    if not _text(_part(form, "card"), "heading"):
        wrong(
            "card, heading",
            "the page has no heading",
            "Write one, such as: Author: a text to be cross-examined",
            _part(form, "card"),
        )
    if _text(text, "file") and not (path.parent / _text(text, "file")).is_file():
        wrong(
            "text, file",
            f"there is no file {_text(text, 'file')!r} beside the form",
            "Name the text that was used, or give its sha256",
            text,
        )
    for locator, count in _part(text, "sentences").items():
        if not (isinstance(count, Text) and count.isdecimal()):
            problems.append(
                Problem(
                    str(path),
                    text.at("sentences"),
                    "text, sentences",
                    f"{count!r} is no number of sentences ({locator})",
                    "Write a whole number",
                )
            )
    if not _part(form, "claims", Entries):
        wrong("claims", "the form has no claim", "A source text yields claims: add one at least")
    return found, problems


def _entry(form):
    """The reference as BibTeX."""
    reference = _part(form, "reference")
    fields = {field: _text(reference, field) for field in REFERENCE if field != "type" and _text(reference, field)}
    if fields.get("date"):
        fields["year"] = fields["date"][:4]

    def escaped(field, value):
        return value if field in ("url", "author") else re.sub(r"(?<!\\)([&%#$])", r"\\\1", value)

    lines = "".join(f"  {field} = {{{escaped(field, value)}}},\n" for field, value in fields.items())
    return f"@{_text(reference, 'type')}{{{_text(form, 'key')},\n{lines}}}\n"


def _card(form, path):
    """The card as a page."""
    text, card = _part(form, "text"), _part(form, "card")
    file = path.parent / _text(text, "file")
    checksum = (
        hashlib.sha256(file.read_bytes()).hexdigest()
        if _text(text, "file") and file.is_file()
        else _text(text, "sha256")
    )
    counts = ", ".join(f'"{locator}": {count}' for locator, count in _part(text, "sentences").items())
    parts = [
        f"---\ncard:\n  sha256: {checksum}\n  sentences: {{{counts}}}\n---\n\n# {_text(card, 'heading')}\n\n```{{source-facts}}\n```\n"
    ]
    parts += [f"\n## {heading}\n\n{_text(card, field)}\n" for field, heading in HEADINGS.items()]
    parts.append("\n## Paragraph by paragraph\n\n```{source-claims}\n```\n")
    return "".join(parts)


def write(form, made: list[Row], path, root: pathlib.Path) -> dict:
    """Write what a form makes into a project folder.

    Returns the place in the form by file and line: ``{(file, line): Row}``, with the
    line 0 for the card and the reference as wholes.
    """
    key, places = _text(form, "key"), {}
    card = root / f"seeds/{key}.md"
    card.write_text(_card(form, path), "utf-8")
    bib = root / "seeds/references.bib"
    bib.write_text(bib.read_text("utf-8").rstrip("\n") + "\n\n" + _entry(form), "utf-8")
    toc = root / "_toc.yml"
    lines = toc.read_text("utf-8").splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if re.match(r"\s*- file: seeds/", line))
    indent = re.match(r"\s*", lines[last]).group()
    lines.insert(last + 1, f"{indent}- file: seeds/{key}\n")
    toc.write_text("".join(lines), "utf-8")
    described = tables(root)
    for table in dict.fromkeys(row.table for row in made):
        name, fields = described[table]
        file = root / "data" / name
        text = file.read_text("utf-8")
        text += "" if text.endswith("\n") else "\n"
        number = len(list(csv.reader(io.StringIO(text, newline=""))))
        more = io.StringIO(newline="")
        writer = csv.writer(more, lineterminator="\n")
        for row in (row for row in made if row.table == table):
            writer.writerow([row.cells.get(field["name"], "") for field in fields])
            number += 1
            places[f"data/{name}", number] = row
        file.write_text(text + more.getvalue(), "utf-8")
    return places


def problems_of(form, made, path, root, places) -> list[Problem]:
    """Validate a project folder into which a form was written; say what is wrong in the words of the form."""
    found, key = [], _text(form, "key")
    for problem in validate(root):
        row = places.get((problem.file, problem.row))
        if row:
            field = row.names.get(problem.field, problem.field)
            problem = Problem(
                str(path), _line(form, row, field), f"{row.where}, {field}".rstrip(", "), problem.wrong, problem.right
            )
        elif problem.file == f"seeds/{key}.md":
            part = "text" if problem.field in ("sentences", "sha256") else "card"
            sections = (field for field, heading in HEADINGS.items() if repr(heading) in problem.wrong)
            field = next(sections, problem.field)
            problem = Problem(
                str(path),
                _part(form, part).at(field) or form.at(part),
                f"{part}, {field}",
                problem.wrong,
                problem.right,
            )
        elif problem.file == "seeds/references.bib":
            problem = Problem(
                str(path),
                _part(form, "reference").at(problem.field) or form.at("reference"),
                f"reference, {problem.field}".rstrip(", "),
                problem.wrong,
                problem.right,
            )
        elif problem.file == "data/coverage.csv" and not problem.row:
            problem = Problem(str(path), form.at("left_out"), "claims, left_out", problem.wrong, problem.right)
        found.append(problem)
    return sorted(set(found))


def _line(form, row, field):
    """Return the line of a field within the entry that begins at the row's line, or that of the entry."""

    def entries(value):
        if isinstance(value, Sheet) and value.line == row.line:
            yield value
        for inner in value.values() if isinstance(value, Sheet) else value if isinstance(value, Entries) else ():
            yield from entries(inner)

    return next((entry.at(field) for entry in entries(form) if field in entry), row.line)


# -- copies, and the way back ----------------------------------------------------------------


def stage(root: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Copy into an empty folder what validation and the chapters' code read; return the copy."""
    copy = folder / "project"
    for name in ("data", "seeds", "book"):
        shutil.copytree(
            root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.ipynb", ".ipynb_checkpoints")
        )
    shutil.copyfile(root / "_toc.yml", copy / "_toc.yml")
    return copy


def changed(copy: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Return the names of files that a copy has and the project has not, or not so."""
    files = (
        file.relative_to(copy) for folder in ("data", "seeds") for file in (copy / folder).rglob("*") if file.is_file()
    )
    return sorted(
        str(name)
        for name in [*files, pathlib.Path("_toc.yml")]
        if not (root / name).is_file() or (root / name).read_bytes() != (copy / name).read_bytes()
    )


def publish(copy: pathlib.Path, root: pathlib.Path) -> list[str]:
    """Carry the changed files of a copy into the project, all or none; return their names."""
    names = changed(copy, root)
    before = {name: (root / name).read_bytes() if (root / name).exists() else None for name in names}
    done = []
    try:
        for name in names:
            fresh = (root / name).with_name((root / name).name + ".new")
            shutil.copyfile(copy / name, fresh)
            done.append(name)
            os.replace(fresh, root / name)
    except OSError:
        for name in done:
            (root / name).with_name((root / name).name + ".new").unlink(missing_ok=True)
            if before[name] is None:
                (root / name).unlink(missing_ok=True)
            else:
                (root / name).write_bytes(before[name])
        raise
    return names


# -- the empty form --------------------------------------------------------------------------


def blank(root: pathlib.Path) -> str:
    """Return an empty form with a comment on each field."""
    head = (
        "# A source text for the book. Fill in what you can; a field that may stay empty can be deleted.\n"
        "# Then:  make new-source FORM=this-file DRY=1   to see what it would change,\n"
        "#        make new-source FORM=this-file         to add it.\n"
        "# Statements are in your own words; at most five words in a row are the source's.\n"
    )
    return head + "".join(_blank(field, wanted, 0) for field, wanted in shape(root).items())


#: What stands above a part of the empty form.
NOTES = {
    "text": "The text itself is not published: the book keeps its checksum and its length.",
    "actors": "Only those that data/actors.csv does not have yet; delete the section if there is none. So with events and places.",
    "claims": "One entry for each claim: what the text says in one place, right or wrong as a whole.",
    "left_out": "Each sentence that yields no claim, with the reason.",
    "checks": "What an independent look at public sources found; references are keys of seeds/references.bib with their grades.",
    "leans_on": "Sources or speakers with whom this one counts as one voice (shared wording, the same figures).",
}


def _blank(field, wanted, depth, first=False):
    pad = "  " * depth
    lead = pad[:-2] + "- " if first else pad
    note = "".join(f"{pad}# {NOTES[field]}\n" for _ in [0] if not depth and field in NOTES)
    if isinstance(wanted, str):
        return f"{lead}{field}:  # {wanted}\n"
    if isinstance(wanted, dict):
        inner = "".join(_blank(name, inside, depth + 1) for name, inside in wanted.items())
        if not inner:
            return f"{lead}{field}: {{}}  # {TEXT['sentences'] if field == 'sentences' else CHECK['references']}\n"
        text = f"{lead}{field}:\n{inner}"
        return _aside(text, pad) if depth else note + text
    entry = wanted[0]
    if isinstance(entry, str):
        return f"{lead}{field}: []  # {entry}\n"
    inner = "".join(
        _blank(name, inside, depth + 2, first=not place) for place, (name, inside) in enumerate(entry.items())
    )
    # Most forms need none of these: a comment keeps them at hand.
    text = f"{lead}{field}:\n{inner}"
    text = text if field == "claims" else _aside(text, pad)
    return "\n" * (not depth) + note + text


def _aside(text, pad):
    """Return lines as a comment that begins below `pad`."""
    return "".join(f"{pad}#{line[len(pad) :]}\n" for line in text.splitlines())
