"""Readers: every page offers what runs it, and nothing that leads nowhere."""
import os
import re
import subprocess
import sys

import pytest

from built_site import PROJECT, build_environment, shorten


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A function that builds a book of one chapter with the settings given as variables."""
    import shutil

    root = tmp_path_factory.mktemp("small") / "book"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns(".git", ".venv*", "_build", "lab", "__pycache__", "tests"))
    shorten(root, "institutions")

    def build(**settings):
        clean = {k: v for k, v in build_environment().items() if not k.startswith("BOOK_")}
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "jupyter-book"), "build", str(root), "-q"],
            cwd=root, env={**clean, **settings}, capture_output=True, text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return root / "_build/html"

    return build


def launch(page):
    return re.search(r'<details class="launch">(.*?)</details>', page.read_text("utf-8"), re.S)[1]


@pytest.mark.long
def test_binder_and_colab_stand_where_a_repository_is_set_and_only_there(small_book):
    built = small_book()
    for name in ("institutions", "glossary"):
        without = launch(built / f"book/{name}.html")
        assert "mybinder" not in without and "colab" not in without and "lite/" not in without
    assert "git" not in (built / "notebooks/institutions.ipynb").read_text("utf-8").split("setup")[0]
    built = small_book(BOOK_REPOSITORY="example/central-asia", BOOK_LITE="1")
    chapter, other = launch(built / "book/institutions.html"), launch(built / "book/glossary.html")
    assert 'href="https://mybinder.org/v2/gh/example/central-asia/notebooks?urlpath=lab/tree/institutions.ipynb"' in chapter
    assert 'href="https://colab.research.google.com/github/example/central-asia/blob/notebooks/institutions.ipynb"' in chapter
    assert 'href="../lite/lab/index.html?path=institutions.ipynb"' in chapter and "cdn.jsdelivr.net" in chapter
    assert "notebooks?urlpath=lab" in other and "institutions" not in other
    assert '"id": "setup"' in (built / "notebooks/institutions.ipynb").read_text("utf-8")


@pytest.mark.long
def test_where_the_address_is_set_every_citation_and_tag_has_it(small_book):
    import json

    address = "https://example.org/book/"
    built = small_book(BOOK_URL=address.rstrip("/"))
    page = (built / "book/institutions.html").read_text("utf-8")
    here = f"{address}book/institutions.html"
    assert f'<link rel="canonical" href="{here}"' in page and f'property="og:url" content="{here}"' in page
    assert f'name="citation_fulltext_html_url" content="{here}"' in page
    cited = re.findall(r'<span class="citation"[^>]*>(.*?)</span>', page)
    assert len(cited) >= 25 and all(address in text for text in cited)
    assert "{url" not in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert all(node["url"].startswith(address) for node in data["@graph"])
    for ending in ("bib", "ris", "json"):
        assert f"{here}#membership-maps" in (built / f"figures/membership-maps.{ending}").read_text("utf-8")
    assert f"<dc:identifier>{here}#membership-maps<" in (built / "figures/membership-maps.svg").read_text("utf-8")


@pytest.mark.long
@pytest.mark.parametrize("wrong", ["example.org/book", "http://example.org/", "https://example.org/?page=1"])
def test_an_address_that_is_none_stops_the_build(small_book, wrong):
    with pytest.raises(AssertionError, match="BOOK_URL.*no address of a site"):
        small_book(BOOK_URL=wrong)


@pytest.mark.long
def test_a_repository_that_is_none_stops_the_build(small_book):
    with pytest.raises(AssertionError, match="write owner/name"):
        small_book(BOOK_REPOSITORY="https://github.com/example/x")


def test_every_page_leads_to_files_that_exist(site):
    pages = [page for folder in ("book", "seeds", "data") for page in (site / folder).glob("*.html")]
    # An old address only says where its page has gone.
    pages = [page for page in pages if 'http-equiv="refresh"' not in page.read_text("utf-8")]
    assert len(pages) > 20
    for page in pages:
        for target in re.findall(r'href="([^"#?]+)', launch(page)):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_list_opens_by_keyboard_on_a_phone_with_and_without_scripts(visit, scripts):
    page = visit("book/war.html", width=390, scripts=scripts).page
    links = page.locator(".launch a")
    assert not links.first.is_visible()
    page.locator(".launch summary").focus()
    page.keyboard.press("Enter")
    assert links.first.is_visible() and links.count() == 3
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
