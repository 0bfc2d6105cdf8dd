"""The names of states and seas on a map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from shapely.geometry import Point

from companion import labels, layout, style
from companion.ledger import load
from companion.maps import ground
from companion.maps.forms import is_inside, map_of


def names(
    ax: Axes,
    states: Iterable[str] = (),
    *,
    seas: Iterable[str] = (),
    words: dict | None = None,
    bold: Collection[str] = (),
    phone: Collection[str] | None = None,
) -> None:
    """Write the names of states and seas.

    A state's name stands where the ledger has it (``label_lon`` and ``label_lat`` of the actors).
    It may move a little out of the way of other names, inside its state; where there is no room at all, it is left
    out, as happens on a phone.

    Parameters
    ----------
    ax : axes with a map (`land`), after `areas`: a name is dark or light as its ground demands
    states : ids of states
    seas : ids of places that are seas: ``black-sea``, ``caspian-sea``
    words : other names by id, where the usual one is too long
    bold : states whose names are bold
    phone : ids of the states that are named on a phone

    Raises
    ------
    ValueError
        The ledger has no place for the name of a state.

    Examples
    --------
    >>> companion.maps.names(ax, ["rus", "kaz"], seas=["caspian-sea"])  # doctest: +SKIP
    """
    sheet, ledger, spots = style.on(ax), load(), name_places()
    water, drawn = ledger.places.set_index("id"), set(map_of(ax).states["actor"])
    wanted: list[tuple[str, Any, dict[str, Any]]] = []
    for state in dict.fromkeys(state for state in states if sheet.is_wide or phone is None or state in phone):
        text = (words or {}).get(state) or ledger.name(state)
        if state not in drawn:
            continue
        if state not in spots:
            raise ValueError(
                f"nothing says where the name of {state!r} stands: fill label_lon and label_lat in actors.csv"
            )
        wanted.append((text, spots[state], {"fontweight": 600 if state in bold else 400}))
    for sea in seas:
        text = water.at[sea, "name"].replace(" ", "\n")
        wanted.append((text, (water.at[sea, "lon"], water.at[sea, "lat"]), {"fontstyle": "italic"}))
    layout.place(ax, lambda: _write_names(ax, wanted), after=2)


#: Where a state's name may move to, steps of half its width and of its height: near first, then the places between.
MOVES = [
    (far * x, far * y)
    for far in (0, 1, 1.7, 2.4, 3.2, 0.8, 1.2, 1.4, 2)
    for x, y in ((0, 1), (0, -1), (-1, 0), (1, 0), (-0.7, 1), (0.7, 1), (-0.7, -1), (0.7, -1))
]


def _write_names(ax: Axes, wanted: list) -> None:
    """Write names where they belong, or as near to that as other texts leave room."""
    sheet, chart = style.on(ax), map_of(ax)
    theme, frame = sheet.theme, np.array([ax.get_window_extent().extents])
    known = {text.get_text() for text in ax.texts}
    for text, (lon, lat), look in (name for name in wanted if name[0] not in known):
        home = ground.points([lon], [lat], chart.projection)[0]
        if not is_inside(ax, home.x, home.y):
            continue
        width, height = (
            inches * layout.figure_of(ax).dpi for inches in layout.measure(ax, text, look.get("fontweight", 400))
        )
        taken, marks = labels.obstacles(ax)
        x, y = ax.transData.transform((home.x, home.y))
        chosen = None
        state = chart.at(home)
        # A sea has no borders that would hold its name back.
        for right, up in MOVES if state else MOVES[:17]:
            middle = x + right * width / 2, y + up * height
            around = labels.box_around(*middle, width, height)
            hidden, inside = labels.overlap(around, taken), labels.overlap(around, frame)
            cost = 10 * hidden + 10 * (width * height - inside) + 2 * labels.overlap(around, marks)
            if chosen is not None and cost >= chosen[0] - 0.5:
                continue  # whatever lies below it
            point = Point(ax.transData.inverted().transform(middle))
            grounds = _grounds(ax, theme, around)
            cost += 0.3 * width * height * (len(grounds) > 1)
            # What cannot be read there, or would name a neighbour, is worse than any place where it can stand.
            is_free = hidden < 0.5 and inside > 0.98 * width * height and chart.at(point) == state
            cost += 0 if is_free else 1e7
            if chosen is None or cost < chosen[0] - 0.5:
                chosen = (cost, point, is_free, grounds)
            if cost < 0.5:
                break
        assert chosen is not None  # there is always a first move
        _, point, is_free, grounds = chosen
        if not is_free:
            continue
        here = chart.under(theme, point)
        ink = theme.over(here) if here in chart.fills.values() else theme.muted
        # Over a border of colours the outline carries the ground of the name along.
        options = {"linespacing": 1.1, "path_effects": labels.halo(here, 2.4 if len(grounds) > 1 else 1.6), **look}
        ax.text(point.x, point.y, text, ha="center", va="center", zorder=6, color=ink, **options)


def _grounds(ax: Axes, theme: style.Theme, around: tuple) -> set[str]:
    """Return the colours below a box of pixels, at its corners and in its middle."""
    x0, y0, x1, y1 = around
    spots = [(x0, y0), (x1, y0), (x0, y1), (x1, y1), ((x0 + x1) / 2, (y0 + y1) / 2)]
    chart = map_of(ax)
    return {chart.under(theme, Point(spot)) for spot in ax.transData.inverted().transform(spots)}


def name_places() -> dict[str, tuple[float, float]]:
    """Return where the name of each state stands, as degrees east and north by the state's id."""
    states = load().actors.dropna(subset=["label_lon"])
    return dict(zip(states["id"], zip(states["label_lon"], states["label_lat"])))


#: Where older cells write names that do not fit their states on small maps.
NEXT_DOOR = {"aze": (40.6, 40.4), "arm": (41.9, 39.7), "mda": (24.6, 46.0), "hun": (21, 47.2)}


class NameAt(Mapping):
    """`name_places` as a mapping that reads the ledger whenever it is asked, with `NEXT_DOOR` in it."""

    @property
    def _places(self) -> dict:
        return name_places() | NEXT_DOOR

    def __getitem__(self, state: str) -> tuple[float, float]:
        return self._places[state]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
