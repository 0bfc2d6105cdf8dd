"""The rules as rows: each with its name, what it needs, and what it says.

A rule is a function that takes parts of a project in memory and yields problems.
What it needs are the names of its parameters (see `companion_checks.project.Project`);
where one of them cannot be read, the rule is left out, because that has a problem
of its own. Two more names can be asked for: ``ledger``, which exists only where
everything else about the data is right, and ``sound_ledger``, whose derivations
can be computed as well.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from companion_checks.problems import Problem
from companion_checks.project import Project

Check = Callable[..., Iterator[Problem]]


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

    def problems(self, known: dict[str, Any]) -> list[Problem]:
        """Return what the rule finds in the parts of a project; nothing where it lacks one of them."""
        if not all(name in known for name in self.needs):
            return []
        return list(self.check(**{name: known[name] for name in self.needs}))


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


def problems_of(project: Project) -> list[Problem]:
    """Return everything that is wrong with a project, sorted.

    The ledger is made only of sound tables, and pages are asked what they would print
    only with a ledger that can be computed; whether their ids exist is always checked.
    """
    known = project.known()

    def run(wanted: Callable[[Rule], bool]) -> list[Problem]:
        found = [problem for rule in RULES.values() if wanted(rule) for problem in rule.problems(known)]
        return [problem for problem in found if (problem.file, problem.row) not in project.ragged]

    problems = project.problems + run(lambda rule: not {"pages", "ledger", "sound_ledger"} & set(rule.needs))
    if not problems and "tables" in known:
        known["ledger"] = project.ledger()
        problems += run(lambda rule: "ledger" in rule.needs)
        if not problems:
            known["sound_ledger"] = known["ledger"]
    problems += project.page_problems + run(lambda rule: "pages" in rule.needs)
    return sorted(set(problems))
