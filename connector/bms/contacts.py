"""Contacts by their address: found ones are kept for an hour, missing ones for ten minutes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from pydantic import TypeAdapter

from connector.bms.client import BmsClient
from connector.bms.lookups import Lookups
from connector.bms.models import ContactRow
from connector.domain import Contact, Lookup
from connector.ports import Cache, Clock

CONTACTS = "contacts"
FOUND_KEPT = timedelta(hours=1)
MISSING_KEPT = timedelta(minutes=10)

_CONTACTS = TypeAdapter(tuple[Contact, ...])


class Contacts:
    """Looks contacts up by address."""

    def __init__(self, client: BmsClient, lookups: Lookups, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        self._client = client
        self._lookups = lookups
        self._cache = cache
        self._clock = clock

    def at(self, address: str) -> Sequence[Contact]:
        """Return active contacts of active accounts whose address is exactly this, in any case.

        BMS may search by substring, so its rows are compared here.
        """
        wanted = address.strip().casefold()
        if not wanted:
            return ()
        now = self._clock()
        kept = self._cache.load(CONTACTS, wanted, now)
        if kept is not None:
            return _CONTACTS.validate_python(kept)
        rows = [row for row in self._client.contacts(address.strip()) if _bears(row, wanted)]
        found = tuple(contact for row in rows if (contact := self._contact(row)))
        until = now + (FOUND_KEPT if found else MISSING_KEPT)
        self._cache.save(CONTACTS, wanted, [asdict(contact) for contact in found], until)
        return found

    def _contact(self, row: ContactRow) -> Contact | None:
        account = self._lookups.find(Lookup.ACCOUNT, row.account_id)
        if account is None:
            return None
        return Contact(
            id=row.id,
            name=" ".join(filter(None, (row.first_name, row.last_name))),
            address=(row.email_address or "").strip(),
            account=account,
            location_id=row.location_id or None,
            is_poc=bool(row.is_poc),
            has_portal_access=bool(row.has_client_portal_access),
        )


def _bears(row: ContactRow, address: str) -> bool:
    return row.is_active is not False and (row.email_address or "").strip().casefold() == address
