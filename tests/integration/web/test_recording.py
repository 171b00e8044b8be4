"""A submission is in the ledger once, whatever happens while it is recorded."""

import json
import threading
from collections.abc import Iterator

import pytest
from support.desk import Desk

from connector.domain.request import Outcome
from connector.ledger import recording
from connector.web.submissions import Submission, SubmissionBook
from connector.wiring.web import submission_book

PAYLOAD = {"email": "marta.ruiz@harbordental.example", "subject": "Printer jam"}


def submission(**values: object) -> Submission:
    return Submission("site", "members", json.dumps({**PAYLOAD, **values}).encode())


@pytest.fixture
def book(desk: Desk) -> Iterator[SubmissionBook]:
    with desk.ledger() as ledger:
        yield submission_book(desk.setup(), ledger, desk.clock)


def test_many_at_the_same_moment_are_one_request(desk: Desk, book: SubmissionBook) -> None:
    gate = threading.Barrier(8)
    keys = []

    def send() -> None:
        gate.wait()
        keys.append(book.record(submission(id="4711")))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({recorded.key for recorded in keys}) == 1
    assert sum(recorded.is_new for recorded in keys) == 1
    states = [record.state for record in desk.requests()]
    assert states.count(Outcome.PENDING) == 1
    assert len(desk.sync().requests) == 1


def test_a_death_before_the_commit_leaves_nothing_half_done(
    desk: Desk, book: SubmissionBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: object, **_values: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(recording, "claim_identity", killed)
        with pytest.raises(SystemExit):
            book.record(submission(id="4711"))
    left = desk.requests()
    again = book.record(submission(id="4711"))
    outcomes = [(request.key, request.outcome) for request in desk.sync().requests]

    assert left == []
    assert outcomes == [(again.key, Outcome.CREATED)]
    assert len(desk.sandbox.tickets) == 1


def test_without_an_id_the_same_words_are_the_same_for_a_day(
    desk: Desk, book: SubmissionBook
) -> None:
    first = book.record(submission())
    desk.pass_by(hours=23)
    same = book.record(submission())
    desk.pass_by(hours=2)
    later = book.record(submission())

    assert (same.key, same.is_new) == (first.key, False)
    assert later.is_new


def test_received_is_never_later_than_now(desk: Desk, book: SubmissionBook) -> None:
    future = Submission("site", "members", submission().raw, desk.now.replace(year=2030))

    book.record(future)

    [record] = desk.requests()
    assert record.received_at == desk.now
