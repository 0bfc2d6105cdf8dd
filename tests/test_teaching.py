"""Lecturers: what a chapter asks of students, links that give it to them, the solutions alone, what a server needs."""

import json
import math
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest

from built_site import PROJECT, build_environment
from companion import load, pages
from companion_press.evidence import class_times, teaching_page
from companion_press.notebooks import notebook_files

PAGE = "book/teaching.html"
CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]


# -- chapters ------------------------------------------------------------------------------


class Words(HTMLParser):
    """Counts what stands on a built page below its article, by hand and not by Sphinx."""

    #: What is not prose: code, tables, the panels, cards and lists that the build adds, solutions.
    LEFT_OUT = {"pre", "script", "style", "table", "button", "select", "template", "form", "svg", "details"}
    CLASSES = {
        "take",
        "explorer-list",
        "explorer-finding",
        "explorer-source",
        "figure-source",
        "launch",
        "claim-card",
        "references",
        "citations",
        "solution",
        "elsewhere",
        "headerlink",
        "panel",
        "chapter-take",
        "output",
        "check-mark",
        "more-conflicts",
        "conclusions",
        "note-mark",
        "how-current",
        "figure-place",
        "printed-from",
    }
    VOID = {"img", "br", "hr", "input", "link", "meta", "source", "wbr"}

    def __init__(self, html):
        super().__init__()
        self.open, self.count = [], 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            out = tag in self.LEFT_OUT or bool(self.CLASSES & set((dict(attributes).get("class") or "").split()))
            self.open.append((tag, out))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if ("article", False) in self.open and not any(out for _, out in self.open):
            self.count += len(data.split())


def lessons(site):
    """Return by chapter what the page says of it: text, words, minutes of reading, exercises, their minutes, seconds."""
    html = (site / PAGE).read_text("utf-8")
    listed = re.search(r'<ul class="lessons">(.*?)</ul>', html, re.S)[1]
    found = {}
    for item in re.findall(r"<li>(.*?)</li>", listed, re.S):
        text = re.sub(r"<[^>]+>", "", item)
        words, reading, told, coded, exercising, seconds = re.search(
            r"([\d,]+) words, (\d+) minutes? · (\d+) exercises? in words and (\d+) in code, (\d+) minutes? · all cells run in (\d+) s",
            text,
        ).groups()
        found[re.search(r'href="(?:\.\./book/)?(\w+)\.html"', item)[1]] = (
            text,
            int(words.replace(",", "")),
            *map(int, (reading, told, coded, exercising, seconds)),
        )
    return found


def test_each_chapter_says_what_it_teaches_and_its_time_follows_the_rule_on_the_page(site):
    found = lessons(site)
    assert list(found) == CHAPTERS
    rule = re.sub(r"<[^>]+>", "", (site / PAGE).read_text("utf-8"))
    pace, in_words, in_code = map(
        int,
        re.search(
            r"(\d+) words a minute, .*? (\d+) minutes for an exercise that is answered in words and (\d+) for", rule
        ).groups(),
    )
    for name, (text, words, reading, told, coded, exercising, seconds) in found.items():
        source = (PROJECT / f"book/{name}.md").read_text("utf-8")
        assert (told, coded) == (len(re.findall(r"\{solution\} ", source)), source.count("{solution-start}"))
        assert reading == math.ceil(words / pace) and exercising == told * in_words + coded * in_code
        hours, minutes = (re.search(rf"(\d+) {unit}", text.split(". ")[0]) for unit in ("hour", "minute"))
        shown = 60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0)
        assert shown % 5 == 0 and 0 <= shown - (reading + exercising + seconds / 60) < 5.1
        outcome = re.search(r"When you have worked through this chapter you will be able to (\w+ \w+)", source)[1]
        assert f"You will be able to {outcome}" in text


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_words_are_those_that_stand_on_the_page(site, chapter):
    by_hand = Words((site / f"book/{chapter}.html").read_text("utf-8")).count
    assert lessons(site)[chapter][1] == pytest.approx(by_hand, rel=0.03)


def test_a_new_chapter_is_built_before_it_is_timed_and_the_page_says_so():
    """The trial that times a chapter needs a book that is built."""
    measured = {"alone": {"chapters": {"war": {"seconds": 3600}}}}
    timed, new = (class_times.chapter(PROJECT / f"book/{name}.md", 150, load(), measured) for name in ("war", "west"))
    assert timed.minutes == 5 * math.ceil((timed.reading + timed.exercising + 60) / 5)
    assert new.running is None and new.minutes == 5 * math.ceil((new.reading + new.exercising) / 5)
    assert teaching_page.running(timed) == "all cells run in 3600 s"
    assert teaching_page.running(new) == "its cells are not timed yet"


def test_a_chapter_that_does_not_say_what_it_teaches_stops_the_build_and_says_what_to_write(tmp_path):
    measured = {"alone": {"chapters": {}}}
    (tmp_path / "war.md").write_text("# The war\n\nNothing is taught.\n", "utf-8")
    with pytest.raises(ValueError, match="war.md does not say “When you have worked through this chapter"):
        class_times.chapter(tmp_path / "war.md", 1, load(), measured)


# -- links ---------------------------------------------------------------------------------


def shown_links(page):
    return dict(page.locator(".hub-links a").evaluate_all("all => all.map(a => [a.textContent, a.href])"))


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_makes_the_links_of_a_hub_with_no_network(visit, width):
    seen = visit(PAGE, width=width)
    page = seen.page
    page.get_by_label("Address of your hub").fill("https://hub.example.org/jupyter/hub/home")
    page.get_by_label("Address of the repository").fill("https://github.com/example/central-asia/")
    page.keyboard.press("Enter")
    links = shown_links(page)
    assert list(links) == [pages.title(path) for path in pages.chapters(PROJECT)]
    for name, link in zip(CHAPTERS, links.values()):
        assert link == class_times.link(
            "https://hub.example.org/jupyter", "https://github.com/example/central-asia", f"{name}.ipynb"
        )
    assert str(len(CHAPTERS)) in page.locator(".hub-said").inner_text(), "a screen reader hears of them"
    page.get_by_label("without solutions").check()
    page.get_by_role("button", name="Make the links").click()
    assert all(f"{notebook_files.WITHOUT}.ipynb" in link for link in shown_links(page).values())
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert (seen.foreign, seen.errors) == ([], [])


def test_a_link_is_what_nbgitpuller_takes_and_opens_a_notebook_that_is_there(site):
    link = class_times.link(
        "https://hub.example.org/", "https://github.com/example/central-asia", f"war{notebook_files.WITHOUT}.ipynb"
    )
    parts, query = urlsplit(link), {key: value for key, (value,) in parse_qs(urlsplit(link).query).items()}
    assert (parts.netloc, parts.path) == ("hub.example.org", "/hub/user-redirect/git-pull")
    assert query == {
        "repo": "https://github.com/example/central-asia",
        "branch": "notebooks",
        "urlpath": "lab/tree/central-asia/war-without-solutions.ipynb",
    }
    assert (site / "notebooks" / query["urlpath"].rsplit("/", 1)[1]).is_file()


@pytest.mark.parametrize("wrong", ["ftp://hub.example.org", "mailto:hub@example.org"])
def test_an_address_that_is_no_hub_makes_no_link_and_says_what_would(visit, wrong):
    page = visit(PAGE).page
    page.get_by_label("Address of your hub").fill(wrong)
    page.get_by_label("Address of the repository").fill("https://github.com/example/x")
    page.get_by_role("button", name="Make the links").click()
    assert shown_links(page) == {} and "such as https://hub.example.org" in page.locator(".hub-said").inner_text()


def test_without_settings_no_link_is_invented_and_without_scripts_the_pattern_stands(visit, site):
    html = (site / PAGE).read_text("utf-8")
    assert "git-pull" not in "".join(re.findall(r'href="([^"]*)"', html))
    page = visit(PAGE, scripts=False).page
    assert (
        page.locator(".hub-pattern")
        .inner_text()
        .startswith("https://HUB/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2FOWNER%2FNAME")
    )
    assert not page.locator(".hub-form").is_visible()


# -- solutions -----------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solutions_stand_alone_each_below_its_exercise(site, chapter):
    whole, alone = (
        nbformat.read(site / f"notebooks/{chapter}{ending}.ipynb", as_version=4)
        for ending in ("", notebook_files.ALONE)
    )
    text = "\n\n".join(cell.source for cell in alone.cells if cell.cell_type == "markdown")
    order = re.findall(r"^#+ ((?:Solution to )?Exercise [\d.]+)$", text, re.M)
    exercises = [heading for heading in order if not heading.startswith("Solution")]
    assert len(exercises) >= 3 and order == [part for name in exercises for part in (name, f"Solution to {name}")]
    assert "## Summary" not in text and "## Sources" not in text
    nbformat.validate(alone)
    code = [cell.source for cell in whole.cells if cell.cell_type == "code"]
    assert [c.source for c in alone.cells if c.cell_type == "code"] == [
        source for source in code if source in {c.source for c in alone.cells}
    ], "the chapter's own code, in its order"
    assert f'notebooks/{chapter}{notebook_files.ALONE}.ipynb" download' in (site / PAGE).read_text("utf-8")


def test_of_the_chapters_code_only_what_the_solutions_build_on_comes_first():
    earlier = [
        "import pandas as pd\nrows = pd.DataFrame()",
        "unused = rows.copy()",
        "other = 1",
        "def total(part):\n    other_name = part.sum()\n    return other_name + bonus",
        "bonus = 2",
        "rows['share'] = [x for x in range(3)]",
        "rows.plot()",
    ]
    assert notebook_files.needed(earlier, ["total(rows)"]) == [earlier[0], *earlier[3:6]]
    assert notebook_files.needed(earlier, ["other + 1"]) == ["other = 1"]
    assert notebook_files.needed(["a = 1", "a = 2", "b = a"], ["a = 3\na + 1"]) == []
    assert notebook_files.needed(["a = 1", "a = 2", "b = a"], ["b"]) == ["a = 2", "b = a"]


# -- the branch ----------------------------------------------------------------------------


def git(*arguments, cwd=None):
    return subprocess.run(
        ["git", *map(str, arguments)], cwd=cwd, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def publishing(tmp_path):
    """A tree of notebooks, an empty repository, and a function that publishes the one to the other."""
    shutil.copytree(PROJECT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    tree, repository = tmp_path / "_build/notebooks", tmp_path / "repository"
    tree.mkdir(parents=True)
    (tree / "war.ipynb").write_text("first\n", "utf-8")
    git("init", "-q", "--bare", repository)

    def publish(target=repository):
        return subprocess.run(
            [sys.executable, "-m", "companion_press.notebooks.publish", str(target)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=build_environment(tmp_path),
        )

    return tree, repository, publish


def test_a_student_who_has_an_edition_can_always_pull_the_next(publishing, tmp_path):
    tree, repository, publish = publishing
    assert publish().returncode == 0
    git("clone", "-q", "-b", "notebooks", repository, tmp_path / "student")
    (tree / "war.ipynb").write_text("second\n", "utf-8")
    (tree / "west.ipynb").write_text("new\n", "utf-8")
    assert "new edition" in publish().stdout
    git("pull", "-q", "--ff-only", cwd=tmp_path / "student")
    assert (tmp_path / "student/war.ipynb").read_text("utf-8") == "second\n" and (
        tmp_path / "student/west.ipynb"
    ).is_file()
    (tree / "west.ipynb").unlink()
    assert publish().returncode == 0
    assert git("ls-tree", "--name-only", "notebooks", cwd=repository) == "war.ipynb", "what an edition drops is gone"
    assert git("rev-list", "--count", "notebooks", cwd=repository) == "3"


def test_an_edition_in_which_nothing_is_new_leaves_the_branch_alone(publishing):
    _, repository, publish = publishing
    publish()
    before = git("rev-parse", "notebooks", cwd=repository)
    assert "Nothing is new" in publish().stdout
    assert git("rev-parse", "notebooks", cwd=repository) == before


def test_a_repository_that_is_not_there_is_reported_without_its_address(publishing, tmp_path):
    done = publishing[2](tmp_path / "a-secret-token")
    assert done.returncode == 1 and "was not published" in done.stderr and "Traceback" not in done.stderr
    assert "CalledProcessError" not in done.stderr


# -- what a server needs -------------------------------------------------------------------


def invented(**changes):
    """A trial with round numbers."""
    ran = {"seconds": 20, "cpu": 8, "rss": 290, "pss": 200, "peak": 300}
    return {
        "machine": {"cores": 2, "memory": 8000, "load": 0.0},
        "hub": {"rss": 150},
        "proxy": {"rss": 50},
        "alone": {"server": {"rss": 100}, "chapters": {"war": ran, "west": {**ran, "peak": 200, "cpu": 10}}},
        **changes,
    }


def test_what_a_class_needs_is_reckoned_from_the_heaviest_chapter():
    thirty = class_times.server(30, invented())
    assert (thirty.each, thirty.memory, thirty.seconds) == (400, 30 * 400 + 200, 150)
    assert class_times.fit(invented()) == 19  # (8000 - 200) / 400


def test_the_page_shows_the_last_trial_and_its_own_arithmetic_is_right(site):
    measured = json.loads((PROJECT / class_times.TRIAL).read_text("utf-8"))
    assert measured["alone"]["chapters"].keys() <= set(CHAPTERS), "run make class-trial: a chapter has gone"
    assert measured["together"]["users"] >= 4
    assert measured["together"]["users"] == len(measured["together"]["each"])
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", (site / PAGE).read_text("utf-8")))
    assert f"{measured['machine']['cores']} cores" in text and measured["versions"]["jupyterhub"] in text
    users, each, both, total = re.search(
        r"take (\d+) × (\d+) MiB \+ (\d+) MiB for hub and proxy = ([\d.]+) GiB", text
    ).groups()
    assert int(users) == 30 and float(total) == pytest.approx((int(users) * int(each) + int(both)) / 1024, abs=0.06)
    many, each, total = re.search(r"would take ([\d,]+) × (\d+) MiB = ([\d.,]+) GiB", text).groups()
    assert many == "3,000" and float(total.replace(",", "")) == pytest.approx(3000 * int(each) / 1024, rel=0.002)
    room, taken, one = (
        float(part.replace(",", "")) for part in re.search(r"\(\(([\d,]+) − (\d+)\) ÷ (\d+)\)", text).groups()
    )
    fits = int(re.search(r"holds (\d+) by its memory", text)[1])
    assert 0 <= (room - taken) / one - fits < 1.05, "as many as fit, and not one more"


def test_no_student_lost_work_when_the_second_edition_came():
    second = json.loads((PROJECT / class_times.TRIAL).read_text("utf-8"))["second"]
    assert second["kept"] == second["students"] >= 4
