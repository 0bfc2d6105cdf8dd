"""Counts that the prose needs: ``{count}`memberships organisation=csto member=@five```.

A query is the name of a table and conditions on its columns. A value may be
several, joined by ``|``; ``@five`` stands for the five Central Asian states, ``@seeds`` for the source texts, and
``@csto`` (any organisation) for its members. Of the memberships only the rows
that the book uses are counted.
"""

import pandas as pd

from companion import confidence
from companion.ledger import CENTRAL_ASIA, Ledger, per_ledger


def count(ledger: Ledger, query: str) -> int:
    """Count the rows of a table that meet the conditions.

    Parameters
    ----------
    query : ``table column=value …``, and optionally ``distinct=column`` to
        count the different values of a column instead of the rows

    Raises
    ------
    ValueError
        No such table, column or organisation, or a condition without ``=``.
    """
    name, *conditions = query.split()
    rows = table(ledger, name)
    distinct = None
    for condition in conditions:
        column, equals, wanted = condition.partition("=")
        if not equals:
            raise ValueError(f"{condition!r} is not a condition: write column=value")
        named = wanted if column == "distinct" else column
        if named not in rows.columns:
            raise ValueError(f"{name} has no column {named!r}; it has {', '.join(rows.columns)}")
        if column == "distinct":
            distinct = wanted
        else:
            rows = rows[rows[column].isin(_values(ledger, wanted))]
    return rows[distinct].nunique() if distinct else len(rows)


@per_ledger  # a page counts the same table again and again
def table(ledger: Ledger, name: str) -> pd.DataFrame:
    """Return the rows that a query counts: a table with what is joined to it, or the runs that two texts share.

    Raises ``ValueError`` where nothing has this name.
    """
    if name == "memberships":
        return ledger.members()
    if name == "claims":  # how a claim fared is joined, not stored
        return ledger.claims.assign(verdict=ledger.claims["id"].map(ledger.verdict).replace("", "unchecked"))
    if name == "conclusions":  # graded by the rule, not stored
        return ledger.conclusions.assign(grade=[judged.grade for judged in confidence.judge_all(ledger).values()])
    if name == "shared_runs":
        return ledger.shared_runs()
    if name not in ledger.tables:
        raise ValueError(f"{name!r} is not a table; the tables are {', '.join([*ledger.tables, 'shared_runs'])}")
    return ledger.tables[name]


def _values(ledger: Ledger, wanted: str) -> list[str]:
    if wanted == "@five":
        return list(CENTRAL_ASIA)
    if wanted == "@seeds":
        return list(ledger.seeds)
    if wanted.startswith("@"):
        members = ledger.members(wanted[1:])
        if members.empty:
            raise ValueError(f"{wanted[1:]!r} has no members in the ledger")
        return list(members[members["role"] == "member"]["member"])
    return wanted.replace("_", " ").split("|")
