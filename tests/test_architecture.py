"""Maintainers: the papers about the project say what is so, and their links lead somewhere."""

import ast
import re
import shutil
import subprocess
import sysconfig

import pytest

from built_site import PROJECT
from companion_checks import papers
from companion_press.commands import modules


def test_the_picture_of_the_modules_is_that_of_the_imports():
    assert modules.PICTURE.read_text("utf-8") == modules.picture(modules.graph()), "run make modules"


def test_every_link_of_the_papers_leads_somewhere():
    assert [str(problem) for problem in papers.broken(PROJECT)] == []


#: Where an element stands in a string all the same, and why.
IN_STRINGS = {
    "citing/engine.py": "writes what pandoc has parsed, word by word",
    "citing/structured.py": "a script that holds JSON",
    "figures/print_files.py": "a head for an SVG that is drawn",
    "notebooks/markdown.py": "Markdown",
    "notebooks/notebook_files.py": "Markdown",
    "paper/epub.py": "the frame of XHTML around pages that are HTML already",
    "theme/site_theme.py": "the frame of a page that leads on",
}


def test_an_element_with_a_value_in_it_is_made_with_htpy_which_escapes_it():
    press, found = PROJECT / "src/companion_press", set()
    for path in press.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
                whole = re.search(r"<(\w+)\b[^>]*>.*</\1>", text, re.S)
                if whole and "\0" in whole[0]:
                    found.add(path.relative_to(press).as_posix())
    assert found == set(IN_STRINGS), "make it with htpy"


@pytest.fixture
def two_papers(tmp_path):
    """A function from the text of a README to what is wrong with it; beside it stands one paper."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "src/press").mkdir(parents=True)
    (tmp_path / "src/press/house.py").touch()
    (tmp_path / "docs/house.md").write_text("# The house\n\n## A room, & more\n\n## A room, & more\n", "utf-8")

    def wrong(text):
        (tmp_path / "README.md").write_text(text, "utf-8")
        return [str(problem) for problem in papers.broken(tmp_path)]

    return wrong


@pytest.mark.parametrize(
    "text, said",
    [
        ("[a](docs/hose.md)", "README.md, row 1, link: 'docs/hose.md' leads to no file. Did you mean 'house.md'?"),
        ("\n\n![a](docs/house.png)", "README.md, row 3, link: 'docs/house.png' leads to no file."),
        ("[a](docs/house.md#a-roon--more)", "leads to no heading. Did you mean 'a-room--more'"),
        ("[a](#nowhere)", "README.md, row 1, link: '#nowhere' leads to no heading."),
        ("| a |\n|---|\n| [b](gone.md) |", "'gone.md' leads to no file."),
        ("[a](../outside.md)", "'../outside.md' leads to no file."),
        (
            "Look into `press/hose.py`.",
            "README.md, row 1, module: 'press/hose.py' is not there. Did you mean 'press/house.py'",
        ),
    ],
)
def test_a_link_that_leads_nowhere_is_named_with_the_nearest(two_papers, text, said):
    (told,) = two_papers(text)
    assert said in told


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/house.md)",
        "[a](docs/house.md#a-room--more-1)",
        "[a](https://example.org/gone)",
        "`[a](gone.md)`",
        "# Here\n\n[a](#here)",
        "`press/house.py`, `src/press/house.py`, `house.py` and `press/house.py --help`",
    ],
)
def test_a_link_that_leads_somewhere_is_no_problem(two_papers, text):
    assert two_papers(text) == []


@pytest.mark.parametrize("slip, right", [("Kyrgystan", "Kyrgyzstan"), ("Tokaev", "Tokayev"), ("recieve", "receive")])
def test_a_misspelt_name_of_the_region_is_told_as_any_slip_is(tmp_path, slip, right):
    names = tmp_path / ".ci/spelling"
    shutil.copytree(PROJECT / ".ci/spelling", names)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / "page.md").write_text(f"Then {slip} of the bloc.\n", "utf-8")
    command = [f"{sysconfig.get_path('scripts')}/codespell", "-D", "-", "-D", ".ci/spelling/names.txt", "page.md"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == f"page.md:1: {slip} ==> {right}"


def test_a_name_is_corrected_to_what_the_book_writes():
    text = "\n".join(
        path.read_text("utf-8") for folder in ("book", "data", "seeds") for path in (PROJECT / folder).glob("*.*")
    )
    for line in (PROJECT / ".ci/spelling/names.txt").read_text("utf-8").split():
        wrong, right = line.split("->")
        assert wrong == wrong.lower() and right in text, line
