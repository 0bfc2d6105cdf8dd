"""Stops the build on bad data, with one list of everything that is wrong.

Frictionless checks what the data package promises (types, allowed values,
foreign keys). It cannot see the bibliography, EDTF dates, codes, or how long a
source text is, and it blames every table that refers to an unreadable one. The
layer here reads its report, drops those echoes, adds the missing checks and
says what would be right. Run it as ``python -m companion_checks``.
"""

import argparse
import csv
import io
import json
import math
import pathlib
import re
import sys
from dataclasses import dataclass

import pycountry
import yaml
from frictionless import Package, system
from pybtex.exceptions import PybtexError
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from companion import counts, dates, pages, sources
from companion.ledger import GRADES, ROOT, Ledger, NoSingleValue, Report, evaluate, formula_ids
from companion.wording import value
from companion_checks import figure_texts

CURRENCIES = {c.alpha_3 for c in pycountry.currencies}
COUNTRIES = {c.alpha_3 for c in pycountry.countries}
#: A number that Frictionless, pandas and a spreadsheet all read alike: no NaN, no 1_000.
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
EXAMPLES = {
    "number": "Write digits with a decimal point, such as 35.8",
    "integer": "Write a whole number",
    "date": "Write a day as 2026-11-22",
}
EDTF = "Write EDTF: 2025-10-09, 2025-10, 2025-10-08/2025-10-10, 2024~, XXXX-04"
#: How a reference gives a date: what a style of citations can print.
PRINTED = (
    "Write 2025-10-09, 2025-10, 2025, 2024~ (about) or 2025-10-08/2025-10-10, and nothing where the source has no date"
)
#: The tables whose ids ``{claim}`` takes: one namespace.
NAMED = ("claims", "quantities", "derivations")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where, what, and what would be right."""

    file: str
    row: int  # line in the file, 0 for the file as a whole
    field: str
    wrong: str
    right: str

    def __str__(self):
        place = self.file + (f", row {self.row}" if self.row else "")
        place += f", {self.field}" if self.field else ""
        return f"{place}: {self.wrong}. {self.right}"


def nearest(text: str, valid, limit: int = 3) -> str:
    """Say which valid values are spelled most like `text`: ``Did you mean 'a' or 'b'?``"""
    # Slips of typing spare the beginning of a word, which this measure trusts most.
    hits = process.extract(text, sorted(valid), scorer=JaroWinkler.similarity, limit=limit, score_cutoff=0.75)
    if not hits:
        return "No similar name exists"
    return "Did you mean " + " or ".join(repr(hit[0]) for hit in hits) + "?"


def validate(root: pathlib.Path = ROOT) -> list[Problem]:
    """Check data, sources and pages below `root`; return every problem, sorted.

    Later steps need readable tables: where a file is missing, empty, without
    a column or not UTF-8, only what does not depend on it is checked. What a
    role would print is tried only with a sound ledger; whether its ids exist,
    as soon as the tables can be read.
    """
    root = pathlib.Path(root)
    package, problems = _package(root)
    if package is None:
        return problems
    unreadable, ragged, found = _files(root, package)
    problems += found
    bib, found = _bibliography(root)
    problems += found
    source_cards, lost, found = _cards(root)
    problems += found
    rows = {
        r["name"]: _rows(root / "data" / r["path"])
        for r in package["resources"]
        if "schema" in r and r["name"] not in unreadable
    }
    found = _frictionless(root, package, unreadable)
    found += _numbers(package, rows)
    found += _ledger(package, rows, bib, source_cards, lost)
    found += _conclusions(root, package, rows, bib)
    # A row with too few or too many cells has been named; what its cells say is noise.
    problems += [p for p in found if (p.file, p.row) not in ragged]
    ids = None
    if all(table in rows for table in NAMED):
        ids = {row["id"] for table in NAMED for _, row in rows[table]}
    disputes = {row["id"] for _, row in rows["conflicts"]} if "conflicts" in rows else None
    ledger = None
    if not problems:
        ledger = Ledger(root)
        problems += _derivations(ledger, rows["derivations"], package)
        ledger = None if problems else ledger
    problems += _pages(root, ids, disputes, ledger)
    return sorted(set(problems))


# -- files ---------------------------------------------------------------------


def _package(root):
    name = "data/datapackage.json"
    text, problems = _text(root, name, "it describes all tables")
    if problems:
        return None, problems
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        return None, [Problem(name, error.lineno, "", f"not valid JSON ({error})", "Mend the syntax at this place")]
    problems = [Problem(name, 0, *found) for found in _shape(package)]
    return (None, problems) if problems else (package, [])


def _shape(package):
    """Say what is wrong with the description itself: field, what, what would be right."""
    if not isinstance(package, dict):
        yield "", "the description is no JSON object", "It must be an object with the list 'resources'"
        return
    report = Package.validate_descriptor(package)
    for error in report.errors:
        yield "resources", error.note.rstrip("."), "See the Data Package standard, specs.frictionlessdata.io"
    if report.errors:
        return
    described = {r["name"]: r.get("schema") for r in package["resources"]}
    fields = {n: [f["name"] for f in schema["fields"]] for n, schema in described.items() if schema}
    for name, schema in described.items():
        for key in (schema or {}).get("foreignKeys", []):
            target = key["reference"]["resource"]
            if target not in fields:
                yield f"{name}.foreignKeys", f"{target!r} is no table", nearest(target, fields)
                continue
            for field in key["reference"]["fields"]:
                if field not in fields[target]:
                    yield f"{name}.foreignKeys", f"{target} has no column {field!r}", nearest(field, fields[target])


def _text(root, name, why=""):
    """Read a file that may be missing or not UTF-8: its text, and the problems."""
    path = root / name
    if not path.is_file():
        right = f"Restore it: {why}" if why else "Restore it"
        return None, [Problem(name, 0, "", "the file is missing", right)]
    content = path.read_bytes()
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        wrong = f"byte {content[error.start]:#04x} is not UTF-8"
        return None, [Problem(name, row, "", wrong, "Save the file with the encoding UTF-8")]


def _rows(path):
    """The rows of a table with their numbers, as a spreadsheet would count them."""
    # A spreadsheet may begin the file with a mark that is no part of the first name.
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        header = next(lines)
        return [
            (number, {**dict.fromkeys(header, ""), **dict(zip(header, cells))})
            for number, cells in enumerate(lines, start=2)
            if cells
        ]


def _files(root, package):
    """Look at each file as a whole.

    Returns the names of the resources that cannot be read, the places
    ``(file, row)`` of rows that do not fit the header, and the problems.
    """
    unreadable, ragged, problems = set(), set(), []
    for resource in package["resources"]:
        name = f"data/{resource['path']}"

        def bad(wrong, right, row=0, field=""):
            unreadable.add(resource["name"])
            problems.append(Problem(name, row, field, wrong, right))

        text, found = _text(root, name, "or take it out of datapackage.json")
        if found:
            unreadable.add(resource["name"])
            problems += found
        elif not text.strip():
            bad("the file is empty", "It needs at least its header line and one row")
        elif "schema" in resource:
            for row, field, wrong, right in _header(text, resource):
                bad(wrong, right, row, field)
            if resource["name"] not in unreadable:
                for row, wrong, right, whole in _lines(text):
                    if whole:
                        bad(wrong, right, row)
                    else:
                        ragged.add((name, row))
                        problems.append(Problem(name, row, "", wrong, right))
        elif name.endswith("json"):
            try:
                json.loads(text)
            except json.JSONDecodeError as error:
                bad(f"not valid JSON ({error})", "Restore the file", error.lineno)
    return unreadable, ragged, problems


def _header(text, resource):
    """Compare the header of a table with its description: row, field, what, what would be right."""
    header = next(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))
    wanted = [f["name"] for f in resource["schema"]["fields"]]
    must = f"The header must read: {','.join(wanted)}"
    for column in wanted:
        if column not in header:
            others = [h for h in header if h not in wanted]
            near = f". {nearest(column, others)}" if others else ""
            yield 1, column, f"the column {column!r} is missing", must + near
    for column in dict.fromkeys(header):
        if column not in wanted:
            yield (
                1,
                column,
                f"the column {column!r} is not described",
                f"Name it in datapackage.json or drop it. {nearest(column, wanted)}",
            )
        elif header.count(column) > 1:
            yield 1, column, f"the column {column!r} stands twice", must
    if header != wanted and sorted(header) == sorted(wanted):
        yield 1, "", "the columns stand in another order", must


def _lines(text):
    """Find rows that do not fit the header: row, what, what would be right, whether the table is lost."""
    lines = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    width = len(next(lines))
    number = 1
    try:
        for number, cells in enumerate(lines, start=2):
            if not cells:
                yield number, "the row is empty", "Delete it", False
            elif len(cells) != width:
                yield (
                    number,
                    f"the row has {len(cells)} cells, the header {width}",
                    "Count the commas; a text with a comma stands in double quotation marks",
                    False,
                )
    except csv.Error as error:
        yield (
            number + 1,
            f"the quotation marks do not pair ({error})",
            "Close the mark that opens in this row; inside a text write it twice",
            True,
        )
        return
    if number == 1:
        yield 0, "the table has no row", "It needs at least one row below its header", True


def _bibliography(root):
    """The keys of all references, or None where the file cannot be read, and the problems."""
    name = "seeds/references.bib"
    text, problems = _text(root, name, "every claim names a reference in it")
    if problems:
        return None, problems

    def line(key, which=0):
        starts = [m.start() for m in re.finditer(rf"^\s*@\w+\s*\{{\s*{re.escape(key)}\s*,", text, re.M)]
        return text.count("\n", 0, starts[which]) + 1 if starts else 0

    try:
        sources.references.cache_clear()
        entries = sources.references(root).entries
    except PybtexError as error:
        twice = re.search(r"repeated bibliography entry: (\S+)", str(error))
        if twice:
            key = twice.group(1)
            return None, [
                Problem(
                    name,
                    line(key, -1),
                    key,
                    f"the key {key!r} stands twice",
                    "Give each entry a key of its own, or drop one",
                )
            ]
        return None, [
            Problem(
                name,
                getattr(error, "lineno", 0) or 0,
                "",
                f"not valid BibTeX ({error})",
                "Mend the entry at this place",
            )
        ]
    for key, entry in entries.items():
        if not entry.fields.get("title"):
            problems.append(
                Problem(
                    name,
                    line(key),
                    "title",
                    f"the entry {key!r} has no title",
                    "Give one; in brackets where the source has none",
                )
            )
        date = entry.fields.get("date")
        if date and not sources.is_date(date):
            problems.append(Problem(name, line(key), "date", f"{date!r} is not a possible date", PRINTED))
        read = entry.fields.get("urldate")
        if read and not (DAY.fullmatch(read) and dates.is_date(read)):
            problems.append(
                Problem(
                    name,
                    line(key),
                    "urldate",
                    f"{read!r} is not a day",
                    f"{EXAMPLES['date']}: that on which you read it",
                )
            )
        kind = sources.kind(entry)
        if kind not in sources.TYPES:
            problems.append(
                Problem(
                    name,
                    line(key),
                    "" if kind == entry.type else "entrysubtype",
                    f"no style of citations knows what {kind!r} is",
                    "Write @online, @book, @misc or @article, and for one of a magazine or a newspaper entrysubtype = {magazine} or {newspaper}",
                )
            )
    return set(entries), problems


def _cards(root):
    """The seeds' cards as {key: {locator: number of sentences}}, the keys of those that cannot be read, and the problems."""
    found, lost, problems = {}, set(), []
    for path in sorted((root / "seeds").glob("*.md")):
        name = f"seeds/{path.name}"
        _, unread = _text(root, name)
        if unread:
            lost.add(path.stem)
            problems += unread
            continue
        try:
            head = sources.card(path.stem, root)
            sentences, checksum = head["sentences"], str(head.get("sha256", ""))
        except yaml.YAMLError as error:
            lost.add(path.stem)
            # The head begins below the first line of ---.
            mark = getattr(error, "problem_mark", None)
            problems.append(
                Problem(
                    name,
                    mark.line + 1 if mark else 1,
                    "card",
                    f"not valid YAML ({getattr(error, 'problem', error)})",
                    "Mend the syntax at this place",
                )
            )
            continue
        except (AttributeError, KeyError, IndexError, TypeError):
            lost.add(path.stem)
            problems.append(
                Problem(
                    name,
                    1,
                    "card",
                    "the card has no head that can be read",
                    "It needs a mapping 'card' with 'sentences' and 'sha256' between two lines of ---",
                )
            )
            continue
        wrong = _sentences(sentences)
        if wrong:
            lost.add(path.stem)
            problems.append(
                Problem(name, 1, "sentences", wrong, 'Write locators in quotation marks and counts, such as {"¶1": 2}')
            )
        else:
            found[path.stem] = sentences
        if not re.fullmatch("[0-9a-f]{64}", checksum):
            problems.append(
                Problem(
                    name,
                    1,
                    "sha256",
                    f"{checksum!r} is not the checksum of a text"
                    if checksum
                    else "the checksum of the text is missing",
                    "Give the 64 hexadecimal digits that sha256sum prints",
                )
            )
    return found, lost, problems


def _sentences(sentences):
    """Say what is wrong with the length of a text, or nothing."""
    if not isinstance(sentences, dict) or not sentences:
        return "it gives no length of the text"
    for locator, count in sentences.items():
        # YAML reads a bare 10:06:06 as a number of seconds.
        if not isinstance(locator, str) or not sources.LOCATOR.fullmatch(locator):
            return f"{locator!r} is no paragraph or time stamp"
        if type(count) is not int or count < 1:
            return f"{count!r} is no number of sentences ({locator})"
    return ""


# -- Frictionless ---------------------------------------------------------------


def _frictionless(root, package, unreadable):
    # What the files check has already reported would only echo here.
    described = {r["name"]: r for r in package["resources"]}
    kept = [r for r in package["resources"] if r["name"] not in unreadable and "schema" in r]
    reduced = json.loads(json.dumps({**package, "resources": kept}))
    for resource in reduced["resources"]:
        keys = resource["schema"].get("foreignKeys", [])
        resource["schema"]["foreignKeys"] = [k for k in keys if k["reference"]["resource"] not in unreadable]
    with system.use_context(trusted=True):
        report = Package.from_descriptor(reduced, basepath=str(root / "data")).validate()
    problems = [Problem("data/datapackage.json", 0, "", str(e.message), "Mend the description") for e in report.errors]
    targets = {}  # the values that a foreign key may take, read once
    for task in report.tasks:
        resource = described[task.name]
        schema = {f["name"]: f for f in resource["schema"]["fields"]}
        for error in task.errors:
            if error.type in ("blank-row", "missing-cell", "extra-cell"):
                continue  # _lines has said so, with what would be right
            row = getattr(error, "row_number", 0) or 0
            field = getattr(error, "field_name", "") or ""
            cell = getattr(error, "cell", "")
            wrong, right = (error.note or error.message).rstrip("."), "See data/README.md"
            constraints = schema.get(field, {}).get("constraints", {})
            if error.type == "foreign-key":
                key, field, cell = _foreign(error, resource)
                target, column = described[key["reference"]["resource"]], key["reference"]["fields"][0]
                if (target["name"], column) not in targets:
                    targets[target["name"], column] = {r[column] for _, r in _rows(root / "data" / target["path"])}
                wrong = f"{cell!r} does not exist in {target['path']}"
                right = nearest(cell, targets[target["name"], column])
            elif error.type in ("primary-key", "unique-error") or "unique" in error.note:
                if error.type == "primary-key" and len(resource["schema"]["primaryKey"]) == 1:
                    continue  # the constraint 'unique' has said so with the field
                field = field or ", ".join(resource["schema"]["primaryKey"])
                wrong = f"{cell!r} stands twice" if cell else "this row repeats an earlier one"
                right = "Give each row a name of its own, or drop one"
            elif error.type == "type-error":
                kind = schema[field]["type"]
                wrong = f"{cell!r} is not a {kind}"
                right = EXAMPLES.get(kind, right)
            elif "enum" in constraints and "enum" in error.note:
                wrong = f"{cell!r} is not allowed here"
                right = f"Allowed: {', '.join(constraints['enum'])}. {nearest(cell, constraints['enum'])}"
            elif "pattern" in error.note:
                wrong = f"{cell!r} is malformed"
                right = f"It must match {constraints.get('pattern')}"
            elif "required" in error.note:
                wrong, right = (
                    "the cell is empty",
                    f"It needs: {schema[field].get('description', 'a value')}".rstrip("."),
                )
            elif "minimum" in error.note or "maximum" in error.note:
                wrong = f"{cell!r} is out of range"
                low, high = constraints.get("minimum"), constraints.get("maximum")
                right = " and ".join(f"at {w} {n}" for w, n in (("least", low), ("most", high)) if n is not None)
                right = f"It must be {right}"
            problems.append(Problem(f"data/{resource['path']}", row, field, wrong, right))
    return problems


def _numbers(package, tables):
    """Find numbers that Frictionless reads but others do not, in the words it would use."""
    problems = []
    for resource in package["resources"]:
        for field in resource.get("schema", {}).get("fields", []):
            kind, name = field["type"], field["name"]
            if kind in ("number", "integer"):
                for number, row in tables.get(resource["name"], []):
                    if row[name] and not NUMBER.fullmatch(row[name]):
                        problems.append(
                            Problem(
                                f"data/{resource['path']}",
                                number,
                                name,
                                f"{row[name]!r} is not a {kind}",
                                EXAMPLES[kind],
                            )
                        )
    return problems


def _foreign(error, resource):
    fields = error.to_descriptor().get("fieldNames", [])
    for key in resource["schema"]["foreignKeys"]:
        if key["fields"] == list(fields):
            break
    cells = error.to_descriptor().get("fieldCells") or error.cells
    if len(cells) != len(key["fields"]):
        names = [f["name"] for f in resource["schema"]["fields"]]
        cells = [error.cells[names.index(n)] for n in key["fields"]]
    return key, key["fields"][0], str(cells[0])


# -- what Frictionless cannot see --------------------------------------------------


def _ledger(package, tables, bib, source_cards, lost):
    problems = []
    paths = {r["name"]: f"data/{r['path']}" for r in package["resources"]}

    def add(table, row, field, wrong, right):
        problems.append(Problem(paths[table], row, field, wrong, right))

    def each(table):
        return tables.get(table, [])

    # One namespace for everything that {claim} takes.
    seen = {}
    for table in NAMED:
        for number, row in each(table):
            id = row["id"]
            if id in seen and seen[id] != table:
                add(
                    table,
                    number,
                    "id",
                    f"{id!r} is also an id in {paths[seen[id]]}",
                    "Claims, quantities and derivations share one namespace: rename one",
                )
            seen.setdefault(id, table)

    if bib is not None:
        for table, field in (("claims", "source"), ("check_sources", "reference"), ("routes", "reference")):
            for number, row in each(table):
                if row[field] and row[field] not in bib:
                    add(
                        table,
                        number,
                        field,
                        f"{row[field]!r} is no key of seeds/references.bib",
                        nearest(row[field], bib),
                    )

    for table, field in (
        ("quantities", "period"),
        ("quantities", "since"),
        ("derivations", "period"),
        ("event_reports", "date"),
        ("memberships", "since"),
        ("memberships", "until"),
        ("resolutions", "date"),
        ("deals", "date"),
    ):
        for number, row in each(table):
            if row[field] and not dates.is_date(row[field]):
                add(table, number, field, f"{row[field]!r} is not a possible date", EDTF)

    for number, row in each("actors"):
        if row["iso3"] and row["iso3"] not in COUNTRIES:
            add(
                "actors",
                number,
                "iso3",
                f"{row['iso3']!r} is no ISO 3166-1 country code",
                nearest(row["iso3"], COUNTRIES),
            )
        if bool(row["local_name"]) != bool(row["language"]):
            add(
                "actors",
                number,
                "language",
                "a local name goes with its language, and no language without a name",
                "Write its two letters (BCP 47), such as kk for Kazakh",
            )
        if bool(row["label_lon"]) != bool(row["label_lat"]):
            add(
                "actors",
                number,
                "label_lat" if row["label_lon"] else "label_lon",
                "the place of a name on maps needs both its degrees",
                "Write label_lon (east) and label_lat (north), or neither",
            )
        if row["iso3"] and row["kind"] != "state":
            add(
                "actors",
                number,
                "iso3",
                f"a {row['kind']} has no country code",
                "Leave it empty, or make the kind 'state'",
            )

    for table in ("quantities", "derivations"):
        for number, row in each(table):
            unit = row["unit"]
            if re.fullmatch("[A-Z]{3}", unit) and unit != "TEU" and unit not in CURRENCIES:
                add(table, number, "unit", f"{unit!r} is no ISO 4217 currency", nearest(unit, CURRENCIES | {"TEU"}))
            elif unit not in CURRENCIES and unit.upper() in CURRENCIES:
                add(
                    table,
                    number,
                    "unit",
                    f"{unit!r} is no unit: a currency is written in capitals",
                    f"Did you mean {unit.upper()!r}?",
                )

    claims = {row["id"]: row for _, row in each("claims")}
    # A seed whose card is gone still has claims without a grade: that is one error, not hundreds.
    for key in {row["source"] for _, row in each("coverage")} - set(source_cards) - lost:
        if any(row["source"] == key and row["locator"] and not row["grade"] for row in claims.values()):
            problems.append(
                Problem(
                    f"seeds/{key}.md",
                    0,
                    "",
                    "the file is missing",
                    "Restore the card: coverage.csv and claims.csv name this seed",
                )
            )
            lost = lost | {key}
    for number, row in each("claims"):
        key, locator = row["source"], row["locator"]
        if key in source_cards:
            valid = source_cards[key]
            if not locator:
                add("claims", number, "locator", "a claim of a seed needs a locator", f"Give one of {_range(valid)}")
            elif locator not in valid:
                add("claims", number, "locator", f"{locator!r} is not in the text", f"{key} has {_range(valid)}")
            if row["grade"]:
                add("claims", number, "grade", "a seed has no grade", "Leave it empty")
        elif key not in lost:
            if not row["grade"]:
                add(
                    "claims",
                    number,
                    "grade",
                    "an evidence claim needs a grade",
                    f"Give {', '.join(GRADES[:-1])} or {GRADES[-1]}",
                )
            if locator and not sources.LOCATOR.fullmatch(locator):
                add(
                    "claims",
                    number,
                    "locator",
                    f"{locator!r} is no paragraph or time stamp",
                    "Write it as ¶4 or 00:09:57; evidence may go without",
                )
        if len(row["words"].split()) > 5:
            add(
                "claims",
                number,
                "words",
                f"{row['words']!r} has more than five words",
                "Quote at most five; the rest in our own words",
            )
        if bool(row["printed"]) != bool(row["meant"]):
            add(
                "claims", number, "printed", "only one of 'printed' and 'meant' is filled", "A garbled place needs both"
            )

    counted = {}
    for number, row in each("quantities"):
        counted.setdefault(row["claim"], number)
        low, high = _number(row["value"]), _number(row["upper"])
        if (row["comparison"] == "between") != bool(row["upper"]):
            add(
                "quantities",
                number,
                "upper",
                "an upper end goes with 'between', and only with it",
                "Fill both or neither",
            )
        elif low is not None and high is not None and high <= low:
            add("quantities", number, "upper", f"{row['upper']} is not above {row['value']}", "Put the lower end first")
        if row["period"] and "XXXX" in row["period"] and row["dating"] != "unstated":
            add("quantities", number, "dating", "a period without a year cannot be dated", "Write 'unstated'")
    for number, row in each("event_reports"):
        if row["claim"] in counted:
            add(
                "event_reports",
                number,
                "claim",
                f"{row['claim']!r} has both a number and a date",
                "Make two claims of it: a claim has one kind of value",
            )

    reported = {row["claim"]: row["event"] for _, row in each("event_reports")}
    for number, row in each("events") if "event_reports" in tables else ():
        if row["settled_by"] and reported.get(row["settled_by"]) != row["id"] and row["settled_by"] in claims:
            add(
                "events",
                number,
                "settled_by",
                f"{row['settled_by']!r} does not report this event",
                "Name a claim that has a row in event-reports.csv for it",
            )

    spoken = {row["site"] for _, row in each("site_claims")}
    for number, row in each("sites") if "site_claims" in tables else ():
        if row["claim"] not in spoken:
            add(
                "sites",
                number,
                "claim",
                f"no claim speaks of {row['claim']!r}",
                "Say in site-claims.csv which claims do: at least the one that names the site",
            )

    used = {}
    for number, row in each("memberships"):
        pair = (row["organisation"], row["member"])
        if row["used"] == "yes":
            if pair in used:
                add(
                    "memberships",
                    number,
                    "used",
                    f"row {used[pair]} is already used for {pair[1]} in {pair[0]}",
                    "Mark one row of the pair with yes",
                )
            used.setdefault(pair, number)
    for number, row in each("votes"):
        if (row["vote"] == "not found") == bool(row["claim"]):
            add(
                "votes",
                number,
                "claim",
                "a vote needs the claim that says so, a vote not found has none",
                "Fill or clear the cell",
            )
    for number, row in each("event_actors"):
        if (row["part"] == "concerned") == bool(row["claim"]):
            add(
                "event_actors",
                number,
                "claim",
                "a part in a meeting needs the claim that says so, a bare concern has none",
                "Fill or clear the cell",
            )

    for number, row in each("derivations"):
        # Where a table cannot be read, its ids are not known.
        for name in formula_ids(row["formula"]) if all(t in tables for t in NAMED) else ():
            if name not in seen:
                add("derivations", number, "formula", f"the ledger has no {name!r}", nearest(name, seen))
        if not _is_formula(row["formula"]):
            add(
                "derivations",
                number,
                "formula",
                f"{row['formula']!r} holds more than ids, numbers, + - * / and brackets",
                "Write for example [trade-russia-2024] / [population-kaz-2024-value]",
            )

    problems += _compared(tables, paths, claims, source_cards, lost)

    # Every sentence of every seed: its claims, or why it has none.
    covered, cited = {}, set()
    for number, row in _with_card("coverage", each, add, source_cards, lost):
        key = row["source"]
        sentence = int(row["sentence"]) if row["sentence"].isdecimal() else 0
        if not 1 <= sentence <= source_cards[key].get(row["paragraph"], 0):
            add(
                "coverage",
                number,
                "sentence",
                f"{key} {row['paragraph']} has no sentence {row['sentence']}",
                f"The card counts {source_cards[key].get(row['paragraph'], 'no such paragraph')}",
            )
        if bool(row["claim"]) == bool(row["left_out"]):
            add(
                "coverage",
                number,
                "left_out",
                "a sentence yields a claim or has a reason why not",
                "Fill exactly one of 'claim' and 'left_out'",
            )
        if row["claim"] in claims and claims[row["claim"]]["source"] != key:
            add("coverage", number, "claim", f"{row['claim']!r} is a claim of another source", f"Name a claim of {key}")
        covered.setdefault(key, set()).add((row["paragraph"], sentence))
        cited.add(row["claim"])
    if "coverage" in tables:
        for key, paragraphs in source_cards.items():
            for paragraph, count in paragraphs.items():
                for sentence in range(1, count + 1):
                    if (paragraph, sentence) not in covered.get(key, set()):
                        add(
                            "coverage",
                            0,
                            "sentence",
                            f"{key} {paragraph} sentence {sentence} is not accounted for",
                            "Add its claims, or the reason why it has none",
                        )
        for number, row in each("claims"):
            if row["source"] in source_cards and row["id"] not in cited:
                add(
                    "claims",
                    number,
                    "id",
                    f"{row['id']!r} is missing from coverage.csv",
                    "Say which sentence it comes from",
                )
    return problems


def _conclusions(root, package, tables, bib):
    """Check what the rule of confidence reads: conclusions, what bears on them, who leans on whom."""
    problems = []
    paths = {r["name"]: f"data/{r['path']}" for r in package["resources"]}

    def add(table, row, field, wrong, right):
        problems.append(Problem(paths[table], row, field, wrong, right))

    try:
        listed = pages.chapters(root)
    except (OSError, KeyError, TypeError, UnicodeDecodeError, yaml.YAMLError):
        listed = []
    # Where _toc.yml is unreadable or names a page that nobody wrote, _pages says so.
    chapters = [path.stem for path in listed] if listed and all(path.exists() for path in listed) else None
    named = {"actors", "resolutions", "sites", "events"} <= tables.keys()  # what may hold a digit is read from these
    held = {row["conclusion"] for _, row in tables.get("conclusion_claims", []) if row["bearing"] == "supports"}
    for number, row in tables.get("conclusions", []):
        if chapters is not None and row["chapter"] not in chapters:
            add(
                "conclusions", number, "chapter", f"{row['chapter']!r} is no chapter", nearest(row["chapter"], chapters)
            )
        if row["since"] and (not dates.is_date(row["since"]) or "XXXX" in row["since"]):
            add(
                "conclusions",
                number,
                "since",
                f"{row['since']!r} is not a possible date",
                "Write an EDTF date with its year, such as 2022-02-24",
            )
        for field in ("label", "statement") if named else ():
            if re.search(r"\d", pages.without_registered(row[field], root)):
                add(
                    "conclusions",
                    number,
                    field,
                    f"{row[field]!r} holds a figure",
                    "Leave it to the claims: a conclusion is a sentence without figures",
                )
        if "conclusion_claims" in tables and row["id"] not in held:
            add(
                "conclusions",
                number,
                "id",
                f"no claim supports {row['id']!r}",
                "Give it a row with 'supports' in conclusion-claims.csv, or drop it",
            )

    known = None if bib is None or "actors" not in tables else bib | {row["id"] for _, row in tables["actors"]}
    pairs = {}
    for number, row in tables.get("dependences", []):
        for field in ("one", "other"):
            if known is not None and row[field] and row[field] not in known:
                add(
                    "dependences",
                    number,
                    field,
                    f"{row[field]!r} is neither a key of seeds/references.bib nor an actor",
                    nearest(row[field], known),
                )
        pair = frozenset((row["one"], row["other"]))
        if len(pair) == 1:
            add("dependences", number, "other", f"{row['other']!r} leans on itself", "Name two sources or speakers")
        elif pair in pairs and row["one"] != pairs[pair][1]:
            add(
                "dependences",
                number,
                "other",
                f"row {pairs[pair][0]} joins the same two",
                "Drop one: the order makes no difference",
            )
        pairs.setdefault(pair, (number, row["one"]))
    return problems


def _with_card(table, each, add, source_cards, lost):
    """Yield the rows of a table whose source text has a card, and say of the others that theirs has none.

    The rows of a text whose card cannot be read are passed over: that card has its own line.
    """
    for number, row in each(table):
        key = row["source"]
        if key in lost:
            continue
        if key in source_cards:
            yield number, row
        else:
            add(table, number, "source", f"{key!r} has no card in seeds/", nearest(key, source_cards))


def _compared(tables, paths, claims, source_cards, lost):
    """Check what the sources are compared by: positions in a disagreement, propositions, parallels, word runs, terms."""
    problems = []

    def add(table, row, field, wrong, right):
        problems.append(Problem(paths[table], row, field, wrong, right))

    def each(table):
        return tables.get(table, [])

    positions, places = {}, {}
    for number, row in each("conflict_claims"):
        positions.setdefault(row["conflict"], set()).add(row["position"])
        claim = claims.get(row["claim"], {"source": "", "locator": ""})
        # Of evidence only the page is known, not the place in it: each claim counts as a place.
        places.setdefault(row["conflict"], set()).add((claim["source"], claim["locator"] or row["claim"]))
    for number, row in each("conflicts") if "conflict_claims" in tables else ():
        if len(positions.get(row["id"], ())) == 1:
            add(
                "conflicts",
                number,
                "id",
                f"all claims of {row['id']!r} take the same position",
                "Give those that differ other words in conflict-claims.csv, column position",
            )
        elif len(places.get(row["id"], ())) == 1:
            add(
                "conflicts",
                number,
                "id",
                f"all claims of {row['id']!r} stand in one place",
                "A paragraph is no disagreement: add a claim from another place to conflict-claims.csv",
            )

    stances, answered = {}, set()
    for number, row in each("proposition_claims"):
        answered.add(row["proposition"])
        source = claims.get(row["claim"], {}).get("source")
        if source in source_cards:
            first, stance = stances.setdefault((row["proposition"], source), (number, row["stance"]))
            if stance != row["stance"]:
                add(
                    "proposition_claims",
                    number,
                    "stance",
                    f"{source} {stance} by row {first} and {row['stance']} by this one",
                    "A cell has one stance: drop a row, or word the proposition more narrowly",
                )
    for number, row in each("propositions") if "proposition_claims" in tables else ():
        if row["id"] not in answered:
            add(
                "propositions",
                number,
                "id",
                f"no claim speaks of {row['id']!r}",
                "Add its rows to proposition-claims.csv, or drop it",
            )

    joined = {}
    for number, row in each("parallels"):
        ends = (
            (row["source"], row["paragraph"], "source", "paragraph"),
            (row["other"], row["other_paragraph"], "other", "other_paragraph"),
        )
        if any(key in lost for key, *_ in ends):
            continue  # the card that cannot be read has its own line
        for key, paragraph, text, place in ends:
            if key not in source_cards:
                add("parallels", number, text, f"{key!r} has no card in seeds/", nearest(key, source_cards))
            elif paragraph not in source_cards[key]:
                add(
                    "parallels",
                    number,
                    place,
                    f"{paragraph!r} is not in the text",
                    f"{key} has {_range(source_cards[key])}",
                )
        if row["source"] == row["other"]:
            add("parallels", number, "other", f"{row['other']!r} is set beside itself", "Name two texts")
        pair = frozenset(end[:2] for end in ends)
        first = joined.setdefault(pair, number)
        if first != number:
            add(
                "parallels",
                number,
                "other_paragraph",
                f"row {first} joins the same two paragraphs",
                "Drop one: the order makes no difference",
            )

    printed = {}
    for number, row in _with_card("word_runs", each, add, source_cards, lost):
        key = row["source"]
        valid = [*source_cards[key], "rest"]
        if row["paragraph"] not in valid:
            add(
                "word_runs",
                number,
                "paragraph",
                f"{row['paragraph']!r} is not in the text",
                f"{key} has {_range(source_cards[key])}, and 'rest'",
            )
        printed.setdefault(key, set()).add(row["paragraph"])
    for key, found in printed.items():
        for locator in source_cards[key]:
            if locator not in found:
                add(
                    "word_runs",
                    0,
                    "paragraph",
                    f"{key} {locator} is missing",
                    "Make the table anew: python -m companion_checks.fingerprint FOLDER",
                )

    counted = {}
    for _, row in _with_card("term_counts", each, add, source_cards, lost):
        counted.setdefault(row["source"], set()).add(row["term"])
    for number, row in each("terms"):
        try:
            re.compile(row["pattern"])
        except re.error as error:
            add(
                "terms",
                number,
                "pattern",
                f"{row['pattern']!r} is no regular expression ({error})",
                "Mend it; Python's module re says how one is written",
            )
        for key, found in counted.items() if "term_counts" in tables else ():
            if row["id"] not in found:
                add(
                    "terms",
                    number,
                    "id",
                    f"{row['id']!r} is not counted in {key}",
                    "Make the counts anew: python -m companion_checks.fingerprint FOLDER",
                )
    return problems


def _is_formula(formula):
    """Say whether a formula can be computed, whatever its ids stand for."""
    rest = re.sub(r"\[[a-z0-9-]+\]", "1", formula)
    if not re.fullmatch(r"[\d.\s+*/()-]+", rest):
        return False
    try:
        evaluate(formula, lambda name: 1.0)
    except ZeroDivisionError:
        pass  # [a] - [b] is nought only because every id counts as one here
    except ValueError:
        return False
    return True


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def _range(locators):
    names = [name for name in locators if name != "caption"]
    spoken = f"{names[0]} to {names[-1]}" if names[0].startswith("¶") else "the time stamps " + ", ".join(names)
    return spoken + (" and caption" if "caption" in locators else "")


def _derivations(ledger, rows, package):
    """Compute every derivation, since only the numbers show whether it can be."""
    path = next(f"data/{r['path']}" for r in package["resources"] if r["name"] == "derivations")
    formulas = {row["id"]: formula_ids(row["formula"]) for _, row in rows}
    problems = []

    def reaches(start, end):
        """Say whether the formula of `start` comes to `end` in the end."""
        seen, open_ = set(), [start]
        while open_:
            for name in formulas.get(open_.pop(), []):
                if name == end:
                    return True
                if name not in seen:
                    seen.add(name)
                    open_.append(name)
        return False

    circles = {id for id in formulas if reaches(id, id)}
    for number, row in rows:

        def add(wrong, right):
            problems.append(Problem(path, number, "formula", wrong, right))

        if row["id"] in circles:
            add(f"{row['id']!r} is computed from itself", "Take it out of the formulas that lead back to it")
            continue
        if any(reaches(row["id"], circle) for circle in circles):
            continue  # the circle has been named
        sound = True
        for name in formulas[row["id"]]:
            try:
                found = ledger.value(name)
                if isinstance(found, Report) or found.comparison == "between":
                    sound = False
                    what = "a date" if isinstance(found, Report) else "a range, of which only the lower end would count"
                    add(f"{name!r} is {what}", "Name a quantity or another derivation")
            except NoSingleValue as error:
                sound = False
                add(str(error).split(":")[0], "Name a quantity or another derivation")
            except ArithmeticError:
                sound = False  # it has a row of its own
        if sound:
            try:
                if not math.isfinite(ledger.value(row["id"]).value):
                    raise ZeroDivisionError
            except ArithmeticError:
                add("it divides by zero", "Mend the formula, or the numbers it names")
    return problems


# -- pages --------------------------------------------------------------------------


def _pages(root, ids, disputes, ledger):
    """Check every role in the pages.

    `ids` are those of the ledger and `disputes` those of its disagreements, None
    where a table cannot be read; `ledger` is None unless it is known to be sound.
    """
    problems = []
    toc, found = _text(root, "_toc.yml", "it lists the pages")
    if found:
        return found
    try:
        paths = pages.sources(root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return [
            Problem(
                "_toc.yml",
                mark.line + 1 if mark else 0,
                "",
                f"not valid YAML ({getattr(error, 'problem', error)})",
                "Mend the syntax at this place",
            )
        ]
    for path in paths:
        name = str(path.relative_to(root))
        _, found = _text(root, name)
        if found:
            # A card that is missing is named already, with what depends on it.
            if not path.exists():
                stem = pages.docname(path, root)
                there = [
                    pages.docname(p, root) for folder in ("book", "seeds", "data") for p in (root / folder).glob("*.md")
                ]
                row = next((n for n, line in enumerate(toc.splitlines(), 1) if line.split()[-1:] == [stem]), 0)
                found = [Problem("_toc.yml", row, "", f"the page {stem!r} does not exist", nearest(stem, there))]
            problems += found
            continue
        for use in pages.uses(path):
            for wrong, right in _use(root, use, ids, ledger):
                problems.append(Problem(name, use.line, use.role, wrong, right))
        for line, id in pages.listed_claims(path) if ids is not None else ():
            if id not in ids:
                problems.append(Problem(name, line, "sources-say", f"the ledger has no {id!r}", nearest(id, ids)))
        for line, id in pages.conflicts(path) if disputes is not None else ():
            if id not in disputes:
                problems.append(Problem(name, line, "conflict", f"conflicts.csv has no {id!r}", nearest(id, disputes)))
        for line, query in pages.counted(path) if ledger else ():
            for wrong, right in _count(ledger, query):
                problems.append(Problem(name, line, "count", wrong, right))
    return problems + [Problem(*problem) for problem in figure_texts.check(root, ledger)]


def _use(root, use, ids, ledger):
    unknown = [id for id in use.ids if ids is not None and id not in ids]
    for id in unknown:
        yield f"the ledger has no {id!r}", nearest(id, ids)
    if use.role == pages.NOTE:
        if use.words:
            yield "a note prints no words of its own", f"Write {{note}}`{', '.join(use.ids)}` behind the sentence"
        return
    if use.words:
        if use.role != "claim":
            yield f"{{{use.role}}} takes an id alone", f"Write {{{use.role}}}`{use.ids[0]}`"
        elif ledger and re.search(r"\d", use.words) and re.search(r"\d", pages.without_registered(use.words, root)):
            yield f"digits stand by hand in {use.words!r}", f"Let the ledger print them: {{claim}}`{use.ids[0]}`"
        return
    if len(use.ids) > 1:
        yield "several ids need words of your own", f"Write {{claim}}`your words <{', '.join(use.ids)}>`"
        return
    if unknown or not ledger:
        return
    try:
        value(ledger, use.ids[0], pages.FORMS[use.role])
    except NoSingleValue as error:
        yield str(error), f"For a claim without a number: {{claim}}`kept from showing support <{use.ids[0]}>`"
    except ValueError as error:
        yield str(error), "Use another form of the role"


def _count(ledger, query):
    """Try a ``{count}``; a value that no row has would count as nought without a word."""
    try:
        counts.count(ledger, query)
    except ValueError as error:
        yield str(error), "Write {count}`memberships organisation=csto`"
        return
    name, *conditions = query.split()
    for condition in conditions:
        column, _, wanted = condition.partition("=")
        if column == "distinct" or wanted.startswith("@"):
            continue
        held = {str(v) for v in counts.table(ledger, name)[column]}
        for one in wanted.replace("_", " ").split("|"):
            if one not in held:
                yield f"no row of {name} has {column} {one!r}", nearest(one, held)


def main(arguments=None):
    """Print the problems and return the exit status: 1 where there are any."""
    parser = argparse.ArgumentParser(description="Check the ledger, the sources and the pages.")
    parser.add_argument("root", nargs="?", default=ROOT, type=pathlib.Path)
    problems = validate(parser.parse_args(arguments).root)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        count = len(problems)
        print(f"\n{count} problem{'s' if count > 1 else ''} found; nothing was built.", file=sys.stderr)
        return 1
    print("The ledger, the sources and the pages are sound.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
