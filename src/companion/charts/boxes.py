"""Boxes whose width and height both count."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion import labels, layout
from companion.charts import keys
from companion.charts.bars import UPWARDS, texts_of
from companion.charts.rows import column, flags, prepare


def boxes(
    ax: Axes,
    data: pd.DataFrame,
    width: str,
    height: str,
    label: str,
    *,
    colour: str = "central-asia",
    text: str | None = None,
    bound: str | None = None,
    hatched: str | None = None,
    hollow: str | None = None,
    across: str = "",
    up: str = "",
) -> None:
    """Draw boxes side by side on one ground: width times height is their area, and all three say something.

    Parameters
    ----------
    ax : matplotlib axes; both axes count in the units of the values
    data : one record for each box, from left to right
    width, height, label : columns with the two measures and with the name
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    text : column of what is written below the name, instead of the height
    bound : column of the comparisons of the heights as the ledger has them: “at least” and
        “more than” leave the box without a lid, fading upwards
    hatched, hollow : columns that say which boxes are computed or implied by the book, or not verified
    across, up : what width and height count, with the unit

    Examples
    --------
    >>> companion.charts.boxes(ax, trade, "millions", "dollars", "partner", up="dollars a head")  # doctest: +SKIP
    """
    sheet = prepare(ax)
    theme, left = sheet.theme, 0.0
    total, most = data[width].sum(), data[height].max()
    gap, fade = 0.03 * total, 0.05 * most
    words, wanted = texts_of(data, height, text, bound, None), []
    for place, (record, shade, said) in enumerate(zip(data.to_dict("records"), column(data, colour), words)):
        broad, high = record[width], record[height]
        look: dict[str, Any] = {"facecolor": theme.colour(shade), "linewidth": 0}
        for mark, name in (("hatched", hatched), ("hollow", hollow)):
            if flags(data, name)[place]:
                look = {"facecolor": theme.paper, "edgecolor": theme.colour(shade), "linewidth": 1.1}
                look |= {"hatch": "////"} if mark == "hatched" else {}
                keys.add_marks(ax, mark, area=True)
        ax.add_patch(Rectangle((left, 0), broad, high, **look))
        top = high
        if record.get(bound) in UPWARDS:
            for step, share in enumerate(keys.FADING):
                corner = (left, high + step * fade / len(keys.FADING))
                part = theme.tint(shade, share)
                ax.add_patch(Rectangle(corner, broad, fade / len(keys.FADING) * 1.02, color=part, linewidth=0))
            top = high + fade
            ax.plot(left + broad / 2, top, marker="^", markersize=4.5, color=theme.colour(shade))
            keys.add_marks(ax, "open")
        wanted.append((left + broad / 2, top, f"{record[label]}\n{said}", theme.colour(shade), broad))
        left += broad + gap
    ax.set(xlim=(0, left - gap), ylim=(0, 1.3 * most))
    ax.yaxis.set_major_locator(layout.ticks(4))
    ax.grid(True, axis="y")
    ax.tick_params(length=0)
    what = "  ·  ".join(f"{way}: {words}" for way, words in (("width", across), ("height", up)) if words)
    if what:
        ax.set_xlabel(layout.wrap(ax, what, layout.room(ax) - 0.5), loc="left")
    layout.ask(ax, 3.4 if sheet.is_wide else 3.2)

    def place_words() -> None:
        """Write each name above its box, as near to it as its neighbours leave room."""
        scale = ax.get_window_extent().width / layout.figure_of(ax).dpi / (left - gap)
        texts = [
            labels.Label(
                x, y, layout.wrap(ax, said, max(1.0, broad * scale), 600, even=True), ("n", "nw", "ne"), gap=6, far=True,
                look={"color": ink, "fontweight": 600},
            )
            for x, y, said, ink, broad in sorted(wanted, key=lambda box: -box[4])
        ]  # fmt: skip
        labels.write(ax, texts, layout.figure_of(ax).bbox.extents)

    labels.keep_clear(ax, lambda: [patch.get_window_extent().extents for patch in ax.patches])
    layout.settle(ax, lambda: layout.fix_ticks(ax.yaxis))
    layout.place(ax, place_words)
