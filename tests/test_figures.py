"""Every reader: each figure is legible at both widths and carries its data and its claims."""

import ast
import importlib.metadata
import io
import os
import tomllib
import types
import warnings

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.axes import Axes
from PIL import Image, ImageColor
from shapely.affinity import rotate
from shapely.geometry import box
from sphinx.errors import ConfigError

from built_site import PROJECT
from companion import explorers, figures, load, pages, raster, style
from companion_press import extension
from companion_press.figures import figure_output
from narrative import figure_texts

CHAPTERS = ["index", *(path.stem for path in pages.notebooks(PROJECT))]
SMALLEST = 6.5  # points, in cells that lay themselves out; on plain axes no text is smaller than `style.SIZES`


def run(chapter):
    """Run a chapter's cells as its kernel would and return its figures by name."""
    source = (PROJECT / f"book/{chapter}.md").read_text("utf-8")
    names = [name for name, _, _ in figure_texts(source)]
    scope, found = {}, []
    here = os.getcwd()
    os.chdir(PROJECT / "book")
    try:
        for cell in pages.cells(source):
            tree = ast.parse(cell.code)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, chapter, "exec"), scope)
            value = eval(compile(ast.Expression(last.value), chapter, "eval"), scope) if last else None
            if isinstance(value, figures.Figure):
                found.append(value)
    finally:
        os.chdir(here)
    assert len(names) == len(found), "each figure has a name, a caption and an alternative text"
    return dict(zip(names, found))


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter_figures(request):
    return run(request.param)


def drawings(found):
    """Every drawing of the page by name: its figures, and each state of its explorers."""
    for name, figure in found.items():
        if isinstance(figure, explorers.Explorer):
            yield from ((f"{name}: {figure.states[key]}", figure.at(key).figure) for key in figure.page)
        else:
            yield name, figure


def drawings_for_jupyter(found):
    """The states of explorers that only Jupyter offers, by name."""
    for name, figure in found.items():
        if isinstance(figure, explorers.Explorer):
            yield from (
                (f"{name}: {label}", figure.at(key).figure)
                for key, label in figure.states.items()
                if key not in figure.page
            )


def outline(text, renderer):
    """The drawn text as a polygon in pixels, turned as the text is."""
    around = text.get_window_extent(renderer)
    middle = ((around.x0 + around.x1) / 2, (around.y0 + around.y1) / 2)
    turn = text.get_rotation()
    text.set_rotation(0)
    flat = text.get_window_extent(renderer)
    text.set_rotation(turn)
    # A box holds room for tall letters and accents; a pixel all round may be shared.
    half = (max(flat.width / 2 - 1, 0.5), max(flat.height / 2 - 1, 0.5))
    shape = box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    return rotate(shape, turn, origin=middle)


def texts(figure):
    """The texts of a figure that are really drawn, with outlines and sizes."""
    renderer = figure.canvas.get_renderer()
    hidden = set()
    for axes in figure.findobj(Axes):  # a second map within the first is no member of `figure.axes`
        if not axes.axison:
            hidden.update(axes.xaxis.findobj(plt.Text) + axes.yaxis.findobj(plt.Text))
    return [
        (text.get_text(), outline(text, renderer), text.get_fontsize())
        for text in figure.findobj(plt.Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_labels_are_legible_whole_and_apart(chapter_figures, width):
    assert_legible(drawings(chapter_figures), width)


@pytest.mark.long  # a state for each source that may be left out
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_labels_of_what_only_jupyter_offers_are_legible_too(chapter_figures, width):
    assert_legible(drawings_for_jupyter(chapter_figures), width)


def assert_legible(figures_by_name, width):
    """Draw figures and see that each label is large enough, whole and apart from the others."""
    for name, figure in figures_by_name:
        with plt.rc_context({**plt.rcParamsDefault, **style.LIGHT.rc}):
            drawn = figure.draw(style.LIGHT, width)
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a letter that the typeface lacks is drawn as an empty box
                drawn.canvas.draw()
            frame, labels = box(*drawn.bbox.extents).buffer(1), texts(drawn)
            least = style.SIZES[width] if hasattr(drawn, "companion_sheet") else SMALLEST
            for text, shape, size in labels:
                assert size >= least, f"{name} {width}: {text!r} has {size} points"
                assert frame.covers(shape), f"{name} {width}: {text!r} leaves the frame"
            for i, (one, a, _) in enumerate(labels):
                for other, b, _ in labels[i + 1 :]:
                    assert not a.intersects(b), f"{name} {width}: {one!r} and {other!r} overlap"
            plt.close(drawn)


def test_a_figure_carries_the_data_and_the_claims_behind_it(chapter_figures):
    ledger = load()
    for name, figure in (*drawings(chapter_figures), *drawings_for_jupyter(chapter_figures)):
        assert figure.claims, name
        for id in figure.claims:
            assert ledger.inputs(id), f"{name}: {id}"
        again = pd.read_csv(io.StringIO(figure.data.to_csv(index=False)))
        assert len(again) == len(figure.data) and len(again.columns) > 1, name


#: What a student changes in the example of a matrix on the reference page: one line each, from what to what.
CHANGES = {
    "another state": ("isin(companion.CENTRAL_ASIA)", 'isin(["kaz", "blr", "aze"])'),
    "another year": ('"ES-11/4"]', '"ES-11/6"]'),
    "another order": ("heads=ledger.name,", 'heads=ledger.name, order=["uzb", "tkm", "tjk", "kgz", "kaz"],'),
    "another colour": ('"against": "rus"', '"against": "chn"'),
    "one more row": ('"ES-11/4"]', '"ES-11/4", "ES-11/5"]'),
}


@pytest.fixture(scope="module")
def example():
    """The cells of the reference page up to its matrix, run but for the last one, and that one's code."""
    scope, here = {}, os.getcwd()
    os.chdir(PROJECT / "book")
    try:
        for cell in pages.cells((PROJECT / "book/reference.md").read_text("utf-8")):
            if "companion.charts.matrix(" in cell.code:
                yield scope, cell.code
                return
            exec(compile(cell.code, "reference", "exec"), scope)
    finally:
        os.chdir(here)


def picture_of(scope, code):
    """The picture in which a cell of the reference page ends."""
    tree = ast.parse(code)
    last = tree.body.pop()
    mine = dict(scope)
    exec(compile(tree, "reference", "exec"), mine)
    return eval(compile(ast.Expression(last.value), "reference", "eval"), mine).data


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_student_changes_one_line_and_sees_another_picture(example, change):
    scope, code = example
    before, after = CHANGES[change]
    assert sum(before in line for line in code.splitlines()) == 1
    assert picture_of(scope, code) != picture_of(scope, code.replace(before, after))


def test_a_figure_says_its_finding_in_words():
    ledger = load()
    for chapter in CHAPTERS:
        for name, caption, alt in figure_texts((PROJECT / f"book/{chapter}.md").read_text("utf-8")):
            assert len(pages.plain(caption, ledger).split()) >= 15, f"{name}: the caption states the finding"
            # The states of an explorer have texts of their own: see tests/test_explorers.py.
            least = 10 if "each state of the figure" in alt else 25
            assert len(pages.plain(alt, ledger).split()) >= least, (
                f"{name}: the text in place of the picture says what it shows"
            )
            assert "{claim" not in pages.plain(alt, ledger)


@pytest.mark.parametrize("theme", list(style.THEMES))
def test_colours_of_actors_can_be_told_from_the_background(theme):
    chosen = style.THEMES[theme]

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(one, other):
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    # WCAG 2.2: 3 to 1 for graphics, 4.5 to 1 for text.
    for actor, colour in chosen.actor.items():
        assert contrast(colour, chosen.paper) >= 3, actor
    for text in (chosen.ink, chosen.muted):
        for ground in (chosen.paper, chosen.land):
            assert contrast(text, ground) >= 4.5, (text, ground)


def test_a_page_with_cells_is_run_again_when_a_map_shape_or_a_table_changes():
    noted = set()
    app = types.SimpleNamespace(env=types.SimpleNamespace(note_dependency=noted.add))
    for page in pages.executed(PROJECT):
        noted.clear()
        extension.depend_on_data(app, pages.docname(page, PROJECT), [page.read_text("utf-8")])
        described = {str(PROJECT / "data" / resource["path"]) for resource in load().package["resources"]}
        assert described <= noted and any(name.endswith(".geojson") for name in described)
    noted.clear()
    extension.depend_on_data(app, "book/glossary", [(PROJECT / "book/glossary.md").read_text("utf-8")])
    assert noted == set(), "a page without cells need not wait for them"


def test_an_actor_has_a_colour_in_both_themes():
    assert style.LIGHT.actor.keys() == style.DARK.actor.keys()


def test_few_colours_leave_those_of_areas_as_they_are():
    """Paper would be grey, and an actor would have another colour in a map than in a chart."""
    palette = [*style.LIGHT.actor.values(), style.LIGHT.paper, style.LIGHT.water, "#FEFEFE", "#B3361F", "#B33620"]
    slope = Image.linear_gradient("L")
    between = Image.merge("RGB", [slope, slope.rotate(90), Image.radial_gradient("L")])  # thousands of colours
    picture = between.resize((640, 640))
    for place, colour in enumerate(palette):
        picture.paste(colour, (place * 40, 0, place * 40 + 30, 40))
    for colours in (figures.Figure.colours, explorers.Light.colours):
        packed = raster.with_few_colours(picture, colours)
        shown = packed.convert("RGB")
        assert [shown.getpixel((place * 40 + 15, 20)) for place in range(len(palette))] == [
            ImageColor.getrgb(colour) for colour in palette
        ]
        assert len(packed.getcolors()) <= colours + len(palette)
        assert (
            raster.png(packed).startswith(b"\x89PNG") and Image.open(io.BytesIO(raster.webp(packed))).format == "WEBP"
        )


def test_an_environment_that_cannot_show_figures_says_how_to_renew_it(monkeypatch):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    [named] = project["entry-points"][figure_output.GROUP].values()
    assert importlib.metadata.EntryPoint("", named, "").load() is figure_output.FigureOutput
    monkeypatch.setattr(figure_output.importlib.metadata, "entry_points", lambda group: [])
    with pytest.raises(ConfigError, match="Remove .venv/book.stamp and run make book"):
        figure_output.check_installed(None)
