"""The rules as rows: each with its name, what it needs, and what it says.

A rule is a function that takes parts of a project in memory and yields problems.
What it needs are the names of its parameters (see `companion_checks.project.Project`);
where one of them cannot be read, the rule is left out, because that has a problem
of its own. A rule that looks at one thing at a time asks for ``table`` or ``page``, and is asked
about each: what it said of one is kept while that one is the same (`companion_checks.verdicts`).
So a rule reads nothing but its parameters. Two more names can be asked for: ``ledger``, which exists only where
everything else about the data is right, and ``sound_ledger``, whose derivations
can be computed as well.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from companion_checks.problems import Problem
from companion_checks.project import Project
from companion_checks.verdicts import Verdicts, mark

Check = Callable[..., Iterator[Problem]]

#: Parameters that stand for each of several: the part that holds them.
EACH = {"table": "tables", "page": "pages"}


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong.

    Attributes
    ----------
    name : str
        That of its function.
    needs : tuple of str
        The parts of a project that it reads.
    says : str
        What must be so, in one sentence.
    check : function
        Yields a problem for each place where it is not.
    """

    name: str
    needs: tuple[str, ...]
    says: str
    check: Check

    @property
    def parts(self) -> set[str]:
        """The parts of a project that it reads: ``tables`` where it asks for each ``table``."""
        return {EACH.get(name, name) for name in self.needs}

    def calls(self, known: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the arguments of each call; none where it lacks a part."""
        if not self.parts <= known.keys():
            return
        fixed = {name: known[name] for name in self.needs if name not in EACH}
        each = next((name for name in self.needs if name in EACH), None)
        if each is None:
            yield fixed
            return
        several = known[EACH[each]]
        for one in several.values() if isinstance(several, dict) else several:
            yield {**fixed, each: one}

    def problems(
        self, known: dict[str, Any], verdicts: Verdicts | None = None, marks: dict[str, str] | None = None
    ) -> list[Problem]:
        """Return what the rule finds in the parts of a project; nothing where it lacks one of them.

        Parameters
        ----------
        known : dict
            The parts by their names.
        verdicts : Verdicts or None
            What was found before.
        marks : dict or None
            The fingerprints of parts that are known already, by their names; others are added.
        """
        verdicts, found = verdicts or Verdicts(), []
        marks = {} if marks is None else marks
        for call in self.calls(known):
            for name, part in call.items():
                if name not in EACH and name not in marks:
                    marks[name] = mark(part)
            find = functools.partial(self.check, **call)
            asked = [mark(part) if name in EACH else marks[name] for name, part in call.items()]
            found += verdicts.ask(self.name, asked, find)
        return found


#: All rules, in the order in which they were written down.
RULES: dict[str, Rule] = {}


def rule(check: Check) -> Check:
    """Register a rule: its name, its parameters and the first line of its docstring."""
    name = check.__name__
    if name in RULES:
        raise ValueError(f"two rules have the name {name!r}")
    says = (inspect.getdoc(check) or "").partition("\n")[0]
    RULES[name] = Rule(name, tuple(inspect.signature(check).parameters), says, check)
    return check


def problems_of(project: Project, verdicts: Verdicts | None = None) -> list[Problem]:
    """Return everything that is wrong with a project, sorted; what was found before is not looked for again.

    The ledger is made only of sound tables, and pages are asked what they would print
    only with a ledger that can be computed; whether their ids exist is always checked.
    """
    known, verdicts = project.known(), verdicts or Verdicts()
    marks: dict[str, str] = {}  # many rules read the same parts

    def run(wanted: Callable[[Rule], bool]) -> list[Problem]:
        found = [
            problem for rule in RULES.values() if wanted(rule) for problem in rule.problems(known, verdicts, marks)
        ]
        return [problem for problem in found if (problem.file, problem.row) not in project.ragged]

    problems = project.problems + run(lambda rule: not {"pages", "ledger", "sound_ledger"} & rule.parts)
    if not problems and "tables" in known:
        known["ledger"] = project.ledger()
        problems += run(lambda rule: "ledger" in rule.parts)
        if not problems:
            known["sound_ledger"] = known["ledger"]
    problems += project.page_problems + run(lambda rule: "pages" in rule.parts)
    return sorted(set(problems))
