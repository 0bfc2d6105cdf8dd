"""How a drawing on plain axes becomes a figure at the book's two widths; used by `companion.figure` and the forms.

A form of `companion.charts` or `companion.maps` draws at once what it can. What depends on the
size of the axes (how a name is turned, where a label has room) it leaves here, in two steps:
`settle` once the axes have a size, `place` once nothing moves any more.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import MaxNLocator

from companion import style

#: The parameters of a drawing function that makes its own matplotlib figure.
OWN_FIGURE = ("theme", "width")

#: Inches of a figure whose forms ask for no height of their own.
HEIGHT = 3.0

#: Inches between the lines of a key, by width.
LINE = {"wide": 0.19, "narrow": 0.17}


@dataclass
class Work:
    """What the forms have left to do for a figure.

    Attributes
    ----------
    heights : what axes ask for, in inches
    settling, placing : functions for the two steps; of the second with a number: the least come first
    key : handles of the key by their words
    shapes : markers by the kind of place that they stand for
    boxes : what labels must keep clear of, for each axes: functions that return boxes in pixels
    """

    heights: dict = field(default_factory=dict)
    settling: list = field(default_factory=list)
    placing: list = field(default_factory=list)
    key: dict = field(default_factory=dict)
    shapes: dict = field(default_factory=dict)
    boxes: dict = field(default_factory=dict)


def figure_of(ax: Axes) -> plt.Figure:
    """Return the figure to which some axes belong: as long as something is drawn on them, they have one."""
    return cast(plt.Figure, ax.get_figure())


def work(ax: Axes) -> Work:
    """Return the work of the figure to which some axes belong."""
    figure: Any = figure_of(ax)
    if not hasattr(figure, "companion_work"):
        figure.companion_work = Work()
    return figure.companion_work


def _is_ours(ax: Axes) -> bool:
    return hasattr(figure_of(ax), "companion_sheet")


def settle(ax: Axes, step: Callable[[], object]) -> None:
    """Have `step` run once the axes have a size; on axes that `companion.figure` did not make, now."""
    if _is_ours(ax):
        work(ax).settling.append(step)
    else:
        figure_of(ax).draw_without_rendering()
        step()


def place(ax: Axes, step: Callable[[], object], after: int = 0) -> None:
    """Have `step` run once nothing moves any more; on axes that `companion.figure` did not make, now.

    Parameters
    ----------
    after : those with a higher number come later: what they write gives way to the others
    """
    if _is_ours(ax):
        work(ax).placing.append((after, step))
    else:
        figure_of(ax).draw_without_rendering()
        step()


def ask(ax: Axes, height: float) -> None:
    """Ask for so many inches of height; several forms on the same axes get the greatest that they ask for."""
    asked = work(ax).heights
    asked[ax] = max(height, asked.get(ax, 0))


def room(ax: Axes) -> float:
    """Return the inches that axes and what stands beside them have from side to side."""
    known = getattr(ax, "companion_room", None)
    return known or ax.get_position().width * figure_of(ax).get_figwidth()


def ticks(count: int, whole: bool = False) -> MaxNLocator:
    """Return what chooses about so many round numbers for an axis, whole ones only if that is asked."""
    return MaxNLocator(count, steps=[1, 2, 2.5, 5, 10], integer=whole)


def fix_ticks(axis: Axis, unit: str = "") -> None:
    """Keep the ticks of a matplotlib axis that lie in sight, with the unit behind the last number."""
    low, high = sorted(axis.get_view_interval())
    places = [tick for tick in axis.get_ticklocs() if low <= tick <= high]
    words = [f"{tick:,g}" for tick in places]
    if unit and words:
        words[-1] += f" {unit}"
    axis.set_ticks(places, words)


def measure(ax: Axes, text: str, weight: int = 400, size: float | None = None) -> tuple[float, float]:
    """Return width and height of a text in inches.

    Parameters
    ----------
    ax : matplotlib axes
    text : one or several lines
    weight : 400 or 600
    size : in points; by default that of everything at this width
    """
    figure = figure_of(ax)
    size = size or plt.rcParams["font.size"]
    family, lines = tuple(plt.rcParams["font.family"]), text.split("\n")
    widths = [_width(line or " ", family, size, weight, figure.dpi) for line in lines]
    return max(widths) / figure.dpi, len(lines) * 1.2 * size / 72


@functools.lru_cache(10_000)
def _width(line: str, family: tuple[str, ...], size: float, weight: int, dpi: float) -> float:
    """Return the width of a line in pixels. Names are wrapped word by word, and in four variants of a figure."""
    font = FontProperties(family=list(family), size=size, weight=weight)
    return RendererAgg(1, 1, dpi).get_text_width_height_descent(line, font, False)[0]


def wrap(ax: Axes, text: str, inches: float, weight: int = 400, even: bool = False) -> str:
    """Return a text in lines no longer than some inches, where its blanks allow that.

    Line breaks that the text has stay.

    Parameters
    ----------
    even : whether lines are about equally long, rather than the first ones full
    """
    return "\n".join(_wrapped(ax, part, inches, weight, even) for part in text.split("\n"))


def _wrapped(ax: Axes, text: str, inches: float, weight: int, even: bool) -> str:
    blank = measure(ax, "n n", weight)[0] - measure(ax, "nn", weight)[0]
    words = [(word, measure(ax, word, weight)[0]) for word in text.split(" ")]

    def lines(limit: float) -> list[str]:
        done: list[str] = []
        reach = 0.0
        for word, broad in words:
            if done and reach + blank + broad <= limit:
                done[-1] += f" {word}"
                reach += blank + broad
            else:
                done.append(word)
                reach = broad
        return done

    count = len(lines(inches))
    while even and count > 1 and inches > 0.2 and len(lines(inches - 0.05)) == count:
        inches -= 0.05
    return "\n".join(lines(inches))


def panels(draw: Callable[..., object]) -> list[str]:
    """Return the names of the axes that a drawing function takes; none where it makes its own figure."""
    names = tuple(inspect.signature(draw).parameters)
    return [] if names[-2:] == OWN_FIGURE else list(names)


def lay_out(
    draw: Callable[..., object],
    height: float | None = None,
    phone: float | None = None,
    ratios: Sequence[float] | None = None,
    across: tuple[int, int] | None = None,
) -> Callable[[style.Theme, str], plt.Figure]:
    """Turn a function that draws on axes into one that makes a figure at one of the book's two widths.

    Parameters
    ----------
    draw : function of one or several matplotlib axes: panels, side by side on a desk and one
        above the other on a phone
    height : height on a desk, in inches at 100 CSS pixels an inch; by default what the forms
        that are drawn ask for (a row for each bar, the shape of a map)
    phone : height on a phone, in inches; by default what the forms ask for
    ratios : how the panels of a row share its width; by default evenly
    across : how many panels stand side by side, on a desk and on a phone: ``(2, 1)``; by
        default all of them, and one

    Returns
    -------
    A function of a theme (`companion.style.Theme`) and a width (``wide`` or ``narrow``) that
    returns the matplotlib figure.
    """
    # Not a function within this one: what remembers pictures looks into what it is given.
    return functools.partial(_make, draw, height, phone, ratios, across)


def _make(
    draw: Callable[..., object],
    height: float | None,
    phone: float | None,
    ratios: Sequence[float] | None,
    across: tuple[int, int] | None,
    theme: style.Theme,
    width: str,
) -> plt.Figure:
    count = len(panels(draw))
    columns = dict(zip(style.WIDTHS, across or (count, 1)))[width]
    rows = -(-count // columns)
    shares = ratios if ratios and len(ratios) == columns else [1] * columns
    inches = {"wide": height, "narrow": phone}[width]
    with plt.rc_context(theme.settings(width)):
        drawn: Any = plt.figure(figsize=(style.WIDTHS[width], inches or HEIGHT), layout="constrained")
        drawn.companion_sheet = style.Sheet(theme, width)
        # Each row has a grid of its own: the names beside one panel take nothing from those above it.
        grid = drawn.add_gridspec(rows, 1)
        lines = [grid[row].subgridspec(1, columns, width_ratios=shares) for row in range(rows)]
        axes: list[Any] = [drawn.add_subplot(lines[place // columns][place % columns]) for place in range(count)]
        for place, ax in enumerate(axes):
            ax.companion_room = style.WIDTHS[width] * shares[place % columns] / sum(shares) - 0.06
        draw(*axes)
        todo = work(axes[0])
        asked = [todo.heights.get(ax, height or HEIGHT) for ax in axes]
        high = [max(asked[row * columns : (row + 1) * columns]) for row in range(rows)]
        key = _write_key(drawn, todo.key, width)
        drawn.set_figheight((inches or sum(high)) + key)
        grid.set_height_ratios(high)
        _finish(drawn, todo)
    return drawn


def _finish(drawn: Any, todo: Work) -> None:
    """Give the axes their size, let the forms settle on it, and fix what has been laid out."""
    engine = drawn.get_layout_engine()
    engine.set(w_pad=0.03, h_pad=0.03, wspace=0.03, hspace=0.03)
    engine.execute(drawn)
    for step in todo.settling:
        step()
    engine.execute(drawn)
    # Laid out for good: saved again, for print, it is the same drawing.
    drawn.set_layout_engine(None)
    for ax in drawn.axes:
        # A map below or above other panels takes its whole row, however long the names beside them.
        beside, box = ax.get_gridspec(), ax.get_position(original=True)
        if hasattr(ax, "companion_map") and beside.ncols == 1 and beside.nrows > 1:
            ax.set_position((0.01, box.y0, 0.98, box.height))
    for _, step in sorted(todo.placing, key=lambda pair: pair[0]):
        step()


def _write_key(drawn: plt.Figure, key: dict, width: str) -> float:
    """Write the key along the top of a figure; return the inches that it takes."""
    if not key:
        return 0
    size, ax = plt.rcParams["font.size"], drawn.axes[0]
    entry = [measure(ax, words)[0] + 2.9 * size / 72 for words in key]
    columns = len(key)
    # A legend fills its columns from above, the first ones with one entry more where they are not alike.
    while columns > 1 and sum(map(max, np.array_split(entry, columns))) > style.WIDTHS[width]:
        columns -= 1
    rows = -(-len(key) // columns)
    drawn.legend(key.values(), key.keys(), loc="outside upper left", ncols=columns, handler_map=HANDLERS)
    return rows * LINE[width] + 0.08


#: How handles of the key are drawn that matplotlib does not know, by their class; the forms add theirs.
HANDLERS: dict = {}
