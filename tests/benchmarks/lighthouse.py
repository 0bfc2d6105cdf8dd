"""Measures every page with Lighthouse, beside the same chapters in the stock theme, in one run.

usage: lighthouse.py [--pages book/war.html …] [--forms mobile desktop] [--runs 3 1] [--out tests/benchmarks/lighthouse.md]

Needs Debian's Chromium and `npx lighthouse` (the npm package `lighthouse`; LIGHTHOUSE names another command).
The site must be built (`make book`). The stock build is made here, from the same sources and outputs, with
Jupyter Book's own theme, extensions and settings; what differs is the theme and what it brings. A local server
sends both gzipped, as any host does.
"""

import argparse
import functools
import gzip
import http.server
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading

import yaml

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / folder) for folder in ("tests", "src")]
from built_site import ARGUMENTS, PROJECT, build_environment, chromium  # noqa: E402

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
CHAPTERS = [
    f"book/{name}.html" for name in ("history", "institutions", "war", "west", "turkic", "reassertion", "balance")
]
STOCK = PROJECT / "_build/stock"
COMMAND = os.environ.get("LIGHTHOUSE", "npx lighthouse").split()


class Host(http.server.SimpleHTTPRequestHandler):
    """Sends text gzipped and lets browsers keep what has a hash in its name."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            return self.send_error(404)
        content, text = path.read_bytes(), path.suffix in (".html", ".css", ".js", ".svg", ".json", ".txt")
        content = gzip.compress(content, 6) if text else content
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)) + ("; charset=utf-8" if text else ""))
        self.send_header("Content-Length", str(len(content)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        if "_static" in path.parts or "_images" in path.parts:
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


def serve(folder):
    """Serve a folder; return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def stock():
    """Build the book with Jupyter Book's own theme and settings; return the folder of the site."""
    root = STOCK / "source"
    shutil.rmtree(STOCK, ignore_errors=True)
    for name in ("book", "data", "seeds", "src"):
        shutil.copytree(PROJECT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_toc.yml", "LICENSE", "CITATION.cff", "pyproject.toml", "requirements.txt", "runtime.txt"):
        shutil.copyfile(PROJECT / name, root / name)
    settings = yaml.safe_load((PROJECT / "_config.yml").read_text("utf-8"))
    config = settings["sphinx"]["config"]
    for name in (
        "extensions",
        "html_theme",
        "html_theme_options",
        "html_static_path",
        "html_use_index",
        "html_domain_indices",
        "companion_moved",
    ):
        config.pop(name, None)
    settings["sphinx"]["extra_extensions"] = ["sphinx_exercise", "sphinx.ext.autodoc", "companion_press.extension"]
    (root / "_config.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    command = [
        str(pathlib.Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(root),
        "--path-output",
        str(STOCK),
        "-q",
    ]
    subprocess.run(command, cwd=root, check=True, env=build_environment(root))
    return STOCK / "_build/html"


def measure(address, form, runs=3):
    """Return the median scores of a page, with its layout shift, bytes and requests."""
    options = ["--quiet", "--output=json", f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}"]
    options += ["--preset=desktop"] if form == "desktop" else []
    found = []
    for _ in range(runs):
        done = subprocess.run(
            [*COMMAND, address, *options],
            capture_output=True,
            text=True,
            env={**os.environ, "CHROME_PATH": chromium()},
            timeout=240,
        )
        if done.returncode:
            sys.exit(f"Lighthouse failed on {address}:\n{done.stderr[-2000:]}")
        found.append(json.loads(done.stdout))
    row = {
        name: statistics.median(round(100 * one["categories"][name]["score"]) for one in found) for name in CATEGORIES
    }
    audits = found[0]["audits"]
    row["shift"] = max(one["audits"]["cumulative-layout-shift"]["numericValue"] for one in found)
    row["kb"] = audits["total-byte-weight"]["numericValue"] / 1000
    row["requests"] = len(audits["network-requests"]["details"]["items"])
    row["failed"] = sorted(
        {
            key
            for one in found
            for name in CATEGORIES[1:]
            for ref in one["categories"][name]["auditRefs"]
            for key in [ref["id"]]
            if one["audits"][key]["score"] not in (None, 1)
        }
    )
    return row


def table(rows):
    """Return the measurements as a Markdown table."""
    lines = [
        "| page | theme | form | performance | accessibility | best practices | SEO | layout shift | KB | requests |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for page, theme, form, row in rows:
        scores = " | ".join(f"{row[name]:g}" for name in CATEGORIES)
        lines.append(
            f"| {page} | {theme} | {form} | {scores} | {row['shift']:.3f} | {row['kb']:.0f} | {row['requests']} |"
        )
    return "\n".join(lines)


def main():
    reader = argparse.ArgumentParser()
    site = PROJECT / "_build/html"
    every = sorted(
        f"{folder}/{path.name}"
        for folder in ("book", "seeds", "data")
        for path in (site / folder).glob("*.html")
        if path.stem != "index" or folder == "book"
    )
    reader.add_argument("--pages", nargs="*", default=every)
    reader.add_argument("--forms", nargs="*", choices=("mobile", "desktop"), default=("mobile", "desktop"))
    reader.add_argument(
        "--runs",
        nargs="+",
        type=int,
        default=[3],
        help="of which a score is the median, for each form; the last number holds for those that follow",
    )
    reader.add_argument("--without-stock", action="store_true")
    reader.add_argument("--out", type=pathlib.Path)
    chosen = reader.parse_args()
    runs = dict(zip(chosen.forms, [*chosen.runs, *chosen.runs[-1:] * len(chosen.forms)]))
    sites = [("ours", serve(site), chosen.pages)]
    if not chosen.without_stock:
        sites.append(("stock", serve(stock()), [page for page in chosen.pages if page in CHAPTERS]))
    rows = []
    for theme, address, wanted in sites:
        for page in wanted:
            for form in chosen.forms:
                row = measure(f"{address}/{page}", form, runs[form])
                rows.append((page, theme, form, row))
                print(table(rows[-1:]).splitlines()[-1], ", ".join(row["failed"]), flush=True)
    if chosen.out:
        medians = ", ".join(f"{form} of {number}" for form, number in runs.items())
        version = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True).stdout.strip()
        about = (
            f"{__doc__.splitlines()[0]} Lighthouse {version}, Chromium of Debian, {os.cpu_count()} cores. Scores are medians of runs "
            f"({medians}); the layout shift is the largest seen."
        )
        chosen.out.write_text(f"{about}\n\n{table(rows)}\n", "utf-8")


if __name__ == "__main__":
    main()
