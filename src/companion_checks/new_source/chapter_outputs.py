"""Runs the cells of chapters without drawing and prints, as JSON, what they would show.

``chapter_outputs.py PAGE…`` runs in the folder ``book`` of a project, with its own ``companion`` first on the path.
With ``--before FILE``, an earlier answer, it also draws each figure whose table has changed,
since only a drawing shows whether a chapter can cope with the new rows.
"""

import argparse
import ast
import contextlib
import io
import json
import pathlib
import sys
from typing import Any

import jupytext
import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402  (after the choice of backend)
import pandas as pd  # noqa: E402

import companion  # noqa: E402  (the one that lies beside the data of this project)


def shown(value: Any, printed: str) -> str:
    """Return what a reader sees of a cell: the table or the text in which it ends."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_csv()
    return printed + ("" if value is None else str(value))


def contents(figure: Any) -> dict[str, Any]:
    """Return the table behind a figure, its claims and, for an explorer, what each state finds."""
    found = {"csv": figure.data.to_csv(index=False), "claims": list(figure.claims)}
    if hasattr(figure, "at"):
        found["findings"] = {state.label: state.finding for state in map(figure.at, figure.page)}
    return found


def draw(figure: Any) -> None:
    """Draw a figure once, or every state of an explorer that the page offers; a table has nothing to draw."""
    if not hasattr(figure, "draw"):
        return
    for one in [figure.at(key).figure for key in figure.page] if hasattr(figure, "at") else [figure]:
        for width in companion.style.WIDTHS:
            plt.close(one.draw(companion.style.THEMES["light"], width))


def run(page: pathlib.Path, before: dict[str, Any] | None) -> dict[str, Any]:
    """Run one chapter: its figures and tables, and the error where a cell stops."""
    found: dict[str, Any] = {"figures": {}, "tables": {}, "error": ""}
    names: dict[str, Any] = {"__name__": "__main__"}
    code = [cell for cell in jupytext.read(page, fmt="md:myst").cells if cell.cell_type == "code"]
    for position, cell in enumerate(code, start=1):
        shows = cell.metadata.get("mystnb", {})
        name = (shows.get("figure") or shows.get("table") or {}).get("name", "")
        tree = ast.parse(cell.source)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(tree, f"{page.name}, cell {position}", "exec"), names)
                value = (
                    eval(compile(ast.Expression(last.value), f"{page.name}, cell {position}", "eval"), names)
                    if last
                    else None
                )
                if name:
                    found["figures"][name] = contents(value)
                    if before is not None and before.get("figures", {}).get(name) != found["figures"][name]:
                        draw(value)
                elif shown(value, printed.getvalue()):
                    found["tables"][str(position)] = shown(value, printed.getvalue())
        except Exception as error:  # whatever a chapter's code may raise is the finding here
            found["error"] = f"{'figure ' + name if name else f'cell {position}'}: {type(error).__name__}: {error}"
            break
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    parser.add_argument("--before", type=pathlib.Path)
    options = parser.parse_args()
    before = json.loads(options.before.read_text("utf-8")) if options.before else None
    found = {page.stem: run(page, None if before is None else before.get(page.stem, {})) for page in options.pages}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
