"""The checks as a page: what is said, what was found, on whose word, and what would settle the rest."""

from collections.abc import Iterable

import htpy as h
from markupsafe import Markup
from sphinx.application import Sphinx

from companion import confidence, dates, pages, sources, wording
from companion.ledger import GRADES, VERDICTS, Ledger
from companion_press import html_parts
from companion_press.citing import citations
from companion_press.evidence import ledger_page
from companion_press.html_parts import To
from companion_press.prose import claim_roles

#: What stands where every source of a check is weak.
ONLY_WEAK = "No source better than weak was found for this."


def check_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Every check, by subject, the contradicted ones first."""
    used = ledger_page.used_in(app, ledger)
    chapters = [pages.docname(path, ledger.root) for path in pages.chapters(ledger.root)]
    names = {d: pages.title(ledger.root / f"{d}.md").partition(":")[0] for d in chapters}
    tested = ledger.check_claims.groupby("check")["claim"].apply(list).to_dict()
    listed = citations.listed(ledger)
    rows = ledger.checks.assign(rank=ledger.checks["verdict"].map(VERDICTS.index)).sort_values("rank", kind="stable")
    topics = list(dict.fromkeys(ledger.checks["area"]))
    jump: Iterable[h.Node] = (
        [h.a(href=f"#on-{_slug(topic)}")[_capital(topic)], f" ({(rows['area'] == topic).sum()})"] for topic in topics
    )
    return h.fragment[
        h.nav(aria_label="Checks by subject")[h.p[html_parts.joined(jump, " · ")]],
        _filter(ledger, names),
        (
            h.section(class_="entries", id=f"on-{_slug(topic)}")[
                h.h2[_capital(topic)],
                (
                    _entry(ledger, to, check, tested.get(check["id"], []), used, names, listed)
                    for check in rows[rows["area"] == topic].to_dict("records")
                ),
            ]
            for topic in topics
        ),
    ]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _slug(text: str) -> str:
    return text.lower().replace(" ", "-")


def _filter(ledger: Ledger, names: dict[str, str]) -> Markup:
    controls = (
        ("v", "Verdict", [(v, wording.VERDICT_NAMES[v]) for v in VERDICTS]),
        ("s", "Text", [(key, sources.short(key, ledger.root)) for key in ledger.seeds]),
        ("c", "Chapter", [(d.rpartition("/")[2], name) for d, name in names.items()]),
    )
    return ledger_page.filter_form("Filter the checks", controls, ".entry", f"{len(ledger.checks)} entries")


def _entry(
    ledger: Ledger,
    to: To,
    check: dict,
    claims: list[str],
    used: dict[str, list[str]],
    names: dict[str, str],
    listed: dict[str, str],
) -> h.Element:
    said = [_statement(ledger, to, ledger.claim(id), used.get(id, []), names) for id in claims]
    facts: list[tuple[str, h.Node]] = [
        ("What is said", h.ul[said or h.li["No statement of the five texts: the book needed the fact as background."]]),
        ("What was found", check["finding"]),
        ("On whose word", h.ul[_sources_of(ledger, to, check, listed)]),
    ]
    if check["would_settle"]:
        facts.append(("What would settle it", check["would_settle"]))
    facts.append(("Checked on", dates.text(str(check["checked_on"]))))
    seeds = " ".join(sorted({ledger.claim(id)["source"] for id in claims}))
    where = " ".join(d.rpartition("/")[2] for d in names if any(d in used.get(id, []) for id in claims))
    verdict = check["verdict"]
    return h.section(class_="entry", id=check["id"], data_v=verdict, data_s=seeds, data_c=where)[
        h.h3[f"{check['title']}: ", h.span(class_=verdict)[wording.VERDICT_NAMES[verdict]]],
        h.dl(class_="entry-facts")[([h.dt[name], h.dd[text]] for name, text in facts)],
    ]


def _statement(ledger: Ledger, to: To, row: dict, where: list[str], names: dict[str, str]) -> h.Element:
    """Return a claim that a check tested: the statement, its place and kind, its row, the chapters that use it."""
    facts: list[h.Node] = [
        claim_roles.place(ledger, row, to),
        row["kind"],
        h.a(href=f"{to('book/ledger')}#{row['id']}")["ledger"],
    ]
    chapters = [h.a(href=to(d))[names[d]] for d in where if d in names]
    if chapters:
        facts.append(["in ", html_parts.joined(chapters, ", ")])
    return h.li[f"{row['statement']} ", h.small[html_parts.joined(facts, " · ")]]


def _sources_of(ledger: Ledger, to: To, check: dict, listed: dict[str, str]) -> list[h.Element]:
    """Return the sources of a check, the best first, and a word on them where none is better than weak."""
    rows = ledger.check_sources[ledger.check_sources["check"] == check["id"]].to_dict("records")
    rows.sort(key=lambda row: GRADES.index(row["grade"]))
    items = [
        h.li[
            Markup(listed[row["reference"]]),
            " ",
            h.small(class_="grade")[
                f"Graded {row['grade']} · ",
                h.a(href=f"{to('book/sources')}#ref-{row['reference']}")["in the list"],
            ],
        ]
        for row in rows
    ]
    if all(row["grade"] == "weak" for row in rows):
        items.append(h.li(class_="only-weak")[ONLY_WEAK])
    return items


def conclusion_rows(app: Sphinx, ledger: Ledger, to: To, _: str) -> str:
    """Every conclusion by domain, each domain closed, the surest first: in full, how sure the book is of it, and why."""
    rows = confidence.table(ledger)
    rows = rows.assign(rank=rows["grade"].map(confidence.GRADES.index)).sort_values(
        "rank", ascending=False, kind="stable"
    )
    chapters = {path.stem: pages.title(path).partition(":")[0] for path in pages.chapters(ledger.root)}
    parts = []
    for domain in confidence.DOMAINS:
        of_it = rows[rows["domain"] == domain]
        told = of_it["grade"].value_counts()
        held = ", ".join(f"{told[grade]} {grade}" for grade in reversed(confidence.GRADES) if grade in told)
        parts.append(
            h.details(class_="conclusions")[
                h.summary[f"{_capital(confidence.DOMAINS[domain])}: {told.sum()} conclusions, {held}"],
                h.ul[(_conclusion(to, row, chapters[row["chapter"]]) for row in of_it.to_dict("records"))],
            ]
        )
    return str(h.fragment[parts])


def _conclusion(to: To, row: dict, chapter: str) -> h.Element:
    return h.li(id=f"conclusion-{row['conclusion']}")[
        h.p[f"{row['statement']} ", h.b[f"{row['grade'].capitalize()} confidence."]],
        h.p[h.small[f"{row['why']} ", h.a(href=to(f"book/{row['chapter']}"))[chapter]]],
    ]


MAKERS = {"check-rows": check_rows, "conclusion-rows": conclusion_rows}
