"""Runs the cells of pages side by side, each page in a kernel of its own, and keeps what they show.

Sphinx asks with `prepare` before it reads a page. Kernels are started by a process of their
own (`companion_press.execution`, this module's `main`): they and their messages take memory
that Sphinx would otherwise never give back.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from companion import figures
from companion.ledger import ROOT
from companion_press.execution import inputs, kernel_settings, store, warm

#: How many chapters run at a time; more would take more than a gigabyte.
JOBS = int(os.environ.get("BOOK_JOBS") or min(2, os.cpu_count() or 1))


#: The stores into which a run puts something: results of pages, and what its kernels remember of figures.
KINDS = ("chapters", "traces", "pictures")


class CellError(Exception):
    """Cells failed: which, where, and how."""


@dataclass(frozen=True)
class Job:
    """The cells of one page.

    Attributes
    ----------
    docname : the page (``book/war``)
    cells : their sources, in their order
    tags : their tags: a cell that may fail says so there
    lines : the line of each cell in the page
    kernel : name of the kernel
    timeout : seconds for one cell
    """

    docname: str
    cells: list[str]
    tags: list[list[str]]
    lines: list[int]
    kernel: str
    timeout: int

    def key(self, shared: dict[str, str]) -> str:
        """Return what the results are kept under: everything that they are made from (see `inputs.shared`)."""
        return store.digest_of([shared, self.docname, self.cells, self.tags, self.kernel])


def job(docname: str, notebook: nbformat.NotebookNode, timeout: int) -> Job:
    """Return the cells of a notebook as a job."""
    code = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    lines = notebook.metadata.get("source_map") or [0] * len(notebook.cells)
    return Job(
        docname,
        [cell.source for _, cell in code],
        [list(cell.metadata.get("tags", [])) for _, cell in code],
        [lines[place] + 1 for place, _ in code],
        notebook.metadata.get("kernelspec", {}).get("name", "python3"),
        timeout,
    )


def kept(root: Path = ROOT) -> store.Store:
    """Return the store of what cells showed."""
    return store.store("chapters", root)


def results(one: Job, shared: dict[str, str], root: Path = ROOT) -> dict | None:
    """Return what the cells of a page show, or None where that is not kept or was made from something else.

    Returns
    -------
    ``outputs`` (those of each cell), ``counts`` (their execution counts), ``language_info`` and ``read``: what else of
    the project the cells read, see `still_so`
    """
    if not one.cells:
        return {"outputs": [], "counts": [], "language_info": {}, "read": {}}  # no kernel is started for nothing
    entry = kept(root).get_json(one.key(shared))
    return entry if entry is not None and still_so(entry["read"], root) else None


def still_so(read: dict[str, str], root: Path = ROOT) -> bool:
    """Say whether files and folders hold what they held when cells read them (`store.state` by path below `root`)."""
    return all(store.state(root / name) == was for name, was in read.items())


def prepare(jobs: list[Job], shared: dict[str, str], root: Path = ROOT) -> None:
    """Run the cells of those pages whose results are not kept.

    Raises
    ------
    CellError
        Cells of one or several pages failed; the message holds all of them.
    """
    missing = [one for one in jobs if results(one, shared, root) is None]
    if not missing:
        return
    missing.sort(key=lambda one: -sum(map(len, one.cells)))  # the longest first, so that none is left over alone
    # Its own process: see the head of this module.
    asked = {"shared": shared, "root": str(root), "jobs": [asdict(one) for one in missing]}
    done = subprocess.run(
        [sys.executable, "-m", "companion_press.execution"],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        cwd=(root / missing[0].docname).parent,  # matplotlib looks there for settings when it is imported
    )
    if done.returncode:
        raise CellError(done.stdout or f"The process that runs the cells ended with status {done.returncode}.")


# -- the process that runs them ----------------------------------------------------------


def main(asked: dict) -> list[str]:
    """Run the cells of pages, some at a time, and keep what they show.

    Nothing is kept of a run during which something changed that the results are made from: it would
    lie under the wrong key.

    Returns
    -------
    A message for each page whose cells failed
    """
    root = Path(asked["root"])
    store.remove_workplaces(root)
    fresh = store.workplace(root)
    try:
        environment = {
            **inputs.environment(),
            **kernel_settings.write(fresh / "ipython", watched=True),
            figures.BUILD_VARIABLE: "1",
            kernel_settings.PICTURES: store.digest_of(inputs.without_data(root)),
            kernel_settings.FRESH: str(fresh),
        }
        os.environ.clear()
        os.environ.update(environment)
        warm.use()
        messages = asyncio.run(_run_all(asked, root, fresh, environment))
        if changed := inputs.changed(asked["shared"], root):
            return [*messages, f"While cells ran, {' and '.join(changed)} changed: build once more."]
        for kind in KINDS:
            store.store(kind, root).take(fresh / kind)
        return messages
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


async def _run_all(asked: dict, root: Path, fresh: Path, environment: dict[str, str]) -> list[str]:
    free = asyncio.Semaphore(JOBS)

    async def run(number: int, one: Job) -> str:
        async with free:
            notes = fresh / f"read-{number}"
            return await _run(one, asked["shared"], root, fresh, {**environment, kernel_settings.NOTES: str(notes)})

    tasks = [run(number, Job(**one)) for number, one in enumerate(asked["jobs"])]
    return [message for message in await asyncio.gather(*tasks) if message]


async def _run(one: Job, shared: dict[str, str], root: Path, fresh: Path, environment: dict[str, str]) -> str:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": tags}) for source, tags in zip(one.cells, one.tags)]
    metadata = {"kernelspec": {"name": one.kernel, "display_name": one.kernel}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    # Where the page stands; when it is done, there is nothing that its kernel would have to save.
    place = {"metadata": {"path": str((root / one.docname).parent)}}
    client = NotebookClient(notebook, timeout=one.timeout, resources=place, shutdown_kernel="immediate")
    try:
        await client.async_execute(env=environment)
    except NoSuchKernel:
        return f"{one.docname}.md: there is no kernel {one.kernel!r}. Write name: python3 under kernelspec at its head."
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        failed = max((n for n, cell in enumerate(cells) if cell.execution_count or cell.outputs), default=0)
        said = re.sub(r"\x1b\[[\d;]*m", "", str(error))  # colours of a terminal
        return f"{one.docname}.md, the cell in line {one.lines[failed]}: {said}"
    notes = Path(environment[kernel_settings.NOTES])
    read = notes.read_text("utf-8").splitlines() if notes.exists() else []
    store.Store(fresh / "chapters").put_json(
        one.key(shared),
        {
            "outputs": [cell.outputs for cell in cells],
            "counts": [cell.execution_count for cell in cells],
            "language_info": notebook.metadata["language_info"],
            "read": {name: store.state(root / name) for name in sorted(set(read))},
        },
    )
    return ""
