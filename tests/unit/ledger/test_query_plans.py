"""No statement looks through all requests: a ledger grows for years."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from support.access_samples import BEN, approval, opened
from support.ledger_samples import LEASE, NOON, arrival, at, identified, recorded, stamp, take

from connector.accounts.model import AccessState
from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.ledger.database import NO_PARAMS, Params, Row, Transaction
from connector.ledger.sqlite import SqliteDatabase, open_database
from connector.ledger.store import SqlLedger
from connector.ports.accounts import ApprovalToken
from connector.ports.statistics import Span
from connector.ports.threads import MessageKind, Part, Participant, Trouble

HOLD_ONLY_WHAT_IS_ASKED_FOR = {
    "requests_unidentified",
    "requests_leased",
    "requests_at_source",
    "requests_to_file",
    "outbox_waiting",
    "requests_with_raw",
    "sqlite_autoindex_ticket_hints_1",
}
MAY_BE_LONG = {
    "requests_by_receipt",
    "requests_by_state",
    "requests_by_turn",
    "requests_of_source",
    "requests_unidentified",
    "requests_to_file",
    "journal_by_request",
}


class Explained:
    """A transaction that notes how SQLite carries every statement out."""

    def __init__(self, tx: Transaction, plans: list[str]) -> None:
        self.tx = tx
        self.plans = plans

    def _explain(self, sql: str, params: Params) -> None:
        steps = self.tx.all(f"EXPLAIN QUERY PLAN {sql}", params)
        self.plans.extend(step["detail"] for step in steps)

    def execute(self, sql: str, params: Params = NO_PARAMS) -> int:
        self._explain(sql, params)
        return self.tx.execute(sql, params)

    def one(self, sql: str, params: Params = NO_PARAMS) -> Row | None:
        self._explain(sql, params)
        return self.tx.one(sql, params)

    def all(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        self._explain(sql, params)
        return self.tx.all(sql, params)

    def insert_large(self, table: str, row: Params, column: str, content: bytes) -> None:
        self.tx.insert_large(table, row, column, content)

    def hold(self, name: str) -> None:
        self.tx.hold(name)


class ExplainingDatabase:
    """A database that notes how SQLite carries every statement out."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database = database
        self.plans: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.database, name)

    @contextmanager
    def transaction(self, *, flushed: bool = True) -> Iterator[Explained]:
        with self.database.transaction(flushed=flushed) as tx:
            yield Explained(tx, self.plans)

    @contextmanager
    def snapshot(self) -> Iterator[Explained]:
        with self.database.snapshot() as tx:
            yield Explained(tx, self.plans)


@pytest.fixture
def explaining() -> Iterator[SqlLedger]:
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        yield SqlLedger(ExplainingDatabase(database))


def use_everything(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    recorded(ledger, "k2")
    ledger.identify("k2", Identity("mail k1"), subject="", sender="", stamp=stamp())
    ledger.start_run(stamp())
    ledger.waiting_item("drop", "a.eml")
    ledger.holder_of(Identity("mail k1"), NOON)
    ledger.unidentified(None)
    ledger.take_over_leases()
    ledger.held_up(now=NOON)
    for sources in (None, ["drop", "web"]):
        ledger.claim(now=NOON, holder="h", lease=LEASE, sources=sources, besides=["x"])
        ledger.pending(sources)
        ledger.unmarked(sources)
    ledger.raw("k1")
    ledger.get("k1")
    ledger.renew(holder="h", lease=LEASE, now=NOON)
    take(ledger, "k1")
    ledger.postpone(
        "k1", waiting=Waiting.ERROR, until=NOON, reason="", remedy="", attempts=1, stamp=stamp()
    )
    take(ledger, "k1")
    ledger.keep_result("k1", result={"verdict": "none"}, decisions=(), stamp=stamp())
    ledger.intend("k1", "ticket", stamp=stamp())
    ledger.intents("k1")
    ledger.refuse("k1", "ticket", reason="", stamp=stamp())
    ledger.confirm("k1", "ticket", result_id=1, ticket=TicketRef(1, "1"), stamp=stamp())
    ledger.settle("k1", Outcome.PARKED, reason="", remedy="", stamp=stamp())
    ledger.marked("k1", Outcome.PARKED)
    ledger.note("k1", step="", text="", stamp=stamp())
    ledger.journal("k1")
    ledger.listed(Outcome.PARKED, 100)
    ledger.by_ticket(number="1", ticket_id=None)
    ledger.by_ticket(number=None, ticket_id=1)
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp())
    ledger.record("k3", arrival(), b"", stamp=stamp())
    ledger.finish_run(stamp(), exit_code=0, summary={})
    ledger.past_runs(since=NOON, limit=5)
    ledger.received_since(NOON)
    ledger.last_received("drop")
    ledger.waiting()
    ledger.letters_waiting()
    ledger.hint(1, at=NOON)
    ledger.looked_at(ledger.hinted())
    ledger.know_message("a@x.example", 1, "k1", MessageKind.RECEIVED)
    ledger.tickets_of_messages(["a@x.example"])
    ledger.know_participants(1, [Participant("a@x.example", Part.CC)])
    ledger.participants(1)
    trouble = Trouble("rule", "a@x.example", "disk")
    ledger.know_trouble(trouble, "k1", NOON)
    ledger.ticket_of_trouble(trouble, since=NOON, besides="")
    ledger.uploads_of_others(1, "k1")
    ledger.verdicts("drop", 20)


def let_go(ledger: SqlLedger) -> None:
    for key in ("k1", "k2"):
        identified(ledger, key)
        take(ledger, key)
        ledger.settle(key, Outcome.CREATED, reason="", remedy="", stamp=stamp())
    ledger.erase("k1", by="me", stamp=stamp())
    ledger.drop_raw(settled_before=at(1), limit=100, stamp=stamp())


def use_access(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1")
    ledger.access_to_do(now=NOON)
    ledger.access_of_ticket(1)
    ledger.access_of_record(1)
    ledger.access_request(request.id)
    said = approval(request)
    ledger.decide_access(1, said, becomes=None, token_hash="h", stamp=stamp())
    ledger.decide_access(1, said, becomes=AccessState.APPROVED, stamp=stamp())
    ledger.change_person(1, BEN, stamp=stamp())
    ledger.set_access_state(1, AccessState.PARKED, expected=AccessState, stamp=stamp())
    ledger.schedule_access(1, look_at=None, stamp=stamp())
    ledger.issue_token(ApprovalToken("h", 1, "", "", NOON, NOON), stamp=stamp())
    ledger.token("h")
    ledger.tell_access(1, step="", text="", stamp=stamp())
    ledger.access_trail(1)
    ledger.accept_baseline({1: ""}, stamp=stamp())
    ledger.access_intents.intend("access 1", "note", stamp=stamp())
    ledger.access_intents.intents("access 1")


def use_report(ledger: SqlLedger) -> None:
    span = Span(NOON, NOON + timedelta(days=1))
    ledger.flows([span])
    ledger.ticket_groups(span)
    ledger.parked_reasons(span)
    ledger.times_to_ticket(span, [LEASE])
    ledger.dates_written(span)


def is_bounded(step: str) -> bool:
    indexes = set(re.findall(r"INDEX (\w+)", step))
    return not step.startswith("SCAN") or bool(indexes & HOLD_ONLY_WHAT_IS_ASKED_FOR)


@pytest.mark.parametrize("use", [use_everything, let_go])
def test_no_statement_reads_through_all_requests(
    explaining: SqlLedger, use: Callable[[SqlLedger], None]
) -> None:
    use(explaining)
    plans = explaining.database.plans
    assert [step for step in plans if not is_bounded(step)] == []
    assert len(plans) > 20


def test_a_report_reads_only_the_requests_of_its_period(explaining: SqlLedger) -> None:
    use_report(explaining)
    looked = [step for step in explaining.database.plans if step.startswith(("SCAN", "SEARCH"))]
    by_time = re.compile(r"(received_at|at)>\? AND (received_at|at)<\?")
    assert len(looked) == 5
    assert [step for step in looked if not by_time.search(step)] == []


def test_no_statement_of_the_step_accounts_reads_through_all_access_requests(
    explaining: SqlLedger,
) -> None:
    use_access(explaining)
    plans = explaining.database.plans
    numbered = re.compile(r"SCAN (requests|access_\w+|p|r)\b")
    assert [step for step in plans if numbered.match(step)] == []
    assert any("access_to_look_at" in step for step in plans)


def test_the_newest_requests_are_read_from_the_end_of_an_index(explaining: SqlLedger) -> None:
    explaining.listed(None, 100)
    assert explaining.database.plans == ["SCAN requests USING INDEX requests_by_receipt"]


def test_what_may_be_long_comes_sorted_from_an_index(explaining: SqlLedger) -> None:
    use_everything(explaining)
    plans = explaining.database.plans
    sorted_anew = {
        index
        for before, step in pairwise(plans)
        if "TEMP B-TREE" in step
        for index in re.findall(r"INDEX (\w+)", before)
    }
    assert sorted_anew.isdisjoint(MAY_BE_LONG)


def test_a_claim_among_pending_requests_reads_only_those(explaining: SqlLedger) -> None:
    explaining.claim(now=NOON, holder="h", lease=LEASE, sources=None, besides=[])
    assert any("requests_by_turn (state=?)" in step for step in explaining.database.plans)


def test_an_idle_run_looks_for_old_messages_at_one_end_of_an_index(explaining: SqlLedger) -> None:
    assert explaining.drop_raw(settled_before=NOON, limit=100, stamp=stamp()) == 0
    plans = explaining.database.plans
    assert plans[0] == "SEARCH requests USING INDEX requests_with_raw (settled_at<?)"
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in plans)
