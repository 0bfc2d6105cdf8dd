"""Gives MyST-NB the pages with their results filled in, by its own door for formats (``nb_custom_formats``)."""

from pathlib import Path
from typing import Any, cast

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

from companion import pages
from companion.ledger import load
from companion_press.execution import chapters, inputs


class CellsFailed(SphinxError):
    """Ends the build: cells of a page failed."""

    category = "A cell failed"


def settle(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Before pages are read: see that the results of their cells are there.

    Where one page alone is built, no other one is read that Sphinx knows already, and no other cells run.

    Raises ``CellsFailed`` with the messages of all cells that failed.
    """
    ledger, only = load(), app.config.companion_only
    if only:
        docnames[:] = sorted({name for name in docnames if name not in env.tocs} | {only})
    read = [path for path in pages.executed(ledger.root) if pages.docname(path, ledger.root) in docnames]
    shared = inputs.shared(ledger.root)
    config = cast(Any, env)  # MyST-NB keeps its settings on the environment
    options = {"config": config.myst_config, "shared": shared, "timeout": app.config.nb_execution_timeout}
    formats = {}
    for path in read:
        optional = bool(only) and pages.docname(path, ledger.root) != only
        given = {**options, "path": path, "optional": optional}
        formats[str(path)] = ("companion_press.execution.reading.read", given, False)
    config.mystnb_config = config.mystnb_config.copy(custom_formats={**config.mystnb_config.custom_formats, **formats})
    jobs = [
        _job(path.read_text("utf-8"), path, options)
        for path in read
        if not only or pages.docname(path, ledger.root) == only
    ]
    try:
        chapters.prepare(jobs, shared, ledger.root)
    except chapters.CellError as error:
        raise CellsFailed(f"\n{error}") from None


def _notebook(text: str, path: Path, config: MdParserConfig) -> nbformat.NotebookNode:
    return read_myst_markdown_notebook(text, config=config, add_source_map=True, path=str(path))


def _job(text: str, path: Path, options: dict[str, Any]) -> chapters.Job:
    notebook = _notebook(text, path, options["config"])
    return chapters.job(pages.docname(path, load().root), notebook, options["timeout"])


def results(app: Sphinx, path: Path, shared: dict[str, str]) -> dict:
    """Return what the cells of a page show (`chapters.results`), when the pages are read; where it is gone they run again.

    Parameters
    ----------
    path : the page
    shared : see `inputs.shared`

    Raises ``CellsFailed`` where they have no results.
    """
    config = cast(Any, app.env).myst_config
    job = _job(path.read_text("utf-8"), path, {"config": config, "timeout": app.config.nb_execution_timeout})
    root = load().root
    found = chapters.results(job, shared, root)
    if found is None:  # a page that has not changed for a month is not read, and what nobody asks for is removed
        try:
            chapters.prepare([job], shared, root)
        except chapters.CellError as error:
            raise CellsFailed(f"\n{error}") from None
        found = chapters.results(job, shared, root)
    if found is None:
        raise CellsFailed(_changed(path))
    return found


def _changed(path: Path) -> str:
    return f"{path.name} has changed while the book was being built: build it once more."


def read(text: str, **options: Any) -> nbformat.NotebookNode:
    """Return a page as a notebook with the results of its cells.

    Parameters
    ----------
    text : the page
    options : ``path``, ``config`` (MyST's), ``shared`` (`inputs.shared`), ``timeout``, and ``optional``:
        whether the page may stand without its results

    Raises
    ------
    CellsFailed
        There are no results for this text: it has changed since the build began.
    """
    path = Path(options["path"])
    found = chapters.results(_job(text, path, options), options["shared"], load().root)
    notebook = _notebook(text, path, options["config"])
    if found is None and options["optional"]:
        return notebook
    if found is None:
        raise CellsFailed(_changed(path))
    notebook.metadata["language_info"] = nbformat.from_dict(found["language_info"])
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, outputs, count in zip(code, found["outputs"], found["counts"]):
        cell["outputs"], cell["execution_count"] = nbformat.from_dict(outputs), count
    return notebook
