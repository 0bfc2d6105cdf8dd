"""The matrix of agreement as a table: each cell says in words what a text says, and where. Paragraphs that are alike, pair by pair."""

from html import escape

from companion import sources, wording
from companion_press.prose import claim_roles, marks

#: How a stance is printed; a text that has no claim on a sentence is silent.
STANCES = {"says": "says so", "says otherwise": "says otherwise"}


def proposition_rows(app, ledger, to, _):
    """Each proposition with a cell for each source text and one for the evidence that contradicts them."""
    columns = [*ledger.seeds, "evidence"]
    names = [sources.short(key, ledger.root) for key in ledger.seeds] + ["Evidence"]
    cells = {}
    for row in ledger.proposition_claims.to_dict("records"):
        source = ledger.claim(row["claim"])["source"]
        column = source if source in ledger.seeds else "evidence"
        cells.setdefault((row["proposition"], column), []).append(row)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = []
    for area, group in ledger.propositions.groupby("area", sort=False):
        body.append(f'<tbody><tr><th scope="rowgroup" colspan="{len(columns) + 1}">{escape(area)}</th></tr>')
        for row in group.to_dict("records"):
            said = "".join(
                f"<td>{_cell(ledger, to, cells.get((row['id'], column), []), column)}</td>" for column in columns
            )
            body.append(f'<tr id="{row["id"]}"><th scope="row">{escape(row["statement"])}</th>{said}</tr>')
        body.append("</tbody>")
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Propositions by sources"><table class="table propositions">'
        f'<thead><tr><th scope="col">Proposition</th>{head}</tr></thead>{"".join(body)}</table></div>'
    )


def _cell(ledger, to, rows, column):
    if not rows:
        return "silent" if column != "evidence" else ""
    links = []
    for row in rows:
        claim = ledger.claim(row["claim"])
        where = claim["locator"] or sources.short(claim["source"], ledger.root)
        verdict = ledger.verdict(claim["id"])
        found = f" ({wording.VERDICT_NAMES[verdict]})" if verdict in marks.MARKED else ""
        links.append(
            f'<a href="{to("book/ledger")}#{claim["id"]}" title="{escape(claim["statement"], quote=True)}">{escape(where)}</a>{found}'
        )
    return f"<b>{STANCES[rows[0]['stance']]}</b>: {', '.join(links)}"


def parallel_rows(app, ledger, to, _):
    """Each two paragraphs that a reader found alike, by pair of texts, beside the runs of words that were counted in them."""
    runs = ledger.shared_runs().groupby(["source", "paragraph", "other", "other_paragraph"])["run"].nunique()
    body = []
    for (source, other), group in ledger.parallels.groupby(["source", "other"], sort=False):
        pair = " and ".join(escape(sources.short(key, ledger.root)) for key in (source, other))
        body.append(f'<tbody><tr><th scope="rowgroup" colspan="5">{pair}</th></tr>')
        for row in group.to_dict("records"):
            counted = runs.get((source, row["paragraph"], other, row["other_paragraph"]), 0)
            cells = (
                _passage(to, source, row["paragraph"]),
                _passage(to, other, row["other_paragraph"]),
                escape(", ".join(row["alike"].split())),
                escape(row["note"]),
                str(counted or "none"),
            )
            body.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        body.append("</tbody>")
    heads = ("In the one", "In the other", "Alike, as read", "What was seen", "Runs of words, as counted")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Paragraphs that are alike"><table class="table parallels">'
        f"<thead><tr>{head}</tr></thead>{''.join(body)}</table></div>"
    )


def _passage(to, key, stop):
    return f'<a href="{to("seeds/" + key)}#{claim_roles.locator_anchor(stop)}">{stop}</a>'


MAKERS = {"proposition-rows": proposition_rows, "parallel-rows": parallel_rows}
