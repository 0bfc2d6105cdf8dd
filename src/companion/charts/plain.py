"""A plain figure, a text, and the marks of a membership: what cells that lay themselves out ask for."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.patches import Patch, Rectangle

from companion import layout, style


def figure(width: str, wide: float, narrow: float, **options: Any) -> tuple[plt.Figure, Any]:
    """Return ``plt.subplots`` at one of the book's two widths.

    Parameters
    ----------
    width : ``wide`` or ``narrow``
    wide, narrow : height in inches for each width
    options : passed on to ``plt.subplots``
    """
    height = wide if width == "wide" else narrow
    return plt.subplots(figsize=(style.WIDTHS[width], height), layout="constrained", **options)


def words(ax: Axes, text: str) -> None:
    """Write a text that takes some axes for itself, such as a list beside a map.

    Parameters
    ----------
    ax : matplotlib axes
    text : what is written, in lines as long as the axes are broad; line breaks that it has stay

    Examples
    --------
    >>> companion.charts.words(beside, "members: Kazakhstan, Kyrgyzstan")  # doctest: +SKIP
    """
    lines = layout.wrap(ax, text, layout.room(ax))
    ax.text(0, 1, lines, va="top", linespacing=1.3, transform=ax.transAxes)
    ax.set_axis_off()
    layout.ask(ax, 0.19 * (lines.count("\n") + 1) + 0.08)


#: What a reader must be able to tell apart, with the words that stand beside the marks.
STATUS = {
    "member": "full member",
    "observer": "observer or associate",
    "frozen": "on paper, not taking part",
    "none": "outside",
}


def _fill(kind: str, theme: style.Theme) -> dict[str, Any]:
    return {
        "member": {"facecolor": theme.member, "edgecolor": theme.member},
        "observer": {"facecolor": theme.observer, "edgecolor": theme.member, "hatch": "////"},
        "frozen": {"facecolor": theme.frozen, "edgecolor": theme.ink, "hatch": "...."},
        "none": {"facecolor": theme.outside, "edgecolor": theme.outside},
    }[kind]


def status_legend(figure: plt.Figure, theme: style.Theme, columns: int = 4) -> Legend:
    """Write the key to the membership marks along the top of a figure.

    Parameters
    ----------
    columns : marks in one line (4 fit a text column, 2 a phone)
    """
    marks = [Patch(linewidth=0.8, **_fill(kind, theme)) for kind in STATUS]
    return figure.legend(
        marks,
        list(STATUS.values()),
        loc="outside upper left" if figure.get_layout_engine() else "upper left",
        ncols=columns,
        frameon=False,
        fontsize=8,
        handlelength=1.6,
        handleheight=1.1,
        columnspacing=1.4,
        borderaxespad=0.1,
        borderpad=0.1,
    )


def status(ax: Axes, x: float, y: float, kind: str, theme: style.Theme, size: float = 0.82) -> None:
    """Draw one membership mark centred at (x, y).

    Parameters
    ----------
    kind : a key of `STATUS`: ``member`` (filled), ``observer`` (hatched),
        ``frozen`` (dotted) or ``none`` (grey)
    size : edge of the square in data units
    """
    corner = (x - size / 2, y - size / 2)
    ax.add_patch(Rectangle(corner, size, size, linewidth=0.8, **_fill(kind, theme)))
