"""The form for a new source text: what it asks, and how it is read.

A form is YAML in which every value is text, so that ``00:09:57`` stays a time stamp and
``2027-11-02`` a day. The fields are the columns of the tables in ``data/``, and their
descriptions there are the questions.
"""

import json
import pathlib
import re
from typing import Any

import yaml

from companion_checks.problems import Problem, nearest
from companion_checks.rules import cards

KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
OPTIONAL = "(may stay empty)"  # stands in the question of a cell that may

#: Sections of a card, all of them needed: field of the form, and what it should say.
SECTIONS = {
    "who_speaks": "Author and outlet, and who else is given a voice; only what the text or the evidence says.",
    "where_and_when": "Place and date of the text, and what had not yet happened.",
    "standpoint": "From where it looks, and what it takes for granted.",
    "provenance": "Which copy was used, and how it came down to us.",
    "good_for": "What it knows best, or alone.",
    "careful_about": "Errors, silences, leanings.",
}
#: Their headings on the page; the last section, which lists the claims, is made by the book.
HEADINGS = dict(zip(SECTIONS, cards.SECTIONS))
#: Fields of its reference.
REFERENCE = {
    "type": "online (a page), article (in a journal, magazine or newspaper), book, or misc (no publisher stands behind it)",
    "author": "Last, First; several joined by “and”; an outlet in braces: {Example Herald}",
    "title": "The title, with capitals for names alone (a style raises what it wants raised; {braces} keep a name as it is)",
    "organization": "The site that published it",
    "journaltitle": "In its place, for an article: the journal, magazine or newspaper",
    "entrysubtype": "For an article: magazine or newspaper (may stay empty: a journal)",
    "volume": "For an article in a journal: the volume",
    "number": "For an article in a journal: the issue",
    "pages": "For an article: its pages, such as 7--29",
    "publisher": "For a book: who published it",
    "address": "For a book: the place of its publisher",
    "doi": "Its DOI, such as 10.1000/182",
    "date": "EDTF date that the source prints",
    "url": "Its address",
    "urldate": "The day on which it was read",
    "library": "Where a copy was read: the place of the copy",
    "note": "Whatever else a reader must know of it",
}
TEXT = {
    "file": "The text that was used; its checksum is taken, the text itself stays out of the book",
    "sha256": "In its place: the checksum, as sha256sum prints it",
    "sentences": 'How many sentences each paragraph or time stamp has: {"¶0": 1, "¶1": 2}',
}
#: What a claim brings into other tables: field of the form, table, whether it may stand several times.
PARTS = {
    "quantities": ("quantities", True),
    "report": ("event_reports", False),
    "memberships": ("memberships", True),
    "votes": ("votes", True),
    "conflicts": ("conflict_claims", True),
    "conclusions": ("conclusion_claims", True),
}
#: Rows of their own, where the claims need what the book does not have yet.
NEW = ("actors", "events", "places")
CHECK = {
    "claims": "Ids of the claims that it tests",
    "references": "Keys of the references behind it, each with its grade: {rfe2025-eyeing: published}",
}
LEFT_OUT = {
    "locator": "Paragraph or time stamp",
    "sentence": "Position in it",
    "why": "Why the sentence yields no claim",
}
SENTENCE = "Which sentence of the paragraph yields it: 1, or 1 and 2"


class Text(str):
    """A value of the form, with its line."""

    line = 0


class Entries(list[Any]):
    """A list in the form, with its line."""

    line = 0

    def sheets(self) -> "list[tuple[int, Sheet]]":
        """Return the entries that have fields, with their positions from 1; `read` has said what is wrong with others."""
        return [(number, entry) for number, entry in enumerate(self, start=1) if isinstance(entry, Sheet)]


class Sheet(dict[str, Any]):
    """A part of the form with named fields, and the line of each. What is missing, or of another kind, is empty."""

    line = 0

    def at(self, field: str) -> int:
        """Return the line of a field, or of the part where the field is missing."""
        return getattr(self.get(field), "line", 0) or self.line

    def text(self, field: str) -> str:
        """Return the text of a field."""
        value = self.get(field)
        return str(value) if isinstance(value, Text) else ""

    def part(self, field: str) -> "Sheet":
        """Return the part below a field."""
        value = self.get(field)
        return value if isinstance(value, Sheet) else Sheet()

    def entries(self, field: str) -> Entries:
        """Return the list below a field."""
        value = self.get(field)
        return value if isinstance(value, Entries) else Entries()


def tables(root: pathlib.Path) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Return the tables of the data package: their paths and fields by name."""
    package = json.loads((root / "data/datapackage.json").read_text("utf-8"))
    return {r["name"]: (r["path"], r["schema"]["fields"]) for r in package["resources"] if "schema" in r}


def columns(root: pathlib.Path, table: str, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the columns of a table with the question that each asks, some left out."""
    found = {}
    for field in tables(root)[table][1]:
        if field["name"] not in without:
            allowed = field.get("constraints", {}).get("enum")
            needed = "" if field.get("constraints", {}).get("required") else f" {OPTIONAL}"
            found[field["name"]] = (
                field["description"].rstrip(".")
                + (f": {', '.join(allowed)}" if allowed and allowed[0] not in field["description"] else "")
                + needed
            )
    return found


def shape(root: pathlib.Path) -> dict[str, Any]:
    """Return what the form may hold: text (a question), a part (a dictionary), or a list (of one kind of entry)."""
    claim: dict[str, Any] = {
        **columns(root, "claims", ("source", "grade")),
        "locator": LEFT_OUT["locator"],
        "sentence": SENTENCE,
    }
    for field, (table, several) in PARTS.items():
        inner = columns(root, table, ("claim",))
        if field == "quantities":
            inner["id"] += f"; by default the claim's, with -value {OPTIONAL}"
        claim[field] = [inner] if several else inner
    claim["conflicts"] = [columns(root, "conflict_claims", ("claim",))]
    return {
        "key": "Short name of the source: author and year, such as author2027",
        "reference": REFERENCE,
        "text": {**TEXT, "sentences": {}},
        "card": {
            "heading": "Heading of its page, such as: Author: a text to be cross-examined",
            **SECTIONS,
        },
        **{table: [columns(root, table)] for table in NEW},
        "claims": [claim],
        "left_out": [LEFT_OUT],
        "checks": [{**columns(root, "checks"), "claims": [CHECK["claims"]], "references": {}}],
        "leans_on": [{**columns(root, "dependences", ("one",))}],
    }


# -- reading -------------------------------------------------------------------------


def read(path: pathlib.Path, root: pathlib.Path) -> tuple[Sheet | None, list[Problem]]:
    """Read a form: its contents (None where it is not YAML), and what is wrong with its make-up."""

    def lost(wrong: str, right: str, row: int = 0) -> tuple[None, list[Problem]]:
        return None, [Problem(str(path), row, "", wrong, right)]

    try:
        node = yaml.compose(path.read_text("utf-8"), yaml.BaseLoader)
    except FileNotFoundError:
        return lost("the form is missing", f"Write an empty one: make new-source BLANK={path}")
    except OSError as error:
        return lost(f"the form cannot be read ({error.strerror})", "Name the file that holds it")
    except UnicodeDecodeError:
        return lost("the form is not UTF-8", "Save it with the encoding UTF-8")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        wrong = f"not valid YAML ({getattr(error, 'problem', error)})"
        right = "Fix the syntax at this place; a text with a colon stands in quotation marks"
        return lost(wrong, right, mark.line + 1 if mark else 0)
    problems: list[Problem] = []
    form = _built(node, path, problems) if node else Sheet()
    if not isinstance(form, Sheet):
        return lost("the form has no fields", "It begins with a line such as  key: author2027", 1)
    _fits(form, shape(root), "", path, problems)
    return form, problems


def _built(node: Any, path: pathlib.Path, problems: list[Problem]) -> Text | Sheet | Entries:
    """Return the value of a node of YAML, and add the fields that appear twice to the problems."""
    value: Text | Sheet | Entries
    if isinstance(node, yaml.ScalarNode):
        value = Text("" if node.style is None and node.value in ("null", "~") else node.value.strip())
    elif isinstance(node, yaml.SequenceNode):
        value = Entries(_built(inner, path, problems) for inner in node.value)
    else:
        value = Sheet()
        for name, inner in node.value:
            if name.value in value:
                line = name.start_mark.line + 1
                problems.append(Problem(str(path), line, name.value, "the field appears twice", "Drop one"))
            value[name.value] = _built(inner, path, problems)
    value.line = node.start_mark.line + 1
    return value


#: What a part of the form may be: how it is called, and how it is written.
KINDS: dict[Any, tuple[str, str]] = {
    str: ("a text", "a text"),
    dict: ("a group of fields", "fields, each on a line of its own"),
    list: ("a list", "a list, each entry after a hyphen"),
}


def _fits(value: Any, wanted: Any, where: str, path: pathlib.Path, problems: list[Problem]) -> None:
    """Compare a part of the form with its shape; an empty value fits everywhere."""
    kind = type(wanted)
    if value == "":
        return
    if not isinstance(value, kind):
        name, right = KINDS[kind]
        problems.append(Problem(str(path), value.line, where, f"this is not {name}", f"Write {right}"))
    elif kind is list:
        for number, entry in enumerate(value, start=1):
            _fits(entry, wanted[0], f"{where} {number}", path, problems)
    elif kind is dict and wanted:
        for field, inner in value.items():
            place = f"{where}, {field}".strip(", ")
            if field in wanted:
                _fits(inner, wanted[field], place, path, problems)
            else:
                wrong = f"the form has no field {field!r} here"
                problems.append(Problem(str(path), value.at(field), place, wrong, nearest(field, wanted)))


# -- the empty form --------------------------------------------------------------------------


def blank(root: pathlib.Path) -> str:
    """Return an empty form with a comment on each field."""
    head = (
        "# A source text for the book. Fill in what you can; a field that may stay empty can be deleted.\n"
        "# Then:  make new-source FORM=this-file DRY=1   to see what it would change,\n"
        "#        make new-source FORM=this-file         to add it.\n"
        "# Statements are in your own words; at most five words in a row are the source's.\n"
    )
    return head + "".join(_blank(field, wanted, 0) for field, wanted in shape(root).items())


#: What stands above a part of the empty form.
NOTES = {
    "text": "The text itself is not published: the book keeps its checksum and its length.",
    "actors": "Only those that data/actors.csv does not have yet; delete the section if there is none. So with events and places.",
    "claims": "One entry for each claim: what the text says in one place, right or wrong as a whole.",
    "left_out": "Each sentence that yields no claim, with the reason.",
    "checks": "What an independent look at public sources found; references are keys of seeds/references.bib with their grades.",
    "leans_on": "Sources or speakers with whom this one counts as one voice (shared wording, the same figures).",
}


def _blank(field: str, wanted: Any, depth: int, first: bool = False) -> str:
    """Return the lines of a field of the empty form."""
    pad = "  " * depth
    lead = pad[:-2] + "- " if first else pad
    note = "".join(f"{pad}# {NOTES[field]}\n" for _ in [0] if not depth and field in NOTES)
    if isinstance(wanted, str):
        return f"{lead}{field}:  # {wanted}\n"
    if isinstance(wanted, dict):
        inner = "".join(_blank(name, inside, depth + 1) for name, inside in wanted.items())
        if not inner:
            return f"{lead}{field}: {{}}  # {TEXT['sentences'] if field == 'sentences' else CHECK['references']}\n"
        text = f"{lead}{field}:\n{inner}"
        return _aside(text, pad) if depth else note + text
    entry = wanted[0]
    if isinstance(entry, str):
        return f"{lead}{field}: []  # {entry}\n"
    inner = "".join(
        _blank(name, inside, depth + 2, first=not place) for place, (name, inside) in enumerate(entry.items())
    )
    # Most forms need none of these: a comment keeps them at hand.
    text = f"{lead}{field}:\n{inner}"
    text = text if field == "claims" else _aside(text, pad)
    return "\n" * (not depth) + note + text


def _aside(text: str, pad: str) -> str:
    """Return lines as a comment that begins below `pad`."""
    return "".join(f"{pad}#{line[len(pad) :]}\n" for line in text.splitlines())
