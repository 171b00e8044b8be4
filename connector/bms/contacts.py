"""Contacts by their address: found ones are kept for an hour, missing ones for ten minutes.

Before one is created, and for everything about approvals and portal access, BMS is asked itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import timedelta

from pydantic import ConfigDict, TypeAdapter

from connector.bms.client import BmsClient
from connector.bms.lookups import Lookups
from connector.bms.models import ContactBody, ContactRow, EmailBody, PhoneBody
from connector.bms.single_flight import SingleFlight
from connector.domain.tenant import Contact, ContactDraft, ContactEntry, Lookup
from connector.errors import NameUnresolved
from connector.ports import Cache, Clock

CONTACTS = "contacts"
FOUND_KEPT = timedelta(hours=1)
MISSING_KEPT = timedelta(minutes=10)
BATCH = 100
"""How many contacts one search is asked for: as many as its page holds, and URLs have limits."""

_CONTACTS = TypeAdapter(tuple[Contact, ...], config=ConfigDict(defer_build=True))


class Contacts:
    """Looks contacts up by address, and creates them."""

    def __init__(self, client: BmsClient, lookups: Lookups, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        self._client = client
        self._lookups = lookups
        self._cache = cache
        self._clock = clock
        self._flights = SingleFlight()

    def at(self, address: str) -> Sequence[Contact]:
        """Return active contacts of active accounts whose address is exactly this, in any case.

        BMS may search by substring, so its rows are compared here.
        """
        wanted = address.strip().casefold()
        if not wanted:
            return ()
        with self._flights.of(CONTACTS, wanted):
            now = self._clock()
            kept = self._cache.load(CONTACTS, wanted, now)
            if kept is not None:
                return _CONTACTS.validate_python(kept)
            rows = [row for row in self._client.contacts(address.strip()) if _bears(row, wanted)]
            found = tuple(contact for row in rows if (contact := self._contact(row)))
            until = now + (FOUND_KEPT if found else MISSING_KEPT)
            self._cache.save(CONTACTS, wanted, [asdict(contact) for contact in found], until)
            return found

    def everywhere(self, address: str) -> Sequence[ContactEntry]:
        """Return all contacts with exactly this address, asked of BMS this moment.

        At every account, active or not, also those that bear it as a second address.
        """
        wanted = address.strip().casefold()
        if not wanted:
            return ()
        return [
            _entry(row)
            for row in self._client.contacts(address.strip())
            if self._has_among_others(row, wanted)
        ]

    def points_of_contact(self, account_id: int) -> Sequence[Contact]:
        """Return the active points of contact of an active account, asked of BMS this moment.

        Nothing is taken from BMS's word for a filter: whoever approves gives access away.
        """
        rows = self._client.contacts_where(AccountIds=[account_id], IsPoc=True, IsActive=True)
        here = [row for row in rows if row.account_id == account_id]
        able = [row for row in here if row.is_poc and row.is_active is not False]
        return tuple(contact for row in able if (contact := self._contact(row)))

    def with_ids(self, ids: Collection[int]) -> Sequence[ContactEntry]:
        """Return those of these contacts that BMS has, active or not, asked of it this moment."""
        wanted = sorted(set(ids))
        batches = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
        rows = (row for batch in batches for row in self._client.contacts_where(Ids=batch))
        return [_entry(row) for row in rows if row.id in wanted]

    def with_portal_access(self, account_id: int | None) -> Sequence[ContactEntry]:
        """Return all contacts that have client portal access, active or not; None: everywhere."""
        of_account = {} if account_id is None else {"AccountIds": [account_id]}
        rows = self._client.contacts_where(HasClientPortalAccess=True, **of_account)
        entries = [_entry(row) for row in rows]
        return [
            each
            for each in entries
            if each.has_portal_access and account_id in (None, each.account_id)
        ]

    def _has_among_others(self, row: ContactRow, wanted: str) -> bool:
        """Whether a contact bears an address; the search shows only the default one of each.

        One found although its default address does not hold what was searched for has another.
        """
        shown = (row.email_address or "").strip().casefold()
        if wanted in shown:
            return wanted == shown
        emails = self._client.contact(row.id).emails or ()
        return any((each.email_address or "").strip().casefold() == wanted for each in emails)

    def create(self, draft: ContactDraft) -> int:
        """Create a contact, its address and phone of the types that BMS calls its default."""
        phones = None
        if draft.phone:
            kind = self._type(Lookup.PHONE_TYPE)
            phones = [PhoneBody(phone_number=draft.phone, phone_type_id=kind)]
        email = EmailBody(email_address=draft.address, email_type_id=self._type(Lookup.EMAIL_TYPE))
        body = ContactBody(
            first_name=draft.first_name,
            last_name=draft.last_name,
            account_id=draft.account.id,
            location_id=draft.location_id,
            emails=[email],
            phones=phones,
        )
        wanted = draft.address.strip().casefold()
        with self._flights.of(CONTACTS, wanted):
            # Even a lost answer may have made what the cache says does not exist.
            self._cache.drop(CONTACTS, wanted)
            return self._client.create_contact(body)

    def _type(self, kind: Lookup) -> int:
        rows = self._lookups.active(kind)
        if not rows:
            raise NameUnresolved(
                f"BMS shows no {kind.value}, and a contact needs one",
                "Check that the API user may view CRM > Contacts, and that one contact exists",
            )
        return min(rows, key=lambda row: not row.is_default).id

    def _contact(self, row: ContactRow) -> Contact | None:
        account = self._lookups.find(Lookup.ACCOUNT, row.account_id)
        if account is None:
            return None
        return Contact(
            id=row.id,
            name=_name(row),
            address=(row.email_address or "").strip(),
            account=account,
            location_id=row.location_id or None,
            is_poc=bool(row.is_poc),
            has_portal_access=bool(row.has_client_portal_access),
        )


def _entry(row: ContactRow) -> ContactEntry:
    return ContactEntry(
        id=row.id,
        account_id=row.account_id or 0,
        account_name=row.account_name or "",
        is_active=row.is_active is not False,
        name=_name(row),
        address=(row.email_address or "").strip(),
        is_poc=row.is_poc is True,
        has_portal_access=row.has_client_portal_access is True,
        location_id=row.location_id or None,
    )


def _name(row: ContactRow) -> str:
    return " ".join(filter(None, (row.first_name, row.last_name)))


def _bears(row: ContactRow, address: str) -> bool:
    return row.is_active is not False and (row.email_address or "").strip().casefold() == address
