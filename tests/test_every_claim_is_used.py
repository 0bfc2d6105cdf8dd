"""Nothing the sources say is lost: each of their claims is used in a chapter, or stands in unused.csv with the reason."""
import json

import pytest

from built_site import PROJECT
from companion import load, pages
from companion.figures import MIME


@pytest.fixture(scope="module")
def used(site):
    """The claims that chapters use in prose, captions and figures."""
    ledger, found = load(), set()
    for chapter in pages.chapters(PROJECT):
        for use in pages.uses(chapter):
            found.update(claim for id in use.ids for claim in ledger.inputs(id))
        executed = PROJECT / f"_build/work/_build/jupyter_execute/book/{chapter.stem}.ipynb"
        for cell in json.loads(executed.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for id in output.get("data", {}).get(MIME, {}).get("claims", []):
                    found.update(ledger.inputs(id))
    return found


def seed_claims():
    ledger = load()
    return set(ledger.claims[ledger.claims["source"].isin(ledger.seeds)]["id"])


def test_every_claim_of_the_sources_is_used_or_its_absence_explained(used):
    explained = set(load().unused["claim"])
    assert sorted(seed_claims() - used - explained) == []


def test_what_is_called_unused_is_not_used(used):
    assert sorted(set(load().unused["claim"]) & used) == []


def test_not_more_than_one_claim_in_ten_is_left_out():
    assert len(load().unused) <= len(seed_claims()) / 10


def test_a_repeated_claim_names_the_one_that_stands_for_it(used):
    for row in load().unused.to_dict("records"):
        if row["reason"] == "repeats another":
            assert row["instead"] in used, row
