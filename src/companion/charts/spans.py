"""What lasted from when to when: memberships, offices, contracts."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import dates, layout
from companion.charts import keys
from companion.charts.bars import MARKED
from companion.charts.chronicle import time_ticks
from companion.charts.rows import Rows, column, flags, prepare


def spans(
    ax: Axes,
    data: pd.DataFrame,
    label: str,
    since: str,
    until: str | None = None,
    *,
    text: str | None = None,
    colour: str = "central-asia",
    detail: str | None = None,
    group: str | None = None,
    hatched: str | None = None,
    hollow: str | None = None,
    dashed: str | None = None,
    end: float | None = None,
) -> None:
    """Draw bars from one date to another, in rows.

    Parameters
    ----------
    ax : matplotlib axes; its x axis counts years
    data : one record for each bar; several may have the same row
    label : column with the name of the row
    since, until : columns with EDTF dates; empty: no beginning is known (the bar fades in), or it
        lasts (the bar fades out, with an arrow)
    text : column with words in the bar, or above it where it is too short
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    detail, group : columns with a second line of the name, and with a heading above several rows
    hatched, hollow, dashed : columns that say which bars are computed or implied by the book,
        not verified, or planned or announced
    end : year with which the picture ends; by default a little after the last date

    Examples
    --------
    >>> companion.charts.spans(ax, seats, "organisation", "since", "until", text="role")  # doctest: +SKIP
    """
    sheet = prepare(ax)
    theme = sheet.theme
    known = [dates.bounds(str(date)) for name in (since, until) if name for date in data[name] if date and date == date]
    first = min(start for start, _ in known)
    last = end or max(stop for _, stop in known) + 0.06 * (max(stop for _, stop in known) - first)
    fade, thick = 0.05 * (last - first), 0.22 if text else 0.16
    rows = Rows(ax, data, label, detail, group, thick=thick)
    marks = {name: flags(data, there) for name, there in (("hatched", hatched), ("hollow", hollow), ("dashed", dashed))}
    words, drawn = column(data, text, "") if text else [""] * len(data), []
    for place, (record, shade) in enumerate(zip(data.to_dict("records"), column(data, colour))):
        y = rows.of(record, label, group)
        begins, ends = record[since], record[until] if until else ""
        begins, ends = (date if date and date == date else "" for date in (begins, ends))
        start = dates.bounds(begins)[0] if begins else first - 0.02 * (last - first) + fade
        stop = dates.bounds(ends)[1] if ends else last - fade
        look: dict[str, Any] = {"facecolor": theme.colour(shade), "edgecolor": theme.paper, "linewidth": 0}
        for mark in (name for name, there in marks.items() if there[place]):
            look |= {"facecolor": theme.paper, "edgecolor": theme.colour(shade), "linewidth": 1.1} | MARKED[mark]
            keys.add_marks(ax, mark, area=True)
        ax.add_patch(Rectangle((start, y - thick / 2), stop - start, thick, **look))
        if not begins:
            keys.fade(ax, theme, shade, start, -fade, y, thick)
        if not ends:
            keys.fade(ax, theme, shade, stop, fade, y, thick)
            ax.plot(stop + fade, y, marker=">", markersize=4.5, color=theme.colour(shade), clip_on=False)
            keys.add(ax, "lasts", keys.Square(theme, "muted", fading=True))
        drawn.append((start, stop, y, look["facecolor"], str(words[place] or "")))
    ax.set_xlim(first - 0.02 * (last - first), last)
    time_ticks(ax, first, last, sheet.is_wide)
    layout.ask(ax, rows.height + 0.3)

    def place_words() -> None:
        scale = ax.get_window_extent().width / layout.figure_of(ax).dpi / (ax.get_xlim()[1] - ax.get_xlim()[0])
        for start, stop, y, ground, said in drawn:
            if said and layout.measure(ax, said)[0] < (stop - start) * scale - 0.06:
                ax.text((start + stop) / 2, y, said, ha="center", va="center", color=theme.over(ground))

    layout.place(ax, place_words)
