"""Awaiting an approval: by the request itself, by link, a reminder, the end, or nobody to ask.

Points of contact are looked up anew whenever a request is looked at (DESIGN section 8).
"""

from collections.abc import Sequence
from dataclasses import replace

from connector.accounts.eligibility import approved_by_itself, is_complete, may_approve
from connector.accounts.model import (
    OPEN_FOR,
    AccessKind,
    AccessState,
    Approval,
    Channel,
)
from connector.accounts.schedule import HELD_LOOK, Look, next_look
from connector.domain.tenant import Contact
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.case import ASKED, Case
from connector.pipeline.accounts.letters import ask_for_approval, can_link
from connector.pipeline.accounts.opening import ASK_ON_ACCOUNT, ON_CATCH_ALL, SAY_WHO, missing_words
from connector.pipeline.accounts.wording import ids_words, people_words

AWAITING = AccessState.AWAITING_APPROVAL
NOT_IN_TIME = "nobody who may approve it did so within 14 days"


def await_approval(case: Case) -> Case:
    """Do what is due for a request of which somebody awaits approval; return it as it is then."""
    _park_what_nobody_can_approve(case)
    case = case.again()
    if not case.request.awaits_approval or _is_closed(case):
        return case.again()
    pocs = case.desk.gateway.points_of_contact(case.account.id)
    if _is_approved(case, pocs):
        return case.again()
    case = case.again()
    look = next_look(case.request, case.desk.clock())
    if look.expire:
        return _expire(case)
    eligible = [poc for poc in pocs if _may_approve(case, poc)]
    if not eligible:
        return _hold(case, pocs)
    if look.ask or look.remind:
        return _ask(case, eligible, look)
    _schedule(case, look)
    return case.again()


def _park_what_nobody_can_approve(case: Case) -> None:
    for record in case.those(AWAITING):
        if case.desk.is_catch_all(case.account):
            case.park(record, ON_CATCH_ALL, ASK_ON_ACCOUNT)
        elif case.request.kind is AccessKind.LOGIN and missing_words(record.person):
            case.park(record, missing_words(record.person), SAY_WHO)


def _is_closed(case: Case) -> bool:
    """Whether the ticket was completed, merged or deleted, which withdraws what awaits approval."""
    ticket = case.desk.gateway.ticket(case.ticket.id)
    statuses = case.services.rulebook.statuses
    if ticket is None:
        why = "BMS has its ticket no more"
    elif statuses.is_merged(ticket.status):
        why = "its ticket was merged into another"
    elif statuses.is_completed(ticket.status):
        why = "its ticket was completed before anybody approved it"
    else:
        return False
    for record in case.those(AWAITING):
        case.desk.ledger.set_access_state(
            record.id,
            AccessState.WITHDRAWN,
            expected={AWAITING},
            reason=why,
            stamp=case.desk.stamp(),
        )
    return True


# --- by the request itself -------------------------------------------------------------------


def _is_approved(case: Case, pocs: Sequence[Contact]) -> bool:
    """Whether it has all approvals that it takes: that of its own mail, or of whoever is left.

    The ledger lets an approval count only for the content that it was given for.
    """
    ledger, rules = case.desk.ledger, case.desk.rules
    for own in own_approvals(case, pocs):
        ledger.decide_access(case.request.id, own, becomes=None, stamp=case.desk.stamp())
    request = case.again().request
    given = [a for a in request.approvals if a.approved and a.counts_for(request.digest)]
    if not given or not is_complete(request, given, pocs, rules):
        return False
    return ledger.decide_access(
        request.id, given[-1], becomes=AccessState.APPROVED, stamp=case.desk.stamp()
    )


def own_approvals(case: Case, pocs: Sequence[Contact]) -> list[Approval]:
    """Return what the request itself approves, unless that is recorded already."""
    if case.rounds() > 0:
        return []  # what an answer changed is not what the sender of the mail vouched for
    found = approved_by_itself(case.request, pocs, case.desk.rules)
    by_itself = found if isinstance(found, tuple) else ()
    own = (_own_approval(case, poc) for poc in by_itself)
    given = {a.approver for a in case.request.approvals if a.counts_for(case.request.digest)}
    return [each for each in own if each.approver not in given]


def _own_approval(case: Case, poc: Contact) -> Approval:
    return Approval(
        approver=normal_address(poc.address),
        approver_name=poc.name,
        channel=Channel.REQUEST,
        approved=True,
        digest=case.request.digest,
        at=case.desk.clock(),
        evidence="the request is their own mail, and their domain vouches for it",
    )


# --- by others -------------------------------------------------------------------------------


def _may_approve(case: Case, poc: Contact) -> bool:
    return may_approve(poc, case.request, case.desk.rules, case.account) is None


def _hold(case: Case, pocs: Sequence[Contact]) -> Case:
    """Let a request stand that nobody can approve; staff hear of it once."""
    case.desk.ledger.schedule_access(
        case.request.id,
        look_at=case.desk.clock() + HELD_LOOK,
        held=tell_held(case, pocs),
        unless_changed=case.request,
        stamp=case.desk.stamp(),
    )
    return case.again()


def tell_held(case: Case, pocs: Sequence[Contact]) -> str:
    """Tell on the ticket why nobody can approve it, once for each reason; return the reason."""
    why = _nobody(case, pocs)
    what = f"Access request {_waiting_words(case)} is held: {why}."
    todo = (
        "Please set the point of contact in BMS (CRM > Contacts), or name another one; it is "
        "looked at again every hour, and never approved by itself."
    )
    case.note(f"held {case.rounds()} {why}", f"{what} {todo}")
    _begin_waiting(case)
    return why


def _nobody(case: Case, pocs: Sequence[Contact]) -> str:
    if not pocs:
        return f"{case.account.name} has no active point of contact"
    reasons = (
        f"{poc.address} {may_approve(poc, case.request, case.desk.rules, case.account)}"
        for poc in pocs
    )
    return f"no point of contact of {case.account.name} may approve it: {'; '.join(reasons)}"


def _ask(case: Case, eligible: Sequence[Contact], look: Look) -> Case:
    now, request = case.desk.clock(), case.request
    expires_at = request.expires_at or now + OPEN_FOR
    tell_asked(replace(case, request=replace(request, expires_at=expires_at)), eligible, look)
    asked_at = now if look.ask else None
    after = replace(
        request,
        asked_at=asked_at or request.asked_at,
        reminded_at=now if look.remind else request.reminded_at,
        expires_at=expires_at,
        held="",
    )
    case.desk.ledger.schedule_access(
        request.id,
        look_at=next_look(after, now).at,
        asked_at=asked_at,
        reminded_at=now if look.remind else None,
        expires_at=expires_at,
        held="",
        unless_changed=request,
        stamp=case.desk.stamp(),
    )
    return case.again()


def tell_asked(case: Case, eligible: Sequence[Contact], look: Look) -> None:
    """Ask by mail where links can be mailed, and tell on the ticket who may approve it."""
    mailed = _mail_links(case, eligible, is_reminder=look.remind)
    event = "reminder" if look.remind else "asked"
    case.note(f"{event} {case.rounds()}", _asked_words(case, eligible, mailed, look))
    case.tell(ASKED, ", ".join(poc.address for poc in eligible))
    _begin_waiting(case)


def _mail_links(case: Case, eligible: Sequence[Contact], *, is_reminder: bool) -> list[str]:
    """Ask those who have not approved yet; return the addresses of whom a mail will reach."""
    if not can_link(case):
        return []
    request, round_ = case.request, case.rounds()
    given = {a.approver for a in request.approvals if a.counts_for(request.digest)}
    asked = [poc for poc in eligible if normal_address(poc.address) not in given]
    return [
        poc.address for poc in asked if ask_for_approval(case, poc, round_, is_reminder=is_reminder)
    ]


def _asked_words(case: Case, eligible: Sequence[Contact], mailed: Sequence[str], look: Look) -> str:
    who = ", ".join(f"{poc.name} <{poc.address}>" for poc in eligible)
    first = case.those(AWAITING)[0].id
    still = "still awaits" if look.remind else "awaits"
    how = f"Asked by mail: {', '.join(mailed)}. " if mailed else ""
    changed = (
        "What is asked for was changed, so what was approved before counts no more. "
        if case.rounds() and not look.remind
        else ""
    )
    return (
        f"{changed}Access request {_waiting_words(case)} {still} the approval of a point of "
        f"contact of {case.account.name}; nothing is granted before. It may be given by: {who}. "
        f"{how}An approval that was given otherwise is recorded with: bms-connector accounts "
        f'approve {first} --by ADDRESS --evidence "how it was given"'
    )


def _waiting_words(case: Case) -> str:
    waiting = case.those(AWAITING)
    return f"{ids_words(waiting)} ({people_words(waiting)})"


def _begin_waiting(case: Case) -> None:
    if case.request.kind is AccessKind.OTHER:
        case.give_status(case.desk.settings.waiting_status, "waiting")


def _schedule(case: Case, look: Look) -> None:
    case.desk.ledger.schedule_access(
        case.request.id,
        look_at=look.at,
        held="",
        unless_changed=case.request,
        stamp=case.desk.stamp(),
    )


def _expire(case: Case) -> Case:
    for record in case.those(AWAITING):
        case.desk.ledger.set_access_state(
            record.id,
            AccessState.EXPIRED,
            expected={AWAITING},
            reason=NOT_IN_TIME,
            stamp=case.desk.stamp(),
        )
    return case.again()
