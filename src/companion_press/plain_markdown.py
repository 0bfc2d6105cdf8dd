"""Text as Markdown that says the text and nothing else: for notebooks and for the readme of a figure's data.

What comes from the ledger, the references and the facts of a page is text. Whoever sets it into Markdown asks here, in
one place, because JupyterLab, VS Code, Colab and GitHub each read more than emphasis out of it: HTML, links, formulas.
"""

import re
from html import unescape

#: What begins something within a line: code, emphasis, a link, an element, an entity, a formula, a cell of a table.
_WITHIN = re.compile(r"[\\`*_~<>\[\]&$|]")
#: What begins a block where it stands first: a heading, an item of a list, the line under a heading.
_FIRST = re.compile(r"^(?=[#+=-])|^\d+(?=[.)])")


def text(words: str) -> str:
    """Return words as Markdown, in one line."""
    return _FIRST.sub(r"\g<0>\\", _WITHIN.sub(r"\\\g<0>", " ".join(words.split())))


def of_html(html: str) -> str:
    """Return a citation, which is HTML with titles in italics and addresses as links, as Markdown.

    Italics are marked with asterisks, links to the web stay links, all else is text.
    """
    found = []
    for part in re.split(r'(<a href="https?://[^"]*">.*?</a>|</?(?:cite|i|em)>|<[^>]*>)', html):
        if link := re.fullmatch(r'<a href="([^"]*)">(.*?)</a>', part):
            found.append(f"[{text(unescape(link[2]))}]({_target(unescape(link[1]))})")
        elif re.fullmatch(r"</?(?:cite|i|em)>", part):
            found.append("*")
        elif not part.startswith("<"):
            found.append(_spaced(unescape(part)))
    return "".join(found)


def _target(address: str) -> str:
    """Return an address as the target of a link: brackets and blanks would end it."""
    return re.sub(r"[()<>\s\\]", lambda match: f"%{ord(match[0]):02X}", address)


def _spaced(words: str) -> str:
    """Escape a part of a line, whose blanks at both ends are the line's."""
    return re.sub(r"\s+", " ", _WITHIN.sub(r"\\\g<0>", words))
