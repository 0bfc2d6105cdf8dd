"""Whoever builds the book from nothing: it takes less than a gigabyte, and gives the same bytes anywhere."""

import filecmp
import subprocess
import sys
import textwrap
import threading
import time

import psutil
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from built_site import BUILD, build_environment, copy_of_project
from companion_press.commands.build import NOT_SHOWN, PAGES
from companion_press.execution import kernel_settings

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def clean_build(tmp_path_factory):
    """A build from nothing in a copy of the project: the folder of its site, and the most memory it took, in MiB."""
    root = copy_of_project(tmp_path_factory.mktemp("clean") / "copy")
    process = subprocess.Popen(
        [sys.executable, "-m", BUILD], cwd=root, env=build_environment(root), stdout=subprocess.DEVNULL
    )
    found = []
    watch = threading.Thread(target=lambda: found.append(peak_of_tree(process)))
    watch.start()
    assert process.wait() == 0
    watch.join()
    return root / "_build/html", found[0] / (1024 * 1024)


def peak_of_tree(process):
    """The most memory that a process and its children took together, sampled until it ends.

    Of memory that several of them share, as copies of one process do, each counts its part (on
    Linux; elsewhere all of it counts for each).
    """
    peak = 0
    while process.poll() is None:
        total = 0
        try:
            for member in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                try:
                    memory = member.memory_full_info()
                    total += getattr(memory, "pss", memory.rss)
                except psutil.Error:
                    pass
        except psutil.NoSuchProcess:
            break
        peak = max(peak, total)
        time.sleep(0.1)
    return peak


def test_the_book_builds_within_one_gibibyte(clean_build):
    _, peak = clean_build
    print(f"peak of the build: {peak:.0f} MiB")
    assert peak < 1024


def test_a_clean_build_elsewhere_is_the_site_to_the_byte(clean_build, site):
    """The site itself is a clean build as well in a fresh clone, and otherwise what many edits have left of one."""
    one, _ = clean_build
    two = PAGES  # the site before it offers what was made for paper
    left_out = {two / name for name in NOT_SHOWN}
    first, second = (
        sorted(p.relative_to(site) for p in site.rglob("*") if p.is_file() and not left_out & {p, *p.parents})
        for site in (one, two)
    )
    assert first == second and len(first) > 2000
    assert [str(p) for p in first if not filecmp.cmp(one / p, two / p, shallow=False)] == []


def test_a_line_that_is_printed_slowly_stays_a_line(monkeypatch, tmp_path):
    """A kernel that sends half a line would have it ended there: MyST-NB takes each piece for whole lines."""
    for name, value in kernel_settings.write(tmp_path).items():
        monkeypatch.setenv(name, value)
    slowly = """
        import time
        for word in ("one", "two", "three"):
            print(word, end=" ")
            time.sleep(0.5)
    """
    notebook = new_notebook(cells=[new_code_cell(textwrap.dedent(slowly))])
    NotebookClient(notebook, kernel_name="python3").execute()
    assert [output.text for output in notebook.cells[0].outputs] == ["one two three "]
