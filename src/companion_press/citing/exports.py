"""Records of `csl_items` as files: BibTeX, RIS and CSL-JSON.

A file names no day of reading, and an address only where the record has one.
"""

import json

from companion_press.citing import coins

#: Record type: the entry type of classic BibTeX, and the reference type of RIS.
_TYPES = {
    "book": ("book", "BOOK"),
    "chapter": ("incollection", "CHAP"),
    "entry": ("incollection", "CHAP"),
    "figure": ("incollection", "FIGURE"),
    "map": ("incollection", "MAP"),
    "dataset": ("misc", "DATA"),
    "webpage": ("misc", "ELEC"),
    "document": ("misc", "GEN"),
    "article-magazine": ("article", "MGZN"),
    "article-newspaper": ("article", "NEWS"),
    "article-journal": ("article", "JOUR"),
}
#: The files that a record comes as, by their endings, with the names that a reader sees.
FILES = {"bib": "BibTeX", "ris": "RIS", "json": "CSL-JSON"}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_CONTAINER = {"incollection": "booktitle", "article": "journal"}
#: What is known of a source that was printed: CSL's name, BibTeX's field and the tag of RIS.
_PRINTED = (
    ("publisher", "publisher", "PB"),
    ("publisher-place", "address", "CY"),
    ("volume", "volume", "VL"),
    ("issue", "number", "IS"),
    ("page", "pages", ""),
    ("DOI", "doi", "DO"),
)
_ESCAPES = {c: "\\" + c for c in "&%$#_{}"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def exported(item: dict, ending: str) -> str:
    """Return a record as the file with this ending (a key of `FILES`)."""
    return {"bib": bibtex, "ris": ris, "json": csl_json}[ending](item)


def bibtex(item: dict) -> str:
    """Return a record as one BibTeX entry that biber reads as well.

    Titles stand in double braces: no style changes their capitals. Version and
    number stand in ``note``, which every style prints as it is.
    """
    kind = _TYPES[item["type"]][0]
    fields = {}
    if "author" in item:
        fields["author"] = " and ".join(_bibtex_name(name) for name in item["author"])
    fields["title"] = "{" + _escaped(coins.plain(item["title"])) + "}"
    if "container-title" in item:
        fields[_CONTAINER.get(kind, "organization")] = _escaped(coins.plain(item["container-title"]))
        if kind == "incollection":
            fields["booktitle"] = "{" + fields["booktitle"] + "}"
    if "chapter-number" in item:
        fields["chapter"] = item["chapter-number"]
    if "genre" in item:
        fields["howpublished"] = _escaped(item["genre"])
    fields.update({field: _escaped(item[name]) for name, field, _ in _PRINTED if name in item})
    if "pages" in fields:
        fields["pages"] = fields["pages"].replace("-", "--")
    date, about = _date(item), item.get("issued", {}).get("circa")
    if date:
        # BibTeX reads year and month, biber the date (EDTF), which has the day too.
        fields["year"] = f"ca. {date[0]}" if about else str(date[0])
        fields["date"] = "-".join(f"{part:02d}" for part in date) + ("~" if about else "")
    note = [_escaped(text) for text in (item.get("number"), _version(item), _copy(item)) if text]
    if note:
        fields["note"] = "; ".join(note)
    if "URL" in item:
        fields["url"] = item["URL"].replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items()]
    if len(date) > 1:
        lines.append(f"  month = {_MONTHS[date[1] - 1]},\n")
    return f"@{kind}{{{_key(item)},\n{''.join(lines)}}}\n"


def ris(item: dict) -> str:
    """Return a record in RIS, with the tags that Zotero and EndNote read; the version is the edition."""
    date = _date(item)
    lines = [("TY", _TYPES[item["type"]][1]), ("ID", _key(item))]
    lines += [("AU", _ris_name(name)) for name in item.get("author", [])]
    lines.append(("TI", coins.plain(item["title"])))
    lines.append(("T2", coins.plain(item.get("container-title", ""))))
    lines.append(("PY", str(date[0]) if date else ""))
    if len(date) > 1:
        lines.append(("DA", "/".join([str(date[0]), *(f"{n:02d}" for n in date[1:])] + [""] * (3 - len(date))) + "/"))
    lines += [("ET", _version(item)), ("M3", item.get("genre", "")), ("SE", item.get("chapter-number", ""))]
    lines += [(tag, item.get(name, "")) for name, _, tag in _PRINTED if tag]
    lines += list(zip(("SP", "EP"), item.get("page", "").split("-")))
    lines += [("N1", text) for text in (item.get("number"), _copy(item), _about(item)) if text]
    lines += [("LA", item.get("language", "")), ("UR", item.get("URL", ""))]
    return "".join(f"{tag}  - {value}\n" for tag, value in lines if value) + "ER  - \n"


def csl_json(item: dict) -> str:
    """Return a record as a CSL-JSON file: a list with one item."""
    kept = {name: value for name, value in item.items() if name != "custom"}
    return json.dumps([{**kept, "id": _key(item)}], ensure_ascii=False, indent=2) + "\n"


def _key(item):
    """A source keeps its key; what is ours is ``companion2026-…``."""
    if "custom" not in item:
        return item["id"]
    return f"companion{_date(item)[0]}-{item['id']}"


def _escaped(text):
    return "".join(_ESCAPES.get(character, character) for character in text)


def _version(item):
    return f"Version {item['version']}" if "version" in item else ""


def _copy(item):
    return f"Copy at {item['archive']}" if "archive" in item else ""


def _about(item):
    """RIS has no approximate date."""
    return "The date is approximate" if item.get("issued", {}).get("circa") else ""


def _date(item):
    """The first day, month or year of a record's date; nothing if it has none."""
    return item["issued"]["date-parts"][0] if "issued" in item else []


def _bibtex_name(name):
    if "literal" in name:
        return "{" + _escaped(name["literal"]) + "}"
    return _escaped(f"{name['family']}, {name['given']}")


def _ris_name(name):
    return name.get("literal") or f"{name['family']}, {name['given']}"
