"""Writes the chapters as jupytext saves them: ``tidy.py [PAGE…]``, by default every text notebook and what is counted.

An author may write a caption as it comes; saving from JupyterLab would then
rewrite it and hide the real change among the others. In this form a chapter that
is opened and saved stays as it is (`jupytext.toml` says what is kept). How many rows each table has is
written down with them (`companion_checks.counts_of_rows`).
"""

import pathlib
import sys
from typing import Any

import jupytext
from jupytext.config import JupytextConfiguration, load_jupytext_config

from companion import pages
from companion.ledger import ROOT
from companion_checks import counts_of_rows
from companion_press.keeping import whole
from companion_press.notebooks.notebook_files import KERNEL


def stripped(value: Any) -> Any:
    """Return metadata without white space around its texts: a block scalar ends in an empty line."""
    if isinstance(value, dict):
        return {key: stripped(inner) for key, inner in value.items()}
    return value.strip() if isinstance(value, str) else value


def tidied(text: str, config: JupytextConfiguration | None) -> str:
    """Return a text notebook as jupytext saves it."""
    notebook = jupytext.reads(text, fmt="md:myst", config=config)
    notebook.metadata["kernelspec"] = KERNEL
    for cell in notebook.cells:
        cell.metadata = stripped(cell.metadata)
    return jupytext.writes(notebook, fmt="md:myst", config=config)


def main(names: list[str]) -> None:
    config = load_jupytext_config(str(ROOT / "book"))
    chosen = [pathlib.Path(name) for name in names] or sorted((ROOT / "book").glob("*.md"))
    for page in chosen:
        text = page.read_text("utf-8")
        if not pages.runs_code(text):
            continue
        new = tidied(text, config)
        if new != text:
            whole.write(page, new)
            print(f"{page.name}: written as Jupyter saves it")
    if not names:
        counts_of_rows.main(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
