"""Records of `csl_items` as files: BibTeX, BibLaTeX, RIS and CSL-JSON.

A file names no day of reading, and an address only where the record has one. What Zotero, citation-js and pandoc make
of each is held by ``tests/test_reference_managers.py``. The formats differ in what they can say:

- classic BibTeX knows no web page (``@misc``) and prints a version only as a note; its file has the fields that
  BibLaTeX and pandoc read besides, since most programs read a ``.bib`` of either kind;
- BibLaTeX has ``@dataset``, which Zotero leaves out without a word: data are ``@misc`` with their ``type``;
- RIS has no institutions (`_ris_name`) and no approximate date; pandoc reads no more of it than the year.
"""

import json
import re
from collections.abc import Iterable

from companion_press.citing import interchange
from companion_press.citing.csl_items import marked_up, plain

#: The files that a record comes as, by their endings, with the names that a reader sees.
FILES = {"bib": "BibTeX", "biblatex.bib": "BibLaTeX", "ris": "RIS", "json": "CSL-JSON"}

#: The type of a record (`interchange`): the entry types of BibTeX and BibLaTeX, and the reference type of RIS.
_TYPES = {
    "book": ("book", "book", "BOOK"),
    "chapter": ("incollection", "inbook", "CHAP"),
    "dataset": ("misc", "misc", "DATA"),
    "webpage": ("misc", "online", "ELEC"),
    "manuscript": ("unpublished", "unpublished", "MANSCPT"),
    "article-magazine": ("article", "article", "MGZN"),
    "article-newspaper": ("article", "article", "NEWS"),
    "article-journal": ("article", "article", "JOUR"),
}
_SUBTYPES = {"article-magazine": "magazine", "article-newspaper": "newspaper"}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: What is known of a source that was printed: CSL's name, BibTeX's field and the tag of RIS.
_PRINTED = (
    ("publisher", "publisher", "PB"),
    ("publisher-place", "address", "CY"),
    ("volume", "volume", "VL"),
    ("issue", "number", "IS"),
    ("page", "pages", ""),
    ("DOI", "doi", "DO"),
)
#: Fields that are lists: readers part them at “and”, unless they stand in braces of their own.
_LISTS = ("publisher", "address", "organization")
_ESCAPES = {c: "\\" + c for c in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def exported(item: dict, ending: str) -> str:
    """Return a record as the file with this ending (a key of `FILES`)."""
    return {"bib": bibtex, "biblatex.bib": biblatex, "ris": ris, "json": csl_json}[ending](item)


def bibtex(item: dict) -> str:
    """Return a record as one entry of classic BibTeX.

    Titles stand in double braces: no style changes their capitals. What classic
    styles have no field for (the version, the number, what a text is) stands in
    ``note``, which every style prints as it is, and again where others read it.
    """
    item = interchange.record(item)
    fields = _shared_fields(item)
    if "container-title" in item:
        field = {"chapter": "booktitle", "webpage": "organization"}.get(item["type"], "journal")
        fields[field] = _braced(plain(item["container-title"]), field)
    date = _date(item)
    if date:
        # BibTeX reads year and month, others the date (EDTF), which has the day too.
        fields["year"] = f"ca. {date[0]}" if _is_approximate(item) else str(date[0])
        fields["date"] = _edtf(item)
    version = item.get("edition", "")
    if "version" in item:
        fields["version"], version = escaped(item["version"]), f"Version {item['version']}"
    notes = [item.get("genre"), item.get("note"), version, _copy(item)]
    return _entry(_TYPES[item["type"]][0], item, fields, notes, date[1:2])


def biblatex(item: dict) -> str:
    """Return a record as one entry of BibLaTeX, as its manual has it."""
    item = interchange.record(item)
    fields = _shared_fields(item)
    if "container-title" in item:
        field = {"chapter": "booktitle", "webpage": "organization"}.get(item["type"], "journaltitle")
        fields[field] = _braced(plain(item["container-title"]), field)
    if "address" in fields:
        fields["location"] = fields.pop("address")
    for name in ("edition", "version"):
        if name in item:
            fields[name] = escaped(item[name])
    if "issued" in item:
        fields["date"] = _edtf(item)
    if "language" in item:
        fields["langid"] = {"en-GB": "british"}[item["language"]]
    return _entry(_TYPES[item["type"]][1], item, fields, [item.get("note"), _copy(item)])


def _shared_fields(item: dict) -> dict[str, str]:
    """The fields that BibTeX and BibLaTeX write alike."""
    fields = {}
    if "author" in item:
        fields["author"] = " and ".join(_bibtex_name(name) for name in item["author"])
    fields["title"] = "{" + escaped(plain(item["title"])) + "}"
    if item["type"] in _SUBTYPES:
        fields["entrysubtype"] = _SUBTYPES[item["type"]]
    if "chapter-number" in item:
        fields["chapter"] = item["chapter-number"]
    if "genre" in item:
        fields["type"] = escaped(item["genre"])
    fields.update({field: _braced(plain(item[name]), field) for name, field, _ in _PRINTED if name in item})
    if item["type"] == "dataset":
        fields["organization"], fields["type"] = fields.pop("publisher"), "dataset"
    if "pages" in fields:
        fields["pages"] = fields["pages"].replace("-", "--")
    return fields


def _entry(
    kind: str, item: dict, fields: dict[str, str], notes: Iterable[str | None], month: Iterable[int] = ()
) -> str:
    note = [escaped(text) for text in notes if text]
    if note:
        fields["note"] = "; ".join(note)
    if "URL" in item:
        fields["url"] = item["URL"].replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
    lines += [f"  month = {_MONTHS[number - 1]},\n" for number in month]
    return f"@{kind}{{{item['id']},\n{''.join(lines)}}}\n"


def ris(item: dict) -> str:
    """Return a record in RIS, with the tags that Zotero and EndNote read."""
    item = interchange.record(item)
    date = _date(item)
    lines = [("TY", _TYPES[item["type"]][2]), ("ID", item["id"])]
    lines += [("AU", _ris_name(name)) for name in item.get("author", [])]
    lines.append(("TI", plain(item["title"])))
    lines.append(("T2", plain(item.get("container-title", ""))))
    lines.append(("PY", str(date[0]) if date else ""))
    if len(date) > 1:
        lines.append(("DA", "/".join([str(date[0]), *(f"{n:02d}" for n in date[1:])] + [""] * (3 - len(date))) + "/"))
    # Of a dataset the tag is the version, and a manager says so: “Version Version 0.1.0”.
    lines.append(("ET", item.get("edition") or item.get("version", "")))
    lines += [("M3", item.get("genre", "")), ("SE", item.get("chapter-number", ""))]
    lines += [(tag, item.get(name, "")) for name, _, tag in _PRINTED if tag]
    lines += list(zip(("SP", "EP"), item.get("page", "").split("-")))
    about = "The date is approximate" if _is_approximate(item) else ""
    # What a text is has a tag that some readers skip, and so stands in the note too; two notes would be a list to some.
    lines.append(("N1", "; ".join(filter(None, (item.get("genre"), item.get("note"), _copy(item), about)))))
    lines += [("LA", item.get("language", "")), ("UR", item.get("URL", ""))]
    # A tag begins a line: a value that ran over its end could say one of its own.
    return "".join(f"{tag}  - {' '.join(value.split())}\n" for tag, value in lines if value) + "ER  - \n"


def csl_json(item: dict) -> str:
    """Return a record as a CSL-JSON file: a list with one item."""
    return json.dumps([marked_up(interchange.record(item))], ensure_ascii=False, indent=2) + "\n"


def escaped(text: str) -> str:
    """Return text so written that LaTeX and the readers of BibTeX take it for text."""
    # Two hyphens would become a dash.
    return re.sub("-(?=-)", "-{}", "".join(_ESCAPES.get(character, character) for character in _paired(text)))


def _paired(text: str) -> str:
    """Replace a brace that has no partner by the full-width one, which compatibility normalisation (NFKC) turns back.

    BibTeX counts braces before it knows of escapes: one that stands alone ends the entry or swallows the next,
    and readers drop the commands by which LaTeX would name it.
    """
    letters, opened = list(text), []
    for place, letter in enumerate(letters):
        if letter == "{":
            opened.append(place)
        elif letter == "}" and opened:
            opened.pop()
        elif letter == "}":
            letters[place] = "｝"
    for place in opened:
        letters[place] = "｛"
    return "".join(letters)


def _braced(text: str, field: str) -> str:
    """Escape the value of a field, and hold a title, or what is one item of a list, together."""
    if field == "booktitle" or (field in _LISTS and " and " in text):
        return "{" + escaped(text) + "}"
    return escaped(text)


def _copy(item: dict) -> str:
    return f"Copy at {item['archive']}" if "archive" in item else ""


def _is_approximate(item: dict) -> bool:
    return item.get("issued", {}).get("circa", False)


def _edtf(item: dict) -> str:
    return "-".join(f"{part:02d}" for part in _date(item)) + ("~" if _is_approximate(item) else "")


def _date(item: dict) -> list[int]:
    """The first day, month or year of a record's date; nothing if it has none."""
    return item["issued"]["date-parts"][0] if "issued" in item else []


def _bibtex_name(name: dict[str, str]) -> str:
    if "literal" in name:
        return "{" + escaped(name["literal"]) + "}"
    return escaped(f"{name['family']}, {name['given']}")


def _ris_name(name: dict[str, str]) -> str:
    """Write a name: RIS parts family and given names at a comma, and has nothing else to tell an institution by.

    One that ends with a comma has no given name, for EndNote, Zotero and pandoc alike; a comma within the name of
    an institution would part it, and a dash takes its place.
    """
    if "literal" in name:
        return name["literal"].replace(", ", " – ") + ","
    return f"{name['family']}, {name['given']}"
