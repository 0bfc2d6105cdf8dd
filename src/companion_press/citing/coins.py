"""COinS: a citation record in the attribute of a span, where reference managers look for it.

A page may hold several; Zotero then offers a list to choose from.
"""

import re
from html import escape
from urllib.parse import quote

#: CSL types that are parts of a book for OpenURL, and what Zotero calls the others.
_PARTS = ("chapter", "entry", "figure", "graphic", "map")
_ZOTERO = {
    "dataset": "dataset",
    "article-newspaper": "newspaperArticle",
    "article-magazine": "magazineArticle",
    "article-journal": "journalArticle",
    "webpage": "webpage",
    "post-weblog": "blogPost",
    "motion_picture": "videoRecording",
    "report": "report",
}


def title(item: dict) -> str:
    """Return the ContextObject (ANSI/NISO Z39.88-2004) of a CSL record, for the span's ``title``.

    Parameters
    ----------
    item : a record of `csl_items` (CSL-JSON)

    The book and its parts use OpenURL's book format, everything else Dublin Core
    with Zotero's own type. Zotero reads a plus sign as a space however it is
    written, so the full-width plus takes its place, which compatibility
    normalisation (NFKC) turns back into a plus.
    """
    pairs = [("ctx_ver", "Z39.88-2004")]
    name = plain(item["title"])
    if item["type"] == "book" or item["type"] in _PARTS:
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"))
        if item["type"] == "book":
            pairs += [("rft.genre", "book"), ("rft.btitle", name)]
        else:
            pairs += [("rft.genre", "bookitem"), ("rft.atitle", name), ("rft.btitle", plain(item["container-title"]))]
        if item.get("edition") or item.get("version"):
            pairs.append(("rft.edition", str(item.get("edition") or f"version {item['version']}")))
    else:
        pairs += [
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
            ("rft.type", _ZOTERO.get(item["type"], "document")),
            ("rft.title", name),
        ]
        if item.get("container-title"):
            pairs.append(("rft.source", plain(item["container-title"])))
    for author in item.get("author", []):
        if "literal" in author:
            pairs.append(("rft.aucorp", author["literal"]))
        else:
            pairs.append(("rft.au", f"{author['family']}, {author.get('given', '')}"))
    if "issued" in item and "date-parts" in item["issued"]:
        pairs.append(("rft.date", "-".join(f"{part:02d}" for part in item["issued"]["date-parts"][0])))
    if item.get("publisher"):
        pairs.append(("rft.publisher", item["publisher"]))
    if item.get("publisher-place"):
        pairs.append(("rft.place", item["publisher-place"]))
    if item.get("URL"):
        pairs.append(("rft_id", item["URL"]))
    pairs.append(("rft.language", item.get("language", "en")))
    return "&".join(f"{key}={quote(value.replace('+', '＋'), safe='')}" for key, value in pairs)


def span(item: dict, path: str = "") -> str:
    """Return the span for a page.

    Parameters
    ----------
    path : address of the record below the site's root, which the page's script
        adds to a record without an address of its own
    """
    where = f' data-path="{escape(path, quote=True)}"' if path and not item.get("URL") else ""
    return f'<span class="Z3988" title="{escape(title(item), quote=True)}"{where}></span>'


def plain(text: str) -> str:
    """Return a title without the marks that keep a style from changing its case."""
    return re.sub(r"<[^>]+>", "", text)
