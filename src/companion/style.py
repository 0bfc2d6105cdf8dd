"""The look of every figure: one typeface, one palette, a light and a dark theme.

An actor keeps its colour through the whole book. The colours stay apart under
the common kinds of colour blindness and, with the direct labels that every
figure carries, in greyscale; a status is never told by colour alone.
"""

import pathlib
from dataclasses import dataclass, field, replace

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like, to_hex, to_rgb

from companion.ledger import CENTRAL_ASIA

FONTS = pathlib.Path(__file__).parent / "fonts"
#: The files of the typeface; where one is missing matplotlib takes another and says little.
FACES = ("Inter-Regular.ttf", "Inter-SemiBold.ttf", "Inter-Italic.ttf")

#: Width of a figure in inches at 100 CSS pixels an inch: a text column, a phone.
WIDTHS = {"wide": 7.4, "narrow": 3.5}

#: Type size in points by width: 12.5 CSS pixels on a desk, 11.1 on a phone. Nothing in a picture is smaller.
SIZES = {"wide": 9, "narrow": 8}

#: What each way of drawing means, in every figure of the book, and how keys say it.
MARKS = {
    "hatched": "computed or implied by the book",
    "hollow": "not verified",
    "open": "open end: at least, or more than",
    "dashed": "planned or announced",
    "grey": "not looked up",
}


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@dataclass(frozen=True)
class Theme:
    """Colours and type sizes for one drawing.

    Attributes
    ----------
    name : ``light`` or ``dark``
    paper, ink, muted, rule : background, text, secondary text, thin lines
    land, focus, water, border : the parts of a map; ``focus`` is Central Asia
    member, observer, frozen, outside : how a membership is filled
    actor : colour by actor id (``rus``, ``eu``, ``usa``, ``chn``, …)
    """

    name: str
    paper: str
    ink: str
    muted: str
    rule: str
    land: str
    focus: str
    water: str
    border: str
    member: str
    observer: str
    frozen: str
    outside: str
    actor: dict = field(hash=False)

    @property
    def rc(self) -> dict:
        """The matplotlib settings of this theme."""
        return {
            "font.family": "Inter",
            "font.size": 9,
            "figure.facecolor": self.paper,
            "savefig.facecolor": self.paper,
            "axes.facecolor": self.paper,
            "axes.edgecolor": self.rule,
            "axes.labelcolor": self.muted,
            "axes.titlecolor": self.ink,
            "axes.titlesize": 9.5,
            "axes.titleweight": 600,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "text.color": self.ink,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "xtick.labelsize": 8.5,
            "ytick.labelsize": 8.5,
            "grid.color": self.rule,
            "grid.linewidth": 0.6,
            "hatch.linewidth": 1.1,
            "text.parse_math": False,  # a label may hold two dollar signs
            "svg.hashsalt": "companion",
            "svg.fonttype": "path",
        }

    def settings(self, width: str) -> dict:
        """Return the matplotlib settings of this theme at one of the book's two widths.

        Parameters
        ----------
        width : ``wide`` or ``narrow``

        Returns
        -------
        The settings of `rc` with one size of type for everything: no cell needs another.
        """
        size = SIZES[width]
        return {
            **self.rc,
            "font.size": size,
            "axes.labelsize": size,
            "axes.titlesize": size,
            "xtick.labelsize": size,
            "ytick.labelsize": size,
            "xtick.major.size": 0,
            "ytick.major.size": 0,
            "legend.fontsize": size,
            "legend.frameon": False,
            "legend.handlelength": 1,
            "legend.handleheight": 1,
            "legend.handletextpad": 0.5,
            "legend.columnspacing": 1.2,
            "legend.borderaxespad": 0.1,
            "legend.borderpad": 0.1,
        }

    def colour(self, name: str) -> str:
        """Return a colour by the id of an actor, by the name of a part of the theme, or as it is written.

        Parameters
        ----------
        name : an id such as ``rus`` (each of the five has the colour of ``central-asia``), a
            name such as ``muted``, or a colour that matplotlib knows

        Raises
        ------
        ValueError
            It is none of them.
        """
        if name in CENTRAL_ASIA:
            name = "central-asia"
        parts = {part: getattr(self, part) for part in self.__dataclass_fields__ if part not in ("name", "actor")}
        colour = {**parts, **self.actor}.get(name, name)
        if not is_color_like(colour):
            raise ValueError(f"{name!r} is not a colour; there are {', '.join([*self.actor, *parts])}")
        return colour

    def tint(self, name: str, share: float) -> str:
        """Return a colour thinned with that of the paper.

        Parameters
        ----------
        name : see `colour`
        share : how much of the colour stays, 0 to 1
        """
        colour, paper = to_rgb(self.colour(name)), to_rgb(self.paper)
        return to_hex(tuple(share * one + (1 - share) * other for one, other in zip(colour, paper)))  # type: ignore[arg-type]

    def over(self, name: str) -> str:
        """Return the colour of text that is read best on an area: that of the paper or of ink."""
        ground = _luminance(self.colour(name))

        def contrast(text: str) -> float:
            low, high = sorted((_luminance(text), ground))
            return (high + 0.05) / (low + 0.05)

        return max(self.ink, self.paper, key=contrast)


@dataclass(frozen=True)
class Sheet:
    """What a drawing is made for.

    Attributes
    ----------
    theme : the colours
    width : ``wide`` or ``narrow``
    """

    theme: Theme
    width: str

    @property
    def is_wide(self) -> bool:
        """Say whether there is the room of a text column, not of a phone."""
        return self.width == "wide"


def on(ax: Axes) -> Sheet:
    """Return the sheet of some axes: for which theme and width they are drawn.

    Parameters
    ----------
    ax : matplotlib axes. Those that `companion.figure` did not make count as light and wide.
    """
    return getattr(ax.get_figure(), "companion_sheet", None) or Sheet(LIGHT, "wide")


#: The theme of the light page, of print and of what readers take away.
LIGHT = Theme(
    name="light",
    paper="#FFFFFF",
    ink="#1D2226",
    muted="#5A6167",
    rule="#C9CCC8",
    land="#E4E2DC",
    focus="#D3CCBC",
    water="#E7EFF3",
    border="#FFFFFF",
    member="#00588C",
    observer="#8FBFDC",
    frozen="#E8A33D",
    outside="#E4E2DC",
    actor={
        "rus": "#B3361E",
        "eu": "#00588C",
        "usa": "#3E8FC4",
        "chn": "#B07A00",
        "tur": "#00796B",
        "ots": "#00796B",
        "aze": "#2FA496",
        "central-asia": "#5B4B8A",
        "blr": "#75695C",
        "ukr": "#6C7A00",
        "arm": "#8C6D46",
    },
)
#: The theme of the dark page.
DARK = Theme(
    name="dark",
    paper="#15191C",
    ink="#E8E6E1",
    muted="#A6ACB0",
    rule="#444B50",
    land="#2C3236",
    focus="#454A44",
    water="#1B2730",
    border="#15191C",
    member="#5AA9DB",
    observer="#2F6489",
    frozen="#E8A33D",
    outside="#2C3236",
    actor={
        "rus": "#F0795C",
        "eu": "#5AA9DB",
        "usa": "#9CCBEA",
        "chn": "#E0B04A",
        "tur": "#43B8A8",
        "ots": "#43B8A8",
        "aze": "#7FD6CA",
        "central-asia": "#A698D6",
        "blr": "#B8AB9C",
        "ukr": "#C0CC55",
        "arm": "#CBAA80",
    },
)
#: The themes by name.
THEMES = {"light": LIGHT, "dark": DARK}


def use_fonts() -> None:
    """Make the book's typeface (Inter, SIL Open Font License) known to matplotlib."""
    fonts = font_manager.fontManager
    known = {entry.fname for entry in fonts.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) not in known:
            fonts.addfont(str(path))
    # Some versions of matplotlib count “Semi Bold” to the family's name and then miss the weight.
    fonts.ttflist = [
        replace(entry, name="Inter") if pathlib.Path(entry.fname).parent == FONTS else entry for entry in fonts.ttflist
    ]


use_fonts()
