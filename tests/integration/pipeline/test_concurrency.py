"""Several requests at the same time: none waits for another, and nothing happens twice."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs
from support.desk import Desk
from support.endpoints import ADD_NOTE, CONTACTS, CREATE, SEARCH, SIGN_IN, UPLOAD
from support.killing import failing_at
from support.submissions import UNKNOWN_TEMPLATE, attached, form

from connector.bms.gateway import BmsGateway
from connector.domain.request import Outcome
from connector.errors import LedgerClosed, Unreachable
from connector.ledger.store import SqlLedger
from connector.pipeline.delivering.deliver_all import FAILURES_IN_A_ROW
from connector.ports import RequestRecord
from connector.ports.stopping import CallAbandoned
from connector.sandbox.exchange import Exchange
from connector.wiring.parts import Stopping

SETTLE = 120.0

PATIENCE = 4.0
"""Seconds; less than `bms.timeout` of the help desk."""


def drop_mails(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.drop_mail(f"Printer {number}", name=f"{number:02}.eml")


def hold(desk: Desk, endpoint: str, wait: Callable[[Exchange], object]) -> None:
    """Call `wait` with every exchange at an endpoint that was carried out, before its answer."""
    desk.sandbox.observers.append(lambda each: wait(each) if each.endpoint == endpoint else None)


def join_workers() -> None:
    """Wait for workers that were left behind."""
    for thread in threading.enumerate():
        if thread.name.startswith("worker-"):
            thread.join(PATIENCE)


def test_as_many_requests_as_there_are_workers_are_at_bms_at_the_same_time(
    busy: Desk,
) -> None:
    together = threading.Barrier(4, timeout=PATIENCE)
    hold(busy, CREATE, lambda _: together.wait())
    drop_mails(busy, 8)
    report = busy.sync()
    assert (report.exit_code, report.conserved, report.counts["created"]) == (0, True, 8)
    assert not together.broken
    assert len(set(busy.titles())) == len(busy.titles()) == 8
    assert len(busy.names("processed")) == 8


def test_one_request_that_bms_answers_slowly_holds_up_no_other(busy: Desk) -> None:
    busy.workers = 2
    drop_mails(busy, 6)
    others = threading.Semaphore(0)

    def wait(exchange: Exchange) -> None:
        if b"Printer 0" in exchange.request_body:
            for _ in range(5):
                assert others.acquire(timeout=PATIENCE)
        else:
            others.release()

    hold(busy, CREATE, wait)
    report = busy.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 6)


def test_requests_with_files_and_notes_are_complete_and_nothing_is_there_twice(
    busy: Desk,
) -> None:
    for number in range(8):
        fields = form(number, attachments=attached("a.txt", "b.txt"), **UNKNOWN_TEMPLATE)
        busy.drop(f"{number}.json", fields)
    report = busy.sync()
    assert (report.exit_code, report.conserved, report.counts["created"]) == (0, True, 8)
    calls = report.api_calls
    assert (calls[CREATE], calls[UPLOAD], calls[ADD_NOTE]) == (8, 16, 8)
    for ticket in busy.sandbox.tickets:
        names = [each["OriginalFileName"] for each in busy.sandbox.attachments(ticket["Id"])]
        assert sorted(names) == ["a.txt", "b.txt"]
        assert len(busy.sandbox.notes(ticket["Id"])) == 1


def test_what_several_requests_need_to_know_is_asked_of_bms_once(busy: Desk) -> None:
    for number in range(8):
        busy.drop_mail(f"Hello {number}", name=f"{number}.eml", sender="a@stranger.example")
    report = busy.sync()
    assert report.counts["created"] == 8
    # The sender, and the contact of the catch-all account.
    assert report.api_calls[CONTACTS] == 2
    asked = Counter(
        f"{each.endpoint} {each.path}"
        for each in busy.sandbox.exchanges
        if each.method == "GET" and each.endpoint != CONTACTS
    )
    assert set(asked.values()) == {1}


def test_a_token_that_bms_refuses_to_several_is_replaced_once(busy: Desk) -> None:
    together = threading.Barrier(4, timeout=PATIENCE)
    busy.sandbox.faults.add("status", CREATE, status=401, times=4)
    hold(busy, CREATE, lambda each: together.wait() if each.status == 401 else None)
    drop_mails(busy, 4)
    report = busy.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 4)
    assert report.api_calls[SIGN_IN] == 2


def test_a_fault_of_ours_in_one_worker_parks_that_request_alone(busy: Desk) -> None:
    drop_mails(busy, 6)
    with failing_at(BmsGateway, "create_ticket", "before", 3, RuntimeError("bug")):
        report = busy.sync()
    assert (report.exit_code, report.conserved) == (1, True)
    assert (report.counts["created"], report.counts["parked"]) == (5, 1)
    (parked,) = [each for each in report.requests if each.outcome is Outcome.PARKED]
    assert "bug" in parked.reason


def test_after_three_failures_in_a_row_over_all_workers_no_more_is_begun(busy: Desk) -> None:
    busy.sandbox.faults.add("status", CREATE, status=500, times=None)
    drop_mails(busy, 20)
    report = busy.sync()
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (4, True, 20)
    assert FAILURES_IN_A_ROW <= report.api_calls[CREATE] <= FAILURES_IN_A_ROW + 3


def test_a_postponed_request_is_not_taken_again_before_its_worker_is_heard_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.workers = 2
    drop_mails(desk, 2)
    postponed, asked_for_more = threading.Event(), threading.Event()
    postpone, claim = SqlLedger.postpone, SqlLedger.claim

    def then_wait(*args: Any, **options: Any) -> None:
        postpone(*args, **options)
        postponed.set()
        assert asked_for_more.wait(PATIENCE)

    def then_tell(*args: Any, **options: Any) -> RequestRecord | None:
        free = postponed.is_set()
        record = claim(*args, **options)
        if free:
            asked_for_more.set()
        return record

    monkeypatch.setattr(SqlLedger, "postpone", then_wait)
    monkeypatch.setattr(SqlLedger, "claim", then_tell)
    hold(desk, CREATE, lambda _: postponed.wait(PATIENCE))
    with failing_at(BmsGateway, "create_ticket", "before", 1, Unreachable("BMS is away")):
        report = desk.sync()
    assert (report.exit_code, report.conserved) == (4, True)
    assert (report.counts["created"], report.counts["pending"]) == (1, 1)


def test_a_ledger_out_of_reach_ends_the_run_and_the_next_one_goes_on(busy: Desk) -> None:
    drop_mails(busy, 6)
    gone = Unreachable("The ledger is out of reach")
    with (
        failing_at(SqlLedger, "settle", "before", 2, gone),
        pytest.raises(Unreachable, match="out of reach"),
    ):
        busy.sync()
    assert 2 <= len(busy.titles()) < 6
    busy.pass_by(seconds=SETTLE)
    report = busy.sync()
    assert (report.exit_code, report.conserved) == (0, True)
    assert sorted(busy.titles()) == [f"Printer {number}" for number in range(6)]


def test_what_cannot_be_remembered_of_clocks_does_not_make_a_ticket_unmade(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(*_arguments: object) -> None:
        raise Unreachable("The ledger is out of reach")

    monkeypatch.setattr(BmsGateway, "_compare_clocks", compare)
    desk.drop_mail()
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 1)
    assert len(desk.titles()) == 1


def test_mails_of_one_conversation_reach_bms_in_the_order_of_their_receipt(
    busy: Desk,
) -> None:
    for number in range(6):
        path = busy.drop_mail(f"Printer {number}", f"Hello {number}", name=f"{number}.eml")
        if number:
            mail = path.read_text().replace(
                "Subject:", "References: <0.eml-unique@harbordental.example>\nSubject:"
            )
            moment = busy.clock()
            busy.drop(path.name, mail.encode(), at=moment)
        busy.pass_by(minutes=1)
    report = busy.sync()
    assert (report.counts["created"], report.counts["appended"]) == (1, 5)
    [ticket] = busy.sandbox.tickets
    assert ticket["Title"] == "Printer 0"
    details = [note["Details"] for note in busy.sandbox.notes(ticket["Id"])]
    assert [text.split("Hello ")[1][0] for text in details] == list("12345")


def test_a_mail_that_waits_for_an_earlier_one_of_its_conversation_says_so(busy: Desk) -> None:
    busy.drop_mail("Printer jam", name="first.eml")
    busy.pass_by(minutes=1)
    path = busy.drop_mail("Re: Printer jam", name="second.eml")
    reply_to = "References: <first.eml-unique@harbordental.example>\nSubject:"
    busy.drop(path.name, path.read_text().replace("Subject:", reply_to).encode(), at=busy.clock())
    busy.sandbox.faults.add("drop", CREATE, after_commit=True)

    busy.sync()
    report = busy.sync()

    first, second = report.requests
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (0, True, 2)
    assert second.reason == f"waits for {first.key} of the same conversation"
    assert second.waiting_until is None
    busy.pass_by(seconds=SETTLE)
    counts = busy.sync().counts
    assert (counts["created"], counts["appended"]) == (1, 1)


# --- leases that were lost -------------------------------------------------------------------


@contextmanager
def taken_over(owner: type, method: str) -> Iterator[None]:
    """Let another run take every lease over, right after the first call of a method."""
    original = getattr(owner, method)
    done = threading.Event()

    def then_lost(self: object, *args: object, **options: object) -> object:
        result = original(self, *args, **options)
        if not done.is_set():
            done.set()
            with _ledger_of(self).database.transaction() as tx:
                tx.execute("UPDATE requests SET lease_holder = 'another'")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, method, then_lost)
        yield


def _ledger_of(thing: object) -> SqlLedger:
    if isinstance(thing, SqlLedger):
        return thing
    budget = thing._transport._budget  # type: ignore[attr-defined]
    return SqlLedger(budget._database)


def test_a_run_that_lost_a_request_makes_no_call_for_it_and_reports_nothing_wrong(
    desk: Desk,
) -> None:
    desk.drop_mail()
    with taken_over(SqlLedger, "keep_result"):
        report = desk.sync()
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (0, True, 1)
    assert report.problems == []
    assert CREATE not in report.api_calls
    (request,) = desk.requests()
    assert (request.attempts, request.reason) == (0, "")


def test_a_request_lost_after_its_ticket_was_made_gets_no_second_one(desk: Desk) -> None:
    desk.drop_mail()
    with taken_over(BmsGateway, "create_ticket"):
        report = desk.sync()
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (0, True, 1)
    (request,) = desk.requests()
    assert request.ticket_id == desk.sandbox.tickets[0]["Id"]
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 1)
    assert len(desk.titles()) == 1
    assert SEARCH not in report.api_calls


def test_a_run_that_ended_while_its_ticket_was_made_leaves_that_open(desk: Desk) -> None:
    desk.drop_mail()
    with failing_at(BmsGateway, "create_ticket", "after", 1, LedgerClosed("The ledger is closed")):
        assert desk.sync().counts["pending"] == 1
    desk.pass_by(seconds=SETTLE)
    assert desk.sync().counts["created"] == 1
    assert len(desk.titles()) == 1


# --- being asked to stop ---------------------------------------------------------------------


class Impatient:
    """Asks to stop once a call hangs, and waits no longer then."""

    def __init__(self, hangs: threading.Event) -> None:
        self.hangs = hangs

    def should_stop(self) -> bool:
        return self.hangs.is_set()

    @contextmanager
    def breakable(self) -> Iterator[None]:
        if threading.current_thread() is threading.main_thread():
            assert self.hangs.wait(PATIENCE)
            raise CallAbandoned
        yield


@contextmanager
def hanging_call(
    desk: Desk, endpoint: str, may_end: threading.Event | None = None
) -> Iterator[Stopping]:
    """A mail whose call to `endpoint` hangs for the context's life, and one who will not wait.

    The call ends with the context at the latest, and when `may_end` says so.
    """
    hangs, may_end = threading.Event(), may_end or threading.Event()

    def wait(_exchange: Exchange) -> None:
        hangs.set()
        may_end.wait(PATIENCE)

    hold(desk, endpoint, wait)
    desk.drop_mail()
    stop = Impatient(hangs)
    try:
        yield Stopping("run", stop.should_stop, stop.breakable)
    finally:
        may_end.set()


@pytest.mark.parametrize("endpoint", [CREATE, CONTACTS])
def test_asked_to_stop_what_hangs_is_left_behind_and_done_once_by_the_next_run(
    desk: Desk, endpoint: str
) -> None:
    with hanging_call(desk, endpoint) as stopping:
        report = desk.sync(stopping=stopping)
    assert (report.exit_code, report.conserved, report.counts["pending"]) == (4, True, 1)
    (request,) = desk.requests()
    assert "asked to stop" in request.reason
    with desk.ledger() as ledger, ledger.database.snapshot() as tx:
        assert tx.all("SELECT key FROM requests WHERE lease_holder IS NOT NULL") == []
    join_workers()
    if endpoint == CREATE:
        desk.pass_by(seconds=SETTLE)
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (0, 1)
    assert len(desk.titles()) == 1


@pytest.mark.parametrize("endpoint", [CREATE, CONTACTS])
def test_a_worker_that_was_left_behind_says_nothing_when_its_answer_comes_after_all(
    desk: Desk, endpoint: str
) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with capture_logs() as lines:
        with hanging_call(desk, endpoint) as stopping:
            desk.sync(stopping=stopping)
        join_workers()
    assert lines == []
    (request,) = desk.requests()
    assert (request.state, request.attempts) == (Outcome.PENDING, int(endpoint == CREATE))


def test_what_bms_says_to_a_worker_that_was_left_behind_is_not_taken_for_a_pause(
    desk: Desk,
) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    desk.sandbox.faults.add("status", CREATE, status=503, retry_after="600", after_commit=True)
    with capture_logs() as lines:
        with hanging_call(desk, CREATE) as stopping:
            desk.sync(stopping=stopping)
        join_workers()
    assert lines == []
    desk.pass_by(seconds=SETTLE)
    assert desk.sync().counts["created"] == 1
    assert len(desk.sandbox.tickets) == 1


def test_a_request_that_is_done_at_the_last_moment_is_not_handed_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()
    postpone = SqlLedger.postpone

    def after_the_answer(*args: Any, **options: Any) -> None:
        may_end.set()
        join_workers()
        postpone(*args, **options)

    monkeypatch.setattr(SqlLedger, "postpone", after_the_answer)
    with hanging_call(desk, CREATE, may_end) as stopping:
        report = desk.sync(stopping=stopping)
    assert (report.exit_code, report.problems, report.counts["created"]) == (0, [], 1)
    assert len(desk.sandbox.tickets) == 1
