"""What each operation does, one module per area."""

from connector.sandbox.calls import Handler
from connector.sandbox.operations import (
    accounts,
    attachments,
    contacts,
    custom_fields,
    lookups,
    merging,
    notes,
    search,
    security,
    tickets,
)

HANDLERS: dict[str, Handler] = {
    **security.HANDLERS,
    **lookups.HANDLERS,
    **accounts.HANDLERS,
    **contacts.HANDLERS,
    **tickets.HANDLERS,
    **search.HANDLERS,
    **merging.HANDLERS,
    **notes.HANDLERS,
    **attachments.HANDLERS,
    **custom_fields.HANDLERS,
}
"""The handler of every operation of the contract, by method and path template."""
