"""Readers in a year's time: what happened after the account ends is told as far as it was read, and no further."""

import csv
import re

import html5lib
import pytest

from built_site import PROJECT
from companion import dates, load, pages, sources
from companion_press.prose import reported

PAGE = PROJECT / f"{pages.SINCE}.md"
CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
ENTRY = re.compile(r"^\(([a-z0-9-]+)\)=\n### ([^\n]+)\n(.*?)(?=^\(|^## )", re.S | re.M)
#: The heading below which stands what nobody reports as done.
ANNOUNCED = "What was only announced"
#: Cells that draw who met whom read this table; a meeting of which the ledger has a list of members only is named here.
WITHOUT_A_LIST = {"cis-summit-dushanbe-2025", "cis-summit-astana-2022"}


@pytest.fixture(scope="module")
def entries():
    """Each entry of the page by the id of its event: (heading, text, whether it stands below *announced*)."""
    text = PAGE.read_text("utf-8")
    split = text.index(f"## {ANNOUNCED}")
    return {m[1]: (m[2], m[3], m.start() > split) for m in ENTRY.finditer(text)}


def chapter(name):
    return (PROJECT / f"book/{name}.md").read_text("utf-8")


# -- what the page holds -------------------------------------------------------------------------


def test_every_event_after_the_account_stands_on_the_page_under_its_name(entries):
    ledger = load()
    settled = ledger.events.merge(ledger.event_reports, left_on="settled_by", right_on="claim")
    later = settled[settled["date"].str[:4].str.isdecimal() & (settled["date"] > sources.account_to(ledger))]
    assert dict(zip(later["id"], later["name"])) == {id: heading for id, (heading, _, _) in entries.items()}


def test_each_event_has_two_references_or_is_marked_as_single(entries):
    for id, (_, text, _) in entries.items():
        assert f"{{reported}}`{id}`" in text, f"{id} does not say who reports it"
        rows = load().reports_of(id)
        assert len(reported.references(rows)) >= 2 or reported.says(load(), id).endswith(f"{reported.SINGLE}."), id


def test_a_single_reference_is_marked_and_two_are_not():
    ledger = load()
    assert reported.says(ledger, "russia-summit-2027") == f"Announced by TASS, 7 October 2025; {reported.SINGLE}."
    assert reported.says(ledger, "kazakhstan-constitution-2026") == (
        "Reported by Ekho, 16 March 2026; announced by Qazinform, 24 February 2026."
    )


def test_what_was_only_announced_is_told_apart(entries):
    for id, (_, text, below) in entries.items():
        assert load().announced(id) == below, f"{id} stands in the wrong part of the page"
        assert below == ("Announced for {claim}`" in text), id


def test_the_entries_of_each_part_stand_in_the_order_of_their_days(entries):
    ledger = load()
    settled = ledger.events.set_index("id")["settled_by"]
    for part in (False, True):
        days = [
            dates.bounds(ledger.report_of(settled[id]).date)[0]
            for id, (_, _, below) in entries.items()
            if below == part
        ]
        assert days == sorted(days)


def test_the_title_names_the_month_in_which_the_account_ends():
    assert pages.title(PAGE) == f"Since {dates.text(sources.account_to(load())[:7])}"


# -- links both ways -----------------------------------------------------------------------------


def touched(entries, name):
    """The entries that touch a chapter, each with the places to which it leads there."""
    found = {}
    for id, (_, text, _) in entries.items():
        places = re.findall(rf"\]\(#([a-z0-9-]+)\) in \{{doc\}}`[^`<]+<{name}>`", text)
        if places:
            found[id] = places
    return found


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_leads_to_its_entries_and_they_lead_to_a_place_in_it(site, entries, name):
    found = touched(entries, name)
    for id, places in found.items():
        for place in places:
            assert f"\n({place})=\n" in chapter(name), f"{id} leads to {place}, which {name} does not have"
    tree = html5lib.parse((site / f"book/{name}.html").read_bytes(), namespaceHTMLElements=False)
    (listed,) = [d for d in tree.iter("details") if d.get("class") == "later-events"]
    items = ["".join(item.itertext()) for item in listed.iter("li")]
    assert [a.get("href") for a in listed.iter("a")] == [f"since.html#{id}" for id in found]
    assert found, "every chapter has something that came later"
    for item, id in zip(items, found):
        assert item.startswith(f"{entries[id][0]}, ") and ("announced for" in item) == entries[id][2]
    assert "".join(next(listed.iter("summary")).itertext()).startswith(f"{pages.title(PAGE)}: {len(found)} later event")


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_later_events_stand_before_the_further_questions(name):
    text = chapter(name)
    assert text.index("## Summary") < text.index("```{later-events}") < text.index("## Further questions")


# -- how current ---------------------------------------------------------------------------------


def test_the_day_of_the_evidence_is_that_on_which_something_was_read_last():
    ledger = load()
    read = [entry.fields.get("urldate", "") for entry in sources.references(PROJECT).entries.values()]
    assert ledger.evidence_read_to == max([*ledger.checks["checked_on"], *read])


@pytest.mark.parametrize("name", ["index", *CHAPTERS])
def test_the_front_page_and_each_chapter_say_how_current_they_are(site, name):
    tree = html5lib.parse((site / f"book/{name}.html").read_bytes(), namespaceHTMLElements=False)
    said = [p for p in tree.iter("p") if p.get("class") == "how-current"]
    assert len(said) == 1
    assert "".join(said[0].itertext()).startswith(f"{sources.how_current(load())}. ")
    assert [a.get("href") for a in said[0].iter("a")] == ["since.html", "using.html#note-marks"]


def test_the_built_page_prints_who_reports_what(site, entries):
    tree = html5lib.parse((site / f"{pages.SINCE}.html").read_bytes(), namespaceHTMLElements=False)
    text = " ".join("".join(next(tree.iter("article")).itertext()).split())
    for id in entries:
        assert reported.says(load(), id) in text, id


# -- who sat where -------------------------------------------------------------------------------


def drawn():
    """The meetings that cells of the chapters draw, by their ids."""
    ids = set(load().events["id"])
    return sorted(
        {id for name in ("turkic", "reassertion") for id in re.findall(r'"([a-z0-9-]+)"', chapter(name))} & ids
    )


def test_meetings_are_found_in_the_cells():
    assert {"ots-gabala-2025", "summit-astana-2022", "csto-bishkek-2025"} <= set(drawn())


@pytest.mark.parametrize("event", drawn())
def test_a_meeting_that_is_drawn_has_its_convenor_and_who_came_in_the_table(event):
    with open(PROJECT / "data/event-actors.csv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["event"] == event]
    assert [row["part"] for row in rows].count("convenor") == 1
    at_the_table = [row["actor"] for row in rows if row["part"] in ("host", "seat", "guest")]
    assert (len(at_the_table) >= 2) != (event in WITHOUT_A_LIST)
    assert len(at_the_table) == len(set(at_the_table))


def test_a_host_of_the_table_is_the_host_that_the_evidence_reports():
    ledger = load()
    reports = ledger.event_reports[ledger.event_reports["host"] != ""]
    reports = reports[reports["claim"].map(lambda id: ledger.claim(id)["grade"]) != ""]
    hosts = ledger.event_actors[ledger.event_actors["part"] == "host"]
    for event, found in reports.groupby("event")["host"]:
        assert set(found) <= set(hosts[hosts["event"] == event]["actor"]), event


def test_who_met_is_typed_into_no_cell():
    for name in ("turkic", "reassertion"):
        assert not re.search(r"^(seats|watching|host) = \{\d", chapter(name), re.M), name


def test_a_part_in_a_meeting_without_its_claim_is_named(copy):
    row = copy.set("event_actors", {"event": "ots-gabala-2025", "actor": "tur"}, "claim", "")
    problem = copy.problem()
    assert (problem.file, problem.row, problem.field) == ("data/event-actors.csv", row, "claim")
