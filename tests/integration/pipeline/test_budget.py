"""The call budget and BMS's own wishes: runs end cleanly, and say what waits until when."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from support.desk import Desk
from support.endpoints import CREATE

from connector.cli.render import print_report
from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.pipeline.report import RunReport

SIGN_IN = "POST /v2/security/authenticate"


def drop(desk: Desk, count: int, subject: str = "Printer jam") -> None:
    for number in range(count):
        desk.drop_mail(subject, name=f"{subject[:6]}-{number:03}.eml")


def sync(desk: Desk) -> RunReport:
    report: RunReport = desk.sync("intake", "deliver")
    assert report.conserved
    return report


def waiting(report: RunReport) -> list[datetime | None]:
    return [each.waiting_until for each in report.requests if each.outcome is Outcome.PENDING]


# --- our own budget ----------------------------------------------------------------------------


def test_a_spent_budget_ends_a_run_with_what_is_left_and_until_when(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.bms = "calls_per_hour: 10"
    drop(desk, 12)
    report = sync(desk)
    free_at = desk.now + timedelta(minutes=61)
    assert (report.exit_code, report.counts["created"], report.counts["pending"]) == (0, 9, 3)
    assert waiting(report) == [free_at] * 3
    assert "3 requests wait for the call budget until 2026-11-16T11:01-05:00" in report.notices
    pending = [each for each in report.as_json()["requests"] if each["outcome"] == "pending"]
    assert {each["waiting_until"] for each in pending} == {"2026-11-16T11:01:00-05:00"}
    assert all(CREATE in each["reason"] for each in pending)
    print_report(report)
    assert capsys.readouterr().out.count("(until 16 Nov 11:01)") == 3


def test_while_the_budget_is_spent_a_run_costs_no_call_and_then_goes_on(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    drop(desk, 12)
    sync(desk)
    before = desk.sandbox.calls.copy()
    desk.pass_by(minutes=60)
    report = sync(desk)
    assert desk.sandbox.calls == before
    assert (report.exit_code, report.counts["pending"]) == (0, 3)
    desk.pass_by(minutes=1)
    assert sync(desk).counts["created"] == 3


def test_an_emergency_behind_all_others_has_the_last_tenth(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    drop(desk, 25)
    desk.pass_by(seconds=1)
    drop(desk, 1, "URGENT: smoke")
    report = sync(desk)
    assert (report.exit_code, report.counts["created"], report.counts["pending"]) == (0, 18, 8)
    assert any(ticket["Title"] == "URGENT: smoke" for ticket in desk.sandbox.tickets)
    desk.pass_by(minutes=5)
    drop(desk, 1, "911 in the office")
    assert sync(desk).counts["created"] == 1
    assert len(desk.sandbox.tickets) == 19


def test_a_template_that_makes_an_emergency_counts_as_one(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 20"
    drop(desk, 20)
    desk.pass_by(seconds=1)
    drop(desk, 1, "The internet is down")
    assert sync(desk).counts["created"] == 19
    assert desk.sandbox.tickets[-1]["PriorityName"] == "Critical"


def test_once_the_reserve_is_used_up_too_even_emergencies_wait(desk: Desk) -> None:
    desk.bms = "calls_per_hour: 10"
    drop(desk, 3, "URGENT: smoke")
    drop(desk, 9, "911 in the office")
    report = sync(desk)
    assert (report.exit_code, report.counts["created"], report.counts["pending"]) == (0, 10, 2)
    assert waiting(report) == [desk.now + timedelta(minutes=61)] * 2
    assert any(each.reason.startswith("not reached: ") for each in report.requests)


# --- what BMS wants ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "HTTP date"])
def test_a_pause_that_bms_wants_is_kept_for_every_request(
    desk: Desk, status: int, as_date: bool
) -> None:
    until = desk.now + timedelta(minutes=10)
    wish = format_datetime(until, usegmt=True) if as_date else "600"
    desk.sandbox.faults.add("status", CREATE, status=status, retry_after=wish)
    drop(desk, 4)
    report = sync(desk)
    assert (report.exit_code, report.counts["pending"]) == (ExitCode.UNREACHABLE, 4)
    assert min(moment for moment in waiting(report) if moment) == until
    assert desk.sandbox.calls[CREATE] == 1

    desk.pass_by(minutes=9, seconds=59)
    assert sync(desk).exit_code is ExitCode.UNREACHABLE
    assert desk.sandbox.calls[CREATE] == 1

    desk.pass_by(minutes=3)
    assert sync(desk).exit_code is ExitCode.DONE
    assert len(desk.sandbox.tickets) == 4


@pytest.mark.parametrize("retry_after", ["60", None])
def test_a_storm_of_429_costs_few_calls_parks_nothing_and_passes(
    desk: Desk, retry_after: str | None
) -> None:
    desk.sandbox.faults.add("status", CREATE, status=429, retry_after=retry_after, times=None)
    drop(desk, 30)
    for _ in range(10):
        report = sync(desk)
        assert report.exit_code is ExitCode.UNREACHABLE
        assert (report.counts["pending"], report.counts["parked"]) == (30, 0)
        desk.pass_by(minutes=1)
    assert desk.sandbox.calls[CREATE] <= (10 if retry_after else 30)
    desk.sandbox.faults.clear()
    for _ in range(8):
        desk.pass_by(hours=1)
        sync(desk)
    assert len(desk.sandbox.tickets) == 30


# --- refused credentials -----------------------------------------------------------------------


def test_refused_credentials_are_tried_again_after_15_minutes_then_hourly(desk: Desk) -> None:
    refusal = desk.sandbox.faults.add("status", SIGN_IN, status=401, times=None)
    drop(desk, 2)
    asked = []
    for _ in range(40):
        report = sync(desk)
        assert (report.exit_code, report.counts["pending"]) == (ExitCode.REFUSED, 2)
        if refusal.struck > len(asked):
            asked.append(desk.now)
        desk.pass_by(minutes=5)
    waits = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(asked)]
    assert waits == [15, 60, 60, 60]


def test_changed_credentials_are_tried_at_once(desk: Desk) -> None:
    login = desk.sandbox.tenant.login
    desk.sandbox.faults.add("status", SIGN_IN, status=401)
    drop(desk, 2)
    assert sync(desk).exit_code is ExitCode.REFUSED
    desk.sandbox.tenant.login = login._replace(password="changed")
    desk.password = "changed"
    report = sync(desk)
    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 2)
