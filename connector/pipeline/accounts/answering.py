"""An answer on the ticket of an access request: it may change what is asked for, never approve."""

from dataclasses import replace

from connector.accounts.model import AccessKind, AccessRequest, AccessState
from connector.accounts.people_text import changes_in
from connector.domain.mail import Verdict
from connector.domain.request import Request
from connector.mapping.clients import is_staff
from connector.mapping.domains import normal_address
from connector.pipeline.deciding.course import Append
from connector.pipeline.services import Services

NOT_GRANTED = (AccessState.AWAITING_APPROVAL, AccessState.APPROVED, AccessState.PARKED)


def with_access_remark(services: Services, request: Request, note: Append) -> Append:
    """Return a note whose internal one says that a point of contact's words approve nothing."""
    access = _access_of(services, note)
    if access is None or not access.awaits_approval or not _is_of_poc(services, request, access):
        return note
    first = next(r.id for r in access.records if r.state is AccessState.AWAITING_APPROVAL)
    remark = (
        "This answer of a point of contact approves nothing, whatever it says: anybody can write "
        "a mail in their name. If they do approve it, record that with: bms-connector accounts "
        f"approve {first} --by {request.sender.address if request.sender else 'ADDRESS'} "
        '--evidence "how it was given"'
    )
    return replace(note, internal_note="\n".join(filter(None, [note.internal_note, remark])))


def take_in_changes(services: Services, request: Request, note: Append) -> None:
    """Let labelled lines of an answer change whom access is asked for; taken in twice, once.

    Only the requester and verified staff can change it, and only until it is granted. It voids
    every approval; the step `accounts` asks anew.
    """
    desk, access = services.access, _access_of(services, note)
    if desk is None or access is None or request.mail is None:
        return
    if access.kind is not AccessKind.LOGIN or not _may_change(services, request, access):
        return
    for record in access.records:
        if record.state not in NOT_GRANTED:
            continue
        person = changes_in(
            request.mail.new_text,
            record.person,
            sender=request.sender,
            alone=len(access.records) == 1,
        )
        if person is not None:
            desk.ledger.change_person(record.id, person, stamp=services.stamp())


def _access_of(services: Services, note: Append) -> AccessRequest | None:
    if services.access is None or note.ticket.id <= 0:  # a ticket that a dry run only plans
        return None
    return services.access.ledger.access_of_ticket(note.ticket.id)


def _is_of_poc(services: Services, request: Request, access: AccessRequest) -> bool:
    if request.sender is None or access.account is None or services.access is None:
        return False
    found = services.access.gateway.contacts(request.sender.address)
    return any(each.is_poc and each.account.id == access.account.id for each in found)


def _may_change(services: Services, request: Request, access: AccessRequest) -> bool:
    mail, sender = request.mail, request.sender
    if mail is None or sender is None or mail.verdict is Verdict.FAILED:
        return False
    requester = access.requester
    if requester and normal_address(sender.address) == normal_address(requester.address):
        return True
    return mail.verdict is Verdict.VERIFIED and is_staff(sender, services.rulebook.clients)
