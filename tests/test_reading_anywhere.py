"""The book reads well anywhere: on every page, at every width, in both themes, by keyboard, from a disk."""

import functools
import gzip
import html
import http.server
import io
import re
import shutil
import threading

import html5lib
import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import expect

from built_site import Quiet, until
from companion import load
from companion.sources import how_current
from reading import PAGES, barriers, faults

THEMES = ["light", "dark"]


def shown(page):
    """Return the themes that the pictures of figures are drawn for, whether they have been fetched yet or not."""
    return page.eval_on_selector_all(
        "figure.companion-figure picture",
        """all => all.map(picture => {
            const chosen = [...picture.querySelectorAll("source")].find(source => matchMedia(source.media).matches);
            // A drawing in lines holds both themes, and is asked for its dark colours by their name.
            return /(-dark[.]|[.]svg#dark)/.test(chosen ? chosen.srcset : picture.querySelector("img").src) ? "dark" : "light";
        })""",
    )


# -- the pages of claims -------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_a_claim_has_no_barrier(visit, width, theme):
    for id in ("trade-russia-2024", "cis-five-full-members", "trade-per-head-putin-2024"):
        assert faults(visit(f"claims/{id}.html", width=width, theme=theme)) == []


def test_text_can_be_twice_as_large(visit):
    """At 200 % of a window 1280 pixels wide a page has 640 of them."""
    seen = visit("book/institutions.html", width=640)
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert seen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.long  # the ledger, whole
@pytest.mark.parametrize("theme", THEMES)
def test_controls_keep_their_edges_in_forced_colours(visit, theme):
    page = visit("book/ledger.html", theme=theme).page
    page.emulate_media(forced_colors="active")
    assert barriers(page) == []
    edge = page.locator(".ledger-filter [name=s]").evaluate("e => getComputedStyle(e).borderTopWidth")
    assert edge != "0px"


def test_a_link_to_a_figure_does_not_fly_through_the_chapter(visit):
    """On its way the window would ask for every picture; and some readers feel sick of it."""
    seen = visit("book/war.html", width=390)
    fetched = []
    seen.page.on("request", lambda request: fetched.append(request.url) if "/_images/" in request.url else None)
    seen.page.evaluate("location.hash = 'vote-explorer'")
    until(seen.page, "Math.abs(document.getElementById('vote-explorer').getBoundingClientRect().top) < innerHeight")
    until(
        seen.page,
        "[...document.images].filter(i => i.getBoundingClientRect().top < innerHeight && i.getBoundingClientRect().bottom > 0).every(i => i.complete)",
    )
    assert seen.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert 1 <= len(fetched) <= 3, fetched


# -- arriving ------------------------------------------------------------------------------------------

UNDER_EYES = "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('[id], p').textContent.slice(0, 60)"


def test_a_phone_lays_out_a_page_piece_by_piece_and_then_has_it_whole(visit):
    seen = visit("book/war.html", width=390)
    late = "[...document.querySelectorAll('article > section > section')].filter(s => getComputedStyle(s).contentVisibility === 'auto').length"
    assert seen.page.evaluate(late) == 0
    # Marked again as it came, each of its sections waits to be near the window: the rule is in force.
    seen.page.evaluate(
        "document.querySelectorAll('.arrived').forEach(s => s.classList.remove('arrived')); document.documentElement.classList.add('arriving')"
    )
    assert seen.page.evaluate(late) > 5


def test_a_link_into_a_page_and_a_return_to_it_lead_to_the_same_lines_as_ever(visit):
    seen = visit("book/war.html#one-poll-and-its-doubles", width=390)
    until(
        seen.page, "Math.abs(document.getElementById('one-poll-and-its-doubles').getBoundingClientRect().top - 60) < 70"
    )
    seen.open("book/war.html")
    seen.page.evaluate("scrollTo({ top: 9000, behavior: 'instant' })")
    seen.page.wait_for_timeout(300)
    read = seen.page.evaluate(UNDER_EYES)
    seen.page.reload(wait_until="load")
    until(seen.page, "scrollY > 8000")
    assert seen.page.evaluate(UNDER_EYES) == read


# -- found from outside ------------------------------------------------------------------------------


def test_every_page_says_in_words_of_its_own_what_it_holds(site):
    """What a search engine prints under the title."""
    said = {}
    for page in [*PAGES, "claims/trade-russia-2024.html"]:
        tree = html5lib.parse((site / page).read_text("utf-8"), namespaceHTMLElements=False)
        described = [e.get("content") for e in tree.iter("meta") if e.get("name") == "description"]
        assert len(described) == 1 and 50 <= len(described[0]) <= 300, (page, described)
        assert not [e for e in tree.iter("meta") if e.get("name") == "robots"], page
        said.setdefault(described[0], []).append(page)
    assert [pages for pages in said.values() if len(pages) > 1] == []


# -- light ------------------------------------------------------------------------------------------


def furniture(site, page):
    """Return the sizes, gzipped, of what a page loads beside its own text and pictures."""
    tree = html5lib.parse((site / page).read_text("utf-8"), namespaceHTMLElements=False)
    folder = (site / page).parent
    wanted = [e.get("href") for e in tree.iter("link") if e.get("rel") == "stylesheet"]
    wanted += [e.get("src") for e in tree.iter("script") if e.get("src")]
    sizes = {}
    for name in wanted:
        path = (folder / name).resolve()
        sizes[path.name] = len(gzip.compress(path.read_bytes()))
        if path.suffix == ".css":
            for font in re.findall(r"url\(([^)]+\.woff2)\)", path.read_text("utf-8")):
                sizes[font] = (path.parent / font).stat().st_size
    return sizes


def test_no_page_carries_more_than_110_kb_beside_its_text_and_pictures(site):
    for page in [*PAGES, "claims/trade-russia-2024.html"]:
        sizes = furniture(site, page)
        assert sum(sizes.values()) <= 110_000, (page, sizes)
        assert all(re.search(r"\.[0-9a-f]{10}\.", name) for name in sizes), "an address changes when its content does"


def test_nothing_lies_in_the_site_that_no_page_loads(site):
    pages = "".join(path.read_text("utf-8") for folder in ("book", "claims") for path in (site / folder).glob("*.html"))
    code = "".join(path.read_text("utf-8") for path in (site / "_static").iterdir() if path.suffix in (".css", ".js"))
    unused = [path.name for path in (site / "_static").iterdir() if path.name not in pages + code]
    assert unused == []


def test_two_typefaces_under_45_kb_hold_latin_turkish_and_cyrillic(site):
    fonts = sorted((site / "_static").glob("*.woff2"))
    assert len(fonts) == 2
    assert sum(path.stat().st_size for path in fonts) < 45_000
    for path in fonts:
        letters = TTFont(io.BytesIO(path.read_bytes())).getBestCmap()
        missing = [c for c in "AaÉéßñĞğİıŞşÖöÜüÇçƏəЖжЯяҚқӘәҢңӨөҒғҲҳҶҷӢӣӮӯ“”‘’–—…€$%¶·" if ord(c) not in letters]
        assert missing == [], path.name


def test_what_is_printed_with_the_typefaces_can_be_copied(site):
    """No glyph stands for two characters, and none takes the place of another that has a character of its own.

    Browsers write such glyphs into a PDF without their character, so that words are copied and read with gaps.
    """
    for path in (site / "_static").glob("*.woff2"):
        font = TTFont(io.BytesIO(path.read_bytes()))
        names = list(font.getBestCmap().values())
        assert sorted(names) == sorted(set(names)), path.name
        lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font and font["GSUB"].table.LookupList else []
        assert len(lookups) == 0, path.name


def test_pictures_have_their_room_before_they_come(visit, site):
    for name in ("book/war.html", "book/index.html"):
        tree = html5lib.parse((site / name).read_text("utf-8"), namespaceHTMLElements=False)
        assert all(e.get("width") and e.get("height") for e in tree.iter("img"))
        page = visit(name, width=390).page
        page.evaluate("""() => { window.moved = 0; new PerformanceObserver((list) => {
            for (const one of list.getEntries()) if (!one.hadRecentInput) window.moved += one.value;
        }).observe({ type: "layout-shift", buffered: true }); }""")
        for _ in range(6):
            page.mouse.wheel(0, 900)
            page.wait_for_timeout(150)
        assert page.evaluate("window.moved") < 0.02


# -- its own ---------------------------------------------------------------------------------------------


def every_page(site):
    return [path for path in site.rglob("*.html") if "lite" not in path.parts]


def test_every_page_says_how_current_it_is(site):
    current = how_current(load())
    silent = [
        str(path.relative_to(site))
        for path in every_page(site)
        if current not in (text := path.read_text("utf-8")) and 'http-equiv="refresh"' not in text  # it only leads on
    ]
    assert silent == ["404.html"], "the page for an address that is none says nothing of the book"


def test_every_page_forbids_all_but_the_site_itself(site):
    for path in every_page(site):
        text = path.read_text("utf-8")
        if 'http-equiv="refresh"' in text.lower():
            continue  # a page that only leads on
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        assert policy, path
        allowed = html.unescape(policy[1])
        assert "default-src 'none'" in allowed and "unsafe" not in allowed and "http" not in allowed
        assert text.index("Content-Security-Policy") < text.index("<script"), "the policy comes before what it governs"


def test_no_page_has_handlers_or_styles_in_its_text(site):
    for path in every_page(site):
        tags = re.findall(
            r"<[a-z][^>]*>", re.sub(r"<(script|style|template)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.S)
        )
        inline = [
            tag
            for tag in tags
            if re.search(r"\s(on[a-z]+|style)\s*=\s*[\"']", re.sub(r'="[^"]*"', lambda m: '=""', tag))
        ]
        assert inline == [], path


def test_nothing_is_kept_of_a_reader_but_the_choice_of_colours(visit):
    page = visit("book/institutions.html").page
    page.locator(".theme-button").click()
    page.locator("article a.claim").first.click()
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == ["theme"]


def test_a_copy_on_a_disk_works(site, browser, tmp_path):
    """Unpacked from a zip and opened as a file: claims, explorers, pictures and typefaces."""
    for part in ("book", "_static", "_images", "seeds"):
        shutil.copytree(site / part, tmp_path / part)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    errors = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "book/institutions.html").as_uri())
    page.locator("article a.claim").first.click()
    expect(page.locator(".claim-card:popover-open")).to_have_count(1)
    page.keyboard.press("Escape")
    before = page.locator(".explorer-finding").inner_text()
    page.locator(".explorer-form select").select_option(index=2)
    assert page.locator(".explorer-finding").inner_text() != before
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded", "loaded"]
    assert errors == []
    page.close()


# -- light and dark -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("theme", THEMES)
def test_the_system_chooses_the_colours_also_without_scripts(visit, theme, scripts):
    page = visit("book/institutions.html", theme=theme, scripts=scripts).page
    assert set(shown(page)) == {theme}
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") == (
        "rgb(255, 255, 255)" if theme == "light" else "rgb(21, 25, 28)"
    )


def test_a_reader_can_choose_the_colours_and_the_choice_stays(visit):
    page = visit("book/institutions.html", theme="light").page
    button = page.locator(".theme-button")
    for name, theme in (("light", "light"), ("dark", "dark")):
        button.click()
        expect(button).to_have_accessible_name(f"Colours: {name}")
        assert set(shown(page)) == {theme}
    # The next page is dark before anything of it is drawn: the attribute stands when the body is not there yet.
    page.add_init_script("""new MutationObserver((_, watch) => { if (document.body) {
        window.atFirst = document.documentElement.dataset.theme; watch.disconnect(); } })
        .observe(document, { childList: true, subtree: true })""")
    page.reload()
    assert page.evaluate("window.atFirst") == "dark"
    page.locator(".theme-button").click()
    assert set(shown(page)) == {"light"}, "and back to what the system says"
    assert page.evaluate("localStorage.length") == 0


# -- finding one's way ---------------------------------------------------------------------------------------


def test_the_contents_open_and_close_on_a_phone_also_without_scripts(visit):
    for scripts in (True, False):
        page = visit("book/institutions.html", width=390, scripts=scripts).page
        contents = page.get_by_role("navigation", name="Contents of the book")
        expect(contents).to_be_hidden()
        page.get_by_role("button", name="Contents").focus()
        page.keyboard.press("Enter")
        expect(contents.get_by_role("link", name="The ledger")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(contents).to_be_hidden()


def test_the_contents_stand_beside_the_text_on_a_desk_with_the_sections_of_the_page(visit):
    page = visit("book/institutions.html").page
    contents = page.get_by_role("navigation", name="Contents of the book")
    sections = page.eval_on_selector_all(
        "article > section > section > h2", "all => all.map(h => h.firstChild.textContent.trim())"
    )
    assert contents.locator(".here a").all_inner_texts() == sections
    contents.locator(".here a").last.click()
    expect(page.locator("article h2").last).to_be_in_viewport()


def test_pages_follow_one_another(visit):
    page = visit("book/history.html").page
    page.locator("nav.turn a[rel=next]").click()
    page.wait_for_url("**/book/institutions.html")
    page.locator("nav.turn a[rel=prev]").click()
    page.wait_for_url("**/book/history.html")


def test_the_keyboard_reaches_the_text_first(visit):
    page = visit("book/institutions.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.fixture
def elsewhere(site):
    """A server that has the site below a folder, as many hosts do, and shows 404.html where there is nothing."""

    class Host(Quiet):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/some/where"))

        def send_error(self, code, message=None, explain=None):
            content = (site / "404.html").read_bytes()
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/where"
    server.shutdown()


@pytest.mark.parametrize("wrong", ["book/no-such-page.html", "claims/deep/er.html", "nothing.html"])
def test_a_wrong_address_leads_to_the_book_from_wherever_it_is(browser, elsewhere, wrong):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{elsewhere}/{wrong}")
    assert errors == []
    assert barriers(page) == []
    page.get_by_role("link", name="The ledger").click()
    assert page.url == f"{elsewhere}/book/ledger.html"
    expect(page.locator("h1")).to_contain_text("The ledger")
    page.close()


@pytest.mark.parametrize(
    "old, new", [("genindex.html", "book/names.html"), ("claims/", "book/ledger.html"), ("", "book/index.html")]
)
def test_old_addresses_and_bare_folders_lead_on(visit, address, old, new):
    page = visit(old).page
    page.wait_for_url(f"{address}/{new}")


def test_a_moved_address_that_leads_nowhere_stops_the_build(tmp_path):
    from types import SimpleNamespace

    from sphinx.errors import ConfigError

    from companion_press.theme import site_theme

    (tmp_path / "book").mkdir()
    (tmp_path / "book/real.html").write_text("<h1>Real</h1>", "utf-8")
    app = SimpleNamespace(
        outdir=tmp_path,
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(html_baseurl="", companion_moved={}),
    )
    app.config.companion_moved = {"old": "book/gone.html"}
    with pytest.raises(ConfigError, match="old leads to book/gone.html, which the site does not have"):
        site_theme.moved(app, None)
    app.config.companion_moved = {"book/real": "book/real.html"}
    with pytest.raises(ConfigError, match="book/real is a page of the site"):
        site_theme.moved(app, None)
