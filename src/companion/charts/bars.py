"""Bars, whose values stand beside them."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from companion import labels, layout, wording
from companion.charts import keys
from companion.charts.rows import Rows, column, flags, prepare

#: What the ledger calls a bound, by the end of the bar that is open.
UPWARDS, DOWNWARDS = ("at least", "more than"), ("at most", "less than", "almost")


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
    ax,
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
    below = 0.24 if stacked else 0
    rows = Rows(
        ax, data, label, detail, group, thick=thick * len(parts) + below, pitch=thick * len(parts) + below + 0.1
    )
    marks = {name: flags(data, there) for name, there in (("hatched", hatched), ("hollow", hollow), ("dashed", dashed))}
    drawn, ends = [], {}
    for place, (record, shade, words) in enumerate(
        zip(data.to_dict("records"), column(data, colour), texts_of(data, value, text, bound, upper))
    ):
        comparison, top = column(data, bound)[place] if bound else None, column(data, upper)[place] if upper else None
        y = rows.of(record, label, group) - below / 2
        if len(parts) > 1:
            y += thick * (parts.index(record[part]) - (len(parts) - 1) / 2)
        start = ends.get(y, 0) if stacked else 0
        ends[y] = start + record[value]
        look = {"facecolor": theme.colour(shade), "edgecolor": theme.paper, "linewidth": 0.8 if stacked else 0}
        for mark in (name for name, there in marks.items() if there[place]):
            look |= {"facecolor": theme.paper, "edgecolor": theme.colour(shade), "linewidth": 1.1}
            look |= {"hatched": {"hatch": "////"}, "hollow": {}, "dashed": {"linestyle": (0, (4, 2))}}[mark]
            keys.add_marks(ax, mark, colour="muted")
        solid = 0.8 * record[value] if comparison in DOWNWARDS else record[value]
        ax.add_patch(Rectangle((start, y - thick / 2), solid, thick, **look))
        if comparison in DOWNWARDS:
            keys.fade(ax, theme, shade, solid, 0.2 * record[value], y, thick)
        if top is not None:
            ax.add_patch(
                Rectangle((record[value], y - thick / 2), top - record[value], thick, color=theme.tint(shade, 0.4))
            )
        if comparison in UPWARDS:
            keys.add_marks(ax, "open", colour="muted")
        drawn.append(
            (start, top or ends[y], y, shade, words, comparison in UPWARDS, record.get(part) if part else None)
        )
    if len(parts) > 1:
        shades = dict(zip(column(data, part), column(data, colour)))
        for name in parts:
            keys.add(ax, str(name), keys.Square(theme, shades[name]))
    if stacked:
        grounds = [
            None if hatched else "paper" if other else shade
            for (*_, shade, _, _, _), hatched, other in zip(drawn, marks["hatched"], map(any, zip(*marks.values())))
        ]
        _name_parts(ax, drawn, grounds, thick, max(ends.values()))
    else:
        _name_ends(ax, theme, drawn, thick)
    return rows.places


def _name_ends(ax, theme, drawn, thick) -> None:
    """Write values at the ends of bars, and scale the axis so that bars, tails and values fill it."""
    tails = [keys.TAIL + 0.05 if is_open else 0 for *_, is_open, _ in drawn]
    wide = [layout.measure(ax, words, 600)[0] + 0.1 for *_, words, _, _ in drawn]

    def settle() -> None:
        inches = ax.get_window_extent().width / ax.get_figure().dpi
        scale = min((inches - more - tail) / end for (_, end, *_), more, tail in zip(drawn, wide, tails) if end > 0)
        ax.set_xlim(0, inches / scale)
        for (_, end, y, shade, words, is_open, _), tail in zip(drawn, tails):
            if is_open:
                keys.fade(ax, theme, shade, end, keys.TAIL / scale, y, thick)
                ax.plot(
                    end + keys.TAIL / scale, y, marker=">", markersize=4.5, color=theme.colour(shade), clip_on=False
                )
            ax.annotate(
                words,
                (end + tail / scale, y),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                fontweight=600,
                annotation_clip=False,
            )

    layout.settle(ax, settle)


def _name_parts(ax, drawn, grounds, thick, longest) -> None:
    """Write part and value in each piece of stacked bars, or below it where it is too short.

    `grounds` are the colours on which the words stand, None where nothing can be read: on hatching.
    """
    ax.set_xlim(0, longest * 1.001)

    def place() -> None:
        scale = ax.get_window_extent().width / ax.get_figure().dpi / longest
        outside = []
        for (start, end, y, _, words, _, part), ground in zip(drawn, grounds):
            middle = (start + end) / 2
            fits = [
                text
                for text in (f"{part} {words}".strip(), f"{part}\n{words}".strip())
                if layout.measure(ax, text, 600)[0] < (end - start) * scale - 0.08
            ]
            if fits and ground:
                ink = layout.style.on(ax).theme.over(ground)
                ax.text(middle, y, fits[0], ha="center", va="center", fontweight=600, color=ink, linespacing=1.05)
            else:
                text = f"{part} {words}"
                outside.append(labels.Label(middle, y + thick / 2, text, ("s", "sw", "se"), gap=3, far=True))
        frame = ax.get_figure().bbox.extents
        labels.write(ax, outside, frame)

    layout.place(ax, place)
