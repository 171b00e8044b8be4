"""SLA kept and missed at a help desk: what BMS shows of its tickets, judged."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from support.desk import Desk, local
from support.endpoints import SEARCH

from connector.errors import ExitCode
from connector.reporting.sla_figures import SlaFigures
from connector.reporting.standing import NO_RESPONSE, Standing
from connector.wiring import report as wiring
from connector.wiring.report import MadeReport, make_report


def report(desk: Desk, *, base_url: str | None = None, **dates: Any) -> MadeReport:
    """Return the report of November so far, as a process of its own would make it."""
    first = dates.get("first", date(2026, 11, 1))
    return make_report(desk.config(base_url), first, dates.get("last"), clock=desk.clock)


def sla(desk: Desk, **dates: Any) -> SlaFigures:
    made = report(desk, **dates)
    assert made.figures.sla.not_judged == ""
    return made.figures.sla


def ticket_of(desk: Desk, subject: str, **mail: Any) -> int:
    """Let a mail become a ticket; return its id."""
    desk.drop_mail(subject, name=f"{subject}.eml", **mail)
    [made] = [each for each in desk.sync().requests if each.subject == subject]
    assert made.ticket_id is not None
    return made.ticket_id


def test_tickets_are_kept_missed_or_open_by_when_they_were_completed(desk: Desk) -> None:
    kept, late = ticket_of(desk, "Kept"), ticket_of(desk, "Late")
    ticket_of(desk, "Never")
    desk.pass_by(hours=1)
    desk.sandbox.person.complete(kept)
    desk.pass_by(days=7)
    desk.sandbox.person.complete(late)
    ticket_of(desk, "Open")

    judged = sla(desk).due_date

    assert judged.whole == {Standing.KEPT: 1, Standing.MISSED: 2, Standing.OPEN: 1}
    assert judged.by_account == {"Harbor Dental Group": judged.whole}


def test_a_first_response_counts_from_the_status_that_bms_stamps_it_at(desk: Desk) -> None:
    quick, slow = ticket_of(desk, "Quick"), ticket_of(desk, "Slow")
    answered = ticket_of(desk, "Answered without a status")
    desk.sandbox.person.add_note(answered, "We look into it")
    desk.pass_by(minutes=119)
    desk.sandbox.person.change_status(quick, "In Progress")
    desk.pass_by(minutes=2)
    desk.sandbox.person.change_status(slow, "In Progress")
    desk.sandbox.person.change_status(quick, "Escalated")

    judged = sla(desk).response

    assert judged.whole == {Standing.KEPT: 1, Standing.MISSED: 1, Standing.UNKNOWN: 1}
    assert judged.unknown == {NO_RESPONSE: 1}


def test_tickets_born_in_bms_are_judged_as_well(desk: Desk) -> None:
    born = desk.sandbox.person.create_ticket("By phone")
    desk.sla()
    desk.sandbox.person.change_status(born, "In Progress")
    desk.sandbox.person.complete(born)
    judged = sla(desk)
    assert judged.due_date.whole == {Standing.KEPT: 1}
    assert judged.response.whole == {Standing.KEPT: 1}


def test_what_the_scope_leaves_out_is_not_judged(desk: Desk) -> None:
    desk.sandbox.person.create_ticket("Patch day", scheduled=True)
    ticket_of(desk, "Printer")
    judged = sla(desk)
    assert (judged.tickets, judged.left_out) == (1, 1)


def test_a_date_that_a_person_moved_is_told(desk: Desk) -> None:
    ticket = ticket_of(desk, "Printer")
    ticket_of(desk, "Another")
    desk.sandbox.person.set_due_date(ticket, desk.now + timedelta(days=1))
    assert sla(desk).moved == 1


def test_only_tickets_opened_in_the_period_count_by_local_dates(desk: Desk) -> None:
    desk.clock.now = local("17 12:00")
    for name, opened in (
        ("before", "14 23:59"),
        ("first", "15 00:00"),
        ("last", "16 23:59"),
        ("after", "17 00:00"),
    ):
        desk.sandbox.person.create_ticket(name, opened_at=local(opened))
    assert sla(desk, first=date(2026, 11, 15), last=date(2026, 11, 16)).tickets == 2


def test_one_page_is_read_per_hundred_tickets(desk: Desk) -> None:
    for number in range(201):
        desk.sandbox.person.create_ticket(f"Ticket {number}")
    before = Counter(exchange.endpoint for exchange in desk.sandbox.exchanges)
    assert sla(desk).tickets == 201
    calls = Counter(exchange.endpoint for exchange in desk.sandbox.exchanges) - before
    assert calls[SEARCH] == 3
    assert not [name for name in calls if name.startswith(("PATCH", "PUT", "DELETE"))]


def test_more_tickets_than_the_budget_has_room_for_are_not_read(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    for number in range(201):
        desk.sandbox.person.create_ticket(f"Ticket {number}")
    made = report(desk)
    assert made.figures.sla.not_judged == "BMS has 201 tickets to show, and at most 200 are read"
    assert made.exit_code is ExitCode.PARTLY
    asked = [each for each in desk.sandbox.exchanges if each.endpoint == SEARCH]
    assert len(asked) == 1


def test_without_bms_the_ledger_alone_is_reported(desk: Desk) -> None:
    ticket_of(desk, "Printer")
    made = report(desk, base_url="http://127.0.0.1:9")
    assert made.figures.received == 1
    assert "could not be reached" in made.figures.sla.not_judged
    assert made.exit_code is ExitCode.UNREACHABLE


def test_a_password_that_is_not_there_is_never_tried(desk: Desk) -> None:
    desk.sync()
    config = desk.config()
    secret = type(config.bms.password)("${BMS_PASSWORD}")
    bms = config.bms.model_copy(update={"password": secret})
    before = len(desk.sandbox.exchanges)
    made = make_report(config.model_copy(update={"bms": bms}), None, None, clock=desk.clock)
    assert made.figures.sla.not_judged == wiring.NOT_ASKED
    assert made.exit_code is ExitCode.PARTLY
    assert len(desk.sandbox.exchanges) == before


def test_dates_in_a_wrong_zone_are_not_judged(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"local_times_in": "Asia/Tokyo"})
    ticket_of(desk, "Printer")
    assert "bms.time_zone" in report(desk).figures.sla.not_judged


def test_a_report_leaves_the_ledger_and_bms_as_they_are(desk: Desk) -> None:
    ticket_of(desk, "Printer")
    before, tickets = desk.dump(), desk.sandbox.tickets
    report(desk)
    after = desk.dump()
    assert {**after, "cache": []} == {**before, "cache": []}
    assert desk.sandbox.tickets == tickets
