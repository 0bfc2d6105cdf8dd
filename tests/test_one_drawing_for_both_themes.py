"""Every reader, by day and by night: one file holds a drawing for light and dark, and nothing that an eye sees is lost."""

import io
import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

from companion import style, vectors

#: Draws a picture as a page shows it, and returns the colours of some of its points, from the left above.
POINTS = """async ([address, points]) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return points.map(([x, y]) => [...pen.getImageData(x * canvas.width, y * canvas.height, 1, 1).data].slice(0, 3));
}"""


def drawn(theme, marks=(1, 2, 3), hatch="//"):
    """A drawing with an area, a hatched one, marks and letters, as matplotlib writes it."""
    raw = io.BytesIO()
    with plt.rc_context(theme.rc):
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.bar([1], [2], color=theme.actor["rus"])
        ax.bar([2], [3], facecolor=theme.paper, edgecolor=theme.actor["eu"], hatch=hatch)
        ax.plot(marks, [1, 1, 1], "o", markersize=22, color=theme.ink, markeredgecolor=theme.muted)
        fig.savefig(raw, format="svg", metadata={"Date": None, "Creator": None})
        plt.close(fig)
    return raw.getvalue()


@pytest.fixture(scope="module")
def both():
    return vectors.for_both(drawn(style.LIGHT), drawn(style.DARK)).decode()


def colours(text):
    return set(re.findall(r"#[0-9a-f]{6}\b", text))


def test_the_light_colours_stand_where_every_program_looks_and_the_dark_ones_in_the_style_sheet(both):
    sheet = re.search(r"<style.*?</style>", both)[0]
    assert colours(both.replace(sheet, "")) == colours(drawn(style.LIGHT).decode())
    assert colours(sheet) == colours(drawn(style.DARK).decode())
    # A program that knows no style sheets, and one that is not asked for the dark, shows the light.
    assert all(
        rule.startswith("#dark:target ")
        for rule in sheet.partition("butt}")[2].removesuffix("</style>").split("}")
        if rule
    )


def test_it_takes_less_than_half_of_the_two_files(both):
    assert len(both) < (len(drawn(style.LIGHT)) + len(drawn(style.DARK))) / 2


def test_a_drawing_that_is_another_in_the_dark_is_refused():
    with pytest.raises(ValueError, match="only its colours depend on the theme"):
        vectors.for_both(drawn(style.LIGHT), drawn(style.DARK, marks=(1, 2, 2.5)))


def points(data):
    """The points of an outline whose steps are relative."""
    found, here, start = [], np.array([0.0, 0.0]), None
    for letter, numbers in re.findall(r"([a-z])([^a-z]*)", data):
        values = np.array([float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]).reshape(-1, 2)
        size = {"m": 1, "l": 1, "q": 2, "c": 3}.get(letter, 1)
        for place in range(0, len(values), size):
            group = here + values[place : place + size]
            found += [tuple(one) for one in group]
            here = group[-1]
        start = here if letter == "m" else start
        here = start if letter == "z" else here
    return found


def test_every_point_stays_where_it_was_to_a_hundredth():
    """And a step that goes nowhere is left out, but for a line that is a dot."""
    written = "M 10.123456 20 \nL -0.004 1e-05 \nL -0.004 1e-05 \nQ 5 5.5 6.255 7.001 \nC 1 2 3 4 5 6.126 \nz \nM 3 3 \nL 3 3 \n"
    found = points(vectors.path(written, 2))
    kept = [(10.123456, 20), (-0.004, 0), (5, 5.5), (6.255, 7.001), (1, 2), (3, 4), (5, 6.126), (3, 3), (3, 3)]
    assert np.abs(np.array(found) - np.array(kept)).max() <= 0.0051
    with pytest.raises(ValueError, match="M, L, Q, C and z"):
        vectors.path("M 1 1 A 2 2 0 0 1 3 3", 2)


def test_nothing_leads_nowhere_and_no_name_is_kept_that_nothing_asks_for(both):
    root = ElementTree.fromstring(both)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    asked = set(re.findall(r'(?:href="#|url\(#)(\w+)', both))
    assert len(ids) == len(set(ids)) and set(ids) == asked | {vectors.DARK}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_browser_shows_it_in_the_colours_that_it_is_asked_for(visit, site, theme):
    """Areas, and marks too, which no style sheet reaches where they are used."""
    chosen = style.THEMES[theme]
    seen = visit("book/war.html")
    name = sorted((site / "_images").glob("un-votes-wide.*.svg"))[0].name
    dark = f"#{vectors.DARK}" if theme == "dark" else ""
    corner = seen.page.evaluate(POINTS, [f"../_images/{name}{dark}", [[0.001, 0.001]]])
    assert corner == [[int(chosen.paper[i : i + 2], 16) for i in (1, 3, 5)]]
    made = vectors.for_both(drawn(style.LIGHT), drawn(style.DARK))
    seen.page.route(f"**/{name}*", lambda route: route.fulfill(body=made, content_type="image/svg+xml"))
    found = {
        tuple(one)
        for one in seen.page.evaluate(
            POINTS, [f"../_images/{name}?own{dark}", [[x / 60, y / 60] for x in range(60) for y in range(60)]]
        )
    }
    for colour in (chosen.ink, chosen.muted, chosen.actor["rus"], chosen.actor["eu"], chosen.paper):
        assert tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) in found, colour
    other = style.THEMES["light" if theme == "dark" else "dark"]
    assert tuple(int(other.ink[i : i + 2], 16) for i in (1, 3, 5)) not in found
