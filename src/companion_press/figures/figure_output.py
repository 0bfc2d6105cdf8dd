"""Takes a figure's output from MyST-NB, by its door for MIME types, and makes the nodes of the page.

The entry point ``myst_nb.mime_renderers`` in ``pyproject.toml`` leads here.
"""

import base64
import hashlib
import importlib.metadata
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from companion import figures, pages, style, tables, vectors
from companion.ledger import load
from companion_press import domain
from companion_press.figures import explorer_nodes, figure_nodes, table_nodes
from companion_press.keeping import whole

GROUP = "myst_nb.mime_renderers"

#: Endings of the pictures' files by MIME type.
ENDINGS = {"image/png": "png", "image/svg+xml": "svg", "image/webp": "webp"}


class FigureOutput(MimeRenderPlugin):
    """What MyST-NB asks about each output of a cell."""

    mime_priority_overrides = [("*", figures.MIME, 1), ("*", tables.MIME, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return the nodes of a figure, an explorer or a table; None for any other output."""
        if data.mime_type == tables.MIME and not inline:
            return table_nodes.output(renderer.renderer, data)
        if data.mime_type != figures.MIME or inline:
            return None
        settings = {
            what: renderer.renderer.get_cell_level_config(f"render_{what}_options", data.cell_metadata, line=data.line)
            for what in ("figure", "image")
        }
        shown = output(renderer.renderer.sphinx_env, data.content, settings["figure"], settings["image"])
        return [*figure_nodes.around(renderer.renderer, settings["figure"], data.line or 0), shown]


def output(env: BuildEnvironment, payload: dict, figure: dict, image: dict) -> nodes.Element:
    """Return the node of a figure; write its pictures and note its facts.

    Parameters
    ----------
    env : the environment, reading a page
    payload : what the cell put out (see `companion.figures`)
    figure, image : the cell's metadata: ``name``, ``title``, ``caption`` and what else stands around the picture; ``alt``

    Raises ``ValueError`` where the metadata lack what every figure has.
    """
    ledger, name = load(), figure.get("name")
    if not name or not (figure.get("caption") or figure.get("headline")):
        raise ValueError(
            f"{env.docname}: a figure's cell needs mystnb metadata with figure name and headline (or caption), and image alt"
        )
    alt = pages.plain(image.get("alt", ""), ledger)
    if not alt:
        raise ValueError(f"{env.docname}: figure {name!r} has no alternative text (mystnb: image: alt)")
    if not figure.get("title"):
        raise ValueError(f"{env.docname}: figure {name!r} has no title to be cited by (mystnb: figure: title)")
    variants = write(env.app, name, payload["variants"])
    facts = {
        "csv": payload["csv"],
        "claims": payload["claims"],
        "alt": alt,
        "variants": variants,
        "title": pages.plain(figure["title"], ledger),
        "kind": payload["kind"],
        "crimea": payload["crimea"],
        "columns": figure_nodes.columns_of(payload),
        "print": keep(env.app, payload["print"]),
    }
    domain.of(env).figures.setdefault(env.docname, {})[name] = facts
    picture = figure_nodes.picture(name=name, alt=alt, variants=variants)
    if "explorer" not in payload:
        return picture
    explorer = payload["explorer"]
    states = [
        {
            **state,
            # The first state's pictures are those of the figure itself.
            "variants": variants
            if state["key"] == explorer["start"]
            else write(env.app, f"{name}-{state['key'].replace('.', '-')}", state["variants"]),
        }
        for state in explorer["states"]
    ]
    first = next(state for state in states if state["key"] == explorer["start"])
    facts.update(states=states, control=explorer["label"], first=first)
    return explorer_nodes.explorer_of(picture, explorer, states, first)


def write(app: Sphinx, name: str, variants: dict) -> dict[str, dict]:
    """Write pictures under names that hold their content's hash.

    Returns
    -------
    Of each variant (``wide-light``, …) ``file``, ``width`` and ``height``, and ``address``, by which a page calls for
    it: the file, and for the dark colours of a drawing that holds both themes their name
    """
    folder = Path(app.outdir) / "_images"
    folder.mkdir(parents=True, exist_ok=True)
    facts = {}
    for variant, picture in variants.items():
        content = base64.b64decode(picture["data"])
        file = whole.hashed(f"{name}-{variant}.{ENDINGS[picture['type']]}", content)
        _write_once(folder / file, content)
        one = {"file": file, "width": picture["width"], "height": picture["height"]}
        if variant in style.WIDTHS:
            facts[f"{variant}-light"] = {**one, "address": file}
            facts[f"{variant}-dark"] = {**one, "address": f"{file}#{vectors.DARK}"}
        else:
            facts[variant] = {**one, "address": file}
    return facts


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whose name holds its content's hash, unless it is there; half of one, of a build that was stopped, is not."""
    if not path.is_file() or path.stat().st_size != len(content):
        path.write_bytes(content)


def kept(app: Sphinx) -> Path:
    """Return the folder of the pictures for print, which stay with the pages that Sphinx remembers."""
    return Path(app.doctreedir) / "print"


def keep(app: Sphinx, pictures: dict[str, str]) -> dict[str, str]:
    """Keep the pictures for print until the files to take away are made; return the name of each by its kind."""
    kept(app).mkdir(parents=True, exist_ok=True)
    names = {}
    for kind, data in pictures.items():
        content = base64.b64decode(data)
        names[kind] = f"{hashlib.sha256(content).hexdigest()}.{kind}"
        _write_once(kept(app) / names[kind], content)
    return names


def remove_unused(app: Sphinx) -> None:
    """Remove pictures for print that no figure has any more."""
    used = {name for page in domain.of_app(app).figures.values() for f in page.values() for name in f["print"].values()}
    for path in kept(app).glob("*"):
        if path.name not in used:
            path.unlink()


def check_installed(app: Sphinx) -> None:
    """See that MyST-NB will find `FigureOutput`.

    Raises ``ConfigError`` where the environment was made before this project had its entry point.
    """
    if not any(entry.value.endswith(":FigureOutput") for entry in importlib.metadata.entry_points(group=GROUP)):
        raise ConfigError(
            "This environment knows no way to show a figure: the project was installed before it had one. "
            "Remove .venv/book.stamp and run make book."
        )
