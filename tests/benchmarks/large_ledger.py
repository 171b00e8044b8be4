"""What a ledger of years costs: an idle `sync` and `requests list` with a million requests in it.

Against the same commands with a thousand. The rows are made by the database itself, in SQL that
both databases understand: each request is settled and filed away, and has its identity, five
lines of story, an intent, its message, its participants, a letter, and its ticket among those
that write-back knows. Runs are remembered for 90 days: there is one for each ten requests. Raw
messages were let go long ago: a run that finds old ones lets go of up to 2,000, which is work, and
here `sync` is to find none.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from figures import Figure
from program import SQLITE, Program, median, program
from sandbox_process import RemoteSandbox, sandbox_process
from support.postgres import Server, running_server

from connector.ledger.columns import json_text
from connector.ledger.database import Transaction
from connector.ledger.retention import NO_WORDS
from connector.ledger.store import open_ledger
from connector.ledger.watching import TICKET_OPERATION
from connector.pipeline.report import NO_RESULT

FEW, MANY = 1_000, 1_000_000
ROUNDS = 9
MOST = 1.5
COMMANDS = (("sync",), ("requests", "list"))

NUMBERS = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count),
r (i, name, moment) AS (
    SELECT i, CAST(i AS TEXT),
        '202' || CAST(1 + i * 5 / (:count + 1) AS TEXT)
        || '-' || substr(CAST(101 + (i * 60 / (:count + 1)) % 12 AS TEXT), 2)
        || '-' || substr(CAST(101 + i % 28 AS TEXT), 2)
        || 'T' || substr(CAST(100 + i % 24 AS TEXT), 2) || :clock
    FROM n
)
"""
"""Numbers from 1 to `:count`, each with a moment in 2021 to 2025; a later number is later."""

REQUESTS = """
INSERT INTO requests
    (key, source, locator, kind, state, identified, received_at, recorded_at, subject, sender,
     attempts, reason, remedy, ticket_id, ticket_number, result, settled_at, filed_as, turn,
     to_file, raw_dropped_at)
{numbers}
SELECT 'old' || name, 'drop', '"' || name || '.eml"', 'email', 'created', 1, moment, moment,
    'Printer ' || name, 'n' || name || '@client.example', 0, '', '', 9000000 + i, 'T' || name,
    :result, moment, 'done', 1, 0, moment
FROM r
"""
RUNS = """
INSERT INTO runs (run, started_at, finished_at, exit_code, summary)
{numbers}
SELECT 'old' || name, :lately, :lately, 0, '{{}}' FROM r WHERE i % 10 = 0
"""
OF_EACH = (
    "INSERT INTO identities (value, request_key, received_at, expires) {numbers} "
    "SELECT 'id' || name, 'old' || name, moment, 0 FROM r",
    "INSERT INTO intents (request_key, operation, first_attempt_at, last_attempt_at, result_id) "
    "{numbers} SELECT 'old' || name, :operation, moment, moment, 9000000 + i FROM r",
    "INSERT INTO messages (message_id, ticket_id, request_key, kind) {numbers} "
    "SELECT 'm' || name, 9000000 + i, 'old' || name, 'received' FROM r",
    "INSERT INTO participants (ticket_id, address, part) {numbers} "
    "SELECT 9000000 + i, 'n' || name || '@client.example', 'requester' FROM r",
    "INSERT INTO outbox (unique_key, kind, turn, request_key, channel, recipient, content, "
    "message_id, limited_as, state, attempts, next_attempt_at, expires_at, created_at, sent_at, "
    "reason) {numbers} SELECT 'ack' || name, 'acknowledgement', 1, 'old' || name, 'mail', "
    "'n' || name || '@client.example', :letter, 'a' || name, name, 'sent', 1, moment, moment, "
    "moment, moment, '' FROM r",
    "INSERT INTO watched_tickets (ticket_id, number, title, request_key, first_seen_at, "
    "received_at, found, priority_id, priority_name, emergency, details_digest, desired_words, "
    "due, reason, fields, refused, told, pending) {numbers} SELECT 9000000 + i, 'T' || name, "
    "'Printer', 'old' || name, moment, moment, 'nothing', 1, 'Normal', 0, '', '', :due, '', "
    "'{{}}', '', '', 0 FROM r",
)
JOURNAL = (
    "INSERT INTO journal (request_key, at, run, step, rule, text) {numbers} "
    "SELECT 'old' || name, moment, 'old' || name, 'step', '', 'one line of its story' FROM r"
)
LINES = 5
MOMENT = "2025-06-02T12:30:00.000000+00:00"
WORDS = {
    "result": json_text(dict(NO_RESULT)),
    "operation": TICKET_OPERATION,
    "letter": NO_WORDS,
    "due": json_text(
        {
            "remote_response": MOMENT,
            "onsite_response": MOMENT,
            "resolution": None,
            "due_date": MOMENT,
            "desired": None,
            "steps": [],
        }
    ),
}
"""JSON of the rows, as the program writes it."""


def measure() -> list[Figure]:
    """Measure SQLite, then PostgreSQL."""
    with sandbox_process() as sandbox, running_server() as server:
        return _figures("SQLite", sandbox, None) + _figures("PostgreSQL", sandbox, server)


def _figures(database: str, sandbox: RemoteSandbox, server: Server | None) -> list[Figure]:
    with ExitStack() as stack:
        few = stack.enter_context(_grown(sandbox, server, FEW))
        many = stack.enter_context(_grown(sandbox, server, MANY))
        return [_figure(database, command, few, many) for command in COMMANDS]


def _figure(database: str, command: tuple[str, ...], few: Program, many: Program) -> Figure:
    small, large = [], []
    for _ in range(ROUNDS):
        small.append(few.run(command))
        large.append(many.run(command))
    ratio = median(large) / median(small)
    return Figure(
        f"`{' '.join(command)}` with {MANY:,} requests in the ledger, {database}",
        f"{median(large) * 1000:.0f} ms",
        f"{median(small) * 1000:.0f} ms ({FEW:,} requests)",
        ratio,
        f"≤ {MOST} x",
        is_met=ratio <= MOST,
    )


@contextmanager
def _grown(sandbox: RemoteSandbox, server: Server | None, count: int) -> Iterator[Program]:
    """Yield the program with a ledger of so many requests, after two runs."""
    state = SQLITE if server is None else server.create_new()
    with program(sandbox, state=state) as desk:
        with (
            open_ledger(desk.state if server is None else state, create=True) as ledger,
            ledger.database.transaction() as tx,
        ):
            _fill(tx, count)
        if server is not None:  # as autovacuum does by itself where it is on
            server.run("ANALYZE", state.rpartition("/")[2])
        desk.run(["sync"])
        desk.run(["sync"])
        yield desk


def _fill(tx: Transaction, count: int) -> None:
    values = {"count": count, "clock": ":30:00.000000+00:00", **WORDS}
    values["lately"] = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="microseconds")
    for statement in (REQUESTS, RUNS, *OF_EACH, *[JOURNAL] * LINES):
        used = {name: value for name, value in values.items() if f":{name}" in NUMBERS + statement}
        tx.execute(statement.format(numbers=NUMBERS), used)
