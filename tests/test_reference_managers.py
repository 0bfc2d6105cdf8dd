"""Whoever takes a reference into a program of their own finds there what it is, whose, of when and of which version.

Pandoc reads the files here and now. What Zotero's own translators and citation-js read is recorded in
``fixtures/reference-managers.json`` (``fixtures/record_reference_managers.py`` says how).
"""

import json
import pathlib
import re
import subprocess
import unicodedata

import pypandoc
import pytest
from pybtex.database import parse_string

from built_site import needs
from companion import sources
from companion_press.citing import coins, csl_items, exports
from test_citations import ADDRESS, LEDGER, own, printed

FIXTURE = pathlib.Path(__file__).parent / "fixtures/reference-managers.json"

#: Sources of each kind, and authors that trip a reader.
SOURCES = (
    "korybko2025",  # a page of a site, read in a copy
    "cafiero2025",  # a magazine
    "ozpinar2025",  # a newspaper
    "anon2024",  # nobody signs it; a machine's retranslation, of an approximate date
    "kerlindsay",  # a machine's summary of a video, undated
    "chathamhouse2022-what",  # an institution of two words; a month
    "imagonend-russia",  # an institution with commas
    "paperlabnd-public",  # with one comma
    "themoscowtimes2023-russia",  # with “and”
    "taylorfrancisnd-russians",  # with an ampersand
)

#: CSL's types of the records, and what Zotero and the readers of CSL are to make of them.
TYPES = {
    "book": ("book", "book"),
    "chapter": ("bookSection", "chapter"),
    "entry": ("bookSection", "chapter"),
    "figure": ("bookSection", "chapter"),
    "map": ("bookSection", "chapter"),
    "dataset": ("dataset", "dataset"),
    "document": ("manuscript", "manuscript"),
    "webpage": ("webpage", "webpage"),
    "article-magazine": ("magazineArticle", "article-magazine"),
    "article-newspaper": ("newspaperArticle", "article-newspaper"),
    "article-journal": ("journalArticle", "article-journal"),
}
#: Where a format, or a program's reading of it, has no such type: the reader, the ending, the record's type.
LESS = {
    ("zotero", "bib", "webpage"): "document",
    ("zotero", "bib", "dataset"): "document",
    ("zotero", "biblatex.bib", "dataset"): "document",
    **{
        (reader, ending, f"article-{kind}"): journal
        for reader, journal in (("zotero", "journalArticle"), ("citation-js", "article-journal"))
        for ending in ("bib", "biblatex.bib")
        for kind in ("magazine", "newspaper")
    },
    ("pandoc", "bib", "webpage"): "",
    ("pandoc", "bib", "dataset"): "",
    ("pandoc", "biblatex.bib", "dataset"): "",
    ("pandoc", "ris", "webpage"): "misc",
    ("citation-js", "bib", "webpage"): "document",
    ("citation-js", "bib", "dataset"): "document",
    ("citation-js", "biblatex.bib", "dataset"): "document",
}


def taken():
    """The records that are taken away: one of each kind, and those that trip a reader."""
    more = [
        csl_items.page(LEDGER, "book/glossary", "Glossary", ADDRESS),
        csl_items.figure(LEDGER, "book/institutions", "table", "2.1", "Votes, and who cast them", "table", ADDRESS),
    ]
    return [*own(ADDRESS), *more, *printed(), *(csl_items.reference(LEDGER, key) for key in SOURCES)]


def cases():
    """What the programs were given: the records in each format, and as they stand on a page."""
    return [
        {
            "key": record["id"],
            "ending": ending,
            "text": coins.title(record) if ending == "coins" else exports.exported(record, ending),
        }
        for record in taken()
        for ending in (*exports.FILES, "coins")
    ]


@pytest.fixture(scope="module")
def recorded():
    """What Zotero and citation-js read, by key and ending."""
    found = json.loads(FIXTURE.read_text("utf-8"))
    assert [{name: case[name] for name in ("key", "ending", "text")} for case in found] == cases(), (
        "the fixture is out of date: run tests/fixtures/record_reference_managers.py"
    )
    return {(case["key"], case["ending"]): case for case in found}


@pytest.fixture(scope="module")
def by_pandoc():
    """What pandoc reads, by key and ending; each format is read at once."""
    formats = {"bib": "bibtex", "biblatex.bib": "biblatex", "ris": "ris", "json": "csljson"}
    found = {}
    for ending, name in formats.items():
        texts = [exports.exported(record, ending) for record in taken()]
        whole = json.dumps([json.loads(text)[0] for text in texts]) if ending == "json" else "\n".join(texts)
        done = subprocess.run(
            [pypandoc.get_pandoc_path(), "--from", name, "--to", "csljson"],
            input=whole,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        assert not done.stderr
        for item in json.loads(done.stdout):
            found[re.sub(r"^companion\d+-", "", item["id"]), ending] = item
    return found


RECORDS = pytest.mark.parametrize("record", taken(), ids=lambda record: record["id"])
ENDINGS = pytest.mark.parametrize("ending", exports.FILES)
ENDINGS_AND_PAGE = pytest.mark.parametrize("ending", [*exports.FILES, "coins"])
BY_CITATION_JS = pytest.mark.parametrize("reader", ["pandoc", "citation-js"])


def expected_type(reader, ending, record):
    return LESS.get((reader, ending, record["type"]), TYPES[record["type"]][reader != "zotero"])


def expected_names(record, ending):
    """Each author as (name, given name); an institution has none. RIS knows no comma within an institution."""
    return [
        (name["literal"].replace(", ", " – ") if ending == "ris" else name["literal"], "")
        if "literal" in name
        else (name["family"], name["given"])
        for name in record.get("author", [])
    ]


def expected_title(record):
    return alike(csl_items.plain(record["title"]))


def alike(text):
    """A text without what programs write in their own way: marks for capitals, and which quotation marks there are."""
    text = unicodedata.normalize("NFKC", re.sub(r"</?span[^>]*>", "", text))
    return re.sub("[‘’']", "'", text)


def whole_family(name):
    """A family name with what pandoc takes for its “von”: the words in front that begin with a small letter."""
    return f"{name.get('dropping-particle', '')} {name['family']}".strip()


def iso(record):
    return "-".join(f"{part:02d}" for part in record["issued"]["date-parts"][0]) if "issued" in record else ""


def iso_of_zotero(text):
    """The date of an item: as in the file, or in words where it came as parts."""
    months = "January February March April May June July August September October November December".split()
    words = re.fullmatch(r"([A-Z]\w+) (?:(\d+), )?(\d{4})", text)
    if not words:
        return text.rstrip("~ ")
    return "-".join([words[3], f"{months.index(words[1]) + 1:02d}", *([f"{int(words[2]):02d}"] if words[2] else [])])


@RECORDS
@ENDINGS_AND_PAGE
def test_zotero_finds_what_it_is_whose_and_of_when(recorded, record, ending):
    item = recorded[record["id"], ending]["zotero"]
    assert item["itemType"] == expected_type("zotero", ending, record)
    assert alike(item["title"]) == expected_title(record)
    assert [
        (creator.get("lastName") or creator["name"], creator.get("firstName", "")) for creator in item["creators"]
    ] == expected_names(record, ending)
    assert all(creator.get("single", True) for creator in item["creators"]), "an institution has one field for its name"
    assert iso_of_zotero(item.get("date", "")) == iso(record)
    assert item.get("url", "") == record.get("URL", "")


@RECORDS
@ENDINGS_AND_PAGE
def test_zotero_finds_the_work_that_it_is_in_the_version_and_the_number(recorded, record, ending):
    item = recorded[record["id"], ending]["zotero"]
    works = [item.get(name) for name in ("bookTitle", "publicationTitle", "websiteTitle", "repository", "publisher")]
    assert record.get("container-title", record.get("publisher")) in works
    if "version" in record:
        named = item.get("edition"), item.get("versionNumber"), *(text for text in item["notes"])
        version = f"Version {record['version']}"
        if ending == "bib":
            assert any(version in text for text in item["notes"])
        elif record["type"] == "dataset":
            # Zotero says “Version” itself; its own documents have no place for one, nor has what stands on a page.
            if ending in ("ris", "json"):
                assert item["versionNumber"] == record["version"]
        else:
            assert item["edition"] == version
        assert not any("Version Version" in text for text in named if text)
    if "number" in record and ending != "coins":
        about = " ".join([item.get("extra", ""), *item["notes"]])
        assert record["number"] in about and ("(map)" in about) == (record["type"] == "map")


@pytest.mark.parametrize("key", ["anon2024", "kerlindsay"])
@ENDINGS_AND_PAGE
def test_what_a_text_is_comes_along(recorded, by_pandoc, key, ending):
    genre = csl_items.reference(LEDGER, key)["genre"]
    assert genre.startswith("machine")
    item = recorded[key, ending]["zotero"]
    assert item["abstractNote" if ending == "coins" else "manuscriptType"] == genre
    if ending != "coins":
        item = recorded[key, ending]["citation-js"]
        assert genre in (item.get("genre"), *item.get("note", "").split("; "))
    if ending not in ("ris", "coins"):  # pandoc reads no such tag of RIS
        assert by_pandoc[key, ending]["genre"] == genre


@RECORDS
@ENDINGS
@BY_CITATION_JS
def test_readers_of_csl_find_what_it_is_whose_and_of_when(recorded, by_pandoc, record, ending, reader):
    item = by_pandoc[record["id"], ending] if reader == "pandoc" else recorded[record["id"], ending][reader]
    assert item["type"] == expected_type(reader, ending, record)
    assert alike(item["title"]) == expected_title(record)
    assert item.get("URL", "") == record.get("URL", "")
    parts = record["issued"]["date-parts"] if "issued" in record else None
    # Of RIS pandoc reads the year alone, and so does citation-js of a newspaper, whose authors it calls reporters.
    is_newspaper = (reader, ending, record["type"]) == ("citation-js", "ris", "article-newspaper")
    if parts and ending == "ris" and (reader == "pandoc" or is_newspaper):
        parts = [parts[0][:1]]
    assert item.get("issued", {}).get("date-parts") == parts
    if is_newspaper:
        assert item["reporter"] == "Özpınar, Zeynep Gizem"
    else:
        assert [
            (name.get("literal") or whole_family(name), name.get("given", "")) for name in item.get("author", [])
        ] == expected_names(record, ending)
    if record.get("issued", {}).get("circa") and ending != "ris" and reader == "pandoc":
        assert item["issued"]["circa"]


@RECORDS
@ENDINGS
@BY_CITATION_JS
def test_readers_of_csl_find_the_work_and_the_version(recorded, by_pandoc, record, ending, reader):
    item = by_pandoc[record["id"], ending] if reader == "pandoc" else recorded[record["id"], ending][reader]
    work = record.get("container-title", record.get("publisher"))
    works = [item.get(name) for name in ("container-title", "collection-title", "publisher")]
    assert work in works, "an “and” parts no title and no publisher"
    if "version" not in record:
        return
    named = [item.get(name, "") for name in ("edition", "version", "note")]
    if record["type"] == "dataset":
        # Pandoc takes the tag of RIS for an edition.
        assert item["edition" if (reader, ending) == ("pandoc", "ris") else "version"] == record["version"]
    elif ending == "bib":
        assert f"Version {record['version']}" in item["note"]
    else:
        assert item["edition"] == f"Version {record['version']}"
    assert not any("Version Version" in text for text in named)


def test_what_was_printed_has_its_publisher_volume_and_pages_for_every_reader(recorded, by_pandoc):
    book, article = (record["id"] for record in printed())
    assert recorded[book, "coins"]["zotero"]["publisher"] == "Example University Press"
    for ending in exports.FILES:
        zotero, csl = recorded[book, ending]["zotero"], recorded[book, ending]["citation-js"]
        assert (zotero["publisher"], zotero["place"]) == ("Example University Press", "London")
        assert (csl["publisher"], csl["publisher-place"]) == ("Example University Press", "London")
        assert by_pandoc[book, ending]["publisher"] == "Example University Press"
        if ending != "ris":  # pandoc reads no such tag
            assert by_pandoc[book, ending]["publisher-place"] == "London"
        zotero = recorded[article, ending]["zotero"]
        wanted = ["12", "3", "45-67", "10.1000/182"]
        assert [zotero[name].replace("–", "-") for name in ("volume", "issue", "pages", "DOI")] == wanted
        assert recorded[article, "coins"]["zotero"]["pages"] == "45-67"
        for item in (by_pandoc[article, ending], recorded[article, ending]["citation-js"]):
            assert [item[name] for name in ("volume", "issue", "page", "DOI")] == wanted


def test_a_publisher_with_and_in_its_name_is_one_publisher():
    book = {**printed()[0], "publisher": "Example and Sons", "publisher-place": "Newcastle and London"}
    for ending, name in {"bib": "bibtex", "biblatex.bib": "biblatex"}.items():
        read = pypandoc.convert_text(exports.exported(book, ending), "csljson", format=name)
        (item,) = json.loads(read)
        assert (item["publisher"], item["publisher-place"]) == ("Example and Sons", "Newcastle and London")


# -- every reference of the book, by parsers that are here --------------------------------


def all_records():
    return [
        *own(),
        *own(ADDRESS),
        *printed(),
        *(csl_items.reference(LEDGER, key) for key in sources.references(LEDGER.root).entries),
    ]


def unescaped(text):
    return re.sub(r"\\([&%$#_{}])", r"\1", text).strip("{}")


@pytest.mark.parametrize("ending", ["bib", "biblatex.bib"])
def test_bibtex_is_read_by_two_parsers_without_loss(ending):
    import bibtexparser

    for record in all_records():
        text = exports.exported(record, ending)
        assert ("  url = " in text) == ("URL" in record)
        assert "urldate" not in text and "read in" not in text, "how the book read a source is not how a reader does"
        # Outside the address, TeX's own characters are escaped.
        assert not re.search(r"(?<!\\)[&%$#_]", re.sub(r"  url = .*|^@.*", "", text, flags=re.M)), text
        (entry,) = parse_string(text, "bibtex").entries.values()
        library = bibtexparser.parse_string(text)
        assert len(library.entries) == 1 and not library.failed_blocks
        for title in (entry.fields["title"], library.entries[0]["title"]):
            assert alike(unescaped(title)) == expected_title(record)
        assert entry.fields.get("url", "") == record.get("URL", "")
        assert len(entry.persons.get("author", [])) == len(record.get("author", []))
        assert ("archive" in record) == (f"Copy at {record.get('archive')}" in entry.fields.get("note", ""))


#: What biblatex wants of an entry, and how a record says that nobody knows it.
UNKNOWN = {"date, year": "issued", "url, doi, eprint": "URL", "author": "author"}


def test_biber_finds_in_biblatex_nothing_wrong_but_what_is_not_known(tmp_path):
    """LaTeX's own reader, with the fields and kinds that its data model allows."""
    program = needs("biber", "biber")
    # Its keys differ where the same record stands once more with an address.
    records = {f"entry{place}": record for place, record in enumerate(all_records())}
    texts = [
        re.sub(r"(@\w+\{)[^,]+", rf"\1{key}", exports.exported(one, "biblatex.bib")) for key, one in records.items()
    ]
    (tmp_path / "all.bib").write_text("\n".join(texts), "utf-8")
    words = [program, "--tool", "--validate-datamodel", "--output-file", "read.bib", "all.bib"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert (tmp_path / "read.bib").read_text("utf-8").count("\n@") + 1 >= len(records)
    told = [line for line in done.stdout.splitlines() if re.match("WARN|ERROR", line)]
    for line in told:
        key, lacking = re.fullmatch(
            r"WARN - Datamodel: Entry '(\w+)' \(all\.bib\): Missing mandatory field(?: - one of)? '([^']+)'.*", line
        ).groups()
        assert UNKNOWN[lacking] not in records[key], line
    assert 0 < len(told) < len(records) / 2, "sources without a date or an address"


def test_bibtex_and_biblatex_have_the_fields_of_their_manuals():
    """As JabRef and biber look for them: no field of the one in the place of the other's."""
    required = {
        "bib": {
            "article": {"author", "title", "journal", "year"},
            "incollection": {"author", "title", "booktitle", "year"},
            "unpublished": {"title", "note"},
            "book": {"author", "title", "year"},
        },
        "biblatex.bib": {
            "article": {"author", "title", "journaltitle", "date"},
            "inbook": {"author", "title", "booktitle", "date"},
            "unpublished": {"title", "type"},
            "book": {"author", "title", "date"},
        },
    }
    for ending, fields in required.items():
        for record in taken():
            (entry,) = parse_string(exports.exported(record, ending), "bibtex").entries.values()
            given = {*entry.fields, *entry.persons}
            assert fields.get(entry.type, {"title"}) <= given, entry.key
            theirs = (
                {"journal", "address", "year", "month"} if ending == "biblatex.bib" else {"journaltitle", "location"}
            )
            assert not theirs & given, entry.key


def test_ris_is_read_by_a_reference_manager_without_loss():
    import rispy

    kinds = set()
    for record in all_records():
        (entry,) = rispy.loads(exports.ris(record))
        kinds.add(entry["type_of_reference"])
        assert alike(entry["title"]) == expected_title(record)
        assert (entry.get("urls") or [""]) == [record.get("URL", "")]
        assert entry.get("year", "") == iso(record)[:4]
        # A comma at the end, and none before it: an institution. One in between: a person.
        for name, author in zip(record.get("author", []), entry.get("authors", []), strict=True):
            assert (author.count(","), author.endswith(",")) == (1, "literal" in name)
    assert {"BOOK", "CHAP", "DATA", "ELEC", "MANSCPT", "MGZN", "NEWS", "JOUR"} == kinds


def test_csl_json_holds_the_record_and_nothing_of_the_site():
    for record in all_records():
        (item,) = json.loads(exports.csl_json(record))
        assert re.fullmatch(r"[\w.:+-]+", item["id"]) and item["id"].endswith(record["id"])
        assert "accessed" not in item and "custom" not in item
        renamed = {"id", "type", "version", "number", "custom"} | (
            {"container-title"} if record["type"] == "dataset" else set()
        )
        kept = {name: value for name, value in record.items() if name not in renamed}
        assert {name: item.get(name) for name in kept} == csl_items.marked_up(kept)
