"""Nothing the sources say is lost: each of their claims is used in a chapter."""

import json
import re

import pytest

from built_site import PROJECT
from companion import load, pages
from companion.figures import MIME


@pytest.fixture(scope="module")
def used(site):
    """The claims that chapters use in prose, captions and figures, or list under *What the sources say*."""
    ledger, found = load(), set()
    for chapter in pages.chapters(PROJECT):
        for use in pages.uses(chapter):
            found.update(claim for id in use.ids for claim in ledger.inputs(id))
        found.update(claim for _, claim in pages.listed_claims(chapter))
        executed = PROJECT / f"_build/work/_build/jupyter_execute/book/{chapter.stem}.ipynb"
        for cell in json.loads(executed.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                for id in output.get("data", {}).get(MIME, {}).get("claims", []):
                    found.update(ledger.inputs(id))
    return found


def seed_claims():
    ledger = load()
    return set(ledger.claims[ledger.claims["source"].isin(ledger.seeds)]["id"])


def test_every_claim_of_the_sources_is_used_in_a_chapter(used):
    assert sorted(seed_claims() - used) == []


def test_a_claim_has_one_home(project):
    """What a list under a section keeps is told nowhere else in its chapter, and stands in no other list of the book."""
    ledger, homes, twice = load(), {}, []
    for chapter in pages.chapters(project):
        told = {claim for use in pages.uses(chapter) for id in use.ids for claim in ledger.inputs(id)}
        for _, claim in pages.listed_claims(chapter):
            if claim in told:
                twice.append(f"{chapter.stem} tells and lists {claim}")
            if claim in homes:
                twice.append(f"{chapter.stem} lists {claim}, which {homes[claim]} lists as well")
            homes[claim] = chapter.stem
    assert twice == []


def test_no_list_of_what_the_sources_say_is_empty(project):
    for chapter in pages.chapters(project):
        lists = re.findall(r"^```\{sources-say\}\n(.*?)^```$", chapter.read_text("utf-8"), re.S | re.M)
        assert lists and all(one.strip() for one in lists), chapter.stem
