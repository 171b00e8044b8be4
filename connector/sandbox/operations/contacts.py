"""Contacts: people at accounts."""

from datetime import timedelta
from typing import Any

from connector.sandbox.calls import Call, Handler, Listing, Refused, not_found
from connector.sandbox.contract import requests
from connector.sandbox.operations.matching import holds
from connector.sandbox.operations.patching import patched_fields
from connector.sandbox.state import Store
from connector.sandbox.tenant import Contact


def search_contacts(call: Call) -> Listing:
    """Search contacts: texts match by substring in any case, inactive ones are found too."""
    return Listing(_matching(call), lambda contact: _show_found(call.store, contact))


def contacts(call: Call) -> Listing:
    """List contacts with their addresses and phones."""
    return Listing(_matching(call), lambda contact: _show_summary(call.store, contact))


def contact(call: Call) -> dict[str, Any]:
    """Show one contact; BMS answers it bare."""
    return _show_summary(call.store, _contact(call))


def create_contact(call: Call) -> dict[str, Any]:
    """Create a contact at a location of an account."""
    body = call.body
    account = call.store.account(body.get("AccountId"))
    site = account.location(body.get("LocationId")) if account else None
    if account is None or site is None:
        raise Refused("AccountId and LocationId must name an account and a location of it")
    new = Contact(
        id=call.store.new_id(),
        account_id=account.id,
        location_id=site.id,
        first_name=body.get("FirstName") or "",
        last_name=body.get("LastName") or "",
        addresses=_defaults_first(call, body, "Emails", "EmailAddress", "EmailTypeId"),
        phones=_defaults_first(call, body, "Phones", "PhoneNumber", "PhoneTypeId"),
        created_at=call.now,
    )
    if not new.name:
        raise Refused("A contact needs a name")
    call.store.tenant.contacts.append(new)
    return {
        **_show_base(call.store, new),
        "PhoneNumber": new.phones[0] if new.phones else None,
        "EmailAddress": new.address,
        "CustomFieldsData": [],
    }


_PATCHABLE = {
    "AccountId": "account_id",
    "LocationId": "location_id",
    "FirstName": "first_name",
    "MiddleName": "middle_name",
    "LastName": "last_name",
    "JobTitle": "job_title",
    "Poc": "is_poc",
    "IsActive": "is_active",
    "ReceiveInvoices": "receives_invoices",
    "BillByContact": "bill_by_contact",
}


def patch_contact(call: Call) -> dict[str, Any]:
    """Change single fields of a contact."""
    changed = _contact(call)
    changes = patched_fields(requests.CONTACT_UPDATE, call.operations, call.behaviour)
    account = call.store.account(changes.get("AccountId", changed.account_id))
    if account is None or account.location(changes.get("LocationId", changed.location_id)) is None:
        raise Refused("AccountId and LocationId must name an account and a location of it")
    for name, value in changes.items():
        if name not in _PATCHABLE:
            raise Refused(f"{name} cannot be changed here")
        setattr(changed, _PATCHABLE[name], value)
    return {
        **_show_base(call.store, changed),
        "MiddleName": changed.middle_name,
        "JobTitle": changed.job_title,
        "Poc": changed.is_poc,
        "IsActive": changed.is_active,
        "BillByContact": changed.bill_by_contact,
        "RecieveInvoices": changed.receives_invoices,
        "Phones": _show_phones(call.store, changed),
        "Emails": _show_emails(call.store, changed),
    }


def _contact(call: Call) -> Contact:
    found = call.store.contact(call.id("id"))
    if found is None:
        raise not_found(f"Contact {call.id('id')}")
    return found


def _matching(call: Call) -> list[Contact]:
    visible_until = call.now - timedelta(seconds=call.behaviour.search_lag_seconds)
    return [
        contact
        for contact in call.store.tenant.contacts
        if (contact.created_at is None or contact.created_at <= visible_until)
        and all(
            _fits(value, call.query.get(f"Filter.{name}"))
            for name, value in _searchable(call.store, contact).items()
        )
    ]


def _searchable(store: Store, contact: Contact) -> dict[str, object]:
    """Return what every filter of both searches looks at."""
    addresses = "\n".join(contact.addresses)
    return {
        "Ids": contact.id,
        "AccountIds": contact.account_id,
        "AccountId": contact.account_id,
        "AccountName": _account_name(store, contact),
        "LocationId": contact.location_id,
        "LocationName": _location_name(store, contact),
        "FirstName": contact.first_name,
        "LastName": contact.last_name,
        "EmailAddress": addresses,
        "Email": addresses,
        "Phone": "\n".join(contact.phones),
        "JobTitle": contact.job_title or "",
        "IsPoc": contact.is_poc,
        "IsActive": contact.is_active,
        "HasClientPortalAccess": contact.has_portal_access,
    }


def _fits(value: object, wanted: object) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, list):
        return value in wanted
    if isinstance(wanted, str):
        return holds(str(value), wanted)
    return value == wanted


def _defaults_first(
    call: Call, body: dict[str, Any], field: str, text: str, kind: str
) -> list[str]:
    tenant = call.store.tenant
    kinds = {item.id for item in (tenant.email_types if field == "Emails" else tenant.phone_types)}
    items = body.get(field) or []
    for item in items:
        if item.get(kind) not in kinds:
            raise Refused(f"{kind} {item.get(kind)} does not exist")
        if not item.get(text):
            raise Refused(f"The {text} field is required")
    return [item[text] for item in sorted(items, key=lambda item: not item.get("IsDefault"))]


def _show_base(store: Store, contact: Contact) -> dict[str, Any]:
    return {
        "Id": contact.id,
        "AccountId": contact.account_id,
        "AccountName": _account_name(store, contact),
        "LocationId": contact.location_id,
        "LocationName": _location_name(store, contact),
        "FirstName": contact.first_name,
        "LastName": contact.last_name,
    }


def _show_found(store: Store, contact: Contact) -> dict[str, Any]:
    return {
        **_show_base(store, contact),
        "JobTitle": contact.job_title,
        "EmailAddress": contact.address,
        "IsPoc": contact.is_poc,
        "IsActive": contact.is_active,
        "HasClientPortalAccess": contact.has_portal_access,
    }


def show(store: Store, contact: Contact) -> dict[str, Any]:
    """Return a contact as a search finds it, and what BMS shows only on its pages."""
    return {
        **_show_found(store, contact),
        "UserName": contact.portal_user,
        "SecurityRole": contact.portal_role,
    }


def _show_summary(store: Store, contact: Contact) -> dict[str, Any]:
    return {
        **_show_base(store, contact),
        "JobTitle": contact.job_title,
        "IsPoc": contact.is_poc,
        "IsActive": contact.is_active,
        "Emails": _show_emails(store, contact),
        "Phones": _show_phones(store, contact),
        "CanRecieveInvoices": contact.receives_invoices,
    }


def _show_emails(store: Store, contact: Contact) -> list[dict[str, Any]]:
    kind = store.tenant.email_types[0]
    return [
        {
            "Id": contact.id * 10 + index,
            "EmailAddress": address,
            "EmailTypeId": kind.id,
            "EmailType": kind.name,
            "IsDefault": index == 0,
        }
        for index, address in enumerate(contact.addresses)
    ]


def _show_phones(store: Store, contact: Contact) -> list[dict[str, Any]]:
    kind = store.tenant.phone_types[0]
    return [
        {
            "Id": contact.id * 10 + index,
            "Phone": number,
            "PhoneTypeId": kind.id,
            "PhoneType": kind.name,
            "IsDefault": index == 0,
        }
        for index, number in enumerate(contact.phones)
    ]


def _account_name(store: Store, contact: Contact) -> str:
    account = store.account(contact.account_id)
    return account.name if account else ""


def _location_name(store: Store, contact: Contact) -> str:
    account = store.account(contact.account_id)
    site = account.location(contact.location_id) if account else None
    return site.name if site else ""


HANDLERS: dict[str, Handler] = {
    "GET /v2/crm/contacts/search": search_contacts,
    "GET /v2/crm/contacts/summary": contacts,
    "GET /v2/crm/contacts/summary/{id}": contact,
    "POST /v2/crm/contacts/summary": create_contact,
    "PATCH /v2/crm/contacts/{id}": patch_contact,
}
