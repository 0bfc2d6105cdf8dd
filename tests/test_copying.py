"""Readers who quote: what is selected and copied is the text that they see, and nothing else."""

import json
import re

import pytest

#: In an article: what is there to be pressed or to be heard, and is no text of the book.
NOT_TEXT = ".note-mark, .headerlink, button, .visually-hidden, .check-mark, summary svg"


@pytest.fixture
def page(visit):
    """A function that opens a page whose clipboard the test may read, with everything unfolded."""

    def start(name):
        made = visit(name)
        made.context.grant_permissions(["clipboard-read", "clipboard-write"])
        made.page.evaluate("document.querySelectorAll('article details').forEach(part => part.open = true)")
        return made.page

    return start


def copied(page, selector):
    """Select all of an element, press Ctrl+C, and return what a plain text editor would get."""
    found = page.evaluate(
        """selector => {
          const all = document.querySelectorAll(selector);
          if (!all.length) return false;
          // Of panels with one name, one is open at a time.
          for (let part = all[0]; part; part = part.parentElement) if (part.matches("details")) part.open = true;
          const chosen = getSelection();
          chosen.removeAllRanges();
          chosen.selectAllChildren(all[0]);
          return true;
        }""",
        selector,
    )
    assert found, f"nothing matches {selector}"
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("Control+c")
    return page.evaluate("navigator.clipboard.readText()")


def text(page, selector):
    """Return what is read in an element: its text without marks, buttons and what only a screen reader hears."""
    return page.evaluate(
        """([selector, not]) => {
          const copy = document.querySelector(selector).cloneNode(true);
          copy.querySelectorAll(not).forEach(part => part.remove());
          copy.querySelectorAll("li").forEach(part => part.append("\\n"));
          return copy.textContent;
        }""",
        [selector, NOT_TEXT],
    )


def flat(words):
    return " ".join(words.split())


#: What is copied, on which page, and a selector that finds it.
PARTS = {
    "a paragraph with notes": ("book/war.html", "article section > p:has(a.note-mark):has(a.claim)"),
    "a paragraph with a star": ("book/west.html", "article section > p:has(a.check-mark)"),
    "a heading": ("book/war.html", "article h2"),
    "the title": ("book/war.html", "article h1"),
    "the headline of a figure": ("book/war.html", ".figure-headline"),
    "the note of a figure": ("book/war.html", "figcaption .figure-note"),
    "the source line of a figure": ("book/war.html", "figcaption .figure-source"),
    "the caption of a table": ("book/institutions.html", ".table-caption"),
    "what the sources say": ("book/war.html", "details.sources-say ul"),
    "a citation": ("book/war.html", ".citations dd"),
    "the line for Python": ("book/war.html", "article dd:has(> code):has(> button.copy)"),
    "a definition": ("book/glossary.html", "article dl.glossary dt"),
}


@pytest.mark.parametrize("what", PARTS)
def test_what_is_copied_is_its_text(page, what):
    name, selector = PARTS[what]
    opened = page(name)
    said = copied(opened, selector)
    assert flat(said) == flat(text(opened, selector)) != ""
    assert not re.search(r"#$|\bCopy\b|\[(?:imprecise|contradicted)", said.strip())


def test_a_folded_cell_is_copied_with_its_lines_and_blanks(page):
    opened = page("book/war.html")
    said = copied(opened, "article details.code pre")
    assert said.strip("\n") == text(opened, "article details.code pre").strip("\n")
    assert said.startswith("import companion\n") and "\n    " in said


@pytest.mark.parametrize(
    "name, selector", [("book/institutions.html", ".people-table table"), ("book/war.html", "article table.dataframe")]
)
def test_a_table_is_copied_in_rows_with_tabs(page, name, selector):
    opened = page(name)
    rows = (
        opened.locator(f"{selector} >> nth=0")
        .locator("tr")
        .evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))")
    )
    said = [line.split("\t") for line in copied(opened, selector).split("\n") if line.strip()]
    assert [[cell.strip() for cell in row] for row in said] == rows and len(rows) > 2 and len(rows[0]) > 1


@pytest.mark.parametrize(
    "name", ["history", "institutions", "war", "west", "turkic", "reassertion", "balance", "since", "checks"]
)
def test_a_whole_page_is_copied_without_marks_and_buttons(page, name):
    opened = page(f"book/{name}.html")
    lines = [line.strip() for line in copied(opened, "article").split("\n")]
    assert len(lines) > 50
    wrong = [
        line
        for line in lines
        if line in ("#", "Copy") or re.search(r"\w#$|^Copy\b|\[(?:imprecise|contradicted)\]", line)
    ]
    assert wrong == []
    # The first sentence with a note goes on after it, with no number between.
    sentence = opened.evaluate(
        "(mark => mark && mark.previousSibling?.textContent.slice(-30))(document.querySelector('article p a.note-mark'))"
    )
    if sentence:
        assert not re.search(re.escape(sentence.strip()) + r"\s*\d", "\n".join(lines))


@pytest.mark.parametrize("what", ["a paragraph with notes", "a heading", "the headline of a figure"])
def test_in_firefox_a_selection_is_its_text_too(firefox, address, what):
    name, selector = PARTS[what]
    firefox.open(f"{address}/{name}")
    said, seen = firefox.evaluate(
        f"""(([selector, not]) => {{
          const part = document.querySelector(selector), copy = part.cloneNode(true), chosen = getSelection();
          copy.querySelectorAll(not).forEach(one => one.remove());
          chosen.removeAllRanges();
          chosen.selectAllChildren(part);
          return [chosen.toString(), copy.textContent];
        }})({json.dumps([selector, NOT_TEXT])})"""
    )
    assert flat(said) == flat(seen) != ""
