"""`sla`: due dates for a moment, and the calendar behind them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from connector.cli.common import DEFAULT_CONFIG, Invocation, echo_json, pass_invocation
from connector.domain.due_dates import Desired, DueDates, Priority
from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.sla.hours import OpenHours, WeekHours
    from connector.sla.policy import SlaPolicy

YEARS = range(1970, 2101)
"""Years for which holidays are known, and whose local times fit any time zone."""


@click.group("sla")
def command() -> None:
    """Due dates for a moment, and the calendar behind them."""


# --- sla explain -----------------------------------------------------------------------------


@command.command("explain")
@click.option("--received", required=True, metavar="ISO", help="When the request came in.")
@click.option(
    "--priority",
    type=click.Choice(list(Priority), case_sensitive=False),
    default=Priority.NORMAL,
    show_default=True,
)
@click.option("--emergency", is_flag=True, help="It is an emergency. Critical always is.")
@click.option("--desired", metavar="ISO", help="The desired resolution: a moment, or a date.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def explain(
    invocation: Invocation,
    *,
    received: str,
    priority: Priority,
    emergency: bool,
    desired: str | None,
    as_json: bool,
) -> None:
    """Reckon the due dates of a request, and show every step.

    ISO is ISO 8601, such as 2026-11-23T17:30; without an offset it is local time.
    """
    from connector.local_time import to_utc
    from connector.sla.targets import reckon

    moment, wanted = _read_received(received), _read_desired(desired)
    policy = _policy(invocation)
    due = reckon(
        policy,
        to_utc(moment, policy.zone),
        Priority(priority),
        emergency=emergency,
        desired=to_utc(wanted, policy.zone) if isinstance(wanted, datetime) else wanted,
    )
    if as_json:
        echo_json(_due_as_json(due, policy.zone))
        return
    for step in due.steps:
        click.echo(step)


def _due_as_json(due: DueDates, zone: ZoneInfo) -> dict[str, object]:
    def local(moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")

    return {
        "received": local(due.received),
        "class": due.sla_class.value,
        "window": due.window.value,
        "remote_response_due": local(due.remote_response),
        "onsite_response_due": local(due.onsite_response),
        "resolution_due": local(due.resolution),
        "due_date": local(due.due_date),
        "steps": list(due.steps),
    }


def _read_received(text: str) -> datetime:
    from connector.local_time import read_moment

    try:
        return _in_range(read_moment(text))
    except ValueError as error:
        raise ConfigError(f"--received: {error}") from None


def _read_desired(text: str | None) -> Desired | None:
    from connector.local_time import read_moment_or_date

    try:
        desired = None if text is None else read_moment_or_date(text)
        return _in_range(desired) if isinstance(desired, datetime) else desired
    except ValueError as error:
        raise ConfigError(f"--desired: {error}") from None


def _in_range(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"{moment.isoformat()} is not between {YEARS[0]} and {YEARS[-1]}")
    return moment


# --- sla calendar ----------------------------------------------------------------------------


@command.command("calendar")
@click.argument("year", type=click.IntRange(YEARS[0], YEARS[-1]), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def calendar(invocation: Invocation, *, year: int | None, as_json: bool) -> None:
    """Print hours and holidays of YEAR (default: the present one)."""
    policy = _policy(invocation)
    year = year or datetime.now(UTC).astimezone(policy.zone).year
    if as_json:
        echo_json(_calendar_as_json(policy, year))
    else:
        _print_calendar(policy, year)


def _calendar_as_json(policy: "SlaPolicy", year: int) -> dict[str, object]:
    return {
        "year": year,
        "timezone": policy.zone.key,
        "hours": {
            window: None if hours is None else {"days": list(hours.days)} | _open_close(hours)
            for window, hours in _hours(policy).items()
        },
        "holidays": [
            {"date": day.isoformat(), "name": name}
            for day, name in policy.calendar.holidays(year).items()
        ],
        "part_days": [
            {"date": part.date.isoformat(), "name": part.name} | _open_close(part)
            for part in policy.calendar.part_days(year)
        ],
    }


def _print_calendar(policy: "SlaPolicy", year: int) -> None:
    from connector.sla.wording import day_words, week_words

    click.echo(f"Hours ({policy.zone.key})")
    for window, hours in _hours(policy).items():
        text = "closed" if hours is None else week_words(hours)
        click.echo(f"  {window.replace('_', ' '):<16}{text}")
    holidays = policy.calendar.holidays(year)
    click.echo(f"Holidays {year}" if holidays else f"No holidays in {year}")
    for day, name in holidays.items():
        click.echo(f"  {day_words(day):<30}{name}")
    parts = policy.calendar.part_days(year)
    click.echo(f"Part days {year}" if parts else f"No part days in {year}")
    for part in parts:
        click.echo(f"  {day_words(part.date):<30}{part.name}, {part.hours_text}")


def _hours(policy: "SlaPolicy") -> "dict[str, WeekHours | None]":
    windows = policy.file.windows
    return {"business_hours": windows.business_hours, "weekend": windows.weekend}


def _open_close(hours: "OpenHours") -> dict[str, object]:
    from connector.sla.values import clock_text

    return {"open": clock_text(hours.open), "close": clock_text(hours.close)}


# --- the policy in force ---------------------------------------------------------------------


def _policy(invocation: Invocation) -> "SlaPolicy":
    """Return the SLA as configured; without any configuration, the sample's."""
    from connector.config.load import load_config
    from connector.mapping.load import load_mappings
    from connector.sla.policy import SlaPolicy

    if invocation.config_path is None and not DEFAULT_CONFIG.exists():
        return _sample_policy()
    config = load_config(invocation.config_file, require_secrets=False)
    return SlaPolicy(load_mappings(config.mappings).sla, config.zone)


def _sample_policy() -> "SlaPolicy":
    from connector.config.models import DEFAULT_TIMEZONE
    from connector.mapping.load import load_mappings
    from connector.samples import mappings_dir
    from connector.sla.policy import SlaPolicy

    click.echo(
        f"There is no {DEFAULT_CONFIG} here: using the sample sla.yaml in {DEFAULT_TIMEZONE}.",
        err=True,
    )
    return SlaPolicy(load_mappings(mappings_dir()).sla, ZoneInfo(DEFAULT_TIMEZONE))
