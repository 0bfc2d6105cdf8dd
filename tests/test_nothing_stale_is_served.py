"""Authors and readers: what a build keeps is served only while everything that it is made from is what it was."""

import functools
import json
import os
import re
import shutil
import sys
import types

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from built_site import PROJECT
from companion import confidence, dates, figures, layout, ledger, sources, wording
from companion_press.citing import citation_store, citations, csl_items, engine, manuals
from companion_press.execution import chapters, drawings, fingerprints, inputs, kernel_settings, store

# -- the store ------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    return store.Store(tmp_path / "kept")


def test_what_was_put_is_given_back_and_nothing_else(kept):
    assert kept.get("one") is None
    kept.put("one", b"first\nsecond")
    assert kept.get("one") == b"first\nsecond" and kept.get("two") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content + b"x",
        lambda content: content.replace(b"first", b"fjrst"),
        lambda content: b"",
        lambda content: b"no line",
        lambda content: b"\xff\n" + content,
    ],
)
def test_an_entry_that_was_damaged_is_not_served_and_can_be_put_again(kept, damage):
    kept.put("one", b"first")
    path = kept.folder / "one"
    path.write_bytes(damage(path.read_bytes()))
    assert kept.get("one") is None
    kept.put("one", b"first")
    assert kept.get("one") == b"first"


def test_an_entry_under_the_name_of_another_is_not_served(kept):
    kept.put("one", b"first")
    shutil.copy(kept.folder / "one", kept.folder / "two")
    assert kept.get("two") is None


def test_the_folder_can_be_deleted(kept):
    kept.put("one", b"first")
    shutil.rmtree(kept.folder)
    assert kept.get("one") is None
    kept.prune()
    kept.put("one", b"first")
    assert kept.get("one") == b"first"


def test_what_nobody_asks_for_goes_in_the_end(kept):
    kept.put("one", b"first")
    kept.prune(days=1)
    assert kept.get("one") is not None
    kept.prune(days=-1)
    assert kept.get("one") is None
    for place, name in enumerate(("oldest", "older", "new")):
        kept.put(name, b"x" * 1000)
        os.utime(kept.folder / name, (10**9 + place, 10**9 + place))
    kept.prune(days=10**5, most=2500)
    assert sorted(path.name for path in kept.folder.iterdir()) == ["new", "older"], "those used last stay"


# -- what cells depend on -------------------------------------------------------------


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A copy of everything that the results of cells are made from."""
    root = tmp_path_factory.mktemp("project")
    skip = shutil.ignore_patterns("__pycache__")
    for folder in ("data", "seeds", "src/companion", "src/companion_press/execution"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=skip)
    for name in ("requirements.txt", "src/companion_press/__init__.py"):
        shutil.copy(PROJECT / name, root / name)
    return root


FILES = [
    *(f"data/{path.name}" for path in sorted((PROJECT / "data").glob("*.*"))),
    *(f"data/geometry/{path.name}" for path in sorted((PROJECT / "data/geometry").iterdir())),
    *(f"seeds/{path.name}" for path in sorted((PROJECT / "seeds").iterdir())),
    *(f"src/companion/{path.name}" for path in sorted((PROJECT / "src/companion").glob("*.py"))),
    *(f"src/companion/fonts/{path.name}" for path in sorted((PROJECT / "src/companion/fonts").iterdir())),
    *(
        f"src/companion_press/execution/{p.name}"
        for p in sorted((PROJECT / "src/companion_press/execution").glob("*.py"))
    ),
    "requirements.txt",
]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_changes_is_seen(root, name):
    before, path = inputs.shared(root), root / name
    content = path.read_bytes()
    try:
        path.write_bytes(content + b"\n")
        assert inputs.shared(root) != before
    finally:
        path.write_bytes(content)
    assert inputs.shared(root) == before


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".csv", ".bib", ".md"))])
def test_a_file_that_changes_every_picture_is_seen(root, name):
    before, path = inputs.without_data(root), root / name
    content = path.read_bytes()
    try:
        path.write_bytes(content + b"\n")
        assert (inputs.without_data(root) != before) == (name != "data/datapackage.json")
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("folder", ["data", "data/geometry", "seeds", "src/companion"])
def test_a_file_that_comes_or_goes_is_seen(root, folder):
    before, new = inputs.shared(root), root / folder / "new.csv"
    new.write_text("", "utf-8")
    assert inputs.shared(root) != before
    new.unlink()
    assert inputs.shared(root) == before


def test_python_its_packages_and_the_settings_are_seen(root, monkeypatch):
    before = inputs.shared(root)
    for change in (
        lambda patch: patch.setattr(sys, "version", "3.99"),
        lambda patch: patch.setattr(inputs, "installed", lambda: "others"),
        lambda patch: patch.setattr(inputs.platform, "machine", lambda: "another"),
        lambda patch: patch.setattr(kernel_settings, "KERNEL", "another"),
        lambda patch: patch.setenv("SOURCE_DATE_EPOCH", "1"),
        lambda patch: patch.setenv("LANG", "de_DE.UTF-8"),
        lambda patch: patch.setenv("MPLBACKEND", "svg"),
    ):
        with monkeypatch.context() as patch:
            change(patch)
            assert inputs.shared(root) != before
    monkeypatch.setenv("BOOK_URL", "https://example.org/")
    assert inputs.shared(root) == before and "BOOK_URL" not in inputs.environment(), "no cell knows of it"


JOB = chapters.Job("book/war", ["a = 1", "a"], [[], []], [1, 2], "python3", 60)


@pytest.mark.parametrize(
    "change",
    [
        {"docname": "book/west"},
        {"cells": ["a = 2", "a"]},
        {"cells": ["a = 1\n", "a"]},
        {"cells": ["a = 1a"], "tags": [[]]},
        {"tags": [["raises-exception"], []]},
        {"kernel": "python2"},
    ],
)
def test_cells_that_change_are_seen(change):
    other = chapters.Job(**{**JOB.__dict__, **change})
    assert other.key({"data": "x"}) != JOB.key({"data": "x"})
    assert JOB.key({"data": "y"}) != JOB.key({"data": "x"})


def test_where_a_cell_stands_and_how_long_it_may_take_changes_nothing():
    other = chapters.Job(**{**JOB.__dict__, "lines": [5, 9], "timeout": 90})
    assert other.key({}) == JOB.key({}), "a paragraph above a cell does not let it run again"


def test_for_a_page_without_cells_no_kernel_is_started(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(
        chapters.subprocess,
        "run",
        lambda *words, **options: started.append(words) or types.SimpleNamespace(returncode=0),
    )
    chapters.prepare([chapters.Job("book/war", [], [], [], "python3", 60)], {}, tmp_path)
    assert not started
    chapters.prepare([JOB], {}, tmp_path)
    assert len(started) == 1


def test_a_file_beyond_the_data_that_a_cell_reads_is_seen(tmp_path):
    (tmp_path / "book").mkdir()
    entry = {"outputs": [], "counts": [], "language_info": {}}
    entry["read"] = {name: store.state(tmp_path / name) for name in ("book", "book/note.txt")}
    chapters.kept(tmp_path).put_json(JOB.key({}), entry)
    assert chapters.results(JOB, {}, tmp_path) == entry
    (tmp_path / "book/.war.md.swp").write_text("", "utf-8")
    assert chapters.results(JOB, {}, tmp_path) == entry, "an editor's own file is nothing that a cell reads"
    (tmp_path / "book/note.txt").write_text("a file that was not there", "utf-8")
    assert chapters.results(JOB, {}, tmp_path) is None


def test_what_changed_while_cells_ran_is_named(root, monkeypatch):
    """Each by itself; a package that somebody installs meanwhile is none of the book's files."""
    before = inputs.shared(root)
    assert set(before) == set(inputs.PARTS) and inputs.changed(before, root) == []
    for part, words in inputs.PARTS.items():
        assert inputs.changed({**before, part: "as it was"}, root) == [words]
    with monkeypatch.context() as empty:
        empty.setattr(inputs.importlib.metadata, "distributions", lambda: [])
        assert inputs.changed(before, root) == ["the installed packages"]
    assert inputs.changed(before, root) == []


def test_what_changes_while_cells_run_is_not_kept(root):
    """An author saves a table while the book is built: the results would lie under the key of the old one."""
    (root / "book").mkdir()
    path, before = root / "data/claims.csv", (root / "data/claims.csv").read_bytes()
    quiet = chapters.Job("book/quiet", ["print(6 * 7)"], [[]], [1], "python3", 60)
    loud = chapters.Job("book/loud", [f"open({str(path)!r}, 'a').write('\\n')"], [[]], [1], "python3", 60)
    shared = inputs.shared(root)
    with pytest.raises(chapters.CellError, match="^While cells ran, the data changed: build once more"):
        chapters.prepare([quiet, loud], shared, root)
    assert not list((root / "_build/cache").rglob("*"))
    path.write_bytes(before)
    chapters.prepare([quiet], shared, root)
    assert chapters.results(quiet, shared, root)["outputs"][0][0]["text"] == "42\n"
    wrong = chapters.Job("book/wrong", ["a = 1", "1 / 0"], [[], []], [3, 9], "python3", 60)
    with pytest.raises(chapters.CellError, match=r"(?s)^book/wrong.md, the cell in line 9: .*ZeroDivisionError"):
        chapters.prepare([wrong], shared, root)
    assert chapters.results(wrong, shared, root) is None
    misspelt = chapters.Job("book/misspelt", ["a = 1"], [[]], [1], "pyton3", 60)
    with pytest.raises(chapters.CellError) as told:
        chapters.prepare([misspelt], shared, root)
    assert str(told.value).startswith("book/misspelt.md: there is no kernel 'pyton3'. Write name: python3")


# -- what a drawing function sees ---------------------------------------------------------


def page(source: str) -> dict:
    """Run cells as a page's kernel would, and return its names."""
    module = types.ModuleType("__main__")
    exec(compile(source, "cell", "exec"), module.__dict__)
    return module.__dict__


DRAW = """
import functools
import companion
colour, sizes = "red", {"a": 1}
rows = table.assign(n=1)
def helper(x):
    return x + len(rows)
@functools.cache
def slow(x):
    return x * 2
def draw(key, theme, width):
    inner = lambda y: helper(y) + sizes["a"]
    chosen = rows.query("n == @limit")
    return inner(slow(3)), colour, chosen, key, companion.maps.EURASIA
limit = 1
"""
TABLE = pd.DataFrame({"name": ["x", "y"], "value": [1.0, None]})
PLACES = gpd.GeoDataFrame({"name": ["x"]}, geometry=[Point(1, 2)], crs=4326)


def seen(source=DRAW, table=TABLE, key="kaz"):
    names = page("table = None")
    names["table"] = table
    exec(compile(source, "cell", "exec"), names)
    return fingerprints.fingerprint(functools.partial(names["draw"], key))


def test_a_drawing_function_that_sees_the_same_has_the_same_fingerprint():
    assert seen() == seen()
    assert seen(DRAW + "\nunused = 5\n") == seen()
    assert seen("\n\n# a comment\n" + DRAW) == seen()


@pytest.mark.parametrize(
    "old, new",
    [
        ('"red"', '"blue"'),  # a value
        ('{"a": 1}', '{"a": 2}'),  # in a dictionary
        ("x + len(rows)", "x - len(rows)"),  # in a function that it calls
        ("x * 2", "x * 3"),  # in one that remembers
        ("limit = 1", "limit = 2"),  # named in a query only
        ("helper(y) + sizes", "helper(y) - sizes"),  # in a function within it
        ("slow(3)", "slow(4)"),
        ("n=1)", "n=2)"),  # in a table
        ("maps.EURASIA", "maps.CAUCASUS"),
        ("@functools.cache", "@functools.lru_cache(2)"),
    ],
)
def test_whatever_changes_for_a_drawing_function_is_seen(old, new):
    assert DRAW.count(old) == 1
    assert seen(DRAW.replace(old, new)) != seen()


@pytest.mark.parametrize(
    "table",
    [
        TABLE.assign(value=[1.0, 2.0]),
        TABLE.rename(columns={"name": "title"}),
        TABLE.iloc[::-1],
        TABLE.set_index("name"),
        TABLE.assign(value=TABLE["value"].astype(object)),
        PLACES,
        PLACES.to_crs(3857),
        PLACES.set_geometry(PLACES.translate(1)),
        PLACES.set_crs(4258, allow_override=True),
    ],
)
def test_a_table_that_changes_in_any_way_is_seen(table):
    assert fingerprints.fingerprint(table) != fingerprints.fingerprint(TABLE)
    assert table is PLACES or fingerprints.fingerprint(table) != fingerprints.fingerprint(PLACES)


def test_what_a_function_of_axes_sees_is_seen_through_its_layout():
    def laid_out(old="", new="", height=None):
        names = page("table = None")
        names["table"] = TABLE
        source = "import companion\ndef draw(ax):\n    companion.charts.bars(ax, table, 'value', 'name')\n"
        exec(compile(source.replace(old, new), "cell", "exec"), names)
        return fingerprints.fingerprint(layout.lay_out(names["draw"], height))

    assert laid_out() == laid_out()
    assert laid_out() != laid_out("bars", "dots")
    assert laid_out() != laid_out(height=2)


def test_the_state_is_seen():
    assert seen(key="kgz") != seen()


@pytest.mark.parametrize(
    "line",
    [
        "hidden = eval('colour')",
        "hidden = open('file').read()",
        "hidden = globals()['colour']",
        "hidden = rows.query('n == @' + colour)",
        "hidden = stream",
        "hidden = Page()",
    ],
)
def test_what_cannot_be_told_is_never_remembered(line):
    source = DRAW.replace("def draw(", "stream = (n for n in [1])\nclass Page: pass\ndef draw(", 1)
    source = source.replace("    chosen =", f"    {line}\n    chosen =", 1)
    with pytest.raises(fingerprints.Opaque):
        seen(source)


# -- pictures ----------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A ledger of its own, which a test may change, and a memory beside it."""
    shutil.copytree(PROJECT / "data", tmp_path / "data")
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")
    current = [ledger.Ledger(tmp_path)]
    monkeypatch.setattr(ledger, "load", lambda: current[0])
    monkeypatch.setattr(drawings, "ROOT", tmp_path)

    def change(table, column, value, **row):
        path = tmp_path / f"data/{table.replace('_', '-')}.csv"
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        chosen = rows[list(row)].eq(pd.Series(row)).all(axis=1)
        assert chosen.sum() == 1
        rows.loc[chosen, column] = value
        rows.to_csv(path, index=False, lineterminator="\n")
        current[0] = ledger.Ledger(tmp_path)

    return types.SimpleNamespace(change=change, current=current, root=tmp_path)


def drawn(book, body, memory="key"):
    """Draw a figure as a page would; say what it shows and whether it was drawn just now."""
    names, calls = page(f"def draw(theme, width):\n    {body}"), []
    names.update(ledger=book.current[0], table=book.current[0].claims.copy(), root=book.root)
    figure = figures.Figure(names["draw"], pd.DataFrame({"n": [1]}), ["x"], "svg", {})

    def make():
        calls.append(1)
        return {"shows": figure.draw(None, None)}

    shows = drawings.Memory(memory, book.root / "_build/cache").remember(figure, make)["shows"]
    return shows, bool(calls)


VALUE = 'return ledger.value("trade-russia-2024").value'


def test_a_picture_is_drawn_once(book):
    assert drawn(book, VALUE) == (45.0, True)
    assert drawn(book, VALUE) == (45.0, False)


def test_a_row_that_it_asks_for_draws_it_anew_and_another_does_not(book):
    drawn(book, VALUE)
    book.change("quantities", "value", "7", id="trade-belarus-2024-value")
    assert drawn(book, VALUE) == (45.0, False)
    book.change("quantities", "value", "46.5", id="trade-russia-2024-value")
    assert drawn(book, VALUE) == (46.5, True)
    book.change("quantities", "value", "45", id="trade-russia-2024-value")
    assert drawn(book, VALUE) == (45.0, False), "the last few answers are all remembered"


@pytest.mark.parametrize(
    "body, table, column, row",
    [
        ('return len(ledger.claims[ledger.claims["statement"] == "New."])', "claims", "statement", {"id": "trade-russia-2024"}),
        ('return int((table["statement"] == "New.").sum())', "claims", "statement", {"id": "trade-russia-2024"}),
        ('return ledger.claim("trade-russia-2024")["statement"]', "claims", "statement", {"id": "trade-russia-2024"}),
        ('name = ledger.name\n    return name("rus")', "actors", "name", {"id": "rus"}),
        ('import companion\n    return companion.wording.value(ledger, "trade-russia-2024")', "quantities", "unit", {"id": "trade-russia-2024-value"}),
    ],
)  # fmt: skip
def test_however_it_asks_a_changed_answer_is_seen(book, body, table, column, row):
    drawn(book, body)
    assert not drawn(book, body)[1]
    book.change(table, column, "EUR" if column == "unit" else "New.", **row)
    shows, anew = drawn(book, body)
    assert anew and shows == drawn(book, body, memory="another")[0]


def test_what_the_package_remembers_is_asked_for_again(book):
    first = book.current[0].conclusions["id"].iloc[0]
    claim = book.current[0].conclusion_claims.set_index("conclusion").loc[first, "claim"].iloc[0]
    body = f'import companion\n    return companion.confidence.judge(ledger, "{first}").grade'
    confidence.judge(book.current[0], first)  # now the package has it in its own caches
    assert drawn(book, body)[1] and not drawn(book, body)[1]
    book.change("conclusion_claims", "bearing", "limits", conclusion=first, claim=claim)
    assert drawn(book, body)[1]


def test_a_picture_that_changes_what_it_sees_is_not_remembered(book):
    body = 'table.loc[0, "statement"] += "!"\n    return table.loc[0, "statement"][-2:]'
    assert drawn(book, body)[1] and drawn(book, body)[1]


def test_an_answer_that_is_no_more_draws_it_anew(book):
    body = 'return ledger.has_value("trade-russia-2024") and ledger.value("trade-russia-2024").value'
    drawn(book, body)
    book.change("quantities", "claim", "trade-belarus-2024", id="trade-russia-2024-value")
    assert drawn(book, body) == (False, True)


def test_another_key_of_all_pictures_draws_them_anew(book):
    drawn(book, VALUE)
    assert drawn(book, VALUE, memory="another")[1]


@pytest.mark.parametrize("kind", ["traces", "pictures"])
def test_pictures_can_be_deleted_and_damaged(book, kind):
    drawn(book, VALUE)
    for path in (book.root / f"_build/cache/{kind}").iterdir():
        path.write_bytes(path.read_bytes().replace(b"45", b"54"))
    assert drawn(book, VALUE) == (45.0, True)
    shutil.rmtree(book.root / "_build/cache")
    assert drawn(book, VALUE) == (45.0, True)


def test_nothing_in_the_package_remembers_but_by_functools(book):
    """What a module put aside in a variable of its own, `drawings` would not know of."""

    def held():
        return {
            f"{name}.{key}": len(value)
            for name, module in sys.modules.items()
            if name.partition(".")[0] == "companion"
            for key, value in vars(module).items()
            if isinstance(value, (dict, list, set)) and not key.startswith("__")
        }

    before = held()
    assert "companion.ledger.SCALES" in before
    asked = book.current[0]
    asked.numbers(), asked.members(), asked.sources(asked.claims["id"]), confidence.table(asked)
    sources.references(asked.root), wording.value(asked, "trade-russia-2024"), dates.bounds("2025-10")
    assert held() == before
    for path in (PROJECT / "src/companion").rglob("*.py"):
        assert not re.search(r"^\s+global ", path.read_text("utf-8"), re.M), path


def test_every_picture_of_the_book_is_kept(site):
    """A figure that shows something opaque to `fingerprints` would be drawn anew after each change of a row."""
    kept = {
        json.dumps(store.Store(path.parent).get_json(path.name)["variants"], sort_keys=True)
        for path in (PROJECT / "_build/cache/pictures").iterdir()
    }
    drawn, opaque = 0, set()
    for path in (PROJECT / "_build/work/_build/jupyter_execute/book").glob(
        "*.ipynb"
    ):  # of this build, not of earlier ones
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for payload in (output.get("data", {}).get(figures.MIME) for output in cell.get("outputs", ())):
                for shown in payload.get("explorer", {}).get("states", [payload]) if payload else ():
                    drawn += 1
                    if json.dumps(shown["variants"], sort_keys=True) not in kept:
                        opaque.add(cell["metadata"]["mystnb"]["figure"]["name"])
    assert drawn > 60 and opaque == set()


# -- citations ----------------------------------------------------------------------------


def test_a_citation_is_set_once_and_again_when_its_style_or_our_code_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(citation_store.store, "store", lambda kind: store.Store(tmp_path / kind))
    asked, item = [], csl_items.book(ledger.load())
    render = engine.render
    monkeypatch.setattr(engine, "render", lambda wanted, style: asked.append(len(wanted)) or render(wanted, style))

    def entry():
        asked.clear()
        citations.made.clear(), citations.asked.clear()
        citation_store.recall()
        [found] = citations.entries([item], "apa")
        citation_store.keep()
        return found, sum(asked) > 0

    first, drawn_now = entry()
    assert drawn_now and entry() == (first, False)
    item = {**item, "version": "9.9"}
    changed, anew = entry()
    assert anew and "9.9" in changed.text
    for change in (
        lambda patch: patch.setitem(manuals.FILES, "apa", (manuals.FILES["mla"][0], "en-US")),
        lambda patch: patch.setattr(citation_store.importlib.metadata, "version", lambda name: "another"),
    ):
        with monkeypatch.context() as patch:
            change(patch)
            assert entry()[1]
    for path in (tmp_path / "citations").iterdir():
        path.write_bytes(path.read_bytes().replace(b"9.9", b"8.8"))
    assert entry() == (changed, True), "what was damaged is set anew"


def test_our_code_around_citations_is_seen(tmp_path, monkeypatch):
    before = citation_store.engine("apa")
    folder = shutil.copytree(PROJECT / "src/companion_press/citing", tmp_path / "citing")
    monkeypatch.setattr(citations, "__file__", str(folder / "citations.py"))
    assert citation_store.engine("apa") == before
    rooms = ("citations", "csl_items", "engine", "manuals", "patterns")
    for path in (*(folder / f"{room}.py" for room in rooms), folder / "styles" / manuals.FILES["apa"][0]):
        path.write_bytes(path.read_bytes() + b"\n")
        assert citation_store.engine("apa") != before
        path.write_bytes(path.read_bytes()[:-1])
