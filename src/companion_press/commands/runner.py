"""The commands of the project: what each does, what it needs, what comes before it, and how it is run.

``make NAME SETTING=VALUE`` and ``python src/companion_press NAME SETTING=VALUE`` both end here. This module and all that
it imports need nothing but Python itself, because there may be no environment yet.
"""

import difflib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from companion_press.commands import environment, groups, processes
from companion_press.commands.groups import AUDIT, BOOK, LAB, LINKS, LINT, LITE, PAPER, TEST, WATCH, Group
from companion_press.keeping import troubles

ROOT = Path(__file__).resolve().parents[3]

#: The variables with which every command runs. The same bytes every time: no dates, no random names, and text in
#: UTF-8 on every system. No compiled modules: where the disk is full Python leaves half of one behind, and cannot read it
#: even when there is room again.
FIXED = {
    "SOURCE_DATE_EPOCH": "1795305600",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

#: What may be set beside the settings of the commands: it is handed on as a variable of the environment.
HANDED_ON = re.compile(r"(BOOK|PIP|COMPANION|PYTEST)_\w+|CI|EDITOR|TMPDIR")

#: Where spelling is checked: common slips, and those in the names of the region, which are spelt as the book spells them.
SPELLED = ("*.md", "CITATION.cff", "Makefile", ".ci", ".github", "docs", "book", "data", "seeds", "src")

#: The tests that need neither a browser, nor a built site, nor a program that only some systems have.
ANYWHERE = (
    "values_in_words",
    "rules_of_the_data",
    "confidence",
    "the_data_package",
    "charts",
    "commands",
)

#: The exit status where a command is asked for that there is none of, or with a setting that it does not take.
MISUSED = 2


class Wrong(Exception):
    """The command cannot be run as it was asked for; the text says so in one sentence."""


class Failed(Exception):
    """A step ended otherwise than well; `status` is its exit status."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class Settings:
    """What was set for a run: on the command line, or else in the environment, or else as it is by default."""

    DEFAULTS = {"VENV": ".venv", "PORT": "8000"}

    #: Linux on Windows gives every process the name of the machine under this name: it means no page.
    NOT_INHERITED = ("NAME",)

    def __init__(self, given: Mapping[str, str], around: Mapping[str, str] = os.environ):
        self.given = {**self.DEFAULTS, **{k: v for k, v in around.items() if k not in self.NOT_INHERITED}, **given}

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    @property
    def venv(self) -> str:
        """The folder of the shared environment."""
        return self["VENV"]

    def module(self, name: str, *arguments: str) -> "Step":
        """Return the step that runs a module of the project."""
        return self.python("companion_press.commands.step", name, *arguments)

    def python(self, name: str, *arguments: str) -> "Step":
        """Return the step that runs a module with the environment's Python; empty arguments are left out."""
        return Step((environment.python_of(self.venv), "-m", name, *filter(None, arguments)))

    def script(self, path: str, *arguments: str) -> "Step":
        """Return the step that runs a script of the project with the environment's Python."""
        return Step((environment.python_of(self.venv), path, *arguments))

    def program(self, name: str, *arguments: str) -> "Step":
        """Return the step that runs a program of the environment."""
        return Step((environment.program_of(self.venv, name), *arguments))

    def bare(self, name: str, *arguments: str) -> "Step":
        """Return the step that runs a module of the project with this very Python, which has no environment."""
        words = (sys.executable, "-m", "companion_press.commands.step", name, *arguments)
        return Step(words, variables={"PYTHONPATH": str(ROOT / "src")})


class Step(NamedTuple):
    """A process that a command runs.

    Parameters
    ----------
    words : the program and what it is given
    quiet : whether what it says is shown only where it fails
    variables : what it has in its environment besides
    """

    words: tuple[str, ...]
    quiet: bool = False
    variables: Mapping[str, str] = {}


#: What a command does: steps are run; of anything else, its text is printed.
Doing = Callable[[Settings], Iterable["Step | str"]]


class Command(NamedTuple):
    """A command.

    Parameters
    ----------
    name : by which it is called
    help : what it does, in a line; "" where it is a part of others and not listed
    before : what must be there before it, in this order: groups of packages, and other commands by their names
    steps : what it does then
    takes : the settings that it knows
    variables : what it and all that comes before it have in their environment
    """

    name: str
    help: str
    before: "Callable[[Settings], Sequence[Group | str]]"
    steps: Doing
    takes: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}


COMMANDS: dict[str, Command] = {}


def command(
    help: str,
    *before: "Group | str",
    takes: Sequence[str] = (),
    variables: "Mapping[str, str] | None" = None,
    **more: "Callable[[Settings], Sequence[Group | str]]",
) -> Callable[[Doing], Doing]:
    """Enter what is decorated as the steps of a command, under its name; parameters as in `Command`.

    With ``given=function`` what comes before depends on the settings.
    """

    def enter(steps: Doing) -> Doing:
        name = steps.__name__.replace("_", "-").strip("-")
        first = more.get("given", lambda settings: before)
        COMMANDS[name] = Command(name, help, first, steps, tuple(takes), variables or {})
        return steps

    return enter


# -- the commands, as they are listed ---------------------------------------------------------


@command("list the commands")
def help_(settings: Settings) -> Iterator[str]:
    width = max(len(name) for name in COMMANDS) + 1
    for one in COMMANDS.values():
        if one.help:
            yield f"  make {one.name:{width}}{one.help}"
    yield "Where there is no make, write `python src/companion_press` in its place."


@command("build the site and say where to open it", BOOK, "ledger")
def book(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.build")


@command("check the ledger, the sources and the pages without building", BOOK)
def ledger(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_checks", ".")


@command("build one page for its author, in seconds (NAME=war)", BOOK, takes=["NAME"])
def chapter(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.chapter", settings["NAME"])


@command(
    "build again at each change and reload the page (PORT=8000, NAME=war for one page alone)",
    WATCH,
    takes=["PORT", "NAME"],
)
def watch(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.watch", settings["PORT"], settings["NAME"])


@command("check everything and run the tests (about a quarter of an hour)", TEST, "check")
def test(settings: Settings) -> Iterator[Step]:
    yield settings.python("pytest", "tests", "-q", "-m", "not long", "-n", "2", "--dist", "loadfile")


@command(
    "run the long tests: fresh environments, clean builds, a real JupyterLab (under forty minutes)",
    # Some of these tests start the commands for paper and JupyterLab: a build beside them would see packages come.
    TEST,
    LINT,
    PAPER,
    LAB,
)
def test_all(settings: Settings) -> Iterator[Step]:
    # In the order of tests/conftest.py: by number, a file of one test that takes long would come last.
    options = ("-q", "-m", "long", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
    yield settings.python("pytest", "tests", *options)


@command("run the tests that need neither a browser nor a built site, on any system", TEST)
def test_anywhere(settings: Settings) -> Iterator[Step]:
    files = [f"tests/test_{name}.py" for name in ANYWHERE]
    yield settings.python("pytest", "-q", "-m", "not long", *files)


@command(
    "build, then serve the site on this machine (PORT=8000, LITE=1 with JupyterLite)",
    given=lambda settings: ["lite" if settings["LITE"] else "book"],
    takes=["PORT", "LITE"],
)
def serve(settings: Settings) -> Iterator["Step | str"]:
    yield f"Open http://localhost:{settings['PORT']}/ (Ctrl+C ends it)"
    yield settings.module("http.server", settings["PORT"], "--bind", "127.0.0.1", "--directory", "_build/html")


@command(
    "check the ledger as above, the code (style, types, what may import what), spelling, and the links of the papers",
    "ledger",
    LINT,
)
def check(settings: Settings) -> Iterator[Step]:
    yield settings.python("ruff", "check", "--quiet", "src", "tests")
    yield settings.python("ruff", "format", "--check", "--quiet", "src", "tests")
    yield settings.module("companion_checks.cells", ".")
    yield settings.module("companion_checks.papers", ".")
    spelled = [path.as_posix() for name in SPELLED for path in sorted(Path().glob(name))]
    yield settings.program("codespell", "-D", "-", "-D", ".ci/spelling/names.txt", *spelled)
    yield settings.python("mypy")
    yield settings.program("lint-imports", "--no-logo")._replace(quiet=True)


@command("remove everything that was built, the environment included")
def clean(settings: Settings) -> Iterator[str]:
    folders = [f"{settings.venv}{beside}" for beside in ("", LITE.beside, "-hub", AUDIT.beside)]
    for name in ("_build", *(f"{folder}{kind}" for folder in folders for kind in ("", ".lock", ".begun"))):
        path = Path(name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.is_symlink() or path.exists():
            path.unlink()
        else:
            continue
        yield f"{name} is removed."


@command(
    "resolve the direct dependencies anew (needs uv; NEWEST=1 takes the newest versions that are allowed)",
    takes=["NEWEST"],
)
def lock(settings: Settings) -> Iterator[Step]:
    every = ["-q", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
    every += ["--upgrade"] if settings["NEWEST"] else []

    def resolved(group: Group, *more: str) -> Step:
        return Step(("uv", "pip", "compile", *every, *more, "-o", group.lock))

    yield resolved(BOOK, "pyproject.toml", "--group", "build")
    for group in (TEST, LINT, PAPER, LAB, WATCH, LINKS):
        yield resolved(group, "--group", group.name, "-c", BOOK.lock)
    for group in (LITE, AUDIT):
        yield resolved(group, "--group", group.name)


@command("open the chapters in JupyterLab, as copies in lab/ (OPTIONS=--no-browser)", "book", LAB, takes=["OPTIONS"])
def lab(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.notebooks.lab", *shlex.split(settings["OPTIONS"], posix=os.name == "posix"))


@command("give the originals in lab/ back; your own notebooks are set aside")
def lab_reset(settings: Settings) -> Iterator[Step]:
    yield settings.bare("companion_press.notebooks.lab", "--reset")


@command('make the tree that is published as the branch "notebooks"', "book")
def notebooks(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.notebooks.branch")


@command(
    "try a JupyterHub with several students at once and write down what it took (needs npm, git, chromium)",
    "notebooks",
    TEST,
)
def class_trial(settings: Settings) -> Iterator[Step]:
    yield settings.script("tests/benchmarks/class_trial.py", f"{settings.venv}-hub")


@command(
    "build the site with JupyterLite, which runs chapters in the browser",
    "book",
    LITE,
    takes=["PYODIDE"],
    variables={"BOOK_LITE": "1"},
)
def lite(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.notebooks.lite", LITE.folder(settings.venv), settings["PYODIDE"])


@command("try JupyterLite in a browser with every other host out of reach (needs npm, chromium)", "lite", TEST)
def lite_trial(settings: Settings) -> Iterator[Step]:
    yield settings.script("tests/benchmarks/lite_trial.py", LITE.folder(settings.venv), "_build/lite-trial")


@command("write the chapters as Jupyter saves them, and how many rows each table has", BOOK)
def tidy(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.tidy")


@command("add new addresses of the site to those that must stay", "book", TEST)
def addresses(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.addresses")


@command(
    "add a source text: open a form, or read FORM=FILE (DRY=1 only tells; BLANK=FILE writes an empty one)",
    BOOK,
    takes=["FORM", "BLANK", "DRY", "QUICK"],
)
def new_source(settings: Settings) -> Iterator[Step]:
    files = [word for key in ("FORM", "BLANK") if settings[key] for word in (f"--{key.lower()}", settings[key])]
    flags = [f"--{key.lower()}" for key in ("DRY", "QUICK") if settings[key]]
    yield settings.module("companion_checks.new_source", *files, *flags)


@command("make the whole book as a PDF (needs Pango: it says what to install)", "paper-ready", "book")
def pdf(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.paper", "pdf")


@command("make the whole book as an EPUB", "book", PAPER)
def epub(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.paper", "epub")


@command("", PAPER)
def paper_ready(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.paper", "ready")


@command(
    "make the files of a release in _build/release (VERSION=1.2.3; DRY=1 only tells; CHECKED=1: tests have passed in "
    "this tree)",
    given=lambda settings: [BOOK if settings["DRY"] else "paper-ready"],
    takes=["VERSION", "DRY", "CHECKED"],
)
def release(settings: Settings) -> Iterator[Step]:
    flags = [f"--{key.lower()}" for key in ("DRY", "CHECKED") if settings[key]]
    yield settings.module("companion_press.commands.release", settings["VERSION"], *flags)


@command("ask whether each address that the book cites still answers (goes out to the network)", "book", LINKS)
def links(settings: Settings) -> Iterator[Step]:
    yield settings.program("linkchecker", "--config", ".ci/linkchecker.ini", "_build/html/book/sources.html")


@command("ask whether what the locks name has known vulnerabilities (goes out to the network)", AUDIT)
def audit(settings: Settings) -> Iterator[Step]:
    yield settings.bare("companion_press.commands.audit", AUDIT.folder(settings.venv))


@command("take the picture of the README from the built site (needs chromium)", "book", TEST)
def picture(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.picture")


@command("draw the modules from their imports, in docs/modules.md", LINT)
def modules(settings: Settings) -> Iterator[Step]:
    yield settings.module("companion_press.commands.modules")


# -- how they are run -------------------------------------------------------------------------


def before(name: str, settings: Settings) -> Iterator[str]:
    """Yield the names of a command and of all commands that come before it."""
    yield name
    for need in COMMANDS[name].before(settings):
        if isinstance(need, str):
            yield from before(need, settings)


def read(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the commands and the settings that were asked for.

    Parameters
    ----------
    words : names of commands and ``SETTING=VALUE``, in any order; without a name ``help`` is meant

    Raises
    ------
    Wrong : where there is no such command, or it takes no such setting; the text names the nearest
    """
    names, given = [], {}
    for word in words:
        key, is_set, value = word.partition("=")
        if is_set and key.isidentifier():
            given[key] = value
        elif word in ("-h", "--help"):
            names.append("help")
        elif word in COMMANDS:
            names.append(word)
        elif word.startswith("-"):
            known = {name for one in COMMANDS.values() for name in one.takes}
            key = word.partition("=")[0].strip("-").upper()
            raise Wrong(f"There is no option {word}: settings are written as in {_nearest(key, known, 'PORT')}=….")
        else:
            listed = [one.name for one in COMMANDS.values() if one.help]
            raise Wrong(f"There is no command {word!r}; did you mean {_nearest(word, listed, 'help')}?")
    names = names or ["help"]
    settings = Settings(given)
    known = {"VENV"} | {key for name in names for one in before(name, settings) for key in COMMANDS[one].takes}
    for key in given:
        if key not in known and not HANDED_ON.fullmatch(key):
            taken = " and ".join(names)
            near = difflib.get_close_matches(key, known, n=1)
            raise Wrong(f"{taken} takes no setting {key}" + (f"; did you mean {near[0]}?" if near else "."))
    return names, given


def _nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)), otherwise)


class Run:
    """One run: whatever several commands need is done once.

    Parameters
    ----------
    given : the settings of the command line
    """

    def __init__(self, given: Mapping[str, str]):
        self.settings, self.given = Settings(given), given
        self.done: set[tuple] = set()

    def perform(self, name: str, around: Mapping[str, str] = {}) -> None:
        """Do what comes before a command, in its order, and then its steps; stop at the first that fails.

        Parameters
        ----------
        name : that of the command
        around : the variables of the commands for which it is done

        Raises
        ------
        Failed : with the exit status of what failed
        """
        one = COMMANDS[name]
        variables = {**around, **one.variables}
        key = (name, *sorted(variables.items()))
        if key in self.done:
            return
        for need in one.before(self.settings):
            if isinstance(need, str):
                self.perform(need, variables)
            elif need not in self.done:
                groups.set_up(need, self.settings.venv)
                self.done.add(need)
        for step in one.steps(self.settings):
            if isinstance(step, str):
                print(step, flush=True)
            else:
                self.step(step, variables)
        self.done.add(key)

    def step(self, step: Step, variables: Mapping[str, str]) -> None:
        """Run a step.

        Raises
        ------
        Failed : with its exit status where that is not 0
        """
        # As with make, a setting is seen by all that a command starts: a release runs other commands.
        everything = {**os.environ, **FIXED, **self.given, **variables, **step.variables}
        try:
            status = processes.run(step.words, everything, step.quiet)
        except FileNotFoundError:
            print(f"{step.words[0]} was not found: install it, then run the command again.", file=sys.stderr)
            raise Failed(127) from None
        if status:
            raise Failed(status)


def main(words: Sequence[str]) -> int:
    """Run commands, from the project's folder; return the exit status.

    Parameters
    ----------
    words : names of commands and ``SETTING=VALUE`` (see `read`)

    Returns
    -------
    0, or the exit status of the first step that failed: 2 where something is asked for that there is none of, 130 after
    Ctrl+C
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a console may lack a letter, and nothing depends on that one
    try:
        names, given = read(words)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return MISUSED
    os.chdir(ROOT)
    return troubles.told(_all, names, given)


def _all(names: Sequence[str], given: Mapping[str, str]) -> int:
    run = Run(given)
    try:
        with processes.heeded():
            for name in names:
                run.perform(name)
    except Failed as failed:
        return failed.status
    except processes.Interrupted as interrupted:
        if not interrupted.said:
            print("\nInterrupted.", file=sys.stderr)
        return interrupted.status
    return 0
