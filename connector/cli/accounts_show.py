"""The whole trail of an access request, for people and programs (`accounts show`)."""

from datetime import datetime

import click

from connector.accounts.model import (
    ENDED,
    AccessKind,
    AccessRecord,
    AccessRequest,
    Approval,
    Channel,
)
from connector.cli.accounts_list import (
    Listed,
    counts,
    record_as_json,
    role_of,
    what_it_awaits,
    who_of,
)
from connector.cli.story import Local
from connector.ports.post import Posted
from connector.wiring.people import People

CHANNELS = {
    Channel.REQUEST: "by the request itself, a verified mail",
    Channel.LINK: "by a link mailed to them",
    Channel.STAFF: "recorded",
}


def story_of_access(people: People, request: AccessRequest) -> dict[str, object]:
    """Return an access request with its approvals, its trail and what was sent about it."""
    local = people.local
    listed = Listed.of(people.access, request)
    return {
        "request": request.request_key,
        "kind": request.kind,
        "account": request.shown_account,
        "subject": request.subject,
        "requested_by": str(request.requester) if request.requester else None,
        "requested_at": local(request.requested_at).isoformat(),
        "ticket_id": request.ticket.id if request.ticket else None,
        "ticket_number": request.ticket.number if request.ticket else None,
        "held": request.held,
        "expires_at": local(request.expires_at).isoformat() if request.expires_at else None,
        "people": [_person_as_json(listed, record) for record in request.records],
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


def _person_as_json(listed: Listed, record: AccessRecord) -> dict[str, object]:
    request, is_open = listed.request, record.state not in ENDED
    return record_as_json(request, record) | {
        "phone": record.person.phone,
        "contact_id": record.contact_id,
        "waits_for": what_it_awaits(request, record, listed.asked) if is_open else None,
        "reason": record.reason,
        "remedy": record.remedy,
    }


def _approval_as_json(
    request: AccessRequest, approval: Approval, local: Local
) -> dict[str, object]:
    return {
        "approver": approval.approver,
        "name": approval.approver_name,
        "approved": approval.approved,
        "counts": counts(request, approval),
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
        "account": request.shown_account,
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
        subject = f", “{words}”" if (words := letter.content["subject"]) else ""
        click.echo(f"{letter.kind} to {letter.recipient}{subject}: {posted.state}{when}{why}")


def _print_person(listed: Listed, record: AccessRecord) -> None:
    request, person = listed.request, record.person
    contact = f"contact {record.contact_id}" if record.contact_id else ""
    state = record.state.replace("_", " ")
    known = filter(None, (person.address, person.phone, role_of(request, record), contact))
    details = f" ({words})" if (words := ", ".join(known)) else ""
    click.echo(f"{record.id}  {who_of(request, record)}{details}: {state}")
    is_open = record.state not in ENDED
    waits_for = what_it_awaits(request, record, listed.asked) if is_open else ""
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
