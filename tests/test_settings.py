"""Publishers: a setting that is given once stands wherever a reader needs it, and a wrong one stops the build."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import feedparser
import pytest
from sphinx.config import Config

from built_site import build_environment, copy_of_project, shorten
from companion_press.citing import citing_blocks, exports
from companion_press.evidence import class_times
from companion_press.extension import STORES
from test_launch_buttons import launch

pytestmark = pytest.mark.long  # four builds of a short book

ADDRESS = "https://example.org/book/"


@pytest.fixture(scope="module")
def small_book(site, tmp_path_factory):
    """A function that builds a book of one chapter with the settings given as variables."""
    root = copy_of_project(tmp_path_factory.mktemp("small") / "book", kept=STORES)
    shorten(root, "institutions")

    def build(**settings):
        clean = {k: v for k, v in build_environment(root).items() if not k.startswith("BOOK_")}
        done = subprocess.run(
            [os.path.join(os.path.dirname(sys.executable), "jupyter-book"), "build", str(root), "-q"],
            cwd=root,
            env={**clean, **settings},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return root / "_build/html"

    return build


@pytest.fixture(scope="module")
def sites(small_book, tmp_path_factory):
    """The site with no setting, with a repository and what hangs on it, with an address, and with none again, in this order."""
    settings = {
        "plain": {},
        "repository": {
            "BOOK_REPOSITORY": "example/central-asia",
            "BOOK_LITE": "1",
            "BOOK_HUB": "https://hub.example.org/",
        },
        "address": {"BOOK_URL": ADDRESS.rstrip("/")},
        "plain again": {},
    }
    folder = tmp_path_factory.mktemp("sites")
    return {name: shutil.copytree(small_book(**given), folder / name) for name, given in settings.items()}


def test_binder_and_colab_stand_where_a_repository_is_set_and_only_there(sites):
    built = sites["plain"]
    for name in ("institutions", "glossary"):
        without = launch(built / f"book/{name}.html")
        assert "mybinder" not in without and "colab" not in without and "lite/" not in without
    assert 'ARCHIVE = \\"\\"' in (built / "notebooks/institutions.ipynb").read_text("utf-8"), "no address is invented"
    built = sites["repository"]
    chapter, other = launch(built / "book/institutions.html"), launch(built / "book/glossary.html")
    assert (
        'href="https://mybinder.org/v2/gh/example/central-asia/notebooks?urlpath=lab/tree/institutions.ipynb"'
        in chapter
    )
    assert (
        'href="https://colab.research.google.com/github/example/central-asia/blob/notebooks/institutions.ipynb"'
        in chapter
    )
    assert 'href="../lite/lab/index.html?path=institutions.ipynb"' in chapter and "cdn.jsdelivr.net" in chapter
    assert "notebooks?urlpath=lab" in other and "institutions" not in other
    report = "https://github.com/example/central-asia/issues/new?template=wrong-fact.yml"
    assert f'href="{report}&amp;claim=' in (built / "book/institutions.html").read_text("utf-8")
    assert f'href="{report}"' in (built / "book/changes.html").read_text("utf-8")
    branch = "https://github.com/example/central-asia/archive/refs/heads/notebooks.zip"
    assert branch in (built / "notebooks/institutions.ipynb").read_text("utf-8"), "there package and data are"


def test_where_the_address_is_set_every_citation_and_tag_has_it(sites):
    built = sites["address"]
    page = (built / "book/institutions.html").read_text("utf-8")
    here = f"{ADDRESS}book/institutions.html"
    assert f'<link rel="canonical" href="{here}"' in page and f'property="og:url" content="{here}"' in page
    assert f'name="citation_fulltext_html_url" content="{here}"' in page
    cited = re.findall(r'<span class="citation"[^>]*>(.*?)</span>', page)
    assert len(cited) >= 25 and all(ADDRESS in text for text in cited)
    assert "{url" not in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert all(node["url"].startswith(ADDRESS) for node in data["@graph"])
    for ending in exports.FILES:
        assert f"{here}#membership-matrix" in (built / f"figures/membership-matrix.{ending}").read_text("utf-8")
    assert f"<dc:identifier>{here}#membership-matrix<" in (built / "figures/membership-matrix.svg").read_text("utf-8")


def test_where_the_address_is_set_readers_and_search_engines_find_their_way(sites):
    built = sites["address"]
    page = (built / "book/institutions.html").read_text("utf-8")
    assert f'pandas.read_csv("{ADDRESS}figures/membership-matrix.csv")' in html.unescape(page)
    assert f'type="application/atom+xml" title="Changes and corrections" href="{ADDRESS}feed.xml"' in page
    archive = f"{ADDRESS}notebooks/central-asia-companion.zip"
    assert archive in (built / "notebooks/institutions.ipynb").read_text("utf-8"), (
        "a notebook alone fetches what it needs"
    )
    sitemap = ElementTree.parse(built / "sitemap.xml").getroot()
    listed = [loc.text for loc in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(listed) == len(set(listed)) > 1000 and f"{ADDRESS}claims/trade-russia-2024.html" in listed
    for where in listed:
        text = (built / where.removeprefix(ADDRESS)).read_text("utf-8")
        assert f'<link rel="canonical" href="{where}"' in text and 'http-equiv="refresh"' not in text, where
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (built / "robots.txt").read_text("utf-8")
    feed = feedparser.parse((built / "feed.xml").read_bytes())
    for entry in feed.entries:
        path, _, anchor = entry.link.removeprefix(ADDRESS).partition("#")
        assert f'id="{anchor}"' in (built / path).read_text("utf-8")
    again = sites["plain again"]
    left = [name for name in ("feed.xml", "robots.txt", "sitemap.xml") if (again / name).exists()]
    assert left == [], "without an address nothing of an earlier build says one"


def test_with_a_hub_and_a_repository_the_links_for_a_class_stand_on_the_page_without_scripts(sites):
    built = sites["repository"]
    link = class_times.link("https://hub.example.org", "https://github.com/example/central-asia", "institutions.ipynb")
    assert f'href="{link}"'.replace("&", "&amp;") in (built / "book/teaching.html").read_text("utf-8")


@pytest.mark.parametrize("given", [ADDRESS, ADDRESS.rstrip("/")])
def test_an_address_is_the_same_with_and_without_a_slash_at_its_end(given, monkeypatch):
    monkeypatch.setenv("BOOK_URL", given)
    config = Config({}, {})
    config.add("html_baseurl", "", "html", str)
    citing_blocks.read_address(None, config)
    assert config.html_baseurl == ADDRESS


@pytest.mark.parametrize("wrong", ["example.org/book", "http://example.org/", "https://example.org/?page=1"])
def test_an_address_that_is_none_stops_the_build(small_book, wrong):
    with pytest.raises(AssertionError, match="BOOK_URL.*not the address of a site"):
        small_book(BOOK_URL=wrong)


def test_a_repository_that_is_none_stops_the_build(small_book):
    with pytest.raises(AssertionError, match="write owner/name"):
        small_book(BOOK_REPOSITORY="https://github.com/example/x")


def test_a_hub_that_is_none_stops_the_build(small_book):
    with pytest.raises(AssertionError, match="companion_hub .*hub.example.org"):
        small_book(BOOK_HUB="hub.example.edu")
