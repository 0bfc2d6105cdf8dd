"""For the pages that weigh claims: an empty sheet measured in inches, and one mark for each claim, shaped by its verdict."""

from collections.abc import Iterable

import matplotlib.pyplot as plt

#: The verdicts in the order in which their marks are drawn, with the words of the key.
LEGEND = {
    "confirmed": "confirmed",
    "imprecise": "imprecise",
    "contradicted": "contradicted",
    "could-not-check": "no answer found",
    "unchecked": "not checked",
}


def canvas(width: float, height: float):
    """Return an empty figure and its axes, measured in inches from the upper left corner.

    Parameters
    ----------
    width, height : in inches
    """
    fig = plt.figure(figsize=(width, height))
    ax = fig.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    return fig, ax


def style_mark(verdict: str, colour: str, theme, size: float) -> dict:
    """Return the look of one claim, for ``ax.plot``: the verdict is told by shape, never by colour alone.

    Parameters
    ----------
    verdict : a key of `LEGEND`
    colour : of the mark
    theme : the colours of the page
    size : of the mark in points
    """
    looks = {
        "confirmed": {"marker": "o", "markerfacecolor": colour},
        "imprecise": {
            "marker": "o",
            "markerfacecolor": colour,
            "markerfacecoloralt": theme.paper,
            "fillstyle": "bottom",
        },
        "contradicted": {"marker": "x", "markeredgewidth": 1.7},
        "could-not-check": {
            "marker": "D",
            "markerfacecolor": theme.paper,
            "markeredgewidth": 1.1,
            "markersize": size * 0.78,
        },
        "unchecked": {"marker": "o", "markerfacecolor": theme.paper},
    }
    common = {"markeredgecolor": colour, "markeredgewidth": 0.8, "markersize": size, "linestyle": "none"}
    return {**common, **looks[verdict]}


def draw_key(fig, theme, columns: int, size: float = 8, verdicts: Iterable[str] = tuple(LEGEND)):
    """Write the key to the verdicts along the top of a figure.

    Parameters
    ----------
    columns : marks in one line
    size : of the words in points
    verdicts : which of `LEGEND` the figure shows
    """
    marks = [
        plt.Line2D([], [], label=LEGEND[verdict], **style_mark(verdict, theme.ink, theme, 5.5)) for verdict in verdicts
    ]
    return fig.legend(
        handles=marks,
        loc="upper left",
        ncols=columns,
        frameon=False,
        fontsize=size,
        handletextpad=0.1,
        columnspacing=1.0,
        borderaxespad=0.2,
        borderpad=0.1,
    )


def draw_marks(ax, verdicts: Iterable[str], at: tuple, across: int, step: float, colour: str, theme, size: float):
    """Draw one mark for each claim in lines of equal length, in the order of `LEGEND`; return how many lines it took.

    Parameters
    ----------
    verdicts : one for each claim
    at : x and y of the first mark
    across : marks in one line
    step : from mark to mark and from line to line
    colour, theme, size : see `style_mark`
    """
    x, y = at
    ranked = sorted(verdicts, key=list(LEGEND).index)
    for verdict in LEGEND:
        places = [place for place, one in enumerate(ranked) if one == verdict]
        ax.plot(
            [x + step * (place % across) for place in places],
            [y + step * (place // across) for place in places],
            **style_mark(verdict, colour, theme, size),
        )
    return -(-len(ranked) // across)
