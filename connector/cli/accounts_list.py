"""Whose access was asked for: the list, a line or a JSON value for each person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import click

from connector.accounts.model import (
    ENDED,
    AccessKind,
    AccessRecord,
    AccessRequest,
    AccessState,
    Approval,
)
from connector.cli.render import print_table
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.case import ASKED
from connector.ports.accounts import AccessLedger

COLUMNS = (
    *("Id", "State", "Person", "Email", "Account", "Role", "Asked by", "Ticket"),
    *("Approved by", "Waits for", "Remedy"),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An access request, and the addresses of those whose approval is missing, if known."""

    request: AccessRequest
    asked: Sequence[str]

    @classmethod
    def of(cls, ledger: AccessLedger, request: AccessRequest) -> "Listed":
        """Look up who was asked the last time, and has not approved yet."""
        if not request.awaits_approval:
            return cls(request, ())
        trail = ledger.access_trail(request.id)
        asked = next((each.text for each in reversed(trail) if each.step == ASKED), "")
        given = {each.approver for each in request.approvals if counts(request, each)}
        missing = [address for address in asked.split(", ") if address]
        return cls(request, [each for each in missing if normal_address(each) not in given])


def records_as_json(
    listed: Sequence[Listed], states: Collection[AccessState]
) -> list[dict[str, object]]:
    """Return a value per person, in these states (none given: all); scripts rely on the keys."""
    return [record_as_json(each.request, record) for each, record in _chosen(listed, states)]


def print_list(listed: Sequence[Listed], states: Collection[AccessState]) -> None:
    """Print a line per person, in these states (none given: all)."""
    rows = [_row(each, record) for each, record in _chosen(listed, states)]
    if not rows:
        click.echo("no access was asked for", err=True)
        return
    print_table(COLUMNS, rows)


def print_states(listed: Listed) -> None:
    """Print how far the people of one access request are now."""
    request = listed.request
    for record in request.records:
        state = record.state.replace("_", " ")
        waits_for = what_it_awaits(request, record, listed.asked)
        waits = f"; waits for {waits_for}" if record.state not in ENDED else ""
        click.echo(f"access {record.id}, {who_of(request, record)}: {state}{waits}")


def _chosen(
    listed: Sequence[Listed], states: Collection[AccessState]
) -> list[tuple[Listed, AccessRecord]]:
    return [
        (each, record)
        for each in listed
        for record in each.request.records
        if not states or record.state in states
    ]


def record_as_json(request: AccessRequest, record: AccessRecord) -> dict[str, object]:
    """Return exactly what DESIGN section 8 says of `accounts list --json`."""
    return {
        "id": record.id,
        "person": record.person.name,
        "email": record.person.address,
        "account": request.shown_account,
        "role": role_of(request, record) or None,
        "state": record.state,
        "ticket_id": request.ticket.id if request.ticket else None,
        "approved_by": approvers(request) or None,
    }


def _row(listed: Listed, record: AccessRecord) -> tuple[str, ...]:
    request, is_open = listed.request, record.state not in ENDED
    return (
        str(record.id),
        record.state,
        who_of(request, record),
        record.person.address,
        request.shown_account,
        role_of(request, record),
        request.requester.address if request.requester else "",
        request.ticket.number if request.ticket else "",
        approvers(request),
        what_it_awaits(request, record, listed.asked) if is_open else record.reason,
        record.remedy if is_open else "",
    )


def approvers(request: AccessRequest) -> str:
    """Return whose approvals of the present content are on record."""
    return ", ".join(each.approver for each in request.approvals if counts(request, each))


def counts(request: AccessRequest, approval: Approval) -> bool:
    """Whether it approves what is asked for now."""
    return approval.approved and approval.counts_for(request.digest)


def who_of(request: AccessRequest, record: AccessRecord) -> str:
    """Return whom it is about; for other access of nobody named, what is asked for."""
    named = record.person.name or record.person.address
    return named or (request.subject if request.kind is AccessKind.OTHER else "nobody named")


def role_of(request: AccessRequest, record: AccessRecord) -> str:
    """Return the role of a portal login; other access has none."""
    return record.person.role.value if request.kind is AccessKind.LOGIN else ""


def what_it_awaits(request: AccessRequest, record: AccessRecord, asked: Sequence[str]) -> str:
    """Return what a person's access waits for, in words; `asked` are those who may approve."""
    if record.state is AccessState.AWAITING_APPROVAL:
        return _awaited_approval(request, asked)
    usual = {
        AccessState.PARKED: "a person",
        AccessState.AWAITING_GRANT: "a technician: the steps are on the ticket",
        AccessState.APPROVED: "the next sync",
    }
    return record.reason or usual.get(record.state, "")


def _awaited_approval(request: AccessRequest, asked: Sequence[str]) -> str:
    if request.ticket is None:
        return "its ticket, which the next sync makes, and an approval"
    if request.held:
        return f"an approval, which nobody can give: {request.held}"
    if asked:
        return f"the approval of {' or '.join(asked)}"
    if approvers(request):
        return "the approvals of the other points of contact"
    return f"the approval of a point of contact of {request.shown_account}"
