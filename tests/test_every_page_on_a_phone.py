"""Readers on a phone: every page is whole, asks nobody else, and says nothing on the console."""

import pytest

from reading import KINDS, PAGES, faults

#: The two longest chapters: if any page breaks at an odd width, these do.
LONGEST = ["book/war.html", "book/west.html"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_on_a_phone_has_no_barrier_error_foreign_request_or_cut_words(visit, page):
    seen = visit(page, width=390)
    assert seen.page.locator("main article h1").count() == 1
    assert faults(seen, axe=page in KINDS) == []


@pytest.mark.parametrize("width", [320, 820, 1280, 1440])
@pytest.mark.parametrize("page", LONGEST)
def test_the_longest_chapters_hold_at_every_width(visit, page, width):
    assert faults(visit(page, width=width, theme="dark" if width == 1280 else "light"), axe=width == 320) == []
