"""`ledger check`: silent about a sound ledger, one line for each fault, and nothing is changed."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger_samples import identified, leased, recorded, stamp, take

from connector.domain.request import Outcome
from connector.errors import ConfigError
from connector.ledger.care.checking import Found, check, told_counts
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import SqlLedger, open_existing, open_ledger


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlLedger]:
    """A ledger with a pending request, one at work, an ignored one, and a ticket."""
    url = f"sqlite:///{tmp_path / 'connector.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with open_ledger(url, create=True) as opened:
        identified(opened, "waits")
        leased(opened, "at-work")
        for key in ("done", "ignored"):
            leased(opened, key)
        opened.intend("done", "ticket", stamp=stamp())
        change(opened, "UPDATE intents SET result_id = 7")
        change(opened, "UPDATE requests SET ticket_id = 7, ticket_number = '7' WHERE key = 'done'")
        settle(opened, "done", Outcome.CREATED)
        settle(opened, "ignored", Outcome.IGNORED)
        yield opened


def settle(ledger: SqlLedger, key: str, outcome: Outcome) -> None:
    ledger.settle(key, outcome, reason="", remedy="", stamp=stamp())


def change(ledger: SqlLedger, sql: str) -> None:
    with ledger.database.transaction() as tx:
        tx.execute(sql)


def faults(ledger: SqlLedger) -> list[str]:
    return list(check(ledger.database, Found()))


def test_a_sound_ledger_has_no_fault_and_its_requests_are_counted(ledger: SqlLedger) -> None:
    found = Found()
    assert list(check(ledger.database, found)) == []
    assert told_counts(found) == "4 requests: 2 pending, 1 created, 1 ignored"


def test_an_empty_ledger_is_sound() -> None:
    with open_ledger("sqlite:///:memory:", create=False) as ledger:
        assert faults(ledger) == []


ONE_FAULT = {
    "an unknown state": ("UPDATE requests SET state = 'lost' WHERE key = 'ignored'", "'lost'"),
    "a ticket without its number": (
        "UPDATE requests SET ticket_id = NULL WHERE key = 'done'",
        "done: is created, and names no ticket",
    ),
    "a message that is gone": (
        "DELETE FROM raw WHERE request_key = 'waits'",
        "waits: is pending, and its message is gone",
    ),
    "a duplicate of nothing": (
        "UPDATE requests SET state = 'duplicate' WHERE key = 'ignored';"
        "UPDATE identities SET expires = 1",
        "ignored: is a duplicate of nothing",
    ),
    "a duplicate with an identity": (
        "UPDATE requests SET state = 'duplicate', duplicate_of = 'done' WHERE key = 'ignored'",
        "ignored: has an identity of its own, and is a duplicate all the same",
    ),
    "pending and settled": (
        "UPDATE requests SET settled_at = received_at WHERE key = 'waits'",
        "waits: is pending, and settled at 2026-03-02T12:00:00",
    ),
    "waiting for nothing": (
        "UPDATE requests SET waiting = NULL WHERE key = 'waits'",
        "waits: is pending, and waits for nothing",
    ),
    "a lease on what is done": (
        "UPDATE requests SET lease_holder = 'r', lease_until = received_at WHERE key = 'done'",
        "done: is created, and leased to run r",
    ),
    "a lease without an end": (
        "UPDATE requests SET lease_until = NULL WHERE key = 'at-work'",
        "at-work: is leased to run run-1 until None",
    ),
    "an unclear call of what is done": (
        "UPDATE intents SET result_id = NULL",
        "done: is done, and nobody knows what became of the call",
    ),
    "no story": ("DELETE FROM journal WHERE request_key = 'ignored'", "ignored: has no story"),
    "a moment that is none": (
        "UPDATE journal SET at = 'noon' WHERE id IN"
        " (SELECT min(id) FROM journal WHERE request_key = 'done')",
        "holds what this program cannot read (Invalid isoformat string: 'noon')",
    ),
    "JSON that is none": (
        "UPDATE intents SET operation = 'ticket'",
        "intents done, ticket: holds what this program cannot read",
    ),
}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_each_fault_is_one_line_with_what_and_which(ledger: SqlLedger, name: str) -> None:
    sql, line = ONE_FAULT[name]
    for statement in sql.split(";"):
        change(ledger, statement)
    [told] = faults(ledger)
    assert line in told
    assert "\n" not in told
    assert told.count(". ") >= 1  # and what to do


def test_a_letter_that_nobody_sends_any_more_is_told(ledger: SqlLedger) -> None:
    change(
        ledger,
        """
        INSERT INTO outbox (unique_key, kind, turn, request_key, channel, recipient, content,
            message_id, limited_as, state, attempts, next_attempt_at, expires_at, created_at,
            reason)
        SELECT 'k', 'alert', 0, 'done', 'mail', 'a@desk.example',
            '{"subject": "", "text": "", "headers": {}}', '<m@desk.example>', '', 'sending', 1,
            received_at, received_at, received_at, '' FROM requests WHERE key = 'done'
        """,
    )
    told = [line for line in faults(ledger) if "cannot read" not in line]
    assert told == [
        "done: has a letter that is being sent, and nobody sends it. "
        "`bms-connector requests show done` tells its story"
    ]


def test_a_table_that_is_missing_is_told() -> None:
    with open_ledger("sqlite:///:memory:", create=True) as ledger:
        change(ledger, "DROP TABLE troubles")
        assert faults(ledger) == [
            "The table troubles is missing. Restore the ledger from a backup (docs/ledger.md)"
        ]


def test_nothing_is_changed_and_writers_go_on(ledger: SqlLedger) -> None:
    change(ledger, "DELETE FROM raw WHERE request_key = 'waits'")
    reading = check(ledger.database, Found())
    if isinstance(ledger.database, SqliteDatabase):
        with closing(open_existing(f"sqlite:///{ledger.database._path}")) as other:
            next(reading)
            with other.transaction() as tx:
                tx.execute("DELETE FROM journal WHERE request_key = 'ignored'")
    assert len(list(reading)) <= 1  # it sees the moment at which it began


def test_what_refers_to_nothing_is_told(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'connector.db'}", create=True) as ledger:
        recorded(ledger, "k1")
        with ledger.database.snapshot() as tx:
            tx.execute("SELECT 1")
        ledger.database._connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[attr-defined]
        change(ledger, "INSERT INTO intents VALUES ('gone', '\"ticket\"', 'a', 'a', 1, NULL, '')")
        [told] = faults(ledger)
    assert told.startswith("intents, row 1: requests has not what it refers to. ")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A closed SQLite ledger of some megabytes."""
    file = tmp_path / "connector.db"
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        for number in range(300):
            identified(ledger, f"k{number}")
    return file


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_told_in_lines_and_never_with_a_traceback(large: Path, seed: int) -> None:
    content = bytearray(large.read_bytes())
    pages = len(content) // 4096
    page = 1 + seed * (pages - 2) // 12
    content[page * 4096 : page * 4096 + 4096] = os.urandom(4096)
    large.write_bytes(content)
    try:
        with closing(open_existing(f"sqlite:///{large}")) as database:
            told = list(check(database, Found()))
    except ConfigError as error:
        told = [str(error)]
    assert told
    assert all("damaged" in line or "refers to" in line for line in told), told
    assert not any("\n" in line for line in told)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_ledger_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "connector.db"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"is empty|is not a SQLite database|is damaged"):
        open_existing(f"sqlite:///{file}")


def test_leases_of_a_run_that_died_are_no_fault(ledger: SqlLedger) -> None:
    take(ledger, "waits", holder="dead")
    assert faults(ledger) == []
