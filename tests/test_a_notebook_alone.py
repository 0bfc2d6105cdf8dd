"""Readers: a notebook that was put somewhere alone fetches the book's package, or says in a sentence what is missing."""

import functools
import http.server
import io
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import zipfile

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from built_site import PROJECT, Quiet
from companion_press.notebooks import first_cell

ARCHIVE = "central-asia-companion.zip"

#: A reader has not installed the book, as the environment of its authors has.
READER = """
import pathlib, sys
sys.path[:] = [folder for folder in sys.path if not (pathlib.Path(folder) / "companion_press").is_dir()]
"""
USE = 'import companion\nprint(companion.load().value("trade-russia-2024").value, companion.__file__)'


class Run:
    """What a notebook showed: its printed text, and the error that ended it, as a reader sees it."""

    def __init__(self, notebook):
        outputs = [output for cell in notebook.cells for output in cell.outputs]
        self.printed = "".join(output.text for output in outputs if output.output_type == "stream")
        self.errors = [output for output in outputs if output.output_type == "error"]


def run(folder, archive="", then=(USE,), before=READER, path="", bounds=None):
    """Run the first cell in a kernel of its own, which works in `folder`.

    Parameters
    ----------
    archive : the address that the cell knows
    then, before : cells after it and one before it
    path : a further folder of modules
    bounds : the libraries that it asks for, by default those of the book
    """
    code = first_cell.code(archive, first_cell.needed(PROJECT) if bounds is None else bounds)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (before, code, *then)])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}})
    clean = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "COMPANION_BUILD")}
    try:
        client.execute(env={**clean, "PYTHONPATH": str(path), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"})
    except CellExecutionError:
        pass
    return Run(notebook)


def sentence(ran):
    """Return the one sentence with which a run ended; a reader sees nothing else."""
    (error,) = ran.errors
    (said,) = error.traceback
    assert said == error.evalue and "\n" not in said and "Traceback" not in said and ran.printed == ""
    return said


@pytest.fixture
def served(tmp_path):
    """A folder and the address at which it is served."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def alone(tmp_path):
    """An empty folder, where a notebook was put."""
    folder = tmp_path / "alone"
    folder.mkdir()
    return folder


def test_with_the_address_of_the_site_a_notebook_fetches_what_it_needs_and_runs(site, alone, served):
    folder, address = served
    (folder / ARCHIVE).write_bytes((site / "notebooks" / ARCHIVE).read_bytes())
    ran = run(alone, f"{address}/{ARCHIVE}")
    assert ran.errors == [] and f"now in {alone / 'central-asia-companion'}" in ran.printed
    assert f"45.0 {alone / 'central-asia-companion/companion/__init__.py'}" in ran.printed
    assert {path.name for path in alone.iterdir()} == {"central-asia-companion"}
    assert {path.name for path in (alone / "central-asia-companion").iterdir()} == {"companion", "data", "seeds"}
    (folder / ARCHIVE).unlink()
    again = run(alone, f"{address}/{ARCHIVE}")
    assert again.errors == [] and again.printed.startswith("45.0 "), "it fetches nothing twice"


def test_beside_the_folders_of_the_book_it_is_silent(site, tmp_path):
    with zipfile.ZipFile(site / "notebooks" / ARCHIVE) as archive:
        archive.extractall(tmp_path)
    for folder in (tmp_path / "central-asia-companion", tmp_path):  # among them, and beside the unpacked zip
        ran = run(folder)
        assert ran.errors == [] and ran.printed.startswith("45.0 ")


def test_without_an_address_it_says_what_to_download_and_where_to_put_it(alone):
    said = sentence(run(alone))
    assert f"download {ARCHIVE}" in said and f"unpack it beside this notebook ({alone})" in said
    assert list(alone.iterdir()) == []


@pytest.mark.parametrize("kind", ["package.py", "a single file", "a folder"])
def test_a_foreign_module_of_that_name_is_refused_and_not_run(alone, tmp_path, kind):
    foreign, ran = tmp_path / "foreign", tmp_path / "it ran"
    foreign.mkdir()
    code = f"open({str(ran)!r}, 'w')"
    if kind == "a single file":
        place = foreign / "companion.py"
        # Beside the book's own data: even so it is not the package.
        (foreign / "data").mkdir()
        (foreign / "data/datapackage.json").write_text('{"name": "central-asia-companion"}', "utf-8")
    else:
        (foreign / "companion").mkdir()
        place = foreign / "companion" / ("__init__.py" if kind == "package.py" else "")
    if place.suffix:
        place.write_text(code, "utf-8")
    said = sentence(run(alone, "https://example.org/nothing.zip", path=foreign))
    assert f"({place})" in said and "is not this book's package" in said and "remove or rename it" in said
    assert not ran.exists()


def test_offline_it_says_so_in_a_sentence_and_leaves_nothing_behind(alone):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/{ARCHIVE}"
        said = sentence(run(alone, address))
    assert "could not be fetched (" in said and f"when you can reach {address}, run this cell again" in said
    assert list(alone.iterdir()) == []


@pytest.mark.parametrize("served_as", ["no zip", "cut short", "another zip"])
def test_what_is_not_the_book_is_not_unpacked(site, alone, served, served_as):
    folder, address = served
    whole = (site / "notebooks" / ARCHIVE).read_bytes()
    other = zipped({"x/companion/__init__.py": "", "x/data/datapackage.json": '{"name": "other"}'})
    content = {"no zip": b"<html>", "cut short": whole[: len(whole) // 2], "another zip": other}[served_as]
    (folder / ARCHIVE).write_bytes(content)
    assert f"{address}/{ARCHIVE}" in sentence(run(alone, f"{address}/{ARCHIVE}"))
    assert list(alone.iterdir()) == []


@pytest.mark.parametrize("path", ["../out.py", "/out.py", "x/../../out.py", "x/data/..\\..\\out.py", "x/data/C:out.py"])
def test_a_path_out_of_the_folder_is_refused(alone, served, path):
    folder, address = served
    book = {"x/companion/__init__.py": "", "x/data/datapackage.json": '{"name": "central-asia-companion"}'}
    (folder / ARCHIVE).write_bytes(zipped({**book, path: "out"}))
    assert "a path out of its folder: nothing was unpacked" in sentence(run(alone, f"{address}/{ARCHIVE}"))
    assert list(alone.iterdir()) == [] and not list(alone.parent.glob("out.py"))


def zipped(files):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def test_missing_libraries_are_named_in_one_line_that_installs_them(site, tmp_path):
    with zipfile.ZipFile(site / "notebooks" / ARCHIVE) as archive:
        archive.extractall(tmp_path)
    bounds = {"pandas": "pandas>=2.2", "nowhere": "nowhere>=1.0", "lost": "lost>=2"}
    said = sentence(run(tmp_path / "central-asia-companion", bounds=bounds))
    assert said.endswith('%pip install "nowhere>=1.0" "lost>=2"')


def test_the_cell_asks_for_what_the_project_promises_and_never_for_companion():
    code = first_cell.code("", first_cell.needed(PROJECT))
    needs = json.loads(re.search(r"^NEEDS = (\{.*?\})", code, re.M | re.S)[1])
    assert needs["PIL"] == "pillow>=10" and needs["edtf"] == "edtf>=5.0" and len(needs) >= 9
    assert not [line for line in needs.values() if line.startswith("companion")]
    assert code.startswith("# @title "), "Colab shows the title in place of the code"


@pytest.mark.parametrize("file", ["war", "war-without-solutions", "war-solutions", "audit"])
def test_it_is_the_first_cell_of_every_notebook_and_folded(site, file):
    first = nbformat.read(site / f"notebooks/{file}.ipynb", as_version=4).cells[0]
    assert first.id == first_cell.ID and first.metadata == {"jupyter": {"source_hidden": True}, "cellView": "form"}
    assert first.outputs == []


# -- Colab -------------------------------------------------------------------------------

#: Stands in for pip, and notes what it is told.
NOTE = """
import json, subprocess, types
ran = []
subprocess.run = lambda command, check: ran.append([*command, open(command[command.index("-c") + 1]).read()])
sys.modules["google.colab"] = types.ModuleType("google.colab")
"""


def test_on_colab_only_what_is_missing_is_installed_and_nothing_is_replaced(site, tmp_path):
    with zipfile.ZipFile(site / "notebooks" / ARCHIVE) as archive:
        archive.extractall(tmp_path)
    code = first_cell.code("", {"pandas": "pandas>=2.2", "nowhere": "nowhere>=1.0"})
    done = subprocess.run(
        [sys.executable, "-c", f"{READER}{NOTE}{code}\nprint(json.dumps(ran))"],
        cwd=tmp_path / "central-asia-companion",
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (install,) = json.loads(done.stdout)
    assert install[-2] == "nowhere>=1.0" and not [part for part in install[:-1] if part.startswith("pandas")]
    assert re.search(r"^pandas==\d", install[-1], re.M), "what is there keeps its version"
    assert pathlib.Path(install[0]) == pathlib.Path(sys.executable)
