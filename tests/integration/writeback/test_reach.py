"""Which tickets are looked at: reach, scope, the daily sweep, and rows that move."""

from datetime import timedelta

import pytest
from support.desk import Desk, local
from support.endpoints import PATCH, SEARCH

from connector.sandbox.operations import search


def test_without_since_the_first_run_is_where_it_starts(desk: Desk) -> None:
    desk.more = ""
    old = desk.sandbox.person.create_ticket("Old")
    desk.pass_by(minutes=10)
    first = desk.sla()
    new = desk.sandbox.person.create_ticket("New")
    desk.pass_by(minutes=10)
    desk.sandbox.person.change_priority(old, "High")
    desk.sla()

    assert (desk.due(old), desk.due(new)) == (None, local("21 10:10"))
    assert any("sla.since" in notice for notice in first.notices)


def test_a_dry_run_does_not_count_as_the_first_run(desk: Desk) -> None:
    desk.more = ""
    desk.sla(dry_run=True)
    desk.pass_by(hours=1)
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.pass_by(hours=1)
    desk.sla()
    assert desk.due(ticket) is None


@pytest.mark.parametrize(
    ("since", "opened", "is_written"),
    [
        ("2026-11-16", "16 00:00", True),
        ("2026-11-16", "15 23:59", False),
        ("2026-11-16T09:30", "16 09:30", True),
        ("2026-11-16T09:30", "16 09:29", False),
        ("2026-11-16T09:30:00-08:00", "16 09:30", False),
    ],
)
def test_since_is_a_moment_or_the_start_of_a_local_day(
    desk: Desk, since: str, opened: str, is_written: bool
) -> None:
    desk.more = f"sla:\n  since: {since}"
    ticket = desk.sandbox.person.create_ticket("Printer", opened_at=local(opened))
    desk.sla()
    assert (desk.due(ticket) is not None) == is_written


@pytest.mark.parametrize(
    ("options", "scope", "is_written"),
    [
        ({"scheduled": True}, "", False),
        ({"recurring": True}, "", False),
        ({"scheduled": True}, "include_scheduled: true", True),
        ({"recurring": True}, "include_recurring: true", True),
        ({"queue": "Onboarding"}, "exclude_queues: [onboarding]", False),
        ({"queue": "Onboarding"}, "exclude_queues: [38404]", False),
        ({"queue": "Help Desk"}, "exclude_queues: [Onboarding]", True),
        ({"issue_type": "Printer"}, "exclude_issue_types: [Printer]", False),
        ({"account": "Biscayne Freight"}, "exclude_accounts: [Biscayne Freight]", False),
    ],
    ids=str,
)
def test_scope_says_which_tickets_are_left_alone(
    desk: Desk, options: dict[str, object], scope: str, is_written: bool
) -> None:
    desk.more = f"sla: {{since: 2026-11-01, scope: {{{scope}}}}}"
    ticket = desk.sandbox.person.create_ticket("Printer", **options)
    desk.sla()
    assert (desk.due(ticket) is not None) == is_written


def test_completed_and_merged_tickets_are_left_alone(desk: Desk) -> None:
    person = desk.sandbox.person
    done, merged, into = (person.create_ticket(title) for title in ("Done", "Merged", "Other"))
    person.complete(done)
    person.merge(merged, into)
    desk.sla()
    assert (desk.due(done), desk.due(merged)) == (None, None)
    assert desk.due(into) is not None


def test_a_tenant_may_call_completed_something_else(desk: Desk) -> None:
    desk.more += "\nstatuses: {completed: Escalated}"
    ticket = desk.sandbox.person.create_ticket("Printer", status="Escalated")
    desk.sla()
    assert desk.due(ticket) is None


def test_a_reopened_ticket_keeps_its_dates(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    due = desk.due(ticket)
    desk.pass_by(hours=30)
    desk.sandbox.person.complete(ticket)
    desk.sla()
    desk.pass_by(hours=30)
    desk.sandbox.person.reopen(ticket)
    assert desk.sla().counts["sla_written"] == 0
    assert desk.due(ticket) == due


def test_a_second_run_writes_nothing_and_costs_one_search_call(desk: Desk) -> None:
    for number in range(30):
        desk.sandbox.person.create_ticket(f"Printer {number}")
    assert desk.sla().counts["sla_written"] == 30
    desk.pass_by(minutes=5)

    report = desk.sla()

    assert report.counts["sla_written"] == 0
    assert report.api_calls == {SEARCH: 1}


def test_only_changed_tickets_are_asked_for_between_two_sweeps(desk: Desk) -> None:
    desk.sandbox.seed(150, days=10)
    desk.pass_by(minutes=30)
    desk.sla()
    desk.pass_by(minutes=30)
    assert desk.sla().sla.seen == 0  # type: ignore[union-attr]
    desk.pass_by(hours=24)
    report = desk.sla()
    assert report.sla is not None
    assert report.sla.seen == 150
    assert report.api_calls[SEARCH] == 2


def test_the_sweep_finds_a_change_that_moved_no_activity(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.pass_by(hours=1)
    desk.sla()
    desk.pass_by(hours=1)
    before = desk.sandbox._store.tickets[ticket]["LastActivityUpdate"]
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sandbox._store.tickets[ticket]["LastActivityUpdate"] = before
    assert desk.sla().counts["sla_written"] == 0
    desk.pass_by(hours=24)
    assert desk.sla().counts["sla_written"] == 1
    assert desk.due(ticket) == local("16 13:15")


def test_rows_that_move_while_pages_are_read_are_all_seen(desk: Desk) -> None:
    tickets = desk.sandbox.seed(250, days=5)
    desk.sandbox.behaviour.change({"moves_while_paging": 2})
    report = desk.sla()
    assert report.counts["sla_written"] == 250
    assert all(desk.due(ticket) for ticket in tickets[::40])
    assert desk.sandbox.calls[PATCH] == 250


def test_rows_that_never_stop_moving_are_looked_at_again_by_the_next_run(desk: Desk) -> None:
    tickets = desk.sandbox.seed(250, days=5)
    desk.sandbox.behaviour.change({"moves_while_paging": 1000})
    report = desk.sla()
    assert report.exit_code == 0
    assert any("kept moving" in notice for notice in report.notices)
    desk.sandbox.behaviour.change({"moves_while_paging": 0})
    desk.pass_by(hours=1)
    again = desk.sla()
    assert again.sla is not None
    assert again.sla.seen == 250
    assert all(desk.due(ticket) for ticket in tickets)


def test_the_newest_and_emergencies_come_first(desk: Desk) -> None:
    person = desk.sandbox.person
    urgent = person.create_ticket("URGENT", opened_at=desk.now - timedelta(hours=40))
    new, old = (
        person.create_ticket("Printer", opened_at=desk.now - timedelta(hours=hours))
        for hours in (1, 30)
    )
    report = desk.sla()
    assert report.sla is not None
    assert [line.ticket_id for line in report.sla.written] == [urgent, new, old]


def test_rows_that_hold_ids_alone_are_judged_by_the_names_of_the_tenant(desk: Desk) -> None:
    person = desk.sandbox.person
    urgent = person.create_ticket("Printer", priority="Critical")
    done, queued = person.create_ticket("Done"), person.create_ticket("Q", queue="Onboarding")
    person.complete(done)
    desk.more = "sla: {since: 2026-11-01, scope: {exclude_queues: [Onboarding]}}"
    desk.without_in_rows("StatusName", "PriorityName", "QueueName", "IssueTypeName")
    desk.patches.setattr(search, "_TESTS", {})

    report = desk.sla()

    assert [desk.due(each) for each in (urgent, done, queued)] == [local("16 11:15"), None, None]
    assert not any("priorities.yaml" in notice for notice in report.notices)
    desk.pass_by(minutes=1)
    assert desk.sla().api_calls == {SEARCH: 1}
