"""Requests of one conversation are worked on in the order of their receipt."""

import pytest
from support.ledger_samples import (
    NOON,
    at,
    claimed,
    leased,
    recorded,
    run_out,
    stamp,
    take,
)

from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.ledger.store import SqlLedger

TICKET = TicketRef(7, "T-7")


def spoken(
    ledger: SqlLedger,
    key: str,
    minutes: float,
    conversation: str | None = "c",
    *,
    urgent: bool = False,
) -> None:
    recorded(ledger, key, received_at=at(minutes))
    ledger.identify(
        key,
        Identity(f"mail {key}"),
        subject="",
        sender="",
        stamp=stamp(),
        urgent=urgent,
        conversation=conversation,
    )


def test_a_later_mail_of_a_conversation_waits_for_the_earlier(ledger: SqlLedger) -> None:
    spoken(ledger, "second", -1)
    spoken(ledger, "first", -2)
    spoken(ledger, "other", 0, "d")
    assert [claimed(ledger) for _ in range(3)] == ["first", "other", None]
    ledger.settle("first", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    assert claimed(ledger) == "second"


def test_it_waits_also_for_one_that_is_to_be_tried_again_later(ledger: SqlLedger) -> None:
    spoken(ledger, "first", -2)
    spoken(ledger, "second", -1)
    take(ledger, "first")
    ledger.postpone(
        "first",
        waiting=Waiting.ERROR,
        until=at(60),
        reason="",
        remedy="",
        attempts=1,
        stamp=stamp(),
    )
    assert claimed(ledger) is None
    assert claimed(ledger, minutes=60) == "first"


@pytest.mark.parametrize("outcome", [Outcome.PARKED, Outcome.IGNORED, Outcome.CREATED])
def test_it_waits_for_none_that_is_settled(ledger: SqlLedger, outcome: Outcome) -> None:
    spoken(ledger, "first", -2)
    spoken(ledger, "second", -1)
    take(ledger, "first")
    ledger.settle("first", outcome, reason="", remedy="", stamp=stamp())
    assert claimed(ledger) == "second"


def test_what_a_request_waits_for_can_be_told(ledger: SqlLedger) -> None:
    spoken(ledger, "first", -3)
    spoken(ledger, "second", -2)
    spoken(ledger, "third", -1)
    spoken(ledger, "urgent", 0, urgent=True)
    waits = "waits for first of the same conversation"
    assert ledger.held_up(now=NOON) == {"second": waits, "third": waits}
    take(ledger, "first")
    ledger.settle("first", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    assert ledger.held_up(now=NOON) == {"third": "waits for second of the same conversation"}


def test_who_is_at_a_request_is_told_where_several_hosts_may_be(ledger: SqlLedger) -> None:
    leased(ledger, "k1", holder="run-2")
    at_it = {"k1": "run run-2 is at it"} if ledger.database.is_shared else {}
    assert ledger.held_up(now=NOON) == at_it
    run_out(ledger, holder="run-2")
    assert ledger.held_up(now=NOON) == {}


def test_an_emergency_waits_for_nobody(ledger: SqlLedger) -> None:
    spoken(ledger, "first", -2)
    spoken(ledger, "urgent", -1, urgent=True)
    assert [claimed(ledger), claimed(ledger)] == ["urgent", "first"]


def test_requests_without_a_conversation_wait_for_nobody(ledger: SqlLedger) -> None:
    spoken(ledger, "k1", -2, None)
    spoken(ledger, "k2", -1, None)
    assert [claimed(ledger), claimed(ledger)] == ["k1", "k2"]


def test_what_nobody_could_identify_yet_holds_up_no_conversation(ledger: SqlLedger) -> None:
    recorded(ledger, "first", received_at=at(-2))
    spoken(ledger, "second", -1)
    assert claimed(ledger) == "second"
