"""A run lets go of old raw messages; nothing else of a run changes by it."""

from datetime import timedelta

import pytest
from support.correspondence import arrives, letter, open_ticket
from support.desk import Desk

from connector.domain.request import Outcome
from connector.pipeline import retention
from connector.pipeline.steps import SLA
from connector.wiring.parts import Stopping


def has_raw(desk: Desk, key: str) -> bool:
    with desk.ledger() as ledger:
        try:
            return bool(ledger.raw(key))
        except KeyError:
            return False


def created(desk: Desk, name: str = "mail.eml") -> str:
    desk.drop_mail(name=name)
    [request] = desk.sync().requests
    assert request.outcome is Outcome.CREATED
    return request.key


def test_a_message_is_kept_for_90_days_and_dropped_by_the_next_run(desk: Desk) -> None:
    key = created(desk)
    desk.pass_by(days=89, hours=23)
    desk.sync()
    assert has_raw(desk, key)
    desk.pass_by(hours=2)
    desk.sync()
    assert not has_raw(desk, key)


def test_any_step_lets_old_messages_go_and_a_run_of_one_source_too(desk: Desk) -> None:
    desk.sources = {"drop": "inbox", "other": "other"}
    (desk.folder / "other").mkdir()
    key = created(desk)
    desk.pass_by(days=91)
    desk.sync(SLA, source="other")
    assert not has_raw(desk, key)


def test_a_dry_run_drops_nothing(desk: Desk) -> None:
    created(desk)
    desk.pass_by(days=91)
    before = desk.dump()
    desk.sync(dry_run=True)
    assert desk.dump() == before


def test_the_settings_say_how_long(desk: Desk) -> None:
    desk.more = "retention: {raw_days: 1}"
    key = created(desk)
    desk.pass_by(days=1, minutes=1)
    desk.sync()
    assert not has_raw(desk, key)


def test_forever_keeps_all(desk: Desk) -> None:
    desk.more = "retention: {raw_days: forever}"
    key = created(desk)
    desk.pass_by(days=9000)
    desk.sync()
    assert has_raw(desk, key)


def test_the_same_file_after_years_is_a_duplicate_and_no_second_ticket(desk: Desk) -> None:
    key = created(desk)
    desk.pass_by(days=700)
    desk.sync()
    desk.drop_mail()
    [again] = desk.sync().requests
    assert again.outcome is Outcome.DUPLICATE
    assert again.reason.startswith(f"the same as {key}")
    assert len(desk.sandbox.tickets) == 1


def test_an_answer_after_the_message_is_gone_still_finds_its_ticket(desk: Desk) -> None:
    ticket = open_ticket(desk)
    desk.pass_by(days=95)
    desk.sync()
    assert not has_raw(desk, desk.requests()[0].key)
    request = arrives(desk, letter())
    assert (request.outcome, request.ticket_id) == (Outcome.APPENDED, ticket["Id"])


def test_what_waits_for_a_person_is_there_to_be_released_after_years(desk: Desk) -> None:
    desk.drop("empty.eml", b"")
    desk.drop_mail(name="b.eml")
    desk.sandbox.faults.add("status", "POST /v2/servicedesk/tickets", status=400, times=None)
    desk.sync()
    desk.sandbox.faults.clear()
    desk.pass_by(days=1000)
    desk.sync()
    [parked] = [each for each in desk.requests() if each.subject]
    assert parked.state is Outcome.PARKED
    assert desk.release(parked.key)
    assert [each.outcome for each in desk.sync().requests] == [Outcome.CREATED]


def test_a_run_does_so_many_and_the_next_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    for number in range(3):
        desk.drop_mail(name=f"{number}.eml")
    desk.sync()
    keys = [each.key for each in desk.requests()]
    desk.pass_by(days=91)
    desk.sync()
    assert sum(has_raw(desk, key) for key in keys) == 1
    desk.sync()
    assert not any(has_raw(desk, key) for key in keys)


def test_a_run_that_was_asked_to_stop_leaves_it_to_the_next(desk: Desk) -> None:
    key = created(desk)
    desk.pass_by(days=91)
    desk.sync(stopping=Stopping(should_stop=lambda: True))
    assert has_raw(desk, key)


def test_due_dates_of_a_ticket_follow_a_change_after_its_message_is_gone(desk: Desk) -> None:
    key = created(desk)
    desk.pass_by(days=91)
    desk.sync()
    assert not has_raw(desk, key)
    [ticket] = desk.sandbox.tickets
    before = desk.due(ticket["Id"])
    desk.sandbox.person.change_priority(ticket["Id"], "Critical")
    desk.sla()
    assert desk.due(ticket["Id"]) != before
    assert desk.due(ticket["Id"]) - desk.now < timedelta(days=1)


def test_runs_give_the_space_of_old_messages_back_to_the_disk(desk: Desk) -> None:
    for number in range(3):
        desk.drop_mail(name=f"{number}.eml", text="long " * 200_000)
    desk.sync()
    full = size_of_ledger(desk)
    desk.pass_by(days=91)
    desk.sync()
    desk.sync()
    assert size_of_ledger(desk) < full / 2


def size_of_ledger(desk: Desk) -> int:
    with desk.ledger() as ledger:
        ledger.forget_deleted()
    return (desk.folder / "connector.db").stat().st_size
