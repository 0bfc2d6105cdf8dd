"""The ledger has one home for each fact: an edit in data/ reaches every page, and bad data reaches none."""

import json
import re
import subprocess
import sys

import pytest

from built_site import BUILD, build_environment, copy_of_project, shorten
from companion_press.extension import STORES

pytestmark = pytest.mark.long  # two builds


def make(root, *command):
    return subprocess.run(
        [sys.executable, *command], cwd=root, capture_output=True, text=True, env=build_environment(root)
    )


def build(root):
    done = make(root, "-m", BUILD)
    assert done.returncode == 0, done.stderr[-3000:]
    return root / "_build/html"


def replace(path, old, new):
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} should stand once in {path.name}"
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="module")
def copy(site, tmp_path_factory):
    root = copy_of_project(tmp_path_factory.mktemp("book") / "copy", kept=STORES)
    # One chapter shows what there is to show; with all of them the three builds take minutes.
    shorten(root, "reassertion")
    replace(root / "book/citing.md", "figure:corridors", "figure:russia-instruments")
    replace(root / "book/citing.md", "chapter:war", "chapter:reassertion")
    return root


@pytest.fixture(scope="module")
def before_and_after(copy):
    """The pages of one copy before and after a single value was edited."""

    def look(html):
        page = (html / "book/reassertion.html").read_text("utf-8")
        notebook = copy / "_build/work/_build/jupyter_execute/book/reassertion.ipynb"
        return {
            "prose": re.sub(r"<[^>]+>", "", page),
            "page": page,
            "ledger": (html / "book/ledger.html").read_text("utf-8"),
            "pictures": {path.name for path in (html / "_images").glob("trade-russia-*")},
            "data": figure_data(notebook, "trade-russia"),
        }

    before = look(build(copy))
    row = "trade-rus-region-2024-putin-value,trade-rus-region-2024-putin,trade turnover,rus,central-asia,more than,45,"
    replace(copy / "data/quantities.csv", row, row.replace("45,", "46.5,"))
    return before, look(build(copy))


def figure_data(notebook, name):
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") == name:
            for output in cell["outputs"]:
                if "application/vnd.companion.figure+json" in output.get("data", {}):
                    return output["data"]["application/vnd.companion.figure+json"]["csv"]
    raise AssertionError(f"no figure {name}")


def test_prose_shows_the_new_value(before_and_after):
    before, after = before_and_after
    assert "more than $45 billion" in before["prose"] and "more than $46.5 billion" not in before["prose"]
    assert "more than $46.5 billion" in after["prose"]


def test_the_row_in_the_ledger_shows_the_new_value(before_and_after):
    before, after = before_and_after
    row = re.compile(r'<li id="trade-rus-region-2024-putin".*?</li>', re.S)
    assert "more than $45 billion" in row.search(before["ledger"]).group()
    assert "more than $46.5 billion" in row.search(after["ledger"]).group()


def test_what_is_computed_from_it_follows(before_and_after):
    before, after = before_and_after
    # 45 and 46.5 billion dollars against the Valdai Club's 37 for 2021.
    assert "at least 21 percent" in before["prose"] and "at least 25 percent" not in before["prose"]
    assert "at least 25 percent" in after["prose"]
    # And for the 82,261,709 people of the five: an alternative text says it.
    assert "at least $547" in before["page"]
    assert "at least $565" in after["page"]


def test_the_figure_is_drawn_anew_with_the_new_value(before_and_after):
    before, after = before_and_after
    assert re.search(r"\b45(\.0)?\b", before["data"]) and not re.search(r"\b46\.5\b", before["data"])
    assert re.search(r"\b46\.5\b", after["data"])
    # A desk's and a phone's, each for both themes.
    assert len(before["pictures"]) == len(after["pictures"]) == 2
    assert before["pictures"].isdisjoint(after["pictures"])


def test_where_nothing_has_changed_nothing_is_built(copy, before_and_after):
    log = copy / "_build/build.log"
    built = log.stat().st_mtime_ns
    done = make(copy, "-m", BUILD)
    assert done.returncode == 0 and "Nothing has changed" in done.stdout
    assert log.stat().st_mtime_ns == built


def test_bad_data_stop_the_build_and_the_last_good_pages_stay(copy, before_and_after):
    landing = copy / "_build/html/book/reassertion.html"
    good = landing.read_bytes()
    replace(copy / "data/quantities.csv", "more than,46.5,", "more than,many,")
    executed = copy / "_build/work/_build/jupyter_execute/book/reassertion.ipynb"
    stamp = executed.stat().st_mtime_ns
    done = make(copy, "-m", "companion_checks")
    assert done.returncode == 1
    assert "data/quantities.csv, row" in done.stderr and "'many' is not a number" in done.stderr
    assert "Traceback" not in done.stderr
    assert landing.read_bytes() == good
    assert executed.stat().st_mtime_ns == stamp, "nothing was executed"
    replace(copy / "data/quantities.csv", "more than,many,", "more than,46.5,")


@pytest.mark.parametrize(
    "line, told",
    [
        ("raise RuntimeError('broken')", "RuntimeError"),
        ("import warnings; warnings.warn('old')", "book/reassertion.md:"),  # a reader would see it on the page
    ],
)
def test_a_cell_that_fails_or_warns_fails_the_build_and_the_last_good_pages_stay(copy, before_and_after, line, told):
    landing = copy / "_build/html/book/reassertion.html"
    good = landing.read_bytes()
    chapter = copy / "book/reassertion.md"
    text = chapter.read_text("utf-8")
    chapter.write_text(text.replace("import companion\n", f"import companion\n{line}\n", 1), "utf-8")
    done = make(copy, "-m", BUILD)
    chapter.write_text(text, "utf-8")
    assert done.returncode != 0
    assert told in done.stderr
    assert landing.read_bytes() == good
