"""A figure of the book: one drawing function, its pictures, the table and the claims.

The call ``companion.figure(draw, data, claims)`` ends a cell. What it returns
carries everything in the cell's own output, because a cached cell does not run
again: the pictures for the page (light and dark, wide and narrow) and for print,
the data as CSV with a word on each column, and the ids of the claims. The
Sphinx extension reads them from there.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.transforms import Bbox
from PIL import Image

from companion import crimea, datasets, layout, raster, style, vectors
from companion.ledger import Ledger, load

MIME = "application/vnd.companion.figure+json"

#: Set by the build: only then are all pictures drawn.
BUILD_VARIABLE = "COMPANION_BUILD"

DPI = 200  # twice the 100 CSS pixels an inch that `style.WIDTHS` reckons with
PRINT_DPI = 300  # what journals and printers ask for
HEAD = 0.4  # inches that a line above a picture takes


#: The MIME type of a drawing in lines.
LINES = "image/svg+xml"

#: A picture: MIME type, bytes, width and height in CSS pixels.
Packed = tuple[str, bytes, int, int]


def remember(figure: Figure, make: Callable[[], dict], *particulars: str) -> dict:
    """Return what `make` draws of a figure. The build puts a memory in the place of this function.

    Parameters
    ----------
    figure : the `Figure`
    make : draws; returns what JSON can hold
    particulars : what else decides how it is drawn
    """
    return make()


#: What matplotlib would write of the day and of itself: the extension says who and whose instead.
_SILENT = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def _saved(figure: plt.Figure, kind: str, frame: Bbox | None = None) -> bytes:
    raw = io.BytesIO()
    # Packed lightly: `pictures` packs it again, with its metadata inside.
    lightly: dict = {"pil_kwargs": {"compress_level": 1}} if kind == "png" else {}
    figure.savefig(raw, format=kind, dpi=PRINT_DPI, metadata=_SILENT[kind], bbox_inches=frame, **lightly)
    return raw.getvalue()


def _printed(drawn: plt.Figure, heading: str) -> dict[str, bytes]:
    frame = _headed(drawn, heading) if heading else None
    printed = {kind: _saved(drawn, kind, frame) for kind in _SILENT}
    return {**printed, "svg": vectors.light(printed["svg"])}


def _headed(figure: plt.Figure, heading: str) -> Bbox:
    """Write a line above a figure; return the frame, in inches, that holds both."""
    width, height = figure.get_size_inches()
    figure.text(0.1 / width, 1 + 0.1 / height, heading, fontsize=10, fontweight=600, va="bottom")
    return Bbox([[0, 0], [width, height + HEAD]])


@contextlib.contextmanager
def _in_one_go() -> Iterator[None]:
    """Let nothing paint the canvas before the figure is whole: geopandas asks for that after each layer of a map."""
    canvases: Any = FigureCanvasBase
    asked = canvases.draw_idle
    canvases.draw_idle = lambda canvas, *arguments, **named: None
    try:
        yield
    finally:
        canvases.draw_idle = asked


class Figure:
    """A drawn figure with its data and claims; made by `figure`.

    Attributes
    ----------
    draw : the drawing function
    data : the table behind the picture
    claims : ids of the claims it shows
    picture : ``svg`` or ``png``
    columns : what each column of `data` holds, by its name
    crimea : whether it is a map whose frame shows Crimea, once it is drawn; the page then says where it is drawn
    """

    crimea = False

    #: Of a picture that is not an SVG: dots an inch by width, and colours; with 128 flat maps with smooth text look
    #: as they do in true colour, in a third of the bytes.
    dpi, colours = {"wide": DPI, "narrow": DPI}, 128

    def __init__(
        self,
        draw: Callable[[style.Theme, str], plt.Figure],
        data: pd.DataFrame,
        claims: list[str],
        picture: str,
        columns: dict[str, str],
    ):
        self.draw, self.data, self.claims, self.picture, self.columns = draw, data, claims, picture, columns

    def render(self, theme: str = "light", width: str = "wide") -> Packed:
        """Draw one variant.

        Parameters
        ----------
        theme : ``light`` or ``dark``
        width : ``wide`` (a text column) or ``narrow`` (a phone)

        Returns
        -------
        (MIME type, bytes, width, height) with the size in CSS pixels

        Raises
        ------
        TypeError
            The drawing function returned no matplotlib figure.
        """
        with self._drawn(theme, width) as drawn:
            return self._packed(drawn, width)

    def _packed(
        self,
        drawn: plt.Figure,
        width: str,
        pack: Callable[[Image.Image], bytes] = raster.png,
        kind: str = "image/png",
    ) -> Packed:
        size = [round(inches * 100) for inches in drawn.get_size_inches()]
        if self.picture == "svg":
            return LINES, _saved(drawn, "svg"), *size
        return kind, pack(raster.with_few_colours(raster.drawn(drawn, self.dpi[width]), self.colours)), *size

    def printed(self, heading: str = "") -> dict[str, bytes]:
        """Draw the light, wide variant for print.

        Parameters
        ----------
        heading : a line above the picture, for one that does not say by itself what it shows

        Returns a dictionary: ``png`` (300 dots an inch), ``svg`` and ``pdf`` (vectors), each as bytes.
        """
        with self._drawn("light", "wide") as drawn:
            return _printed(drawn, heading)

    @contextlib.contextmanager
    def _drawn(self, theme: str, width: str) -> Iterator[plt.Figure]:
        chosen = style.THEMES[theme]
        with plt.rc_context({**plt.rcParamsDefault, **chosen.rc, "backend": plt.rcParams["backend"]}):
            with _in_one_go():
                drawn = self.draw(chosen, width)
            if not isinstance(drawn, plt.Figure):
                raise TypeError("the drawing function must return its matplotlib figure")
            self.crimea = self.crimea or crimea.is_shown(drawn)
            try:
                yield drawn
            finally:
                plt.close(drawn)

    @property
    def heading(self) -> str:
        """The line above the printed picture."""
        return ""

    def pictures(self) -> dict:
        """Draw all that the page and its panel offer.

        Returns
        -------
        ``variants`` (see `variants`) and ``print`` (data by kind), data as base64; and ``crimea``
        """
        packed, printed = {}, {}
        for theme in style.THEMES:
            for width in style.WIDTHS:
                with self._drawn(theme, width) as drawn:
                    packed[width, theme] = self._packed(drawn, width, raster.webp, "image/webp")
                    # What is printed is the same drawing, but for one that is laid out anew each time it is saved.
                    if (theme, width) == ("light", "wide") and drawn.get_layout_engine() is None:
                        printed = _printed(drawn, self.heading)
        printed = printed or self.printed(self.heading)
        return {
            "variants": variants(packed),
            "print": {kind: _text(content) for kind, content in printed.items()},
            "crimea": self.crimea,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        with plt.rc_context():
            if not os.environ.get(BUILD_VARIABLE):
                kind, content, *_ = Figure(self.draw, self.data, self.claims, "png", self.columns).render()
                return {kind: _text(content)}
            pictures = remember(self, self.pictures, self.heading)
        taken, columns = datasets.dataset(load(), self.data, self.columns)
        return {
            MIME: {
                **pictures,
                "kind": "map" if self.picture == "png" else "figure",
                "columns": columns,
                "csv": taken,
                "claims": list(self.claims),
            },
        }


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def variants(packed: dict[tuple[str, str], Packed]) -> dict[str, dict]:
    """Return the pictures for the page as a cell's output carries them.

    Parameters
    ----------
    packed : what `Figure.render` returns, by width and theme

    Returns
    -------
    Type, width, height and data, by ``wide`` and ``narrow`` for drawings in lines, which hold both themes
    (see `vectors.for_both`); for others by ``wide-light``, ``wide-dark`` and so on

    Raises
    ------
    ValueError
        A drawing in lines differs by theme in more than colours.
    """
    found = {}
    for (width, theme), (kind, content, *size) in packed.items():
        if kind != LINES:
            found[f"{width}-{theme}"] = carried(kind, content, *size)
        elif theme == "light":
            found[width] = carried(kind, vectors.for_both(content, packed[width, "dark"][1]), *size)
    return found


def carried(kind: str, content: bytes, width: int, height: int) -> dict:
    """Return a picture as a cell's output carries it.

    Parameters
    ----------
    kind : MIME type
    content : the file
    width, height : in CSS pixels
    """
    return {"type": kind, "width": width, "height": height, "data": _text(content)}


def figure(
    draw: Callable[..., Any],
    data: pd.DataFrame,
    claims: Iterable[str] | None = None,
    picture: str = "svg",
    columns: dict[str, str] | None = None,
    height: float | None = None,
    phone: float | None = None,
    ratios: Sequence[float] | None = None,
    across: tuple[int, int] | None = None,
) -> Figure:
    """Show a figure: the last call of a figure's cell.

    Parameters
    ----------
    draw : function of matplotlib axes, ``def draw(ax)``, which the book makes and sizes for a
        text column and for a phone, in light and in dark; with several parameters each gets a
        panel. Or a function of a theme (`companion.style.Theme`) and a width (``wide`` or
        ``narrow``) that makes and returns its own matplotlib figure.
    data : the table behind the figure; it becomes the CSV that readers take away
    claims : ids of the claims the figure shows; by default the distinct values
        of the column ``claim`` of `data`
    picture : ``svg`` for charts, ``png`` for maps (as SVG a map weighs forty times more);
        for print both are drawn anyway
    columns : what each column of `data` holds, with its unit, by the column's name;
        a column that the data package describes in one way only needs no entry
    height, phone, ratios, across : for a function of axes, see `companion.layout.lay_out`

    Returns
    -------
    A `Figure`, which Jupyter and the built page know how to show.

    Raises
    ------
    UnknownId
        A claim id that the ledger does not hold.
    ValueError
        No claims: neither given nor in `data`; another picture format; or a column
        that nothing describes.
    """
    if picture not in ("svg", "png"):
        raise ValueError(f"picture must be 'svg' or 'png', not {picture!r}")
    ledger = load()
    claims = claims_of(ledger, data, claims)
    if layout.panels(draw):
        draw = layout.lay_out(draw, height, phone, ratios, across)
    return Figure(draw, data.reset_index(drop=True), claims, picture, described(ledger, data, columns or {}))


def claims_of(ledger: Ledger, data: pd.DataFrame, given: Iterable[str] | None) -> list[str]:
    """Return the ids of the claims behind a figure or a table: those that are given, or those of the column ``claim``.

    Raises ``UnknownId`` for an id that the ledger does not hold, ``ValueError`` where there are none.
    """
    if given is None:
        given = list(dict.fromkeys(data["claim"])) if "claim" in data else []
    claims = [id for id in given if id]
    if not claims:
        raise ValueError("a figure or a table rests on claims: give them, or a column 'claim' in the data")
    for id in claims:
        ledger.inputs(id)
    return claims


def described(ledger: Ledger, data: pd.DataFrame, given: dict[str, str]) -> dict[str, str]:
    """Return what each column of a figure's table holds, by the column's name.

    Parameters
    ----------
    given : the figure's own descriptions; they come before those of the data package

    Raises ``ValueError`` for columns that nothing describes, and for descriptions of no column.
    """
    known = {**ledger.column_meanings(), "claim": "Id of the claim that the row rests on: its row in the ledger."}
    found = {str(name): given.get(name) or known.get(name, "") for name in data.columns}
    missing = [name for name, meaning in found.items() if not meaning]
    if missing:
        raise ValueError(
            f"nothing says what these columns hold: {', '.join(missing)}; "
            'write columns={"name": "what it holds, with its unit"}'
        )
    unknown = [name for name in given if name not in found]
    if unknown:
        raise ValueError(f"columns describes {', '.join(unknown)}, which the figure's table does not have")
    return found
