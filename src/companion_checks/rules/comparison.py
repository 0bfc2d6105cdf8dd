"""What the source texts are compared by: disagreements, propositions, parallels, runs of words, terms."""

import re
from collections.abc import Iterator

from companion_checks.problems import Problem, nearest
from companion_checks.project import Cards, Table
from companion_checks.registry import rule
from companion_checks.rules.claims import extent

ANEW = "python -m companion_checks.fingerprint FOLDER"


@rule
def disagreements_have_two_positions(conflicts: Table, conflict_claims: Table) -> Iterator[Problem]:
    """In a disagreement the claims take different positions."""
    positions: dict[str, set[str]] = {}
    for _, row in conflict_claims:
        positions.setdefault(row["conflict"], set()).add(row["position"])
    for number, row in conflicts:
        if len(positions.get(row["id"], ())) == 1:
            wrong = f"all claims of {row['id']!r} take the same position"
            right = "Give those that differ other words in conflict-claims.csv, column position"
            yield conflicts.problem(number, "id", wrong, right)


@rule
def disagreements_are_between_two_places(conflicts: Table, conflict_claims: Table, claims: Table) -> Iterator[Problem]:
    """A disagreement is between two places; one paragraph does not disagree with itself."""
    by_id = {row["id"]: row for _, row in claims}
    places: dict[str, set[tuple[str, str]]] = {}
    for _, row in conflict_claims:
        claim = by_id.get(row["claim"], {"source": "", "locator": ""})
        # Of evidence only the page is known, not the place in it: each claim counts as a place.
        places.setdefault(row["conflict"], set()).add((claim["source"], claim["locator"] or row["claim"]))
    for number, row in conflicts:
        if len(places.get(row["id"], ())) == 1:
            wrong = f"all claims of {row['id']!r} are in one place"
            right = "Add a claim from another place to conflict-claims.csv: a paragraph is not a disagreement"
            yield conflicts.problem(number, "id", wrong, right)


@rule
def texts_take_one_stance(proposition_claims: Table, claims: Table, cards: Cards) -> Iterator[Problem]:
    """A source text affirms a proposition or denies it, and not both."""
    sources = {row["id"]: row["source"] for _, row in claims}
    stances: dict[tuple[str, str], tuple[int, str]] = {}
    for number, row in proposition_claims:
        source = sources.get(row["claim"], "")
        if source in cards:
            first, stance = stances.setdefault((row["proposition"], source), (number, row["stance"]))
            if stance != row["stance"]:
                wrong = f"{source} {stance} by row {first} and {row['stance']} by this one"
                right = "A cell has one stance: drop a row, or word the proposition more narrowly"
                yield proposition_claims.problem(number, "stance", wrong, right)


@rule
def propositions_are_answered(propositions: Table, proposition_claims: Table) -> Iterator[Problem]:
    """Of each proposition some claim speaks."""
    answered = proposition_claims.column("proposition")
    for number, row in propositions:
        if row["id"] not in answered:
            right = "Add its rows to proposition-claims.csv, or drop it"
            yield propositions.problem(number, "id", f"no claim speaks of {row['id']!r}", right)


#: The columns that name the two ends of a parallel.
ENDS = (("source", "paragraph"), ("other", "other_paragraph"))


@rule
def parallels_stand_in_the_texts(parallels: Table, cards: Cards) -> Iterator[Problem]:
    """Both ends of a parallel are paragraphs of source texts."""
    for number, row in parallels:
        for text, place in ENDS:
            key, paragraph = row[text], row[place]
            if cards.without(key):
                yield parallels.problem(number, text, f"{key!r} has no card in seeds/", nearest(key, cards))
            elif key in cards and paragraph not in cards[key].sentences:
                right = f"{key} has {extent(cards[key].sentences)}"
                yield parallels.problem(number, place, f"{paragraph!r} is not in the text", right)


@rule
def parallels_join_two_texts(parallels: Table) -> Iterator[Problem]:
    """A parallel is between two texts."""
    for number, row in parallels:
        if row["source"] == row["other"]:
            yield parallels.problem(number, "other", f"{row['other']!r} is set beside itself", "Name two texts")


@rule
def parallels_are_written_once(parallels: Table) -> Iterator[Problem]:
    """No two rows join the same two paragraphs."""
    joined: dict[frozenset[tuple[str, str]], int] = {}
    for number, row in parallels:
        first = joined.setdefault(frozenset((row[text], row[place]) for text, place in ENDS), number)
        if first != number:
            wrong = f"row {first} joins the same two paragraphs"
            yield parallels.problem(number, "other_paragraph", wrong, "Drop one: the order makes no difference")


@rule
def counted_texts_have_cards(word_runs: Table, term_counts: Table, cards: Cards) -> Iterator[Problem]:
    """Words are counted in source texts, which have a card."""
    for table in (word_runs, term_counts):
        for number, row in table:
            if cards.without(row["source"]):
                wrong = f"{row['source']!r} has no card in seeds/"
                yield table.problem(number, "source", wrong, nearest(row["source"], cards))


@rule
def word_runs_stand_in_the_texts(word_runs: Table, cards: Cards) -> Iterator[Problem]:
    """Runs of words are those of a paragraph, or of what no paragraph holds."""
    for number, row in word_runs:
        key = row["source"]
        if key in cards and row["paragraph"] not in [*cards[key].sentences, "rest"]:
            right = f"{key} has {extent(cards[key].sentences)}, and 'rest'"
            yield word_runs.problem(number, "paragraph", f"{row['paragraph']!r} is not in the text", right)


@rule
def word_runs_are_complete(word_runs: Table, cards: Cards) -> Iterator[Problem]:
    """Where runs of a text are counted, they are counted in all of it."""
    printed: dict[str, set[str]] = {}
    for _, row in word_runs:
        printed.setdefault(row["source"], set()).add(row["paragraph"])
    for key, paragraphs in printed.items():
        for locator in cards[key].sentences if key in cards else ():
            if locator not in paragraphs:
                yield word_runs.problem(0, "paragraph", f"{key} {locator} is missing", f"Make the table anew: {ANEW}")


@rule
def terms_are_regular_expressions(terms: Table) -> Iterator[Problem]:
    """The pattern of a term can be searched for."""
    for number, row in terms:
        try:
            re.compile(row["pattern"])
        except re.error as error:
            wrong = f"{row['pattern']!r} is not a regular expression ({error})"
            yield terms.problem(number, "pattern", wrong, "Fix it; Python's module re says how one is written")


@rule
def terms_are_counted(terms: Table, term_counts: Table, cards: Cards) -> Iterator[Problem]:
    """Where terms of a text are counted, all of them are."""
    counted: dict[str, set[str]] = {}
    for _, row in term_counts:
        if row["source"] in cards:
            counted.setdefault(row["source"], set()).add(row["term"])
    for number, row in terms:
        for key, there in counted.items():
            if row["id"] not in there:
                wrong = f"{row['id']!r} is not counted in {key}"
                yield terms.problem(number, "id", wrong, f"Make the counts anew: {ANEW}")
