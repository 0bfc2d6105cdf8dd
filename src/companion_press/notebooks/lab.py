"""Opens JupyterLab on a reader's own copy of the notebooks: ``lab.py [--reset | JUPYTERLAB OPTION…]``.

The copies lie in ``lab/``, which git ignores, or in the folder that the variable COMPANION_LAB names.
The kernels find the package and the data where they are, so nothing that a reader changes there touches
the book.
"""

import json
import os
import pathlib
import subprocess
import sys

from companion_press.keeping import troubles, turns, whole

ROOT = pathlib.Path(__file__).resolve().parents[3]
MADE = ROOT / "_build/html/notebooks"
LAB = pathlib.Path(os.environ.get("COMPANION_LAB") or ROOT / "lab").absolute()
GIVEN = LAB / ".given"  # the notebooks as they were handed out
ASIDE = LAB / "set-aside"

#: No question about news, and no look at another host for updates.
QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def changed() -> list[str]:
    """Return the names of the notebooks in which the reader has changed something.

    One that is as the book makes it now is no change: the record of what was handed out is written after it.
    """
    return sorted(
        path.name
        for path in GIVEN.glob("*.ipynb")
        if (LAB / path.name).exists()
        and not _same(LAB / path.name, path)
        and not _same(LAB / path.name, MADE / path.name)
    )


def _same(one: pathlib.Path, other: pathlib.Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def hand_out() -> list[str]:
    """Copy what is missing or new; keep what the reader has changed. Return the lines to print."""
    GIVEN.mkdir(parents=True, exist_ok=True)
    kept = changed()
    said: list[str] = []
    for made in sorted(MADE.glob("*.ipynb")):
        given = GIVEN / made.name
        if made.name in kept:
            newer = given.read_bytes() != made.read_bytes()
            said.append(f"  {made.name}" + (" (the book has changed since)" if newer else ""))
            continue
        whole.copy_file(made, LAB / made.name)
        whole.copy_file(made, given)
    if said:
        said = [f"Your changes are kept in {LAB.name}/:", *said, "`make lab-reset` gives the originals back."]
    return said or [f"The notebooks are in {LAB.name}/. What you change there stays there."]


def reset() -> list[str]:
    """Give every original back; what the reader changed is set aside, not lost. Return the lines to print."""
    mine = changed()
    if mine:
        # Above the highest, not the count: a reader may have thrown an earlier one away.
        number = 1 + max((int(path.name) for path in ASIDE.glob("*") if path.name.isdecimal()), default=0)
        (ASIDE / str(number)).mkdir(parents=True)
        for name in mine:
            (LAB / name).rename(ASIDE / str(number) / name)
    hand_out()
    if not mine:
        return [f"Nothing was changed: the notebooks in {LAB.name}/ are the originals."]
    return [f"The originals are back. Your own are in {LAB.name}/set-aside/{number}/:", *(f"  {name}" for name in mine)]


def start(options: list[str]) -> int:
    """Run JupyterLab until the reader ends it."""
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={LAB}", *options]
    settings = pathlib.Path(sys.prefix) / "share/jupyter/lab/settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(QUIET), "utf-8", newline="\n")
    try:
        return subprocess.run(command, cwd=LAB, env=environment).returncode
    except KeyboardInterrupt:
        return 0


def main(arguments: list[str]) -> int:
    resetting = arguments == ["--reset"]
    with turns.turn(ROOT / "_build"):
        whole.recover(MADE.parent)
        if not MADE.exists():
            sys.stderr.write("There are no notebooks yet: run make book first.\n")
            return 1
        print("\n".join(reset() if resetting else hand_out()), flush=True)
    return 0 if resetting else start(arguments)


if __name__ == "__main__":
    sys.exit(troubles.told(main, sys.argv[1:]))
