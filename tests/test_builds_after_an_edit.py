"""Authors: after an edit as little as possible is built, and it gives the same bytes as a build from nothing."""

import filecmp
import os
import re
import shutil
import subprocess
import sys

import pytest

from built_site import BUILD, build_environment, copy_of_project, shorten
from companion_press.extension import STORES

pytestmark = pytest.mark.long  # some twenty builds of a short book

CACHE = "_build/cache"


class Book:
    """A copy of the book, shortened, and what its builds leave."""

    def __init__(self, root):
        self.root, self.edits = root, 0

    def make(self, **settings):
        """Build; return the exit status and what was printed."""
        done = subprocess.run(
            [sys.executable, "-m", BUILD],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={**build_environment(self.root), **settings},
        )
        return done.returncode, done.stdout + done.stderr

    def site(self, **settings):
        """Build, and return a copy of the site."""
        status, printed = self.make(**settings)
        assert status == 0, printed[-3000:]
        self.edits += 1
        return shutil.copytree(self.root / "_build/html", self.root.parent / f"site-{self.edits}")

    def from_nothing(self, cache=True, **settings):
        """The same without what Sphinx remembers, and if asked for without anything that was kept."""
        shutil.rmtree(self.root / "_build/work")
        (self.root / "_build/made-from").unlink()
        if not cache:
            shutil.rmtree(self.root / CACHE)
        return self.site(**settings)

    def replace(self, name, old, new):
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def kept(self, kind):
        return {path.name for path in (self.root / CACHE / kind).glob("*")}


def differences(one, two):
    """The files in which two sites differ, and those that only one has."""
    names = [{path.relative_to(site) for path in site.rglob("*") if path.is_file()} for site in (one, two)]
    return sorted(map(str, names[0] ^ names[1])) + [
        str(name) for name in sorted(names[0] & names[1]) if not filecmp.cmp(one / name, two / name, shallow=False)
    ]


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    root = copy_of_project(tmp_path_factory.mktemp("edited") / "copy", kept=STORES)
    shorten(root, "reassertion")
    book = Book(root)
    for old in ("figure:corridors", "chapter:war"):
        book.replace(
            "book/citing.md", old, {"figure:corridors": "figure:russia-instruments"}.get(old, "chapter:reassertion")
        )
    book.first = book.site()
    return book


def paragraph(book):
    """A sentence in a chapter that has no cells any more, and one in the chapter with cells."""
    for name in ("book/war.md", "book/reassertion.md"):
        with open(book.root / name, "a", encoding="utf-8") as file:
            file.write("\nOne sentence more.\n")


def use(book):
    """A claim more in the text: the ledger says where it is used, and its card stands on the page."""
    with open(book.root / "book/war.md", "a", encoding="utf-8") as file:
        file.write("\nTrade was {claim}`trade-russia-2024`.\n")


def cell(book):
    """A figure's cell: its pictures, its thumbnail and its files."""
    text = (book.root / "book/reassertion.md").read_text("utf-8")
    cell = re.search(r"name: trade-russia$.*?^```$", text, re.M | re.S)[0]
    start = "def draw(ax):\n"
    assert start in cell
    book.replace("book/reassertion.md", cell, cell.replace(start, f"{start}    ax.set_facecolor('#EEEEEE')\n"))


def row(book):
    """A number: in prose, in figures, in the ledger, in what is computed from it."""
    value = (
        "trade-rus-region-2024-putin-value,trade-rus-region-2024-putin,trade turnover,rus,central-asia,more than,45,"
    )
    book.replace("data/quantities.csv", value, value.replace("45,", "46.5,"))


def source(book):
    """The name of a source stands on cards, in captions, in citations."""
    book.replace("seeds/references.bib", "Cafiero, Giorgio", "Cafiera, Giorgia")


def title(book):
    """The title of a page stands in the contents of every other."""
    book.replace("book/glossary.md", "\n# ", "\n# A ")


def shape(book):
    """A map shape: every map is drawn anew."""
    book.replace("data/geometry/lakes.geojson", "[ 17.8758, 59.2711 ]", "[ 17.8757, 59.2711 ]")


def module(book):
    """The package that cells import: an actor's colour."""
    book.replace("src/companion/style.py", '"rus": "#B3361E"', '"rus": "#B3361F"')


def press(book):
    """What sets the pages."""
    book.replace("src/companion_press/prose/claim_roles.py", "In the ledger</a>", "In our ledger</a>")


def gone(book):
    """A figure that is taken out: its pictures and files go with it."""
    text = (book.root / "book/reassertion.md").read_text("utf-8")
    cells = re.findall(r"^```\{code-cell\}.*?^```$", text, re.M | re.S)
    figure = next(cell for cell in cells if "name: summit-sequence" in cell)
    text = text.replace(figure, "")
    text = re.sub(r"\{numref\}`[^`]*summit-sequence[^`]*`", "the figure", text)
    (book.root / "book/reassertion.md").write_text(text, "utf-8")


@pytest.mark.parametrize("edit", [paragraph, use, cell, row, source, title, shape, module, press, gone])
def test_after_an_edit_the_site_is_that_of_a_build_from_nothing(book, edit):
    before = book.site()
    edit(book)
    after = book.site()
    assert differences(before, after), "the edit shows"
    assert differences(after, book.from_nothing()) == []


def test_the_cache_can_be_deleted_and_damaged(book):
    before = book.site()
    for path in (book.root / CACHE).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            path.unlink()  # it may be one with that of the project
            path.write_bytes(content[: len(content) // 2] + b"0" + content[len(content) // 2 + 1 :])
    assert differences(before, book.from_nothing()) == []
    assert differences(before, book.from_nothing(cache=False)) == []


def test_after_a_paragraph_no_cell_runs_and_nothing_is_drawn(book):
    book.site()
    kinds = ("chapters", "traces", "pictures", "figures")
    before = {kind: book.kept(kind) for kind in kinds}
    paragraph(book)
    book.site()
    assert {kind: book.kept(kind) for kind in kinds} == before


def test_after_a_row_cells_run_but_only_the_figures_that_show_it_are_drawn(book):
    with open(book.root / "data/quantities.csv", encoding="utf-8") as file:
        number = next(line for line in file if line.startswith("trade-rus-region-2024-putin-value,"))
    pictures, results = book.kept("pictures"), book.kept("chapters")
    book.replace("data/quantities.csv", number, number.replace("exactly", "about").replace("more than", "at least"))
    book.site()
    assert book.kept("chapters") - results and book.kept("pictures") - pictures
    assert len(book.kept("pictures") - pictures) < len(pictures), "not all"


def test_where_the_site_will_stand_lets_no_cell_run(book):
    book.site()
    before = book.kept("chapters")
    book.site(BOOK_URL="https://example.org/book/")
    assert book.kept("chapters") == before
    book.site()


def test_all_cells_that_fail_are_told_at_once_and_the_last_site_stays(book):
    before = book.site()
    for name, line in (("book/reassertion.md", "raise RuntimeError('broken')"), ("book/index.md", "1 / 0")):
        book.replace(name, "import companion\n", f"import companion\n{line}\n")
    status, printed = book.make()
    assert status == 1
    for told in (
        "book/reassertion.md, the cell in line",
        "RuntimeError: broken",
        "book/index.md, the cell in line",
        "ZeroDivisionError",
    ):
        assert told in printed
    assert "once more, from nothing" not in printed, "a cell that fails is a verdict"
    assert not re.search(r"\x1b\[[\d;]*mRuntimeError", printed), "no colours of a terminal within the message"
    for name, line in (("book/reassertion.md", "raise RuntimeError('broken')"), ("book/index.md", "1 / 0")):
        book.replace(name, f"import companion\n{line}\n", "import companion\n")
    assert differences(before, book.site()) == []


def test_files_that_have_not_changed_are_the_same_on_the_disk(book):
    picture = next((book.site() / "_images").iterdir()).name
    place = book.root / f"_build/html/_images/{picture}"
    before = os.stat(place).st_ino
    paragraph(book)
    book.site()
    assert os.stat(place).st_ino == before
    assert os.stat(book.root / f"_build/work/_build/html/_images/{picture}").st_ino != before, "Sphinx may write there"
