"""Counts as small marks: each unit can be seen."""

from __future__ import annotations

from itertools import accumulate

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import layout, style
from companion.charts import keys
from companion.charts.grid import rule, write_heads
from companion.charts.rows import GAP as BESIDE
from companion.charts.rows import LINE, Rows, column, prepare

SIDE, GAP = 0.12, 0.03  # inches of a square, and from one to the next
STEP, SIZE = 0.105, 5  # inches from mark to mark where shapes differ, and points of a mark
BETWEEN = 0.14  # inches between two columns


def tally(
    ax: Axes,
    data: pd.DataFrame,
    label: str,
    *,
    kind: str | None = None,
    count: str | None = None,
    colours: dict | None = None,
    colour: str = "central-asia",
    signs: dict | None = None,
    shapes: dict | None = None,
    columns: str | None = None,
    text: str | None = None,
    detail: str | None = None,
    group: str | None = None,
) -> None:
    """Draw a row of small squares for each name, one for each unit, and their number behind them.

    Parameters
    ----------
    ax : matplotlib axes
    data : one record for each unit, or with `count` for each row
    label : column with the name of the row
    kind : column that tells units of a row apart; they stand together in the order of `colours` or `shapes`
    count : column with how many units a record stands for
    colours : colour by kind: ids of actors or names of the theme, or ``empty`` for an outline; the
        key takes the kinds as they are
    colour : column of colours, or one for all, where kinds have none of their own
    signs : a character by kind, in its mark
    shapes : by kind the shape of a mark, instead of squares: ``full``, ``half``, ``ring``, ``cross``,
        ``diamond``, ``point`` or ``dash``
    columns : column that parts each row: what belongs together stands in one column under its name,
        with the number above it
    text : column with what stands in the place of the number; units of one place have the same
    detail, group : columns with a second line of the name, and with a heading above several rows

    Raises
    ------
    ValueError
        A kind has no colour and no shape, or a shape that does not exist.

    Examples
    --------
    >>> companion.charts.tally(ax, claims, "source", kind="verdict", colours={"confirmed": "member"})  # doctest: +SKIP
    >>> companion.charts.tally(
    ...     ax, claims, "source", columns="topic", kind="verdict", shapes={"confirmed": "full", "unchecked": "ring"}
    ... )  # doctest: +SKIP
    """
    sheet = prepare(ax)
    wide, step = sheet.is_wide, STEP if shapes else SIDE + GAP
    kinds = list(colours or shapes or {})
    unknown = set(column(data, kind, "")) - set(kinds or {""})
    if unknown:
        raise ValueError(f"colours has no {', '.join(sorted(map(repr, unknown)))}: name a colour for each kind")
    said, parts = column(data, kind, ""), list(dict.fromkeys(column(data, columns, ""))) if columns else [""]
    rows_of = list(zip(map(str, column(data, group, "")), map(str, data[label])))
    cells = list(zip(rows_of, data[columns] if columns else [""] * len(data)))
    shades = [(colours or {}).get(what, shade) for what, shade in zip(said, column(data, colour))]
    places = _units(cells, said, shades, column(data, count, 0) if count else [1] * len(data), kinds)
    if columns and not text:
        for row in dict.fromkeys(rows_of):
            places.update({(row, part): places.get((row, part), []) for part in parts})
    words = dict(zip(cells, map(str, column(data, text, "")))) if text else {}
    texts = {at: words.get(at) or str(len(marks)) for at, marks in places.items()}
    room, weight = layout.room(ax), 600 if columns else 400
    longest = max(layout.measure(ax, str(name), weight)[0] for name in data[label])
    above = not wide and (bool(columns) or longest > 0.3 * room)
    names = 0 if above else min(longest + 0.02, 0.34 * room) + BESIDE
    ax.set_xlim(0, room)
    if columns:
        broad = _share(ax, places, texts, parts, room - names, step)
    else:
        behind = max(layout.measure(ax, words)[0] for words in texts.values()) + 0.1
        broad = {"": room - names - max(0.35, behind)}
    most = {part: max(1, int(inches / step + 1e-6)) for part, inches in broad.items()}
    starts = dict(zip(broad, accumulate([inches + BETWEEN for inches in broad.values()], initial=0.0)))
    deep = {at: -(-len(marks) // most[at[1]]) for at, marks in places.items()}
    line = LINE[sheet.width]
    rows = Rows(
        ax, data, label, detail, group,
        thick=line if columns else step,
        gap=0.08 if columns else 0.12,
        more=[
            max(deep[at] * step for at in deep if at[0] == row) if columns
            else (max(deep[at] for at in deep if at[0] == row) - 1) * step
            for row in rows_of
        ],
        strong=True if columns else None,
        above=above,
    )  # fmt: skip
    for (row, part), marks in places.items():
        x, y = starts[part], rows.at[row] + (line / 2 + step / 2 if columns else 0)
        end = _draw_units(ax, marks, x, y, step, most[part], shapes, signs)
        spot, shift = ((x, rows.at[row]), 1) if columns else (end, 4)
        ax.annotate(
            texts[row, part], spot, xytext=(shift, 0), textcoords="offset points", va="center",
            color=sheet.theme.muted, annotation_clip=False,
        )  # fmt: skip
    if columns:
        for y in rows.tops.values():
            rule(ax, names, y - 0.03)
        wider = {part: inches + BETWEEN for part, inches in broad.items()}
        high = write_heads(ax, {part: str(part) for part in parts}, starts, wider, align="left")
        layout.ask(ax, rows.height + high + 0.1)
    layout.settle(ax, lambda: ax.set_xlim(0, ax.get_window_extent().width / layout.figure_of(ax).dpi))
    seen = {said for marks in places.values() for said, _ in marks}
    _key(ax, [kind for kind in kinds if kind in seen], colours or {}, shapes, signs or {})


def _units(cells: list[tuple], said: list, shades: list, numbers: list, kinds: list) -> dict[tuple, list]:
    """Return the units of each cell, a row and a column of it: each with its kind and colour, in the order of kinds."""
    places: dict = {}
    for at, what, shade, number in zip(cells, said, shades, numbers):
        places.setdefault(at, []).extend([(what, shade)] * int(number))
    for marks in places.values():
        marks.sort(key=lambda mark: kinds.index(mark[0]) if mark[0] in kinds else len(kinds))
    return places


def _draw_units(
    ax: Axes, marks: list, x: float, y: float, step: float, most: int, shapes: dict | None, signs: dict | None
) -> tuple[float, float]:
    """Draw units from a point on, so many a line; return where the last one ends."""
    for number, (said, shade) in enumerate(marks):
        spot = x + step * (number % most + 0.5), y + step * (number // most)
        _mark(ax, *spot, said, shade, shapes, signs)
    last = len(marks) - 1
    end = (last % most + 1) * step if last >= 0 else 0
    return x + end, y + max(0, last) // most * step


def _key(ax: Axes, kinds: list, colours: dict, shapes: dict | None, signs: dict) -> None:
    """Write kinds into the key, each with its mark."""
    for kind in kinds:
        if shapes:
            keys.add_shape(ax, str(kind), shapes[kind], colours.get(kind, "ink"))
        else:
            keys.add(ax, str(kind), keys.Square(style.on(ax).theme, colours.get(kind, "ink"), signs.get(kind, "")))


def _share(ax: Axes, places: dict, texts: dict, parts: list, room: float, step: float) -> dict[str, float]:
    """Return the inches of each column: in as few lines of marks as the room allows, with names and numbers whole."""
    words = {part: max(layout.measure(ax, word)[0] for word in str(part).split()) for part in parts}
    numbers = {part: max(layout.measure(ax, texts[at])[0] for at in texts if at[1] == part) for part in parts}
    units = {part: max(len(marks) for at, marks in places.items() if at[1] == part) for part in parts}
    for least in ({part: max(words[part], numbers[part]) for part in parts}, numbers):  # or names are turned
        for lines in range(1, 1 + max(1, *units.values())):
            broad = {part: max(least[part], -(-units[part] // lines) * step) for part in parts}
            spare = room - sum(broad.values()) - BETWEEN * (len(parts) - 1)
            if spare >= 0:
                return {part: inches + spare / len(parts) for part, inches in broad.items()}
    return broad


def _mark(ax: Axes, x: float, y: float, kind: str, shade: str, shapes: dict | None, signs: dict | None) -> None:
    """Draw the mark of one unit, whose middle is a point: a square, or what shape its kind has."""
    theme = style.on(ax).theme
    if shapes:
        ax.plot(x, y, clip_on=False, **keys.look(theme, shapes[kind], shade, SIZE))
        return
    ax.add_patch(Rectangle((x - SIDE / 2, y - SIDE / 2), SIDE, SIDE, **keys.box_look(theme, shade)))
    if signs and signs.get(kind):
        ink = theme.over(shade) if shade != keys.EMPTY else theme.muted
        ax.text(x, y, signs[kind], ha="center", va="center_baseline", fontweight=600, color=ink)
