"""Authors: whenever a build is cut short, the last good site stays whole, and the next build is right."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from built_site import BUILD, PROJECT, build_environment, copy_of_project, shorten
from companion_press.execution import store
from companion_press.keeping import troubles, turns, whole
from cut_short import Dying, points

# -- every step, with a stand-in for Sphinx -----------------------------------------------

#: Like Sphinx it remembers what it has read, and takes a page for written that is newer than its text.
STAND_IN = """
def main(out, page=""):
    import time
    site, memory = Path(out), Path(out).parent / ".doctrees"
    for folder in (site / "book", memory):
        folder.mkdir(parents=True, exist_ok=True)
    for text in sorted((ROOT / "book").glob("*.md")):
        made = site / f"book/{text.stem}.html"
        if not made.exists() or made.stat().st_mtime_ns < text.stat().st_mtime_ns:
            (memory / f"{text.stem}.doctree").write_text(text.read_text("utf-8"), "utf-8")
            made.write_text(f"<html><p>{text.read_text('utf-8')}</p></html>", "utf-8")
    (site / "index.html").write_text("<html></html>", "utf-8")
    time.sleep(float(os.environ.get("TAKE_YOUR_TIME", "0")))
    return 0


"""
PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
TOLD = 'if __name__ == "__main__":'


@pytest.fixture
def tiny(tmp_path):
    """A function that makes a project of three pages, built by our own command with a stand-in for Sphinx."""

    def make(name, one_step=True):
        root = tmp_path / name
        for part in ("__init__.py", "commands/__init__.py", "commands/build.py", "commands/pages.py", "keeping"):
            source, target = PROJECT / "src/companion_press" / part, root / "src/companion_press" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
        pages = root / "src/companion_press/commands/pages.py"
        pages.write_text(pages.read_text("utf-8").replace(TOLD, STAND_IN + TOLD), "utf-8")
        if not one_step:
            swap = root / "src/companion_press/keeping/whole.py"
            text = swap.read_text("utf-8")
            assert "if sys.platform not in _CALLS:" in text
            swap.write_text(text.replace("if sys.platform not in _CALLS:", "if True:"), "utf-8")
        (root / "book").mkdir()
        edit(root, "First edition.")
        return Dying(root)

    return make


def edit(root, sentence):
    """Write all pages of the tiny book but one."""
    for name in ("one", "two", "three"):
        page = root / f"book/{name}.md"
        if name != "three" or not page.exists():
            page.write_text(f"{name}: {sentence} It is long enough to be cut in half.", "utf-8")


@pytest.mark.parametrize("one_step", [True, False], ids=["exchanged in one step", "renamed in two"])
def test_at_whatever_step_a_build_is_killed_the_site_is_whole_and_the_next_one_is_right(tiny, one_step):
    book = tiny("book", one_step)
    book.run()
    first, left = book.shown(), sorted(os.listdir(book.root / "_build"))
    shutil.copytree(book.root, book.root.with_name("kept"))
    edit(book.root, "Second edition.")
    _, _, steps = book.run()
    second = book.shown()
    assert first != second and {"d", "w", "n", "x"} <= set(steps), "each phase of a build has its steps"
    nothing = 0
    for step in range(1, len(steps) + 1):
        shutil.rmtree(book.root)
        shutil.copytree(book.root.with_name("kept"), book.root)
        edit(book.root, "Second edition.")
        book.run(die_at=step)
        shown = book.shown()
        if not shown and not one_step:
            nothing += 1
            whole.recover(book.root / "_build/html")
            assert book.shown() == first, f"step {step}: the last site can be put back"
        else:
            assert shown in (first, second), f"step {step} of {steps}: the site is a mixture"
        printed, *_ = book.run()
        assert book.shown() == second, f"step {step} of {steps}: the next build is wrong"
        assert sorted(os.listdir(book.root / "_build")) == left, f"step {step}: something is left lying about"
    assert nothing == (0 if one_step else 1), "between two renames, and never where the system exchanges two names"


def test_an_edit_that_is_taken_back_after_the_kill_is_taken_back_in_the_site_too(tiny):
    book = tiny("book")
    book.run()
    first = book.shown()
    edit(book.root, "Second edition.")
    _, _, steps = book.run()
    for step in range(steps.index("x") + 1, len(steps) + 1):  # from the step on that puts the site in its place
        edit(book.root, "First edition.")
        book.run()
        edit(book.root, "Second edition.")
        book.run(die_at=step)
        edit(book.root, "First edition.")
        book.run()
        assert book.shown() == first, f"step {step} of {steps}"


def hear_the_keyboard():
    """Undo what a shell does to what it runs in the background: such a program, and all that it starts, ignores Ctrl+C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_build_that_the_keyboard_ends_says_so_in_one_sentence(tiny):
    book = tiny("book")
    environment = {**build_environment(book.root), "TAKE_YOUR_TIME": "600"}
    build = subprocess.Popen(
        [sys.executable, "-m", BUILD],
        cwd=book.root,
        env=environment,
        start_new_session=True,
        text=True,
        preexec_fn=hear_the_keyboard,
        **PIPES,
    )
    while not (book.root / "_build/work/_build/html/index.html").exists():
        assert build.poll() is None
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGINT)
    _, told = build.communicate()
    assert build.returncode == 130 and told.strip() == f"Interrupted. {troubles.KEPT}"


# -- two at once ------------------------------------------------------------------------------


def test_a_second_build_says_that_it_waits_and_both_go_well(tiny):
    book = tiny("book")
    with turns.turn(book.root / "_build"):
        second = subprocess.Popen(
            [sys.executable, "-m", BUILD], cwd=book.root, text=True, env=build_environment(book.root), **PIPES
        )
        assert second.stderr.readline() == f"{turns.WAITING}\n"
        assert second.poll() is None and not (book.root / "_build/work").exists(), "it waits"
    printed, told = second.communicate()
    assert second.returncode == 0 and "The book is built." in printed and told == ""


def test_what_a_killed_build_has_started_is_waited_for(tiny):
    """Sphinx goes on when what started it is killed: a build beside it would write into the same folder."""
    book = tiny("book")
    environment = {**build_environment(book.root), "TAKE_YOUR_TIME": "600"}
    first = subprocess.Popen([sys.executable, "-m", BUILD], cwd=book.root, env=environment, start_new_session=True)
    try:
        while not (book.root / "_build/work/_build/html/index.html").exists():
            assert first.poll() is None
            time.sleep(0.05)
        first.kill()
        first.wait()
        second = subprocess.Popen(
            [sys.executable, "-m", BUILD], cwd=book.root, text=True, env=build_environment(book.root), **PIPES
        )
        assert second.stderr.readline() == f"{turns.WAITING}\n"
    finally:
        os.killpg(first.pid, signal.SIGKILL)
    assert second.wait() == 0 and len(book.shown()) == 4


# -- what else is replaced as a whole ----------------------------------------------------------


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(tmp_path, monkeypatch):
    path = tmp_path / "page.md"
    path.write_bytes(b"before")
    path.chmod(0o640)
    with monkeypatch.context() as broken:
        broken.setattr(whole.os, "replace", dies)
        with pytest.raises(Died):
            whole.write(path, "after")
    assert path.read_bytes() == b"before"
    whole.write(path, "after\n")
    assert path.read_bytes() == b"after\n" and path.stat().st_mode & 0o777 == 0o640


class Died(Exception):
    """Stands for the end of a process."""


def dies(*arguments):
    raise Died


def test_what_is_put_into_a_shown_site_is_in_it_as_a_whole_or_not_at_all(tmp_path):
    site = tmp_path / "html"
    (site / "book").mkdir(parents=True)
    (site / "book/index.html").write_bytes(b"before")
    with pytest.raises(Died), whole.renewed(site) as fresh:
        whole.write(fresh / "book/index.html", "half of it")
        dies()
    assert (site / "book/index.html").read_bytes() == b"before"
    with whole.renewed(site) as fresh:
        whole.write(fresh / "book/index.html", "after")
    assert (site / "book/index.html").read_bytes() == b"after" and os.listdir(tmp_path) == ["html"]


def test_where_files_cannot_be_shared_they_are_copied(tmp_path, monkeypatch):
    monkeypatch.setattr(whole.os, "link", refuses)
    (tmp_path / "html").mkdir()
    (tmp_path / "html/page").write_bytes(b"page")
    with whole.renewed(tmp_path / "html"):
        pass
    assert (tmp_path / "html/page").read_bytes() == b"page"


def refuses(*arguments):
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_folder_that_cannot_be_moved_leaves_the_last_one_in_its_place(tmp_path, monkeypatch):
    """Windows moves no folder in which a file is open."""
    shown, fresh = tmp_path / "html", tmp_path / "html.new"
    for folder in (shown, fresh):
        folder.mkdir()
        (folder / "name").write_text(folder.name, "utf-8")
    rename = whole.Path.rename
    monkeypatch.setattr(whole, "exchange", lambda one, other: False)
    monkeypatch.setattr(
        whole.Path, "rename", lambda path, to: refuses() if path.name == "html.new" else rename(path, to)
    )
    with pytest.raises(PermissionError):
        whole.put(fresh, shown)
    assert (shown / "name").read_text("utf-8") == "html"


def test_what_killed_cells_leave_goes_after_a_day_and_what_others_use_stays(tmp_path):
    old, new = store.workplace(tmp_path), store.workplace(tmp_path)
    os.utime(old, (10**9, 10**9))
    store.remove_workplaces(tmp_path)
    assert not old.exists() and new.exists()


# -- the real thing ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(site, tmp_path_factory):
    """A short book as it is after a build, and what a build from nothing makes of its two editions."""
    root = copy_of_project(tmp_path_factory.mktemp("short") / "copy", kept=["citations"])
    shorten(root)
    book = Dying(root)
    editions = []
    for sentence in ("Second edition.", "First edition."):
        for left in ("work", "html"):
            shutil.rmtree(root / "_build" / left, ignore_errors=True)
        change(root, sentence)
        book.run()
        editions.append(book.shown())
    book.second, book.first = editions
    return book


def change(root, sentence):
    """Change a sentence of the landing page, a cell of it, and a page besides."""
    for name in ("index", "glossary"):
        page = root / f"book/{name}.md"
        kept = re.sub(r"\n\n\w+ edition\.\n$", "\n", page.read_text("utf-8"))
        page.write_text(f"{kept.rstrip()}\n\n{sentence}\n", "utf-8")
    page = root / "book/index.md"
    text = re.sub(r"^# \w+ edition\.\n", "", page.read_text("utf-8"), flags=re.M)
    page.write_text(text.replace("import companion\n", f"# {sentence}\nimport companion\n", 1), "utf-8")


def forget(root):
    """Let the cells run anew."""
    shutil.rmtree(root / "_build/cache/chapters")


def carry(source, target):
    """Copy a file; one of the cache, into which nothing writes, gets another name: most of a folder is cache."""
    in_cache = Path(source).parents[1].name == "cache"
    (whole.share if in_cache else shutil.copy2)(source, target)


@pytest.mark.long
def test_a_real_build_that_is_killed_leaves_a_site_that_is_whole_and_the_next_is_that_from_nothing(real):
    """At a dozen steps over all phases, drawn by a seed: while cells run, pages are read, written and put in place.

    That every step holds is shown above, with a stand-in for Sphinx; here, that Sphinx and the cells do as it does.
    """
    change(real.root, "Second edition.")
    forget(real.root)
    _, _, steps = real.run()
    assert real.shown() == real.second and {"c", "d", "w", "n", "x"} <= set(steps)
    before, after = (real.second, "Second edition."), (real.first, "First edition.")
    for step in points(steps, seed=17, each=2):
        change(real.root, after[1])
        forget(real.root)
        real.run(die_at=min(step, len(steps) - 2))
        assert real.shown() in (before[0], after[0]), f"step {step}: the site is a mixture"
        real.run()
        assert real.shown() == after[0], f"step {step}: the next build is wrong"
        before, after = after, before


@pytest.mark.long
@pytest.mark.parametrize(
    "module, arguments", [("companion_press.commands.chapter", ["glossary"]), ("companion_press.paper", ["epub"])]
)
def test_a_page_or_an_edition_that_is_killed_leaves_what_was_there(real, module, arguments):
    change(real.root, "First edition.")
    real.run()
    real.run(module, *arguments)
    alone = real.root / "_build/chapter/html/book/glossary.html"
    book = real.root / "_build/html/paper/central-asia-companion.epub"
    change(real.root, "Second edition.")
    if module.endswith("paper"):
        real.run()
        assert not book.exists(), "an edition of another book is not offered"
    kept = shutil.copytree(real.root / "_build", real.root.parent / f"kept-{arguments[0]}", copy_function=carry)
    site, page = real.shown(), alone.read_bytes() if alone.exists() else None
    _, _, steps = real.run(module, *arguments)
    made, anew = real.shown(), alone.read_bytes() if alone.exists() else None
    assert (site, page) != (made, anew)
    for step in points(steps, seed=17, each=1):
        shutil.rmtree(real.root / "_build")
        shutil.copytree(kept, real.root / "_build", copy_function=carry)
        real.run(module, *arguments, die_at=step)
        assert real.shown() in (site, made), f"step {step}: the site is a mixture"
        assert page is None or alone.read_bytes() in (page, anew), f"step {step}: the page is half written"
        real.run(module, *arguments)
        assert real.shown() == made and (page is None or alone.read_bytes() == anew), f"step {step}"
