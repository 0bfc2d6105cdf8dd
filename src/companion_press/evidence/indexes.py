"""Ways into the book: persons, organisations and places; the figures; what was built."""

import importlib.metadata
import re
from html import escape

import pandas as pd

from companion import dates, pages, style
from companion.names import other_names
from companion_press import domain
from companion_press.citing import citing_blocks
from companion_press.evidence import ledger_page
from companion_press.prose import claim_roles

KINDS = (
    ("person", "Persons"),
    ("organisation", "Organisations"),
    ("state", "States"),
    ("territory", "Territories"),
    ("company", "Companies"),
    ("group", "Groups and publics"),
)


def name_index(app, ledger, to, _):
    """Who says what, of whom the ledger speaks, and which chapters show it."""
    used = ledger_page.used_in(app, ledger)
    out = []
    for kind, heading, actors in listed(ledger):
        entries = "".join(_entry(ledger, to, used, *actor) for actor in actors)
        out.append(f'<section id="{kind}"><h2>{heading}</h2><ul class="names">{entries}</ul></section>')
    out.append(_places(ledger, to, used))
    return "".join(out)


def listed(ledger) -> list[tuple[str, str, list]]:
    """Return the actors of the index by kind: kind, heading, and (actor, claims it makes, claims that name it)."""
    said = ledger.claims[ledger.claims["said_by"] != ""].groupby("said_by")["id"].apply(list).to_dict()
    spoken_of = _spoken_of(ledger)
    found = []
    for kind, heading in KINDS:
        actors = ledger.actors[ledger.actors["kind"] == kind].to_dict("records")
        # Persons stand under their family names, as in any index.
        actors.sort(key=lambda a: a["name"].split()[-1 if kind == "person" else 0].lower())
        entries = [(a, said.get(a["id"], []), spoken_of.get(a["id"], [])) for a in actors]
        entries = [entry for entry in entries if entry[1] or entry[2]]
        if entries:
            found.append((kind, heading, entries))
    return found


def _spoken_of(ledger):
    """Claims by the actors whom their numbers, reports, memberships, votes and deals name."""
    found = {}

    def note(actor, claim):
        if actor and claim:
            found.setdefault(actor, {})[claim] = True

    for table, columns in (
        ("quantities", ("subject", "counterpart")),
        ("event_reports", ("host",)),
        ("memberships", ("organisation", "member")),
        ("votes", ("state",)),
        ("deals", ("buyer", "seller")),
    ):
        for row in ledger.tables[table].to_dict("records"):
            for column in columns:
                note(row[column], row["claim"])
    return {actor: list(claims) for actor, claims in found.items()}


def _entry(ledger, to, used, actor, own, about):
    local = (
        f' <span class="local" lang="{actor["language"]}">{escape(actor["local_name"])}</span>'
        if actor["local_name"] not in ("", actor["name"])
        else ""
    )
    parts = []
    if own:
        statements = "".join(
            f'<li><a href="{to("book/ledger")}#{id}">{escape(ledger.claim(id)["statement"])}</a> '
            f"<small>{escape(claim_roles.voice(ledger, ledger.claim(id)))}</small></li>"
            for id in own
        )
        parts.append(
            f"<details><summary>says: {len(own)} claim{'s' if len(own) > 1 else ''}</summary><ul>{statements}</ul></details>"
        )
    if about:
        parts.append(f"<span>named in the data of {len(about)} claim{'s' if len(about) > 1 else ''}</span>")
    where = _chapters(ledger, to, used, [*own, *about])
    return f'<li id="{actor["id"]}"><b>{escape(actor["name"])}</b>{local}{_also(actor)} {" ".join(parts)}{where}</li>'


def _also(row):
    """The other names of an actor or a place, for whoever looks for one of them."""
    return f' <span class="also">also {escape(", ".join(other_names(row)))}</span>' if row["also"] else ""


def _chapters(ledger, to, used, claims):
    places = dict.fromkeys(d for id in claims for d in used.get(id, []))
    links = ", ".join(f'<a href="{to(d)}">{escape(pages.title(ledger.root / f"{d}.md"))}</a>' for d in places)
    return f" <small>shown in {links}</small>" if links else ""


def listed_places(ledger) -> list[tuple[dict, pd.DataFrame, pd.DataFrame]]:
    """Return the places of the index, each with the reported events and the sites there."""
    reports = ledger.event_reports[ledger.event_reports["place"] != ""].merge(
        ledger.events, left_on="event", right_on="id"
    )
    found = []
    for place in ledger.places.sort_values("name").to_dict("records"):
        here = reports[reports["place"] == place["id"]]
        sites = ledger.sites[ledger.sites["place"] == place["id"]]
        if not (here.empty and sites.empty):
            found.append((place, here, sites))
    return found


def _places(ledger, to, used):
    entries = []
    for place, here, sites in listed_places(ledger):
        # Where reports of an event differ, the one that the book settled on stands for it.
        settled = here.assign(other=here["claim"] != here["settled_by"]).sort_values("other", kind="stable")
        events = "; ".join(
            f'<a href="{to("book/ledger")}#{row["claim"]}">{escape(row["name"])}</a>'
            + (f" ({dates.text(row['date'])})" if row["date"] else "")
            for row in settled.drop_duplicates("event").sort_index().to_dict("records")
        )
        marks = "; ".join(
            f'<a href="{to("book/ledger")}#{row["claim"]}">{escape(row["name"])}</a>'
            for row in sites.to_dict("records")
        )
        where = _chapters(ledger, to, used, [*here["claim"], *sites["claim"]])
        entries.append(
            f'<li id="place-{place["id"]}"><b>{escape(place["name"])}</b>{_also(place)} {"; ".join(filter(None, (events, marks)))}{where}</li>'
        )
    return f'<section id="places"><h2>Places</h2><ul class="names">{"".join(entries)}</ul></section>'


def figure_list(app, ledger, to, _):
    """Every figure with a thumbnail, its number, its title and its finding: its headline, or else its caption's first sentence."""
    numbers = app.env.toc_fignumbers
    entries = []
    for path in pages.notebooks(ledger.root):
        docname = pages.docname(path, ledger.root)
        for facts in domain.of_app(app).drawn_of(docname).values():
            number = ".".join(map(str, numbers[docname]["figure"][facts["id"]]))
            pictures = "".join(
                f'<img src="../_images/{small["address"]}" width="{small["width"]}" height="{small["height"]}" alt="" loading="lazy" class="pic-{theme}">'
                for theme in style.THEMES
                for small in [facts["variants"][f"narrow-{theme}"]]
            )
            sentence = re.match(r".+?[.?!](?= |$)", facts["caption"], re.S)
            finding = facts["headline"] or (sentence[0] if sentence else facts["caption"])
            entries.append(
                f'<li><a href="{to(docname)}#{facts["id"]}">{pictures}<span><b>Figure {number}</b> {escape(facts["title"])}</span></a>'
                f"<p>{escape(finding)}</p></li>"
            )
    return f'<ul class="thumbnails">{"".join(entries)}</ul>'


def table_list(app, ledger, to, _):
    """Every table with a number: its title and what it shows."""
    entries = []
    for path in pages.executed(ledger.root):
        docname = pages.docname(path, ledger.root)
        for facts in domain.of_app(app).figures_of(docname).values():
            if facts["kind"] == "table":
                called = citing_blocks.called(app, docname, facts)
                shown = f"<br>{escape(facts['caption'])}" if facts["caption"] != facts["title"] else ""
                entries.append(
                    f'<li><a href="{to(docname)}#{facts["id"]}"><b>{called}</b> {escape(facts["title"])}</a>{shown}</li>'
                )
    return f'<ul class="listed-tables">{"".join(entries)}</ul>' if entries else "<p>No table has a number yet.</p>"


def build_status(app, ledger, to, _):
    """What was built: chapters and their parts, the ledger's size and use, the libraries."""
    used = ledger_page.used_in(app, ledger)
    rows = []
    for path in pages.notebooks(ledger.root):
        docname = pages.docname(path, ledger.root)
        cells = len(pages.cells(path.read_text("utf-8")))
        figures = len(domain.of_app(app).drawn_of(docname))
        claims = sum(docname in where for where in used.values())
        rows.append(
            f'<tr><th scope="row"><a href="{to(docname)}">{escape(pages.title(path))}</a></th><td>{cells}</td><td>{figures}</td>'
            f"<td>{claims}</td><td>ran without error</td></tr>"
        )
    seeds = ledger.claims[ledger.claims["source"].isin(ledger.seeds)]["id"]
    shown = sum(id in used for id in seeds)
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("jupyter-book", "sphinx", "myst-nb", "pandas", "geopandas", "matplotlib", "frictionless")
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Pages as built"><table class="table"><thead><tr><th scope="col">Page</th>'
        '<th scope="col">Cells</th><th scope="col">Figures</th><th scope="col">Claims used</th><th scope="col">Execution</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f"<p>Of {len(seeds):,} claims of the source texts the pages show {shown:,}; of {len(ledger.claims) - len(seeds):,} evidence claims "
        f"they show {sum(id in used for id in ledger.claims['id']) - shown:,}. Version {ledger.package['version']} of the book, built with {versions}.</p>"
    )


def paper_editions(app, ledger, to, _):
    """The place on the landing page where the PDF and the EPUB are offered, once they are made (`paper.shelf`)."""
    return '<div class="paper-editions"></div>'


MAKERS = {
    "paper-editions": paper_editions,
    "name-index": name_index,
    "figure-list": figure_list,
    "table-list": table_list,
    "build-status": build_status,
}
