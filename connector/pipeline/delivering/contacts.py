"""A contact for a person: found by address across all accounts, else created, once."""

from collections.abc import Sequence

from connector.domain.tenant import ContactDraft, ContactEntry
from connector.errors import RequestRejected
from connector.pipeline.delivering.once import Made, Once
from connector.ports import Intent


def contact_operation(address: str) -> str:
    """Return the name under which the ledger keeps the creation of a contact."""
    return f"contact {address.strip().casefold()}"


def find_or_create_contact(once: Once, draft: ContactDraft) -> int:
    """Return the id of the contact of `draft.account` with that address; create it if need be.

    Raises `RequestRejected` when a contact of another account, or an inactive one, has the
    address: what then is a person's decision. Else it raises what `Once.make` does.
    """
    gateway = once.services.gateway
    operation = contact_operation(draft.address)

    def find(_intent: Intent) -> Made | None:
        found = _the_contact(draft, gateway.contacts_everywhere(draft.address))
        return Made(found) if found else None

    begun = once.book.intents(once.key).get(operation)
    if begun is None or not begun.is_unclear:
        existing = _the_contact(draft, gateway.contacts_everywhere(draft.address))
        if existing is not None:
            return existing
    return once.make(operation, find=find, make=lambda: Made(gateway.create_contact(draft)))


def _the_contact(draft: ContactDraft, found: Sequence[ContactEntry]) -> int | None:
    elsewhere = [each for each in found if each.account_id != draft.account.id]
    if elsewhere:
        names = ", ".join(sorted({each.account_name or "an unnamed account" for each in elsewhere}))
        raise RequestRejected(
            f"{draft.address} is already a contact of {names}, not of {draft.account.name}",
            "Move or correct the contact in BMS, or correct the account; then release the request",
        )
    if any(not each.is_active for each in found):
        raise RequestRejected(
            f"{draft.address} is an inactive contact of {draft.account.name}",
            "Activate the contact in BMS, then release the request",
        )
    return min((each.id for each in found), default=None)
