"""Events in their order, each at its date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from companion import dates, layout, style
from companion.charts import keys
from companion.charts.dots import SIZE
from companion.charts.rows import GAP, LINE, column, flags, prepare

#: Share of the whole time from which an event is drawn as a bar, not as a dot.
BAR = 0.02


@dataclass
class Event:
    """An event of a timeline: its words and date in words, its moments, where it stands and how it looks."""

    words: str
    when: str
    start: float
    end: float
    y: float
    colour: str
    hollow: bool
    planned: bool


def timeline(
    ax: Axes,
    data: pd.DataFrame,
    date: str,
    label: str,
    *,
    lane: str | None = None,
    colour: str = "central-asia",
    hollow: str | None = None,
    dashed: str | None = None,
    day: bool = True,
) -> None:
    """Draw events one below the other, each at its date: dots for moments, bars for spans.

    On a desk the words stand beside the mark; on a phone they form a list at the right.

    Parameters
    ----------
    ax : matplotlib axes; its x axis counts years
    data : one record for each event, in the order from above
    date, label : columns with EDTF dates and with the words
    lane : column with the band to which an event belongs
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    hollow, dashed : columns that say which dates are not verified, and which events planned
    day : whether dates are written as exactly as they are known; otherwise years only

    Examples
    --------
    >>> companion.charts.timeline(ax, chronology, "date", "event", lane="period")  # doctest: +SKIP
    """
    sheet = prepare(ax)
    line, wide = LINE[sheet.width], sheet.is_wide
    moments = [dates.bounds(when) for when in data[date]]
    first, last = min(start for start, _ in moments), max(end for _, end in moments)
    span = (last - first) or 1
    room = layout.room(ax) - (1.2 if lane and wide else 0)
    longest = max(layout.measure(ax, f"{words}, 20 September 2000")[0] for words in data[label].astype(str))
    listed = not wide or longest > 0.55 * room
    # A list has no room for days where the years tell events apart.
    texts = [_when(when, day and (not listed or span < 20), wide) for when in data[date]]
    broad = max(layout.measure(ax, when)[0] for when in texts) + GAP
    lanes, shades = column(data, lane), column(data, colour)
    marks = zip(flags(data, hollow), flags(data, dashed))
    events, bands, y, before = [], {}, 0.0, None
    for record, when, (start, end), band, shade, (is_hollow, planned) in zip(
        data.to_dict("records"), texts, moments, lanes, shades, marks
    ):
        if lane and band != before:
            y += 0.1 if before is not None else 0
            bands[band] = [y, y, shade]
            y += 0 if wide else line + 0.06
            before = band
        words = str(record[label])
        if listed:
            words = layout.wrap(ax, words, room * (0.6 if wide else 0.8) - broad, even=not wide)
        high = line * words.count("\n") + line + 0.07
        events.append(Event(words, when, start, end, y + high / 2, shade, is_hollow, planned))
        y += high
        if lane:
            bands[band][1] = y
    _write_bands(ax, bands)
    margin = (0.03 if wide else 0.06) * span  # half a mark, so that none is cut
    ax.set(xlim=(first - margin, last + margin), ylim=(y, 0))
    time_ticks(ax, first, last, wide and not listed)
    for event in events:
        _mark(ax, event, span)
    for mark, there in (("hollow", any(flags(data, hollow))), ("dashed", any(flags(data, dashed)))):
        if there:
            keys.add_marks(ax, mark)
    layout.ask(ax, y + 0.3)
    if listed:
        _list(ax, events, last + margin, broad)
    else:
        layout.place(ax, lambda: _write_beside(ax, events, span))


def _write_bands(ax: Axes, bands: dict) -> None:
    """Draw the bands of a timeline, their names left of them or, on a phone, at their top."""
    theme, wide = style.on(ax).theme, style.on(ax).is_wide
    for name, (top, bottom, shade) in bands.items():
        ax.axhspan(top, bottom, color=theme.tint(shade, 0.09), linewidth=0, zorder=0)
        ax.annotate(
            layout.wrap(ax, str(name), 1.15, 600) if wide else str(name),
            (0, top + (0.05 if wide else 0.02)),
            xycoords=("axes fraction", "data"),
            xytext=(-6 if wide else 2, 0),
            textcoords="offset points",
            ha="right" if wide else "left",
            va="top",
            color=theme.colour(shade),
            fontweight=600,
            linespacing=1.1,
            annotation_clip=False,
        )


def _mark(ax: Axes, event: Event, span: float) -> None:
    """Draw a dot for a moment, a bar for a span."""
    sheet = style.on(ax)
    ink, size = sheet.theme.colour(event.colour), SIZE[sheet.width] * 0.8
    if event.end - event.start > BAR * span:
        look = {"linestyle": (0, (1, 0.5))} if event.planned else {"solid_capstyle": "butt"}
        weight = 2 if event.hollow else 4.5
        ax.plot([event.start, event.end], [event.y, event.y], color=ink, linewidth=weight, zorder=3, **look)
        return
    ax.scatter(
        (event.start + event.end) / 2,
        event.y,
        s=size**2,
        facecolor=sheet.theme.paper if event.hollow or event.planned else ink,
        edgecolor=ink,
        linewidth=1.3,
        linestyle=(0, (1.2, 0.8)) if event.planned else "-",
        zorder=3,
    )


def _list(ax: Axes, events: list[Event], right: float, broad: float) -> None:
    """Write dates and words in two columns at the right, each joined to its mark."""
    theme = style.on(ax).theme
    for event in events:
        ax.plot([event.end, right], [event.y] * 2, color=theme.rule, linewidth=0.5, zorder=1)
        for inches, text, ink in ((0.05, event.when, theme.muted), (0.05 + broad, event.words, theme.ink)):
            ax.annotate(
                text,
                (1, event.y),
                xycoords=("axes fraction", "data"),
                xytext=(72 * inches, 0),
                textcoords="offset points",
                va="center",
                color=ink,
                linespacing=1.1,
                annotation_clip=False,
            )


def _write_beside(ax: Axes, events: list[Event], span: float) -> None:
    """Write each event at the side of its mark that has the room."""
    left, right = ax.get_window_extent().x0, layout.figure_of(ax).bbox.x1
    for event in events:
        text = f"{event.words}, {event.when}"
        reach = (layout.measure(ax, text)[0] + 0.12) * layout.figure_of(ax).dpi
        at_end, at_start = (ax.transData.transform((moment, 0))[0] for moment in (event.end, event.start))
        is_right = right - at_end > reach and (at_end - left < right - at_end or at_start - left < reach)
        point = (event.start + event.end) / 2
        if event.end - event.start > BAR * span:
            point = event.end if is_right else event.start
        ax.annotate(
            text,
            (point, event.y),
            xytext=(7 if is_right else -7, 0),
            textcoords="offset points",
            ha="left" if is_right else "right",
            va="center",
            annotation_clip=False,
        )


def _when(date: str, day: bool, wide: bool) -> str:
    if not day:
        return dates.year(date)
    return dates.text(date, short=True) if wide else dates.text(date, short=True).replace("about ", "~")


def time_ticks(ax: Axes, first: float, last: float, wide: bool) -> None:
    """Write years, or the months of a short time, along the top."""
    theme = style.on(ax).theme
    if last - first > 3:
        places = [
            tick
            for tick in layout.ticks(7 if wide else 3, whole=True).tick_values(first, last)
            if first <= tick <= last
        ]
        words = [f"{tick:g}" for tick in places]
    else:
        step = 1 if last - first < 0.8 else 3 if last - first < 1.6 else 6
        step *= 1 if wide else 2
        months = range(int(np.ceil(first * 12)), int(last * 12) + 1)
        chosen = [month for month in months if month % step == 0]
        places = [month / 12 for month in chosen]
        words = [dates.text(f"{month // 12}-{month % 12 + 1:02}", short=True) for month in chosen]
    ax.xaxis.tick_top()
    layout.settle(ax, lambda: _set_ticks(ax, places, words))
    for place in places:
        ax.axvline(place, color=theme.rule, linewidth=0.5, zorder=0)


def _set_ticks(ax: Axes, places: list[float], words: list[str]) -> None:
    """Write the ticks of a time, or every second one, and so on, until they are apart."""
    inches = ax.get_window_extent().width / layout.figure_of(ax).dpi
    first, last = ax.get_xlim()
    while len(places) > 1:
        apart = (places[1] - places[0]) / (last - first) * inches
        if apart > max(layout.measure(ax, text)[0] for text in words) + 0.08:
            break
        places, words = places[::2], words[::2]
    ax.set_xticks(places, words)
