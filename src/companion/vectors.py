"""Drawings in lines: matplotlib's SVG in a third of its bytes, and one file for a light and a dark page.

Nothing that an eye could see is left out: a place is exact to a hundredth of a point.
"""

import itertools
import re
from collections.abc import Iterator
from xml.etree import ElementTree

#: The name by which a page asks a drawing of `for_both` for its dark colours: ``name.svg#dark``.
DARK = "dark"

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _XLINK)

#: What may give an element its colour beside its style: so matplotlib writes the ground of a hatched area.
_COLOURS = ("fill", "stroke")

#: Decimals of a place in the drawing, in points, and of one in the outline of a letter, whose units are far smaller.
_PLACES, _LETTER = 2, 0
#: How matplotlib brings the outline of a letter to size.
_LETTERS = "scale(0.015625)"


def light(drawing: bytes) -> bytes:
    """Return a drawing in fewer bytes.

    Parameters
    ----------
    drawing : an SVG as matplotlib writes it
    """
    return _written(_lightened(drawing))


def for_both(light: bytes, dark: bytes) -> bytes:
    """Return one drawing for two themes: it has the colours of `light`, and with ``#dark`` after its address those of `dark`.

    The light colours stand where every program looks for them, the dark ones in a style sheet, which asks whether
    the drawing was called by its name. A page's own switch of themes can so choose, which no media query knows.

    Parameters
    ----------
    light, dark : SVGs as matplotlib writes them, of the same drawing in two themes

    Raises
    ------
    ValueError
        They differ in more than colours.
    """
    one, other = _lightened(light), _lightened(dark)
    rules: dict[tuple[str, str], str] = {}
    names = _names()
    for here, there in itertools.zip_longest(one.iter(), other.iter()):
        if here is None or there is None or _shape(here) != _shape(there):
            raise ValueError("a figure is the same drawing in light and in dark: only its colours depend on the theme")
        style, changed = _declarations(here), _declarations(there)
        rest = [(name, value) for name, value in changed.items() if style[name] != value]
        if rest:
            for rule in rest:
                if rule not in rules:
                    rules[rule] = next(names)
            here.set("class", " ".join(rules[rule] for rule in rest))
    one.set("id", DARK)
    sheet = "".join(f"#{DARK}:target .{name}{{{key}:{value}!important}}" for (key, value), name in rules.items())
    found = next(one.iter(f"{{{_SVG}}}style"))
    found.text = (found.text or "") + sheet
    return _written(one)


def _shape(element: ElementTree.Element) -> tuple:
    """Return what the same element must have in both themes: everything but the values in its style and its colours."""
    attributes = {key: value for key, value in element.attrib.items() if key not in ("style", "class", *_COLOURS)}
    return element.tag, attributes, list(_declarations(element))


def _declarations(element: ElementTree.Element) -> dict[str, str]:
    said = {name: element.attrib[name] for name in _COLOURS if name in element.attrib}
    return said | dict(part.split(":", 1) for part in element.get("style", "").split(";") if part)


def _names() -> Iterator[str]:
    """Name things as shortly as can be: ``a`` to ``z``, then ``aa``, ``ab``, …"""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for length in itertools.count(1):
        yield from map("".join, itertools.product(letters, repeat=length))


def _written(root: ElementTree.Element) -> bytes:
    return ElementTree.tostring(root, encoding="unicode").encode()


def _lightened(drawing: bytes) -> ElementTree.Element:
    root = ElementTree.fromstring(drawing)
    _rename(root)
    for element in root.iter():
        if not (element.text or "").strip():
            element.text = None
        element.tail = None
        if "d" in element.attrib:
            is_letter = element.get("transform") == _LETTERS
            element.set("d", path(element.attrib["d"], _LETTER if is_letter else _PLACES))
        if "style" in element.attrib:
            element.set("style", re.sub(r"([:;]) ", r"\1", element.attrib["style"]))
        if "transform" in element.attrib:
            _move(element)
        if element is not root:
            for name in {"x", "y", "width", "height"} & set(element.keys()):
                element.set(name, _rounded(element.attrib[name]))
    _inherit(root)
    _unwrap(root)
    return root


def _inherit(root: ElementTree.Element) -> None:
    """Take from a mark the colours that each of its places repeats: no style sheet reaches a mark where it is used."""
    marks = {f"#{element.get('id')}": element for element in root.iter() if "id" in element.attrib}
    for place in root.iter(f"{{{_SVG}}}use"):
        mark, said = marks[place.attrib[_HREF]], _declarations(place)
        own = [(name, value) for name, value in _declarations(mark).items() if said.get(name) != value]
        if "style" in mark.attrib:
            mark.set("style", ";".join(map(":".join, own)))


def _rename(root: ElementTree.Element) -> None:
    """Give short names, in their order, to what is referred to, and take away those that nothing refers to."""
    used: set[str] = set()
    for element in root.iter():
        used.update(_references(element))
    names = _names()
    short = {id: next(names) for id in (element.get("id") for element in root.iter()) if id in used}
    for element in root.iter():
        for name, value in list(element.items()):
            if name == "id":
                if value in short:
                    element.set("id", short[value])
                else:
                    del element.attrib["id"]
            elif name == _HREF and value.startswith("#"):
                element.set(name, f"#{short[value[1:]]}")
            elif "url(#" in value:
                element.set(name, re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{short[match[1]]})", value))


def _references(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.items():
        if name == _HREF and value.startswith("#"):
            yield value[1:]
        yield from re.findall(r"url\(#([^)]+)\)", value)


def _move(element: ElementTree.Element) -> None:
    """Shorten how an element is moved; a letter in a line of text only along it."""

    def moved(match: re.Match[str]) -> str:
        across, down = map(_rounded, match[0][10:-1].split())
        return f"translate({across} {down})"

    text = re.sub(r"translate\([-\d.e]+ [-\d.e]+\)", moved, element.attrib.pop("transform"))
    along = re.fullmatch(r"translate\(([-\d.]+) 0\)", text)
    if along and element.tag == f"{{{_SVG}}}use" and "x" not in element.attrib:
        if along[1] != "0":
            element.set("x", along[1])
    else:
        element.set("transform", text)


def _unwrap(parent: ElementTree.Element) -> None:
    """Take away groups that say nothing of what is in them."""
    children = []
    for child in parent:
        _unwrap(child)
        says_nothing = child.tag == f"{{{_SVG}}}g" and not child.attrib
        children += list(child) if says_nothing else [child]
    parent[:] = children


def _rounded(number: str) -> str:
    return _decimal(round(float(number) * 100), 2)


def _decimal(number: int, places: int) -> str:
    """Write a whole number of hundredths (or of other parts, by the decimals) as shortly as can be: ``-.5``."""
    if not places:
        return str(number)
    text = f"{abs(number):0{places + 1}d}"
    whole, part = text[:-places].lstrip("0"), text[-places:].rstrip("0")
    written = (whole + (f".{part}" if part else "")) or "0"
    return f"-{written}" if number < 0 and written != "0" else written


def path(data: str, places: int) -> str:
    """Return the outline of a shape by the steps from each point to the next.

    Parameters
    ----------
    data : as matplotlib writes it: M, L, Q, C and z, each letter and number by itself
    places : decimals that are kept

    Raises
    ------
    ValueError
        It has other letters.
    """
    parts: list[str] = []
    at, start, last = (0, 0), (0, 0), ""
    if set(re.findall("[A-Za-z]", data)) - set("MLQCze"):
        raise ValueError("an outline with other steps than those that matplotlib writes: M, L, Q, C and z")
    for letter, numbers in re.findall("([MLQCz])([^MLQCz]*)", data):
        values = [round(float(number) * 10**places) for number in numbers.split()]
        points = list(zip(values[::2], values[1::2]))
        # A step to where one is draws nothing, but for the first of a line, whose round end is a dot.
        if letter == last == "L" and points[0] == at:
            continue
        parts += ["" if letter == last == "L" else letter.lower()]
        parts += [_decimal(to - here, places) for point in points for to, here in zip(point, at)]
        at = points[-1] if points else start
        start = at if letter == "M" else start
        last = letter
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    """Join letters and numbers, with a blank only where two numbers would run together."""
    text, number = [], False
    for part in filter(None, parts):
        text += [" ", part] if number and not part.isalpha() and part[0] != "-" else [part]
        number = not part.isalpha()
    return "".join(text)
