"""Readers: code stays out of the way until it is wanted, one cell at a time or all of it, on every page of the book."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from built_site import PROJECT
from companion import pages
from companion_press.notebooks import notebook_files
from companion_press.prose import code_cells
from narrative import cell_options

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
NOTEBOOKS = [path.stem for path in pages.notebooks(PROJECT)]
FOLDS = "details.code"


@pytest.mark.parametrize("name", ["index", *NOTEBOOKS])
def test_code_is_folded_behind_a_line_with_its_length(site, name):
    page = BeautifulSoup((site / f"book/{name}.html").read_text("utf-8"), "html.parser")
    folds = page.select(FOLDS)
    assert folds and not any(fold.has_attr("open") for fold in folds)
    for fold in folds:
        lines = fold.select_one("pre").get_text().strip().count("\n") + 1
        assert fold.summary.get_text() == f"Code, {lines} line{'s' if lines > 1 else ''}"
    cells = [cell_options(cell) for cell in pages.cells((PROJECT / f"book/{name}.md").read_text("utf-8"))]
    solved = page.select(".solution .cell_input")
    tagged = [cell for cell in cells if code_cells.OPEN in cell.get("tags", [])]
    assert len(folds) + len(solved) + len(tagged) == len(cells)


def test_code_stands_open_in_solutions_and_where_it_is_the_subject(site):
    war = BeautifulSoup((site / "book/war.html").read_text("utf-8"), "html.parser")
    assert war.select(".solution pre") and not war.select(f".solution {FOLDS}")
    reference = BeautifulSoup((site / "book/reference.html").read_text("utf-8"), "html.parser")
    assert reference.select(".cell_input pre") and not reference.select(FOLDS)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_table_on_the_way_to_a_figure_is_folded_and_one_with_a_number_stands_open(site, name):
    page = BeautifulSoup((site / f"book/{name}.html").read_text("utf-8"), "html.parser")
    tables = [table for table in page.select(".cell table") if not table.find_parent(class_=["take", "solution"])]
    numbered = [table for table in tables if table.find_parent(class_="people-table", id=True)]
    assert all(table.find_parent("details") is None for table in numbered)
    for table in tables:
        if table not in numbered:
            fold = table.find_parent("details", class_="table-fold")
            rows = len(table.select("tbody tr"))
            assert fold.summary.get_text() == f"Table, {rows} row{'' if rows == 1 else 's'}"
            assert not fold.has_attr("open")


@pytest.mark.parametrize("width", [1280, 390])
def test_below_a_figure_the_code_looks_like_what_else_is_offered_there(visit, width):
    offered = visit("book/west.html", width=width).page.locator(".take:has(details.code)").first.locator("summary")
    looks = offered.evaluate_all(
        """all => all.map((one) => {
             const look = getComputedStyle(one);
             return [look.height, look.paddingTop, look.fontSize, look.fontWeight, getComputedStyle(one.parentNode).margin];
           })"""
    )
    assert len(looks) > 3 and all(look == looks[0] for look in looks), looks


def opened(page):
    return page.evaluate(f"[...document.querySelectorAll('{FOLDS}')].map((fold) => fold.open)")


def test_a_cell_opens_by_itself_with_and_without_scripts(visit):
    for scripts in (True, False):
        page = visit("book/war.html", scripts=scripts).page
        fold = page.locator(f".cell > {FOLDS}").first
        assert not fold.locator("pre").is_visible()
        fold.locator("summary").press("Enter")
        assert fold.locator("pre").is_visible()
        assert page.locator(f"{FOLDS}[open]").count() == 1
        if not scripts:
            assert not page.locator(".code-button").is_visible(), "a switch that does nothing is not shown"


@pytest.mark.parametrize("width", [390, 1280])
def test_one_switch_opens_all_code_of_the_book_and_the_device_remembers(visit, width):
    seen = visit("book/war.html", width=width)
    page = seen.page
    switch = page.get_by_role("button", name="Show all code")
    assert switch.get_attribute("aria-pressed") == "false" and not any(opened(page))
    switch.click()
    assert switch.get_attribute("aria-pressed") == "true" and all(opened(page))
    page = seen.open("book/west.html")
    assert all(opened(page)), "the choice holds for the whole book"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Show all code").click()
    assert not any(opened(page))
    assert not any(opened(seen.open("book/war.html"))) and seen.errors == [] and seen.foreign == []


def test_a_page_without_code_has_no_switch(visit):
    assert not visit("book/glossary.html").page.locator(".code-button").is_visible()


def test_print_shows_no_folded_code_whatever_the_switch_says(visit):
    page = visit("book/war.html").page
    page.get_by_role("button", name="Show all code").click()
    page.emulate_media(media="print")
    assert page.locator(FOLDS).count() > 4 and not any(one.is_visible() for one in page.locator(FOLDS).all())
    assert page.locator(".solution pre").first.is_visible(), "the code of a solution is printed"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_long_cells_of_a_notebook_are_folded_away(site, name):
    """JupyterLab and VS Code read ``source_hidden``."""
    notebook = nbformat.read(site / f"notebooks/{name}.ipynb", as_version=4)
    solution = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            solution = bool(re.match("#### Solution", cell.source)) or (solution and not cell.source.startswith("#"))
            continue
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        long = cell.source.count("\n") + 1 > notebook_files.LONGEST_SHOWN
        assert hidden == (long and not solution), cell.source[:80]
