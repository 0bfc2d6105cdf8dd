"""Readers who explore: a figure's control works on the plain page and in Jupyter, and each state can be cited."""

import gzip
import re

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from PIL import Image

import companion
from built_site import PROJECT
from companion_press.theme import site_theme

#: Chapter, the explorer's name, and what a reader in Jupyter chooses that the page does not offer.
EXPLORERS = {
    "history": ("state-timeline", "China"),
    "institutions": ("organisation-explorer", "Community of Central Asia, as claimed"),
    "war": ("vote-explorer", "68/262, 27 March 2014: territorial integrity"),
    "west": ("corridor-explorer", "Central Asia–Center gas line, west"),
    "turkic": ("summit-explorer", "10 October 2025, Dushanbe"),
    "reassertion": ("heads-explorer", "Turkmenistan"),
    "balance": ("confidence-explorer", "Trend 2025 (trend2025-tokayev)"),
}
RANGES = ["turkic"]
LIMIT = 150 * 1024  # bytes, gzipped: what one reader on one device fetches who visits every state


class Explored:
    """An explorer on an open page."""

    def __init__(self, visit, chapter, address="", **options):
        self.name = EXPLORERS[chapter][0]
        self.seen = visit(f"book/{chapter}.html{address}", **options)
        self.page = self.seen.page
        self.figure = self.page.locator(f"figure#{self.name}")
        self.figure.scroll_into_view_if_needed()
        self.control = self.figure.locator("form select, form input").first
        self.status = self.figure.get_by_role("status")

    @property
    def keys(self):
        return self.figure.locator("li[data-state]").evaluate_all("all => all.map(li => li.dataset.state)")

    @property
    def shown(self):
        """What is on the screen: the picture's file and its alternative text, loaded."""
        image = self.figure.locator(".explorer-stage img:visible")
        assert image.count() == 1
        image.evaluate("image => image.decode()")
        assert image.evaluate("image => image.naturalWidth") > 300
        return image.evaluate("image => [image.currentSrc.split('/').pop(), image.alt]")

    def choose(self, position):
        """Choose the state at a position as assistive technology does: by the control's value."""
        if self.control.get_attribute("type") == "range":
            self.control.fill(str(position))
        else:
            self.control.select_option(index=position)


@pytest.mark.parametrize("chapter", EXPLORERS)
def test_by_keyboard_the_state_changes_is_announced_and_stays_in_the_address(visit, chapter):
    explored = Explored(visit, chapter)
    before, said = explored.shown, explored.status.inner_text()
    explored.control.focus()
    # The first state may be in the middle: one step on, by the key that each control knows.
    explored.page.keyboard.press("ArrowRight" if chapter in RANGES else "ArrowDown")
    after = explored.shown
    assert after[0] != before[0] and after[1] != before[1]
    assert explored.status.inner_text() != said, "a screen reader hears the new finding"
    assert f"{explored.name}=" in explored.page.url and explored.page.url.endswith(f"#{explored.name}")
    announced = explored.status.inner_text()
    explored.page.reload()
    explored.figure.scroll_into_view_if_needed()
    assert explored.shown == after
    assert explored.status.inner_text() == announced
    assert explored.figure.locator(".explorer-link").get_attribute("href") == explored.page.url
    assert explored.seen.errors == [] and explored.seen.foreign == []


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("chapter", RANGES)
def test_a_range_follows_the_mouse_and_the_finger(visit, chapter, touch):
    explored = Explored(visit, chapter, width=390 if touch else 1280, touch=touch)
    before = explored.shown
    box = explored.control.bounding_box()
    press = explored.control.tap if touch else explored.control.click
    # From the far end to the near end: at least one of them is a new state.
    for part in (0.97, 0.03):
        press(position={"x": part * box["width"], "y": box["height"] / 2})
        after = explored.shown
        assert after != before
        before = after
    assert explored.figure.locator(".explorer-value").inner_text() in explored.status.inner_text()


@pytest.mark.parametrize("touch", [False, True])
def test_a_list_opens_under_the_mouse_and_the_finger(visit, touch):
    explored = Explored(visit, "institutions", width=390 if touch else 1280, touch=touch)
    before = explored.shown
    explored.control.tap() if touch else explored.control.click()
    explored.page.keyboard.press("ArrowDown")  # the open list is the system's; a key stands for the choice in it
    explored.page.keyboard.press("Enter")
    assert explored.shown != before


def test_an_address_with_a_state_that_is_not_there_shows_the_first(visit):
    explored = Explored(visit, "war", "?vote-explorer=es-99")
    assert explored.seen.errors == []
    assert "es-11" not in explored.shown[0], "the first state's picture bears the figure's own name"
    assert explored.control.input_value() == "es-11-1"


def test_a_page_opened_from_a_folder_works_and_gives_a_link(browser, site):
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "book/west.html").as_uri() + "?corridor-explorer=kars")
    figure = page.locator("figure#corridor-explorer")
    assert "Kars" in figure.get_by_role("status").inner_text()
    figure.locator("select").select_option("northern")
    assert "Poland" in figure.get_by_role("status").inner_text()
    assert "corridor-explorer=northern" in figure.locator(".explorer-link").get_attribute("href")
    assert errors == []
    page.close()


@pytest.mark.parametrize("chapter", EXPLORERS)
def test_without_scripts_the_states_are_a_list_of_pictures_with_their_findings(visit, chapter, site):
    explored = Explored(visit, chapter, scripts=False)
    items = explored.figure.locator("li[data-state]")
    assert items.count() >= 4
    assert explored.figure.locator("form").is_hidden(), "a control that does nothing is not shown"
    assert (
        items.evaluate_all("all => new Set(all.map(li => li.querySelector('.explorer-said').textContent)).size")
        == items.count()
    )
    for item in items.all():
        assert item.is_visible()
        assert len(item.locator(".explorer-said").inner_text().split()) >= 8
        assert item.locator(".figure-source a").count() >= 1, "a state names its sources"
        file = item.locator("a").first.get_attribute("href")
        assert (site / "book" / file).resolve().is_file()
    texts = items.evaluate_all("all => all.map(li => li.querySelector('template').content.querySelector('img').alt)")
    assert len(set(texts)) == len(texts)
    assert min(len(text.split()) for text in texts) >= 20, "each state has a text in place of its picture"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("chapter", EXPLORERS)
def test_states_are_fetched_when_chosen_and_all_together_are_light(visit, site, chapter, width):
    fetched = []
    explored = Explored(visit, chapter, width=width, theme="dark")  # the heavier theme
    name = explored.name
    explored.page.on(
        "request", lambda request: fetched.append(request.url.rsplit("/", 1)[1]) if "/_images/" in request.url else None
    )
    explored.page.reload()
    explored.figure.scroll_into_view_if_needed()
    assert explored.shown
    first = {file for file in fetched if file.startswith(name)}
    assert len(first) == 1, "one picture, in one theme and one width"
    for position in range(len(explored.keys)):
        explored.choose(position)
        assert explored.shown
    pictures = {file for file in fetched if file.startswith(name)}
    assert len(pictures) == len(explored.keys)
    assert explored.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    markup = re.search(
        rf'<figure [^>]*id="{name}".*?</figure>', (site / f"book/{chapter}.html").read_text("utf-8"), re.S
    ).group()
    script = (site_theme.ASSETS / "explorers.js").read_bytes()
    parts = [markup.encode(), script, *((site / "_images" / file).read_bytes() for file in pictures)]
    weight = sum(len(gzip.compress(part)) for part in parts)
    print(
        f"{name} at {width}: {weight / 1024:.0f} KB, of which pictures {weight / 1024 - sum(len(gzip.compress(p)) for p in parts[:2]) / 1024:.0f}"
    )
    assert weight <= LIMIT
    assert len(script) <= 4096


def test_the_paper_of_a_drawn_state_is_that_of_the_page(site):
    """A grey box around a map, of another grey in each state, is what few colours easily give."""
    pictures = [path for path in (site / "_images").glob("*-explorer-*.webp")]
    assert len(pictures) > 40
    for path in pictures:
        paper = companion.style.THEMES["dark" if "-dark." in path.name else "light"].paper
        dots = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3).astype(int)
        away = np.abs(dots - [int(paper[i : i + 2], 16) for i in (1, 3, 5)]).max(axis=1)
        assert (away == 0).mean() > 4 * ((away > 0) & (away < 4)).mean(), path.name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_state_is_what_is_printed(visit, theme):
    explored = Explored(visit, "institutions", "?organisation-explorer=ots", theme=theme)
    assert "-ots-" in explored.shown[0]
    explored.page.emulate_media(media="print")
    assert re.search("-ots-(wide|narrow)-light", explored.shown[0]), "on paper it is light"
    assert explored.figure.locator("form").is_hidden() and explored.figure.locator(".explorer-list").is_hidden()
    assert explored.figure.locator(".explorer-link").is_hidden()
    assert "On the page they can be chosen: CIS" in explored.figure.locator(".elsewhere").inner_text()
    assert "Turkic" in explored.status.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("chapter", EXPLORERS)
def test_axe_finds_no_barrier_in_an_explorer(visit, chapter, theme):
    explored = Explored(visit, chapter, theme=theme)
    explored.choose(3)
    assert explored.shown
    found = Axe().run(explored.page, context=f"#{explored.name}")
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("chapter", EXPLORERS)
def test_the_built_pages_hold_no_widget(site, chapter):
    page = (site / f"book/{chapter}.html").read_text("utf-8")
    executed = (PROJECT / f"_build/work/_build/jupyter_execute/book/{chapter}.ipynb").read_text("utf-8")
    for sign in ("application/vnd.jupyter.widget", "jupyter-widgets", "require.min.js"):
        assert sign not in page and sign not in executed, sign


@pytest.mark.parametrize("chapter", EXPLORERS)
def test_an_explorer_prints_nothing_beside_itself(site, chapter):
    """A warning on the page would puzzle readers, and its process number would make each build differ."""
    executed = nbformat.read(PROJECT / f"_build/work/_build/jupyter_execute/book/{chapter}.ipynb", as_version=4)
    outputs = next(cell.outputs for cell in executed.cells if "companion.explorer(" in cell.source)
    assert [output.output_type for output in outputs] == ["display_data"], outputs[0].get("text")


@pytest.mark.parametrize("chapter", EXPLORERS)
def test_in_jupyter_the_control_moves_and_python_draws_what_the_page_does_not_offer(site, chapter):
    name, wanted = EXPLORERS[chapter]
    notebook = nbformat.read(site / f"notebooks/{chapter}.ipynb", as_version=4)
    last = next(n for n, cell in enumerate(notebook.cells) if cell["id"] == f"fig-{name}")
    notebook.cells = notebook.cells[: last + 1]
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(PROJECT / "book")}})
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
        models = {state["_model_name"]: (id, state) for id, state in client.widget_state.items()}
        kind = next(k for k in ("DropdownModel", "SelectionSliderModel", "BoundedFloatTextModel") if k in models)
        control, state = models[kind]
        assert state["description"], "the control has a name"
        promise, first = [output["data"] for output in notebook.cells[-1].outputs]
        assert promise["application/vnd.jupyter.widget-view+json"]["model_id"] == control
        assert "run this cell" in promise["text/plain"], "where there is no control it says how to get one"
        change = (
            {"value": wanted} if kind == "BoundedFloatTextModel" else {"index": state["_options_labels"].index(wanted)}
        )
        # What the notebook's front end sends when a reader moves the control.
        client.kc.shell_channel.send(
            client.kc.session.msg(
                "comm_msg", {"comm_id": control, "data": {"method": "update", "state": change, "buffer_paths": []}}
            )
        )
        while True:
            message = run_sync(client.kc.get_iopub_msg)(timeout=60)
            if message["msg_type"] == "update_display_data":
                second = message["content"]["data"]
                break
    picture = re.compile(r'src="data:image/png;base64,([^"]+)" alt="([^"]+)"')
    before, after = picture.search(first["text/html"]).groups(), picture.search(second["text/html"]).groups()
    assert after[0] != before[0], "another picture"
    assert after[1] != before[1], "another alternative text"
    assert after[0] == second["image/png"], "also where HTML is not shown"
    assert str(wanted) in second["text/html"] and str(wanted) in second["text/plain"]
    built = (site / f"book/{chapter}.html").read_text("utf-8")
    offered = re.search(rf'<figure [^>]*id="{name}".*?</figure>', built, re.S)[0]
    assert f">{wanted}<" not in offered, "the page does not offer this state"


def made(**changes):
    """Make an explorer as a chapter does, with some of it changed."""
    settings = {
        "label": "State",
        "states": {"kaz": "Kazakhstan", "kgz": "Kyrgyzstan", "tjk": "Tajikistan", "uzb": "Uzbekistan"},
        "data": lambda key: companion.load().members("csto")[["member", "role", "claim"]],
        "finding": lambda key: f"What {key} shows.",
        "alt": lambda key: f"A picture of {key}.",
        **changes,
    }
    return companion.explorer(lambda key, theme, width: None, settings.pop("label"), settings.pop("states"), **settings)


def test_an_author_hears_of_all_mistakes_in_the_choices_at_once():
    with pytest.raises(ValueError) as error:
        made(
            states={"Kaz": "Kazakhstan", "kgz": "Kyrgyzstan"},
            page=["kgz", "tjk"],
            start="uzb",
            control="dial",
            limits=(1, 2),
        )
    text = str(error.value)
    for part in (
        "control must be one of",
        "four states at least",
        "'tjk'",
        "start is 'uzb'",
        "'Kaz'",
        "limits are for",
    ):
        assert part in text


@pytest.mark.parametrize("part", ["finding", "alt"])
def test_a_state_without_words_is_refused(part):
    with pytest.raises(ValueError, match=f"state 'tjk' has no {part}"):
        made(**{part: lambda key: "" if key == "tjk" else "Words."})


def test_a_state_that_nobody_defined_is_refused():
    with pytest.raises(KeyError, match="no state 'mars'; there are kaz, kgz"):
        made().at("mars")
