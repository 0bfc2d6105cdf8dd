"""Authors: one page is built in seconds, an unknown name is one clear sentence, and the page reloads after a build."""

import re
import shutil
import subprocess
import sys
import urllib.request

import pytest
from playwright.sync_api import expect

from built_site import PROJECT, Visit, build_environment, copy_of_project, shorten
from companion import pages
from companion_press.commands import chapter, watch
from companion_press.extension import STORES


@pytest.mark.parametrize("path", pages.sources(PROJECT), ids=lambda path: path.stem)
def test_every_page_has_a_short_name(path):
    assert chapter.document(path.stem, PROJECT) == pages.docname(path, PROJECT)


@pytest.mark.parametrize(
    "name, told",
    [
        ("wra", "The book has no page 'wra'; did you mean make chapter NAME=war?"),
        ("book/war", "The book has no page 'book/war'; did you mean make chapter NAME="),
        ("", "Name the page: make chapter NAME=war."),
    ],
)
def test_a_name_that_does_not_exist_is_one_sentence(name, told):
    done = subprocess.run(
        [sys.executable, "-m", "companion_press.commands.chapter", *([name] if name else [])],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env=build_environment(),
    )
    assert done.returncode == 1 and done.stderr.startswith(told) and done.stderr.count("\n") == 1, done.stderr


# -- one page -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    # Which cells run is seen by what is kept of them.
    root = copy_of_project(
        tmp_path_factory.mktemp("page") / "copy", kept=[kind for kind in STORES if kind != "chapters"]
    )
    shorten(root, "reassertion", "war")
    return root


def make(book, *command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=book, capture_output=True, text=True, env=build_environment(book)
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def without_search(page):
    return re.sub(r"search-index(\.[0-9a-f]+)?\.js", "", page.read_text("utf-8"))


@pytest.mark.long
def test_a_page_alone_is_what_it_is_in_the_whole_book(book):
    """Its figures, their numbers and files, its cards and its disagreements; no cell of another page runs for it."""
    printed = make(book, "companion_press.commands.chapter", "reassertion")
    alone = book / "_build/chapter/html"
    assert str(alone / "book/reassertion.html") in printed
    ran = len(list((book / "_build/cache/chapters").iterdir()))
    assert ran == 1
    make(book, "companion_press.commands.build")
    whole = book / "_build/html"
    for name in ("figures/trade-russia.zip", "figures/trade-russia.png"):
        assert (alone / name).read_bytes() == (whole / name).read_bytes()
    page = without_search(alone / "book/reassertion.html")
    assert page.count("claim-card") > 20
    assert page == without_search(whole / "book/reassertion.html")
    for file in re.findall(r'_images/([^" #]+)', page):
        assert (alone / "_images" / file).is_file()


@pytest.mark.long
def test_a_page_alone_stands_in_a_copy_of_the_whole_site_and_changes_nothing_else(book):
    make(book, "companion_press.commands.build")
    before = {path: path.read_bytes() for path in (book / "_build/html").rglob("*.html")}
    (book / "_build/chapter/work/.doctrees/environment.pickle").unlink(missing_ok=True)
    for name in ("war", "reassertion"):
        with open(book / f"book/{name}.md", "a", encoding="utf-8") as file:
            file.write("\nOne sentence more.\n")
    make(book, "companion_press.commands.chapter", "war")
    alone = book / "_build/chapter/html"
    assert "One sentence more" in (alone / "book/war.html").read_text("utf-8")
    assert "One sentence more" not in (alone / "book/reassertion.html").read_text("utf-8"), "others are left"
    assert (alone / "book/ledger.html").is_file() and list((alone / "_static").glob("search-index.*.js"))
    assert before == {path: path.read_bytes() for path in (book / "_build/html").rglob("*.html")}
    make(book, "companion_press.commands.build")
    assert "One sentence more" in (book / "_build/html/book/reassertion.html").read_text("utf-8")


# -- watching -------------------------------------------------------------------------


@pytest.fixture
def watched(tmp_path, site):
    folder = tmp_path / "site"
    for part in ("book", "_static"):
        shutil.copytree(site / part, folder / part)
    builds = watch.Builds()
    server = watch.serve(folder, 0, builds)
    yield folder, builds, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_every_page_loads_itself_again_after_a_build(browser, watched):
    folder, builds, address = watched
    context = browser.new_context()
    seen = Visit(context, address)
    page = seen.open("book/glossary.html")
    page.wait_for_timeout(300)
    path = folder / "book/glossary.html"
    path.write_text(path.read_text("utf-8").replace("</h1>", " anew</h1>", 1), "utf-8")
    builds.add()
    expect(page.locator("h1")).to_contain_text(" anew", timeout=10_000)
    assert seen.errors == [] and seen.foreign == []
    context.close()


def test_what_is_served_is_the_site_and_one_script(watched):
    folder, _, address = watched
    page = urllib.request.urlopen(f"{address}/book/glossary.html").read()
    script = f'<script src="{watch.SCRIPT}"></script>'.encode()
    assert page.count(script) == 1 and page.replace(script, b"") == (folder / "book/glossary.html").read_bytes()
    assert b"EventSource" in urllib.request.urlopen(f"{address}{watch.SCRIPT}").read()
    style = next((folder / "_static").glob("book.*.css"))
    assert urllib.request.urlopen(f"{address}/_static/{style.name}").read() == style.read_bytes()


def test_a_page_is_watched_by_its_name_or_the_whole_book():
    assert watch.command("war")[-2:] == ["companion_press.commands.chapter", "war"]
    assert watch.command("")[-1] == "companion_press.commands.build"
    for part in watch.WATCHED:
        assert (PROJECT / part).exists()
