"""What changes over time: lines, and events in their order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from companion import dates, labels, layout, style
from companion.charts import keys
from companion.charts.bars import DOWNWARDS, UPWARDS
from companion.charts.dots import SHAPES, SIZE, mark_boxes, tail
from companion.charts.rows import GAP, LINE, column, flags, prepare

#: Line styles of series, in the order in which they come: they stay apart without colour.
DASHES = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


def _numbers(values) -> tuple[list, list | None]:
    """Return places on an axis, and the words at them where they are no numbers."""
    try:
        return [float(value) for value in values], None
    except (TypeError, ValueError):
        words = list(dict.fromkeys(values))
        return [float(words.index(value)) for value in values], words


def lines(
    ax,
    data: pd.DataFrame,
    x: str,
    y: str,
    series: str | None = None,
    *,
    colour: str = "central-asia",
    bound: str | None = None,
    text: str | None = None,
    hollow: str | None = None,
    alone: str | None = None,
    unit: str = "",
) -> None:
    """Draw one line for each series, with its name at its end.

    Parameters
    ----------
    ax : matplotlib axes
    data : one record for each point, in the order of the line
    x, y : columns with the place of a point: years, other numbers, or words in their order (a
        slope from one to the next); and its value
    series : column with the name of the line to which a point belongs
    colour : column of colours (ids of actors or names of the theme), or one colour for all
    bound : column of comparisons as the ledger has them: bounds have a faded tail with an arrow
    text : column of what stands beside a point; empty for nothing
    hollow : column that says which points are not verified
    alone : column that says which series are points that no line joins
    unit : behind the last number of the axis

    Examples
    --------
    >>> companion.charts.lines(ax, trade, "year", "billions", "partner", colour="subject")  # doctest: +SKIP
    """
    sheet = style.on(ax)
    theme, size = sheet.theme, SIZE[sheet.width] * 0.8
    places, words = _numbers(data[x])
    frame = pd.DataFrame(
        {
            "x": places,
            "y": list(data[y]),
            "series": column(data, series, ""),
            "colour": column(data, colour),
            "bound": column(data, bound, ""),
            "text": column(data, text, "") if text else "",
            "hollow": flags(data, hollow),
            "alone": flags(data, alone),
        }
    )
    last, wanted, ends = frame["x"].max(), [], []
    for place, (name, line) in enumerate(frame.groupby("series", sort=False)):
        shade = line["colour"].iloc[0]
        ink = theme.colour(shade)
        if not line["alone"].any():
            ax.plot(line["x"], line["y"], color=ink, linewidth=1.8, linestyle=DASHES[place % len(DASHES)], zorder=2)
            labels.keep_clear(ax, _line_boxes(ax, line))
        for point in line.itertuples():
            ax.plot(
                point.x, point.y, marker=SHAPES[place % len(SHAPES)], markersize=size, markeredgecolor=ink,
                markeredgewidth=1.4, markerfacecolor=theme.paper if point.hollow else ink, zorder=3,
            )  # fmt: skip
            if point.bound in UPWARDS + DOWNWARDS:
                tail(ax, point.x, point.y, shade, 1, 1 if point.bound in UPWARDS else -1)
                keys.add_marks(ax, "open")
            if point.text:
                look = {"color": ink, "fontweight": 600}
                wanted.append(labels.Label(point.x, point.y, str(point.text), gap=size * 0.8, far=True, look=look))
        end = line.iloc[-1]
        if name and end["x"] == last:
            ends.append((end["y"], str(name), ink))
        elif name:
            look = {"color": ink, "fontweight": 600}
            wanted.append(labels.Label(end["x"], end["y"], str(name), gap=size, far=True, look=look))
    if frame["hollow"].any():
        keys.add_marks(ax, "hollow")
    labels.keep_clear(ax, mark_boxes(ax, frame[["x", "y"]].to_numpy(), size / 2 + 1))
    most = frame["y"].max()
    ax.set_ylim(min(0, frame["y"].min()), most * 1.12)
    pad = 0.08 * ((last - frame["x"].min()) or 1)
    ax.set_xlim(frame["x"].min() - pad, last + pad)
    years = sorted(frame["x"].unique())
    if words is None and len(years) <= 12:
        marks = [f"{year:g}" for year in years]
        if not sheet.is_wide and all(len(mark) == 4 for mark in marks):
            marks = [f"’{mark[2:]}" for mark in marks]
        ax.set_xticks(years, marks)
    elif words is not None:
        ax.set_xticks(range(len(words)), [layout.wrap(ax, str(word), 1.1) for word in words])
    ax.yaxis.set_major_locator(layout.ticks(5))
    ax.grid(True, axis="y")
    ax.spines["left"].set_visible(False)
    layout.ask(ax, 3.0 if sheet.is_wide else 2.8)
    layout.settle(ax, lambda: layout.fix_ticks(ax.yaxis))
    layout.settle(ax, lambda: _name_ends(ax, last, ends, sheet))

    def place_labels() -> None:
        if unit:
            ax.annotate(
                unit, (0, 1), xycoords="axes fraction", xytext=(0, 3), textcoords="offset points", color=theme.muted
            )
        labels.write(ax, wanted, ax.get_figure().bbox.extents)

    if unit:  # room for the words above the axis
        ax.set_title(" ", fontweight=400)
    layout.place(ax, place_labels)


def _line_boxes(ax, line):
    return lambda: labels.along(ax.transData.transform(line[["x", "y"]].to_numpy(dtype=float)), 1.5)


def _name_ends(ax, last, ends, sheet) -> None:
    """Write the names of lines at the right edge, one above the other, each as near to its end as it can be."""
    inches = ax.get_window_extent().height / ax.get_figure().dpi
    low, high = ax.get_ylim()
    unit = (high - low) / inches
    texts = {name: layout.wrap(ax, name, 1.5 if sheet.is_wide else 0.85, 600) for _, name, _ in ends}
    at, below = {}, low
    for value, name, _ in sorted(ends):
        half = layout.measure(ax, texts[name], 600)[1] / 2 * unit
        at[name] = max(value, below + half)
        below = at[name] + half
    over = below - high
    for _, name, _ in sorted(ends, reverse=True):  # too high: push down from the top
        if over <= 0:
            break
        half = layout.measure(ax, texts[name], 600)[1] / 2 * unit
        at[name] = min(at[name], high - half)
        high = at[name] - half
    for value, name, ink in ends:
        moved = abs(at[name] - value) > 0.03 * unit
        ax.annotate(
            texts[name],
            (1, at[name]),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=ink,
            fontweight=600,
            linespacing=1.1,
            annotation_clip=False,
        )
        if moved:
            right = ax.get_xlim()[1]
            ax.plot([last, right], [value, at[name]], color=ink, linewidth=0.6, zorder=1)


def timeline(
    ax,
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
    theme, line, wide = sheet.theme, LINE[sheet.width], sheet.is_wide
    moments = [dates.bounds(when) for when in data[date]]
    first, last = min(start for start, _ in moments), max(end for _, end in moments)
    span = (last - first) or 1
    pitch, y, before = line + 0.07, 0.0, None
    lanes, is_hollow, planned = column(data, lane), flags(data, hollow), flags(data, dashed)
    bands: dict = {}
    items = []
    # A phone has no room for days where the years tell events apart.
    texts = [_when(when, day and (wide or span < 20), wide) for when in data[date]]
    broad = max(layout.measure(ax, when)[0] for when in texts) + GAP
    for place, record in enumerate(data.to_dict("records")):
        if lane and lanes[place] != before:
            y += 0.1 if before is not None else 0
            y += 0 if wide else line + 0.06
            before = lanes[place]
            bands[before] = [y - (0 if wide else line + 0.06), y, column(data, colour)[place]]
        words = str(record[label])
        if not wide:
            words = layout.wrap(ax, words, layout.room(ax) * 0.68 - broad, even=True)
        high = line * words.count("\n") + pitch
        items.append((place, y + high / 2, words))
        y += high
        if lane:
            bands[before][1] = y
    for name, (top, bottom, shade) in bands.items():
        ax.axhspan(top, bottom, color=theme.tint(shade, 0.09), linewidth=0, zorder=0)
        text = layout.wrap(ax, str(name), 1.15, 600) if wide else str(name)
        ax.annotate(
            text,
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
    ax.set(xlim=(first - 0.03 * span, last + 0.03 * span), ylim=(y, 0))
    time_ticks(ax, first, last, wide)
    size = SIZE[sheet.width] * 0.8
    for place, middle, _ in items:
        start, end = moments[place]
        shade = column(data, colour)[place]
        ink = theme.colour(shade)
        if end - start > 0.02 * span:
            look = {"linestyle": (0, (1, 0.5))} if planned[place] else {"solid_capstyle": "butt"}
            weight = 2 if is_hollow[place] else 4.5
            ax.plot([start, end], [middle, middle], color=ink, linewidth=weight, zorder=3, **look)
        else:
            empty = is_hollow[place] or planned[place]
            ax.plot(
                (start + end) / 2, middle, marker="o", markersize=size, markeredgecolor=ink, markeredgewidth=1.3,
                markerfacecolor=theme.paper if empty else ink, zorder=3,
            )  # fmt: skip
    if any(is_hollow):
        keys.add_marks(ax, "hollow")
    if any(planned):
        keys.add_marks(ax, "dashed")
    layout.ask(ax, y + 0.3)
    if not wide:
        for place, middle, words in items:
            ax.plot([moments[place][1], last + 0.03 * span], [middle] * 2, color=theme.rule, linewidth=0.5, zorder=1)
            for inches, text, ink in ((0.05, texts[place], theme.muted), (0.05 + broad, words, theme.ink)):
                ax.annotate(
                    text, (1, middle), xycoords=("axes fraction", "data"), xytext=(72 * inches, 0),
                    textcoords="offset points", va="center", color=ink, linespacing=1.1, annotation_clip=False,
                )  # fmt: skip
        return

    def place_words() -> None:
        """Write each event at the side of its mark that has the room."""
        left, right = ax.get_window_extent().x0, ax.get_figure().bbox.x1
        for place, middle, words in items:
            start, end = moments[place]
            text = f"{words}, {texts[place]}"
            reach = (layout.measure(ax, text)[0] + 0.12) * ax.get_figure().dpi
            at_end, at_start = (ax.transData.transform((moment, 0))[0] for moment in (end, start))
            is_right = right - at_end > reach and (at_end - left < right - at_end or at_start - left < reach)
            point = (end if is_right else start) if end - start > 0.02 * span else (start + end) / 2
            ax.annotate(
                text, (point, middle), xytext=(7 if is_right else -7, 0), textcoords="offset points",
                ha="left" if is_right else "right", va="center", annotation_clip=False,
            )  # fmt: skip

    layout.place(ax, place_words)


def _when(date: str, day: bool, wide: bool) -> str:
    if not day:
        return dates.year(date)
    return dates.text(date, short=True) if wide else dates.text(date, short=True).replace("about ", "~")


def time_ticks(ax, first: float, last: float, wide: bool) -> None:
    """Write years, or the months of a short time, along the top."""
    theme = style.on(ax).theme
    if last - first > 3:
        places = [tick for tick in layout.ticks(7 if wide else 3).tick_values(first, last) if first <= tick <= last]
        words = [f"{tick:g}" for tick in places]
    else:
        step = 1 if last - first < 0.8 else 3 if last - first < 1.6 else 6
        step *= 1 if wide else 2
        months = range(int(np.ceil(first * 12)), int(last * 12) + 1)
        chosen = [month for month in months if month % step == 0]
        places = [month / 12 for month in chosen]
        words = [dates.text(f"{month // 12}-{month % 12 + 1:02}", short=True) for month in chosen]
    ax.set_xticks(places, words)
    ax.xaxis.tick_top()
    for place in places:
        ax.axvline(place, color=theme.rule, linewidth=0.5, zorder=0)
