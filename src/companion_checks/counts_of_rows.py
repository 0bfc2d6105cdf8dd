"""How much there is of what is kept in rows, written down once, so that a loss at a row's end is seen.

A table that lost rows is still a table. So ``data/datapackage.json`` says of each how many rows it has (``rows``,
which Frictionless checks for any user of the data), how many entries the bibliography has (``references``), and of
files that nobody edits what they hold (``hash``). ``python -m companion_checks.counts_of_rows`` writes the numbers
as they are, as ``make tidy`` does, and tells which of them it changed.
"""

import csv
import hashlib
import io
import json
import pathlib
import sys
from typing import Any

from companion.ledger import ROOT
from companion_checks.seeds import BIBLIOGRAPHY, references_in

FILE = "data/datapackage.json"
#: How a change that was meant is told to the description.
MEANT = "make tidy"


def hash_of(content: bytes) -> str:
    """Return the fingerprint of a file as a data package writes it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _count(path: pathlib.Path) -> int:
    rows = csv.reader(io.StringIO(path.read_text("utf-8").lstrip("\ufeff"), newline=""))
    return sum(1 for cells in rows if cells) - 1


def _put(facts: dict[str, Any], name: str, value: Any, before: str) -> dict[str, Any]:
    """Return facts in which one has a value: in its place, or in front of another where it is new."""
    if name in facts:
        return {**facts, name: value}
    place = list(facts).index(before) if before in facts else len(facts)
    items = list(facts.items())
    return dict([*items[:place], (name, value), *items[place:]])


def write(root: pathlib.Path) -> list[str]:
    """Write the numbers into the description of the data; return what changed: ``claims: 1765 rows, not 1766``."""
    path = root / FILE
    package, told = json.loads(path.read_text("utf-8")), []
    references, _ = references_in((root / BIBLIOGRAPHY).read_text("utf-8"))
    if references is not None and package.get("references") != len(references):
        told.append(f"references: {len(references)}, not {package.get('references', 'said')}")
        package = _put(package, "references", len(references), "resources")
    for place, resource in enumerate(package["resources"]):
        file = root / "data" / resource["path"]
        if "schema" in resource:
            count = _count(file)
            if resource.get("rows") != count:
                told.append(f"{resource['name']}: {count} rows, not {resource.get('rows', 'said')}")
                package["resources"][place] = _put(resource, "rows", count, "schema")
        elif resource.get("hash") != (now := hash_of(file.read_bytes())):
            told.append(f"{resource['name']}: another file, {now}")
            package["resources"][place] = _put(resource, "hash", now, "sources")
    if told:
        path.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    return told


def main(root: str | pathlib.Path = ROOT) -> int:
    """Write the numbers and tell what changed."""
    for line in write(pathlib.Path(root)):
        print(f"{FILE}: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
