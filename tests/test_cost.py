"""Readers on free machines: a chapter runs in less than half a gigabyte."""

import nbformat
import pytest
from nbclient import NotebookClient

from built_site import PROJECT
from companion import pages

MIB = 1024 * 1024
CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]


@pytest.mark.long
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_kernel_that_has_run_a_chapter_stays_under_400_mebibytes(site, chapter):
    """It also shows that the notebook of the site runs from top to bottom in a fresh kernel."""
    notebook = nbformat.read(site / f"notebooks/{chapter}.ipynb", as_version=4)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(PROJECT / "book")}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        probe = nbformat.v4.new_code_cell("import psutil; print(psutil.Process().memory_info().rss)")
        notebook.cells.append(probe)
        client.execute_cell(probe, len(notebook.cells) - 1)
    used = int(probe.outputs[0]["text"])
    print(f"{chapter}: {used / MIB:.0f} MiB")
    assert used < 400 * MIB
