"""Small things that HTML in this book is made of, besides what htpy has."""

from collections.abc import Callable, Iterable

import htpy as h

#: What turns the name of a document into its address, relative to the page that is being made.
To = Callable[[str], str]


def joined(parts: Iterable[h.Node], separator: str) -> list[h.Node]:
    """Return parts with a separator between them, as ``str.join`` puts it."""
    out: list[h.Node] = []
    for part in parts:
        out += [separator, part] if out else [part]
    return out
