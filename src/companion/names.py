"""Other names of actors and places: older ones, other spellings, initials, names in Russian (the column ``also``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

#: What stands between two names in a cell.
SEPARATOR = "|"


def other_names(row: Mapping[str, str]) -> list[str]:
    """Return the other names of an actor or a place.

    Parameters
    ----------
    row : mapping
        A row of ``actors`` or ``places``.

    Returns
    -------
    list of str
        In the order of the cell, which puts the best known first; one that is empty means a fault in the cell.
    """
    return [part.strip() for part in row["also"].split(SEPARATOR)] if row["also"] else []


def bare(name: str) -> str:
    """Return a name without what the ledger adds in parentheses: ``Zas (CSTO secretary-general in 2022)`` is Zas."""
    return re.sub(r"\s*\(.*\)", "", name)


def key(name: str) -> str:
    """Return what two spellings of one name share: letters without marks, in lower case, and digits.

    Parameters
    ----------
    name : str
        A name in any script.

    Returns
    -------
    str
        ``Gəncə`` and ``gəncə``, ``Nur-Sultan`` and ``Nursultan`` are the same, ``Кишинёв`` and ``Кишинев`` too.
    """
    apart = unicodedata.normalize("NFD", name.casefold())
    return "".join(letter for letter in apart if letter.isalnum())
