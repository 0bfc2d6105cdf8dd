"""Every citation of the book: records of what can be cited, and the styles that print them.

A record is a CSL-JSON item (a plain ``dict``): the book, a chapter, a figure, a
map, a row of the ledger, the data, or a source from ``seeds/references.bib``.
Page, panel, notebook and download ask here; `companion.exports` writes the same
records as BibTeX, RIS and CSL-JSON.

The styles are the CSL project's own (``styles/``), set by pandoc's citeproc. One
start of pandoc sets any number of records, so ask for many at once. Texts are
kept for the life of the process, and by `citation_store` for the next build. Pandoc is needed only
where a citation is set: this module can be imported without it.

`prepared`, `_eased` and `_corrected` hold all that the book does to the engine's input
and output, but for two places where a manual says otherwise than its CSL file (`_finish`);
``tests/test_citations.py`` compares the result with citeproc-js.
"""

import copy
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape

import yaml

from companion import pages, sources
from companion.ledger import ROOT

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

#: Places that have a name where others have a number.
_NAMED_PLACES = {"¶0": "standfirst", "caption": "caption"}

#: How a style writes a time stamp; the others print it bare.
_AT = {"chicago-notes": "at {}", "chicago-author-date": "at {}"}

#: So many citations are set by one start of pandoc, and so many pandocs run at a time: more would take too much memory.
BATCH, AT_A_TIME = 1200, 2

# What stands for the reader's own address and day while the engine runs, and is taken out again.
_ADDRESS = "https://address.invalid/"
_DAY = {"date-parts": [[8642, 9, 28]]}
_DAYS = {
    "28 September 8642": "d MMMM y",
    "28 Sept. 8642": "d MMM. y",
    "September 28, 8642": "MMMM d, y",
    "Sept. 28, 8642": "MMM. d, y",
}
# CSL has no label for a standfirst, and pandoc reads none for a time stamp: this paragraph stands in for both.
_PLACE = "8642"


@dataclass(frozen=True)
class Entry:
    """One citation, ready to be shown and copied.

    ``text`` and ``html`` can stand as they are: without a site's address they
    name none, and they never name a day of reading. ``text_full`` and
    ``html_full`` are for the page's script. They hold ``{url:PATH}``, to be
    replaced by the full address of PATH, which is relative to the site's root
    and empty for the root itself (absent where the site's address is known);
    and, in styles that print it, ``{accessed:FORMAT}``, to be replaced by
    today's date in FORMAT: ``d`` day, ``MMMM`` month, ``MMM.`` its
    abbreviation, ``y`` year. A source has an address of its own, or none; only
    where it has one can the day of reading follow.
    """

    text: str
    html: str
    text_full: str
    html_full: str


# -- records ------------------------------------------------------------------------


@functools.lru_cache(maxsize=4)
def work(root: pathlib.Path = ROOT) -> dict:
    """Return ``CITATION.cff``, the one place that holds the book's title, authors, version and date."""
    return yaml.safe_load((pathlib.Path(root) / "CITATION.cff").read_text("utf-8"))


def book(ledger, address="") -> dict:
    """Return the record of the whole book: an online book with a version.

    APA 7 puts the version of a work in brackets behind its title, MLA 9 in the
    element “version”, Chicago 18 and Cite Them Right in the place of an edition.

    Parameters
    ----------
    ledger : the ledger
    address : the site's address, ending in ``/``; ``""`` if it is not known
    """
    return _own(ledger, "book", "book", address, "", title=work(ledger.root)["title"])


def data(ledger, address="") -> dict:
    """Return the record of the data package.

    APA 7 marks it ``[Dataset]``; the others name it as a part of the book.
    """
    return _own(ledger, "data", "dataset", address, "data/README.html", title="Data Package", **_inside(ledger))


def chapter(ledger, docname: str, title: str, number: int, address="") -> dict:
    """Return the record of a chapter: in all styles a part of a book, its title plain or in quotation marks.

    Parameters
    ----------
    docname : the page (``book/war``)
    title : its heading
    number : the chapter's number in the book
    """
    return _own(
        ledger,
        docname.rsplit("/", 1)[-1],
        "chapter",
        address,
        f"{docname}.html",
        title=title,
        **{"chapter-number": str(number)},
        **_inside(ledger),
    )


def page(ledger, docname: str, title: str, address="") -> dict:
    """Return the record of a page that is no chapter: the glossary, the card of a source.

    Parameters
    ----------
    docname : the page (``book/glossary``)
    title : its heading
    """
    return _own(
        ledger, docname.rsplit("/", 1)[-1], "chapter", address, f"{docname}.html", title=title, **_inside(ledger)
    )


def figure(ledger, docname: str, anchor: str, number: str, title: str, kind: str, address="") -> dict:
    """Return the record of a figure or a map in a chapter.

    It is a part of the book, found by its number. Its title is the sentence that
    it shows, so no style turns it into headline capitals. APA 7 says what it is
    (``[Figure]``, ``[Map]``); MLA 9 and Chicago 18 give the number where they
    give the place of a part in a larger work; Cite Them Right has no field for
    a number, and so has it behind the title. The number is followed by the
    chapter or the page that holds it.

    Parameters
    ----------
    docname, anchor : the page and the figure's id on it
    number : the figure's number (``"3.2"``)
    title : what it shows; a full stop at the end is dropped
    kind : ``"figure"``, ``"map"`` or ``"table"``

    Raises
    ------
    ValueError
        `kind` is none of them.
    """
    if kind not in ("figure", "map", "table"):
        raise ValueError(f"figure {anchor!r}: kind is {kind!r}, must be 'figure', 'map' or 'table'")
    chapter = pages.title(ledger.root / f"{docname}.md")
    landing = docname == pages.docname(pages.landing(ledger.root), ledger.root)
    item = _own(
        ledger,
        anchor,
        "figure" if kind == "table" else kind,  # CSL knows no tables
        address,
        f"{docname}.html#{anchor}",
        title=_fixed(_no_stop(title)),
        number=f"{'Table' if kind == 'table' else 'Figure'} {number} {'on the landing page' if landing else f'in “{chapter}”'}",
        **_inside(ledger),
    )
    if kind == "table":
        item["custom"]["shown"] = "Table"
    return item


def claim(ledger, id: str, address="") -> dict:
    """Return the record of a row of the ledger, for whoever cites a claim as read in this book.

    It is an entry in a larger work, as in a catalogue; the statement is its
    title, and the row's id stands behind it because the entry is found by it.

    Raises ``UnknownId`` for an id that is no row.
    """
    row = ledger.derivation(id) if ledger.is_derivation(id) else ledger.claim(id)
    return _own(
        ledger,
        row["id"],
        "entry",
        address,
        f"book/ledger.html#{row['id']}",
        title=_fixed(f"{_no_stop(row['statement'])} (ledger row {row['id']})"),
        **_inside(ledger),
    )


def _own(ledger, id, type, address, path, **fields):
    facts = work(ledger.root)
    item = {
        "id": id,
        "type": type,
        **fields,
        "author": [{"literal": author["name"]} for author in facts["authors"]],
        "issued": {"date-parts": [[facts["date-released"].year]]},
        "version": str(facts["version"]),
        "language": "en-GB",
        "custom": {"path": path},
    }
    if address:
        item["URL"] = address + path
    return item


def _inside(ledger):
    return {"container-title": work(ledger.root)["title"]}


def _fixed(text):
    """Keep the capitals of a title in styles that change them."""
    return f'<span class="nocase">{text}</span>'


def _is_fixed(title):
    return re.fullmatch(r'<span class="nocase">[^<]*</span>', title) is not None


def _no_stop(text):
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def reference(ledger, key: str, read=False) -> dict:
    """Return the record of a source, from its entry in ``seeds/references.bib``.

    Titles stand there as a sentence does, in which names alone have capitals: what
    a style raises it raises itself. Braces in a title keep a name as it is written
    (``{bne} IntelliNews``), brackets around all of it say that there is no title and
    give what stands for one.

    `sources.TYPES` says what an entry can be. An ``@article`` is one of a journal unless
    it is one of a magazine or a newspaper (``entrysubtype``), ``@online`` a page,
    ``@misc`` a text that no publisher stands behind (``howpublished`` says what
    it is). ``organization`` is the site, and
    ``library`` the place of the copy that was read, where it is not the outlet:
    MLA 9 makes it a container of its own, APA 7 and Chicago 18 name it before
    the address. “Anonymous” is no author: all five styles begin with the title
    of a text that nobody signs.

    Parameters
    ----------
    ledger, key : the ledger and the entry's key
    read : whether the record has the day on which the book read the source, and the note
        on how. A list of the book's sources has them; whoever cites the source has a day
        of their own, which is printed where the source has no date (APA 7, MLA 9, Chicago 18) or always
        (Cite Them Right)

    Raises
    ------
    KeyError
        The bibliography lacks the key, or its entry is of a type that `sources.TYPES` lacks.
    ValueError
        A date is none that `is_date` allows.
    """
    entry = sources.references(ledger.root).entries[key]
    fields = {name: sources.plain(value) for name, value in entry.fields.items()}
    item = {"id": key, "type": sources.TYPES[sources.kind(entry)], "title": _title(entry.fields["title"])}
    people = [_person(person) for person in entry.persons.get("author", [])]
    if people and people != [{"literal": "Anonymous"}]:
        item["author"] = people
    for field, variable in _FIELDS.items():
        if field in fields and (read or field != "note"):
            item[variable] = fields[field]
    if "page" in item:
        item["page"] = item["page"].replace("--", "-")  # as BibTeX writes a range
    for field, variable in (("date", "issued"), *([("urldate", "accessed")] if read else [])):
        if field in fields:
            item[variable] = _date(fields[field])
    return item


def _title(raw):
    """Read a BibTeX title: what stands in braces keeps its capitals."""
    return "".join(
        _fixed(sources.plain(part)) if position % 2 else sources.plain(part)
        for position, part in enumerate(re.split(r"\{([^{}]*)\}", raw))
    )


_FIELDS = {
    "journaltitle": "container-title",
    "organization": "container-title",
    "howpublished": "genre",
    "publisher": "publisher",
    "address": "publisher-place",
    "volume": "volume",
    "number": "issue",
    "pages": "page",
    "doi": "DOI",
    "library": "archive",
    "url": "URL",
    "note": "note",
}


def _person(person):
    given = " ".join(person.first_names + person.middle_names)
    family = sources.plain(" ".join(person.prelast_names + person.last_names))
    return {"family": family, "given": sources.plain(given)} if given else {"literal": family}


def _date(edtf):
    if not sources.is_date(edtf):
        raise ValueError(f"{edtf!r} is no date that a citation can print")
    parts = [[int(n) for n in re.sub("[~?]", "", end).split("-")] for end in edtf.split("/")]
    return {"date-parts": parts, **({"circa": True} if "~" in edtf else {})}


# -- citations ----------------------------------------------------------------------


def entries(items, style: str) -> list[Entry]:
    """Return the bibliography entry of each record.

    Each is set as if it stood alone: no “2025a”, no dash for a repeated author.

    Parameters
    ----------
    items : records
    style : a key of `STYLES`

    Raises
    ------
    KeyError
        There is no such style.
    RuntimeError
        Pandoc cannot set a record; the message names it.
    """
    return _set([(item, None) for item in items], style)


def listed(ledger) -> dict[str, str]:
    """Return every reference of the book for a list of sources, as HTML by its key: the entry, and its note behind."""
    keys = list(sources.references(ledger.root).entries)
    records = [reference(ledger, key, read=True) for key in keys]
    found = {}
    for key, record, entry in zip(keys, records, entries(records, LIST_STYLE)):
        note = record.get("note", "")
        found[key] = f"{entry.html} {escape(note[0].upper() + note[1:])}." if note else entry.html
    return found


def citations(pairs, style: str) -> list[Entry]:
    """Return the citation in the text, or the whole first footnote in ``chicago-notes``, of each pair.

    Parameters
    ----------
    pairs : (record, locator); a locator is ``¶4``, ``¶0`` (the standfirst), ``caption``, ``00:09:57`` or ``""`` for none
    style : a key of `STYLES`

    Raises
    ------
    KeyError
        There is no such style.
    ValueError
        A locator is of another form.
    RuntimeError
        Pandoc cannot set a record; the message names it.
    """
    for item, locator in pairs:
        if locator and not sources.LOCATOR.fullmatch(locator):
            raise ValueError(f"{item['id']}: locator {locator!r} must be of the form ¶4 or 00:09:57")
    return _set(list(pairs), style)


def _set(pairs, style):
    keys = [(style, key(item, locator)) for item, locator in pairs]
    asked.update(keys)
    missing = {at: pair for at, pair in zip(keys, pairs) if at not in made}
    wanted = {
        (at, full): (item, locator, full)
        for at, (item, locator) in missing.items()
        for full in ((False, True) if _has_more(item) else (False,))
    }
    texts = dict(zip(wanted, _render(list(wanted.values()), style)))
    for at in missing:
        made[at] = Entry(*texts[at, False], *texts.get((at, True), texts[at, False]))
    return [made[at] for at in keys]


def _has_more(item):
    """Say whether only the page knows all: our own address, or the day on which a reader opens that of a source."""
    return "custom" in item or ("URL" in item and "accessed" not in item)


def key(item: dict, locator: str | None) -> str:
    """Return what a record with a locator (None for an entry) is known by."""
    return hashlib.sha256(json.dumps([item, locator], sort_keys=True).encode()).hexdigest()


#: Citations by style and `key`: those that are set (`citation_store` keeps them between builds), and those asked for.
made: dict[tuple[str, str], Entry] = {}
asked: set[tuple[str, str]] = set()


def _render(wanted, style):
    """Return (text, html) for each (record, locator or None for an entry, full or not)."""
    batches = []
    for entry in (True, False):
        places = [place for place, (_, locator, _) in enumerate(wanted) if (locator is None) == entry]
        batches += [places[start : start + BATCH] for start in range(0, len(places), BATCH)]

    def batch(places):
        asked = [
            (_eased(_for_engine(item, style, full), style), locator)
            for item, locator, full in (wanted[p] for p in places)
        ]
        return _pandoc(asked, style)

    texts = [None] * len(wanted)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for places, answers in zip(batches, pool.map(batch, batches)):
            for place, inlines in zip(places, answers):
                item, locator, _ = wanted[place]
                text, html = _write(inlines, "custom" not in item)
                texts[place] = tuple(_finish(t, item, locator, style) for t in (text, html))
    return texts


def _for_engine(item, style, full):
    item = {**item}
    own = item.pop("custom", None)
    if full:
        item["accessed"] = _DAY
    if own and full:
        item.setdefault("URL", _ADDRESS + own["path"])
    return prepared(item, style)


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
            if name in item and not _is_fixed(item[name]):
                item[name] = _LONG.sub(lambda match: _fixed(match[0].capitalize()), item[name])
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
def _style(style):
    """Return the CSL of a style without what relates an entry to its neighbours."""
    text = (pathlib.Path(__file__).parent / "styles" / FILES[style][0]).read_text("utf-8")
    # “treaty” is a type that no record has: nothing is ever ambiguous.
    text = text.replace('disambiguate="true"', 'type="treaty"')
    return re.sub(
        r' (?:disambiguate-add-[a-z-]+|givenname-disambiguation-rule|collapse|subsequent-author-substitute)="[^"]*"',
        "",
        text,
    )


def _pandoc(pairs, style):
    """Set (record, locator) pairs in one start of pandoc; return the inline elements of each.

    Every pair gets a record of its own, so that none is a repetition of another.
    """
    import pypandoc  # only where a citation is set: readers' kernels do without

    entries = pairs[0][1] is None
    records = [{**item, "id": f"r{n}"} for n, (item, _) in enumerate(pairs)]
    cites = [_cite("*")] if entries else []
    blocks = (
        []
        if entries
        else [
            {"t": "Div", "c": [[f"c{n}", [], []], [{"t": "Para", "c": [_cite(f"r{n}", locator)]}]]}
            for n, (_, locator) in enumerate(pairs)
        ]
    )
    meta = {"nocite": {"t": "MetaInlines", "c": cites}, "lang": {"t": "MetaString", "c": FILES[style][1]}}
    if not entries:
        meta["suppress-bibliography"] = {"t": "MetaBool", "c": True}
    with tempfile.TemporaryDirectory() as folder:
        csl, bibliography = pathlib.Path(folder, "style.csl"), pathlib.Path(folder, "records.json")
        csl.write_text(_style(style), "utf-8")
        bibliography.write_text(json.dumps(records), "utf-8")
        done = subprocess.run(
            [
                pypandoc.get_pandoc_path(),
                "--from=json",
                "--to=json",
                "--citeproc",
                f"--csl={csl}",
                f"--bibliography={bibliography}",
            ],
            input=json.dumps({"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}).encode(),
            capture_output=True,
        )
    names = {f"r{n}": item["id"] for n, (item, _) in enumerate(pairs)}
    if done.returncode or done.stderr:
        trouble = re.sub(r"\br\d+\b", lambda m: names.get(m[0], m[0]), done.stderr.decode())
        raise RuntimeError(f"pandoc cannot set these citations in {STYLES[style]}: {trouble.strip()}")
    found = {}
    for div in _divs(json.loads(done.stdout)["blocks"]):
        (id, _, _), content = div["c"]
        found[id] = [inline for block in content if block["t"] in ("Para", "Plain") for inline in block["c"]]
    return [found[f"ref-r{n}" if entries else f"c{n}"] for n in range(len(pairs))]


def _divs(blocks):
    for block in blocks:
        if block["t"] == "Div":
            if re.match(r"ref-r|c\d", block["c"][0][0]):
                yield block
            else:
                yield from _divs(block["c"][1])


def _cite(id, locator=""):
    suffix = []
    if locator:
        number = locator[1:] if locator.startswith("¶") and locator not in _NAMED_PLACES else _PLACE
        suffix = [
            {"t": "Str", "c": ","},
            {"t": "Space"},
            {"t": "Str", "c": "para."},
            {"t": "Space"},
            {"t": "Str", "c": number},
        ]
    cite = {
        "citationId": id,
        "citationPrefix": [],
        "citationSuffix": suffix,
        "citationMode": {"t": "NormalCitation"},
        "citationNoteNum": 1,
        "citationHash": 0,
    }
    return {"t": "Cite", "c": [[cite], [{"t": "Str", "c": "?"}]]}


def _write(inlines, links):
    """Return pandoc's inline elements as plain text and as HTML (italics, and addresses as links)."""
    text, html = [], []
    for inline in inlines:
        kind, content = inline["t"], inline.get("c")
        if kind == "Str":
            text.append(content)
            html.append(escape(content, quote=False))
        elif kind in ("Space", "SoftBreak"):
            text.append(" ")
            html.append(" ")
        elif kind in ("Emph", "Span", "Link", "Cite", "Note", "Strong", "SmallCaps", "Superscript", "Subscript"):
            inner = content[1] if kind in ("Span", "Link", "Cite") else content
            if kind == "Note":
                inner = [i for block in content for i in block["c"]]
            inner_text, inner_html = _write(inner, links)
            text.append(inner_text)
            if kind == "Emph":
                inner_html = f"<i>{inner_html}</i>"
            elif kind == "Link" and links:
                inner_html = f'<a href="{escape(content[2][0])}">{inner_html}</a>'
            html.append(inner_html)
        elif kind == "Quoted":
            left, right = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            inner_text, inner_html = _write(content[1], links)
            text.append(left + inner_text + right)
            html.append(left + inner_html + right)
        else:
            raise RuntimeError(f"pandoc returned {kind!r} within a citation")
    return "".join(text), "".join(html)


def _finish(text, item, locator, style):
    """Correct the engine's text and put markers or words where stand-ins went in."""
    text = _corrected(text, item, style, locator is not None)
    if locator and (locator in _NAMED_PLACES or ":" in locator):
        place = _NAMED_PLACES.get(locator) or _AT.get(style, "{}").format(locator)
        # MLA 9: no comma before a time.
        before = "(?:,(?= par))?" if style == "mla" and ":" in locator else ""
        text = re.sub(rf"{before}( ?)\b(?:para|par)\. {_PLACE}\b", rf"\g<1>{place}", text)
    if "custom" in item:
        path = item["custom"]["path"]
        text = text.replace(escape(_ADDRESS + path, quote=False), f"{{url:{path}}}")
    if style == "apa":
        # Its file says “Retrieved” also where no day follows.
        text = re.sub(r"\bRetrieved (?=<a|https?:)", "", text)
    for day, form in _DAYS.items():
        text = text.replace(day, f"{{accessed:{form}}}")
    return text


# Prepositions and conjunctions within a title: the short ones are small in headlines, which pandoc does not
# know of all; the long ones are small in MLA 9, while Chicago 18 (8.160) raises what has five letters or more.
_SHORT = re.compile(r"(?<=[^:?!.—] )(amid|off|out|over|per|than|upon)(?= \w)")
_LONG = re.compile(
    r"(?<=[^:?!.—] )(about|above|across|after|against|along|among|around|before|behind|below|beneath|"
    r"beside|between|beyond|despite|during|inside|since|through|throughout|"
    r"toward|towards|under|until|versus|within|without)(?= \w)"
)
_CHICAGO = ("chicago-notes", "chicago-author-date")
_HEADLINES = ("mla", *_CHICAGO)
# Stand in for double quotation marks and for the end of a title.
_OPEN, _CLOSE, _END = "\ue001", "\ue002", "\ue003"


def _eased(item, style):
    """Fit a record to what pandoc does otherwise than citeproc-js, the reference engine."""
    if style in _HEADLINES:
        for name in ("title", "container-title"):
            for small in (_SHORT, _LONG):  # Chicago's long ones have been raised
                if name in item and not _is_fixed(item[name]):
                    item[name] = small.sub(lambda match: _fixed(match[0]), item[name])
    if "title" not in item:
        return item
    title = item["title"]
    if style == "harvard" and item["type"] == "webpage":
        # An italic title keeps its double quotation marks.
        title = title.replace("“", _OPEN).replace("”", _CLOSE)
    if style == "chicago-notes" and re.search(r"([?!]|\.\.\.)(</span>)?$", title):
        # In a note the comma behind a question mark, or dots, stays.
        title += _END
    return {**item, "title": title}


def _corrected(text, item, style, cited):
    """Correct pandoc's text where it differs from that of citeproc-js."""
    text = text.replace(_OPEN, "“").replace(_CLOSE, "”")
    text = text.replace(_END, "") if cited else re.sub(rf"{_END}[.,]?(”?)[.,]?", r"\1", text)
    if style != "harvard":
        # American styles: a stop goes inside all quotation marks that close before it.
        text = re.sub(r"([’”])((?:</i>)?)([.,])((?:</i>)?”)?", _inside_quotes, text)
    return text


def _inside_quotes(match):
    quote, end, stop, outer = match.groups("")
    return f"{stop}{quote}{end}{outer}"
