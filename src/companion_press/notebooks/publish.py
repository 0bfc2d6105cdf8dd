"""Publishes ``_build/notebooks`` as the branch ``notebooks`` of a repository: ``publish.py REPOSITORY [MESSAGE]``.

Each edition is a commit on top of the one before, and the branch is never rewritten: students who
have pulled it with nbgitpuller could otherwise pull nothing any more ("never force push", says its guide).
"""

import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

TREE = pathlib.Path(__file__).resolve().parents[3] / "_build/notebooks"
#: As the package calls it (`companion.notebooks`), which is not imported: whoever publishes needs Python and git alone.
BRANCH = "notebooks"
AUTHOR = [
    "-c",
    "user.name=The Central Asia Companion contributors",
    "-c",
    "user.email=actions@users.noreply.github.com",
]


def publish(repository: str, message: str, tree: pathlib.Path = TREE) -> str:
    """Put the tree on top of the branch, if anything in it is new; return a line that says what was done."""
    with tempfile.TemporaryDirectory() as folder:

        def git(*arguments: str, **options: Any) -> subprocess.CompletedProcess:
            return subprocess.run(
                ["git", "--git-dir", f"{folder}/.git", "--work-tree", str(tree), *arguments], check=True, **options
            )

        git("init", "-q", "-b", BRANCH)
        # What a builder's own settings would ignore or turn into other line ends is part of the branch all the same.
        git("config", "core.autocrlf", "false")
        git("config", "core.excludesFile", os.devnull)
        known = subprocess.run(
            ["git", "ls-remote", "--exit-code", "--heads", repository, BRANCH], stdout=subprocess.DEVNULL
        )
        if known.returncode == 0:
            git("fetch", "-q", "--depth", "1", repository, BRANCH)
            git("reset", "-q", "--soft", "FETCH_HEAD")
        elif known.returncode != 2:  # 2: the repository has no such branch yet
            raise subprocess.CalledProcessError(known.returncode, "git ls-remote")
        git("add", "-A", "--force")
        if known.returncode == 0 and not git("diff", "--cached", "--name-only", stdout=subprocess.PIPE).stdout:
            return "Nothing is new: the branch stays as it is."
        git(*AUTHOR, "commit", "-q", "-m", message)
        git("push", "-q", repository, f"HEAD:refs/heads/{BRANCH}")
    return f"The branch {BRANCH} has a new edition."


def main(repository: str, message: str = "A new edition of the notebooks") -> int:
    if not TREE.exists():
        sys.stderr.write("There is no tree yet: run make notebooks first.\n")
        return 1
    try:
        print(publish(repository, message))
    except subprocess.CalledProcessError:
        # Not the command: the repository's address may hold a token.
        sys.stderr.write("The branch was not published; the lines above say why. It is as it was.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
