"""BMS as typed calls: one method per endpoint, no decisions."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from connector.bms import endpoints
from connector.bms.answers import Reply, read_first, read_nothing, read_one, read_rows
from connector.bms.asking import PAGE_SIZE, Asking
from connector.bms.endpoints import Endpoint
from connector.bms.models import (
    AccountAnswer,
    ContactAnswer,
    ContactBody,
    ContactRow,
    CustomFieldRow,
    LocationRow,
    NamedRow,
    Row,
    SettingsAnswer,
    TemplateAnswer,
    UserInfoAnswer,
)
from connector.bms.ticket_models import (
    AttachmentRow,
    CreatedTicket,
    CustomValueAnswer,
    CustomValueBody,
    CustomValueRow,
    NoteBody,
    NoteRow,
    TicketAnswer,
    TicketBody,
    TicketRow,
    TicketTimesRow,
)
from connector.bms.times import write_time
from connector.bms.transport import Call, Part
from connector.ports.statistics import Span

TICKETS_MODULE = 22
"""The module id of tickets for attachments and custom fields."""


class BmsClient(Asking):
    """The calls of the contract that we use.

    Every method raises what `failures.FAILURES` says, `BudgetSpent`, or `FatalError` when BMS
    does not let us in.
    """

    # --- names -------------------------------------------------------------------------------

    def lookup(self, endpoint: Endpoint, **path: str | int) -> Sequence[NamedRow]:
        """Return an unpaged look-up list."""
        return self._rows(Call(endpoint, path), NamedRow).rows

    def accounts(self, *, with_inactive: bool = False) -> Sequence[NamedRow]:
        """Return all accounts that BMS lists."""
        query = {"Filter.WithInactiveAccounts": "true"} if with_inactive else {}
        return self._every_page(Call(endpoints.ACCOUNTS, query=query), NamedRow)

    def account(self, account_id: int) -> AccountAnswer:
        """Return one account, active or not; raises `NotFound`."""
        return self._one(Call(endpoints.ACCOUNT, {"id": account_id}), AccountAnswer)

    def locations(self, account_id: int) -> Sequence[LocationRow]:
        """Return an account's locations."""
        call = Call(endpoints.ACCOUNT_LOCATIONS, {"accountId": account_id})
        return self._rows(call, LocationRow).rows

    def contacts(self, address: str) -> Sequence[ContactRow]:
        """Return what BMS finds for an address, which may be more than was asked for."""
        call = Call(endpoints.CONTACT_SEARCH, query={"Filter.EmailAddress": address})
        return self._every_page(call, ContactRow)

    def contacts_where(self, **filters: bool | Sequence[int]) -> Sequence[ContactRow]:
        """Return what BMS finds for these filters of its contact search, on all pages.

        A filter that BMS passes over shows more than was asked for.
        """
        query = {f"Filter.{name}": _in_query(value) for name, value in filters.items()}
        return self._every_page(Call(endpoints.CONTACT_SEARCH, query=query), ContactRow)

    def contact(self, contact_id: int) -> ContactAnswer:
        """Return one contact with all its addresses; raises `NotFound`."""
        return self._one(Call(endpoints.CONTACT, {"id": contact_id}), ContactAnswer)

    def some_contacts(self) -> Sequence[ContactAnswer]:
        """Return one page of contacts, whichever BMS shows first."""
        call = Call(endpoints.CONTACT_LIST, query={"PageSize": PAGE_SIZE, "PageNumber": 1})
        return self._rows(call, ContactAnswer).rows

    def create_contact(self, body: ContactBody) -> int:
        """Create a contact; return its id."""
        call = Call(endpoints.CREATE_CONTACT, json=body.to_json())
        return self._one(call, Row).id

    def custom_fields(self) -> Sequence[CustomFieldRow]:
        """Return the custom fields of tickets."""
        call = Call(endpoints.CUSTOM_FIELDS, {"moduleId": TICKETS_MODULE})
        return self._rows(call, CustomFieldRow).rows

    def template(self, template_id: int) -> TemplateAnswer:
        """Return a ticket template; raises `NotFound`."""
        return self._one(Call(endpoints.TEMPLATE, {"templateId": template_id}), TemplateAnswer)

    def user_info(self) -> tuple[UserInfoAnswer, Reply]:
        """Return the user whom BMS takes us for, and the whole answer, with its clocks."""
        call = Call(endpoints.USER_INFO)
        reply = self._ask(call)
        return read_one(reply, call.endpoint, UserInfoAnswer), reply

    def settings(self) -> SettingsAnswer:
        """Return the settings of the tenant."""
        return self._one(Call(endpoints.SYSTEM_SETTINGS), SettingsAnswer)

    # --- tickets -----------------------------------------------------------------------------

    def create_ticket(self, body: TicketBody) -> tuple[CreatedTicket, datetime | None]:
        """Create a ticket; return it and what the server's clock said."""
        call = Call(endpoints.CREATE_TICKET, json=body.to_json())
        reply = self._ask(call)
        return read_one(reply, call.endpoint, CreatedTicket), reply.server_time

    def ticket(self, ticket_id: int) -> TicketAnswer:
        """Return one ticket whole; raises `NotFound`."""
        return self._one(Call(endpoints.TICKET, {"ticketId": ticket_id}), TicketAnswer)

    def patch_ticket(self, ticket_id: int, path: str, value: str | int) -> TicketAnswer:
        """Replace one field of a ticket (JSON Patch, RFC 6902); return the ticket as answered.

        `path` is sent as given: both `DueDate` and `/dueDate` have been seen to work.
        """
        operation = {"op": "replace", "path": path, "value": value}
        call = Call(endpoints.PATCH_TICKET, {"ticketId": ticket_id}, json=[operation])
        return self._one(call, TicketAnswer)

    def delete_ticket(self, ticket_id: int) -> None:
        """Delete a ticket for good."""
        call = Call(endpoints.DELETE_TICKET, {"ticketId": ticket_id})
        read_nothing(self._ask(call), call.endpoint)

    def tickets_created(self, created_from: datetime, created_to: datetime) -> Sequence[TicketRow]:
        """Return every ticket created in that time, of any status and account.

        Raises `RetryLater` when the pages hold fewer tickets than BMS says there are: what is
        missing could be the one that is looked for.
        """
        query: dict[str, str | int] = {
            "Filter.CreatedOnFrom": write_time(created_from),
            "Filter.CreatedOnTo": write_time(created_to),
            "Filter.ExcludeCompleted": 0,
        }
        call = Call(endpoints.TICKET_SEARCH, query=query)
        return self._every_page(call, TicketRow)

    def tickets_active_since(self, moment: datetime) -> Sequence[TicketRow]:
        """Return one page of the tickets with activity since then, in no order."""
        query: dict[str, str | int] = {
            "Filter.LastActivityUpdateFrom": write_time(moment),
            "Filter.ExcludeCompleted": 0,
            "PageSize": PAGE_SIZE,
            "PageNumber": 1,
        }
        return self._rows(Call(endpoints.TICKET_SEARCH, query=query), TicketRow).rows

    def tickets_numbered(self, number: str) -> Sequence[TicketRow]:
        """Return what BMS finds for a ticket number, which may be more than was asked for."""
        query: dict[str, str | int] = {"Filter.TicketNumber": number, "Filter.ExcludeCompleted": 0}
        return self._every_page(Call(endpoints.TICKET_SEARCH, query=query), TicketRow)

    def watched_tickets(
        self, changed_since: datetime | None, zone: tzinfo
    ) -> tuple[Sequence[TicketRow], bool]:
        """Return tickets that are not completed, and whether those are certainly all.

        `changed_since` leaves out those without activity since then. It is written as local
        time of `zone`, the zone of BMS's dates, with its offset: right also for a server that
        drops the offset.
        """
        query: dict[str, str | int] = {"Filter.ExcludeCompleted": 1}
        if changed_since is not None:
            query["Filter.LastActivityUpdateFrom"] = write_time(changed_since, zone)
        call = Call(endpoints.TICKET_SEARCH, query=query)
        return self._moving_pages(call, TicketRow)

    def open_tickets_where(self, zone: tzinfo, **moments: datetime) -> Sequence[TicketRow]:
        """Return tickets that are not completed, by such filters as `DueDateFrom`, on all pages.

        Moments are written as for `watched_tickets`. A filter that BMS passes over shows more
        than was asked for.
        """
        query: dict[str, str | int] = {"Filter.ExcludeCompleted": 1}
        query |= {f"Filter.{name}": write_time(at, zone) for name, at in moments.items()}
        return self._moving_pages(Call(endpoints.TICKET_SEARCH, query=query), TicketRow)[0]

    def tickets_opened(self, span: Span, zone: tzinfo, most: int) -> Sequence[TicketTimesRow]:
        """Return every ticket opened in the span, of any status, without what clients wrote.

        Moments are written as for `watched_tickets`. Raises `RequestRejected` when BMS holds more
        than `most`, and `RetryLater` when the pages hold fewer than BMS says there are.
        """
        query: dict[str, str | int] = {
            "Filter.OpenDateFrom": write_time(span.start, zone),
            "Filter.OpenDateTo": write_time(span.end, zone),
            "Filter.ExcludeCompleted": 0,
        }
        call = Call(endpoints.TICKET_SEARCH, query=query)
        return self._every_page(call, TicketTimesRow, most=most)

    def custom_values(self, ticket_id: int) -> Sequence[CustomValueRow]:
        """Return the values of a ticket's custom fields."""
        path = {"moduleId": TICKETS_MODULE, "objectId": ticket_id}
        call = Call(endpoints.CUSTOM_VALUES, path)
        return read_rows(self._ask(call), call.endpoint, CustomValueRow).rows

    def put_custom_value(self, ticket_id: int, field_id: int, value: str) -> CustomValueAnswer:
        """Write one custom field of a ticket; return it as answered."""
        path = {"moduleId": TICKETS_MODULE, "entityId": ticket_id, "customFieldId": field_id}
        body = CustomValueBody(value=value).to_json()
        return self._one(Call(endpoints.PUT_CUSTOM_VALUE, path, json=body), CustomValueAnswer)

    # --- notes and attachments ---------------------------------------------------------------

    def notes(self, ticket_id: int) -> Sequence[NoteRow]:
        """Return all notes of a ticket."""
        call = Call(endpoints.NOTES, {"ticketId": ticket_id})
        return self._every_page(call, NoteRow)

    def create_note(self, ticket_id: int, body: NoteBody) -> int:
        """Add a note to a ticket; return its id."""
        call = Call(endpoints.CREATE_NOTE, {"ticketId": ticket_id}, json=body.to_json())
        return self._one(call, Row).id

    def attachments(self, ticket_id: int) -> Sequence[AttachmentRow]:
        """Return all attachments of a ticket."""
        call = Call(endpoints.ATTACHMENTS, _attachments_of(ticket_id))
        return self._every_page(call, AttachmentRow)

    def create_attachment(self, ticket_id: int, part: Part) -> int:
        """Attach a file to a ticket; return its id."""
        call = Call(
            endpoints.CREATE_ATTACHMENT, _attachments_of(ticket_id), parts={"formFile": part}
        )
        return read_first(self._ask(call), call.endpoint, Row).id


def _in_query(value: bool | Sequence[int]) -> str | Sequence[int]:  # noqa: FBT001 - a filter's value
    return str(value).lower() if isinstance(value, bool) else value


def _attachments_of(ticket_id: int) -> dict[str, str | int]:
    return {"moduleId": TICKETS_MODULE, "objectId": ticket_id}
