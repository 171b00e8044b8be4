"""`ledger backup`: one moment, whole and private, while others write; nothing is overwritten."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.ledger_samples import identified, recorded
from support.ledger_workers import go, line_of, start_worker
from support.old_ledgers import NAMES, put_old_ledger

from connector.errors import ConfigError, Unreachable
from connector.ledger.care import backup as backup_module
from connector.ledger.care.backup import BackupFailed, back_up
from connector.ledger.care.checking import Found, check
from connector.ledger.sqlite import SqliteDatabase
from connector.ledger.store import SqlLedger, open_database, open_existing, open_ledger


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger is; the two kinds are backed up in different ways."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'connector.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    """A ledger with two requests."""
    with open_ledger(url, create=True) as opened:
        identified(opened, "k1")
        recorded(opened, "k2", raw=b"\0\xff" * 500_000)
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "monday.db"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def keys_in(file: Path) -> set[str]:
    with open_ledger(f"sqlite:///{file}", create=False) as ledger:
        return {record.key for record in ledger.listed(None, 10_000)}


def test_a_backup_is_a_ledger_with_all_that_was_in_it(ledger: SqlLedger, file: Path) -> None:
    assert back_up(ledger.database, file).requests == 2
    with open_ledger(f"sqlite:///{file}", create=False) as copy:
        assert copy.raw("k2") == b"\0\xff" * 500_000
        assert copy.journal("k1") == ledger.journal("k1")
        assert list(check(copy.database, Found())) == []
        recorded(copy, "k3")  # ids go on after the highest


def test_a_backup_is_one_file_that_only_its_owner_may_read(ledger: SqlLedger, file: Path) -> None:
    before = os.umask(0)
    try:
        back_up(ledger.database, file)
    finally:
        os.umask(before)
    assert names(file.parent) == ["monday.db"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_an_older_backup_gives_way_only_when_asked(ledger: SqlLedger, file: Path) -> None:
    file.write_bytes(b"older")
    with pytest.raises(ConfigError, match=r"is there already\. .*--force"):
        back_up(ledger.database, file)
    assert file.read_bytes() == b"older"
    assert back_up(ledger.database, file, overwrite=True).requests == 2
    assert keys_in(file) == {"k1", "k2"}


def test_a_file_that_appears_meanwhile_is_not_overwritten(
    ledger: SqlLedger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = backup_module._sound

    def appears(draft: Path, name: Path) -> int:
        file.write_bytes(b"another's")
        return sound(draft, name)

    monkeypatch.setattr(backup_module, "_sound", appears)
    with pytest.raises(ConfigError, match="is there already"):
        back_up(ledger.database, file)
    assert file.read_bytes() == b"another's"
    assert names(file.parent) == ["monday.db"]


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_a_leftover_that_sqlite_would_read_into_the_backup_is_refused(
    ledger: SqlLedger, file: Path, suffix: str
) -> None:
    file.with_name(f"monday.db{suffix}").write_bytes(b"")
    with pytest.raises(ConfigError, match="part of the backup"):
        back_up(ledger.database, file, overwrite=True)


@pytest.mark.parametrize("name", ["connector.db", "connector.db-wal", "connector.db.lock", "link"])
def test_the_ledger_is_never_overwritten_by_its_backup(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "connector.db")
    with open_ledger(f"sqlite:///{tmp_path / 'connector.db'}", create=True) as ledger:
        recorded(ledger, "k1")
        with pytest.raises(ConfigError, match="is the ledger itself"):
            back_up(ledger.database, tmp_path / name, overwrite=True)
        assert [record.key for record in ledger.listed(None, 9)] == ["k1"]


def test_a_backup_that_fails_leaves_nothing(
    ledger: SqlLedger, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_module, "_flush", full)
    with pytest.raises(Unreachable, match=r"monday\.db cannot be written .*No space left"):
        back_up(ledger.database, file)
    assert names(file.parent) == []


@pytest.mark.parametrize("place", ["nowhere/monday.db", "backups"])
def test_a_place_that_cannot_be_written_is_told(ledger: SqlLedger, file: Path, place: str) -> None:
    with pytest.raises(ConfigError, match=r"does not exist|is a folder"):
        back_up(ledger.database, file.parent.parent / place)


def test_a_backup_is_one_moment_though_another_process_writes(url: str, file: Path) -> None:
    with open_ledger(url, create=True) as ledger:
        for number in range(200):
            recorded(ledger, f"before-{number}", raw=b"x" * 20_000)
        writer = start_worker("write_on", url, "during")
        try:
            go(writer)
            assert line_of(writer) == "writing"
            done = back_up(ledger.database, file)
            assert writer.poll() is None
            after = {record.key for record in ledger.listed(None, 100_000)}
        finally:
            writer.kill()
            writer.communicate()
    kept = keys_in(file)
    assert done.requests == len(kept) >= 200
    assert kept < after  # it went on writing all the while
    with closing(open_existing(f"sqlite:///{file}")) as copy:
        assert list(check(copy, Found())) == []


def test_a_damaged_ledger_makes_no_backup(tmp_path: Path, file: Path) -> None:
    state = tmp_path / "connector.db"
    with open_ledger(f"sqlite:///{state}", create=True) as ledger:
        for number in range(200):
            recorded(ledger, f"k{number}")
    damage(state)
    damaged = closing(SqliteDatabase(state))
    with damaged as database, pytest.raises(BackupFailed, match="The ledger is damaged"):
        back_up(database, file)
    assert names(file.parent) == []


def damage(file: Path) -> None:
    """Overwrite pages in the middle of a SQLite file."""
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = os.urandom(8192)
    file.write_bytes(content)


def test_a_ledger_is_backed_up_before_the_upgrade_that_would_change_it(
    tmp_path: Path, file: Path
) -> None:
    state = tmp_path / "connector.db"
    with closing(SqliteDatabase(state)) as database:
        database.set_up()
        put_old_ledger(database, NAMES[0])
    with closing(open_existing(f"sqlite:///{state}")) as database:
        back_up(database, file)
        assert "outbox" not in database.tables()
    with closing(SqliteDatabase(file)) as copy:
        assert "outbox" not in copy.tables()
    with closing(open_database(f"sqlite:///{file}", create=True)) as copy:
        assert "outbox" in copy.tables()


def test_there_is_no_backup_of_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no ledger"):
        open_existing(f"sqlite:///{tmp_path / 'connector.db'}")
    assert names(tmp_path) == []
