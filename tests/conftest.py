"""What the tests share."""

import csv
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[1]

#: The source texts that the tests know. An author may add others, of which these tests ask nothing.
FIVE = {"anon2024", "cafiero2025", "kerlindsay", "korybko2025", "ozpinar2025"}

# -- the project, and copies of it that a test may break -----------------------------


@pytest.fixture(scope="session")
def project():
    """The folder of the project; tests read it and never write to it."""
    return PROJECT


@pytest.fixture
def copy(tmp_path):
    """A copy of what validation reads, to break at will."""
    return Copy(tmp_path / "copy")


@pytest.fixture
def problems():
    """Run the validator as a user does: a function from a folder to (exit status, lines of stderr)."""
    return run_validator


@pytest.fixture(scope="session")
def sound_project():
    """The project as the checks read it; tests change `memory`, never this."""
    from companion_checks.reading import read

    return read(PROJECT)


@pytest.fixture(scope="session")
def sound_ledger(sound_project):
    """The ledger of the project."""
    return sound_project.ledger()


@pytest.fixture
def memory(sound_project, sound_ledger):
    """The project in memory, to break at will: a rule looks at it in milliseconds."""
    return Memory(sound_project, sound_ledger)


def run_validator(root):
    done = subprocess.run(
        [sys.executable, "-m", "companion_checks", str(root)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )
    return done.returncode, done.stderr.splitlines()


class Copy:
    """A project folder with helpers to edit it. Rows are counted as a spreadsheet does: the header is 1."""

    def __init__(self, root):
        self.root = root
        quick = shutil.ignore_patterns("__pycache__", "fonts", "assets", "*.ipynb")
        for folder in ("data", "seeds", "book"):
            shutil.copytree(PROJECT / folder, root / folder, ignore=quick, copy_function=shutil.copyfile)
        for name in ("_toc.yml", "_config.yml"):
            shutil.copyfile(PROJECT / name, root / name)

    def with_commands(self):
        """Add what runs the commands of the project, and an environment that is that of the tests."""
        from companion_press.commands import environment, groups

        package = "src/companion_press"
        for folder in ("commands", "keeping"):
            shutil.copytree(PROJECT / package / folder, self.root / package / folder)
        for name in (
            "Makefile",
            "requirements.txt",
            "pyproject.toml",
            f"{package}/__init__.py",
            f"{package}/__main__.py",
        ):
            shutil.copyfile(PROJECT / name, self.root / name)
        python = pathlib.Path(environment.python_of(self.root / ".venv"))
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
        python.chmod(0o755)
        groups.BOOK.stamp(str(self.root / ".venv")).touch()

    def path(self, table):
        """The file of a table: ``event_reports`` is ``data/event-reports.csv``."""
        return self.root / f"data/{table.replace('_', '-')}.csv"

    def rows(self, table):
        """Header and rows of a table, as lists of cells."""
        with open(self.path(table), encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, table, rows):
        """Give a table other rows, and say so where their number is said, as an author does with `make tidy`."""
        with open(self.path(table), "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        self.describe(table, rows=len(rows) - 1)

    def describe(self, table, **facts):
        """Let the data package say something else of a table."""
        path = self.root / "data/datapackage.json"
        package = json.loads(path.read_text("utf-8"))
        next(resource for resource in package["resources"] if resource["name"] == table).update(facts)
        path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", "utf-8")

    def set(self, table, key, column, value):
        """Write `value` into a cell; return the number of its row.

        `key` is the first cell of the row, or a dictionary of several cells.
        """
        rows = self.rows(table)
        header = rows[0]
        wanted = key if isinstance(key, dict) else {header[0]: key}
        for number, cells in enumerate(rows[1:], start=2):
            row = dict(zip(header, cells))
            if all(row[name] == cell for name, cell in wanted.items()):
                cells[header.index(column)] = value
                self.write(table, rows)
                return number
        raise LookupError(f"{table} has no row {wanted}")

    def row(self, table, key):
        """The cells of the row whose first cell is `key`."""
        return next(cells for cells in self.rows(table) if cells[0] == key)

    def append(self, table, cells):
        """Add a row at the end; return its number."""
        rows = self.rows(table)
        self.write(table, rows + [cells])
        return len(rows) + 1

    def drop(self, table, **match):
        """Take out the first row with these cells."""
        rows = self.rows(table)
        header = rows[0]
        position = next(n for n, cells in enumerate(rows) if n and match.items() <= dict(zip(header, cells)).items())
        self.write(table, rows[:position] + rows[position + 1 :])

    def replace(self, name, old, new):
        """Replace a text in a file, once; return the number of its line."""
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return text.count("\n", 0, text.index(old)) + 1

    def say(self, sentence, page="book/reassertion.md"):
        """Add a paragraph to a page; return the number of its line."""
        path = self.root / page
        text = path.read_text("utf-8").rstrip("\n")
        path.write_text(f"{text}\n\n{sentence}\n", "utf-8")
        return text.count("\n") + 3

    def problems(self):
        """What the validator finds, run in this process."""
        from companion_checks.validate import validate

        return validate(self.root)

    def problem(self):
        """The one thing that the validator finds."""
        found = self.problems()
        assert len(found) == 1, "\n".join(map(str, found)) or "the validator found nothing"
        return found[0]


class Memory:
    """A project in memory with helpers to change it; its files stay as they are."""

    def __init__(self, sound_project, sound_ledger):
        from companion_checks.project import Project, Tables

        tables = Tables(sound_project.parts["tables"])
        self.project = Project(sound_project.root, {**sound_project.parts, "tables": tables})
        self.ledger = sound_ledger
        self.changed = False

    def give(self, **parts):
        """Put other parts in the place of those that were read."""
        self.project.parts.update(parts)

    def table(self, name):
        """A table of the project."""
        return self.project.parts["tables"][name]

    def only(self, *names):
        """Leave out all other tables, for rules that look at each table by itself."""
        from companion_checks.project import Tables

        self.give(tables=Tables({name: self.table(name) for name in names}))

    def put(self, name, rows):
        """Give a table other rows: pairs of a number and a dictionary of cells."""
        table = dataclasses.replace(self.table(name), rows=rows)
        self.project.parts["tables"][name] = self.project.parts[name] = table
        self.changed = True

    def set(self, name, key, column, value):
        """Write a value into a cell; return the number of its row. `key` as in `Copy.set`."""
        table = self.table(name)
        wanted = key if isinstance(key, dict) else {table.schema["fields"][0]["name"]: key}
        for place, (number, row) in enumerate(table):
            if wanted.items() <= row.items():
                assert column in row
                rows = list(table.rows)
                rows[place] = (number, {**row, column: value})
                self.put(name, rows)
                return number
        raise LookupError(f"{name} has no row {wanted}")

    def append(self, name, /, **cells):
        """Add a row, all other cells of which are empty; return its number."""
        table = self.table(name)
        empty = dict.fromkeys((field["name"] for field in table.schema["fields"]), "")
        assert cells.keys() <= empty.keys()
        number = table.rows[-1][0] + 1
        self.put(name, [*table.rows, (number, {**empty, **cells})])
        return number

    def drop(self, name, /, **match):
        """Take out all rows with these cells."""
        kept = [(number, row) for number, row in self.table(name) if not match.items() <= row.items()]
        assert len(kept) < len(self.table(name).rows)
        self.put(name, kept)

    def row(self, name, /, **match):
        """The number and the cells of the first row with these cells."""
        return next((number, row) for number, row in self.table(name) if match.items() <= row.items())

    def say(self, text):
        """Make the book of one page that says this."""
        from companion_checks.project import Page

        self.give(pages=[Page("book/page.md", text)])

    def problems(self, name):
        """What one rule finds."""
        from companion_checks.validate import RULES

        rule, known = RULES[name], self.project.known()
        if {"ledger", "sound_ledger"} & rule.parts:
            known["ledger"] = known["sound_ledger"] = self.project.ledger() if self.changed else self.ledger
        missing = rule.parts - known.keys()
        assert not missing, f"{name} lacks {missing}"
        return rule.problems(known)

    def problem(self, name):
        """The one thing that a rule finds."""
        problems = self.problems(name)
        assert len(problems) == 1, "\n".join(map(str, problems)) or f"{name} finds nothing"
        return problems[0]


#: The files whose long tests take longest: they begin, so that of two processes none has one of them alone at the end.
LONGEST = (
    "builds_after_an_edit",
    "a_build_that_is_cut_short",
    "wrong_data",
    "clean_builds",
    "hostile_text",
    "figures",
    "on_paper",
    "notebooks",
)


def pytest_collection_modifyitems(items):
    """Put the files in the order in which they are best run side by side."""
    ranks = {f"test_{name}": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(ranks)))


def pytest_terminal_summary(terminalreporter):
    """Say at the end which tests were left out and why, with what would let them run."""
    reasons = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, (tuple, list)) else str(report.longrepr)
        reasons.setdefault(reason.removeprefix("Skipped: "), []).append(report)
    for reason, left_out in reasons.items():
        terminalreporter.section("left out")
        terminalreporter.write_line(
            f"{len(left_out)} test{'s were' if len(left_out) > 1 else ' was'} left out: {reason}."
        )
        for name in sorted({report.nodeid.split("::")[0] for report in left_out}):
            terminalreporter.write_line(f"  {name}")
