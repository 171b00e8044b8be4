"""What a run comes to: its report, what people hear of it, and its exit code."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.domain.request import Outcome, Waiting
from connector.errors import Action, ConnectorError, ExitCode, action_for, exit_code_for
from connector.pipeline.accounts.report import AccessReport
from connector.pipeline.delivering.deliver_all import Delivered
from connector.pipeline.intake import IntakeResult
from connector.pipeline.report import RequestReport, RunReport, budget_notices, worst
from connector.pipeline.services import Services
from connector.pipeline.verdict_share import verdict_notices
from connector.pipeline.writeback.report import SlaReport
from connector.ports import RequestRecord


@dataclass(frozen=True, slots=True)
class StepsDone:
    """What each step of a run came to. `carried` are the keys of what was pending before it."""

    carried: Sequence[str]
    taken: IntakeResult
    delivered: Delivered
    access: AccessReport
    sla: SlaReport | None

    @property
    def keys(self) -> list[str]:
        """The keys of all requests that the run has to account for."""
        return [*self.carried, *self.taken.keys]


def sum_up(services: Services, done: StepsDone) -> RunReport:
    """Return the report of a run, as the ledger knows its requests now."""
    records = [record for key in done.keys if (record := services.ledger.get(key))]
    requests = _requests(services, done, records)
    report = RunReport(
        run=services.run,
        received=len(done.taken.keys),
        carried=len(done.carried),
        requests=requests,
        api_calls=services.api_calls(),
        problems=[*_problems(services, done)],
        notices=[
            *done.taken.notices,
            *budget_notices(requests),
            *verdict_notices(services.ledger, records),
            *done.access.notices,
            *(done.sla.notices if done.sla else ()),
        ],
        sla=done.sla,
        access=done.access,
        zone=services.rulebook.zone,
        leftovers=[*done.taken.leftovers, *_not_once(done.keys, records)],
        ended_by=done.delivered.ended_by,
    )
    codes = [exit_code_for(error) for error in _errors(services, done)]
    report.service_failed = any(code in (ExitCode.REFUSED, ExitCode.UNREACHABLE) for code in codes)
    report.exit_code = worst([*codes, *_codes_of(services, done, records, report)])
    return report


def _requests(
    services: Services, done: StepsDone, records: Sequence[RequestRecord]
) -> list[RequestReport]:
    zone, ended_by = services.rulebook.zone, done.delivered.ended_by
    held_up = services.ledger.held_up(now=services.clock())
    return [
        RequestReport.of(record, zone, ended_by, held_up.get(record.key, "")) for record in records
    ]


def _problems(services: Services, done: StepsDone) -> Iterator[str]:
    yield from done.taken.problems
    yield from _told_once([*done.taken.errors, *done.delivered.errors, *done.access.errors])
    yield from done.access.problems
    yield from dict.fromkeys(map(str, done.sla.errors if done.sla else ()))
    yield from dict.fromkeys(services.post.problems if services.post else ())
    yield from services.drift.reports


def _told_once(errors: Sequence[ConnectorError]) -> list[str]:
    """Return what went wrong beyond single requests: a parked one is told in its own line."""
    return list(
        dict.fromkeys(str(error) for error in errors if action_for(error) is not Action.PARK)
    )


def _not_once(keys: Sequence[str], records: Sequence[RequestRecord]) -> list[str]:
    """Name the requests that this run counted and has not exactly once in its report."""
    reported = Counter(record.key for record in records)
    return [f"request {key}" for key in dict.fromkeys(keys) if reported[key] != 1]


def _errors(services: Services, done: StepsDone) -> Iterator[ConnectorError]:
    yield from done.taken.errors
    yield from done.delivered.errors
    yield from services.post.errors if services.post else ()
    yield from done.access.errors
    yield from done.sla.errors if done.sla else ()


def _codes_of(
    services: Services, done: StepsDone, records: Sequence[RequestRecord], report: RunReport
) -> Iterator[ExitCode]:
    """Yield the exit codes that no error stands for."""
    if any(record.waiting is Waiting.ERROR for record in records):
        yield ExitCode.UNREACHABLE
    if any(record.state is Outcome.PARKED for record in records):
        yield ExitCode.PARTLY
    if done.taken.problems or done.access.problems or (services.post and services.post.problems):
        yield ExitCode.PARTLY
    if not report.conserved:
        yield ExitCode.PARTLY
