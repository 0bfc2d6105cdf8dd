"""Students: every chapter is a notebook that reads well and runs wherever they open it."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
import venv
import zipfile

import jupytext
import nbformat
import pytest
from jupytext.config import load_jupytext_config

from built_site import PROJECT, build_environment
from companion import load, pages
from companion_press.notebooks import notebook_files
from companion_press.notebooks.markdown import Book, Place, Prose

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
#: Pages of the evidence with cells: their notebooks come whole, with the solutions of the exercises that they have.
EVIDENCE = [path.stem for path in pages.notebooks(PROJECT) if path.stem not in CHAPTERS]
TEXT_NOTEBOOKS = [p.stem for p in sorted((PROJECT / "book").glob("*.md")) if pages.runs_code(p.read_text("utf-8"))]
ARCHIVE = "notebooks/central-asia-companion.zip"
WIDGET = "application/vnd.jupyter.widget-view+json"


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize(
    "chapter, ending",
    [
        *((chapter, ending) for chapter in CHAPTERS for ending in ("", notebook_files.WITHOUT)),
        *((page, "") for page in EVIDENCE),
    ],
)
def test_a_notebook_holds_no_machinery_of_the_book(site, chapter, ending):
    notebook = nbformat.read(site / f"notebooks/{chapter}{ending}.ipynb", as_version=4)
    text = prose(notebook)
    for machinery in (r"\{[\w:-]+\}`", r"^\s*(?:`{3,}|:{3,})", r"^\([\w-]+\)=", r"\{[.#]\w", r"(?<!\\)\$"):
        found = re.search(machinery, text, re.M)
        assert not found, text[max(0, found.start() - 60) : found.end() + 60]
    nbformat.validate(notebook)


@pytest.mark.parametrize("chapter", CHAPTERS + EVIDENCE)
def test_each_figure_has_its_own_address_number_sources_and_citation(site, chapter):
    notebook = nbformat.read(site / f"notebooks/{chapter}.ipynb", as_version=4)
    page = (site / f"book/{chapter}.html").read_text("utf-8")
    cells = {cell.id: cell for cell in notebook.cells}
    figures = [id for id in cells if id.startswith("fig-")]
    assert len(figures) >= (3 if chapter in CHAPTERS else 1)
    for id in figures:
        below = cells[f"caption-{id[4:]}"].source
        above = cells[f"headline-{id[4:]}"].source if f"headline-{id[4:]}" in cells else below
        number = re.match(r"\*\*Figure ([\d.]+)\.(?:\*\*)? \S", above)[1]
        on_page = re.search(rf'<figure[^>]* id="{id[4:]}".*?caption-number">Fig(?:ure|\.) ([\d.]+) ', page, re.S)
        assert on_page[1] == number, "its number on the page too"
        assert "*Source:* " in below and "*Cite:* The Central Asia Companion contributors" in below


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_lecturer_can_hand_out_a_chapter_without_its_solutions(site, chapter):
    whole = nbformat.read(site / f"notebooks/{chapter}.ipynb", as_version=4)
    bare = nbformat.read(site / f"notebooks/{chapter}{notebook_files.WITHOUT}.ipynb", as_version=4)
    exercises = re.findall(r"^### (Exercise [\d.]+)$", prose(whole), re.M)
    assert len(exercises) >= 3 and exercises == re.findall(r"^### (Exercise [\d.]+)$", prose(bare), re.M)
    assert re.findall(r"^#### Solution to (Exercise [\d.]+)$", prose(whole), re.M) == exercises
    assert "Solution" not in prose(bare)
    assert sum(cell.id.startswith("answer-") for cell in bare.cells) == len(exercises)
    # The code of a solution that runs is gone as well.
    inside, solved = False, []
    for cell in whole.cells:
        if cell.cell_type == "markdown":
            inside = cell.source.startswith("#### Solution") or (inside and not cell.source.startswith("#"))
        elif inside:
            solved.append(cell.source)
    assert solved
    assert not {cell.source for cell in bare.cells} & set(solved)


def test_claims_and_references_become_links_where_the_site_has_an_address():
    ledger = load()
    there = dict(
        pages={"book/war": Place("book/war", "", "The war")},
        terms={"csto": Place("book/glossary", "term-CSTO", "CSTO")},
        labels={"here": Place("book/west", "here", "Two packages"), "fig": Place("book/war", "fig", "Figure 3.1")},
    )
    text = "{claim}`trade-russia-2024`, {term}`CSTO`, {doc}`war`, {numref}`fig`, [so](#here), {claim}`words <kaz-no-signal>`, $5"
    near = Prose(ledger, Book(**there, notebooks=frozenset({"book/war"})), "book/west").text(text)
    assert (
        near
        == r"more than \$45 billion, CSTO, [The war](war.ipynb), [Figure 3.1](war.ipynb), [so](#Two-packages), words, \$5"
    )
    alone = Prose(ledger, Book(**there), "book/west")
    assert (
        alone.text("Look it up in {doc}`war`, or {doc}`in a chapter <war>`.")
        == "Look it up in “The war”, or in a chapter."
    )
    far = Prose(ledger, Book("https://example.org/book/", **there), "book/west").text(text)
    assert r"[more than \$45 billion](https://example.org/book/book/ledger.html#trade-russia-2024)" in far
    assert "[CSTO](https://example.org/book/book/glossary.html#term-CSTO)" in far
    assert "[words](https://example.org/book/book/ledger.html#kaz-no-signal)" in far


@pytest.mark.parametrize(
    "text, words",
    [
        ("{strange}`x`", "strange"),
        ("{ref}`nowhere`", "nowhere"),
        ("```{mermaid}\nx\n```", "mermaid"),
        ("{doc}`lost`", "lost"),
    ],
)
def test_what_has_no_plain_form_stops_the_build_and_is_named(text, words):
    with pytest.raises(ValueError, match=f"book/war.*{words}"):
        Prose(load(), Book(), "book/war").text(text)


# -- it runs ---------------------------------------------------------------------------


def environment(folder, requirements):
    """Make a fresh environment; return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin/python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements, "nbclient"], check=True
    )
    return python


RUN = """
import pathlib, sys, nbformat
from nbclient import NotebookClient
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in notebook.cells:
        if cell.id.startswith("fig-"):
            shown = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert "image/png" in shown, (path.name, cell.id)
            # An explorer has its control as well.
            assert ("application/vnd.jupyter.widget-view+json" in shown) == ("companion.explorer(" in cell.source), (path.name, cell.id)
        if cell.id == "setup":
            assert cell.outputs == [], "silent where everything is there"
    print(path.name)
"""


def run_all(python, tree):
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MPLBACKEND", "COMPANION_BUILD")}
    done = subprocess.run([python, "-c", RUN, str(tree)], cwd=tree, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(done.stdout.split()) == 3 * len(CHAPTERS) + len(EVIDENCE), "whole, without solutions, solutions alone"


def promised():
    """The packages that a reader needs, each with the oldest version promised."""
    listed = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [re.fullmatch(r"([\w.-]+)>=(\S+)", line).groups() for line in listed]


def unpacked(site, folder):
    with zipfile.ZipFile(site / ARCHIVE) as archive:
        archive.extractall(folder)
    (tree,) = folder.iterdir()
    return tree


@pytest.mark.long
def test_every_notebook_of_the_zip_runs_in_a_fresh_environment(site, tmp_path):
    tree = unpacked(site, tmp_path / "download")
    run_all(environment(tmp_path / "environment", ["-r", str(tree / "requirements.txt")]), tree)


@pytest.mark.long
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the oldest versions are older than this Python")
def test_every_notebook_runs_on_the_oldest_versions_promised(site, tmp_path):
    oldest = [f"{name}=={version}" for name, version in promised()]
    assert "ipywidgets==7.7" in oldest
    run_all(environment(tmp_path / "environment", oldest), unpacked(site, tmp_path / "download"))


def test_the_zip_pins_what_the_book_was_built_with_and_holds_no_more_than_a_reader_needs(site):
    with zipfile.ZipFile(site / ARCHIVE) as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
        pins = archive.read("central-asia-companion/requirements.txt").decode().splitlines()
    assert {f"{name}.ipynb" for name in CHAPTERS + EVIDENCE} <= names
    assert {
        "companion/__init__.py",
        "data/claims.csv",
        "data/geometry/countries.geojson",
        "README.md",
        "runtime.txt",
    } <= names
    assert not [name for name in names if name.startswith(("companion_", "src/"))]
    lock = (PROJECT / "requirements.txt").read_text("utf-8")
    assert len(pins) >= 8 and all(f"\n{pin}" in lock for pin in pins)


# -- authors: opened and saved ---------------------------------------------------------------


@pytest.mark.parametrize("page", TEXT_NOTEBOOKS)
def test_a_chapter_opened_and_saved_through_jupytext_is_what_it_was(page):
    path = PROJECT / f"book/{page}.md"
    config = load_jupytext_config(str(path))
    notebook = jupytext.read(path, config=config)
    # What JupyterLab adds while it is open.
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    for cell in notebook.cells:
        cell.metadata["trusted"] = True
    saved = jupytext.writes(notebook, fmt="md:myst", config=config)
    assert saved == path.read_text("utf-8"), f"{page}: run make tidy"


# -- make lab --------------------------------------------------------------------------------


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The tool behind `make lab`, on a folder of its own."""
    import importlib

    tool = importlib.reload(importlib.import_module("companion_press.notebooks.lab"))
    tool.MADE, tool.LAB = tmp_path / "made", tmp_path / "lab"
    tool.GIVEN, tool.ASIDE = tool.LAB / ".given", tool.LAB / "set-aside"
    tool.MADE.mkdir()
    for name in ("war", "west"):
        (tool.MADE / f"{name}.ipynb").write_text(f"{name} 1", "utf-8")
    return tool


def test_a_second_start_keeps_a_readers_changes_and_says_so(lab):
    lab.hand_out()
    (lab.LAB / "war.ipynb").write_text("mine", "utf-8")
    for name in ("war", "west"):
        (lab.MADE / f"{name}.ipynb").write_text(f"{name} 2", "utf-8")
    said = "\n".join(lab.hand_out())
    assert "Your changes are kept" in said and "war.ipynb (the book has changed since)" in said and "west" not in said
    assert (lab.LAB / "war.ipynb").read_text("utf-8") == "mine"
    assert (lab.LAB / "west.ipynb").read_text("utf-8") == "west 2", "what the reader left alone follows the book"


def test_a_reset_gives_the_originals_back_and_loses_nothing(lab):
    for mine in ("first", "second"):
        lab.hand_out()
        (lab.LAB / "war.ipynb").write_text(mine, "utf-8")
        lab.reset()
        assert (lab.LAB / "war.ipynb").read_text("utf-8") == "war 1"
    assert sorted(path.read_text("utf-8") for path in lab.ASIDE.rglob("*.ipynb")) == ["first", "second"]


@pytest.mark.parametrize("step", range(4))
def test_a_start_that_is_cut_short_leaves_no_copy_that_counts_as_a_readers_own(lab, monkeypatch, step):
    """At each step by which a newer notebook is handed out: two copies, each made beside and then put in its place."""
    lab.hand_out()
    (lab.MADE / "war.ipynb").write_text("war 2", "utf-8")
    steps = []

    def dies(function):
        def dying(*arguments):
            steps.append(function)
            if len(steps) == step + 1:
                raise KeyboardInterrupt
            return function(*arguments)

        return dying

    with monkeypatch.context() as cut:
        cut.setattr(lab.whole.shutil, "copyfile", dies(lab.whole.shutil.copyfile))
        cut.setattr(lab.whole.os, "replace", dies(lab.whole.os.replace))
        with pytest.raises(KeyboardInterrupt):
            lab.hand_out()
    assert lab.changed() == []
    lab.hand_out()
    assert (lab.LAB / "war.ipynb").read_text("utf-8") == "war 2"


def test_a_reset_takes_no_number_twice_when_a_reader_has_thrown_an_earlier_one_away(lab):
    for name in ("3", "notes"):
        (lab.ASIDE / name).mkdir(parents=True)
    lab.hand_out()
    (lab.LAB / "war.ipynb").write_text("mine", "utf-8")
    assert "lab/set-aside/4/" in "\n".join(lab.reset())
    assert (lab.ASIDE / "4/war.ipynb").read_text("utf-8") == "mine"


@pytest.mark.long
def test_a_chapter_runs_and_saves_in_a_real_jupyterlab_and_the_book_stays_as_it_is(site, browser, tmp_path):
    """Started by `make lab` itself, in a folder of its own: the author's is not touched."""
    import signal
    import socket
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sources = {
        p: p.read_bytes()
        for folder in ("book", "data", "seeds")
        for p in (PROJECT / folder).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    mine = tmp_path / "lab"
    server = subprocess.Popen(
        ["make", "lab", f"OPTIONS=--no-browser --allow-root --port={port} --IdentityProvider.token=test"],
        cwd=PROJECT,
        env={**os.environ, "COMPANION_LAB": str(mine)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api?token=test")
                break
            except OSError:
                assert server.poll() is None, "make lab ended"
                time.sleep(0.5)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(f"{address}/lab/tree/history.ipynb?token=test")
        page.locator(".jp-NotebookPanel .jp-Cell:visible").first.wait_for(timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        page.get_by_text("Run", exact=True).first.click()
        page.get_by_text("Run All Cells", exact=True).click()
        page.locator(".jp-NotebookPanel .jp-Cell:visible").first.click()  # what is out of sight is not laid out
        saved = mine / "history.ipynb"
        for _ in range(120):
            page.keyboard.press("Control+s")
            page.wait_for_timeout(1000)
            cells = [c for c in nbformat.read(saved, as_version=4).cells if c.cell_type == "code" and c.source]
            if all(c.execution_count for c in cells):
                break
        assert all(c.execution_count for c in cells), "every cell ran"
        assert not [o for c in cells for o in c.outputs if o.output_type == "error"]
        figures = {c.id: c for c in cells if c.id.startswith("fig-")}
        explorers = [id for id, c in figures.items() if "companion.explorer(" in c.source]
        assert len(explorers) == 1 and len(figures) > 3
        for id, cell in figures.items():
            kinds = {kind for output in cell.outputs for kind in output["data"]}
            assert "image/png" in kinds and (WIDGET in kinds) == (id in explorers), id
        # A reader chooses: picture and finding change, and the choice is what is saved.
        control = page.locator(".jp-NotebookPanel .jp-OutputArea select")
        control.scroll_into_view_if_needed()
        explorer = page.locator(".jp-NotebookPanel .jp-CodeCell", has=page.locator(".jp-OutputArea select"))
        before = explorer.locator("figcaption").text_content(), explorer.locator("figure img").get_attribute("src")
        assert before[0].startswith(control.locator("option:checked").text_content())
        control.select_option("Turkmenistan")
        chosen = explorer.locator("figcaption", has_text=re.compile("^Turkmenistan"))
        chosen.wait_for(timeout=30_000)
        after = chosen.text_content(), explorer.locator("figure img").get_attribute("src")
        assert after[0] != before[0] and after[1] != before[1]
        page.keyboard.press("Control+s")
        page.wait_for_timeout(3000)
        outputs = next(c for c in nbformat.read(saved, as_version=4).cells if c.id == explorers[0]).outputs
        assert [WIDGET in o["data"] for o in outputs] == [True, False]
        assert after[1].endswith(outputs[1]["data"]["image/png"].replace("\n", ""))
        # Opened again when its kernel is gone, it still shows what was chosen.
        for session in page.request.get(f"{address}/api/sessions?token=test").json():
            page.request.delete(f"{address}/api/sessions/{session['id']}?token=test")
        page.goto(f"{address}/lab/tree/history.ipynb?token=test&reset")
        chosen = page.locator(".jp-NotebookPanel figcaption", has_text=re.compile("^Turkmenistan"))
        chosen.wait_for(state="attached", timeout=60_000)
        assert page.locator(".jp-NotebookPanel figure img").get_attribute("src") == after[1]
        page.close()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
    assert {p: p.read_bytes() for p in sources} == sources


# -- JupyterLite and the branch --------------------------------------------------------------


@pytest.mark.long
def test_jupyterlite_starts_with_the_notebooks_the_package_and_the_data_in_it(site, tmp_path, browser):
    """As far as it can be tried without the CDN that Python itself comes from: up to the kernel."""
    import functools
    import http.server
    import shutil
    import threading

    from built_site import Quiet

    root = tmp_path / "book"
    shutil.copytree(PROJECT / "src", root / "src")
    shutil.copyfile(PROJECT / "requirements.txt", root / "requirements.txt")
    shutil.copytree(site / "notebooks", root / "_build/html/notebooks")
    environment = tmp_path / "environment"
    for command in (
        ["-m", "companion_press.commands.environment", environment, PROJECT / "locks/lite.txt"],
        ["-m", "companion_press.notebooks.lite", environment],
    ):
        subprocess.run([sys.executable, *map(str, command)], cwd=root, check=True, env=build_environment(root))
    lite = root / "_build/html/lite"
    assert not list(lite.rglob("*.map")), "no source maps"
    assert sum(p.stat().st_size for p in lite.rglob("*") if p.is_file()) < 40e6
    first = json.loads((lite / "files/war.ipynb").read_text("utf-8"))["cells"][0]
    assert "piplite.install" in "".join(first["source"])
    named = {re.match(r"[a-z]+(?:_[a-z]+)*", wheel.name)[0]: wheel for wheel in lite.rglob("*.whl")}
    needed = set(named)
    for wheel in named.values():
        with zipfile.ZipFile(wheel) as archive:
            (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            asked = re.findall(
                r"^Requires-Dist: ([\w.-]+)(?!.*(?:extra|python_version))", archive.read(metadata).decode(), re.M
            )
        needed |= {name.lower().replace("-", "_") for name in asked}
    reader = [name for name, _ in promised()]
    # What Pyodide itself has, so that no reader's browser is sent to pypi.org.
    pyodide = {
        "geopandas",
        "ipython",
        "matplotlib",
        "pandas",
        "pillow",
        "pyparsing",
        "python_dateutil",
        "pyyaml",
        "shapely",
        "traitlets",
    }
    assert (needed | set(reader)) - pyodide == set(named), "every wheel that Pyodide lacks is part of the site"
    assert "comm" in named, "the kernel asks for it"
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(root / "_build/html"))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"http://127.0.0.1:{server.server_port}/lite/lab/index.html?path=war.ipynb")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for(timeout=60_000)
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    page.close()
    server.shutdown()
    assert {"companion", "data", *(f"{chapter}.ipynb" for chapter in CHAPTERS)} <= set(listed)


def test_the_branch_is_the_zip_without_its_folder(site, tmp_path):
    import shutil

    (tmp_path / "_build/html/notebooks").mkdir(parents=True)
    shutil.copytree(PROJECT / "src", tmp_path / "src")
    shutil.copyfile(site / ARCHIVE, tmp_path / "_build/html" / ARCHIVE)
    subprocess.run(
        [sys.executable, "-m", "companion_press.notebooks.branch"],
        cwd=tmp_path,
        check=True,
        env=build_environment(tmp_path),
        stdout=subprocess.DEVNULL,
    )
    tree = tmp_path / "_build/notebooks"
    assert (
        (tree / "war.ipynb").is_file()
        and (tree / "companion/ledger.py").is_file()
        and (tree / "data/claims.csv").is_file()
    )
    assert "never edited by hand" in (tree / "README.md").read_text("utf-8")
    assert re.fullmatch(r"python-3\.1[123]\s*", (tree / "runtime.txt").read_text("utf-8"))
    assert "--hash" not in (tree / "requirements.txt").read_text("utf-8"), "Binder refuses a lock for several Pythons"
