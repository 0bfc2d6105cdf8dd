"""Everyone who has cited us: an address that was once published stays."""

import functools

import pytest
import yaml

from built_site import PROJECT
from companion_press.commands import addresses


@pytest.fixture(scope="module")
def current(site):
    return addresses.of_site(site)


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
    assert len(addresses.published()) > 4000
    gone = sorted(address for address in addresses.published() - current if not of_withdrawn(address))
    assert gone == [], "an address is for ever: leave an anchor or a redirect in its place"


def test_what_is_no_longer_made_leads_on(site, current):
    told = (site / "404.html").read_text("utf-8")
    for name, address in withdrawn().items():
        assert address in current and f'data-path="{address}"' in told, name
        assert [one for one in current if of_withdrawn(one) and name in one] == [], f"{name} is made: take its line out"


def test_every_address_is_on_the_list(current):
    assert sorted(current - addresses.published()) == [], "run `make addresses`: from now on these are published"
