"""A figure of the book: one drawing function, four pictures, the table and the claims.

The call ``companion.figure(draw, data, claims)`` ends a cell. What it returns
carries everything in the cell's own output, because a cached cell does not run
again: the pictures (light and dark, wide and narrow), the data as CSV and the
ids of the claims. The Sphinx extension reads them from there.
"""
import base64
import io
import os

import matplotlib.pyplot as plt
import pandas as pd
from PIL import Image

from . import style
from .ledger import load

MIME = "application/vnd.companion.figure+json"

#: Set by the build: only then are all four pictures drawn.
BUILD_VARIABLE = "COMPANION_BUILD"

DPI = 200  # twice the 100 CSS pixels an inch that `style.WIDTHS` reckons with
COLOURS = 128  # enough for flat maps with smooth text; a third of the true-colour file


def _png(figure):
    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=DPI)
    picture = Image.open(raw).convert("RGB")
    size = picture.size
    packed = io.BytesIO()
    # An octree keeps rare colours (one small hatched state) that a median cut drops.
    palette = picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(packed, "png", optimize=True)
    return "image/png", packed.getvalue(), size[0] // 2, size[1] // 2


def _svg(figure):
    raw = io.BytesIO()
    figure.savefig(raw, format="svg", metadata={"Date": None, "Creator": None})
    width, height = figure.get_size_inches() * 100
    return "image/svg+xml", raw.getvalue(), round(width), round(height)


class Figure:
    """A drawn figure with its data and claims; made by `figure`.

    Attributes
    ----------
    draw : the drawing function
    data : the table behind the picture
    claims : ids of the claims it shows
    picture : ``svg`` or ``png``
    """

    def __init__(self, draw, data, claims, picture):
        self.draw, self.data, self.claims, self.picture = draw, data, claims, picture

    def render(self, theme="light", width="wide"):
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
        chosen = style.THEMES[theme]
        with plt.rc_context({**plt.rcParamsDefault, **chosen.rc, "backend": plt.rcParams["backend"]}):
            drawn = self.draw(chosen, width)
            if not isinstance(drawn, plt.Figure):
                raise TypeError("the drawing function must return its matplotlib figure")
            try:
                return (_png if self.picture == "png" else _svg)(drawn)
            finally:
                plt.close(drawn)

    def _repr_mimebundle_(self, include=None, exclude=None):
        with plt.rc_context():
            if not os.environ.get(BUILD_VARIABLE):
                kind, content, *_ = Figure(self.draw, self.data, self.claims, "png").render()
                return {kind: base64.b64encode(content).decode()}
            variants = {}
            for theme in style.THEMES:
                for width in style.WIDTHS:
                    kind, content, w, h = self.render(theme, width)
                    variants[f"{width}-{theme}"] = {
                        "type": kind, "width": w, "height": h,
                        "data": base64.b64encode(content).decode(),
                    }
        first = variants["wide-light"]
        plain = first["data"] if first["type"] == "image/png" else base64.b64decode(first["data"]).decode()
        return {
            first["type"]: plain,
            MIME: {
                "variants": variants,
                "csv": self.data.to_csv(index=False, lineterminator="\n"),
                "claims": list(self.claims),
            },
        }


def figure(draw, data: pd.DataFrame, claims=None, picture: str = "svg") -> Figure:
    """Show a figure: the last call of a figure's cell.

    Parameters
    ----------
    draw : function of a theme (`companion.style.Theme`) and a width (``wide``
        or ``narrow``) that returns a matplotlib figure. It is called once for
        each picture, with the theme's fonts and colours already set.
    data : the table behind the figure; it becomes the CSV that readers take away
    claims : ids of the claims the figure shows; by default the distinct values
        of the column ``claim`` of `data`
    picture : ``svg`` for charts, ``png`` for maps (as SVG a map weighs forty times more)

    Returns
    -------
    A `Figure`, which Jupyter and the built page know how to show.

    Raises
    ------
    UnknownId
        A claim id that the ledger does not hold.
    ValueError
        No claims: neither given nor in `data`; or another picture format.
    """
    if picture not in ("svg", "png"):
        raise ValueError(f"picture must be 'svg' or 'png', not {picture!r}")
    if claims is None:
        claims = list(dict.fromkeys(data["claim"])) if "claim" in data else []
    claims = [c for c in claims if c]
    if not claims:
        raise ValueError("a figure rests on claims: give them, or a column 'claim' in the data")
    ledger = load()
    for id in claims:
        ledger.inputs(id)
    return Figure(draw, data.reset_index(drop=True), claims, picture)
