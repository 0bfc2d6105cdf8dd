"""Whoever cites a version: a release is one version in every place, from a commit, and its tests have passed."""

import fnmatch
import hashlib
import json
import re
import shlex
import shutil
import subprocess

import pytest

from built_site import PROJECT
from companion import __version__
from companion_press.commands import release

NAMED = (
    "CITATION.cff",
    ".zenodo.json",
    "CHANGELOG.md",
    "README.md",
    "data/datapackage.json",
    "src/companion/__init__.py",
)


@pytest.fixture
def tree(tmp_path):
    """A repository of the files that name the version, with one commit."""
    root = tmp_path / "tree"
    for name in NAMED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, root / name)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        git(root, *arguments)
    return root


@pytest.fixture(autouse=True)
def commands(monkeypatch):
    """The commands that are asked for; those in ``failing`` fail. None is run, whatever a refusal lets through."""
    asked, failing = [], set()

    def done(*names):
        asked.append(names)
        return not failing & set(names)

    monkeypatch.setattr(release, "done", done)
    monkeypatch.setattr(release, "write", lambda version: asked.append(("write", version)))
    monkeypatch.setattr(release, "site_version", lambda site: __version__)
    return asked, failing


def git(root, *arguments):
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, *arguments], cwd=root, check=True, capture_output=True)


def edit(root, name, old, new):
    text = (root / name).read_text("utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), "utf-8")


def refusal(root, version=__version__, dry=False, checked=True):
    with pytest.raises(release.Refused) as why:
        release.release(root, version, dry, checked)
    return str(why.value)


def test_this_project_names_one_version_everywhere():
    assert [str(what) for what in release.disagreements(PROJECT, __version__)] == []


def test_the_site_says_its_version_to_machines(site):
    assert release.site_version(site) == __version__


@pytest.mark.parametrize(
    "name, old, says",
    [
        ("CITATION.cff", f"\nversion: {__version__}", "CITATION.cff, version: 9.9.9 stands here"),
        ("CITATION.cff", f"  version: {__version__}", "CITATION.cff, preferred-citation.version: 9.9.9 stands here"),
        (".zenodo.json", f'"version": "{__version__}"', ".zenodo.json, version: 9.9.9 stands here"),
        ("data/datapackage.json", f'"version": "{__version__}"', "data/datapackage.json, version: 9.9.9 stands here"),
        ("src/companion/__init__.py", f'"{__version__}"', "src/companion/__init__.py, __version__: 9.9.9 stands here"),
        ("README.md", f"Version {__version__}", "README.md, Cite it: 9.9.9 stands here"),
        ("CHANGELOG.md", f"[{__version__}]", "CHANGELOG.md: the newest section is 9.9.9"),
    ],
)
def test_a_place_with_another_version_is_named_with_what_would_be_right(tree, name, old, says):
    edit(tree, name, old, old.replace(__version__, "9.9.9"))
    told = refusal(tree)
    assert told.startswith(says) and __version__ in told.removeprefix(says)


def test_all_that_disagrees_is_said_at_once(tree):
    told = refusal(tree, "7.0.0").splitlines()
    assert len(told) == len(list(release.named_versions(tree))) + 1
    assert all("7.0.0" in line for line in told)


def test_the_day_of_a_version_is_one(tree):
    edit(tree, "CITATION.cff", "\ndate-released: ", "\ndate-released: 2019-01-01 # ")
    day = release.sections(tree)[0][1]
    assert refusal(tree) == f"CITATION.cff, date-released: 2019-01-01 stands here. The changelog has {day}"


def test_the_day_in_the_citation_of_the_readme_is_that_of_the_changelog(tree):
    readme = (tree / "README.md").read_text("utf-8")
    day = re.search(r"Version [\d.]+, (\d+ \w+ \d{4})\.", readme)[1]
    edit(tree, "README.md", f", {day}.", ", 1 May 2019.")
    assert refusal(tree) == f"README.md, Cite it: 1 May 2019 stands here. The changelog has {day}"


def test_changes_without_a_version_are_not_released(tree):
    edit(tree, "CHANGELOG.md", f"## [{__version__}]", f"## [Unreleased]\n\n- A change.\n\n## [{__version__}]")
    assert refusal(tree).startswith("CHANGELOG.md, Unreleased: changes stand here.")


@pytest.mark.parametrize("version", ["", "1.2", "v1.2.3", "1.2.3rc1", "01.2.3"])
def test_what_is_no_version_gets_one_sentence(tree, version):
    told = refusal(tree, version)
    assert "\n" not in told and "VERSION=1.2.3" in told


@pytest.mark.parametrize("name", ["README.md", "new.txt"])
def test_a_tree_that_is_no_commit_gets_one_sentence(tree, name):
    with (tree / name).open("a") as file:
        file.write("\nMore.\n")
    told = refusal(tree)
    assert "\n" not in told and name in told and "commit them first" in told


def test_a_folder_without_git_gets_one_sentence(tree):
    shutil.rmtree(tree / ".git")
    told = refusal(tree)
    assert "\n" not in told and "git repository" in told


def test_a_published_version_is_not_made_again_from_another_commit(tree, commands):
    git(tree, "tag", f"v{__version__}")
    release.release(tree, __version__, dry=True, checked=True)
    git(tree, "commit", "-q", "--allow-empty", "-m", "second")
    assert f"v{__version__} already names another commit" in refusal(tree)


def test_failing_tests_stop_a_release_before_anything_is_built(tree, commands):
    asked, failing = commands
    failing.add("test")
    assert refusal(tree, checked=False).startswith("The tests fail")
    assert asked == [("test",)]


def test_a_book_that_cannot_be_made_is_not_released(tree, commands):
    asked, failing = commands
    failing.add("pdf")
    assert refusal(tree).startswith("The book could not be made")
    assert ("write", __version__) not in asked


def test_a_site_of_another_version_is_not_released(tree, commands, monkeypatch):
    monkeypatch.setattr(release, "site_version", lambda site: "0.0.1")
    assert "0.0.1" in refusal(tree)
    assert ("write", __version__) not in commands[0]


@pytest.mark.parametrize("checked", [True, False])
def test_the_tests_run_first_unless_they_have_passed(tree, commands, checked):
    release.release(tree, __version__, dry=False, checked=checked)
    tests = [] if checked else [("test",)]
    assert commands[0] == [*tests, ("pdf", "epub"), ("write", __version__)]


def test_a_dry_run_names_each_file_and_makes_none(tree, commands, capsys):
    release.release(tree, __version__, dry=True, checked=False)
    told = capsys.readouterr().out
    assert all(f"_build/release/{name}" in told for name in [*release.artefacts(__version__), "SHA256SUMS"])
    assert "run make test" in told and commands[0] == []


def test_every_file_of_a_release_is_published_with_it():
    workflow = (PROJECT / ".github/workflows/release.yml").read_text("utf-8")
    [command] = re.findall(r"gh release create (.*)", workflow)
    patterns = [word.removeprefix("release/") for word in shlex.split(command) if word.startswith("release/")]
    names = [*release.artefacts("1.2.3"), "SHA256SUMS"]
    assert [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)] == []
    assert {name.rpartition(".")[2] for name in names} >= {"zip", "sqlite", "pdf", "epub", "md"}


def test_the_notes_of_a_release_are_its_section_of_the_changelog(tree):
    told = release.notes(tree, __version__)
    assert "### The account" in told and "## [" not in told


def test_sums_are_read_by_sha256sum(tmp_path):
    (tmp_path / "b.txt").write_bytes(b"b")
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "SHA256SUMS").write_text("old")
    assert release.sums(tmp_path) == "".join(
        f"{hashlib.sha256(name.encode()).hexdigest()}  {name}.txt\n" for name in "ab"
    )


def test_the_archive_says_what_the_citation_file_says_and_invents_no_doi():
    import yaml

    cff = yaml.safe_load((PROJECT / "CITATION.cff").read_text("utf-8"))
    archive = json.loads((PROJECT / ".zenodo.json").read_text("utf-8"))
    assert archive["title"] == cff["title"] and archive["keywords"] == cff["keywords"]
    assert [person["name"] for person in archive["creators"]] == [author["name"] for author in cff["authors"]]
    assert "doi" not in archive and "doi" not in cff
