"""Readers in Jupyter: who agrees with whom, how independent they are and how they speak can be counted again, without the texts."""

import csv
import hashlib
import itertools
import json
import shutil
import subprocess
import sys

import html5lib
import pytest

from built_site import PROJECT, build_environment
from companion import load, runs
from conftest import FIVE


@pytest.fixture(scope="module")
def tree(site):
    """A function from a page's name to its parsed tree."""
    return lambda name: html5lib.parse((site / name).read_bytes(), namespaceHTMLElements=False)


def text(element):
    return " ".join("".join(element.itertext()).split())


# -- the matrix ------------------------------------------------------------------------------


def test_every_cell_of_the_matrix_is_tied_to_claims_or_says_that_the_text_is_silent(tree):
    ledger = load()
    table = next(t for t in tree("book/agreement.html").iter("table") if "propositions" in (t.get("class") or ""))
    columns = [text(th) for th in next(table.iter("thead")).iter("th")][1:]
    assert len(columns) == len(ledger.seeds) + 1 and all(th.get("scope") for th in table.iter("th"))
    assert 25 <= len(ledger.propositions) <= 60
    stance = {"says": "says so", "says otherwise": "says otherwise"}
    for row in ledger.propositions.to_dict("records"):
        line = next(tr for tr in table.iter("tr") if tr.get("id") == row["id"])
        assert text(next(line.iter("th"))) == row["statement"]
        own = ledger.proposition_claims[ledger.proposition_claims["proposition"] == row["id"]].to_dict("records")
        for column, cell in zip([*ledger.seeds, "evidence"], line.iter("td")):
            claims = [
                r
                for r in own
                if (s := ledger.claim(r["claim"])["source"]) == column or column == "evidence" and s not in ledger.seeds
            ]
            if claims:
                assert text(cell).startswith(stance[claims[0]["stance"]])
                assert {f"ledger.html#{r['claim']}" for r in claims} == {a.get("href") for a in cell.iter("a")}
            else:
                assert text(cell) == ("" if column == "evidence" else "silent")


def test_a_phone_shows_the_pages_without_scrolling_sideways_and_each_figure_legibly(visit):
    for name in ("agreement", "standpoint", "checks"):
        opened = visit(f"book/{name}.html", width=390).page
        assert opened.evaluate("document.documentElement.scrollWidth") <= 390
        figure = opened.locator("figure.companion-figure picture img").first
        # Drawn for a phone and shown at that size: small type stays what it was drawn as.
        assert figure.bounding_box()["width"] >= 0.95 * float(
            figure.evaluate("e => e.parentElement.querySelector('source:not(.dark)').width")
        )


# -- independence ---------------------------------------------------------------------------------


def shared_runs():
    found = {}
    for row in load().word_runs.to_dict("records"):
        found.setdefault(row["source"], set()).update(row["hashes"].split())
    return {pair: len(found[pair[0]] & found[pair[1]]) for pair in itertools.combinations(sorted(found), 2)}


def test_of_the_pairs_of_five_texts_only_cafiero_and_ozpinar_share_runs_of_words():
    counted = {pair: number for pair, number in shared_runs().items() if FIVE.issuperset(pair)}
    assert len(counted) == 10
    assert {pair for pair, number in counted.items() if number} == {("cafiero2025", "ozpinar2025")}


def test_the_page_shows_the_count_that_the_hashes_give(site):
    notebook = json.loads((PROJECT / "_build/work/_build/jupyter_execute/book/agreement.ipynb").read_text("utf-8"))
    printed = "\n".join(
        "".join(o.get("data", {}).get("text/plain", "")) for c in notebook["cells"] for o in c.get("outputs", [])
    )
    number = shared_runs()["cafiero2025", "ozpinar2025"]
    assert number > 0
    assert any(
        line.split()[:2] == ["cafiero2025", "ozpinar2025"] and line.split()[-1] == str(number)
        for line in printed.splitlines()
    )


def test_a_person_heard_through_two_texts_is_one_voice(site):
    """Anceschi speaks in two texts; on the middle place between Russia and Ukraine he is all that both have."""
    notebook = json.loads((PROJECT / "_build/work/_build/jupyter_execute/book/agreement.ipynb").read_text("utf-8"))
    # pandas shortens long sentences in its text form, so the table is read as HTML.
    pages = [
        o["data"]["text/html"]
        for c in notebook["cells"]
        for o in c.get("outputs", [])
        if "text/html" in o.get("data", {})
    ]
    rows = {}
    for html in map("".join, pages):
        for tr in html5lib.parse(html, namespaceHTMLElements=False).iter("tr"):
            cells = [text(cell) for cell in tr if cell.tag in ("th", "td")]
            rows[cells[0]] = cells[1:]
    names = load().propositions.set_index("id")["statement"]
    assert rows[names["middle-place"]] == ["2", "1"], "two texts, one person"
    assert rows[names["communique-is-plan"]] == ["2", "1"], "two texts that share their words"
    assert rows[names["dushanbe-russian-host"]] == ["2", "2"], "two texts that agree, and are wrong"


# -- the tool that makes hashes and counts, on made-up texts --------------------------------------

TEXT = """Menu | Home | About us

The Ferry

Who waits in Aktau for the ferry? Nobody's clock knows.
<i>The war</i> of timetables, an invasion of forms; the Great Patriotic War is history.

By a made-up author
"""


@pytest.fixture
def made_up(copy):
    """A project with one made-up source of two paragraphs, and the folder that holds its text."""
    for card in (copy.root / "seeds").glob("*.md"):
        card.unlink()
    folder = copy.root / "texts"
    folder.mkdir()
    (folder / "any name.txt").write_text(TEXT, "utf-8")
    checksum = hashlib.sha256(TEXT.encode()).hexdigest()
    (copy.root / "seeds/author2027.md").write_text(
        f'---\ncard:\n  sha256: {checksum}\n  lines: 5-6\n  sentences: {{"¶0": 2, "¶1": 2}}\n---\n\n# Author\n', "utf-8"
    )
    shutil.copytree(PROJECT / "src", copy.root / "src", ignore=shutil.ignore_patterns("__pycache__"))

    def run(where=folder):
        return subprocess.run(
            [sys.executable, "-m", "companion_checks.fingerprint", str(where)],
            capture_output=True,
            text=True,
            env=build_environment(copy.root),
        )

    copy.fingerprint, copy.texts = run, folder
    return copy


def table(copy, name):
    with open(copy.root / f"data/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_somebody_with_the_texts_makes_the_same_hashes_again(made_up):
    assert made_up.fingerprint().returncode == 0
    rows = {row["paragraph"]: row for row in table(made_up, "word-runs")}
    assert {locator: row["length"] for locator, row in rows.items()} == {"¶0": "10", "¶1": "14", "rest": "11"}
    # By hand, as the page on agreement describes it.
    by_hand = [
        hashlib.sha256(run.encode()).hexdigest()[:12]
        for run in (
            "who waits in aktau for the ferry nobody's",
            "waits in aktau for the ferry nobody's clock",
            "in aktau for the ferry nobody's clock knows",
            "aktau for the ferry nobody's clock knows the",
        )
    ]
    assert set(by_hand) <= set(rows["¶0"]["hashes"].split())
    assert rows["¶0"]["hashes"].split() == sorted(rows["¶0"]["hashes"].split()), (
        "sorted: the order of the text is not told"
    )


def test_terms_are_counted_in_the_running_text_in_the_forms_that_are_named(made_up):
    assert made_up.fingerprint().returncode == 0
    counts = {row["term"]: row["count"] for row in table(made_up, "term-counts")}
    # One war of timetables; the Great Patriotic War is not counted, nor is a menu.
    assert (counts["war"], counts["invasion"], counts["backyard"]) == ("1", "1", "0")


def test_a_text_that_is_not_the_one_on_the_card_stops_the_tool_and_nothing_is_written(made_up):
    before = (made_up.root / "data/word-runs.csv").read_bytes()
    (made_up.texts / "any name.txt").write_text(TEXT + "changed", "utf-8")
    done = made_up.fingerprint()
    assert done.returncode == 1 and "author2027" in done.stderr and "Traceback" not in done.stderr
    assert (made_up.root / "data/word-runs.csv").read_bytes() == before


def test_a_card_that_counts_other_paragraphs_stops_it_too(made_up):
    card = made_up.root / "seeds/author2027.md"
    card.write_text(card.read_text("utf-8").replace("lines: 5-6", "lines: 3-6"), "utf-8")
    done = made_up.fingerprint()
    assert (
        done.returncode == 1
        and "counts 2 paragraphs, its lines hold 3" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_the_terms_of_the_issue_are_among_those_that_are_counted():
    labels = set(load().terms["label"])
    assert {"special operation", "invasion", "war", "sphere of influence", "backyard"} <= labels
    counted = load().term_counts.set_index(["term", "source"])["count"]
    # A text that is new to the book may wait for its counts; those that have any have all.
    assert FIVE <= set(counted.index.levels[1])
    assert len(counted) == len(load().terms) * len(counted.index.levels[1])
    # What a reader of the texts can see at a glance.
    assert counted["sphere-of-influence", "korybko2025"] == 1
    assert counted["backyard", "anon2024"] == 2, "once in the text, once in the caption"
    assert counted["war", "korybko2025"] == 0 and counted["invasion", "korybko2025"] == 0


def test_a_run_is_eight_words_long_and_case_and_apostrophes_do_not_matter():
    assert runs.LENGTH == 8
    assert runs.digests(runs.words("A b c d e f g")) == []
    assert runs.digests(runs.words("Don’t STOP, at the second-last of eight!")) == runs.digests(
        ["don't", "stop", "at", "the", "second", "last", "of", "eight"]
    )


# -- bad data ---------------------------------------------------------------------------------------


def test_a_proposition_that_no_claim_speaks_of_is_named(copy):
    row = copy.append("propositions", ["nobody-speaks", "Others", "Nobody speaks of this."])
    problem = copy.problem()
    assert (problem.file, problem.row) == ("data/propositions.csv", row) and "'nobody-speaks'" in problem.wrong


def test_a_text_that_says_so_and_otherwise_in_one_cell_is_named(copy):
    row = copy.append("proposition_claims", ["influence-falls", "moscow-retains-influence", "says otherwise"])
    problem = copy.problem()
    assert (problem.file, problem.row, problem.field) == ("data/proposition-claims.csv", row, "stance")
    assert "cafiero2025" in problem.wrong and "one stance" in problem.right


def test_a_paragraph_without_hashes_and_one_that_the_text_does_not_have_are_named(copy):
    copy.set("word_runs", {"source": "anon2024", "paragraph": "¶24"}, "paragraph", "¶25")
    problems = copy.problems()
    assert [p.file for p in problems] == ["data/word-runs.csv"] * 2
    assert any("'¶25' is not in the text" in p.wrong and "¶1 to ¶24" in p.right for p in problems)
    assert any("anon2024 ¶24 is missing" in p.wrong and "fingerprint" in p.right for p in problems)


def test_a_term_that_is_not_counted_and_a_pattern_that_cannot_be_read_are_named(copy):
    row = copy.append("terms", ["steppe", "steppe", r"\bsteppe(", "steppe"])
    problems = copy.problems()
    assert {(p.row, p.field) for p in problems} == {(row, "pattern"), (row, "id")}
    assert any("is not a regular expression" in p.wrong for p in problems)
    assert sum("is not counted in" in p.wrong for p in problems) == load().term_counts["source"].nunique()
