"""Nothing twice: what an unclear creation left in BMS is found again, whatever happened to it.

The whole pipeline over a real ledger file and a sandbox, one clock for both.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from support.desk import Desk
from support.endpoints import ADD_NOTE, CREATE, SEARCH

from connector.domain.request import Outcome
from connector.pipeline.report import RequestReport, RunReport
from connector.sandbox import Sandbox

SETTLE = 120
"""Seconds, the default of `bms.search_settle`."""


@pytest.fixture
def office(desk: Desk) -> Desk:
    """A desk with one mail in its inbox."""
    desk.drop_mail("Printer jam")
    return desk


def sync(desk: Desk) -> RequestReport:
    """Do one run; return what it says of the mail."""
    report: RunReport = desk.sync("intake", "deliver")
    assert report.conserved
    (request,) = report.requests
    return request


Meanwhile = Callable[[Sandbox, int], object]

MEANWHILE: dict[str, Meanwhile] = {
    "nothing": lambda sandbox, ticket: None,
    "moved to another account": lambda s, t: s.person.move_to_account(t, "Biscayne Freight"),
    "completed": lambda s, t: s.person.complete(t),
    "merged": lambda s, t: s.person.merge(t, into=s.person.create_ticket("Printers, all")),
    "renamed and reprioritised": lambda s, t: (
        s.person.change_title(t, "Toner"),
        s.person.change_priority(t, "Critical"),
    ),
    "followed by three hundred others": lambda s, t: s.seed(300, days=0.01),
}


@pytest.mark.parametrize("fault", ["drop", "truncate", "no_id"])
@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE.keys())
def test_a_ticket_whose_answer_was_lost_is_found_whatever_happened_to_it(
    office: Desk, sandbox: Sandbox, fault: str, meanwhile: Meanwhile
) -> None:
    sandbox.faults.add(fault, CREATE, **({"after_commit": True} if fault == "drop" else {}))
    sync(office)
    (made,) = sandbox.tickets
    meanwhile(sandbox, made["Id"])
    office.pass_by(seconds=SETTLE)

    request = sync(office)

    assert (request.outcome, request.ticket_id) == (Outcome.CREATED, made["Id"])
    assert sandbox.calls[CREATE] == 1


@pytest.mark.parametrize("moves", [1, 2])
def test_a_search_whose_pages_move_is_made_again_and_finds_the_ticket(
    office: Desk, sandbox: Sandbox, moves: int
) -> None:
    made = lost_among_many(office, sandbox)
    sandbox.behaviour.moves_while_paging = moves

    request = sync(office)

    assert (request.outcome, request.ticket_id) == (Outcome.CREATED, made)
    assert sandbox.calls[CREATE] == 1


def test_a_search_whose_pages_never_stand_still_is_no_answer(
    office: Desk, sandbox: Sandbox
) -> None:
    made = lost_among_many(office, sandbox)
    sandbox.behaviour.moves_while_paging = 100

    first = sync(office)
    sandbox.behaviour.moves_while_paging = 0
    office.pass_by(hours=1)
    second = sync(office)

    assert first.outcome is Outcome.PENDING, "pages that show fewer than there are are no answer"
    assert (second.outcome, second.ticket_id) == (Outcome.CREATED, made)
    assert sandbox.calls[CREATE] == 1


def lost_among_many(office: Desk, sandbox: Sandbox) -> int:
    """Let the answer to a creation be lost, and more than a page of tickets follow; its id."""
    sandbox.faults.add("drop", CREATE, after_commit=True)
    sync(office)
    made: int = sandbox.tickets[0]["Id"]
    sandbox.seed(150, days=0.01)
    office.pass_by(seconds=SETTLE)
    return made


def test_before_the_search_has_settled_bms_is_neither_searched_nor_asked_to_create(
    office: Desk, sandbox: Sandbox
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=True)
    sync(office)
    office.pass_by(seconds=SETTLE - 1)
    before = sandbox.calls.copy()
    request = sync(office)
    assert sandbox.calls == before
    assert request.outcome is Outcome.PENDING
    assert request.waiting_until == office.now + timedelta(seconds=1)


def test_a_search_that_lags_less_than_it_is_given_finds_the_ticket(
    office: Desk, sandbox: Sandbox
) -> None:
    sandbox.behaviour.search_lag_seconds = SETTLE - 1
    sandbox.faults.add("drop", CREATE, after_commit=True)
    sync(office)
    office.pass_by(seconds=SETTLE)
    assert sync(office).ticket_id == sandbox.tickets[0]["Id"]
    assert len(sandbox.tickets) == 1


def test_a_search_that_lags_longer_than_it_is_given_is_the_one_way_to_a_second_ticket(
    office: Desk, sandbox: Sandbox
) -> None:
    """Documented in docs/running.md: `bms.search_settle` must be longer than the lag."""
    sandbox.behaviour.search_lag_seconds = SETTLE + 60
    sandbox.faults.add("drop", CREATE, after_commit=True)
    sync(office)
    office.pass_by(seconds=SETTLE)
    assert sync(office).outcome is Outcome.CREATED
    assert len(sandbox.tickets) == 2


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "drop"}])
def test_as_long_as_the_search_fails_nothing_is_created(
    office: Desk, sandbox: Sandbox, fault: dict[str, object]
) -> None:
    sandbox.faults.add("drop", CREATE)
    sync(office)
    sandbox.faults.add(endpoint=SEARCH, times=2, **fault)  # type: ignore[arg-type]
    for _ in range(2):
        office.pass_by(hours=1)
        assert sync(office).outcome is Outcome.PENDING
    assert sandbox.calls[CREATE] == 1
    office.pass_by(hours=1)
    assert sync(office).outcome is Outcome.CREATED
    assert len(sandbox.tickets) == 1


UPLOAD = "POST /v2/system/attachments/{moduleId}/{objectId}"

FORM = {
    "id": "7",
    "email": "shared@twoclients.example",  # two accounts: the note names them
    "subject": "Hello",
    "attachments": [{"name": "a.txt", "type": "text/plain", "data": "aGVsbG8="}],
}


@pytest.mark.parametrize("meanwhile", ["nothing", "moved to another account", "completed"])
@pytest.mark.parametrize("endpoint", [ADD_NOTE, UPLOAD])
@pytest.mark.parametrize("fault", [{"kind": "drop", "after_commit": True}, {"kind": "no_id"}])
def test_a_note_or_a_file_whose_answer_was_lost_is_found_on_its_ticket(
    desk: Desk, sandbox: Sandbox, meanwhile: str, endpoint: str, fault: dict[str, object]
) -> None:
    desk.drop("form.json", FORM)
    sandbox.faults.add(endpoint=endpoint, **fault)  # type: ignore[arg-type]
    assert sync(desk).outcome is Outcome.PENDING
    (ticket,) = sandbox.tickets
    MEANWHILE[meanwhile](sandbox, ticket["Id"])
    desk.pass_by(seconds=SETTLE)

    assert sync(desk).outcome is Outcome.CREATED
    assert len(sandbox.notes(ticket["Id"])) == 1
    assert len(sandbox.attachments(ticket["Id"])) == 1
    assert sandbox.calls[endpoint] == 1
