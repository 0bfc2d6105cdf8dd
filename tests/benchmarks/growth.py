"""How the book grows: what ten and a hundred times the claims, and several times the chapters, cost in time and in bytes.

    .venv/bin/python tests/benchmarks/growth.py [--runs N] [--write] [--only NAME …]

Copies of the project are grown by ``tests/growth.py`` and measured, not the project itself. Each number is a ratio
to the book as it is, and stands beside the growth that caused it: a ratio above the growth is more than linear.
``--write`` puts the table into ``tests/benchmarks/growth.md``. Of several runs the middle time counts (a build is run
once). Nothing else should be busy meanwhile. What is out of reach is left out, and the table says so.
"""

import argparse
import functools
import http.server
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from playwright.sync_api import sync_playwright

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "tests"), str(PROJECT / "src"), str(PROJECT / "tests/benchmarks")]

from build import machine  # noqa: E402
from search import OURS  # noqa: E402

import growth  # noqa: E402
from built_site import ARGUMENTS, BUILD, Quiet, build_environment, chromium, copy_of_project  # noqa: E402
from companion_checks import verdicts  # noqa: E402

RESULT = pathlib.Path(__file__).with_suffix(".md")

#: The books: how many times the claims, how many times the chapters, and whether the whole site is built.
BOOKS = {
    "as it is": (1, 1, True),
    "10 times the claims": (10, 1, True),
    "100 times the claims": (100, 1, False),
    "3 times the chapters": (1, 3, True),
}

#: Reads the ledger and asks it for everything that a chapter may ask, in a process of its own.
PURE = """
import json, time
start = time.perf_counter()
from companion import load
ledger = load()
read = time.perf_counter() - start
start = time.perf_counter()
for id in ledger.claims["id"][:2000]:
    ledger.verdict(id), ledger.quantities_of(id), ledger.checks_of(id), ledger.report_of(id)
print(json.dumps({"ledger read": read, "2,000 claims looked up": time.perf_counter() - start}))
"""


#: Asks the ledger's filter and returns how long the answer takes, from the key to the frame in which it stands, in
#: milliseconds.
FILTER = """async (words) => {
  const form = document.querySelector(".ledger-filter"), said = form.querySelector("output");
  const frame = () => new Promise(requestAnimationFrame);
  said.textContent = "";
  const start = performance.now();
  form.elements.q.value = words;
  form.dispatchEvent(new Event("input", { bubbles: true }));
  while (!/^[0-9]+ of/.test(said.textContent)) await frame();
  await frame();
  return performance.now() - start;
}"""
WORDS = ("trade", "kazakhstan gas", "summit dushanbe", "putin", "middle corridor", "remittances", "csto", "of the")


def timed(root: pathlib.Path, *command: str) -> float:
    """Return how many seconds a command takes in a copy of the project."""
    start = time.perf_counter()
    subprocess.run(command, cwd=root, env=build_environment(root), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def weights(site: pathlib.Path) -> dict[str, float]:
    """Return what a built site weighs, in bytes."""
    chapters = sorted((site / "book").glob("*.html"))
    claims = [path for path in (site / "claims").glob("*.html") if path.stat().st_size > 1024]
    return {
        "site, bytes": sum(path.stat().st_size for path in site.rglob("*") if path.is_file()),
        "files": sum(1 for path in site.rglob("*") if path.is_file()),
        "search index, bytes": sum(path.stat().st_size for path in (site / "_static").glob("search-index.*")),
        "a chapter's page (war), bytes": next(path.stat().st_size for path in chapters if path.stem == "war"),
        "the heaviest page, bytes": max(path.stat().st_size for path in chapters),
        "a claim's page, bytes": statistics.median(path.stat().st_size for path in claims),
    }


def answers(site: pathlib.Path) -> dict[str, float]:
    """Return how long the filter of the ledger and the search take to answer in Chromium, in milliseconds, once they are there."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = {}
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS).new_page()
        for what, address, script in (
            ("the ledger's filter, milliseconds", "book/ledger.html?q=first", FILTER),
            ("the search, milliseconds", "search.html?q=first", OURS),
        ):
            page.goto(f"http://127.0.0.1:{server.server_port}/{address}")
            page.wait_for_timeout(8000)  # the index is fetched and made
            found[what] = statistics.median(page.evaluate(script, words) for words in WORDS)
    server.shutdown()
    return found


def measure(root: pathlib.Path, runs: int, whole: bool) -> dict[str, float]:
    """Return everything that is measured of one book, times in seconds."""
    found: dict[str, list[float]] = {}
    for _ in range(runs):
        for name, seconds in json.loads(
            subprocess.run(
                [sys.executable, "-c", PURE], cwd=root, env=build_environment(root), check=True, capture_output=True
            ).stdout
        ).items():
            found.setdefault(name, []).append(seconds)
        # What an earlier check found is not looked for again: it is forgotten, so that all is checked.
        (root / verdicts.REMEMBERED).unlink(missing_ok=True)
        found.setdefault("check, seconds", []).append(timed(root, sys.executable, "-m", "companion_checks"))
    middle = {name: statistics.median(times) for name, times in found.items()}
    if whole:
        middle["build from nothing, seconds"] = timed(root, sys.executable, "-m", BUILD)
        middle.update(weights(root / "_build/html") | answers(root / "_build/html"))
    return middle


def table(measured: dict[str, dict[str, float]]) -> str:
    """Return the table in Markdown: the book as it is in numbers, the others as ratios to it."""
    first, *others = measured
    lines = [f"| | {first} | {' | '.join(others)} |", f"|---|{'---:|' * len(measured)}"]
    for name, value in measured[first].items():
        number = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
        ratios = [f"{measured[one][name] / value:.2f}" if name in measured[one] else "not built" for one in others]
        lines.append(f"| {name} | {number} | {' | '.join(ratios)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write if asked for."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument(
        "--runs", type=int, default=3, help="how many runs of what is quick; the middle time counts (3)"
    )
    options.add_argument("--only", nargs="*", default=list(BOOKS), help="which books")
    options.add_argument("--write", action="store_true", help=f"write the table into {RESULT.name}")
    chosen = options.parse_args()
    measured = {}
    for name in chosen.only:
        claims, chapters, whole = BOOKS[name]
        with tempfile.TemporaryDirectory() as folder:
            root = copy_of_project(pathlib.Path(folder) / "book")
            growth.claims(root, claims)
            growth.chapters(root, chapters)
            measured[name] = measure(root, chosen.runs, whole)
        print(name, json.dumps(measured[name]), flush=True)
    text = f"{table(measured)}\n\nMiddle of {chosen.runs} runs, a build once; the others as ratios to the book as it is. {machine()}.\n"
    print(text)
    if chosen.write:
        RESULT.write_text(
            f"# How the book grows\n\nWritten by `tests/benchmarks/growth.py`, which says what is measured.\n\n{text}",
            "utf-8",
        )


if __name__ == "__main__":
    main()
