"""Tells `figures` whether a map shows Crimea: the page then says where it is drawn."""

import functools

import geopandas as gpd
import matplotlib.pyplot as plt
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from companion import maps

#: West, south, east and north of the peninsula, in degrees; of Ukraine nothing else lies there but its waters.
PENINSULA = (32.3, 44.2, 36.8, 46.0)


@functools.cache
def _shape(projection: str) -> BaseGeometry:
    """Return that part of Ukraine's shape."""
    ukraine = maps.countries(projection).set_index("actor").geometry["ukr"]
    around = gpd.GeoSeries([box(*PENINSULA)], crs=4326).segmentize(0.4).to_crs(projection)
    return ukraine.intersection(around[0])


def is_shown(figure: plt.Figure) -> bool:
    """Say whether a drawn figure has a map whose frame shows Crimea.

    Parameters
    ----------
    figure : with the limits of its axes set; those of a map have their projection as ``companion_projection``
    """
    for ax in figure.axes:
        projection = getattr(ax, "companion_projection", None)
        (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
        if projection and _shape(projection).intersects(box(west, south, east, north)):
            return True
    return False
