"""BMS as typed calls: one method per endpoint, no decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TypeVar

from connector.bms import endpoints
from connector.bms.answers import Page, Reply, read_first, read_one, read_rows
from connector.bms.auth import SignIn
from connector.bms.endpoints import Endpoint
from connector.bms.models import (
    AccountAnswer,
    Answer,
    AttachmentRow,
    ContactRow,
    CreatedTicket,
    LocationRow,
    NamedRow,
    NoteBody,
    NoteRow,
    Row,
    SettingsAnswer,
    TemplateAnswer,
    TicketAnswer,
    TicketBody,
    TicketRow,
)
from connector.bms.times import write_time
from connector.bms.transport import Call, Part, Transport
from connector.errors import RetryLater

AnyAnswer = TypeVar("AnyAnswer", bound=Answer)
AnyRow = TypeVar("AnyRow", bound=Row)

TICKETS_MODULE = 22
"""The module id of tickets for attachments and custom fields."""

PAGE_SIZE = 100
"""The documented maximum; larger pages are not known to work."""


class BmsClient:
    """The calls of the contract that we use.

    Every method raises what `failures.FAILURES` says, `BudgetSpent`, or `FatalError` when BMS
    does not let us in.
    """

    def __init__(self, transport: Transport, sign_in: SignIn) -> None:
        """Call nothing yet."""
        self._transport = transport
        self._sign_in = sign_in

    # --- names -------------------------------------------------------------------------------

    def lookup(self, endpoint: Endpoint, **path: str | int) -> Sequence[NamedRow]:
        """Return an unpaged look-up list."""
        return self._rows(Call(endpoint, path), NamedRow).rows

    def accounts(self) -> Sequence[NamedRow]:
        """Return all accounts that BMS lists."""
        return self._every_page(Call(endpoints.ACCOUNTS), NamedRow)

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

    def custom_fields(self) -> Sequence[NamedRow]:
        """Return the custom fields of tickets."""
        return self.lookup(endpoints.CUSTOM_FIELDS, moduleId=TICKETS_MODULE)

    def template(self, template_id: int) -> TemplateAnswer:
        """Return a ticket template; raises `NotFound`."""
        return self._one(Call(endpoints.TEMPLATE, {"templateId": template_id}), TemplateAnswer)

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

    # --- how ---------------------------------------------------------------------------------

    def _ask(self, call: Call) -> Reply:
        """Send a call with our token; a 401 (certainly not carried out) gets a fresh one once."""
        token = self._sign_in.token()
        reply = self._transport.send(call, token)
        if reply.status != 401:
            return reply
        reply = self._transport.send(call, self._sign_in.replace(token))
        if reply.status == 401:
            self._sign_in.forget()
        return reply

    def _one(self, call: Call, model: type[AnyAnswer]) -> AnyAnswer:
        return read_one(self._ask(call), call.endpoint, model)

    def _rows(self, call: Call, model: type[AnyRow]) -> Page[AnyRow]:
        return read_rows(self._ask(call), call.endpoint, model)

    def _every_page(self, call: Call, model: type[AnyRow]) -> Sequence[AnyRow]:
        """Return the rows of all pages, each once.

        Pages are numbered from 1. BMS promises no order, so a row may come twice; a short page
        is the last one unless BMS says that there is more.
        """
        found: dict[int, AnyRow] = {}
        promised = 0
        for number in count(1):
            paging = {"PageSize": PAGE_SIZE, "PageNumber": number}
            page = self._rows(replace(call, query={**call.query, **paging}), model)
            promised = max(promised, page.total or 0)
            before = len(found)
            found.update({row.id: row for row in page.rows if row.id not in found})
            is_short = len(page.rows) < PAGE_SIZE and len(found) >= promised
            if is_short or len(found) == before:
                break
        if len(found) < promised:
            raise RetryLater(
                f"BMS was asked to {call.endpoint.purpose} and showed {len(found)} of {promised}",
                "The next run asks again",
            )
        return list(found.values())


def _attachments_of(ticket_id: int) -> dict[str, str | int]:
    return {"moduleId": TICKETS_MODULE, "objectId": ticket_id}
