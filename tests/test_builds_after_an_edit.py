"""Authors: after an edit as little as possible is built, it shows wherever it should, and gives the bytes of a build from nothing.

One short book goes through all edits, one after another. The most far-reaching edit of a group comes first, so that a
later build does not make good what an earlier one left wrong, and each group ends with a build from nothing; before the
last one all that was kept is damaged, so that it is noticed, and that nothing kept had gone stale by any of them.
"""

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import types

import pytest

from built_site import BUILD, build_environment, copy_of_project, shorten
from companion import pages
from companion_press.extension import STORES

pytestmark = pytest.mark.long  # some twenty builds of a short book

CACHE = "_build/cache"

#: The stores into which something comes when a cell runs or a picture is drawn.
KINDS = ("chapters", "traces", "pictures", "figures")

#: The chapter that keeps its cells.
CHAPTER = "reassertion"


class Book:
    """A copy of the book, shortened, and what its builds leave."""

    def __init__(self, root):
        self.root, self.sites = root, 0

    def run(self, *command, **settings):
        """Run a module of the project in the copy; return the process that has ended."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.root,
            capture_output=True,
            text=True,
            env={**build_environment(self.root), **settings},
        )

    def build(self, **settings):
        """Build; return what was printed."""
        done = self.run(BUILD, **settings)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def site(self, **settings):
        """Build, and return a copy of the site."""
        self.build(**settings)
        self.sites += 1
        return shutil.copytree(self.root / "_build/html", self.root.parent / f"site-{self.sites}")

    def from_nothing(self):
        """The same without what Sphinx remembers."""
        shutil.rmtree(self.root / "_build/work")
        (self.root / "_build/made-from").unlink()
        return self.site()

    def damage_the_cache(self):
        """Change every file of it in the middle: nothing that was kept can be used."""
        for path in (self.root / CACHE).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                path.unlink()  # it may be one with that of the project
                path.write_bytes(content[: len(content) // 2] + b"0" + content[len(content) // 2 + 1 :])

    def replace(self, name, old, new):
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def kept(self):
        return {kind: {path.name for path in (self.root / CACHE / kind).glob("*")} for kind in KINDS}

    def after(self, edit):
        """Edit and build: the sites and what is kept, before and after."""
        before = types.SimpleNamespace(site=self.site(), kept=self.kept())
        edit(self)
        return before, types.SimpleNamespace(site=self.site(), kept=self.kept())


def differences(one, two):
    """The files in which two sites differ, and those that only one has."""
    names = [{path.relative_to(site) for path in site.rglob("*") if path.is_file()} for site in (one, two)]
    return sorted(map(str, names[0] ^ names[1])) + [
        str(name) for name in sorted(names[0] & names[1]) if not filecmp.cmp(one / name, two / name, shallow=False)
    ]


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    root = copy_of_project(tmp_path_factory.mktemp("edited") / "copy", kept=STORES)
    shorten(root, CHAPTER)
    book = Book(root)
    book.build()
    return book


# -- one number, wherever it stands ---------------------------------------------------------------


def row(book):
    """A number: in prose, in figures, in the ledger, in what is computed from it."""
    value = (
        "trade-rus-region-2024-putin-value,trade-rus-region-2024-putin,trade turnover,rus,central-asia,more than,45,"
    )
    book.replace("data/quantities.csv", value, value.replace("45,", "46.5,"))


@pytest.fixture(scope="module")
def edited(book):
    """What a reader sees before and after a single value was edited, and what was kept."""
    seen = []

    def look():
        page = (book.root / f"_build/html/book/{CHAPTER}.html").read_text("utf-8")
        seen.append(
            {
                "prose": re.sub(r"<[^>]+>", "", page),
                "page": page,
                "ledger": (book.root / "_build/html/book/ledger.html").read_text("utf-8"),
                "pictures": {path.name for path in (book.root / "_build/html/_images").glob("trade-russia-*")},
                "data": figure_data(book.root / f"_build/work/_build/jupyter_execute/book/{CHAPTER}.ipynb"),
                "kept": book.kept(),
            }
        )

    look()
    row(book)
    book.build()
    look()
    return seen


def figure_data(notebook):
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == "trade-russia":
            for output in cell["outputs"]:
                if "application/vnd.companion.figure+json" in output.get("data", {}):
                    return output["data"]["application/vnd.companion.figure+json"]["csv"]
    raise AssertionError("no figure trade-russia")


def test_prose_shows_the_new_value(edited):
    before, after = edited
    assert "more than $45 billion" in before["prose"] and "more than $46.5 billion" not in before["prose"]
    assert "more than $46.5 billion" in after["prose"]


def test_the_row_in_the_ledger_shows_the_new_value(edited):
    before, after = edited
    shown = re.compile(r'<li id="trade-rus-region-2024-putin".*?</li>', re.S)
    assert "more than $45 billion" in shown.search(before["ledger"]).group()
    assert "more than $46.5 billion" in shown.search(after["ledger"]).group()


def test_what_is_computed_from_it_follows(edited):
    before, after = edited
    # 45 and 46.5 billion dollars against the Valdai Club's 37 for 2021.
    assert "at least 21 percent" in before["prose"] and "at least 25 percent" not in before["prose"]
    assert "at least 25 percent" in after["prose"]
    # And for the 82,261,709 people of the five: an alternative text says it.
    assert "at least $547" in before["page"]
    assert "at least $565" in after["page"]


def test_the_figure_is_drawn_anew_with_the_new_value(edited):
    before, after = edited
    assert re.search(r"\b45(\.0)?\b", before["data"]) and not re.search(r"\b46\.5\b", before["data"])
    assert re.search(r"\b46\.5\b", after["data"])
    # A desk's and a phone's, each for both themes.
    assert len(before["pictures"]) == len(after["pictures"]) == 2
    assert before["pictures"].isdisjoint(after["pictures"])


def test_after_a_row_cells_run_but_only_the_figures_that_show_it_are_drawn(edited):
    before, after = (look["kept"] for look in edited)
    assert after["chapters"] - before["chapters"]
    assert 0 < len(after["pictures"] - before["pictures"]) < len(before["pictures"]), "not all"


def test_where_nothing_has_changed_nothing_is_built(book, edited):
    log = book.root / "_build/build.log"
    built = log.stat().st_mtime_ns
    assert "Nothing has changed" in book.build()
    assert log.stat().st_mtime_ns == built


# -- edits of every kind -----------------------------------------------------------------------------


def paragraph(book):
    """A sentence in a chapter that has no cells any more, and one in the chapter with cells."""
    for name in ("book/war.md", f"book/{CHAPTER}.md"):
        with open(book.root / name, "a", encoding="utf-8") as file:
            file.write("\nOne sentence more.\n")


def use(book):
    """A claim more in the text: the ledger says where it is used, and its card stands on the page."""
    with open(book.root / "book/war.md", "a", encoding="utf-8") as file:
        file.write("\nTrade was {claim}`trade-russia-2024`.\n")


def cell(book):
    """A figure's cell: its pictures, its thumbnail and its files."""
    text = (book.root / f"book/{CHAPTER}.md").read_text("utf-8")
    cell = re.search(r"name: trade-russia$.*?^```$", text, re.M | re.S)[0]
    start = "def draw(ax):\n"
    assert start in cell
    book.replace(f"book/{CHAPTER}.md", cell, cell.replace(start, f"{start}    ax.set_facecolor('#EEEEEE')\n"))


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
    book.replace("src/companion_press/prose/claim_roles.py", '"In the ledger"]', '"In our ledger"]')


def gone(book):
    """A figure that is taken out: its pictures and files go with it."""
    text = (book.root / f"book/{CHAPTER}.md").read_text("utf-8")
    text = pages.with_cells_as(
        text, lambda cell: "" if "name: summit-sequence" in cell.options else text[cell.start : cell.end]
    )
    text = re.sub(r"\{numref\}`[^`]*summit-sequence[^`]*`", "the figure", text)
    (book.root / f"book/{CHAPTER}.md").write_text(text, "utf-8")


#: Edits that follow one another, each group from the one that reaches farthest to the one that reaches least.
GROUPS = {
    "what pages say": [source, title, cell, use, paragraph],
    "what is drawn": [shape, gone],
    "what draws and sets": [module, press],
}
LAST = "what draws and sets"


@pytest.mark.parametrize("group", GROUPS)
def test_after_edits_the_site_is_that_of_a_build_from_nothing(book, edited, group):
    for edit in GROUPS[group]:
        before, after = book.after(edit)
        assert differences(before.site, after.site), f"{edit.__name__}: the edit shows"
    if group == LAST:
        book.damage_the_cache()
    assert differences(after.site, book.from_nothing()) == []


def test_after_a_paragraph_no_cell_runs_nothing_is_drawn_and_files_stay(book, edited):
    picture = next((book.site() / "_images").iterdir()).name
    place = book.root / f"_build/html/_images/{picture}"
    inode = os.stat(place).st_ino
    before, after = book.after(paragraph)
    assert before.kept == after.kept
    assert os.stat(place).st_ino == inode, "files that have not changed are the same on the disk"
    assert os.stat(book.root / f"_build/work/_build/html/_images/{picture}").st_ino != inode, "Sphinx may write there"


# -- edits that are wrong ----------------------------------------------------------------------------------


def test_bad_data_stop_the_build_and_the_last_good_pages_stay(book):
    before = book.site()
    executed = book.root / f"_build/work/_build/jupyter_execute/book/{CHAPTER}.ipynb"
    stamp = executed.stat().st_mtime_ns
    amount = "trade-rus-region-2024-putin-value,trade-rus-region-2024-putin,trade turnover,rus,central-asia,more than,"
    text = (book.root / "data/quantities.csv").read_text("utf-8")
    book.replace("data/quantities.csv", amount, f"{amount}many-")
    done = book.run("companion_checks")
    (book.root / "data/quantities.csv").write_text(text, "utf-8")
    assert done.returncode == 1
    assert re.search(r"data/quantities\.csv, row .*'many-\S+' is not a number", done.stderr)
    assert "Traceback" not in done.stderr
    assert executed.stat().st_mtime_ns == stamp, "nothing was executed"
    assert differences(before, book.root / "_build/html") == []


def test_all_cells_that_fail_are_told_at_once_and_the_last_site_stays(book):
    before = book.site()
    broken = ((f"book/{CHAPTER}.md", "raise RuntimeError('broken')"), ("book/index.md", "1 / 0"))
    for name, line in broken:
        book.replace(name, "import companion\n", f"import companion\n{line}\n")
    done = book.run(BUILD)
    printed = done.stdout + done.stderr
    assert done.returncode == 1
    for told in (
        f"book/{CHAPTER}.md, the cell in line",
        "RuntimeError: broken",
        "book/index.md, the cell in line",
        "ZeroDivisionError",
    ):
        assert told in printed
    assert "once more, from nothing" not in printed, "a cell that fails is a verdict"
    assert not re.search(r"\x1b\[[\d;]*mRuntimeError", printed), "no colours of a terminal within the message"
    assert differences(before, book.root / "_build/html") == []
    for name, line in broken:
        book.replace(name, f"import companion\n{line}\n", "import companion\n")
    assert differences(before, book.site()) == []


def test_a_cell_that_warns_fails_the_build_and_the_last_good_pages_stay(book):
    """A reader would see it on the page."""
    before = book.site()
    book.replace(
        f"book/{CHAPTER}.md", "import companion\n", "import companion\nimport warnings; warnings.warn('old')\n"
    )
    done = book.run(BUILD)
    assert done.returncode != 0 and f"book/{CHAPTER}.md:" in done.stderr
    assert differences(before, book.root / "_build/html") == []
    book.replace(
        f"book/{CHAPTER}.md", "import companion\nimport warnings; warnings.warn('old')\n", "import companion\n"
    )


def test_where_the_site_will_stand_lets_no_cell_run(book):
    book.build()
    before = book.kept()
    book.build(BOOK_URL="https://example.org/book/")
    assert book.kept()["chapters"] == before["chapters"]
