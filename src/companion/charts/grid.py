"""A grid of marks: rows against columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import layout, style
from companion.charts import keys
from companion.charts.rows import GAP, LINE, column, flags, prepare

#: Points of a mark with a shape, by width; dots are as large.
SIZE = {"wide": 9, "narrow": 8}


def matrix(
    ax: Axes,
    data: pd.DataFrame,
    rows: str,
    columns: str,
    value: str,
    *,
    colours: dict | None = None,
    colour: str | None = None,
    signs: dict | None = None,
    shapes: dict | None = None,
    text: str | None = None,
    shade: str | None = None,
    disc: str | None = None,
    order: Iterable[str] | None = None,
    heads: dict | Callable[[str], str] | None = None,
    strong: Collection[str] = (),
    gaps: Collection[str] = (),
    details: Sequence[str] = (),
    group: str | None = None,
    foot: str | None = None,
    total: str | None = None,
    total_head: str = "",
    star: str | None = None,
) -> None:
    """Draw a grid of marks. Sign and shade say the same, so that a black-and-white printer keeps it.

    Parameters
    ----------
    ax : matplotlib axes
    data : one record for each mark
    rows, columns, value : columns of `data`: where a mark stands, and what it says
    colours : colour by value: ids of actors or names of the theme, or ``empty`` for a box with nothing
        in it; a value without a colour has its sign alone. The key takes the values as they are
    colour : column with the colour of each mark, or one for all, instead of `colours`
    signs : a character by value
    shapes : by value the shape of a mark, instead of boxes: ``full``, ``half``, ``ring``, ``cross``,
        ``diamond``, ``point`` or ``dash``
    text : column with what stands in each mark, instead of signs
    shade : column with how much of the colour a box keeps, from 0 to 1
    disc : column with numbers: instead of boxes discs, whose areas they are, each beside its text
    order : columns of the grid from left to right; by default as they come
    heads : names of the columns, by a dictionary or a function
    strong : columns whose names are bold
    gaps : rows and columns before which a gap is left
    details : columns of `data` with more words on a row; on a phone they stand below its name
    group : column of `data` with a heading for several rows
    foot : column of `data` with words that several columns share: they stand below them, after a gap
    total, total_head : column of `data` with a text at the right of each row, and the words above
        it; left out on a phone
    star : column of `data` that says which marks bear an asterisk; the key takes its name

    Raises
    ------
    ValueError
        A shape that does not exist.

    Examples
    --------
    >>> companion.charts.matrix(
    ...     ax, votes, "name", "state", "vote", colours={"for": "eu", "against": "rus"}, signs={"for": "+"}
    ... )  # doctest: +SKIP
    >>> companion.charts.matrix(
    ...     ax, said, "sentence", "text", "stance", shapes={"says so": "full", "says otherwise": "cross"}
    ... )  # doctest: +SKIP
    """
    sheet = prepare(ax)
    order = list(order if order is not None else data[columns].drop_duplicates())
    names = {name: str(heads(name) if callable(heads) else (heads or {}).get(name, name)) for name in order}
    records = data.drop_duplicates([*([group] if group else []), rows])
    left, words = _names(ax, records, rows, details, len(order))
    right = 0.0
    if total and sheet.is_wide:
        right = GAP + max(layout.measure(ax, str(text))[0] for text in [*records[total], *total_head.split("\n")])
    grid = _columns(order, dict(zip(data[columns], data[foot])) if foot else {}, gaps)
    grid.broad = (layout.room(ax) - left - right) / grid.span
    boxed = not (shapes or disc)
    ends = list(records[total]) if total and sheet.is_wide else [""] * len(records)
    _write_rows(ax, grid, records, rows, group, gaps, words, ends, (left, right), boxed)

    # What can be said of a cell: a mark, its sign, and an asterisk.
    shades = column(data, colour) if colour else [(colours or {}).get(said) for said in data[value]]
    shares, areas = column(data, shade, 1), column(data, disc, 0) if disc else [0] * len(data)
    said_in = column(data, text, "") if text else [(signs or {}).get(said, "") for said in data[value]]
    for record, ink, share, area, sign, starred in zip(
        data.to_dict("records"), shades, shares, areas, said_in, flags(data, star)
    ):
        if record[columns] not in grid.across or pd.isna(record[value]):
            continue
        cell = _Cell(
            ax, grid, grid.across[record[columns]], grid.down[record[group] if group else None, record[rows]][0]
        )
        filled = cell.tinted(ink, share) if boxed else None
        shape = (shapes or {}).get(record[value])
        if shape:
            cell.shape(shape, ink)
        elif area:
            cell.disc(area / data[disc].max(), ink)
        elif filled:
            cell.box(filled)
        cell.write(str(sign) + "*" * starred, filled, 400 if text else 600, beside=bool(disc), on_paper=bool(area))
    high = write_heads(ax, names, grid.across, dict.fromkeys(order, grid.broad), strong)
    if total and sheet.is_wide and total_head:
        _note(ax, total_head, (1, 1), (72 * right, 4), xycoords="axes fraction", ha="right", va="bottom")
    ax.set(xlim=(-0.5, grid.span - 0.5), ylim=(grid.height, 0))
    for name in [order[0], *grid.begins] if foot else []:
        _note(ax, str(grid.feet[name]), (grid.across[name] - 0.42, grid.height), (0, -4), va="top")
    layout.ask(ax, grid.height + high + 0.1 + (LINE[sheet.width] if foot else 0))
    _key(ax, set(data[value]), colours or {}, signs or {}, shapes or {})
    if star and any(flags(data, star)):
        keys.add(ax, star, keys.Square(style.on(ax).theme, None, "*"))


@dataclasses.dataclass
class _Grid:
    """Where the cells of a grid stand.

    Parameters
    ----------
    across : the x of each column; they count from 0, with gaps
    feet, begins : the words that columns share below them, and the columns with which others begin
    broad : inches of a column
    down : the middle of each row and its height, in inches from the top, by its group and name
    height : inches of all rows
    """

    across: dict
    feet: dict
    begins: list
    broad: float = 0.0
    down: dict = dataclasses.field(default_factory=dict)
    height: float = 0.0

    @property
    def span(self) -> float:
        """How many columns it is wide, gaps included."""
        return max(self.across.values()) + 1

    @property
    def low(self) -> float:
        """Inches of the lowest row."""
        return min(high for _, high in self.down.values())


def _columns(order: list, feet: dict, gaps: Collection[str]) -> _Grid:
    """Return a grid that has its columns and no rows yet."""
    across = {name: float(place) for place, name in enumerate(order)}
    begins = [name for before, name in zip(order, order[1:]) if feet.get(before) != feet.get(name)]
    for gap in (name for name in order if name in (*gaps, *begins)):
        across.update({name: across[name] + 0.4 for name in order[order.index(gap) :]})
    return _Grid(across, feet, begins)


def _write_rows(
    ax: Axes,
    grid: _Grid,
    records: pd.DataFrame,
    rows: str,
    group: str | None,
    gaps: Collection[str],
    words: list,
    ends: list,
    beyond: tuple[float, float],
    boxed: bool,
) -> None:
    """Give the rows of a grid their places, and write what stands before and behind their marks.

    Parameters
    ----------
    records, rows, group, gaps : see `matrix`; a record for each row
    words : what stands before each row (see `_names`)
    ends : what stands behind each row
    beyond : inches from the left edge of the axes to where rows begin, and from the right edge to where they end
    boxed : whether boxes are drawn, which need more height than marks
    """
    theme = style.on(ax).theme
    wide, line = style.on(ax).is_wide, LINE[style.on(ax).width]
    y, last = 0.0, None
    for record, texts, end in zip(records.to_dict("records"), words, ends):
        if group and record[group] != last:
            y += 0.1 if last is not None else 0
            _beside(ax, str(record[group]), -beyond[0], y + line / 2, fontweight=600)
            y, last = y + line + 0.06, record[group]
        y += 0.12 if record[rows] in gaps else 0
        if not boxed:  # the eye needs a line from a name to small marks
            rule(ax, beyond[0], y)
        lines = _lines(texts)
        high = max((0.3 if wide else 0.26) if boxed else 0, line * lines + 0.08)
        middle, top = y + high / 2, y + high / 2 - line * lines / 2
        grid.down[record[group] if group else None, record[rows]] = middle, high
        for words_here, x, first, look in texts:
            here = middle if wide else top + line * (first + (words_here.count("\n") + 1) / 2)
            _beside(ax, words_here, x - beyond[0], here, **look)
        if str(end):
            _beside(ax, str(end), beyond[1], middle, "right", side=1, color=theme.muted)
        y += high
    grid.height = y


class _Cell:
    """A cell of a grid, and what can be drawn in it."""

    def __init__(self, ax: Axes, grid: _Grid, x: float, middle: float):
        self.ax, self.grid, self.x, self.middle, self.theme = ax, grid, x, middle, style.on(ax).theme

    def tinted(self, ink: str | None, share: float) -> str | None:
        """Return a colour of which a share is kept; of none, and where no share is kept, none."""
        return (ink if share == 1 else self.theme.tint(ink, share)) if ink and share else None

    def shape(self, shape: str, ink: str | None) -> None:
        look = keys.look(self.theme, shape, ink, 0.75 * SIZE[style.on(self.ax).width])
        self.ax.plot(self.x, self.middle, zorder=3, **look)

    def disc(self, area: float, ink: str | None) -> None:
        """Draw a disc; the largest has the area 1."""
        points, shade = (60 * self.grid.low) ** 2 * area, self.theme.colour(ink or "ink")
        self.ax.scatter(self.x - 0.11 / self.grid.broad, self.middle, s=points, color=shade, linewidth=0, zorder=3)

    def box(self, filled: str) -> None:
        low, broad = self.grid.low, self.grid.broad
        size = (min(0.84, 1.43 * low / broad), min(0.84 * low, 1.1 * broad))
        corner = (self.x - size[0] / 2, self.middle - size[1] / 2)
        self.ax.add_patch(Rectangle(corner, *size, **keys.box_look(self.theme, filled)))

    def write(self, sign: str, ground: str | None, weight: int, beside: bool, on_paper: bool) -> None:
        """Write a sign in the cell, or beside its disc, in a colour that is legible on what is below it."""
        if sign:
            over = self.theme.over(ground) if ground and ground != keys.EMPTY else self.theme.muted
            self.ax.text(
                self.x + 0.11 / self.grid.broad if beside else self.x, self.middle, sign, fontweight=weight,
                ha="center", va="center_baseline", color=self.theme.ink if on_paper else over,
            )  # fmt: skip


def _note(ax: Axes, text: str, at: tuple, shift: tuple, **look: Any) -> None:
    """Write a quiet text so many points from a place, which may be outside of the axes."""
    ax.annotate(
        text, at, xytext=shift, textcoords="offset points", color=style.on(ax).theme.muted, annotation_clip=False,
        **look,
    )  # fmt: skip


def _key(ax: Axes, said: set, colours: dict, signs: dict, shapes: dict) -> None:
    """Write the values that are drawn into the key, in the order in which the cell names them."""
    theme = style.on(ax).theme
    for words in dict.fromkeys([*colours, *shapes, *(signs if colours or shapes else ())]):
        if words in said and words in shapes:
            keys.add_shape(ax, words, shapes[words], colours.get(words))
        elif words in said:
            keys.add(ax, words, keys.Square(theme, colours.get(words), signs.get(words, "")))


def _names(ax: Axes, records: pd.DataFrame, rows: str, details: Sequence[str], count: int) -> tuple[float, list]:
    """Return the inches that the words at the left take, and for each row what is written.

    That is a list of texts with their inches from the left edge, their first line, and how they look.
    """
    sheet, heavy = style.on(ax), 600 if details else 400
    quiet = {"color": sheet.theme.muted}
    if sheet.is_wide:
        parts = {part: heavy if part == rows else 400 for part in (rows, *details)}
        starts, x = {}, 0.0
        for part, weight in parts.items():
            starts[part] = x
            x += max(layout.measure(ax, str(text), weight)[0] for text in records[part]) + 0.16
        words = [
            [(str(record[part]), starts[part], 0, {"fontweight": weight}) for part, weight in parts.items()]
            for record in records.to_dict("records")
        ]
        return x - 0.16 + GAP, words
    # On a phone name and details stand one above the other, in lines that leave the marks their room.
    room, words, widest = layout.room(ax) - GAP - count * 0.225, [], 0.0
    for record in records.to_dict("records"):
        name = layout.wrap(ax, str(record[rows]), room, heavy)
        more = layout.wrap(ax, ", ".join(str(record[part]) for part in details if str(record[part])), room)
        texts: list[tuple[str, float, int, dict[str, Any]]] = [(name, 0, 0, {"fontweight": heavy})] + (
            [(more, 0, name.count("\n") + 1, quiet)] if more else []
        )
        words.append(texts)
        widest = max(widest, *(layout.measure(ax, text, look.get("fontweight", 400))[0] for text, _, _, look in texts))
    return min(widest, room) + GAP, words


def _lines(texts: list) -> int:
    return max(first + text.count("\n") + 1 for text, _, first, _ in texts)


def _beside(ax: Axes, text: str, inches: float, y: float, align: str = "left", side: int = 0, **look: Any) -> None:
    """Write a text so many inches from the left (0) or the right (1) edge of the axes."""
    ax.annotate(
        text,
        (side, y),
        xycoords=("axes fraction", "data"),
        xytext=(72 * inches, 0),
        textcoords="offset points",
        ha=align,
        va="center",
        linespacing=1.12,
        annotation_clip=False,
        **look,
    )


def rule(ax: Axes, inches: float, y: float) -> None:
    """Draw a thin line above a row, from so many inches left of the axes, where its name begins, to their right edge."""

    def draw() -> None:
        box = ax.get_window_extent()
        start = ax.transAxes.inverted().transform((box.x0 - inches * layout.figure_of(ax).dpi, box.y0))[0]
        across = ax.get_yaxis_transform()
        ax.plot(
            [start, 1], [y, y], color=style.on(ax).theme.rule, linewidth=0.6, transform=across, clip_on=False, zorder=0
        )

    layout.place(ax, draw)


def write_heads(
    ax: Axes, names: dict, across: dict, broad: dict, strong: Collection[str] = (), align: str = "center"
) -> float:
    """Write names above columns: flat where there is room, in lines, or turned and of several lines the first.

    Parameters
    ----------
    names : what is written, by column
    across : the x of each column
    broad : inches of each column
    strong : columns whose names are bold
    align : on which side of its x a name stands that is not turned: ``center`` or ``left``

    Returns
    -------
    Their height in inches.
    """
    wide = style.on(ax).is_wide
    weights = {name: 600 if name in strong else 400 for name in names}
    flat = {name: layout.wrap(ax, text, broad[name] - 0.04, weights[name]) for name, text in names.items()}
    fits = all(layout.measure(ax, text, weights[name])[0] <= broad[name] - 0.04 for name, text in flat.items())
    # The narrower the columns, the steeper the names, which would overlap.
    turned, high = 0 if fits else 38 if wide and min(broad.values()) > 0.34 else 60, 0.0
    # Of names that are turned the first line has room.
    for name, text in (flat if fits else {name: text.split("\n")[0] for name, text in names.items()}).items():
        width, tall = layout.measure(ax, text, weights[name])
        high = max(high, tall if fits else width * np.sin(np.radians(turned)) + 0.14)
        ax.annotate(
            text,
            (across[name] - (0 if fits or align == "left" else 0.12), 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            rotation=turned,
            rotation_mode="anchor",
            ha=align if fits else "left",
            va="bottom",
            linespacing=1.1,
            fontweight=weights[name],
            annotation_clip=False,
        )
    return high
