"""The tables of the ledger, and how an older ledger gets them: forward only, each step once.

A migration that has been released never changes; what comes after it is a new one. Column types
that databases name differently stand as `{bytes}` and `{serial}`.
"""

from dataclasses import dataclass
from typing import Final

from connector.errors import ConfigError
from connector.ledger.database import Database, Transaction
from connector.ledger.watch_tables import WATCH_TABLES


@dataclass(frozen=True, slots=True)
class Migration:
    """One named step; its statements and its own record are one transaction."""

    name: str
    statements: tuple[str, ...]


RECORD_TABLE: Final = "ledger_migrations"

REQUESTS: Final = """
CREATE TABLE requests (
    key TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    locator TEXT NOT NULL,             -- JSON: a file name need not be valid Unicode
    kind TEXT NOT NULL,
    form TEXT,
    state TEXT NOT NULL,
    identified INTEGER NOT NULL,       -- 0 until its identity is claimed
    received_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    sender TEXT NOT NULL,
    waiting TEXT,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT,
    reason TEXT NOT NULL,
    remedy TEXT NOT NULL,
    duplicate_of TEXT REFERENCES requests (key),
    ticket_id BIGINT,
    ticket_number TEXT,
    result TEXT,                       -- JSON
    decisions TEXT,                    -- JSON: those told last in the journal
    settled_at TEXT,
    lease_holder TEXT,
    lease_until TEXT,
    filed_as TEXT,                     -- where its source has put the item: done or parked
    turn INTEGER NOT NULL,             -- 0 what looks like an emergency, 1 everything else
    to_file INTEGER NOT NULL           -- 1 while the source has yet to put it there
)
"""

RAW: Final = """
CREATE TABLE raw (                     -- beside the request, so that listing reads no mail
    request_key TEXT NOT NULL PRIMARY KEY REFERENCES requests (key),
    content {bytes} NOT NULL
)
"""

IDENTITIES: Final = """
CREATE TABLE identities (
    value TEXT NOT NULL PRIMARY KEY,
    request_key TEXT NOT NULL REFERENCES requests (key),
    received_at TEXT NOT NULL,
    expires INTEGER NOT NULL
)
"""

INTENTS: Final = """
CREATE TABLE intents (
    request_key TEXT NOT NULL REFERENCES requests (key),
    operation TEXT NOT NULL,           -- JSON: it may bear the name of an attachment
    first_attempt_at TEXT NOT NULL,
    last_attempt_at TEXT NOT NULL,
    result_id BIGINT,
    refused TEXT,
    PRIMARY KEY (request_key, operation)
)
"""

JOURNAL: Final = """
CREATE TABLE journal (                 -- lines are added, never changed
    id {serial},
    request_key TEXT NOT NULL REFERENCES requests (key),
    at TEXT NOT NULL,
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    rule TEXT NOT NULL,
    text TEXT NOT NULL
)
"""

RUNS: Final = """
CREATE TABLE runs (
    run TEXT NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    exit_code INTEGER,
    summary TEXT                       -- JSON
)
"""

CACHE: Final = """
CREATE TABLE cache (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,               -- JSON
    expires_at TEXT NOT NULL,
    PRIMARY KEY (kind, name)
)
"""

CALLS: Final = """
CREATE TABLE calls (
    endpoint TEXT NOT NULL,
    minute TEXT NOT NULL,              -- the minute's first moment
    count INTEGER NOT NULL,
    PRIMARY KEY (endpoint, minute)
)
"""

PAUSES: Final = """
CREATE TABLE pauses (                  -- BMS asked us to leave the endpoint alone until then
    endpoint TEXT NOT NULL PRIMARY KEY,
    until TEXT NOT NULL
)
"""

INDEXES: Final = (
    "CREATE INDEX requests_by_receipt ON requests (received_at, recorded_at, key)",
    "CREATE INDEX requests_by_state ON requests (state, received_at, recorded_at, key)",
    "CREATE INDEX requests_by_turn ON requests (state, turn, received_at, recorded_at, key)",
    "CREATE INDEX requests_unidentified ON requests (state, recorded_at, key) WHERE identified = 0",
    "CREATE INDEX requests_leased ON requests (key) WHERE lease_holder IS NOT NULL",
    "CREATE INDEX requests_at_source ON requests (source, locator) WHERE filed_as IS NULL",
    "CREATE INDEX requests_to_file ON requests (settled_at, key) WHERE to_file = 1",
    "CREATE INDEX requests_by_ticket ON requests (ticket_id)",
    "CREATE INDEX requests_by_ticket_number ON requests (ticket_number)",
    "CREATE INDEX journal_by_request ON journal (request_key, id)",
    "CREATE INDEX cache_by_expiry ON cache (expires_at)",
)

MIGRATIONS: Final = (
    Migration(
        "0001_ledger",
        (REQUESTS, RAW, IDENTITIES, INTENTS, JOURNAL, RUNS, CACHE, CALLS, PAUSES, *INDEXES),
    ),
    Migration("0002_watch", WATCH_TABLES),
)


def migrate(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Apply every migration that the ledger has not had.

    Raises `ConfigError` when the database belongs to another program, or to a newer version of
    this one.
    """
    applied = _applied(database)
    _refuse_newer(database, applied, migrations)
    for migration in migrations:
        if migration.name not in applied:
            _apply(database, migration)


def is_older(database: Database, migrations: tuple[Migration, ...] = MIGRATIONS) -> bool:
    """Return whether `migrate` would change the ledger; raises what `migrate` raises."""
    applied = _applied(database)
    _refuse_newer(database, applied, migrations)
    return any(migration.name not in applied for migration in migrations)


def _applied(database: Database) -> frozenset[str]:
    tables = database.tables()
    if not tables:
        return frozenset()
    if RECORD_TABLE not in tables:
        raise ConfigError(
            f"{database.label} holds the tables of another program", "Let `state` name another"
        )
    with database.snapshot() as tx:
        return _recorded(tx)


def _recorded(tx: Transaction) -> frozenset[str]:
    return frozenset(row["name"] for row in tx.all("SELECT name FROM ledger_migrations"))


def _refuse_newer(
    database: Database, applied: frozenset[str], migrations: tuple[Migration, ...]
) -> None:
    unknown = applied - {migration.name for migration in migrations}
    if unknown:
        raise ConfigError(
            f"{database.label} was written by a newer version (it has {max(unknown)})",
            "Install that version of the connector again, or restore a ledger from before it",
        )


def _apply(database: Database, migration: Migration) -> None:
    with database.transaction() as tx:
        tx.execute("CREATE TABLE IF NOT EXISTS ledger_migrations (name TEXT NOT NULL PRIMARY KEY)")
        if migration.name in _recorded(tx):
            return  # another process was faster
        for statement in migration.statements:
            tx.execute(statement.format(**database.types))
        tx.execute("INSERT INTO ledger_migrations (name) VALUES (:name)", {"name": migration.name})
