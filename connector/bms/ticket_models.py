"""What BMS answers and gets of tickets, their notes, attachments and custom fields.

Written by the rules of `models`.
"""

from collections.abc import Sequence

from pydantic import field_validator

from connector.bms.models import Answer, Body, Row

# --- answers ---------------------------------------------------------------------------------


class CreatedTicket(Row):
    """What we need of the TicketOutputDto that answers a create."""

    ticket_number: str | None = None
    created_on: str | None = None
    due_date: str | None = None
    priority_id: int | None = None
    contact_phone: str | None = None


class TicketFacts(CreatedTicket):
    """What TicketOutputDto and TicketListDto have in common."""

    title: str | None = None
    details: str | None = None
    account_id: int | None = None
    account_name: str | None = None
    status_id: int | None = None
    status_name: str | None = None
    priority_name: str | None = None
    type_id: int | None = None
    type_name: str | None = None
    source_id: int | None = None
    queue_id: int | None = None
    queue_name: str | None = None
    issue_type_id: int | None = None
    issue_type_name: str | None = None
    open_date: str | None = None
    last_activity_update: str | None = None
    last_priority_update: str | None = None
    last_status_update: str | None = None
    completed_date: str | None = None
    re_opened_date: str | None = None
    first_response_actual_time: str | None = None
    contact_id: int | None = None
    is_scheduled: int | None = None
    recurring: int | None = None
    ticket_recurring_master_id: int | None = None


class CcRow(Answer):
    """CCOutputDto."""

    email_address: str | None = None


class TicketAnswer(TicketFacts):
    """TicketOutputDto."""

    source_name: str | None = None
    contact_email: str | None = None
    ccs: Sequence[CcRow] | None = None


class TicketRow(TicketFacts):
    """TicketListDto. `custom_fields` is JSON in a string, with keys `cf_<id>`."""

    custom_fields: str | None = None


class TicketTimesRow(TicketRow):
    """TicketListDto without what clients wrote: many of them are held at the same time."""

    @field_validator("title", "details", "custom_fields", mode="before")
    @classmethod
    def _leave_out(cls, _text: object) -> None:
        return None


class CustomValueRow(Answer):
    """CustomFieldDataOutputDto."""

    custom_field_id: int
    data: str | None = None


class CustomValueAnswer(Answer):
    """CustomFieldDataPutOutputDto."""

    value: str | None = None


class NoteRow(Row):
    """TicketNoteOutputDto."""

    details: str | None = None
    type_id: int | None = None
    type_name: str | None = None


class AttachmentRow(Row):
    """AttachmentOutputDto."""

    original_file_name: str | None = None
    created_on: str | None = None


# --- bodies ----------------------------------------------------------------------------------


class CustomFieldData(Body):
    """CustomFieldDataInputDto."""

    custom_field_id: int
    data: str


class CustomValueBody(Body):
    """CustomFieldDataPutInputDto."""

    value: str


class TicketBody(Body):
    """TicketInputDto. Dates are written with an offset (`times.write_time`)."""

    title: str
    details: str
    account_id: int
    location_id: int
    contact_id: int | None = None
    queue_id: int | None = None
    status_id: int
    priority_id: int
    type_id: int
    issue_type_id: int | None = None
    sub_issue_type_id: int | None = None
    assignee_id: int | None = None
    work_type_id: int | None = None
    source_id: int
    open_date: str
    due_date: str | None
    custom_fields_data: Sequence[CustomFieldData] | None = None
    use_default_contract: bool = False


class NoteBody(Body):
    """TicketNotePostInputDto."""

    details: str
    is_internal: bool
    type_id: int
    status_id: int | None = None
    note_date: str
