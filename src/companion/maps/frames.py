"""A second map beside the first: a part of it, enlarged."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import labels, layout, style
from companion.maps import forms, ground

#: Corners as the shares of the axes that lie left of and below an inset in them.
CORNERS = {"nw": (0, 1), "ne": (1, 1), "sw": (0, 0), "se": (1, 0)}


def inset(
    ax: Axes,
    frame: ground.Frame,
    *,
    corner: str | None = "se",
    share: float = 0.4,
    phone: ground.Frame | None = None,
) -> Axes:
    """Draw a part of a map again, larger, and mark its place on the first.

    On a desk it stands in a corner of the map, on a phone below it.

    Parameters
    ----------
    ax : axes with a map (`companion.maps.land`)
    frame : (west, south, east, north) in degrees
    corner : ``nw``, ``ne``, ``sw`` or ``se``; None where a desk needs none: there the first map
        is returned
    share : its width as a share of the first map's, on a desk
    phone : another frame for the phone

    Returns
    -------
    Its axes, with land and water: draw on them as on the first.

    Examples
    --------
    >>> near = companion.maps.inset(ax, (67, 36.5, 80, 44), corner="nw")  # doctest: +SKIP
    """
    sheet, first = style.on(ax), forms.map_of(ax)
    theme = sheet.theme
    if sheet.is_wide and corner is None:
        return ax
    chosen = frame if sheet.is_wide or phone is None else phone
    x0, x1, y0, y1 = ground.limits(chosen, first.projection)
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    tall = (y1 - y0) / (x1 - x0) * (east - west) / (north - south)  # of the first map's height, at its full width
    room = layout.room(ax)
    if sheet.is_wide:
        left, low = CORNERS[corner or "nw"]
        bounds = (left * (1 - share), low * (1 - share * tall), share, share * tall)
    else:
        below = room * (y1 - y0) / (x1 - x0)
        high = room * (north - south) / (east - west)
        layout.ask(ax, high + below + 0.1)
        bounds = (0, -(below + 0.06) / high, 1, tall)
    near: Any = ax.inset_axes(bounds)
    near.companion_room = room * (share if sheet.is_wide else 1)
    near.set_zorder(10)
    states = ground.base(near, theme, chosen, first.projection, list(first.focus))
    near.companion_map = forms.Map(first.projection, first.focus, states)
    line: dict[str, Any] = {"fill": False, "edgecolor": theme.ink, "linewidth": 0.9}
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
    labels.keep_clear(ax, lambda: labels.along(ax.transData.transform(corners), 1.5))
    ax.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, zorder=6, **line))
    if sheet.is_wide:
        near.add_patch(Rectangle((0, 0), 1, 1, transform=near.transAxes, zorder=12, clip_on=False, **line))
        labels.keep_clear(ax, lambda: [near.get_window_extent().extents])
    return near
