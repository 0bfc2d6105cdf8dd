"""The pages as text: which claims they use, where, and what a role prints.

Everything that must know the pages without building them asks here: the
validator, the ledger page, the notebooks and the tests.
"""

import functools
import pathlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from companion import confidence, counts, wording
from companion.ledger import ROOT, Ledger

#: The form in which each role prints a value (see `companion.wording.value`).
FORMS = {
    "claim": "full",
    "claim-short": "short",
    "claim-bare": "bare",
    "claim-signed": "signed",
    "claim-when": "when",
}
#: The role that stands at the end of a sentence, as a historian's note does: the ids of all claims behind it.
NOTE = "note"
ROLE = re.compile(r"\{(claim(?:-short|-bare|-signed|-when)?|count|note)\}`([^`]+)`")
#: The directive that closes a section: further claims of the source texts, their ids one after another.
SAID = re.compile(r"^(`{3,}|:{3,})\{sources-say\}[^\n]*\n(.*?)^\1\s*$", re.S | re.M)
#: Leads from the account to where the claims of a disagreement stand side by side.
CONFLICT = re.compile(r"\{conflict\}`([^`]+)`")
#: Prints how sure the book is of a conclusion, at the end of a sentence that states it.
CONCLUSION = re.compile(r"\{conclusion\}`([^`]+)`")
#: A code cell: its fence, its options (YAML between lines of three dashes, or a line with colons for each), its code.
_CELL = re.compile(
    r"^(`{3,})\{code-cell\}[^\n]*\n(?:---\n(?P<yaml>.*?)^---\n|(?P<lines>(?::[\w-]+:[^\n]*\n)*))(?P<code>.*?)^\1[ \t]*$",
    re.S | re.M,
)
#: The part of ``_toc.yml`` that holds the pages on the sources.
EVIDENCE = "The evidence"
#: The section of a chapter that ends with links to all disagreements that matter in it.
DISAGREEMENTS = "Where the sources disagree"
#: The page of what was reported after the account ends.
SINCE = "book/since"
#: The page of the terms that the book explains.
GLOSSARY = "book/glossary.md"
#: What the role prints where the author gives it no words.
SIDE_BY_SIDE = "Side by side"
WORDS = re.compile(r"(.*\S)\s*<([^<>]+)>\s*", re.S)


class Readable(Protocol):
    """A page: its path, or what holds its text in memory."""

    def read_text(self, encoding: str) -> str:
        """Return the text."""


@dataclass(frozen=True)
class Use:
    """One use of a claim role or a note: the role, the author's words (if any) and the ids."""

    line: int
    role: str
    words: str
    ids: tuple


@dataclass(frozen=True)
class Cell:
    """A code cell of a page.

    Attributes
    ----------
    start, end : where it begins and ends in the text of the page, fences included
    line : of its first fence, counted from 1
    options : what it says of itself, as YAML; empty where it says nothing
    code : its code
    code_start : where the code begins in the text of the page
    """

    start: int
    end: int
    line: int
    options: str
    code: str
    code_start: int


def more_side_by_side(count: int) -> str:
    """Return the line above the disagreements to which a chapter's prose does not lead, of which there are `count`."""
    return f"{count} more disagreement{' touches' if count == 1 else 's touch'} this chapter"


def split(content: str) -> tuple[str, tuple]:
    """Split a role's content into words and ids: ``kept quiet <a, b>`` gives (``kept quiet``, (a, b))."""
    match = WORDS.fullmatch(content)
    words, ids = match.groups() if match else ("", content)
    return words, tuple(id.strip() for id in ids.split(","))


def sources(root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Return the pages of the book in reading order, as ``_toc.yml`` lists them."""
    return _listed(_toc(root), root)


def landing(root: pathlib.Path = ROOT) -> pathlib.Path:
    """Return the page with which the book opens."""
    return sources(root)[0]


def chapters(root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Return the chapters in reading order: the pages of the numbered parts of ``_toc.yml``."""
    parts = [part for part in _toc(root)["parts"] if part.get("numbered")]
    return _listed(parts, root)


def evidence(root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Return the pages on the sources in reading order: those of the part *The evidence* of ``_toc.yml``."""
    return _listed([part for part in _toc(root)["parts"] if part.get("caption") == EVIDENCE], root)


def executed(root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Return the pages with cells in reading order: the landing page, the chapters, pages of the evidence."""
    return [path for path in sources(root) if runs_code(path.read_text("utf-8"))]


def notebooks(root: pathlib.Path = ROOT) -> list[pathlib.Path]:
    """Return the pages that readers get as notebooks: the chapters, and what has cells in the part *The evidence*."""
    return chapters(root) + [path for path in evidence(root) if runs_code(path.read_text("utf-8"))]


def _toc(root: pathlib.Path) -> dict[str, Any]:
    return _parsed((root / "_toc.yml").read_text("utf-8"))


@functools.lru_cache(maxsize=4)
def _parsed(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def _listed(toc: Any, root: pathlib.Path) -> list[pathlib.Path]:
    names: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            names.extend(node[k] for k in ("root", "file") if k in node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(toc)
    return [root / f"{name}.md" for name in names]


def docname(path: pathlib.Path, root: pathlib.Path = ROOT) -> str:
    """Return what Sphinx calls a page: ``book/war``."""
    return path.relative_to(root).with_suffix("").as_posix()


def runs_code(text: str) -> bool:
    """Say whether a page is a text notebook (it has a jupytext header)."""
    return "\njupytext:" in text[:400]


def cells(text: str) -> list[Cell]:
    """Return the code cells of a page in their order."""
    return [
        Cell(
            match.start(),
            match.end(),
            text.count("\n", 0, match.start()) + 1,
            re.sub("^:", "", match["lines"], flags=re.M) if match["yaml"] is None else match["yaml"],
            match["code"],
            match.start("code"),
        )
        for match in _CELL.finditer(text)
    ]


def with_cells_as(text: str, instead: Callable[[Cell], str]) -> str:
    """Return a page with something else in the place of each code cell."""
    parts, last = [], 0
    for cell in cells(text):
        parts += [text[last : cell.start], instead(cell)]
        last = cell.end
    return "".join([*parts, text[last:]])


def title(path: pathlib.Path) -> str:
    """Return the first heading of a page."""
    return re.findall(r"^# (.+)$", path.read_text("utf-8"), re.M)[0].strip()


def uses(path: Readable) -> list[Use]:
    """Return each use of a claim role or a note in a page, with its line."""
    text = path.read_text("utf-8")
    found = []
    for match in ROLE.finditer(text):
        role, content = match.groups()
        if role != "count":
            words, ids = split(content)
            found.append(Use(text.count("\n", 0, match.start()) + 1, role, words, ids))
    return found


def listed_claims(path: Readable) -> list[tuple[int, str]]:
    """Return the line and the id of each claim in the lists *What the sources say* of a page."""
    text = path.read_text("utf-8")
    return [
        (text.count("\n", 0, match.start(2) + word.start()) + 1, word.group())
        for match in SAID.finditer(text)
        for word in re.finditer(r"[^\s,]+", match.group(2))
    ]


def conflicts(path: Readable) -> list[tuple[int, str]]:
    """Return the line and the id of each disagreement that a page leads to."""
    text = path.read_text("utf-8")
    return [(text.count("\n", 0, match.start()) + 1, split(match.group(1))[1][0]) for match in CONFLICT.finditer(text)]


def conclusions(path: Readable) -> list[tuple[int, str]]:
    """Return the line and the id of each conclusion that a page states with its confidence."""
    text = path.read_text("utf-8")
    return [(text.count("\n", 0, match.start()) + 1, conclusion(match.group(1))) for match in CONCLUSION.finditer(text)]


def conclusion(content: str) -> str:
    """Return the conclusion that a role ``{conclusion}`` is about: the last part of ``that it has <influence-waned>``."""
    return split(content)[1][0]


def render_conclusion(ledger: Ledger, content: str) -> str:
    """Return what the role ``{conclusion}`` prints: ``(low confidence)``, or with words of the author's ``(low confidence that it has)``.

    The words are for a sentence that says who says it, where the confidence could be taken for that in who said it.

    Raises
    ------
    UnknownId
        There is no such conclusion.
    """
    words, (id, *_) = split(content)
    return f"({confidence.judge(ledger, id).grade} confidence{f' {words}' if words else ''})"


def counted(path: Readable) -> list[tuple[int, str]]:
    """Return the line and the query of each ``{count}`` in a page."""
    text = path.read_text("utf-8")
    return [
        (text.count("\n", 0, match.start()) + 1, match.group(2))
        for match in ROLE.finditer(text)
        if match.group(1) == "count"
    ]


def render(ledger: Ledger, role: str, content: str) -> str:
    """Return the plain text that a role prints.

    Raises ``UnknownId``, ``NoSingleValue`` or ``ValueError`` where the content
    asks for something the ledger does not hold.
    """
    if role == NOTE:
        for id in split(content)[1]:
            ledger.inputs(id)
        return ""
    if role == "count":
        return wording.in_words(counts.count(ledger, content))
    words, ids = split(content)
    if words:
        for id in ids:
            ledger.inputs(id)
        return " ".join(words.split())
    return wording.value(ledger, ids[0], FORMS[role])


def plain(text: str, ledger: Ledger) -> str:
    """Replace every role in `text` by what it prints: for alternative texts, descriptions, notebooks."""
    text = CONCLUSION.sub(lambda match: render_conclusion(ledger, match.group(1)), text)
    return ROLE.sub(lambda match: render(ledger, *match.groups()), text)


def anchor(ledger: Ledger, id: str) -> str:
    """Return the anchor of an id on the ledger page: its claim, or its derivation."""
    return id if ledger.is_derivation(id) else ledger.claim(id)["id"]


def names_with_digits(names: Iterable[str], glossary: str) -> list[str]:
    """Return those of some names, and of the terms of a glossary, that hold digits, longest first."""
    # In a glossary a term stands at the margin and its definition is indented.
    terms = re.findall(r"^(\S.*)\n(?=  +\S)", glossary, re.M)
    return sorted((name for name in {*names, *terms} if re.search(r"\d", name)), key=len, reverse=True)


def without(text: str, names: Iterable[str]) -> str:
    """Return `text` without some names, taken out in their order."""
    for name in names:
        text = text.replace(name, "")
    return text
