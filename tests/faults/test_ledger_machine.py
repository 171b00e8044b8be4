"""The ledger beside a plain model of it: whatever the order of events, both say the same."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.ledger_samples import LEASE, NOON, arrival

from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.errors import LeaseLost
from connector.ledger.store import SqlLedger, open_ledger
from connector.ports import Stamp

RUNS = ("run-a", "run-b")
OPERATIONS = ("ticket", "attachment a.txt", "internal note")
ENDS = (Outcome.CREATED, Outcome.APPENDED, Outcome.IGNORED, Outcome.PARKED)
UNCLEAR, REFUSED = "unclear", "refused"


@dataclass
class Model:
    """What the ledger must know of one request. An intent is unclear, refused, or its id."""

    key: str
    received_at: datetime
    state: Outcome = Outcome.PENDING
    identity: str | None = None
    due_at: datetime | None = None
    holder: str | None = None
    lease_until: datetime = NOON
    intents: dict[str, str | int] = field(default_factory=dict)
    filed: list[str] = field(default_factory=list)
    first: str | None = None

    def may_be_claimed_by(self, run: str, now: datetime) -> bool:
        is_due = self.due_at is None or self.due_at <= now
        is_free = self.holder is None or (self.holder != run and self.lease_until <= now)
        return self.state is Outcome.PENDING and self.identity is not None and is_due and is_free

    def end(self, outcome: Outcome) -> None:
        self.state, self.holder, self.due_at = outcome, None, None

    @property
    def place(self) -> str:
        return "parked" if self.state is Outcome.PARKED else "done"


class LedgerMachine(RuleBasedStateMachine):
    """Two runs, sources and people at one ledger, in any order; each run may be a dead one."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.ledger: SqlLedger = self.closing.enter_context(
            open_ledger("sqlite:///:memory:", create=False)
        )
        self.now = NOON
        self.requests: dict[str, Model] = {}
        self.ids = 0

    def teardown(self) -> None:
        self.closing.close()

    def stamp(self, run: str = "by hand") -> Stamp:
        return Stamp(run, self.now)

    def any_of(self, data: st.DataObject) -> Model:
        return self.requests[data.draw(st.sampled_from(sorted(self.requests)))]

    # --- arriving ----------------------------------------------------------------------------

    @rule()
    def record(self) -> None:
        key = f"k{len(self.requests):03}"
        item = arrival(f"{key}.eml", received_at=self.now)
        self.ledger.record(key, item, key.encode(), stamp=self.stamp())
        self.requests[key] = Model(key, self.now)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), identity=st.sampled_from(["one", "two", "three", "four"]))
    def identify(self, data: st.DataObject, identity: str) -> None:
        this = self.any_of(data)
        if this.identity is not None or this.state is not Outcome.PENDING:
            return
        others = [
            each for each in self.requests.values()
            if each.identity == identity and each.first is None
        ]  # fmt: skip
        first = self.ledger.identify(
            this.key, Identity(identity), subject="", sender="", stamp=self.stamp()
        )
        this.identity = identity
        assert first == (others[0].key if others else None)
        if first is not None:
            this.first = first
            this.end(Outcome.DUPLICATE)

    # --- working -----------------------------------------------------------------------------

    @rule(run=st.sampled_from(RUNS))
    def claim(self, run: str) -> None:
        free = [each for each in self.requests.values() if each.may_be_claimed_by(run, self.now)]
        expected = min(free, key=lambda each: (each.received_at, each.key), default=None)
        record = self.ledger.claim(now=self.now, holder=run, lease=LEASE, sources=None, besides=[])
        assert (record and record.key) == (expected and expected.key)
        if expected is not None:
            expected.holder, expected.lease_until = run, self.now + LEASE

    @precondition(lambda self: self.requests)
    @rule(
        data=st.data(),
        run=st.sampled_from(RUNS),
        operation=st.sampled_from(OPERATIONS),
        answer=st.sampled_from(["none", "made", "refused", "not made"]),
    )
    def call(self, data: st.DataObject, run: str, operation: str, answer: str) -> None:
        this = self.any_of(data)
        if this.holder != run:
            with pytest.raises(LeaseLost):
                self.ledger.intend(this.key, operation, stamp=self.stamp(run))
            return
        intent = self.ledger.intend(this.key, operation, stamp=self.stamp(run))
        if isinstance(this.intents.get(operation), int):
            assert intent.result_id == this.intents[operation]
            return
        assert intent.is_unclear
        this.intents[operation] = UNCLEAR
        if answer == "made":
            self._confirm(this, operation, run)
        elif answer == "refused":
            self.ledger.refuse(this.key, operation, reason="no", stamp=self.stamp(run))
            this.intents[operation] = REFUSED
        elif answer == "not made":
            self.ledger.withdraw(this.key, operation, reason="no", stamp=self.stamp(run))
            del this.intents[operation]

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), run=st.sampled_from(RUNS), operation=st.sampled_from(OPERATIONS))
    def an_answer_comes_late(self, data: st.DataObject, run: str, operation: str) -> None:
        this = self.any_of(data)
        if this.intents.get(operation) != UNCLEAR:
            return
        if this.holder == run:
            self._confirm(this, operation, run)
            return
        with pytest.raises(LeaseLost):
            self._confirm(this, operation, run)

    def _confirm(self, this: Model, operation: str, run: str) -> None:
        self.ids += 1
        this.intents[operation] = self.ids
        ticket = TicketRef(self.ids, f"T{self.ids}") if operation == "ticket" else None
        self.ledger.confirm(
            this.key, operation, result_id=self.ids, ticket=ticket, stamp=self.stamp(run)
        )

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), run=st.sampled_from(RUNS), minutes=st.integers(0, 20))
    def postpone(self, data: st.DataObject, run: str, minutes: int) -> None:
        this = self.any_of(data)
        until = self.now + timedelta(minutes=minutes)

        def act() -> None:
            self.ledger.postpone(
                this.key,
                waiting=Waiting.ERROR,
                until=until,
                reason="later",
                remedy="",
                attempts=1,
                stamp=self.stamp(run),
            )

        if this.holder != run:
            with pytest.raises(LeaseLost):
                act()
            return
        act()
        this.holder, this.due_at = None, until

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), run=st.sampled_from(RUNS), outcome=st.sampled_from(ENDS))
    def settle(self, data: st.DataObject, run: str, outcome: Outcome) -> None:
        this = self.any_of(data)
        if this.holder != run:
            with pytest.raises(LeaseLost):
                self.ledger.settle(this.key, outcome, reason="", remedy="", stamp=self.stamp(run))
            return
        self.ledger.settle(this.key, outcome, reason="", remedy="", stamp=self.stamp(run))
        this.end(outcome)

    # --- people and time ---------------------------------------------------------------------

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), step=st.sampled_from(["release", "retry"]))
    def reopen(self, data: st.DataObject, step: str) -> None:
        this = self.any_of(data)
        states = {
            "release": [Outcome.PARKED, Outcome.IGNORED],
            "retry": [Outcome.PENDING],
        }[step]
        done = self.ledger.reopen(this.key, states=states, step=step, stamp=self.stamp())
        assert done == (this.state in states)
        if done:
            this.state, this.due_at = Outcome.PENDING, self.now

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def ignore(self, data: st.DataObject) -> None:
        this = self.any_of(data)
        is_free = this.holder is None or this.lease_until <= self.now
        done = self.ledger.set_aside(this.key, reason="by hand", stamp=self.stamp())
        assert done == (this.state in (Outcome.PENDING, Outcome.PARKED) and is_free)
        if done:
            this.end(Outcome.IGNORED)

    @rule(minutes=st.integers(1, 7))
    def expire(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def take_over(self) -> None:
        self.ledger.take_over_leases()
        for each in self.requests.values():
            each.holder = None

    @rule()
    def mark(self) -> None:
        for mark in self.ledger.unmarked(None):
            this = self.requests[mark.key]
            assert mark.outcome is this.state
            assert this.filed[-1:] != [this.place], "filed twice in one place"
            self.ledger.marked(mark.key, mark.outcome)
            this.filed.append(this.place)
        assert self.ledger.unmarked(None) == []

    # --- what always holds -------------------------------------------------------------------

    @invariant()
    def both_know_the_same_states(self) -> None:
        by_state = Counter(
            (record.key, record.state)
            for state in Outcome
            for record in self.ledger.listed(state, 1000)
        )
        assert by_state == Counter((key, each.state) for key, each in self.requests.items())

    @invariant()
    def both_know_the_same_intents(self) -> None:
        for key, each in self.requests.items():
            known = {
                name: intent.result_id or (REFUSED if intent.refused else UNCLEAR)
                for name, intent in self.ledger.intents(key).items()
            }
            assert known == each.intents

    @invariant()
    def an_identity_has_one_owner(self) -> None:
        owners = Counter(
            each.identity
            for each in self.requests.values()
            if each.identity is not None and each.state is not Outcome.DUPLICATE
        )
        assert all(count == 1 for count in owners.values())


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no fault of the ledger
)
