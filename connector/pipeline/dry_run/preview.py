"""A dry run: the very plan of a run, printed instead of carried out.

Reads sources, the ledger and BMS, and writes to none of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from connector.domain.request import HASH_HOLDS, Identity, Outcome, Waiting
from connector.errors import Action, ConnectorError, ExitCode, action_for, exit_code_for
from connector.pipeline.accounts.planned import planned_access
from connector.pipeline.deciding.course import Course, NewTicket, SetAside
from connector.pipeline.delivering.attempt import read_and_plan
from connector.pipeline.delivering.deliver_all import FAILURES_IN_A_ROW, is_fault_of_service
from connector.pipeline.delivering.retrying import ends_run, internal_error
from connector.pipeline.dry_run.planned_calls import planned_calls
from connector.pipeline.dry_run.planned_threads import PlannedThreads
from connector.pipeline.identifying import identify_item
from connector.pipeline.intake import (
    may_read_now,
    strangers,
    too_large,
    withheld,
)
from connector.pipeline.post.planned_letters import letters_of, letters_waiting
from connector.pipeline.renumbered import Renumbered
from connector.pipeline.report import RequestReport, RunReport, worst
from connector.pipeline.result import result_of
from connector.pipeline.run import carried_over
from connector.pipeline.services import Services
from connector.pipeline.steps import ACCOUNTS, DELIVER, INTAKE, NOTIFY, SLA, STEPS
from connector.pipeline.writeback.step import write_back
from connector.ports import Arrival, ItemUnreadable, ItemVanished, RequestRecord

log = structlog.get_logger()


class Preview:
    """One dry run. Identities met in it stand beside those of the ledger."""

    def __init__(self, services: Services) -> None:
        """Begin with nothing met."""
        self._services = services
        self._report = RunReport(run=services.run, dry_run=True)
        self._met: dict[Identity, tuple[str, datetime]] = {}
        self._codes: list[ExitCode] = []
        self._steps: Sequence[str] = STEPS
        self._stopped = False
        self._failed_in_a_row = 0
        self._threads = PlannedThreads(services)

    def run(self, steps: Sequence[str] = STEPS) -> RunReport:
        """Plan everything a run would do, and return its report."""
        self._steps = steps
        unidentified = self._services.ledger.unidentified(self._services.of_sources)
        for record in carried_over(self._services):
            self._report.carried += 1
            self._carry(record, is_identified=record.key not in unidentified)
        if INTAKE in steps:
            lost: set[str] = set()
            for arrival, renumbered in self._new_arrivals():
                if arrival.source in lost:
                    continue
                try:
                    self._take_in(arrival, renumbered)
                except ConnectorError as error:  # the connection to its source broke
                    lost.add(arrival.source)
                    self._fail(error)
        if ACCOUNTS in steps and not self._is_over():
            self._preview_access()
        if NOTIFY in steps:
            self._report.planned_letters += letters_waiting(self._services)
        if SLA in steps and not self._is_over():
            self._preview_write_back()
        self._report.api_calls = self._services.api_calls()
        self._report.problems += self._services.drift.reports
        if self._report.leftovers:
            self._codes.append(ExitCode.PARTLY)
        self._report.exit_code = worst(self._codes)
        return self._report

    # --- what a run would find ---------------------------------------------------------------

    def _carry(self, record: RequestRecord, *, is_identified: bool) -> None:
        is_due = record.next_attempt_at is None or record.next_attempt_at <= self._services.clock()
        if not is_identified and INTAKE in self._steps:
            self._identify(record, self._services.ledger.raw(record.key))
        elif is_identified and is_due:
            self._deliver(record, self._services.ledger.raw(record.key))
        else:
            self._tell(record)

    def _new_arrivals(self) -> Iterator[tuple[Arrival, Renumbered]]:
        for source in self._services.sources:
            try:
                listing = source.list()
            except ConnectorError as error:
                self._fail(error)
                continue
            self._report.notices += strangers(source, listing)
            self._report.leftovers += withheld(source, listing)
            renumbered = Renumbered(self._services, source, listing)
            for arrival in listing.items:
                known = self._services.ledger.waiting_item(source.name, arrival.locator)
                if known is None or may_read_now(self._services, known, arrival):
                    yield arrival, renumbered
            self._report.notices += renumbered.notices()

    def _take_in(self, arrival: Arrival, renumbered: Renumbered) -> None:
        record = self._new_record(arrival)
        if refusal := too_large(self._services, arrival):
            if not renumbered.finds(arrival, None):
                self._report.received += 1
                self._park(record, refusal)
            return
        try:
            raw = arrival.read()
        except ItemVanished:
            return
        except ItemUnreadable as error:
            self._report.problems.append(f"source {arrival.source}: {error}")
            self._report.leftovers.append(arrival.locator)
            return
        if renumbered.finds(arrival, raw):
            return
        self._report.received += 1
        self._identify(record, raw)

    def _new_record(self, arrival: Arrival) -> RequestRecord:
        now = self._services.clock()
        return RequestRecord(
            key=self._services.new_key(),
            source=arrival.source,
            locator=arrival.locator,
            kind=arrival.kind,
            form=arrival.form,
            state=Outcome.PENDING,
            received_at=min(arrival.received_at, now),
            recorded_at=now,
        )

    def _identify(self, record: RequestRecord, raw: bytes) -> None:
        try:
            identified = identify_item(self._services, record, raw)
        except ConnectorError as error:
            self._park(record, error)
            return
        except Exception as error:
            self._park_by_bug(record, error)
            return
        record = replace(record, subject=identified.subject, sender=identified.sender)
        other = self._holder(identified.identity, record)
        if other:
            self._tell(replace(record, state=Outcome.DUPLICATE, duplicate_of=other))
        else:
            self._deliver(record, raw)

    def _holder(self, identity: Identity, record: RequestRecord) -> str | None:
        other = self._services.ledger.holder_of(identity, record.received_at)
        if other:
            return other
        key, received_at = self._met.get(identity, (None, record.received_at))
        if identity.expires and abs(record.received_at - received_at) >= HASH_HOLDS:
            key = None
        if key is None:
            self._met[identity] = (record.key, record.received_at)
        return key

    # --- what a run would do -----------------------------------------------------------------

    def _deliver(self, record: RequestRecord, raw: bytes) -> None:
        if self._is_over() or DELIVER not in self._steps:
            self._tell(record)
            return
        try:
            planned = self._planned(record, raw)
        except ConnectorError as error:
            self._after_error(record, error)
        except Exception as error:
            self._park_by_bug(record, error)
        else:
            self._failed_in_a_row = 0
            self._tell(planned)

    def _is_over(self) -> bool:
        return self._stopped or self._services.should_stop()

    def _planned(self, record: RequestRecord, raw: bytes) -> RequestRecord:
        services = self._services
        course = read_and_plan(services, record, raw, self._threads)
        self._threads.plan(course)
        with services.gateway.for_emergency(emergency=course.emergency):
            self._report.planned_calls += planned_calls(services, course)
        self._report.planned_letters += letters_of(services, record, course)
        is_decided = record.ticket_id is not None
        result = record.result if is_decided else result_of(course, services.rulebook.zone)
        return _ended(replace(record, result=result), course)

    def _after_error(self, record: RequestRecord, error: ConnectorError) -> None:
        if action_for(error) is Action.PARK:
            self._failed_in_a_row = 0
            self._park(record, error)
            return
        self._fail(error)
        self._failed_in_a_row = self._failed_in_a_row + 1 if is_fault_of_service(error) else 0
        self._stopped = ends_run(error) or self._failed_in_a_row >= FAILURES_IN_A_ROW
        self._tell(replace(record, reason=error.message, waiting=None))

    def _park(self, record: RequestRecord, error: ConnectorError) -> None:
        parked = replace(record, state=Outcome.PARKED, reason=error.message, remedy=error.remedy)
        self._tell(parked)

    def _park_by_bug(self, record: RequestRecord, error: Exception) -> None:
        log.error("internal error", request=record.key, exc_info=error)
        self._park(record, internal_error(error))

    def _fail(self, error: ConnectorError) -> None:
        self._codes.append(exit_code_for(error))
        if str(error) not in self._report.problems:
            self._report.problems.append(str(error))

    def _tell(self, record: RequestRecord) -> None:
        if record.state is Outcome.PARKED:
            self._codes.append(ExitCode.PARTLY)
        if record.state is Outcome.PENDING and record.waiting is Waiting.ERROR:
            self._codes.append(ExitCode.UNREACHABLE)
        self._report.requests.append(RequestReport.of(record, self._services.rulebook.zone))

    def _preview_write_back(self) -> None:
        sla = write_back(self._services, dry_run=True)
        self._report.sla, self._report.zone = sla, self._services.rulebook.zone
        self._report.planned_calls += sla.planned_calls
        self._report.notices += sla.notices
        for error in sla.errors:
            self._fail(error)

    def _preview_access(self) -> None:
        planned = planned_access(self._services)
        self._report.planned_calls += planned.calls
        self._report.planned_letters += planned.letters
        for error in planned.errors:
            self._fail(error)


def _ended(record: RequestRecord, course: Course) -> RequestRecord:
    """Return a request as a run would leave it."""
    if isinstance(course, SetAside):
        return replace(record, state=course.outcome, reason=course.reason, remedy=course.remedy)
    if isinstance(course, NewTicket):
        return replace(record, state=Outcome.CREATED)
    known = course.ticket_ref if course.ticket.id > 0 else None
    return replace(
        record,
        state=Outcome.APPENDED,
        ticket_id=known.id if known else None,
        ticket_number=known.number if known else None,
    )
