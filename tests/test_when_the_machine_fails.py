"""Whoever builds on a machine that is full, closed, offline or lacks something: one sentence, and the last site stays."""

import errno
import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys

import pytest

from built_site import BUILD, PROJECT, build_environment, copy_of_project, shorten
from companion_press.keeping import machine, troubles
from test_a_build_that_is_cut_short import edit, tiny  # noqa: F401

ENVIRONMENT = PROJECT / "src/companion_press/commands/environment.py"


def build(book, *before, **settings):
    """Build in a copy; return the exit status and what was told."""
    done = subprocess.run(
        [*before, sys.executable, "-m", BUILD],
        cwd=book.root,
        capture_output=True,
        text=True,
        env={**build_environment(book.root), **settings},
    )
    return done.returncode, done.stderr


@pytest.fixture
def closed(tiny):  # noqa: F811
    """A tiny book that is built, and then edited; `told` says what a build says of it that fails."""
    book = tiny("book")
    book.run()
    book.before = book.shown()
    edit(book.root, "Second edition. " + "It is long. " * 3000)

    def told(*before, **settings):
        status, said = build(book, *before, **settings)
        assert status == 1 and said.strip().count("\n") == 0, said
        assert book.shown() == book.before, "the last good site is as it was"
        return said.strip()

    book.told = told
    return book


def test_a_full_disk_is_one_sentence_and_the_next_build_is_right(closed):
    """The system refuses to write more than so much into one file (``ulimit -f``), as it does where the disk is full."""
    bash = shutil.which("bash") or pytest.skip("no shell that limits files")
    said = closed.told(bash, "-c", 'ulimit -f 8; exec "$@"', "limited")
    assert said.startswith("The disk is full: ") and "Make room" in said and said.endswith(troubles.KEPT)
    status, said = build(closed)
    assert status == 0 and said == "" and "Second edition" in closed.shown()["book/one.html"].decode()


def test_a_folder_that_is_full_is_one_sentence(closed, tmp_path):
    """A disk of one megabyte, where this machine lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.name != "posix" or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", disk]).returncode:
        pytest.skip("no small disk can be made on this machine")
    try:
        shutil.copytree(closed.root / "_build", disk / "_build")
        shutil.rmtree(closed.root / "_build")
        (closed.root / "_build").symlink_to(disk / "_build")
        (disk / "filling").write_bytes(b"0" * (free(disk) - 40_000))
        said = closed.told()
        assert said.startswith("The disk is full: ") and said.endswith(troubles.KEPT)
        (disk / "filling").unlink()
        assert build(closed)[0] == 0
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.long
@pytest.mark.parametrize(
    "blocks", [8, 200, 2000], ids=["while cells run", "while pages are read", "while they are written"]
)
def test_a_disk_that_is_full_at_any_time_of_a_real_build_is_one_sentence(whole_book, blocks):
    shorten(whole_book)
    words = ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "limited"]
    done = subprocess.run(
        [*words, sys.executable, "-m", BUILD],
        cwd=whole_book,
        capture_output=True,
        text=True,
        env=build_environment(whole_book),
    )
    assert done.returncode == 1 and done.stderr.startswith("The disk is full: ") and done.stderr.count("\n") == 1
    assert not (whole_book / "_build/html").exists()


def free(folder):
    return shutil.disk_usage(folder).free


def as_nobody():
    """The words before a command that run it as a user who owns nothing: root may write anywhere."""
    if os.name == "posix" and os.geteuid() == 0:
        return [
            shutil.which("setpriv") or pytest.skip("no setpriv"),
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ]
    return []


def test_a_folder_that_is_read_only_is_one_sentence(closed):
    words = as_nobody()
    for folder in (closed.root, *closed.root.parents[:3]):
        if folder.owner() == "root" or not words:
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    for folder, _, files in os.walk(closed.root):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.chmod(path, 0o555 if os.path.isdir(path) else 0o444)
    try:
        said = closed.told(*words)
    finally:
        for folder, *_ in os.walk(closed.root):
            os.chmod(folder, 0o755)
    assert "_build" in said and "cannot be written" in said and "read-only" in said


@pytest.mark.parametrize(
    "printed, begins",
    [
        (str(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a/b.html")), "The disk is full: a/b.html"),
        (str(OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))), "The disk is full: a file"),
        (str(OSError(errno.EROFS, os.strerror(errno.EROFS), "a b")), "a b cannot be written"),
        ("…\nPermissionError: [WinError 32] The process cannot access the file: 'c:\\a'\n…", "c:\\a cannot be written"),
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full"),
        (f"FileNotFoundError: [Errno 2] {troubles._NO_TEMPORARY} in ['/tmp']", "The disk is full: the folder for temp"),
        (str(OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))), "The port is taken"),
    ],
)
def test_what_the_system_says_is_told_with_what_to_do(printed, begins):
    said = troubles.sentence(printed)
    assert said.startswith(begins) and "\n" not in said


def test_what_a_page_does_is_not_blamed_on_the_machine(tmp_path):
    printed = f"PermissionError: [Errno 13] Permission denied: '{tmp_path / 'elsewhere'}'"
    assert troubles.sentence(printed, within=tmp_path / "_build") is None
    assert troubles.sentence(printed.replace("elsewhere", "_build/page"), within=tmp_path / "_build")
    assert troubles.sentence("FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'") is None
    with pytest.raises(FileNotFoundError):
        troubles.told(lambda: open(tmp_path / "nowhere", encoding="utf-8"))


# -- what is missing ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole_book(tmp_path_factory):
    """A copy of the project, in which nothing is built."""
    return copy_of_project(tmp_path_factory.mktemp("lacking") / "copy")


def refused(root, *command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, env=build_environment(root)
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()


def test_every_typeface_is_looked_for(tmp_path):
    assert machine.lacking() == []
    assert len(machine.TYPEFACES) == len(list(machine.style.FONTS.glob("*.ttf"))) + len(
        list(machine.site_theme.ASSETS.glob("*.woff2"))
    )
    assert str(tmp_path / "gone.ttf") in machine.lacking([tmp_path / "gone.ttf"])[0]


@pytest.mark.parametrize("path", machine.TYPEFACES[1::2], ids=lambda path: path.name)
def test_a_typeface_that_is_missing_is_named_before_anything_is_drawn(whole_book, path):
    name = path.relative_to(PROJECT).as_posix()
    aside = (whole_book / name).rename(whole_book / "aside")
    try:
        said = refused(whole_book, BUILD)
    finally:
        aside.rename(whole_book / name)
    assert said[0] == f"The typeface {name} is missing: bring it back with git checkout -- {name}."
    assert not (whole_book / "_build/html").exists() and not (whole_book / "_build/cache").exists()


def test_without_pandoc_one_sentence_says_how_to_get_it(whole_book):
    """What the package says of a machine without it, word for word."""
    stand_in = whole_book / "src/pypandoc"
    stand_in.mkdir()
    (stand_in / "__init__.py").write_text(
        "def get_pandoc_path():\n    raise OSError('No pandoc was found: either install pandoc and add it')\n", "utf-8"
    )
    try:
        assert refused(whole_book, BUILD)[0] == machine.PANDOC
    finally:
        shutil.rmtree(stand_in)


def test_without_a_browser_one_sentence_says_how_to_get_it():
    done = subprocess.run(
        [sys.executable, "-m", "companion_press.commands.picture"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**build_environment(), "PATH": ""},
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "No Chromium was found: install Debian's chromium (apt-get install chromium)."


# -- setting up ---------------------------------------------------------------------------------


@pytest.fixture
def half_an_environment(tmp_path):
    """A function that runs environment.py on a folder whose Python is this one, with a lock of one package."""
    folder, lock = tmp_path / "environment", tmp_path / "lock.txt"
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin/python"
    lock.write_text(f"nowhere-such-package==1.0 --hash=sha256:{hashlib.sha256().hexdigest()}\n", "utf-8")

    def run(pip="", **settings):
        """`pip` is what a stand-in for pip prints before it fails."""
        command = f"printf '%s' \"{pip}\"; exit 1" if pip else f'exec "{sys.executable}" "$@"'
        python.write_text(f"#!/bin/sh\n{command}\n", "utf-8")
        python.chmod(0o755)
        done = subprocess.run(
            [sys.executable, ENVIRONMENT, folder, lock],
            capture_output=True,
            text=True,
            env={**os.environ, **settings},
        )
        return done.returncode, done.stderr.strip()

    run.folder = folder
    return run


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an environment is a shell script")
def test_without_a_network_one_sentence_says_what_to_do(half_an_environment):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # a port at which nothing listens
        index = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple"
        status, said = half_an_environment(
            PIP_INDEX_URL=index, PIP_EXTRA_INDEX_URL=index, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull
        )
    assert status == 1 and said.startswith("No package index could be reached") and "\n" not in said
    assert "connect to the network" in said
    assert half_an_environment.folder.exists() and not os.path.exists(f"{half_an_environment.folder}.begun")


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an environment is a shell script")
@pytest.mark.parametrize(
    "printed, begins",
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: 'x'", "What "),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "A package of "),
        ("ERROR: HTTPSConnectionPool(host='x'): Max retries exceeded (Caused by NameResolutionError())", "No package"),
    ],
)
def test_what_pip_fails_of_is_one_sentence(half_an_environment, printed, begins):
    status, said = half_an_environment(pip=printed)
    assert status == 1 and said.startswith(begins) and "\n" not in said


@pytest.mark.skipif(os.name != "posix", reason="the stand-in for an environment is a shell script")
def test_what_pip_says_of_anything_else_is_shown_whole(half_an_environment):
    status, said = half_an_environment(pip="ERROR: something new")
    assert status == 1 and said.startswith("ERROR: something new") and said.endswith("the lines above say why.")


def test_an_environment_that_was_killed_while_it_was_made_is_made_anew(half_an_environment):
    folder = half_an_environment.folder
    (folder / "half-installed").touch()
    open(f"{folder}.begun", "w", encoding="utf-8").close()
    half_an_environment(pip="ERROR: No space left on device")
    assert not (folder / "half-installed").exists()
