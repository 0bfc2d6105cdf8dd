"""Whoever has no make, as on Windows, and whoever has: the same commands, in the same order, ended in the same way."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from built_site import PROJECT
from companion_press.commands import environment, groups, processes, runner

ENTRY = "src/companion_press"

#: A Python in which nothing of the project is installed.
BARE = getattr(sys, "_base_executable", sys.executable)

needs_make = pytest.mark.skipif(not shutil.which("make"), reason="there is no make on this machine")


def run(*words, cwd=PROJECT, **variables):
    # These tests may themselves have been started by make, which tells a make below it to say where it is.
    around = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    done = subprocess.run(words, cwd=cwd, capture_output=True, encoding="utf-8", env={**around, **variables})
    return done.returncode, done.stdout, done.stderr


# -- make and Python are one ----------------------------------------------------------------------


@needs_make
@pytest.mark.parametrize("words", [["make"], ["make", "help"], [sys.executable, ENTRY, "--help"]], ids=" ".join)
def test_the_commands_are_listed_alike(words):
    status, listed, _ = run(*words)
    assert (status, listed) == run(sys.executable, ENTRY)[:2]
    names = [line.split()[1] for line in listed.splitlines() if line.startswith("  make ")]
    assert status == 0 and names == [one.name for one in runner.COMMANDS.values() if one.help]


@needs_make
@pytest.mark.parametrize("name", runner.COMMANDS)
def test_a_target_calls_its_command(name):
    status, told, _ = run("make", "-n", name)
    called = [line.strip() for line in told.splitlines() if ENTRY in line]
    assert (status, called) == (0, [f"python3 {ENTRY} {name}"])


@needs_make
def test_all_targets_and_settings_are_handed_over_at_once_and_whole(tmp_path):
    say = tmp_path / "say.py"
    say.write_text("import sys\nprint(sys.argv[2:])\n", "utf-8")
    status, told, _ = run("make", f"PYTHON={sys.executable} {say}", "clean", "book", 'NAME=a  b\'s $(x) "c"', "DRY=")
    assert status == 0
    handed = eval(told)
    assert handed[:2] == ["clean", "book"] and sorted(handed[2:]) == ["DRY=", 'NAME=a  b\'s $(x) "c"']


def test_every_command_that_is_named_in_a_paper_or_a_workflow_exists():
    import re

    papers = ["README.md", "CONTRIBUTING.md", *(path.as_posix() for path in pathlib.Path("docs").glob("*.md"))]
    texts = [*papers, ".ci/run", *(path.as_posix() for path in pathlib.Path(".github/workflows").glob("*.yml"))]
    named = set()
    for name in texts:
        text = (PROJECT / name).read_text("utf-8")
        for line in re.findall(rf"(?:`|run: |^|; |&& )(?:make|python3? {ENTRY}) ([^`|\n]+)", text, re.M):
            named |= {(name, word) for word in line.split() if re.fullmatch(r"[a-z][a-z-]+", word)}
    assert len(named) > 20
    assert {word for name, word in named} - {"NAME"} <= runner.COMMANDS.keys(), sorted(named)


@pytest.fixture
def bare(copy, tmp_path):
    """A function that runs a command in a copy, under a Python without packages, with nothing else to be found."""
    copy.with_commands()
    package = copy.root / ENTRY
    shutil.copytree(PROJECT / ENTRY / "notebooks", package / "notebooks")
    (tmp_path / "empty").mkdir()

    def start(*words):
        kept = {name: value for name, value in os.environ.items() if name in ("SYSTEMROOT", "LANG", "TEMP")}
        done = subprocess.run(
            [BARE, "-S", ENTRY, *words],  # -S: without the packages of this Python
            cwd=copy.root,
            capture_output=True,
            encoding="utf-8",
            env={**kept, "PATH": str(tmp_path / "empty")},
        )
        return done.returncode, done.stdout, done.stderr

    start.root = copy.root
    return start


def test_commands_run_without_make_and_before_there_is_an_environment(bare):
    shutil.rmtree(bare.root / ".venv")
    status, told, _ = bare("help")
    assert status == 0 and "make book " in told and f"`python {ENTRY}`" in told
    status, _, said = bare("lab-reset")
    assert (status, said) == (1, "There are no notebooks yet: run make book first.\n")
    made = bare.root / "_build/html/notebooks/war.ipynb"
    made.parent.mkdir(parents=True)
    made.write_text("war", "utf-8")
    status, told, said = bare("lab-reset")
    assert (status, said) == (0, "") and "the originals" in told
    assert (bare.root / "lab/war.ipynb").read_text("utf-8") == "war"


def test_clean_leaves_what_nobody_has_built(bare):
    for name in (".venv-lite", ".venv-hub", ".venv-audit", "_build/html"):
        (bare.root / name).mkdir(parents=True)
    (bare.root / ".venv.begun").touch()
    before = {path.name for path in bare.root.iterdir()}
    status, told, said = bare("clean")
    gone = before - {path.name for path in bare.root.iterdir()}
    assert (status, said) == (0, "")
    assert gone == {"_build", ".venv", ".venv.begun", ".venv-lite", ".venv-hub", ".venv-audit"}
    assert {line.removesuffix(" is removed.") for line in told.splitlines()} == gone
    assert bare("clean") == (0, "", "")


def test_a_program_that_is_missing_is_one_sentence(bare):
    assert bare("lock") == (127, "", "uv was not found: install it, then run the command again.\n")


@pytest.mark.parametrize(
    "system, program, python",
    [("nt", r"a\Scripts\codespell.exe", r"a\Scripts\python.exe"), ("posix", "a/bin/codespell", "a/bin/python")],
)
def test_programs_of_an_environment_lie_where_the_system_puts_them(system, program, python):
    assert environment.program_of("a", "codespell", system) == program
    assert environment.python_of("a", system) == python


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["bok"], "There is no command 'bok'; did you mean book?"),
        (["xyz"], "There is no command 'xyz'; did you mean help?"),
        (["new_source"], "There is no command 'new_source'; did you mean new-source?"),
        (["book", "--dryy"], "There is no option --dryy: settings are written as in DRY=…."),
        (["chapter", "--name=war"], "There is no option --name=war: settings are written as in NAME=…."),
        (["chapter", "NAM=war"], "chapter takes no setting NAM; did you mean NAME?"),
        (["clean", "book", "PORT=1"], "clean and book takes no setting PORT."),
    ],
)
def test_what_there_is_none_of_is_one_sentence_with_the_nearest(words, sentence):
    assert run(sys.executable, ENTRY, *words) == (2, "", sentence + "\n")


@pytest.mark.parametrize(
    "words",
    [
        ["lite-trial", "PYODIDE=x"],  # of a command that comes before
        ["serve", "LITE=1", "PYODIDE=x"],  # of one that comes before where the settings say so
        ["book", "BOOK_URL=https://example.org/", "PIP_INDEX_URL=x", "PYTEST_ADDOPTS=-x", "VENV=other"],
    ],
)
def test_what_something_of_a_command_takes_can_be_set(words):
    names, given = runner.read(words)
    assert names == words[:1] and len(given) == len(words) - 1


def test_a_setting_may_stand_in_the_environment_but_not_the_name_of_the_machine():
    settings = runner.Settings({"DRY": ""}, {"NAME": "DESKTOP-1", "PORT": "9000", "DRY": "1"})
    assert (settings["NAME"], settings["PORT"], settings["DRY"], settings["VENV"]) == ("", "9000", "", ".venv")


# -- what comes before ----------------------------------------------------------------------------


@pytest.fixture
def noted(monkeypatch):
    """What a run does, in its order; nothing of it is done, and what is in ``failing`` fails with that status."""
    did, failing = [], {}

    def step(words, variables, quiet):
        module = next((word for word in words[1:] if not word.startswith("-") and not word.endswith(".step")), "")
        did.append(" ".join([pathlib.PurePath(words[0]).stem, module]) if "python" not in words[0] else module)
        noted.variables = variables
        return failing.get(did[-1], 0)

    noted.did, noted.failing = did, failing
    monkeypatch.setattr(runner.groups, "set_up", lambda group, venv: did.append(group))
    monkeypatch.setattr(runner.processes, "run", step)
    return noted


BOOK, LEDGER, BUILD = groups.BOOK, "companion_checks", "companion_press.commands.build"


@pytest.mark.parametrize(
    "words, order",
    [
        (["book"], [BOOK, LEDGER, BUILD]),
        (["book", "ledger", "book"], [BOOK, LEDGER, BUILD]),
        (["lab"], [BOOK, LEDGER, BUILD, groups.LAB, "companion_press.notebooks.lab"]),
        (["pdf"], [groups.PAPER, "companion_press.paper", BOOK, LEDGER, BUILD, "companion_press.paper"]),
        (["epub"], [BOOK, LEDGER, BUILD, groups.PAPER, "companion_press.paper"]),
        (["release", "DRY=1"], [BOOK, "companion_press.commands.release"]),
        (["release"], [groups.PAPER, "companion_press.paper", "companion_press.commands.release"]),
        (["serve", "LITE=1"], [BOOK, LEDGER, BUILD, groups.LITE, "companion_press.notebooks.lite", "http.server"]),
        (["book", "lite"], [BOOK, LEDGER, BUILD, LEDGER, BUILD, groups.LITE, "companion_press.notebooks.lite"]),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value[0], str) else "",
)
def test_what_comes_before_a_command_is_done_in_order_and_once(noted, words, order):
    assert runner.main(words) == 0
    assert noted.did == order


def test_a_check_that_fails_ends_all_with_its_status(noted):
    noted.failing[LEDGER] = 7
    assert runner.main(["book", "help"]) == 7
    assert noted.did == [BOOK, LEDGER]


@pytest.mark.parametrize(
    "words, variables",
    [
        (["book"], runner.FIXED),
        (["lite"], {**runner.FIXED, "BOOK_LITE": "1"}),
        (["book", "BOOK_URL=x"], {"BOOK_URL": "x"}),
        (["release", "VERSION=1.2.3", "VENV=a"], {"VENV": "a"}),
        (["lab-reset"], {"PYTHONPATH": str(PROJECT / "src")}),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_command_has_its_variables_and_its_settings_in_its_environment(noted, words, variables):
    assert runner.main(words) == 0
    assert variables.items() <= noted.variables.items()


def test_every_command_is_given_what_it_is_written_to_need():
    for one in runner.COMMANDS.values():
        for set_to in ("", "1"):
            settings = runner.Settings(dict.fromkeys(one.takes, set_to), {})
            for need in one.before(settings):
                assert isinstance(need, groups.Group) or need in runner.COMMANDS, (one.name, need)


def test_a_command_that_runs_in_an_environment_has_it_set_up_before():
    """On a fresh machine it would fail otherwise."""
    settings = runner.Settings({}, {})
    for name in runner.COMMANDS:
        needs = [need for first in runner.before(name, settings) for need in runner.COMMANDS[first].before(settings)]
        set_up = any(isinstance(need, groups.Group) for need in needs)
        assert set_up != (name in ("help", "clean", "lock", "lab-reset")), name


@pytest.mark.parametrize("group", [one for one in vars(groups).values() if isinstance(one, groups.Group)], ids=str)
def test_every_group_has_a_lock(group):
    assert (PROJECT / group.lock).is_file()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder in which every group is installed; nothing is truly installed in it."""
    monkeypatch.chdir(tmp_path)
    every = [one for one in vars(groups).values() if isinstance(one, groups.Group)]
    files = {path for group in every for path in group.made_from(".venv") if path.suffix != ".stamp"}
    for path in [*files, *(pathlib.Path(environment.python_of(group.folder(".venv"))) for group in every)]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    age(files, 300)
    age([groups.BOOK.stamp(".venv")], 200)
    age([group.stamp(".venv") for group in every if group != groups.BOOK], 100)
    done = []
    monkeypatch.setattr(environment, "main", lambda folder, lock, project="": done.append((folder, lock, project)))
    return done


def age(paths, seconds):
    """Make files as old as that."""
    for path in paths:
        path.touch()
        os.utime(path, (time.time() - seconds,) * 2)


BOOK_DONE = (".venv", "requirements.txt", "--project")
LINT_DONE = (".venv", "locks/lint.txt", "")
AUDIT_DONE = (".venv-audit", "locks/audit.txt", "")
MAKER = "src/companion_press/commands/environment.py"


@pytest.mark.parametrize(
    "changed, group, done",
    [
        ("", groups.LINT, []),
        ("locks/test.txt", groups.LINT, []),
        ("locks/lint.txt", groups.LINT, [LINT_DONE]),
        ("requirements.txt", groups.LINT, [BOOK_DONE, LINT_DONE]),
        ("pyproject.toml", groups.BOOK, [BOOK_DONE]),
        (MAKER, groups.LINT, [BOOK_DONE, LINT_DONE]),
        (MAKER, groups.AUDIT, [AUDIT_DONE]),
        ("requirements.txt", groups.AUDIT, []),
        (".venv.begun", groups.LINT, [BOOK_DONE, LINT_DONE]),
    ],
)
def test_a_group_is_installed_anew_where_it_is_older_than_what_it_is_made_from(installed, changed, group, done):
    if changed:
        pathlib.Path(changed).touch()
    groups.set_up(group, ".venv")
    assert installed == done
    pathlib.Path(".venv.begun").unlink(missing_ok=True)
    groups.set_up(group, ".venv")
    assert installed == done, "once"


@pytest.mark.parametrize("gone", [groups.LINT.stamp(".venv"), pathlib.Path(environment.python_of(".venv"))], ids=str)
def test_what_is_not_there_is_installed(installed, gone):
    gone.unlink()
    groups.set_up(groups.LINT, ".venv")
    assert LINT_DONE in installed


# -- how a command ends ---------------------------------------------------------------------------


def test_a_process_without_luck_gives_the_status_that_a_shell_gives(capfd):
    assert processes.run([sys.executable, "-c", "raise SystemExit(5)"], os.environ) == 5
    if os.name == "posix":
        assert processes.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], os.environ) == 137
    assert processes.run([sys.executable, "-c", "print('well')"], os.environ, quiet=True) == 0
    assert capfd.readouterr().out == ""
    assert processes.run([sys.executable, "-c", "print('ill'); exit(1)"], os.environ, quiet=True) == 1
    assert capfd.readouterr().out.strip() == "ill"


@pytest.fixture
def waiting(tmp_path):
    """A command whose process has started another; gives the process, the number of the innermost, and what to read."""
    (tmp_path / "waits.py").write_text(
        textwrap.dedent("""
        import signal, subprocess, sys, time
        if sys.argv[1] == "deaf":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = "import os, signal, time; signal.signal(signal.SIGINT, signal.SIG_DFL); print(os.getpid(), flush=True)"
        subprocess.Popen([sys.executable, "-c", code + "; time.sleep(60)"])
        time.sleep(60)
        """),
        "utf-8",
    )
    program = textwrap.dedent("""
        import sys
        from companion_press.commands import processes, runner
        processes.HEARD, processes.TOLD = 0.3, 2.0
        def waits(settings):
            how, kind = sys.argv[1:]
            module = "companion_press.commands.step" if how == "told" else "waits"
            yield runner.Step((sys.executable, "-m", module, *(["waits"] if how == "told" else []), kind))
        runner.command("", *[])(waits)
        sys.exit(runner.main(["waits"]))
    """)
    started = []

    def start(*how):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *how],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(tmp_path)])},
        )
        started.append(process)
        return process, int(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.communicate()


def alive(number):
    """Whether a process goes on; one that has ended and that nobody has asked about does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True).stdout
    return bool(listed.strip()) and not listed.startswith("Z")


@pytest.mark.skipif(os.name != "posix", reason="Windows sends no signal to one process")
@pytest.mark.parametrize(
    "how, number, everyone, status, sentence",
    [
        (("told", "hears"), signal.SIGINT, False, 130, "Interrupted. What was built before is unchanged."),
        (("told", "hears"), signal.SIGINT, True, 130, "Interrupted. What was built before is unchanged."),
        (("plain", "deaf"), signal.SIGINT, False, 130, "Interrupted."),
        (("plain", "deaf"), signal.SIGTERM, False, 143, "Interrupted."),
    ],
    ids=["one process is told", "the terminal tells all", "a process that does not hear", "the command is to end"],
)
def test_ctrl_c_ends_a_command_and_all_that_it_has_started_in_one_sentence(
    waiting, how, number, everyone, status, sentence
):
    process, innermost = waiting(*how)
    assert alive(innermost)
    os.killpg(process.pid, number) if everyone else process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.strip()) == (status, sentence)
    assert not alive(innermost)
