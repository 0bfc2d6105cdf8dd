"""The book with more in it: many times the claims, many times the chapters, from its own.

A copy of the project grows where it lies. What is added is like what is there, since it is a copy of it: claims of
the evidence with their numbers, and whole chapters with their cells and figures. No page of the book uses a claim that is added.
"""

import csv
import pathlib
import re

from companion import pages
from companion_checks import counts_of_rows

#: Stands between the name of a chapter, or of what is in it, and the number of its copy.
MARK = "-copy"

#: The ids of claims that are added, with a number: no cell that looks for words in ids finds them.
ADDED = "added-"


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return reader.fieldnames, list(reader)


def _append(path, names, rows):
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names, lineterminator="\n").writerows(rows)


def claims(root: pathlib.Path, times: int) -> int:
    """Give a copy of the project `times` as many claims; return how many it has then.

    Parameters
    ----------
    root : the copy
    times : 1 or more
    """
    names, rows = _rows(root / "data/claims.csv")
    numbers, quantities = _rows(root / "data/quantities.csv")
    held = {row["claim"]: row for row in quantities}
    evidence = [row for row in rows if row["grade"]]
    wanted = len(rows) * times
    added, values = [], []
    for number in range(wanted - len(rows)):
        turn, place = divmod(number, len(evidence))
        row, id = evidence[place], f"{ADDED}{number:06d}"
        text = row["statement"].removesuffix(".")
        added.append({**row, "id": id, "statement": f"{text} (copy {turn + 1})."})
        if row["id"] in held:
            value = held[row["id"]]
            # Of a measure of its own: cells ask for all numbers of a measure.
            measure = f"{value['measure']} (copy {turn + 1})"
            values.append({**value, "id": f"{id}-value", "claim": id, "measure": measure})
    _append(root / "data/claims.csv", names, added)
    _append(root / "data/quantities.csv", numbers, values)
    counts_of_rows.write(root)
    return wanted


def _renamed(text, names, end):
    """A passage of a page in which names of the book end in `end`, except in roles of the ledger, where they are ids."""
    either = "|".join(sorted(names, key=len, reverse=True))
    copy = re.sub(rf"(?<![\w-])({either})(?![\w-])", lambda match: match[1] + end, text)
    return re.sub(r"\{(?!ref|numref)[\w-]+\}`[^`]*`", lambda match: match[0].replace(end, ""), copy)


def chapters(root: pathlib.Path, times: int) -> list[str]:
    """Give a copy of the project `times` as many chapters; return the names of those that are added.

    Parameters
    ----------
    root : the copy
    times : 1 or more
    """
    toc, added = root / "_toc.yml", []
    lines = toc.read_text("utf-8").splitlines()
    for path in pages.chapters(root):
        text = path.read_text("utf-8")
        # What has a name in the whole book: places, figures and tables, exercises and their solutions; the kernel has none of its own.
        named = set(re.findall(r"^\(([\w-]+)\)=$|^ {4}name: ([\w-]+)$|^:label: ([\w-]+)$", text, re.M))
        names = {name for group in named for name in group if name}
        for number in range(1, times):
            copy, last = [], 0
            for cell in pages.cells(text):  # in code a name is Python's: it stays as it is
                copy += [_renamed(text[last : cell.code_start], names, f"{MARK}{number}"), cell.code]
                last = cell.code_start + len(cell.code)
            copy.append(_renamed(text[last:], names, f"{MARK}{number}"))
            made = path.with_name(f"{path.stem}{MARK}{number}.md")
            made.write_text("".join(copy), "utf-8")
            lines.insert(lines.index("  - caption: After the account"), f"      - file: book/{made.stem}")
            added.append(made.stem)
    toc.write_text("\n".join(lines) + "\n", "utf-8")
    return added
