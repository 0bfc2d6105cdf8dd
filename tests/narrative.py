"""What a reader reads, taken out of a page's source: prose, captions, alternative texts, exercises."""

import re

import yaml

from companion import pages

#: The lists that close a section: ids of claims, whose words come from the ledger.
LISTED = re.compile(r"^(`{3,})\{sources-say\}[^\n]*\n.*?^\1\s*$", re.S | re.M)
HEADING = re.compile(r"^#{1,6} .*$", re.M)
#: What a cell's metadata may say around a figure or a table, in the order in which it is read.
AROUND = ("headline", "measure", "caption", "about")
FRAMING = {"Exercises", "Summary", "Further questions", "Sources"}


def without_fences(source):
    """Drop code blocks whole and the fence lines of directives, whose content is prose.

    A closing fence looks like the opening of a block without a language, so the
    lines are read in order with what is open.
    """
    kept, opened = [], []
    for line in source.splitlines():
        fence = re.match(r"(`{3,}|:{3,})\s*(.*)$", line)
        code = opened and opened[-1][1]
        if fence:
            marks, info = fence.groups()
            if opened and not info and marks[0] == opened[-1][0][0] and len(marks) >= len(opened[-1][0]):
                opened.pop()
            elif not code:
                opened.append((marks, not info.startswith("{")))
            kept.append("")
        elif not code:
            kept.append(line)
    assert not opened, f"a fence is never closed: {opened}"
    return "\n".join(kept)


def cell_options(cell):
    """Return the options of a code cell."""
    return yaml.safe_load(cell.options) or {}


def around(options):
    """Return the texts around the figure or the table of a cell, and the alternative text, as its options give them."""
    shown = options.get("mystnb", {})
    facts = {**shown.get("figure", {}), **shown.get("table", {})}
    texts = [facts[key] for key in AROUND if key in facts]
    return [*texts, shown["image"]["alt"]] if "image" in shown else texts


def figure_texts(source):
    """Return (name, what stands around the picture, alternative text) of each figure of a page."""
    found = []
    for cell in pages.cells(source):
        options = cell_options(cell).get("mystnb", {})
        if "figure" in options:
            *texts, alt = around({"mystnb": options})
            found.append((options["figure"]["name"], "\n\n".join(texts), alt))
    return found


def prose(source):
    """Return the page without code, options and machinery; the texts around figures and tables stay."""
    front = re.match(r"---\n(.*?)\n---\n", source, re.S)
    description = ""
    if front:
        head = yaml.safe_load(front.group(1)) or {}
        description = head.get("myst", {}).get("html_meta", {}).get("description", "")
        source = source[front.end() :]

    source = LISTED.sub("", pages.with_cells_as(source, lambda cell: "\n\n".join(around(cell_options(cell)))))
    source = without_fences(source)
    source = re.sub(r"<!--.*?-->", "", source, flags=re.S)
    source = re.sub(r"^\([a-z0-9-]+\)=\s*$", "", source, flags=re.M)
    source = re.sub(r"^:[a-z-]+:.*$", "", source, flags=re.M)  # the options of directives
    source = re.sub(r"^\{[.#][^}]*\}\s*$", "", source, flags=re.M)
    return f"{description}\n\n{source}"


def without_roles(text):
    """Return prose without roles, code spans and link targets: what was typed by hand."""
    text = re.sub(r"\{[a-z-]+\}`[^`]*`", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"`[^`]*`", "", text)


def paragraphs(source):
    """Yield (section, paragraph, what follows: ``cell`` or ``text``) for the prose of a chapter."""
    body = re.sub(r"^---\n.*?\n---\n", "", source, count=1, flags=re.S)
    body = LISTED.sub("", pages.with_cells_as(body, lambda cell: "\n\n@cell\n\n"))
    body = without_fences(body)
    body = re.sub(r"^\([\w-]+\)=\n", "", body, flags=re.M)  # labels belong to what follows
    section, blocks = "", [b.strip() for b in re.split(r"\n\s*\n", body)]
    blocks = [b for b in blocks if b]
    for position, block in enumerate(blocks):
        if block.startswith("## "):
            section = block.splitlines()[0][3:].strip()
            continue
        if block.startswith(("#", "(", "@cell", "{.", "- ", "|")):
            continue
        following = blocks[position + 1] if position + 1 < len(blocks) else ""
        yield section, block, "cell" if following == "@cell" else "text"
