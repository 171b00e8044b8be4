"""Many tickets at once, as a tenant has them that was in use for a while."""

from collections.abc import Sequence
from datetime import timedelta

from connector.sandbox.calls import Call
from connector.sandbox.operations import tickets
from connector.sandbox.state import Store
from connector.sandbox.tenant import Contact

TITLES = (
    "Printer jam",
    "Outlook does not start",
    "New laptop for the front desk",
    "Wi-Fi is slow",
    "Scanner does not send",
    "Password has expired",
    "Backup report",
)


def seed(call: Call, count: int, *, days: float) -> list[int]:
    """Add open tickets without a DueDate, opened evenly over the last `days`; return their ids.

    Clients, priorities, titles and sources take turns, so that the same number of tickets is
    the same every time.
    """
    store, tenant = call.store, call.store.tenant
    people = _clients(store)
    step = timedelta(days=days) / max(count, 1)
    ids = []
    with store.lock:
        for number in range(count):
            person = people[number % len(people)]
            opened_at = call.now - step * (count - number)
            fields = {
                "Title": TITLES[number % len(TITLES)],
                "Details": f"Seeded ticket {number + 1}",
                "AccountId": person.account_id,
                "LocationId": person.location_id,
                "ContactId": person.id,
                "StatusId": tenant.statuses[0].id,
                "PriorityId": tenant.priorities[number % len(tenant.priorities)].id,
                "QueueId": tenant.queues[0].id,
                "TypeId": tenant.ticket_types[0].id,
                "SourceId": tenant.ticket_sources[number % len(tenant.ticket_sources)].id,
                "OpenDate": opened_at,
                "DueDate": None,
            }
            ids.append(int(tickets.add(call.at(opened_at), fields)["Id"]))
    return ids


def _clients(store: Store) -> Sequence[Contact]:
    """Return the active contacts of active accounts."""
    active = {account.id for account in store.tenant.accounts if account.is_active}
    return [
        contact
        for contact in store.tenant.contacts
        if contact.is_active and contact.account_id in active
    ]
