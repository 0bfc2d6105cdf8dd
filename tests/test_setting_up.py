"""Newcomers: two commands do everything, and what is missing is said in one sentence."""

import json
import re
import subprocess
import sys
import textwrap
import tomllib

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from built_site import PROJECT, build_environment


def lines(name):
    return (PROJECT / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("command", [["make"], ["make", "help"]])
def test_make_lists_its_commands(command):
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0
    for name in ("book", "test", "serve", "clean", "help"):
        assert f"make {name} " in done.stdout


def test_every_push_runs_all_the_tests_the_long_ones_too():
    assert {"make test", "make test-all"} <= set(lines(".ci/run"))
    assert "      - run: .ci/run" in lines(".github/workflows/test.yml")


def environment(prelude):
    """Run environment.py in a Python that has been made to look different."""
    code = textwrap.dedent(prelude) + textwrap.dedent("""
        import runpy, sys
        sys.argv = ["environment.py", "nowhere", "requirements.txt"]
        runpy.run_path("src/companion_press/commands/environment.py", run_name="__main__")
    """)
    return subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_gets_one_clear_sentence(version):
    done = environment(f"import sys; sys.version_info = {version + (0, 'final', 0)}")
    assert done.returncode == 1
    message = done.stderr.strip()
    assert "\n" not in message
    assert "3.11, 3.12 or 3.13" in message and f"{version[0]}.{version[1]}" in message


def test_a_python_without_venv_gets_one_clear_sentence():
    done = environment("import sys; sys.modules['ensurepip'] = None")
    assert done.returncode == 1
    message = done.stderr.strip()
    assert "\n" not in message and "venv" in message


@pytest.mark.parametrize("trial", ["lite_trial", "class_trial"])
def test_a_trial_without_a_browser_says_so_before_the_long_part(trial, tmp_path):
    done = subprocess.run(
        [sys.executable, f"tests/benchmarks/{trial}.py", str(tmp_path), str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        env={**build_environment(), "PATH": ""},
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "No Chromium was found: install Debian's chromium (apt-get install chromium)."


#: The groups of direct dependencies and the lock of each.
LOCKS = {
    "build": "requirements.txt",
    **{group: f"locks/{group}.txt" for group in ("test", "lint", "paper", "lab", "lite", "links", "watch", "audit")},
}


@pytest.mark.parametrize("group", LOCKS)
def test_the_lock_holds_every_direct_dependency_with_hashes(group):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    listed = project["dependency-groups"][group] + (project["project"]["dependencies"] if group == "build" else [])
    lock = (PROJECT / LOCKS[group]).read_text("utf-8")
    locked = re.findall(r"^([a-z0-9_.-]+)(?:\[\w,]+\])?==(\S+)", lock, re.M)
    assert listed
    for line in listed:
        wanted = Requirement(line)
        versions = [version for name, version in locked if name == canonicalize_name(wanted.name)]
        assert versions and all(version in wanted.specifier for version in versions), line
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        if re.match(r"[a-z0-9_.-]+==", block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_citation_file_is_valid():
    cff = yaml.load((PROJECT / "CITATION.cff").read_text("utf-8"), yaml.BaseLoader)
    schema = json.loads((PROJECT / "tests/fixtures/cff-1.2.0.schema.json").read_text("utf-8"))
    # The schema has numbers where YAML's plainest reading has text.
    for part in (cff, cff["preferred-citation"]):
        for key in ("year", "month"):
            if key in part:
                part[key] = int(part[key])
    jsonschema.Draft7Validator(schema).validate(cff)


def test_python_is_named_for_services_that_run_the_book():
    assert re.fullmatch(r"python-3\.1[123]", (PROJECT / "runtime.txt").read_text("utf-8").strip())


def test_the_build_leaves_no_warning(site):
    log = (PROJECT / "_build/build.log").read_text("utf-8")
    assert log == "", "Sphinx is asked to say nothing but what is wrong"
