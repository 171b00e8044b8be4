"""Who may work on a request: leases that run out, fences, and order within a conversation."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from support.ledger_samples import (
    LEASE,
    SharedSqlite,
    at,
    claimed,
    identified,
    leased,
    recorded,
    run_out,
    stamp,
    take,
)

from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.errors import LeaseLost
from connector.ledger.sqlite import open_database
from connector.ledger.store import SqlLedger
from connector.ports import Stamp

TICKET = TicketRef(7, "T-7")


@pytest.fixture
def shared() -> Iterator[SqlLedger]:
    """A ledger whose leases run out by the clock that tests hand over."""
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        yield SqlLedger(SharedSqlite(database))  # type: ignore[arg-type]


# --- claiming and renewing -------------------------------------------------------------------


def test_a_lease_keeps_others_away_until_it_runs_out(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    assert claimed(ledger, holder="a") == "k1"
    assert claimed(ledger, holder="b") is None
    run_out(ledger, holder="a")
    assert claimed(ledger, holder="b") == "k1"


def test_a_run_never_claims_again_what_it_has_leased_already(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    assert claimed(ledger, holder="a") == "k1"
    run_out(ledger, holder="a")
    assert claimed(ledger, holder="a") is None


def test_a_lease_lasts_as_long_as_it_is_renewed(shared: SqlLedger) -> None:
    identified(shared, "k1")
    assert claimed(shared, holder="a") == "k1"
    for minutes in (4, 8, 12):
        shared.renew(holder="a", lease=LEASE, now=at(minutes))
    assert claimed(shared, minutes=16.9, holder="b") is None
    assert claimed(shared, minutes=17, holder="b") == "k1"


def test_renewing_takes_nothing_back_from_whoever_took_it_over(shared: SqlLedger) -> None:
    identified(shared, "k1")
    claimed(shared, holder="a")
    assert claimed(shared, minutes=6, holder="b") == "k1"
    shared.renew(holder="a", lease=LEASE, now=at(7))
    with pytest.raises(LeaseLost):
        shared.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(7, "a"))
    shared.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(7, "b"))


def test_where_one_host_works_every_lease_is_taken_over_at_once(shared: SqlLedger) -> None:
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        alone = SqlLedger(database)
        leased(alone, "k1", holder="dead")
        assert not alone.leases_run_out
        alone.take_over_leases()
        assert claimed(alone, holder="next") == "k1"


def test_where_several_hosts_work_no_lease_is_taken_over_before_it_runs_out(
    shared: SqlLedger,
) -> None:
    leased(shared, "k1", holder="other")
    assert shared.leases_run_out
    shared.take_over_leases()
    assert claimed(shared, holder="next") is None
    assert claimed(shared, minutes=5, holder="next") == "k1"


# --- fences ----------------------------------------------------------------------------------

Write = Callable[[SqlLedger, Stamp], object]

WRITES: dict[str, Write] = {
    "intend": lambda ledger, by: ledger.intend("k1", "note", stamp=by),
    "refuse": lambda ledger, by: ledger.refuse("k1", "ticket", reason="no", stamp=by),
    "withdraw": lambda ledger, by: ledger.withdraw("k1", "ticket", reason="no", stamp=by),
    "keep_result": lambda ledger, by: ledger.keep_result(
        "k1", result={"x": 1}, decisions=(), stamp=by
    ),
    "settle": lambda ledger, by: ledger.settle(
        "k1", Outcome.PARKED, reason="", remedy="", stamp=by
    ),
    "postpone": lambda ledger, by: ledger.postpone(
        "k1", waiting=Waiting.ERROR, until=at(9), reason="", remedy="", attempts=1, stamp=by
    ),
}


def everything(ledger: SqlLedger) -> object:
    return ledger.get("k1"), ledger.intents("k1"), ledger.journal("k1")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_after_its_lease_was_taken_over_a_run_changes_nothing(
    ledger: SqlLedger, write: Write
) -> None:
    leased(ledger, "k1", holder="frozen")
    ledger.intend("k1", "ticket", stamp=stamp(run="frozen"))
    run_out(ledger, holder="frozen")
    assert claimed(ledger, holder="next") == "k1"
    before = everything(ledger)
    with pytest.raises(LeaseLost):
        write(ledger, stamp(run="frozen"))
    assert everything(ledger) == before
    write(ledger, stamp(run="next"))
    assert everything(ledger) != before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_lease_that_ran_out_is_lost_although_nobody_took_it(
    shared: SqlLedger, write: Write
) -> None:
    leased(shared, "k1")
    shared.intend("k1", "ticket", stamp=stamp(4.9))
    before = everything(shared)
    with pytest.raises(LeaseLost):
        write(shared, stamp(5))
    assert everything(shared) == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_on_one_host_a_long_attempt_loses_nothing(write: Write) -> None:
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        ledger = SqlLedger(database)
        leased(ledger, "k1")
        ledger.intend("k1", "ticket", stamp=stamp())
        write(ledger, stamp(60 * 24))


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_a_person_ignored_meanwhile_stays_ignored(ledger: SqlLedger, write: Write) -> None:
    leased(ledger, "k1")
    ledger.intend("k1", "ticket", stamp=stamp())
    run_out(ledger)
    assert ledger.set_aside("k1", reason="spam", stamp=stamp(run="by hand"))
    with pytest.raises(LeaseLost):
        write(ledger, stamp())
    record = ledger.get("k1")
    assert record is not None
    assert record.state is Outcome.IGNORED


def test_the_id_of_what_was_made_is_kept_although_the_lease_was_lost(ledger: SqlLedger) -> None:
    leased(ledger, "k1", holder="frozen")
    ledger.intend("k1", "ticket", stamp=stamp(run="frozen"))
    run_out(ledger, holder="frozen")
    assert claimed(ledger, holder="next") == "k1"
    with pytest.raises(LeaseLost):
        ledger.confirm("k1", "ticket", result_id=7, ticket=TICKET, stamp=stamp(run="frozen"))
    assert ledger.intents("k1")["ticket"].result_id == 7
    record = ledger.get("k1")
    assert record is not None
    assert (record.ticket_id, record.ticket_number) == (7, "T-7")
    # … and the lease is still the other's.
    ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp(run="next"))


def test_a_late_id_does_not_replace_the_one_that_is_known(ledger: SqlLedger) -> None:
    leased(ledger, "k1", holder="frozen")
    ledger.intend("k1", "ticket", stamp=stamp(run="frozen"))
    take(ledger, "k1", holder="next")
    ledger.confirm("k1", "ticket", result_id=8, ticket=TicketRef(8, "T-8"), stamp=stamp(run="next"))
    with pytest.raises(LeaseLost):
        ledger.confirm("k1", "ticket", result_id=7, ticket=TICKET, stamp=stamp(run="frozen"))
    assert ledger.intents("k1")["ticket"].result_id == 8
    record = ledger.get("k1")
    assert record is not None
    assert record.ticket_number == "T-8"
    assert "once more: ticket, id 7" in ledger.journal("k1")[-1].text


def test_a_request_that_does_not_exist_is_no_lost_lease(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        ledger.intend("nobody", "ticket", stamp=stamp())


def test_an_item_that_another_host_identified_meanwhile_is_not_parked(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    ledger.identify("k1", Identity("mail k1"), subject="", sender="", stamp=stamp())
    ledger.park_unidentified("k1", reason="out of memory", remedy="", stamp=stamp())
    assert claimed(ledger) == "k1"


def test_an_item_that_another_host_identified_meanwhile_stays_as_it_is(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    recorded(ledger, "k2")
    for _ in range(2):
        other = ledger.identify("k2", Identity("mail k1"), subject="", sender="", stamp=stamp())
        assert other == "k1"
    told = [line.text for line in ledger.journal("k1") if "came again" in line.text]
    assert len(told) == 1
