"""Readers and students: how far each source can be trusted is shown on each point, at the spot and side by side."""

import functools
import json
import re

import html5lib
import pytest

from built_site import PROJECT
from companion import dates, load, pages, sources

CHAPTERS = [path.stem for path in pages.chapters(PROJECT)]
DOUBTED = ("contradicted", "imprecise")

#: The disagreements that the book must hold, by their ids.
AT_LEAST = [
    "dushanbe-host",
    "dushanbe-date",
    "rahmon-rebuke-place",
    "turkmenistan-cis",
    "corridor-62-percent",
    "poll-15-percent",
    "us-deals-total",
    "us-deals-left-out",
    "eu-packages",
    "community-of-central-asia",
    "russian-language-organisation",
    "un-abstaining-or-against",
    "remittances-share-or-dollars",
    "kazakhstan-january-2022",
    "karabakh-peacekeepers-gone",
    "china-left-out",
]


@pytest.fixture(scope="module")
def page(site):
    """A function from a page's name to its parsed tree."""

    @functools.cache
    def read(name):
        return html5lib.parse((site / name).read_bytes(), namespaceHTMLElements=False)

    return read


def by_id(tree, id):
    found = [element for element in tree.iter() if element.get("id") == id]
    assert len(found) == 1, f"{len(found)} elements have the id {id!r}"
    return found[0]


def text(element):
    return " ".join("".join(element.itertext()).split())


def links(element):
    return [link.get("href") for link in element.iter("a") if link.get("href")]


def classes(element):
    return (element.get("class") or "").split()


# -- the checks ----------------------------------------------------------------------------


def test_every_check_is_an_entry_that_can_be_linked_to_and_read(page):
    ledger, tree = load(), page("book/checks.html")
    listed = sources.references(ledger.root).entries
    for check in ledger.checks.to_dict("records"):
        entry = by_id(tree, check["id"])
        said = text(entry)
        assert check["finding"] in said and check["title"] in said
        assert check["verdict"].replace("could-not-check", "could not be checked") in text(next(entry.iter("h3")))
        assert dates.text(str(check["checked_on"])) in said
        if check["would_settle"]:
            assert check["would_settle"] in said
        for claim in ledger.check_claims[ledger.check_claims["check"] == check["id"]]["claim"]:
            row = ledger.claim(claim)
            assert row["statement"] in said and row["locator"] in said
            assert f"ledger.html#{claim}" in links(entry)
        for source in ledger.check_sources[ledger.check_sources["check"] == check["id"]].to_dict("records"):
            assert f"Graded {source['grade']}" in said
            address = listed[source["reference"]].fields.get("url")
            if address:
                assert address.replace("\\", "") in links(entry), source["reference"]


def test_each_verdict_has_a_reference_better_than_weak_or_says_that_none_was_found(page):
    ledger, tree = load(), page("book/checks.html")
    only_weak = []
    for id, grades in ledger.check_sources.groupby("check")["grade"]:
        marks = [text(small) for small in by_id(tree, id).iter("small") if "grade" in classes(small)]
        better = any(mark.startswith(("Graded official", "Graded published")) for mark in marks)
        says = "No source better than weak was found" in text(by_id(tree, id))
        assert better == bool(set(grades) - {"weak"}), id
        assert better != says, id
        only_weak += [id] * says
    assert only_weak, "the sentence is tried on some entry"
    assert set(ledger.checks["id"]) == set(ledger.check_sources["check"]), "every verdict names a reference"


def test_within_a_subject_the_contradicted_come_first(page):
    order = ["contradicted", "imprecise", "could-not-check", "confirmed"]
    groups = [e for e in page("book/checks.html").iter("section") if "entries" in classes(e)]
    assert len(groups) >= 5
    for group in groups:
        ranks = [order.index(entry.get("data-v")) for entry in group.iter("section") if "entry" in classes(entry)]
        assert ranks and ranks == sorted(ranks)


def test_the_filter_shows_what_was_asked_for_and_works_from_the_keyboard(visit):
    opened = visit("book/checks.html")
    form = opened.page.locator(".ledger-filter")
    form.locator("select[name=v]").focus()
    opened.page.keyboard.type("contra")
    opened.page.keyboard.press("Enter")
    shown = opened.page.locator(".entry:not([hidden])")
    assert shown.count() == int((load().checks["verdict"] == "contradicted").sum())
    assert {shown.nth(i).get_attribute("data-v") for i in range(shown.count())} == {"contradicted"}
    assert f"{shown.count()} of {len(load().checks)}" in form.locator("output").inner_text()
    assert opened.page.locator(".entries:not([hidden])").count() < opened.page.locator(".entries").count()
    # A link to an entry that is filtered away brings it back, and the choice is in the address.
    assert "v=contradicted" in opened.page.url
    opened.page.evaluate("location.hash = 'check-c1c'")
    opened.page.locator("#check-c1c").wait_for(state="visible")
    assert not opened.errors


def test_without_scripts_every_check_stands_there_and_no_dead_control(visit):
    opened = visit("book/checks.html", scripts=False)
    assert opened.page.locator(".ledger-filter").is_hidden()
    assert opened.page.locator(".entry:visible").count() == len(load().checks)


# -- marks at the spot -----------------------------------------------------------------------


def wanted(ids):
    """The verdicts among some claims that call for a mark, each with the checks that gave it."""
    ledger, found = load(), {}
    for id in ids:
        if not ledger.is_derivation(id):
            claim = ledger.claim(id)["id"]
            if ledger.verdict(claim) in DOUBTED:
                found.setdefault(ledger.verdict(claim), set()).update(
                    c["id"] for c in ledger.checks_of(claim) if c["verdict"] == ledger.verdict(claim)
                )
    return found


def tokens(block):
    """What stands in a block, in order: claims (element), marks (element) and texts."""

    def walk(element):
        if "claim" in classes(element) or "check-mark" in classes(element):
            yield element
        else:
            if element.text:
                yield element.text
            for child in element:
                yield from walk(child)
        if element.tail and element is not block:
            yield element.tail

    return list(walk(block))


def marks_behind(found, place):
    """The marks between a claim and the end of its sentence, as (word, check)."""
    marks = []
    for token in found[place + 1 :]:
        if isinstance(token, str):
            if re.search(r"[.!?…]['”’\")*_]*(\s|$)", token):
                break
        elif "check-mark" in classes(token):
            marks.append((text(token).strip("[] "), token.get("href").partition("#")[2]))
    return marks


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_claim_that_was_not_borne_out_says_so_in_words_in_its_own_sentence(page, chapter):
    tree, tried = page(f"book/{chapter}.html"), 0
    for block in (e for e in tree.iter() if e.tag in ("p", "dd", "td", "figcaption", "span")):
        if not any("claim" in classes(child) for child in block):
            continue
        found = tokens(block)
        for place, token in enumerate(found):
            if isinstance(token, str) or "claim" not in classes(token):
                continue
            ids = token.get("data-card").removeprefix("card-").split("--")
            for verdict, checks in wanted(ids).items():
                tried += 1
                marks = marks_behind(found, place)
                assert any(word == verdict and check in checks for word, check in marks), (ids, text(token), marks)
    for note in tree.iter("a"):
        if "note-mark" in classes(note):
            doubted = wanted(note.get("data-card").removeprefix("card-").split("--"))
            tried += bool(doubted)
            assert text(note).endswith("*") == bool(doubted), text(note)
            assert any(note.get("aria-label").endswith(f", {verdict}") for verdict in doubted) or not doubted
    assert tried, "the chapter uses such claims"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_mark_stands_behind_a_claim_that_was_borne_out(page, chapter):
    for link in page(f"book/{chapter}.html").iter("a"):
        if "check-mark" in classes(link):
            check = link.get("href").partition("#")[2]
            assert load().checks.set_index("id").at[check, "verdict"] == text(link).strip("[] ")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_marks_do_not_litter(page, chapter):
    """Not more than one for each forty words of prose, and never the same one twice in a row."""
    tree = page(f"book/{chapter}.html")
    words = sum(len(text(p).split()) for p in tree.iter("p"))
    marks = [link for link in tree.iter("a") if "check-mark" in classes(link)]
    starred = [link for link in tree.iter("a") if "note-mark" in classes(link) and text(link).endswith("*")]
    assert 0 < len(marks) + len(starred) <= words / 40


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_marks_the_same_places_as_the_page(site, page, chapter):
    notebook = json.loads((site / f"notebooks/{chapter}.ipynb").read_text("utf-8"))
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    in_notebook = re.findall(r"\((contradicted|imprecise)\)|\(\[(contradicted|imprecise)\]\(", prose)
    on_page = [
        text(link).strip("[] ") for link in page(f"book/{chapter}.html").iter("a") if "check-mark" in classes(link)
    ]
    assert sorted(a or b for a, b in in_notebook) == sorted(on_page)


def test_a_mark_is_told_by_a_word_leads_to_its_check_and_is_reached_by_the_keyboard(visit):
    opened = visit("book/war.html")
    mark = opened.page.locator("a.check-mark").first
    assert mark.inner_text().strip() in ("[imprecise]", "[contradicted]")
    mark.focus()
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_url("**/checks.html#check-*")
    assert opened.page.locator(".entry:target").count() == 1


# -- disagreements ---------------------------------------------------------------------------


def touched():
    """(conflict, chapter) wherever a chapter's own text uses a claim of a disagreement, read from the sources."""
    ledger = load()
    claims = ledger.conflict_claims.groupby("conflict")["claim"].apply(set)
    for path in pages.chapters(PROJECT):
        used = {claim for use in pages.uses(path) for id in use.ids for claim in ledger.inputs(id)}
        used.update(claim for _, claim in pages.listed_claims(path))
        for conflict, sides in claims.items():
            if used & sides:
                yield conflict, path.stem


def test_every_disagreement_is_one_click_from_the_chapter_where_it_matters_and_back(page):
    entries, pairs = page("book/disagreement.html"), sorted(touched())
    assert len(pairs) > 80 and set(AT_LEAST) <= {conflict for conflict, _ in pairs}
    for conflict, chapter in pairs:
        tree = page(f"book/{chapter}.html")
        assert f"disagreement.html#{conflict}" in links(tree), (conflict, chapter)
        back = [href for href in links(by_id(entries, conflict)) if href.startswith(f"{chapter}.html#")]
        assert back, (conflict, chapter)
        spot = by_id(tree, back[0].partition("#")[2])
        assert spot.get("href") == f"disagreement.html#{conflict}", "it leads back to the place that leads there"


def test_every_disagreement_of_the_ledger_is_found_from_some_chapter_or_says_that_none_uses_it(page):
    tree, lost = page("book/disagreement.html"), []
    for id in load().conflicts["id"]:
        entry = by_id(tree, id)
        if not any(href.split(".html")[0] in CHAPTERS for href in links(entry)):
            assert "no chapter uses these claims" in text(entry)
            lost.append(id)
    assert not set(lost) & {conflict for conflict, _ in touched()}


def test_an_entry_sets_the_claims_side_by_side_and_says_why_what_was_found_and_what_the_book_does(page):
    ledger, tree = load(), page("book/disagreement.html")
    for row in ledger.conflicts.to_dict("records"):
        entry, said = by_id(tree, row["id"]), text(by_id(tree, row["id"]))
        sides = [div for div in entry.iter("div") if "side" in classes(div)]
        assert len(sides) >= 2, row["id"]
        for claim in ledger.conflict_claims[ledger.conflict_claims["conflict"] == row["id"]].to_dict("records"):
            side = next(s for s in sides if text(next(s.iter("h4"))) == claim["position"])
            assert ledger.claim(claim["claim"])["statement"] in text(side)
            for check in ledger.checks_of(claim["claim"]):
                assert f"checks.html#{check['id']}" in links(entry)
        assert row["title"] in said and row["resolution"] in said and "Why they differ" in said
        used = [li for li in entry.iter("li") if "The book uses this." in text(li)]
        assert len(used) == bool(row["used"])
        if row["used"]:
            assert ledger.claim(row["used"])["statement"] in text(used[0])


def test_the_sides_stand_beside_each_other_on_a_desk_and_below_each_other_on_a_phone(visit):
    for width, beside in ((1280, True), (390, False)):
        opened = visit("book/disagreement.html", width=width).page
        boxes = [opened.locator("#dushanbe-host .side").nth(i).bounding_box() for i in range(2)]
        assert (boxes[0]["y"] == boxes[1]["y"]) is beside
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_notebook_of_a_chapter_names_every_disagreement_that_matters_there(site, chapter):
    notebook = json.loads((site / f"notebooks/{chapter}.ipynb").read_text("utf-8"))
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    titles = load().conflict_titles
    missing = [
        c
        for c, where in touched()
        if where == chapter and titles[c] not in prose and f"disagreement.html#{c}" not in prose
    ]
    assert missing == []


def test_a_link_to_a_disagreement_that_does_not_exist_is_named_with_the_nearest(copy):
    line = copy.say("More in {conflict}`side by side <dushanbe-hots>`.")
    problem = copy.problem()
    assert (problem.file, problem.row, problem.field) == ("book/reassertion.md", line, "conflict")
    assert "'dushanbe-hots'" in problem.wrong and "'dushanbe-host'" in problem.right


def test_a_disagreement_whose_claims_all_say_the_same_is_named(copy):
    rows = copy.rows("conflict_claims")
    for cells in rows[1:]:
        if cells[0] == "osh-deaths":
            cells[2] = "Official"
    copy.write("conflict_claims", rows)
    problem = copy.problem()
    assert problem.file == "data/conflicts.csv" and "'osh-deaths'" in problem.wrong and "position" in problem.right
