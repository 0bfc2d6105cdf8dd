"""Every citation of the book: records (`csl_items`) set in the styles that print them (`manuals`).

Page, panel, notebook and download ask here. One start of pandoc (`engine`) sets any number of records, so ask for
many at once. Texts are kept for the life of the process, and by `citation_store` for the next build. Pandoc is
needed only where a citation is set: this module can be imported without it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from companion import sources
from companion.ledger import Ledger
from companion_press.citing import csl_items, manuals, patterns


@dataclass(frozen=True)
class Entry:
    """One citation, ready to be shown and copied.

    ``text`` and ``html`` can stand as they are: without a site's address they
    name none, and they never name a day of reading. ``text_full`` and
    ``html_full`` are for the page's script. They hold ``{url:PATH}``, to be
    replaced by the full address of PATH, which is relative to the site's root
    and empty for the root itself (absent where the site's address is known);
    and, in styles that print it, ``{accessed:FORMAT}``, to be replaced by
    today's date in FORMAT: ``d`` day, ``MMMM`` month, ``MMM.`` its
    abbreviation, ``y`` year. A source has an address of its own, or none; only
    where it has one can the day of reading follow.
    """

    text: str
    html: str
    text_full: str
    html_full: str


def entries(items: Iterable[dict], style: str) -> list[Entry]:
    """Return the bibliography entry of each record.

    Each is set as if it stood alone: no “2025a”, no dash for a repeated author.

    Parameters
    ----------
    items : records
    style : a key of `manuals.STYLES`

    Raises
    ------
    KeyError
        There is no such style.
    RuntimeError
        Pandoc cannot set a record; the message names it.
    """
    return _set([(item, None) for item in items], style)


def listed(ledger: Ledger) -> dict[str, str]:
    """Return every reference of the book for a list of sources, as HTML by its key: the entry, and its note behind."""
    keys = list(sources.references(ledger.root).entries)
    records = [csl_items.reference(ledger, key, read=True) for key in keys]
    found = {}
    for key, record, entry in zip(keys, records, entries(records, manuals.LIST_STYLE)):
        note = record.get("note", "")
        found[key] = f"{entry.html} {escape(note[0].upper() + note[1:])}." if note else entry.html
    return found


def citations(pairs: Sequence[tuple[dict, str]], style: str) -> list[Entry]:
    """Return the citation in the text, or the whole first footnote in ``chicago-notes``, of each pair.

    Parameters
    ----------
    pairs : (record, locator); a locator is ``¶4``, ``¶0`` (the standfirst), ``caption``, ``00:09:57`` or ``""`` for none
    style : a key of `manuals.STYLES`

    Raises
    ------
    KeyError
        There is no such style.
    ValueError
        A locator is of another form.
    RuntimeError
        Pandoc cannot set a record; the message names it.
    """
    for item, locator in pairs:
        if locator and not sources.LOCATOR.fullmatch(locator):
            raise ValueError(f"{item['id']}: locator {locator!r} must be of the form ¶4 or 00:09:57")
    return _set(list(pairs), style)


def _set(pairs: Sequence[tuple[dict, str | None]], style: str) -> list[Entry]:
    keys = [(style, key(item, locator)) for item, locator in pairs]
    asked.update(keys)
    missing = {at: pair for at, pair in zip(keys, pairs) if at not in made}
    wanted = {
        (at, full): (item, locator, full)
        for at, (item, locator) in missing.items()
        for full in ((False, True) if _has_more(item) else (False,))
    }
    texts = dict(zip(wanted, patterns.render(list(wanted.values()), style)))
    for at in missing:
        made[at] = Entry(*texts[at, False], *texts.get((at, True), texts[at, False]))
    return [made[at] for at in keys]


def _has_more(item: dict) -> bool:
    """Say whether only the page knows all: our own address, or the day on which a reader opens that of a source."""
    return "custom" in item or ("URL" in item and "accessed" not in item)


def key(item: dict, locator: str | None) -> str:
    """Return what a record with a locator (None for an entry) is known by."""
    return hashlib.sha256(json.dumps([item, locator], sort_keys=True).encode()).hexdigest()


#: Citations by style and `key`: those that are set (`citation_store` keeps them between builds), and those asked for.
made: dict[tuple[str, str], Entry] = {}
asked: set[tuple[str, str]] = set()
