"""What the cells showed when the book was built, as a notebook carries it: for whoever looks at it and runs nothing.

GitHub, nbviewer and VS Code show of a notebook what is saved in it. The build's own outputs are of a kind that only the
book's pages know, and ten times as heavy; here each becomes what every viewer shows. A picture is a PNG: as SVG it would
be heavier still, and viewers take parts out of it.

Nothing has a number of execution: whoever opens the notebook has not run it yet.
"""

import base64
import io
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pandas as pd
from nbformat import NotebookNode
from PIL import Image

from companion import figures, raster, tables
from companion_press import plain_markdown
from companion_press.execution import store

#: The store of pictures, by those for print from which they are made.
KIND = "saved-pictures"

#: Dots for a CSS pixel, and colours: sharp on a desk's screen, and all figures of a chapter weigh less than half a megabyte.
DOTS, COLOURS = 1.5, 128


def saved(outputs: list[dict], alt: str = "") -> list[NotebookNode]:
    """Return the outputs of a cell as a notebook carries them.

    Parameters
    ----------
    outputs : as the build's kernel gave them (nbformat 4)
    alt : what stands in place of the cell's figure, ``""`` for a cell without one

    A figure becomes a PNG with its alternative text and its size in CSS pixels in the metadata (that text is for viewers
    that heed it: nbsphinx does, JupyterLab and nbconvert do not), an explorer the picture of the state with which it
    starts and a sentence, a table of the book HTML and text. All else stays as it is.
    """
    return [part for output in outputs for part in _parts(output, alt)]


def draw_ahead(outputs: list[list[dict]]) -> None:
    """Make the pictures that `saved` will want, two at a time; parameters as there, for many cells."""
    found = [
        output["data"][figures.MIME] for cell in outputs for output in cell if figures.MIME in output.get("data", {})
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda payload: _png(payload["print"]["png"], _wide(payload)["width"]), found))


def _parts(output: dict, alt: str) -> list[NotebookNode]:
    data = output.get("data", {})
    if figures.MIME in data:
        return _figure(data[figures.MIME], alt)
    if tables.MIME in data:
        return [_table(data[tables.MIME])]
    kept = nbformat.from_dict(output)
    if "execution_count" in kept:
        kept["execution_count"] = None
    return [kept]


def _figure(payload: dict, alt: str) -> list[NotebookNode]:
    if "explorer" not in payload:
        return [_picture(payload, alt)]
    explorer = payload["explorer"]
    state = next(state for state in explorer["states"] if state["key"] == explorer["start"])
    return [_picture(payload, state["alt"]), _words(explorer["label"], state)]


def _picture(payload: dict, alt: str) -> NotebookNode:
    variant = _wide(payload)
    content, height = _png(payload["print"]["png"], variant["width"])
    size = {"alt": alt, "width": variant["width"], "height": height}
    # The text is for what shows no pictures, in place of the name of a Python object.
    return nbformat.v4.new_output(
        "display_data", data={"image/png": content, "text/plain": alt}, metadata={"image/png": size}
    )


def _wide(payload: dict) -> dict:
    """Return the variant for a desk. A drawing in lines has one file for both themes; both have one size."""
    return next(one for name, one in payload["variants"].items() if name.startswith("wide"))


def _png(printed: str, width: int) -> tuple[str, int]:
    """Return a picture for the screen of one for print, in base64, and its height in CSS pixels.

    Parameters
    ----------
    printed : PNG in base64, of 300 dots an inch
    width : in CSS pixels
    """
    kept, key = store.store(KIND), store.digest_of([printed, width, DOTS, COLOURS])
    found = kept.get_json(key)
    if found is None:
        large = Image.open(io.BytesIO(base64.b64decode(printed))).convert("RGB")
        dots = round(width * DOTS)
        size = (dots, round(large.height * dots / large.width))
        small = raster.with_few_colours(large.resize(size, Image.Resampling.LANCZOS), COLOURS)
        found = [base64.b64encode(raster.png(small)).decode(), round(size[1] / DOTS)]
        kept.put_json(key, found)
    return found[0], found[1]


def _words(label: str, state: dict) -> NotebookNode:
    """Return what stands below the picture of an explorer's state: its control needs Python."""
    more = f"{label}: run this cell to choose."
    return nbformat.v4.new_output(
        "display_data",
        data={
            "text/markdown": f"**{plain_markdown.text(state['label'])}.** {plain_markdown.text(state['finding'])}\n\n"
            f"*{plain_markdown.text(more)}*",
            "text/plain": f"{state['label']}. {state['finding']} {more}",
        },
    )


def _table(payload: dict) -> NotebookNode:
    printed = [tables.Column(*column) for column in payload["printed"]]
    shown = tables.Table(pd.DataFrame(), payload["claims"], payload["columns"], printed)
    return nbformat.v4.new_output("display_data", data={"text/html": tables.html(printed), "text/plain": str(shown)})
