"""Readers are safe from the data: text that means something to a browser, a notebook, a spreadsheet or TeX arrives as text.

`hostile.write` writes such a text, with a mark of its own, into every cell and field of a copy of the project that holds
text; the long tests build the book from it and look for each mark. The quick ones ask the printers directly.
"""

import csv
import functools
import html
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import zipfile
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import bibtexparser
import feedparser
import html5lib
import nbformat
import openpyxl
import pypandoc
import pypdf
import pytest
import rispy
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from pybtex.database import parse_string

import hostile
import part_of_the_book
from built_site import (
    BUILD,
    Quiet,
    Server,
    Visit,
    build_environment,
    copy_of_project,
    files_of_claim,
    needs,
    record_scripts,
    shorten,
    until,
)
from companion import datasets, pages
from companion_press import paper, plain_markdown
from companion_press.citing import citations, coins, csl_items, exports, manuals
from companion_press.figures import packages
from companion_press.paper import shelf

#: Where a link of a page may lead; a page's own pictures and small files stand in it as data.
SCHEMES = {"", "http", "https", "mailto"}
HELD = ("data:image/", "data:application/x-", "data:application/vnd.", "data:text/x-")
ADDRESS = "https://example.org/book/"
#: Pages whose PDF is read: a landing page, a chapter, the list of sources, two cards. That of the whole takes five minutes.
ON_PAPER = ("book/index", "book/institutions", "book/sources", "seeds/cafiero2025", "seeds/korybko2025")
RECORD = {
    "id": "k",
    "type": "webpage",
    "title": csl_items.fixed(f"T {hostile.HARD}"),
    "container-title": f"C {hostile.HARD}",
    "publisher": f"P {hostile.HARD}",
    "genre": f"G {hostile.HARD}",
    "note": f"N {hostile.HARD}",
    "author": [{"literal": f"A {hostile.HARD}"}, {"family": "F <b>&amp;", "given": "G"}],
    "issued": {"date-parts": [[2026, 11]]},
    "URL": "https://example.org/?a=b&c=%22%3Cscript%3E",
    "language": "en-GB",
}


def folded(text):
    """Text without what typography may change: capitals, quotation marks and the stops before them, blanks; braces as they were."""
    return re.sub(r"\s+|[“”‘’`«»'\",.]", "", text.casefold().translate({ord("｛"): "{", ord("｝"): "}"}))


def wrong_links(elements):
    """The links and sources among some (name, attributes) that lead where none may."""
    return [
        (name, key, value[:80])
        for name, attributes in elements
        for key, value in attributes.items()
        if key.rpartition("}")[2] in ("href", "src", "action", "formaction", "poster", "data", "srcset")
        and urlsplit(value.strip()).scheme not in SCHEMES
        and not value.startswith(HELD)
    ]


def handlers(elements):
    """The attributes among some (name, attributes) that would run a script."""
    return [(name, key) for name, attributes in elements for key in attributes if key.lower().startswith("on")]


def elements(text):
    """The elements of a page as a browser sees them: names with attributes, and the text of all but scripts and styles."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    found = [
        (e.tag, dict(e.attrib) | ({"text": e.text or ""} if e.tag == "script" else {}))
        for e in root.iter()
        if isinstance(e.tag, str)
    ]
    out = []

    def walk(element, cited=False):
        if element.tag in ("script", "style", "template") or not isinstance(element.tag, str):
            return
        cited = (
            cited or "citation" in element.get("class", "") or element.get("class") in ("references", "source-facts")
        )
        out.append((cited, element.text or ""))
        for child in element:
            walk(child, cited)
            out.append((cited, child.tail or ""))

    walk(root)
    return found, out


def lost(written, text, cited=False):
    """The marks in a text behind which their text does not stand letter for letter (in a citation: but for typography)."""
    shape = folded if cited else lambda words: " ".join(words.split())
    wrong = []
    for match in hostile.MARK.finditer(text):
        wanted = written[match[0]]
        # No text is as long again in its characters of typography and its blanks.
        shown = shape(text[match.start() : match.start() + 2 * len(wanted.text)])
        if not shown.startswith(shape(wanted.text)):
            wrong.append((wanted.place, wanted.field, shown[: len(wanted.text)]))
    return wrong


# -- the printers, one by one ----------------------------------------------------------------


def one_record(ending):
    return exports.exported(RECORD, ending)


def test_ris_gives_one_record_with_the_same_text():
    broken = RECORD | {"note": "N\nTY  - BOOK\nTI  - another\nER  - "}
    (read,) = rispy.loads(exports.ris(broken))
    assert read["title"] == f"T {hostile.HARD}" and read["secondary_title"] == f"C {hostile.HARD}"
    assert read["publisher"] == f"P {hostile.HARD}" and "another" in str(read["notes"])
    # A comma would part the name of an institution.
    assert read["authors"][0] == f"A {hostile.HARD},".replace(", ", " – ")


@pytest.mark.parametrize(
    "ending, name", [("bib", "bibtex"), ("biblatex.bib", "biblatex"), ("ris", "ris"), ("json", "csljson")]
)
def test_pandoc_reads_one_record_with_the_same_text(ending, name):
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--from", name, "--to", "csljson"],
        input=one_record(ending),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and not done.stderr
    (read,) = json.loads(done.stdout)
    title = re.sub(r'</?span(?: class="nocase")?>', "", read["title"])
    wanted = re.sub(r'</?span(?: class="nocase")?>', "", f"T {hostile.HARD}")
    assert folded(html.unescape(title) if name == "csljson" else title) == folded(
        html.unescape(wanted) if name == "csljson" else wanted
    )


@pytest.mark.parametrize("ending", ["bib", "biblatex.bib"])
@pytest.mark.parametrize(
    "text", [hostile.HARD, "a { b", "a } b", "} {", "{ { }", "ends in \\", "50% & $x_1 #~^", "a--b---c"]
)
def test_both_parsers_of_bibtex_read_one_entry_and_the_next_with_the_same_text(ending, text):
    made = exports.exported(RECORD | {"title": text, "note": text}, ending) + "@misc{next, title = {Next}}\n"
    assert list(parse_string(made, "bibtex").entries) == ["k", "next"]
    middleware = [bibtexparser.middlewares.LatexDecodingMiddleware()]
    library = bibtexparser.parse_string(made, append_middleware=middleware)
    assert not library.failed_blocks and [entry.key for entry in library.entries] == ["k", "next"]
    # ˆ is how the decoder writes the circumflex.
    assert folded(library.entries[0]["title"].replace("ˆ", "^")) == folded(text)


def test_coins_hold_the_text():
    pairs = parse_qsl(coins.title(RECORD), strict_parsing=True)
    assert ("rft.title", f"T {hostile.HARD}") in pairs and ("rft.source", f"C {hostile.HARD}") in pairs


@pytest.mark.parametrize("style", manuals.STYLES)
def test_a_citation_shows_the_text_of_a_title_and_no_markup_of_it(style):
    record = RECORD | {"title": RECORD["title"].replace("\\\ue005", "\ue005")}
    entry = citations.entries([record], style)[0]
    found, parts = elements(entry.html)
    assert {name for name, _ in found} <= {"html", "head", "body", "i", "a"}
    assert not wrong_links(found) and not handlers(found)
    assert folded(hostile.HARD.rstrip("\\")) in folded("".join(text for _, text in parts))
    assert folded(hostile.HARD.rstrip("\\")) in folded(entry.text)


@pytest.mark.parametrize(
    "text", [hostile.HARD, "# h", "- i", "+ i", "= =", "---", "1. one", "2) two", "> q", "| a | b |", "    code"]
)
def test_text_as_markdown_is_that_text(text):
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for before in ("", "- "):
        found, parts = elements(renderer.render(f"{before}{plain_markdown.text(text)}\n"))
        assert {name for name, _ in found} <= {"html", "head", "body", "p", "ul", "li"}
        assert " ".join("".join(words for _, words in parts).split()) == " ".join(text.split())


def test_a_citation_as_markdown_keeps_its_italics_and_links_and_nothing_else():
    given = f'{html.escape(hostile.HARD)} <i>{html.escape("*B* <b>")}</i> <a href="https://example.org/a_(b)?x&amp;y">here</a>.'
    found, parts = elements(MarkdownIt("commonmark", {"html": True}).render(plain_markdown.of_html(given)))
    assert [name for name, _ in found][3:] == ["p", "em", "a"]
    assert found[-1][1]["href"] == "https://example.org/a_%28b%29?x&y"
    assert "".join(text for _, text in parts).strip() == f"{hostile.HARD} *B* <b> here."


def test_no_cell_of_a_csv_is_computed_and_numbers_keep_their_sign():
    text = 'a,b\n-2.5,"<b> ""q"" =1"\n+1e3,x@y\n'
    assert packages.csv_file(text).decode("utf-8-sig") == text
    for cell in ("=1+1", '"=HYPERLINK(""http://x"",""y"")"', "+1+1", "-2+3", "@SUM(A1)", '"\t=1"'):
        with pytest.raises(ValueError, match="row 2 .* would compute"):
            packages.csv_file(f"a,b\n1,{cell}\n")


def test_a_workbook_holds_text_where_text_was_written():
    cells = [hostile.HARD, "=1+1", "+1", "-2+3", "@SUM(A1)", "http://x.invalid", "mailto:x@y.z", "internal:a!A1"]
    book = openpyxl.load_workbook(io.BytesIO(packages.workbook({"data": [["text"], *([cell] for cell in cells)]}, "t")))
    read = [row[0] for row in book["data"].iter_rows(min_row=2)]
    assert [cell.value for cell in read] == cells
    assert {cell.data_type for cell in read} == {"s"} and not any(cell.hyperlink for cell in read)


# -- the whole book --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A built book of one chapter in which every text is hostile: its folder, and the texts by their marks."""
    root = copy_of_project(tmp_path_factory.mktemp("hostile") / "book")
    shorten(root, "institutions")
    read = [path.read_text("utf-8") for path in pages.executed(root)]
    written = hostile.write(root, hostile.spared_by(read))
    done = subprocess.run(
        [sys.executable, "-m", BUILD],
        cwd=root,
        env={**build_environment(root), "BOOK_URL": ADDRESS},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return root, written


@pytest.fixture(scope="module")
def site(book):
    return book[0] / "_build/html"


@pytest.fixture(scope="module")
def written(book):
    return book[1]


@pytest.fixture(scope="module")
def address(site):
    server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def parsed(site):
    """The pages as a browser sees them: those of the book, and every fortieth of the claims."""
    paths = [*site.glob("*.html"), *site.glob("[!_c]*/*.html"), *sorted(site.glob("claims/*.html"))[::40]]
    return {path.relative_to(site).as_posix(): elements(path.read_text("utf-8")) for path in paths}


def test_every_other_column_of_text_is_held_by_a_rule(copy):
    """What `hostile` leaves out would not get past the checks."""
    package = json.loads((copy.root / "data/datapackage.json").read_text("utf-8"))
    wanted = []
    for table, columns in hostile.HELD_BY_RULES.items():
        resource = next(one for one in package["resources"] if one["name"] == table)
        assert set(columns) <= set(hostile.free(resource)), table
        header, *rows = copy.rows(table)
        for place, column in enumerate(columns):
            # A row for each column: a rule may leave out a row of which another cell is wrong.
            filled = [row for row in rows if row[header.index(column)]] or rows
            wanted.append(f"Zq {table} {column}")
            filled[place][header.index(column)] = f"{wanted[-1]} {hostile.HARD}"
        copy.write(table, [header, *rows])
    said = " ".join(map(str, copy.problems()))
    assert [mark for mark in wanted if mark not in said] == []


@pytest.mark.long
def test_every_column_that_is_shown_has_its_marks_on_a_page(parsed, written):
    """If texts did not arrive, the other tests would find nothing wrong."""
    text = " ".join(words for _, parts in parsed.values() for _, words in parts)
    shown = {(written[mark].place, written[mark].field) for mark in hostile.MARK.findall(text)}
    assert len(shown) > 25 and {("claims", "statement"), ("checks", "finding"), ("references", "title")} <= shown


@pytest.mark.long
def test_no_page_has_an_element_or_a_link_out_of_the_data(parsed):
    own = set()
    for name, (found, _) in parsed.items():
        assert handlers(found) == [], name
        assert wrong_links(found) == [], name
        for tag, attributes in found:
            if tag == "script" and not attributes.get("src", "").startswith(("_static/", "../_static/")):
                own.add("data" if attributes.get("type") == "application/ld+json" else attributes["text"])
            assert tag not in ("iframe", "object", "embed", "base", "textarea", "q"), name
            assert tag != "img" or attributes["src"] != "x", name
    # The theme has one script in the head of a page, and the page for wrong addresses one of its own.
    assert len(own - {"data"}) <= 2 and not any(hostile.MARK.search(text) or "alert" in text for text in own)


@pytest.mark.long
def test_every_text_arrives_letter_for_letter(parsed, written):
    for name, (found, parts) in parsed.items():
        for cited in (False, True):
            text = "".join(words if is_cited == cited else "\n" for is_cited, words in parts)
            assert lost(written, text, cited) == [], name
        for tag, attributes in found:
            for key, value in attributes.items():
                # Formats for reference managers write signs in ways of their own (test_files_made_by_the_page.py).
                other = ("data-full", "href", "data-bib", "data-ris", "data-json")
                if key not in other and tag != "script" and attributes.get("class") != "Z3988":
                    cited = tag == "meta"
                    assert lost(written, value, cited) == [], (name, tag, key)


@pytest.mark.long
def test_in_no_page_is_a_text_live_or_escaped_twice(site):
    """All pages, as they are written: what the parser above sees of some."""
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        once = re.sub(r' data-full="[^"]*"', "", text)
        assert "<script>alert" not in text and "<img src=x" not in text and "<i>i</i>" not in text, path.name
        assert "&amp;lt;script" not in once and "&amp;amp;amp;" not in once, path.name


@pytest.mark.long
def test_linked_data_and_coins_hold_the_text(site, written):
    marks = 0
    for path in [*site.glob("book/*.html"), *sorted(site.glob("claims/*.html"))[::40]]:
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for script in soup.select('script[type="application/ld+json"]'):
            for words in strings(json.loads(script.string)):
                assert lost(written, words) == [], path.name
        for span in soup.select(".Z3988"):
            for _, words in parse_qsl(span["title"], strict_parsing=True):
                marks += bool(hostile.MARK.search(words))
                assert lost(written, words) == [], path.name
    assert marks > 30


def strings(value):
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


@pytest.mark.long
def test_feed_and_sitemap_are_read(site):
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not feed.bozo and feed.entries
    links = [e.text for e in ElementTree.parse(site / "sitemap.xml").getroot().iter() if e.tag.endswith("loc")]
    assert len(links) > 1000 and all(link.startswith(ADDRESS) for link in links)


@pytest.mark.long
def test_tables_to_take_away_hold_the_text_and_nothing_to_compute(site, written):
    with zipfile.ZipFile(site / "data/central-asia-companion-data.zip") as archive:
        tables = {name: archive.read(name) for name in archive.namelist() if name.endswith(".csv")}
    for path in site.glob("figures/*.csv"):
        tables[path.name] = path.read_bytes()
    for path in site.glob("figures/*.zip"):
        with zipfile.ZipFile(path) as archive:
            tables |= {f"{path.name}:{n}": archive.read(n) for n in archive.namelist() if n.endswith(".csv")}
            for name in (name for name in archive.namelist() if name.endswith(".xlsx")):
                for sheet in openpyxl.load_workbook(io.BytesIO(archive.read(name))):
                    for cell in (cell for row in sheet.iter_rows() for cell in row):
                        assert cell.data_type != "f" and not cell.hyperlink, (name, cell.coordinate)
                        assert lost(written, str(cell.value), True) == [], (name, cell.coordinate)
    marks = 0
    for name, content in tables.items():
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            for cell in row:
                assert not datasets.computes(cell), (name, cell)
                assert lost(written, cell) == [], name
                marks += bool(hostile.MARK.search(cell))
    assert marks > 5000
    for path in site.glob("figures/*.csv-metadata.json"):
        assert json.loads(path.read_text("utf-8"))["tableSchema"]["columns"]


@pytest.mark.long
def test_the_database_holds_the_text(site, written):
    rows = sqlite3.connect(site / "data/central-asia-companion.sqlite").execute("SELECT id, statement FROM claims")
    held = dict(rows.fetchall())
    wanted = {one.row: one.text for one in written.values() if (one.place, one.field) == ("claims", "statement")}
    assert held == wanted


@pytest.mark.long
def test_notebooks_show_text_as_text_and_hold_none_as_code(site, written):
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    marks = 0
    for path in site.glob("notebooks/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                assert not hostile.MARK.search(cell.source), path.name
                continue
            found, parts = elements(renderer.render(cell.source))
            assert not handlers(found) and not wrong_links(found), path.name
            assert not {"script", "img", "b", "del", "textarea"} & {name for name, _ in found}, (path.name, cell.source)
            text = "".join(words for _, words in parts)
            marks += len(hostile.MARK.findall(text))
            assert lost(written, text, True) == [], path.name
    assert marks > 50


@pytest.mark.long
def test_figures_as_svg_hold_text_and_no_script(site, written):
    paths = [*site.rglob("*.svg")]
    for path in paths:
        root = ElementTree.parse(path).getroot()
        found = [(e.tag.rpartition("}")[2], dict(e.attrib)) for e in root.iter()]
        assert not handlers(found), path.name
        assert not {"script", "foreignObject", "iframe"} & {name for name, _ in found}, path.name
        for _, attributes in found:
            for key, value in attributes.items():
                if key.rpartition("}")[2] == "href":
                    assert value.startswith(("#", "data:image/png")), (path.name, value[:60])
        assert lost(written, " ".join(root.itertext())) == [], path.name
    assert len(paths) > 5


@pytest.mark.long
def test_files_for_reference_managers_are_read_and_give_one_record(site):
    """Those of the pages of claims, which scripts hold."""
    read, held = 0, record_scripts(site)
    for path in sorted(site.glob("claims/*.html"))[::40]:
        for name, content in files_of_claim(path.read_text("utf-8"), held).items():
            if name.endswith(".ris"):
                assert len(rispy.loads(content)) == 1, name
            elif name.endswith(".bib"):
                assert len(parse_string(content, "bibtex").entries) == 1, name
            else:
                assert len(json.loads(content)) == 1, name
            read += 1
    assert read > 100


@pytest.mark.long
def test_in_a_browser_nothing_of_the_data_runs_and_nothing_is_fetched_from_elsewhere(browser, address, written):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = Visit(context, address)
    dialogs = []
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    ids = [one.row for one in written.values() if (one.place, one.field) == ("claims", "statement")]
    names = [*(f"book/{name}.html" for name in ("index", "ledger", "checks", "disagreement", "names", "sources"))]
    for name in [
        *names,
        "book/agreement.html",
        "seeds/cafiero2025.html",
        f"claims/{ids[1]}.html",
        "book/institutions.html",
    ]:
        page = visit.open(name)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate("document.querySelectorAll('[popover]').forEach(one => { one.showPopover(); one.hidePopover() })")
    page.locator("a.claim").first.click()
    assert page.locator(".claim-card:popover-open").count() == 1
    page.locator(".explorer select").first.select_option(index=2)
    mark = next(mark for mark, one in written.items() if one.row == ids[1] and one.field == "statement")
    page = visit.open(f"search.html?q={mark}")
    until(page, f"document.querySelector('main').innerText.includes('{mark} ')")
    shown = page.evaluate("document.querySelector('main').innerText")
    assert "<script>alert()</script>" in shown
    assert (dialogs, visit.foreign) == ([], [])
    assert visit.errors == []
    context.close()


# -- on paper --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def epub(book):
    done = subprocess.run(
        [sys.executable, "-m", "companion_press.paper", "epub"],
        cwd=book[0],
        env={**build_environment(book[0]), "BOOK_URL": ADDRESS},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return book[0] / "_build/html" / shelf.FOLDER / paper.EPUB


@pytest.mark.long
def test_the_epub_is_valid(epub):
    needs("java", "default-jre-headless")
    done = subprocess.run(
        ["java", "-jar", os.path.realpath(needs("epubcheck", "epubcheck")), str(epub)], capture_output=True, text=True
    )
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout + done.stderr, (done.stdout + done.stderr)[-3000:]


@pytest.mark.long
def test_the_epub_holds_text_as_text(epub, written):
    marks = 0
    with zipfile.ZipFile(epub) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml"):
                root = ElementTree.fromstring(archive.read(name))
                found = [(e.tag.rpartition("}")[2], dict(e.attrib)) for e in root.iter()]
                assert not handlers(found) and not wrong_links(found), name
                assert not {"script", "iframe", "object"} & {tag for tag, _ in found}, name
                text = "".join(root.itertext())
                marks += len(hostile.MARK.findall(text))
                assert lost(written, text, True) == [], name
    assert marks > 500


@pytest.mark.long
def test_the_pdf_has_no_action_but_links_and_shows_the_text(book, written):
    file = part_of_the_book.written(book[0], book[0] / "some.pdf", *ON_PAPER, BOOK_URL=ADDRESS)
    reader = pypdf.PdfReader(file)
    assert not {"/OpenAction", "/AA"} & reader.trailer["/Root"].keys()
    assert "/JavaScript" not in reader.trailer["/Root"].get("/Names", {})
    for page in reader.pages:
        for annotation in (one.get_object() for one in page.get("/Annots", ())):
            action = annotation.get("/A", {"/S": "/GoTo"})
            assert action["/S"] in ("/GoTo", "/URI"), action
            assert action["/S"] == "/GoTo" or re.match("https?://|mailto:", action["/URI"]), action
    # Poppler reads it: where a character is in no typeface of the book, WeasyPrint writes a table of codes that pypdf
    # takes for single bytes.
    done = subprocess.run(
        [needs("pdftotext", "poppler-utils"), str(file), "-"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    # Lines are broken where there is room and letters from right to left come in another order: so the first parts.
    wanted = folded(" ".join(hostile.GRAMMARS[:2]))
    assert folded(done.stdout).count(wanted) > 100
