"""Opening the ledger's file, and every way in which that can fail."""

import os
import sqlite3
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs
from support.ledger_samples import NOON, identified, recorded

from connector.errors import ConfigError, Unreachable
from connector.ledger.cache import SqlCache
from connector.ledger.migrations import MIGRATIONS, migrate
from connector.ledger.sqlite import SqliteDatabase, open_database
from connector.ledger.store import open_ledger


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "connector.db"


@pytest.fixture
def used(file: Path) -> Path:
    """A ledger with one request, closed."""
    with open_ledger(url(file), create=True) as ledger:
        identified(ledger, "k1")
    return file


# --- what is made ----------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_ledger_and_its_companions_are_readable_by_their_owner_only(
    file: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        with open_ledger(url(file), create=True) as ledger:
            identified(ledger, "k1")
            files = sorted(file.parent.iterdir())
            assert [each.name for each in files] == [
                "connector.db",
                "connector.db-shm",
                "connector.db-wal",
            ]
            assert {mode(each) for each in files} == {0o600}
    finally:
        os.umask(before)


def test_what_is_committed_is_flushed_to_the_disk_and_readers_do_not_wait(file: Path) -> None:
    with closing(open_database(url(file), create=True)) as database, database.snapshot() as tx:
        assert tx.all("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
        assert tx.all("PRAGMA synchronous") == [{"synchronous": 2}]  # FULL
        assert tx.all("PRAGMA foreign_keys") == [{"foreign_keys": 1}]


def test_a_ledger_is_found_again(used: Path) -> None:
    with open_ledger(url(used), create=False) as ledger:
        assert [record.key for record in ledger.listed(None, 10)] == ["k1"]
        assert ledger.raw("k1") == b"raw"


def test_an_absolute_path_has_four_slashes(file: Path) -> None:
    assert url(file).startswith("sqlite:////")
    with open_ledger(url(file), create=True):
        assert file.exists()


def test_a_relative_path_counts_from_the_working_directory(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    with open_ledger("sqlite:///connector.db", create=True):
        assert file.exists()


@pytest.mark.parametrize("name", ["with space.db", "100%25.db", "what?.db", "a#b.db", "Zoë.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    with open_ledger(url(tmp_path / name), create=True) as ledger:
        recorded(ledger, "k1")
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_dry_run_without_a_ledger_leaves_nothing_behind(file: Path) -> None:
    with open_ledger(url(file), create=False) as ledger:
        recorded(ledger, "k1")
        assert ledger.database.lock_path is None
    assert list(file.parent.iterdir()) == []


def older(file: Path) -> bytes:
    """Make a ledger as the first version left it, with one cached value; return its bytes."""
    database = SqliteDatabase(file)
    with closing(database):
        database.set_up()
        migrate(database, MIGRATIONS[:1])
        SqlCache(database).save("kind", "name", "kept", datetime(2100, 1, 1, tzinfo=UTC))
    return file.read_bytes()


def test_a_dry_run_reads_a_copy_of_an_older_ledger_and_leaves_the_file_as_it_is(
    file: Path,
) -> None:
    before = older(file)

    with open_ledger(url(file), create=False) as ledger:
        assert SqlCache(ledger.database).load("kind", "name", NOON) == "kept"
        assert ledger.unwritten() == []  # of a table that came later
        recorded(ledger, "k1")
        assert ledger.database.lock_path is None

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == ["connector.db"]
    with open_ledger(url(file), create=True) as ledger:
        assert ledger.listed(None, 10) == []


def test_a_dry_run_leaves_an_empty_file_empty(file: Path) -> None:
    file.touch(mode=0o600)
    with open_ledger(url(file), create=False) as ledger:
        recorded(ledger, "k1")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []


def test_an_empty_file_becomes_a_ledger(file: Path) -> None:
    file.touch(mode=0o600)
    with open_ledger(url(file), create=True) as ledger:
        recorded(ledger, "k1")
    with open_ledger(url(file), create=True) as ledger:
        assert ledger.unidentified(None) == ["k1"]


@pytest.fixture
def logs(no_logs: None) -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged, at every level."""
    structlog.reset_defaults()
    with capture_logs() as lines:
        yield lines


def test_a_file_that_others_could_read_is_made_private_and_said_so(
    used: Path, logs: list[MutableMapping[str, Any]]
) -> None:
    used.chmod(0o644)
    with open_ledger(url(used), create=True):
        assert mode(used) == 0o600
    assert [(line["log_level"], line["file"]) for line in logs] == [("warning", str(used))]


def test_a_file_of_someone_else_that_others_can_read_is_warned_about(
    used: Path, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]]
) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise PermissionError

    used.chmod(0o640)
    monkeypatch.setattr(Path, "chmod", refuse)
    with open_ledger(url(used), create=True):
        assert mode(used) == 0o640
    assert "0600" in logs[0]["event"]


def test_a_ledger_in_another_journal_mode_is_switched(used: Path) -> None:
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with open_ledger(url(used), create=True) as ledger, ledger.database.snapshot() as tx:
        assert tx.all("PRAGMA journal_mode") == [{"journal_mode": "wal"}]


# --- what goes wrong -------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "connector.db", "sqlite://", "sqlite:///", "mysql://h/db"])
def test_a_state_that_names_no_ledger_is_refused(state: str) -> None:
    with pytest.raises(ConfigError, match=r"`state`.*Write it as sqlite:///"):
        open_database(state, create=True)


def test_a_password_in_a_state_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        open_database("other://user:secret@host/db", create=True)
    assert "secret" not in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"The folder {tmp_path}/no does not exist\. Create it"):
        open_database(url(tmp_path / "no" / "connector.db"), create=True)


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        open_database(url(tmp_path), create=True)


def test_a_file_that_is_no_database_is_refused_unchanged(file: Path) -> None:
    content = b"Dear client,\n" * 500
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=r"is not a SQLite database.*Let `state` name another"):
        open_database(url(file), create=True)
    assert file.read_bytes() == content


def test_a_damaged_ledger_is_refused(used: Path) -> None:
    content = bytearray(used.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    content[100:4096] = b"\xff" * 3996
    used.write_bytes(content)
    with pytest.raises(ConfigError, match=r"is damaged.*restore it from a backup"):
        open_database(url(used), create=True)


def test_a_ledger_that_may_not_be_written_is_refused(used: Path) -> None:
    # SQLite treats a file of a later format as read-only: so even root, whom no file mode
    # stops, can run this test. https://sqlite.org/fileformat2.html#file_format_version_numbers
    content = bytearray(used.read_bytes())
    content[18] = 3
    used.write_bytes(content)
    with pytest.raises(ConfigError, match=r"is read-only.*right to write"):
        open_database(url(used), create=True)


def test_a_database_of_another_program_is_refused(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    with pytest.raises(ConfigError, match="another program"):
        open_database(url(file), create=True)


def test_a_ledger_of_a_newer_version_is_refused(used: Path) -> None:
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("INSERT INTO ledger_migrations VALUES ('9999_future')")
        connection.commit()
    with pytest.raises(ConfigError, match="newer version"):
        open_database(url(used), create=True)


def test_a_ledger_locked_by_another_program_is_tried_later(used: Path) -> None:
    with closing(sqlite3.connect(used, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable, match="is locked by another process"):
            open_database(url(used), create=True, busy_timeout=0)


def test_a_ledger_locked_during_a_run_is_tried_later(used: Path) -> None:
    with (
        closing(open_database(url(used), create=True, busy_timeout=0)) as database,
        closing(sqlite3.connect(used, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unreachable, match="is locked"), database.transaction():
            pass
        with database.snapshot() as tx:
            assert tx.all("SELECT key FROM requests") == [{"key": "k1"}]
        other.execute("ROLLBACK")
        with database.transaction() as tx:
            assert tx.execute("DELETE FROM cache") == 0


def test_messages_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        open_database(url(tmp_path / "no" / "connector.db"), create=True)
    assert "\n" not in str(caught.value)
