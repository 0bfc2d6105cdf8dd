"""Every reader: what stands around a figure or a table says the same on the page, in the notebook, on paper and in the files."""

import io
import json
import subprocess
import sys
import zipfile

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from built_site import BUILD, build_environment, copy_of_project, shorten
from companion.ledger import Ledger
from companion_press.extension import STORES
from companion_press.paper import epub, volume

pytestmark = pytest.mark.long  # a build

HEADLINE = "States move between two forms of distance"
MEASURE = "Votes on four resolutions, UN General Assembly"
NOTE = "Grey states were not looked up"

#: In front of the first section: a map whose frame shows Crimea, a figure without a headline, a table.
CELLS = f"""```{{code-cell}} python
---
mystnb:
  figure:
    name: trial-map
    title: A map for a trial
    headline: '{HEADLINE}'
    measure: '{MEASURE}'
    caption: '{NOTE}; {{claim}}`ES-11/1 <un-es-11-1-votes>` is one of them.'
    about: 'Drawn from {{count}}`votes resolution=es-11-3 vote=against state=@five` votes. {{claim}}`From a table <un-es-11-2-uzbekistan>`.'
  image:
    alt: Land and water from the Black Sea to the Chinese border.
---
def draw(theme, width):
    fig, ax = companion.charts.figure(width, wide=3, narrow=2)
    companion.maps.base(ax, theme, "eurasia")
    return fig

companion.figure(draw, ledger.votes[["state", "vote", "claim"]].head(3), picture="png",
                 columns={{"state": "The state.", "vote": "Its vote."}})
```

```{{code-cell}} python
---
mystnb:
  figure:
    name: trial-plain
    title: A figure for a trial
    caption: A caption as it used to be.
  image:
    alt: One bar.
---
def draw(theme, width):
    fig, ax = companion.charts.figure(width, wide=2, narrow=2)
    ax.bar(["one"], [1])
    return fig

companion.figure(draw, ledger.votes[["state", "vote", "claim"]].head(3),
                 columns={{"state": "The state.", "vote": "Its vote."}})
```

```{{code-cell}} python
---
mystnb:
  table:
    name: trial-table
    title: People of two states
    caption: "How many people live there: {{claim}}`population-kaz-2024` in Kazakhstan"
    about: Counted by nobody in this book.
---
people = ledger.numbers(claim=["population-kaz-2024", "population-kgz-2024"])
companion.table(people, {{"subject": "State", "amount": "People", "claim": "Source"}})
```

See {{numref}}`trial-table`.

"""


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    """A book of one chapter with a map, a figure and a table more; built, with what an earlier build has kept."""
    root = copy_of_project(tmp_path_factory.mktemp("book") / "copy", kept=STORES)
    shorten(root, "war")
    chapter = root / "book/war.md"
    text = chapter.read_text("utf-8")
    first = text.index("\n## ", text.index("ledger = companion.load()")) + 1
    chapter.write_text(text[:first] + CELLS + text[first:], "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", BUILD], cwd=root, capture_output=True, text=True, env=build_environment(root)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return root


@pytest.fixture(scope="module")
def page(book):
    return BeautifulSoup((book / "_build/html/book/war.html").read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def number(page):
    """The number of the map in this chapter, which has figures of its own."""
    return words(page.select_one("figure#trial-map .caption-number")).removeprefix("Fig. ")


def words(tag):
    return " ".join(tag.get_text().split())


def test_headline_and_measure_stand_above_the_picture_note_and_sources_below(page, number):
    figure = page.select_one("figure#trial-map")
    order = [words(tag)[:50] for tag in figure.select("p, .figure-source")]
    assert order[0].startswith(f"Fig. {number} {HEADLINE}"[:50]) and order[1] == MEASURE
    assert order[2].startswith(NOTE) and order[3].startswith("Crimea is drawn in Ukraine") and "Source" in order[4]
    above = figure.select_one("picture").find_all_previous("p", limit=2)
    assert [tag["class"] for tag in above] == [["figure-measure"], ["figure-headline"]]
    assert all(image["alt"].startswith("Land and water") for image in figure.select("img"))


def test_a_screen_reader_hears_headline_and_note_first(page, number):
    figure = page.select_one("figure#trial-map")
    heard = " ".join(words(figure.find(id=part)) for part in figure["aria-labelledby"].split())
    assert heard.startswith(f"Fig. {number} {HEADLINE} {NOTE}") and "#" not in heard


def test_how_it_was_drawn_stands_in_the_panel_with_its_claims(page):
    panel = page.select_one("#take-trial-map")
    [about] = [part for part in panel.select("details") if part.summary.get_text() == "About this figure"]
    assert "Drawn from four votes" in words(about) and about.select_one("a.claim")
    assert about.select("a")[-1]["href"] == "figures.html#how-the-maps-are-drawn"
    assert page.find(id=about.select_one("a.claim")["data-card"])
    assert "Drawn from" not in words(page.select_one("figure#trial-map"))


def test_what_holds_for_all_maps_stands_once(book, page):
    listed = BeautifulSoup((book / "_build/html/book/figures.html").read_text("utf-8"), "html.parser")
    maps = words(listed.find(id="how-the-maps-are-drawn"))
    assert all(word in maps for word in ("Natural Earth", "68/262", "equal-area"))
    for figure in page.select("figure.companion-figure"):
        panel, is_map = page.find(id=f"take-{figure['id']}"), figure.img["src"].endswith((".png", ".webp"))
        assert (panel.select_one('a[href$="#how-the-maps-are-drawn"]') is not None) == is_map


def test_a_figure_without_a_headline_shows_as_before(page):
    figure = page.select_one("figure#trial-plain")
    assert (
        not figure.select(".figure-headline, .figure-measure, .figure-place") and "aria-labelledby" not in figure.attrs
    )
    assert words(figure.figcaption).startswith("Fig. ")
    assert "A caption as it used to be." in words(figure.figcaption)


def test_the_notebook_says_it_above_and_below_the_cell(book, number):
    notebook = nbformat.read(book / "_build/html/notebooks/war.ipynb", as_version=4)
    ids = [cell.id for cell in notebook.cells]
    at = ids.index("fig-trial-map")
    assert ids[at - 1] == "headline-trial-map" and ids[at + 1] == "caption-trial-map"
    assert notebook.cells[at - 1].source == f"**Figure {number}. {HEADLINE}**\n\n{MEASURE}"
    below = notebook.cells[at + 1].source
    assert below.startswith(f"{NOTE}; ES-11/1") and "Crimea is drawn in Ukraine" in below
    assert "<summary>About this figure</summary>\n\nDrawn from four votes" in below


def test_files_machines_and_lists_carry_it(book, page):
    said = f"{HEADLINE}. {MEASURE}. {NOTE}; ES-11/1 is one of them."
    [script] = page.select('script[type="application/ld+json"]')
    sets = {part["@id"].partition("#")[2]: part for part in json.loads(script.string)["@graph"]}
    assert sets["trial-map"]["description"] == said
    site = book / "_build/html"
    with Image.open(site / "figures/trial-map.png") as picture:
        assert picture.text["Description"] == said
    readme = zipfile.ZipFile(io.BytesIO((site / "figures/trial-map.zip").read_bytes())).read("trial-map/README.md")
    assert said in readme.decode() and "How it was drawn: Drawn from four votes" in readme.decode()
    listed = BeautifulSoup((site / "book/figures.html").read_text("utf-8"), "html.parser")
    entry = next(item for item in listed.select(".thumbnails li") if "A map for a trial" in words(item))
    assert words(entry.select_one("p")) == HEADLINE


def test_paper_has_it_around_the_picture_and_how_it_was_drawn_at_the_end(book, number):
    whole = volume.assemble(book / "_build/html", Ledger(book))
    [chapter] = [one for one in whole.pages if one.name == "book/war"]
    figure = chapter.article.select_one("figure#book-war--trial-map")
    text = words(figure)
    parts = [f"Fig. {number} {HEADLINE}", MEASURE, NOTE, "Crimea is drawn", "Source:", "Drawn from four votes"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    names = {name: name.replace("/", "-") for name in whole.images}
    held = BeautifulSoup(epub.document(whole, names), "html.parser").find(id="book-war--trial-map")
    assert held.select_one(".figure-headline p, div.figure-headline") and MEASURE in words(held)


def test_a_table_has_a_number_a_caption_sources_and_a_panel(page):
    table = page.select_one(".people-table#trial-table")
    assert words(table.select_one(".table-caption")).startswith(
        "Table 3.1 How many people live there: "
    ) and table.select_one(".table-caption").select_one("a.claim")
    assert [words(cell) for cell in table.select("thead th")] == ["State", "People", "Source"]
    assert words(table.select_one("tbody th")) == "Kazakhstan" and "style" not in table.select_one("td").attrs
    assert words(table.select_one(".figure-source")).startswith("Source: ")
    parts = [words(part) for part in page.select("#take-trial-table summary")]
    assert parts == ["Cite", "Data", "Sources", "About this table", "Code, 2 lines"]
    assert "Table 3.1 in “" in words(page.select_one("#take-trial-table .citations"))
    reference = next(
        link for link in page.select('a[href="#trial-table"]') if "headerlink" not in link.get("class", [])
    )
    assert words(reference) == "Table 3.1"
    maps, plain = (page.select_one(f"figure#trial-{one} .caption-number") for one in ("map", "plain"))
    assert float(words(plain)[5:]) - float(words(maps)[5:]) == pytest.approx(0.1), "figures are counted apart"


def test_a_table_can_be_taken_away_and_found(book, page):
    site = book / "_build/html"
    header = (site / "figures/trial-table.csv").read_text("utf-8-sig").splitlines()[0]
    assert header == "subject,subject_name,amount,claim,claim_statement"
    inside = zipfile.ZipFile(io.BytesIO((site / "figures/trial-table.zip").read_bytes()))
    assert "# People of two states" in inside.read("trial-table/README.md").decode()
    assert not list(site.glob("figures/trial-table*.png"))
    [script] = page.select('script[type="application/ld+json"]')
    [described] = [part for part in json.loads(script.string)["@graph"] if part["@id"].endswith("#trial-table")]
    assert described["@type"] == "Dataset" and "image" not in described
    listed = BeautifulSoup((site / "book/figures.html").read_text("utf-8"), "html.parser")
    assert "Table 3.1 People of two states" in words(listed.select_one(".listed-tables"))
    [index] = site.glob("_static/search-index.*.js")
    assert "Table 3.1: People of two states" in index.read_text("utf-8")


def test_the_notebook_has_the_tables_caption_above_its_cell(book):
    notebook = nbformat.read(book / "_build/html/notebooks/war.ipynb", as_version=4)
    cells = {cell.id: cell.source for cell in notebook.cells}
    ids = list(cells)
    assert ids[ids.index("table-trial-table") - 1] == "headline-trial-table"
    assert cells["headline-trial-table"].startswith("**Table 3.1.** How many people live there: ")
    below = cells["caption-trial-table"]
    assert below.startswith("*Source:* ") and "*Cite:* " in below and "About this table" in below


def test_paper_has_the_table_with_its_number(book):
    whole = volume.assemble(book / "_build/html", Ledger(book))
    [chapter] = [one for one in whole.pages if one.name == "book/war"]
    table = chapter.article.select_one("#book-war--trial-table")
    assert words(table.select_one(".table-caption")).startswith(
        "Table 3.1"
    ) and "Counted by nobody in this book." in words(table)
