"""Counts as small marks: each unit can be seen."""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Rectangle

from companion import layout, style
from companion.charts import keys
from companion.charts.rows import Rows, column, prepare

SIDE, GAP = 0.12, 0.03  # inches of a mark, and from one to the next


def tally(
    ax,
    data: pd.DataFrame,
    label: str,
    *,
    kind: str | None = None,
    count: str | None = None,
    colours: dict | None = None,
    colour: str = "central-asia",
    signs: dict | None = None,
    detail: str | None = None,
    group: str | None = None,
) -> None:
    """Draw a row of small squares for each name, one for each unit, and their number behind them.

    Parameters
    ----------
    ax : matplotlib axes
    data : one record for each unit, or with `count` for each row
    label : column with the name of the row
    kind : column that tells units of a row apart; they stand together in the order of `colours`
    count : column with how many units a record stands for
    colours : colour by kind: ids of actors or names of the theme, or ``empty`` for an outline; the
        key takes the kinds as they are
    colour : column of colours, or one for all, where there are no kinds
    signs : a character by kind, in its mark
    detail, group : columns with a second line of the name, and with a heading above several rows

    Raises
    ------
    ValueError
        A kind has no colour.

    Examples
    --------
    >>> companion.charts.tally(ax, claims, "source", kind="verdict", colours={"confirmed": "member"})  # doctest: +SKIP
    """
    sheet = prepare(ax)
    theme, kinds = sheet.theme, list(colours or {})
    many = column(data, count, 0) if count else [1] * len(data)
    records = zip(data.to_dict("records"), column(data, kind, ""), many, column(data, colour))
    ax.set_xlim(0, layout.room(ax))
    units: dict = {}
    unknown = set(column(data, kind, "")) - set(colours or {"": ""})
    if unknown:
        raise ValueError(f"colours has no {', '.join(sorted(map(repr, unknown)))}: name a colour for each kind")
    for record, said, number, shade in records:
        names = (str(record[group]) if group else "", str(record[label]))
        units.setdefault(names, []).extend([(said, (colours or {}).get(said, shade))] * int(number))
    for marks in units.values():
        marks.sort(key=lambda mark: kinds.index(mark[0]) if mark[0] in kinds else len(kinds))
    longest = max(layout.measure(ax, str(name))[0] for name in data[label])
    room = layout.room(ax) - (min(longest, 2.4) + 0.15 if sheet.is_wide or longest < 1.2 else 0) - 0.35
    most = max(1, int(room / (SIDE + GAP)))
    deep = -(-max(map(len, units.values())) // most)
    rows = Rows(ax, data, label, detail, group, thick=deep * (SIDE + GAP), gap=0.12)
    for names, marks in units.items():
        y = rows.at[names] - deep * (SIDE + GAP) / 2
        for place, (said, shade) in enumerate(marks):
            corner = ((place % most) * (SIDE + GAP), y + (place // most) * (SIDE + GAP))
            ax.add_patch(Rectangle(corner, SIDE, SIDE, **keys.box_look(theme, shade)))
            if signs and signs.get(said):
                middle = (corner[0] + SIDE / 2, corner[1] + SIDE / 2)
                ink = theme.over(shade) if shade != keys.EMPTY else theme.muted
                ax.text(*middle, signs[said], ha="center", va="center_baseline", fontweight=600, color=ink)
        last = min(len(marks), most) if len(marks) <= most else (len(marks) - 1) % most + 1
        bottom = y + ((len(marks) - 1) // most if marks else 0) * (SIDE + GAP) + SIDE / 2
        ax.annotate(
            str(len(marks)),
            (last * (SIDE + GAP), bottom),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=theme.muted,
            annotation_clip=False,
        )
    layout.settle(ax, lambda: ax.set_xlim(0, ax.get_window_extent().width / ax.get_figure().dpi))
    said = {words for marks in units.values() for words, _ in marks}
    for words, shade in (colours or {}).items():
        if words in said:
            keys.add(ax, str(words), keys.Square(style.on(ax).theme, shade, (signs or {}).get(words, "")))
