"""Cuts a build short at a chosen step, for the tests of what it leaves.

`DYING` is put into a copy of the project as ``sitecustomize``, which every Python of a build runs first. It counts
what its processes write below ``_build``, one letter for each step, and at step DIE_AT kills all of them at
once, as ``kill -9`` does; a file that was to be written then is left half written.
"""

import random
import signal
import subprocess
import sys

from built_site import BUILD, build_environment

DYING = """
import os, signal, sys

below, steps = os.environ.get("DIE_BELOW"), os.environ.get("DIE_STEPS")
at = int(os.environ.get("DIE_AT", "0"))
writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
phases = (("/cache/", b"c"), ("/.doctrees/", b"d"), ("/work/", b"w"), ("html.new", b"n"), ("/paper/", b"p"))


def note(event, arguments):
    if event == "open":
        if not isinstance(arguments[0], (str, bytes)) or not arguments[2] & writing:
            return
    elif event not in ("os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir"):
        return
    path = os.path.abspath(os.fsdecode(arguments[0]))
    if not path.startswith(below) or not isinstance(arguments[0], (str, bytes, os.PathLike)):
        return
    other = os.fsdecode(arguments[1]) if event in ("os.rename", "os.link") else ""
    if other.endswith("html") or path.endswith("_build/html"):
        phase = b"x"
    else:
        phase = next((letter for part, letter in phases if part in path), b"-")
    os.write(handle, phase)
    if at and os.fstat(handle).st_size >= at:
        if event == "open":
            half(path)
        os.killpg(os.getpgid(0), signal.SIGKILL)


def half(path):
    global at
    at = 0
    content = open(path, "rb").read() if os.path.exists(path) else b"<html><p>Half of"
    with open(path, "wb") as file:
        file.write(content[: len(content) // 2])


if below:
    handle = os.open(steps, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    sys.addaudithook(note)
"""


class Dying:
    """A copy of the project, of which any build can be cut short.

    Parameters
    ----------
    root : the folder of the copy
    """

    def __init__(self, root):
        self.root, self.steps = root, root.parent / "steps"
        (root / "src/sitecustomize.py").write_text(DYING, "utf-8")

    def run(self, module=BUILD, *arguments, die_at=0, **settings):
        """Run a command to its end, or to a step; return what it printed, its exit status, and its steps as letters."""
        self.steps.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **build_environment(self.root),
                "DIE_BELOW": str(self.root / "_build"),
                "DIE_STEPS": str(self.steps),
                "DIE_AT": str(die_at),
                **settings,
            },
        )
        printed, _ = process.communicate()
        assert (process.returncode == -signal.SIGKILL) == bool(die_at), f"{process.returncode}: {printed[-3000:]}"
        return printed, process.returncode, self.steps.read_text("ascii") if self.steps.exists() else ""

    def shown(self):
        """What stands in the site: the bytes of each file, by its name; nothing where there is none."""
        site = self.root / "_build/html"
        return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def points(steps, seed, each):
    """Choose steps at which to die: so many of each phase."""
    chance = random.Random(seed)
    phases = {
        phase: [place for place, one in enumerate(steps, start=1) if one == phase] for phase in sorted(set(steps))
    }
    return sorted(place for places in phases.values() for place in chance.sample(places, min(each, len(places))))
