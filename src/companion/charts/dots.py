"""Rows of dots on one scale."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import offset_copy

from companion import labels, layout, style
from companion.charts import keys
from companion.charts.bars import DOWNWARDS, UPWARDS, texts_of
from companion.charts.grid import write_heads
from companion.charts.rows import GAP, Rows, column, flags

#: Shapes of series, in the order in which they come: they stay apart without colour.
SHAPES = ("o", "^", "D", "s", "v", "P")

#: Points of a dot, by width.
SIZE = {"wide": 7.5, "narrow": 6.5}


#: Points from the middle of a dot to the tip of the tail of a bound.
TAIL = 20


def tail(ax: Axes, x: float, y: float, colour: str, along: int, way: int = 1) -> None:
    """Draw the faded tail and the arrow of a dot whose value is a bound.

    Parameters
    ----------
    along : 0 to the right, 1 upwards
    way : 1 for lower bounds, -1 for upper ones
    """
    theme = style.on(ax).theme

    def piece(step: float, marker: str, ink: str) -> None:
        across, up = (0, step) if along else (step, 0)
        shift = offset_copy(ax.transData, layout.figure_of(ax), x=across, y=up, units="points")
        ax.plot(x, y, marker=marker, markersize=4, color=ink, transform=shift, zorder=2, linestyle="")

    for place, share in enumerate(keys.FADING):
        piece(way * (5 + 1.5 * place), "|" if along else "_", theme.tint(colour, share))
    step = way * (5 + 1.5 * len(keys.FADING))
    labels.keep_clear(ax, _tail_box(ax, x, y, step, along))
    arrow = {(0, 1): ">", (0, -1): "<", (1, 1): "^", (1, -1): "v"}[along, way]
    piece(step, arrow, theme.colour(colour))


def _tail_box(ax: Axes, x: float, y: float, step: float, along: int) -> Callable[[], list]:
    """Return a function that returns the box of a tail, in pixels."""

    def box() -> list:
        pixels = layout.figure_of(ax).dpi / 72
        start = ax.transData.transform((x, y))
        end = start + pixels * np.array((0, step) if along else (step, 0))
        low, high = np.minimum(start, end) - 2 * pixels, np.maximum(start, end) + 2 * pixels
        return [*low, *high]

    return box


def mark_boxes(ax: Axes, points: np.ndarray | list[tuple[float, float]], half: float) -> Callable[[], np.ndarray]:
    """Return a function that returns boxes around points in data units, `half` points to each side, in pixels."""

    def boxes() -> np.ndarray:
        at = ax.transData.transform(np.array(points, dtype=float).reshape(-1, 2))
        reach = half * layout.figure_of(ax).dpi / 72
        return np.hstack([at - reach, at + reach])

    return boxes


def dots(
    ax: Axes,
    data: pd.DataFrame,
    value: str,
    label: str,
    *,
    series: str | None = None,
    colour: str = "central-asia",
    detail: str | None = None,
    group: str | None = None,
    bound: str | None = None,
    upper: str | None = None,
    text: str | None = None,
    hollow: str | None = None,
    joined: bool = False,
    start: str | float | None = None,
    start_words: str = "",
    order: Iterable[str] | None = None,
    strong: str | None = None,
    unit: str = "",
) -> dict[str, float]:
    """Draw rows of dots on one scale, each with its value beside it.

    Parameters
    ----------
    ax : matplotlib axes; its x axis counts in the unit of the values, or has the words of `order`
    data : one record for each dot
    value, label : columns with the place of a dot and with the name of its row
    series : column that tells apart dots of the same row: by shape, and with its name at the
        first dot of each heading
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    detail : column with a second line of the name
    group : column with a heading above several rows
    bound : column of comparisons as the ledger has them: bounds have a faded tail with an arrow
    upper : column with the upper end of a range, drawn as a line; empty for none
    text : column of what stands beside a dot, instead of its value
    hollow : column that says which dots are not verified
    joined : whether a line joins the dots of a row
    start : column with the place from which each dot has moved: a ring, and an arrow to the dot; or
        one number for all: a line down the figure, and one from it to each dot
    start_words : what the rings say in the key, or the line above its end
    order : where values are words: all of them, from left to right; they stand above the dots
    strong : column that says which names are bold
    unit : behind the last number of the axis

    Returns
    -------
    The y of each row by its name, for what a cell adds.

    Raises
    ------
    ValueError
        A value that `order` does not have.

    Examples
    --------
    >>> companion.charts.dots(
    ...     ax, polls, value="percent", label="asked", series="answer", hollow="unverified"
    ... )  # doctest: +SKIP
    >>> companion.charts.dots(
    ...     ax, judged, "grade", "label", start="grade_before", order=["low", "medium", "high"]
    ... )  # doctest: +SKIP
    """
    sheet = style.on(ax)
    theme, size = sheet.theme, SIZE[sheet.width]
    ax.spines[:].set_visible(False)
    ax.set_yticks([])
    starts: list[Any] = column(data, start) if isinstance(start, str) else [start] * len(data)
    if order is not None:
        order = list(order)
        data = data.assign(**{value: _places(data[value], order)})
        starts = _places(starts, order) if isinstance(start, str) else starts
        text = text or ""
    several = bool(series) or bool(text)
    thick = 0.3 if several else 0.14 if text == "" else 0.2
    leave = 0.27 * len(order) + 0.1 if order else 0
    rows = Rows(ax, data, label, detail, group, thick=thick, strong=strong, leave=leave)
    shapes = _shapes(column(data, series), column(data, group))
    is_hollow, words = flags(data, hollow), texts_of(data, value, text, bound, upper)
    points, wanted, named = [], [], set()
    for middle in rows.at.values():
        ax.axhline(middle, color=theme.rule, linewidth=0.6, zorder=0)
    for place, (record, shade) in enumerate(zip(data.to_dict("records"), column(data, colour))):
        x, y = record[value], rows.of(record, label, group)
        ink = theme.colour(shade)
        kind, comparison = record.get(series) if series else None, record.get(bound) if bound else None
        top = record.get(upper) if upper else None
        if top is not None and not pd.isna(top):
            ax.plot([x, top], [y, y], color=theme.tint(shade, 0.45), linewidth=4, solid_capstyle="butt", zorder=1)
        if isinstance(start, str) and not pd.isna(starts[place]) and starts[place] != x:
            _move(ax, theme, shade, starts[place], x, y, size)
            if start_words:
                keys.add_shape(ax, start_words, "ring", shade)
        elif starts[place] is not None and not isinstance(start, str):
            back = (comparison in UPWARDS) - (comparison in DOWNWARDS)
            _lead(ax, ink, starts[place], x, y, TAIL if back * (x - starts[place]) < 0 else 0)
        ax.plot(
            x, y, marker=shapes[kind, record.get(group) if group else None], markersize=size, markeredgecolor=ink, markeredgewidth=1.4,
            markerfacecolor=theme.paper if is_hollow[place] else ink, zorder=3, clip_on=False,
        )  # fmt: skip
        if comparison in UPWARDS + DOWNWARDS:
            tail(ax, x, y, shade, 0, 1 if comparison in UPWARDS else -1)
            keys.add_marks(ax, "open")
        points.append((x, y))
        wanted.append(labels.Label(x, y, words[place], ("s", "e", "w", "n"), gap=size * 0.75, look={"color": ink}))
        if series and (kind, record.get(group)) not in named:
            named.add((kind, record.get(group)))
            look = {"color": ink, "fontweight": 600}
            wanted.append(labels.Label(x, y, str(kind), ("n", "ne", "nw"), gap=size * 0.75, look=look))
    if joined:
        _join(ax, rows, data, value, label, group)
    if any(is_hollow):
        keys.add_marks(ax, "hollow")
    labels.keep_clear(ax, mark_boxes(ax, points, size / 2 + 1))
    if start is not None and not isinstance(start, str):
        _draw_start(ax, start, start_words)
    if order:
        _scale_of_words(ax, rows, order)
    else:
        _scale_of_numbers(ax, rows, data[value], unit, 0.5 if start_words else 0.32)
    layout.place(ax, lambda: labels.write(ax, wanted, layout.figure_of(ax).bbox.extents))
    return rows.places


def _shapes(kinds: list, heads: list) -> dict:
    """Return the shape of each series below each heading, with which they begin anew."""
    shapes: dict = {}
    for kind, head in zip(kinds, heads):
        same = [key for key in shapes if key[1] == head]
        shapes.setdefault((kind, head), SHAPES[len(same) % len(SHAPES)])
    return shapes


def _join(ax: Axes, rows: Rows, data: pd.DataFrame, value: str, label: str, group: str | None) -> None:
    """Draw a line from the first to the last dot of each row."""
    for _, line in data.groupby([*([group] if group else []), label], sort=False):
        y, ends = rows.of(line.iloc[0], label, group), [line[value].min(), line[value].max()]
        ax.plot(ends, [y, y], color=style.on(ax).theme.muted, linewidth=1.6, zorder=1)


def _draw_start(ax: Axes, start: float, words: str) -> None:
    """Draw the line from which all dots have moved, with words above its end."""
    quiet = style.on(ax).theme.muted
    ax.axvline(start, color=quiet, linewidth=0.9, zorder=0)
    if words:
        ax.annotate(
            words, (start, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
            ha="center", va="bottom", color=quiet, annotation_clip=False,
        )  # fmt: skip


def _scale_of_words(ax: Axes, rows: Rows, order: list) -> None:
    """Let the axis have words, which stand above it, one column for each."""
    broad = (layout.room(ax) - (0 if rows.above else rows.share + GAP)) / len(order)
    at = dict(zip(order, map(float, range(len(order)))))
    high = write_heads(ax, {word: str(word) for word in order}, at, dict.fromkeys(order, broad))
    ax.set(xlim=(-0.5, len(order) - 0.5), xticks=[])
    layout.ask(ax, rows.height + high + 0.1)


def _scale_of_numbers(ax: Axes, rows: Rows, values: pd.Series, unit: str, below: float) -> None:
    """Let the axis count from 0, or from the least value, and ask for so many inches below the rows."""
    least, most = min(0, values.min()), values.max()
    ax.set_xlim(least, most + 0.06 * (most - least))
    ax.xaxis.set_major_locator(layout.ticks(5))
    ax.grid(True, axis="x")
    layout.ask(ax, rows.height + below)
    layout.settle(ax, lambda: _name_unit(ax, unit))


def _places(values: Collection, order: list) -> list[float]:
    """Return the places of words in their order."""
    unknown = sorted(set(values) - set(order))
    if unknown:
        raise ValueError(f"order has no {', '.join(map(repr, unknown))}: name all words from left to right")
    return [float(order.index(word)) for word in values]


def _lead(ax: Axes, ink: str, start: float, end: float, y: float, short: float) -> None:
    """Draw the line from the start of all to a dot; it ends so many points before one whose tail leads back."""
    look = {"arrowstyle": "-", "color": ink, "linewidth": 2, "shrinkA": 0, "shrinkB": short}
    ax.annotate("", (end, y), (start, y), arrowprops=look, annotation_clip=False)


def _move(ax: Axes, theme: style.Theme, shade: str, start: float, end: float, y: float, size: float) -> None:
    """Draw the ring from which a dot has moved, and the arrow between them."""
    ax.annotate(
        "", (end, y), (start, y),
        arrowprops={"arrowstyle": "-|>", "color": theme.colour(shade), "linewidth": 1, "shrinkA": size / 2, "shrinkB": size / 2 + 1},
        annotation_clip=False,
    )  # fmt: skip
    ax.plot(start, y, zorder=3, **keys.look(theme, "ring", shade, size))


def _name_unit(ax: Axes, unit: str) -> None:
    """Write the unit behind the last number of the axis, with room for it."""
    layout.fix_ticks(ax.xaxis, unit)
    left, right = ax.get_xlim()
    tick, words = ax.get_xticks()[-1], ax.get_xticklabels()[-1].get_text()
    inches = ax.get_window_extent().width / layout.figure_of(ax).dpi
    half = layout.measure(ax, words)[0] / 2
    ax.set_xlim(left, max(right, left + (tick - left) * inches / max(0.1, inches - half)))
