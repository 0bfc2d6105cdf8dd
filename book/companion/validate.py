"""Stops the build on bad data, with one list of everything that is wrong.

Frictionless checks what the data package promises (types, allowed values,
foreign keys). It cannot see the bibliography, EDTF dates, codes, or how long a
source text is, and it blames every table that refers to an unreadable one. The
layer here reads its report, drops those echoes, adds the missing checks and
says what would be right. Run it as ``python -m companion.validate`` in ``book/``.
"""
import argparse
import csv
import json
import pathlib
import re
import sys
from dataclasses import dataclass

import pycountry
import yaml
from pybtex.scanner import PybtexError
from rapidfuzz import process

from . import cards, counts, dates, pages
from .ledger import ROOT, Ledger, NoSingleValue, evaluate, formula_ids
from .wording import value

CURRENCIES = {c.alpha_3 for c in pycountry.currencies}
COUNTRIES = {c.alpha_3 for c in pycountry.countries}


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
    hits = process.extract(text, sorted(valid), limit=limit, score_cutoff=60)
    if not hits:
        return "No similar name exists"
    return "Did you mean " + " or ".join(repr(hit[0]) for hit in hits) + "?"


def validate(root: pathlib.Path = ROOT) -> list[Problem]:
    """Check data, sources and pages below `root`; return every problem, sorted.

    Later steps need readable tables: where a file is missing, empty, without
    a column or not UTF-8, only what does not depend on it is checked.
    """
    root = pathlib.Path(root)
    package, problems = _package(root)
    if package is None:
        return problems
    unreadable, found = _files(root, package)
    problems += found
    bib, found = _bibliography(root)
    problems += found
    problems += _frictionless(root, package, unreadable)
    rows = {
        r["name"]: _rows(root / "data" / r["path"])
        for r in package["resources"] if "schema" in r and r["name"] not in unreadable
    }
    source_cards, found = _cards(root)
    problems += found
    problems += _ledger(package, rows, bib, source_cards)
    if not problems:
        problems += _pages(root)
    return sorted(set(problems))


# -- files ---------------------------------------------------------------------


def _package(root):
    path = root / "data/datapackage.json"
    name = "data/datapackage.json"
    try:
        return json.loads(path.read_text("utf-8")), []
    except FileNotFoundError:
        return None, [Problem(name, 0, "", "the file is missing", "Restore it: it describes all tables")]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", 0)
        return None, [Problem(name, line, "", f"not valid JSON ({error})", "Mend the syntax at this place")]


def _rows(path):
    """The rows of a table with their line numbers, as a spreadsheet would count them."""
    with open(path, encoding="utf-8", newline="") as file:
        return [(number, row) for number, row in enumerate(csv.DictReader(file), start=2)]


def _files(root, package):
    """Find the files that cannot be read at all; their names, and the problems."""
    unreadable, problems = set(), []
    for resource in package["resources"]:
        name = f"data/{resource['path']}"
        path = root / name

        def bad(wrong, right, row=0, field=""):
            unreadable.add(resource["name"])
            problems.append(Problem(name, row, field, wrong, right))

        if not path.exists():
            bad("the file is missing", "Restore it, or take it out of datapackage.json")
            continue
        content = path.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            row = content[: error.start].count(b"\n") + 1
            bad(
                f"byte {content[error.start]:#04x} is not UTF-8",
                "Save the file with the encoding UTF-8", row,
            )
            continue
        if not text.strip():
            bad("the file is empty", "It needs at least its header line")
            continue
        if "schema" not in resource:
            continue
        header = next(csv.reader([text.splitlines()[0].lstrip("\ufeff")]))
        wanted = [f["name"] for f in resource["schema"]["fields"]]
        for column in wanted:
            if column not in header:
                near = nearest(column, [h for h in header if h not in wanted])
                bad(
                    f"the column {column!r} is missing",
                    f"The header must read: {','.join(wanted)}. {near}".rstrip(". "), 1, column,
                )
        for column in header:
            if column not in wanted:
                bad(f"the column {column!r} is not described", f"Name it in datapackage.json or drop it. {nearest(column, wanted)}", 1, column)
        if header != wanted and sorted(header) == sorted(wanted):
            bad("the columns stand in another order", f"The header must read: {','.join(wanted)}", 1)
    return unreadable, problems


def _bibliography(root):
    name = "seeds/references.bib"
    try:
        cards.references.cache_clear()
        return set(cards.references(root).entries), []
    except FileNotFoundError:
        return None, [Problem(name, 0, "", "the file is missing", "Restore it: every claim names a reference in it")]
    except PybtexError as error:
        return None, [Problem(name, getattr(error, "lineno", 0) or 0, "", f"not valid BibTeX ({error})", "Mend the entry at this place")]


def _cards(root):
    """The seeds' cards as {key: {locator: number of sentences}}, and the problems."""
    found, problems = {}, []
    for path in sorted((root / "seeds").glob("*.md")):
        name = f"seeds/{path.name}"
        try:
            head = cards.card(path.stem, root)
            found[path.stem] = head["sentences"]
        except (KeyError, IndexError, TypeError, yaml.YAMLError) as error:
            problems.append(Problem(
                name, 1, "card", f"the card's head cannot be read ({type(error).__name__}: {error})",
                "It needs a mapping 'card' with 'sentences' and 'sha256' between two lines of ---",
            ))
            continue
        if not re.fullmatch("[0-9a-f]{64}", str(head.get("sha256", ""))):
            problems.append(Problem(name, 1, "sha256", "the checksum of the text is missing or malformed", "Give the 64 hexadecimal digits that sha256sum prints"))
    return found, problems


# -- Frictionless ---------------------------------------------------------------


def _frictionless(root, package, unreadable):
    from frictionless import Package, system

    # What the files check has already reported would only echo here.
    described = {r["name"]: r for r in package["resources"]}
    kept = [r for r in package["resources"] if r["name"] not in unreadable and "schema" in r]
    reduced = json.loads(json.dumps({**package, "resources": kept}))
    for resource in reduced["resources"]:
        keys = resource["schema"].get("foreignKeys", [])
        resource["schema"]["foreignKeys"] = [
            k for k in keys if k["reference"]["resource"] not in unreadable
        ]
    with system.use_context(trusted=True):
        report = Package.from_descriptor(reduced, basepath=str(root / "data")).validate()
    problems = [Problem("data/datapackage.json", 0, "", str(e.message), "Mend the description") for e in report.errors]
    for task in report.tasks:
        resource = described[task.name]
        schema = {f["name"]: f for f in resource["schema"]["fields"]}
        rows = None
        for error in task.errors:
            row = getattr(error, "row_number", 0) or 0
            field = getattr(error, "field_name", "") or ""
            cell = getattr(error, "cell", "")
            wrong, right = error.note.rstrip("."), "See data/README.md"
            constraints = schema.get(field, {}).get("constraints", {})
            if error.type == "foreign-key":
                key, field, cell = _foreign(error, resource)
                reference = key["reference"]
                rows = rows if rows is not None else {}
                target = described[reference["resource"]]
                valid = rows.setdefault(target["name"], {
                    r[reference["fields"][0]] for _, r in _rows(root / "data" / target["path"])
                })
                wrong = f"{cell!r} does not exist in {target['path']}"
                right = nearest(cell, valid)
            elif error.type in ("primary-key", "unique-error") or "unique" in error.note:
                if error.type == "primary-key" and len(resource["schema"]["primaryKey"]) == 1:
                    continue  # the constraint 'unique' has said so with the field
                field = field or ", ".join(resource["schema"]["primaryKey"])
                wrong, right = f"{cell or 'the row'!r} stands twice" if cell else "this row repeats an earlier one", "Give each row a name of its own, or drop one"
            elif error.type == "type-error":
                kind = schema[field]["type"]
                wrong = f"{cell!r} is not a {kind}"
                right = {"number": "Write digits with a decimal point, such as 35.8", "integer": "Write a whole number", "date": "Write a day as 2026-11-22"}.get(kind, right)
            elif "enum" in constraints and "enum" in error.note:
                wrong = f"{cell!r} is not allowed here"
                right = f"Allowed: {', '.join(constraints['enum'])}. {nearest(cell, constraints['enum'])}"
            elif "pattern" in error.note:
                wrong = f"{cell!r} is malformed"
                right = f"It must match {constraints.get('pattern')}"
            elif "required" in error.note:
                wrong, right = "the cell is empty", f"It needs: {schema[field].get('description', 'a value')}".rstrip(".")
            problems.append(Problem(f"data/{resource['path']}", row, field, wrong, right))
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


def _ledger(package, tables, bib, source_cards):
    problems = []
    paths = {r["name"]: f"data/{r['path']}" for r in package["resources"]}

    def add(table, row, field, wrong, right):
        problems.append(Problem(paths[table], row, field, wrong, right))

    def each(table):
        return tables.get(table, [])

    # One namespace for everything that {claim} takes.
    seen = {}
    for table in ("claims", "quantities", "derivations"):
        for number, row in each(table):
            id = row["id"]
            if id in seen and seen[id] != table:
                add(table, number, "id", f"{id!r} is also an id in {paths[seen[id]]}", "Claims, quantities and derivations share one namespace: rename one")
            seen.setdefault(id, table)

    if bib is not None:
        for table, field in (("claims", "source"), ("check_sources", "reference"), ("routes", "reference")):
            for number, row in each(table):
                if row[field] and row[field] not in bib:
                    add(table, number, field, f"{row[field]!r} is no key of seeds/references.bib", nearest(row[field], bib))

    for table, field in (
        ("quantities", "period"), ("quantities", "since"), ("derivations", "period"),
        ("event_reports", "date"), ("memberships", "since"), ("memberships", "until"), ("resolutions", "date"),
    ):
        for number, row in each(table):
            if row[field] and not dates.is_date(row[field]):
                add(table, number, field, f"{row[field]!r} is not a possible date", "Write EDTF: 2025-10-09, 2025-10, 2025-10-08/2025-10-10, 2024~, XXXX-04")

    for number, row in each("actors"):
        if row["iso3"] and row["iso3"] not in COUNTRIES:
            add("actors", number, "iso3", f"{row['iso3']!r} is no ISO 3166-1 country code", nearest(row["iso3"], COUNTRIES))
        if row["iso3"] and row["kind"] != "state":
            add("actors", number, "iso3", f"a {row['kind']} has no country code", "Leave it empty, or make the kind 'state'")

    for table in ("quantities", "derivations"):
        for number, row in each(table):
            unit = row["unit"]
            if re.fullmatch("[A-Z]{3}", unit) and unit != "TEU" and unit not in CURRENCIES:
                add(table, number, "unit", f"{unit!r} is no ISO 4217 currency", nearest(unit, CURRENCIES | {"TEU"}))

    claims = {row["id"]: row for _, row in each("claims")}
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
        elif not row["grade"]:
            add("claims", number, "grade", "an evidence claim needs a grade", "Give official, published or weak")
        if len(row["words"].split()) > 5:
            add("claims", number, "words", f"{row['words']!r} has more than five words", "Quote at most five; the rest in our own words")
        if bool(row["printed"]) != bool(row["meant"]):
            add("claims", number, "printed", "only one of 'printed' and 'meant' is filled", "A garbled place needs both")

    counted = {}
    for number, row in each("quantities"):
        counted.setdefault(row["claim"], number)
        low, high = _number(row["value"]), _number(row["upper"])
        if (row["comparison"] == "between") != bool(row["upper"]):
            add("quantities", number, "upper", "an upper end goes with 'between', and only with it", "Fill both or neither")
        elif low is not None and high is not None and high <= low:
            add("quantities", number, "upper", f"{row['upper']} is not above {row['value']}", "Put the lower end first")
        if row["period"] and "XXXX" in row["period"] and row["dating"] != "unstated":
            add("quantities", number, "dating", "a period without a year cannot be dated", "Write 'unstated'")
    for number, row in each("event_reports"):
        if row["claim"] in counted:
            add("event_reports", number, "claim", f"{row['claim']!r} has both a number and a date", "Make two claims of it: a claim has one kind of value")

    reported = {row["claim"]: row["event"] for _, row in each("event_reports")}
    for number, row in each("events"):
        if row["settled_by"] and reported.get(row["settled_by"]) != row["id"] and row["settled_by"] in claims:
            add("events", number, "settled_by", f"{row['settled_by']!r} does not report this event", "Name a claim that has a row in event-reports.csv for it")

    used = {}
    for number, row in each("memberships"):
        pair = (row["organisation"], row["member"])
        if row["used"] == "yes":
            if pair in used:
                add("memberships", number, "used", f"row {used[pair]} is already used for {pair[1]} in {pair[0]}", "Mark one row of the pair with yes")
            used.setdefault(pair, number)
    for number, row in each("votes"):
        if (row["vote"] == "not found") == bool(row["claim"]):
            add("votes", number, "claim", "a vote needs the claim that says so, a vote not found has none", "Fill or clear the cell")

    for number, row in each("derivations"):
        for name in formula_ids(row["formula"]):
            if name not in seen:
                add("derivations", number, "formula", f"the ledger has no {name!r}", nearest(name, seen))
        try:
            evaluate(row["formula"], lambda name: 1.0)
        except ValueError as error:
            add("derivations", number, "formula", str(error), "Write for example [trade-russia-2024] / [population-kaz-2024-value]")

    # Every sentence of every seed: its claims, or why it has none.
    covered, cited = {}, set()
    for number, row in each("coverage"):
        key = row["source"]
        if key not in source_cards:
            add("coverage", number, "source", f"{key!r} has no card in seeds/", nearest(key, source_cards))
            continue
        sentence = int(row["sentence"]) if row["sentence"].isdigit() else 0
        if not 1 <= sentence <= source_cards[key].get(row["paragraph"], 0):
            add("coverage", number, "sentence", f"{key} {row['paragraph']} has no sentence {row['sentence']}", f"The card counts {source_cards[key].get(row['paragraph'], 'no such paragraph')}")
        if bool(row["claim"]) == bool(row["left_out"]):
            add("coverage", number, "left_out", "a sentence yields a claim or has a reason why not", "Fill exactly one of 'claim' and 'left_out'")
        if row["claim"] in claims and claims[row["claim"]]["source"] != key:
            add("coverage", number, "claim", f"{row['claim']!r} is a claim of another source", f"Name a claim of {key}")
        covered.setdefault(key, set()).add((row["paragraph"], sentence))
        cited.add(row["claim"])
    if "coverage" in tables:
        for key, paragraphs in source_cards.items():
            for paragraph, count in paragraphs.items():
                for sentence in range(1, count + 1):
                    if (paragraph, sentence) not in covered.get(key, set()):
                        add("coverage", 0, "sentence", f"{key} {paragraph} sentence {sentence} is not accounted for", "Add its claims, or the reason why it has none")
        for number, row in each("claims"):
            if row["source"] in source_cards and row["id"] not in cited:
                add("claims", number, "id", f"{row['id']!r} is missing from coverage.csv", "Say which sentence it comes from")
    return problems


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def _range(locators):
    names = list(locators)
    return f"{names[0]} to {names[-1]}" if names[0].startswith("¶") else "the time stamps " + ", ".join(names)


# -- pages --------------------------------------------------------------------------


def _pages(root):
    """Check every role in the pages against a ledger that is known to be sound."""
    ledger = Ledger(root)
    problems = []
    for path in pages.sources(root):
        name = str(path.relative_to(root))
        for use in pages.uses(path):
            for wrong, right in _use(ledger, use):
                problems.append(Problem(name, use.line, use.role, wrong, right))
        for line, query in pages.counted(path):
            try:
                counts.count(ledger, query)
            except ValueError as error:
                problems.append(Problem(name, line, "count", str(error), "Write {count}`memberships organisation=csto`"))
    return problems


def _use(ledger, use):
    for id in use.ids:
        if id not in ledger.ids():
            yield f"the ledger has no {id!r}", nearest(id, ledger.ids())
            return
    if use.words:
        if use.role != "claim":
            yield f"{{{use.role}}} takes an id alone", f"Write {{{use.role}}}`{use.ids[0]}`"
        if re.search(r"\d", pages.without_registered(use.words, ledger.root)):
            yield f"digits stand by hand in {use.words!r}", f"Let the ledger print them: {{claim}}`{use.ids[0]}`"
        return
    if len(use.ids) > 1:
        yield "several ids need words of your own", f"Write {{claim}}`your words <{', '.join(use.ids)}>`"
        return
    try:
        value(ledger, use.ids[0], pages.FORMS[use.role])
    except NoSingleValue as error:
        yield str(error), f"For a claim without a number: {{claim}}`kept from showing support <{use.ids[0]}>`"
    except ValueError as error:
        yield str(error), "Use another form of the role"


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
