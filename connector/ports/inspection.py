"""BMS as `check --live` looks at it: who we are there, what it lists, and how it behaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from connector.domain.plan import TicketDraft
from connector.domain.tenant import Lookup, NameOrId, TicketRef
from connector.ports.bms import Directory


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of one of the tenant's lists."""

    id: int
    name: str
    is_active: bool = True
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class FieldDefinition(Entry):
    """A custom field of tickets. What the numbers of `data_type` mean is not documented."""

    data_type: int | None = None
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ApiUser:
    """The user whom BMS takes us for, and what the clocks said when it was asked.

    `bms_time` is the present moment as BMS wrote it, read as every other date of BMS.
    `rights` counts the listings that it may see, `modifiable` those that it may change; which
    listing is which the vendor does not document.
    """

    name: str
    is_admin: bool
    rights: int
    modifiable: int
    time_zone: str | None
    bms_time: datetime | None
    server_time: datetime | None
    our_time: datetime


@dataclass(frozen=True, slots=True)
class PatchedTicket:
    """A ticket as BMS shows it after a change; moments in UTC."""

    due_date: datetime | None
    last_activity: datetime | None


class Inspection(Directory, Protocol):
    """The reading half of BMS, with what only `check --live` and `mappings pull` ask."""

    def forget_names(self) -> None:
        """Drop every name, contact and way to them that was kept: they are read anew."""
        ...

    def sign_in_anew(self) -> str:
        """Sign in although there may be a token; return how BMS took it (a media type)."""
        ...

    def user(self) -> ApiUser:
        """Return whom BMS takes us for."""
        ...

    def entries(self, kind: Lookup, *, parent: int | None = None) -> Sequence[Entry]:
        """Return everything of a kind that BMS lists, inactive ones too where it lists them."""
        ...

    def inactive_accounts(self) -> Sequence[Entry]:
        """Return the accounts that were deactivated."""
        ...

    def ways_tried(self, kind: Lookup) -> Mapping[str, int | None]:
        """Return the ways tried to a kind without a sure table, with how many names each showed.

        None stands for a way that BMS refused or does not have.
        """
        ...

    def template_faults(self, name: NameOrId) -> Sequence[str]:
        """Return what a ticket template names that BMS no longer has, or has deactivated."""
        ...

    def field_definitions(self) -> Sequence[FieldDefinition]:
        """Return the custom fields of tickets."""
        ...

    def recent_field_values(self) -> Mapping[int, Sequence[str]]:
        """Return values of custom fields on recent tickets, by field id."""
        ...


class ProbeTickets(Protocol):
    """What `check --live --probe-write` does with its one test ticket."""

    @property
    def due_date_paths(self) -> Sequence[str]:
        """The spellings of the path of DueDate that write-back tries, in this order."""
        ...

    def create_test_ticket(self, draft: TicketDraft) -> tuple[TicketRef, datetime | None]:
        """Create a ticket without a due date; return it and what the server's clock said."""
        ...

    def find_ticket(
        self, reference: str, *, created_from: datetime, created_to: datetime
    ) -> TicketRef | None:
        """Search all tickets created in that time for the one that bears `reference`."""
        ...

    def read_ticket(self, ticket_id: int) -> PatchedTicket | None:
        """Return a ticket as it is now; None when BMS no longer has it."""
        ...

    def patch_due_date(self, ticket_id: int, path: str, moment: datetime) -> PatchedTicket:
        """Change the due date by PATCH with this spelling of its path; return BMS's answer."""
        ...

    def set_custom_value(self, ticket_id: int, field_id: int, value: str) -> str:
        """Write one custom field of a ticket; return what BMS answers."""
        ...

    def custom_values(self, ticket_id: int) -> Mapping[int, str]:
        """Return the values of a ticket's custom fields by custom field id."""
        ...

    def delete_ticket(self, ticket_id: int) -> None:
        """Delete a ticket for good."""
        ...


class Tenant(Inspection, ProbeTickets, Protocol):
    """Everything that `check --live` may ask of BMS."""
