"""What stands in the way: the budget, a BMS that fails, refuses, or only says that it wrote."""

from support.desk import Desk, local
from support.endpoints import PATCH, READ, SEARCH, WRITE_FIELD
from support.printers import printers, with_due_date


def test_the_call_budget_ends_the_step_cleanly_and_the_rest_comes_later(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    made = printers(desk, 30)
    urgent = desk.sandbox.person.create_ticket("URGENT", opened_at=local("13 09:00"))

    first = desk.sla()

    assert (first.exit_code, first.counts["sla_written"]) == (0, 18)
    assert first.sla is not None
    assert (first.sla.waiting, desk.due(urgent) is not None) == (22, True)
    assert first.sla.waiting_until is not None
    assert any("wait for the call budget until 2026-11-16T11:01" in n for n in first.notices)
    desk.pass_by(minutes=5)
    second = desk.sla()
    assert (second.exit_code, second.counts["sla_written"]) == (0, 0)
    for _ in range(8):
        desk.pass_by(hours=1, minutes=1)
        last = desk.sla()
    assert with_due_date(desk, made) == 30
    assert last.sla is not None
    assert last.sla.waiting == 0
    assert all(len(desk.sandbox.custom_values(ticket)) == 2 for ticket in made)


def test_what_a_person_did_while_it_waited_is_seen_before_it_is_written(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 2"
    older, newer = printers(desk, 2)[0], desk.sandbox.person.create_ticket("Newest")
    del newer
    desk.sla()
    assert desk.due(older) is None
    desk.sandbox.person.set_due_date(older, local("18 09:00"))
    for _ in range(4):
        desk.pass_by(hours=2)
        desk.sla()
    assert desk.due(older) == local("18 09:00")


def test_a_ticket_that_was_deleted_while_it_waited_is_let_go(desk: Desk) -> None:
    desk.sandbox.faults.add("status", PATCH, status=500)
    [ticket] = printers(desk, 1)
    assert desk.sla().exit_code == 4
    desk.sandbox.person.delete(ticket)
    desk.pass_by(minutes=30)
    report = desk.sla()
    assert report.exit_code == 0
    assert report.sla is not None
    assert report.sla.waiting == 0


def test_a_failing_ticket_does_not_stop_the_others(desk: Desk) -> None:
    made = printers(desk, 5)
    desk.sandbox.faults.add("status", PATCH, status=500, times=2)

    report = desk.sla()

    assert (report.exit_code, report.counts["sla_written"]) == (4, 3)
    desk.pass_by(minutes=1)
    assert desk.sla().exit_code == 0
    assert with_due_date(desk, made) == 5


def test_three_failures_in_a_row_end_the_step(desk: Desk) -> None:
    printers(desk, 8)
    desk.sandbox.faults.add("status", PATCH, status=500, times=None)
    report = desk.sla()
    assert (report.exit_code, report.counts["sla_written"]) == (4, 0)
    assert report.api_calls[PATCH] == 3
    assert WRITE_FIELD not in report.api_calls


def test_a_ticket_that_bms_refuses_to_change_is_reported_once(desk: Desk) -> None:
    made = printers(desk, 3)
    desk.sandbox.faults.add("status", PATCH, status=400, times=2, message="The ticket is locked")

    report = desk.sla()

    assert (report.exit_code, report.counts["sla_written"]) == (1, 2)
    assert any("The ticket is locked" in problem for problem in report.problems)
    assert with_due_date(desk, made) == 2
    assert PATCH not in desk.sla().api_calls


def test_the_other_spelling_of_the_path_is_tried_and_remembered(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"patch_ignores": ["dueDate"]})
    made = printers(desk, 3)

    report = desk.sla()

    assert (report.exit_code, with_due_date(desk, made)) == (0, 3)
    assert report.api_calls[PATCH] == 4
    printers(desk, 1)
    assert desk.sla().api_calls[PATCH] == 1


def test_a_path_that_bms_does_not_find_is_spelled_otherwise(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"patch_refuses": ["dueDate"]})
    made = printers(desk, 2)
    assert desk.sla().exit_code == 0
    assert with_due_date(desk, made) == 2


def test_a_bms_that_takes_no_due_date_stops_write_back(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"patch_ignores": ["*"]})
    printers(desk, 4)

    report = desk.sla()

    assert (report.exit_code, report.counts["sla_written"]) == (3, 0)
    assert report.api_calls[PATCH] == 2
    assert any("did not take the due date" in problem for problem in report.problems)


def test_refused_custom_fields_are_reported_and_leave_the_due_date(desk: Desk) -> None:
    [ticket] = printers(desk, 1)
    desk.sandbox.faults.add("status", WRITE_FIELD, status=400, message="Read-only", times=None)

    report = desk.sla()

    assert (report.exit_code, report.counts["sla_written"]) == (1, 1)
    assert desk.due(ticket) is not None
    assert any("Read-only" in problem for problem in report.problems)
    assert WRITE_FIELD not in desk.sla().api_calls


def test_a_tenant_without_our_custom_fields_gets_due_dates_only(desk: Desk) -> None:
    desk.sandbox.tenant.custom_fields.clear()
    [ticket] = printers(desk, 1)
    report = desk.sla()
    assert (report.exit_code, desk.due(ticket)) == (0, local("21 10:00"))
    assert WRITE_FIELD not in report.api_calls


def test_a_zone_that_is_not_that_of_bms_stops_write_back_until_it_is_set_right(
    desk: Desk,
) -> None:
    desk.sandbox.behaviour.change({"local_times_in": "America/New_York"})
    [ticket] = printers(desk, 1)
    desk.drop_mail("Scanner")

    report = desk.sync()

    assert (report.exit_code, report.counts["created"]) == (3, 1)
    assert any("bms.time_zone (UTC)" in problem for problem in report.problems)
    assert desk.due(ticket) is None
    desk.pass_by(minutes=5)
    assert desk.sla().exit_code == 3
    desk.bms = "time_zone: America/New_York"
    assert desk.sla().exit_code == 0
    assert desk.due(ticket) == local("21 10:00")


def test_a_wrong_zone_shows_at_the_first_write_too(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"local_times_in": "America/New_York"})
    printers(desk, 3)
    report = desk.sla()
    assert (report.exit_code, report.counts["sla_written"]) == (3, 0)
    assert any("check bms.time_zone" in problem for problem in report.problems)


def test_a_run_that_bms_asks_to_wait_ends_at_once(desk: Desk) -> None:
    printers(desk, 5)
    desk.sandbox.faults.add("status", PATCH, status=429, retry_after="120", nth=2)
    report = desk.sla()
    assert (report.exit_code, report.counts["sla_written"]) == (4, 1)
    assert report.api_calls[PATCH] == 2


def test_a_dry_run_tells_old_and_new_and_changes_nothing(desk: Desk) -> None:
    [ticket] = printers(desk, 1)
    desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")
    calls = desk.sandbox.calls[PATCH]

    report = desk.sla(dry_run=True)

    [line] = report.as_json()["sla"]["written"]  # type: ignore[index, call-overload]
    assert (line["old"], line["new"]) == ("2026-11-21T10:00:00-05:00", "2026-11-16T11:15:00-05:00")
    assert "priority changed" in line["reason"]
    assert report.counts["sla_written"] == 1
    assert {call["call"] for call in report.planned_calls} == {PATCH, WRITE_FIELD}
    assert desk.sandbox.calls[PATCH] == calls
    assert desk.sla().counts["sla_written"] == 1


def test_waiting_custom_fields_cost_waiting_due_dates_nothing(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    made = printers(desk, 40)
    for written in (18, 36, 40):
        desk.sla()
        assert with_due_date(desk, made) == written
        desk.pass_by(hours=1, minutes=1)


def test_a_run_that_only_waits_for_the_budget_costs_one_search_call(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    printers(desk, 30)
    desk.sla()
    desk.pass_by(minutes=30)
    report = desk.sla()
    assert report.api_calls == {SEARCH: 1}
    assert report.sla is not None
    assert report.sla.waiting == 21


def test_an_emergency_that_waits_does_not_wait_for_the_budget_of_others(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    printers(desk, 30)
    urgent = desk.sandbox.person.create_ticket("URGENT", opened_at=local("16 08:00"))
    desk.sandbox.faults.add("status", PATCH, status=500)
    desk.sla()
    assert desk.due(urgent) is None
    desk.pass_by(minutes=30)
    desk.sla()
    assert desk.due(urgent) == local("16 09:15")


def test_many_waiting_tickets_are_not_read_one_by_one(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 100"
    made = printers(desk, 200)
    desk.sla()
    desk.pass_by(hours=1, minutes=1)
    report = desk.sla()
    assert with_due_date(desk, made) == 180
    assert READ not in report.api_calls


def test_a_ticket_that_left_the_reach_while_it_waited_waits_no_more(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 2"
    older, _newer = printers(desk, 2)[0], desk.sandbox.person.create_ticket("Newest")
    first = desk.sla()
    assert first.sla is not None
    assert (desk.due(older), first.sla.waiting) == (None, 3)
    desk.more = "sla: {since: 2026-11-01, scope: {exclude_queues: [Help Desk]}}"
    desk.pass_by(hours=2)
    report = desk.sla()
    assert report.sla is not None
    assert (desk.due(older), report.sla.waiting) == (None, 0)
