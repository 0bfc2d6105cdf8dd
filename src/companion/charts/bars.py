"""Bars, whose values stand beside them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import labels, layout, style, wording
from companion.charts import keys
from companion.charts.rows import LINE, Rows, column, flags, prepare

#: What the ledger calls a bound, by the end of the bar that is open.
UPWARDS, DOWNWARDS = ("at least", "more than"), ("at most", "less than", "almost")


#: How a bar looks that is no plain fact; its edge has its colour, its inside that of the paper.
MARKED: dict[str, dict[str, Any]] = {"hatched": {"hatch": "////"}, "hollow": {}, "dashed": {"linestyle": (0, (4, 2))}}

#: How much of a colour is left in the pieces of one stacked bar that share it.
SHADES = (1, 0.7, 0.45, 0.3)


@dataclass
class Bar:
    """A bar that has been drawn: where it begins and ends, its colour, what it says and on what ground.

    Hatching is no ground to write on.
    """

    start: float
    end: float
    y: float
    colour: str
    ground: str | None
    words: str
    is_open: bool
    part: str


def written(value: float, comparison: str | None = None, upper: float | None = None) -> str:
    """Return a value with its sign as a figure prints it: ``>45``, ``~3.2``, ``40–50``."""
    sign = wording.SHORT_QUALIFIERS.get(comparison or "exactly", "")
    return f"{sign}{value:,g}" if upper is None else f"{value:,g}–{upper:,g}"


def texts_of(data: pd.DataFrame, value: str, text: str | None, bound: str | None, upper: str | None) -> list[str]:
    """Return what stands beside each value: a column of texts, or the values with their signs."""
    if text is not None:
        return [str(words or "") for words in column(data, text, "")]
    return [written(*parts) for parts in zip(data[value], column(data, bound), column(data, upper))]


def bars(
    ax: Axes,
    data: pd.DataFrame,
    value: str,
    label: str,
    *,
    colour: str = "central-asia",
    detail: str | None = None,
    group: str | None = None,
    part: str | None = None,
    stacked: bool = False,
    bound: str | None = None,
    upper: str | None = None,
    text: str | None = None,
    hatched: str | None = None,
    hollow: str | None = None,
    dashed: str | None = None,
    thick: float | None = None,
    upto: float = 0,
) -> dict[str, float]:
    """Draw horizontal bars from the top down, each with its value at its end.

    Parameters
    ----------
    ax : matplotlib axes; its x axis counts in the unit of the values
    data : one record for each bar
    value, label : columns with the length of a bar and with the name of its row
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    detail : column with a second line of the name
    group : column with a heading above several rows
    part : column that tells apart bars of the same row; the key takes its values, unless `stacked`
    stacked : whether bars of a row stand end to end, each with its part and value in it or below
    bound : column of comparisons as the ledger has them: “at least” and “more than” end in a
        faded tail with an arrow, “at most”, “less than” and “almost” fade towards their end
    upper : column with the upper end of a range, lighter than the certain part; empty for none
    text : column of what stands at the end of a bar, instead of its value
    hatched, hollow, dashed : columns that say which bars are computed or implied by the book,
        not verified, or planned or announced
    thick : inches of a bar
    upto : what the axis reaches at least, so that several states of an explorer have one scale

    Returns
    -------
    The y of each row by its name, for what a cell adds.

    Examples
    --------
    >>> companion.charts.bars(
    ...     ax, trade, value="billions", label="partner", colour="subject", bound="comparison"
    ... )  # doctest: +SKIP
    """
    sheet = prepare(ax)
    theme, parts = sheet.theme, list(dict.fromkeys(column(data, part))) if part and not stacked else [None]
    thick = thick or (0.34 if stacked else 0.15 if len(parts) > 1 else 0.2)
    texts = texts_of(data, value, text, bound, upper)
    if stacked:
        more = _below(ax, data, value, label, group, part, texts)
    else:  # long texts at the ends of bars take several lines
        texts = [layout.wrap(ax, words, 0.42 * layout.room(ax), 600) for words in texts]
        more = [LINE[sheet.width] * words.count("\n") for words in texts]
    rows = Rows(ax, data, label, detail, group, thick * len(parts), more=more)
    marks = {name: flags(data, there) for name, there in (("hatched", hatched), ("hollow", hollow), ("dashed", dashed))}
    drawn: list[Bar] = []
    for place, (record, shade) in enumerate(zip(data.to_dict("records"), column(data, colour))):
        comparison, top = record.get(bound) if bound else None, column(data, upper)[place] if upper else None
        size, y = record[value], rows.of(record, label, group)
        if len(parts) > 1:
            y += thick * (parts.index(record[part]) - (len(parts) - 1) / 2)
        before = [bar for bar in drawn if bar.y == y] if stacked else []
        start = before[-1].end if before else 0
        # Pieces of one colour stay apart by their shade.
        same = [bar for bar in before if bar.colour == shade]
        look: dict[str, Any] = {"facecolor": theme.tint(shade, SHADES[min(len(same), len(SHADES) - 1)]), "linewidth": 0}
        if stacked:
            look |= {"edgecolor": theme.paper, "linewidth": 0.8}
        for mark in (name for name, there in marks.items() if there[place]):
            look |= {"facecolor": theme.paper, "edgecolor": theme.colour(shade), "linewidth": 1.1} | MARKED[mark]
            keys.add_marks(ax, mark, area=True)
        solid = 0.8 * size if comparison in DOWNWARDS else size
        ax.add_patch(Rectangle((start, y - thick / 2), solid, thick, **look))
        if comparison in DOWNWARDS:
            keys.fade(ax, theme, shade, solid, 0.2 * size, y, thick)
        if top is not None:
            ax.add_patch(Rectangle((size, y - thick / 2), top - size, thick, color=theme.tint(shade, 0.4)))
        if comparison in UPWARDS:
            keys.add_marks(ax, "open")
        name = str(record[part]) if part else ""
        ground = None if marks["hatched"][place] else look["facecolor"]
        bar = Bar(start, top or start + size, y, shade, ground, texts[place], comparison in UPWARDS, name)
        drawn.append(bar)
    if len(parts) > 1:
        for name, shade in dict(zip(column(data, part), column(data, colour))).items():
            keys.add(ax, str(name), keys.Square(theme, shade))
    if stacked:
        _name_parts(ax, drawn, thick)
    else:
        _name_ends(ax, theme, drawn, thick, upto)
    if len(layout.figure_of(ax).axes) > 1:
        layout.settle(ax, functools.partial(_keep_thick, ax, rows.height))
    return rows.places


def _keep_thick(ax: Axes, inches: float) -> None:
    """Let bars be no thicker than those in a panel with more rows beside them: room is left below them instead."""
    ax.set_ylim(max(inches, ax.get_window_extent().height / layout.figure_of(ax).dpi), 0)


def _below(
    ax: Axes, data: pd.DataFrame, value: str, label: str, group: str | None, part: str | None, texts: list[str]
) -> list[float]:
    """Return for each record the inches that names need below its stacked bar: of pieces too short to hold them."""
    scale = 0.8 * layout.room(ax) / data.groupby([*([group] if group else []), label])[value].sum().max()
    rows = list(zip(column(data, group, ""), data[label]))
    # The last piece of a bar that leaves room says its words at its end.
    whole: dict = {}
    for row, size in zip(rows, data[value]):
        whole[row] = whole.get(row, 0) + size
    last = {row: place for place, row in enumerate(rows)}
    ends = [
        last[row] == place and (max(whole.values()) - whole[row]) * scale > layout.measure(ax, words, 600)[0] + 0.8
        for place, (row, words) in enumerate(zip(rows, texts))
    ]
    named = zip(rows, column(data, part, ""), texts, data[value])
    short = [
        row for (row, name, words, size), at_end in zip(named, ends) if not at_end
        and layout.measure(ax, f"{name}\n{words}".strip(), 600)[0] > size * scale - 0.08
    ]  # fmt: skip
    return [0.02 + 0.18 * min(3, short.count(row)) if row in short else 0.0 for row in rows]


def _name_ends(ax: Axes, theme: style.Theme, drawn: list[Bar], thick: float, upto: float) -> None:
    """Write values at the ends of bars, and scale the axis so that bars, tails and values fill it."""
    tails = [keys.TAIL + 0.05 if bar.is_open else 0 for bar in drawn]
    room = [layout.measure(ax, bar.words, 600)[0] + 0.1 + tail for bar, tail in zip(drawn, tails)]

    def settle() -> None:
        inches = ax.get_window_extent().width / layout.figure_of(ax).dpi
        scale = min((inches - more) / bar.end for bar, more in zip(drawn, room) if bar.end > 0)
        scale = min(scale, inches / upto) if upto else scale
        ax.set_xlim(0, inches / scale)
        for bar, tail in zip(drawn, tails):
            if bar.is_open:
                keys.fade(ax, theme, bar.colour, bar.end, keys.TAIL / scale, bar.y, thick)
                tip = bar.end + keys.TAIL / scale
                ax.plot(tip, bar.y, marker=">", markersize=4.5, color=theme.colour(bar.colour), clip_on=False)
            ax.annotate(
                bar.words,
                (bar.end + tail / scale, bar.y),
                xytext=(5, 0.6 * plt.rcParams["font.size"] if "\n" in bar.words else 0),
                textcoords="offset points",
                va="top" if "\n" in bar.words else "center",
                fontweight=600,
                linespacing=1.1,
                annotation_clip=False,
            )

    layout.settle(ax, settle)


def _name_parts(ax: Axes, drawn: list[Bar], thick: float) -> None:
    """Write part and value in each piece of stacked bars, or below it where it is too short."""
    theme, longest = style.on(ax).theme, max(bar.end for bar in drawn)
    ax.set_xlim(0, longest * 1.001)

    def place() -> None:
        scale = ax.get_window_extent().width / layout.figure_of(ax).dpi / longest
        outside = []
        for bar in drawn:
            room = (bar.end - bar.start) * scale - 0.08
            said = f"{bar.part} {bar.words}".strip()
            texts = [said, f"{bar.part}\n{bar.words}".strip(), layout.wrap(ax, said, room, 600, even=True)]
            texts = [text for text in texts if text.count("\n") < 2]
            fitting = [text for text in texts if layout.measure(ax, text, 600)[0] < room]
            middle = (bar.start + bar.end) / 2
            if fitting:
                ink = theme.over(bar.ground or theme.paper)
                # On hatching words need a ground of their own.
                ground = None if bar.ground else {"facecolor": theme.paper, "edgecolor": "none", "pad": 1.5}
                ax.text(
                    middle, bar.y, fitting[0], ha="center", va="center", fontweight=600, color=ink, linespacing=1.05,
                    bbox=ground,
                )  # fmt: skip
            else:
                is_last = bar.end == max(other.end for other in drawn if other.y == bar.y)
                sides = ("s", "sw", "se")
                at_end = layout.measure(ax, texts[0], 600)[0] < (longest - bar.end) * scale - 0.1
                if is_last and at_end:
                    outside.append(labels.Label(bar.end, bar.y, texts[0], ("e",), look={"fontweight": 600}))
                else:
                    outside.append(labels.Label(middle, bar.y + thick / 2, texts[0], sides, gap=3, far=True))
        labels.write(ax, outside, layout.figure_of(ax).bbox.extents)

    layout.place(ax, place)
