"""What the chapters import: the ledger, the maps, the style, ``figure``, ``explorer`` and ``table``.

A chapter starts with ``import companion`` and needs nothing deeper:

>>> import companion
>>> ledger = companion.load()
>>> ledger.value("trade-russia-2024").value
45.0
"""

from companion import audit_marks, charts, confidence, dates, maps, style, tables, wording
from companion.explorers import explorer
from companion.figures import figure
from companion.ledger import CENTRAL_ASIA, Ledger, NoSingleValue, UnknownId, load
from companion.sources import texts
from companion.tables import table

__version__ = "0.2.0"

__all__ = [
    "CENTRAL_ASIA",
    "Ledger",
    "NoSingleValue",
    "UnknownId",
    "audit_marks",
    "charts",
    "confidence",
    "dates",
    "explorer",
    "figure",
    "load",
    "maps",
    "style",
    "table",
    "texts",
    "wording",
]

tables.show_frames()  # in Jupyter a frame is shown for people
