"""Builds the site into ``_build/html``; the last good build stays until the new one is whole.

Where nothing has changed since, there is nothing to do: `made_from` says from what a site was made.
"""

import fnmatch
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "_build"
WORK = BUILD / "work"  # Jupyter Book adds _build/html below it
MARK = BUILD / "made-from"

#: Folders of the project from which no page is made.
APART = (".*", "_build", "__pycache__", "lab", "tests", "paper")

#: The settings of the chapters' kernels, as a kernel reads them. What a cell has printed would go
#: out five times a second, in the middle of a line too, and MyST-NB ends a line after each piece:
#: the page would depend on how busy the machine is. At the end of a cell a kernel sends all it has.
KERNEL = """\
from ipykernel.iostream import OutStream

c.IPKernelApp.log_level = 40  # no warning that it speaks to its own machine unencrypted
OutStream.flush_interval = 24 * 60 * 60
"""


def made_from() -> str:
    """Return a fingerprint of all that a site is made from: the project's files, the settings, this Python."""
    found = hashlib.sha256(sys.version.encode())
    for name in sorted(name for name in os.environ if name.startswith("BOOK_") or name == "SOURCE_DATE_EPOCH"):
        found.update(f"{name}={os.environ[name]}\n".encode())
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if not any(fnmatch.fnmatch(name, apart) for apart in APART))
        for path in (pathlib.Path(folder) / name for name in sorted(files)):
            found.update(f"{path.relative_to(ROOT)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def kernel_settings():
    """Make the settings of the chapters' kernels: the builder's own IPython profile stays out of it."""
    profile = BUILD / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL, "utf-8")
    return {"IPYTHONDIR": str(profile.parent)}


def build():
    """Run Jupyter Book once; return its exit status and what it printed."""
    WORK.mkdir(parents=True, exist_ok=True)
    command = [
        str(pathlib.Path(sys.executable).with_name("jupyter-book")),
        "build",
        str(ROOT),
        "--path-output",
        str(WORK),
        "-W",
        "-n",
        "--keep-going",
        "-q",
    ]
    log = BUILD / "build.log"
    with log.open("w", encoding="utf-8") as out:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **kernel_settings()}
        done = subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    return done.returncode, log.read_text("utf-8")


def main():
    mark = made_from()
    if MARK.is_file() and MARK.read_text("utf-8") == mark and (BUILD / "html/index.html").is_file():
        print(f"Nothing has changed since the book was built. Open {BUILD / 'html/index.html'}")
        return 0
    MARK.unlink(missing_ok=True)
    again = WORK.exists()
    status, printed = build()
    if status and again:
        # What Sphinx remembers of earlier pages can contradict a page that has
        # changed (a label that moved): only a build from nothing is a verdict.
        sys.stderr.write(f"{printed}\nThat may come from what an earlier build left: once more, from nothing.\n")
        shutil.rmtree(WORK)
        status, printed = build()
    if status:
        sys.stderr.write(printed)
        sys.stderr.write("\nThe build failed; what was built before is unchanged.\n")
        return 1
    built, shown = WORK / "_build" / "html", BUILD / "html"
    fresh = BUILD / "html.new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(built, fresh, ignore=shutil.ignore_patterns(".buildinfo", "reports"))
    old = BUILD / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if shown.exists():
        shown.rename(old)
    fresh.rename(shown)
    shutil.rmtree(old, ignore_errors=True)
    MARK.write_text(mark, "utf-8")
    if any((BUILD / "paper").glob("*.made-from")):
        # The PDF and the EPUB are offered again as long as they show this book.
        subprocess.run([sys.executable, "-m", "companion_press.paper", "offer"], cwd=ROOT, check=True)
    print(f"The book is built. Open {shown / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
