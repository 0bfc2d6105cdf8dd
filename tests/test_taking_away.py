"""The student who cites: under each figure is everything to cite it and to take it away, and every file opens."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from urllib.parse import quote, unquote, urljoin, urlsplit

import html5lib
import matplotlib.pyplot
import openpyxl
import pandas as pd
import pypdf
import pytest
from PIL import Image

import companion
from built_site import PROJECT, until
from companion import load, pages
from companion_press.citing import csl_items, exports, manuals
from companion_press.figures import packages
from test_figures import run

CHAPTERS = ["index", *(path.stem for path in pages.chapters(PROJECT))]
#: Every page with figures: those of the evidence too, which are cited figure by figure.
DRAWN = ["index", *(path.stem for path in pages.notebooks(PROJECT))]


def parsed(path):
    return html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)


def all_panels(site, chapter):
    """The panels of a page by the names of its figures and tables."""
    return {
        element.get("id").removeprefix("take-"): element
        for element in parsed(site / f"book/{chapter}.html").iter("div")
        if "take" in (element.get("class") or "").split() and element.get("id") not in ("take-chapter", "take-page")
    }


def panels(site, chapter):
    """Those of figures: a table has no picture (see test_around_a_figure)."""
    drawn = {figure.get("id") for figure in parsed(site / f"book/{chapter}.html").iter("figure")}
    return {name: panel for name, panel in all_panels(site, chapter).items() if name in drawn}


def drawn(chapter):
    return run(chapter)


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request):
    return request.param


@pytest.mark.parametrize("path", pages.sources(PROJECT), ids=lambda path: path.stem)
def test_every_page_can_be_cited_as_a_part_of_the_book(site, path):
    """Cards, evidence and help like the chapters: in the browser, on the page, and as files."""
    page = parsed(site / f"{pages.docname(path, PROJECT)}.html")
    offered = [span.get("title") for span in page.iter("span") if span.get("class") == "Z3988"]
    title = pages.title(path)
    if path.stem in ("index", "README"):  # the book itself, and its data
        assert offered
        return
    assert (
        f"rft.atitle={quote(title.replace('+', '＋'), safe='')}&" in offered[0] and "rft.genre=bookitem" in offered[0]
    )
    tags = {meta.get("name"): meta.get("content") for meta in page.iter("meta") if meta.get("name")}
    assert tags["citation_title"] == title and tags["citation_inbook_title"] == csl_items.work(PROJECT)["title"]
    (panel,) = (element for element in page.iter("div") if element.get("id") in ("take-chapter", "take-page"))
    assert len([term for term in panel.iter("dt")]) == len(manuals.STYLES) + 1
    linked = [link.get("href") for link in panel.iter("a") if link.get("href", "").startswith("../cite/")]
    for ending in exports.FILES:
        assert f"../cite/{path.stem}.{ending}" in linked
        assert f"companion2026-{path.stem}" in (site / f"cite/{path.stem}.{ending}").read_text("utf-8")


@pytest.mark.parametrize("chapter", DRAWN)
def test_every_figure_has_its_panel(site, chapter):
    figures = [
        f.get("id")
        for f in parsed(site / f"book/{chapter}.html").iter("figure")
        if "companion-figure" in f.get("class", "")
    ]
    assert figures and figures == list(panels(site, chapter))


@pytest.mark.parametrize("chapter", DRAWN)
def test_each_part_of_a_panel_opens_what_its_name_says_the_code_that_draws_included(site, chapter):
    for name, panel in panels(site, chapter).items():
        parts = {"".join(part.find("summary").itertext()): part.find("div") for part in panel.iter("details")}
        *others, folded = parts
        assert [part for part in others if part != "About this figure"] == ["Cite", "Image", "Data", "Sources"]
        assert re.fullmatch(r"Code, \d+ lines", folded), folded
        assert all("".join(part.itertext()).strip() for part in parts.values()), name
        code = "".join("".join(block.itertext()) for block in parts[folded].iter("pre"))
        assert re.search(r"companion\.(figure|explorer)\(", code), name


@pytest.mark.parametrize("chapter", DRAWN)
def test_every_link_under_a_figure_leads_to_something(site, chapter):
    page = site / f"book/{chapter}.html"
    anchors = {}
    for name, panel in panels(site, chapter).items():
        links = [a.get("href") for a in panel.iter("a") if not a.get("href").startswith("http")]
        assert len(links) > 10, name
        for link in links:
            path, _, anchor = link.partition("#")
            target = (page.parent / unquote(path)).resolve()
            assert target.is_file(), f"{name}: {link}"
            if anchor:
                if target not in anchors:
                    anchors[target] = {e.get("id") for e in parsed(target).iter() if e.get("id")}
                assert unquote(anchor) in anchors[target], f"{name}: {link}"


def test_pictures_open_and_say_whose_they_are(site, chapter):
    for name in panels(site, chapter):
        picture = Image.open(site / f"figures/{name}.png")
        picture.load()
        assert picture.width >= 2200 and round(picture.info["dpi"][0]) == 300, name
        slide = Image.open(site / f"figures/{name}-slide.png")
        slide.load()
        assert slide.size == (1920, 1080)
        for image in (picture, slide):
            assert image.text["Title"] and "CC BY 4.0" in image.text["Copyright"] and image.text["Source"]
            ElementTree.fromstring(image.text["XML:com.adobe.xmp"].split("?>", 1)[1].rsplit("<?", 1)[0])
        svg = ElementTree.parse(site / f"figures/{name}.svg").getroot()
        assert (
            svg.tag == "{http://www.w3.org/2000/svg}svg" and len(list(svg.iter("{http://www.w3.org/2000/svg}path"))) > 5
        )
        assert svg.find("{http://www.w3.org/2000/svg}title").text == picture.text["Title"]
        rights = svg.find(".//{http://purl.org/dc/elements/1.1/}rights")
        assert "CC BY 4.0" in "".join(rights.itertext())
        pdf = pypdf.PdfReader(site / f"figures/{name}.pdf")
        assert len(pdf.pages) == 1 and pdf.metadata.title == picture.text["Title"]
        assert pdf.xmp_metadata.dc_title["x-default"] == picture.text["Title"]


def test_a_picture_of_an_explorer_says_which_state_it_shows(site, chapter):
    explorers = [
        f.get("id")
        for f in parsed(site / f"book/{chapter}.html").iter("figure")
        if any(d.get("class") == "explorer" for d in f.iter("div"))
    ]
    for name in explorers:
        figure = drawn(chapter)[name]
        first = figure.at(figure.start)
        said = Image.open(site / f"figures/{name}.png").text["Description"]
        assert said.startswith(f"{first.label}. {first.finding}"), name
        taller = ElementTree.parse(site / f"figures/{name}.svg").getroot().get("height")
        with_plt = figure.draw(companion.style.LIGHT, "wide")
        assert float(taller.removesuffix("pt")) / 72 == pytest.approx(
            with_plt.get_figheight() + companion.figures.HEAD, abs=0.02
        )
        matplotlib.pyplot.close(with_plt)
        pictures = "".join(panels(site, chapter)[name].itertext())
        assert "These files show the state with which the figure starts" in pictures
        assert all(figure.states[key] in pictures for key in figure.page)


def test_the_data_are_those_that_are_drawn(site, chapter):
    figures = drawn(chapter)
    for name in panels(site, chapter):
        content = (site / f"figures/{name}.csv").read_bytes()
        taken = pd.read_csv(io.BytesIO(content))
        expected = pd.read_csv(io.StringIO(figures[name].data.to_csv(index=False)))
        # Beside them stand names and statements; computed numbers are rounded (test_the_data_elsewhere).
        shown = taken[list(expected.columns)]
        pd.testing.assert_frame_equal(shown, expected, check_dtype=False, rtol=5e-4)
        with zipfile.ZipFile(site / f"figures/{name}.zip") as archive:
            assert archive.testzip() is None
            assert archive.read(f"{name}/{name}.csv") == content
            readme = archive.read(f"{name}/README.md").decode()
            assert all(f"`{column}`" in readme for column in taken.columns)
            assert f"version {companion.__version__}" in readme and "CC BY 4.0" in readme and "## Sources" in readme
            assert not re.search(r"</?\w+[ >]", readme), "marks of the citation records are not for readers"
            book = openpyxl.load_workbook(io.BytesIO(archive.read(f"{name}/{name}.xlsx")))
            about = dict(book["about"].iter_rows(values_only=True, max_col=2))
            assert about["book"] == "Russia and Central Asia after 2022: An executable research companion"
            rows = list(book["data"].iter_rows(values_only=True))
            assert list(rows[0]) == list(taken.columns) and len(rows) == len(taken) + 1
            for row, (_, values) in zip(rows[1:], taken.iterrows()):
                for cell, value in zip(row, values):
                    assert (cell is None) == pd.isna(value)
                    if cell is not None:
                        assert cell == pytest.approx(value) if type(value) in (int, float) else str(cell) == str(value)
            claims = list(csv.DictReader(io.StringIO(archive.read(f"{name}/claims.csv").decode("utf-8-sig"))))
            ledger = load()
            assert [c["claim"] for c in claims] == list(
                dict.fromkeys(c for i in figures[name].claims for c in ledger.inputs(i))
            )


def test_a_cell_that_a_spreadsheet_would_run_stays_text():
    poisoned = [["name", "note"], ["=1+1", "@SUM(A1)"], ["+7 495", "-2"], ["plain", "http://example.org"]]
    book = openpyxl.load_workbook(io.BytesIO(packages.workbook({"data": poisoned}, "Test")))
    for row, wanted in zip(book["data"].iter_rows(), poisoned):
        for cell, text in zip(row, wanted):
            assert cell.data_type == "s" and cell.value == text and cell.hyperlink is None
            assert cell.quotePrefix == (text[0] in "=+-@"), text


def test_every_column_says_what_it_holds(site, chapter):
    for name, panel in panels(site, chapter).items():
        columns = next(csv.reader((site / f"figures/{name}.csv").open(encoding="utf-8-sig")))
        described = [dt for dl in panel.iter("dl") if dl.get("class") == "take-columns" for dt in dl.iter("dt")]
        assert ["".join(dt.itertext()) for dt in described] == columns


def test_a_column_without_a_meaning_stops_the_figure():
    from companion import figure

    data = pd.DataFrame({"claim": ["trade-russia-2024"], "mystery": [1]})
    with pytest.raises(ValueError, match="mystery"):
        figure(lambda theme, width: None, data)
    with pytest.raises(ValueError, match="absent"):
        figure(lambda theme, width: None, data, columns={"mystery": "A number.", "absent": "Nothing."})


# -- what machines read ------------------------------------------------------------------


def as_zotero(context):
    """Read a ContextObject as Zotero does (zotero/utilities, openurl.js): a plus is a space, however it is written."""
    found = {}
    for pair in context.split("&"):
        key, value = pair.split("=")[:2]
        found.setdefault(key, []).append(unquote(re.sub(r"\+|%2[bB]", " ", value), errors="strict"))
    return found


def test_zotero_can_pick_the_chapter_or_any_of_its_figures(site, chapter):
    tree = parsed(site / f"book/{chapter}.html")
    spans = [as_zotero(s.get("title")) for s in tree.iter("span") if s.get("class") == "Z3988"]
    assert len(spans) == len(all_panels(site, chapter)) + 1
    for found in spans:
        assert found["rft.aucorp"] == ["The Central Asia Companion contributors"], (
            "an item with no creator starts a look-up"
        )
    titles = [s.get("rft.atitle", s["rft.btitle"])[0] for s in spans]
    assert len(set(titles)) == len(titles)
    if chapter != "index":
        assert titles[0] == pages.title(PROJECT / f"book/{chapter}.md")
        assert all(s["rft.genre"] == ["bookitem"] for s in spans)


def test_a_plus_survives_in_a_reference_manager():
    import unicodedata

    from companion_press.citing import coins

    item = {
        "id": "x",
        "type": "chapter",
        "title": "C5+1 = 50% of a & b?",
        "container-title": "B",
        "author": [{"literal": "A"}],
    }
    found = as_zotero(coins.title(item))["rft.atitle"][0]
    assert unicodedata.normalize("NFKC", found) == "C5+1 = 50% of a & b?"
    assert " 1" not in found


def test_a_chapter_is_a_part_of_a_book_for_every_reader_of_tags(site, chapter):
    tags = {
        m.get("name"): m.get("content") for m in parsed(site / f"book/{chapter}.html").iter("meta") if m.get("name")
    }
    if chapter == "index":
        assert "citation_title" not in tags, "a title alone is taken for a journal article"
        return
    assert tags["citation_title"] == pages.title(PROJECT / f"book/{chapter}.md")
    assert tags["citation_inbook_title"].startswith("Russia and Central Asia after 2022")
    assert tags["citation_author"] == "The Central Asia Companion contributors"


@pytest.mark.parametrize("chapter", DRAWN)
def test_linked_data_describe_the_book_its_chapters_and_their_data(site, chapter):
    import rdflib

    page = f"book/{chapter}.html"
    scripts = [s.text for s in parsed(site / page).iter("script") if s.get("type") == "application/ld+json"]
    assert len(scripts) == 1
    document = json.loads(scripts[0])
    assert document["@context"] == "https://schema.org"
    # The vocabulary's own context would have to be fetched: name the vocabulary instead.
    document["@context"] = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "contentUrl": {"@type": "@id"}}
    base = "https://example.org/" + page
    graph = rdflib.Graph().parse(data=json.dumps(document), format="json-ld", base=base)
    schema = rdflib.Namespace("https://schema.org/")
    assert len(list(graph.subjects(rdflib.RDF.type, schema.Book))) == 1
    sets = list(graph.subjects(rdflib.RDF.type, schema.Dataset))
    assert len(sets) == len(all_panels(site, chapter))
    for dataset in sets:
        drawn_years = years_of(site / f"figures/{urlsplit(str(dataset)).fragment}.csv")
        covered = str(graph.value(dataset, schema.temporalCoverage) or "").split("/")
        assert not drawn_years or (covered[0] <= min(drawn_years) and max(drawn_years) <= covered[-1]), dataset
        assert len(str(graph.value(dataset, schema.description))) >= 50
        assert graph.value(dataset, schema.license) and graph.value(dataset, schema.spatialCoverage)
        assert list(graph.objects(dataset, schema.isBasedOn))
        for distribution in graph.objects(dataset, schema.distribution):
            target = urlsplit(str(graph.value(distribution, schema.contentUrl))).path
            assert (site / target.lstrip("/")).is_file()


def years_of(table):
    """The years in the columns of a figure's table that hold dates."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        cells = [
            row[column]
            for row in csv.DictReader(file)
            for column in ("date", "since", "period", "year")
            if column in row
        ]
    return [year for cell in cells for year in re.findall(r"\b(?:18|19|20)\d\d", cell)]


def test_a_page_shared_elsewhere_brings_a_title_and_a_picture(site, chapter):
    page = site / f"book/{chapter}.html"
    tags = {m.get("property"): m.get("content") for m in parsed(page).iter("meta") if m.get("property")}
    assert (
        tags["og:title"] and tags["og:description"] and tags["og:type"] == ("book" if chapter == "index" else "article")
    )
    assert (site / urljoin(f"book/{chapter}.html", tags["og:image"])).is_file()


def test_with_no_address_set_nothing_invents_one(site, chapter):
    text = (site / f"book/{chapter}.html").read_text("utf-8")
    assert "canonical" not in text and 'property="og:url"' not in text
    for name in panels(site, chapter):
        for ending in exports.FILES:
            assert "http" not in (site / f"figures/{name}.{ending}").read_text("utf-8").replace(
                "https://creativecommons.org", ""
            )


# -- claims ------------------------------------------------------------------------------


def test_every_claim_has_a_page_that_cites_its_source_first(site):
    ledger = load()
    for id in [*ledger.claims["id"], *ledger.derivations["id"]]:
        assert (site / f"claims/{id}.html").is_file(), id
    tree = parsed(site / "claims/trade-russia-2024.html")
    headings = ["".join(h.itertext()) for h in tree.iter("h2")]
    assert headings == ["Cite the source", "Cite it as read in this book"]
    citations = ["".join(s.itertext()) for s in tree.iter("span") if s.get("class") == "citation"]
    assert all("Cafiero" in c for c in citations[:10]), "in the text and in the list, in five styles"
    assert "The Central Asia Companion contributors" in citations[10]
    spans = [as_zotero(s.get("title")) for s in tree.iter("span") if s.get("class") == "Z3988"]
    assert len(spans) == 2


def test_a_card_leads_to_the_original_with_at_most_five_words(site):
    ledger = load()
    tree = parsed(site / "book/institutions.html")
    fragments = [a.get("href").split(":~:text=")[1] for a in tree.iter("a") if ":~:text=" in a.get("href", "")]
    assert fragments
    for fragment in fragments:
        assert "-" not in fragment and "," not in fragment, "they have a meaning of their own in a text directive"
        assert unquote(fragment) in set(ledger.claims["words"]) and len(unquote(fragment).split()) <= 5


def test_a_claim_of_a_recording_leads_to_its_place(site):
    page = (site / "claims/karabakh-peacekeepers.html").read_text("utf-8")
    assert 'href="https://www.youtube.com/watch?v=dAMup8QrnuA&amp;t=624s"' in page  # 00:10:24
    text = (site / "claims/trade-russia-2024.html").read_text("utf-8")
    assert "Watch the recording" not in text


def test_chicago_has_a_footnote_and_an_entry_for_what_is_the_books_own(site, chapter):
    for name, panel in panels(site, chapter).items():
        lines = {
            "".join(d.find("dt").itertext()): "".join(d.find("dd/span").itertext())
            for d in panel.iter("div")
            if d.find("dt") is not None and d.find("dd/span") is not None
        }
        note, entry = (lines[f"Chicago 18, notes and bibliography: {part}"] for part in ("footnote", "list of sources"))
        assert note.startswith("The Central Asia Companion contributors, “") and entry.startswith(
            "The Central Asia Companion contributors. “"
        ), name


# -- in a browser ------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_panel_opens_by_keyboard_and_fits(visit, width, theme):
    page = visit("book/institutions.html", width=width, theme=theme).page
    panel = page.locator("#take-membership-matrix")
    for title in ("Cite", "Image", "Data", "Sources", "Code"):
        part = panel.locator("details", has=page.locator("summary", has_text=title))
        assert part.get_attribute("open") is None, "closed by default"
        part.locator("summary").focus()
        page.keyboard.press("Enter")
        body = part.locator(".take-body")
        assert body.is_visible()
        box = body.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("#take-membership-matrix summary", has_text=title).press("Enter")
    assert panel.locator("details[open]").count() == 0


def test_without_scripts_the_panel_still_opens_and_offers_no_dead_button(visit):
    page = visit("book/institutions.html", scripts=False).page
    part = page.locator("#take-membership-matrix details").first
    part.locator("summary").click()
    assert part.locator(".citation").first.is_visible()
    assert page.locator("button.copy:visible").count() == 0


def test_copying_puts_exactly_the_shown_text_on_the_clipboard(visit):
    seen = visit("book/institutions.html")
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = seen.page
    page.locator("#take-membership-matrix summary", has_text="Cite").click()
    rows = page.locator("#take-membership-matrix .citations > div")
    assert rows.count() == 6
    for number in range(6):
        row = rows.nth(number)
        shown = row.locator(".citation").inner_text()
        row.locator("button.copy").click()
        until(page, "document.querySelector('#copied').textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == shown
        assert "organisation" in shown.lower()
        until(page, "document.querySelector('#copied').textContent === ''")


def over_https(browser, site, name):
    """Open a page as if it stood on a public host; nothing leaves the machine."""
    types = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".png": "image/png",
    }
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        path = site / urlsplit(route.request.url).path.removeprefix("/course/")
        if path.is_file():
            route.fulfill(body=path.read_bytes(), content_type=types.get(path.suffix, "application/octet-stream"))
        else:
            route.fulfill(status=404)

    page.route("https://companion.test/**", answer)
    page.goto(f"https://companion.test/course/{name}")
    return page


def test_over_https_the_page_fills_in_its_own_address_and_the_day(browser, site):
    page = over_https(browser, site, "book/institutions.html")
    page.locator("#take-membership-matrix summary", has_text="Cite").click()
    texts = page.locator("#take-membership-matrix .citation").all_inner_texts()
    address = "https://companion.test/course/book/institutions.html#membership-matrix"
    assert all(address in text for text in texts)
    year, day = page.evaluate("[new Date().getFullYear(), new Date().getDate()]")
    assert re.search(rf"\(Accessed: {day} [A-Z][a-z]+ {year}\)", texts[-1]), "Cite Them Right wants the day"
    assert not any("{" in text for text in texts)
    spans = page.eval_on_selector_all("#take-membership-matrix .Z3988", "spans => spans.map(s => s.title)")
    assert as_zotero(spans[0])["rft_id"] == [address]
    page.context.close()


def test_elsewhere_the_text_stays_as_built(visit, site):
    page = visit("book/institutions.html").page
    text = page.locator("#take-membership-matrix .citation").first.text_content()
    assert "http" not in text and "{" not in text
