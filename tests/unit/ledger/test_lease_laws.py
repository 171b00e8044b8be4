"""Whatever several hosts do, one request is worked on by one of them."""

from contextlib import ExitStack
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from support.ledger_samples import (
    LEASE,
    NOON,
    SharedSqlite,
    arrival,
)

from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.errors import LeaseLost
from connector.ledger.sqlite import open_database
from connector.ledger.store import SqlLedger
from connector.ports import Stamp

TICKET = TicketRef(7, "T-7")


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
