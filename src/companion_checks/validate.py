"""Stops the build on bad data, with one list of everything that is wrong.

The project is read once (`companion_checks.reading`); the rules (`companion_checks.rules`)
look at what was read. Run it as ``python -m companion_checks``; ``--rules`` lists the rules.
"""

import argparse
import pathlib
import sys
from collections.abc import Sequence

from companion.ledger import ROOT
from companion_checks import rules  # noqa: F401  (registers the rules)
from companion_checks.problems import Problem
from companion_checks.reading import read
from companion_checks.registry import RULES, problems_of
from companion_checks.verdicts import Verdicts, recall, remember

#: What this process has found.
FOUND = Verdicts()


def validate(root: pathlib.Path = ROOT, verdicts: Verdicts = FOUND) -> list[Problem]:
    """Check data, sources and pages of a project.

    Parameters
    ----------
    root : Path
        Its folder.
    verdicts : Verdicts
        What was found before, by default in this process: it is not looked for again.

    Returns
    -------
    list of Problem
        Everything that is wrong, sorted.
    """
    return problems_of(read(pathlib.Path(root), verdicts), verdicts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the problems and return the exit status: 1 where there are any."""
    parser = argparse.ArgumentParser(description="Check the ledger, the sources and the pages.")
    parser.add_argument("root", nargs="?", default=ROOT, type=pathlib.Path, help="the project (by default this one)")
    parser.add_argument("--rules", action="store_true", help="list what is checked, and stop")
    options = parser.parse_args(arguments)
    if options.rules:
        for rule in RULES.values():
            print(f"{rule.name} ({', '.join(rule.needs)}): {rule.says}")
        return 0
    verdicts = recall(options.root)
    problems = validate(options.root, verdicts)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        count = len(problems)
        print(f"\n{count} problem{'s' if count > 1 else ''} found; nothing was built.", file=sys.stderr)
        return 1
    remember(options.root, verdicts)
    print("The ledger, the sources and the pages are sound.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
