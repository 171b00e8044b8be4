"""Whether the ids of a ticket name things that exist and belong together."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connector.sandbox.state import Store
from connector.sandbox.tenant import Item, Tenant

_LISTS: dict[str, Callable[[Tenant], Sequence[Item]]] = {
    "StatusId": lambda tenant: tenant.statuses,
    "PriorityId": lambda tenant: tenant.priorities,
    "QueueId": lambda tenant: tenant.queues,
    "TypeId": lambda tenant: tenant.ticket_types,
    "SourceId": lambda tenant: tenant.ticket_sources,
    "WorkTypeId": lambda tenant: tenant.work_types,
    "SLAId": lambda tenant: tenant.slas,
    "IssueTypeId": lambda tenant: tenant.issue_types,
    "AssigneeId": lambda tenant: tenant.employees,
}

_NOTHING_OF_THE_KIND = ("ContractId", "HardwareAssetId", "SoftwareAssetId")
"""The sample tenant has no contracts and no assets."""


def problems(store: Store, fields: dict[str, Any]) -> list[str]:
    """Return a sentence for every id that does not exist, is inactive or belongs elsewhere."""
    return [
        *_unknown(store.tenant, fields),
        *_wrong_place(store, fields),
        *_wrong_subtype(store.tenant, fields),
    ]


def _unknown(tenant: Tenant, fields: dict[str, Any]) -> Iterator[str]:
    for name, items in _LISTS.items():
        wanted = fields.get(name)
        if wanted is not None and wanted not in {i.id for i in items(tenant) if i.is_active}:
            yield f"{name} {wanted} does not exist or is inactive"
    for name in _NOTHING_OF_THE_KIND:
        if fields.get(name) is not None:
            yield f"{name} {fields[name]} does not exist"


def _wrong_place(store: Store, fields: dict[str, Any]) -> Iterator[str]:
    account = store.account(fields["AccountId"])
    if account is None or not account.is_active:
        yield f"AccountId {fields['AccountId']} does not exist or is inactive"
        return
    if account.location(fields["LocationId"]) is None:
        yield f"LocationId {fields['LocationId']} is not a location of account {account.id}"
    contact_id = fields.get("ContactId")
    if contact_id is None:
        return
    contact = store.contact(contact_id)
    if contact is None or contact.account_id != account.id:
        yield f"ContactId {contact_id} is not a contact of account {account.id}"


def _wrong_subtype(tenant: Tenant, fields: dict[str, Any]) -> Iterator[str]:
    wanted = fields.get("SubIssueTypeId")
    if wanted is None:
        return
    for issue_type in tenant.issue_types:
        if issue_type.id == fields.get("IssueTypeId"):
            if wanted not in {item.id for item in issue_type.subtypes}:
                yield f"SubIssueTypeId {wanted} does not belong to {issue_type.name}"
            return
    yield f"SubIssueTypeId {wanted} needs its IssueTypeId"
