"""Docstrings on the reference page: sections in the manner of numpydoc become field lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Sections that name things, each on a line of its own, and sections that are prose.
NAMED, PROSE = ("Parameters", "Attributes", "Raises"), ("Returns",)


def sections(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    """Rewrite a docstring's sections in place, for ``autodoc-process-docstring``.

    ``root : path of the project`` below *Parameters* becomes an entry in bold
    with its text; so does an exception with the indented line below it.
    """
    out: list[str] = []
    position = 0
    while position < len(lines):
        heading = lines[position].strip()
        under = lines[position + 1] if position + 1 < len(lines) else ""
        if heading not in NAMED + PROSE or not re.fullmatch(r"-+", under.strip()):
            out.append(lines[position])
            position += 1
            continue
        position += 2
        body = []
        while position < len(lines) and lines[position].strip():
            body.append(lines[position])
            position += 1
        if heading in PROSE:
            out += [f":{heading}: " + " ".join(line.strip() for line in body), ""]
        else:
            out += [f":{heading}:", *(f"    - {entry}" for entry in _entries(body)), ""]
    lines[:] = out


def _entries(body: list[str]) -> list[str]:
    entries: list[str] = []
    for line in body:
        if line.startswith(" "):
            entries[-1] += (" " if " — " in entries[-1] else " — ") + line.strip()
        else:
            names, colon, text = line.partition(" : ")
            entries.append(f"**{names}**" + (f" — {text.strip()}" if colon else ""))
    return entries
