"""BMS as the pipeline sees it (`ports.TicketGateway`): domain words in, vendor calls out."""

from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

import structlog

from connector.bms.access import BmsAccess
from connector.bms.auth import SignIn
from connector.bms.client import BmsClient
from connector.bms.failures import NotFound
from connector.bms.references import bears_reference, custom_field_value, note_html
from connector.bms.ticket_models import (
    CreatedTicket,
    CustomFieldData,
    NoteBody,
    TicketBody,
    TicketRow,
)
from connector.bms.times import read_time, write_time
from connector.bms.transport import Transport
from connector.bms.watch import BmsWatch
from connector.domain.plan import TicketDraft
from connector.domain.request import Attachment
from connector.domain.tenant import (
    CONNECTOR_REFERENCE,
    ContactDraft,
    Lookup,
    Named,
    NameOrId,
    TicketRef,
)
from connector.errors import ConnectorError, LedgerClosed, NameUnresolved
from connector.ports import Cache, CallBudget, Clock
from connector.ports.stopping import Breakable

log = structlog.get_logger()

DEFAULT_NOTE_TYPE = "Task Notes"
DEFAULT_CLIENT_NOTE_TYPE = "Client Communication"

ZONE_SPAN = timedelta(hours=26)
"""The distance between the world's first and last time zone (UTC+14 to UTC-12)."""


class BmsGateway(BmsWatch):
    """The whole of BMS, for one run.

    `note_type` is the type of internal notes, `client_note_type` that of a client's answers.
    Creating calls are made once: what follows an `OutcomeUnknown` is the caller's decision.
    """

    def __init__(
        self,
        access: BmsAccess,
        *,
        cache: Cache,
        budget: CallBudget,
        clock: Clock,
        note_type: NameOrId = DEFAULT_NOTE_TYPE,
        client_note_type: NameOrId = DEFAULT_CLIENT_NOTE_TYPE,
        breakable: Breakable = nullcontext,
    ) -> None:
        """Call nothing yet."""
        self._note_type = note_type
        self._client_note_type = client_note_type
        self._transport = Transport(access, budget, clock, breakable)
        self._sign_in = SignIn(access, self._transport, cache, clock)
        super().__init__(access, BmsClient(self._transport, self._sign_in), cache, clock)

    @property
    def calls(self) -> Counter[str]:
        """Calls made so far by method and path template, failed and repeated ones included."""
        return self._transport.calls

    def close(self) -> None:
        """Close what connections are open."""
        self._transport.close()

    def for_emergency(self, *, emergency: bool) -> AbstractContextManager[None]:
        """Let the calls made within draw on the part of the budget kept for emergencies, or not."""
        return self._transport.for_emergency(emergency=emergency)

    # --- tickets -----------------------------------------------------------------------------

    def create_ticket(self, draft: TicketDraft) -> TicketRef:
        """Create a ticket, due date and custom fields included, in one call."""
        created, server_time = self._client.create_ticket(to_body(draft))
        ticket = self._to_ref(created)
        try:
            self._compare_clocks(ticket, server_time)
        except LedgerClosed:
            raise
        except ConnectorError as error:
            # The ticket stands, whatever we fail to remember about clocks.
            log.warning("the clock of BMS was not compared", reason=error.message)
        return ticket

    def planned_ticket(self, draft: TicketDraft) -> Mapping[str, object]:
        """Return the body that `create_ticket` would send, in the contract's words."""
        return to_body(draft).to_json()

    def find_ticket(
        self, reference: str, *, created_from: datetime, created_to: datetime
    ) -> TicketRef | None:
        """Search all tickets created in that time for the oldest that bears `reference`.

        None means that BMS answered every page and no ticket on them has it; anything less
        raises. The search goes on beyond `created_to`, since a server that takes it for a time
        of its own zone would leave out the newest tickets; nothing is created in the future.
        """
        fields = {name.casefold(): field_id for name, field_id in self.custom_fields().items()}
        field_id = fields.get(CONNECTOR_REFERENCE.casefold())
        rows = self._client.tickets_created(created_from, created_to + ZONE_SPAN)
        bearing = [row for row in rows if self._bears(row, reference, field_id)]
        return self._to_ref(min(bearing, key=lambda row: row.id)) if bearing else None

    def _bears(self, row: TicketRow, reference: str, field_id: int | None) -> bool:
        if field_id and custom_field_value(row.custom_fields, field_id) == reference:
            return True
        return bears_reference(row.details or self._details(row.id), reference)

    def _details(self, ticket_id: int) -> str | None:
        """Read the details of a ticket whose search row lacks them: every ticket has some."""
        try:
            return self._client.ticket(ticket_id).details
        except NotFound:
            return None

    def _to_ref(self, ticket: CreatedTicket) -> TicketRef:
        return TicketRef(
            id=ticket.id,
            number=ticket.ticket_number or "",
            created_on=read_time(ticket.created_on, self._access.time_zone),
            due_date=read_time(ticket.due_date, self._access.time_zone),
            priority_id=ticket.priority_id,
            contact_phone=(ticket.contact_phone or "").strip(),
        )

    # --- contacts ----------------------------------------------------------------------------

    def create_contact(self, draft: ContactDraft) -> int:
        """Create a contact; return its id."""
        return self._contacts.create(draft)

    # --- notes and attachments ---------------------------------------------------------------

    def attach(self, ticket_id: int, attachment: Attachment) -> int:
        """Upload a file to a ticket; return its id."""
        part = (attachment.name, attachment.content, attachment.content_type)
        return self._client.create_attachment(ticket_id, part)

    def find_attachment(
        self,
        ticket_id: int,
        name: str,
        *,
        since: datetime | None = None,
        besides: Collection[int] = (),
    ) -> int | None:
        """Return the id of the oldest file of this name on a ticket, if any.

        It was uploaded `since` then, and is none of the ids in `besides`.
        """
        found = [
            row.id
            for row in self._client.attachments(ticket_id)
            if row.original_file_name == name
            and row.id not in besides
            and not self._is_older(row.created_on, since)
        ]
        return min(found, default=None)

    def _is_older(self, created_on: str | None, since: datetime | None) -> bool:
        created = read_time(created_on, self._access.time_zone)
        return created is not None and since is not None and created < since

    def add_internal_note(self, ticket_id: int, text: str, *, reference: str, at: datetime) -> int:
        """Add a note that clients do not see, ending with its own `Ref:`; return its id."""
        body = NoteBody(
            details=note_html(text, reference),
            is_internal=True,
            type_id=self._usable_note_type(self._note_type).id,
            note_date=write_time(at),
        )
        return self._client.create_note(ticket_id, body)

    def add_client_note(
        self, ticket_id: int, text: str, *, reference: str, at: datetime, status: Named | None
    ) -> int:
        """Add a client's answer, ending with its own `Ref:`, and give the ticket a status.

        Return the note's id.
        """
        body = NoteBody(
            details=note_html(text, reference),
            is_internal=False,
            type_id=self._usable_note_type(self._client_note_type).id,
            status_id=_id(status),
            note_date=write_time(at),
        )
        return self._client.create_note(ticket_id, body)

    def _usable_note_type(self, name: NameOrId) -> Named:
        """Return the configured note type; a note of another type is better than none."""
        try:
            return self.resolve(Lookup.NOTE_TYPE, name)
        except NameUnresolved as error:
            log.warning("the configured note type cannot be used", reason=error.message)
            instead = self.default_of(Lookup.NOTE_TYPE)
            if instead is None:
                raise
            return instead

    def find_note(self, ticket_id: int, reference: str) -> int | None:
        """Return the id of the ticket's oldest note that bears `reference`, if any."""
        notes = self._client.notes(ticket_id)
        return min((n.id for n in notes if bears_reference(n.details, reference)), default=None)


def to_body(draft: TicketDraft) -> TicketBody:
    """Return the body that creates a ticket."""
    return TicketBody(
        title=draft.title,
        details=draft.text,
        account_id=draft.account.id,
        location_id=draft.location_id,
        contact_id=draft.contact_id,
        queue_id=_id(draft.queue),
        status_id=draft.status.id,
        priority_id=draft.priority.id,
        type_id=draft.ticket_type.id,
        issue_type_id=_id(draft.issue_type),
        sub_issue_type_id=_id(draft.sub_issue_type),
        assignee_id=draft.assignee_id,
        work_type_id=_id(draft.work_type),
        source_id=draft.source.id,
        open_date=write_time(draft.opened_at),
        due_date=write_time(draft.due_date),
        custom_fields_data=[
            CustomFieldData(custom_field_id=field_id, data=value)
            for field_id, value in draft.custom_fields.items()
        ]
        or None,
        use_default_contract=draft.use_default_contract,
    )


def _id(named: Named | None) -> int | None:
    return named.id if named else None
