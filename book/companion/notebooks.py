"""Chapters as notebooks: claims, references and figure numbers as plain text."""
import pathlib
import re

import jupytext
import nbformat

from . import cards, pages
from .ledger import Ledger

#: Roles whose text is a name, or words with a target behind them.
NAMED = re.compile(r"\{(?:term|doc|ref|numref)\}`(?:([^`<]*?)\s*<([^`>]*)>|([^`]*))`")


def notebook(ledger: Ledger, chapter: pathlib.Path, number: int, figures: dict) -> nbformat.NotebookNode:
    """Return a chapter as a clean notebook, not executed.

    Parameters
    ----------
    chapter : the chapter's text file
    number : the chapter's number in the book
    figures : claims by figure name, as the build found them

    Under each figure's cell stand its caption, its source line and how to cite
    it: Jupyter itself shows none of them.
    """
    book = jupytext.read(chapter, fmt="md:myst")
    names = [name for cell in book.cells if (name := _figure(cell).get("name"))]
    numbers = {name: f"Figure {number}.{position}" for position, name in enumerate(names, start=1)}
    cells = []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, ledger, numbers)
        cells.append(cell)
        figure = _figure(cell)
        if figure:
            cells.append(nbformat.v4.new_markdown_cell(
                _below(ledger, figure, numbers[figure["name"]], pages.title(chapter), figures.get(figure["name"], []), numbers),
                id=f"caption-{figure['name']}",
            ))
    for position, cell in enumerate(cells):
        cell["id"] = f"cell-{position}"  # random ids would make each build differ
    book.cells = cells
    book.metadata = nbformat.from_dict({"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
    return book


def plain(text: str, ledger: Ledger, numbers: dict) -> str:
    """Return MyST prose with roles as text; figure references become figure numbers."""
    text = pages.plain(text, ledger)

    def named(match):
        words, target, bare = match.groups()
        if bare is None:
            return words
        return numbers.get(bare, bare)

    text = NAMED.sub(named, text)
    text = re.sub(r"^\([a-z0-9-]+\)=\n", "", text, flags=re.M)
    return re.sub(r"^\{\.[a-z-]+\}\n", "", text, flags=re.M)


def _figure(cell):
    return cell.metadata.get("mystnb", {}).get("figure", {}) if cell.cell_type == "code" else {}


def _below(ledger, figure, number, title, claims, numbers):
    sources = ", ".join(cards.short(key, ledger.root) for key in ledger.sources(claims))
    caption = " ".join(plain(figure["caption"], ledger, numbers).split())
    version = ledger.package["version"]
    return (
        f"**{number}.** {caption}\n\n*Source:* {sources}.\n\n*Cite:* The Central Asia Companion contributors, "
        f"“{number}”, in “{title}”, *Russia and Central Asia after 2022*, version {version}."
    )
