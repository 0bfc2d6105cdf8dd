"""The key along the top of a figure: colours, signs, and what ways of drawing mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Transform

from companion import layout, style

#: Inches of the faded end of a bar: beyond its value, which is a lower bound.
TAIL = 0.26

#: How much of the colour is left at each step of a faded end.
FADING = (0.82, 0.7, 0.58, 0.47, 0.36, 0.27, 0.18, 0.1)


#: The name of the colour of an empty box: a seat that nobody took.
EMPTY = "empty"


def box_look(theme: style.Theme, colour: str) -> dict:
    """Return how a box of a grid or a key is filled: with a colour, or not at all and with a thin line around it."""
    if colour == EMPTY:
        return {"facecolor": theme.paper, "edgecolor": theme.muted, "linewidth": 0.7}
    return {"facecolor": theme.colour(colour), "linewidth": 0}


#: How marks look that differ in shape, so that they stay apart without colour: as ``ax.plot`` takes it. A size is a
#: share of that of the full mark, ``paper`` what is filled with the colour of the page.
LOOKS: dict[str, dict[str, Any]] = {
    "full": {"marker": "o"},
    "half": {"marker": "o", "fillstyle": "bottom"},
    "ring": {"marker": "o", "paper": True},
    "cross": {"marker": "x", "markeredgewidth": 1.8},
    "diamond": {"marker": "D", "paper": True, "size": 0.78},
    "point": {"marker": ".", "size": 0.4},
    "dash": {"marker": "_", "size": 1.15, "markeredgewidth": 1.4},
}


#: Shapes that say that there is nothing: where no colour is given they are quiet.
ABSENT = ("point", "dash")


def look(theme: style.Theme, shape: str, colour: str | None, size: float) -> dict[str, Any]:
    """Return how a mark of a shape is drawn, for ``ax.plot``.

    Parameters
    ----------
    theme : the colours
    shape : a key of `LOOKS`
    colour : the id of an actor, or the name of a part of the theme; by default that of text
    size : of the full mark, in points

    Raises
    ------
    ValueError
        There is no such shape.
    """
    if shape not in LOOKS:
        raise ValueError(f"{shape!r} is not a shape; there are {', '.join(LOOKS)}")
    ink = theme.colour(colour or ("muted" if shape in ABSENT else "ink"))
    own = dict(LOOKS[shape])
    common = {
        "linestyle": "none",
        "color": ink,
        "markersize": size * own.pop("size", 1),
        "markerfacecolor": theme.paper if own.pop("paper", False) else ink,
        "markerfacecoloralt": theme.paper,
        "markeredgewidth": 1,
    }
    return common | own


class Square:
    """An entry of the key: a square of a colour with the sign of a `companion.charts.matrix` in it."""

    def __init__(self, theme: style.Theme, colour: str | None, sign: str = "", fading: bool = False):
        self.theme, self.colour, self.sign, self.fading = theme, colour, sign, fading


class SquareHandler(HandlerBase):
    """Draws a `Square` in a legend."""

    def create_artists(  # type: ignore[override]  # for matplotlib's stubs only artists are handles
        self,
        legend: Legend,
        handle: Square,
        x: float,
        y: float,
        width: float,
        height: float,
        size: float,
        transform: Transform,
    ) -> list[Artist]:
        artists: list[Artist] = []
        theme, x, y = handle.theme, -x, -y  # matplotlib hands over how far the box reaches below 0
        if handle.fading:
            assert handle.colour is not None  # what fades out has one
            step = width / len(FADING)
            for place, share in enumerate(FADING):
                colour = theme.tint(handle.colour, share)
                artists.append(Rectangle((x + place * step, y), step, height, color=colour, linewidth=0))
        elif handle.colour:
            artists.append(Rectangle((x, y), width, height, **box_look(theme, handle.colour)))
        if handle.sign:
            ink = theme.over(handle.colour) if handle.colour and handle.colour != EMPTY else theme.muted
            middle = (x + width / 2, y + height / 2)
            artists.append(
                Text(*middle, handle.sign, fontsize=size, fontweight=600, color=ink, ha="center", va="center_baseline")
            )
        for artist in artists:
            artist.set_transform(transform)
        return artists


layout.HANDLERS[Square] = SquareHandler()


def add(ax: Axes, words: str, handle: Artist | Square) -> None:
    """Add an entry to the key of a figure, once."""
    layout.work(ax).key.setdefault(words, handle)


def add_shape(ax: Axes, words: str, shape: str, colour: str | None) -> None:
    """Add an entry with a mark of `LOOKS` to the key of a figure, once."""
    add(ax, words, Line2D([], [], **look(style.on(ax).theme, shape, colour, 6)))


def add_marker(ax: Axes, words: str, marker: str, colour: str) -> None:
    """Add an entry with a matplotlib marker to the key of a figure, once."""
    add(ax, words, Line2D([], [], marker=marker, linestyle="", markersize=6, color=style.on(ax).theme.colour(colour)))


def add_marks(ax: Axes, *marks: str, colour: str = "muted", area: bool = False) -> None:
    """Add what ways of drawing mean to the key of a figure.

    Parameters
    ----------
    ax : matplotlib axes
    marks : keys of `companion.style.MARKS`
    colour : of what is drawn so
    area : whether bars or boxes are drawn so, and not dots: their key is one of their kind
    """
    for mark in marks:
        add(ax, style.MARKS[mark], _handle(ax, mark, colour, area))


def _handle(ax: Axes, mark: str, colour: str, area: bool = False) -> Artist | Square:
    theme = style.on(ax).theme
    edge = theme.colour(colour)
    makers: dict[str, Callable[[], Artist | Square]] = {
        "hatched": lambda: Patch(facecolor=theme.paper, edgecolor=edge, hatch="////", linewidth=0.8),
        "hollow": lambda: (
            Patch(facecolor=theme.paper, edgecolor=edge, linewidth=1.1)
            if area
            else Line2D(
                [],
                [],
                marker="o",
                linestyle="",
                markersize=5.5,
                color=theme.paper,
                markeredgecolor=edge,
                markeredgewidth=1.3,
            )
        ),
        "open": lambda: Square(theme, colour, fading=True),
        "dashed": lambda: Patch(facecolor=theme.paper, edgecolor=edge, linestyle=(0, (2.5, 1.5)), linewidth=1),
        "grey": lambda: Patch(color=theme.land),
    }
    return makers[mark]()


def fade(ax: Axes, theme: style.Theme, shade: str, start: float, reach: float, y: float, thick: float) -> None:
    """Let a bar fade out from `start` over `reach`, in data units."""
    step = reach / len(FADING)
    for place, share in enumerate(FADING):
        corner = (start + place * step, y - thick / 2)
        ax.add_patch(Rectangle(corner, step * 1.02, thick, color=theme.tint(shade, share), linewidth=0))


def key(
    ax: Axes,
    colours: dict | None = None,
    signs: dict | None = None,
    marks: Iterable[str] | dict[str, str] = (),
    shape: str | None = None,
) -> None:
    """Write a key along the top of the figure.

    The forms write what they need into it by themselves; this adds to it, or comes before them
    to put its own entries first.

    Parameters
    ----------
    ax : matplotlib axes of the figure
    colours : colours by the words that stand beside them: ids of actors or names of the theme
    signs : signs in the squares, by the same words
    marks : keys of `companion.style.MARKS`; as a dictionary, with other words for what they mean
    shape : a matplotlib marker instead of squares
    """
    theme, signs = style.on(ax).theme, signs or {}
    for words in dict.fromkeys([*(colours or {}), *signs]):
        colour = (colours or {}).get(words)
        if shape:
            add_marker(ax, words, shape, colour or "ink")
        else:
            add(ax, words, Square(theme, colour, signs.get(words, "")))
    for mark in marks:
        add(ax, marks[mark] if isinstance(marks, dict) else style.MARKS[mark], _handle(ax, mark, "muted"))
