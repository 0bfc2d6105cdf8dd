"""Adds a source text to the book: ``new_source.py [--form FILE [--dry] [--quick]] [--blank FILE] [--ask FILE]``."""

import argparse
import pathlib
import sys
import tempfile

from companion import pages, sources
from companion.ledger import ROOT, Ledger
from companion_checks.new_source import differences, source_dialogue, source_form
from companion_checks.validate import validate


def listed(problems) -> int:
    """Print problems as the validator does; return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    count = len(problems)
    print(f"\n{count} problem{'s' if count > 1 else ''} found; nothing was changed.", file=sys.stderr)
    return 1


def told(root, copy, key, made, quick):
    """Print what the copy shows differently from the project; return whether its chapters run."""
    before, after = Ledger(root), Ledger(copy)
    counts = {}
    for row in made:
        counts[row.table] = counts.get(row.table, 0) + 1
    print(
        f"\n{sources.short(key, copy)} brings: "
        + ", ".join(f"{count} rows for {table}" for table, count in counts.items())
        + "."
    )

    print("\nBeside what is there:")
    beside = differences.compared(after, key)
    for claim, how, other, what in beside:
        print(
            f"  {claim} {how} {'with' if how == 'agrees' else 'from'} {other} ({sources.short(after.claim(other)['source'], copy)}): {what}"
        )
    if not beside:
        print("  no number, date, membership or vote that another source gives as well")
    for topic, (count, others) in differences.topics(after, key).items():
        names = ", ".join(sources.short(other, copy) for other in others)
        print(
            f"  {topic}: {count} claim{'s' if count > 1 else ''}; "
            + (f"so far {names}" if others else "no source text spoke of it before")
        )

    print("\nConclusions:")
    moved = differences.grades(before, after)
    for id, chapter, grade, now, why in moved:
        change = f"stays {now}" if grade == now else f"{grade} to {now}" if grade else now
        print(f"  {id} ({chapter}): {change}: {why}")
    if not moved:
        print("  no grade changes, nor how many voices speak for or against a conclusion")

    found, new = differences.printed(copy, before, after), {}
    sound = True
    if not quick:
        print("\nRunning the chapters as they are and as they would be …", flush=True)
        old = differences.outputs(root)
        new = differences.outputs(copy, old)
        differences.shown(found, old, new)
    print("\nPages:")
    chapters = {str(path.relative_to(copy)) for path in pages.chapters(copy)}
    used = {id for name in chapters for use in pages.uses(copy / name) for one in use.ids for id in after.inputs(one)}
    used |= {id for run in new.values() for figure in run["figures"].values() for id in figure["claims"]}
    for name, page in found.items():
        if not (page.printed or page.figures or page.tables or page.error):
            if name in chapters:
                print(f"  {name}: nothing changes")
            continue
        print(f"  {name}:")
        for line, role, old_text, new_text in page.printed:
            print(f"    line {line}, {role}: {old_text or 'nothing'} becomes {new_text}")
        for figure, change in page.figures:
            print(f"    figure {figure}: {change}")
        if page.tables:
            print(f"    the table of cell {', '.join(map(str, page.tables))}")
        if page.error:
            sound = False
            print(f"    its code stops ({page.error}): the chapter needs an edit before the book can be built")
    idle = [row.cells["id"] for row in made if row.table == "claims" and row.cells["id"] not in used]
    if idle:
        print(
            f"\nStill to do: use {len(idle)} claims in a chapter ({', '.join(idle[:5])}{', …' if len(idle) > 5 else ''}), then make tidy addresses test."
        )
    return sound


def add(root, path, dry, quick) -> int:
    """Add the source of a form, or only tell what that would change; return the exit status."""
    problems = validate(root)
    if problems:
        print("The project itself has problems; mend them first (make check).", file=sys.stderr)
        return listed(problems)
    form, problems = source_form.read(path, root)
    if form is None:
        return listed(problems)
    made, found = source_form.rows(form, root, path)
    problems += found
    with tempfile.TemporaryDirectory() as folder:
        copy = source_form.stage(root, pathlib.Path(folder))
        if not any(problem.field in ("key", "reference, type") for problem in problems):
            places = source_form.write(form, made, path, copy)
            problems += source_form.problems_of(form, made, path, copy, places)
        if problems:
            return listed(sorted(set(problems)))
        sound = told(root, copy, str(form["key"]), made, quick)
        if dry:
            print(
                "\nA dry run: nothing was changed. It would write " + ", ".join(source_form.changed(copy, root)) + "."
            )
            return 0
        print("\nWritten: " + ", ".join(source_form.publish(copy, root)) + ".")
    return 0 if sound else 2


def refused(path) -> str:
    """Say why no form can be written at a path, or nothing."""
    if path.exists():
        return f"{path} exists already"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    return ""


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Add a source text to the book.")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the project (by default this one)")
    parser.add_argument("--form", type=pathlib.Path, help="a filled form")
    parser.add_argument("--dry", action="store_true", help="only tell what would change")
    parser.add_argument("--quick", action="store_true", help="do not run the chapters' code")
    parser.add_argument("--blank", type=pathlib.Path, help="write an empty form and stop")
    parser.add_argument(
        "--ask", type=pathlib.Path, default=pathlib.Path("new-source.yml"), help="where the dialogue writes its form"
    )
    options = parser.parse_args(arguments)
    if options.blank:
        if refused(options.blank):
            print(f"No empty form was written: {refused(options.blank)}. Name another file.", file=sys.stderr)
            return 1
        options.blank.write_text(source_form.blank(options.root), "utf-8")
        print(f"Fill in {options.blank}, then: make new-source FORM={options.blank} DRY=1")
        return 0
    if options.form:
        return add(options.root, options.form, options.dry, options.quick)
    if options.ask.exists():
        print(
            f"{options.ask} exists already: go on with it (make new-source FORM={options.ask}) or move it.",
            file=sys.stderr,
        )
        return 1
    if refused(options.ask):  # before the questions, not after the last answer
        print(f"The answers could not be kept: {refused(options.ask)}. Name another file.", file=sys.stderr)
        return 1
    if not source_dialogue.ask(options.root, options.ask):
        return 1
    status = add(options.root, options.ask, True, options.quick)
    if status:
        print(f"Mend {options.ask}, then: make new-source FORM={options.ask}", file=sys.stderr)
        return status
    try:
        wanted = not options.dry and source_dialogue.agreed("Add it now?")
    except source_dialogue.Stopped:
        wanted = False
    if not wanted:
        print(f"The form is kept: make new-source FORM={options.ask}")
        return 0
    return add(options.root, options.ask, False, True)


if __name__ == "__main__":
    sys.exit(main())
