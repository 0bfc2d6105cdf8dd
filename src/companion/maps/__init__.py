"""One base map for the whole book, and what is drawn on it.

`land` draws states and water on the axes of a figure; `areas`, `routes`, `places`, `names` and
`inset` draw on that map and find its projection and its frame by themselves.
"""

from companion.labels import halo
from companion.maps.forms import areas, land, places, routes
from companion.maps.frames import inset
from companion.maps.ground import (
    CAUCASUS,
    EURASIA,
    FRAMES,
    base,
    countries,
    label,
    lakes,
    limits,
    points,
    water,
)
from companion.maps.naming import name_places, names
from companion.maps.ways import crossed, stops, way

__all__ = [
    "CAUCASUS",
    "EURASIA",
    "FRAMES",
    "areas",
    "base",
    "countries",
    "crossed",
    "halo",
    "inset",
    "label",
    "lakes",
    "land",
    "limits",
    "name_places",
    "names",
    "places",
    "points",
    "routes",
    "stops",
    "water",
    "way",
]

_NEXT_DOOR = {"aze": (40.6, 40.4), "arm": (41.9, 39.7), "mda": (24.6, 46.0), "hun": (21, 47.2)}


def __getattr__(name: str):
    if name == "NAME_AT":  # older cells ask for it; on their small maps some names stand next door
        return {**name_places(), **_NEXT_DOOR}
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
