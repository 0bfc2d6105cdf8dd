"""The book's own Sphinx theme: its templates, the two bundled files, the content security policy.

The parts in ``assets`` become one style sheet and one script. Their names hold a hash of
their content, so that a server may tell browsers to keep them for ever.
"""

import base64
import functools
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import htpy as h
import jinja2
import rcssmin
import rjsmin
from docutils import nodes
from markupsafe import Markup
from pygments.formatters import HtmlFormatter
from pygments.token import STANDARD_TYPES, Text, _TokenType
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from companion import pages, sources
from companion.ledger import load
from companion_press import domain
from companion_press.figures import packages
from companion_press.keeping import whole

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

HERE = Path(__file__).parent
ASSETS = HERE / "assets"

#: In the order in which a browser reads them.
STYLES = ("base.css", "frame.css", "companion.css", "search.css")
SCRIPTS = (
    "frame.js",
    "companion.js",
    "citing.js",
    "explorers.js",
    "large.js",
    "packing.js",
    "filter.js",
    "teaching.js",
    "search.js",
)
#: Loaded before anything is drawn: the text, and everything that is bold.
FONTS = ("CompanionSerif-Regular.woff2", "Inter-SemiBold.woff2")
OTHERS = ("favicon.svg",)
#: client-zip 2.5.1, (c) David Junger, MIT licence: https://github.com/Touffy/client-zip. Loaded when a reader asks for a zip.
PACKER = "client-zip-2.5.1.js"

#: Sets the reader's choice of light or dark before anything is drawn (without one the system's holds), and
#: calls for the typefaces early. A copy opened from a disk may not preload; there the style sheet finds them.
#: A page that is opened at its top is marked as arriving (see frame.js); one that the browser is about to
#: scroll, to an anchor or back to where the reader was, is laid out whole, so that it is scrolled right.
HEAD_SCRIPT = (
    "(r=>{{try{{const t=localStorage.getItem('theme');if(t==='light'||t==='dark')r.dataset.theme=t;for(const w of ['plain','code'])if(localStorage.getItem(w))r.dataset[w]=''}}catch{{}}"
    "if(!location.hash&&performance.getEntriesByType('navigation')[0]?.type==='navigate')r.classList.add('arriving');"
    "if(location.protocol!=='file:')for(const f of {fonts}){{const l=document.createElement('link');"
    "Object.assign(l,{{rel:'preload',as:'font',type:'font/woff2',crossOrigin:'',href:r.dataset.content_root+f}});"
    "document.head.append(l)}}}})(document.documentElement)"
)

_SVG = '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>'
ICONS = {
    "contents": Markup(
        _SVG.format('<path d="M4 6h16M4 12h16M4 18h10" fill="none" stroke="currentColor" stroke-width="2"/>')
    ),
    "plain": Markup(
        _SVG.format(
            '<path d="M4 6h16M4 11h16M4 16h9" fill="none" stroke="currentColor" stroke-width="2"/>'
            '<circle cx="18.5" cy="16.5" r="2.5" fill="currentColor"/>'
        )
    ),
    "code": Markup(
        _SVG.format('<path d="M8.5 7 3.5 12l5 5M15.5 7l5 5-5 5" fill="none" stroke="currentColor" stroke-width="2"/>')
    ),
    "theme": Markup(
        _SVG.format(
            '<circle cx="12" cy="12" r="8" fill="none" stroke="currentColor" stroke-width="2"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>'
        )
    ),
}


@functools.cache
def bundle() -> dict[str, tuple[str, bytes]]:
    """Return the files of ``_static`` by what they are: their hashed name and their content."""
    made = {
        name: (whole.hashed(name, content), content)
        for name in (*FONTS, *OTHERS)
        for content in [(ASSETS / name).read_bytes()]
    }
    style = "\n".join((ASSETS / name).read_text("utf-8") for name in STYLES)
    sheet = re.sub(r"url\(([\w.-]+)\)", lambda match: f"url({made[match[1]][0]})", rcssmin.cssmin(style)).encode()
    code = ";\n".join(rjsmin.jsmin((ASSETS / name).read_text("utf-8")) for name in SCRIPTS).encode()
    packer = (HERE / "vendor" / PACKER).read_bytes()
    made[PACKER] = (whole.hashed(PACKER, packer), packer)
    # The pages of claims call for the script that others hold: it would be a tenth of each.
    first = HEAD_SCRIPT.format(fonts=json.dumps([f"_static/{made[name][0]}" for name in FONTS], separators=(",", ":")))
    made["first"] = (whole.hashed("first.js", first.encode()), first.encode())
    made["style"] = (whole.hashed("book.css", sheet), sheet)
    made["code"] = (whole.hashed("book.js", code), code)
    printed = ASSETS / "print.css"
    if printed.exists():
        content = rcssmin.cssmin(printed.read_text("utf-8")).encode()
        made["print"] = (whole.hashed("print.css", content), content)
    return made


def policy(*inline: str, style: str = "") -> str:
    """Return a content security policy that allows the site itself and nothing else.

    Parameters
    ----------
    inline : the inline scripts that may run; their hashes are named
    style : the one inline style sheet of a page that has one
    """

    def named(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    scripts = " ".join(["'self'", *map(named, inline)])
    styles = " ".join(["'self'", *([named(style)] if style else [])])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'"
    )


def site(app: Sphinx) -> dict:
    """Return what the templates must know of the site, with addresses from its root."""
    made = bundle()
    at = {what: f"_static/{name}" for what, (name, _) in made.items()}
    script = made["first"][1].decode()
    return {
        "policy": policy(script),
        "script": Markup(script),
        "first": at["first"],
        "style": at["style"],
        "code": at["code"],
        "print": at.get("print"),
        "icon": at["favicon.svg"],
        "icons": ICONS,
        "current": sources.how_current(load()),
        "later": pages.title(load().root / f"{pages.SINCE}.md"),
        "author": app.config.author,
        "licence": packages.LICENCE,
        "version": load().package["version"],
        "feed": app.config.html_baseurl + domain.FEED if app.config.html_baseurl else "",
    }


#: The kinds of words in code that the style sheet colours, by their short names in Pygments.
COLOURED = frozenset(
    re.findall(
        r"\.([\w-]+)", "".join(re.findall(r"\.highlight :is\((.*?)\)", (ASSETS / "base.css").read_text("utf-8")))
    )
)


class Code(HtmlFormatter):
    """Code with an element only around words that have a colour: a third of the elements of a chapter are left."""

    def format_unencoded(self, tokensource: Iterable[tuple[_TokenType, str]], outfile: IO[str]) -> None:
        super().format_unencoded(
            ((kind if STANDARD_TYPES.get(kind) in COLOURED else Text, text) for kind, text in tokensource), outfile
        )


def colour(app: Sphinx) -> None:
    """Let this theme's pages show code by `Code`."""
    if app.config.html_theme == "companion":
        cast("StandaloneHTMLBuilder", app.builder).highlighter.formatter = Code


def prepare(app: Sphinx, config: Config) -> None:
    """Pages name the files of the bundle, so that all are written anew when one has changed."""
    config.companion_assets = sorted(name for name, _ in bundle().values())


def gather(app: Sphinx) -> None:
    """Make the bundle a part of the site; others may add files until the build ends."""
    domain.of_app(app).static.update(bundle().values())


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page's template what it needs."""
    context["site"] = site(app)
    tree = context["toctree"](maxdepth=2, collapse=True, includehidden=True, titles_only=True) or ""
    tree = tree.replace(' role="heading"', "")  # Sphinx gives the parts a heading's role but no level
    context["contents"] = Markup(_CURRENT.sub(lambda match: f"{match[0]}{_sections(doctree)}", tree, count=1))


#: In the contents: the link to the page on which they stand.
_CURRENT = re.compile(r'<a class="current reference internal" href="#">.*?</a>', re.S)


def _sections(doctree: nodes.document | None) -> h.Fragment:
    """Return the sections of a page as a list for the contents."""
    title = doctree and doctree.next_node(nodes.section)
    items = [
        h.li[h.a(href=f"#{part['ids'][0]}")[part.next_node(nodes.title).astext()]]
        for part in (title.children if title else ())
        if isinstance(part, nodes.section)
    ]
    return h.fragment[h.ul(class_="here")[items] if items else None]


def write(app: Sphinx, error: Exception | None) -> None:
    """Leave in ``_static`` what the pages load, and nothing that extensions brought for another theme."""
    if error or app.config.html_theme != "companion":
        return  # another theme needs what it brings
    book = domain.of_app(app)
    for name, content in book.static.items():
        book.publish(f"_static/{name}", content)
    book.publish("404.html", not_found(app))


def not_found(app: Sphinx) -> str:
    """Return the page for an address that does not exist.

    A server shows it at whatever address was asked for, so that it holds all that it needs,
    and finds the site's root from the folders that the address names.
    """
    template = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True
    ).get_template("404.html")
    style = rcssmin.cssmin((ASSETS / "404.css").read_text("utf-8"))
    script = rjsmin.jsmin((ASSETS / "404.js").read_text("utf-8"))
    return template.render(
        title=app.config.html_title,
        style=Markup(style),
        script=Markup(script),
        policy=policy(script, style=style),
        root=app.config.html_baseurl,
        withdrawn=app.config.companion_withdrawn,
    )


def moved(app: Sphinx, exception: Exception | None) -> None:
    """At addresses that once held a page, or that a reader may guess, stand pages that lead on."""
    if exception or app.builder.format != "html":
        return
    for old, new in app.config.companion_moved.items():
        source, target = Path(app.outdir) / f"{old}.html", Path(app.outdir) / new.partition("#")[0]
        if not target.exists():
            raise ConfigError(
                f"companion_moved: {old} leads to {new}, which the site does not have; name a page that it has"
            )
        if source.exists() and "refresh" not in source.read_text("utf-8").lower()[:200]:
            raise ConfigError(
                f"companion_moved: {old} is a page of the site, so it cannot lead to {new}; take the line out"
            )
        page = _leading_on("../" * old.count("/") + new, app.config.html_baseurl and app.config.html_baseurl + new)
        domain.of_app(app).publish(f"{old}.html", page)


def _leading_on(to: str, canonical: str) -> str:
    """Return a page that leads on.

    Parameters
    ----------
    to : where it leads, from where it stands
    canonical : the same with the site's address; ``""`` where the site has none
    """
    head = h.head[
        h.meta(charset="utf-8"),
        h.title["Moved"],
        h.link(rel="canonical", href=canonical) if canonical else None,
        h.meta(http_equiv="refresh", content=f"0; url={to}"),
    ]
    body = h.body[h.p["This page has moved: ", h.a(href=to)["go on"], "."]]
    return f'<!DOCTYPE html>\n<html lang="en">{head}{body}</html>\n'


def setup(app: Sphinx) -> None:
    """Register the theme and its steps."""
    app.add_html_theme("companion", str(HERE))
    app.add_config_value("companion_moved", {}, "html")
    app.add_config_value("companion_withdrawn", {}, "html")  # figures no longer drawn: where what they showed stands
    app.add_config_value("companion_assets", [], "html")
    app.connect("config-inited", prepare)
    app.connect("builder-inited", gather)
    app.connect("builder-inited", colour)
    app.connect("html-page-context", describe)
    app.connect("build-finished", domain.of_the_whole_book(moved), priority=900)
    app.connect("build-finished", write, priority=950)  # when everybody else has written
