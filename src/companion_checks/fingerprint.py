"""Makes ``data/word-runs.csv`` and ``data/term-counts.csv`` from the source texts, which are not in this project.

usage: python -m companion_checks.fingerprint FOLDER

FOLDER holds the texts as plain files. Each is known by the SHA-256 on its card
in ``seeds/``, whatever its name; ``lines`` on the card says in which lines its
running text stands, counted from one. Empty lines are skipped, every other line
is a paragraph. In a text with time stamps a passage ends at its stamp.
"""

import argparse
import csv
import hashlib
import pathlib
import re
from collections import Counter
from typing import Any

from companion import runs, sources
from companion.ledger import ROOT
from companion_checks import counts_of_rows

#: What lies outside the counted paragraphs: headings, captions, notes on authors, menus.
REST = "rest"
STAMP = re.compile(r'<a class="yt-timestamp" data-t="(\d\d:\d\d:\d\d)">.*?</a>')


def plain(text: str) -> str:
    """Drop tags, and of a link ``[[target | words]]`` the target."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]", r"\1", text))


def wanted_lines(spans: Any) -> set[int]:
    """Return the numbers of the lines in ``8 12-24``."""
    found: set[int] = set()
    for span in str(spans).split():
        first, _, last = span.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def pieces(text: str, card: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (locator, text) in the order of the text, with `REST` for what no paragraph holds.

    Raises ``ValueError`` where the text has more or fewer paragraphs than the card.
    """
    locators = list(card["sentences"])
    lines = wanted_lines(card["lines"])
    stamped = ":" in locators[0]
    found: list[tuple[str | None, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if number not in lines:
            found.append((REST, plain(line)))
        elif stamped:
            ends = STAMP.split(line)
            found += [(stamp, plain(said)) for said, stamp in zip(ends[::2], ends[1::2])]
            if runs.words(plain(ends[-1])):
                found.append((REST, plain(ends[-1])))
        else:
            found.append((None, plain(line)))
    numbered = iter(locators)
    if not stamped:
        paragraphs = sum(locator is None for locator, _ in found)
        if paragraphs != len(locators):
            raise ValueError(f"the card counts {len(locators)} paragraphs, its lines hold {paragraphs}")
    elif {locator for locator, _ in found} - {REST} != set(locators):
        raise ValueError("the time stamps in the text are not those of the card")
    return [(next(numbered) if locator is None else locator, said) for locator, said in found]


def fingerprint(text: str, card: dict[str, Any]) -> dict[str, tuple[int, list[str]]]:
    """Return by locator the number of words and the hashes of the runs that begin there."""
    labelled = [(locator, word) for locator, said in pieces(text, card) for word in runs.words(said)]
    hashes: dict[str, list[str]] = {locator: [] for locator in [*card["sentences"], REST]}
    for (locator, _), digest in zip(labelled, runs.digests([word for _, word in labelled])):
        hashes[locator].append(digest)
    lengths = Counter(locator for locator, _ in labelled)
    return {locator: (lengths[locator], digests) for locator, digests in hashes.items()}


def count(text: str, card: dict[str, Any], pattern: str) -> int:
    """Count the places in the running text where a term stands, whatever its form."""
    return sum(
        len(re.findall(pattern, " ".join(runs.words(said)))) for locator, said in pieces(text, card) if locator != REST
    )


def texts(folder: pathlib.Path, keys: list[str]) -> dict[str, str]:
    """Return the text of each source by its key.

    Raises ``LookupError`` that names every source whose text is not in the folder.
    """
    by_sum = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.iterdir()) if path.is_file()
    }
    sums = {key: sources.card(key, ROOT)["sha256"] for key in keys}
    missing = [f"{key} ({sums[key]})" for key in keys if sums[key] not in by_sum]
    if missing:
        raise LookupError("the folder lacks the text with the checksum of " + ", ".join(missing))
    return {key: by_sum[sums[key]].read_text("utf-8") for key in keys}


def write(name: str, header: list[str], rows: list[list[Any]]) -> None:
    """Write a table of the data package, and say so."""
    with open(ROOT / "data" / name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"data/{name}: {len(rows)} rows")


def main() -> None:
    """Make both tables from the texts in a folder."""
    parser = argparse.ArgumentParser(description="Hash the word runs and count the terms of the source texts.")
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    if not folder.is_dir():
        parser.error(f"{folder} is not a folder")
    keys = sorted(path.stem for path in (ROOT / "seeds").glob("*.md"))
    try:
        found = texts(folder, keys)
        prints = {key: fingerprint(found[key], sources.card(key, ROOT)) for key in keys}
    except (LookupError, ValueError, KeyError) as error:
        parser.exit(1, f"{error.args[0]}; nothing was written\n")
    write(
        "word-runs.csv",
        ["source", "paragraph", "length", "hashes"],
        [
            [key, locator, number, " ".join(sorted(hashes))]
            for key in keys
            for locator, (number, hashes) in prints[key].items()
        ],
    )
    with open(ROOT / "data/terms.csv", encoding="utf-8", newline="") as file:
        terms = list(csv.DictReader(file))
    write(
        "term-counts.csv",
        ["term", "source", "count"],
        [
            [term["id"], key, count(found[key], sources.card(key, ROOT), term["pattern"])]
            for term in terms
            for key in keys
        ],
    )
    counts_of_rows.main(ROOT)


if __name__ == "__main__":
    main()
