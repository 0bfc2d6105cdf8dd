"""What is drawn on a map: states, lines, places and names, on axes of `companion.figure`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from shapely.geometry import LineString, Point, box

from companion import labels, layout, style
from companion.charts import keys
from companion.charts.rows import column, flags
from companion.ledger import CENTRAL_ASIA, load
from companion.maps import ground

#: How a stage by ship is drawn: dotted, since dashes mean planned.
BY_SEA = (0, (0.1, 1.9))
PLANNED = (0, (2.6, 1.5))

#: Shapes of places of several kinds, in the order in which they come.
KINDS = ("^", "s", "D", "o", "v")


@dataclass
class Map:
    """What the forms know of the map on some axes.

    Attributes
    ----------
    projection : PROJ string
    focus : states that are lifted out
    states : the states in the frame, as `companion.maps.base` returns them
    fills : colour by state, where one has been filled
    named : names of places that are written, with their points
    """

    projection: str
    focus: tuple
    states: gpd.GeoDataFrame
    fills: dict = field(default_factory=dict)
    named: set = field(default_factory=set)

    def at(self, point: Point) -> str | None:
        """Return the state in which a point lies, or None for water."""
        actors, shapes = self._shapes
        around = actors[shapely.contains_xy(shapes, point.x, point.y)]
        return around[0] if len(around) else None

    @cached_property
    def _shapes(self) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the states and their shapes, prepared: a map with many names asks some ten thousand times."""
        shapes = self.states.geometry.to_numpy()
        shapely.prepare(shapes)
        return self.states["actor"].to_numpy(dtype=object), shapes

    def under(self, theme: style.Theme, point: Point) -> str:
        """Return the colour on which a point lies."""
        state = self.at(point)
        if state is None:
            return theme.water
        return self.fills.get(state) or (theme.focus if state in self.focus else theme.land)


def map_of(ax: Axes) -> Map:
    """Return what is known of the map on some axes.

    Raises ``ValueError`` where `land` has drawn none.
    """
    if not hasattr(ax, "companion_map"):
        raise ValueError("there is no map on these axes: begin with companion.maps.land(ax)")
    return cast(Any, ax).companion_map


def land(
    ax: Axes,
    frame: ground.Frame = "eurasia",
    *,
    phone: ground.Frame | None = None,
    focus: Collection[str] = CENTRAL_ASIA,
    projection: str = ground.EURASIA,
) -> None:
    """Draw land, water and borders: the first call of a map.

    Parameters
    ----------
    ax : matplotlib axes, which then count in metres of the projection; the figure takes the
        shape of the frame
    frame : a name in `companion.maps.FRAMES`, or (west, south, east, north) in degrees
    phone : another frame for the phone, where there is less room
    focus : states that are lifted out
    projection : PROJ string: `companion.maps.EURASIA` or `companion.maps.CAUCASUS`

    Examples
    --------
    >>> companion.maps.land(ax, "central-asia")  # doctest: +SKIP
    """
    sheet = style.on(ax)
    chosen = frame if sheet.is_wide or phone is None else phone
    states = ground.base(ax, sheet.theme, chosen, projection, list(focus))
    cast(Any, ax).companion_map = Map(projection, tuple(focus), states)
    x0, x1, y0, y1 = ground.limits(chosen, projection)
    layout.ask(ax, layout.room(ax) * (y1 - y0) / (x1 - x0) + 0.06)


def areas(
    ax: Axes,
    data: pd.DataFrame,
    state: str,
    value: str,
    *,
    colours: dict | None = None,
    colour: str = "central-asia",
    shade: float = 1,
    hatched: str | None = None,
    dashed: str | None = None,
) -> None:
    """Fill states: with a colour for each kind, or the darker the more where the values are numbers.

    Parameters
    ----------
    ax : axes with a map (`land`)
    data : one record for each state; states without one stay as land, which means “not looked up”
    state, value : columns with the id of a state, and what its colour says
    colours : colour by value: ids of actors or names of the theme, or ``empty`` for a state that
        is only outlined; the key takes the values as they are
    colour : column of colours, or the one that numbers thin out
    shade : how much of the colours stays, 0 to 1: less where lines are drawn over the states
    hatched, dashed : columns that say what is computed or implied by the book, and what is planned

    Examples
    --------
    >>> companion.maps.areas(ax, cast, "state", "vote", colours={"for": "member", "against": "rus"})  # doctest: +SKIP
    """
    theme, chart = style.on(ax).theme, map_of(ax)
    marks = list(zip(flags(data, hatched), flags(data, dashed)))
    numbers = colours is None and pd.api.types.is_numeric_dtype(data[value])
    most = data[value].max() if numbers else None
    for record, own, (is_hatched, is_dashed) in zip(data.to_dict("records"), column(data, colour), marks):
        hue = colours.get(record[value]) if colours else own
        part = chart.states[chart.states["actor"] == record[state]]
        if hue is None or not len(part):
            continue
        share = shade * (0.15 + 0.85 * record[value] / most if numbers else 1)
        look = keys.box_look(theme, hue if hue == keys.EMPTY else theme.tint(hue, share))
        look |= {"edgecolor": theme.border, "linewidth": 0.8, "zorder": 1.2}
        if hue == keys.EMPTY:
            look |= {"edgecolor": theme.muted, "zorder": 1.4}
        if is_hatched:
            look |= {"facecolor": theme.paper, "edgecolor": theme.colour(hue), "hatch": "////"}
            keys.add_marks(ax, "hatched")
        if is_dashed:
            look |= {"facecolor": theme.paper, "edgecolor": theme.colour(hue), "linestyle": (0, (4, 2))}
            keys.add_marks(ax, "dashed")
        part.plot(ax=ax, **look)
        chart.fills[record[state]] = look["facecolor"]
    said = set(data[value])
    for words, hue in (colours or {}).items():
        if words in said:
            keys.add(ax, str(words), keys.Square(theme, hue if hue == keys.EMPTY else theme.tint(hue, shade)))
    ground.water(ax, theme, chart.projection, box(*_frame(ax)))


def _frame(ax: Axes) -> tuple:
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    return west, south, east, north


def routes(
    ax: Axes,
    data: pd.DataFrame,
    *,
    route: str | None = "route",
    colour: str = "ink",
    name: str | None = None,
    dashed: str | None = None,
    sea: str | None = None,
    thick: float = 1.0,
) -> None:
    """Draw lines through their stops: straight from place to place.

    Where lines of two colours share a stage, the one that comes first lies broad below the other.

    Parameters
    ----------
    ax : axes with a map (`land`)
    data : the stops in order: ``lon``, ``lat``, ``place`` and the columns named below; see `stops`
    route : column that tells the lines apart; None where all is one way, as `way` returns it
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    name : column with what is written along a line, once for each of its values
    dashed, sea : columns that say which stages are planned, and which go by ship (dotted): that
        of a stop speaks of the stage that ends there
    thick : how broad the lines are

    Examples
    --------
    >>> companion.maps.routes(ax, companion.maps.stops("northern"), colour="rus")  # doctest: +SKIP
    """
    sheet, chart = style.on(ax), map_of(ax)
    theme, broad = sheet.theme, (2.2 if sheet.is_wide else 1.7) * thick
    at = ground.points(data["lon"], data["lat"], chart.projection)
    frame = data.assign(
        _x=at.x.to_numpy(), _y=at.y.to_numpy(), _colour=column(data, colour), _name=column(data, name, ""),
        _dashed=flags(data, dashed), _sea=flags(data, sea),
    )  # fmt: skip
    lines = [line for _, line in frame.groupby(route or [0] * len(frame), sort=False) if len(line) > 1]
    stages: dict = {}
    for line in lines:
        for pair in _pairs(line):
            stages.setdefault(pair, []).append(line["_colour"].iloc[0])
    spots: dict = {}
    for order, line in enumerate(lines):
        shade, words = line["_colour"].iloc[0], line["_name"].iloc[0]
        ink, points = theme.colour(shade), line[["_x", "_y"]].to_numpy()
        # What a stage is, its end says; stages alike are one stroke.
        kinds = list(zip(line["_dashed"], line["_sea"]))[1:]
        start = 0
        for (is_planned, by_sea), run in groupby(kinds):
            stroke = points[start : (start := start + len(list(run))) + 1]
            dashes = BY_SEA if by_sea else PLANNED if is_planned else "-"
            look: dict[str, Any] = {"solid_joinstyle": "round", "dash_capstyle": "round" if by_sea else "butt"}
            if not by_sea:
                ax.plot(*stroke.T, color=theme.paper, linewidth=broad + 1.4, zorder=3)
            ax.plot(*stroke.T, color=ink, linewidth=broad, linestyle=dashes, zorder=4 + 0.01 * order, **look)
            if is_planned:
                keys.add_marks(ax, "dashed")
        for begin, end, pair, (_, by_sea) in zip(points, points[1:], _pairs(line), kinds):
            others = stages[pair]
            if len(set(others)) > 1 and others[0] == shade:
                ax.plot(*zip(begin, end), color=ink, linewidth=2.1 * broad, zorder=3.9, solid_capstyle="round")
            # Names stand where a line runs longest without a stop, on land if they can.
            long = LineString([begin, end]).length * (0.1 if by_sea else 1)
            spots.setdefault((words, ink), []).append((long, (begin + end) / 2, end - begin))
        labels.keep_clear(ax, _boxes_along(ax, points, broad))
    wanted = []
    for (words, ink), middles in spots.items():
        if words:
            inside = [spot for spot in sorted(middles, key=lambda spot: -spot[0]) if is_inside(ax, *spot[1])]
            bold: dict[str, Any] = {"color": ink, "fontweight": 600}
            text = words if sheet.is_wide else layout.wrap(ax, words, 1.2, 600, even=True)
            if inside:
                ways = [tuple(middle) for _, middle, _ in inside]
                right, up = np.abs(inside[0][2])
                sides = ("n", "s", "ne", "se", "nw", "sw") if right > up else ("e", "w", "ne", "nw", "se", "sw")
                wanted.append(
                    labels.Label(
                        ways[0][0], ways[0][1], text, sides, gap=6, look=bold, others=ways[1:],
                        under=lambda x, y: chart.under(theme, Point(x, y)),
                    )
                )  # fmt: skip
    layout.place(ax, lambda: labels.write(ax, wanted), after=1)


def _pairs(line: pd.DataFrame) -> list[frozenset]:
    return [frozenset(pair) for pair in zip(line["place"], line["place"].iloc[1:])]


def _boxes_along(ax: Axes, points: np.ndarray, broad: float) -> Callable[[], np.ndarray]:
    return lambda: labels.along(ax.transData.transform(points), broad)


def is_inside(ax: Axes, x: float, y: float) -> bool:
    """Say whether a point, in metres of the projection, lies in the frame of a map."""
    west, south, east, north = _frame(ax)
    return west < x < east and south < y < north


def places(
    ax: Axes,
    data: pd.DataFrame | Iterable[str],
    *,
    text: str = "name",
    side: str = "side",
    colour: str | None = None,
    kind: str | None = None,
    hollow: str | None = None,
    phone: Collection[str] | None = None,
) -> None:
    """Draw places as dots with their names.

    A name stands at the compass point that the ledger has for its place; where that is empty it
    takes the first side that is free, or stands apart, joined to its dot by a thin line. Places
    outside the frame are left out.

    Parameters
    ----------
    ax : axes with a map (`land`)
    data : ids of places, in the order in which names choose their side; or a table with ``lon``,
        ``lat`` and the columns named below
    text : column with what is written; empty for nothing
    side : column with a compass point; not needed
    colour : column of colours (ids of actors or names of the theme), or one colour for all; by
        default a dot is ringed like a station
    kind : column of words for which each has a shape of its own; the key takes them
    hollow : column that says which are not verified
    phone : ids of the places that the phone's map has, where not all find room

    Examples
    --------
    >>> companion.maps.places(ax, ["astana", "almaty"])  # doctest: +SKIP
    """
    sheet, chart = style.on(ax), map_of(ax)
    theme = sheet.theme
    if not isinstance(data, pd.DataFrame):
        known: pd.DataFrame = load().places.set_index("id", drop=False)
        data = known.loc[list(data)].reset_index(drop=True)
    if phone is not None and not sheet.is_wide:
        data = data[data["place" if "place" in data else "id"].isin(phone)]
    at = ground.points(data["lon"], data["lat"], chart.projection)
    points, wanted = [], []
    shapes = layout.work(ax).shapes
    for words in dict.fromkeys(column(data, kind)):
        shapes.setdefault(words, KINDS[len(shapes) % len(KINDS)] if kind else "o")
    looks = zip(column(data, colour), [shapes[words] for words in column(data, kind)], flags(data, hollow))
    for record, point, (shade, marker, is_hollow) in zip(data.to_dict("records"), at, looks):
        if not is_inside(ax, point.x, point.y):
            continue
        size = (6.5 if sheet.is_wide else 5.5) if shade else 4
        face = theme.paper if is_hollow or not shade else theme.colour(shade)
        edge = theme.colour(shade) if is_hollow else theme.paper if shade else theme.ink
        ax.plot(
            point.x, point.y, marker=marker, markersize=size, markerfacecolor=face, markeredgecolor=edge,
            markeredgewidth=1.3 if is_hollow else 0.9, zorder=7, linestyle="",
        )  # fmt: skip
        points.append((point.x, point.y))
        words = str(record.get(text) or "")
        # Where an enlarged part is not drawn apart, a place may come twice.
        if words and (words, point.x, point.y) not in chart.named:
            chart.named.add((words, point.x, point.y))
            given = record.get(side) or ""
            sides = labels.from_side(given) if given else tuple(labels.SIDES)
            words = layout.wrap(ax, words, 1.5 if sheet.is_wide else 1.25, even=True)
            wanted.append(
                labels.Label(
                    point.x,
                    point.y,
                    words,
                    sides,
                    gap=size / 2 + 3.2,
                    far=not given,
                    given=bool(given),
                    under=lambda x, y: chart.under(theme, Point(x, y)),
                )
            )
    for words, shade in dict(zip(column(data, kind), column(data, colour, "ink"))).items() if kind else ():
        keys.add_marker(ax, str(words), shapes[words], shade)
    if points:
        labels.keep_clear(ax, _dot_boxes(ax, points))
    if hollow and any(flags(data, hollow)):
        keys.add_marks(ax, "hollow")
    layout.place(ax, lambda: labels.write(ax, wanted))


def _dot_boxes(ax: Axes, points: list[tuple[float, float]]) -> Callable[[], np.ndarray]:
    def boxes() -> np.ndarray:
        at = ax.transData.transform(np.array(points))
        reach = 4 * layout.figure_of(ax).dpi / 72
        return np.hstack([at - reach, at + reach])

    return boxes
