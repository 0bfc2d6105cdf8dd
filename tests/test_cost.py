"""Readers on free machines: the book builds in a gigabyte and a chapter runs in less than half of one."""
import subprocess
import sys
import threading
import time

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from built_site import PROJECT, build_environment
from companion import pages

MIB = 1024 * 1024
CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]


def peak_of_tree(process):
    """The highest sum of resident memory of a process and its children, sampled until it ends."""
    peak = 0
    while process.poll() is None:
        total = 0
        try:
            for member in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                try:
                    total += member.memory_info().rss
                except psutil.NoSuchProcess:
                    pass
        except psutil.NoSuchProcess:
            break
        peak = max(peak, total)
        time.sleep(0.05)
    return peak


@pytest.mark.long
def test_the_book_builds_within_one_gibibyte(tmp_path):
    import shutil

    root = tmp_path / "copy"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns(".git", ".venv", "_build", "__pycache__"))
    process = subprocess.Popen(
        [sys.executable, "tools/build.py"], cwd=root, env=build_environment(), stdout=subprocess.DEVNULL
    )
    found = []
    watch = threading.Thread(target=lambda: found.append(peak_of_tree(process)))
    watch.start()
    assert process.wait() == 0
    watch.join()
    print(f"peak of the build: {found[0] / MIB:.0f} MiB")
    assert found[0] < 1024 * MIB


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
