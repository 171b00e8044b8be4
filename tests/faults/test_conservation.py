"""A run that does not account for everything ends with 1 and names what is missing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.desk import Desk, help_desk

from connector.errors import ExitCode
from connector.intake.sources.drop_folder import DropFolder
from connector.ledger.store import SqlLedger
from connector.pipeline.steps import DELIVER, INTAKE
from connector.ports import ItemUnreadable, Listing


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with help_desk(tmp_path) as desk:
        desk.steps = (INTAKE, DELIVER)
        for number in range(3):
            desk.drop_mail(name=f"{number}.eml")
        yield desk


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_source_that_hands_over_less_than_it_holds_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    listed = DropFolder.list

    def one_short(self: DropFolder) -> Listing:
        listing = listed(self)
        return replace(listing, items=listing.items[:2], held=len(listing.items))

    monkeypatch.setattr(DropFolder, "list", one_short)

    report = desk.sync(dry_run=dry_run)

    assert (report.conserved, report.exit_code) == (False, ExitCode.PARTLY)
    assert report.leftovers == ["source drop says that it holds 3 and handed over 2"]
    assert report.as_json()["leftovers"] == report.leftovers
    assert report.counts["received"] == 2


def test_an_item_that_cannot_be_read_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read = DropFolder._read

    def failing(self, file):
        if file.name == "1.eml":
            raise ItemUnreadable("1.eml: Input/output error")
        return read(self, file)

    monkeypatch.setattr(DropFolder, "_read", failing)

    report = desk.sync()

    assert (report.conserved, report.exit_code) == (False, ExitCode.PARTLY)
    [left] = report.leftovers
    assert left.startswith("1.eml")
    assert report.counts["created"] == 2
    assert desk.names() == ["1.eml"]


def test_a_request_that_vanished_from_the_ledger_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sync("intake")
    gone = desk.requests()[0].key
    get = SqlLedger.get
    monkeypatch.setattr(SqlLedger, "get", lambda self, key: None if key == gone else get(self, key))

    report = desk.sync()

    assert (report.conserved, report.exit_code) == (False, ExitCode.PARTLY)
    assert report.leftovers == [f"request {gone}"]
