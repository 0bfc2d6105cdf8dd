"""How long a build takes: from nothing, and after edits of every kind, as parts of a build from nothing.

    .venv/bin/python tests/benchmarks/build.py [--runs N] [--before COMMIT] [--write]

Copies of the project are edited and built, not the project itself. With ``--before`` an earlier
state of the repository is measured first, in the same way (in its own environment, ``--before-python``,
where this one would not do); ``--write`` puts the table into ``tests/benchmarks/build.md``. A run is a build from nothing and then one edit after another; of
several runs the middle time counts. Nothing else should be busy meanwhile. What stands in that file below
another heading stays.
"""

import argparse
import importlib.metadata
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "tests"), str(PROJECT / "src")]

from built_site import BUILD, build_environment, copy_of_project  # noqa: E402

RESULT = pathlib.Path(__file__).with_suffix(".md")
PAGE = "book/war.md"


def from_nothing(root: pathlib.Path, number: int) -> None:
    """Remove what earlier builds left, and what they kept."""
    shutil.rmtree(root / "_build", ignore_errors=True)


def nothing(root: pathlib.Path, number: int) -> None:
    """Change nothing."""


def paragraph(root: pathlib.Path, number: int) -> None:
    """Add a paragraph to a chapter with maps and an explorer."""
    with open(root / PAGE, "a", encoding="utf-8") as page:
        page.write(f"\nA paragraph more, the {'next ' * number}one.\n")


def cell(root: pathlib.Path, number: int) -> None:
    """Change the function that draws the first figure of the same chapter."""
    text = (root / PAGE).read_text("utf-8")
    text, times = re.subn(r"^(def draw\w*\(.*\):\n)", rf"\g<1>    run = {number}\n", text, count=1, flags=re.M)
    assert times == 1
    (root / PAGE).write_text(text, "utf-8")


def row(root: pathlib.Path, number: int) -> None:
    """Change a number that stands in prose, in figures, in the ledger and in what is computed from it."""
    path = root / "data/quantities.csv"
    pattern = r"^(trade-russia-2024-value,.*?,more than,)[\d.]+,"
    text, times = re.subn(pattern, rf"\g<1>{46 + number}.5,", path.read_text("utf-8"), flags=re.M)
    assert times == 1
    path.write_text(text, "utf-8")


def module(root: pathlib.Path, number: int) -> None:
    """Change a module on which every chapter depends."""
    with open(root / "src/companion/wording.py", "a", encoding="utf-8") as source:
        source.write(f"\n# run {number}\n")


#: The steps of a run in their order, with the part of a build from nothing that they may take.
STEPS = {
    "from nothing": (from_nothing, None),
    "nothing changed": (nothing, None),
    "one paragraph": (paragraph, 1 / 10),
    "one figure's cell": (cell, 1 / 5),
    "one row of data": (row, 1 / 3),
    "one module": (module, None),
}


def measure(root: pathlib.Path, runs: int, python: str = sys.executable) -> dict[str, float]:
    """Return the middle time of each step, in seconds, with the environment of a Python."""
    times = {name: [] for name in STEPS}
    for number in range(runs):
        for name, (edit, _) in STEPS.items():
            edit(root, number)
            start = time.perf_counter()
            subprocess.run(
                [python, "-m", BUILD],
                cwd=root,
                env=build_environment(root),
                check=True,
                stdout=subprocess.DEVNULL,
            )
            times[name].append(time.perf_counter() - start)
            print(f"  {name}: {times[name][-1]:.1f} s", flush=True)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def checkout(commit: str, folder: pathlib.Path) -> pathlib.Path:
    """Return a folder with an earlier state of the project."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=PROJECT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder


def machine() -> str:
    """Return what the times depend on: processor, memory, Python."""
    names = re.findall(r"^model name\s*: (.+)$", pathlib.Path("/proc/cpuinfo").read_text("utf-8"), re.M)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("sphinx", "myst-nb", "matplotlib"))
    return (
        f"{len(os.sched_getaffinity(0))} cores ({names[0] if names else platform.machine()}), {memory:.0f} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, {versions}"
    )


def table(columns: dict[str, dict[str, float]]) -> str:
    """Return the times as a table in Markdown: seconds, and parts of a build from nothing."""
    head = ["", *(f"{name}, seconds" for name in columns), *(f"{name}, part" for name in columns), "at most"]
    lines = [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
    for step, (_, limit) in STEPS.items():
        seconds = [f"{times[step]:.1f}" for times in columns.values()]
        parts = [f"{times[step] / times['from nothing']:.2f}" for times in columns.values()]
        lines.append(f"| {' | '.join([step, *seconds, *parts, f'{limit:.2f}' if limit else ''])} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write if asked for."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--runs", type=int, default=3, help="how many runs; the middle time counts (3)")
    options.add_argument("--before", metavar="COMMIT", help="measure this commit too")
    options.add_argument("--before-runs", type=int, help="how many runs of that commit (as many)")
    options.add_argument(
        "--before-python", default=sys.executable, help="Python of an environment made for that commit"
    )
    options.add_argument("--write", action="store_true", help=f"write the table into {RESULT.name}")
    chosen = options.parse_args()
    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if chosen.before:
            print(f"before ({chosen.before})")
            earlier = checkout(chosen.before, folder / "before")
            columns["before"] = measure(earlier, chosen.before_runs or chosen.runs, chosen.before_python)
        print("now")
        columns["now"] = measure(copy_of_project(folder / "now"), chosen.runs)
    runs = f"{chosen.runs} run{'s' * (chosen.runs > 1)}"
    if chosen.before:
        runs += f" ({chosen.before_runs or chosen.runs} of the state before, {chosen.before})"
    text = f"{table(columns)}\n\nMiddle of {runs}. {machine()}.\n"
    print(text)
    if chosen.write:
        intro = "# How long a build takes\n\nWritten by `tests/benchmarks/build.py`, which says what is measured.\n\n"
        _, below, more = RESULT.read_text("utf-8").partition("\n## ")
        RESULT.write_text(intro + text + below + more, "utf-8")


if __name__ == "__main__":
    main()
