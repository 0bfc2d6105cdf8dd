"""What tells search engines where the pages are, at the site's root, where the site has an address."""

import xml.etree.ElementTree as ElementTree

from sphinx.application import Sphinx

from companion.ledger import load
from companion_press import domain
from companion_press.evidence import ledger_page


def write(app: Sphinx, error: Exception | None) -> None:
    """When the site is built, write ``sitemap.xml`` and ``robots.txt``.

    A search engine asks for the latter at the root of a host only; where the book lies deeper, tell it of the former.
    """
    address = app.config.html_baseurl
    if error or app.builder.format != "html" or not address:
        return
    book, ledger = domain.of_app(app), load()
    ids = [*ledger.claims["id"], *ledger.derivations["id"]]
    parts = [f"book/{ledger_page.part_name(number)}" for number in range(len(ledger_page.parts(ids)))]
    names = [*sorted({*app.env.found_docs, *parts}), *(f"claims/{id}" for id in sorted(set(ids)))]
    book.publish(domain.SITEMAP, sitemap([f"{address}{name}.html" for name in names]))
    book.publish(domain.ROBOTS, f"User-agent: *\nAllow: /\n\nSitemap: {address}{domain.SITEMAP}\n")


def sitemap(addresses: list[str]) -> str:
    """Return a sitemap (sitemaps.org) of these pages; without days, which the build does not know page by page."""
    found = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in addresses:
        ElementTree.SubElement(ElementTree.SubElement(found, "url"), "loc").text = address
    ElementTree.indent(found)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(found, "unicode") + "\n"
