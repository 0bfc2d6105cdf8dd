"""An explorer: one figure in several states, and a control to choose among them.

The call ``companion.explorer(draw, …)`` ends a cell, as ``companion.figure`` does, and the
same function draws every state. In Jupyter it shows an ipywidgets control, and Python
draws what the reader chooses, also what the page does not offer. While the book is built
no widget is made (its random ids would end up in the page): each state of the page is
drawn beforehand, and the output carries them all, as that of a figure carries one.
"""

import base64
import functools
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, cast

import pandas as pd

from companion import figures, pages, raster, sources
from companion.ledger import load

#: What stands for a state: a name, or a number within the limits.
Key = str | float

CONTROLS = ("select", "radio", "range")

#: How Jupyter's front ends know a control.
WIDGET = "application/vnd.jupyter.widget-view+json"


class Light(figures.Figure):
    """A figure whose maps have fewer dots and colours: a reader may fetch every state of it."""

    dpi, colours = {"wide": 132, "narrow": 156}, 20

    def light(self, theme: str, width: str) -> figures.Packed:
        """Draw one variant as `companion.figures.Figure.render` does, but a map as WebP."""
        with self._drawn(theme, width) as drawn:
            return self._packed(drawn, width, raster.webp, "image/webp")


@dataclass(frozen=True)
class State:
    """One state: a figure, and what it shows in words.

    Attributes
    ----------
    key : what stands for the state in the page's address
    label : its name in the control
    finding : what it shows, one or two sentences; the caption of the state
    alt : what stands in place of the picture
    figure : `Light`, with the state's own data and claims
    """

    key: str
    label: str
    finding: str
    alt: str
    figure: Light


class Explorer(Light):
    """A figure with states; made by `explorer`.

    As a figure it is the state with which it starts, with the data and the claims of
    all states of the page: paper shows that, and the panel below offers these.

    Attributes
    ----------
    label : name of the control
    states : labels of all choices by their keys
    page : keys of the states that the built page offers
    start : key of the state shown first
    control : ``select``, ``radio`` or ``range``
    limits : the least and the greatest number that Jupyter takes, or None where keys are names
    """

    def __init__(
        self,
        label: str,
        states: dict[Key, str],
        page: list[Key],
        start: Key,
        control: str,
        limits: tuple[float, float] | None,
        make: Callable[[Key, str], State],
    ):
        self.label, self.states, self.page, self.start = label, states, page, start
        self.control, self.limits, self._make = control, limits, make
        shown = {key: self.at(key) for key in page}
        first = shown[start].figure
        tables = [state.figure.data.assign(choice=state.label) for state in shown.values()]
        columns = {
            **first.columns,
            "choice": f"The state of the figure that shows the row, as its control “{label}” names it.",
        }
        claims = dict.fromkeys(id for state in shown.values() for id in state.figure.claims)
        super().__init__(first.draw, pd.concat(tables, ignore_index=True), list(claims), first.picture, columns)

    def at(self, key: Key) -> State:
        """Return one state, also one that the page does not offer.

        Parameters
        ----------
        key : a key of `states`, or a number within `limits`

        Raises
        ------
        KeyError
            There is no such state.
        """
        if self.limits:
            least, greatest = self.limits
            if not least <= cast(float, key) <= greatest:
                raise KeyError(f"{key} does not lie between {least:g} and {greatest:g}")
        elif key not in self.states:
            raise KeyError(f"no state {key!r}; there are {', '.join(map(str, self.states))}")
        return self._make(key, self.states.get(key) or f"{key:g}")

    @property
    def heading(self) -> str:
        """The name of the state with which it starts: on paper no control says it."""
        return f"{self.label}: {self.at(self.start).label}"

    def printed(self, heading: str = "") -> dict[str, bytes]:
        """Draw the state with which it starts for print, its name above it; see `companion.figures.Figure.printed`."""
        return super().printed(heading or self.heading)

    def live(self) -> None:
        """Show the control, and below it the chosen state, which Python draws.

        The state is an output of its own, which each choice replaces. So it is saved with the notebook,
        picture and finding, and stands there when someone opens the notebook without a kernel.
        """
        import ipywidgets
        from IPython.display import display

        look = {"style": {"description_width": "initial"}, "description": self.label}
        options = [(label, key) for key, label in self.states.items()]
        if self.limits:
            least, greatest = self.limits
            chooser = ipywidgets.BoundedFloatText(value=self.start, min=least, max=greatest, **look)
        elif self.control == "range":
            chooser = ipywidgets.SelectionSlider(
                options=options, value=self.start, continuous_update=False, layout={"width": "min(40em, 100%)"}, **look
            )
        else:
            chooser = ipywidgets.Dropdown(options=options, value=self.start, **look)
        view = {"version_major": 2, "version_minor": 0, "model_id": chooser.model_id}
        display({WIDGET: view, "text/plain": f"{self.label}: run this cell to choose."}, raw=True)
        shown = display(_live(self.at(self.start)), raw=True, display_id=True)
        chooser.observe(lambda change: shown.update(_live(self.at(change["new"])), raw=True), "value")

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if os.environ.get(figures.BUILD_VARIABLE):
            display(self._repr_mimebundle_(), raw=True)
        else:
            self.live()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        bundle = super()._repr_mimebundle_(include, exclude)
        if figures.MIME in bundle:
            payload = bundle[figures.MIME]
            payload["explorer"] = {
                "label": self.label,
                "control": self.control,
                "start": address(self.start),
                "states": [_carried(self.at(key)) for key in self.page if key != self.start],
            }
            payload["crimea"] |= any([state.pop("crimea") for state in payload["explorer"]["states"]])
            # The state with which it starts has the pictures of the figure itself.
            first = _words(self.at(self.start)) | {"variants": payload["variants"]}
            payload["explorer"]["states"].insert(self.page.index(self.start), first)
        return bundle


def address(key: Key) -> str:
    """Return a state's key as the page's address writes it: ``eco``, ``82.5``."""
    return key if isinstance(key, str) else f"{key:g}"


def _carried(state: State) -> dict:
    """Return what a cell's output holds of a state, with its pictures."""
    return _words(state) | figures.remember(state.figure, lambda: _pictures(state.figure))


def _words(state: State) -> dict:
    return {
        "key": state.key,
        "label": state.label,
        "finding": state.finding,
        "alt": state.alt,
        "claims": state.figure.claims,
    }


def _pictures(figure: Light) -> dict:
    packed = {
        (width, theme): figure.light(theme, width) for theme in figures.style.THEMES for width in figures.style.WIDTHS
    }
    return {"variants": figures.variants(packed), "crimea": figure.crimea}


def _live(state: State) -> dict[str, str]:
    """Return a state as Jupyter shows it, by MIME type: as HTML, because a bare picture has no alternative text."""
    shown = figures.Figure(state.figure.draw, state.figure.data, state.figure.claims, "png", state.figure.columns)
    kind, content, width, _ = shown.render()
    picture, ledger = base64.b64encode(content).decode(), load()
    named = ", ".join(sources.short(key, ledger.root) for key in ledger.sources(state.figure.claims))
    return {
        "text/html": (
            f'<figure style="margin:0"><img src="data:{kind};base64,{picture}" '
            f'alt="{escape(state.alt, quote=True)}" style="width:{width}px;max-width:100%;height:auto">'
            f'<figcaption style="line-height:1.4;max-width:{width}px"><b>{escape(state.label)}.</b> {escape(state.finding)}'
            f"<br><small>Source: {escape(named)}.</small></figcaption></figure>"
        ),
        kind: picture,
        "text/plain": f"{state.label}. {state.finding} Source: {named}.",
    }


def explorer(
    draw: Callable[..., Any],
    label: str,
    states: dict[Key, str],
    *,
    data: Callable[[Any], pd.DataFrame],
    finding: Callable[[Any], str],
    alt: Callable[[Any], str],
    claims: Callable[[Any], Iterable[str]] | None = None,
    page: Iterable[Key] | None = None,
    start: Key | None = None,
    control: str = "select",
    limits: tuple[float, float] | None = None,
    picture: str = "svg",
    columns: dict[str, str] | None = None,
    height: float | None = None,
    phone: float | None = None,
    ratios: Sequence[float] | None = None,
    across: tuple[int, int] | None = None,
) -> Explorer:
    """Show a figure with a control: the last call of an explorer's cell.

    Parameters
    ----------
    draw : function of a state's key and of matplotlib axes, ``def draw(key, ax)``; or of a
        state's key, a theme (`companion.style.Theme`) and a width (``wide`` or ``narrow``) that
        makes and returns its own matplotlib figure
    label : what the reader chooses: the control's name
    states : the choices: their labels by their keys. Keys are lower-case names, or numbers
        in rising order
    data : function of a key that returns the table behind the state's picture
    finding : function of a key that returns what the state shows, in a sentence or two
    alt : function of a key that returns the text in place of the picture
    claims : function of a key that returns the ids of the claims on which the state rests; by
        default those in the column ``claim`` of its table
    page : keys of the states drawn for the built page, four at least; by default all. The
        others can be chosen in Jupyter
    start : key of the state shown first; by default the first of the page
    control : ``select``, ``radio`` or ``range`` (for states in an order)
    limits : where keys are numbers: the least and the greatest that may be typed in Jupyter
    picture : ``svg``, or ``png`` for maps, whose outlines make a heavy SVG
    columns : what the columns hold, by name, where the data package does not say
    height, phone, ratios, across : for a function of axes, see `companion.layout.lay_out`

    Raises
    ------
    UnknownId
        A state rests on a claim that the ledger does not hold.
    ValueError
        All that is wrong with the choices; a state without finding, alternative text or
        claims; or what `companion.figure` refuses.
    """
    page = list(states) if page is None else list(page)
    start = page[0] if start is None and page else start
    _check(states, page, start, control, limits)
    assert start is not None  # else it is no state of the page, which has been refused
    ledger = load()

    def make(key: Key, name: str) -> State:
        drawn = figures.figure(
            functools.partial(draw, key),
            data(key),
            None if claims is None else claims(key),
            picture,
            columns,
            height,
            phone,
            ratios,
            across,
        )
        drawn = Light(drawn.draw, drawn.data, drawn.claims, drawn.picture, drawn.columns)
        words = {"finding": pages.plain(finding(key), ledger), "alt": pages.plain(alt(key), ledger)}
        empty = [part for part, text in words.items() if not text.strip()]
        if empty:
            raise ValueError(f"state {key!r} has no {' and no '.join(empty)}")
        return State(address(key), name, words["finding"], words["alt"], drawn)

    return Explorer(label, dict(states), page, start, control, limits, make)


def _check(
    states: dict[Key, str], page: list[Key], start: Key | None, control: str, limits: tuple[float, float] | None
) -> None:
    """Raise a ``ValueError`` that lists everything that is wrong with the choices of an explorer."""
    wrong = []
    numbers = [key for key in states if not isinstance(key, str)]
    if control not in CONTROLS:
        wrong.append(f"control must be one of {', '.join(CONTROLS)}, not {control!r}")
    if len(page) < 4:
        wrong.append(f"an explorer has four states at least on the page, not {len(page)}")
    wrong += [f"page names {key!r}, which is not among the states" for key in page if key not in states]
    if start not in page:
        wrong.append(f"start is {start!r}, which is not a state of the page")
    wrong += [
        f"state {key!r}: write lower-case letters, digits and hyphens, because the address holds it"
        for key in states
        if isinstance(key, str) and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key)
    ]
    if limits and len(numbers) < len(states):
        wrong.append("limits are for states whose keys are numbers")
    if numbers and not limits:
        wrong.append("states whose keys are numbers need limits=(least, greatest)")
    if limits and numbers:
        wrong += [f"state {key:g} lies outside the limits" for key in numbers if not limits[0] <= key <= limits[1]]
    if wrong:
        raise ValueError("; ".join(wrong))
