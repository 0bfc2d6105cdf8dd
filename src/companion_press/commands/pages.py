"""Runs Sphinx as Jupyter Book 1 does, but on several cores and for one page alone, which its own command cannot be told.

``python -m companion_press.commands.pages OUT [PAGE]`` reads ``_config.yml`` and ``_toc.yml`` and leaves the
pages in the folder OUT, and what Sphinx remembers beside it. Any warning fails the build, unless
one page alone is asked for (a document name, ``book/war``): then targets on others may be unknown.
"""

import os
import subprocess
import sys
from pathlib import Path

from companion_press.keeping import troubles, turns, whole

ROOT = Path(__file__).resolve().parents[3]

#: Processes that read and write pages; more would take more than a gigabyte.
JOBS = int(os.environ.get("BOOK_JOBS") or min(2, os.cpu_count() or 1))

#: The exit status where Sphinx warned of something or failed, and where a cell failed: that is a verdict at once.
WARNED, FAILED = 1, 2


def usable(work: Path) -> bool:
    """Say whether Sphinx can build upon what it left in a folder; what a killed build left is removed.

    Sphinx takes a page for written when its file is newer than its text, even if that is half a page.
    """
    begun = whole.beside(work, "begun")
    if begun.exists():
        whole.remove(work)
        begun.unlink()
    return work.exists()


def run(work: Path, out: Path, handle: int, page: str = "") -> tuple[int, str]:
    """Run Sphinx once, in a process of its own.

    Parameters
    ----------
    work : the folder in which it writes, and remembers what it has read
    out : where in it the pages go
    handle : the lock, which that process keeps as well
    page : the one page to build

    Returns
    -------
    Its exit status (see `main`) and what it printed

    Raises
    ------
    Trouble
        Something is wrong with the machine.
    """
    begun = whole.beside(work, "begun")
    work.mkdir(parents=True, exist_ok=True)
    begun.touch()
    command = [sys.executable, "-m", "companion_press.commands.pages", str(out), page]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **turns.inherited(handle),
    )
    if done.returncode in (0, FAILED):
        begun.unlink()
    if done.returncode and (said := troubles.sentence(done.stdout, within=ROOT / "_build")):
        raise troubles.Trouble(said)
    return done.returncode, done.stdout


def main(out: str, page: str = "", *, jobs: int = JOBS) -> int:
    """Build the pages, or one of them; return the exit status: 0, `WARNED` or `FAILED`."""
    from jupyter_book.sphinx import build_sphinx

    from companion_press.execution.reading import CellsFailed
    from companion_press.keeping import machine

    if lacking := machine.lacking():
        print("\n".join(lacking))
        return FAILED
    overrides = {
        "external_toc_path": (ROOT / "_toc.yml").as_posix(),
        "latex_individualpages": False,
        "nitpicky": not page,
        "companion_only": page,
    }
    result = build_sphinx(
        ROOT,
        Path(out).resolve(),
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides=overrides,
        filenames=[str(ROOT / f"{page}.md")] if page else None,
        warningiserror=not page,
        keep_going=True,
        quiet=True,
        jobs=jobs,
    )
    if isinstance(result, CellsFailed):  # an exception that Sphinx has printed is returned, not raised
        return FAILED
    return 0 if result == 0 else WARNED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
