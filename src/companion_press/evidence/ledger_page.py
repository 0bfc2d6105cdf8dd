"""Pages straight from the ledger: its rows, the sources, the tables."""

from html import escape

from companion import pages, sources, wording
from companion.ledger import VERDICTS
from companion_press import domain
from companion_press.citing import citations
from companion_press.evidence import database
from companion_press.prose import claim_roles

#: The data package as one file, below the site's root.
PACKAGE = "data/central-asia-companion-data.zip"


# -- the ledger -------------------------------------------------------------------


def used_in(app, ledger) -> dict[str, list[str]]:
    """Return for each claim the pages (document names, in reading order) whose text or figures use it."""
    found: dict[str, list[str]] = {}
    for docname in (pages.docname(path, ledger.root) for path in pages.sources(ledger.root)):
        used = [id for ids in domain.of_app(app).uses.get(docname, []) for id in ids]
        used += domain.of_app(app).listed.get(docname, [])
        for facts in domain.of_app(app).figures_of(docname).values():
            used += facts["claims"]
        for id in used:
            for claim_id in ledger.inputs(id):
                where = found.setdefault(claim_id, [])
                if docname not in where:
                    where.append(docname)
    return found


def values(ledger, claim_id) -> str:
    """Print all values of a claim, for its row in the ledger."""
    numbers = [wording.quantity(q) for q in ledger.quantities_of(claim_id)]
    report = ledger.report_of(claim_id)
    if report and report.date:
        numbers.append(wording.value(ledger, claim_id))
    return "; ".join(numbers)


def ledger_rows(app, ledger, to, _):
    """The whole ledger: filters, then a row for every claim and derivation."""
    used = used_in(app, ledger)
    in_use = {d for where in used.values() for d in where}
    titles = {pages.docname(path, ledger.root): pages.title(path) for path in pages.sources(ledger.root)}
    rows = []
    for row in ledger.claims.to_dict("records"):
        id, verdict = row["id"], ledger.verdict(row["id"])
        where = used.get(id, [])
        facts = [claim_roles.place(ledger, row, to), row["kind"]]
        if row["grade"]:
            facts.append(row["grade"])
        value = values(ledger, id)
        if value:
            facts.append(escape(value))
        if row["meant"]:
            facts.append(f"printed “{escape(row['printed'])}”, meant “{escape(row['meant'])}”")
        for check in ledger.checks_of(id):
            facts.append(
                f'<a class="{check["verdict"]}" href="{to("book/checks")}#{check["id"]}">{wording.VERDICT_NAMES[check["verdict"]]}</a>'
            )
        if where:
            facts.append("in " + ", ".join(f'<a href="{to(d)}">{escape(titles[d])}</a>' for d in where))
        facts.append(f'<a href="{to("claims/" + id)}">cite</a>')
        short = " ".join(d.rsplit("/", 1)[-1] for d in where)
        side = row["source"] if row["source"] in ledger.seeds else "evidence"
        rows.append(
            f'<li id="{id}" data-c="{short}" data-s="{side}" data-k="{row["kind"]}" data-v="{verdict or "none"}">'
            f"{escape(row['statement'])}<small>{' · '.join(facts)}</small></li>"
        )
    for row in ledger.derivations.to_dict("records"):
        basis = ", ".join(f'<a href="#{c}">{c}</a>' for c in ledger.inputs(row["id"]))
        rows.append(
            f'<li id="{row["id"]}" data-c="" data-s="derived" data-k="fact" data-v="none">{escape(row["statement"])}'
            f"<small>{escape(wording.value(ledger, row['id']))} · computed: <code>{escape(row['formula'])}</code>"
            f' · from {basis} · <a href="{to("claims/" + row["id"])}">cite</a></small></li>'
        )
    filters = [
        ("c", "Page", [(d.rsplit("/", 1)[-1], title) for d, title in titles.items() if d in in_use]),
        (
            "s",
            "Source",
            [
                *((k, sources.short(k, ledger.root)) for k in ledger.seeds),
                ("evidence", "independent evidence"),
                ("derived", "computed by this book"),
            ],
        ),
        ("k", "Kind", [(k, k) for k in ("fact", "stance", "assessment", "forecast")]),
        ("v", "Check", [(v or "none", wording.VERDICT_NAMES[v]) for v in (*VERDICTS, "")]),
    ]
    return (
        downloads()
        + filter_form("Filter the ledger", filters, "ol.ledger-rows > li", f"{len(rows)} rows")
        + f'<ol class="ledger-rows">{"".join(rows)}</ol>'
    )


def downloads() -> str:
    """Return the links to the whole ledger, for pages one folder below the site's root."""
    return (
        f'<p><a class="download" href="../{PACKAGE}" download>Download the whole data package</a>: tables, '
        "map shapes and bibliography with their description, in one zip. Or all tables as "
        f'<a href="../{database.DATABASE}" download>one SQLite database</a>, with their keys, types and allowed values.</p>'
    )


def filter_form(name: str, controls, rows: str, all_of_them: str) -> str:
    """Return the form by which a script filters the rows of a page; without scripts it stays hidden.

    Parameters
    ----------
    name : what the form does
    controls : (attribute ``data-…`` of a row, label, options as (value, text)); a row may hold several values, parted by blanks
    rows : the CSS selector of the rows
    all_of_them : how many there are of what: ``71 entries``
    """
    selects = "".join(
        f'<label>{label} <select name="{key}"><option value="">all</option>'
        + "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
        + "</select></label>"
        for key, label, options in controls
    )
    return (
        f'<form class="ledger-filter" hidden aria-label="{name}" data-rows="{escape(rows)}" data-what="{all_of_them.split()[-1]}">{selects}'
        f'<label>Words <input name="q" type="search" autocomplete="off"></label><output aria-live="polite">{all_of_them}</output></form>'
    )


# -- sources -----------------------------------------------------------------------


def source_facts(app, ledger, to, docname):
    """The head of a source's card: reference, length, checksum, how its claims fared."""
    key = docname.rsplit("/", 1)[-1]
    head = sources.card(key, ledger.root)
    rows = ledger.claims[ledger.claims["source"] == key]
    verdicts = rows["id"].map(ledger.verdict)
    checked = [f"{(verdicts == v).sum()} {wording.VERDICT_NAMES[v]}" for v in VERDICTS if (verdicts == v).any()]
    stops = [stop for stop in head["sentences"] if stop != "caption"]
    caption = len(stops) < len(head["sentences"])
    length = (
        f"{len(stops)} passages by time stamp, the last at {max(stops)}"
        if ":" in stops[0]
        else f"{len(stops)} paragraphs, {stops[0]} to {stops[-1]}"
    )
    if caption:
        length += ", and a caption"
    facts = [
        ("Reference", citations.listed(ledger)[key]),
        ("Length", f"{length}; {sum(head['sentences'].values())} sentences"),
        ("In the ledger", f"{len(rows)} claims, of which checked: {', '.join(checked) or 'none'}"),
        ("SHA-256 of the text used", f"<code>{head['sha256']}</code>"),
    ]
    body = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f'<dl class="source-facts">{body}</dl>'


def source_claims(app, ledger, to, docname):
    """A source paragraph by paragraph: what the ledger takes from each."""
    key = docname.rsplit("/", 1)[-1]
    rows = ledger.claims[ledger.claims["source"] == key]
    left = ledger.coverage[(ledger.coverage["source"] == key) & (ledger.coverage["claim"] == "")]
    out = []
    for stop in sources.locators(key, ledger.root):
        items = "".join(
            f'<li><a href="{to("book/ledger")}#{r["id"]}">{escape(r["statement"])}</a></li>'
            for r in rows[rows["locator"] == stop].to_dict("records")
        )
        items += "".join(
            f"<li>Sentence {r['sentence']} yields no claim: {escape(r['left_out'])}.</li>"
            for r in left[left["paragraph"] == stop].to_dict("records")
        )
        out.append(f'<li id="{claim_roles.locator_anchor(stop)}"><b>{stop}</b><ul>{items}</ul></li>')
    return f'<ol class="passages">{"".join(out)}</ol>'


def all_references(app, ledger, to, _):
    """Every reference of the book, the seeds first."""
    entries = sources.references(ledger.root).entries
    keys = [k for k in entries if k in ledger.seeds] + sorted(
        (k for k in entries if k not in ledger.seeds), key=lambda k: sources.short(k, ledger.root).lower()
    )
    made = citations.listed(ledger)
    rows = []
    for key in keys:
        card = f' <a href="{to("seeds/" + key)}">Card of this source</a>' if key in ledger.seeds else ""
        rows.append(f'<li id="ref-{key}">{made[key]}{card}</li>')
    return f'<ul class="references">{"".join(rows)}</ul>'


def source_lists(app, ledger, docname) -> list[tuple[str, list[str]]]:
    """Return the keys of the references that a page's claims come from: source texts, then evidence."""
    keys = {ledger.claim(claim_id)["source"] for claim_id, where in used_in(app, ledger).items() if docname in where}
    in_order = sorted(keys, key=lambda key: sources.short(key, ledger.root).lower())
    lists = (
        ("Source texts, which the book examines", [key for key in in_order if key in ledger.seeds]),
        ("Evidence, by which it examines them", [key for key in in_order if key not in ledger.seeds]),
    )
    return [(heading, chosen) for heading, chosen in lists if chosen]


def chapter_sources(app, ledger, to, docname):
    """The references that a chapter's claims come from."""
    made, out = citations.listed(ledger), []
    for heading, chosen in source_lists(app, ledger, docname):
        items = "".join(f"<li>{made[key]}</li>" for key in chosen)
        out.append(f"<p><b>{heading}</b></p><ul class='references'>{items}</ul>")
    return "".join(out)


# -- how current a page is -------------------------------------------------------------


def how_current(app, ledger, to, _):
    """To when the account goes, on which day evidence was read last, and where later events stand."""
    later = escape(pages.title(ledger.root / f"{pages.SINCE}.md"))
    marks = f'<a href="{to("book/using")}#note-marks">what the numbers, stars and grades in the text mean</a>'
    return (
        f'<p class="how-current">{sources.how_current(ledger)}. On their own pages: what came later, '
        f'in <a href="{to(pages.SINCE)}">{later}</a>, and {marks}.</p>'
    )


# -- the data dictionary --------------------------------------------------------------


def data_dictionary(app, ledger, to, _):
    """Every table of the data package with its columns, straight from its description."""
    out = [downloads()]
    for resource in ledger.package["resources"]:
        name = resource["name"]
        if "schema" not in resource:
            licence = resource["licenses"][0]
            out.append(
                f'<section id="{name}"><h3>{resource["path"]}</h3><p>{escape(resource["title"])}. '
                f'Source: {escape(resource["sources"][0]["title"])}. Licence: <a href="{licence["path"]}">{escape(licence["title"])}</a>.</p></section>'
            )
            continue
        keys = {k["fields"][0]: k["reference"]["resource"] for k in resource["schema"].get("foreignKeys", [])}
        primary = resource["schema"]["primaryKey"]
        rows = []
        for field in resource["schema"]["fields"]:
            what = escape(field["description"])
            allowed = field.get("constraints", {}).get("enum")
            if allowed:
                what += f" One of: {', '.join(allowed)}."
            if field["name"] in keys:
                what += f' Refers to <a href="#{keys[field["name"]]}">{keys[field["name"]]}</a>.'
            star = " (key)" if field["name"] in primary else ""
            rows.append(f'<tr><th scope="row">{field["name"]}{star}</th><td>{field["type"]}</td><td>{what}</td></tr>')
        out.append(
            f'<section id="{name}"><h3>{resource["path"]}</h3><p>{escape(resource["description"])} '
            f'{len(ledger.tables[name]):,} rows.</p><div class="scroll" tabindex="0" role="region" aria-label="Columns of {name}"><table class="table"><thead>'
            f'<tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div></section>"
        )
    return "".join(out)


MAKERS = {
    "ledger-rows": ledger_rows,
    "source-facts": source_facts,
    "source-claims": source_claims,
    "all-references": all_references,
    "chapter-sources": chapter_sources,
    "how-current": how_current,
    "data-dictionary": data_dictionary,
}
