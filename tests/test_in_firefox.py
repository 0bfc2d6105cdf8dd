"""Readers who use Firefox: notes, panels, explorers and search work there, and what they print can be copied.

Firefox is the other engine: what is tried here is what it does in its own way.
"""

import io
import re

import pypdf
import pytest


@pytest.fixture
def war(firefox, address):
    firefox.resize(1280, 900)
    firefox.open(f"{address}/book/war.html")
    firefox.until("!document.documentElement.classList.contains('arriving')")
    return firefox


def test_a_note_opens_its_card_and_escape_closes_it(war):
    war.click("article a.note-mark")
    war.until("document.querySelector('.claim-card:popover-open') !== null")
    assert "Check:" in war.evaluate("document.querySelector('.claim-card:popover-open').innerText")
    war.press("\ue00c")
    war.until("document.querySelector('.claim-card:popover-open') === null")


def test_the_panel_of_a_figure_opens(war):
    war.evaluate("document.querySelector('.take summary').scrollIntoView({block: 'center', behavior: 'instant'})")
    war.click(".take summary")
    war.until("document.querySelector('.take details[open]') !== null")
    assert war.evaluate("document.querySelector('.take details[open]').innerText.length") > 20


def test_an_explorer_changes_its_picture_and_the_address(war):
    shown = "[...document.querySelectorAll('#vote-explorer img')].find(i => i.offsetWidth).currentSrc"
    war.evaluate("document.querySelector('#vote-explorer').scrollIntoView({behavior: 'instant'})")
    war.until(f"{shown} !== ''")
    before = war.evaluate(shown)
    war.evaluate(
        "(s => { s.value = 'es-11-3'; s.dispatchEvent(new Event('input', {bubbles: true}));"
        " s.dispatchEvent(new Event('change', {bubbles: true})) })(document.querySelector('.explorer-form select'))"
    )
    war.until(f"{shown} !== {before!r}")
    assert "es-11-3" in war.evaluate("location.href")


def test_search_finds_a_word(firefox, address):
    firefox.open(f"{address}/search.html?q=remittances")
    firefox.until("!document.querySelector('main').innerText.includes('Fetching the index')")
    firefox.until("document.querySelector('main').innerText.toLowerCase().split('remittances').length > 5")


def printed(firefox, address, page):
    """The text of a page that Firefox has printed, as a reader copies it, with single spaces."""
    firefox.resize(1280, 900)
    firefox.open(f"{address}/book/{page}.html")
    leaves = pypdf.PdfReader(io.BytesIO(firefox.print())).pages
    return re.sub(r"[ \n]+", " ", "\n".join(leaf.extract_text() for leaf in leaves))


def test_what_is_printed_can_be_copied(firefox, address):
    text = printed(firefox, address, "war")
    lost = [letter for letter in text if letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or letter == "\0"]
    assert lost == []
    assert "had to decide where to stand" in text


def test_letters_of_all_our_scripts_are_printed(firefox, address, site):
    """The index has names in Kazakh, Russian, Turkish and other letters as well."""
    local = re.findall(r'class="local" lang="(\w+)">([^<]+)<', (site / "book/names.html").read_text("utf-8"))
    assert {language for language, _ in local} >= {"kk", "ru", "tr"}
    text = printed(firefox, address, "names")

    def letters(words):
        return re.sub(r"[\s-]", "", words)

    # Chinese and Persian are not ours: the reader's system draws them.
    ours = [name for language, name in local if language not in ("zh", "fa")]
    assert [name for name in ours if letters(name) not in letters(text)] == []
