"""Everyone who has cited us: an address that was once published stays."""

import functools

import html5lib
import pytest
import yaml

from built_site import PROJECT

#: Every address that a footnote may point at, one a line. `make addresses` adds what is new and takes nothing out.
LIST = PROJECT / "tests/published-addresses.txt"

#: What is numbered by the machine or belongs to a page's furniture, and so is no address.
FURNITURE = (
    "pst-",
    "id",
    "note-",
    "card-",
    "take-",
    "heard-",
    "searchbox",
    "search-",
    "index-",
    "codecell",
    "__",
    "term-",
    "exercise-content",
    "solution-content",
    "book/",
)


def addresses(site):
    """Every address of the built site: pages, the anchors of their text, files to take away."""
    found = set()
    for page in sorted(site.rglob("*.html")):
        name = page.relative_to(site).as_posix()
        if name.startswith(("_static", "lite/")) or name in ("404.html", "search.html"):
            continue
        found.add(name)
        if name.startswith("claims/"):
            continue
        article = next(iter(html5lib.parse(page.read_text("utf-8"), namespaceHTMLElements=False).iter("article")), [])
        for element in article.iter() if len(article) else ():
            anchor = element.get("id", "")
            if anchor and not anchor.startswith(FURNITURE):
                found.add(f"{name}#{anchor}")
    for folder in ("figures", "cite", "notebooks", "data"):
        found.update(path.relative_to(site).as_posix() for path in (site / folder).iterdir() if path.suffix != ".html")
    return found


@pytest.fixture(scope="module")
def current(site):
    return addresses(site)


def published():
    return set(LIST.read_text("utf-8").split())


@functools.cache
def withdrawn():
    """The figures no longer drawn, and files and pages no longer made, each with the address where what it held now stands."""
    return yaml.safe_load((PROJECT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["companion_withdrawn"]


def of_withdrawn(address):
    """Tell whether an address is a file of a figure that is no longer drawn, or a page that is no longer made."""
    folder, _, name = address.partition("/")
    figure = folder == "figures" and name.partition(".")[0].removesuffix("-slide") in withdrawn()
    return figure or address.removesuffix(".html") in withdrawn()


def test_no_published_address_disappears(current):
    assert len(published()) > 4000
    gone = sorted(address for address in published() - current if not of_withdrawn(address))
    assert gone == [], "an address is for ever: leave an anchor or a redirect in its place"


def test_what_is_no_longer_made_leads_on(site, current):
    told = (site / "404.html").read_text("utf-8")
    for name, address in withdrawn().items():
        assert address in current and f'data-path="{address}"' in told, name
        assert [one for one in current if of_withdrawn(one) and name in one] == [], f"{name} is made: take its line out"


def test_every_address_is_on_the_list(current):
    assert sorted(current - published()) == [], "run `make addresses`: from now on these are published"
