"""The integrity check: what SQLite says of its file, and what must hold of our own rows.

It reads one moment, row by row, while runs go on. A fault is one line: what is wrong, of which
row, and what to do.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from connector.domain.request import Outcome
from connector.errors import FatalError
from connector.ledger.access_rows import access_record, approval, entry, token_record
from connector.ledger.care.rules import CONDITIONS, request_faults
from connector.ledger.care.tables import ledger_tables
from connector.ledger.database import Database, Row, Transaction
from connector.ledger.intent_rows import intent
from connector.ledger.outbox_rows import posted
from connector.ledger.rows import journal_entry, request_record
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.watch_rows import watched_ticket

RESTORE: Final = "Restore the ledger from a backup (docs/ledger.md)"
MEND: Final = f"Correct the row, or: {RESTORE}"

READERS: Final[dict[str, Callable[[Row], object]]] = {
    "intents": intent,
    "journal": journal_entry,
    "outbox": posted,
    "watched_tickets": watched_ticket,
    "access_people": access_record,
    "access_approvals": approval,
    "access_journal": entry,
    "access_tokens": token_record,
}
"""What turns the rows of a table into records; it fails on what no version of ours wrote."""

REQUESTS: Final = """
SELECT requests.*, raw.request_key AS has_raw
FROM requests LEFT JOIN raw ON raw.request_key = requests.key
ORDER BY requests.key
"""


@dataclass(slots=True)
class Found:
    """What a check counts while its faults are read."""

    states: Counter[str] = field(default_factory=Counter)


def check(database: Database, found: Found) -> Iterator[str]:
    """Yield one line per fault, and count requests by state in `found`.

    What a damaged file would make us say beside is left out: it is damaged.
    """
    try:
        missing = {table.name for table in ledger_tables()} - database.tables()
        with database.snapshot() as tx:
            is_sound = True
            if isinstance(database, SqliteDatabase):
                for line in _of_sqlite(tx):
                    is_sound = False
                    yield line
            yield from (f"The table {name} is missing. {RESTORE}" for name in sorted(missing))
            if is_sound and not missing:
                yield from _of_ours(tx, found)
    except FatalError as error:  # SQLite stumbled over what it had not found before
        yield str(error)


def _of_sqlite(tx: Transaction) -> Iterator[str]:
    for row in tx.stream("PRAGMA integrity_check"):
        if row["integrity_check"] != "ok":
            yield f"The file is damaged: {_one_line(row['integrity_check'])}. {RESTORE}"
    for row in tx.stream("PRAGMA foreign_key_check"):
        which = f"{row['table']}, row {row['rowid']}"
        yield f"{which}: {row['parent']} has not what it refers to. {MEND}"


def _of_ours(tx: Transaction, found: Found) -> Iterator[str]:
    for row in tx.stream(REQUESTS):
        found.states[row["state"]] += 1
        yield from _readable(request_record, "requests", row["key"], row)
        yield from request_faults(row)
    for table in ledger_tables():
        if table.name in READERS:
            for row in tx.stream(table.in_order):
                key = ", ".join(str(row[column]) for column in table.key)
                yield from _readable(READERS[table.name], table.name, key, row)
    for condition in CONDITIONS:
        for row in tx.stream(condition.sql):
            yield condition.told(row)


def _readable(reader: Callable[[Row], object], table: str, key: str, row: Row) -> Iterator[str]:
    try:
        reader(row)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"holds what this program cannot read ({_one_line(str(error))})"
        yield f"{table} {key}: {what}. {MEND}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def told_counts(found: Found) -> str:
    """Return for people how many requests were looked at, and in which state they are."""
    by_state = [f"{found.states[state]} {state}" for state in Outcome if found.states[state]]
    total = f"{found.states.total()} requests"
    return f"{total}: {', '.join(by_state)}" if by_state else total
