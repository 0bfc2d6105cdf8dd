"""How fast the search is, beside Sphinx's own over the same pages; run it after `make book`.

``.venv/bin/python tests/benchmarks/search.py`` prints a table. Times are wall-clock milliseconds in
Chromium, from the key to the frame that shows the first result, with the processor as it is and slowed
four times (as Lighthouse does for a phone). *Cold* is the first search of a reader: library, index and
everything that is made of it included. Sphinx's search page is made from the very pages that Sphinx has
read for this book; the book itself does not ship it.
"""

import functools
import gzip
import http.server
import pathlib
import shutil
import statistics
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "src")]

from built_site import ARGUMENTS, Quiet, chromium  # noqa: E402

QUERIES = (
    "middle corridor",
    "Dushanbe summit",
    "Kazakhstan trade 2024",
    "CSTO members",
    "Türkiye",
    "Putin",
    "ES-11/3",
    "observer",
    "EU package",
    "remittances Tajikistan",
    "Russian language",
    "201st base",
    "membership matrix",
    "Community of Central Asia",
    "TRIPP",
    "Abraham Accords",
    "opinion poll",
    "Turkmenistan associate",
    "parallel imports",
    "billion dollars",
)
#: Runs of the cold search; the median counts.
TIMES = 5

STOCK_PAGE = """<!DOCTYPE html><html lang="en" data-content_root="./"><head><meta charset="utf-8"><title>Search</title>
<script src="_static/documentation_options.js"></script><script src="_static/doctools.js"></script>
<script src="_static/sphinx_highlight.js"></script><script src="_static/searchtools.js"></script>
<script src="_static/language_data.js"></script><script src="searchindex.js" defer></script></head>
<body><div role="main"><span id="search-progress"></span><div id="search-results"></div></div></body></html>"""

# Both wait for the frame after the one in which the result stands in the page: then it is in view.
OURS = """async (words) => {
  const input = document.getElementById("search-words"), found = document.querySelector(".search-found");
  const frame = () => new Promise(requestAnimationFrame);
  const start = performance.now();
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  while (found.getAttribute("aria-busy") !== "false") await frame();
  await frame();
  return performance.now() - start;
}"""
STOCK = """async (words) => {
  const frame = () => new Promise(requestAnimationFrame);
  document.getElementById("search-results").replaceChildren();
  const start = performance.now();
  Search.performSearch(words);
  const done = () => document.querySelector("#search-results li") || /did not match/.test(document.querySelector("#search-results .search-summary")?.textContent);
  while (!done()) await frame();
  await frame();
  return performance.now() - start;
}"""


def stock(folder):
    """Write Sphinx's own search over the book's pages into a folder."""
    from jupyter_book.config import get_final_config
    from sphinx.application import Sphinx
    from sphinx.builders.html import js_index
    from sphinx.search import IndexBuilder
    from sphinx.util.docutils import docutils_namespace
    from sphinx.util.template import SphinxRenderer

    built = ROOT / "_build/work/_build"
    config, _ = get_final_config(
        user_yaml=ROOT / "_config.yml", sourcedir=ROOT, cli_config={"latex_individualpages": False}
    )
    with docutils_namespace():
        app = Sphinx(
            ROOT, None, folder / "unused", built / ".doctrees", "html", confoverrides=config, status=None, warning=None
        )
        app.env.check_consistency()  # the pages made from the ledger need what is prepared then
        app.builder.prepare_writing(app.env.found_docs)
        indexer = IndexBuilder(app.env, "en", {}, None)
        for docname in sorted(app.env.found_docs):
            # As Sphinx does: with the ledger's rows and everything else that is made from data.
            doctree = app.env.get_and_resolve_doctree(docname, app.builder)
            indexer.feed(docname, str(app.env.doc2path(docname, False)), app.env.titles[docname].astext(), doctree)
        with (folder / "searchindex.js").open("w", encoding="utf-8") as file:
            indexer.dump(file, js_index)
        static = pathlib.Path(sys.modules["sphinx"].__file__).parent / "themes/basic/static"
        (folder / "_static/language_data.js").write_text(
            SphinxRenderer().render_string(
                (static / "language_data.js.jinja").read_text("utf-8"), indexer.context_for_searchtool()
            ),
            "utf-8",
        )
    for name in ("doctools.js", "sphinx_highlight.js", "searchtools.js"):
        shutil.copy(static / name, folder / "_static" / name)
    (folder / "_static/documentation_options.js").write_text(
        'const DOCUMENTATION_OPTIONS = {VERSION: "", LANGUAGE: "en", COLLAPSE_INDEX: false, BUILDER: "html", FILE_SUFFIX: ".html", '
        'LINK_SUFFIX: ".html", HAS_SOURCE: false, SOURCELINK_SUFFIX: ".txt", NAVIGATION_WITH_KEYS: false, '
        "SHOW_SEARCH_SUMMARY: true, ENABLE_SEARCH_SHORTCUTS: false};",
        "utf-8",
    )
    (folder / "stock.html").write_text(STOCK_PAGE, "utf-8")


def slowed(browser, rate):
    """Return a new page on a processor that is `rate` times slower."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
    return page


def ours_cold(browser, address, rate):
    """Return the milliseconds of a first search, and the page."""
    page = slowed(browser, rate)
    page.goto(f"{address}/book/institutions.html", wait_until="load")
    took = page.evaluate(
        """async (words) => {
      const start = performance.now();
      document.querySelector(".search-open").click();
      await (%s)(words);
      return performance.now() - start;
    }"""
        % OURS,
        QUERIES[0],
    )
    return took, page


def stock_cold(browser, address, rate):
    """Return the milliseconds from opening Sphinx's page to its first result, and the page."""
    page = slowed(browser, rate)
    page.goto(f"{address}/stock.html?q={QUERIES[0].replace(' ', '+')}", wait_until="commit")
    took = page.evaluate("""async () => {
      while (!document.querySelector("#search-results li")) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now();
    }""")
    return took, page


def measure(browser, address, cold, script, rate):
    """Return the median cold time, and the median and worst time of the queries."""
    first = []
    for _ in range(TIMES):
        took, page = cold(browser, address, rate)
        first.append(took)
        if len(first) < TIMES:
            page.context.close()
    page.wait_for_timeout(1500)
    times = [page.evaluate(script, query) for query in QUERIES]
    page.context.close()
    return statistics.median(first), statistics.median(times), max(times)


def weight(*files):
    """Return the size of some files, gzipped one by one, in kB."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1000


def main():
    from playwright.sync_api import sync_playwright

    site = ROOT / "_build/html"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "site"
        shutil.copytree(site, folder, ignore=shutil.ignore_patterns("figures", "notebooks", "cite"))
        stock(folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        static = folder / "_static"
        sizes = {
            "this book": weight(static / "search.js", *static.glob("search-index.*.js")),
            "Sphinx": weight(
                folder / "searchindex.js",
                *(static / n for n in ("searchtools.js", "language_data.js", "doctools.js", "sphinx_highlight.js")),
            ),
        }
        print(f"{'search':<10} {'slowed':>6} {'cold, ms':>9} {'query, ms':>10} {'worst, ms':>10} {'kB gzipped':>11}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            for rate in (1, 4):
                medians = {}
                for label, cold, script in (("this book", ours_cold, OURS), ("Sphinx", stock_cold, STOCK)):
                    first, median, worst = measure(browser, address, cold, script, rate)
                    medians[label] = (first, median)
                    print(f"{label:<10} {rate:>5}x {first:>9.0f} {median:>10.1f} {worst:>10.1f} {sizes[label]:>11.1f}")
                ratios = [medians["this book"][i] / medians["Sphinx"][i] for i in (0, 1)]
                print(f"{'ratio':<10} {rate:>5}x {ratios[0]:>9.2f} {ratios[1]:>10.2f}")
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
