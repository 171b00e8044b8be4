"""The ledger: requests and what was done, in SQLite or PostgreSQL."""
