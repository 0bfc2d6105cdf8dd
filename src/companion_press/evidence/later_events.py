"""What came after the account ends, for the chapter that it touches: read from the page of later events.

Each entry of that page says which place of which chapter it touches; a chapter lists its entries from there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import htpy as h

from companion import dates, pages
from companion.ledger import Ledger
from companion_press.html_parts import To

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: An entry of the page: the id of its event as label, its heading, and its text up to the next label or part.
ENTRY = re.compile(r"^\(([a-z0-9-]+)\)=\n### [^\n]+\n(.*?)(?=^\(|^## |\Z)", re.S | re.M)


def touching(ledger: Ledger, docname: str) -> list[str]:
    """Return the ids of the later events that touch a chapter, in the order of the page on which they stand.

    Parameters
    ----------
    docname : the chapter (``book/war``)
    """
    name = docname.rpartition("/")[2]
    text = (ledger.root / f"{pages.SINCE}.md").read_text("utf-8")
    return [id for id, told in ENTRY.findall(text) if re.search(rf"\{{doc\}}`[^`<]+<{name}>`", told)]


def title(ledger: Ledger, ids: list[str]) -> str:
    """Return the line above the events of a chapter: ``Since December 2025: 5 later events touch this chapter``."""
    several = "events touch" if len(ids) > 1 else "event touches"
    return f"{pages.title(ledger.root / f'{pages.SINCE}.md')}: {len(ids)} later {several} this chapter"


def item(ledger: Ledger, id: str) -> tuple[str, str]:
    """Return an event's name, and when it was or that it was only announced: ``10 January 2026``."""
    event = ledger.events.set_index("id").loc[id]
    report = ledger.report_of(event["settled_by"])
    assert report is not None, f"the check lets no event through that is not settled by a report: {id}"
    day = dates.text(report.date)
    return event["name"], f"announced for {day}" if ledger.announced(id) else day


def later_events(app: Sphinx, ledger: Ledger, to: To, docname: str) -> h.Fragment:
    """The later events that touch a chapter, in a closed list."""
    ids = touching(ledger, docname)
    return h.fragment[_closed_list(ledger, to, ids) if ids else None]


def _closed_list(ledger: Ledger, to: To, ids: list[str]) -> h.Element:
    named = ((id, *item(ledger, id)) for id in ids)
    return h.details(class_="later-events")[
        h.summary[title(ledger, ids)],
        h.ul[(h.li[h.a(href=f"{to(pages.SINCE)}#{id}")[name], f", {day}"] for id, name, day in named)],
    ]


MAKERS = {"later-events": later_events}
