"""Makes the environment that the other commands use: ``environment.py FOLDER REQUIREMENTS [--project]``.

With ``--project`` this project itself is installed too, as it stands in its folder.

It runs under whatever Python the machine has, so it keeps to what every
Python 3 understands and says in one sentence what is missing.
"""

import contextlib
import ntpath
import os
import posixpath
import shutil
import subprocess
import sys

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: mypy takes this for True and reads what follows; an old Python, which may lack it, need not.
MYPY = False
if MYPY:
    from collections.abc import Iterator
    from typing import NoReturn

LOWEST, HIGHEST = (3, 11), (3, 13)

#: What pip prints, and what is then wrong, with what to do.
PIP_SAYS = (
    (
        ("No space left on device", "Errno 28", "Errno 122", "Disk quota exceeded", "File too large"),
        "The disk is full: what %s lists could not be installed in %s. Make room, then run the command again.",
    ),
    (
        ("Read-only file system", "Permission denied", "Errno 13", "Errno 30", "Access is denied"),
        "What %s lists could not be installed: %s cannot be written, because it is read-only or belongs to another "
        "user. Change that, or name another folder (VENV=folder).",
    ),
    (
        ("NewConnectionError", "ConnectTimeout", "NameResolutionError", "ProxyError", "ReadTimeout", "Max retries")
        + ("from versions: none",),
        "No package index could be reached, or none has what %s lists, so it is not in %s: connect to the network, or tell pip where "
        "the packages are (PIP_INDEX_URL for another index, PIP_NO_INDEX=1 and PIP_FIND_LINKS for a folder of wheels).",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A package of %s is not the one that the lock names, so nothing was installed in %s: the index serves "
        "something else, which only its owner can explain.",
    ),
)


def stop(message: str) -> "NoReturn":
    sys.stderr.write(message + "\n")
    sys.exit(1)


def program_of(folder: "str | os.PathLike[str]", name: str, system: str = os.name) -> str:
    """Return the path of a program of an environment.

    Parameters
    ----------
    folder : the environment
    name : the program, such as ``codespell``
    system : ``nt`` for Windows; everywhere else programs lie in ``bin``
    """
    if system == "nt":
        return ntpath.join(folder, "Scripts", name + ".exe")
    return posixpath.join(folder, "bin", name)


def python_of(folder: "str | os.PathLike[str]", system: str = os.name) -> str:
    """Return the path of an environment's Python; parameters as in `program_of`."""
    return program_of(folder, "python", system)


def mark_of(folder: "str | os.PathLike[str]") -> str:
    """Return the file that says, as long as it is there, that an environment is not whole."""
    return os.fspath(folder) + ".begun"


def check_python() -> None:
    """End with a sentence where this Python is none of those with which the book is built, or cannot make environments."""
    have = sys.version_info[:2]
    if not LOWEST <= have <= HIGHEST:
        stop(
            "This book needs Python 3.11, 3.12 or 3.13, and %s is Python %d.%d: "
            "name another one with `make PYTHON=python3.12 book`, or without make as in "
            "`python3.12 src/companion_press book`." % ((sys.executable or "python3",) + have)
        )
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it)
        import venv  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make virtual environments: install its venv package "
            "(on Debian and Ubuntu: apt-get install python%d.%d-venv) and try again." % have
        )


@contextlib.contextmanager
def alone(folder: str) -> "Iterator[None]":
    """One at a time: two commands may want something of one environment. The lock lies beside it, which may go."""
    with open(folder + ".lock", "wb") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(folder: str, requirements: str, project: str = "") -> None:
    check_python()
    begun = mark_of(folder)
    try:
        with alone(folder):
            if os.path.exists(begun):
                # Killed half-way: packages that are half there, or an environment without pip.
                shutil.rmtree(folder, ignore_errors=True)
            with open(begun, "wb"):
                pass
            install(folder, requirements, project)
            os.remove(begun)
    except OSError as error:
        stop(sentence(str(error), requirements, folder) or "The environment could not be made: %s." % error)


def install(folder: str, requirements: str, project: str) -> None:
    """Make the environment where there is none, and install into it."""
    python = python_of(folder)
    if not os.path.exists(python):
        print("Making the environment in %s …" % folder)
        run([maker(), "-m", "venv", folder], requirements, folder)  # where that fails it is begun again
    print("Installing what %s lists …" % requirements)
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run_pip(pip + ["--require-hashes", "-r", requirements], requirements, folder)
    if project:
        run_pip(pip + ["--no-deps", "--no-build-isolation", "-e", "."], requirements, folder)


def maker() -> str:
    """Return the Python that makes an environment: this one, or that behind it where it was just removed with its own."""
    return sys.executable if os.path.exists(sys.executable) else getattr(sys, "_base_executable", sys.executable)


def run_pip(command: "list[str]", requirements: str, folder: str) -> None:
    """Run pip; where it fails by itself, what is there stays and can be built upon."""
    try:
        run(command, requirements, folder)
    except SystemExit:
        os.remove(mark_of(folder))
        raise


def run(command: "list[str]", requirements: str, folder: str) -> None:
    """Run a command; where it fails, end with one sentence, after all that it printed where the cause is unknown."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return
    said = done.stdout.decode("utf-8", "replace")
    known = sentence(said, requirements, folder) if done.returncode > 0 else None
    if not known:
        sys.stderr.write(said)
    stop(known or "The packages of %s could not be installed; the lines above say why." % requirements)


def sentence(said: str, requirements: str, folder: str) -> "str | None":
    """Return what is wrong by what was printed, or None."""
    for signs, told in PIP_SAYS:
        if any(sign in said for sign in signs):
            return told % (requirements, folder)
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
