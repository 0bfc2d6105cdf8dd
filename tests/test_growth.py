"""Whoever adds to the book for years: a chapter does not know how long the ledger is, and the ledger has pages when it is long."""

import functools
import json
import os
import re
import subprocess
import sys
import threading
import types

import pytest
from bs4 import BeautifulSoup

import growth
from built_site import Quiet, Server, Visit, build_environment, copy_of_project, shorten, until
from companion import load, pages
from companion_press.evidence import ledger_page
from companion_press.extension import STORES

IDS = [f"row-{number:05d}" for number in range(20_000)]


# -- the shape -------------------------------------------------------------------------------------


def test_a_ledger_that_fits_stands_on_one_page_in_its_own_order():
    ids = IDS[: ledger_page.ROWS][::-1]
    assert ledger_page.parts(ids) == [ids]
    assert len(load().claims) + len(load().derivations) <= ledger_page.ROWS, "and this book's does: its addresses stay"


@pytest.mark.parametrize("count", [ledger_page.ROWS + 1, 3 * ledger_page.ROWS, 20_000])
def test_a_longer_one_has_pages_of_like_length_on_which_the_ids_follow_each_other(count):
    parted = ledger_page.parts(IDS[:count][::-1])
    assert [id for part in parted for id in part] == IDS[:count]
    lengths = {len(part) for part in parted}
    assert max(lengths) <= ledger_page.ROWS and max(lengths) - min(lengths) < len(parted)


def test_growth_is_what_it_says(tmp_path):
    """The generator's book is sound by every rule, and no page uses what it adds."""
    root = copy_of_project(tmp_path / "book")
    before = len(load().claims)
    assert growth.claims(root, 2) == 2 * before
    added = growth.chapters(root, 2)
    assert len(added) == len(pages.chapters(root)) / 2 and f"book/{added[0]}" in (root / "_toc.yml").read_text("utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "companion_checks"],
        cwd=root,
        env=build_environment(root),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for name in added:
        copy, first = ((root / f"book/{stem}.md").read_text("utf-8") for stem in (name, name.split(growth.MARK)[0]))
        assert copy.count("name: python3\n") == 1, "a copy runs in the kernel of the book"
        code = [[cell.code for cell in pages.cells(text)] for text in (copy, first)]
        assert len(code[0]) > 9 and code[0] == code[1], "and what it runs is what the chapter runs"
    assert not [path for path in (root / "book").glob("*.md") if growth.ADDED in path.read_text("utf-8")]


# -- a book that has grown ----------------------------------------------------------------------------


def build(root):
    """Build a book of one chapter, whose other pages may name what is not there."""
    command = [os.path.join(os.path.dirname(sys.executable), "jupyter-book"), "build", str(root), "-q"]
    done = subprocess.run(command, cwd=root, env=build_environment(root), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    return root / "_build/html"


@pytest.fixture(scope="module")
def grown(site, tmp_path_factory):
    """A book of one chapter, built with its own ledger and again with twice the claims: both sites."""
    root = copy_of_project(tmp_path_factory.mktemp("growth") / "book", kept=STORES)
    shorten(root, "institutions")
    before = {path.name: path.read_text("utf-8") for path in (build(root) / "book").glob("*.html")}
    growth.claims(root, 2)
    return types.SimpleNamespace(before=before, site=build(root), root=root)


def of_the_site(page):
    """A page without the name of the search index, which holds a hash of what it holds."""
    return re.sub(r"search-index\.[0-9a-f]+\.js", "", page)


@pytest.mark.long
def test_a_chapter_is_the_same_page_whatever_else_the_ledger_holds(grown):
    after = (grown.site / "book/institutions.html").read_text("utf-8")
    assert of_the_site(after) == of_the_site(grown.before["institutions.html"])


@pytest.mark.long
def test_every_row_stands_on_one_page_of_the_ledger_and_every_page_leads_to_the_others(grown):
    paths = [grown.site / "book" / f"{ledger_page.part_name(number)}.html" for number in range(2)]
    found = []
    for path in paths:
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        found += [row["id"] for row in page.select("ol.ledger-rows > li")]
        links = [link["href"] for link in page.select(".ledger-parts a")]
        assert links == [one.name for one in paths]
        assert len(page.select(".ledger-parts [aria-current]")) == 1 and len(page.select("h1")) == 1
    assert len(found) == len(set(found)) == 2 * len(load().claims) + len(load().derivations)
    assert not (grown.site / "book/ledger-3.html").exists()


@pytest.fixture
def opened(grown, browser):
    """Opens pages of the grown site as `visit` does those of the book."""
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(grown.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Visit(context, f"http://127.0.0.1:{server.server_port}")
    context.close()
    server.shutdown()


@pytest.mark.long
def test_an_address_on_the_first_page_leads_on_to_the_row(opened, grown):
    """Where every row once stood, and where it is cited."""
    rows = json.loads(
        BeautifulSoup((grown.site / "book/ledger.html").read_text("utf-8"), "html.parser").select_one("ol.ledger-rows")[
            "data-firsts"
        ]
    )
    far = "trade-russia-2024"
    assert far >= rows[1] > "abraham-announced"
    opened.page.goto(f"{opened.address}/book/ledger.html#{far}")
    opened.page.wait_for_url(f"**/book/ledger-2.html#{far}")
    assert opened.page.locator(f"[id='{far}']").is_visible()
    opened.page.goto(f"{opened.address}/book/ledger.html#abraham-announced")
    opened.page.wait_for_timeout(300)
    assert opened.page.url.endswith("/book/ledger.html#abraham-announced") and opened.errors == []


@pytest.mark.long
def test_a_filter_finds_rows_of_every_page(opened, grown):
    opened.page.goto(f"{opened.address}/book/ledger.html?q=abraham")
    output = opened.page.locator(".ledger-filter output")
    until(opened.page, "/ of /.test(document.querySelector('.ledger-filter output').textContent)")
    listed = opened.page.locator(".ledger-found > li a")
    assert listed.count() > 2 and output.inner_text().startswith(f"{listed.count()} of ")
    opened.page.locator(".ledger-filter [name=q]").fill("trade russia 2024")
    until(opened.page, "document.querySelector('.ledger-found a[href=\"ledger-2.html#trade-russia-2024\"]')")
    opened.page.locator(".ledger-filter [name=s]").select_option("cafiero2025")
    until(opened.page, "document.querySelectorAll('.ledger-found > li').length < 10")
    opened.page.locator(".ledger-filter [name=q]").fill("")
    opened.page.locator(".ledger-filter [name=s]").select_option("")
    until(
        opened.page,
        "document.querySelector('.ledger-found').hidden && !document.querySelector('ol.ledger-rows[data-part]').hidden",
    )
    assert opened.errors == [] and opened.foreign == []
