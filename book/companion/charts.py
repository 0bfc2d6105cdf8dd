"""Small helpers for the charts; a chapter's cell does the drawing itself."""
import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from . import style


def figure(width: str, wide: float, narrow: float, **options):
    """Return ``plt.subplots`` at one of the book's two widths.

    Parameters
    ----------
    width : ``wide`` or ``narrow``
    wide, narrow : height in inches for each width
    options : passed on to ``plt.subplots``
    """
    height = wide if width == "wide" else narrow
    return plt.subplots(
        figsize=(style.WIDTHS[width], height), layout="constrained", **options
    )


def status(ax, x, y, kind, theme, size=0.8):
    """Draw one membership mark centred at (x, y).

    Parameters
    ----------
    kind : ``member`` (filled), ``observer`` or ``associate`` (hatched),
        ``frozen`` or ``withdrawing`` (dotted), ``suspended`` or ``none`` (an empty frame)
    size : edge of the square in data units
    """
    fill, hatch = {
        "member": (theme.member, None),
        "observer": (theme.observer, "///"),
        "associate": (theme.observer, "///"),
        "frozen": (theme.frozen, "..."),
        "withdrawing": (theme.frozen, "..."),
    }.get(kind, (theme.paper, None))
    edge = theme.paper if kind in ("member",) else theme.member if hatch == "///" else theme.ink
    if fill == theme.paper:
        edge = theme.rule
    ax.add_patch(Rectangle(
        (x - size / 2, y - size / 2), size, size, facecolor=fill, edgecolor=edge,
        hatch=hatch, linewidth=0.8,
    ))
