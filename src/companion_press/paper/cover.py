"""The picture of the title page and of the EPUB's cover: the five states and what lies around them."""

import io
import textwrap
from contextlib import AbstractContextManager

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from companion import CENTRAL_ASIA, Ledger, maps, style

#: What is named beside the five; on the cover only what fits.
NEIGHBOURS = ("rus", "chn", "aze", "irn", "afg")

ALT = "A map from the Black Sea to western China: the five states of Central Asia stand out between Russia, China, Afghanistan, Iran and the Caspian Sea."


def title_map(ledger: Ledger) -> bytes:
    """Return the map of the title page as a PNG, 300 dots an inch at the width of the text."""
    with _themed():
        fig = plt.figure(figsize=(6.2, 3.5))
        _map(fig.add_axes((0, 0, 1, 1)), ledger, (36, 34, 88, 57), 8)
        return _png(fig, 300)


def cover(ledger: Ledger, title: str, subtitle: str, author: str) -> bytes:
    """Return the EPUB's cover as a PNG of 1200 × 1800 pixels."""
    theme = style.THEMES["light"]
    with _themed():
        fig = plt.figure(figsize=(4, 6), facecolor=theme.paper)
        _map(fig.add_axes((0, 0.1, 1, 0.5)), ledger, (44, 33, 84, 58), 7)
        fig.text(0.07, 0.95, textwrap.fill(title, 18), fontsize=23, fontweight=600, va="top", linespacing=1.15)
        fig.text(0.07, 0.68, subtitle, fontsize=11, color=theme.muted, va="top")
        fig.text(0.07, 0.045, author, fontsize=8.5, va="center")
        return _png(fig, 300)


def _themed() -> AbstractContextManager[None]:
    return plt.rc_context({**plt.rcParamsDefault, **style.THEMES["light"].rc, "backend": "agg"})


def _map(ax: Axes, ledger: Ledger, frame: tuple[float, float, float, float], size: float) -> None:
    theme = style.THEMES["light"]
    land = maps.base(ax, theme, frame)
    five = land[land["actor"].isin(CENTRAL_ASIA)]
    five.plot(ax=ax, color=theme.actor["central-asia"], edgecolor=theme.border, linewidth=0.9)
    maps.water(ax, theme)
    x0, x1, y0, y1 = maps.limits(frame)
    for state in (*CENTRAL_ASIA, *NEIGHBOURS):
        inside = state in CENTRAL_ASIA
        longitude, latitude = maps.NAME_AT[state]
        at = maps.points([longitude], [latitude])[0]
        if x0 < at.x < x1 and y0 < at.y < y1:
            maps.label(
                ax,
                ledger.name(state),
                *maps.NAME_AT[state],
                fontsize=size,
                fontweight=600 if inside else 400,
                color=theme.paper if inside else theme.muted,
                clip_on=True,
            )


def _png(fig: Figure, dpi: int) -> bytes:
    raw = io.BytesIO()
    fig.savefig(raw, format="png", dpi=dpi, metadata={"Software": None})
    plt.close(fig)
    return raw.getvalue()
