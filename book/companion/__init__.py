"""What the chapters import: the ledger, the maps, the style, ``figure`` and ``explorer``.

A chapter starts with ``import companion`` and needs nothing deeper:

>>> import companion
>>> ledger = companion.load()
>>> ledger.value("trade-russia-2024").value
45.0
"""
from . import charts, confidence, dates, maps, style, wording
from .cards import texts
from .explorers import explorer
from .figures import figure
from .ledger import CENTRAL_ASIA, Ledger, NoSingleValue, UnknownId, load

__version__ = "0.1.0"

__all__ = [
    "CENTRAL_ASIA", "Ledger", "NoSingleValue", "UnknownId",
    "charts", "confidence", "dates", "explorer", "figure", "load", "maps", "style", "texts", "wording",
]
