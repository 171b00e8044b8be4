"""Search for tickets, by GET and by POST: last activity first, whatever Sort says.

The vendor does not say how Sort is written, nor in what order rows come, nor whether texts match
whole or in part. In this order a row moves to another page when something happens to its ticket.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from connector.sandbox.calls import Call, Handler, Listing
from connector.sandbox.contract import results
from connector.sandbox.operations import tickets
from connector.sandbox.operations.matching import holds, listed
from connector.sandbox.state import Store, Ticket


@dataclass
class _Candidate:
    """A ticket that may be found; its names are looked up only when a filter asks for them."""

    store: Store
    ticket: Ticket

    @cached_property
    def names(self) -> dict[str, Any]:
        return tickets.names(self.store, self.ticket)


Test = Callable[[_Candidate, Any], bool]


def search_by_query(call: Call) -> Listing:
    """Search with `Filter.` names in the query."""
    prefix = "Filter."
    filters = {
        name.removeprefix(prefix): value
        for name, value in call.query.items()
        if name.startswith(prefix)
    }
    return _search(call, filters)


def search_by_body(call: Call) -> Listing:
    """Search with a body."""
    filters = call.body.get("Filter") or {}
    return _search(call, {name: value for name, value in filters.items() if value is not None})


def show_row(store: Store, ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a row of a search: fewer fields, but custom fields as JSON text."""
    shown = {**ticket, **tickets.names(store, ticket)}
    row = {name: value for name, value in shown.items() if name in results.TICKET_ROW}
    row["TenantName"] = store.tenant.login.tenant
    values = store.custom_values[ticket["Id"]]
    row["CustomFields"] = json.dumps({f"cf_{key}": value for key, value in values.items()})
    return row


def _search(call: Call, filters: dict[str, Any]) -> Listing:
    store = call.store
    visible_until = call.now - timedelta(seconds=call.behaviour.search_lag_seconds)
    tests = [(_TESTS[name], value) for name, value in filters.items() if name in _TESTS]
    found = [
        ticket
        for ticket in store.tickets.values()
        if ticket["CreatedOn"] <= visible_until
        and all(test(_Candidate(store, ticket), value) for test, value in tests)
    ]
    found.sort(key=lambda ticket: (ticket["LastActivityUpdate"], ticket["Id"]), reverse=True)
    return Listing(found, lambda ticket: show_row(store, ticket), after_page=partial(_move, call))


def _move(call: Call, later: Sequence[Ticket]) -> None:
    """Let something happen to the first ticket of the later pages, if `Behaviour` says so."""
    if later and call.behaviour.moves_while_paging > 0:
        call.behaviour.moves_while_paging -= 1
        later[0]["LastActivityUpdate"] = call.now


def _text(field: str) -> Test:
    return lambda candidate, part: holds(candidate.ticket.get(field), part)


def _looked_up(field: str) -> Test:
    return lambda candidate, part: holds(candidate.names[field], part)


def _one_of_names(field: str) -> Test:
    return lambda candidate, wanted: (candidate.names[field] or "").lower() in listed(wanted)


def _one_of_ids(field: str) -> Test:
    return lambda candidate, wanted: str(candidate.ticket.get(field)) in listed(wanted)


def _same(field: str) -> Test:
    return lambda candidate, wanted: (candidate.ticket.get(field) or 0) == wanted


def _not_before(field: str) -> Test:
    def test(candidate: _Candidate, earliest: datetime) -> bool:
        moment = candidate.ticket.get(field)
        return moment is not None and moment >= earliest

    return test


def _not_after(field: str) -> Test:
    def test(candidate: _Candidate, latest: datetime) -> bool:
        moment = candidate.ticket.get(field)
        return moment is not None and moment <= latest

    return test


def _exclude_completed(candidate: _Candidate, wanted: int) -> bool:
    return not wanted or not tickets.is_completed(candidate.store, candidate.ticket)


_MOMENTS = (
    "OpenDate",
    "CompletedDate",
    "LastActivityUpdate",
    "CreatedOn",
    "LastStatusUpdate",
    "LastPriorityUpdate",
    "LastQueueUpdate",
    "DueDate",
    "ResolutionTargetTime",
)

_TESTS: dict[str, Test] = {
    "Title": _text("Title"),
    "TicketNumber": _text("TicketNumber"),
    "Details": _text("Details"),
    "Account": _looked_up("AccountName"),
    "AccountCode": _looked_up("AccountCode"),
    "LocationName": _looked_up("LocationName"),
    "ContactName": _looked_up("ContactName"),
    "AssigneeName": _looked_up("AssigneeName"),
    "CreatedByName": _looked_up("CreatedByName"),
    "StatusNames": _one_of_names("StatusName"),
    "QueueNames": _one_of_names("QueueName"),
    "PriorityNames": _one_of_names("PriorityName"),
    "TicketTypeNames": _one_of_names("TypeName"),
    "IssueTypeNames": _one_of_names("IssueTypeName"),
    "SubIssueTypeNames": _one_of_names("SubIssueTypeName"),
    "ServiceLevelAgreementNames": _one_of_names("SLAName"),
    "AccountIds": _one_of_ids("AccountId"),
    "SourceIds": _one_of_ids("SourceId"),
    "ContactId": _same("ContactId"),
    "AccountLocationId": _same("LocationId"),
    "HardwareAssetId": _same("HardwareAssetId"),
    "IsScheduled": _same("IsScheduled"),
    "IsRecurringTickets": _same("Recurring"),
    "ExcludeCompleted": _exclude_completed,
    **{f"{name}From": _not_before(name) for name in _MOMENTS},
    **{f"{name}To": _not_after(name) for name in _MOMENTS},
}
"""The filters that are understood; the others of the contract find every ticket."""

HANDLERS: dict[str, Handler] = {
    "GET /v2/servicedesk/tickets": search_by_query,
    "POST /v2/servicedesk/tickets/search": search_by_body,
}
