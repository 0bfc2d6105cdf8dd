"""Coverage: every sentence of a source text yields a claim or has a reason why not."""

from collections.abc import Iterator

from companion_checks.problems import Problem, nearest
from companion_checks.project import Cards, Row, Table
from companion_checks.registry import rule


def sentence_number(row: Row) -> int:
    """Return the position of a sentence in its paragraph, 0 where the cell holds no whole number."""
    return int(row["sentence"]) if row["sentence"].isdecimal() else 0


@rule
def covered_texts_have_cards(coverage: Table, cards: Cards) -> Iterator[Problem]:
    """Coverage is of source texts, which have a card."""
    for number, row in coverage:
        if cards.without(row["source"]):
            wrong = f"{row['source']!r} has no card in seeds/"
            yield coverage.problem(number, "source", wrong, nearest(row["source"], cards))


@rule
def covered_sentences_exist(coverage: Table, cards: Cards) -> Iterator[Problem]:
    """A paragraph has as many sentences as the card counts."""
    for number, row in coverage:
        if row["source"] in cards:
            count = cards[row["source"]].sentences.get(row["paragraph"], 0)
            if not 1 <= sentence_number(row) <= count:
                wrong = f"{row['source']} {row['paragraph']} has no sentence {row['sentence']}"
                yield coverage.problem(number, "sentence", wrong, f"The card counts {count or 'no such paragraph'}")


@rule
def sentences_yield_a_claim_or_a_reason(coverage: Table) -> Iterator[Problem]:
    """A row of coverage has a claim or a reason, and not both."""
    for number, row in coverage:
        if bool(row["claim"]) == bool(row["left_out"]):
            wrong = "a sentence yields a claim or has a reason why not"
            yield coverage.problem(number, "left_out", wrong, "Fill exactly one of 'claim' and 'left_out'")


@rule
def sentences_yield_claims_of_their_text(coverage: Table, claims: Table) -> Iterator[Problem]:
    """A sentence yields claims of the text in which it stands."""
    sources = {row["id"]: row["source"] for _, row in claims}
    for number, row in coverage:
        if sources.get(row["claim"], row["source"]) != row["source"]:
            wrong, right = f"{row['claim']!r} is a claim of another source", f"Name a claim of {row['source']}"
            yield coverage.problem(number, "claim", wrong, right)


@rule
def every_sentence_is_covered(coverage: Table, cards: Cards) -> Iterator[Problem]:
    """No sentence of a source text is passed over."""
    covered = {(row["source"], row["paragraph"], sentence_number(row)) for _, row in coverage}
    for key, card in cards.items():
        for paragraph, count in card.sentences.items():
            for sentence in range(1, count + 1):
                if (key, paragraph, sentence) not in covered:
                    wrong = f"{key} {paragraph} sentence {sentence} is not accounted for"
                    yield coverage.problem(0, "sentence", wrong, "Add its claims, or the reason why it has none")


@rule
def every_claim_of_a_text_is_covered(claims: Table, coverage: Table, cards: Cards) -> Iterator[Problem]:
    """A claim of a source text comes from one of its sentences."""
    covered = {row["claim"] for _, row in coverage}
    for number, row in claims:
        if row["source"] in cards and row["id"] not in covered:
            wrong = f"{row['id']!r} is missing from coverage.csv"
            yield claims.problem(number, "id", wrong, "Say which sentence it comes from")
