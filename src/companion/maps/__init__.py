"""One base map for the whole book, and what is drawn on it.

`land` draws states and water on the axes of a figure; `areas`, `routes`, `places`, `names` and
`inset` draw on that map and find its projection and its frame by themselves.
"""

from companion.labels import halo
from companion.maps import forms
from companion.maps.forms import areas, land, names, places, routes, stops
from companion.maps.frames import inset
from companion.maps.ground import CAUCASUS, EURASIA, FRAMES, base, countries, label, lakes, limits, points, water

__all__ = [
    "CAUCASUS",
    "EURASIA",
    "FRAMES",
    "NAME_AT",
    "areas",
    "base",
    "countries",
    "halo",
    "inset",
    "label",
    "lakes",
    "land",
    "limits",
    "names",
    "places",
    "points",
    "routes",
    "stops",
    "water",
]


def __getattr__(name: str):
    if name == "NAME_AT":  # older cells ask for it: where the names of states stand, from the ledger
        return forms.name_places()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
