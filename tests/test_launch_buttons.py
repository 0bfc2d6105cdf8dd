"""Readers: every page offers what runs it, and nothing that leads nowhere."""

import re

import pytest


def launch(page):
    return re.search(r'<details class="launch">(.*?)</details>', page.read_text("utf-8"), re.S)[1]


def test_every_page_leads_to_files_that_exist(site):
    pages = [page for folder in ("book", "seeds", "data") for page in (site / folder).glob("*.html")]
    # An old address only says where its page has gone.
    pages = [page for page in pages if 'http-equiv="refresh"' not in page.read_text("utf-8")]
    assert len(pages) > 20
    for page in pages:
        for target in re.findall(r'href="([^"#?]+)', launch(page)):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_list_opens_by_keyboard_on_a_phone_with_and_without_scripts(visit, scripts):
    page = visit("book/war.html", width=390, scripts=scripts).page
    links = page.locator(".launch a")
    assert not links.first.is_visible()
    page.locator(".launch summary").focus()
    page.keyboard.press("Enter")
    assert links.first.is_visible() and links.count() == 3
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
