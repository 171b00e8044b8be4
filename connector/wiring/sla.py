"""Write-back: settings become concrete objects here."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.config.models import Config
from connector.local_time import at_local, to_utc
from connector.pipeline.rulebook import Rulebook
from connector.pipeline.writeback.reach import Reach
from connector.pipeline.writeback.rules import WatchRules
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import TicketWatch, WatchLedger


def write_back_of(
    config: Config,
    rulebook: Rulebook,
    tickets: TicketWatch,
    ledger: WatchLedger,
    *,
    recompute: bool = False,
) -> WriteBack:
    """Return write-back with the settings of the sections `sla` and `statuses`."""
    return WriteBack(
        tickets=tickets,
        ledger=ledger,
        rules=WatchRules(
            rulebook, _readable, replaces_existing=config.sla.existing_due_date == "replace"
        ),
        reach=reach_of(config),
        full_sweep=timedelta(hours=config.sla.full_sweep),
        recompute=recompute,
    )


def reach_of(config: Config) -> Reach:
    """Return which tickets write-back looks at."""
    scope = config.sla.scope
    return Reach(
        completed=config.statuses.completed,
        merged=config.statuses.merged,
        since=_start_of(config.sla.since, config.zone),
        include_scheduled=scope.include_scheduled,
        include_recurring=scope.include_recurring,
        exclude_queues=scope.exclude_queues or (),
        exclude_issue_types=scope.exclude_issue_types or (),
        exclude_accounts=scope.exclude_accounts or (),
    )


def _start_of(since: datetime | date | None, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a setting means: a date is that day's start."""
    if since is None or isinstance(since, datetime):
        return None if since is None else to_utc(since, zone)
    return at_local(datetime.combine(since, time()), zone)


def _readable(html: str) -> str:
    """Return the text of a ticket's details."""
    if "<" not in html and "&" not in html:
        return html
    from connector.intake.mail.html_text import html_to_text
    from connector.intake.remarks import Remarks

    return html_to_text(html, Remarks()).text
