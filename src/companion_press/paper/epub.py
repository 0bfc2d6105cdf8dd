"""The book as an EPUB 3, from the same document as the PDF, packed by pandoc."""

import copy
import pathlib
import subprocess
import tempfile
import uuid
import zipfile
from html import escape
from typing import Any

import htpy as h
import pypandoc
import yaml
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from PIL import Image

from companion.ledger import Ledger
from companion_press.figures import packages
from companion_press.paper import cover, notes, tags, volume

#: The widest that a picture of an e-book need be, in pixels: more is weight without sharpness.
WIDEST = 1480


def write(book: volume.Volume, ledger: Ledger, site: pathlib.Path, target: pathlib.Path) -> None:
    """Pack the book; its pictures are those of the site.

    Raises
    ------
    RuntimeError
        Pandoc refuses; what it says is the message.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        names = _pictures(book, work)
        (work / "cover.png").write_bytes(
            cover.cover(ledger, book.facts["title"], book.facts["subtitle"], book.facts["author"])
        )
        (work / "metadata.yaml").write_text(
            yaml.safe_dump(_metadata(book.facts), allow_unicode=True), "utf-8", newline="\n"
        )
        (work / "book.html").write_text(document(book, names), "utf-8", newline="\n")
        done = subprocess.run(
            [
                pypandoc.get_pandoc_path(),
                "book.html",
                "--from",
                "html+epub_html_exts",
                "--to",
                "epub3",
                "--output",
                str(target.resolve()),
                "--metadata-file",
                "metadata.yaml",
                "--css",
                str(pathlib.Path(__file__).with_name("epub.css")),
                "--epub-cover-image",
                "cover.png",
                "--toc",
                "--toc-depth",
                "2",
                "--split-level",
                "1",
                "--syntax-highlighting",
                "none",
                "--fail-if-warnings",
            ],
            cwd=work,
            capture_output=True,
            encoding="utf-8",
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    title_files(target)


def title_files(target: pathlib.Path) -> None:
    """Give each file of the book its heading for a title: pandoc gives it the file's own name, which readers then say."""
    with zipfile.ZipFile(target) as archive:
        files = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(target, "w") as archive:
        for entry, content in files:
            if entry.filename.endswith(".xhtml"):
                heading = BeautifulSoup(content, "html.parser").select_one("section h1")
                title = escape(" ".join(heading.get_text().split()), quote=False).encode() if heading else b""
                name = pathlib.PurePath(entry.filename).name.encode()
                content = content.replace(b"<title>%s</title>" % name, b"<title>%s</title>" % (title or name))
            archive.writestr(entry, content)


def _metadata(facts: dict[str, str]) -> dict[str, Any]:
    return {
        "title": [{"type": "main", "text": facts["title"]}, {"type": "subtitle", "text": facts["subtitle"]}],
        "creator": [{"role": "author", "text": facts["author"]}],
        # The same book in the same version has the same name, wherever it is made.
        "identifier": [
            {"scheme": "UUID", "text": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, facts['title'] + facts['version'])}"}
        ],
        "toc-title": "Contents",
        "lang": "en-GB",
        "date": facts["date"],
        "rights": packages.LICENCE[0],
        "description": facts["description"],
        "subject": ["Central Asia", "Russia", "Source criticism"],
        "accessModes": ["textual", "visual"],
        "accessModeSufficient": ["textual"],
        "accessibilityFeatures": ["alternativeText", "tableOfContents", "structuralNavigation", "readingOrder"],
        "accessibilityHazards": ["none"],
        "accessibilitySummary": "Every figure has an alternative text that says what it shows; notes are linked to their places.",
    }


def _pictures(book: volume.Volume, folder: pathlib.Path) -> dict[str, str]:
    """Write the pictures as PNG, no wider than needed; return their names by those in the document."""
    names = {}
    for name, path in book.images.items():
        source = path.with_suffix(".png")  # beside each vector stands the same picture in points
        made = folder / f"{pathlib.PurePath(name).stem}.png"
        with Image.open(source) as picture:
            shown = picture.convert("RGB")
            if shown.width > WIDEST:
                shown = shown.resize((WIDEST, round(shown.height * WIDEST / shown.width)), Image.Resampling.LANCZOS)
            shown.quantize(128, dither=Image.Dither.NONE).save(made, "png", optimize=True)
        names[name] = made.name
    return names


def document(book: volume.Volume, names: dict) -> str:
    """Return the book as the HTML that pandoc takes apart.

    Pandoc knows headings, notes and lists, but no element around them: what an element carries
    for the reader (an anchor, a class) is moved to one that pandoc keeps.
    """
    facts = book.facts
    front = h.fragment[
        h.h1("#title")["About this book"],
        h.p[facts["current"]],
        h.p[Markup(facts["licence"])],
        h.p["To cite: ", Markup(facts["citation"])],
    ]
    parts = [str(front)]
    number = 0
    for page in book.pages:
        article = copy.copy(page.article)
        soup = BeautifulSoup("", "html.parser")
        for image in article.select("img"):
            image["src"] = names[image["src"]]
            for size in ("width", "height"):
                del image[size]
        for note in article.select(".note"):
            number += 1
            call = soup.new_tag("a", attrs={"epub:type": "noteref", "href": f"#note-{number}"})
            call.string = str(number)
            note.insert_before(call)
            note.name, note.attrs = "aside", {"epub:type": "footnote", "id": f"note-{number}"}
            article.append(note.extract())
        for section in article.select("section"):
            section.unwrap()
        for figure in article.select("figure[id]"):
            figure.wrap(soup.new_tag("div", attrs={"id": figure["id"]}))
            del figure["id"]
        for cell in article.select("[scope]"):
            del cell["scope"]  # pandoc tells row heads by their place
        for tag in article.select("li[id], dt[id], p[id], tr[id]"):
            _anchor(soup, tag)
        for small in article.select(".ledger-rows small"):
            small.insert_before(soup.new_tag("br"))
        for title in article.select("p.admonition-title"):
            title.wrap(soup.new_tag("div", attrs={"class": "admonition-title"}))
        for words in article.select(
            ".figure-headline, .figure-measure, .figure-place, "
            ".explorer-finding, .explorer-source, .elsewhere, .to-solution, .sources-in-short"
        ):
            words.wrap(soup.new_tag("div", attrs={"class": words["class"]}))
        for source in article.select(".figure-source"):
            source.insert_before(soup.new_tag("br"))
        for layout in article.select(".cell, .cell_input, .cell_output, .output, .scroll"):
            layout.unwrap()
        for table in article.select("table"):
            table.wrap(soup.new_tag("div", attrs={"class": "table"}))
        parts.append(article.decode_contents().replace(notes.HOLD, ""))
    return (
        '<!DOCTYPE html><html lang="en-GB" xmlns:epub="http://www.idpf.org/2007/ops"><head><meta charset="utf-8"></head>'
        f"<body>{''.join(parts)}</body></html>"
    )


def _anchor(soup: BeautifulSoup, tag: Tag) -> None:
    place = soup.new_tag("span", attrs={"id": tags.attribute(tag, "id")})
    del tag["id"]
    holder = tag.p if tag.name == "li" and tag.p else tag
    holder.insert(0, place)
