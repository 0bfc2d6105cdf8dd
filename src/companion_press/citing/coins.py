"""COinS: a citation record in the attribute of a span, where reference managers look for it.

A page may hold several; Zotero then offers a list to choose from.
"""

from urllib.parse import quote

import htpy as h
from markupsafe import Markup

from companion_press.citing import interchange
from companion_press.citing.csl_items import plain

#: Types of a record (`interchange`) that OpenURL has no format for, and what Zotero calls them.
_ZOTERO = {
    "dataset": "dataset",
    "article-newspaper": "newspaperArticle",
    "article-magazine": "magazineArticle",
    "manuscript": "manuscript",
    "webpage": "webpage",
}
#: Where an article stands in its journal: OpenURL's keys, and the fields of CSL.
_ISSUE = {"volume": "volume", "issue": "issue", "pages": "page"}


def title(item: dict) -> str:
    """Return the ContextObject (ANSI/NISO Z39.88-2004) of a CSL record, for the span's ``title``.

    Parameters
    ----------
    item : a record of `csl_items` (CSL-JSON)

    The book and its parts use OpenURL's book format, an article of a journal its
    journal format, everything else Dublin Core with Zotero's own type. Zotero reads a plus sign as a space however it is
    written, so the full-width plus takes its place, which compatibility
    normalisation (NFKC) turns back into a plus.
    """
    item = interchange.record(item)
    pairs = [("ctx_ver", "Z39.88-2004")]
    name = plain(item["title"])
    if item["type"] in ("book", "chapter"):
        pairs.append(("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"))
        if item["type"] == "book":
            pairs += [("rft.genre", "book"), ("rft.btitle", name)]
        else:
            pairs += [("rft.genre", "bookitem"), ("rft.atitle", name), ("rft.btitle", plain(item["container-title"]))]
        if "edition" in item:
            pairs.append(("rft.edition", item["edition"]))
    elif item["type"] == "article-journal":
        # In Dublin Core Zotero takes the title of such an article for that of its journal.
        pairs += [
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
            ("rft.genre", "article"),
            ("rft.atitle", name),
            ("rft.jtitle", plain(item["container-title"])),
        ]
        pairs += [(f"rft.{key}", item[field]) for key, field in _ISSUE.items() if field in item]
    else:
        pairs += [
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
            ("rft.type", _ZOTERO[item["type"]]),
            ("rft.title", name),
        ]
        if item.get("container-title"):
            pairs.append(("rft.source", plain(item["container-title"])))
        if item.get("genre"):
            pairs.append(("rft.description", item["genre"]))  # Zotero has no key for what a text is
    for author in item.get("author", []):
        if "literal" in author:
            pairs.append(("rft.aucorp", author["literal"]))
        else:
            pairs.append(("rft.au", f"{author['family']}, {author.get('given', '')}"))
    if "issued" in item and "date-parts" in item["issued"]:
        pairs.append(("rft.date", "-".join(f"{part:02d}" for part in item["issued"]["date-parts"][0])))
    if item.get("publisher"):
        pairs.append(("rft.publisher", plain(item["publisher"])))
    if item.get("publisher-place"):
        pairs.append(("rft.place", item["publisher-place"]))
    if item.get("DOI"):
        pairs.append(("rft_id", f"info:doi/{item['DOI']}"))
    if item.get("URL"):
        pairs.append(("rft_id", item["URL"]))
    pairs.append(("rft.language", item.get("language", "en")))
    return "&".join(f"{key}={quote(value.replace('+', '＋'), safe='')}" for key, value in pairs)


def span(item: dict, path: str = "") -> Markup:
    """Return the span for a page.

    Parameters
    ----------
    path : address of the record below the site's root, which the page's script
        adds to a record without an address of its own
    """
    return Markup(h.span(".Z3988", title=title(item), data_path=None if item.get("URL") else path or None))
