"""Small things that HTML in this book is made of, besides what htpy has."""

from collections.abc import Iterable

import htpy as h


def joined(parts: Iterable[h.Node], separator: str) -> list[h.Node]:
    """Return parts with a separator between them, as ``str.join`` puts it."""
    out: list[h.Node] = []
    for part in parts:
        out += [separator, part] if out else [part]
    return out
