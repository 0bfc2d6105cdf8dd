"""Ways into the book: persons, organisations and places; the figures; what was built."""

import importlib.metadata
import pathlib
import re
from collections.abc import Collection, Iterable
from typing import Any

import htpy as h
import pandas as pd
from sphinx.application import Sphinx

from companion import dates, pages, style
from companion.ledger import Ledger
from companion.names import other_names
from companion_press import domain
from companion_press.citing import citing_blocks
from companion_press.evidence import ledger_page
from companion_press.html_parts import To, joined
from companion_press.prose import claim_roles

KINDS = (
    ("person", "Persons"),
    ("organisation", "Organisations"),
    ("state", "States"),
    ("territory", "Territories"),
    ("company", "Companies"),
    ("group", "Groups and publics"),
)


def name_index(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """Who says what, of whom the ledger speaks, and which chapters show it."""
    used = ledger_page.used_in(app, ledger)
    return h.fragment[
        (
            h.section(id=kind)[
                h.h2[heading],
                h.ul(class_="names")[(_actor(ledger, to, used, *actor) for actor in actors)],
            ]
            for kind, heading, actors in listed(ledger)
        ),
        h.section(id="places")[
            h.h2["Places"],
            h.ul(class_="names")[(_place(ledger, to, used, *place) for place in listed_places(ledger))],
        ],
    ]


def listed(ledger: Ledger) -> list[tuple[str, str, list]]:
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


def _spoken_of(ledger: Ledger) -> dict[str, list[str]]:
    """Claims by the actors whom their numbers, reports, memberships, votes and deals name."""
    found: dict[str, dict[str, bool]] = {}

    def note(actor: str, claim: str) -> None:
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


def _actor(
    ledger: Ledger, to: To, used: dict[str, list[str]], actor: dict, own: list[str], about: list[str]
) -> h.Element:
    parts: list[h.Node] = []
    if own:
        parts.append(_said(ledger, to, own))
    if about:
        parts.append(h.span[f"named in the data of {_claims(about)}"])
    return h.li(id=actor["id"])[
        h.b[actor["name"]],
        _local(actor),
        _also(actor),
        " ",
        joined(parts, " "),
        _chapters(ledger, to, used, [*own, *about]),
    ]


def _said(ledger: Ledger, to: To, claims: list[str]) -> h.Element:
    """The claims that an actor makes, in a closed list."""
    return h.details[
        h.summary[f"says: {_claims(claims)}"],
        h.ul[(_statement(ledger, to, id) for id in claims)],
    ]


def _statement(ledger: Ledger, to: To, id: str) -> h.Element:
    row = ledger.claim(id)
    return h.li[
        h.a(href=f"{to('book/ledger')}#{id}")[row["statement"]],
        " ",
        h.small[claim_roles.voice(ledger, row)],
    ]


def _claims(claims: Collection[str]) -> str:
    return f"{len(claims)} claim{'s' if len(claims) > 1 else ''}"


def _local(actor: dict) -> h.Node:
    """An actor's name in its own language, where that is another."""
    if actor["local_name"] in ("", actor["name"]):
        return None
    return [" ", h.span(class_="local", lang=actor["language"])[actor["local_name"]]]


def _also(row: dict) -> h.Node:
    """The other names of an actor or a place, for whoever looks for one of them."""
    return [" ", h.span(class_="also")[f"also {', '.join(other_names(row))}"]] if row["also"] else None


def _chapters(ledger: Ledger, to: To, used: dict[str, list[str]], claims: Iterable[str]) -> h.Node:
    """The pages that show one of some claims."""
    places = dict.fromkeys(d for id in claims for d in used.get(id, []))
    links = [h.a(href=to(d))[pages.title(ledger.root / f"{d}.md")] for d in places]
    return [" ", h.small["shown in ", joined(links, ", ")]] if links else None


def listed_places(ledger: Ledger) -> list[tuple[dict, pd.DataFrame, pd.DataFrame]]:
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


def _place(
    ledger: Ledger, to: To, used: dict[str, list[str]], place: dict, here: pd.DataFrame, sites: pd.DataFrame
) -> h.Element:
    # Where reports of an event differ, the one that the book settled on stands for it.
    settled = here.assign(other=here["claim"] != here["settled_by"]).sort_values("other", kind="stable")
    events = settled.drop_duplicates("event").sort_index().to_dict("records")
    there: list[h.Node] = [[_link(to, row), f" ({dates.text(row['date'])})" if row["date"] else None] for row in events]
    there += [_link(to, row) for row in sites.to_dict("records")]
    return h.li(id=f"place-{place['id']}")[
        h.b[place["name"]],
        _also(place),
        " ",
        joined(there, "; "),
        _chapters(ledger, to, used, [*here["claim"], *sites["claim"]]),
    ]


def _link(to: To, row: dict) -> h.Element:
    """The name of an event or a site, with a link to its claim."""
    return h.a(href=f"{to('book/ledger')}#{row['claim']}")[row["name"]]


def figure_list(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Every figure with a thumbnail, its number, its title and its finding: its headline, or else its caption's first sentence."""
    numbers = app.env.toc_fignumbers
    entries = []
    for path in pages.notebooks(ledger.root):
        docname = pages.docname(path, ledger.root)
        for facts in domain.of_app(app).drawn_of(docname).values():
            number = ".".join(map(str, numbers[docname]["figure"][facts["id"]]))
            entries.append(_figure(f"{to(docname)}#{facts['id']}", number, facts))
    return h.ul(class_="thumbnails")[entries]


def _figure(address: str, number: str, facts: dict[str, Any]) -> h.Element:
    return h.li[
        h.a(href=address)[
            (_thumbnail(facts["variants"][f"narrow-{theme}"], theme) for theme in style.THEMES),
            h.span[h.b[f"Figure {number}"], f" {facts['title']}"],
        ],
        h.p[_finding(facts)],
    ]


def _thumbnail(picture: dict[str, Any], theme: str) -> h.VoidElement:
    return h.img(
        src=f"../_images/{picture['address']}",
        width=picture["width"],
        height=picture["height"],
        alt="",
        loading="lazy",
        class_=f"pic-{theme}",
    )


def _finding(facts: dict[str, Any]) -> str:
    sentence = re.match(r".+?[.?!](?= |$)", facts["caption"], re.S)
    return facts["headline"] or (sentence[0] if sentence else facts["caption"])


def table_list(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """Every table with a number: its title and what it shows."""
    entries = []
    for path in pages.executed(ledger.root):
        docname = pages.docname(path, ledger.root)
        for facts in domain.of_app(app).figures_of(docname).values():
            if facts["kind"] == "table":
                called = citing_blocks.called(app, docname, facts)
                entries.append(
                    h.li[
                        h.a(href=f"{to(docname)}#{facts['id']}")[h.b[called], f" {facts['title']}"],
                        [h.br, facts["caption"]] if facts["caption"] != facts["title"] else None,
                    ]
                )
    return h.ul(class_="listed-tables")[entries] if entries else h.p["No table has a number yet."]


def build_status(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Fragment:
    """What was built: chapters and their parts, the ledger's size and use, the libraries."""
    used = ledger_page.used_in(app, ledger)
    seeds = ledger.claims[ledger.claims["source"].isin(ledger.seeds)]["id"]
    shown = sum(id in used for id in seeds)
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}"
        for name in ("jupyter-book", "sphinx", "myst-nb", "pandas", "geopandas", "matplotlib", "frictionless")
    )
    return h.fragment[
        h.div(class_="scroll", tabindex="0", role="region", aria_label="Pages as built")[
            h.table(class_="table")[
                h.thead[
                    h.tr[
                        (
                            h.th(scope="col")[heading]
                            for heading in ("Page", "Cells", "Figures", "Claims used", "Execution")
                        )
                    ]
                ],
                h.tbody[(_built(app, ledger, to, used, path) for path in pages.notebooks(ledger.root))],
            ]
        ],
        h.p[
            f"Of {len(seeds):,} claims of the source texts the pages show {shown:,}; "
            f"of {len(ledger.claims) - len(seeds):,} evidence claims "
            f"they show {sum(id in used for id in ledger.claims['id']) - shown:,}. "
            f"Version {ledger.package['version']} of the book, built with {versions}."
        ],
    ]


def _built(app: Sphinx, ledger: Ledger, to: To, used: dict[str, list[str]], path: pathlib.Path) -> h.Element:
    """The row of a page with cells."""
    docname = pages.docname(path, ledger.root)
    return h.tr[
        h.th(scope="row")[h.a(href=to(docname))[pages.title(path)]],
        h.td[len(pages.cells(path.read_text("utf-8")))],
        h.td[len(domain.of_app(app).drawn_of(docname))],
        h.td[sum(docname in where for where in used.values())],
        h.td["ran without error"],
    ]


def paper_editions(app: Sphinx, ledger: Ledger, to: To, _: str) -> h.Element:
    """The place on the landing page where the PDF and the EPUB are offered, once they are made (`paper.shelf`)."""
    return h.div(class_="paper-editions")


MAKERS = {
    "paper-editions": paper_editions,
    "name-index": name_index,
    "figure-list": figure_list,
    "table-list": table_list,
    "build-status": build_status,
}
