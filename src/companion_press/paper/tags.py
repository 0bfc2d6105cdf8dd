"""Small steps in a page that has been read: what stands at a place, an attribute, a new element."""

import htpy as h
from bs4 import BeautifulSoup, Tag


def expect(tag: Tag | None) -> Tag:
    """Return what a page of the book has at some place; that it is there is more than the reader of HTML can know."""
    assert tag is not None
    return tag


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute that has one value: those that may have several, such as classes, are lists."""
    found = tag[name]
    assert isinstance(found, str)
    return found


def parse(element: h.Element | h.VoidElement) -> Tag:
    """Return a new element as a part of a page that has been read."""
    tag = BeautifulSoup(str(element), "html.parser").find()
    assert isinstance(tag, Tag)
    return tag
