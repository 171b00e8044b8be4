"""A person's value in a custom field is never overwritten, and is reported once."""

from support.desk import Desk

REMOTE = "Remote Response Due"
HIS = "2026-11-17T09:00:00-05:00"


def test_a_value_that_a_person_wrote_is_kept_and_reported_once(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.pass_by(minutes=30)
    desk.sandbox.person.set_custom_value(ticket, REMOTE, HIS)

    first, second = desk.sla(), desk.sla()

    assert desk.sandbox.custom_values(ticket)[REMOTE] == HIS
    [line] = first.as_json()["sla"]["disagreements"]  # type: ignore[index, call-overload]
    assert (line["field"], line["in_bms"], line["reckoned"]) == (
        REMOTE,
        HIS,
        "2026-11-16T12:00:00-05:00",
    )
    assert second.as_json()["sla"]["disagreements"] == []  # type: ignore[index, call-overload]
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_a_value_that_a_person_cleared_stays_clear_and_is_reported(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.pass_by(minutes=30)
    desk.sandbox.person.set_custom_value(ticket, REMOTE, "")

    report = desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sla()

    assert not desk.sandbox.custom_values(ticket).get(REMOTE)
    assert report.sla is not None
    assert [line.reason for line in report.sla.field_disagreements] == [
        "a person cleared the field"
    ]


def test_another_value_of_ours_is_reported_anew(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.pass_by(minutes=30)
    desk.sandbox.person.set_custom_value(ticket, REMOTE, HIS)
    desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")

    report = desk.sla()

    assert desk.sandbox.custom_values(ticket)[REMOTE] == HIS
    assert report.sla is not None
    assert [line.wanted for line in report.sla.field_disagreements] == ["2026-11-16T10:45:00-05:00"]


def test_rows_that_show_no_fields_are_no_reason_to_read_a_person_s_for_ever(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sandbox.person.set_custom_value(ticket, REMOTE, HIS)
    desk.without_in_rows("CustomFields")

    first, second = desk.sla(), desk.sla()

    assert desk.sandbox.custom_values(ticket)[REMOTE] == HIS
    assert first.sla is not None
    assert [line.field for line in first.sla.field_disagreements] == [REMOTE]
    assert second.api_calls == {"GET /v2/servicedesk/tickets": 1}


def test_a_field_that_a_person_changed_before_our_first_look_is_his(desk: Desk) -> None:
    desk.drop_mail("Printer")
    desk.sync("intake", "deliver")
    [ticket] = [each["Id"] for each in desk.sandbox.tickets]
    desk.pass_by(minutes=5)
    desk.sandbox.person.set_custom_value(ticket, REMOTE, HIS)
    desk.sla()
    desk.sandbox.person.change_priority(ticket, "Critical")
    desk.sla()
    assert desk.sandbox.custom_values(ticket)[REMOTE] == HIS


def test_fields_named_in_another_case_are_ours_too(desk: Desk) -> None:
    for each in desk.sandbox.tenant.custom_fields:
        each.name = each.name.upper()
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    assert desk.sandbox.custom_values(ticket)[REMOTE.upper()] == "2026-11-16T12:00:00-05:00"


def test_a_custom_field_that_a_person_wrote_is_left_alone(desk: Desk) -> None:
    ticket = desk.sandbox.person.create_ticket("Printer")
    desk.sla()
    desk.sandbox.person.set_custom_value(ticket, "Remote Response Due", "2026-11-17T09:00:00-05:00")
    desk.sandbox.person.change_priority(ticket, "Critical")

    desk.sla()

    values = desk.sandbox.custom_values(ticket)
    assert values["Remote Response Due"] == "2026-11-17T09:00:00-05:00"
    assert values["Onsite Response Due"] == "2026-11-16T11:15:00-05:00"
