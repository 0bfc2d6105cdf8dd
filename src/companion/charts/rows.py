"""Rows with names, in inches from the top: what bars, dots, tallies and spans have in common."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from companion import layout, style

GAP = 0.1  # inches between a name and what it names
LINE = {"wide": 0.175, "narrow": 0.155}  # inches from line to line of a name


def column(data: pd.DataFrame, name: Hashable, otherwise: Any = None) -> list:
    """Return the values of a column, or the same value for each row: what is no column is meant for all.

    Parameters
    ----------
    data : the table
    name : of a column, or a value such as a colour
    otherwise : the value where `name` is None
    """
    if name is not None and name in data:
        return [otherwise if pd.isna(value) else value for value in data[name]]
    return [otherwise if name is None else name] * len(data)


def flags(data: pd.DataFrame, name: str | None) -> list[bool]:
    """Return for each row whether a column marks it; no name marks none.

    Raises ``KeyError`` for a column that the table does not have.
    """
    if name is None:
        return [False] * len(data)
    return [bool(value) and not pd.isna(value) for value in data[name]]


def prepare(ax: Axes) -> style.Sheet:
    """Take ticks, spines and the grid off some axes; return their sheet."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return style.on(ax)


class Rows:
    """Names of rows at the left, or on a phone above what they name if they are long.

    Attributes
    ----------
    at : middle of each row by its name (with a group: by group and name), in inches from the top
    tops : where each row begins, by the same
    heads : middle of each heading by its group
    share : inches that names may take beside what they name
    height : inches of all rows together
    """

    def __init__(
        self, ax: Axes, data: pd.DataFrame, label: str, detail: str | None = None, group: str | None = None,
        thick: float = 0.22, gap: float = 0.1, more: Sequence[float] | None = None,
        strong: str | bool | None = None, above: bool | None = None, leave: float = 0,
    ):  # fmt: skip
        """Write the names and ask for the room.

        Parameters
        ----------
        label, detail, group : columns with the name of a row, a second line in a quieter
            colour, and a heading above several rows
        thick : inches of what is drawn in a row, which its name stands beside
        gap : inches from row to row at least
        more : inches below that, for each record: the row takes the most of its records
        strong : column that says which names are bold, or True for all
        above : whether names stand above what they name; by default on a phone where they are long
        leave : inches that what is drawn needs: names may have the rest, where that is more than their share
        """
        self.ax, self.sheet = ax, style.on(ax)
        self.line, room = LINE[self.sheet.width], layout.room(ax)
        frame = data.assign(
            _label=data[label].astype(str),
            _detail=column(data, detail, "") if detail else "",
            _group=data[group].astype(str) if group else "",
            _strong=column(data, strong, False),
        )
        below: dict = {}
        for key, inches in zip(zip(frame["_group"], frame["_label"]), more or [0.0] * len(data)):
            below[key] = max(inches, below.get(key, 0.0))
        rows = frame.drop_duplicates(["_group", "_label"])[["_group", "_label", "_detail", "_strong"]]
        longest = max(
            layout.measure(ax, part, 600 if row[4] else 400)[0]
            for row in rows.itertuples()
            for part in (row[2], str(row[3]))
        )
        fits = max(0.36 * room, room - leave if leave else 0)
        self.above = not self.sheet.is_wide and longest > fits if above is None else above
        most = max((0.34 if self.sheet.is_wide else 0.4) * room, room - leave if leave else 0)
        share = self.share = room - 0.05 if self.above else min(longest + 0.02, most)
        self.at, self.tops, self.heads, y, last = {}, {}, {}, 0.0, None
        # Above what they name, second lines stand below names where one does not fit beside its own.
        is_apart = any(layout.measure(ax, f"{row[2]}, {row[3]}")[0] > share for row in rows.itertuples() if row[3])
        for _, head, name, second, is_strong in rows.itertuples():
            weight = 600 if is_strong else 400
            if group and head != last:
                y += 0.12 if last is not None else 0
                self.heads[head] = y + self.line / 2
                y += self.line + 0.06
                last = head
            self.tops[head, name] = y
            if self.above:
                second = second.replace("\n", " ") if second else ""
                name_here = name.replace("\n", " ")
                together = f"{name_here}, {second}" if second else name_here
                apart = bool(second) and is_apart
                text = layout.wrap(ax, name_here if apart else together, share, weight)
                quiet = layout.wrap(ax, second, share) if apart else ""
                lines = text.count("\n") + 1
                high = self.line * (lines + (quiet.count("\n") + 1 if apart else 0))
                self._write(text, 0, y + self.line * lines / 2, "left", fontweight=weight)
                if apart:
                    self._write(quiet, 0, y + (self.line * lines + high) / 2, "left", self.sheet.theme.muted)
                self.at[head, name] = y + high + 0.02 + thick / 2
                y += high + 0.02 + thick + below[head, name] + gap
                continue
            text = layout.wrap(ax, name, share, even=True)
            quiet = layout.wrap(ax, str(second), share, even=True) if second else ""
            lines = text.count("\n") + 1 + (quiet.count("\n") + 1 if quiet else 0)
            high = max(thick + gap, self.line * lines + 0.07)
            middle = y + high / 2
            top = middle - self.line * lines / 2
            first = self.line * (text.count("\n") + 1)
            self._write(text, -GAP, top + first / 2, "right", fontweight=weight)
            if quiet:
                self._write(quiet, -GAP, top + first + (self.line * lines - first) / 2, "right", self.sheet.theme.muted)
            self.at[head, name] = middle
            y += high + below[head, name]
        for head, middle in self.heads.items():
            far = -min(longest, share) - GAP if not self.above else 0
            self._write(head, far, middle, "left", fontweight=600)
        self.height = y
        ax.set_ylim(y, 0)
        layout.ask(ax, y + 0.06)

    def _write(self, text: str, inches: float, y: float, align: str, colour: str | None = None, **look: Any) -> None:
        self.ax.annotate(
            text,
            (0, y),
            xycoords=("axes fraction", "data"),
            xytext=(72 * inches, 0),
            textcoords="offset points",
            ha=align,
            va="center",
            color=colour or self.sheet.theme.ink,
            linespacing=1.12,
            annotation_clip=False,
            # Above what it names a text may cross a line of the scale, which would strike it through.
            bbox={"facecolor": self.sheet.theme.paper, "edgecolor": "none", "pad": 1} if self.above else None,
            **look,
        )

    @property
    def places(self) -> dict[str, float]:
        """The middle of each row by its name: where a cell can add to it."""
        return {name: middle for (_, name), middle in self.at.items()}

    def of(self, row: Mapping[Any, Any] | pd.Series, label: str, group: str | None = None) -> float:
        """Return the middle of the row to which a record belongs."""
        return self.at[str(row[group]) if group else "", str(row[label])]
