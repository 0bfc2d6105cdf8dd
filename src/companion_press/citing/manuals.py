"""The styles of citations: which there are, and what each one's manual asks for that its CSL file cannot know.

The CSL files are the project's own (``styles/``, from the CSL project).
"""

import copy
import functools
import pathlib
import re

from companion_press.citing.csl_items import fixed, is_fixed

#: The style of lists of sources: their short names, author and year, are found in it at once.
LIST_STYLE = "chicago-author-date"

#: The styles by key, with the names that a reader sees.
STYLES = {
    "apa": "APA 7",
    "mla": "MLA 9",
    "chicago-notes": "Chicago 18, notes and bibliography",
    "chicago-author-date": "Chicago 18, author–date",
    "harvard": "Harvard",
}

#: Each style's file in ``styles/`` and the English it is set in: Cite Them Right is British.
FILES = {
    "apa": ("apa.csl", "en-US"),
    "mla": ("modern-language-association.csl", "en-US"),
    "chicago-notes": ("chicago-notes-bibliography.csl", "en-US"),
    "chicago-author-date": ("chicago-author-date.csl", "en-US"),
    "harvard": ("harvard-cite-them-right.csl", "en-GB"),
}

# Prepositions and conjunctions within a title: the short ones are small in headlines, which pandoc does not
# know of all; the long ones are small in MLA 9, while Chicago 18 (8.160) raises what has five letters or more.
SHORT = re.compile(r"(?<=[^:?!.—] )(amid|off|out|over|per|than|upon)(?= \w)")
LONG = re.compile(
    r"(?<=[^:?!.—] )(about|above|across|after|against|along|among|around|before|behind|below|beneath|"
    r"beside|between|beyond|despite|during|inside|since|through|throughout|"
    r"toward|towards|under|until|versus|within|without)(?= \w)"
)
_CHICAGO = ("chicago-notes", "chicago-author-date")
HEADLINES = ("mla", *_CHICAGO)


def prepared(item: dict, style: str) -> dict:
    """Return a record fitted to a style: what its manual asks for and its CSL file cannot know."""
    item = copy.deepcopy(item)
    if item["type"] == "document":
        # Chicago's file takes a document for an archival one and leaves it out of the bibliography.
        item["type"] = "webpage"
    untitled = re.fullmatch(r"\[(.+)\]", item["title"])
    if untitled:
        # What a source without a title is: all manuals set it plain, APA 7 in brackets.
        described = "; ".join(filter(None, (untitled[1], item.pop("genre", ""))))
        if style == "harvard":
            item["title"] = f"[{described}]"
        else:
            del item["title"]
            item["genre"] = described
    if style == "apa":
        if item["type"] == "webpage":
            item.pop("archive", None)  # APA's file would put the copy before the site that it copies
        if item["type"] == "map":
            # A map within a book is a part of it: its number stands where that of a figure does.
            item["type"], item["medium"] = "figure", "Map"
        if item.get("custom", {}).get("shown"):
            item["medium"] = item["custom"]["shown"]
        for name in ("title", "container-title"):
            if name in item:
                # APA 7: after a colon a sentence begins.
                item[name] = re.sub(r"(?<=: )[a-z]", lambda match: match[0].upper(), item[name])
        return item
    if item["type"] == "map":
        # A map within a book is a part of it, in quotation marks, not a work of its own, in italics.
        item["type"] = "figure"
    if style in _CHICAGO:
        for name in ("title", "container-title"):
            if name in item and not is_fixed(item[name]):
                item[name] = LONG.sub(lambda match: fixed(match[0].capitalize()), item[name])
    if style == "mla" and "archive" in item:
        # MLA 9: where a text was read is its second container.
        item["source"] = item.pop("archive")
    if style == "harvard":
        if "version" in item:
            item["edition"] = f"Version {item['version']}"
        if "number" in item:
            item["title"] += f" ({item.pop('number')})"
        if "genre" in item:
            item["medium"] = item["genre"]
        if item.get("issued", {}).get("circa"):
            # Its file knows no approximate date.
            item["issued"] = {"literal": f"c. {item['issued']['date-parts'][0][0]}"}
        if "version" in item and "container-title" in item:
            # Cite Them Right: ‘Chapter’, in Author, Book.
            item["type"], item["container-author"] = "chapter", item["author"]
    return item


@functools.cache
def style_sheet(style: str) -> str:
    """Return the CSL of a style without what relates an entry to its neighbours."""
    text = (pathlib.Path(__file__).parent / "styles" / FILES[style][0]).read_text("utf-8")
    # “treaty” is a type that no record has: nothing is ever ambiguous.
    text = text.replace('disambiguate="true"', 'type="treaty"')
    return re.sub(
        r' (?:disambiguate-add-[a-z-]+|givenname-disambiguation-rule|collapse|subsequent-author-substitute)="[^"]*"',
        "",
        text,
    )
