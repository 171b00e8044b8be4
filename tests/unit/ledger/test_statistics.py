"""Counts over a period: the database counts, and each request once."""

from datetime import timedelta

from support.access_samples import opened
from support.ledger_samples import NOON, at, identified, stamp, take
from support.watched import a_watched_ticket

from connector.accounts.model import AccessState
from connector.domain.request import Outcome, RequestKind
from connector.ledger.store import SqlLedger
from connector.ports.statistics import DatesWritten, Flow, Span, TicketGroup
from connector.ports.watch import WRITTEN, Line

HOUR = Span(NOON, at(60))
RESULT = {"account": "Café Ltd", "template": "Printer", "priority": "High", "emergency": True}
EMAIL = RequestKind.EMAIL


def settle(
    ledger: SqlLedger, key: str, outcome: Outcome, *, minutes: float = 0, reason: str = ""
) -> None:
    take(ledger, key)
    ledger.settle(key, outcome, reason=reason, remedy="", stamp=stamp(minutes))


def made(
    ledger: SqlLedger, key: str, *, received: float = 0, minutes: float = 0, **result: object
) -> None:
    """Record a request that became a ticket so many minutes after noon."""
    identified(ledger, key, received_at=at(received))
    take(ledger, key)
    ledger.keep_result(key, result={**RESULT, **result}, decisions=(), stamp=stamp())
    settle(ledger, key, Outcome.CREATED, minutes=minutes)


def test_flows_are_counted_by_source_kind_and_outcome_for_each_span(ledger: SqlLedger) -> None:
    identified(ledger, "before", received_at=at(-0.001))
    identified(ledger, "first", received_at=at(0))
    identified(ledger, "last", source="forms", received_at=at(59.999))
    identified(ledger, "after", received_at=at(60))
    made(ledger, "made", received=30)

    first, second = ledger.flows([HOUR, Span(at(60), at(120))])

    assert first == {
        Flow("drop", EMAIL, Outcome.PENDING): 1,
        Flow("drop", EMAIL, Outcome.CREATED): 1,
        Flow("forms", EMAIL, Outcome.PENDING): 1,
    }
    assert second == {Flow("drop", EMAIL, Outcome.PENDING): 1}


def test_tickets_are_counted_by_client_template_priority_and_emergency(ledger: SqlLedger) -> None:
    made(ledger, "a")
    made(ledger, "b", emergency=False)
    made(ledger, "c", emergency=False, template=None)
    made(ledger, "outside", received=60)
    settle(ledger, identified(ledger, "ignored"), Outcome.IGNORED)

    def group(*, template: str | None = "Printer", emergency: bool) -> TicketGroup:
        return TicketGroup(Outcome.CREATED, "Café Ltd", template, "High", emergency)

    assert ledger.ticket_groups(HOUR) == {
        group(emergency=True): 1,
        group(emergency=False): 1,
        group(template=None, emergency=False): 1,
    }


def test_a_ticket_without_a_result_is_counted_all_the_same(ledger: SqlLedger) -> None:
    settle(ledger, identified(ledger, "old"), Outcome.CREATED)
    group = TicketGroup(Outcome.CREATED, None, None, None, emergency=False)
    assert ledger.ticket_groups(HOUR) == {group: 1}


def test_only_what_is_parked_now_tells_its_reason(ledger: SqlLedger) -> None:
    for key in ("a", "b", "released"):
        settle(ledger, identified(ledger, key), Outcome.PARKED, reason="no such account")
    ledger.reopen("released", states=[Outcome.PARKED], step="release", stamp=stamp())
    settle(ledger, identified(ledger, "old", received_at=at(-1)), Outcome.PARKED, reason="old")
    assert ledger.parked_reasons(HOUR) == {"no such account": 2}


def test_a_ticket_counts_at_the_first_limit_that_it_keeps(ledger: SqlLedger) -> None:
    for key, minutes in (("at once", 0), ("just", 5), ("late", 5.01), ("never", 9999)):
        made(ledger, key, minutes=minutes)
    limits = [timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)]
    assert ledger.times_to_ticket(HOUR, limits) == [1, 1, 1, 1]


def test_portal_logins_are_counted_by_how_far_they_have_come(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1")
    span = Span(request.requested_at, request.requested_at + timedelta(seconds=1))
    before = Span(request.requested_at - timedelta(days=1), request.requested_at)
    assert ledger.access_states(span) == {AccessState.AWAITING_APPROVAL: 1}
    assert ledger.access_states(before) == {}


def test_what_write_back_wrote_is_counted_by_value_and_ticket(ledger: SqlLedger) -> None:
    line, other = Line(WRITTEN, "DueDate", "x"), Line("reckoned", "normal", "x")
    first, second = a_watched_ticket(ticket_id=1), a_watched_ticket(ticket_id=2)
    ledger.watch([(first, [line, line, other]), (second, [line])], stamp=stamp())
    ledger.watch([(first, [line])], stamp=stamp(60))
    assert ledger.dates_written(HOUR) == DatesWritten(values=3, tickets=2)
    assert ledger.dates_written(Span(at(-60), NOON)) == DatesWritten(0, 0)
