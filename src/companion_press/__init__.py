"""What makes the book of the ledger and the chapters: the site, the notebooks, the paper editions. No page imports it."""
