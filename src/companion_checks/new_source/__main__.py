"""Adds a source text to the book: ``python -m companion_checks.new_source [--form FILE [--dry] [--quick]] [--blank FILE]``.

Without a form it opens one in the author's editor (``VISUAL`` or ``EDITOR``) and tells what that would change.
"""

import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence

from companion.ledger import ROOT, Ledger
from companion_checks.new_source import differences, form, report, rows, staging
from companion_checks.problems import Problem
from companion_checks.validate import validate


def listed(problems: Iterable[Problem]) -> int:
    """Print problems as the validator does; return the exit status."""
    problems = list(problems)
    for problem in problems:
        print(problem, file=sys.stderr)
    count = len(problems)
    print(f"\n{count} problem{'s' if count > 1 else ''} found; nothing was changed.", file=sys.stderr)
    return 1


def told(root: pathlib.Path, copy: pathlib.Path, key: str, made: list[rows.Row], quick: bool) -> bool:
    """Print what the copy shows differently from the project; return whether its chapters run."""

    def say(lines: Iterable[str]) -> None:
        for line in lines:
            print(line, flush=True)

    before, after = Ledger(root), Ledger(copy)
    say(report.brought(after, key, made))
    say(report.beside(after, key))
    say(report.conclusions(before, after))
    changes, runs = differences.printed(copy, before, after), {}
    if not quick:
        say(["\nRunning the chapters as they are and as they would be …"])
        earlier = differences.outputs(root)
        runs = differences.outputs(copy, earlier)
        differences.shown(changes, earlier, runs)
    say(report.by_page(copy, changes))
    say(report.to_do(after, made, runs))
    return not any(page.error for page in changes.values())


def add(root: pathlib.Path, path: pathlib.Path, dry: bool, quick: bool) -> int:
    """Add the source of a form, or only tell what that would change; return the exit status."""
    problems = validate(root)
    if problems:
        print("The project itself has problems; fix them first (make check).", file=sys.stderr)
        return listed(problems)
    filled, problems = form.read(path, root)
    if filled is None:
        return listed(problems)
    made = rows.rows(filled, root)
    problems += rows.faults(filled, root, path)
    with tempfile.TemporaryDirectory() as folder:
        copy = staging.stage(root, pathlib.Path(folder))
        # Without a name and a kind there is nothing that could be tried.
        if not any(problem.field in ("key", "reference, type") for problem in problems):
            places = rows.write(filled, made, path, copy)
            problems += rows.problems_of(filled, path, copy, places)
        if problems:
            return listed(sorted(set(problems)))
        sound = told(root, copy, filled.text("key"), made, quick)
        if dry:
            print(f"\nA dry run: nothing was changed. It would write {', '.join(staging.changed(copy, root))}.")
            return 0
        print(f"\nWritten: {', '.join(staging.publish(copy, root))}.")
    return 0 if sound else 2


def edited(path: pathlib.Path, root: pathlib.Path) -> bool:
    """Open a form in the author's editor, an empty one where there is none yet; return whether there is an editor."""
    if not path.exists():
        path.write_text(form.blank(root), "utf-8", newline="\n")
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if editor:
        subprocess.run([*shlex.split(editor), str(path)], check=True)
    return bool(editor)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, open or read a form; return the exit status: 1 where something is wrong, 2 where a chapter needs an edit."""
    parser = argparse.ArgumentParser(description="Add a source text to the book.")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the project (by default this one)")
    parser.add_argument("--form", type=pathlib.Path, help="a filled form")
    parser.add_argument("--dry", action="store_true", help="only tell what would change")
    parser.add_argument("--quick", action="store_true", help="do not run the chapters' code")
    parser.add_argument("--blank", type=pathlib.Path, help="write an empty form and stop")
    parser.add_argument(
        "--edit", type=pathlib.Path, default=pathlib.Path("new-source.yml"), help="the form to open where none is named"
    )
    options = parser.parse_args(arguments)
    if options.form:
        return add(options.root, options.form, options.dry, options.quick)
    path = options.blank or options.edit
    if not path.parent.is_dir():
        print(f"No form was written: there is no folder {path.parent}. Name another file.", file=sys.stderr)
        return 1
    if options.blank and path.exists():
        print(f"No form was written: {path} exists already. Name another file.", file=sys.stderr)
        return 1
    if options.blank:
        path.write_text(form.blank(options.root), "utf-8", newline="\n")
    elif edited(path, options.root):
        status = add(options.root, path, True, options.quick)
        print(f"\nTo go on with the form: make new-source. To add the source: make new-source FORM={path}")
        return status
    print(f"Fill in {path}, then: make new-source FORM={path} DRY=1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
