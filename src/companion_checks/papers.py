"""The links of the papers that are no pages of the book: README, CONTRIBUTING, changelog, code of conduct, ``docs/``.

``python -m companion_checks.papers [ROOT]`` names each link that leads to no file of the project, or to no
heading of it, and each module that is named and is not there. Addresses on the web are asked by ``make links``; the pages' own links are held by the build.
"""

import pathlib
import re
import sys
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from companion_checks.problems import Problem, nearest

#: Where the papers are, below the project's folder.
PAPERS = ("*.md", "docs/*.md", "tests/benchmarks/*.md")


#: A module that is named in code: by its path below the project's folder, ``src/``, or one of the packages in that.
MODULE = re.compile(r"[\w./-]+/[\w-]+\.py")


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Yield all tokens of a text, those inside a line too."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a text; of two equal ones the second ends in ``-1``."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    given: set[str] = set()
    for opening, inline in zip(tokens, tokens[1:]):
        if opening.type == "heading_open":
            words = "".join(token.content for token in inline.children or [])
            plain = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            number = sum(name == plain or re.fullmatch(rf"{re.escape(plain)}-\d+", name) is not None for name in given)
            given.add(f"{plain}-{number}" if number else plain)
    return given


def links(text: str) -> Iterator[tuple[int, str]]:
    """Yield each link and picture of a text: the line in which its paragraph begins, and where it leads."""
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        for token in flat([block]):
            for key in ("href", "src"):
                if target := token.attrGet(key):
                    yield (block.map or [0])[0] + 1, str(target)


def modules(text: str) -> Iterator[tuple[int, str]]:
    """Yield each module that a text names in code: the line in which its paragraph begins, and its path."""
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        for token in flat([block]):
            if token.type == "code_inline" and MODULE.fullmatch(token.content):
                yield (block.map or [0])[0] + 1, token.content


def broken(root: pathlib.Path) -> list[Problem]:
    """Return a problem for each link that leads nowhere, and for each module that is not there.

    Parameters
    ----------
    root : folder of the project
    """
    problems = []
    papers = sorted(path for pattern in PAPERS for path in root.glob(pattern))
    folders = [root, root / "src", *sorted(path for path in (root / "src").glob("*") if path.is_dir())]
    held = {path.relative_to(root / "src").as_posix() for path in (root / "src").rglob("*.py")}
    for paper in papers:
        name = paper.relative_to(root).as_posix()
        for line, module in modules(paper.read_text("utf-8")):
            if not any((folder / module).is_file() for folder in folders):
                problems.append(Problem(name, line, "module", f"{module!r} is not there", nearest(module, held)))
        for line, target in links(paper.read_text("utf-8")):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            led = (paper.parent / unquote(parts.path)).resolve() if parts.path else paper
            if not led.exists() or not led.is_relative_to(root.resolve()):
                there = [path.name for path in led.parent.glob("*")] if led.parent.is_dir() else []
                problems.append(Problem(name, line, "link", f"{target!r} leads to no file", nearest(led.name, there)))
            elif parts.fragment and led.suffix == ".md":
                given = anchors(led.read_text("utf-8"))
                if parts.fragment not in given:
                    right = nearest(parts.fragment, given)
                    problems.append(Problem(name, line, "link", f"{target!r} leads to no heading", right))
    return problems


def main(root: str = ".") -> int:
    """Print what is broken; return the exit status."""
    problems = broken(pathlib.Path(root).resolve())
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
