"""Students: a cell is short, fits a line of the screen, and gives the same when it is run again after the rest of the page."""

import ast
import re

import pytest

from built_site import PROJECT
from companion import pages

#: Lines of code in a cell, in a figure's data and drawing together, and characters in a line.
CELL_LINES, FIGURE_LINES, WIDTH = 25, 40, 100

#: What serves a whole page and no one figure.
SERVES = re.compile(r"import |from \w+ import |ledger = companion\.load\(\)$")

PAGES = {path.stem: path.read_text("utf-8") for path in pages.notebooks(PROJECT) if path.parent.name == "book"}
PAGES["index"] = (PROJECT / "book/index.md").read_text("utf-8")


def lines(code):
    """The lines of code: without empty ones, and without those that only comment."""
    return [line for line in code.splitlines() if line.strip() and not line.strip().startswith("#")]


def figures_of(page):
    """For each figure of a page its name, and the code of its cell and of the cells right before it."""
    end, codes = 0, []
    for cell in pages.cells(page):
        if page[end : cell.start].strip():
            codes = []  # there is prose between the cells
        end = cell.end
        codes.append(cell.code)
        if "\n  figure:" in cell.options:
            yield re.search(r"^    name: (\S+)", cell.options, re.M)[1], codes
            codes = []


@pytest.mark.parametrize("name", PAGES)
def test_a_cell_is_short_enough_to_be_read_and_changed(name):
    for cell in pages.cells(PAGES[name]):
        assert len(lines(cell.code)) <= CELL_LINES, f"{len(lines(cell.code))} lines: {cell.code[:80]}"
        long = [line for line in cell.code.splitlines() if len(line) > WIDTH]
        assert not long, f"more than {WIDTH} characters: {long[0]}"


@pytest.mark.parametrize("name", PAGES)
def test_data_and_drawing_of_a_figure_fit_a_screen_together(name):
    for figure, codes in figures_of(PAGES[name]):
        count = sum(not SERVES.match(line) for code in codes for line in lines(code))
        assert count <= FIGURE_LINES, f"{figure}: {count} lines"


def stored(tree):
    """The names that a piece of code gives to something, functions among them; not those within functions."""
    inner = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
        for name in ast.walk(node)
        if name is not node
    }
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and id(node) not in inner}
    return names | {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inner
    }


def loaded(tree):
    """The names that a piece of code reads from its page: not those that a function or a comprehension makes itself."""
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    # What pandas reads in a query stands in a text.
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return (names | {found for text in texts for found in re.findall(r"@(\w+)", text)}) - own


def clashes(codes):
    """For each cell the names that it reads from an earlier cell and that it or a later cell overwrites.

    Who runs such a cell again, after those below, gets another result than the page shows. What a function reads
    counts for each cell that calls it, also through another function. The functions of an explorer run as long as the
    page is open, so what they read must not be overwritten below, whichever cell made it.
    """
    trees = [ast.parse(code) for code in codes]
    found, before, reads_of = [], set(), {}
    for place, tree in enumerate(trees):
        reads_of |= {node.name: loaded(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
        reads, made = set(), set()
        for statement in tree.body:
            is_function = isinstance(statement, ast.FunctionDef)
            reads |= set() if is_function else loaded(statement) - made
            made |= stored(statement)
        called = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | reads & set(reads_of)
        waiting = set(called)
        while waiting:
            function = waiting.pop()
            reads |= reads_of[function] - made
            more = (reads_of[function] & set(reads_of)) - called
            called |= more
            waiting |= more
        later = set().union(*map(stored, trees[place:]))
        wrong = reads & before & later
        if "companion.explorer(" in codes[place]:
            inner = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
            read = set().union(*map(loaded, inner), *(reads_of[function] for function in called))
            wrong |= read & set().union(*map(stored, trees[place + 1 :]))
        found += [(place, name) for name in sorted(wrong)]
        before |= made
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_cell_can_be_run_again_after_those_below_it(name):
    codes = [cell.code for cell in pages.cells(PAGES[name])]
    assert not [f"{name}, cell {place + 1}: {codes[place][:60]!r} reads {one}" for place, one in clashes(codes)]


def test_a_name_that_is_overwritten_between_is_found():
    assert clashes(["a = 1", "b = a", "a = 2"]) == [(1, "a")]
    assert clashes(["a = 1", "a = a + 1"]) == [(1, "a")]
    assert clashes(["a = 1", "def f():\n    return a\nf()", "a = 2"]) == [(1, "a")]
    assert clashes(["a = 1", "def f():\n    return a", "f()", "a = 2"]) == [(1, "a"), (2, "a")]
    assert clashes(["a = 1", "t.query('x in @a')", "a = 2"]) == [(1, "a")]
    assert clashes(["a = 1\ncompanion.explorer(lambda: a)", "a = 2"]) == [(0, "a")]
    assert clashes(["a = 1\nb = a", "a = 2\nc = a", "def f(a):\n    return [a for a in b]\nf(3)"]) == []
