"""BMS: what can be read of it, and what can be created in it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from connector.domain.plan import TicketDraft
from connector.domain.request import Attachment
from connector.domain.tenant import (
    Contact,
    ContactDraft,
    ContactEntry,
    Lookup,
    Named,
    NameOrId,
    Template,
    TicketRef,
)
from connector.ports.watch import OpenTicket


class Directory(Protocol):
    """The reading half of BMS: names, contacts, templates. Never creates anything.

    Every method may raise `RetryLater` or `FatalError`; look-ups by name raise
    `NameUnresolved` with the nearest names when there is no such thing, or several.
    """

    def resolve(self, kind: Lookup, name: NameOrId, *, parent: int | None = None) -> Named:
        """Return id and name of an active thing; `parent` is a sub-issue type's issue type."""
        ...

    def contacts(self, address: str) -> Sequence[Contact]:
        """Return active contacts at active accounts whose address is exactly this one."""
        ...

    def main_location(self, account_id: int) -> int:
        """Return the id of the account's main location."""
        ...

    def template(self, name: NameOrId) -> Template:
        """Return a ticket template."""
        ...

    def default_of(self, kind: Lookup) -> Named | None:
        """Return what BMS itself calls the default of a kind, else the first that it lists."""
        ...

    def custom_fields(self) -> Mapping[str, int]:
        """Return the ids of active ticket custom fields by name."""
        ...

    def attachment_limit(self) -> int:
        """Return the tenant's limit for one attachment, in bytes."""
        ...


class TicketGateway(Directory, Protocol):
    """BMS, whole. Creating calls raise `OutcomeUnknown` when nobody knows if they took effect,
    and `RequestRejected` with BMS's own words when they certainly did not.
    """

    def for_emergency(self, *, emergency: bool) -> AbstractContextManager[None]:
        """Let the calls made within draw on the part of the budget kept for emergencies, or not."""
        ...

    def create_ticket(self, draft: TicketDraft) -> TicketRef:
        """Create a ticket, due dates and custom fields included, in one call."""
        ...

    def planned_ticket(self, draft: TicketDraft) -> Mapping[str, object]:
        """Return the body that `create_ticket` would send, in the contract's words."""
        ...

    def find_ticket(
        self, reference: str, *, created_from: datetime, created_to: datetime
    ) -> TicketRef | None:
        """Search all tickets created in that time for the one that bears `reference`."""
        ...

    def contacts_everywhere(self, address: str) -> Sequence[ContactEntry]:
        """Return all contacts with exactly this address, asked of BMS this moment.

        At every account, active or not.
        """
        ...

    def points_of_contact(self, account_id: int) -> Sequence[Contact]:
        """Return the active points of contact of an active account, asked of BMS this moment.

        None of it comes from a cache but the account's own name.
        """
        ...

    def contacts_with_ids(self, ids: Collection[int]) -> Sequence[ContactEntry]:
        """Return those of these contacts that BMS has, active or not, asked of it this moment."""
        ...

    def portal_contacts(self, account_id: int | None) -> Sequence[ContactEntry]:
        """Return all contacts that have client portal access, active or not; None: everywhere."""
        ...

    def create_contact(self, draft: ContactDraft) -> int:
        """Create a contact; return its id."""
        ...

    def attach(self, ticket_id: int, attachment: Attachment) -> int:
        """Upload a file to a ticket; return its id."""
        ...

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
        ...

    def add_internal_note(self, ticket_id: int, text: str, *, reference: str, at: datetime) -> int:
        """Add a note that clients do not see, ending with its own `Ref:`; return its id."""
        ...

    def add_client_note(
        self, ticket_id: int, text: str, *, reference: str, at: datetime, status: Named | None
    ) -> int:
        """Add a client's answer, ending with its own `Ref:`, and give the ticket a status.

        Return the note's id.
        """
        ...

    def ticket(self, ticket_id: int) -> OpenTicket | None:
        """Return one ticket, or None when BMS has it no more."""
        ...

    def ticket_numbered(self, number: str) -> OpenTicket | None:
        """Return the ticket of exactly this number, if there is one, as a search shows it."""
        ...

    def set_priority(self, ticket_id: int, priority: Named) -> OpenTicket | None:
        """Write the priority and nothing else; return the ticket as BMS answers it.

        None when BMS says yes and does not take the priority.
        """
        ...

    def set_status(self, ticket_id: int, status: Named) -> OpenTicket | None:
        """Write the status and nothing else; return the ticket as BMS answers it.

        None when BMS says yes and does not take the status.
        """
        ...

    def find_note(self, ticket_id: int, reference: str) -> int | None:
        """Return the id of the ticket's note that bears `reference`, if any."""
        ...
