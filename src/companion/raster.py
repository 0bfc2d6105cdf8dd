"""Pictures with few colours: a map is far smaller than in true colour, and looks the same.

One way for all: an octree, whose buckets lie evenly in the space of colours. It keeps rare
colours (one small hatched state) that a median cut drops, and takes a fifth of the time of a
palette that is fitted to the picture. What it has only the neighbourhood of, the colours of areas,
is set exactly afterwards.
"""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

AREA = 0.002  # of the picture: a colour that covers so much is that of an area, and exact


def drawn(figure: Figure, dpi: int) -> Image.Image:
    """Return a drawn figure as a picture in true colour.

    Parameters
    ----------
    figure : matplotlib figure
    dpi : dots an inch
    """
    raw = io.BytesIO()
    figure.savefig(raw, format="rgba", dpi=dpi)
    dots = raw.getvalue()
    width = int(figure.get_size_inches()[0] * dpi)
    height, rest = divmod(len(dots), 4 * width)
    if rest:
        raise ValueError(f"a drawing of {len(dots)} bytes is not {width} dots wide")
    return Image.frombytes("RGBA", (width, height), dots).convert("RGB")


def with_few_colours(picture: Image.Image, colours: int) -> Image.Image:
    """Return a picture with a palette in which the colours that fill areas are exact.

    Parameters
    ----------
    picture : in true colour (mode ``RGB``)
    colours : how many there are, 2 to 200; large areas of neighbouring colours may add a few
    """
    packed = picture.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = (packed.getpalette() or [])[: 3 * colours]
    places = np.array(packed).ravel()
    numbers = np.asarray(picture).reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1])
    found, times = np.unique(numbers, return_counts=True)
    areas = times >= AREA * len(numbers)
    taken = set()
    for colour in found[areas][np.argsort(-times[areas], kind="stable")].tolist():
        dots = numbers == colour
        place = int(places[dots.argmax()])
        if place in taken:  # by a larger area, whose colour is a neighbour
            place = len(palette) // 3
            if place == 256:
                continue  # a picture of nothing but areas
            palette += [0, 0, 0]
            places[dots] = place
        taken.add(place)
        palette[3 * place : 3 * place + 3] = colour.to_bytes(3, "big")
    exact = Image.fromarray(places.reshape(picture.size[::-1]), "P")
    exact.putpalette(palette)
    return exact


def png(picture: Image.Image) -> bytes:
    """Return a picture as a PNG, packed as tightly as can be."""
    packed = io.BytesIO()
    picture.save(packed, "png", optimize=True)
    return packed.getvalue()


def webp(picture: Image.Image) -> bytes:
    """Return a picture as a lossless WebP, a quarter lighter than as a PNG.

    Beyond method 3 the packing takes ten times as long and the file is not smaller.
    """
    packed = io.BytesIO()
    picture.convert("RGB").save(packed, "webp", lossless=True, quality=90, method=3)
    return packed.getvalue()
