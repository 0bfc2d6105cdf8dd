"""Sets records that are alike once: pandoc takes a millisecond for each, and of the ledger's rows there are thousands.

The rows of the ledger differ in their id, their address and their title alone, and their title has fixed capitals and
ends with a bracket. So one pattern of them is set in each style, and each title once for all styles that print it
in the same way.
"""

import json
import re
from collections import defaultdict

from companion_press.citing import engine, manuals
from companion_press.citing.csl_items import ID, TITLE, fixed, is_fixed, plain

#: Fewer records than this are set one by one.
MANY = 10

#: How titles are printed, as text and as HTML, by their `_manner` and by themselves.
_titles: dict[tuple, dict[str, tuple[str, str]]] = defaultdict(dict)


def render(wanted: list[tuple], style: str) -> list[tuple[str, str]]:
    """Return the plain text and the HTML of each citation, as `engine.render` does, which says what is wanted and raised."""
    groups = defaultdict(list)
    for place, (item, locator, full) in enumerate(wanted):
        if (pattern := _pattern(item)) is not None:
            groups[json.dumps(pattern, sort_keys=True), locator, full].append(place)
    many = {asked: places for asked, places in groups.items() if len(places) >= MANY}
    patterns = [(json.loads(pattern), locator, full) for pattern, locator, full in many]
    found: dict[int, tuple[str, str]] = {}
    composed: list[tuple[str, str, tuple, list[int]]] = []
    known: dict[tuple, set[str]] = defaultdict(set)
    whole = set(range(len(wanted))).difference(*many.values())
    for (text, html), places in zip(engine.render(patterns, style), many.values()):
        manner = _manner(text, style)
        composed.append((text, html, manner, places))
        for place in places:
            title = wanted[place][0]["title"]
            if title not in _titles[manner] and title not in known[manner]:
                known[manner].add(title)
                whole.add(place)
    found |= zip(sorted(whole), engine.render([wanted[place] for place in sorted(whole)], style))
    for text, html, manner, places in composed:
        for place in places:
            item = wanted[place][0]
            if place in found:
                _titles[manner][item["title"]] = _cut(found[place][0], text, item), _cut(found[place][1], html, item)
            else:
                said, marked = _titles[manner][item["title"]]
                found[place] = _filled(text, item, said), _filled(html, item, marked)
    return [found[place] for place in range(len(wanted))]


def _pattern(item: dict) -> dict | None:
    """Return the record with what stands in for id and title, or None for one that is not like others."""
    title, path = item.get("title", ""), item.get("custom", {}).get("path", "")
    if not is_fixed(title) or not plain(title).endswith(")") or not path.endswith(f"#{item['id']}"):
        return None
    held = {"id": ID, "title": fixed(TITLE), "custom": {**item["custom"], "path": _open(path, item)}}
    return {**item, **held, **({"URL": _open(item["URL"], item)} if "URL" in item else {})}


def _open(address: str, item: dict) -> str:
    return address.removesuffix(item["id"]) + ID


def _manner(text: str, style: str) -> tuple[str, str]:
    """Return what decides how a title is printed: the English of the style and the mark before it.

    APA raises letters within titles (`manuals.prepared`), also where the capitals are fixed.
    """
    before = re.search(rf"(.){TITLE}", text, re.S)
    mark = before[1] if before and before[1] in "“‘" else ""
    return (style if style == "apa" else manuals.FILES[style][1], mark)


def _filled(pattern: str, item: dict, title: str) -> str:
    return pattern.replace(ID, item["id"]).replace(TITLE, title)


def _cut(text: str, pattern: str, item: dict) -> str:
    """Return the title as it stands in a citation of this pattern."""
    before, _, after = pattern.replace(ID, item["id"]).partition(TITLE)
    if not (text.startswith(before) and text.endswith(after)):
        raise RuntimeError(f"{item['id']} is set otherwise than its like: {text}")
    return text[len(before) : len(text) - len(after)]
