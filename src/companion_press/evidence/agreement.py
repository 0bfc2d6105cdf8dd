"""The matrix of agreement as a table: each cell says in words what a text says, and where."""

from html import escape

from companion import sources, wording
from companion_press.prose import marks

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


MAKERS = {"proposition-rows": proposition_rows}
