"""Files for reference managers of which a page holds none: scripts hold them, and the page's own script takes them out.

There are four files for each source and each claim, and the pages of the claims would be half of files. Those of
the sources stand in a few scripts of like size, so that a reader fetches little. Those of the claims differ in their title
and their id alone: one pattern stands for all, and a page holds what is put into it. They are scripts because a
page that is opened from a disk may fetch nothing else.
"""

import json
from collections.abc import Iterator

from companion.ledger import Ledger
from companion_press.citing import csl_items, exports
from companion_press.citing.csl_items import ID, TITLE

#: So many sources share a script.
TOGETHER = 40

#: The key of the pattern.
CLAIM = "claim"

#: Formats write signs of a title each in their own way, both kinds of BibTeX in the same: the attribute that holds it.
_ATTRIBUTES = {"bib": "bib", "biblatex.bib": "bib", "ris": "ris", "json": "json"}


def scripts(ledger: Ledger, keys: list[str], address: str) -> Iterator[tuple[list[str], bytes]]:
    """Make the scripts.

    Parameters
    ----------
    keys : of all sources
    address : of the site, ``""`` where it is not known

    Yields
    ------
    The keys of the records in a script, and the script
    """
    yield [CLAIM], _script({CLAIM: _files(csl_items.entry(ledger, ID, TITLE, address))})
    ordered = sorted(keys)
    for start in range(0, len(ordered), TOGETHER):
        some = ordered[start : start + TOGETHER]
        yield some, _script({key: _files(csl_items.reference(ledger, key)) for key in some})


def _files(item: dict) -> dict[str, str]:
    return {ending: exports.exported(item, ending) for ending in exports.FILES}


def _script(records: dict[str, dict[str, str]]) -> bytes:
    return f"bookRecords({json.dumps(records, separators=(',', ':'))});\n".encode()


def put_in(ledger: Ledger, id: str) -> dict[str, str]:
    """Return what the page of a claim puts into the pattern.

    Returns
    -------
    ``id``; ``title``, as text; and under ``bib``, ``ris`` and ``json`` the title as these write it, where that differs
    """
    title = csl_items.plain(csl_items.claim_title(ledger, id))
    written = {
        "bib": exports.escaped(title),
        "ris": " ".join(title.split()),
        "json": json.dumps(csl_items.marked_up(title), ensure_ascii=False)[1:-1],
    }
    return {"id": id, "title": title, **{kind: text for kind, text in written.items() if text != title}}


def filled(text: str, ending: str, held: dict[str, str]) -> str:
    """Return a file of a claim from the pattern, as the page's script makes it.

    Parameters
    ----------
    text : the pattern of this file
    ending : a key of `exports.FILES`
    held : see `put_in`
    """
    title = held.get(_ATTRIBUTES[ending], held["title"])
    return text.replace(ID, held["id"]).replace(TITLE, title)
