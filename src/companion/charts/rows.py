"""Rows with names, in inches from the top: what bars, dots, tallies and spans have in common."""

from __future__ import annotations

import pandas as pd

from companion import layout, style

GAP = 0.1  # inches between a name and what it names
LINE = {"wide": 0.175, "narrow": 0.155}  # inches from line to line of a name


def column(data: pd.DataFrame, name: str | None, otherwise=None) -> list:
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


def prepare(ax) -> style.Sheet:
    """Take ticks, spines and the grid off some axes; return their sheet."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return style.on(ax)


class Rows:
    """Names of rows at the left, or on a phone above what they name if they are long.

    Attributes
    ----------
    at : middle of each row by its name (with a group: by group and name), in inches from the top
    heads : middle of each heading by its group
    height : inches of all rows together
    """

    def __init__(self, ax, data, label, detail=None, group=None, thick: float = 0.22, gap: float = 0.1, more=None):
        """Write the names and ask for the room.

        Parameters
        ----------
        label, detail, group : columns with the name of a row, a second line in a quieter
            colour, and a heading above several rows
        thick : inches of what is drawn in a row, which its name stands beside
        gap : inches from row to row at least
        more : inches below that, for each record: the row takes the most of its records
        """
        self.ax, self.sheet = ax, style.on(ax)
        self.line, room = LINE[self.sheet.width], layout.room(ax)
        frame = data.assign(
            _label=data[label].astype(str),
            _detail=column(data, detail, "") if detail else "",
            _group=data[group].astype(str) if group else "",
        )
        below: dict = {}
        for key, inches in zip(zip(frame["_group"], frame["_label"]), more or [0.0] * len(data)):
            below[key] = max(inches, below.get(key, 0.0))
        rows = frame.drop_duplicates(["_group", "_label"])[["_group", "_label", "_detail"]]
        longest = max(layout.measure(ax, part)[0] for row in rows.itertuples() for part in (row[2], str(row[3])))
        self.above = not self.sheet.is_wide and longest > 0.36 * room
        share = room - 0.05 if self.above else min(longest + 0.02, (0.34 if self.sheet.is_wide else 0.4) * room)
        self.at, self.heads, y, last = {}, {}, 0.0, None
        for _, head, name, second in rows.itertuples():
            if group and head != last:
                y += 0.12 if last is not None else 0
                self.heads[head] = y + self.line / 2
                y += self.line + 0.06
                last = head
            if self.above:
                second = second.replace("\n", " ") if second else ""
                text = layout.wrap(ax, f"{name}{', ' if second else ''}{second}".replace("\n", " "), share)
                high = self.line * (text.count("\n") + 1)
                self._write(text, 0, y + high / 2, "left")
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
            self._write(text, -GAP, top + first / 2, "right")
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

    def _write(self, text, inches, y, align, colour=None, **look):
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
            **look,
        )

    @property
    def places(self) -> dict[str, float]:
        """The middle of each row by its name: where a cell can add to it."""
        return {name: middle for (_, name), middle in self.at.items()}

    def of(self, row, label, group=None) -> float:
        """Return the middle of the row to which a record belongs."""
        return self.at[str(row[group]) if group else "", str(row[label])]
