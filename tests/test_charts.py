"""Students: a form draws what its table says, at both widths, and is the same each time."""

import io
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from shapely.geometry import Point

from built_site import PROJECT
from companion import charts, figures, labels, layout, maps, style
from companion.charts import keys
from companion.ledger import load
from companion.maps import forms, ground, naming
from test_figures import texts

TRADE = pd.DataFrame(
    {
        "partner": ["China", "Russia", "Türkiye", "the European Union as a whole"],
        "subject": ["chn", "rus", "tur", "eu"],
        "year": ["2021", "2022", "2023", "2024"],
        "billions": [94.8, 45.0, 12.5, 50.0],
        "upper": [None, None, 15.0, None],
        "comparison": ["exactly", "more than", "between", "less than"],
        "implied": [False, False, False, True],
        "claim": "trade-russia-2024",
    }
)
VOTES = pd.DataFrame(
    [(row, state, vote) for row in ("ES-11/1", "ES-11/3") for state, vote in zip("abcd", ("for", "no", "no", "?"))],
    columns=["row", "state", "vote"],
)
EVENTS = pd.DataFrame(
    {
        "date": ["1991-12-21", "2015", "2022-02-24", "2025-10-08/2025-10-10", "2027"],
        "what": ["a founding", "a union", "an invasion", "a summit of many words and of some length", "a plan"],
        "lane": ["then", "then", "now", "now", "now"],
        "planned": [False, False, False, False, True],
    }
)
JUDGED = pd.DataFrame(
    {
        "label": ["a first conclusion", "another", "one more of them"],
        "grade": ["low", "high", "medium"],
        "before": ["high", "high", "low"],
        "percent": [0, 190, 110],
        "bound": ["exactly", "less than", "more than"],
        "told": ["4 then, 0 now", ">50 then, 95 now", "10 then, >11 now"],
        "moved": [True, False, True],
    }
)
GRADES = ["low", "medium", "high"]
FOUND = {"for": "full", "no": "cross", "?": "ring"}
CELLS = VOTES.assign(count=[12, 0, 3, 7] * 2, said=["12", "–", "3", "7"] * 2, kind=["x", "x", "y", "y"] * 2)
PLACES = ["astana", "almaty", "tashkent", "dushanbe", "bishkek", "ashgabat", "samarkand", "khorgos"]


def a_map(ax):
    maps.land(ax, "central-asia")
    maps.routes(ax, maps.stops("northern", "middle").assign(title="Two Corridors"), colour="rus", name="title")
    maps.places(ax, PLACES)
    maps.names(ax, ["kaz", "uzb", "tkm", "kgz", "tjk"], seas=["caspian-sea"])


FORMS = {
    "bars": lambda ax: charts.bars(
        ax, TRADE, "billions", "partner", colour="subject", bound="comparison", upper="upper", hatched="implied"
    ),
    "bars beside each other": lambda ax: charts.bars(ax, TRADE, "billions", "claim", part="partner", colour="subject"),
    "bars end to end": lambda ax: charts.bars(ax, TRADE, "billions", "claim", part="partner", stacked=True),
    "dots": lambda ax: charts.dots(
        ax, TRADE, "billions", "year", series="partner", colour="subject", bound="comparison", unit="billion"
    ),
    "lines": lambda ax: charts.lines(
        ax, TRADE.assign(both="goods and services"), "year", "billions", "both", text="partner", unit="billion"
    ),
    "matrix": lambda ax: charts.matrix(
        ax, VOTES, "row", "state", "vote", colours={"for": "eu", "no": "rus"}, signs={"?": "?", "for": "+"}
    ),
    "tally": lambda ax: charts.tally(
        ax, VOTES, "row", kind="vote", colours={"for": "eu", "no": "rus", "?": keys.EMPTY}
    ),
    "matrix of shapes": lambda ax: charts.matrix(
        ax, VOTES, "row", "state", "vote", shapes={"for": "full", "no": "cross"}, signs={"?": "?"}, heads=str.upper
    ),
    "matrix of shades": lambda ax: charts.matrix(
        ax,
        CELLS.assign(share=CELLS["count"] / 12),
        "row",
        "state",
        "count",
        text="said",
        colour="eu",
        shade="share",
        foot="kind",
    ),
    "matrix of discs": lambda ax: charts.matrix(
        ax, CELLS, "row", "state", "count", text="said", colour="eu", disc="count"
    ),
    "tally in columns": lambda ax: charts.tally(
        ax, CELLS, "row", columns="state", kind="vote", count="count", shapes=FOUND, colour="rus"
    ),
    "tally with texts": lambda ax: charts.tally(
        ax, CELLS.assign(of="22 of 90"), "row", kind="vote", count="count", shapes=FOUND, text="of"
    ),
    "dots on a scale of words": lambda ax: charts.dots(ax, JUDGED, "grade", "label", order=GRADES),
    "dots that have moved": lambda ax: charts.dots(
        ax, JUDGED, "grade", "label", start="before", start_words="before", order=GRADES, strong="moved"
    ),
    "dots that lead from one place": lambda ax: charts.dots(
        ax, JUDGED, "percent", "label", detail="told", bound="bound", text="", start=100, start_words="as before"
    ),
    "words": lambda ax: charts.words(ax, "a list of many states and of more words than fit into one line of a figure"),
    "timeline": lambda ax: charts.timeline(ax, EVENTS, "date", "what", lane="lane", dashed="planned"),
    "spans": lambda ax: charts.spans(ax, EVENTS.assign(until=""), "what", "date", "until", end=2028),
    "boxes": lambda ax: charts.boxes(ax, TRADE.tail(2), "billions", "billions", "partner", bound="comparison"),
    "map": a_map,
}


def drawn(draw, width="wide", theme=style.LIGHT, **options):
    figure = layout.lay_out(draw, **options)(theme, width)
    figure.canvas.draw()
    return figure


def words(figure):
    return [text.get_text() for text in figure.findobj(plt.Text) if text.get_text().strip()]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("width", list(style.WIDTHS))
@pytest.mark.parametrize("form", list(FORMS))
def test_words_of_a_form_are_large_enough_whole_and_apart(form, width):
    figure = drawn(FORMS[form], width)
    outer, found = figure.bbox.padded(1), texts(figure)
    assert found
    for text, shape, size in found:
        assert size >= style.SIZES[width], text
        x0, y0, x1, y1 = shape.bounds
        assert outer.x0 <= x0 and x1 <= outer.x1 and outer.y0 <= y0 and y1 <= outer.y1, f"{text!r} leaves the frame"
    for place, (one, shape, _) in enumerate(found):
        for other, another, _ in found[place + 1 :]:
            assert not shape.intersects(another), f"{one!r} and {other!r} overlap"


@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_is_the_same_bytes_each_time(form):
    def picture():
        raw = io.BytesIO()
        with plt.rc_context({**style.LIGHT.rc}):
            drawn(FORMS[form], "narrow").savefig(raw, format="svg", metadata=figures._SILENT["svg"])
        return raw.getvalue()

    assert picture() == picture()


def bar(figure, colour):
    """The boxes of a colour, from the top."""
    boxes = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [box for box in boxes if to_hex(box.get_facecolor()) == colour.lower()]


def test_a_bar_is_as_long_as_its_value_and_rows_keep_the_order_of_the_table():
    figure = drawn(FORMS["bars"])
    solid = [bar(figure, style.LIGHT.actor[subject])[0] for subject in ("chn", "rus", "tur")]
    assert [box.get_width() for box in solid] == [94.8, 45.0, 12.5]
    assert sorted(box.get_y() for box in solid) == [box.get_y() for box in solid]
    assert figure.axes[0].get_ylim()[1] == 0, "the first row is above"
    assert {"94.8", ">45", "12.5–15", "<50"} <= set(words(figure))


def test_a_lower_bound_fades_out_beyond_its_value_and_the_key_says_so():
    figure = drawn(FORMS["bars"])
    tail = [box for share in keys.FADING for box in bar(figure, style.LIGHT.tint("rus", share))]
    assert len(tail) == len(keys.FADING) and min(box.get_x() for box in tail) == 45
    assert style.MARKS["open"] in words(figure) and style.MARKS["hatched"] in words(figure)
    exact = drawn(lambda ax: charts.bars(ax, TRADE.head(1), "billions", "partner", bound="comparison"))
    assert style.MARKS["open"] not in words(exact), "keyed where used"


def test_what_is_computed_is_hatched_and_what_is_not_verified_hollow():
    def draw(left, right):
        charts.bars(left, TRADE, "billions", "partner", colour="subject", hatched="implied")
        charts.dots(right, TRADE, "billions", "partner", colour="subject", hollow="implied")

    left, right = drawn(draw).axes
    assert [bool(box.get_hatch()) for box in left.patches] == list(TRADE["implied"])
    empty = [
        to_hex(line.get_markerfacecolor()) == style.LIGHT.paper.lower()
        for line in right.lines
        if line.get_marker() == "o"
    ]
    assert empty == list(TRADE["implied"])


@pytest.mark.parametrize("form, is_box", [(charts.bars, True), (charts.dots, False)])
def test_the_key_shows_an_unverified_value_as_the_figure_does(form, is_box):
    figure = drawn(lambda ax: form(ax, TRADE, "billions", "partner", hollow="implied"))
    [key] = figure.legends
    place = [text.get_text() for text in key.get_texts()].index(style.MARKS["hollow"])
    assert isinstance(key.legend_handles[place], Rectangle) == is_box


def test_an_upper_bound_fades_towards_its_value():
    figure = drawn(FORMS["bars"])
    assert not any(box.get_x() >= 50 for share in keys.FADING for box in bar(figure, style.LIGHT.tint("eu", share)))


def marks(figure):
    """The marks of a figure as (shape, x, y), without those of its key."""
    return [(line.get_marker(), *line.get_xydata()[0]) for line in figure.axes[0].lines if line.get_marker() != "None"]


def test_marks_of_a_matrix_differ_in_shape_and_the_key_says_what_they_mean():
    figure = drawn(FORMS["matrix of shapes"])
    assert sorted(shape for shape, _, _ in marks(figure)) == ["o", "o", "x", "x", "x", "x"]
    assert {"for", "no", "?"} <= set(words(figure)) and words(figure).count("?") == 4, "two in the grid, two in the key"
    with pytest.raises(ValueError, match="'star' is not a shape; there are full, half, "):
        drawn(lambda ax: charts.matrix(ax, VOTES, "row", "state", "vote", shapes={"for": "star"}))


def test_the_area_of_a_disc_is_its_number():
    figure = drawn(FORMS["matrix of discs"])
    areas = sorted(float(disc.get_sizes()[0]) for disc in figure.axes[0].collections)
    assert [round(12 * area / areas[-1], 6) for area in areas] == [3, 3, 7, 7, 12, 12]


def test_columns_with_something_in_common_stand_together():
    figure = drawn(FORMS["matrix of shades"])
    assert words(figure).count("x") == words(figure).count("y") == 1
    places = sorted({text.get_position()[0] for text in figure.axes[0].texts if text.get_text() in set(CELLS["said"])})
    gaps = [right - left for left, right in zip(places, places[1:])]
    assert gaps[1] > gaps[0] == gaps[2]


def test_a_tally_has_a_mark_for_each_unit_in_its_column():
    figure = drawn(FORMS["tally in columns"])
    shapes = [shape for shape, _, _ in marks(figure)]
    assert (shapes.count("o"), shapes.count("x")) == (2 * (12 + 7), 2 * 3)
    assert [words(figure).count(number) for number in ("12", "0", "3", "7")] == [2, 2, 2, 2]
    assert "22 of 90" in words(drawn(FORMS["tally with texts"]))


def test_a_dot_on_a_scale_of_words_stands_at_its_word_and_leads_from_where_it_was():
    figure = drawn(FORMS["dots that have moved"])
    filled = [x for shape, x, _ in marks(figure)]
    # A ring and a dot where it has moved, a dot alone where not.
    assert sorted(filled) == [0, 0, 1, 2, 2] and "before" in words(figure)
    with pytest.raises(ValueError, match="order has no 'high'"):
        drawn(lambda ax: charts.dots(ax, JUDGED, "grade", "label", order=["low", "medium"]))


def test_a_line_is_dashed_where_it_is_planned_and_nowhere_else():
    def styles(**options):
        figure = drawn(lambda ax: charts.lines(ax, course, "year", "value", "name", **options))
        lines = [line.get_linestyle() for line in figure.axes[0].lines if len(line.get_xdata()) > 1]
        return lines, style.MARKS["dashed"] in words(figure)

    course = pd.DataFrame(
        [(name, year, year % 7 + shift) for shift, name in enumerate("abc") for year in (2021, 2022)],
        columns=["name", "year", "value"],
    ).assign(planned=lambda rows: rows["name"] == "b")
    assert styles() == (["-", "-", "-"], False)
    assert styles(dashed="planned") == (["-", "--", "-"], True)


def test_the_columns_of_a_matrix_stand_in_the_order_that_is_asked_for():
    def at(order):
        figure = drawn(lambda ax: charts.matrix(ax, VOTES, "row", "state", "vote", colours={"for": "eu"}, order=order))
        return bar(figure, style.LIGHT.actor["eu"])[0].get_x()

    assert at(["a", "b", "c", "d"]) < at(["b", "c", "d", "a"])


def test_a_figure_is_as_high_as_its_rows():
    some = drawn(lambda ax: charts.bars(ax, TRADE.head(2), "billions", "partner"))
    more = drawn(lambda ax: charts.bars(ax, TRADE, "billions", "partner"))
    assert some.get_figheight() < more.get_figheight()
    assert drawn(lambda ax: charts.bars(ax, TRADE, "billions", "partner"), height=5).get_figheight() == 5


def test_panels_stand_side_by_side_on_a_desk_and_one_above_the_other_on_a_phone():
    def draw(one, two):
        for ax in (one, two):
            charts.bars(ax, TRADE, "billions", "partner")

    def boxes(width, **options):
        return [ax.get_position() for ax in drawn(draw, width, **options).axes]

    one, two = boxes("wide")
    assert one.x1 < two.x0 and abs(one.y0 - two.y0) < 0.01
    one, two = boxes("narrow")
    assert one.y0 > two.y1
    one, two = boxes("wide", across=(1, 1))
    assert one.y0 > two.y1


def test_bars_are_alike_in_thickness_however_many_rows_the_panel_beside_them_has():
    def draw(left, right):
        charts.bars(left, TRADE.head(2), "billions", "partner", colour="subject")
        charts.bars(right, TRADE, "billions", "partner", colour="subject")

    figure = drawn(draw)
    thick = {round(patch.get_window_extent().height, 1) for ax in figure.axes for patch in ax.patches}
    assert len(figure.axes) == 2 and max(thick) < 1.1 * min(thick), thick


def test_a_kind_without_a_colour_is_not_dropped_in_silence():
    with pytest.raises(ValueError, match="'no'"):
        drawn(lambda ax: charts.tally(ax, VOTES, "row", kind="vote", colours={"for": "eu", "?": "rus"}))


def test_a_colour_that_does_not_exist_is_named_with_those_that_do():
    with pytest.raises(ValueError, match="'reddish' is not a colour; there are rus, "):
        drawn(lambda ax: charts.bars(ax, TRADE, "billions", "partner", colour="reddish"))


def test_a_name_stands_on_the_side_that_the_ledger_gives():
    def draw(ax):
        maps.land(ax, "central-asia")
        maps.places(ax, ["astana", "almaty"])

    by_name = {text.get_text(): text for text in drawn(draw).axes[0].texts}
    assert by_name["Astana"].get_ha() == "left" and by_name["Almaty"].get_va() == "top"


def test_the_name_of_a_state_moves_aside_from_other_words_and_never_into_a_neighbour():
    """Russia's sites stand close together where the names of the two smallest states belong."""
    at, ledger = naming.name_places(), load()
    five = ["kaz", "uzb", "tkm", "kgz", "tjk"]
    sites = ledger.dated_sites().merge(ledger.places.rename(columns={"id": "place", "name": "town"}), on="place")
    sites["label"] = "a site near " + sites["town"] + ", 2017"

    def draw(ax):
        maps.land(ax, (44.5, 35.5, 86, 54.5))
        maps.places(ax, sites, text="label", colour="rus")
        maps.names(ax, five)

    ax = drawn(draw).axes[0]
    chart, by_name = forms.map_of(ax), {ledger.name(state): state for state in five}
    names = {by_name[text.get_text()]: text for text in ax.texts if text.get_text() in by_name}
    assert set(names) == set(five)
    for state, text in names.items():
        home = ground.points(*[[angle] for angle in at[state]], chart.projection)[0]
        assert chart.at(Point(text.get_position())) == chart.at(home), state


def test_forms_of_maps_say_that_a_map_comes_first():
    with pytest.raises(ValueError, match="begin with companion.maps.land"):
        drawn(lambda ax: maps.places(ax, ["astana"]))


def test_a_second_map_stands_below_the_first_on_a_phone_and_in_it_on_a_desk():
    seen = []

    def draw(ax):
        maps.land(ax, "central-asia")
        seen.append((ax, maps.inset(ax, (67, 36, 80, 44), corner="nw")))

    for width in ("wide", "narrow"):
        drawn(draw, width)
    (ax, near), (above, below) = seen
    assert ax.get_position().contains(*near.get_position().p0 + 0.01)
    assert below.get_window_extent().y1 < above.get_window_extent().y0


def test_labels_find_free_places_where_there_are_some():
    figure, ax = plt.subplots()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    wanted = [labels.Label(5, 5, f"label {number}", far=True) for number in range(6)]
    labels.write(ax, wanted)
    figure.canvas.draw()
    found = [shape for text, shape, _ in texts(figure) if text.startswith("label")]
    assert len(found) == 6
    assert not any(one.intersects(other) for place, one in enumerate(found) for other in found[place + 1 :])


@pytest.mark.parametrize("theme", list(style.THEMES.values()), ids=list(style.THEMES))
def test_text_on_a_filled_mark_can_be_read(theme):
    names = [*theme.actor, "member", "observer", "frozen", "outside", "focus", "land"]
    for name in names:
        light, dark = sorted((style._luminance(theme.over(name)), style._luminance(theme.colour(name))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, name  # bold signs of 12 pixels and more


def test_the_page_of_figures_says_what_each_mark_means():
    page = (PROJECT / "book/figures.md").read_text("utf-8").lower()
    for mark, meaning in style.MARKS.items():
        said = re.search(rf"^- \*\*(?:an )?{mark}.*$", page, re.M)
        assert said and meaning.split(":")[-1].split(",")[0].strip() in said[0], mark
