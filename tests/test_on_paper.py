"""Readers on paper: a page from the browser, the whole book as a PDF and as an EPUB."""

import io
import os
import pathlib
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pypandoc
import pypdf
import pytest
from bs4 import BeautifulSoup

import part_of_the_book
from built_site import PROJECT, build_environment, needs
from companion import __version__, sources
from companion.ledger import load
from companion.pages import chapters, docname, evidence, notebooks
from companion.sources import how_current
from companion_press import paper
from companion_press.paper import epub as epub_edition
from companion_press.paper import shelf, volume

CHAPTERS = [path.stem for path in chapters(PROJECT)]
#: The pages of the editions that hold figures, in their order.
FIGURED = ["index", *(path.stem for path in notebooks(PROJECT))]
LIMIT = 15_000_000  # bytes
#: Pages that hold all that an edition holds: pictures, maps, tables, notes, an explorer, exercises, a list of sources.
SOME = ("book/index", "book/war", "book/sources")


def make(*targets, **variables):
    """Run make as a reader does."""
    return subprocess.run(
        ["make", *targets, *(f"{key}={value}" for key, value in variables.items())],
        cwd=PROJECT,
        env=build_environment(),
        capture_output=True,
        text=True,
    )


def words(text):
    """Text as it is read: one space between words, no soft breaks."""
    return " ".join(text.replace("\u00ad", "").replace("\u2010", "-").split())


def alternatives(site, stem):
    """The alternative texts of a chapter's figures, as the page shows them first."""
    page = BeautifulSoup((site / f"book/{stem}.html").read_text("utf-8"), "html.parser")
    return [figure.select_one("picture img")["alt"] for figure in page.select("main article figure.companion-figure")]


# -- the document behind both -----------------------------------------------------------


@pytest.fixture(scope="module")
def book(site):
    return volume.assemble(site, load())


def test_every_id_is_there_once_and_every_link_inside_the_book_has_its_place(book):
    ids = [tag["id"] for page in book.pages for tag in page.article.select("[id]")]
    assert len(ids) == len(set(ids))
    links = [a["href"] for page in book.pages for a in page.article.select("a")]
    inside = [href[1:] for href in links if href.startswith("#")]
    assert len(inside) > 2000 and set(inside) <= set(ids)
    assert all(href.startswith(("#", "https://", "http://", "mailto:")) for href in links)


def test_the_whole_book_is_there_but_for_what_needs_a_screen(book):
    """Exercises send readers to the evidence, so a page of it that is missing would be missed."""
    names = [page.name for page in book.pages]
    wanted = [docname(path, PROJECT) for path in (*chapters(PROJECT), *evidence(PROJECT))]
    assert [name for name in wanted if name not in names] == ["data/README"]
    assert names[0] == "book/index" and {"book/glossary", "book/citing", "book/figures"} < set(names)


def test_an_explorer_on_paper_names_every_state_but_the_one_that_is_shown(book, site):
    for page in book.pages:
        file = site / f"{page.name}.html"
        live = BeautifulSoup(file.read_text("utf-8"), "html.parser").select(".explorer") if file.is_file() else []
        notes = page.article.select(".elsewhere")
        assert len(notes) == len(live), page.name
        for explorer, note in zip(live, notes):
            labels = {item["data-state"]: words(item.a.get_text()) for item in explorer.select(".explorer-list li")}
            others = [label for key, label in labels.items() if key != explorer["data-start"]]
            assert words(note.get_text()).endswith(f": {', '.join(others)}."), (page.name, explorer["data-explorer"])


def test_nothing_that_needs_a_screen_is_left_on_paper(book):
    for page in book.pages:
        assert not page.article.select(
            "button, form, script, template, details, picture, a.claim, .headerlink, .take, .launch"
        )


def test_every_claim_of_a_chapter_has_a_note_with_its_source_and_what_the_check_found(book, site):
    ledger = load()
    for page in book.pages:
        if page.name.rsplit("/", 1)[-1] not in CHAPTERS:
            continue
        live = BeautifulSoup((site / f"{page.name}.html").read_text("utf-8"), "html.parser").select(
            "main article a.claim"
        )
        # The solutions of its exercises stand at the end of the book.
        noted = " ".join(note.get_text() for part in (page, book.pages[-1]) for note in part.article.select(".note"))
        assert len(live) > 20
        for claim in live:
            for id in claim["data-card"].removeprefix("card-").split("--"):
                for row in map(ledger.claim, ledger.inputs(id)):
                    assert sources.short(row["source"], ledger.root) in noted, (page.name, id)
                    if row["source"] in ledger.seeds and not ledger.is_derivation(id):
                        assert row["locator"] in noted, (page.name, id)
    # The check that contradicts a source stands at the source's passage.
    contradicted = next(page for page in book.pages if page.name == "book/institutions")
    notes = [note.get_text() for note in contradicted.article.select(".note")]
    assert any(re.search(r"Cafiero 2025, ¶5 \(check: contradicted\)", note) for note in notes), notes


def test_a_note_stands_behind_its_sentence_and_not_in_a_link(book):
    for page in book.pages:
        for note in page.article.select(".note"):
            assert not note.find_parent("a")
            before = note.previous_sibling
            assert before is None or not re.search(r"\s$", before.get_text()), (page.name, str(note.parent))


def test_solutions_stand_at_the_end_and_each_exercise_leads_to_its_own(book):
    last = book.pages[-1]
    assert last.title == "Solutions to the exercises"
    exercises = [tag for page in book.pages[:-1] for tag in page.article.select(".exercise")]
    assert len(exercises) >= 3 * len(CHAPTERS)
    for exercise in exercises:
        solution = last.article.find(id=exercise.select_one(".to-solution a")["href"][1:])
        assert solution.a["href"] == f"#{exercise['id']}"
        assert exercise.select_one(".caption-number").get_text().strip() in solution.get_text()
    assert not [tag for page in book.pages[:-1] for tag in page.article.select(".solution")]


@pytest.mark.long
def test_where_the_site_has_an_address_links_lead_to_what_only_the_web_has(site, tmp_path):
    copy = tmp_path / "site"
    (copy / "book").mkdir(parents=True)
    for path in [*site.iterdir(), *(site / "book").iterdir()]:
        if path.name not in ("book", "index.html"):
            (copy / path.relative_to(site)).symlink_to(path)
    page = (site / "book/index.html").read_text("utf-8")
    (copy / "book/index.html").write_text(
        page.replace("</head>", '<link rel="canonical" href="https://example.org/x/book/index.html"></head>'), "utf-8"
    )
    made = volume.assemble(copy, load())
    notes = [note for part in made.pages for note in part.article.select(".elsewhere")]
    explorers = sum(path.read_text("utf-8").count('<div class="explorer" ') for path in (site / "book").glob("*.html"))
    assert explorers >= 6 and len(notes) == explorers
    for note in notes:
        assert note.a["href"].startswith("https://example.org/x/book/") and "#" in note.a["href"]
    # A page that is not in this volume: the citing page sends those who take the data to their description.
    citing = next(part for part in made.pages if part.name == "book/citing")
    assert "https://example.org/x/data/README.html" in {a["href"] for a in citing.article.select("a")}
    assert made.facts["citation"].endswith(" https://example.org/x/.")


# -- what is offered ------------------------------------------------------------------------


def test_the_landing_page_offers_what_shows_this_book_and_nothing_else(book, tmp_path, monkeypatch):
    landing = tmp_path / "site/book/index.html"
    landing.parent.mkdir(parents=True)
    landing.write_text('<main><div class="paper-editions"></div></main>', "utf-8")
    monkeypatch.setattr(shelf, "SHELF", tmp_path / "shelf")
    mark = shelf.fingerprint(book)
    assert shelf.offer(mark, tmp_path / "site") == [] and "<a" not in landing.read_text("utf-8")
    (tmp_path / "made").write_bytes(b"%PDF" + bytes(1_234_000))
    shelf.keep(paper.PDF, tmp_path / "made", mark)
    assert shelf.offer(mark, tmp_path / "site") == [paper.PDF]
    offer = BeautifulSoup(landing.read_text("utf-8"), "html.parser").select_one(".paper-editions a")
    assert (landing.parent / offer["href"]).is_file() and "1.2 MB" in offer.parent.get_text()
    # The book has changed since: an edition that is no longer true is not offered.
    page = book.pages[1].article.p
    page.append(" A new sentence.")
    changed = shelf.fingerprint(book)
    page.contents[-1].extract()
    assert changed != mark == shelf.fingerprint(book)
    assert shelf.offer(changed, tmp_path / "site") == []
    # Killed between the two files of a new edition: the record is still that of the one before.
    (tmp_path / "shelf" / paper.PDF).write_bytes(b"another edition")
    assert shelf.offer(mark, tmp_path / "site") == []
    assert "<a" not in landing.read_text("utf-8") and not (tmp_path / "site/paper").exists()


def test_the_built_landing_page_leads_to_files_that_exist(site):
    landing = BeautifulSoup((site / "book/index.html").read_text("utf-8"), "html.parser")
    assert len(landing.select(".paper-editions")) == 1
    for link in landing.select(".paper-editions a"):
        assert (site / "book" / link["href"]).is_file()


# -- a page from the browser ------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(browser, address):
    """A function that prints a page of the site: it returns the PDF and its text."""
    made = {}

    def printing(name, size="A4", theme="light"):
        if (name, size, theme) not in made:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
            page = context.new_page()
            page.goto(f"{address}/{name}", wait_until="load")
            made[name, size, theme] = page.pdf(format=size, tagged=True)
            context.close()
        reader = pypdf.PdfReader(io.BytesIO(made[name, size, theme]))
        return reader, words(" ".join(page.extract_text() for page in reader.pages))

    return printing


@pytest.mark.parametrize("size, points", [("A4", (595.3, 841.9)), ("Letter", (612, 792))])
def test_a_printed_chapter_is_the_chapter_and_nothing_of_the_site(printed, site, size, points):
    reader, text = printed("book/institutions.html", size)
    box = reader.pages[0].mediabox
    assert abs(box.width - points[0]) < 1 and abs(box.height - points[1]) < 1
    assert "Institutions: who sits at which table" in text and "The Turkmenistan problem" in text
    assert "Turkmenistan moves most: half a seat on either side." in text, "a folded solution is printed"
    for furniture in (
        "Run this chapter",
        "Search the book",
        "Skip to main content",
        "BibTeX",
        "The account",
        "Glossary",
        "Link to this",
    ):
        assert furniture not in text, furniture
    assert "ledger.html" not in text and "href" not in text, "addresses of links are not spelled out"
    assert (
        "Cite as: The Central Asia Companion contributors. 2026. “Institutions: Who Sits at Which Table.”"
        in text[-400:]
    )
    assert "members = ledger.members()" not in text, "code that is folded away on the screen is not printed"
    assert "halves - seats" in text, "the code of a solution is a part of it"


def figures_of(reader):
    """The alternative texts of a tagged PDF's figures, in order."""
    found, seen = [], set()

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            if node.get("/S") == "/Figure" and "/Alt" in node:
                found.append((words(str(node["/Alt"])), node))
            walk(node.get("/K", []))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_printed_chapter_has_all_its_figures_in_the_colours_of_paper(printed, site, theme):
    reader, _ = printed("book/history.html", "A4", theme)
    wanted = [words(alt) for alt in alternatives(site, "history")]
    assert [alt for alt, _ in figures_of(reader)] == wanted and len(wanted) >= 4


def test_no_figure_and_no_line_of_code_leaves_the_paper(browser, address):
    for width in (794 - 204, 816 - 204):  # A4 and Letter between the margins of print.css, in CSS pixels
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{address}/book/war.html", wait_until="load")
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        out = page.evaluate(
            "[...document.querySelectorAll('article :is(img, pre, table, figcaption)')].filter(e => e.checkVisibility())"
            ".filter(e => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 90))"
        )
        assert out == []
        page.close()


# -- the PDF -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdf(site):
    """The PDF by ``make pdf``, as the site offers it."""
    done = make("pdf")
    if done.returncode and "needs Pango" in done.stderr and not os.environ.get("CI"):
        pytest.skip(
            "no Pango: install Debian's Pango (apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)"
        )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "MB), and the landing page offers it" in done.stdout
    return site / shelf.FOLDER / paper.PDF


@pytest.fixture(scope="module")
def read(pdf):
    return pypdf.PdfReader(pdf)


@pytest.fixture(scope="module")
def sheets(read):
    """The text of each page."""
    return [words(page.extract_text()) for page in read.pages]


def outline(read):
    """The bookmarks as (depth, title, page counted from 0)."""
    found = []

    def walk(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, depth + 1)
            else:
                found.append((depth, words(entry.title), read.get_destination_page_number(entry)))

    walk(read.outline, 0)
    return found


@pytest.mark.long
def test_the_pdf_is_tagged_and_says_what_it_is(pdf, read):
    root = read.trailer["/Root"]
    assert len(read.pages) > 100 and pdf.stat().st_size < LIMIT
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read.metadata.title == "Russia and Central Asia after 2022: An executable research companion"
    assert read.metadata.author == "The Central Asia Companion contributors"
    packet = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part(>|=\")1", packet)


@pytest.mark.long
def test_the_title_page_says_all_that_a_title_page_must(sheets):
    for part in (
        "Russia and Central Asia after 2022",
        "An executable research companion",
        "The Central Asia Companion contributors",
        f"Version {__version__}",
        how_current(load()),
        "CC BY 4.0",
        "To cite: ",
    ):
        assert part in sheets[0], part


@pytest.mark.long
def test_bookmarks_name_every_chapter_and_section_and_lead_to_their_heading(book, read, sheets):
    marks = outline(read)
    wanted = [(0, words("Contents"))]
    for page in book.pages:
        wanted.append((1 if page.below else 0, words(page.title)))
        wanted += [(2 if page.below else 1, words(title)) for _, title in page.sections]
    assert [(depth, title) for depth, title, _ in marks] == wanted
    for _, title, number in marks:
        assert title.replace(" ", "") in sheets[number].replace(" ", ""), (title, number + 1)


@pytest.mark.long
def test_page_numbers_in_the_contents_are_those_of_the_headings(book, read, sheets):
    numbers = {}
    for _, title, number in outline(read):
        numbers.setdefault(title, []).append(number + 1)
    first = next(number for number, text in enumerate(sheets) if text.startswith("Contents"))
    until = numbers["The book in brief"][0] - 1
    listed = re.findall(
        r"(.+?)\s*(?:\. ?){3,}\s*(\d+)", "\n".join(read.pages[n].extract_text() for n in range(first, until))
    )
    assert len(listed) == len(book.pages) + sum(len(page.sections) for page in book.pages if page.title[:1].isdigit())
    for title, number in listed:
        assert int(number) in numbers[words(title)], (title, number)
    # The number that is printed at the foot of a page is the one that the contents mean.
    for number, text in enumerate(sheets[1:], start=2):
        assert re.search(rf"(^|\D){number}$|^{number}\D", text), f"page {number} does not print its number"


@pytest.mark.long
def test_every_link_leads_somewhere(read):
    targets = read.named_destinations
    inside = outside = 0
    for page in read.pages:
        for annotation in map(lambda a: a.get_object(), page.get("/Annots", [])):
            action = annotation.get("/A", {})
            if action.get("/S") == "/URI":
                assert re.match(r"https?://|mailto:", action["/URI"]), action["/URI"]
                outside += 1
            else:
                place = annotation.get("/Dest", action.get("/D"))
                assert place in targets, place
                inside += 1
    assert inside > 2000 and outside > 200


@pytest.mark.long
def test_every_figure_of_the_chapters_is_in_the_pdf_whole(site, read):
    shown = figures_of(read)
    wanted = [words(alt) for stem in FIGURED for alt in alternatives(site, stem)]
    assert [alt for alt, _ in shown][1:] == wanted and len(wanted) > 30  # the first is the map on the title page
    height, width = (float(side) * 4 / 3 for side in (read.pages[0].mediabox.height, read.pages[0].mediabox.width))
    for alt, node in shown:
        left, top, right, bottom = map(float, node["/A"]["/BBox"])
        assert 0 < left < right < width and 0 < top < bottom < height, alt
        assert right - left > 500 and bottom - top > 100, alt


@pytest.mark.long
def test_no_word_leaves_the_type_area_and_no_page_is_blank(pdf, sheets):
    program = needs("pdftotext", "poppler-utils")
    done = subprocess.run([program, "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True)
    pages = re.findall(r"<page width=\"([\d.]+)\".*?>(.*?)</page>", done.stdout, re.S)
    margin = 27 / 25.4 * 72  # as print.css has it
    out = [
        (number, word)
        for number, (width, body) in enumerate(pages, start=1)
        for right, word in re.findall(r'xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', body)
        if float(right) > float(width) - margin + 4
    ]
    assert len(pages) == len(sheets) and out == []
    assert [number for number, text in enumerate(sheets, start=1) if len(text) < 60] == []


@pytest.mark.long
def test_only_the_fonts_of_the_book_are_in_the_pdf(pdf):
    program = needs("pdffonts", "poppler-utils")
    lines = subprocess.run([program, str(pdf)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert lines and all(re.search(r"\+(Inter|Book-Mono|Book-Rest|[\w-]+).* yes yes yes ", line) for line in lines), (
        lines
    )
    assert not any("DejaVu" in line for line in lines), "a font of this machine got in"


@pytest.mark.long
def test_the_landing_page_offers_the_pdf_with_its_size(site, pdf):
    landing = BeautifulSoup((site / "book/index.html").read_text("utf-8"), "html.parser")
    offers = {link["href"]: words(link.parent.get_text()) for link in landing.select(".paper-editions a")}
    assert f"{pdf.stat().st_size / 1e6:.1f} MB" in offers[f"../{shelf.FOLDER}/{paper.PDF}"]


@pytest.mark.long
@pytest.mark.parametrize("name", [paper.PDF, paper.EPUB])
def test_a_second_run_gives_the_same_bytes(site, tmp_path, name):
    one, two = (part_of_the_book.written(PROJECT, tmp_path / f"{run}-{name}", *SOME) for run in ("one", "two"))
    assert len(one.read_bytes()) > 100_000 and one.read_bytes() == two.read_bytes()


def test_without_pango_one_sentence_says_what_to_install(tmp_path):
    """A machine without Pango: WeasyPrint looks for libraries by name and finds none."""
    (tmp_path / "weasyprint").mkdir()
    # What the engine does on such a machine, word for word as cffi raises it.
    (tmp_path / "weasyprint/__init__.py").write_text(
        "raise OSError(\"cannot load library 'libpango-1.0-0'\")\n", "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "companion_press.paper", "ready"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**build_environment(), "PYTHONPATH": os.pathsep.join([str(tmp_path), str(PROJECT / "src")])},
    )
    assert (
        done.returncode == 1 and "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stderr
    )
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


# -- the EPUB ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def epub(site):
    """The EPUB by ``make epub``, as the site offers it."""
    done = make("epub")
    assert done.returncode == 0, done.stderr[-3000:]
    return site / shelf.FOLDER / paper.EPUB


@pytest.mark.long
def test_epubcheck_finds_nothing(epub):
    needs("java", "default-jre-headless")
    # Debian's epubcheck is a Java archive that only some kernels start by themselves.
    program = os.path.realpath(needs("epubcheck", "epubcheck"))
    done = subprocess.run(["java", "-jar", program, str(epub)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout + done.stderr
    assert epub.stat().st_size < LIMIT


@pytest.mark.long
def test_the_epub_has_cover_contents_language_and_every_figure_with_its_text(site, epub, book):
    with zipfile.ZipFile(epub) as archive:
        package = ElementTree.fromstring(archive.read("EPUB/content.opf"))
        contents = BeautifulSoup(archive.read("EPUB/nav.xhtml").decode(), "html.parser")
        texts = [
            BeautifulSoup(archive.read(name).decode(), "html.parser")
            for name in sorted(archive.namelist())
            if "/text/ch" in name
        ]
    dc = "{http://purl.org/dc/elements/1.1/}"
    assert package.find(f".//{dc}language").text == "en-GB"
    assert "Russia and Central Asia after 2022" in package.find(f".//{dc}title").text
    assert package.find(f".//{dc}creator").text == "The Central Asia Companion contributors"
    assert any(item.get("properties") == "cover-image" for item in package.iter("{http://www.idpf.org/2007/opf}item"))
    titles = [words(link.get_text()) for link in contents.select("nav[epub\\:type=toc] > ol > li > a")]
    assert titles[1:] == [words(page.title) for page in book.pages]
    shown = [words(image["alt"]) for text in texts for image in text.select("figure img")]
    assert shown == [words(alt) for stem in FIGURED for alt in alternatives(site, stem)]
    assert [words(text.title.get_text()) for text in texts] == [words(text.h1.get_text()) for text in texts]
    notes = sum(len(text.select("aside[epub\\:type=footnote]")) for text in texts)
    assert notes == sum(len(page.article.select(".note")) for page in book.pages) > 400


def test_each_file_of_an_epub_is_called_by_its_heading(tmp_path):
    """Readers say the title of a file when a page is turned; pandoc puts its name there."""
    target = tmp_path / "book.epub"
    sections = "<h1>About this book</h1><p>A</p><h1><span>1.</span> Iran &amp; “the five”:  a <i>start</i></h1><p>B</p>"
    pypandoc.convert_text(
        sections, "epub3", format="html", outputfile=str(target), extra_args=["--split-level=1", "-Mtitle=Whole"]
    )
    epub_edition.title_files(target)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None and archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        titles = {
            pathlib.PurePath(name).name: ElementTree.fromstring(archive.read(name)).find(".//{*}title").text
            for name in archive.namelist()
            if name.endswith(".xhtml")
        }
    assert titles == {
        "nav.xhtml": "Whole",
        "title_page.xhtml": "Whole",
        "ch001.xhtml": "About this book",
        "ch002.xhtml": "1. Iran & “the five”: a start",
    }


@pytest.mark.long
def test_no_chapter_of_the_epub_is_wider_than_an_e_reader(epub, browser, tmp_path):
    with zipfile.ZipFile(epub) as archive:
        archive.extractall(tmp_path)
    page = browser.new_page(viewport={"width": 600, "height": 900})
    for chapter in sorted((tmp_path / "EPUB/text").glob("ch*.xhtml")):
        page.goto(chapter.as_uri(), wait_until="load")
        assert page.evaluate("document.documentElement.scrollWidth") <= 600, chapter.name
        assert page.evaluate("[...document.images].every(image => image.naturalWidth > 600)"), chapter.name
    page.close()
