"""The built site and a real browser, for the tests that open pages.

Where no Chromium is found these tests are left out, and the end of the run says
so; with CI=true they fail instead, because CI leaves out none.
"""

import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from companion import pages
from companion_press.citing import record_files
from companion_press.commands.browser import HOW, chromium
from companion_press.commands.runner import FIXED
from companion_press.execution import store
from companion_press.keeping import whole

PROJECT = pathlib.Path(__file__).resolve().parents[1]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    # The address bar's own pages would be loaded anew for each window, at the cost of one of the book's.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]


#: The module behind `make book`.
BUILD = "companion_press.commands.build"

#: Says to the processes of a run that the site is built, so that each need not build it again.
BUILT = "COMPANION_TEST_SITE_IS_BUILT"


def build_site():
    """Build the site where anything has changed."""
    done = subprocess.run(
        [sys.executable, "-m", BUILD], cwd=PROJECT, capture_output=True, text=True, env=build_environment()
    )
    assert done.returncode == 0, done.stderr[-4000:]


def pytest_sessionstart(session):
    """Before a run in several processes starts them, build the site once."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        build_site()
        os.environ[BUILT] = "1"


#: Names of what is not under version control: a copy of the project has no repository that could be asked.
_NOT_OURS = [
    ".git",
    *(line.rstrip("/").rpartition("/")[2] for line in (PROJECT / ".gitignore").read_text("utf-8").splitlines()),
]
_leave_out = shutil.ignore_patterns(*_NOT_OURS)


def files_of_project():
    """Yield every file that is under version control, near enough: no builds, no environments."""
    for folder, folders, names in os.walk(PROJECT):
        out = _leave_out(folder, [*folders, *names])
        folders[:] = sorted(set(folders) - out)
        yield from (pathlib.Path(folder, name) for name in sorted(set(names) - out))


def copy_of_project(root, kept=()):
    """Copy what is under version control, near enough, and return the folder of the copy.

    Parameters
    ----------
    kept : the stores (`companion_press.execution.store`) that it gets from the builds of the project, for tests that
        promise nothing of a build from nothing. Their entries are links, since half a gigabyte is too much to copy: a
        build replaces entries and writes into none, and a test that damages one removes it first.
    """
    copied = pathlib.Path(shutil.copytree(PROJECT, root, ignore=_leave_out))
    for kind in kept:
        if store.store(kind, PROJECT).folder.is_dir():
            # What another build is about to keep is hidden.
            shutil.copytree(
                store.store(kind, PROJECT).folder,
                store.store(kind, copied).folder,
                ignore=shutil.ignore_patterns(".*"),
                copy_function=whole.share,
            )
    return copied


@pytest.fixture(scope="session")
def site():
    """The folder of the built site, built anew where anything has changed."""
    if BUILT not in os.environ:
        build_site()
    return PROJECT / "_build/html"


def needs(program, package):
    """Return the path of a program that Debian has; leave the test out where it is missing, except in CI."""
    found = shutil.which(program)
    if found is None:
        message = f"no {program}: install Debian's {package} (apt-get install {package}) and run the tests again"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return found


def record_scripts(site):
    """What the scripts hold that carry files for reference managers: the files of each record by their endings."""
    held = {}
    for path in sorted((site / "_static").glob("records.*.js")):
        held.update(json.loads(path.read_text("utf-8").removeprefix("bookRecords(").removesuffix(");\n")))
    return held


def files_of_claim(page, held):
    """The files that the page of a claim offers, by name, as its script makes them.

    Parameters
    ----------
    page : its HTML
    held : see `record_scripts`
    """
    found = {}
    for line in BeautifulSoup(page, "html.parser").select("[data-record]"):
        given = {name.removeprefix("data-"): text for name, text in line.attrs.items() if name.startswith("data-")}
        for ending, text in held[given["record"]].items():
            own = given["record"] == record_files.CLAIM
            name = given["id"] if own else given["record"]
            found[f"{name}.{ending}"] = record_files.filled(text, ending, given) if own else text
    return found


def shorten(root, *whole):
    """In a copy of the book, leave of the pages with cells only the heading, except the landing page and those named.

    Links to them still lead somewhere, and the page that cites two figures and a chapter as examples names what is left.
    """
    for path in pages.executed(root):
        if path.stem in ("index", *whole):
            continue
        text = path.read_text("utf-8")
        # What other pages need of it: its labels, its heading, and what it teaches.
        heading = re.search(r"^(\(\w+\)=\n)?# .+", text, re.M)[0]
        taught = re.findall(r"^.*When you have worked through this chapter.*", text, re.M)
        labels = [label for label in re.findall(r"^\(([\w-]+)\)=$", text, re.M) if f"({label})=" not in heading]
        sections = [f"({label})=\n## {label}" for label in labels]
        path.write_text("\n\n".join([heading, *taught, *sections]) + "\n", "utf-8")
    citing = root / "book/citing.md"
    text = re.sub(r"figure:[\w-]+", "figure:overview", citing.read_text("utf-8"))
    left = f"chapter:{whole[0]}" if whole else "data"
    citing.write_text(re.sub(r"chapter:[\w-]+", left, text), "utf-8")


def build_environment(root=PROJECT):
    """The variables that every command has for a build, in which the packages are those of the folder `root`."""
    # Some machines forbid compiled modules by themselves, a reader's does not.
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **around,
        **FIXED,
        "PYTHONPATH": str(root / "src"),
    }


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and keeps the test output clean."""

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of a browser that goes away before it has everything."""

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture(scope="session")
def address(site, tmp_path_factory):
    """The address of a local server of the site, as it was when this run began: a test may build it anew meanwhile."""
    handler = functools.partial(Quiet, directory=str(shutil.copytree(site, tmp_path_factory.mktemp("served") / "site")))
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A real Chromium."""
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium: {HOW}")
        pytest.skip(f"no Chromium: {HOW} and run make test again")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


def until(page, expression, seconds=10):
    """Wait until something holds in a page. Playwright's own waiting evaluates in the page, which the page's policy forbids."""
    for _ in range(seconds * 20):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not within {seconds} seconds: {expression}")


class Visit:
    """A page in the browser, with every request to another host blocked and noted."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.foreign, self.errors = [], []
        self.page = context.new_page()
        self.page.route("**/*", self._route)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def _route(self, route):
        if route.request.url.startswith((self.address, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def open(self, name):
        """Open a page of the book and return it when all of it is laid out."""
        self.page.goto(f"{self.address}/{name}", wait_until="load")
        expect(self.page.locator("html.arriving")).to_have_count(0)
        return self.page


@pytest.fixture
def visit(browser, address):
    """A function that opens pages: ``visit("book/index.html", width=390, theme="dark")``."""
    contexts = []

    def start(name, width=1280, theme="light", scripts=True, touch=False, height=900):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            java_script_enabled=scripts,
            has_touch=touch,
        )
        contexts.append(context)
        made = Visit(context, address)
        made.open(name)
        return made

    yield start
    for context in contexts:
        context.close()
