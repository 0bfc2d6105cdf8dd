"""Students: another state, another year, another order, another colour, one more row: each is a change of one line of a cell."""

import re

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from built_site import PROJECT
from companion import pages, style


def run(page, figure, old="", new=""):
    """Run the cells of a chapter down to a figure, one line of them changed; return the figure."""
    text = (PROJECT / f"book/{page}.md").read_text("utf-8")
    cells = pages.cells(text)
    lines = [line for cell in cells for line in cell.code.splitlines() if old and old in line]
    assert not old or len(lines) == 1, f"{old!r} stands in {len(lines)} lines"
    names: dict = {}
    for cell in cells:
        code = cell.code.replace(lines[0], lines[0].replace(old, new)) if old else cell.code
        if re.search(rf"^    name: {figure}$", cell.options, re.M):
            before, last = code.rsplit("\ncompanion.figure(", 1)
            exec(f"{before}\nshown_here = companion.figure({last}", names)
            return names["shown_here"]
        exec(code, names)
    raise AssertionError(f"no figure {figure}")


def drawn(figure):
    """The picture of a figure on a desk: its words with their places, and the colours of its boxes."""
    picture = figure.draw(style.LIGHT, "wide")
    picture.canvas.draw()
    words = {text.get_text(): text.get_window_extent() for text in picture.findobj(plt.Text) if text.get_text().strip()}
    boxes = [to_hex(box.get_facecolor()) for ax in picture.axes for box in ax.patches if isinstance(box, Rectangle)]
    plt.close(picture)
    return words, boxes


@pytest.fixture(scope="module")
def seats():
    return drawn(run("institutions", "membership-matrix"))


def test_another_state(seats):
    words, _ = drawn(run("institutions", "membership-matrix", '"tur", "chn", "usa"]', '"tur", "chn", "hun"]'))
    assert "United States" in seats[0] and "Hungary" not in seats[0]
    assert "Hungary" in words and "United States" not in words


def test_another_order(seats):
    words, _ = drawn(run("institutions", "membership-matrix", "order=states", "order=states[::-1]"))
    assert seats[0]["Kazakhstan"].x0 < seats[0]["Belarus"].x0
    assert words["Kazakhstan"].x0 > words["Belarus"].x0


def test_another_colour(seats):
    line = 'looks = {"full member": '
    _, boxes = drawn(run("institutions", "membership-matrix", f'{line}"member"', f'{line}"chn"'))
    full, other = style.LIGHT.member.lower(), style.LIGHT.actor["chn"].lower()
    assert full in seats[1] and other not in seats[1]
    assert boxes.count(other) == seats[1].count(full) and full not in boxes


def test_another_year():
    cargo = run("west", "corridor-tonnage", "range(2019, 2026)])", "range(2021, 2026)])").data
    assert list(cargo["year"]) == [str(year) for year in range(2021, 2026)]


def test_one_more_row():
    figure = run("history", "history-timeline", "kant-base-2003", "kant-base-2003 ots-bishkek-2024")
    words, _ = drawn(figure)
    assert any("OTS summit in Bishkek" in word for word in words)
    assert len(figure.data) == len(run("history", "history-timeline").data) + 1
