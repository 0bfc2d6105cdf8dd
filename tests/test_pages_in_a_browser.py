"""Readers online: every control of a page works, by mouse, by touch and by keyboard."""

import re

import pytest

from built_site import until


def test_the_root_leads_to_the_landing_page(visit):
    page = visit("").page
    page.wait_for_url("**/book/index.html")


def open_card(page):
    return page.locator(".claim-card:popover-open")


def test_a_claim_opens_and_closes_by_keyboard_alone(visit):
    page = visit("book/institutions.html").page
    claim = page.locator("article a.claim").first
    claim.focus()
    assert open_card(page).count() == 0
    page.keyboard.press("Enter")
    card = open_card(page)
    assert card.count() == 1
    assert page.evaluate("document.activeElement.matches('.claim-card')"), "the card is read out first"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.claim-card') !== null"), "its links come next"
    page.keyboard.press("Escape")
    assert open_card(page).count() == 0
    assert claim.evaluate("link => document.activeElement === link"), "the reader is back where she was"


def test_a_live_value_is_announced_as_a_plain_link(visit):
    """A sentence with three of them is heard as a sentence: nothing says "has popup dialog" or "collapsed"."""
    page = visit("book/institutions.html").page
    assert page.locator(":is(a.claim, a.note-mark):is([aria-haspopup], [aria-expanded], [role])").count() == 0
    page.locator("article a.claim").first.click()
    assert page.locator(":is(a.claim, a.note-mark):is([aria-haspopup], [aria-expanded], [role])").count() == 0


def test_plain_reading_hides_the_marks_in_the_whole_book_and_is_remembered(visit):
    page = visit("book/institutions.html").page
    claim = page.locator("article a.claim").first
    lined = "link => getComputedStyle(link).textDecorationLine"
    assert claim.evaluate(lined) == "underline"
    button = page.locator(".plain-button")
    button.click()
    assert button.get_attribute("aria-pressed") == "true" and claim.evaluate(lined) == "none"
    claim.click()
    assert open_card(page).count() == 0
    page.goto(page.url.replace("institutions", "west"))
    assert page.locator("article a.claim").first.evaluate(lined) == "none"
    page.locator(".plain-button").click()
    page.locator("article a.claim").first.click()
    assert open_card(page).count() == 1


def test_a_claim_opens_under_the_mouse_and_goes_when_it_leaves(visit):
    page = visit("book/institutions.html").page
    page.locator("article a.claim").first.hover()
    open_card(page).wait_for()
    page.mouse.move(5, 5)
    until(page, "document.querySelector('.claim-card:popover-open') === null")


def test_a_claim_opens_by_touch_inside_the_screen_of_a_phone(visit):
    page = visit("book/institutions.html", width=390, touch=True).page
    for number in (0, 5, 11):
        claim = page.locator("article a.claim").nth(number)
        claim.scroll_into_view_if_needed()
        claim.tap()
        card = open_card(page)
        card.wait_for()
        box = card.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
        page.keyboard.press("Escape")
        assert open_card(page).count() == 0


def test_a_card_says_what_is_claimed_by_whom_where_and_how_it_fared(visit):
    page = visit("book/institutions.html").page
    page.locator('a.note-mark[data-card="card-cis-five-full-members"]').click()
    text = open_card(page).inner_text()
    assert "Russia and each of the 5 Central Asian states" in text
    assert "Cafiero 2025, ¶5" in text
    assert "contradicted" in text


@pytest.mark.long
def test_every_link_of_every_card_leads_to_something(visit, address):
    seen = visit("book/institutions.html")
    targets = seen.page.eval_on_selector_all(
        ".claim-card a[href]:not([rel=external])", "links => [...new Set(links.map(a => a.href))]"
    )
    assert len(targets) > 50
    wanted = {}
    for target in targets:
        page, _, anchor = target.partition("#")
        wanted.setdefault(page, set()).add(anchor)
    for page, anchors in wanted.items():
        assert page.startswith(address)
        seen.page.goto(page)
        missing = seen.page.evaluate("ids => ids.filter(id => id && !document.getElementById(id))", sorted(anchors))
        assert missing == [], f"{page} has no {missing}"


def test_without_scripts_a_claim_is_a_link_to_its_row_in_the_ledger(visit):
    seen = visit("book/institutions.html", scripts=False)
    claim = seen.page.locator("article a.claim").first
    target = claim.get_attribute("href").split("#")[1]
    assert seen.page.locator(".claim-card").first.is_hidden()
    claim.click()
    seen.page.wait_for_url(f"**/book/ledger.html#{target}")
    assert seen.page.locator(f"#{target}").is_visible()
    assert seen.page.locator(".ledger-filter").is_hidden(), "a form that does nothing is not shown"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_figure_comes_in_the_theme_and_the_width_of_the_reader(visit, theme, width):
    page = visit("book/institutions.html", width=width, theme=theme).page
    figure = page.locator("figure#membership-matrix")
    figure.scroll_into_view_if_needed()
    image = figure.locator("img:visible")
    assert image.count() == 1
    image.evaluate("image => image.decode()")
    source = image.evaluate("image => image.currentSrc")
    # One file holds both themes; a page asks for the dark colours by their name.
    wanted = rf"membership-matrix-{'narrow' if width == 390 else 'wide'}\.\w+\.svg{'#dark' if theme == 'dark' else ''}"
    assert re.search(f"{wanted}$", source), source
    assert image.evaluate("image => image.naturalWidth") > 300
    assert len(image.get_attribute("alt")) > 100


def test_the_ledger_filters_by_source_kind_verdict_chapter_and_words(visit):
    from companion import load

    ledger = load()
    page = visit("book/ledger.html").page
    rows = page.locator("ol.ledger-rows > li:visible")
    everything = rows.count()
    assert everything == len(ledger.claims) + len(ledger.derivations)
    page.locator(".ledger-filter [name=s]").select_option("kerlindsay")
    assert rows.count() == (ledger.claims["source"] == "kerlindsay").sum()
    page.locator(".ledger-filter [name=k]").select_option("stance")
    chosen = ledger.claims[(ledger.claims["source"] == "kerlindsay") & (ledger.claims["kind"] == "stance")]
    assert rows.count() == len(chosen)
    page.locator(".ledger-filter [name=s]").select_option("")
    page.locator(".ledger-filter [name=k]").select_option("")
    page.locator(".ledger-filter [name=v]").select_option("contradicted")
    contradicted = [c for c in ledger.claims["id"] if ledger.verdict(c) == "contradicted"]
    assert rows.count() == len(contradicted)
    page.locator(".ledger-filter [name=v]").select_option("")
    page.locator(".ledger-filter [name=c]").select_option("institutions")
    assert 0 < rows.count() < everything
    page.locator(".ledger-filter [name=c]").select_option("")
    page.locator(".ledger-filter [name=q]").fill("boeing airways")
    assert 0 < rows.count() < 20
    # The choice is in the address, so that a filtered list can be shared.
    page.reload()
    assert 0 < page.locator("ol.ledger-rows > li:visible").count() < 20


def test_a_link_to_a_filtered_row_shows_the_row(visit):
    page = visit("book/ledger.html?s=kerlindsay#trade-russia-2024").page
    assert page.locator("#trade-russia-2024").is_visible()


def test_the_ledger_can_be_taken_away_whole(visit, tmp_path):
    import json
    import zipfile

    page = visit("book/ledger.html").page
    with page.expect_download() as download:
        page.locator("a.download").click()
    target = tmp_path / "package.zip"
    download.value.save_as(target)
    with zipfile.ZipFile(target) as archive:
        package = json.loads(archive.read("data/datapackage.json"))
        names = set(archive.namelist())
        assert {f"data/{resource['path']}" for resource in package["resources"]} <= names
        assert "seeds/references.bib" in names
        assert b"{claim}" not in archive.read("data/README.md")


def test_on_paper_a_claim_is_plain_text(visit):
    page = visit("book/institutions.html").page
    page.emulate_media(media="print")
    claim = page.locator("article a.claim").first
    style = claim.evaluate("link => { const s = getComputedStyle(link); return [s.textDecorationLine, s.color] }")
    around = claim.evaluate("link => getComputedStyle(link.parentElement).color")
    assert style == ["none", around]
    assert page.locator(".claim-cards").is_hidden()


def test_the_ledger_page_is_light(site):
    import gzip

    from companion import load

    ledger = load()
    page = (site / "book/ledger.html").read_bytes()
    rows = len(ledger.claims) + len(ledger.derivations)
    # As it would be at a thousand claims, with what stands on the page whatever their number.
    assert len(gzip.compress(page)) * 1000 / rows < 100_000
