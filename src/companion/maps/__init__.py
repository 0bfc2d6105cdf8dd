"""One base map for the whole book, and what is drawn on it.

`land` draws states and water on the axes of a figure; `areas`, `routes`, `places`, `names` and
`inset` draw on that map and find its projection and its frame by themselves.
"""

from companion.labels import halo
from companion.maps import ground, naming
from companion.maps.forms import areas, land, places, routes
from companion.maps.frames import inset
from companion.maps.ground import FRAMES, base, countries, label, lakes, limits, points, water
from companion.maps.naming import name_places, names
from companion.maps.ways import crossed, stops, way

#: Albers equal-area conic, because filled areas are compared; centred on the region.
EURASIA = ground.EURASIA

#: The same, centred on the South Caucasus.
CAUCASUS = ground.CAUCASUS

#: Where a state's name stands, in degrees, by its id, for cells that write names by hand; of some, next door.
NAME_AT = naming.NameAt()

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
