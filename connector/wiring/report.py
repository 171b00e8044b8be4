"""Settings become a report: the ledger is counted, and BMS asked for the tickets of the period."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date

from connector.config.models import Config
from connector.errors import ConnectorError, ExitCode, exit_code_for
from connector.ledger.cache import SqlCache
from connector.ledger.store import SqlLedger, open_ledger
from connector.pipeline.rulebook import TicketStatuses
from connector.ports import Clock
from connector.reporting.figures import Figures, gather
from connector.reporting.period import Period, chosen_period
from connector.reporting.sla_figures import Judge, SlaFigures
from connector.wiring.clock import utc_now
from connector.wiring.parts import gateway_of
from connector.wiring.sla import reach_of

TICKETS_OF_A_PAGE = 100
SHARE_OF_BUDGET = 4
"""A report spends at most one part in so many of the hourly calls to BMS's search."""


NOT_ASKED = "bms.password refers to a secret that is not there, so that BMS was not asked"


@dataclass(frozen=True, slots=True)
class MadeReport:
    """The figures of a report, and the error that kept the SLA from being judged, if any."""

    figures: Figures
    error: ConnectorError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the command: a report without SLA is one of which a part failed."""
        if self.error is not None:
            return exit_code_for(self.error)
        return ExitCode.PARTLY if self.figures.sla.not_judged else ExitCode.DONE


def make_report(
    config: Config, first: date | None, last: date | None, *, clock: Clock = utc_now
) -> MadeReport:
    """Return the report over these local dates; a ledger that is not there counts as empty.

    Raises `ConfigError` for dates that make no period, and what opening the ledger raises. What
    goes wrong with BMS alone leaves the SLA out.
    """
    now = clock()
    period = chosen_period(first, last, now, config.zone)
    with open_ledger(config.state, create=False) as ledger:
        sla, error = _judged(config, ledger, period, clock)
        figures = gather(ledger, period, sla, now.astimezone(config.zone))
    return MadeReport(figures, error)


def _judged(
    config: Config, ledger: SqlLedger, period: Period, clock: Clock
) -> tuple[SlaFigures, ConnectorError | None]:
    if "${" in config.bms.password.get_secret_value():  # as `load_config` leaves it
        return SlaFigures(not_judged=NOT_ASKED), None
    with closing(gateway_of(config, SqlCache(ledger.database), ledger, clock)) as gateway:
        reach = reach_of(config)
        statuses = TicketStatuses(
            completed=config.statuses.completed, merged=config.statuses.merged
        )
        judge = Judge(
            search=gateway,
            ledger=ledger,
            statuses=statuses,
            leaves_out=lambda ticket: reach.out_of_scope(ticket) is not None,
            most=config.bms.calls_per_hour // SHARE_OF_BUDGET * TICKETS_OF_A_PAGE,
        )
        try:
            return judge.figures(period.span, clock()), None
        except ConnectorError as error:
            return SlaFigures(not_judged=error.message), error
