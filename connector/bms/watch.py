"""Tickets whoever made them, for write-back (`ports.watch.TicketWatch`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from connector.bms.access import BmsAccess
from connector.bms.client import BmsClient
from connector.bms.directory import BmsDirectory
from connector.bms.failures import NotFound
from connector.bms.references import custom_field_values
from connector.bms.ticket_models import TicketAnswer, TicketFacts, TicketRow
from connector.bms.times import is_unset, read_time, write_time
from connector.domain.due_dates import SAME
from connector.domain.tenant import Lookup, Named, TicketRef
from connector.errors import RequestRejected, WriteBackStopped
from connector.ports import Cache, Clock
from connector.ports.statistics import Span
from connector.ports.watch import OpenTicket, Sighting

log = structlog.get_logger()

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far CreatedOn of a new ticket may lie from the HTTP `Date` (DESIGN section 10)."""

DUE_DATE_PATHS = ("dueDate", "/DueDate")
"""Both spellings of a JSON Patch path have been seen to work, each with other fields."""

PRIORITY_PATHS = ("priorityId", "/PriorityId")
STATUS_PATHS = ("statusId", "/StatusId")

ZONE = "zone of dates"
PATH = "path of DueDate"
KEPT = timedelta(days=90)


class BmsWatch(BmsDirectory):
    """Finds tickets, and writes single fields of them. Writing the same again does no harm."""

    def __init__(self, access: BmsAccess, client: BmsClient, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        super().__init__(client, cache, clock)
        self._access = access

    # --- reading -----------------------------------------------------------------------------

    def changed_tickets(self, since: datetime) -> Sighting:
        """Return every ticket that is not completed and had activity since then."""
        return self._sighted(self._client.watched_tickets(since, self._access.time_zone))

    def open_tickets(self) -> Sighting:
        """Return every ticket that is not completed."""
        return self._sighted(self._client.watched_tickets(None, self._access.time_zone))

    def tickets_due(
        self, *, due_from: datetime, due_until: datetime, opened_since: datetime
    ) -> Sequence[OpenTicket]:
        """Return open tickets with a DueDate in that time, and those opened since then."""
        find, zone = self._client.open_tickets_where, self._access.time_zone
        rows = [
            *find(zone, DueDateFrom=due_from, DueDateTo=due_until),
            *find(zone, OpenDateFrom=opened_since),
        ]
        return [self._open_ticket(row) for row in {row.id: row for row in rows}.values()]

    def tickets_opened(self, span: Span, *, most: int) -> Sequence[OpenTicket]:
        """Return the tickets opened in the span, of any status, without titles and details.

        Raises `RequestRejected` when there are more than `most`, and `RetryLater` when BMS does
        not show them all.
        """
        rows = self._client.tickets_opened(span, self._access.time_zone, most)
        tickets = [self._open_ticket(row) for row in rows]
        return [
            ticket
            for ticket in tickets
            if ticket.opened_at is not None and span.start <= ticket.opened_at < span.end
        ]

    def ticket(self, ticket_id: int) -> OpenTicket | None:
        """Return one ticket, or None when BMS has it no more."""
        try:
            return self._open_ticket(self._client.ticket(ticket_id))
        except NotFound:
            return None

    def ticket_numbered(self, number: str) -> OpenTicket | None:
        """Return the ticket of exactly this number, if there is one."""
        rows = self._client.tickets_numbered(number)
        found = next((row for row in rows if row.ticket_number == number), None)
        return None if found is None else self._open_ticket(found)

    def _sighted(self, found: tuple[Sequence[TicketRow], bool]) -> Sighting:
        rows, complete = found
        return Sighting([self._open_ticket(row) for row in rows], complete)

    def _open_ticket(self, ticket: TicketFacts) -> OpenTicket:
        zone = self._access.time_zone
        due = read_time(ticket.due_date, zone)
        readable = due is not None or not ticket.due_date or is_unset(ticket.due_date)
        fields = ticket.custom_fields if isinstance(ticket, TicketRow) else None
        return OpenTicket(
            id=ticket.id,
            number=ticket.ticket_number or "",
            title=ticket.title or "",
            status=self._known_as(Lookup.STATUS, ticket.status_id, ticket.status_name),
            priority=self._known_as(Lookup.PRIORITY, ticket.priority_id, ticket.priority_name),
            account=_named(ticket.account_id, ticket.account_name),
            queue=self._if_any(Lookup.QUEUE, ticket.queue_id, ticket.queue_name),
            issue_type=self._if_any(
                Lookup.ISSUE_TYPE, ticket.issue_type_id, ticket.issue_type_name
            ),
            details=ticket.details,
            opened_at=read_time(ticket.open_date, zone),
            created_at=read_time(ticket.created_on, zone),
            due_at=due,
            priority_changed_at=read_time(ticket.last_priority_update, zone),
            is_scheduled=bool(ticket.is_scheduled),
            is_recurring=bool(ticket.recurring or ticket.ticket_recurring_master_id),
            custom_fields=custom_field_values(fields),
            unreadable="" if readable else str(ticket.due_date),
            status_changed_at=read_time(ticket.last_status_update, zone),
            completed_at=read_time(ticket.completed_date, zone),
            reopened_at=read_time(ticket.re_opened_date, zone),
            first_response_at=read_time(ticket.first_response_actual_time, zone),
            contact_id=ticket.contact_id or None,
            contact_address=_contact_address(ticket),
            ccs=_ccs(ticket),
        )

    def _known_as(self, kind: Lookup, thing_id: int | None, name: str | None) -> Named:
        """Return a thing by its name, looked up where the answer has the id alone."""
        found = None if name else self._lookups.find(kind, thing_id)
        return found or Named(thing_id or 0, name or "")

    def _if_any(self, kind: Lookup, thing_id: int | None, name: str | None) -> Named | None:
        return self._known_as(kind, thing_id, name) if thing_id else None

    # --- writing -----------------------------------------------------------------------------

    def set_due_date(self, ticket_id: int, due: datetime) -> datetime:
        """Write the DueDate and nothing else; return what BMS answers, the same to the minute.

        Raises `WriteBackStopped` when BMS says yes to both spellings of the path and does not
        take the date, and `RequestRejected` when it says no to both.
        """
        refusal: RequestRejected | None = None
        answers: list[datetime | None] = []
        for path in self._paths():
            try:
                answer = self._client.patch_ticket(ticket_id, path, write_time(due))
            except NotFound:
                raise
            except RequestRejected as error:
                refusal = refusal or error
                continue
            answered = read_time(answer.due_date, self._access.time_zone)
            if answered is not None and abs(answered - due) < SAME:
                self._remember(path)
                return answered
            answers.append(answered)
        if answers:
            raise _not_taken(ticket_id, due, answers[-1])
        raise refusal or RequestRejected(f"there is no way to write to ticket {ticket_id}")

    def _paths(self) -> Sequence[str]:
        """Return the spellings, the one that worked last time first."""
        worked = self._cache.load(PATH, "worked", self._clock())
        return sorted(DUE_DATE_PATHS, key=lambda path: path != worked)

    def _remember(self, path: str) -> None:
        if self._cache.load(PATH, "worked", self._clock()) != path:
            self._cache.save(PATH, "worked", path, self._clock() + KEPT)

    def set_priority(self, ticket_id: int, priority: Named) -> OpenTicket | None:
        """Write the priority and nothing else; return the ticket as BMS answers it.

        None when BMS says yes to both spellings of the path and does not take the priority.
        Raises `RequestRejected` when it says no to both.
        """
        return self._set_id(ticket_id, PRIORITY_PATHS, priority.id, lambda it: it.priority_id)

    def set_status(self, ticket_id: int, status: Named) -> OpenTicket | None:
        """Write the status and nothing else; return the ticket as BMS answers it.

        None when BMS says yes to both spellings of the path and does not take the status.
        Raises `RequestRejected` when it says no to both.
        """
        return self._set_id(ticket_id, STATUS_PATHS, status.id, lambda it: it.status_id)

    def _set_id(
        self,
        ticket_id: int,
        paths: Sequence[str],
        value: int,
        shown: Callable[[TicketAnswer], int | None],
    ) -> OpenTicket | None:
        refusal: RequestRejected | None = None
        for path in paths:
            try:
                answer = self._client.patch_ticket(ticket_id, path, value)
            except NotFound:
                raise
            except RequestRejected as error:
                refusal = error
                continue
            refusal = None
            if shown(answer) == value:
                return self._open_ticket(answer)
        if refusal is not None:
            raise refusal
        return None

    def custom_values(self, ticket_id: int) -> Mapping[int, str]:
        """Return the values of a ticket's custom fields by custom field id."""
        try:
            rows = self._client.custom_values(ticket_id)
        except NotFound:
            return {}
        return {row.custom_field_id: row.data.strip() for row in rows if row.data}

    def set_custom_value(self, ticket_id: int, field_id: int, value: str) -> str:
        """Write one custom field of a ticket; return what BMS answers."""
        return (self._client.put_custom_value(ticket_id, field_id, value).value or "").strip()

    # --- the zone of BMS's dates -------------------------------------------------------------

    def wrong_time_zone(self) -> str | None:
        """Return in a sentence how CreatedOn of a new ticket disagreed with the clock, if it did.

        Known until a new ticket agrees, or `bms.time_zone` is changed.
        """
        kept = self._cache.load(ZONE, str(self._access.time_zone), self._clock())
        return kept if isinstance(kept, str) else None

    def _compare_clocks(self, ticket: TicketRef, server_time: datetime | None) -> None:
        """Keep in mind whether BMS's dates are in the zone that we read them in."""
        if ticket.created_on is None or server_time is None:
            return
        zone = str(self._access.time_zone)
        if abs(ticket.created_on - server_time) <= CLOCK_TOLERANCE:
            if self.wrong_time_zone():
                self._cache.drop(ZONE, zone)
            return
        created, now = (moment.isoformat() for moment in (ticket.created_on, server_time))
        sentence = (
            f"bms.time_zone ({zone}) is not the zone of BMS's dates: ticket {ticket.number}, "
            f"read so, was created at {created}, while BMS's clock said {now}"
        )
        self._cache.save(ZONE, zone, sentence, self._clock() + KEPT)
        log.warning(sentence)


def _contact_address(ticket: TicketFacts) -> str:
    shown = ticket.contact_email if isinstance(ticket, TicketAnswer) else None
    return (shown or "").strip().casefold()


def _ccs(ticket: TicketFacts) -> tuple[str, ...] | None:
    if not isinstance(ticket, TicketAnswer):
        return None
    addresses = ((cc.email_address or "").strip().casefold() for cc in ticket.ccs or ())
    return tuple(address for address in addresses if address)


def _named(thing_id: int | None, name: str | None) -> Named | None:
    return Named(thing_id, name or "") if thing_id else None


def _not_taken(ticket_id: int, due: datetime, answered: datetime | None) -> WriteBackStopped:
    shown = "none" if answered is None else answered.isoformat()
    off = None if answered is None else abs(answered - due)
    remedy = (
        "Check that the role of our API user may change the due date of tickets, and that no "
        "workflow of BMS resets it; then run `sync --only sla` again"
    )
    if off and off <= timedelta(hours=14) and off % timedelta(minutes=15) < SAME:
        remedy = "The difference is that of a time zone: check bms.time_zone"
    return WriteBackStopped(
        f"BMS answered well and did not take the due date {due.isoformat()} of the ticket with id "
        f"{ticket_id}: it shows {shown}; write-back stops",
        remedy,
    )
