"""The checks as a page: what is said, what was found, on whose word, and what would settle the rest."""

from html import escape

from companion import confidence, dates, pages, sources, wording
from companion.ledger import GRADES, VERDICTS
from companion_press.citing import citations
from companion_press.evidence import ledger_page
from companion_press.prose import claim_roles

#: What stands where every source of a check is weak.
ONLY_WEAK = "No source better than weak was found for this."


def check_rows(app, ledger, to, _):
    """Every check, by subject, the contradicted ones first."""
    used = ledger_page.used_in(app, ledger)
    chapters = [pages.docname(path, ledger.root) for path in pages.chapters(ledger.root)]
    names = {d: pages.title(ledger.root / f"{d}.md").partition(":")[0] for d in chapters}
    tested = ledger.check_claims.groupby("check")["claim"].apply(list).to_dict()
    listed = citations.listed(ledger)
    rows = ledger.checks.assign(rank=ledger.checks["verdict"].map(VERDICTS.index)).sort_values("rank", kind="stable")
    topics = list(dict.fromkeys(ledger.checks["area"]))
    jump = " · ".join(
        f'<a href="#on-{_slug(topic)}">{escape(_capital(topic))}</a> ({(rows["area"] == topic).sum()})'
        for topic in topics
    )
    out = [f'<nav aria-label="Checks by subject"><p>{jump}</p></nav>', _filter(ledger, names)]
    for topic in topics:
        entries = "".join(
            _entry(ledger, to, check, tested.get(check["id"], []), used, names, listed)
            for check in rows[rows["area"] == topic].to_dict("records")
        )
        out.append(
            f'<section class="entries" id="on-{_slug(topic)}"><h2>{escape(_capital(topic))}</h2>{entries}</section>'
        )
    return "".join(out)


def _capital(text):
    return text[0].upper() + text[1:]


def _slug(text):
    return text.lower().replace(" ", "-")


def _filter(ledger, names):
    controls = (
        ("v", "Verdict", [(v, wording.VERDICT_NAMES[v]) for v in VERDICTS]),
        ("s", "Text", [(key, sources.short(key, ledger.root)) for key in ledger.seeds]),
        ("c", "Chapter", [(d.rpartition("/")[2], name) for d, name in names.items()]),
    )
    return ledger_page.filter_form("Filter the checks", controls, ".entry", f"{len(ledger.checks)} entries")


def _entry(ledger, to, check, claims, used, names, listed):
    said = (
        "".join(
            f"<li>{escape(row['statement'])} <small>{claim_roles.place(ledger, row, to)} · {row['kind']} · "
            f'<a href="{to("book/ledger")}#{row["id"]}">ledger</a>{_chapters(to, used.get(row["id"], []), names)}</small></li>'
            for row in map(ledger.claim, claims)
        )
        or "<li>No statement of the five texts: the book needed the fact as background.</li>"
    )
    behind = ledger.check_sources[ledger.check_sources["check"] == check["id"]].to_dict("records")
    behind.sort(key=lambda row: GRADES.index(row["grade"]))
    sources = "".join(
        f'<li>{listed[row["reference"]]} <small class="grade">Graded {row["grade"]} · '
        f'<a href="{to("book/sources")}#ref-{row["reference"]}">in the list</a></small></li>'
        for row in behind
    )
    if all(row["grade"] == "weak" for row in behind):
        sources += f'<li class="only-weak">{ONLY_WEAK}</li>'
    verdict = wording.VERDICT_NAMES[check["verdict"]]
    facts = [
        ("What is said", f"<ul>{said}</ul>"),
        ("What was found", escape(check["finding"])),
        ("On whose word", f"<ul>{sources}</ul>"),
    ]
    if check["would_settle"]:
        facts.append(("What would settle it", escape(check["would_settle"])))
    facts.append(("Checked on", dates.text(str(check["checked_on"]))))
    body = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts)
    seeds = " ".join(sorted({ledger.claim(id)["source"] for id in claims}))
    where = " ".join(d.rpartition("/")[2] for d in names if any(d in used.get(id, []) for id in claims))
    return (
        f'<section class="entry" id="{check["id"]}" data-v="{check["verdict"]}" data-s="{seeds}" data-c="{where}">'
        f'<h3>{escape(check["title"])}: <span class="{check["verdict"]}">{verdict}</span></h3><dl class="entry-facts">{body}</dl></section>'
    )


def _chapters(to, where, names):
    links = ", ".join(f'<a href="{to(d)}">{escape(names[d])}</a>' for d in where if d in names)
    return f" · in {links}" if links else ""


def conclusion_rows(app, ledger, to, _):
    """Every conclusion by domain, each domain closed, the surest first: in full, how sure the book is of it, and why."""
    rows = confidence.table(ledger)
    rows = rows.assign(rank=rows["grade"].map(confidence.GRADES.index)).sort_values(
        "rank", ascending=False, kind="stable"
    )
    chapters = {path.stem: pages.title(path).partition(":")[0] for path in pages.chapters(ledger.root)}
    parts = []
    for domain in confidence.DOMAINS:
        entries = "".join(
            f'<li id="conclusion-{row["conclusion"]}"><p>{escape(row["statement"])} <b>{row["grade"].capitalize()} confidence.</b></p>'
            f'<p><small>{escape(row["why"])} <a href="{to("book/" + row["chapter"])}">{escape(chapters[row["chapter"]])}</a></small></p></li>'
            for row in rows[rows["domain"] == domain].to_dict("records")
        )
        told = rows[rows["domain"] == domain]["grade"].value_counts()
        held = ", ".join(f"{told[grade]} {grade}" for grade in reversed(confidence.GRADES) if grade in told)
        title = f"{_capital(confidence.DOMAINS[domain])}: {told.sum()} conclusions, {held}"
        parts.append(f'<details class="conclusions"><summary>{escape(title)}</summary><ul>{entries}</ul></details>')
    return "".join(parts)


MAKERS = {"check-rows": check_rows, "conclusion-rows": conclusion_rows}
