"""What keeps the data true: everything that can be wrong in the ledger, the sources and the pages."""
