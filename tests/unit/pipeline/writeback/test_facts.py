"""What the rules make of a ticket, as first seen and as it changes. No clock, no network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rulebooks import shipped_rulebook
from support.watched import CRITICAL, HIGH, MEDIUM, OPENED, an_open_ticket

from connector.domain.tenant import Named
from connector.pipeline.writeback.facts import first_seen, followed, is_unmapped
from connector.pipeline.writeback.rules import WatchRules
from connector.ports.watch import Found, MadeTicket

NOW = OPENED + timedelta(hours=2)
HOUR = timedelta(hours=1)
FIVE_DAYS = OPENED + timedelta(days=5)
EMERGENCY = OPENED + timedelta(minutes=75)
FRIDAY = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
BIRTH = timedelta(minutes=1)
ONSITE = OPENED + timedelta(hours=8)


@pytest.fixture(scope="module")
def rules() -> WatchRules:
    return make_rules()


def make_rules() -> WatchRules:
    return WatchRules(shipped_rulebook(), readable=str)


def made_ticket(**changes: object) -> MadeTicket:
    due = {
        "remote_response": "2026-11-16T12:00:00-05:00",
        "onsite_response": "2026-11-16T18:00:00-05:00",
        "resolution": "2026-11-21T10:00:00-05:00",
        "due_date": "2026-11-21T10:00:00-05:00",
    }
    values: dict[str, object] = {
        "ticket_id": 70001,
        "request_key": "k1",
        "received_at": OPENED,
        "result": {"priority": "Normal", "emergency": False, "due": due},
        "answered": FIVE_DAYS,
        "priority_id": MEDIUM.id,
        **changes,
    }
    return MadeTicket(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ticket", "due", "emergency"),
    [
        ({}, FIVE_DAYS, False),
        ({"priority": HIGH}, ONSITE, False),
        ({"priority": CRITICAL}, EMERGENCY, True),
        ({"title": "911: server"}, EMERGENCY, True),
        ({"title": "Non-urgent: mouse"}, FIVE_DAYS, False),
        ({"priority": Named(1, "VIP")}, FIVE_DAYS, False),
        # when was it received?
        ({"opened_at": None}, FIVE_DAYS, False),
        ({"opened_at": OPENED - HOUR, "priority": CRITICAL}, EMERGENCY - HOUR, True),
        ({"opened_at": NOW + HOUR, "priority": CRITICAL}, NOW + timedelta(minutes=75), True),
        (
            {"opened_at": None, "created_at": None, "priority": CRITICAL},
            NOW + timedelta(minutes=75),
            True,
        ),
        # changed before the first look
        (
            {"priority": CRITICAL, "priority_changed_at": OPENED + HOUR},
            EMERGENCY + HOUR,
            True,
        ),
        ({"title": "URGENT", "priority_changed_at": OPENED + HOUR}, FIVE_DAYS, False),
        (
            {"title": "URGENT", "priority": CRITICAL, "priority_changed_at": OPENED + HOUR},
            EMERGENCY,
            True,
        ),
        ({"title": "URGENT", "priority_changed_at": OPENED + BIRTH}, EMERGENCY, True),
        ({"title": "URGENT", "priority_changed_at": None}, EMERGENCY, True),
        # a desired date
        ({"details": "Desired resolution: Friday 3pm"}, FRIDAY, False),
        ({"details": "Desired resolution: Friday 3pm (2026-11-20T15:00:00-05:00)"}, FRIDAY, False),
        ({"details": "Desired resolution: Friday (2026-11-20)"}, FRIDAY + 3 * HOUR, False),
        ({"details": "Desired resolution: yesterday"}, FIVE_DAYS, False),
    ],
    ids=str,
)  # fmt: skip
def test_a_ticket_as_first_seen(
    rules: WatchRules, ticket: dict[str, object], due: datetime, emergency: bool
) -> None:
    known = first_seen(an_open_ticket(**ticket), None, rules, NOW)
    assert (known.due.due_date, known.emergency) == (due, emergency)


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ({}, {}, FIVE_DAYS),
        ({}, {"title": "URGENT"}, FIVE_DAYS),
        ({}, {"opened_at": OPENED + HOUR}, FIVE_DAYS),
        ({}, {"priority": HIGH}, ONSITE),
        ({}, {"priority": CRITICAL, "priority_changed_at": OPENED + HOUR}, EMERGENCY + HOUR),
        ({}, {"priority": CRITICAL, "priority_changed_at": None}, EMERGENCY + 2 * HOUR),
        # an impossible moment of change counts as none
        ({}, {"priority": CRITICAL, "priority_changed_at": OPENED - HOUR}, EMERGENCY + 2 * HOUR),
        ({}, {"priority": CRITICAL, "priority_changed_at": NOW + HOUR}, EMERGENCY + 2 * HOUR),
        ({"priority": CRITICAL}, {"priority": HIGH, "priority_changed_at": OPENED + HOUR}, ONSITE),
        ({"title": "URGENT"}, {"title": "URGENT", "priority": HIGH}, ONSITE),
        # in the class already: from receipt, as before
        (
            {"title": "URGENT"},
            {"title": "URGENT", "priority": CRITICAL, "priority_changed_at": OPENED + HOUR},
            EMERGENCY,
        ),
        (
            {},
            {"details": "Desired resolution: Friday 3pm"},
            FRIDAY,
        ),
        ({}, {"details": "Desired resolution: soon"}, FIVE_DAYS),
        ({}, {"details": "another text"}, FIVE_DAYS),
        ({}, {"details": None}, FIVE_DAYS),
        # the line is gone: what was asked for stands
        (
            {"details": "Desired resolution: Friday 3pm"},
            {"details": ""},
            FRIDAY,
        ),
    ],
    ids=str,
)
def test_a_ticket_that_changed(
    rules: WatchRules, before: dict[str, object], after: dict[str, object], due: datetime
) -> None:
    known = first_seen(an_open_ticket(**before), None, rules, OPENED + timedelta(minutes=1))
    assert followed(known, an_open_ticket(**after), rules, NOW).due.due_date == due


def test_relative_words_of_a_new_desired_date_count_from_when_they_are_seen(
    rules: WatchRules,
) -> None:
    known = first_seen(an_open_ticket(), None, rules, OPENED)
    later = OPENED + timedelta(days=2)
    changed = an_open_ticket(details="Desired resolution: tomorrow 3pm")
    assert followed(known, changed, rules, later).due.due_date == datetime(
        2026, 11, 19, 20, tzinfo=UTC
    )


def test_a_found_date_is_noted_as_such(rules: WatchRules) -> None:
    ticket = an_open_ticket(due_at=NOW)
    assert first_seen(ticket, None, rules, NOW).found is Found.KEPT
    replacing = replace(rules, replaces_existing=True)
    assert first_seen(ticket, None, replacing, NOW).found is Found.REPLACED


def test_a_ticket_of_ours_has_the_dates_it_was_created_with(rules: WatchRules) -> None:
    known = first_seen(an_open_ticket(due_at=FIVE_DAYS), made_ticket(), rules, NOW)
    assert (known.due.due_date, known.answered, known.found) == (
        FIVE_DAYS,
        FIVE_DAYS,
        Found.NOTHING,
    )
    assert followed(known, an_open_ticket(), rules, NOW) == known


@pytest.mark.parametrize("priority_id", [MEDIUM.id, None])
def test_a_ticket_of_ours_whose_priority_was_changed_before_the_first_look_follows_it(
    rules: WatchRules, priority_id: int | None
) -> None:
    raised = an_open_ticket(priority=CRITICAL, priority_changed_at=OPENED + HOUR)
    known = first_seen(raised, made_ticket(priority_id=priority_id), rules, NOW)
    assert followed(known, raised, rules, NOW).due.due_date == EMERGENCY + HOUR


def test_a_priority_that_no_guide_word_stands_for_is_unmapped(rules: WatchRules) -> None:
    assert is_unmapped(an_open_ticket(priority=Named(1, "VIP")), rules)
    assert not is_unmapped(an_open_ticket(), rules)


RULES = make_rules()
priorities = st.sampled_from([MEDIUM, HIGH, CRITICAL, Named(40481, "Low"), Named(1, "VIP")])
tickets = st.builds(
    an_open_ticket,
    title=st.sampled_from(["Printer", "URGENT: printer"]),
    priority=priorities,
    priority_changed_at=st.none()
    | st.integers(-600, 2880).map(lambda minutes: OPENED + timedelta(minutes=minutes)),
    details=st.sampled_from(["", "Desired resolution: Friday 3pm", "Desired resolution: soon"]),
)


@given(st.lists(tickets, min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_looking_again_at_the_same_ticket_changes_nothing(history: list[object]) -> None:
    known = first_seen(history[0], None, RULES, NOW)  # type: ignore[arg-type]
    for ticket in history:
        known = followed(known, ticket, RULES, NOW)  # type: ignore[arg-type]
        again = followed(known, ticket, RULES, NOW + HOUR)  # type: ignore[arg-type]
        assert again == known
        recomputed = followed(known, ticket, RULES, NOW, recompute=True)  # type: ignore[arg-type]
        assert recomputed.due.due_date == known.due.due_date


def test_a_desired_date_read_later_than_the_ticket_counts_from_its_receipt(
    rules: WatchRules,
) -> None:
    known = first_seen(an_open_ticket(details=None), None, rules, NOW)
    whole = an_open_ticket(details="Desired resolution: tomorrow 3pm")
    known = followed(known, whole, rules, NOW + timedelta(days=2))
    assert known.due.due_date == datetime(2026, 11, 17, 20, tzinfo=UTC)
    assert known.reason.endswith("desired “tomorrow 3pm”")
