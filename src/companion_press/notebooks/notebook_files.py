"""Chapters as notebooks that run wherever the package and the data lie beside them."""

import ast
import functools
import pathlib
import re
import symtable
import tomllib
from collections.abc import Iterator, Sequence

import jupytext
import nbformat

from companion import pages, sources
from companion.ledger import Ledger
from companion_press import plain_markdown
from companion_press.figures import figure_nodes
from companion_press.notebooks import first_cell, saved_outputs
from companion_press.notebooks.markdown import MORE_DISAGREEMENTS, Book, Piece, Place, Prose
from companion_press.prose import code_cells

#: Ending of the name of a notebook that leaves its solutions out, and of one that holds nothing else.
WITHOUT, ALONE = "-without-solutions", "-solutions"

#: What JupyterLab writes into the header of a notebook that ran in this project, in its order.
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

#: Stands for an id until all cells are there; a random one would make each build differ.
UNNAMED = "cell"

#: In JupyterLab a solution is folded away under its heading until it is wanted.
FOLDED = {"jp-MarkdownHeadingCollapsed": True}

#: More lines of code than so many are folded away, where Jupyter and Colab do it. VS Code keeps what is folded to itself
#: and reads nothing of it from a file (github.com/microsoft/vscode, issue 158716).
LONGEST_SHOWN = 12

#: The branch of the repository that holds the notebooks (`make notebooks`).
BRANCH = "notebooks"


def notebook(
    ledger: Ledger,
    book: Book,
    chapter: pathlib.Path,
    figures: dict,
    shown: list[list[dict]],
    setup: str,
    solutions: bool = True,
) -> nbformat.NotebookNode:
    """Return a chapter as a clean notebook that holds what its cells showed when the book was built.

    Parameters
    ----------
    ledger : what claims and counts print
    book : the places that references point at
    chapter : the chapter's text file
    figures : ``alt``, ``claims``, ``citation``, ``control`` and ``state`` (an explorer's, and the one shown first, or ``""``),
        ``crimea`` (whether a map shows it) and ``kind`` by figure name, as the build found them
    shown : the outputs of each cell of the chapter, in their order, as the build's kernel gave them
    setup : code of the first cell, see `first_cell`
    solutions : whether the solutions of the exercises stay; without them an
        empty cell stands below each exercise

    Above a figure's cell stand its headline and what is measured, under it its caption
    or note, its source line and how to cite it: Jupyter itself shows none of them. The cell of a figure has the id
    ``fig-<name>``, so that JupyterLab can be sent to it (``…#cell-id=fig-…``).

    Raises
    ------
    ValueError
        A role, directive or target that has no plain form.
    """
    cells = [_first(setup)]
    prose = _prose(ledger, book, chapter)
    for part, inside in _parts(prose, chapter, figures, shown):
        if isinstance(part, Piece):
            if part.text and (solutions or not inside):
                cells.append(_markdown(part, folded=inside))
            if part.kind == "exercise" and not solutions:
                cells.append(_code("", f"answer-{part.label}"))
        elif solutions or not inside:
            figure, kind = _shows(part)
            name = figure.get("name")
            if figure.get("headline") or (name and kind == "table"):
                above = _above(prose, figure)
                cells.append(nbformat.v4.new_markdown_cell(above, id=f"headline-{name}"))
            tags = part.metadata.get("tags", [])
            hidden = not inside and _folded(part.source, tags)
            id = f"{kind}-{name}" if name else None
            cells.append(_code(part.source, id, tags, source_hidden=hidden, outputs=part.outputs))
            if name:
                below = _below(prose, figure, figures[name])
                cells.append(nbformat.v4.new_markdown_cell(below, id=f"caption-{name}"))
    return _finished(cells)


def solutions(
    ledger: Ledger,
    book: Book,
    chapter: pathlib.Path,
    figures: dict,
    shown: list[list[dict]],
    setup: str,
) -> nbformat.NotebookNode:
    """Return the exercises of a chapter with their solutions, and of the chapter only the code that these build on.

    Parameters and errors are those of `notebook`. It runs by itself.
    """
    cells, earlier, solved, outputs = [], [], [], {}
    for part, inside in _parts(_prose(ledger, book, chapter), chapter, figures, shown):
        if isinstance(part, Piece):
            if part.text and (inside or part.kind == "exercise"):
                cells.append(_markdown(part))
        elif inside:
            solved.append(part.source)
            cells.append(_code(part.source, outputs=part.outputs))
        else:
            earlier.append(part.source)
            outputs[part.source] = part.outputs
    head = nbformat.v4.new_markdown_cell(
        f"# Solutions: {pages.title(chapter)}\n\nThe exercises of the chapter, each with its solution. "
        "First comes the code of the chapter that the solutions build on.",
        id="head",
    )
    before = [_code(source, outputs=outputs[source]) for source in needed(earlier, solved)]
    return _finished([_first(setup), head, *before, *cells])


def needed(earlier: list[str], later: list[str]) -> list[str]:
    """Return those of the cells in `earlier` that the cells in `later` need, in their order.

    Read backwards, a cell is needed where it binds or changes a name that is still wanted; then all
    that it uses is wanted too. (This is liveness analysis, as in any book on compilers.)
    """
    functions = {
        name: used
        for source in (*earlier, *later)
        for is_function, bound, _, used in _statements(source)
        if is_function
        for name in bound
    }

    def before(source: str, wanted: set[str]) -> set[str]:
        """Return the names that must be there before a cell runs, so that those in `wanted` are there after it."""
        for _, bound, _, used in reversed(_statements(source)):
            wanted = (wanted - bound) | used
            # What a function uses must be there when it is called, which may be after it was defined.
            while missing := {name for one in wanted & functions.keys() for name in functions[one]} - wanted:
                wanted |= missing
        return wanted

    wanted: set[str] = set()
    kept: list[str] = []
    for source in reversed(later):
        wanted = before(source, wanted)
    for source in reversed(earlier):
        if any((bound | changed) & wanted for _, bound, changed, _ in _statements(source)):
            wanted = before(source, wanted)
            kept.append(source)
    return kept[::-1]


def _statements(source: str) -> list[tuple[bool, set[str], set[str], set[str]]]:
    """Return for each statement of a cell whether it defines a function, and the names that it binds, changes and uses."""
    found = []
    for statement in ast.parse(source).body:
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
        used = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
        inner = list(table.get_children())
        for scope in inner:
            used |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
            inner += scope.get_children()
        changed = set()
        for node in ast.walk(statement):
            if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
                while isinstance(node, (ast.Subscript, ast.Attribute)):
                    node = node.value
                changed |= {node.id} if isinstance(node, ast.Name) else set()
        found.append((isinstance(statement, ast.FunctionDef), bound, changed, used))
    return found


def _prose(ledger: Ledger, book: Book, chapter: pathlib.Path) -> Prose:
    return Prose(ledger, book, pages.docname(chapter, ledger.root))


def _parts(
    prose: Prose, chapter: pathlib.Path, figures: dict, shown: list[list[dict]]
) -> Iterator[tuple[Piece | nbformat.NotebookNode, bool]]:
    """Yield the pieces of a chapter's prose and its code cells with their outputs, and of each whether it belongs to a solution."""
    inside = False  # a solution that runs over several cells
    cells = _cells(chapter.read_text("utf-8"))
    outputs = iter(shown)
    if len(shown) != sum(cell.cell_type == "code" for cell in cells):
        raise ValueError(f"{prose.page}: there are outputs for {len(shown)} cells, which are not as many as it has")
    for cell in cells:
        if cell.cell_type != "markdown":
            alt = figures.get(_shows(cell)[0].get("name"), {}).get("alt", "")
            yield nbformat.from_dict({**cell, "outputs": saved_outputs.saved(next(outputs), alt)}), inside
            continue
        for piece in prose.pieces(_with_disagreements(prose, cell.source)):
            if piece.kind in ("solution-start", "solution-end"):
                inside = piece.kind == "solution-start"
            yield piece, inside or piece.kind == "solution"


@functools.lru_cache(maxsize=1)
def _cells(text: str) -> list[nbformat.NotebookNode]:
    """Return the cells of a chapter, which is read once for all its notebooks."""
    return jupytext.reads(text, fmt="md:myst").cells


def _shows(cell: nbformat.NotebookNode) -> tuple[dict, str]:
    """Return the metadata of the figure or the table that a cell shows, if any, and how the id of its cell begins."""
    shown = cell.metadata.get("mystnb", {})
    return shown.get("figure") or shown.get("table") or {}, "table" if "table" in shown else "fig"


def _first(code: str) -> nbformat.NotebookNode:
    return _code(code, first_cell.ID, source_hidden=True)


def _finished(cells: list[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    """Return the notebook of `cells`, each with an id that is the same in every build."""
    taken = 0
    for cell in cells:
        if cell["id"] == UNNAMED:
            taken += 1
            cell["id"] = f"cell-{taken}"
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})


def _with_disagreements(prose: Prose, source: str) -> str:
    """End the section on disagreements with those that the chapter's prose does not lead to, as its page does."""
    ids = prose.book.conflicts.get(prose.page, [])
    parts = re.split(r"(?m)^(?=## )", source)
    for place, part in enumerate(parts):
        if ids and part.startswith(f"## {pages.DISAGREEMENTS}\n"):
            parts[place] = f"{part.rstrip()}\n\n```{{{MORE_DISAGREEMENTS}}}\n{' '.join(ids)}\n```\n\n"
    return "".join(parts)


def _markdown(piece: Piece, folded: bool = False) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_markdown_cell(piece.text, id=f"{piece.kind}-{piece.label}" if piece.label else UNNAMED)
    if folded and piece.kind in ("solution", "solution-start"):
        cell.metadata.update(FOLDED)
    return cell


def _folded(source: str, tags: Sequence[str]) -> bool:
    """Say whether the code of a cell is folded away until it is wanted: a long one would part the text."""
    return source.count("\n") + 1 > LONGEST_SHOWN and code_cells.OPEN not in tags


def _code(
    source: str,
    id: str | None = None,
    tags: Sequence[str] = (),
    source_hidden: bool = False,
    outputs: Sequence[nbformat.NotebookNode] = (),
) -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(source, id=id or UNNAMED, outputs=list(outputs))
    if tags:
        cell.metadata["tags"] = list(tags)
    if source_hidden:
        cell.metadata.update({"jupyter": {"source_hidden": True}, "cellView": "form"})
    return cell


def _above(prose: Prose, figure: dict) -> str:
    """Return what stands above the cell of a figure or a table: its number, its headline or caption, what is measured."""
    number = prose.book.labels[figure["name"]].title
    if not figure.get("headline"):
        return f"**{number}.** {_line(prose, figure.get('caption') or figure['title'])}"
    lines = [f"**{number}. {_line(prose, figure['headline'])}**"]
    if figure.get("measure"):
        lines.append(_line(prose, figure["measure"]))
    return "\n\n".join(lines)


def _below(prose: Prose, figure: dict, found: dict) -> str:
    """Return what stands under a figure's cell: a note or a caption, the sources, how to cite it, its words, how it was drawn."""
    number = prose.book.labels[figure["name"]].title
    ledger = prose.ledger
    named = ", ".join(sources.short(key, ledger.root) for key in ledger.sources(found["claims"]))
    headed = bool(figure.get("headline")) or found["kind"] == "table"
    parts = [f"**{number}.** {_line(prose, figure['caption'])}"] if not headed else []
    parts += [_line(prose, figure["caption"])] if figure.get("headline") and figure.get("caption") else []
    if headed and found["crimea"]:
        parts.append(f"{figure_nodes.CRIMEA}{prose.to(_maps(prose), figure_nodes.CRIMEA_LINK)}.")
    if found["control"]:
        parts.append(
            f"*{found['control']}* can be chosen while Python runs: where the control is missing, run the cell. "
            "The picture is that of the last choice, also in a notebook that was saved and closed."
        )
    parts += [f"*Source:* {plain_markdown.text(named)}.", f"*Cite:* {plain_markdown.of_html(found['citation'])}"]
    if found["alt"]:
        # Neither Jupyter nor nbconvert puts the alternative text of an output into the page.
        state = f": {plain_markdown.text(found['state'])}" if found["state"] else ""
        parts.append(_folding(f"This figure in words{state}", plain_markdown.text(found["alt"])))
    if figure.get("about"):
        what = "table" if found["kind"] == "table" else "figure"
        parts.append(_folding(f"About this {what}", prose.text(figure["about"])))
    return "\n\n".join(parts)


def _folding(name: str, text: str) -> str:
    return f"<details><summary>{name}</summary>\n\n{text}\n\n</details>"


def _line(prose: Prose, text: str) -> str:
    return prose.inline(" ".join(text.split()))


def _maps(prose: Prose) -> Place:
    """Return where it stands what holds for all maps."""
    return Place(figure_nodes.MAPS, figure_nodes.MAPS_ANCHOR, "")


# -- what lies beside the notebooks ---------------------------------------------------


def requirements(listed: str, locked: str) -> dict[str, str]:
    """Return, by name, the line that pins each package that a reader needs.

    Parameters
    ----------
    listed : text of ``pyproject.toml``, whose dependencies a reader needs
    locked : text of ``requirements.txt``, where the versions stand, and for
        which Python where they differ
    """
    pins: dict[str, list[str]] = {}
    for line in re.findall(r"^[a-z0-9_.-]+==[^\\\n]+", locked, re.M):
        pins.setdefault(line.split("==")[0], []).append(line.strip())
    names = [re.split(r"[^a-z0-9_.-]", line)[0] for line in tomllib.loads(listed)["project"]["dependencies"]]
    return {name: "\n".join(pins[name]) for name in names}


def needs(root: pathlib.Path) -> dict[str, str]:
    """Return the reader's requirements of the project at `root`, see `requirements`."""
    return requirements(*((root / name).read_text("utf-8") for name in ("pyproject.toml", "requirements.txt")))


def beside(ledger: Ledger) -> dict[str, bytes]:
    """Return, by path, what a folder of notebooks needs: package, data, requirements, a README."""
    root = ledger.root
    package = root / "src/companion"
    files = {f"companion/{path.relative_to(package).as_posix()}": path for path in sorted(package.rglob("*.py"))}
    for folder, target in ((package / "fonts", "companion/fonts"), (root / "data", "data"), (root / "seeds", "seeds")):
        files.update(
            {
                f"{target}/{path.relative_to(folder).as_posix()}": path
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
        )
    for name in ("LICENSE", "CITATION.cff", "runtime.txt"):
        files[name] = root / name
    files["README.md"] = pathlib.Path(__file__).with_name("README.md")
    found = {name: path.read_bytes() for name, path in files.items()}
    found["data/README.md"] = pages.plain(found["data/README.md"].decode(), ledger).encode()
    found["requirements.txt"] = ("\n".join(needs(root).values()) + "\n").encode()
    return found
