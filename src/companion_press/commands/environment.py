"""Makes the environment that the other commands use: ``environment.py FOLDER REQUIREMENTS [--project]``.

With ``--project`` this project itself is installed too, as it stands in its folder.

It runs under whatever Python the machine has, so it keeps to what every
Python 3 understands and says in one sentence what is missing.
"""

import os
import subprocess
import sys

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOWEST, HIGHEST = (3, 11), (3, 13)


def stop(message):
    sys.stderr.write(message + "\n")
    sys.exit(1)


def main(folder, requirements, project=""):
    have = sys.version_info[:2]
    if not LOWEST <= have <= HIGHEST:
        stop(
            "This book needs Python 3.11, 3.12 or 3.13, and %s is Python %d.%d: "
            "name another one with `make PYTHON=python3.12 book`." % ((sys.executable or "python3",) + have)
        )
    try:
        import ensurepip  # noqa: F401  (Debian ships venv without it)
        import venv  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make virtual environments: install its venv package "
            "(on Debian and Ubuntu: apt-get install python%d.%d-venv) and try again." % have
        )
    python = os.path.join(folder, "Scripts", "python.exe") if os.name == "nt" else os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        print("Making the environment in %s …" % folder)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    print("Installing what %s lists …" % requirements)
    with open(os.path.join(folder, "installing.lock"), "w") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one at a time: two makes may want something of one environment
        done = subprocess.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                requirements,
            ]
        )
        if project and not done.returncode:
            done = subprocess.run(
                [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--no-build-isolation",
                    "-e",
                    ".",
                ]
            )
    if done.returncode:
        stop("The packages of %s could not be installed; the lines above say why." % requirements)


if __name__ == "__main__":
    main(*sys.argv[1:])
