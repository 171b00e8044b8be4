"""One run at a time; the lock dies with its process."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest
from support.ledger_samples import NOON, at
from support.ledger_workers import Start, go, line_of

from connector.errors import ConfigError, RunLocked
from connector.ledger.run_lock import RunLock
from connector.ledger.store import open_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "connector.db.lock"


def test_the_lock_lies_beside_the_ledger(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        assert ledger.database.lock_path == file.with_name("connector.db.lock")


def test_a_ledger_reached_by_a_link_has_the_same_lock(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", create=True):
        pass
    link = file.with_name("link.db")
    link.symlink_to(file)
    with open_ledger(f"sqlite:///{link}", create=True) as ledger:
        assert ledger.database.lock_path == file.with_name("connector.db.lock")


def test_a_second_run_is_told_who_holds_the_lock_since_when(path: Path) -> None:
    with RunLock(path).held(command="bms-connector sync", now=NOON):
        with pytest.raises(RunLocked) as caught:
            RunLock(path).acquire(command="bms-connector run", now=at(5))
        message = str(caught.value)
        for fact in (str(os.getpid()), socket.gethostname(), "bms-connector sync", "12:00:00"):
            assert fact in message
        assert "bms-connector run" not in message


def test_the_refused_run_leaves_the_holders_name(path: Path) -> None:
    with RunLock(path).held(command="first", now=NOON):
        for _ in range(2):
            with pytest.raises(RunLocked, match="first"):
                RunLock(path).acquire(command="second", now=at(5))


def test_a_released_lock_can_be_taken(path: Path) -> None:
    with RunLock(path).held(command="a much longer command line", now=NOON):
        pass
    with RunLock(path).held(command="short", now=at(5)):
        assert json.loads(path.read_bytes())["command"] == "short"


def test_a_run_that_fails_lets_the_lock_go(path: Path) -> None:
    with pytest.raises(RuntimeError), RunLock(path).held(command="a", now=NOON):
        raise RuntimeError
    RunLock(path).acquire(command="b", now=NOON)


def test_taking_the_lock_twice_is_taking_it_once(path: Path) -> None:
    lock = RunLock(path)
    lock.acquire(command="a", now=NOON)
    lock.acquire(command="a", now=NOON)
    lock.release()
    lock.release()
    with RunLock(path).held(command="b", now=NOON):
        pass


def test_the_lock_file_is_readable_by_its_owner_only(path: Path) -> None:
    with RunLock(path).held(command="a", now=NOON):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_lock_dies_with_its_process(file: Path, start: Start) -> None:
    worker = start("hold", "w1")
    go(worker)
    assert line_of(worker) == "held"
    lock = RunLock(file.with_name("connector.db.lock"))
    with pytest.raises(RunLocked, match=rf"process {worker.pid} .*\(sync of w1\)"):
        lock.acquire(command="second", now=at(5))
    worker.kill()
    worker.wait()
    with lock.held(command="second", now=at(6)):
        pass


def test_a_lock_whose_holder_has_not_written_its_name_yet_is_a_lock(path: Path) -> None:
    with RunLock(path).held(command="a", now=NOON):
        path.write_bytes(b"")
        with pytest.raises(RunLocked, match="only just begun"):
            RunLock(path).acquire(command="b", now=NOON)


def test_a_ledger_in_memory_has_no_lock() -> None:
    with RunLock(None).held(command="a", now=NOON):
        RunLock(None).acquire(command="b", now=NOON)


def test_a_lock_in_a_missing_folder_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        RunLock(tmp_path / "no" / "x.lock").acquire(command="a", now=NOON)
