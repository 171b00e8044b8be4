"""Access requests as people and programs read them: the list, the states, the whole trail."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from connector.accounts.model import (
    ENDED,
    AccessKind,
    AccessRecord,
    AccessRequest,
    AccessState,
    Approval,
    Channel,
)
from connector.cli.render import print_table
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.case import ASKED
from connector.ports.accounts import AccessLedger
from connector.ports.post import Posted
from connector.wiring import People

Local = Callable[[datetime], datetime]

COLUMNS = (
    *("Id", "State", "Person", "Email", "Account", "Role", "Asked by", "Ticket"),
    *("Approved by", "Waits for", "Remedy"),
)

CHANNELS = {
    Channel.REQUEST: "by the request itself, a verified mail",
    Channel.LINK: "by a link mailed to them",
    Channel.STAFF: "recorded",
}


# --- the list --------------------------------------------------------------------------------


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
        given = {each.approver for each in request.approvals if _counts(request, each)}
        missing = [address for address in asked.split(", ") if address]
        return cls(request, [each for each in missing if normal_address(each) not in given])


def records_as_json(
    listed: Sequence[Listed], states: Collection[AccessState], local: Local
) -> list[dict[str, object]]:
    """Return a value per person, in these states (none given: all)."""
    return [_record_as_json(each, record, local) for each, record in _chosen(listed, states)]


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
        waits_for = _waits_for(request, record, listed.asked)
        waits = f"; waits for {waits_for}" if record.state not in ENDED else ""
        click.echo(f"access {record.id}, {_who(request, record)}: {state}{waits}")


def _chosen(
    listed: Sequence[Listed], states: Collection[AccessState]
) -> list[tuple[Listed, AccessRecord]]:
    return [
        (each, record)
        for each in listed
        for record in each.request.records
        if not states or record.state in states
    ]


def _record_as_json(listed: Listed, record: AccessRecord, local: Local) -> dict[str, object]:
    request = listed.request
    ticket, is_open = request.ticket, record.state not in ENDED
    return {
        "id": record.id,
        "person": record.person.name,
        "email": record.person.address,
        "account": _account(request),
        "role": _role(request, record) or None,
        "state": record.state,
        "ticket_id": ticket.id if ticket else None,
        "approved_by": approvers(request) or None,
        "ticket_number": ticket.number if ticket else None,
        "kind": request.kind,
        "requested_by": request.requester.address if request.requester else None,
        "requested_at": local(request.requested_at).isoformat(),
        "waits_for": _waits_for(request, record, listed.asked) if is_open else None,
        "reason": record.reason,
        "remedy": record.remedy,
    }


def _row(listed: Listed, record: AccessRecord) -> tuple[str, ...]:
    request, is_open = listed.request, record.state not in ENDED
    return (
        str(record.id),
        record.state,
        _who(request, record),
        record.person.address,
        _account(request),
        _role(request, record),
        request.requester.address if request.requester else "",
        request.ticket.number if request.ticket else "",
        approvers(request),
        _waits_for(request, record, listed.asked) if is_open else record.reason,
        record.remedy if is_open else "",
    )


def approvers(request: AccessRequest) -> str:
    """Return whose approvals of the present content are on record."""
    return ", ".join(each.approver for each in request.approvals if _counts(request, each))


def _counts(request: AccessRequest, approval: Approval) -> bool:
    return approval.approved and approval.counts_for(request.digest)


def _account(request: AccessRequest) -> str:
    return request.account.name if request.account else request.account_name


def _who(request: AccessRequest, record: AccessRecord) -> str:
    named = record.person.name or record.person.address
    return named or (request.subject if request.kind is AccessKind.OTHER else "nobody named")


def _role(request: AccessRequest, record: AccessRecord) -> str:
    return record.person.role.value if request.kind is AccessKind.LOGIN else ""


def _waits_for(request: AccessRequest, record: AccessRecord, asked: Sequence[str]) -> str:
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
    return f"the approval of a point of contact of {_account(request)}"


# --- the whole trail -------------------------------------------------------------------------


def story_of_access(people: People, request: AccessRequest) -> dict[str, object]:
    """Return an access request with its approvals, its trail and what was sent about it."""
    local = people.local
    return {
        "request": request.request_key,
        "kind": request.kind,
        "account": _account(request),
        "subject": request.subject,
        "requested_by": str(request.requester) if request.requester else None,
        "requested_at": local(request.requested_at).isoformat(),
        "ticket_id": request.ticket.id if request.ticket else None,
        "ticket_number": request.ticket.number if request.ticket else None,
        "held": request.held,
        "expires_at": local(request.expires_at).isoformat() if request.expires_at else None,
        "people": records_as_json([Listed.of(people.access, request)], frozenset(), local),
        "approvals": [_approval_as_json(request, each, local) for each in request.approvals],
        "trail": [
            {
                "at": local(entry.at).isoformat(),
                "run": entry.run,
                "step": entry.step,
                "id": entry.record_id,
                "text": entry.text,
            }
            for entry in people.access.access_trail(request.id)
        ],
        "letters": [
            _letter_as_json(each, local) for each in people.outbox.posts_of(request.request_key)
        ],
    }


def _approval_as_json(
    request: AccessRequest, approval: Approval, local: Local
) -> dict[str, object]:
    return {
        "approver": approval.approver,
        "name": approval.approver_name,
        "approved": approval.approved,
        "counts": _counts(request, approval),
        "channel": approval.channel,
        "at": local(approval.at).isoformat(),
        "evidence": approval.evidence,
        "recorded_by": approval.recorded_by,
        "content": approval.digest,
        "voided_at": local(approval.voided_at).isoformat() if approval.voided_at else None,
    }


def _letter_as_json(posted: Posted, local: Local) -> dict[str, object]:
    return {
        "kind": posted.letter.kind,
        "to": posted.letter.recipient,
        "subject": posted.letter.content["subject"],
        "state": posted.state,
        "sent": local(posted.sent_at).isoformat() if posted.sent_at else None,
        "reason": posted.reason,
    }


def print_access(people: People, request: AccessRequest) -> None:
    """Print an access request: what is asked for, its people, approvals, trail and letters."""
    local = people.local
    ticket = request.ticket
    head = {
        "account": _account(request),
        "subject": request.subject if request.kind is AccessKind.OTHER else "",
        "asked by": str(request.requester or ""),
        "asked on": _moment(local, request.requested_at),
        "request": request.request_key,
        "ticket": f"{ticket.number} (id {ticket.id})" if ticket else "",
        "held": request.held,
        "expires": _moment(local, request.expires_at) if request.awaits_approval else "",
    }
    for word, value in head.items():
        if value:
            click.echo(f"{word + ':':<10}{value}")
    click.echo()
    for record in request.records:
        _print_person(Listed.of(people.access, request), record)
    for approval in request.approvals:
        _print_approval(request, approval, local)
    click.echo()
    for entry in people.access.access_trail(request.id):
        whose = f" [{entry.record_id}]" if entry.record_id is not None else ""
        click.echo(f"{local(entry.at):%Y-%m-%d %H:%M:%S}  {entry.step}{whose}: {entry.text}")
    for posted in people.outbox.posts_of(request.request_key):
        when = f" {local(posted.sent_at):%Y-%m-%d %H:%M:%S}" if posted.sent_at else ""
        why = f" ({posted.reason})" if posted.reason else ""
        letter = posted.letter
        subject = letter.content["subject"]
        click.echo(f"{letter.kind} to {letter.recipient}, “{subject}”: {posted.state}{when}{why}")


def _print_person(listed: Listed, record: AccessRecord) -> None:
    request, person = listed.request, record.person
    contact = f"contact {record.contact_id}" if record.contact_id else ""
    state = record.state.replace("_", " ")
    known = filter(None, (person.address, person.phone, _role(request, record), contact))
    details = f" ({words})" if (words := ", ".join(known)) else ""
    click.echo(f"{record.id}  {_who(request, record)}{details}: {state}")
    is_open = record.state not in ENDED
    waits_for = _waits_for(request, record, listed.asked) if is_open else ""
    why = "" if is_open else record.reason
    for word, value in (("waits for", waits_for), ("why", why), ("remedy", record.remedy)):
        if value:
            click.echo(f"    {word}: {value}")


def _print_approval(request: AccessRequest, approval: Approval, local: Local) -> None:
    who = approval.approver_name or approval.approver or "our own people"
    if approval.approver_name:
        who = f"{who} <{approval.approver}>"
    said = "approved" if approval.approved else "denied"
    recorded = f" by {approval.recorded_by}" if approval.recorded_by else ""
    void = "" if approval.counts_for(request.digest) else "; void: what is asked for changed since"
    click.echo(
        f"{said} by {who} on {_moment(local, approval.at)}, "
        f"{CHANNELS[approval.channel]}{recorded}{void}"
    )
    if approval.evidence:
        click.echo(f"    “{approval.evidence}”")


def _moment(local: Local, moment: datetime | None) -> str:
    return f"{local(moment):%a %d %b %Y %H:%M:%S %z}" if moment else ""
