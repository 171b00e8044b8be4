"""A dry run: the very plan of a run, printed instead of carried out.

Reads sources, the ledger and BMS, and writes to none of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connector.domain import Identity, Outcome, Plan
from connector.errors import Action, ConnectorError, ExitCode, action_for, exit_code_for
from connector.pipeline.attempt import ENDS_RUN
from connector.pipeline.delivery import ATTACHMENT, INTERNAL_NOTE, TICKET
from connector.pipeline.intake import too_large
from connector.pipeline.planning import plan_request
from connector.pipeline.report import RequestReport, RunReport, result_of, worst
from connector.pipeline.run import DELIVER, INTAKE, SLA, STEPS, carried_over
from connector.pipeline.services import Services
from connector.pipeline.writeback.step import write_back
from connector.ports import Arrival, ItemUnreadable, ItemVanished, RequestRecord

Call = Mapping[str, object]


class Preview:
    """One dry run. Identities met in it stand beside those of the ledger."""

    def __init__(self, services: Services) -> None:
        """Begin with nothing met."""
        self._services = services
        self._report = RunReport(run=services.run, dry_run=True)
        self._met: dict[Identity, str] = {}
        self._codes: list[ExitCode] = []
        self._stopped = False

    def run(self, steps: Sequence[str] = STEPS) -> RunReport:
        """Plan everything a run would do, and return its report."""
        will_deliver = DELIVER in steps
        for record in carried_over(self._services):
            self._report.carried += 1
            self._carry(record, will_deliver=will_deliver)
        if INTAKE in steps:
            for arrival in self._new_arrivals():
                self._take_in(arrival, will_deliver=will_deliver)
        if SLA in steps and not self._stopped:
            self._preview_write_back()
        self._report.api_calls = self._services.api_calls()
        self._report.problems += self._services.drift.reports
        if self._report.leftovers:
            self._codes.append(ExitCode.PARTLY)
        self._report.exit_code = worst(self._codes)
        return self._report

    def _preview_write_back(self) -> None:
        sla = write_back(self._services, dry_run=True)
        self._report.sla, self._report.zone = sla, self._services.rulebook.zone
        self._report.planned_calls += sla.planned_calls
        self._report.notices += sla.notices
        for error in sla.errors:
            self._fail(error)

    def _carry(self, record: RequestRecord, *, will_deliver: bool) -> None:
        is_due = record.next_attempt_at is None or record.next_attempt_at <= self._services.clock()
        if will_deliver and is_due:
            self._plan(record, self._services.ledger.raw(record.key))
        else:
            self._tell(record)

    def _new_arrivals(self) -> Iterator[Arrival]:
        for source in self._services.sources:
            try:
                listing = source.list()
            except ConnectorError as error:
                self._fail(error)
                continue
            for arrival in listing.items:
                if not self._services.ledger.waiting_item(source.name, arrival.locator):
                    yield arrival

    def _take_in(self, arrival: Arrival, *, will_deliver: bool) -> None:
        now = self._services.clock()
        record = RequestRecord(
            key=self._services.new_key(),
            source=arrival.source,
            locator=arrival.locator,
            kind=arrival.kind,
            form=arrival.form,
            state=Outcome.PENDING,
            received_at=min(arrival.received_at, now),
            recorded_at=now,
        )
        try:
            if refusal := too_large(self._services, arrival):
                raise refusal
            raw = arrival.read()
            identified = self._services.reader.identify(record.kind, raw, record.form)
        except ItemVanished:
            return
        except ItemUnreadable as error:
            self._report.problems.append(f"source {arrival.source}: {error}")
            self._report.leftovers.append(arrival.locator)
            return
        except ConnectorError as error:
            self._report.received += 1
            self._park(record, error)
            return
        self._report.received += 1
        record = replace(record, subject=identified.subject, sender=identified.sender)
        other = self._holder(identified.identity, record)
        if other:
            self._tell(replace(record, state=Outcome.DUPLICATE, duplicate_of=other))
        elif will_deliver:
            self._plan(record, raw)
        else:
            self._tell(record)

    def _holder(self, identity: Identity, record: RequestRecord) -> str | None:
        other = self._services.ledger.holder_of(identity, record.received_at)
        other = other or self._met.get(identity)
        self._met.setdefault(identity, record.key)
        return other

    def _plan(self, record: RequestRecord, raw: bytes) -> None:
        services = self._services
        if self._stopped:
            self._tell(record)
            return
        try:
            request = services.reader.read(
                record.kind, raw, record.form, source=record.source, received_at=record.received_at
            )
            plan = plan_request(
                request, raw, record.key, services.rulebook, services.gateway, services.drift
            )
        except ConnectorError as error:
            if action_for(error) is Action.PARK:
                self._park(record, error)
                return
            self._fail(error)
            self._stopped = action_for(error) in ENDS_RUN
            self._tell(replace(record, reason=error.message))
            return
        self._report.planned_calls += self._calls(record, plan)
        result = result_of(plan, services.rulebook.zone)
        self._tell(replace(record, state=Outcome.CREATED, result=result))

    def _calls(self, record: RequestRecord, plan: Plan) -> list[Call]:
        intents = self._services.ledger.intents(record.key)
        done = {name for name, intent in intents.items() if intent.result_id is not None}
        calls: list[Call] = []
        if TICKET not in done:
            body = self._services.gateway.planned_ticket(plan.draft)
            calls.append(_call(plan, "POST /v2/servicedesk/tickets", body))
        for attachment in plan.attachments:
            if f"{ATTACHMENT} {attachment.name}" not in done:
                file = {"formFile": attachment.name, "bytes": attachment.size}
                calls.append(_call(plan, "POST /v2/system/attachments/{moduleId}/{objectId}", file))
        if plan.internal_note and INTERNAL_NOTE not in done:
            note = {"Details": plan.internal_note, "IsInternal": True}
            calls.append(_call(plan, "POST /v2/servicedesk/tickets/{ticketId}/notes", note))
        return calls

    def _park(self, record: RequestRecord, error: ConnectorError) -> None:
        self._codes.append(ExitCode.PARTLY)
        parked = replace(record, state=Outcome.PARKED, reason=error.message, remedy=error.remedy)
        self._tell(parked)

    def _fail(self, error: ConnectorError) -> None:
        self._codes.append(exit_code_for(error))
        self._report.problems.append(str(error))

    def _tell(self, record: RequestRecord) -> None:
        self._report.requests.append(RequestReport.of(record, self._services.rulebook.zone))


def _call(plan: Plan, call: str, body: Mapping[str, object]) -> Call:
    return {"request": plan.key, "call": call, "body": body}
