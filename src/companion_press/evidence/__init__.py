"""Pages made from the ledger: claims, checks, agreement, indexes, the page for a class."""
