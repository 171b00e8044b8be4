"""Lists, stories, and sending a request on."""

import pytest
from support.ledger_samples import at, claimed, identified, leased, stamp, take

from connector.domain.request import Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.ledger.store import SqlLedger
from connector.ports import RequestRecord


def keys(records: list[RequestRecord]) -> list[str]:
    return [record.key for record in records]


def settle(ledger: SqlLedger, key: str, outcome: Outcome) -> None:
    take(ledger, key)
    ledger.settle(key, outcome, reason="why", remedy="what", stamp=stamp())


def give_ticket(ledger: SqlLedger, key: str, ticket: TicketRef) -> None:
    take(ledger, key)
    ledger.intend(key, "ticket", stamp=stamp())
    ledger.confirm(key, "ticket", result_id=ticket.id, ticket=ticket, stamp=stamp())


def test_requests_are_listed_newest_first_up_to_a_limit(ledger: SqlLedger) -> None:
    for key, minutes in (("k1", -3), ("k2", -1), ("k3", -2)):
        identified(ledger, key, received_at=at(minutes))
    assert keys(list(ledger.listed(None, 100))) == ["k2", "k3", "k1"]
    assert keys(list(ledger.listed(None, 2))) == ["k2", "k3"]


@pytest.mark.parametrize("state", list(Outcome))
def test_requests_are_listed_by_state(ledger: SqlLedger, state: Outcome) -> None:
    for each in Outcome:
        identified(ledger, each.value)
        if each is not Outcome.PENDING:
            settle(ledger, each.value, each)
    assert keys(list(ledger.listed(state, 100))) == [state.value]


def test_requests_are_found_by_the_number_or_the_id_of_their_ticket(ledger: SqlLedger) -> None:
    for key in ("k1", "k2", "k3"):
        identified(ledger, key)
    give_ticket(ledger, "k1", TicketRef(7, "N-1"))
    give_ticket(ledger, "k2", TicketRef(1, "7"))
    assert keys(list(ledger.by_ticket(number="7", ticket_id=None))) == ["k2"]
    assert keys(list(ledger.by_ticket(number=None, ticket_id=7))) == ["k1"]
    assert keys(list(ledger.by_ticket(number="7", ticket_id=7))) == []
    assert keys(list(ledger.by_ticket(number="N-1", ticket_id=7))) == ["k1"]
    assert keys(list(ledger.by_ticket(number=None, ticket_id=None))) == []


def test_a_note_adds_a_line_in_its_place(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    ledger.note("k1", step="deliver", text="first \udce9", rule="r", stamp=stamp(2, run="hand"))
    ledger.note("k1", step="deliver", text="second", stamp=stamp(1))
    first, second = ledger.journal("k1")[-2:]
    assert (first.at, first.run, first.step, first.rule) == (at(2), "hand", "deliver", "r")
    assert (first.text, second.text) == (r"first \udce9", "second")


def test_stories_do_not_mix(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    identified(ledger, "k2")
    ledger.note("k1", step="x", text="of k1", stamp=stamp())
    assert "of k1" not in [line.text for line in ledger.journal("k2")]
    assert ledger.journal("nobody") == []


def test_a_released_request_is_due_now_with_a_clean_slate(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.postpone(
        "k1",
        waiting=Waiting.ERROR,
        until=at(500),
        reason="x",
        remedy="y",
        attempts=4,
        stamp=stamp(),
    )
    settle(ledger, "k1", Outcome.PARKED)
    assert ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp(7))
    record = ledger.get("k1")
    assert record is not None
    assert (record.state, record.waiting, record.attempts) == (Outcome.PENDING, Waiting.TURN, 0)
    assert (record.reason, record.remedy, record.settled_at) == ("", "", None)
    assert record.next_attempt_at == at(7)
    assert ledger.journal("k1")[-1].step == "release"
    assert claimed(ledger, minutes=7) == "k1"


def test_a_retried_request_is_due_now(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.postpone(
        "k1",
        waiting=Waiting.ERROR,
        until=at(500),
        reason="x",
        remedy="y",
        attempts=4,
        stamp=stamp(),
    )
    assert claimed(ledger, minutes=1) is None
    assert ledger.reopen("k1", states=[Outcome.PENDING], step="retry", stamp=stamp(1))
    assert claimed(ledger, minutes=1) == "k1"


def test_a_retry_does_not_take_a_request_from_whoever_works_on_it(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    claimed(ledger, holder="a")
    ledger.reopen("k1", states=[Outcome.PENDING], step="retry", stamp=stamp(1))
    assert claimed(ledger, minutes=1, holder="b") is None


@pytest.mark.parametrize("key", ["k1", "nobody"])
def test_only_the_states_named_can_be_sent_on(ledger: SqlLedger, key: str) -> None:
    identified(ledger, "k1")
    settle(ledger, "k1", Outcome.CREATED)
    before = ledger.get("k1"), ledger.journal("k1")
    states = [Outcome.PARKED, Outcome.IGNORED]
    assert not ledger.reopen(key, states=states, step="release", stamp=stamp())
    assert (ledger.get("k1"), ledger.journal("k1")) == before


def test_a_run_is_recorded_with_its_end(ledger: SqlLedger) -> None:
    ledger.start_run(stamp(0, run="run-9"))
    ledger.finish_run(stamp(3, run="run-9"), exit_code=1, summary={"created": 2})
    with ledger.database.snapshot() as tx:
        row = tx.one("SELECT * FROM runs")
    assert row is not None
    assert (row["run"], row["exit_code"], row["summary"]) == ("run-9", 1, '{"created": 2}')
    assert row["started_at"] < row["finished_at"]


def test_a_run_that_never_began_cannot_end(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        ledger.finish_run(stamp(), exit_code=0, summary={})


@pytest.mark.parametrize("state", list(Outcome))
def test_only_what_waits_can_be_set_aside(ledger: SqlLedger, state: Outcome) -> None:
    identified(ledger, "k1")
    if state is not Outcome.PENDING:
        settle(ledger, "k1", state)
    waits = state in (Outcome.PENDING, Outcome.PARKED)
    assert ledger.set_aside("k1", reason="spam", stamp=stamp(5)) is waits
    record = ledger.get("k1")
    assert record is not None
    assert record.state is (Outcome.IGNORED if waits else state)


def test_what_is_being_worked_on_cannot_be_set_aside(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    assert claimed(ledger) == "k1"
    assert not ledger.set_aside("k1", reason="spam", stamp=stamp(1))
    record = ledger.get("k1")
    assert record is not None
    assert record.state is Outcome.PENDING
