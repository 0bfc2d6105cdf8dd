"""Asks what the form for a new source text asks, and writes the form."""

import pathlib
import re
import sys

import yaml

from companion_checks.new_source import source_form
from companion_checks.validate import nearest

#: Asked for every source; the other fields of the form can be added to the file by hand.
CLAIM_PARTS = {
    "quantities": "Does it give a number?",
    "report": "Does it date or place an event?",
    "memberships": "Does it say who belongs to what?",
    "conclusions": "Does it bear on a conclusion of the book?",
}


class Stopped(Exception):
    """The one who answers has had enough."""


def agreed(question: str) -> bool:
    """Ask a question that is answered by yes or no.

    Raises ``Stopped`` where the input ends.
    """
    return _line(f"{question} [y/N] ").lower() in ("y", "yes")


def _is_asked(field, form):
    """Say whether a field makes sense after what was answered so far."""
    if field == "sha256":
        return not form["text"].get("file")
    kind = form["reference"].get("type")
    return source_form.ONLY.get(field, kind) == kind


def ask(root: pathlib.Path, path: pathlib.Path) -> bool:
    """Ask for a source and write the form; return whether all was answered.

    An answer that cannot be right is asked for again. Where the input ends, what was
    answered so far is kept in the form.
    """
    shape, form = source_form.shape(root), {}
    allowed = {
        table: {f["name"]: f.get("constraints", {}).get("enum") for f in fields}
        for table, (_, fields) in source_form.tables(root).items()
    }
    print("Each answer is one line; an empty one leaves the field out. Ctrl+D ends, and keeps what there is.\n")
    try:
        form["key"] = _answer(
            shape["key"],
            check=lambda text: (
                "" if source_form.KEY.fullmatch(text) else "Write lower-case letters, digits and hyphens"
            ),
            needed=True,
        )
        for part in ("reference", "text", "card"):
            print(f"\n{part.capitalize()}")
            form[part] = {}
            for field, question in shape[part].items():
                if field == "sentences":
                    form[part][field] = _lengths()
                elif _is_asked(field, form):
                    may_be = {"type": source_form.TYPES, "entrysubtype": source_form.SUBTYPES}.get(field)
                    needs = source_form.TYPES.get(form["reference"].get("type"), {})
                    text = _answer(f"{field}: {question}", may_be, needed=field in ("type", "title", "heading", *needs))
                    if text:
                        form[part][field] = text
        form["claims"], form["left_out"] = [], []
        for locator, count in form["text"]["sentences"].items():
            for sentence in map(str, range(1, count + 1)):
                print(f"\n{locator}, sentence {sentence}")
                if not agreed("Does it yield a claim?"):
                    form["left_out"].append(
                        {"locator": locator, "sentence": sentence, "why": _answer("Why not?", needed=True)}
                    )
                    continue
                another = True
                while another:
                    claim = {"locator": locator, "sentence": sentence}
                    form["claims"].append(claim)
                    _fields(shape["claims"][0], allowed["claims"], claim)
                    for field, question in CLAIM_PARTS.items():
                        if agreed(question):
                            table, several = source_form.PARTS[field]
                            inner, wanted = {}, shape["claims"][0][field]
                            claim[field] = [inner] if several else inner
                            _fields(wanted[0] if several else wanted, allowed[table], inner)
                    another = agreed("Does it yield another one?")
    except Stopped:
        _write(form, path)
        print(f"\nStopped. What you answered stands in {path}.", file=sys.stderr)
        return False
    _write(form, path)
    print(f"\nThe form stands in {path}.")
    return True


def _line(prompt):
    try:
        return input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        raise Stopped from None


def _answer(question, allowed=None, check=None, needed=False):
    """Ask until the answer can be right; only where it is not needed it may be empty."""
    while True:
        text = _line(f"{question}\n> ")
        if text and allowed and text not in allowed:
            print(f"  {text!r} is not allowed here. {nearest(text, allowed)}")
        elif text and check and check(text):
            print(f"  {check(text)}")
        elif needed and not text:
            print("  An answer is needed here.")
        else:
            return text


def _fields(questions, allowed, part):
    """Ask for the cells of a row that are not known yet."""
    for field, question in questions.items():
        if isinstance(question, str) and field not in part:
            text = _answer(f"{field}: {question}", allowed.get(field), needed=source_form.OPTIONAL not in question)
            if text:
                part[field] = text


def _lengths():
    """Ask for the length of the text, paragraph by paragraph."""
    print("sentences: each paragraph or time stamp with its number of sentences, such as “¶0 1”; an empty line ends")
    found = {}
    while True:
        text = _line("> ")
        match = re.fullmatch(r"(¶\d+|caption|\d\d:\d\d:\d\d)\s+([1-9]\d*)", text)
        if match:
            found[match.group(1)] = int(match.group(2))
        elif text:
            print("  Write a paragraph (¶3) or a time stamp (00:01:02), and how many sentences it has")
        elif found:
            return found
        else:
            print("  An answer is needed here.")


def _write(form, path):
    text = yaml.safe_dump(form, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(
        f"# Written by make new-source; the fields are explained in an empty form (make new-source BLANK=FILE).\n{text}",
        "utf-8",
    )
