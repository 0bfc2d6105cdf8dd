"""Web addresses: those of the bibliography, of cards, of the data package and in the links of pages."""

import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

from companion import pages
from companion_checks.problems import Problem
from companion_checks.project import Cards, Page, References
from companion_checks.registry import rule

WEB = "Write an address that begins with https:// or http:// and names a host, such as https://example.org/text"
#: What may stand in the fields of a card as an address even if it does not look like one.
ADDRESSES = ("recording", "url", "address")
#: A target of a link or an image in Markdown, of a definition ``[name]: target``, of ``<target>``, or in HTML.
TARGETS = re.compile(
    r"""\]\(\s*<?(?P<inline>[^\s()<>]+)
      | ^\ {0,3}\[[^\]]+\]:\s*<?(?P<defined>[^\s<>]+)
      | <(?P<bare>[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]+)>
      | \b(?:href|src)\s*=\s*["'](?P<attribute>[^"']+)["']""",
    re.M | re.X,
)
#: A host by its name, in the letters of which names on the web are made (others as ``xn--…``); no bare number.
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})\.?", re.I)
#: What stands in no address: it would be written as %.. there.
NEVER = re.compile(r"""[\x00-\x20\x7f<>"{}|\\^`]|\s""")
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
#: A span of code or the content of a role, in which nothing is a link.
SPAN = re.compile(r"`[^`\n]+`")


def is_web(address: str) -> bool:
    """Say whether an address leads to a page of the web: http or https, a host that has a name, nobody's password."""
    try:
        parts = urllib.parse.urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:  # brackets or a port that cannot be read
        return False
    return (
        parts.scheme in ("http", "https")
        and HOST.fullmatch(host) is not None
        and "@" not in parts.netloc
        and not NEVER.search(address)
    )


def is_mail(address: str) -> bool:
    """Say whether an address is one of electronic mail: ``mailto:name@host``."""
    return re.fullmatch(r"mailto:[^@\s]+@[^@\s]+\.[^@\s]+", address) is not None


@rule
def references_have_web_addresses(references: References) -> Iterator[Problem]:
    """The address of a reference leads to the web."""
    for entry in references.values():
        address = entry.fields.get("url", "")
        if address and not is_web(address):
            yield entry.problem("url", f"{address!r} is not a web address", WEB)


@rule
def references_have_plain_dois(references: References) -> Iterator[Problem]:
    """A DOI is written without the address in front of it."""
    for entry in references.values():
        doi = entry.fields.get("doi", "")
        if doi and not re.fullmatch(r"10\.\d{4,9}/\S+", doi):
            yield entry.problem("doi", f"{doi!r} is not a DOI", "Write it without an address, such as 10.1000/182")


@rule
def cards_have_web_addresses(cards: Cards) -> Iterator[Problem]:
    """An address at the head of a card leads to the web."""
    for card in cards.values():
        for field, value in card.head.items():
            # The address of a recording has a place for the time.
            address = value.replace("{seconds}", "0") if field == "recording" and isinstance(value, str) else value
            if isinstance(value, str) and (field in ADDRESSES or "://" in value) and not is_web(address):
                yield card.problem(1, field, f"{value!r} is not a web address", WEB)


@rule
def the_package_has_web_addresses(package: dict[str, Any]) -> Iterator[Problem]:
    """Licences, sources and the home of the data package are web addresses."""
    for where in (package, *package["resources"]):
        addresses = [("homepage", where["homepage"])] if "homepage" in where else []
        addresses += [
            (part, one["path"]) for part in ("licenses", "sources") for one in where.get(part, []) if "path" in one
        ]
        for part, address in addresses:
            if not is_web(address):
                field = part if where is package else f"{where['name']}.{part}"
                yield Problem("data/datapackage.json", 0, field, f"{address!r} is not a web address", WEB)


def _blank(text: str) -> str:
    """Return blanks in the place of all but the ends of lines."""
    return re.sub(r"[^\n]", " ", text)


@rule
def links_lead_to_the_web(page: Page) -> Iterator[Problem]:
    """A link of a page leads into the book, to the web, or to an address of mail."""
    # Code is blanked out and not cut out, so that lines keep their numbers.
    text = pages.with_cells_as(page.text, lambda cell: _blank(page.text[cell.start : cell.end]))
    text = SPAN.sub(lambda match: _blank(match.group()), text)
    for match in TARGETS.finditer(text):
        target = next(group for group in match.groups() if group)
        scheme = SCHEME.match(target)
        if not scheme and not target.startswith(("//", "www.")):
            continue  # a page, a file or a place of the book
        if not is_web(target) and not is_mail(target):
            line = page.text.count("\n", 0, match.start()) + 1
            wrong = f"{target!r} is not a web address"
            yield page.problem(line, "link", wrong, f"{WEB}; an address of mail begins with mailto:")
