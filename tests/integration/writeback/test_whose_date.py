"""A person's date is never overwritten; ours follow the priority."""

from support.desk import Desk, local

HIS = local("18 09:00")


def test_a_date_that_was_there_is_kept_and_counted(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer", due_date=HIS)

    report = desk.sla()

    assert desk.due(ticket) == HIS
    assert report.sla is not None
    assert (report.counts["sla_written"], report.sla.kept) == (0, 1)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sla()
    assert desk.due(ticket) == HIS


def test_a_date_that_was_there_is_replaced_once_where_that_is_set(desk: Desk) -> None:
    desk.more = "sla: {since: 2026-11-01, existing_due_date: replace}"
    ticket = desk.sandbox.person.create_ticket("Printer", due_date=HIS)

    assert desk.sla().counts["sla_written"] == 1
    assert desk.due(ticket) == local("21 10:00")
    desk.sandbox.person.set_due_date(ticket, HIS)
    desk.pass_by(minutes=5)

    report = desk.sla()

    assert report.counts["sla_written"] == 0
    assert desk.due(ticket) == HIS
    assert report.sla is not None
    assert [line.ticket_id for line in report.sla.disagreements] == [ticket]


def test_a_tenant_that_fills_dates_in_by_itself_keeps_or_replaces_them(desk: Desk) -> None:
    desk.sandbox.behaviour.change({"native_due_hours": 4})
    ticket = desk.sandbox.person.create_ticket("Printer")
    assert desk.sla().counts["sla_written"] == 0
    desk.more = "sla: {since: 2026-11-01, existing_due_date: replace}"
    desk.pass_by(minutes=1)
    other = desk.sandbox.person.create_ticket("Scanner")

    assert desk.sla().counts["sla_written"] == 1
    assert desk.due(ticket) == local("16 14:00")
    assert desk.due(other) == local("21 10:01")


def test_a_person_who_sets_another_date_keeps_it_and_is_told_of_once(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.sandbox.person.set_due_date(ticket, HIS)

    first, second = desk.sla(), desk.sla()

    assert first.sla is not None
    assert second.sla is not None
    assert desk.due(ticket) == HIS
    [line] = first.sla.disagreements
    assert (line.old, line.new) == (HIS, local("21 10:00"))
    assert first.as_json()["sla"]["disagreements"][0]["in_bms"] == "2026-11-18T09:00:00-05:00"
    assert second.sla.disagreements == []
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_a_person_s_date_stands_when_the_priority_changes_and_is_reported_anew(
    desk: Desk,
) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.sandbox.person.set_due_date(ticket, HIS)
    desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")

    report = desk.sla()

    assert desk.due(ticket) == HIS
    assert report.sla is not None
    assert [line.new for line in report.sla.disagreements] == [local("16 11:15")]


def test_a_date_that_a_person_cleared_stays_clear(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.sandbox.person.clear_due_date(ticket)

    desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sla()

    assert desk.due(ticket) is None


def test_a_person_who_puts_our_date_back_hands_it_back_to_us(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    ours = desk.due(ticket)
    assert ours is not None
    desk.sandbox.person.set_due_date(ticket, HIS)
    desk.sla()
    desk.sandbox.person.set_due_date(ticket, ours)
    desk.sandbox.person.change_priority(ticket, "Critical")

    desk.sla()

    assert desk.due(ticket) == local("16 11:15")


def test_a_date_whose_answer_was_lost_is_still_ours(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sandbox.faults.add("drop", "PATCH *", after_commit=True)
    assert desk.sla().exit_code == 4
    assert desk.due(ticket) == local("21 10:00")
    desk.pass_by(minutes=1)
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.pass_by(minutes=30)

    report = desk.sla()

    assert report.exit_code == 0
    assert desk.due(ticket) == local("16 11:16")


def test_a_date_whose_answer_was_lost_stays_clear_once_a_person_cleared_it(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sandbox.faults.add("drop", "PATCH *", after_commit=True)
    desk.sla()
    desk.pass_by(minutes=30)
    desk.sla()
    desk.sandbox.person.clear_due_date(ticket)
    desk.pass_by(minutes=30)

    report = desk.sla()

    assert desk.due(ticket) is None
    assert report.sla is not None
    assert [line.reason for line in report.sla.disagreements] == ["a person cleared the date"]
