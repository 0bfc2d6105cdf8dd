"""Labels that keep clear of each other, of marks and of lines; used by the forms of charts and maps.

An own small placement instead of a library: textalloc and adjustText move labels until they
come to rest, which costs seconds for a map and depends on the order of floating-point sums; and a
reader's kernel, also the one in the browser, would have to fetch them. Here each label takes the
first of a few places that is free, so that the same table gives the same picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import matplotlib.patheffects as patheffects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Annotation, Text

from companion import layout, style

#: Compass points: where a label stands, as steps to the right and upwards.
SIDES = {
    "e": (1, 0),
    "w": (-1, 0),
    "n": (0, 1),
    "s": (0, -1),
    "ne": (1, 1),
    "se": (1, -1),
    "nw": (-1, 1),
    "sw": (-1, -1),
}
#: The compass points round the clock.
ROUND = ("n", "ne", "e", "se", "s", "sw", "w", "nw")

#: Points of air from word to word.
AIR = 4

#: How often the labels of some axes choose their places.
ROUNDS = 3


@dataclass
class Label:
    """A text that looks for its place beside a point.

    Attributes
    ----------
    x, y : the point, in data units
    text : what is written
    sides : compass points to try, the best first; with one only, the label stands there
    gap : points between mark and text
    far : whether it may stand apart, joined to its point by a thin line
    look : how the text is written, as matplotlib's ``Text`` takes it
    others : more points, in data units, beside which it may stand instead
    under : function of a point in data units that returns the colour there, for the outline of the letters and,
        where `look` has none, for their own; by default that of the paper
    given : whether its first side is wanted: it is left only for that of another text or the frame
    """

    x: float
    y: float
    text: str
    sides: tuple = tuple(SIDES)
    gap: float = 5
    far: bool = False
    look: dict = field(default_factory=dict)
    others: list = field(default_factory=list)
    under: Callable | None = None
    given: bool = False

    def ways(self) -> list[tuple]:
        """Return all that may be tried, the best first: distance in points, point, compass point."""
        far = (self.gap + 9, self.gap + 18, self.gap + 30, self.gap + 44) if self.far else ()
        points = [(self.x, self.y), *self.others]
        return [(gap, point, side) for gap in (self.gap, *far) for point in points for side in self.sides]


def from_side(side: str) -> tuple[str, ...]:
    """Return the compass points, those next to a given one first."""
    start = ROUND.index(side)
    turns = [turn for far in range(1, 5) for turn in (far, -far)]
    return tuple(dict.fromkeys([side, *(ROUND[(start + turn) % 8] for turn in turns)]))


def box_of(x: float, y: float, width: float, height: float, side: str, gap: float) -> tuple:
    """Return the box (x0, y0, x1, y1) of a label beside a point, all in pixels."""
    right, up = SIDES[side]
    if right and up:
        gap *= 0.72
    x0 = x + gap if right > 0 else x - gap - width if right < 0 else x - width / 2
    y0 = y + gap if up > 0 else y - gap - height if up < 0 else y - height / 2
    return (x0, y0, x0 + width, y0 + height)


def overlap(one: tuple, others: np.ndarray) -> float:
    """Return the area that a box shares with other boxes (rows of x0, y0, x1, y1)."""
    if not len(others):
        return 0.0
    wide = np.minimum(one[2], others[:, 2]) - np.maximum(one[0], others[:, 0])
    high = np.minimum(one[3], others[:, 3]) - np.maximum(one[1], others[:, 1])
    return float((np.clip(wide, 0, None) * np.clip(high, 0, None)).sum())


def along(points: np.ndarray, thick: float) -> np.ndarray:
    """Return small boxes along a line through some points, all in pixels."""
    boxes = []
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        steps = max(1, int(np.hypot(x1 - x0, y1 - y0) / 4))
        for step in range(steps + 1):
            x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
            boxes.append((x - thick, y - thick, x + thick, y + thick))
    return np.array(boxes).reshape(-1, 4)


def keep_clear(ax: Axes, boxes: Callable[[], np.ndarray | list]) -> None:
    """Have labels on some axes keep clear of what `boxes()` returns when they are placed: boxes in pixels."""
    layout.work(ax).boxes.setdefault(ax, []).append(boxes)


def _texts(ax: Axes) -> list[tuple]:
    """Return the boxes of the texts that stand on some axes already."""
    renderer = cast(FigureCanvasAgg, layout.figure_of(ax).canvas).get_renderer()
    boxes = []
    for text in cast(list[Text], ax.findobj(Text)):
        if text.get_visible() and text.get_text().strip() and (ax.axison or text in ax.texts):
            boxes.append(text.get_window_extent(renderer).extents)
    return boxes


def obstacles(ax: Axes) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes of texts that some axes have, and of marks and lines there, in pixels."""
    marks = [np.array(boxes(), dtype=float).reshape(-1, 4) for boxes in layout.work(ax).boxes.get(ax, [])]
    return np.array(_texts(ax), dtype=float).reshape(-1, 4), np.concatenate([np.empty((0, 4)), *marks])


def box_around(x: float, y: float, width: float, height: float) -> tuple:
    """Return the box of a text whose middle is a point, all in pixels."""
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def write(ax: Axes, labels: list[Label], frame: np.ndarray | Sequence[float] | None = None) -> list[Annotation]:
    """Write labels, each in its first free place.

    Labels try their sides in order, then the same further away if they may, and take the place
    that hides least.

    Parameters
    ----------
    ax : matplotlib axes with their final size
    labels : in the order in which they choose
    frame : box in pixels that labels should not leave; by default that of the axes

    Returns
    -------
    The annotations.
    """
    figure = layout.figure_of(ax)
    pixels = figure.dpi / 72
    frame = np.array([ax.get_window_extent().extents if frame is None else frame])
    taken, marks = obstacles(ax)
    sizes = []
    for label in labels:
        width, height = (
            inches * figure.dpi for inches in layout.measure(ax, label.text, label.look.get("fontweight", 400))
        )
        sizes.append((width + AIR * pixels, height))
    chosen: list = [None] * len(labels)
    # Each chooses in its turn, then again with the others in sight: the first may make room for the last.
    for _ in range(ROUNDS):
        for place, (label, size) in enumerate(zip(labels, sizes)):
            others = [way.box for turn, way in enumerate(chosen) if way and turn != place]
            texts = np.vstack([taken, np.array(others, dtype=float).reshape(-1, 4)])
            chosen[place] = _best(ax, label, size, texts, marks, frame)
    return [_written(ax, label, way) for label, way in zip(labels, chosen)]


@dataclass
class Way:
    """Where a label may stand: beside which point, on which side, how many points away, in which box of pixels."""

    point: tuple
    side: str
    gap: float
    box: tuple


def _best(ax: Axes, label: Label, size: tuple, texts: np.ndarray, marks: np.ndarray, frame: np.ndarray) -> Way:
    """Return the first of a label's places that is free, or the one that hides least."""
    pixels, least = layout.figure_of(ax).dpi / 72, 0.0
    best: Any = None  # a label has one place at least
    for gap, point, side in label.ways():
        at = ax.transData.transform(point)
        box = box_of(at[0], at[1], size[0], size[1], side, gap * pixels)
        hidden = overlap(box, texts) + size[0] * size[1] - overlap(box, frame)
        touched = overlap(box, marks)
        if gap > label.gap:  # joined by a line, which should meet nothing either
            end = np.array([min(max(at[0], box[0]), box[2]), min(max(at[1], box[1]), box[3])])
            line = along(np.array([at + (end - at) * label.gap / gap, end]), 1)
            hidden += sum(overlap(tuple(spot), texts) for spot in line)
            touched += sum(overlap(tuple(spot), marks) for spot in line)
        # A compass point that the ledger gives may cross a line, but not another text.
        is_given = label.given and side == label.sides[0]
        cost = 10 * hidden + (0.2 if is_given else 3) * touched + 2 * (gap - label.gap)
        if best is None or cost < least - 0.5:
            best, least = Way(point, side, gap, box), cost
        if cost < 0.5 or (is_given and hidden < 0.5):
            break
    return best


def _written(ax: Axes, label: Label, way: Way) -> Annotation:
    """Write a label in its place, with a thin line to its point where it stands apart."""
    right, up = SIDES[way.side]
    share = 0.72 if right and up else 1
    middle = ax.transData.inverted().transform(((way.box[0] + way.box[2]) / 2, (way.box[1] + way.box[3]) / 2))
    around = label.under(*middle) if label.under else style.on(ax).theme.paper
    ink = style.on(ax).theme.over(around)
    options: dict[str, Any] = {
        "zorder": 9,
        "linespacing": 1.1,
        "path_effects": halo(around),
        "color": ink,
        **label.look,
    }
    if way.gap > label.gap:
        _join(ax, label, way, options.get("color", style.on(ax).theme.ink))
    return ax.annotate(
        label.text,
        way.point,
        xytext=(right * way.gap * share, up * way.gap * share),
        textcoords="offset points",
        ha={1: "left", 0: "center", -1: "right"}[right],
        va={1: "bottom", 0: "center", -1: "top"}[up],
        annotation_clip=False,
        **options,
    )


def _join(ax: Axes, label: Label, way: Way, colour: str) -> None:
    """Draw the thin line from a point to the nearest spot of its label."""
    at, (x0, y0, x1, y1) = ax.transData.transform(way.point), way.box
    end = np.array([min(max(at[0], x0), x1), min(max(at[1], y0), y1)])
    start = at + (end - at) * min(1, label.gap * layout.figure_of(ax).dpi / 72 / max(1, np.hypot(*(end - at))))
    ends = ax.transData.inverted().transform([start, end])
    ax.plot(*ends.T, color=colour, linewidth=0.7, zorder=8, scalex=False, scaley=False, clip_on=False)


def halo(colour: str, width: float = 2.2) -> list:
    """Return the outline that keeps a label legible over lines and borders."""
    return [patheffects.withStroke(linewidth=width, foreground=colour)]
