"""Whoever keeps the site, copies it, reads it on a slow line: each file earns its place, and none weighs more than it need."""

import collections
import pathlib
import posixpath
import re
import urllib.parse

import pytest
import yaml
from bs4 import BeautifulSoup, SoupStrainer

from built_site import PROJECT
from companion import load, style

MB, KB = 1024 * 1024, 1024

#: The site, whole.
WHOLE = 66 * MB

#: What the files of a folder may weigh together, and one of them by its ending. A limit is raised in the commit that says
#: what the reader gets for it.
FOLDERS = {
    "figures": (18 * MB, {".png": 320 * KB, ".svg": 400 * KB, ".pdf": 350 * KB, ".zip": 200 * KB, ".csv": 190 * KB}),
    "claims": (18 * MB, {".html": 14 * KB}),
    "_images": (8 * MB, {".svg": 160 * KB, ".webp": 70 * KB, ".png": 60 * KB}),
    "cite": (1 * MB, {".bib": 2 * KB, ".json": 2 * KB, ".ris": 2 * KB}),
    "book": (7 * MB, {".html": 950 * KB}),
    "_static": (2 * MB, {".css": 40 * KB, ".woff2": 30 * KB, ".js": 1100 * KB}),
    # Saved with their pictures and tables, so that whoever only looks at a notebook sees the figures.
    "notebooks": (13 * MB, {".ipynb": 660 * KB}),
}

#: What is at an address that others know, without a link of ours: what Sphinx tells other projects, what a server shows for
#: an address that does not exist.
KNOWN = {"objects.inv", "404.html"}

#: Attributes by which a page names files, beside href and src.
NAMES = ("data-index", "data-from", "data-library", "data-files")


@pytest.fixture(scope="module")
def files(site):
    """The weight of every file of the site by its path, and those of the paper editions and of JupyterLite left out."""
    paths = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    return {name: size for name, size in paths.items() if not name.startswith(("lite/", "paper/"))}


def test_the_whole_site_stays_light(files):
    assert sum(files.values()) < WHOLE, f"{sum(files.values()) / MB:.1f} MB"


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_folder_and_no_kind_of_file_outgrows_its_limit(files, folder):
    whole, kinds = FOLDERS[folder]
    inside = {name: size for name, size in files.items() if name.startswith(f"{folder}/")}
    assert inside and sum(inside.values()) < whole, f"{sum(inside.values()) / MB:.1f} MB"
    for ending, limit in kinds.items():
        heavy = {name: size // KB for name, size in inside.items() if name.endswith(ending) and size > limit}
        assert heavy == {}, f"more than {limit // KB} KB"


def test_the_page_of_a_claim_is_small(files):
    sizes = sorted(size for name, size in files.items() if name.startswith("claims/") and size > KB)
    assert len(sizes) == len(load().claims) + len(load().derivations)
    assert sizes[len(sizes) // 2] < 10 * KB, "half of them"


def test_a_drawing_in_lines_stands_once_for_both_themes(files):
    drawn = [name for name in files if re.match(r"_images/.+\.svg$", name)]
    assert len(drawn) > 60
    assert not [name for name in drawn if re.search(rf"-({'|'.join(style.THEMES)})\.", name)]


def test_no_file_stands_twice(site, files):
    """Of some weight: a citation of two short pages may be alike. States of an explorer may look alike, and have a name each."""
    same = collections.defaultdict(list)
    for name, size in files.items():
        if size > 4 * KB and "-explorer-" not in name:
            same[size].append(name)
    twins = [
        names
        for group in same.values()
        for names in [[n for n in group if (site / n).read_bytes() == (site / group[0]).read_bytes()]]
        if len(names) > 1
    ]
    assert twins == []


def references(path: pathlib.Path, name: str):
    """Every address in a page, below the site's root."""
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser", parse_only=SoupStrainer(True))
    for tag in page.find_all(True):
        for key in ("href", "src", "srcset", "content"):
            text = tag.get(key, "")
            if key == "content":
                text = text.partition("url=")[2] if tag.get("http-equiv") == "refresh" else ""
            if text and not text.startswith(("#", "http:", "https:", "data:", "mailto:")):
                address = urllib.parse.unquote(text.partition("#")[0].partition("?")[0])
                yield posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
        for key in NAMES:
            for text in tag.get(key, "").split():
                yield posixpath.normpath(
                    posixpath.join(posixpath.dirname(name), text) if text.startswith("..") else text
                )


def test_every_file_of_the_site_is_named_by_one_of_its_pages(site, files):
    named = set(KNOWN)
    for name in files:
        if name.endswith(".html"):
            named.update(references(site / name, name))
    for name in [name for name in files if name.endswith(".css")]:
        found = re.findall(r"url\(([\w.-]+)\)", (site / name).read_text("utf-8"))
        named.update(posixpath.join(posixpath.dirname(name), one) for one in found)
    config = yaml.safe_load((PROJECT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    named.update(f"{old}.html" for old in config["companion_moved"])  # they lead on, whoever comes
    assert sorted(set(files) - named) == []
