"""Readers who look closely: a figure opens as wide as the screen at a click or a tap, sharp, and closes in every usual way."""

import pytest

from built_site import until

OPEN = "document.querySelector('dialog.large')?.open"


def enlarge(seen, figure):
    """Open a figure as a reader does; return the large picture, loaded."""
    picture = seen.page.locator(f"figure#{figure} picture:visible").first
    picture.scroll_into_view_if_needed()
    picture.click()
    until(seen.page, OPEN)
    image = seen.page.locator("dialog.large img")
    image.evaluate("image => image.decode()")
    return image


@pytest.mark.parametrize("how", ["Escape", "Back", "the button"])
def test_it_closes_and_the_reader_is_where_she_was(visit, how):
    seen = visit("book/war.html")
    page = seen.page
    image = enlarge(seen, "russian-sites")
    before, address = page.evaluate("scrollY"), page.url
    assert image.bounding_box()["width"] > page.locator("figure#russian-sites").bounding_box()["width"]
    if how == "Escape":
        page.keyboard.press("Escape")
    elif how == "Back":
        page.go_back()
    else:
        page.get_by_role("button", name="Close").click()
    until(page, f"!{OPEN}")
    assert (page.evaluate("scrollY"), page.url) == (before, address)
    # And a step back leads to where she came from, not through the pictures that she has seen.
    until(page, "!history.state?.large")
    assert before > 1000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("figure", ["russian-sites", "un-votes"])
def test_on_a_phone_it_is_wider_than_the_screen_and_drawn_in_lines(visit, figure, theme):
    """A figure in lines is sharp at any size and density; a map in the page is made of points."""
    seen = visit("book/war.html", width=390, touch=True, theme=theme)
    image = enlarge(seen, figure)
    assert image.evaluate("image => image.currentSrc").split("#")[0].endswith(".svg")
    box = image.bounding_box()
    assert box["width"] > 700 and box["height"] > 300
    assert seen.page.evaluate(
        "(() => { const view = document.querySelector('dialog.large'); return view.scrollWidth > view.clientWidth; })()"
    )


def test_an_explorer_opens_the_state_that_is_chosen(visit):
    seen = visit("book/war.html")
    figure = seen.page.locator("figure#vote-explorer")
    figure.locator("select").select_option(index=2)
    image = enlarge(seen, "vote-explorer")
    assert figure.locator("li[data-state]").nth(2).get_attribute("data-state") in image.evaluate(
        "image => image.currentSrc"
    )
    assert image.get_attribute("alt") == figure.locator(".explorer-stage img").get_attribute("alt")


def test_the_large_picture_has_the_words_of_the_small_one_and_a_name(visit):
    seen = visit("book/war.html")
    small = seen.page.locator("figure#un-votes img").get_attribute("alt")
    headline = seen.page.locator("figure#un-votes .figure-headline").inner_text().rstrip("#")
    assert enlarge(seen, "un-votes").get_attribute("alt") == small
    assert seen.page.locator("dialog.large").get_attribute("aria-label") == headline


def test_in_firefox_it_opens_and_closes(firefox, address):
    firefox.resize(1280, 900)
    firefox.open(f"{address}/book/war.html")
    firefox.until("!document.documentElement.classList.contains('arriving')")
    firefox.evaluate("document.querySelector('#un-votes').scrollIntoView({block: 'center', behavior: 'instant'})")
    firefox.click("#un-votes picture img")
    firefox.until(OPEN)
    firefox.press("\ue00c")
    firefox.until(f"!{OPEN}")
