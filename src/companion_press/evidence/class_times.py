"""For a class: how long a chapter takes, the link that gives it to students, and what a server for them needs.

Nothing here is guessed while the book is built: words are counted, running times and memory come from
a trial with a real JupyterHub (``tests/benchmarks/class_trial.py``), and what follows is arithmetic.
"""

import json
import math
import pathlib
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from companion import pages
from companion.ledger import ROOT, Ledger
from companion_press.notebooks import notebook_files

#: What the last trial measured, and a word on each figure in ``tests/benchmarks/class_trial.py``.
TRIAL = "src/companion_press/notebooks/class-trial.json"

#: Words a minute of someone who opens the cards and looks at the figures, and not merely reads.
PACE = 150

#: Minutes for an exercise: one that is answered in words, and one that is answered in code.
IN_WORDS, IN_CODE = 10, 20

#: The sentence with which each chapter says what it teaches.
OUTCOME = re.compile(r"^When you have worked through this chapter you will be able (to .+)$", re.M)

#: The classes for which the page reckons, and the share of a class that works at the same moment: the
#: upper end of what the guide of The Littlest JupyterHub starts with (howto/admin/resource-estimation).
CLASSES, SHARE = (30, 3000), 60


@dataclass(frozen=True)
class Chapter:
    """What a chapter asks of a student.

    Attributes
    ----------
    name, title : its file's name without ending, and its heading
    outcome : what a student will be able to do: ``to read a membership matrix, …``
    words : of the page, without code and solutions
    in_words, in_code : number of exercises answered in words and in code
    running : seconds that all its cells take, as the trial measured them; None where it was made before the chapter was
    """

    name: str
    title: str
    outcome: str
    words: int
    in_words: int
    in_code: int
    running: float | None

    @property
    def reading(self) -> int:
        """Minutes of reading."""
        return math.ceil(self.words / PACE)

    @property
    def exercising(self) -> int:
        """Minutes for all exercises."""
        return self.in_words * IN_WORDS + self.in_code * IN_CODE

    @property
    def minutes(self) -> int:
        """Minutes in all, rounded up to five; cells that were not timed count nothing."""
        return 5 * math.ceil((self.reading + self.exercising + (self.running or 0) / 60) / 5)


def chapter(path: pathlib.Path, words: int, ledger: Ledger, measured: dict) -> Chapter:
    """Return what a chapter asks of a student.

    Parameters
    ----------
    path : the chapter's text file
    words : as the built page has them
    ledger : resolves the roles in the outcome
    measured : the trial, see `trial`

    Raises
    ------
    ValueError
        The chapter does not say what it teaches.
    """
    text = path.read_text("utf-8")
    outcome = OUTCOME.search(text)
    if not outcome:
        raise ValueError(f"{path.name} does not say “When you have worked through this chapter you will be able to …”")
    exercises = len(re.findall(r"\{exercise\}", text))
    in_code = len(re.findall(r"\{solution-start\}", text))
    # The trial needs a book that is built, so a new chapter is built before it can be timed.
    seconds = measured["alone"]["chapters"].get(path.stem, {}).get("seconds")
    return Chapter(
        path.stem, pages.title(path), pages.plain(outcome[1], ledger), words, exercises - in_code, in_code, seconds
    )


def trial(root: pathlib.Path = ROOT) -> dict:
    """Return what the last trial measured."""
    return json.loads((root / TRIAL).read_text("utf-8"))


@dataclass(frozen=True)
class Server:
    """What a class needs of a server, all in MiB but for `seconds`.

    Attributes
    ----------
    users : who work at the same moment
    each : memory for one of them: the notebook server, and the kernel at its peak
    memory : for all of them, with hub and proxy
    seconds : until everybody's chapter has run, if all start it in the same moment on a machine like that of the trial
    """

    users: int
    each: float
    memory: float
    seconds: float


def server(users: int, measured: dict) -> Server:
    """Reckon what `users` need who run a chapter at the same moment, from what one user took alone.

    Memory is resident memory (RSS), which counts for each user what several share: an upper bound.
    """
    chapters = measured["alone"]["chapters"].values()
    each = measured["alone"]["server"]["rss"] + max(one["peak"] for one in chapters)
    work = max(one["cpu"] for one in chapters) * users / measured["machine"]["cores"]
    return Server(users, each, users * each + measured["hub"]["rss"] + measured["proxy"]["rss"], work)


def fit(measured: dict) -> int:
    """Return how many users find room at the same moment in the memory of the trial's machine."""
    room = measured["machine"]["memory"] - measured["hub"]["rss"] - measured["proxy"]["rss"]
    return int(room // server(1, measured).each)


# -- links ---------------------------------------------------------------------------


def link(hub: str, repository: str, notebook: str) -> str:
    """Return the nbgitpuller link that pulls the branch of notebooks and opens one in JupyterLab.

    Parameters
    ----------
    hub : the hub's address; the link works for everyone who may log in there
    repository : address of the repository, as ``git clone`` takes it
    notebook : file name

    The form of the link: nbgitpuller's documentation, *Options in an nbgitpuller URL*.
    """
    folder = repository.rstrip("/").rsplit("/", 1)[-1]
    return pattern().format(
        hub=hub.rstrip("/"),
        repository=quote(repository, safe=""),
        folder=quote(folder, safe=""),
        notebook=quote(notebook, safe=""),
    )


def pattern() -> str:
    """Return the link with gaps, which the page's script fills in just as `link` does."""
    return (
        "{hub}/hub/user-redirect/git-pull?repo={repository}"
        f"&branch={notebook_files.BRANCH}&urlpath=lab%2Ftree%2F{{folder}}%2F{{notebook}}"
    )


def hub_problem(address: str) -> str:
    """Say what is wrong with the setting of a hub's address, or return ``""``."""
    parts = urlsplit(address)
    if not address or (parts.scheme in ("http", "https") and parts.netloc and not parts.query and not parts.fragment):
        return ""
    return f"{address!r} is not the address of a JupyterHub; write one such as https://hub.example.org"
