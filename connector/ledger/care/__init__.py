"""Care of a ledger as a whole: copied, backed up, moved, checked (docs/ledger.md)."""
