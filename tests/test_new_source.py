"""Authors who bring a new source: a form makes all of it, or nothing, and says what the book would then show."""

import contextlib
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from companion import confidence, load, sources
from companion.confidence import Side
from companion.ledger import Ledger
from companion_checks.new_source import __main__ as new_source
from companion_checks.rules.cards import SECTIONS
from companion_press.citing import csl_items
from conftest import PROJECT

FIXTURES = PROJECT / "tests/fixtures"


def run(root, *options):
    """Run the tool on a project folder, in this process: what it returns and prints."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = new_source.main(["--root", str(root), *map(str, options)])
    return subprocess.CompletedProcess(options, status, out.getvalue(), err.getvalue())


def tree(root):
    """The checksum of every file of a project."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def form(tmp_path):
    """A function that writes the worked example, with some of its text replaced; the form's path."""
    folder = tmp_path / "forms"
    folder.mkdir()
    shutil.copyfile(FIXTURES / "author2027.txt", folder / "author2027.txt")

    def write(*changes):
        text = (FIXTURES / "author2027.yml").read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (folder / "form.yml").write_text(text, "utf-8")
        return folder / "form.yml"

    return write


def section(told, title):
    """The lines of one section of what the tool tells."""
    return [line.strip() for line in told.split(f"\n{title}:\n")[1].split("\n\n")[0].splitlines()]


# -- a sound form --------------------------------------------------------------------------


def test_a_form_becomes_card_reference_rows_and_contents_and_make_check_passes(copy, form, problems):
    before = tree(copy.root)
    done = run(copy.root, "--form", form(), "--quick")
    assert done.returncode == 0, done.stderr
    after = tree(copy.root)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {
        "_toc.yml",
        "seeds/author2027.md",
        "seeds/references.bib",
        "data/claims.csv",
        "data/coverage.csv",
        "data/quantities.csv",
        "data/event-reports.csv",
        "data/conclusion-claims.csv",
        "data/datapackage.json",  # how many rows each table has now
    }
    assert set(before) <= set(after), "nothing is lost, and no temporary file is left"
    for name in changed - {"_toc.yml", "seeds/author2027.md", "data/datapackage.json"}:
        assert (copy.root / name).read_bytes().startswith((PROJECT / name).read_bytes().rstrip(b"\n")), (
            f"{name}: rows are added, none is rewritten"
        )
    # The card: checksum of the text beside the form, its length, its sections, in the order of the book.
    card = (copy.root / "seeds/author2027.md").read_text("utf-8")
    head = yaml.safe_load(card.split("---")[1])["card"]
    assert head == {
        "sha256": hashlib.sha256((FIXTURES / "author2027.txt").read_bytes()).hexdigest(),
        "sentences": {"¶0": 1, "¶1": 3, "¶2": 2},
    }
    assert re.findall("^#+ (.+)$", card, re.M) == ["Author: a text to be cross-examined", *SECTIONS]
    assert "looks east" not in card, "the text itself stays out"
    assert copy.row("claims", "author-trade") == [
        "author-trade",
        "author2027",
        "¶2",
        "putin",
        "ascribed",
        "fact",
        "trade",
        "Russian trade with the region came to 47 billion dollars in 2024.",
        "",
        "",
        "",
        "",
    ]
    assert copy.rows("coverage")[-1] == ["author2027", "¶1", "3", "", "a question to the reader that asserts nothing"]
    contents = [line.strip() for line in (copy.root / "_toc.yml").read_text("utf-8").splitlines()]
    assert contents[contents.index("- file: seeds/kerlindsay") + 1] == "- file: seeds/author2027"
    assert problems(copy.root) == (0, [])
    if os.name == "posix":
        copy.with_commands()
        made = subprocess.run(
            [sys.executable, "src/companion_press", "ledger"], cwd=copy.root, capture_output=True, text=True
        )
        assert made.returncode == 0 and "sound" in made.stdout, made.stderr


def test_it_tells_what_agrees_and_what_differs_and_leaves_the_tree_alone_in_a_dry_run(copy, form):
    before = tree(copy.root)
    done = run(copy.root, "--form", form(), "--dry", "--quick")
    assert done.returncode == 0, done.stderr
    assert tree(copy.root) == before
    assert "A dry run: nothing was changed" in done.stdout
    beside = section(done.stdout, "Beside what is there")
    # Tajikistan as host on 9 October: as News Central Asia has it, not as Korybko and Cafiero have it.
    assert (
        "author-dushanbe-host agrees with summit-dushanbe-nca (News Central Asia 2025): host of summit-dushanbe-2025: tjk"
        in beside
    )
    assert (
        "author-dushanbe-host differs from dushanbe-host-putin (Korybko 2025): host of summit-dushanbe-2025: tjk, not rus"
        in beside
    )
    assert (
        "author-dushanbe-host differs from dushanbe-host-russia (Cafiero 2025): date of summit-dushanbe-2025: 2025-10-09, not 2025-10-08/2025-10-10"
        in beside
    )
    # 47 billion is more than Putin's 45, about what review.uz has, and not more than Tokayev's 50.
    trade = {line.split(" (")[0] for line in beside if line.startswith("author-trade")}
    assert {
        "author-trade agrees with trade-russia-2024",
        "author-trade agrees with trade-rus-region-2024-review",
        "author-trade differs from trade-rus-region-2024-tokayev",
    } <= trade
    assert "turkic: 1 claim; so far Ker-Lindsay (undated), Korybko 2025, Özpınar 2025" in beside


@pytest.mark.long
def test_it_tells_which_grades_move_by_the_rule(copy, form):
    told = run(copy.root, "--form", form(), "--dry", "--quick").stdout
    # A text that nobody has checked is one more voice on both, and not a firm one: too little to move a grade.
    ledger = Ledger(PROJECT)
    expected = []
    for id, chapter in (("ots-security", "turkic"), ("influence-waned", "balance")):
        judged = confidence.judge(ledger, id)
        joined = Side(judged.supports.voices + 1, judged.supports.firm)
        evidence, agreement = confidence.grade_evidence(joined), confidence.grade_agreement(joined, judged.limits)
        assert confidence.grade_confidence(evidence, agreement) == judged.grade
        why = confidence.explain(confidence.Assessment(judged.grade, evidence, agreement, joined, judged.limits))
        expected.append(f"{id} ({chapter}): stays {judged.grade}: {why}")
    assert section(told, "Conclusions") == expected
    # Whoever leans on Korybko is no second voice, on either.
    leaning = form(
        ("left_out:", "leans_on:\n  - {other: korybko2025, kind: wording, reason: Shared runs of words.}\nleft_out:")
    )
    assert section(run(copy.root, "--form", leaning, "--dry", "--quick").stdout, "Conclusions") == [
        "no grade changes, nor how many voices speak for or against a conclusion"
    ]


@pytest.mark.long
def test_it_tells_which_printed_counts_change_and_on_which_line(copy, form):
    page = "book/institutions.md"
    line = copy.say(
        "There are {count}`claims source=@seeds topic=turkic` such claims, and {claim}`trade-russia-2024`.", page
    )
    rows = [dict(zip(copy.rows("claims")[0], row)) for row in copy.rows("claims")[1:]]
    seeds = {path.stem for path in (copy.root / "seeds").glob("*.md")}
    turkic = sum(row["topic"] == "turkic" and row["source"] in seeds for row in rows)
    told = run(copy.root, "--form", form(), "--dry", "--quick").stdout
    pages = section(told, "Pages")
    at = pages.index(f"{page}:")
    # One of the five claims has the topic; the claim beside it prints what it did.
    assert pages[at + 1] == f"line {line}, {{count}}`claims source=@seeds topic=turkic`: {turkic} becomes {turkic + 1}"
    assert pages[at + 2].startswith("book/")
    assert "book/west.md: nothing changes" in pages
    assert "seeds/author2027.md:" not in pages, "its own card prints what it prints"
    assert "use 5 claims in a chapter (author-pivot, author-influence" in told


@pytest.mark.long
def test_it_runs_the_chapters_and_tells_which_figures_and_tables_change(copy, form):
    done = run(copy.root, "--form", form(), "--dry")
    assert done.returncode == 0, done.stderr
    pages = section(done.stdout, "Pages")
    told = {line.split(":")[0]: line for line in pages}
    # Each of the five claims is a row behind the figures that show every claim of the texts, and none is tested.
    assert (
        told["figure verdicts-by-source"]
        == "figure verdicts-by-source: its table has 5 new or changed rows and loses 0"
    )
    # Two of them bear on a conclusion, and the figure of grades cites both.
    assert "author-ots-security, author-influence as well" in told["figure conclusion-grades"]
    assert "code stops" not in done.stdout, "a chapter can cope with a sixth source"
    for chapter in ("institutions", "war"):
        assert f"book/{chapter}.md: nothing changes" in pages
    # History says how many claims the ledger has, and nothing else in it changes.
    place, claims = pages.index("book/history.md:"), len(load().claims)
    assert pages[place + 1].endswith(f"{{count}}`claims`: {claims:,} becomes {claims + 5:,}")
    assert pages[place + 2].startswith("book/")


@pytest.mark.long
def test_it_names_a_chapter_whose_code_cannot_cope(copy, form):
    copy.replace(
        "book/history.md",
        "ledger = companion.load()",
        'ledger = companion.load()\n{"korybko2025", "cafiero2025", "ozpinar2025", "anon2024", "kerlindsay"} == set(ledger.seeds) or 1 / 0',
    )
    done = run(copy.root, "--form", form())
    assert "its code stops (cell 1: ZeroDivisionError" in done.stdout
    assert done.returncode == 2


# -- wrong forms -------------------------------------------------------------------------------


def refused(copy, form):
    """Run a wrong form; what the tool says of it, with the tree as it was."""
    before = tree(copy.root)
    done = run(copy.root, "--form", form, "--quick")
    assert done.returncode == 1
    assert tree(copy.root) == before
    assert "Traceback" not in done.stderr
    return [line.replace(str(form), "form.yml") for line in done.stderr.splitlines() if line]


def line_of(form, text):
    return next(number for number, line in enumerate(form.read_text("utf-8").splitlines(), start=1) if text in line)


#: What is replaced by what, the field that is blamed, and what the message must hold: all of these in one form.
SLIPS = [
    (
        "kind: assessment\n    topic: outlook",
        "kind: asessment\n    topic: outlook",
        "claims 1 (trade-russia-2024), kind",
        "'asessment' is not allowed here",
        "'assessment'",
    ),
    (
        "    locator: ¶0",
        "    locator: ¶7",
        "claims 1 (trade-russia-2024), locator",
        "'¶7' is not in the text",
        "author2027 has ¶0 to ¶2",
    ),
    (
        "id: author-pivot",
        "id: trade-russia-2024",
        "claims 1 (trade-russia-2024), id",
        "appears twice",
        "Give each row a name of its own",
    ),
    (
        "said_by: putin",
        "said_by: putn",
        "claims 5 (author-trade), said_by",
        "'putn' does not exist in actors.csv",
        "'putin'",
    ),
    (
        "value: 47",
        "value: forty-seven",
        "claims 5 (author-trade), quantities, value",
        "'forty-seven' is not a number",
        "such as 35.8",
    ),
    ("unit: USD", "unit: usd", "claims 5 (author-trade), quantities, unit", "'usd' is not a unit", "'USD'"),
    (
        "event: summit-dushanbe-2025",
        "event: summit-dushambe-2025",
        "claims 4 (author-dushanbe-host), report, event",
        "does not exist in events.csv",
        "'summit-dushanbe-2025'",
    ),
    (
        "date: 2025-10-09",
        "date: 2025-02-30",
        "claims 4 (author-dushanbe-host), report, date",
        "'2025-02-30' is not a possible date",
        "Write EDTF",
    ),
    (
        "conclusion: ots-security",
        "conclusion: ots-securty",
        "claims 3 (author-ots-security), conclusions, conclusion",
        "does not exist in conclusions.csv",
        "'ots-security'",
    ),
    (
        "statement: Russia counts",
        "statment: Russia counts",
        "claims 2, statment",
        "the form has no field 'statment' here",
        "'statement'",
    ),
    (
        "  provenance: The page of the review was read.\n",
        "",
        "card, provenance",
        "the section 'Provenance' is empty",
        "or that nothing is",
    ),
    (
        "date: 2027-11-02",
        "date: 2027-11-32",
        "reference, date",
        "'2027-11-32' is not a possible date",
        "Write 2025-10-09",
    ),
    (
        "file: author2027.txt",
        "file: lost.txt",
        "text, file",
        "there is no file 'lost.txt' beside the form",
        "or give its sha256",
    ),
    (
        "organization:",
        "organisation:",
        "reference, organisation",
        "the form has no field 'organisation' here",
        "'organization'",
    ),
    (
        "{locator: ¶1, sentence: 3, why",
        "{locator: ¶1, sentence: 9, why",
        "left_out 1, sentence",
        "author2027 ¶1 has no sentence 9",
        "The card counts 3",
    ),
]


def blamed(said, path, new, field, wrong, right):
    """Assert that a slip is named with the line and the field where it stands, what is wrong, and what would be right."""
    hits = [line for line in said if wrong in line and right in line and f", {field}: " in line]
    assert hits, (field, said)
    assert hits[0].startswith(f"form.yml, row {line_of(path, new.splitlines()[0].strip())},"), hits[0]


def test_every_slip_is_named_where_it_stands_all_in_one_run_and_nothing_is_left(copy, form):
    path = form(*[(old, new) for old, new, *_ in SLIPS])
    said = refused(copy, path)
    for _, new, *message in SLIPS:
        blamed(said, path, new or "heading:", *message)
    # A sentence that is left without a claim or a reason is a gap in the text.
    assert [line for line in said if "author2027 ¶1 sentence 3 is not accounted for" in line]
    assert said[-1] == f"{len(said) - 1} problems found; nothing was changed."


@pytest.mark.parametrize(
    "old, new, field, wrong, right",
    [
        ("key: author2027", "key: Author 2027", "key", "'Author 2027' is not a key", "such as author2027"),
        ("key: author2027", "key: cafiero2025", "key", "already a key of seeds/references.bib", "cafiero2025b"),
        (
            "type: online",
            "type: webpage",
            "reference, type",
            "no style of citations knows what 'webpage' is",
            "Write @online, @book, @misc or @article",
        ),
    ],
)
def test_a_source_without_a_sound_name_or_kind_is_refused(copy, form, old, new, field, wrong, right):
    path = form((old, new))
    blamed(refused(copy, path), path, new, field, wrong, right)


def test_an_article_without_its_journal_and_a_book_without_its_publisher_are_refused(copy, form):
    path = form(("type: online", "type: article\n  entrysubtype: weekly"))
    said = refused(copy, path)
    blamed(
        said,
        path,
        "entrysubtype: weekly",
        "reference, entrysubtype",
        "no style of citations knows what 'weekly' is",
        "{magazine} or {newspaper}",
    )
    blamed(
        said,
        path,
        "type: article",
        "reference, journaltitle",
        "of the type article needs it",
        "the journal, magazine or newspaper",
    )
    path = form(("type: online", "type: book"))
    blamed(
        refused(copy, path), path, "type: book", "reference, publisher", "of the type book needs it", "the publisher"
    )


@pytest.mark.parametrize(
    "given, cited",
    [
        ("type: article\n  journaltitle: Example Review\n  entrysubtype: magazine", "article-magazine"),
        ("type: article\n  journaltitle: Example Studies\n  volume: 7", "article-journal"),
        ("type: book\n  publisher: Example Press", "book"),
    ],
)
def test_a_source_is_cited_as_what_the_form_says_it_is(copy, form, given, cited):
    sound = form(("type: online", given), ("  organization: Example Review\n", ""))
    assert run(copy.root, "--form", sound, "--quick").returncode == 0
    sources.references.cache_clear()  # the copy's references were read before the form was added
    assert csl_items.reference(Ledger(copy.root), "author2027")["type"] == cited


def test_a_list_that_is_none_and_a_form_that_is_not_yaml_are_named(copy, form):
    text = (FIXTURES / "author2027.yml").read_text("utf-8")
    path = form((text[text.index("claims:\n") :], "claims: none\n"))
    blamed(refused(copy, path), path, "claims: none", "claims", "this is not a list", "each entry after a hyphen")
    path = form(('heading: "Author', "heading: Author"))
    said = refused(copy, path)
    assert "not valid YAML" in said[0] and "quotation marks" in said[0]
    assert said[0].startswith(f"form.yml, row {line_of(path, 'heading: Author')}")


def test_a_form_that_is_not_there_is_named(copy, tmp_path):
    done = run(copy.root, "--form", tmp_path / "nowhere.yml")
    assert done.returncode == 1 and "the form is missing" in done.stderr and "BLANK=" in done.stderr


def test_a_folder_in_place_of_a_form_is_named(copy, tmp_path):
    done = run(copy.root, "--form", tmp_path)
    assert (
        done.returncode == 1
        and f"{tmp_path}" in done.stderr
        and "the form cannot be read (Is a directory)" in done.stderr
    )


@pytest.mark.parametrize("option", ["--blank", "--edit"])
def test_a_folder_that_is_not_there_is_named(copy, tmp_path, option):
    done = run(copy.root, option, tmp_path / "nowhere/form.yml")
    assert done.returncode == 1 and f"there is no folder {tmp_path / 'nowhere'}" in done.stderr


def test_a_project_that_is_not_sound_takes_no_source(copy, form):
    copy.set("claims", "trade-russia-2024", "said_by", "putn")
    done = run(copy.root, "--form", form(), "--quick")
    assert done.returncode == 1
    assert "fix them first" in done.stderr and "data/claims.csv" in done.stderr
    assert not (copy.root / "seeds/author2027.md").exists()


# -- the empty form ---------------------------------------------------------------


def test_the_empty_form_explains_every_field_and_all_of_them_are_known(copy, tmp_path):
    path = tmp_path / "blank.yml"
    assert run(copy.root, "--blank", path).returncode == 0
    text = path.read_text("utf-8")
    asked = re.sub(r"^( *)#( *[- ]*[a-z0-9_]+:)", r"\1\2", text, flags=re.M)  # every section that is set aside, put in
    fields = yaml.load(asked, yaml.BaseLoader)
    assert {
        "key",
        "reference",
        "text",
        "card",
        "actors",
        "events",
        "places",
        "claims",
        "left_out",
        "checks",
        "leans_on",
    } == set(fields)
    bare = [
        line
        for line in asked.splitlines()
        if re.match(r"\s*[- ]*[a-z_0-9]+: *(\{\}|\[\])?$", line) and not line.rstrip().endswith(":")
    ]
    assert bare == []
    path.write_text(asked, "utf-8")
    done = run(copy.root, "--form", path, "--quick")
    assert "has no field" not in done.stderr and "Traceback" not in done.stderr
    assert "the key is missing" in done.stderr
    assert run(copy.root, "--blank", path).returncode == 1, "an existing form is not overwritten"


def test_without_a_form_one_is_opened_in_the_editor_and_what_it_would_change_is_told(copy, form, tmp_path, monkeypatch):
    before, path = tree(copy.root), tmp_path / "forms/mine.yml"
    filled = form()
    # An editor whose author pastes the worked example over the questions.
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys\n"
        "form = pathlib.Path(sys.argv[1])\n"
        "assert 'key:  # Short name' in form.read_text('utf-8')\n"
        f"form.write_text(pathlib.Path({str(filled)!r}).read_text('utf-8'), 'utf-8')\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} '{editor}'")
    done = run(copy.root, "--edit", path, "--quick")
    assert done.returncode == 0, done.stderr
    assert "A dry run: nothing was changed" in done.stdout
    assert f"make new-source FORM={path}" in done.stdout
    assert path.read_text("utf-8") == filled.read_text("utf-8")
    assert tree(copy.root) == before


def test_a_form_that_was_begun_is_opened_again_and_says_what_is_wrong(copy, form, monkeypatch):
    begun = form(("kind: assessment\n    topic: outlook", "kind: asessment\n    topic: outlook"))
    text = begun.read_text("utf-8")
    monkeypatch.setenv("VISUAL", "true")
    done = run(copy.root, "--edit", begun, "--quick")
    assert done.returncode == 1 and "'asessment' is not allowed here" in done.stderr
    assert "To go on with the form: make new-source" in done.stdout
    assert begun.read_text("utf-8") == text


def test_without_an_editor_the_form_is_written_and_named(copy, tmp_path, monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    path = tmp_path / "mine.yml"
    done = run(copy.root, "--edit", path)
    assert done.returncode == 0 and f"Fill in {path}, then: make new-source FORM={path} DRY=1" in done.stdout
    assert path.read_text("utf-8").startswith("# A source text for the book.")
