"""One base map for the whole book, and what is drawn on it.

`land` draws states and water on the axes of a figure; `areas`, `routes`, `places`, `names` and
`inset` draw on that map and find its projection and its frame by themselves.
"""

from companion.labels import halo
from companion.maps.forms import areas, land, names, places, routes, stops
from companion.maps.frames import inset
from companion.maps.ground import CAUCASUS, EURASIA, FRAMES, base, countries, label, lakes, limits, points, water
from companion.maps.names_of import NAME_AT, SEAS

__all__ = [
    "CAUCASUS",
    "EURASIA",
    "FRAMES",
    "NAME_AT",
    "SEAS",
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
