"""The ledger: requests and what was done, in SQLite."""
