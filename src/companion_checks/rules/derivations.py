"""Numbers that the book computes: formulas that hold nothing strange, lead to no circle and can be computed."""

import math
import re
from collections.abc import Callable, Iterator

from companion.ledger import Ledger, NoSingleValue, Quantity, Report, evaluate, formula_ids
from companion_checks.problems import Problem, nearest
from companion_checks.project import Table
from companion_checks.registry import rule


@rule
def formulas_name_ids(derivations: Table, ids: set[str]) -> Iterator[Problem]:
    """The ids in a formula exist."""
    for number, row in derivations:
        for name in formula_ids(row["formula"]):
            if name not in ids:
                yield derivations.problem(number, "formula", f"the ledger has no {name!r}", nearest(name, ids))


@rule
def formulas_are_plain(derivations: Table) -> Iterator[Problem]:
    """A formula holds ids, numbers, ``+ - * /`` and brackets."""
    for number, row in derivations:
        if not is_formula(row["formula"]):
            wrong = f"{row['formula']!r} holds more than ids, numbers, + - * / and brackets"
            right = "Write for example [trade-russia-2024] / [population-kaz-2024-value]"
            yield derivations.problem(number, "formula", wrong, right)


def is_formula(formula: str) -> bool:
    """Say whether a formula can be computed, whatever its ids stand for."""
    rest = re.sub(r"\[[a-z0-9-]+\]", "1", formula)
    if not re.fullmatch(r"[\d.\s+*/()-]+", rest):
        return False
    try:
        evaluate(formula, lambda name: 1.0)
    except ZeroDivisionError:
        pass  # [a] - [b] is zero only because every id counts as one here
    except ValueError:
        return False
    return True


@rule
def formulas_lead_to_no_circle(derivations: Table) -> Iterator[Problem]:
    """No number is computed from itself."""
    reaches = reach(derivations)
    for number, row in derivations:
        if reaches(row["id"], row["id"]):
            wrong, right = f"{row['id']!r} is computed from itself", "Take it out of the formulas that lead back to it"
            yield derivations.problem(number, "formula", wrong, right)


def reach(derivations: Table) -> Callable[[str, str], bool]:
    """Return a function that says whether the formula of one id comes to another in the end."""
    formulas = {row["id"]: formula_ids(row["formula"]) for _, row in derivations}

    def reaches(start: str, end: str) -> bool:
        seen, waiting = set(), [start]
        while waiting:
            for name in formulas.get(waiting.pop(), []):
                if name == end:
                    return True
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return False

    return reaches


@rule
def formulas_can_be_computed(derivations: Table, ledger: Ledger) -> Iterator[Problem]:
    """A formula is of single numbers, and does not divide by zero."""
    unfit = {
        name: wrong for _, row in derivations for name in formula_ids(row["formula"]) if (wrong := misfit(ledger, name))
    }
    reaches = reach(derivations)
    for number, row in derivations:
        own = [unfit[name] for name in formula_ids(row["formula"]) if name in unfit]
        for wrong in own:
            yield derivations.problem(number, "formula", wrong, "Name a quantity or another derivation")
        # What goes wrong further down has a problem of its own there.
        if own or any(reaches(row["id"], name) for name in unfit):
            continue
        if not computes(ledger, row["id"]) and all(computes(ledger, name) for name in formula_ids(row["formula"])):
            right = "Fix the formula, or the numbers it names"
            yield derivations.problem(number, "formula", "it divides by zero", right)


def computes(ledger: Ledger, id: str) -> bool:
    """Say whether a number can be computed, and is one."""
    try:
        value = ledger.value(id)
    except ArithmeticError:
        return False
    return isinstance(value, Quantity) and math.isfinite(value.value)


def misfit(ledger: Ledger, id: str) -> str:
    """Say why an id cannot stand in a formula, or nothing; of derivations each says so itself."""
    if ledger.is_derivation(id):
        return ""
    try:
        value = ledger.value(id)
    except NoSingleValue as error:
        return str(error).split(":")[0]
    if isinstance(value, Report):
        return f"{id!r} is a date"
    if value.comparison == "between":
        return f"{id!r} is a range, of which only the lower end would count"
    return ""
