"""A citation says the same wherever it is copied from, and as the style's manual has it."""

import html
import json
import pathlib
import re
import subprocess
import sys
import types
from collections import defaultdict

import pytest
import yaml

import hostile
from built_site import build_environment
from companion import load, sources
from companion_press.citing import citations, csl_items, manuals, patterns
from companion_press.citing.engine import render

ADDRESS = "https://example.org/companion/"
FIXTURE = pathlib.Path(__file__).parent / "fixtures/citeproc-js.json"
LEDGER = load()

#: Sources of each kind, and titles that trip an engine; with the locator that is cited.
SOURCES = {
    "korybko2025": "¶4",  # read in a republication; quotation marks within the title
    "cafiero2025": "¶0",  # a magazine, read in a copy; the title is a question
    "ozpinar2025": "¶16",  # a newspaper; letters beyond ASCII
    "anon2024": "¶1",  # no author, no publisher, an inferred date
    "kerlindsay": "00:09:57",  # the machine summary of a video
    "ciaworldfactbooknd-commonwealth": "",  # an institution, no date
    "chathamhouse2022-what": "",  # a month; the title is a question
    "rfe2005-turkmenistan": "",  # a colon, and a quotation that ends the title
    "caspianpolicycente2025-turns": "",  # C5+1 and a number
    "azemedia2024-president": "",  # a title that breaks off
    "taylorfrancisnd-russians": "",  # an ampersand in a name
    "trend2025-second": "",  # a quotation within the title
}

#: What is read on paper: the bibliography holds none of it, so these are invented.
PRINTED = types.SimpleNamespace(root=pathlib.Path(__file__).parent / "fixtures/printed")


def printed():
    return [csl_items.reference(PRINTED, key) for key in sources.references(PRINTED.root).entries]


def own(address=""):
    """One record of each kind that is the book's own."""
    return [
        csl_items.book(LEDGER, address),
        csl_items.data(LEDGER, address),
        csl_items.chapter(LEDGER, "book/institutions", "Institutions: who sits at which table", 2, address),
        csl_items.figure(
            LEDGER, "book/institutions", "seats", "2.1", "Half of the clubs include Russia.", "figure", address
        ),
        csl_items.figure(LEDGER, "book/institutions", "maps", "2.2", "Who sits with “C5+1”?", "map", address),
        csl_items.claim(LEDGER, "trade-russia-2024", address),
        csl_items.claim(LEDGER, LEDGER.derivations["id"].iloc[0], address),
    ]


def cases():
    """What the reference engine was asked: (style, record, locator); the book's own with an address and a day."""
    found = []
    for style in manuals.STYLES:
        for record in own(ADDRESS):
            del record["custom"]
            found.append((style, {**record, "accessed": {"date-parts": [[2026, 11, 24]]}}, ""))
        found += [(style, csl_items.reference(LEDGER, key), locator) for key, locator in SOURCES.items()]
        found += [(style, record, "") for record in printed()]
    return found


def bare(markup):
    """Without links and entities: pandoc links addresses and writes `’` where citeproc-js writes ``&#8217;``."""
    return html.unescape(re.sub(r"</?a\b[^>]*>", "", markup))


def by_the_manual(text, style):
    """What the reference engine prints, where a manual says otherwise than its CSL file."""
    if style == "mla":
        return re.sub(r", (?=\d\d:\d\d:\d\d\)$)", " ", text)  # no comma before a time
    if style == "apa":
        return text.replace("Retrieved https:", "https:").replace(
            "Retrieved http:", "http:"
        )  # a day of reading, or nothing of the kind
    return text


@pytest.mark.parametrize("style", manuals.STYLES)
def test_citations_agree_with_the_reference_engine_letter_for_letter(style):
    recorded = [case for case in json.loads(FIXTURE.read_text("utf-8")) if case["style"] == style]
    asked = [(record, locator) for kind, record, locator in cases() if kind == style]
    assert [(case["item"], case["locator"]) for case in recorded] == [
        (csl_items.marked_up(manuals.prepared(record, style)), locator) for record, locator in asked
    ], "the fixture is out of date: run tests/fixtures/record_citeproc_js.py"
    entries = citations.entries([record for record, _ in asked], style)
    cited = citations.citations(asked, style)
    for case, entry, citation in zip(recorded, entries, cited):
        assert bare(entry.html) == by_the_manual(bare(case["entry"]), style)
        assert bare(citation.html) == by_the_manual(bare(case["citation"]), style)


@pytest.mark.parametrize("style", manuals.STYLES)
def test_where_no_address_is_set_none_is_printed_and_the_page_can_fill_in_its_own(style):
    expected = citations.entries([record for kind, record, _ in cases() if kind == style][: len(own())], style)
    for entry, record, whole in zip(citations.entries(own(), style), own(), expected):
        assert "http" not in entry.text and "{" not in entry.text and "ccessed" not in entry.text
        for template, wanted in ((entry.text_full, whole.text), (entry.html_full, bare(whole.html))):
            assert f"{{url:{record['custom']['path']}}}" in template
            filled = re.sub(r"\{url:([^}]*)\}", lambda m: ADDRESS + m[1], template)
            filled = filled.replace("{accessed:d MMMM y}", "24 November 2026")
            assert bare(filled) == wanted
    harvard = citations.entries(own(), "harvard")[0]
    assert "(Accessed: {accessed:d MMMM y})" in harvard.text_full


def test_with_an_address_it_is_printed_and_only_the_day_is_left_to_the_page():
    figure = citations.entries(own(ADDRESS)[3:4], "harvard")[0]
    assert f"{ADDRESS}book/institutions.html#seats" in figure.text and "ccessed" not in figure.text
    assert "{url" not in figure.text_full and "{accessed:d MMMM y}" in figure.text_full


@pytest.mark.parametrize("style", manuals.STYLES)
def test_every_source_can_be_cited_and_no_stand_in_is_left(style):
    keys = list(sources.references(LEDGER.root).entries)
    places = {(row["source"], row["locator"]) for row in LEDGER.claims.to_dict("records")}
    records = {key: csl_items.reference(LEDGER, key) for key in keys}
    texts = [e.text for e in citations.entries(records.values(), style)]
    texts += [e.text for e in citations.citations([(records[key], place) for key, place in sorted(places)], style)]
    assert len(texts) == len(keys) + len(places)
    assert not [text for text in texts if "ccessed" in text or "Retrieved" in text], (
        "the day of reading is the reader's"
    )
    for text in texts:
        assert text.strip("(). ") and not re.search(r"8642|address\.invalid|[\ue000-\uf8ff]|nocase|\{|<", text), text


def test_a_citation_does_not_depend_on_what_is_cited_beside_it():
    tass = [key for key in sources.references(LEDGER.root).entries if key.startswith("tass2025")][:3]
    for style in manuals.STYLES:
        together = citations.citations([(csl_items.reference(LEDGER, key), "") for key in tass * 2], style)
        for key, citation in zip(tass * 2, together):
            citations.made.clear()
            assert citations.citations([(csl_items.reference(LEDGER, key), "")], style) == [citation]
            assert not re.search(r"2025[ab]|Ibid", citation.text)


#: Titles of rows that an engine may take apart.
HARD = [
    hostile.HARD,
    "“Quoted” at the start",
    "It ends in “quotes”",
    "A “double ‘nested’ one”, said; he asked “why?” and left",
    "Russia's share: at least a third",
]


@pytest.mark.parametrize("address", ["", ADDRESS])
@pytest.mark.parametrize(("style", "locator"), [*((style, None) for style in manuals.STYLES), ("chicago-notes", "")])
def test_rows_of_the_ledger_are_set_by_a_pattern_as_they_are_one_by_one(style, locator, address, monkeypatch):
    monkeypatch.setattr(patterns, "_titles", defaultdict(dict))
    rows = [*LEDGER.claims["id"], *LEDGER.derivations["id"]][::20]
    records = [csl_items.claim(LEDGER, id, address) for id in rows]
    records += [
        csl_items.entry(LEDGER, f"row-{n}", f"{hard} (ledger row row-{n})", address) for n, hard in enumerate(HARD)
    ]
    asked = [(record, locator, full) for record in records for full in (False, True)]
    for before in (other for other in manuals.STYLES if other != style):
        patterns.render([(record, None, False) for record in records], before)  # whose titles may be taken over
    sent = []
    monkeypatch.setattr(patterns.engine, "render", lambda wanted, style: sent.extend(wanted) or render(wanted, style))
    assert patterns.render(asked, style) == render(asked, style)
    assert len(sent) <= len(records) + 2, "a title is set once, and one pattern of each kind"


@pytest.mark.parametrize(
    ("style", "standfirst", "stamp"),
    [
        ("apa", "(Cafiero, 2025, standfirst)", "(Ker-Lindsay, n.d., 00:09:57)"),
        ("mla", "(Cafiero, standfirst)", "(Ker-Lindsay 00:09:57)"),
        ("chicago-author-date", "(Cafiero 2025, standfirst)", "(Ker-Lindsay, n.d., at 00:09:57)"),
        ("harvard", "(Cafiero, 2025, standfirst)", "(Ker-Lindsay, no date, 00:09:57)"),
    ],
)
def test_a_standfirst_and_a_time_stamp_are_called_what_they_are(style, standfirst, stamp):
    pairs = [
        (csl_items.reference(LEDGER, "cafiero2025"), "¶0"),
        (csl_items.reference(LEDGER, "kerlindsay"), "00:09:57"),
    ]
    assert [c.text for c in citations.citations(pairs, style)] == [standfirst, stamp]
    (picture,) = citations.citations([(csl_items.reference(LEDGER, "cafiero2025"), "caption")], style)
    assert picture.text == standfirst.replace("standfirst", "caption")


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("apa", "Can the West bump Russia out of Central Asia?"),
        ("mla", "Can the West Bump Russia out of Central Asia?"),
        ("chicago-notes", "Can the West Bump Russia out of Central Asia?"),
        ("harvard", "Can the West bump Russia out of Central Asia?"),
    ],
)
def test_a_title_has_the_capitals_that_the_style_gives_it(style, wanted):
    (entry,) = citations.entries([csl_items.reference(LEDGER, "cafiero2025")], style)
    assert wanted in entry.text


def test_long_prepositions_are_raised_by_chicago_18_alone():
    record = csl_items.chapter(LEDGER, "book/war", "War: distance without a break", 3)
    for style, wanted in {
        "apa": "War: Distance without a break",
        "mla": "War: Distance without a Break",
        "chicago-notes": "War: Distance Without a Break",
        "harvard": "War: distance without a break",
    }.items():
        (entry,) = citations.entries([record], style)
        assert wanted in entry.text and ("Asia After 2022" in entry.text) == style.startswith("chicago")


def test_a_name_in_braces_keeps_its_capitals():
    (entry,) = citations.entries([csl_items.reference(LEDGER, "bneintellinews2024-intellinews")], "mla")
    assert "bne IntelliNews Monthly Magazine" in entry.text


@pytest.mark.parametrize(
    ("style", "listed", "cited"),
    [
        (
            "apa",
            "[Untitled text on the meetings of Central Asian leaders; machine retranslation]. (ca. 2024, August).",
            "([Untitled text on the meetings of Central Asian leaders; machine retranslation], ca. 2024, para. 13)",
        ),
        (
            "mla",
            "Untitled text on the meetings of Central Asian leaders; machine retranslation. Circa Aug. 2024.",
            "(Untitled text on the meetings of Central Asian leaders; machine retranslation, par. 13)",
        ),
        (
            "harvard",
            "<i>[Untitled text on the meetings of Central Asian leaders; machine retranslation]</i> (c. 2024).",
            "(<i>[Untitled text on the meetings of Central Asian leaders; machine retranslation]</i>, c. 2024, para. 13)",
        ),
    ],
)
def test_what_has_no_title_is_described_and_its_date_stays_approximate(style, listed, cited):
    record = csl_items.reference(LEDGER, "anon2024")
    assert citations.entries([record], style)[0].html == listed
    assert citations.citations([(record, "¶13")], style)[0].html == cited


def test_whoever_cites_a_source_has_a_day_of_reading_of_their_own():
    record = csl_items.reference(LEDGER, "cafiero2025")
    (entry,) = citations.entries([record], "harvard")
    assert entry.text_full == entry.text[:-1] + " (Accessed: {accessed:d MMMM y})."
    assert "accessed" in csl_items.reference(LEDGER, "ciaworldfactbooknd-commonwealth", read=True)


def test_a_locator_that_is_none_is_refused():
    with pytest.raises(ValueError, match="cafiero2025: locator 'p. 4' must be of the form ¶4 or 00:09:57"):
        citations.citations([(csl_items.reference(LEDGER, "cafiero2025"), "p. 4")], "apa")


def test_title_authors_and_version_come_from_citation_cff(tmp_path):
    facts = yaml.safe_load((LEDGER.root / "CITATION.cff").read_text("utf-8"))
    facts |= {"title": "Another Book", "version": "9.8.7", "authors": [{"name": "Another Author"}]}
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    record = csl_items.book(types.SimpleNamespace(root=tmp_path))
    for style in manuals.STYLES:
        text = citations.entries([record], style)[0].text
        assert text.startswith("Another Author") and "Another Book" in text and "ersion 9.8.7" in text


def test_a_type_or_a_date_that_no_style_can_set_is_refused(tmp_path):
    """The validator says so first, with the line (``test_errors_in_the_data.py``)."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/references.bib").write_text(
        "@unpublished{a, title = {A}}\n@online{b, title = {B}, date = {XXXX-04}}\n", "utf-8"
    )
    root = types.SimpleNamespace(root=tmp_path)
    with pytest.raises(KeyError, match="unpublished"):
        csl_items.reference(root, "a")
    with pytest.raises(ValueError, match="'XXXX-04' is not a date that a citation can print"):
        csl_items.reference(root, "b")


def test_the_package_and_the_records_do_without_the_engine(project):
    program = "import sys; sys.modules['pypandoc'] = None\nimport companion, companion_press.citing.csl_items as c, companion_press.citing.citations\nc.book(companion.load())"
    subprocess.run([sys.executable, "-c", program], cwd=project, check=True, env=build_environment())


@pytest.mark.long
def test_the_lists_of_sources_print_these_citations(site):
    page = html.unescape((site / "book/sources.html").read_text("utf-8"))
    for key in sources.references(LEDGER.root).entries:
        record = csl_items.reference(LEDGER, key, read=True)
        (entry,) = citations.entries([record], "chicago-author-date")
        row = re.search(rf'<li id="ref-{re.escape(key)}">(.*?)</li>', page, re.S)[1]
        assert row.startswith(html.unescape(entry.html)), key
        assert ("note" not in record) or record["note"][1:] in row, key
        assert ("URL" not in record) or f'href="{record["URL"]}"' in row, key
