"""A ledger's file gives back what it no longer needs, and holds nothing of what was deleted."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.content import PAT, WORD, everything_of_pat, settled
from support.ledger_samples import at, stamp

from connector.ledger.migrations import MIGRATIONS, migrate
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import SqlLedger, open_ledger

LATER = at(60)


def bytes_on_disk(file: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def size_on_disk(ledger: SqlLedger, file: Path) -> int:
    assert ledger.forget_deleted()  # the log is a part of the file from here on
    return file.stat().st_size


def fill(ledger: SqlLedger, count: int) -> None:
    for number in range(count):
        settled(ledger, f"k{number}", at=at(number / 100), raw=bytes(100_000))


def drop_all(ledger: SqlLedger) -> None:
    while ledger.drop_raw(settled_before=LATER, limit=100, stamp=stamp(90)):
        ledger.give_back_space()


def test_an_erased_request_leaves_no_trace_in_the_file_or_in_its_log(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        for number in range(20):
            everything_of_pat(ledger, f"k{number}", 70001 + number)
        assert WORD in bytes_on_disk(file).decode("latin-1").lower()
        ledger.erase_mentions([PAT], ["Quimby's printer"])
        for number in range(20):
            assert ledger.erase(f"k{number}", by="alice", stamp=stamp(90)) is None
        assert ledger.forget_deleted()
        assert WORD not in bytes_on_disk(file).decode("latin-1").lower()


def test_a_dropped_message_leaves_no_trace_in_the_file(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        settled(ledger, "k1", raw=b"the quick brown fox " * 1000)
        drop_all(ledger)
        ledger.forget_deleted()
        assert b"brown fox" not in bytes_on_disk(file)


def test_whoever_reads_meanwhile_keeps_the_log_and_that_is_said(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        settled(ledger, "k1")
        with closing(sqlite3.connect(file)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM requests").fetchall()
            ledger.database._connection.execute("PRAGMA busy_timeout = 10")
            ledger.note("k1", step="x", text="y", stamp=stamp())
            assert not ledger.forget_deleted()
        assert ledger.forget_deleted()


def test_a_file_shrinks_as_messages_are_dropped_and_keeps_a_tenth_free(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        fill(ledger, 300)
        full = size_on_disk(ledger, file)
        drop_all(ledger)
        for _ in range(20):
            ledger.give_back_space()
        assert size_on_disk(ledger, file) < full / 10


def test_a_bounded_part_is_given_back_at_a_time(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        fill(ledger, 300)
        while ledger.drop_raw(settled_before=LATER, limit=100, stamp=stamp(90)):
            pass
        before = size_on_disk(ledger, file)
        ledger.give_back_space()
        assert 1_000_000 < before - size_on_disk(ledger, file) < 10_000_000


def test_in_an_older_file_the_space_is_used_again_and_not_given_back(file: Path) -> None:
    with closing(sqlite3.connect(file)) as older:
        older.execute("PRAGMA auto_vacuum = NONE")
        older.execute("CREATE TABLE ledger_migrations (name TEXT NOT NULL PRIMARY KEY)")
        older.commit()
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        fill(ledger, 50)
        before = size_on_disk(ledger, file)
        drop_all(ledger)
        assert size_on_disk(ledger, file) == before
        for number in range(50):
            settled(ledger, f"again{number}", raw=bytes(100_000))
        assert size_on_disk(ledger, file) < before * 1.05


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def test_a_ledger_from_before_drops_and_erases_what_it_has(
    kind: str, file: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        url = f"sqlite:///{file}"
        with closing(SqliteDatabase(file)) as database:
            database.set_up()
            _fill_old(database)
    else:
        from connector.ledger.postgres import PostgresDatabase

        url = request.getfixturevalue("new_database")
        with closing(PostgresDatabase(url)) as database:
            _fill_old(database)
    with open_ledger(url, create=True) as ledger:
        assert ledger.get("old").raw_dropped_at is None
        assert ledger.drop_raw(settled_before=LATER, limit=9, stamp=stamp(90)) == 1
        assert ledger.erase("old", by="alice", stamp=stamp(90)) is None
        assert ledger.forget_deleted()


def _fill_old(database) -> None:
    migrate(database, tuple(each for each in MIGRATIONS if each.name < "0011"))
    moment = "2026-03-02T12:00:00.000000+00:00"
    with database.transaction() as tx:
        tx.execute(
            """
            INSERT INTO requests
                (key, source, locator, kind, state, identified, received_at, recorded_at, subject,
                 sender, attempts, reason, remedy, settled_at, turn, to_file)
            VALUES
                ('old', 'drop', '"a.eml"', 'email', 'created', 1, :at, :at, 's', 'a@b.example', 0,
                 '', '', :at, 1, 0)
            """,
            {"at": moment},
        )
        tx.execute("INSERT INTO raw (request_key, content) VALUES ('old', :raw)", {"raw": b"raw"})
