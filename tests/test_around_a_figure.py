"""Every reader: what stands around a figure says the same on the page, in the notebook, on paper and in the files."""

import io
import json
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from built_site import BUILD, build_environment, copy_of_project, shorten
from companion.ledger import Ledger
from companion_press.paper import epub, volume

pytestmark = pytest.mark.long  # a build of one chapter

HEADLINE = "States move between two forms of distance"
MEASURE = "Votes on four resolutions, UN General Assembly"
NOTE = "Grey states were not looked up"

#: The figure `un-votes-map`, a map whose frame shows Crimea, as it would be with a headline.
TEXTS = f"""    headline: '{HEADLINE}'
    measure: '{MEASURE}'
    caption: '{NOTE}; {{claim}}`ES-11/1 <un-es-11-1-votes>` is one of them.'
    about: 'Drawn from {{count}}`votes resolution=es-11-3 vote=against state=@five` votes. {{claim}}`From a table <un-es-11-2-uzbekistan>`.'
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A copy of the book with one whole chapter, in which a map has a headline; built."""
    root = copy_of_project(tmp_path_factory.mktemp("book") / "copy")
    shorten(root, "war")
    page = root / "book/war.md"
    old = re.compile(
        r"(    title: Votes on Ukraine in the UN General Assembly, mapped\n)    caption: .*?(?=  image:)", re.S
    )
    text, changed = old.subn(lambda found: found[1] + TEXTS, page.read_text("utf-8"))
    assert changed == 1
    page.write_text(text, "utf-8")
    citing = root / "book/citing.md"
    citing.write_text(citing.read_text("utf-8").replace("figure:corridors", "figure:un-votes"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", BUILD], cwd=root, capture_output=True, text=True, env=build_environment(root)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return root


@pytest.fixture(scope="module")
def page(book):
    return BeautifulSoup((book / "_build/html/book/war.html").read_text("utf-8"), "html.parser")


def words(tag):
    return " ".join(tag.get_text().split())


def test_headline_and_measure_stand_above_the_picture_note_and_sources_below(page):
    figure = page.select_one("figure#un-votes-map")
    order = [words(tag)[:50] for tag in figure.select("p, .figure-source")]
    assert order[0].startswith(f"Fig. 3.2 {HEADLINE}"[:50]) and order[1] == MEASURE
    assert order[2].startswith(NOTE) and order[3].startswith("Crimea is drawn in Ukraine") and "Source" in order[4]
    above = figure.select_one("picture").find_all_previous("p", limit=2)
    assert [tag["class"] for tag in above] == [["figure-measure"], ["figure-headline"]]
    assert all(image["alt"].startswith("Four small maps of votes") for image in figure.select("img"))


def test_a_screen_reader_hears_headline_and_note_first(page):
    figure = page.select_one("figure#un-votes-map")
    heard = " ".join(words(figure.find(id=part)) for part in figure["aria-labelledby"].split())
    assert heard.startswith(f"Fig. 3.2 {HEADLINE} {NOTE}") and "#" not in heard


def test_how_it_was_drawn_stands_in_the_panel_with_its_claims(page):
    panel = page.select_one("#take-un-votes-map")
    [about] = [part for part in panel.select("details") if part.summary.get_text() == "About this figure"]
    assert "Drawn from four votes" in words(about) and about.select_one("a.claim")
    assert about.select("a")[-1]["href"] == "figures.html#how-the-maps-are-drawn"
    assert page.find(id=about.select_one("a.claim")["data-card"])
    assert "Drawn from" not in words(page.select_one("figure#un-votes-map"))


def test_what_holds_for_all_maps_stands_once(book, page):
    listed = BeautifulSoup((book / "_build/html/book/figures.html").read_text("utf-8"), "html.parser")
    maps = words(listed.find(id="how-the-maps-are-drawn"))
    assert all(word in maps for word in ("Natural Earth", "68/262", "equal-area"))
    panels = page.select(".take")
    for panel in panels:
        is_map = panel.find_previous_sibling("figure").select_one("img")["src"].endswith((".png", ".webp"))
        assert (panel.select_one('a[href$="#how-the-maps-are-drawn"]') is not None) == is_map


def test_a_figure_without_a_headline_shows_as_before(page):
    figure = page.select_one("figure#un-votes")
    assert (
        not figure.select(".figure-headline, .figure-measure, .figure-place") and "aria-labelledby" not in figure.attrs
    )
    assert words(figure.figcaption).startswith("Fig. 3.1 Since the invasion")


def test_the_notebook_says_it_above_and_below_the_cell(book):
    notebook = nbformat.read(book / "_build/html/notebooks/war.ipynb", as_version=4)
    ids = [cell.id for cell in notebook.cells]
    at = ids.index("fig-un-votes-map")
    assert ids[at - 1] == "headline-un-votes-map" and ids[at + 1] == "caption-un-votes-map"
    assert notebook.cells[at - 1].source == f"**Figure 3.2. {HEADLINE}**\n\n{MEASURE}"
    below = notebook.cells[at + 1].source
    assert below.startswith(f"{NOTE}; ES-11/1") and "Crimea is drawn in Ukraine" in below
    assert "<summary>About this figure</summary>\n\nDrawn from four votes" in below


def test_files_machines_and_lists_carry_it(book, page):
    said = f"{HEADLINE}. {MEASURE}. {NOTE}; ES-11/1 is one of them."
    [script] = page.select('script[type="application/ld+json"]')
    sets = {part["@id"].partition("#")[2]: part for part in json.loads(script.string)["@graph"]}
    assert sets["un-votes-map"]["description"] == said
    site = book / "_build/html"
    with Image.open(site / "figures/un-votes-map.png") as picture:
        assert picture.text["Description"] == said
    readme = zipfile.ZipFile(io.BytesIO((site / "figures/un-votes-map.zip").read_bytes())).read(
        "un-votes-map/README.md"
    )
    assert said in readme.decode() and "How it was drawn: Drawn from four votes" in readme.decode()
    listed = BeautifulSoup((site / "book/figures.html").read_text("utf-8"), "html.parser")
    entry = next(item for item in listed.select(".thumbnails li") if "mapped" in words(item))
    assert words(entry.select_one("p")) == HEADLINE


def test_paper_has_it_around_the_picture_and_how_it_was_drawn_at_the_end(book):
    whole = volume.assemble(book / "_build/html", Ledger(book))
    [chapter] = [one for one in whole.pages if one.name == "book/war"]
    figure = chapter.article.select_one("figure#book-war--un-votes-map")
    text = words(figure)
    parts = [f"Fig. 3.2 {HEADLINE}", MEASURE, NOTE, "Crimea is drawn", "Source:", "Drawn from four votes"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    names = {name: name.replace("/", "-") for name in whole.images}
    held = BeautifulSoup(epub.document(whole, names), "html.parser").find(id="book-war--un-votes-map")
    assert held.select_one(".figure-headline p, div.figure-headline") and MEASURE in words(held)
