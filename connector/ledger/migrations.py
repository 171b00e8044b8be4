"""The tables of the ledger, and how an older ledger gets them: forward only, each step once.

A migration that has been released never changes; what comes after it is a new one. Column types
that databases name differently stand as `{bytes}`, `{serial}` and `{text}`.
"""

from dataclasses import dataclass
from typing import Final

from connector.errors import ConfigError
from connector.ledger.access_tables import ACCESS_TABLES
from connector.ledger.content_tables import CONTENT_REMOVED
from connector.ledger.database import Database, Transaction
from connector.ledger.hints import HINT_TABLES
from connector.ledger.outbox_table import OUTBOX_TABLES
from connector.ledger.statistics import WRITTEN_DATES
from connector.ledger.thread_tables import THREAD_TABLES, TROUBLES_BY_RECEIPT
from connector.ledger.watch_tables import WATCH_TABLES


@dataclass(frozen=True, slots=True)
class Migration:
    """One named step; its statements and its own record are one transaction."""

    name: str
    statements: tuple[str, ...]


RECORD_TABLE: Final = "ledger_migrations"
MOVED: Final = "moved to "
"""How the record of a move begins; no migration is called so."""
CREATE_RECORD_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS ledger_migrations (name {text} NOT NULL PRIMARY KEY)"
)

REQUESTS: Final = """
CREATE TABLE requests (
    key {text} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    locator {text} NOT NULL,           -- JSON: a file name need not be valid Unicode
    kind {text} NOT NULL,
    form {text},
    state {text} NOT NULL,
    identified INTEGER NOT NULL,       -- 0 until its identity is claimed
    received_at {text} NOT NULL,
    recorded_at {text} NOT NULL,
    subject {text} NOT NULL,
    sender {text} NOT NULL,
    waiting {text},
    attempts INTEGER NOT NULL,
    next_attempt_at {text},
    reason {text} NOT NULL,
    remedy {text} NOT NULL,
    duplicate_of {text} REFERENCES requests (key),
    ticket_id BIGINT,
    ticket_number {text},
    result {text},                     -- JSON
    decisions {text},                  -- JSON: those told last in the journal
    settled_at {text},
    lease_holder {text},
    lease_until {text},
    filed_as {text},                   -- where its source has put the item: done or parked
    turn INTEGER NOT NULL,             -- 0 what looks like an emergency, 1 everything else
    to_file INTEGER NOT NULL           -- 1 while the source has yet to put it there
)
"""

RAW: Final = """
CREATE TABLE raw (                     -- beside the request, so that listing reads no mail
    request_key {text} NOT NULL PRIMARY KEY REFERENCES requests (key),
    content {bytes} NOT NULL
)
"""

IDENTITIES: Final = """
CREATE TABLE identities (
    value {text} NOT NULL PRIMARY KEY,
    request_key {text} NOT NULL REFERENCES requests (key),
    received_at {text} NOT NULL,
    expires INTEGER NOT NULL
)
"""

INTENTS: Final = """
CREATE TABLE intents (
    request_key {text} NOT NULL REFERENCES requests (key),
    operation {text} NOT NULL,         -- JSON: it may bear the name of an attachment
    first_attempt_at {text} NOT NULL,
    last_attempt_at {text} NOT NULL,
    result_id BIGINT,
    refused {text},
    PRIMARY KEY (request_key, operation)
)
"""

JOURNAL: Final = """
CREATE TABLE journal (                 -- lines are added, never changed
    id {serial},
    request_key {text} NOT NULL REFERENCES requests (key),
    at {text} NOT NULL,
    run {text} NOT NULL,
    step {text} NOT NULL,
    rule {text} NOT NULL,
    text {text} NOT NULL
)
"""

RUNS: Final = """
CREATE TABLE runs (
    run {text} NOT NULL PRIMARY KEY,
    started_at {text} NOT NULL,
    finished_at {text},
    exit_code INTEGER,
    summary {text}                     -- JSON
)
"""

CACHE: Final = """
CREATE TABLE cache (
    kind {text} NOT NULL,
    name {text} NOT NULL,
    value {text} NOT NULL,             -- JSON
    expires_at {text} NOT NULL,
    PRIMARY KEY (kind, name)
)
"""

CALLS: Final = """
CREATE TABLE calls (
    endpoint {text} NOT NULL,
    minute {text} NOT NULL,            -- the minute's first moment
    count INTEGER NOT NULL,
    PRIMARY KEY (endpoint, minute)
)
"""

PAUSES: Final = """
CREATE TABLE pauses (                  -- BMS asked us to leave the endpoint alone until then
    endpoint {text} NOT NULL PRIMARY KEY,
    until {text} NOT NULL
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

CONVERSATIONS: Final = (
    "ALTER TABLE requests ADD COLUMN conversation {text}",
    """
    CREATE INDEX requests_of_conversation ON requests (conversation, received_at, recorded_at, key)
    WHERE state = 'pending' AND conversation IS NOT NULL
    """,
)

CONTACT_PHONE: Final = ("ALTER TABLE requests ADD COLUMN contact_phone {text}",)

REMARKS: Final = ("ALTER TABLE intents ADD COLUMN remark {text}",)

RUNS_BY_START: Final = ("CREATE INDEX runs_by_start ON runs (started_at)",)

MIGRATIONS: Final = (
    Migration(
        "0001_ledger",
        (REQUESTS, RAW, IDENTITIES, INTENTS, JOURNAL, RUNS, CACHE, CALLS, PAUSES, *INDEXES),
    ),
    Migration("0002_watch", WATCH_TABLES),
    Migration("0003_conversations", CONVERSATIONS),
    Migration("0004_remarks", REMARKS),
    Migration("0005_threads", THREAD_TABLES),
    Migration("0006_outbox", OUTBOX_TABLES),
    Migration("0007_contact_phone", CONTACT_PHONE),
    Migration("0008_accounts", ACCESS_TABLES),
    Migration("0009_runs_by_start", RUNS_BY_START),
    Migration("0010_ticket_hints", HINT_TABLES),
    Migration("0011_content_removed", CONTENT_REMOVED),
    Migration("0012_written_dates", WRITTEN_DATES),
    Migration("0013_troubles_by_receipt", TROUBLES_BY_RECEIPT),
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


def record_move(tx: Transaction, label: str) -> None:
    """Record that the ledger has moved to the database that people know as `label`.

    It stands among the migrations, so that a version which knows nothing of moves refuses it too.
    """
    name = f"{MOVED}{label[0].lower()}{label[1:]}"
    tx.execute("INSERT INTO ledger_migrations (name) VALUES (:name)", {"name": name})


def has_moved(tx: Transaction) -> bool:
    """Return whether `record_move` was here."""
    return any(name.startswith(MOVED) for name in _recorded(tx))


def is_new(database: Database) -> bool:
    """Return whether the database has no tables at all."""
    return not database.tables()


def is_older(database: Database) -> bool:
    """Return whether `migrate` would change the ledger; raises what `migrate` raises."""
    applied = _applied(database)
    _refuse_newer(database, applied, MIGRATIONS)
    return any(migration.name not in applied for migration in MIGRATIONS)


def must_be_ledger(database: Database) -> None:
    """Raise `ConfigError` unless the database holds a ledger of this version or an older one."""
    if not _applied(database):
        raise ConfigError(f"{database.label} is empty", "Let `state` name a ledger")
    is_older(database)


def must_be_current(database: Database) -> None:
    """Raise `ConfigError` unless the ledger has had every migration; change nothing."""
    if is_older(database):
        raise ConfigError(
            f"{database.label} was written by an older version of the connector",
            "Any command that may change it brings it up to date: `bms-connector requests list`",
        )


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
    for name in unknown:
        if name.startswith(MOVED):
            raise ConfigError(f"{database.label} has {name}", "Let `state` name that one")
    if unknown:
        raise ConfigError(
            f"{database.label} was written by a newer version (it has {max(unknown)})",
            "Install that version of the connector again, or restore a ledger from before it",
        )


def _apply(database: Database, migration: Migration) -> None:
    with database.transaction() as tx:
        tx.hold("migrations")
        tx.execute(CREATE_RECORD_TABLE.format(**database.types))
        if migration.name in _recorded(tx):
            return  # another process was faster
        for statement in migration.statements:
            tx.execute(statement.format(**database.types))
        tx.execute("INSERT INTO ledger_migrations (name) VALUES (:name)", {"name": migration.name})
