"""Forms of charts, drawn on plain matplotlib axes: each takes the axes, a table and the names of its columns.

They ask the axes for which theme and width they draw (`companion.style.on`), so that a cell describes a
figure once. Ways of drawing have one meaning in the whole book; `companion.style.MARKS` lists them.
"""

from companion.charts import plain
from companion.charts.bars import bars
from companion.charts.boxes import boxes
from companion.charts.chronicle import timeline
from companion.charts.course import lines
from companion.charts.dots import dots
from companion.charts.grid import matrix
from companion.charts.keys import key
from companion.charts.plain import figure, status, status_legend, words
from companion.charts.spans import spans
from companion.charts.tally import tally

#: What a reader must be able to tell apart in a matrix of memberships, with the words that stand beside the marks.
STATUS = plain.STATUS

__all__ = [
    "STATUS",
    "bars",
    "boxes",
    "dots",
    "figure",
    "key",
    "lines",
    "matrix",
    "spans",
    "status",
    "status_legend",
    "tally",
    "timeline",
    "words",
]
