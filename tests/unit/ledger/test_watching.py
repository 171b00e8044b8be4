"""Watched tickets in the ledger: kept whole, found again, with their stories."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from support.ledger_samples import at, leased, stamp
from support.watched import CRITICAL, OPENED, WANTED, a_watched_ticket

from connector.domain.tenant import TicketRef
from connector.ledger.store import SqlLedger
from connector.ports.watch import FieldState, Found, Line, Reckoned, Watched

FULL = a_watched_ticket(
    found_due=WANTED,
    found=Found.KEPT,
    priority=CRITICAL,
    emergency=True,
    raised_at=OPENED + timedelta(hours=1),
    details_digest="0123",
    desired_words="Friday 3pm",
    desired=datetime(2026, 11, 20, 15, tzinfo=timezone(timedelta(hours=-5))),
    due=Reckoned(OPENED, OPENED, WANTED, WANTED, WANTED, ("one", "two")),
    sent=WANTED,
    answered=WANTED,
    fields={3001: FieldState("a", sent="b", answered="c", refused="d")},
    refused="no",
    told="x",
    pending=True,
)


@pytest.mark.parametrize(
    "known",
    [a_watched_ticket(), FULL, replace(FULL, desired=date(2026, 11, 20), title="\udcff\0")],
    ids=["bare", "full", "odd"],
)
def test_what_is_known_comes_back_as_it_was(ledger: SqlLedger, known: Watched) -> None:
    ledger.watch([(known, [])], stamp=stamp())
    expected = known if known.title == "Printer" else replace(known, title="\\udcff\\x00")
    assert ledger.watched([known.ticket_id, 4711]) == {known.ticket_id: expected}
    assert ledger.watched_numbered(known.number) == expected


def test_keeping_again_replaces_what_was_known(ledger: SqlLedger) -> None:
    ledger.watch([(FULL, [])], stamp=stamp())
    ledger.watch([(replace(FULL, pending=False, answered=None), [])], stamp=stamp())
    [known] = ledger.watched([FULL.ticket_id]).values()
    assert (known.pending, known.answered) == (False, None)


def test_what_is_unwritten_is_listed_until_it_is_written_or_gone(ledger: SqlLedger) -> None:
    records = [replace(FULL, ticket_id=number) for number in range(1, 4)]
    ledger.watch([(record, []) for record in records], stamp=stamp())
    ledger.watch([(replace(records[0], pending=False), [])], stamp=stamp())
    ledger.forget(2)
    assert [known.ticket_id for known in ledger.unwritten()] == [3]


def test_more_tickets_than_a_statement_takes_are_found(ledger: SqlLedger) -> None:
    records = [(a_watched_ticket(ticket_id=number), []) for number in range(1, 1202)]
    ledger.watch(records, stamp=stamp())
    assert len(ledger.watched(range(1, 1202))) == 1201


def test_a_ticket_has_a_story(ledger: SqlLedger) -> None:
    ledger.watch([(FULL, [Line("first seen", "born in BMS", "opened")])], stamp=stamp(0))
    ledger.watch([(FULL, [Line("written", "DueDate", "none → x")])], stamp=stamp(5, "run-2"))
    story = [(e.at, e.run, e.step, e.text) for e in ledger.ticket_journal(FULL.ticket_id)]
    assert story == [
        (at(0), "run-1", "first seen", "opened"),
        (at(5), "run-2", "written", "none → x"),
    ]
    assert ledger.ticket_journal(4711) == []


def test_watermarks_move(ledger: SqlLedger) -> None:
    assert ledger.watermark("swept") is None
    ledger.set_watermark("swept", at(0))
    ledger.set_watermark("swept", at(5))
    assert ledger.watermark("swept") == at(5)


def test_tickets_that_we_created_are_known_with_what_bms_answered(ledger: SqlLedger) -> None:
    key = leased(ledger, "k1")
    ledger.keep_result(key, result={"priority": "High"}, decisions=[], stamp=stamp())
    ledger.intend(key, "ticket", stamp=stamp())
    ticket = TicketRef(70001, "1001", due_date=WANTED.astimezone(UTC), priority_id=40483)
    ledger.confirm(key, "ticket", result_id=70001, ticket=ticket, stamp=stamp())

    [made] = ledger.made_tickets([70001, 4711]).values()

    assert (made.request_key, made.answered, made.priority_id) == (key, WANTED, 40483)
    assert made.result == {"priority": "High"}


def test_a_ticket_that_a_request_was_only_noted_on_is_not_ours(ledger: SqlLedger) -> None:
    key = leased(ledger, "k1")
    ledger.keep_result(key, result={}, decisions=[], stamp=stamp())
    ledger.intend(key, "note", stamp=stamp())
    ledger.confirm(key, "note", result_id=70001, ticket=TicketRef(70001, "1001"), stamp=stamp())
    assert ledger.made_tickets([70001]) == {}
