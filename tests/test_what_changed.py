"""Whoever comes back: what changed and what was put right stands on a page and in a feed; whoever finds an error can report it."""

from urllib.parse import parse_qs, urlsplit

import feedparser
import pytest
import yaml
from bs4 import BeautifulSoup

from built_site import PROJECT
from companion import load
from companion_press.evidence import changes
from companion_press.prose import claim_roles

RELEASES = changes.releases(PROJECT)


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / changes.PAGE).read_text("utf-8"), "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_every_correction_of_the_changelog_stands_on_the_page_with_its_version(page):
    listed = page.select("#corrections li")
    fixed = [
        (release, BeautifulSoup(text, "html.parser"))
        for release in RELEASES
        for text in release.changes.get("Fixed", [])
    ]
    assert fixed and [words(entry) for entry in listed] == [f"{words(text)} {release.title}" for release, text in fixed]
    for entry in listed:
        assert page.select_one(entry.select_one("a")["href"]), "the version is on the page"


def test_every_change_stands_on_the_page_under_its_version(page):
    for release in RELEASES:
        section = page.select_one(f"section#{release.anchor}")
        assert len(section.select("li")) == sum(map(len, release.changes.values())) > 1
        assert [words(heading) for heading in section.select("h4")] == list(release.changes)
    changelog = (PROJECT / "CHANGELOG.md").read_text("utf-8")
    assert sum(len(texts) for release in RELEASES for texts in release.changes.values()) == changelog.count("\n- ")


def test_a_heading_of_the_changelog_that_names_no_version_stops_the_build(tmp_path):
    for heading in ("## 0.2", "## [0.2.0]", "## [Unreleased] - 2026-12-01"):
        (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n\n### Fixed\n\n- A number.\n", "utf-8")
        with pytest.raises(ValueError, match="write ## "):
            changes.releases(tmp_path)


def test_html_in_the_changelog_stays_text(tmp_path):
    (tmp_path / "CHANGELOG.md").write_text("## [Unreleased]\n\n### Fixed\n\n- A <script>x</script> & `b`.\n", "utf-8")
    [release] = changes.releases(tmp_path)
    assert release.changes == {"Fixed": ["A &lt;script&gt;x&lt;/script&gt; &amp; <code>b</code>."]}


def test_a_feed_reader_finds_each_version_and_each_change_since():
    address = "https://example.org/book/"
    read = feedparser.parse(changes.feed(address, "A title", "An author"))
    assert not read.bozo and read.version == "atom10"
    assert read.feed.title == "A title: changes and corrections" and read.feed.author == "An author"
    assert {"self": f"{address}feed.xml", "alternate": address + changes.PAGE} == {
        link.rel: link.href for link in read.feed.links
    }
    since = sum(len(lines) for release in RELEASES if not release.date for lines in release.changes.values())
    versions = [release for release in RELEASES if release.date]
    assert len(read.entries) == since + len(versions) and len({entry.id for entry in read.entries}) == len(read.entries)
    assert [entry.title for entry in read.entries[since:]] == [release.title for release in versions]
    for entry in read.entries:
        assert entry.link.startswith(address) and entry.updated.endswith("T00:00:00Z") and entry.content[0].value
        assert len(entry.title) <= 105 and entry.title.startswith(("Added: ", "Changed: ", "Fixed: ", "Version "))


def test_without_an_address_there_is_no_feed_and_no_sitemap(site):
    assert not [name for name in ("feed.xml", "robots.txt", "sitemap.xml") if (site / name).exists()]
    assert "application/atom+xml" not in (site / "book/index.html").read_text("utf-8")


# -- reporting an error -------------------------------------------------------------------------


def card(id, repository):
    return BeautifulSoup(claim_roles.card(load(), [id], lambda name: f"../{name}.html", repository), "html.parser")


@pytest.mark.parametrize("id", ["trade-russia-2024", "trade-implied-2021"])
def test_each_claims_card_leads_to_the_form_with_its_id(id):
    form = yaml.safe_load((PROJECT / ".github/ISSUE_TEMPLATE/wrong-fact.yml").read_text("utf-8"))
    [link] = [link for link in card(id, "example/central-asia").select("a") if words(link) == "Report an error"]
    parts = urlsplit(link["href"])
    assert (parts.netloc, parts.path) == ("github.com", "/example/central-asia/issues/new")
    asked = parse_qs(parts.query)
    assert (
        asked["template"] == ["wrong-fact.yml"] and asked["claim"] == [id] and asked["title"] == [f"Wrong fact: {id}"]
    )
    assert "claim" in [field.get("id") for field in form["body"]], "the field of the form that the link fills in"


def test_without_a_repository_no_card_speaks_of_reporting(site):
    assert "Report" not in card("trade-russia-2024", "").get_text()
    assert "issues/new" not in (site / "book/war.html").read_text("utf-8")
    assert "issues/new" not in (site / changes.PAGE).read_text("utf-8")
