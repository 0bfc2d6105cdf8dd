"""Remembers the pictures of a figure for as long as nothing changes that its drawing function could see.

After a change of one row most figures are what they were, but which ones cannot be told from
the tables: cells read whole tables and take a few rows. So a picture is kept under what its
function sees (`fingerprints`), together with every question that it put to the ledger while it
drew, and the answer. The picture is taken from the store when the ledger still gives the same
answers; otherwise it is drawn. (That is a build by verifying traces, after Mokhov, Mitchell and
Peyton Jones, *Build Systems à la Carte*, 2018.)
"""

import contextlib
import functools
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from companion import ledger as ledgers
from companion import sources
from companion.figures import Figure
from companion.ledger import ROOT
from companion_press.execution import store
from companion_press.execution.fingerprints import Opaque, fingerprint, look

#: Modules whose caches hold nothing of the tables, and a function that remembers what it makes of what it is given.
WITHOUT_DATA = ("companion.dates", "companion.maps.ground", "companion.crimea", "companion.style", "companion.layout")
OF_WHAT_IS_GIVEN = (sources.parsed,)

#: So many sets of answers are kept for one drawing function: those of the last edits.
MOST = 8

#: The notes of the drawing that is going on.
_notes: "Notes | None" = None


class Notes:
    """The questions that a drawing puts to the ledger, with fingerprints of the answers."""

    def __init__(self) -> None:
        self.questions: dict[str, list] = {}
        self.files: dict[str, str] = {}
        self.inside = False
        self.whole = True

    def ask(self, name: str, arguments: list | None, answer: object) -> None:
        """Note a question: an attribute, or a method with its arguments."""
        try:
            key = store.digest_of([name, arguments])
            if key not in self.questions:
                self.questions[key] = [name, arguments, fingerprint(answer)]
        except (Opaque, TypeError):  # TypeError: arguments that JSON does not hold
            self.whole = False

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """While the ledger answers, what it asks itself is no question."""
        self.inside = True
        try:
            yield
        finally:
            self.inside = False


class Observed(ledgers.Ledger):
    """A ledger that notes what it is asked."""

    def __getattribute__(self, name: str) -> Any:
        notes = _notes
        if notes is None or notes.inside or name.startswith("__"):
            return super().__getattribute__(name)
        with notes.within():
            value = _attribute(self, name)
        if not isinstance(value, types.MethodType):
            notes.ask(name, None, value)
            return value

        @functools.wraps(value)
        def answer(*arguments: Any, **named: Any) -> Any:
            if notes.inside:
                return value(*arguments, **named)
            with notes.within():
                found = value(*arguments, **named)
            notes.ask(name, [arguments, named], found)
            return found

        return answer


def _attribute(ledger: ledgers.Ledger, name: str) -> Any:
    try:
        return object.__getattribute__(ledger, name)
    except AttributeError:
        return ledgers.Ledger.__getattr__(ledger, name)


@contextlib.contextmanager
def noted(remembering: "Iterable[functools._lru_cache_wrapper]" = ()) -> Iterator[Notes]:
    """Note what is asked of the book's ledger meanwhile.

    Parameters
    ----------
    remembering : functions with a cache; theirs and those of the package are emptied first, since what
        a function remembers is not asked for again
    """
    global _notes
    ledger, notes = ledgers.load(), Notes()
    for function in (*remembering, *caches()):
        function.cache_clear()
    ledger.__class__, _notes = Observed, notes
    try:
        yield notes
    finally:
        ledger.__class__, _notes = ledgers.Ledger, None


def caches() -> list:
    """Return the functions of the package that remember what they read, but `companion.load`."""
    return [
        value
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == "companion" and name not in WITHOUT_DATA
        for value in vars(module).values()
        if hasattr(value, "cache_clear") and value is not ledgers.load and value not in OF_WHAT_IS_GIVEN
    ]


def note_file(name: str) -> None:
    """Note that a file or folder of the project is read; what it holds is an answer too."""
    if _notes is not None and not _notes.inside and name not in _notes.files:
        with _notes.within():  # to find out what it holds is to read it
            _notes.files[name] = store.state(ROOT / name)


def still_answers(questions: list) -> bool:
    """Say whether the ledger gives the answers that were noted."""
    ledger = ledgers.load()
    for name, arguments, was in questions:
        try:
            answer = _attribute(ledger, name)
            if arguments is not None:
                answer = answer(*arguments[0], **arguments[1])
            if fingerprint(answer) != was:
                return False
        except (KeyError, ValueError, AttributeError, TypeError, Opaque):
            return False  # an id that has gone, a value that is no longer the only one
    return True


def still_holds(files: dict[str, str]) -> bool:
    """Say whether files hold what they held."""
    return all(store.state(ROOT / name) == was for name, was in files.items())


class Memory:
    """The pictures of a kernel's figures.

    Parameters
    ----------
    key : fingerprint of what all pictures depend on (`inputs.without_data`)
    fresh : the folder for new pictures; those of earlier builds are looked for in the stores of the project
    """

    def __init__(self, key: str, fresh: Path):
        self.key = key
        self.traces, self.pictures = store.store("traces", ROOT), store.store("pictures", ROOT)
        self.new_traces, self.new_pictures = store.Store(fresh / "traces"), store.Store(fresh / "pictures")

    def remember(self, figure: Figure, make: Callable[[], dict], *particulars: str) -> dict:
        """Return what `make` returns for a figure, or what it returned when everything was as it is.

        Parameters
        ----------
        figure : `companion.figures.Figure`
        make : draws; returns what JSON can hold
        particulars : what else decides how it is drawn (the line above a printed picture)
        """
        try:
            seen, remembering = self._seen(figure, particulars)
        except Opaque:
            return make()
        traces = self.traces.get_json(seen) or []
        for trace in traces:
            if still_holds(trace["files"]) and still_answers(trace["questions"]):
                found = self.pictures.get_json(trace["picture"])
                if found is not None:
                    return found
        with noted(remembering) as notes:
            made = make()
        questions, files = list(notes.questions.values()), notes.files
        # A drawing that changes what it sees, or the ledger, would not change it from the store.
        if notes.whole and self._seen(figure, particulars)[0] == seen and still_answers(questions):
            trace = {"questions": questions, "files": files, "picture": store.digest_of([seen, questions, files])}
            self.new_pictures.put_json(trace["picture"], made)
            self.new_traces.put_json(seen, [trace, *traces][:MOST])
        return made

    def _seen(self, figure: Figure, particulars: tuple[str, ...]) -> tuple[str, list]:
        return look(self.key, type(figure).__qualname__, figure.picture, particulars, figure.draw)
