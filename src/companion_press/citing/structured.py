"""What machines read of a page: schema.org as JSON-LD, Highwire tags, OpenGraph."""

import csv
import functools
import io
import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from companion import maps
from companion.ledger import CENTRAL_ASIA, Ledger
from companion_press.citing import csl_items
from companion_press.figures import packages

_TYPES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "zip": "application/zip",
    "sqlite": "application/vnd.sqlite3",
}
CONTEXT = "https://schema.org"


def script(nodes: list[dict]) -> str:
    """Return the JSON-LD element that holds `nodes`."""
    graph = {"@context": CONTEXT, "@graph": nodes}
    # Inside a script element a closing tag would end it, whatever the quotes around it.
    return f'<script type="application/ld+json">{json.dumps(graph, ensure_ascii=False).replace("<", chr(92) + "u003c")}</script>'


def work(kind: str, item: dict, page: str, **more: Any) -> dict:
    """Return the part that a book, a chapter and a dataset share.

    Parameters
    ----------
    kind : ``Book``, ``Chapter`` or ``Dataset``
    item : the citation record (CSL-JSON)
    page : address of the thing, absolute where the book has one, else relative to the page
    more : further properties; empty ones are left out
    """
    found = {
        "@type": kind,
        "@id": page,
        "name": csl_items.plain(item["title"]),
        "author": [{"@type": "Organization", "name": author["literal"]} for author in item["author"]],
        "datePublished": "-".join(f"{part:02d}" for part in item["issued"]["date-parts"][0]),
        "inLanguage": "en",
        "license": packages.LICENCE[1],
        "isAccessibleForFree": True,
        "url": page,
    }
    found.update({key: value for key, value in more.items() if value})
    return found


def downloads(paths: dict[str, str]) -> list[dict]:
    """Return the distributions of a dataset: address by what it is."""
    return [
        {"@type": "DataDownload", "name": name, "contentUrl": path, "encodingFormat": _TYPES[path.rsplit(".", 1)[-1]]}
        for name, path in paths.items()
    ]


def based_on(references: list[dict]) -> list[dict]:
    """Return the works that something is based on, from citation records."""
    found = []
    for item in references:
        entry: dict = {"@type": "CreativeWork", "name": csl_items.plain(item["title"])}
        if item.get("URL"):
            entry["url"] = item["URL"]
        people = [a.get("literal") or f"{a.get('given', '')} {a['family']}".strip() for a in item.get("author", [])]
        if people:
            entry["creator"] = [{"@type": "Thing", "name": name} for name in people]
        found.append(entry)
    return found


#: Columns of a figure's table that hold dates (EDTF) or years.
_DATED = ("date", "since", "period", "year", "asked")


def years(ledger: Ledger, ids: Iterable[str], table: str = "") -> str:
    """Return the years that something is about as an ISO 8601 interval, ``""`` where nothing names one.

    Parameters
    ----------
    ids : claims and numbers of the ledger
    table : the figure's own table as CSV: its dates, and those of the resolutions in it
    """
    held = dict(zip(ledger.resolutions["id"], ledger.resolutions["date"]))
    found = set()
    for row in csv.DictReader(io.StringIO(table)):
        for text in [*(row.get(name, "") for name in _DATED), held.get(row.get("resolution"), "")]:
            found.update(re.findall(r"\b(?:1[89]|20)\d\d", text))
    for claim in dict.fromkeys(c for id in ids for c in ledger.inputs(id)):
        texts = [t for q in ledger.quantities_of(claim) for t in (q.period, q.since)]
        report = ledger.report_of(claim)
        texts += [report.date] if report else []
        for text in texts:
            found.update(re.findall(r"\b(?:1[89]|20)\d\d", text))
    if not found:
        return ""
    first, last = min(found), max(found)
    return first if first == last else f"{first}/{last}"


@functools.lru_cache(maxsize=1)
def region() -> dict:
    """Return Central Asia as a schema.org place, with the box around its five states (south, west, north, east)."""
    land = maps.countries("EPSG:4326")
    west, south, east, north = land[land["actor"].isin(CENTRAL_ASIA)].total_bounds.round(1)
    return {
        "@type": "Place",
        "name": "Central Asia: Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan and Uzbekistan",
        "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
    }


def tags(pairs: Iterable[tuple[str, str]], attribute: str) -> str:
    """Return meta elements: `attribute` is ``name`` (Highwire) or ``property`` (OpenGraph)."""
    return "".join(f'<meta {attribute}="{key}" content="{escape(value, quote=True)}">' for key, value in pairs if value)
