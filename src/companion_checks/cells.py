"""What ruff says of the code in the cells of the pages, with the page's own lines.

``python -m companion_checks.cells [ROOT]`` gives ruff each page as a module in which every line that
is not code is empty, so that a name from an earlier cell is known and each finding has the right line.
The settings are those of the project (``pyproject.toml``).
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from companion import pages

#: A page shows the value of a cell's last line, and imports in the middle are where a reader needs them.
NOT_HERE = ["E402", "I001", "B018"]


def code(page: str) -> str:
    """Return a page as Python: the code of its cells where it stands, and nothing else.

    Parameters
    ----------
    page : text of a page
    """
    lines = [""] * (page.count("\n") + 1)
    for cell in pages.cells(page):
        first = page.count("\n", 0, cell.code_start)
        for number, line in enumerate(cell.code.splitlines()):
            lines[first + number] = line
    return "\n".join(lines) + "\n"


def findings(root: pathlib.Path) -> list[str]:
    """Return what ruff finds in the cells of the pages of the book, one line each: page, line, column, rule, words.

    Parameters
    ----------
    root : folder of the project

    Raises
    ------
    RuntimeError
        ruff could not run; its own words are the message.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        shutil.copy(root / "pyproject.toml", copy)
        for page in sorted((root / "book").glob("*.md")):
            text = page.read_text("utf-8")
            if pages.cells(text):
                (copy / f"{page.stem}.py").write_text(code(text), "utf-8", newline="\n")
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                "check",
                "--no-cache",
                "--output-format=concise",
                f"--extend-ignore={','.join(NOT_HERE)}",
                ".",
            ],
            cwd=copy,
            capture_output=True,
            encoding="utf-8",
        )
    if ran.returncode not in (0, 1):
        raise RuntimeError(ran.stderr.strip())
    return [
        re.sub(r"^([\w-]+)\.py:", r"book/\1.md:", line)
        for line in ran.stdout.splitlines()
        if re.match(r"[\w-]+\.py:\d+:", line)
    ]


def main() -> int:
    """Print what is found; the exit status is 1 if there is anything."""
    found = findings(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("\n".join(found) if found else "The code in the cells is sound.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
