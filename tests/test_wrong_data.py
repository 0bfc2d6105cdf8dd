"""Authors whose hand slips: whatever happens to a file, it is refused with its place and the remedy, or shown as it is.

The mutants are drawn with a fixed seed: two hundred in `make test`, two thousand in `make test-all`, and as many as
the variable `COMPANION_MUTANTS` says.
"""

import collections
import csv
import os
import re

import bibtexparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mutations
from companion import confidence, pages, sources, wording
from companion.ledger import NoSingleValue
from companion_checks.reading import read
from companion_checks.validate import FOUND, validate
from conftest import PROJECT, Copy

TABLES = sorted(f"data/{path.name}" for path in (PROJECT / "data").glob("*.csv"))
CARDS = sorted(f"seeds/{path.name}" for path in (PROJECT / "seeds").glob("*.md"))
PAGES = sorted(f"book/{path.name}" for path in (PROJECT / "book").glob("*.md"))
MAPS = ["data/geometry/countries.geojson", "data/geometry/lakes.geojson"]
SETTINGS = ["_config.yml", "_toc.yml"]
#: The kinds of files, each as often as the others, and what can be done to one.
KINDS = {
    "cell": (TABLES, None),
    "rows": (TABLES, mutations.of_rows),
    "bytes": (
        [*TABLES, *CARDS, *PAGES, *MAPS, *SETTINGS, "seeds/references.bib", "data/datapackage.json"],
        mutations.of_bytes,
    ),
    "card": (CARDS, mutations.of_lines),
    "page": (PAGES, mutations.of_lines),
    "bibliography": (["seeds/references.bib"], mutations.of_lines),
    "setting": (SETTINGS, mutations.of_lines),
    "description": (["data/datapackage.json"], mutations.of_json),
    "map": (MAPS, mutations.of_json),
}
#: Where else a fault of a file may show: in what depends on it.
SEEN_IN = {
    "_toc.yml": ("data/conclusions.csv", "_config.yml"),
    "data/datapackage.json": ("data/", "seeds/references.bib"),
    "seeds/references.bib": ("data/",),
}


@st.composite
def mutants(draw):
    """A file of the project, what it holds then, what was done, and of a cell its row, column, text, and text before."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    files, change = KINDS[kind]
    name = draw(st.sampled_from(files))
    content, cell = (PROJECT / name).read_bytes(), None
    if kind == "cell":
        changed, cell = mutations.of_cell(draw, content)
    else:
        changed = change(draw, content)
    return name, changed, kind, cell


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A copy of the project on which mutants are tried one after another; what is the same is read once."""
    copy = Copy(tmp_path_factory.mktemp("mutants") / "copy")
    assert validate(copy.root) == []
    return copy.root


def judge(root, mutant):
    """Try one mutant: check that it is refused as it should be, or shown as it is; say which."""
    name, changed, kind, cell = mutant
    path = root / name
    before = path.read_bytes()
    if changed == before:
        return "the same"
    try:
        path.write_bytes(changed)
        problems = validate(root)
        if not problems:
            shown(root, name, cell)
    finally:
        path.write_bytes(before)
    if problems:
        refused(problems, name, cell)
    return f"{kind}: {'refused' if problems else 'accepted'}"


def refused(problems, name, cell):
    """A refusal says where, what is wrong, and what would be right."""
    for problem in problems:
        assert problem.file and problem.wrong.strip() and problem.right.strip(), problem
        assert "Traceback" not in str(problem) and "\n\n" not in str(problem), problem
        assert len(str(problem)) < 3000, "nobody reads a message of that length"
    files = {problem.file for problem in problems}
    elsewhere = SEEN_IN.get(name, ("data/", "book/", "seeds/") if name.startswith(("data/", "seeds/")) else ())
    assert name in files or any(file.startswith(elsewhere) for file in files), (name, problems)
    if cell:
        row, _, _, before = cell
        # What others name and cannot find is missed where they name it, by its name.
        named = [
            problem
            for problem in problems
            if (problem.file, problem.row) == (name, row) or before and before in str(problem)
        ]
        assert named, (name, cell, problems)


def shown(root, name, cell):
    """What was accepted can be printed, and a cell is in the ledger as it was written."""
    project = read(root, FOUND)
    ledger = project.ledger()
    kept_whole(root, name, project)
    if cell:
        row, column, text, _ = cell
        table = next(t for t in project.parts["tables"].values() if t.file == name)
        place = next(n for n, (number, _) in enumerate(table.rows) if number == row)
        held = ledger.tables[table.name].iloc[place]
        kept = held[column]
        assert kept == text or (not isinstance(kept, str) and (float(kept) == float(text) if text else kept != kept))
        for id in {str(held.get("id", "")), str(held.get("claim", ""))} & ledger.ids():
            for form in pages.FORMS.values():
                printed(ledger, id, form)
    if name.startswith("seeds/") or name == "data/datapackage.json":
        assert len(sources.texts(ledger)) == len(ledger.seeds) > 0
        sources.how_current(ledger)
        for key in sources.references(root).entries if name.endswith(".bib") else ():
            assert sources.short(key, root).strip()
    if name.startswith(("data/con", "data/dep", "data/claims", "data/check", "seeds/ref")):
        for id in ledger.conclusions["id"]:
            confidence.judge(ledger, id)
    if name.startswith(("book/", "seeds/")) and name.endswith(".md"):
        page = next(page for page in project.parts["pages"] if page.name == name)
        pages.plain(page.text, ledger)


def kept_whole(root, name, project):
    """Nothing of an accepted file is dropped in silence: it is read as another reader reads it."""
    path = root / name
    if path.suffix == ".csv":
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = [cells for cells in csv.reader(file) if cells][1:]
        table = next(table for table in project.parts["tables"].values() if table.file == name)
        assert [list(row.values()) for _, row in table] == rows
    elif name == "seeds/references.bib":
        second = bibtexparser.parse_string(path.read_text("utf-8"))
        assert not second.failed_blocks
        fields = {entry.key: {field.key.lower() for field in entry.fields} for entry in second.entries}
        assert {key: set(entry.fields) for key, entry in project.parts["references"].items()} == fields
    elif path.suffix == ".md":
        page = next(page for page in project.parts["pages"] if page.name == name)
        assert page.text == path.read_text("utf-8")


def printed(ledger, id, form):
    """Print a value in a form, or hear why it has none."""
    try:
        text = wording.value(ledger, id, form)
    except (NoSingleValue, ValueError) as error:
        assert str(error).startswith(("claim ", repr(id))), error
    else:
        assert text.strip() and "nan" not in text and not re.search(r"\d[eE][+-]?\d", text), text


def trial(bench, count, outcomes):
    """Try so many mutants, always the same ones."""

    @settings(
        derandomize=True, max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(mutants())
    def each_is_refused_or_shown(mutant):
        outcomes[judge(bench, mutant)] += 1

    each_is_refused_or_shown()


def hold(bench, count):
    outcomes = collections.Counter()
    trial(bench, count, outcomes)
    told = "\n".join(f"{what}: {number}" for what, number in sorted(outcomes.items()))
    print(told)
    for kind in KINDS:
        # A page is prose: most of what a slip makes of it is another text, so that few are refused.
        was = [outcomes[f"{kind}: refused"], outcomes[f"{kind}: accepted"] if kind == "page" and count < 1000 else 0]
        assert sum(was), f"no mutant of this kind was refused: {kind}\n{told}"
    assert sum(number for what, number in outcomes.items() if what.endswith("accepted")) > count / 20, told


def test_two_hundred_mutants_are_refused_or_shown(bench):
    hold(bench, 200)


@pytest.mark.long
def test_thousands_of_mutants_are_refused_or_shown(bench):
    hold(bench, int(os.environ.get("COMPANION_MUTANTS", "2000")))
