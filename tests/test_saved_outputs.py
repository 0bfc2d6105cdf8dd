"""Readers who only look at a notebook, on GitHub or in an editor: it shows what its cells showed when the book was built."""

import base64
import io
import re
import subprocess
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from built_site import PROJECT, build_environment
from companion import figures, pages, tables
from companion_press.commands.environment import python_of
from companion_press.execution import store
from companion_press.notebooks import first_cell, saved_outputs

NAMES = [path.stem for path in pages.notebooks(PROJECT)]

#: What a notebook may weigh: viewers show larger ones late or not at all.
MOST = 1_000_000


def notebook(site, name):
    return nbformat.read(site / f"notebooks/{name}.ipynb", as_version=4)


def pictures(cells):
    """Return the outputs with a picture of the cells of figures, by the figure's name."""
    found = {}
    for cell in cells:
        if cell.id.startswith("fig-"):
            (found[cell.id[4:]],) = [output for output in cell.outputs if "image/png" in output.data]
    return found


def in_words(notebook):
    """Return what is folded below each figure: all that its picture shows, by the figure's name."""
    cells = {cell.id[8:]: cell.source for cell in notebook.cells if cell.id.startswith("caption-")}
    folded = re.compile(r"<details><summary>This figure in words.*</summary>\n\n(.+)\n\n</details>")
    return {name: re.sub(r"\\(.)", r"\1", folded.search(cells[name])[1]) for name in pictures(notebook.cells)}


def shown(site, name):
    """Return what stands in place of each picture of a page, by the figure's name."""
    page = BeautifulSoup((site / f"book/{name}.html").read_text("utf-8"), "html.parser")
    return {figure["id"]: [img["alt"] for img in figure.find_all("img")] for figure in page.select("figure[id]")}


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_there_with_its_alternative_text_and_light_enough(site, name):
    held, there = notebook(site, name), shown(site, name)
    nbformat.validate(held)
    found, folded = pictures(held.cells), in_words(held)
    assert found and set(found) <= set(there)
    for figure, output in found.items():
        about = output.metadata["image/png"]
        assert about["alt"] == output.data["text/plain"] and len(about["alt"]) > 40
        assert about["alt"] == folded[figure] and about["alt"] in there[figure], (
            f"{figure}: the page says something else"
        )
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        assert about["width"] == 740 and picture.width == about["width"] * saved_outputs.DOTS
        assert abs(picture.height - about["height"] * saved_outputs.DOTS) <= 1
    assert (site / f"notebooks/{name}.ipynb").stat().st_size < MOST


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_for_every_viewer_and_says_nothing_of_the_machine(site, name):
    for cell in notebook(site, name).cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count is None, "whoever opens it has not run it"
        for output in cell.outputs:
            assert output.output_type in ("display_data", "execute_result", "stream"), cell.source
            assert output.get("execution_count") is None
            data = output.get("data", {"text/plain": output.get("text")})
            assert set(data) <= {"image/png", "text/html", "text/markdown", "text/plain"} and "text/plain" in data
            texts = " ".join(content for kind, content in data.items() if kind != "image/png")
            assert not re.search(r" at 0x[0-9a-f]{6}|/tmp/|site-packages", texts) and str(PROJECT) not in texts
        if (
            cell.source
            and cell.id != first_cell.ID
            and re.search(r"^companion\.(figure|explorer|table)\(", cell.source, re.M)
        ):
            assert cell.outputs, cell.source


def test_a_table_of_the_book_is_html_and_text(site):
    found = [cell for name in NAMES for cell in notebook(site, name).cells if cell.id.startswith("table-")]
    assert len(found) >= 3
    for cell in found:
        (output,) = [output for output in cell.outputs if "text/html" in output.data]
        table = BeautifulSoup(output.data["text/html"], "html.parser").table
        heads = [head.get_text() for head in table.thead.select("th, td")]
        first = output.data["text/plain"].splitlines()[0]
        assert len(heads) > 1 and all(head in first for head in heads), cell.id


def test_an_explorer_is_the_picture_of_its_first_state_and_a_sentence(site):
    explorers = {
        cell.id: cell for name in NAMES for cell in notebook(site, name).cells if "companion.explorer(" in cell.source
    }
    assert len(explorers) >= 6
    for id, cell in explorers.items():
        picture, words = cell.outputs
        assert "image/png" in picture.data and "run this cell to choose" in words.data["text/markdown"], id
        assert re.match(r"\*\*\S.*\.\*\* \S", words.data["text/markdown"])


@pytest.mark.parametrize("ending", ["-without-solutions", "-solutions"])
def test_a_cell_shows_the_same_in_each_notebook_of_its_chapter(site, ending):
    whole = {cell.source: cell for cell in notebook(site, "institutions").cells if cell.cell_type == "code"}
    other = [cell for cell in notebook(site, f"institutions{ending}").cells if cell.cell_type == "code" and cell.source]
    assert any(cell.outputs for cell in other)
    for cell in other:
        assert cell.outputs == whole[cell.source].outputs, cell.source


def test_the_same_picture_is_made_again_and_kept(tmp_path, monkeypatch):
    raw = io.BytesIO()
    Image.effect_mandelbrot((1200, 600), (-2, -1, 1, 1), 60).save(raw, "png")
    payload = {"variants": {"wide-light": {"width": 400}}, "print": {"png": base64.b64encode(raw.getvalue()).decode()}}
    made = []
    for name in ("one", "other", "other"):
        monkeypatch.setattr(store, "store", lambda kind, name=name: store.Store(tmp_path / name / kind))
        made.append(saved_outputs.saved([{"output_type": "display_data", "data": {figures.MIME: payload}}], "A set."))
    assert made[0] == made[1] == made[2]
    assert made[0][0].metadata == {"image/png": {"alt": "A set.", "width": 400, "height": 200}}


def test_hostile_words_of_an_explorer_and_a_table_stay_text():
    words = "<img src=x onerror=alert(1)> [a](b) *c* $d$"
    state = {"key": "a", "label": words, "finding": words}
    said = saved_outputs._words(words, state).data["text/markdown"]
    assert not re.search(r"(?<!\\)[<$\[]", said)
    column = ["Words", [words], False]
    payload = {"printed": [column, column], "claims": [], "columns": {}}
    (output,) = saved_outputs.saved([{"output_type": "display_data", "data": {tables.MIME: payload}}])
    assert "<img" not in output.data["text/html"] and words in output.data["text/plain"]


@pytest.mark.long
def test_nbconvert_shows_every_figure_and_its_alternative_text_without_running_anything(site, tmp_path):
    environment = tmp_path / "environment"
    lab = ["-m", "companion_press.commands.environment", str(environment), str(PROJECT / "locks/lab.txt")]
    subprocess.run([sys.executable, *lab], cwd=PROJECT, check=True, env=build_environment())
    files = [str(site / f"notebooks/{name}.ipynb") for name in NAMES]
    command = [python_of(environment), "-m", "nbconvert", "--to", "html", "--output-dir", str(tmp_path), *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    for name in NAMES:
        page = BeautifulSoup((tmp_path / f"{name}.html").read_text("utf-8"), "html.parser")
        # nbconvert heeds no alternative text of an output, so that it stands folded below each picture.
        there = [image.parent.find_next("summary").parent.p.get_text() for image in page.select(".jp-OutputArea img")]
        assert there == list(in_words(notebook(site, name)).values())
        tables = (PROJECT / f"book/{name}.md").read_text("utf-8").count("companion.table(")
        assert len(page.select(".jp-OutputArea table")) >= tables
