"""Who may work on a request: leases that run out, fences, and order within a conversation."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from support.ledger_samples import (
    LEASE,
    NOON,
    arrival,
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
from connector.ledger.sqlite import SqliteDatabase, open_database
from connector.ledger.store import SqlLedger
from connector.ports import Stamp

TICKET = TicketRef(7, "T-7")


class SharedSqlite:
    """A SQLite database that several hosts share, all by the clock of the test."""

    is_shared = True

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def __getattr__(self, name: str) -> object:
        return getattr(self._database, name)


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


# --- order within a conversation -------------------------------------------------------------


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


# --- laws ------------------------------------------------------------------------------------

RUNS = st.sampled_from(["a", "b", "c"])


class LeaseLaws(RuleBasedStateMachine):
    """Three hosts at one ledger, each of which may freeze for as long as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        database = open_database("sqlite:///:memory:", create=False)
        self.closing.callback(database.close)
        self.ledger = SqlLedger(SharedSqlite(database))  # type: ignore[arg-type]
        self.now = NOON
        self.requests = 0
        self.held: dict[str, tuple[str, object]] = {}

    def teardown(self) -> None:
        """Whatever has happened, a new run can work off everything once time has passed."""
        try:
            pending = [record.key for record in self.ledger.pending(None)]
            later = self.now + timedelta(days=1)
            reached = []
            while record := self.ledger.claim(
                now=later, holder="new", lease=LEASE, sources=None, besides=[]
            ):
                reached.append(record.key)
                by = Stamp("new", later)
                self.ledger.settle(record.key, Outcome.CREATED, reason="", remedy="", stamp=by)
            assert sorted(reached) == sorted(pending)
        finally:
            self.closing.close()

    def live_holder(self, key: str) -> str | None:
        holder, until = self.held.get(key, (None, NOON))
        return holder if until > self.now else None  # type: ignore[operator]

    @rule(minutes=st.integers(1, 4))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(conversation=st.sampled_from([None, "c", "d"]), urgent=st.booleans())
    def a_request_arrives(self, conversation: str | None, *, urgent: bool) -> None:
        key = f"k{self.requests:03}"
        self.requests += 1
        item = arrival(f"{key}.eml", received_at=self.now)
        self.ledger.record(key, item, b"raw", stamp=Stamp("a", self.now))
        self.ledger.identify(
            key,
            Identity(f"mail {key}"),
            subject="",
            sender="",
            stamp=Stamp("a", self.now),
            urgent=urgent,
            conversation=conversation,
        )

    @rule(run=RUNS)
    def a_run_claims(self, run: str) -> None:
        record = self.ledger.claim(now=self.now, holder=run, lease=LEASE, sources=None, besides=[])
        if record is not None:
            assert self.live_holder(record.key) is None, "two live holders"
            self.held[record.key] = (run, self.now + LEASE)

    @rule(run=RUNS)
    def a_run_renews(self, run: str) -> None:
        self.ledger.renew(holder=run, lease=LEASE, now=self.now)
        for key, (holder, _) in self.held.items():
            if holder == run:
                self.held[key] = (run, self.now + LEASE)

    @rule(data=st.data(), run=RUNS, settled=st.booleans())
    def a_run_is_done(self, data: st.DataObject, run: str, *, settled: bool) -> None:
        pending = [record.key for record in self.ledger.pending(None)]
        if not pending:
            return
        key = data.draw(st.sampled_from(pending))
        by = Stamp(run, self.now)
        try:
            if settled:
                self.ledger.settle(key, Outcome.CREATED, reason="", remedy="", stamp=by)
            else:
                self.ledger.postpone(
                    key,
                    waiting=Waiting.ERROR,
                    until=self.now + timedelta(minutes=3),
                    reason="",
                    remedy="",
                    attempts=1,
                    stamp=by,
                )
        except LeaseLost:
            assert self.live_holder(key) != run, "a live holder was turned away"
        else:
            assert self.live_holder(key) == run, "a run wrote without the lease"
            del self.held[key]


TestLeaseLaws = LeaseLaws.TestCase
TestLeaseLaws.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
