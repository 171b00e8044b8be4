"""`--probe-write`: one marked test ticket is created, patched, read and deleted again.

It settles what the vendor leaves open: whether a PATCH of DueDate works and with which spelling
of its path, whether it moves the activity time, in which zone BMS writes its dates, and how it
takes dates in custom fields.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connector.domain.due_dates import SAME, Priority
from connector.domain.plan import TicketDraft
from connector.domain.request import RequestKind
from connector.domain.tenant import Lookup, TicketRef
from connector.errors import ConnectorError, OutcomeUnknown, RequestRejected
from connector.live.clocks import zone_finding
from connector.live.findings import Finding, error, failed, ok, warning
from connector.live.probe_fields import FieldProbe
from connector.loading import Setup
from connector.pipeline.deciding.fields import Resolver, plain_fields
from connector.pipeline.delivering.creating import SEARCH_BACK
from connector.ports import Clock
from connector.ports.inspection import Tenant

PROBE = "write probe"
TITLE = "TEST of the BMS connector: please ignore, it deletes this ticket itself"

DELETE_ATTEMPTS = 2

TICK = 1.1
"""Seconds after which an activity time that moved differs, even where BMS keeps whole seconds."""


@dataclass(frozen=True, slots=True)
class WriteProbe:
    """What the probe works with. `pause` waits so many seconds."""

    setup: Setup
    bms: Tenant
    clock: Clock
    pause: Callable[[float], None]
    fields: FieldProbe

    def findings(self) -> Iterator[Finding]:
        """Create the ticket, learn from it, and delete it whatever happens in between."""
        draft = self._draft()
        try:
            ticket, server_time, refused = self._create(draft)
        except OutcomeUnknown as reason:
            yield failed(PROBE, reason)
            yield from self._look_for(draft)
            return
        except KeyboardInterrupt:
            yield from self._look_for(draft)
            raise
        try:
            yield ok(PROBE, f"created ticket {ticket.number}", details={"ticket_id": ticket.id})
            yield from self._learn(ticket, server_time)
            yield from self.fields.findings(ticket.id, draft.custom_fields, refused)
        except ConnectorError as reason:
            yield failed(PROBE, reason)
        finally:
            # Also when whoever reads the findings stops reading: the ticket has to go.
            gone = self._delete(ticket)
        yield gone

    def _create(self, draft: TicketDraft) -> tuple[TicketRef, datetime | None, str]:
        """Create the ticket as a run does: a second time without custom fields if it must.

        Return it, what the server's clock said, and why BMS refused the custom fields.
        """
        try:
            return *self.bms.create_test_ticket(draft), ""
        except RequestRejected as reason:
            if not draft.custom_fields:
                raise
            refused = reason.message
        return *self.bms.create_test_ticket(replace(draft, custom_fields={})), refused

    def _draft(self) -> TicketDraft:
        """Return a ticket on the catch-all account without a contact, whom BMS might write to."""
        mappings, bms = self.setup.mappings, self.bms
        resolver = Resolver(bms)
        account = bms.resolve(Lookup.ACCOUNT, self.setup.config.catch_all.account)
        fields = plain_fields(
            resolver,
            defaults=mappings.templates.defaults,
            kind=RequestKind.EMAIL,
            emergency=False,
        )
        low = mappings.priorities.priorities.get(Priority.LOW)
        reference = f"check-{secrets.token_hex(6)}"
        return TicketDraft(
            reference=reference,
            title=TITLE,
            text=f"Made by `bms-connector check --live --probe-write`.<br>Ref: {reference}",
            opened_at=self.clock(),
            due_date=self.clock(),
            account=account,
            location_id=bms.main_location(account.id),
            status=fields.status,
            priority=resolver.must(Lookup.PRIORITY, [low]),
            ticket_type=fields.ticket_type,
            source=fields.source,
            queue=fields.queue,
            custom_fields=self.fields.values(reference),
        )

    # --- learning ----------------------------------------------------------------------------

    def _learn(self, ticket: TicketRef, server_time: datetime | None) -> Iterator[Finding]:
        if ticket.created_on is not None and server_time is not None:
            zone = self.setup.config.bms.time_zone
            yield zone_finding("the creation of a ticket", ticket.created_on, server_time, zone)
        before = self.bms.read_ticket(ticket.id)
        yield _native_due_date(before.due_date if before else None)
        yield from self._patch_both_ways(ticket)
        after = self.bms.read_ticket(ticket.id)
        if before and after and before.last_activity and after.last_activity:
            yield _activity(moved=after.last_activity > before.last_activity)

    def _patch_both_ways(self, ticket: TicketRef) -> Iterator[Finding]:
        self.pause(TICK)
        works: list[str] = []
        failures: list[str] = []
        for days, path in enumerate(self.bms.due_date_paths, start=30):
            wanted = (self.clock() + timedelta(days=days)).replace(second=0, microsecond=0)
            fault = self._patch(ticket.id, path, wanted)
            if fault is None:
                works.append(path)
            else:
                failures.append(f'"{path}": {fault}')
        said = f" ({'; '.join(failures)})" if failures else ""
        if works:
            paths = " and ".join(f'"{path}"' for path in works)
            yield ok(
                PROBE, f"a PATCH of the due date works with {paths}{said}", details={"paths": works}
            )
        else:
            yield error(
                PROBE,
                f"a PATCH of the due date does not work{said}",
                "give the role view and modify on Service Desk > Tickets, and look for a workflow "
                "that resets due dates: until it works, tickets born in BMS get no due date",
                details={"paths": []},
            )

    def _patch(self, ticket_id: int, path: str, wanted: datetime) -> str | None:
        """Return what went wrong; None when BMS answered the new date and keeps it."""
        try:
            answered = self.bms.patch_due_date(ticket_id, path, wanted).due_date
        except ConnectorError as reason:
            return reason.message
        kept = self.bms.read_ticket(ticket_id)
        for where, shown in (("answers", answered), ("keeps", kept.due_date if kept else None)):
            if shown is None or abs(shown - wanted) >= SAME:
                return f"BMS {where} {shown.isoformat() if shown else 'no date'}"
        return None

    # --- cleaning up -------------------------------------------------------------------------

    def _delete(self, ticket: TicketRef) -> Finding:
        """Delete the ticket and look whether it is gone; deleting twice does no harm."""
        fault = "BMS shows it after deleting it"
        for _ in range(DELETE_ATTEMPTS):
            try:
                self.bms.delete_ticket(ticket.id)
            except ConnectorError as reason:
                fault = reason.message
            if self._is_gone(ticket):
                return ok(PROBE, f"deleted ticket {ticket.number} again")
        name = f"test ticket {ticket.number} (id {ticket.id})"
        return error(PROBE, f"{name} is still there: {fault}", "delete it by hand")

    def _is_gone(self, ticket: TicketRef) -> bool:
        try:
            return self.bms.read_ticket(ticket.id) is None
        except ConnectorError:
            return False

    def _look_for(self, draft: TicketDraft) -> Iterator[Finding]:
        """Find and delete a ticket that BMS may have made without telling."""
        now = self.clock()
        try:
            ticket = self.bms.find_ticket(
                draft.reference, created_from=now - SEARCH_BACK, created_to=now
            )
        except ConnectorError as reason:
            yield failed(PROBE, reason)
            ticket = None
        if ticket is not None:
            yield self._delete(ticket)
            return
        yield error(
            PROBE,
            f"BMS may have a test ticket with `Ref: {draft.reference}` that its search does not "
            "show yet",
            f'look for "{TITLE}" at the catch-all account in a few minutes, and delete it by hand',
        )


def _native_due_date(due: datetime | None) -> Finding:
    if due is None:
        message = "BMS leaves DueDate empty on a new ticket"
        return ok(PROBE, message, details={"native_due_date": None})
    return warning(
        PROBE,
        f"BMS gives a new ticket a DueDate of its own ({due.isoformat()})",
        "`sla.existing_due_date: replace` lets write-back replace such dates once; by default "
        "they are left alone",
        details={"native_due_date": due.isoformat()},
    )


def _activity(*, moved: bool) -> Finding:
    if moved:
        message = "a PATCH moves the activity time"
        return ok(PROBE, message, details={"patch_moves_activity": True})
    return ok(
        PROBE,
        "a PATCH does not move the activity time: changes made by PATCH are found by the daily "
        "sweep (sla.full_sweep)",
        details={"patch_moves_activity": False},
    )
