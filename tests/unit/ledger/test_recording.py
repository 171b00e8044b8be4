"""What is kept of an item before anything of it is understood."""

from datetime import datetime

import pytest
from support.ledger_samples import NOON, arrival, at, recorded, stamp, take

from connector.domain.request import Outcome, RequestKind, Waiting
from connector.ledger.store import SqlLedger
from connector.ports import Arrival


def test_a_recorded_item_is_a_pending_request_with_its_raw_bytes(ledger: SqlLedger) -> None:
    raw = bytes(range(256))
    ledger.record("k1", arrival("a.eml", received_at=at(-30)), raw, stamp=stamp(0))
    record = ledger.get("k1")
    assert record is not None
    assert (record.source, record.locator, record.kind) == ("drop", "a.eml", RequestKind.EMAIL)
    assert (record.state, record.waiting) == (Outcome.PENDING, Waiting.TURN)
    assert (record.received_at, record.recorded_at) == (at(-30), NOON)
    assert ledger.raw("k1") == raw


def test_a_form_submission_keeps_the_name_of_its_form(ledger: SqlLedger) -> None:
    item = Arrival("web", "42", RequestKind.FORM, NOON, 2, lambda: b"{}", form="members")
    ledger.record("k1", item, b"{}", stamp=stamp())
    record = ledger.get("k1")
    assert record is not None
    assert (record.kind, record.form) == (RequestKind.FORM, "members")


def test_the_ledger_knows_nothing_of_a_request_that_was_never_recorded(ledger: SqlLedger) -> None:
    assert ledger.get("nobody") is None
    with pytest.raises(KeyError):
        ledger.raw("nobody")


def test_a_second_item_cannot_take_the_key_of_another(ledger: SqlLedger) -> None:
    recorded(ledger, "k1", raw=b"first")
    with pytest.raises(Exception, match=r"(?i)unique"):
        recorded(ledger, "k1", raw=b"second")
    assert ledger.raw("k1") == b"first"
    assert len(ledger.journal("k1")) == 1


def test_a_moment_without_a_time_zone_is_refused(ledger: SqlLedger) -> None:
    with pytest.raises(ValueError, match="time zone"):
        recorded(ledger, "k1", received_at=datetime(2026, 3, 2, 12))  # noqa: DTZ001
    assert ledger.get("k1") is None


def test_an_item_waits_at_its_source_until_it_is_filed_away(ledger: SqlLedger) -> None:
    ledger.record("k1", arrival("a.eml"), b"raw", stamp=stamp())
    waiting = ledger.waiting_item("drop", "a.eml")
    assert waiting is not None
    assert waiting.key == "k1"
    take(ledger, "k1")
    ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(1))
    assert ledger.waiting_item("drop", "a.eml") is not None
    ledger.marked("k1", Outcome.CREATED)
    assert ledger.waiting_item("drop", "a.eml") is None


def test_an_item_waits_only_at_its_own_source(ledger: SqlLedger) -> None:
    ledger.record("k1", arrival("a.eml", source="drop"), b"raw", stamp=stamp())
    assert ledger.waiting_item("other", "a.eml") is None
    assert ledger.waiting_item("drop", "b.eml") is None


@pytest.mark.parametrize("locator", ["caf\udce9.eml", "a\0b", "Überweisung 1.eml", 'say "hi".eml'])
def test_a_strange_file_name_comes_back_as_it_was(ledger: SqlLedger, locator: str) -> None:
    ledger.record("k1", arrival(locator), b"raw", stamp=stamp())
    waiting = ledger.waiting_item("drop", locator)
    assert waiting is not None
    assert waiting.locator == locator
    take(ledger, "k1")
    ledger.settle("k1", Outcome.PARKED, reason="", remedy="", stamp=stamp())
    assert [mark.locator for mark in ledger.unmarked(None)] == [locator]


def test_recording_is_the_first_line_of_the_story(ledger: SqlLedger) -> None:
    ledger.record("k1", arrival("a.eml"), b"12345", stamp=stamp(3, run="run-7"))
    (line,) = ledger.journal("k1")
    assert (line.at, line.run, line.step) == (at(3), "run-7", "record")
    assert "drop" in line.text
    assert "a.eml" in line.text
    assert "5 bytes" in line.text
