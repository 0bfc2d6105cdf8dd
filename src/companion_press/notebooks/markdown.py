"""MyST prose as plain Markdown, which JupyterLab, VS Code and Colab all show.

They know neither roles nor directives, so each is replaced by what the page
prints, with a link where there is something to link to. What has no plain form
here stops the build: a notebook must not show machinery.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from companion import pages, sources
from companion.ledger import Ledger
from companion_press import plain_markdown
from companion_press.evidence import later_events
from companion_press.prose import marks, sources_say


@dataclass(frozen=True)
class Place:
    """Something that a reference can point at.

    Attributes
    ----------
    page : name of its page, such as ``book/war``
    anchor : its id on that page; ``""`` for the page itself
    title : the words a reference prints: a heading, ``Figure 3.2``
    """

    page: str
    anchor: str
    title: str


@dataclass(frozen=True)
class Book:
    """What the prose of one page must know of all the others.

    Attributes
    ----------
    address : where the site is published, ending in ``/``; ``""`` where that is not known
    pages : place of each page by its name
    labels : place of each target, figure and exercise by its label
    terms : place of each term of the glossary, in lower case
    sources : by page, the headings and keys of the references its claims come from
    references : each reference in full, as HTML, by its key
    conflicts : by page, the ids of the disagreements that matter there and that its prose does not lead to
    notebooks : names of the pages that readers get as notebooks
    """

    address: str = ""
    pages: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)
    terms: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    references: dict = field(default_factory=dict)
    conflicts: dict = field(default_factory=dict)
    notebooks: frozenset = frozenset()


@dataclass
class Piece:
    """A stretch of prose. `kind` is ``text``, ``exercise``, ``solution`` (whole),
    ``solution-start`` or ``solution-end``; `label` names the exercise."""

    kind: str
    text: str
    label: str = ""


#: A directive as it stands in the text: its name, its argument, its options, its body.
Directive = tuple[str, str, dict[str, str], str]

FENCE = re.compile(r"(?P<marks>`{3,}|~{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\}[ \t]*(?P<argument>.*?))?(?P<info>[^`]*)$")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
TOKEN = re.compile(
    r"\{(?P<role>[\w:-]+)\}`(?P<content>[^`]+)`"
    r"|(?P<code>(?P<ticks>`+).+?(?P=ticks))"
    r"|(?<!!)\[(?P<words>(?:[^\[\]`]|`[^`]*`)*)\](?:\((?P<target>[^()\s]+)\)|\{(?P<attributes>[.#][^}]*)\})"
    r"|(?P<dollar>(?<!\\)\$)",
    re.S,
)
ADMONITIONS = {"note", "tip", "hint", "important", "attention", "caution", "warning", "danger", "seealso", "admonition"}
#: What is made for a page from the whole ledger, too long to be read in a notebook.
ON_THE_PAGE = {
    "check-rows": "Every check stands",
    "conclusion-rows": "Every conclusion with its confidence stands",
    "conflict-rows": "Every disagreement stands",
    "proposition-rows": "Every cell with its claims stands",
    "parallel-rows": "Every pair of paragraphs that are alike stands",
}
#: Stands at the end of a chapter's section on disagreements for those to which its prose does not lead: holds their ids.
MORE_DISAGREEMENTS = "more-disagreements"
#: Directives that only arrange what they hold.
CONTAINERS = {"grid", "grid-item", "grid-item-card", "card", "div", "container", "tab-set", "tab-item"}


class Prose:
    """The prose of one page of the book.

    Parameters
    ----------
    ledger : where claims and counts come from
    book : the places that references point at
    page : name of the page, such as ``book/war``

    Every method raises ``ValueError``, with the page and the words in question,
    for a role, a directive or a target that it does not know.
    """

    def __init__(self, ledger: Ledger, book: Book, page: str):
        self.ledger, self.book, self.page = ledger, book, page

    # -- blocks ----------------------------------------------------------------

    def pieces(self, text: str) -> list[Piece]:
        """Split prose at its exercises and solutions, and resolve all of it."""
        found: list[Piece] = []
        plain: list[str] = []

        def flush() -> None:
            body = self._tidy(plain)
            plain.clear()
            if body:
                found.append(Piece("text", body))

        for block in self._blocks(text):
            if isinstance(block, str):
                plain.append(block)
                continue
            name, argument, options, body = block
            if name == "exercise":
                flush()
                label = options["label"]
                found.append(Piece("exercise", f"### {self._place(label).title}\n\n{self.text(body)}", label))
            elif name in ("solution", "solution-start"):
                flush()
                heading = f"#### Solution to {self._place(argument).title}"
                found.append(Piece(name, f"{heading}\n\n{self.text(body)}".strip(), argument))
            elif name == "solution-end":
                flush()
                found.append(Piece(name, ""))
            else:
                plain.append(self._directive(name, argument, options, body))
        flush()
        return found

    def text(self, text: str) -> str:
        """Resolve prose that holds no exercise."""
        return self._tidy(
            [block if isinstance(block, str) else self._directive(*block) for block in self._blocks(text)]
        )

    @staticmethod
    def _tidy(parts: list[str]) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip()

    def _blocks(self, text: str) -> Iterator[str | Directive]:
        """Yield resolved lines and code blocks as text, directives as (name, argument, options, body)."""
        lines = iter(text.splitlines())
        paragraph: list[str] = []
        for line in lines:
            opening = FENCE.match(line)
            if not opening:
                if not re.match(r"\([\w-]+\)=\s*$|\{[.#][^}]*\}\s*$|%( |$)", line):
                    paragraph.append(line)
                continue
            # A role may run over a line's end: prose is resolved by stretches, not by lines.
            yield self.inline("\n".join(paragraph))
            paragraph.clear()
            marks, inside = opening["marks"], []
            for line in lines:
                closing = line.strip()
                if closing and set(closing) == {marks[0]} and len(closing) >= len(marks):
                    break
                inside.append(line)
            if opening["name"]:
                options, body = self._options(inside)
                yield opening["name"], (opening["argument"] or opening["info"]).strip(), options, body
            else:
                yield "\n".join([opening.group(), *inside, marks])
        yield self.inline("\n".join(paragraph))

    @staticmethod
    def _options(lines: list[str]) -> tuple[dict[str, str], str]:
        options = {}
        while lines and (option := OPTION.fullmatch(lines[0])):
            options[option[1]] = option[2]
            lines = lines[1:]
        return options, "\n".join(lines)

    def _directive(self, name: str, argument: str, options: dict[str, str], body: str) -> str:
        if name == "chapter-sources":
            return "\n\n".join(
                f"**{heading}**\n\n" + "\n".join(f"- {self.reference(key)}" for key in keys)
                for heading, keys in self.book.sources.get(self.page, [])
            )
        if name == "how-current":
            place = self.book.pages[pages.SINCE]
            return f"*{sources.how_current(self.ledger)}. What came later: {self.to(place, place.title)}.*"
        if name == "later-events":
            return self._later_events()
        if name == "sources-say":
            return self._sources_say(re.findall(r"[^\s,]+", body))
        if name == MORE_DISAGREEMENTS:
            ids = body.split()
            items = "\n".join(f"- {self.conflict(id)}" for id in ids)
            return f"\n{pages.more_side_by_side(len(ids))}:\n\n{items}\n"
        if name in ON_THE_PAGE:
            where = "on the page of the book that this notebook belongs to"
            return f"*{ON_THE_PAGE[name]} {f'[{where}]({self.book.address}{self.page}.html)' if self.book.address else where}.*"
        if name in ADMONITIONS or name == "dropdown":
            title = self.inline(argument) if argument else {"seealso": "See also"}.get(name, name.capitalize())
            return (
                "\n"
                + "\n".join(f"> {line}".rstrip() for line in f"**{title}**\n\n{self.text(body)}".splitlines())
                + "\n"
            )
        if name in CONTAINERS:
            title = argument if name in ("grid-item-card", "card", "tab-item") else ""
            return (f"\n**{self.inline(title)}**\n" if title else "") + f"\n{self.text(body)}\n"
        raise ValueError(
            f"{self.page}: the directive {{{name}}} has no plain form for the notebook; "
            "use another one or give it one in companion_press/notebooks/markdown.py"
        )

    def _later_events(self) -> str:
        """Return the closed list of the later events that touch the page."""
        place, ids = self.book.pages[pages.SINCE], later_events.touching(self.ledger, self.page)
        events = (later_events.item(self.ledger, id) for id in ids)
        items = "\n".join(f"- {plain_markdown.text(name)}, {day}" for name, day in events)
        where = self.to(place, place.title)
        return f"\n<details><summary>{later_events.title(self.ledger, ids)}</summary>\n\n{items}\n\n{where}\n\n</details>\n"

    def _sources_say(self, ids: list[str]) -> str:
        """Return the closed list of a section's further claims; Jupyter, VS Code and Colab keep HTML's own closed parts."""
        parts = []
        for key, rows in sources_say.by_source(self.ledger, ids).items():
            items = (f"- {plain_markdown.text(row['statement'])} ({self._passage(row)})" for row in rows)
            parts.append(f"**{plain_markdown.text(sources.short(key, self.ledger.root))}**\n\n" + "\n".join(items))
        heading = sources_say.heading(self.ledger, ids)
        return f"\n<details><summary>{heading}</summary>\n\n" + "\n\n".join(parts) + "\n\n</details>\n"

    def _passage(self, row: dict) -> str:
        facts = [sources_say.speaker(self.ledger, row), row["locator"], sources_say.verdict(self.ledger, row)]
        return ", ".join(map(plain_markdown.text, filter(None, facts)))

    # -- lines -----------------------------------------------------------------

    def inline(self, text: str, links: bool = True) -> str:
        """Resolve the roles and links of a line or paragraph.

        Dollar signs are escaped: between two of them Jupyter would see a formula.
        """
        marked = self._marks(text)

        def token(match: re.Match[str]) -> str:
            if match["role"]:
                return self._role(match["role"], match["content"], links) + marked.get(match.start(), "")
            if match["dollar"]:
                return r"\$"
            if match["code"]:
                return match["code"]
            words = self.inline(match["words"], links=False)
            if match["attributes"]:
                return words
            return self._link(words, match["target"]) if links else words

        return TOKEN.sub(token, text)

    def _marks(self, text: str) -> dict[int, str]:
        """Return what stands behind the claims of a text that a check did not bear out, by where each role begins."""
        stretch: list[str | tuple[str, ...]] = []
        starts: list[int] = []
        end = 0
        for match in TOKEN.finditer(text):
            if match["role"] in pages.FORMS:
                stretch += [text[end : match.start()], pages.split(match["content"])[1]]
                starts.append(match.start())
                end = match.end()
        stretch.append(text[end:])
        return {
            start: "".join(self._mark(mark) for mark in shown)
            for start, shown in zip(starts, marks.placed(self.ledger, stretch))
        }

    def _mark(self, mark: marks.Mark) -> str:
        if self.book.address:
            return f" ([{mark.verdict}]({self.book.address}book/checks.html#{mark.check}))"
        return f" ({mark.verdict})"

    def _role(self, role: str, content: str, links: bool) -> str:
        if role == pages.NOTE:
            return self._note(content)
        if role in pages.FORMS or role == "count":
            return self._value(role, content, links)
        if role == "conclusion":
            text, at = (
                pages.render_conclusion(self.ledger, content),
                f"{self.book.address}book/balance.html#conclusion-{pages.conclusion(content)}",
            )
            return f"([{text.strip('()')}]({at}))" if links and self.book.address else text
        match = pages.WORDS.fullmatch(content)
        words, target = match.groups() if match else ("", content)
        target = " ".join(target.split())
        if role == "conflict":
            return self.conflict(target, words or pages.SIDE_BY_SIDE)
        if role == "doc":
            place: Place | None = self._page(target)
        elif role == "term":
            place = self.book.terms.get(target.lower())
            words = words or target
        elif role in ("ref", "numref"):
            place = self._place(target)
            words = words.replace("%s", place.title.split()[-1])
        else:
            raise ValueError(f"{self.page}: the role {{{role}}}`{content}` has no plain form for the notebook")
        if place is None:
            raise ValueError(f"{self.page}: {{{role}}}`{content}` points at nothing")
        shown = self.inline(" ".join((words or place.title).split()), links=False)
        linked = self.to(place, shown) if links else shown
        # The title of a page to which no link leads is set off from the sentence.
        return f"“{shown}”" if role == "doc" and not words and linked == shown else linked

    def _value(self, role: str, content: str, links: bool) -> str:
        words, ids = pages.split(content) if role != "count" else ("", ())
        text = pages.render(self.ledger, role, content)
        # The author's words may hold emphasis; a value is only a value.
        text = self.inline(text, links=False) if words else plain_markdown.text(text)
        if not (ids and links and self.book.address):
            return text
        return f"[{text}]({self.book.address}book/ledger.html#{pages.anchor(self.ledger, ids[0])})"

    def _note(self, content: str) -> str:
        """Return the short citation of a sentence: each source with its places, such as ``Cafiero ¶9``."""
        places: dict[str, list[str]] = {}
        for id in pages.split(content)[1]:
            for claim in self.ledger.inputs(id):
                row = self.ledger.claim(claim)
                of_text = row["source"] in self.ledger.seeds
                name = (sources.author if of_text else sources.short)(row["source"], self.ledger.root)
                stops = places.setdefault(name, [])
                if of_text and row["locator"] not in stops:
                    stops.append(row["locator"])
        cited = "; ".join(" ".join([name, ", ".join(stops)]).strip() for name, stops in places.items())
        return f" [{plain_markdown.text(cited)}]"

    def conflict(self, id: str, words: str = "") -> str:
        """Return words that lead to a disagreement; by default what is in dispute.

        Without the site's address they say where to look.
        """
        try:
            title = self.ledger.conflict_titles[id]
        except KeyError:
            raise ValueError(f"{self.page}: the ledger has no disagreement {id!r}") from None
        title = plain_markdown.text(title)
        if self.book.address:
            return f"[{words or title}]({self.book.address}book/disagreement.html#{id})"
        return f"{words} (“{title}” on the page “{pages.DISAGREEMENTS}”)" if words else title

    def _link(self, words: str, target: str) -> str:
        if re.match(r"[a-z]+:", target):
            return f"[{words}]({target})"
        name, _, label = target.partition("#")
        place = self._place(label) if label else self._page(re.sub(r"\.(md|html)$", "", name))
        return self.to(place, words or place.title)

    def _place(self, label: str) -> Place:
        try:
            return self.book.labels[label]
        except KeyError:
            raise ValueError(f"{self.page}: nothing in the book is called {label!r}") from None

    def _page(self, target: str) -> Place:
        parts = [] if target.startswith("/") else self.page.split("/")[:-1]
        for part in target.strip("/").split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        try:
            return self.book.pages["/".join(parts)]
        except KeyError:
            raise ValueError(f"{self.page}: the book has no page {target!r}") from None

    def to(self, place: Place, words: str) -> str:
        """Link `words` to a place, or return them alone where no link would work.

        Within the notebook a heading's own anchor works without the site; another
        chapter is a file beside this one.
        """
        if place.page == self.page:
            if place.title and place.anchor and not re.match(r"(Figure|Exercise) [\d.]+$", place.title):
                return f"[{words}](#{self.heading_anchor(place.title)})"
            return words
        if self.book.address:
            anchor = f"#{place.anchor}" if place.anchor else ""
            return f"[{words}]({self.book.address}{place.page}.html{anchor})"
        if place.page in self.book.notebooks:
            return f"[{words}]({place.page.rsplit('/', 1)[-1]}.ipynb)"
        return words

    @staticmethod
    def heading_anchor(title: str) -> str:
        """Return the anchor that JupyterLab gives to a heading."""
        return title.replace(" ", "-").replace("(", "%28").replace(")", "%29")

    def reference(self, key: str) -> str:
        """Return the full reference of a source."""
        return plain_markdown.of_html(self.book.references[key])
