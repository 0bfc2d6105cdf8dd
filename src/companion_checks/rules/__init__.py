"""What keeps the data true: one module for each thing that can be wrong. Importing this registers all rules."""

from companion_checks.rules import (  # noqa: F401  (each registers its rules)
    addresses,
    cards,
    cells,
    claims,
    codes,
    comparison,
    conclusions,
    contract,
    coverage,
    dates,
    derivations,
    events,
    joins,
    maps,
    names,
    numbers,
    page_roles,
    plain_text,
    references,
    rows,
)
