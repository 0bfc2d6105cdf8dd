"""Readers who look for something: the search finds what the book is made of, everywhere and by keyboard."""

import hashlib
import json
import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from built_site import Visit, until
from companion import load, pages, sources
from companion_press.theme import site_theme


def index_file(site):
    found = list((site / "_static").glob("search-index.*.js"))
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def index(site):
    """What the index holds, read as the browser reads it: kinds and entries."""
    text = re.search(r"JSON\.parse\('(.*)'\)\);\n$", index_file(site).read_text("utf-8"), re.S)[1]
    return json.loads(text.replace("\\'", "'").replace("\\\\", "\\"))


def kind(index, name):
    place = [one for one, *_ in index["kinds"]].index(name)
    return [entry for entry in index["entries"] if entry[0] == place]


class Box:
    """The search on a page: what a reader types and what she then sees."""

    def __init__(self, page):
        self.page = page

    def type(self, words):
        self.page.locator("#search-words").fill(words)
        self.wait()

    def wait(self):
        self.page.locator('.search-found[aria-busy="false"]').wait_for()

    @property
    def count(self):
        return self.page.locator(".search-count").inner_text()

    @property
    def results(self):
        """Kind, title and address of each result that is shown."""
        items = self.page.locator(".search-results > li")
        found = items.evaluate_all(
            "items => items.map(i => ['b', 'a'].map(name => i.querySelector(name).innerText).concat(i.querySelector('a').href))"
        )
        return [tuple(one) for one in found]

    def everything(self):
        """All results, after all steps."""
        more = self.page.locator(".search-more")
        while more.is_visible():
            more.click()
        return self.results


@pytest.fixture
def box(visit):
    """A function that opens the search over a page."""

    def start(name="book/institutions.html", **how):
        page = visit(name, **how).page
        page.keyboard.press("Control+k")
        return Box(page)

    return start


@pytest.fixture(scope="module")
def open_box(browser, address):
    """One search over a page, for the tests that only type into it: each page has to read the index first."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Visit(context, address)
    seen.open("book/institutions.html").keyboard.press("Control+k")
    yield Box(seen.page), seen
    context.close()


@pytest.fixture
def found(open_box):
    """That search; what an earlier test has typed gives way to what the next one types."""
    box, seen = open_box
    yield box
    assert seen.errors == [] and seen.foreign == []


# -- what is found -----------------------------------------------------------------------


def test_the_index_holds_everything_the_book_is_made_of(index):
    ledger = load()
    ids = {entry[2].removeprefix("claims/").removesuffix(".html") for entry in kind(index, "Claim")}
    assert ids == {*ledger.claims["id"], *ledger.derivations["id"]}
    assert {entry[2].partition("#ref-")[2] for entry in kind(index, "Source")} == set(
        sources.references(ledger.root).entries
    )
    figures = "\n".join(path.read_text("utf-8") for path in pages.executed(ledger.root))
    named = re.findall(r"^  (?:figure|table):\n    name: (\S+)", figures, re.M)
    assert len(named) > 20 and {entry[2].partition("#")[2] for entry in kind(index, "Figure")} == set(named)
    glossary = (ledger.root / "book/glossary.md").read_text("utf-8").partition(":::{glossary}")[2]
    assert {entry[1] for entry in kind(index, "Term")} == set(re.findall(r"^(\S.*)\n(?=  +\S)", glossary, re.M))
    assert len(kind(index, "Exercise")) == len(re.findall(r"^`{3,}\{exercise\}", figures, re.M))
    assert len(kind(index, "Check")) == len(ledger.checks) and len(kind(index, "Disagreement")) == len(ledger.conflicts)


def test_a_check_is_called_in_the_search_what_its_entry_is_called(index):
    ledger = load()
    found = {entry[2].partition("#")[2]: entry for entry in kind(index, "Check")}
    for check in ledger.checks.to_dict("records"):
        _, title, _, _, text, *_ = found[check["id"]]
        assert title == " ".join(check["title"].split())
        for claim in ledger.check_claims[ledger.check_claims["check"] == check["id"]]["claim"]:
            assert " ".join(ledger.claim(claim)["statement"].split()) in text, "it is found by what it tests"


def test_every_address_in_the_index_leads_to_its_place(site, index):
    anchors = {}
    for _, title, address, *_ in index["entries"]:
        name, _, anchor = address.partition("#")
        if name not in anchors:
            assert (site / name).is_file(), f"{title}: {address}"
            anchors[name] = (
                set(re.findall(r'\bid="([^"]+)"', (site / name).read_text("utf-8")))
                if not name.startswith("claims/")
                else set()
            )
        assert not anchor or anchor in anchors[name], f"{title}: {address}"


def test_no_solution_is_given_away(index):
    found = 0
    for path in pages.chapters(load().root):
        for solution in re.findall(
            r"^`{3}\{solution\} \S+\n(?::[^\n]*\n)*\n?(.*?)^`{3}", path.read_text("utf-8"), re.S | re.M
        ):
            # The longest stretch without a role: that is how it would stand in the index.
            stretch = " ".join(max(re.split(r"\{[\w-]+\}`[^`]*`|[*`]", solution), key=len).split())
            assert len(stretch) > 20 and not any(stretch in " ".join(map(str, entry)) for entry in index["entries"]), (
                stretch
            )
            found += 1
    assert found > 5


def test_two_words_in_any_order_find_term_figure_and_claims(found):
    found.type("middle corridor")
    first = found.results
    assert len(first) == 10 and first[0][:2] == ("Term", "Middle Corridor")
    everything = found.everything()
    # The word that is being typed may still grow: the order is the same once both are finished.
    found.type("middle corridor ")
    finished = found.results
    found.type("corridor middle ")
    assert found.results == finished
    found.type("corridor middle")
    assert found.results[0] == first[0] and {link for *_, link in found.everything()} == {
        link for *_, link in everything
    }
    assert len(everything) == int(found.count.split()[0]) > 30
    assert {"Term", "Figure", "Section", "Claim", "Source"} <= {name for name, *_ in everything}
    found.type("middle corridor zebra")
    assert "nothing like “zebra”" in found.count


def test_all_words_must_be_there(found):
    ledger = load()
    found.type("corridor")
    alone = int(found.count.split()[0])
    found.type("corridor tonnes")
    both = found.everything()
    assert 0 < len(both) < alone
    # Each word stands in what is shown or in what the entry is found by: a marked word for each.
    for item in found.page.locator('.search-results > li:has(b:text-is("Claim"))').all():
        marked = " ".join(item.locator("mark").all_inner_texts()).lower()
        claim = item.locator("a").get_attribute("href").rpartition("/")[2].removesuffix(".html")
        assert "tonne" in marked and ("corridor" in marked or ledger.claim(claim)["topic"] == "corridor")


def test_a_claim_is_found_by_its_words_its_number_and_its_id(found):
    ledger = load()
    statement = ledger.claim("trade-russia-2024")["statement"]
    for words in ("Russian trade five republics 2024 above", "cafiero putin $45 billion", "trade-russia-2024"):
        found.type(words)
        claims = [(title, address) for name, title, address in found.everything() if name == "Claim"]
        assert any(
            title == statement and address.endswith("/claims/trade-russia-2024.html") for title, address in claims
        ), words
    found.type("trade-russia-2024")
    assert found.results[0][1] == statement


def test_a_figure_is_found_by_its_title_its_number_and_its_name(found):
    for words in ("figure 2.1", "membership-matrix", "who sits in which organisation"):
        found.type(words)
        name, title, address = found.results[0]
        assert name == "Figure" and title == "Figure 2.1: Who sits in which organisation", words
        assert address.endswith("/book/institutions.html#membership-matrix")


@pytest.mark.parametrize(
    "words, wanted",
    [
        ("observer", "book/glossary.html#term-observer"),
        ("Mirziyoyeva", "book/names.html#mirziyoyeva"),
        ("Collective Security Treaty", "book/names.html#csto"),
        ("Cafiero National Interest", "book/sources.html#ref-cafiero2025"),
        ("exercise 2.1", "book/institutions.html#ex-institutions-read"),
        ("Turkmenistan problem", "book/institutions.html#the-turkmenistan-problem"),
        ("companion.load", "book/reference.html#companion.load"),
        ("memberships.csv", "data/README.html#memberships"),
    ],
)
def test_terms_names_sources_exercises_sections_come_first_when_they_are_meant(found, words, wanted):
    found.type(words)
    assert any(link.endswith(f"/{wanted}") for *_, link in found.results[:3]), found.results


@pytest.mark.parametrize(
    "plain, proper",
    [
        ("Turkiye", "Türkiye"),
        ("Ozpinar", "Özpınar"),
        ("Ozbekiston", "Oʻzbekiston"),
        ("Azerbaycan", "Azərbaycan"),
        ("Казакстан", "Қазақстан"),
        ("Точикистон", "Тоҷикистон"),
        ("Ilham Eliyev", "İlham Əliyev"),
    ],
)
def test_letters_with_and_without_marks_find_the_same(found, plain, proper):
    found.type(plain)
    first, count = found.results, found.count
    assert first and "does not have" not in count
    found.type(proper)
    assert found.results[0] == first[0]


@pytest.mark.parametrize(
    "words, shown",
    [
        ("C5+1", "C5+1"),
        ("ES-11/3", "ES-11/3"),
        ("35.8", "35.8"),
        ("$45 billion", "45"),
        ("201st base", "201st"),
        ("Ker-Lindsay", "Ker-Lindsay"),
        ("56,500 TEU", "56,500"),
    ],
)
def test_names_and_numbers_with_signs_in_them_are_found_whole(found, words, shown):
    found.type(words)
    for item in found.page.locator('.search-results > li:has(b:text-is("Claim"))').all()[:2]:
        assert shown in " ".join(item.locator("mark").all_inner_texts()), item.inner_text()


@pytest.mark.parametrize(
    "other, own", [("EU", "European Union"), ("OTS", "Organization of Turkic States"), ("Turkey", "Türkiye")]
)
def test_a_name_and_its_other_form_find_the_same(found, other, own):
    found.type(f"{other} summit ")
    first = found.count
    found.type(f"{own} summit ")
    assert found.count == first and found.results


def test_a_slip_of_the_keyboard_is_forgiven_and_said(found):
    found.type("midle koridor")
    assert found.results[0][1] == "Middle Corridor"
    assert "does not have “midle”, “koridor”" in found.count


def test_an_unfinished_last_word_and_a_plural_are_enough(found):
    for words in ("middle corrid", "middle corridors"):
        found.type(words)
        assert found.results[0][1] == "Middle Corridor", words


def test_where_nothing_is_found_it_says_what_to_try(found, site):
    found.type("zzxqy")
    assert found.results == [] and "Nothing found for “zzxqy”" in found.count
    links = found.page.locator(".search-count a").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname.slice(1))"
    )
    assert links == ["book/names.html", "book/figures.html", "book/glossary.html", "book/ledger.html"]
    assert all((site / link).is_file() for link in links)
    found.type("corridor")
    assert found.results, "the next word is looked for as ever"


def test_a_single_key_does_nothing(visit):
    """WCAG 2.1.4: whoever dictates presses many keys."""
    page = visit("book/west.html").page
    for key in ("/", "s", "k"):
        page.keyboard.press(key)
    assert not page.locator("dialog.search-dialog[open]").count()


# -- as readers type ---------------------------------------------------------------------

#: What a reader types, and the address that must be among the first five results: understood, not guessed.
AS_READERS_TYPE = {
    "the other spelling": [
        ("Shanghai Cooperation Organization", "book/names.html#sco"),
        ("Collective Security Treaty Organisation", "book/glossary.html#term-CSTO"),
        ("Labor Ministry of Tajikistan", "book/names.html#tjk-labour-ministry"),
        ("Ministry of Defense of Kazakhstan", "book/names.html#kaz-defence-ministry"),
        ("labor migration", "claims/poll-uzb-yusupov-reasons.html"),
        ("neighbors", "book/war.html#vote-explorer"),
        ("harmonizing Russia's organizations", "book/reassertion.html#harmonising-russia-s-organisations"),
        ("world order polarised", "claims/world-order-polarizes.html"),
        ("civilization", "book/disagreement.html#civilisation-order"),
        ("Central Asia Programme", "book/sources.html#ref-centralasiaprogramnd-kazakh"),
        ("Aviation Center", "book/sources.html#ref-centreforaviation2025-uzbekistan"),
        ("Orbeli Centre", "book/sources.html#ref-orbelicenter2020-russian"),
        ("traveled", "book/since.html#war-around-iran-reaches-the-southern-routes"),
        ("travelling", "book/since.html#war-around-iran-reaches-the-southern-routes"),
        ("theater", "claims/jadid-movement-a.html"),
        ("favorable", "claims/poll-cab-favourable-kaz.html"),
        ("per cent of GDP", "book/war.html#remittances-gdp"),
        ("organiz", "book/institutions.html#organisation-explorer"),  # not yet finished
    ],
    "the other name": [
        ("Kiev", "claims/base-tajikistan-kreminna.html"),
        ("Kirghizia", "book/names.html#kgz"),
        ("Kyrgyz Republic", "book/names.html#kgz"),
        ("Turkey", "book/names.html#tur"),
        ("Persia", "book/names.html#irn"),
        ("USSR", "book/names.html#ussr"),
        ("Turkic Council", "book/names.html#ots"),
        ("Almaty declaration", "claims/alma-ata-declaration-1991-a.html"),
        ("Alma Ata", "book/names.html#place-alma-ata"),
        ("Toshkent", "book/names.html#place-tashkent"),
        ("Nur-Sultan", "book/names.html#place-astana"),
        ("Nur Sultan", "book/names.html#place-astana"),
        ("Frunze", "book/names.html#place-bishkek"),
        ("Artsakh", "book/names.html#place-nagorno-karabakh"),
        ("Leningrad", "book/names.html#place-st-petersburg"),
        ("Tokaev", "book/names.html#tokayev"),
        ("Kasym-Zhomart Tokaev", "book/names.html#tokayev"),
        ("Mirziyoev", "book/names.html#mirziyoyev"),
        ("Berdymukhamedov", "book/names.html#berdimuhamedov"),
        ("Zhaparov", "claims/japarov-remarks.html"),
        ("Rahmonov", "book/names.html#rahmon"),
    ],
    "Russian": [
        ("ОДКБ", "book/names.html#csto"),
        ("одкб", "book/glossary.html#term-CSTO"),
        ("ЕАЭС", "book/names.html#eaeu"),
        ("СНГ", "book/names.html#cis"),
        ("ШОС", "book/names.html#sco"),
        ("Центральная Азия", "book/names.html#central-asia"),
        ("Киргизия", "book/names.html#kgz"),
        ("Ташкент", "book/names.html#place-tashkent"),
        ("Путин", "book/names.html#putin"),
        ("Касым-Жомарт Токаев", "book/names.html#tokayev"),
        ("Бердымухамедов", "book/names.html#berdimuhamedov"),
        ("Киев", "claims/base-tajikistan-kreminna.html"),
    ],
    "another form of the word": [
        ("voting", "book/war.html#how-they-voted"),
        ("crises", "claims/demographic-crisis-russia.html"),
        ("tax", "claims/tripp-armenia-keeps.html"),
        ("leasing", "claims/baikonur-lease.html"),
        ("pledging", "book/west.html#eu-packages"),
        ("migrating from Uzbekistan", "claims/migrants-uzb-recovered-2022.html"),
        ("republic day", "book/disagreement.html#tajik-republic-day"),
    ],
    "an amount": [
        *(
            (words, "claims/trade-russia-2024.html")
            for words in ("$45bn", "45bn", "45 bn", "$45 billion", "45,000 million")
        ),
        ("45000000000", "claims/trade-russia-2024.html"),
        *((words, "claims/deals-total.html") for words in ("12.4bn", "$12.4 billion", "12,400 million")),
        ("1,500 million", "claims/trade-rus-tjk-2024-russia-side.html"),
        *(
            (words, "claims/base-tajikistan-sent-rfe.html")
            for words in ("1,500 soldiers", "1500 soldiers", "1 500 soldiers")
        ),
        *((words, "claims/titr-containers-2024.html") for words in ("56,500 TEU", "56 500 TEU", "56.5 thousand TEU")),
        ("10m tonnes", "book/checks.html#check-c4d"),
    ],
}


@pytest.mark.parametrize("kind", AS_READERS_TYPE)
def test_what_a_reader_types_is_understood(found, kind):
    missed = []
    for words, wanted in AS_READERS_TYPE[kind]:
        found.type(words)
        first = [link for *_, link in found.results[:5]]
        if not any(link.endswith(f"/{wanted}") for link in first) or "does not have" in found.count:
            missed.append((words, wanted, found.count, first))
    assert missed == []


def test_both_spellings_of_a_word_and_all_names_of_a_thing_find_the_same(found):
    for group in (
        ("organisation ", "organization "),
        ("labour ", "labor "),
        ("defence ", "defense "),
        ("co-operation ", "cooperation "),
        ("Kyrgyzstan ", "Kirghizia ", "Киргизия "),
        ("CSTO ", "ОДКБ ", "Collective Security Treaty Organisation "),
        ("Tokayev ", "Tokaev ", "Токаев "),
        ("1500 ", "1,500 "),
        ("45bn ", "$45bn ", "45,000 million "),
    ):
        counts = set()
        for words in group:
            found.type(words)
            counts.add(found.count)
        assert len(counts) == 1 and "0 results." not in counts, (group, counts)


@pytest.mark.parametrize(
    "words, exact, meant",
    [
        ("Akromov", "claims/akhromov-spelling.html", "book/names.html#akhromov"),
        ("Kazakhstani", "book/sources.html#ref-demoscope2025-survey", "book/names.html#place-kazakhstan"),
        ("submits in Dushanbe", None, "book/reassertion.html#one-day-in-dushanbe"),
    ],
)
def test_a_word_that_the_book_has_somewhere_may_still_be_a_slip(found, words, exact, meant):
    """The book quotes “Akromov”, who is Akhromov; “submits” stands in it too."""
    found.type(words)
    links = [link for *_, link in found.results]
    at = [next((i for i, link in enumerate(links) if link.endswith(f"/{one}")), None) for one in (exact, meant) if one]
    assert None not in at and at == sorted(at), "what has the words as they were typed comes first"
    assert ("the others similar ones" if exact else "Nothing has just these words") in found.count


def test_the_index_of_names_says_what_someone_is_also_called(visit):
    page = visit("book/names.html").page
    for entry, name in (("csto", "ОДКБ"), ("tokayev", "Tokaev"), ("place-bishkek", "Frunze")):
        assert name in page.locator(f"#{entry} > .also").inner_text()


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("name", ["book/institutions.html", "search.html"])
def test_at_400_percent_the_first_result_stands_in_the_window(box, name, touch):
    """A window 1280 pixels wide and 1024 high has 320 by 256 of them at 400 percent."""
    found = box(name, width=320, height=256, touch=touch)
    found.type("kazakhstan")
    first = found.page.locator(".search-results a").first.bounding_box()
    words = found.page.locator("#search-words").bounding_box()
    assert 0 <= words["y"] < first["y"] and first["y"] + first["height"] <= 256
    # The kinds are a key away, and say which of them is chosen.
    summary = found.page.locator(".search-choice summary")
    assert not found.page.locator(".search-kinds").is_visible() and summary.inner_text() == "All kinds of results"
    summary.focus()
    found.page.keyboard.press("Enter")
    found.page.locator(".search-kinds label", has_text="Figures").locator("input").check()
    assert summary.inner_text() == "Only figures" and {kind for kind, *_ in found.results} == {"Figure"}
    found.page.set_viewport_size({"width": 320, "height": 900})
    until(found.page, "!document.querySelector('.search-choice summary').checkVisibility()")
    assert found.page.locator(".search-kinds").is_visible()


# -- the control -------------------------------------------------------------------------


def test_by_keyboard_alone_from_any_page_to_the_place(visit):
    page = visit("book/west.html").page
    for key in ("Control+k", "Meta+k"):
        button = page.locator("button.search-open")
        button.focus()
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == "search-words"
        page.keyboard.press("Escape")
        assert page.locator("dialog.search-dialog").is_hidden()
        assert button.evaluate("button => button === document.activeElement"), "the focus is back where it was"
    page.keyboard.press("Enter")
    page.keyboard.type("membership matrix")
    Box(page).wait()
    page.locator(".search-results a").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement === document.querySelector('.search-results a')")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search-words"
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/institutions.html#membership-matrix")
    until(
        page,
        "(() => { const box = document.getElementById('membership-matrix').getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0 })()",
    )


def test_the_slash_is_a_letter_where_the_reader_writes(visit):
    page = visit("book/ledger.html").page
    field = page.locator('.ledger-filter input[name="q"]')
    field.focus()
    page.keyboard.type("ES-11/3")
    assert field.input_value() == "ES-11/3" and page.locator("dialog.search-dialog").count() == 0


def test_results_come_in_steps_and_by_kind(box):
    found = box()
    found.type("kazakhstan")
    total = int(found.count.split()[0])
    assert total > 30 and len(found.results) == 10
    more = found.page.locator(".search-more")
    assert more.inner_text() == f"Show 10 more of {total}"
    more.focus()
    found.page.keyboard.press("Enter")
    assert len(found.results) == 20
    assert found.page.evaluate("document.activeElement === document.querySelectorAll('.search-results a')[10]")
    figures = found.page.locator(".search-kinds label", has_text="Figures")
    number = int(figures.locator("span").inner_text())
    figures.locator("input").check()
    assert found.count == f"{number} results." and {name for name, *_ in found.everything()} == {"Figure"}


def test_the_number_of_results_is_read_out_once_the_reader_pauses(box):
    found = box()
    found.page.locator("#search-words").press_sequentially("kazakhstan", delay=20)
    said = found.page.locator('.search-dialog [role="status"]')
    until(found.page, "/^[0-9]+ results/.test(document.querySelector('.search-dialog [role=status]').textContent)")
    assert said.text_content() == found.count


def test_the_words_are_marked_where_they_were_found_until_escape(box):
    found = box("book/west.html")
    found.type("Turkmenistan problem")
    found.page.keyboard.press("Enter")
    found.page.wait_for_url("**/book/institutions.html#the-turkmenistan-problem")
    until(found.page, "CSS.highlights.get('book-search')?.size > 1")
    marked = found.page.evaluate(
        "[...CSS.highlights.get('book-search')].map(range => [range.toString(), !!range.startContainer.parentElement.closest('#the-turkmenistan-problem')])"
    )
    assert ["Turkmenistan", True] in marked and all(inside for _, inside in marked)
    found.page.keyboard.press("Escape")
    assert found.page.evaluate("CSS.highlights.has('book-search')") is False


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_open_box_has_no_barriers(box, theme, width):
    found = box(width=width, theme=theme)
    found.type("kazakhstan trade")
    report = Axe().run(found.page, context=".search-dialog")
    assert report.violations_count == 0, report.generate_report()
    assert found.page.locator(".search-found").evaluate("found => found.scrollWidth - found.clientWidth") == 0


def test_what_is_touched_is_large_enough(box):
    found = box(width=390, touch=True)
    found.type("kazakhstan")
    for target in found.page.locator(
        ".search-dialog :is(button, input[type=search], .search-kinds label, .search-results > li)"
    ).all():
        size = target.bounding_box()
        assert size["width"] >= 44 and size["height"] >= 44, target.inner_text()


# -- where it works ----------------------------------------------------------------------


def test_the_index_is_asked_for_at_the_first_use_and_from_this_site_only(visit):
    seen = visit("book/institutions.html")
    asked = []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.open("book/west.html")
    seen.page.mouse.wheel(0, 3000)
    seen.page.wait_for_load_state("networkidle")
    assert len(asked) > 3 and not any("search-index" in url for url in asked)
    with seen.page.expect_request("**/_static/search-index.*.js"):
        seen.page.keyboard.press("Control+k")
    Box(seen.page).type("corridor")
    assert sum("search-index" in url for url in asked) == 1
    assert seen.foreign == [] and seen.errors == []


def test_it_works_under_a_policy_of_scripts_from_this_site_alone(browser, address):
    context = browser.new_context()
    seen = Visit(context, address)

    def guarded(route):
        answer = route.fetch()
        route.fulfill(
            response=answer,
            headers={
                **answer.headers,
                "content-security-policy": "default-src 'self'; script-src 'self'; style-src 'self'",
            },
        )

    seen.page.route("**/search.html*", guarded)
    page = seen.open("search.html")
    found = Box(page)
    found.type("middle corridor")
    assert found.results[0][1] == "Middle Corridor" and found.page.locator(".search-results mark").count() > 5
    inline = "() => { const script = document.createElement('script'); script.textContent = 'globalThis.ran = true'; document.head.append(script); return !!globalThis.ran }"
    assert page.evaluate(inline) is False, "the policy is in force"
    context.close()


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory):
    """The site as a reader has it who unpacked it."""
    return shutil.copytree(
        site, tmp_path_factory.mktemp("unpacked") / "site", ignore=shutil.ignore_patterns("figures", "notebooks")
    )


def test_it_works_from_a_folder(browser, folder):
    context = browser.new_context()
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((folder / "book/west.html").as_uri())
    page.keyboard.press("Control+k")
    found = Box(page)
    found.type("membership matrix")
    page.keyboard.press("Enter")
    page.wait_for_url("file://**/book/institutions.html#membership-matrix")
    page.goto((folder / "search.html").as_uri() + "?q=middle+corridor")
    found.wait()
    assert found.results[0][:2] == ("Term", "Middle Corridor") and errors == []
    assert all(link.startswith(folder.as_uri()) for *_, link in found.results)
    context.close()


def test_a_search_has_an_address(visit):
    page = visit("search.html?q=middle+corridor").page
    found = Box(page)
    found.wait()
    assert found.results[0][1] == "Middle Corridor"
    found.type("membership matrix")
    assert page.url.endswith("/search.html?q=membership+matrix")
    found.page.reload()
    found.wait()
    assert found.results[0][1] == "Figure 2.1: Who sits in which organisation"
    page.keyboard.press("Control+k")
    assert (
        page.evaluate("document.activeElement.id") == "search-words"
        and page.locator("dialog.search-dialog").count() == 0
    )


def test_the_box_gives_that_address(box):
    found = box()
    found.type("C5+1 & EU")
    found.page.locator(".search-foot a").click()
    found.page.wait_for_url("**/search.html?q=C5%2B1+%26+EU")
    assert found.page.locator("#search-words").input_value() == "C5+1 & EU"


def test_without_scripts_the_control_leads_to_words_that_help(visit, site):
    page = visit("book/west.html", scripts=False).page
    page.locator("a.search-open").click()
    page.wait_for_url("**/search.html")
    assert page.locator("main article h1").inner_text() == "Search"
    assert "needs JavaScript, which is off" in page.locator("main article").inner_text()
    links = page.locator("main article a").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname.slice(1))"
    )
    assert {"book/names.html", "book/figures.html", "book/glossary.html", "book/ledger.html"} <= set(links)
    assert all((site / link).is_file() for link in links)


def test_an_index_that_cannot_be_fetched_is_said_and_asked_for_again(visit):
    page = visit("book/west.html").page
    page.route("**/search-index.*.js", lambda route: route.abort())
    page.keyboard.press("Control+k")
    found = Box(page)
    found.type("corridor")
    assert "The index could not be fetched" in found.count and page.locator(".search-count a").count() == 4
    page.unroute("**/search-index.*.js")
    found.type("corridors")
    assert found.results


# -- what is shipped ---------------------------------------------------------------------


def test_pages_name_an_index_that_never_changes_under_its_name(site):
    file = index_file(site)
    assert file.name == f"search-index.{hashlib.sha256(file.read_bytes()).hexdigest()[:10]}.js"
    named = {
        match
        for page in (site / "book").glob("*.html")
        for match in re.findall(r'data-index="\.\./_static/([^"]+)"', page.read_text("utf-8"))
    }
    assert named == {file.name}
    assert file.read_text("utf-8").startswith("/*! MiniSearch")


def test_nothing_of_the_search_that_is_not_used_is_shipped(site):
    assert [
        path.name
        for path in site.rglob("*")
        if path.name in ("searchindex.js", "searchtools.js", "language_data.js", "_stemmer.js")
    ] == []


def test_the_search_is_light(site):
    import gzip

    brought, entries = index_file(site).read_bytes().split(b"\nbookSearchIndex(")
    assert len(gzip.compress(brought)) + len(gzip.compress((site_theme.ASSETS / "search.js").read_bytes())) < 15_000
    assert len(gzip.compress(entries)) < 350_000
