"""Runs Sphinx as Jupyter Book 1 does, but on several cores and for one page alone, which its own command cannot be told.

``python -m companion_press.commands.pages OUT [PAGE]`` reads ``_config.yml`` and ``_toc.yml`` and leaves the
pages in the folder OUT, and what Sphinx remembers beside it. Any warning fails the build, unless
one page alone is asked for (a document name, ``book/war``): then targets on others may be unknown.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: Processes that read and write pages; more would take more than a gigabyte.
JOBS = int(os.environ.get("BOOK_JOBS") or min(2, os.cpu_count() or 1))

#: The exit status where Sphinx warned of something or failed, and where a cell failed: that is a verdict at once.
WARNED, FAILED = 1, 2


def main(out: str, page: str = "", jobs: int = JOBS) -> int:
    """Build the pages, or one of them; return the exit status: 0, `WARNED` or `FAILED`."""
    from jupyter_book.sphinx import build_sphinx

    from companion_press.execution.reading import CellsFailed

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
    sys.exit(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
