"""A backup in the place of the ledger: what is done once all the same, and what is not.

docs/ledger.md ("What happened after the backup") promises what stands here, and no more.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desk import Desk, help_desk
from support.endpoints import CREATE
from support.killing import killed_at
from support.ledger_samples import stamp

from connector.domain.request import Outcome
from connector.ledger.care.backup import back_up

DOWN = "http://127.0.0.1:9"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with help_desk(folder) as running:
        yield running


def backed_up(desk: Desk) -> Path:
    file = desk.folder / "backup.db"
    with desk.ledger() as ledger:
        back_up(ledger.database, file)
    return file


def restore(desk: Desk, backup: Path) -> None:
    """Do what docs/ledger.md says."""
    for suffix in ("", "-wal", "-shm"):
        (desk.folder / f"connector.db{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, desk.folder / "connector.db")


def outcomes(desk: Desk) -> list[Outcome]:
    return [each.outcome for each in desk.sync("intake", "deliver").requests]


def test_an_item_that_was_done_before_the_backup_is_a_duplicate_when_it_comes_back(
    desk: Desk,
) -> None:
    mail = desk.drop_mail("First").read_bytes()
    desk.sync()
    backup = backed_up(desk)
    desk.drop_mail("Second", name="second.eml")
    desk.sync()
    restore(desk, backup)
    desk.drop("again.eml", mail)
    assert outcomes(desk) == [Outcome.DUPLICATE]
    assert len(desk.bodies(CREATE)) == 2


def test_an_item_that_was_done_since_and_stays_away_is_not_done_again(desk: Desk) -> None:
    backup = backed_up(desk)
    desk.drop_mail("Since then")
    desk.sync()
    restore(desk, backup)
    assert outcomes(desk) == []
    assert len(desk.bodies(CREATE)) == 1


def test_what_was_in_the_middle_of_its_creation_is_found_in_bms(desk: Desk) -> None:
    desk.drop_mail("In the middle")
    with killed_at("after the ticket was intended"):
        desk.sync()
    backup = backed_up(desk)
    desk.pass_by(minutes=5)
    assert outcomes(desk) == [Outcome.CREATED]
    restore(desk, backup)
    desk.pass_by(minutes=5)
    assert outcomes(desk) == [Outcome.CREATED]
    assert len(desk.bodies(CREATE)) == len(desk.sandbox.tickets) == 1


def test_what_waited_in_the_backup_and_is_a_ticket_since_shows_in_a_dry_run_and_is_set_aside(
    desk: Desk,
) -> None:
    desk.drop_mail("Waits")
    desk.sync(base_url=DOWN)
    backup = backed_up(desk)
    assert outcomes(desk) == [Outcome.CREATED]
    restore(desk, backup)

    planned = desk.sync("deliver", dry_run=True)
    assert [each.outcome for each in planned.requests] == [Outcome.CREATED]
    with desk.ledger() as ledger:
        assert ledger.set_aside(planned.requests[0].key, reason="has its ticket", stamp=stamp())
    assert outcomes(desk) == []
    assert len(desk.bodies(CREATE)) == 1
