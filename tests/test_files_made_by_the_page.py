"""Files that the page makes when a reader asks for them: the site does not hold each of them twice."""

import re
import zipfile

import pytest
from bs4 import BeautifulSoup

from built_site import files_of_claim, record_scripts
from companion import load, sources
from companion_press.citing import citing_blocks, csl_items, exports, record_files

LEDGER = load()
IDS = [*LEDGER.claims["id"], *LEDGER.derivations["id"]]


def page_of(site, id):
    return (site / f"claims/{id}.html").read_text("utf-8")


# -- files for reference managers --------------------------------------------------------------------


def test_each_claim_and_each_source_comes_as_the_files_that_its_record_makes(site):
    """What the page puts into the shared pattern gives, letter for letter, what the record itself would give."""
    held = record_scripts(site)
    for key in sources.references(LEDGER.root).entries:
        assert held[key] == {e: exports.exported(csl_items.reference(LEDGER, key), e) for e in exports.FILES}, key
    for id in IDS:
        item, put = csl_items.claim(LEDGER, id), record_files.put_in(LEDGER, id)
        for ending, pattern in held[record_files.CLAIM].items():
            assert record_files.filled(pattern, ending, put) == exports.exported(item, ending), (id, ending)


@pytest.mark.parametrize("title", ["50 % of R&D at #1 {x", 'A "word", a \\ and ~', "one -- two", "a} b"])
def test_a_title_that_a_format_writes_otherwise_arrives_in_each(title, monkeypatch):
    monkeypatch.setattr(csl_items, "claim_title", lambda ledger, id: f"{title} (ledger row {id})")
    pattern = csl_items.entry(LEDGER, csl_items.ID, csl_items.TITLE)
    put = record_files.put_in(LEDGER, "some-row")
    for ending in exports.FILES:
        made = record_files.filled(exports.exported(pattern, ending), ending, put)
        assert made == exports.exported(csl_items.claim(LEDGER, "some-row"), ending), ending


@pytest.mark.parametrize("id", ["trade-russia-2024", "trade-per-head-putin-2024"])
def test_a_page_gives_them_at_a_click(visit, site, id):
    wanted = files_of_claim(page_of(site, id), record_scripts(site))
    seen = visit(f"claims/{id}.html")
    buttons = seen.page.locator(".take-files button")
    assert buttons.count() == len(wanted) >= 4
    for number in range(buttons.count()):
        buttons.nth(number).focus()
        with seen.page.expect_download() as caught:
            seen.page.keyboard.press("Enter")
        name = caught.value.suggested_filename
        with open(caught.value.path(), encoding="utf-8", newline="") as file:
            assert file.read() == wanted.pop(name), name
    assert not wanted and seen.errors == [] and seen.foreign == []


def test_a_script_that_cannot_be_fetched_is_said_and_can_be_asked_for_again(visit):
    seen = visit("claims/trade-russia-2024.html")
    seen.page.route("**/records.*.js", lambda route: route.abort())
    line = seen.page.locator(".take-files").first
    line.get_by_role("button", name="RIS").click()
    line.get_by_text("could not be fetched").wait_for()
    seen.page.unroute("**/records.*.js")
    with seen.page.expect_download():
        line.get_by_role("button", name="RIS").click()


def test_without_scripts_the_page_of_a_claim_has_all_its_words(visit, site):
    """Claim, source and place, verdict, both citations in every style; and a way to all sources."""
    seen = visit("claims/trade-russia-2024.html", scripts=False)
    text = seen.page.locator("body").inner_text()
    for words in ("above 45 billion", "Cafiero 2025, ¶29", "confirmed", "para. 29", "ledger row trade-russia-2024"):
        assert words in text, words
    assert seen.page.locator(".citation:visible").count() == 16
    assert seen.page.locator("button:visible").count() == 0
    way = seen.page.locator(".take-files a").first.get_attribute("href")
    assert (site / "claims" / way).resolve().is_file()


def test_what_a_page_of_claims_shares_with_the_others_it_does_not_hold(site):
    page = page_of(site, "trade-russia-2024")
    assert "base64" not in page and not re.search(r"<script(?! src=)", page) and "<button" not in page


# -- what only the page can fill in ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "short, full",
    [
        ("a (2026).", "a 2026, {url:x}."),
        ("<i>a</i> b.", "<i>a</i> b, c."),
        ("<i>a b</i>.", "<i>a c</i>."),
        ("R&amp;D", "R&lt;D"),
        ("same", "same"),
        ("", "x"),
        ("aa", "aaa"),
    ],
)
def test_the_stretch_that_differs_parts_no_element_and_no_sign(short, full):
    before, here, there, after = citing_blocks.differing(short, full)
    assert before + here + after == short and before + there + after == full
    for part in (before, here, there, after):
        assert part.count("<i>") == part.count("</i>") and part.count("&") == part.count(";")


def test_every_citation_of_a_page_holds_its_text_once(site):
    for span in BeautifulSoup(page_of(site, "trade-russia-2024"), "html.parser").select(".citation [data-full]"):
        assert len(span["data-full"]) < 120, span


# -- all files of a chapter ---------------------------------------------------------------------------------


@pytest.mark.parametrize("label, part", [("The figures as one zip", "figures"), ("The data behind them", "data")])
def test_a_chapter_packs_its_files_when_asked(visit, site, label, part):
    seen = visit("book/institutions.html")
    seen.page.locator("#take-chapter summary", has_text="All its figures and data").press("Enter")
    button = seen.page.get_by_role("button", name=label)
    button.focus()
    with seen.page.expect_download() as caught:
        seen.page.keyboard.press("Enter")
    assert caught.value.suggested_filename == f"institutions-{part}.zip"
    with zipfile.ZipFile(caught.value.path()) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names)) > 3
        for name in names:
            assert archive.read(name) == (site / "figures" / name).read_bytes(), name
    endings = {name.rpartition(".")[2] for name in names}
    assert endings == ({"png", "svg", "pdf"} if part == "figures" else {"zip"})
    seen.page.locator(".packing [role=status]", has_text=f"{len(names)} files").wait_for()
    assert seen.errors == [] and seen.foreign == []


def test_where_a_file_does_not_come_the_page_says_so(visit):
    seen = visit("book/institutions.html")
    seen.page.route("**/figures/*.pdf", lambda route: route.fulfill(status=404))
    seen.page.locator("#take-chapter summary", has_text="All its figures and data").press("Enter")
    seen.page.get_by_role("button", name="The figures as one zip").click()
    seen.page.locator(".packing", has_text="could not be fetched").wait_for()
    assert seen.page.get_by_role("button", name="The figures as one zip").is_enabled()


def test_without_scripts_no_button_is_dead_and_the_panels_have_the_files(visit):
    page = visit("book/institutions.html", scripts=False).page
    page.locator("#take-chapter summary", has_text="All its figures and data").click()
    assert page.locator(".packing").is_hidden()
    assert "in the panel below it" in page.locator("#take-chapter").inner_text()
