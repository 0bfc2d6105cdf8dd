"""A project in which text that means something in every grammar of the book stands wherever text may stand."""

import csv
import json
import re
import string
from dataclasses import dataclass

#: The grammars in which a text could be more than text: HTML, XML, CSS, templates, Markdown and MyST, TeX, BibTeX,
#: RIS, tables, addresses. The letters at the end are honest: right to left, a mark without a composed form, a pictogram.
#: None holds a digit, which names of conclusions may not have, or begins like a formula, which the checks refuse.
GRAMMARS = (
    "<script>alert()</script>",
    '"><img src=x onerror=alert()>',
    "'onfocus='alert()",
    "</script></style></title></textarea>]]>",
    "<!--",
    "<i>i</i>",
    '<span class="nocase">n</span>',
    "&amp;&#xab;&lt;b&gt;",
    "{{x*y}}",
    "${x*y}",
    "{% x %}",
    "\\input{x}",
    "%AA",
    "[x](javascript:alert())",
    "![y](//x.invalid/y)",
    "`code`",
    "*_x_*",
    "__y__",
    "~~z~~",
    "$x$",
    "#h",
    "},",
    "@book{k,",
    "TY - BOOK",
    "\\n",
    "a--b",
    "שלום",
    "سلام",
    "q\u0303",
    "🌾",
    "{\\",
)
HARD = " ".join(GRAMMARS)
#: What a name in a picture can hold without leaving it, and what five words of a source can.
LABEL = "<b>&amp;$x$`y`"
#: A reference is BibTeX: braces and backslashes have a meaning there that is the author's.
CITED = " ".join(part for part in GRAMMARS if not re.search(r"[{}\\]", part))
#: What stands behind a semicolon in the name of an institution is for the full reference.
BRIEF = "<b>&$x$*y*"
#: A word without a blank.
ENDLESS = "x" * 5000

#: Columns that the schema takes for text and a rule of `companion_checks` for more: what stands there is a name or a date.
HELD_BY_RULES = {
    "check_sources": ("reference",),
    "claims": ("source", "locator"),
    "conclusions": ("chapter", "since"),
    "coverage": ("source", "paragraph"),
    "deals": ("date",),
    "dependences": ("one", "other"),
    "derivations": ("formula", "period"),
    "event_reports": ("date",),
    "memberships": ("since", "until"),
    "parallels": ("source", "paragraph", "other", "other_paragraph"),
    "quantities": ("period", "since"),
    "resolutions": ("date",),
    "routes": ("reference",),
    "term_counts": ("source",),
    "terms": ("pattern",),
    "word_runs": ("source", "paragraph"),
}
#: Names that pictures print.
DRAWN = {("actors", "name"), ("conclusions", "label"), ("terms", "label"), ("claims", "words"), ("quantities", "unit")}
#: Units of which the rules know more than their name.
UNITS = re.compile(r"[A-Z]{3}|percent|ratio|times|ordinal")
MARK = re.compile(r"Zq[a-z]{4}")


@dataclass(frozen=True)
class Written:
    """A text and where it was written: the file or table, the row's first cell or the reference's key, the column or field."""

    text: str
    place: str
    row: str
    field: str


def free(resource):
    """Return the columns of a table that hold whatever its author writes."""
    keys = {name for key in resource["schema"].get("foreignKeys", ()) for name in key["fields"]}
    return [
        field["name"]
        for field in resource["schema"]["fields"]
        if field["type"] == "string"
        and not {"enum", "pattern"} & field.get("constraints", {}).keys()
        and field["name"] not in keys
    ]


def write(root, spared=()):
    """Write a text of its own into every cell and field of text of a project that is not empty; return the texts by their marks.

    Parameters
    ----------
    spared : words that stay, because the code of a page asks for them
    """
    found = {}

    def made(text, *place):
        n = len(found)
        mark = "Zq" + "".join(string.ascii_lowercase[n // 26**power % 26] for power in (3, 2, 1, 0))
        found[mark] = Written(f"{mark}{text}", *place)
        return found[mark].text

    package = json.loads((root / "data/datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        if "schema" in resource:
            _write_table(root / "data" / resource["path"], resource, spared, made)
    path = root / "seeds/references.bib"
    path.write_text(_written_references(path.read_text("utf-8"), made), "utf-8")
    return found


def _write_table(path, resource, spared, made):
    name = resource["name"]
    columns = [column for column in free(resource) if column not in HELD_BY_RULES.get(name, ())]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        first = next(iter(row.values()))
        for column in columns:
            if not row[column] or row[column] in spared or (column == "unit" and UNITS.fullmatch(row[column])):
                continue
            if column == "name" and re.search(r"\d", row[column]):
                continue  # prose may hold its digits because it is a name
            text = LABEL if (name, column) in DRAWN else f" {HARD}"
            if (name, column, number) == ("claims", "statement", 0):
                text = f" {ENDLESS}"
            row[column] = made(text, name, first, column)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


#: A line of the bibliography: an institution as author, or a field of words.
_FIELD = re.compile(
    r"^  (author = \{\{|(?:title|organization|journaltitle|publisher|howpublished|library|note) = \{)([^{}]+)(\}+,)$"
)


def _written_references(text, made):
    """Write into the titles, outlets, notes and institutions of the bibliography."""
    key, lines = "", []
    for line in text.split("\n"):
        if entry := re.match(r"@\w+\{(.+),", line):
            key = entry[1]
        if (field := _FIELD.match(line)) and field[2] != "Anonymous":
            name = field[1].split()[0]
            words = re.sub(
                "[&%$#_]", r"\\\g<0>", made(BRIEF if name == "author" else f" {CITED}", "references", key, name)
            )
            line = f"  {field[1]}{field[2]} {words}{field[3]}"
        lines.append(line)
    return "\n".join(lines)


def spared_by(pages):
    """Return the words in quotation marks, or behind an equals sign, by which the code and the counts of pages ask for rows."""
    text = "\n".join(pages)
    return set(re.findall(r"[\"'=]([a-zA-Z][a-zA-Z -]+)[\"'`|]", text))
