"""Authors who check after every step: what is the same is not checked again, and what is not is never taken for the same."""

import json

import pytest

from companion_checks import verdicts
from companion_checks.reading import read
from companion_checks.registry import RULES, problems_of
from companion_checks.validate import validate


@pytest.fixture
def asked(monkeypatch):
    """Which rules are asked, in their order."""
    names = []

    class Watched(verdicts.Verdicts):
        def ask(self, question, marks, find):
            return super().ask(question, marks, lambda: [names.append(question), *find()][1:])

    monkeypatch.setattr(verdicts, "Verdicts", Watched)
    return names


def test_where_nothing_changed_no_rule_is_asked(copy, asked):
    known = verdicts.Verdicts()
    assert validate(copy.root, known) == []
    assert set(RULES) <= set(asked)
    asked.clear()
    assert validate(copy.root, known) == [] and asked == []


def test_after_a_change_in_one_table_only_rules_that_look_at_it_are_asked(copy, asked):
    known = verdicts.Verdicts()
    validate(copy.root, known)
    asked.clear()
    copy.set("places", "baku", "lat", "40.4")
    assert validate(copy.root, known) == []
    # Rules that ask the ledger may read any table; of the others those of places, and those of all tables at once.
    looks = {
        name
        for name, rule in RULES.items()
        if {"places", "tables", "table", "ledger", "sound_ledger"} & rule.parts | set(rule.needs)
    }
    assert asked and set(asked) <= looks
    assert asked.count("cells_keep_the_contract") == 1
    assert "places_lie_in_their_country" in asked and "links_lead_to_the_web" not in asked


#: A change of each kind of part, after which the verdict is another: what is replaced in which file.
CHANGES = [
    ("data/actors.csv", "rus,Russia,Россия,state,RUS", "rus,Russia,Россия,state,RUX"),
    ("data/votes.csv", "ga-68-262,kaz,abstained", "ga-68-262,kaz,abstaind"),
    ("data/datapackage.json", '"minimum": -90', '"minimum": 50'),
    ("seeds/references.bib", "date = {2025-12-03}", "date = {2025-12-33}"),
    ("seeds/korybko2025.md", '"¶0": 1', '"¶0": 2'),
    ("seeds/korybko2025.md", "## Standpoint", "## Standpunkt"),
    ("book/war.md", "{claim}`", "{claim-signed}`"),
    ("_toc.yml", "book/institutions", "book/institutoins"),
    ("_config.yml", "numfig: true", "numfig: tru"),
    ("data/geometry/countries.geojson", '"iso3": "VNM"', '"iso3": "VNX"'),
]


@pytest.mark.parametrize("name, old, new", CHANGES)
def test_a_verdict_is_never_out_of_date(copy, name, old, new):
    known = verdicts.Verdicts()
    assert validate(copy.root, known) == []
    before = (copy.root / name).read_bytes()
    copy.replace(name, old, new)
    found = validate(copy.root, known)
    assert found and found == problems_of(read(copy.root)), "as one who has seen nothing before"
    (copy.root / name).write_bytes(before)
    assert validate(copy.root, known) == []


def test_confidence_follows_a_date_in_the_bibliography(copy):
    """The rule of confidence asks the bibliography on the disk, which a process keeps."""
    from companion import sources

    validate(copy.root)
    assert sources.references(copy.root).entries["cafiero2025"].fields["year"] == "2025"
    path = copy.root / "seeds/references.bib"
    path.write_text(path.read_text("utf-8").replace("{2025}", "{2024}").replace("{2025-", "{2024-"), "utf-8")
    validate(copy.root)
    assert sources.references(copy.root).entries["cafiero2025"].fields["year"] == "2024"


def test_the_next_run_of_the_command_remembers_what_was_sound_and_nothing_else(copy, problems):
    kept = copy.root / verdicts.REMEMBERED
    assert problems(copy.root) == (0, [])
    sound = json.loads(kept.read_text("utf-8"))
    assert len(sound) > 300
    row = copy.set("actors", "kaz", "iso3", "KAX")
    wrong = f"data/actors.csv, row {row}, iso3: 'KAX' is not an ISO 3166-1 country code. Did you mean 'KAZ'?"
    for _ in range(2):
        assert problems(copy.root)[1][0] == wrong
    assert json.loads(kept.read_text("utf-8")) == sound, "only a sound run is remembered"
    copy.set("actors", "kaz", "iso3", "KAZ")
    assert problems(copy.root) == (0, [])


@pytest.mark.parametrize("content", ["", "{", "{}", "[1]", '["x"]'])
def test_what_is_remembered_may_be_spoilt_or_gone(copy, content):
    kept = copy.root / verdicts.REMEMBERED
    kept.parent.mkdir(parents=True)
    kept.write_text(content, "utf-8")
    assert verdicts.recall(copy.root).sound() == []
    copy.set("actors", "kaz", "iso3", "KAX")
    assert len(validate(copy.root, verdicts.recall(copy.root))) == 1


def test_what_was_sound_under_other_code_is_checked_again(copy, monkeypatch, asked):
    known = verdicts.recall(copy.root)
    assert validate(copy.root, known) == []
    verdicts.remember(copy.root, known)
    asked.clear()
    assert validate(copy.root, verdicts.recall(copy.root)) == [] and asked == []
    monkeypatch.setattr(verdicts, "code", lambda: "another library")
    assert validate(copy.root, verdicts.recall(copy.root)) == []
    assert set(RULES) <= set(asked)


def test_the_code_of_the_checks_and_the_libraries_decide_as_well(tmp_path, monkeypatch):
    before = verdicts.code()
    assert before == verdicts.code()
    (tmp_path / "frictionless-99.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert verdicts.code() != before
