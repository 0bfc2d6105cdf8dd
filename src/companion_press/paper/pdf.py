"""The book as a PDF, set by WeasyPrint with the site's own style sheet for print.

WeasyPrint and its reader of style sheets are imported where they are used:
without Pango on the machine, or before `make pdf`, they cannot be.
"""

import base64
import itertools
import logging
import pathlib
import re
from urllib.parse import urljoin

import htpy as h
import matplotlib
from markupsafe import Markup

from companion import dates, style
from companion.ledger import Ledger
from companion_press.paper import cover, volume
from companion_press.theme import site_theme

#: What WeasyPrint finds on the machine and not among Python's packages.
MISSING = (
    "The PDF needs Pango, which sets its letters: install it (on Debian and Ubuntu: apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; on macOS: brew install pango) and run make pdf again."
)

#: Fonts that the PDF has beside those of the site: slanted letters, code, and every sign that the others lack.
BESIDE = (
    ("Inter", "italic", 400, style.FONTS / "Inter-Italic.ttf"),
    *(
        (family, "normal", weight, pathlib.Path(matplotlib.get_data_path()) / f"fonts/ttf/{file}.ttf")
        for family, weight, file in (
            ("Book Mono", 400, "DejaVuSansMono"),
            ("Book Mono", 700, "DejaVuSansMono-Bold"),
            ("Book Rest", 400, "DejaVuSans"),
        )
    ),
)


#: The style sheets' names for the families of running text and of headings.
FAMILIES = ("--book-text", "--book-sans")


def ready() -> bool:
    """Say whether WeasyPrint can start: whether it finds Pango."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def document(book: volume.Volume, ledger: Ledger) -> str:
    """Return the whole book as HTML with its title page and contents."""
    facts = book.facts
    described = {
        "author": facts["author"],
        "description": facts["description"],
        "dcterms.created": facts["date"],
        "dcterms.modified": facts["date"],
        "keywords": "Central Asia, Russia, source criticism",
    }
    return str(
        h.html(".volume", lang="en")[
            h.head[
                h.meta(charset="utf-8"),
                h.title[f"{facts['title']}: {facts['subtitle']}"],
                (h.meta(name=name, content=text) for name, text in described.items()),
            ],
            h.body[_title(facts, ledger), _contents(book), (Markup(page.article) for page in book.pages)],
        ]
    )


def _title(facts: dict[str, str], ledger: Ledger) -> h.Element:
    picture = base64.b64encode(cover.title_map(ledger)).decode()
    return h.section("#title-page.title-page")[
        h.h1[facts["title"]],
        h.p(".subtitle")[facts["subtitle"]],
        h.img(src=f"data:image/png;base64,{picture}", alt=cover.ALT),
        h.p(".by")[facts["author"]],
        h.p[f"Version {facts['version']}, {dates.text(facts['date'])}"],
        h.p[facts["current"]],
        h.p[Markup(facts["licence"])],
        h.p["To cite: ", Markup(facts["citation"])],
    ]


def _contents(book: volume.Volume) -> h.Element:
    parts = itertools.groupby(book.pages, key=lambda page: page.part)
    return h.nav("#contents.contents")[
        h.h1["Contents"],
        ([h.h2[part] if part else None, h.ol[map(_entry, pages)]] for part, pages in parts),
    ]


def _entry(page: volume.Page) -> h.Element:
    # The sections of a chapter are ways in; those of a list of sources are not.
    sections = page.sections if page.title[:1].isdigit() else []
    return h.li(class_="below" if page.below else None)[
        h.a(href=f"#{page.id}")[page.title],
        h.ol[(h.li[h.a(href=f"#{id}")[title]] for id, title in sections)] if sections else None,
    ]


def fonts(site: pathlib.Path) -> str:
    """Return the style rules for the fonts: the families that the site reads in, their files, and those of `BESIDE`.

    What a machine calls “serif” differs from one to the next, so that only fonts that come with the book are named.
    """
    faces, chosen = _site_fonts(site)
    faces += [
        (family, f'font-family: "{family}"; font-style: {slant}; font-weight: {weight}; src: url("{file.as_uri()}")')
        for family, slant, weight, file in BESIDE
    ]
    rules, named = [], {family for family, *_ in BESIDE}
    for name in FAMILIES:
        wanted = [part.strip().strip("\"'") for part in chosen.get(name, "Inter").split(",")]
        found = [family for family in wanted if family in dict(faces)] or ["Inter"]
        named.update(found)
        rules.append(f"{name}: " + ", ".join(f'"{family}"' for family in [*found, "Book Rest"]))
    return (
        "".join(f"@font-face {{ {face} }}\n" for family, face in faces if family in named)
        + f":root {{ {'; '.join(rules)} }}\n"
    )


def _site_fonts(site: pathlib.Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the faces of the site's style sheets as (family, descriptors), and the values of `FAMILIES` in them."""
    import tinycss2

    faces: list[tuple[str, str]] = []
    chosen: dict[str, str] = {}
    index = (site / "book/index.html").read_text("utf-8")
    for href in re.findall(r'<link[^>]+href="([^"?]+\.css)', index):
        sheet = (site / "book" / href).resolve()
        if not sheet.is_file() or sheet.name.startswith("print"):
            continue
        base = sheet.as_uri()

        def whole(found: re.Match[str], base: str = base) -> str:
            return f'url("{urljoin(base, found[2])}")'

        for rule in tinycss2.parse_stylesheet(sheet.read_text("utf-8"), skip_comments=True, skip_whitespace=True):
            if rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
                text = re.sub(r"url\(([\"']?)([^)\"']+)\1\)", whole, tinycss2.serialize(rule.content))
                # A range of weights is for fonts that vary: these do not.
                text = re.sub(r"(font-weight:\s*\d+)\s+\d+", r"\1", text)
                family = re.search(r"font-family:\s*[\"']?([^;\"']+)", text)
                assert family is not None, "a typeface has a name"
                faces.append((family[1], text))
            elif rule.type == "qualified-rule":
                for declared in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True):
                    if declared.type == "declaration" and declared.name in FAMILIES:
                        chosen.setdefault(declared.name, tinycss2.serialize(declared.value))
    return faces, chosen


class _Noting(logging.Handler):
    """Keeps the messages of a log."""

    def __init__(self, level: int):
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def write(book: volume.Volume, ledger: Ledger, site: pathlib.Path, target: pathlib.Path) -> None:
    """Set the book and write the PDF.

    Raises
    ------
    RuntimeError
        Something would be missing in it: a picture, the target of a link, an alternative text.
    """
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    noting = _Noting(logging.ERROR)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(noting)
    logger.setLevel(logging.ERROR)  # it warns of every rule that only browsers know
    try:
        config = FontConfiguration()
        sheets = [
            weasyprint.CSS(string=fonts(site), font_config=config),
            weasyprint.CSS(filename=str(site_theme.ASSETS / "print.css"), font_config=config),
        ]
        made = weasyprint.HTML(string=document(book, ledger), base_url=f"{site.as_uri()}/", media_type="print")
        made.write_pdf(target, stylesheets=sheets, font_config=config, pdf_variant="pdf/ua-1")
    finally:
        logger.removeHandler(noting)
    if noting.messages:
        raise RuntimeError("\n".join(noting.messages))
