"""What changes over time: lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from companion import labels, layout, style
from companion.charts import keys
from companion.charts.bars import DOWNWARDS, UPWARDS
from companion.charts.dots import SIZE, mark_boxes, tail
from companion.charts.rows import column, flags

#: Shapes of points, by series: no triangles, which would look like the arrows of bounds.
POINTS = ("o", "s", "D", "p", "h", "8")

#: The line of a series that is planned or announced; all others are solid, and stay apart by their points and names.
DASHED = (0, (5, 2))


def _numbers(values: pd.Series) -> tuple[list, list | None]:
    """Return places on an axis, and the words at them where they are no numbers."""
    try:
        return [float(value) for value in values], None
    except (TypeError, ValueError):
        words = list(dict.fromkeys(values))
        return [float(words.index(value)) for value in values], words


def lines(
    ax: Axes,
    data: pd.DataFrame,
    x: str,
    y: str,
    series: str | None = None,
    *,
    colour: str = "central-asia",
    bound: str | None = None,
    text: str | None = None,
    hollow: str | None = None,
    dashed: str | None = None,
    alone: str | None = None,
    unit: str = "",
) -> None:
    """Draw one line for each series, with its name at its end.

    Parameters
    ----------
    ax : matplotlib axes
    data : one record for each point, in the order of the line
    x, y : columns with the place of a point: years, other numbers, or words in their order (a
        slope from one to the next); and its value
    series : column with the name of the line to which a point belongs
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    bound : column of comparisons as the ledger has them: bounds have a faded tail with an arrow
    text : column of what stands beside a point; empty for nothing
    hollow : column that says which points are not verified
    dashed : column that says which series are planned or announced
    alone : column that says which series are points that no line joins
    unit : behind the last number of the axis

    Examples
    --------
    >>> companion.charts.lines(ax, trade, "year", "billions", "partner", colour="subject")  # doctest: +SKIP
    """
    sheet = style.on(ax)
    theme, size = sheet.theme, SIZE[sheet.width] * 0.8
    places, words = _numbers(data[x])
    frame = pd.DataFrame(
        {
            "x": places,
            "y": list(data[y]),
            "series": column(data, series, ""),
            "colour": column(data, colour),
            "bound": column(data, bound, ""),
            "text": column(data, text, "") if text else "",
            "hollow": flags(data, hollow),
            "dashed": flags(data, dashed),
            "alone": flags(data, alone),
        }
    )
    last, wanted, ends = frame["x"].max(), [], []
    for place, (name, line) in enumerate(frame.groupby("series", sort=False)):
        shade = line["colour"].iloc[0]
        ink = theme.colour(shade)
        if not line["alone"].any():
            planned = bool(line["dashed"].any())
            ax.plot(line["x"], line["y"], color=ink, linewidth=1.8, linestyle=DASHED if planned else "-", zorder=2)
            if planned:
                keys.add(ax, style.MARKS["dashed"], Line2D([], [], color=ink, linewidth=1.8, linestyle=DASHED))
            labels.keep_clear(ax, _line_boxes(ax, line))
        point: Any
        for point in line.itertuples():
            ax.plot(
                point.x, point.y, marker=POINTS[place % len(POINTS)], markersize=size, markeredgecolor=ink,
                markeredgewidth=1.4, markerfacecolor=theme.paper if point.hollow else ink, zorder=3,
            )  # fmt: skip
            if point.bound in UPWARDS + DOWNWARDS:
                tail(ax, point.x, point.y, shade, 1, 1 if point.bound in UPWARDS else -1)
                keys.add_marks(ax, "open")
            if point.text:
                look = {"color": ink, "fontweight": 600}
                wanted.append(labels.Label(point.x, point.y, str(point.text), gap=size * 0.8, far=True, look=look))
        end = line.iloc[-1]
        if name and end["x"] == last:
            ends.append((end["y"], str(name), ink))
        elif name:
            look = {"color": ink, "fontweight": 600}
            wanted.append(labels.Label(end["x"], end["y"], str(name), gap=size, far=True, look=look))
    if frame["hollow"].any():
        keys.add_marks(ax, "hollow")
    labels.keep_clear(ax, mark_boxes(ax, frame[["x", "y"]].to_numpy(), size / 2 + 1))
    most = frame["y"].max()
    ax.set_ylim(min(0, frame["y"].min()), most * 1.12)
    pad = 0.08 * ((last - frame["x"].min()) or 1)
    ax.set_xlim(frame["x"].min() - pad, last + pad)
    years = sorted(frame["x"].unique())
    if words is None and len(years) <= 12:
        marks = [f"{year:g}" for year in years]
        if not sheet.is_wide and all(len(mark) == 4 for mark in marks):
            marks = [f"’{mark[2:]}" for mark in marks]
        ax.set_xticks(years, marks)
    elif words is not None:
        ax.set_xticks(range(len(words)), [layout.wrap(ax, str(word), 1.1) for word in words])
    ax.yaxis.set_major_locator(layout.ticks(5))
    ax.grid(True, axis="y")
    ax.spines["left"].set_visible(False)
    layout.ask(ax, 3.0 if sheet.is_wide else 2.8)
    layout.settle(ax, lambda: layout.fix_ticks(ax.yaxis))
    layout.settle(ax, lambda: _name_ends(ax, last, ends, sheet))

    def place_labels() -> None:
        if unit:
            ax.annotate(
                unit, (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", color=theme.muted
            )
        labels.write(ax, wanted, layout.figure_of(ax).bbox.extents)

    if unit:  # room for the words above the axis
        ax.set_title(" ", fontweight=400)
    layout.place(ax, place_labels)


def _line_boxes(ax: Axes, line: pd.DataFrame) -> Callable[[], np.ndarray]:
    return lambda: labels.along(ax.transData.transform(line[["x", "y"]].to_numpy(dtype=float)), 1.5)


def _name_ends(ax: Axes, last: float, ends: list[tuple[float, str, str]], sheet: style.Sheet) -> None:
    """Write the names of lines at the right edge, one above the other, each as near to its end as it can be."""
    inches = ax.get_window_extent().height / layout.figure_of(ax).dpi
    low, high = ax.get_ylim()
    unit = (high - low) / inches
    texts = {name: layout.wrap(ax, name, 1.5 if sheet.is_wide else 0.85, 600) for _, name, _ in ends}
    at, below = {}, low
    for value, name, _ in sorted(ends):
        half = layout.measure(ax, texts[name], 600)[1] / 2 * unit
        at[name] = max(value, below + half)
        below = at[name] + half
    over = below - high
    for _, name, _ in sorted(ends, reverse=True):  # too high: push down from the top
        if over <= 0:
            break
        half = layout.measure(ax, texts[name], 600)[1] / 2 * unit
        at[name] = min(at[name], high - half)
        high = at[name] - half
    for value, name, ink in ends:
        moved = abs(at[name] - value) > 0.03 * unit
        ax.annotate(
            texts[name],
            (1, at[name]),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=ink,
            fontweight=600,
            linespacing=1.1,
            annotation_clip=False,
        )
        if moved:
            right = ax.get_xlim()[1]
            ax.plot([last, right], [value, at[name]], color=ink, linewidth=0.6, zorder=1)
