"""Which dates a ticket born in BMS gets, and when they are reckoned anew."""

import pytest
from support.desk import Desk, local

FRIDAY = "<p>It jams.</p><ul><li>Desired resolution: Friday 3pm</li></ul>"


def test_a_portal_ticket_gets_its_dates_and_fields(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_portal_ticket("Printer", details=FRIDAY)

    report = desk.sla()

    assert report.counts["sla_written"] == 1
    assert desk.due(ticket) == local("20 15:00")
    assert desk.sandbox.custom_values(ticket) == {
        "Remote Response Due": "2026-11-16T12:00:00-05:00",
        "Onsite Response Due": "2026-11-16T18:00:00-05:00",
        "Desired Resolution": "2026-11-20T15:00:00-05:00",
    }


@pytest.mark.parametrize(
    ("title", "priority", "due"),
    [
        ("Printer", "Medium", "21 10:00"),
        ("Printer", "Low", "21 10:00"),
        ("Printer", "High", "16 18:00"),
        ("Printer", "Critical", "16 11:15"),
        ("URGENT: printer", "Medium", "16 11:15"),
        ("Not urgent: printer", "High", "16 18:00"),
        ("Call 305-911-0101", "High", "16 18:00"),
    ],
)
def test_a_ticket_as_first_seen_is_judged_like_a_request(
    desk: Desk, title: str, priority: str, due: str
) -> None:
    ticket = desk.sandbox.person.create_ticket(title, priority=priority)
    desk.pass_by(minutes=3)

    desk.sla()

    assert desk.due(ticket) == local(due)


def test_dates_run_from_the_opening_of_the_ticket_whenever_it_is_seen(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer", opened_at=local("13 17:30"))
    desk.sla()
    assert desk.sandbox.custom_values(ticket)["Remote Response Due"] == "2026-11-14T10:30:00-05:00"
    assert desk.due(ticket) == local("18 17:30")


def test_raised_into_the_emergency_class_times_run_from_the_change(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.pass_by(hours=2)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.pass_by(minutes=20)

    report = desk.sla()

    assert desk.due(ticket) == local("16 13:15")
    [line] = report.sla.written if report.sla else []
    assert line.old == local("21 10:00")
    assert "from Medium to Critical" in line.reason


def test_lowered_from_critical_times_run_from_receipt(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("URGENT: server", priority="Critical")
    desk.sla()
    desk.pass_by(hours=2)
    desk.sandbox.person.change_priority(ticket, "High")
    desk.sla()
    assert desk.due(ticket) == local("16 18:00")


def test_once_a_person_changed_the_priority_the_title_says_no_more(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("URGENT: server", priority="Medium")
    desk.sla()
    assert desk.due(ticket) == local("16 11:15")
    desk.sandbox.person.change_priority(ticket, "High")
    desk.sla()
    assert desk.due(ticket) == local("16 18:00")


def test_raised_twice_times_run_from_the_last_time(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    for priority in ("Critical", "High", "Critical"):
        desk.pass_by(hours=1)
        desk.sandbox.person.change_priority(ticket, priority)
        desk.sla()
    assert desk.due(ticket) == local("16 14:15")


def test_a_priority_raised_before_the_first_look_counts_from_the_change(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.pass_by(hours=3)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.pass_by(minutes=1)
    desk.sla()
    assert desk.due(ticket) == local("16 14:15")


def test_another_title_changes_nothing(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.sandbox.person.change_title(ticket, "URGENT: printer")
    assert desk.sla().counts["sla_written"] == 0


def test_a_new_desired_date_moves_the_resolution(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_portal_ticket("Printer", details=FRIDAY)
    desk.sla()
    desk.pass_by(hours=1)
    desk.sandbox.person.change_details(ticket, "Desired resolution: Thursday 2pm")

    desk.sla()

    assert desk.due(ticket) == local("19 14:00")
    assert desk.sandbox.custom_values(ticket)["Desired Resolution"] == "2026-11-19T14:00:00-05:00"


def test_an_unusable_desired_date_is_ignored(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_portal_ticket(
        "Printer", details="Desired resolution: when the cows come home"
    )
    desk.sla()
    assert desk.due(ticket) == local("21 10:00")
    assert "Desired Resolution" not in desk.sandbox.custom_values(ticket)


def test_a_ticket_of_ours_costs_no_second_call_and_follows_its_priority(desk: Desk) -> None:
    desk.drop_mail("Printer", "It jams.\n\nDesired resolution: Friday 3pm")
    report = desk.sync()
    assert report.counts["created"] == 1
    [ticket] = [each["Id"] for each in desk.sandbox.tickets]
    assert not any(call.startswith(("PATCH", "PUT")) for call in report.api_calls)
    assert not any(call.startswith(("PATCH", "PUT")) for call in desk.sync().api_calls)
    assert desk.due(ticket) == local("20 15:00")
    desk.pass_by(hours=1)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sync()
    assert desk.due(ticket) == local("16 12:15")
    values = desk.sandbox.custom_values(ticket)
    assert values["Remote Response Due"] == "2026-11-16T11:15:00-05:00"
    desk.sandbox.person.change_priority(ticket, "High")
    desk.sync()
    assert desk.due(ticket) == local("20 15:00")
    values = desk.sandbox.custom_values(ticket)
    assert values["Remote Response Due"] == "2026-11-16T12:00:00-05:00"


def test_a_ticket_of_ours_whose_creation_was_unclear_is_ours_once_found(desk: Desk) -> None:
    desk.drop_mail("Printer")
    desk.sandbox.faults.add("drop", "POST /v2/servicedesk/tickets", after_commit=True)
    assert desk.sync().exit_code == 4
    [ticket] = [each["Id"] for each in desk.sandbox.tickets]
    desk.pass_by(minutes=5)
    assert desk.sync().counts["created"] == 1
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sync()
    assert desk.due(ticket) == local("16 11:20")


def test_a_change_of_the_rules_touches_only_what_comes_after_it_unless_recomputed(
    desk: Desk,
) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer", priority="High")
    desk.sla()
    desk.change_mapping("sla.yaml", "onsite_response: 480", "onsite_response: 240")

    assert desk.sla().counts["sla_written"] == 0
    planned = desk.sla(dry_run=True, recompute=True)
    assert planned.counts["sla_written"] == 1
    assert desk.due(ticket) == local("16 18:00")
    assert desk.sla(recompute=True).counts["sla_written"] == 1
    assert desk.due(ticket) == local("16 14:00")
    assert desk.sla(recompute=True).counts["sla_written"] == 0


def test_a_priority_that_bms_never_stamps_is_changed_when_we_see_it(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.pass_by(minutes=2)
    desk.sla()
    before = desk.sandbox._store.tickets[ticket]["LastPriorityUpdate"]
    desk.pass_by(hours=3)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sandbox._store.tickets[ticket]["LastPriorityUpdate"] = before

    desk.sla()

    assert desk.due(ticket) == local("16 14:17")
