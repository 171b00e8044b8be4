"""Search rows that show too little, or what was so before we wrote."""

from support.desk import Desk, local
from support.endpoints import PATCH, READ, SEARCH, WRITE_FIELD
from support.printers import printers, with_due_date


def test_rows_without_details_are_read_one_by_one_once(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_portal_ticket(
        "Printer", details="Desired resolution: Friday 3pm"
    )
    desk.without_in_rows("Details", "CustomFields")
    report = desk.sla()
    assert desk.due(ticket) == local("20 15:00")
    assert report.api_calls[READ] == 1
    assert len(desk.sandbox.custom_values(ticket)) == 3
    assert READ not in desk.sla().api_calls


def test_rows_without_details_do_not_use_up_the_budget_for_nothing(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    made = printers(desk, 12)
    desk.without_in_rows("Details")
    first = desk.sla()
    assert (first.exit_code, first.counts["sla_written"]) == (0, 9)
    for _ in range(6):
        desk.pass_by(hours=1, minutes=1)
        desk.sla()
    assert with_due_date(desk, made) == 12


def test_a_dry_run_lists_tickets_whose_rows_lack_details_too(desk: Desk) -> None:
    printers(desk, 2)
    desk.without_in_rows("Details", "CustomFields")

    report = desk.sla(dry_run=True)

    assert report.counts["sla_written"] == 2
    calls = [call["call"] for call in report.planned_calls]
    assert [calls.count(call) for call in (READ, PATCH, WRITE_FIELD)] == [2, 2, 4]
    assert any("another date" in notice for notice in report.notices)
    real = desk.sla()
    assert [real.api_calls[call] for call in (READ, PATCH, WRITE_FIELD)] == [2, 2, 4]


def test_a_search_that_lags_behind_what_we_wrote_accuses_nobody(desk: Desk) -> None:
    printers(desk, 1)
    desk.sla()
    desk.pass_by(minutes=2)
    desk.without_in_rows("DueDate")

    report = desk.sla()

    assert report.sla is not None
    assert (report.sla.disagreements, report.sla.waiting, report.counts["sla_written"]) == (
        [],
        0,
        0,
    )
    assert report.api_calls == {SEARCH: 1, READ: 1}
