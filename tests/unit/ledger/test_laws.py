"""Laws that hold whatever the order of events: no request is lost, none has two owners."""

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from support.ledger_samples import LEASE, NOON, arrival

from connector.domain.request import Identity, Outcome, Waiting
from connector.ledger.store import open_ledger
from connector.ports import Stamp

SETTLED = [each for each in Outcome if each not in (Outcome.PENDING, Outcome.DUPLICATE)]


class LedgerLaws(RuleBasedStateMachine):
    """Runs, crashes and people at work on one ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = ExitStack()
        self.ledger = self.closing.enter_context(open_ledger("sqlite:///:memory:", create=False))
        self.now = NOON
        self.keys: list[str] = []
        self.leased: set[str] = set()

    def stamp(self) -> Stamp:
        return Stamp("run", self.now)

    def teardown(self) -> None:
        self.closing.close()

    @rule(minutes=st.integers(1, 10))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def an_item_arrives(self) -> None:
        key = f"k{len(self.keys)}"
        item = arrival(f"{key}.eml", received_at=self.now)
        self.ledger.record(key, item, key.encode(), stamp=self.stamp())
        self.keys.append(key)

    @rule(identity=st.integers(1, 4))
    def what_waits_is_identified(self, identity: int) -> None:
        for key in self.ledger.unidentified(None):
            self.ledger.identify(
                key, Identity(f"mail {identity}"), subject="", sender="", stamp=self.stamp()
            )

    @rule()
    def a_worker_claims(self) -> None:
        record = self.ledger.claim(
            now=self.now, holder="run", lease=LEASE, sources=None, besides=[]
        )
        if record is not None:
            assert record.key not in self.leased
            self.leased.add(record.key)

    @rule(data=st.data(), minutes=st.integers(0, 20))
    def work_is_postponed(self, data: st.DataObject, minutes: int) -> None:
        if self.leased:
            key = data.draw(st.sampled_from(sorted(self.leased)))
            self.leased.remove(key)
            self.ledger.postpone(
                key,
                waiting=Waiting.ERROR,
                until=self.now + timedelta(minutes=minutes),
                reason="",
                remedy="",
                attempts=1,
                stamp=self.stamp(),
            )

    @rule(data=st.data(), outcome=st.sampled_from(SETTLED))
    def work_is_settled(self, data: st.DataObject, outcome: Outcome) -> None:
        if self.leased:
            key = data.draw(st.sampled_from(sorted(self.leased)))
            self.leased.remove(key)
            self.ledger.settle(key, outcome, reason="", remedy="", stamp=self.stamp())

    @rule()
    def a_person_releases_all(self) -> None:
        for record in self.ledger.listed(Outcome.PARKED, 1000):
            assert self.ledger.reopen(
                record.key, states=[Outcome.PARKED], step="release", stamp=self.stamp()
            )

    @rule()
    def sources_file_away(self) -> None:
        for mark in self.ledger.unmarked(None):
            self.ledger.marked(mark.key, mark.outcome)
        assert self.ledger.unmarked(None) == []

    @rule()
    def the_run_dies_and_another_takes_over(self) -> None:
        self.leased.clear()
        self.ledger.take_over_leases()

    @invariant()
    def every_request_is_in_exactly_one_state(self) -> None:
        by_state = Counter(
            record.key for state in Outcome for record in self.ledger.listed(state, 1000)
        )
        assert by_state == Counter(self.keys)

    @invariant()
    def every_request_keeps_its_raw_bytes(self) -> None:
        assert all(self.ledger.raw(key) == key.encode() for key in self.keys)

    @invariant()
    def a_duplicate_names_a_request_that_is_none(self) -> None:
        for record in self.ledger.listed(Outcome.DUPLICATE, 1000):
            first = self.ledger.get(record.duplicate_of or "")
            assert first is not None
            assert first.state is not Outcome.DUPLICATE


TestLedgerLaws = LedgerLaws.TestCase
TestLedgerLaws.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
