"""How the tables hold together: foreign keys, and the one namespace of what ``{claim}`` takes."""

from collections.abc import Iterator

from companion_checks.problems import Problem, nearest
from companion_checks.project import NAMED, References, Tables
from companion_checks.registry import rule


@rule
def foreign_keys_lead_somewhere(tables: Tables) -> Iterator[Problem]:
    """What names a row of another table names one that exists."""
    for table in tables.values():
        for key in table.schema.get("foreignKeys", []):
            target = tables.get(key["reference"]["resource"])
            if target is None:  # it cannot be read, and has a problem of its own
                continue
            names, columns = key["fields"], key["reference"]["fields"]
            there = {tuple(row[column] for column in columns) for _, row in target}
            for number, row in table:
                cells = tuple(row[name] for name in names)
                if any(cells) and cells not in there:
                    path = target.file.removeprefix("data/")
                    wrong = f"{cells[0]!r} does not exist in {path}"
                    yield table.problem(number, names[0], wrong, nearest(cells[0], target.column(columns[0])))


@rule
def ids_share_one_namespace(tables: Tables) -> Iterator[Problem]:
    """No id is that of a claim, a quantity and a derivation at once."""
    first: dict[str, str] = {}
    for table in tables.some(*NAMED):
        for number, row in table:
            file = first.setdefault(row["id"], table.file)
            if file != table.file:
                right = "Claims, quantities and derivations share one namespace: rename one"
                yield table.problem(number, "id", f"{row['id']!r} is also an id in {file}", right)


@rule
def references_exist(tables: Tables, references: References) -> Iterator[Problem]:
    """A source is a key of the bibliography."""
    columns = {"claims": "source", "check_sources": "reference", "routes": "reference"}
    for table in tables.some(*columns):
        field = columns[table.name]
        for number, row in table:
            if row[field] and row[field] not in references:
                wrong = f"{row[field]!r} is not a key of seeds/references.bib"
                yield table.problem(number, field, wrong, nearest(row[field], references))
