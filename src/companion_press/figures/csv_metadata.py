"""What stands beside a figure's CSV for programs: its columns, sources and licence, as “CSV on the Web” has it (W3C).

The ledger is a Frictionless Data Package: a folder whose one description names its tables. A figure's CSV is met alone, by
its address. For that the W3C has the rule: whoever reads ``NAME.csv`` looks for ``NAME.csv-metadata.json``. It
also says what a source and a licence are in terms that other programs know (Dublin Core), being linked data.
"""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import quote

#: What follows the figure's name.
ENDING = ".csv-metadata.json"

#: How the meanings of columns name units, the longer before those that are a part of them.
UNITS = (
    "billion US dollars",
    "billion euros",
    "US dollars",
    "million tonnes",
    "tonnes",
    "thousand TEU",
    "degrees",
    "kilometres",
    "percent",
    "millions",
)

_TRUTH = {"base": "boolean", "format": "True|False"}


def metadata(described: dict, name: str) -> str:
    """Return the metadata of a figure's CSV.

    Parameters
    ----------
    described : what its files say (see `takeaways.description`)
    name : the figure's name
    """
    header, *rows = csv.reader(io.StringIO(described["csv"]))
    licence = {"@id": described["licence"][1]}
    found = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@type": "Table",
        "url": f"{name}.csv",
        "dialect": {"encoding": "utf-8", "header": True},
        "dc:title": f"{described['title']} ({described['number']})",
        "dc:description": described["caption"],
        "dc:creator": described["author"],
        "dc:isPartOf": f"{described['book']}, version {described['version']}",
        "dc:bibliographicCitation": described["citation"],
        "dc:license": licence,
        "dc:source": described["sources"],
        "tableSchema": {
            "columns": [
                _column(title, described["columns"][title], [row[place] for row in rows])
                for place, title in enumerate(header)
            ]
        },
    }
    if described["address"]:
        found["schema:mainEntityOfPage"] = {"@id": described["address"]}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _column(title: str, meaning: str, cells: list[str]) -> dict[str, Any]:
    measured, kind = unit(f"{title}. {meaning}"), datatype([cell for cell in cells if cell])
    if re.search(r"\b(year|date)s?\b", meaning, re.I) and kind == "integer" and not measured:
        kind = "gYear"
    column = {"name": quote(title, safe=""), "titles": title, "dc:description": meaning, "datatype": kind}
    return {**column, "schema:unitText": measured} if measured and kind in ("integer", "decimal") else column


def datatype(cells: list[str]) -> str | dict:
    """Return what kind of values cells hold: ``integer``, ``decimal``, ``boolean`` with its words, or ``string``.

    Parameters
    ----------
    cells : those that are not empty. Dates of the ledger are strings, because EDTF says more than a date (``2024-08~``)
    """
    if not cells:
        return "string"
    for pattern, kind in (
        (r"-?\d+", "integer"),
        (r"-?\d+(\.\d+)?", "decimal"),
        (r"True|False", _TRUTH),
    ):
        if all(re.fullmatch(pattern, cell) for cell in cells):
            return kind
    return "string"


def unit(meaning: str) -> str:
    """Return the unit that a column's meaning names, several where rows differ; ``""`` where things are counted."""
    left, units = meaning, {}
    for one in UNITS:
        pattern = rf"\b{one}\b"
        for match in re.finditer(pattern, left, re.I):
            units[match.start()] = one
        left = re.sub(pattern, lambda match: " " * len(match[0]), left, flags=re.I)
    return "; ".join(dict.fromkeys(units[place] for place in sorted(units)))
