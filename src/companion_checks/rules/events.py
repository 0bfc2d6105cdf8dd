"""Events, votes, memberships and sites: what the book uses rests on a claim that says so."""

from collections.abc import Iterator

from companion_checks.problems import Problem
from companion_checks.project import Table
from companion_checks.registry import rule


@rule
def events_are_settled_by_their_reports(events: Table, event_reports: Table, claims: Table) -> Iterator[Problem]:
    """The claim that settles an event reports this event."""
    reported, known = {row["claim"]: row["event"] for _, row in event_reports}, claims.column("id")
    for number, row in events:
        claim = row["settled_by"]
        if claim in known and reported.get(claim) != row["id"]:
            right = "Name a claim that has a row in event-reports.csv for it"
            yield events.problem(number, "settled_by", f"{claim!r} does not report this event", right)


@rule
def parts_in_meetings_have_claims(event_actors: Table) -> Iterator[Problem]:
    """A part in a meeting has a claim; whom an event only concerns has none."""
    for number, row in event_actors:
        if (row["part"] == "concerned") == bool(row["claim"]):
            wrong = "a part in a meeting needs the claim that says so, a bare concern has none"
            yield event_actors.problem(number, "claim", wrong, "Fill or clear the cell")


@rule
def votes_have_claims(votes: Table) -> Iterator[Problem]:
    """A vote has a claim; one that was not found has none."""
    for number, row in votes:
        if (row["vote"] == "not found") == bool(row["claim"]):
            wrong = "a vote needs the claim that says so, a vote not found has none"
            yield votes.problem(number, "claim", wrong, "Fill or clear the cell")


@rule
def memberships_are_used_once(memberships: Table) -> Iterator[Problem]:
    """Of several rows for one member of one organisation the book uses one."""
    used: dict[tuple[str, str], int] = {}
    for number, row in memberships:
        if row["used"] == "yes":
            pair = (row["organisation"], row["member"])
            first = used.setdefault(pair, number)
            if first != number:
                wrong = f"row {first} is already used for {pair[1]} in {pair[0]}"
                yield memberships.problem(number, "used", wrong, "Mark one row of the pair with yes")


@rule
def sites_are_spoken_of(sites: Table, site_claims: Table) -> Iterator[Problem]:
    """Of each site some claim speaks."""
    spoken = site_claims.column("site")
    for number, row in sites:
        if row["claim"] not in spoken:
            right = "Say in site-claims.csv which claims do: at least the one that names the site"
            yield sites.problem(number, "claim", f"no claim speaks of {row['claim']!r}", right)
