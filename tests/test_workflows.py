"""Maintainers: what runs on GitHub is valid, may do no more than it must, and cannot change behind their back."""

import json
import re
import subprocess
import sys
import sysconfig

import pytest
import yaml

from built_site import PROJECT
from companion_press.commands import audit, environment

GITHUB = PROJECT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
PYTHONS = [f"3.{minor}" for minor in range(environment.LOWEST[1], environment.HIGHEST[1] + 1)]
SCRIPTS = sysconfig.get_path("scripts")


def read(name):
    # YAML 1.1 takes the key "on" for true: the plainest loader keeps it.
    return yaml.load((GITHUB / "workflows" / f"{name}.yml").read_text("utf-8"), yaml.BaseLoader)


def ran(*command):
    done = subprocess.run([f"{SCRIPTS}/{command[0]}", *map(str, command[1:])], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "schema, files",
    [
        ("workflows", WORKFLOWS),
        ("issue-forms", FORMS),
        ("issue-config", [GITHUB / "ISSUE_TEMPLATE/config.yml"]),
    ],
)
def test_github_can_read_the_files(schema, files):
    status, said = ran("check-jsonschema", "--builtin-schema", f"vendor.github-{schema}", *files)
    assert files and status == 0, said


def test_an_auditor_finds_nothing_in_the_workflows():
    status, said = ran("zizmor", "--offline", "--no-progress", "--persona", "regular", GITHUB)
    assert status == 0, said


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_named_by_the_digest_of_a_commit_with_its_version(path):
    for line in re.findall(r"uses: *(.*)", path.read_text("utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_one_action_has_one_digest_in_all_workflows():
    named = {line for path in WORKFLOWS for line in re.findall(r"uses: *(.*)", path.read_text("utf-8"))}
    assert len({line.partition("@")[0] for line in named}) == len(named)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_reads_and_only_the_job_that_needs_it_writes(path):
    workflow = read(path.stem)
    assert workflow["permissions"] in ({}, "", {"contents": "read"})
    writes = {
        (name, what)
        for name, job in workflow["jobs"].items()
        for what, how in (job.get("permissions") or {}).items()
        if how == "write"
    }
    assert writes == {
        "pages": {("deploy", "pages"), ("deploy", "id-token")},
        "notebooks": {("publish", "contents")},
        "weekly": {("check", "issues")},
        "monthly": {("report", "issues")},
        "release": {("publish", "contents")},
    }.get(path.stem, set())


def test_a_pull_request_is_tried_on_three_systems_under_three_pythons():
    jobs = read("test")["jobs"]
    assert "pull_request" in read("test")["on"]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == PYTHONS
    assert jobs["elsewhere"]["strategy"]["matrix"] == {"system": ["macos-latest", "windows-latest"], "python": PYTHONS}
    assert not any("continue-on-error" in job for job in jobs.values())
    # Windows has no make: what runs there is the same command without it.
    (ran,) = [step["run"] for step in jobs["elsewhere"]["steps"] if "run" in step]
    assert ran == "python src/companion_press ledger test-anywhere book"


def test_the_site_is_built_for_the_address_that_it_gets():
    steps = read("pages")["jobs"]["build"]["steps"]
    (built,) = [step for step in steps if "make book" in step.get("run", "")]
    assert built["env"]["BOOK_URL"] == "${{ steps.pages.outputs.base_url }}"
    assert read("pages")["on"]["push"]["branches"] == ["main"]


def reported(step):
    """The logs whose ends become an issue, from the step that makes it."""
    assert step["run"].startswith(".ci/report ")
    return re.findall(r"\S+\.log", step["run"])


def test_what_breaks_in_a_week_becomes_an_issue():
    assert read("weekly")["on"]["schedule"]
    (job,) = read("weekly")["jobs"].values()
    *steps, last = job["steps"]
    logs, written = reported(last), " ".join(step.get("run", "") for step in steps)
    assert last["if"] == "${{ failure() }}" and logs and all(f"tee {log}" in written for log in logs)


def test_each_month_everything_is_tried_with_the_newest_versions_under_each_python_and_becomes_an_issue():
    workflow = read("monthly")
    assert workflow["on"]["schedule"]
    newest, report = workflow["jobs"]["newest"], workflow["jobs"]["report"]
    assert newest["strategy"]["matrix"] == {"python": PYTHONS} and newest["defaults"]["run"]["shell"] == "bash"
    ran = [step.get("run", "") for step in newest["steps"]]
    locked, tried = ([n for n, run in enumerate(ran) if word in run] for word in ("make lock NEWEST=1", ".ci/run"))
    assert locked and tried and locked < tried
    assert report["needs"] == "newest" and report["if"] == "${{ failure() }}"
    assert reported(report["steps"][-1]) == [f"newest-{python}/newest.log" for python in PYTHONS]
    (kept,) = [step["with"] for step in newest["steps"] if "upload-artifact" in step.get("uses", "")]
    assert kept["name"] == "newest-${{ matrix.python }}" and "newest.log" in kept["path"]


@pytest.mark.parametrize("script", ["report", "run"])
def test_a_script_of_the_workflows_can_be_run(script):
    assert (PROJECT / ".ci" / script).stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", PROJECT / ".ci" / script]).returncode == 0


def test_the_report_of_what_broke_joins_the_issue_that_is_open(tmp_path):
    """With a stand-in for ``gh`` that notes how it is called."""
    stand_in = tmp_path / "gh"
    stand_in.write_text(
        f"#!{sys.executable}\nimport pathlib, sys\n"
        "a = sys.argv[1:]\n"
        "if a[:2] == ['issue', 'list']: print(pathlib.Path('open.json').read_text())\n"
        "else: pathlib.Path('said').write_text(' '.join(a[:3]) + '\\n' + pathlib.Path(a[a.index('--body-file') + 1]).read_text())\n"
    )
    stand_in.chmod(0o755)
    (tmp_path / "book.log").write_text("# no heading\nIt broke.\n")
    variables = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "GITHUB_SHA": "abc",
        "RUN": "https://example.org/1",
        "GITHUB_REPOSITORY": "o/r",
    }
    for there, first in (([], "issue create --repo"), ([{"number": 7, "title": "It broke"}], "issue comment 7")):
        (tmp_path / "open.json").write_text(json.dumps(there))
        subprocess.run(
            [PROJECT / ".ci/report", "It broke", "book.log", "none.log"], cwd=tmp_path, env=variables, check=True
        )
        said = (tmp_path / "said").read_text()
        assert said.startswith(first) and "https://example.org/1" in said
        assert "    It broke." in said and "    # no heading" in said and "none.log" not in said


def test_each_week_known_vulnerabilities_are_asked_for_whatever_else_broke():
    (job,) = read("weekly")["jobs"].values()
    (asked,) = [step for step in job["steps"] if "make audit" in step.get("run", "")]
    assert asked["if"] == "${{ !cancelled() }}" and "pipefail" in asked["run"]


def answer(*packages):
    """What pip-audit prints: of each package its name, and what is known of it, or why it was passed over."""
    return json.dumps({"dependencies": [{"name": name, "version": "1.0", **more} for name, more in packages]})


FAULT = {"id": "PYSEC-2026-1", "fix_versions": ["1.1", "2.0"], "aliases": [], "description": "…"}


@pytest.mark.parametrize(
    "printed, status, told",
    [
        (answer(("one", {"vulns": []}), ("two", {"vulns": []})), 0, "No vulnerability is known of the 2 packages"),
        (answer(("one", {"vulns": [FAULT]})), 1, "one 1.0: PYSEC-2026-1, mended in 1.1, 2.0 (https://osv.dev/PYSEC-2"),
        (answer(("one", {"vulns": [{**FAULT, "fix_versions": []}]})), 1, "mended in no version yet"),
        (answer(("one", {"vulns": []}), ("two", {"skip_reason": "not found"})), 2, "could not be asked about two."),
        (answer(*((name, {"skip_reason": "not found"}) for name in "abcde")), 2, "asked about a, b, c and 2 more."),
        (answer(("one", {"vulns": [FAULT]}), ("two", {"skip_reason": "not found"})), 1, "one 1.0: PYSEC-2026-1"),
        (answer(), 2, "could not be asked."),
        ("", 2, "osv.dev could not be asked."),
    ],
)
def test_only_an_answer_for_each_package_is_an_answer(printed, status, told):
    got, said = audit.verdict(printed)
    assert got == status and told in said[0] and all("\n" not in line for line in said)


def test_every_lock_is_audited():
    written = {path.name for path in (PROJECT / "locks").iterdir()} | {"requirements.txt"}
    assert {path.name for path in audit.locks()} == written


def test_a_release_publishes_what_make_release_makes():
    from companion_press.commands import release

    jobs = read("release")["jobs"]
    assert any(
        'make release VERSION="${GITHUB_REF_NAME#v}" CHECKED=1' == step.get("run") for step in jobs["make"]["steps"]
    )
    published = jobs["publish"]["steps"][-1]["run"]
    for name in [*release.artefacts("1.2.3"), "SHA256SUMS"]:
        assert name in published or f"release/*.{name.rpartition('.')[2]}" in published, name


@pytest.mark.parametrize(
    "form, asked",
    [
        ("wrong-fact", {"claim", "evidence"}),
        ("better-source", {"claim", "source", "passage"}),
        ("broken-page", {"address"}),
    ],
)
def test_a_form_asks_for_what_a_reviewer_needs(form, asked):
    body = yaml.safe_load((GITHUB / f"ISSUE_TEMPLATE/{form}.yml").read_text("utf-8"))["body"]
    needed = {part["id"] for part in body if part.get("validations", {}).get("required")}
    assert asked <= needed


def test_the_container_of_a_contributor_builds_the_book():
    container = json.loads((PROJECT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    assert container["postCreateCommand"] == "make book"
    assert set(container["onCreateCommand"].split()) >= {"chromium", "firefox-esr", "libpango-1.0-0"}
