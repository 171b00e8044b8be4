"""Decisions on access: by staff record, by link, and withdrawal (DESIGN section 8 (b) and (c)).

Points of contact are looked up anew each time. Nothing here writes to a ticket: the step
`accounts` of the next run tells what was decided, so that a decision is never half told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from connector.accounts.eligibility import is_complete, may_approve
from connector.accounts.model import (
    AccessRequest,
    AccessState,
    Approval,
    Channel,
)
from connector.accounts.tokens import hash_of
from connector.domain.tenant import Contact, Lookup, Named
from connector.errors import ConnectorError
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.desk import AccessDesk
from connector.ports.accounts import ApprovalToken

WITHDRAWABLE = frozenset(
    {
        AccessState.AWAITING_APPROVAL,
        AccessState.APPROVED,
        AccessState.AWAITING_GRANT,
        AccessState.PARKED,
    }
)


class ApprovalRefused(ConnectorError):
    """A decision was not taken: by this person, in this state, or not at all."""


class TokenState(StrEnum):
    """What a link is good for."""

    VALID = "valid"
    USED = "used"
    """It has decided, or nothing is left to decide."""
    EXPIRED = "expired"
    REPLACED = "replaced"
    """A newer one was mailed, or what is asked for was changed."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TokenView:
    """What a link shows. `request` is None for one that nobody issued; `approver` an address."""

    state: TokenState
    request: AccessRequest | None = None
    approver: str = ""


def approve(
    desk: AccessDesk, record_id: int, *, by: str, evidence: str, recorded_by: str
) -> AccessRequest:
    """Record that a point of contact approved the whole access request of a record.

    `by` is the approver's address, `evidence` the words of whoever heard it, `recorded_by` who
    ran the command. What is approved already is returned as it is. Raises `ApprovalRefused`, and
    what the gateway raises.
    """
    request = _request_of(desk, record_id)
    if is_approved(request):
        return request
    if not evidence.strip():
        raise ApprovalRefused(
            f"the approval of access request {record_id} needs evidence",
            'Say how the point of contact approved it: --evidence "by phone on …"',
        )
    _must_await(request, record_id)
    request, poc, pocs = _eligible(desk, request, by)
    approval = Approval(
        approver=normal_address(by),
        approver_name=poc.name,
        channel=Channel.STAFF,
        approved=True,
        digest=request.digest,
        at=desk.clock(),
        evidence=evidence.strip(),
        recorded_by=recorded_by,
    )
    return _decide(desk, request, approval, _approved_state(desk, request, approval, pocs))


def deny(
    desk: AccessDesk, record_id: int, *, reason: str, recorded_by: str, by: str = ""
) -> AccessRequest:
    """Record that the whole access request of a record is denied; raises `ApprovalRefused`.

    `by` is the point of contact who said so; empty when staff decided.
    """
    request = _request_of(desk, record_id)
    _must_have(reason, record_id, "denial")
    _must_await(request, record_id)
    approval = Approval(
        approver=normal_address(by),
        approver_name="",
        channel=Channel.STAFF,
        approved=False,
        digest=request.digest,
        at=desk.clock(),
        evidence=reason.strip(),
        recorded_by=recorded_by,
    )
    return _decide(desk, request, approval, AccessState.DENIED)


def withdraw(desk: AccessDesk, record_id: int, *, reason: str, recorded_by: str) -> AccessRequest:
    """Withdraw one person's record, granted ones excepted; raises `ApprovalRefused`."""
    request = _request_of(desk, record_id)
    _must_have(reason, record_id, "withdrawal")
    stamp = desk.stamp()
    words = f"withdrawn by {recorded_by}: {reason.strip()}"
    done = desk.ledger.set_access_state(
        record_id, AccessState.WITHDRAWN, expected=WITHDRAWABLE, reason=words, stamp=stamp
    )
    if not done:
        state = _state_of(request, record_id)
        raise ApprovalRefused(
            f"access request {record_id} cannot be withdrawn: it is {state}",
            "Access that was granted is taken away in BMS, by a technician",
        )
    desk.ledger.schedule_access(request.id, look_at=stamp.at, stamp=stamp)
    return _again(desk, request)


# --- by link ---------------------------------------------------------------------------------


def look_at_token(desk: AccessDesk, token: str) -> TokenView:
    """Return what a link is good for now; changes nothing and asks nothing of BMS."""
    known = desk.ledger.token(hash_of(token))
    request = desk.ledger.access_request(known.access_id) if known else None
    if known is None or request is None:
        return TokenView(TokenState.UNKNOWN)
    return TokenView(_state(desk, known, request), request, known.approver)


def decide_by_token(desk: AccessDesk, token: str, *, approve: bool, reason: str = "") -> TokenView:
    """Approve or deny by a link, once; return what the link is good for afterwards.

    A link that is not valid decides nothing, and its view says why. Raises `ApprovalRefused` when
    its holder may not approve (any more), and what the gateway raises.
    """
    view = look_at_token(desk, token)
    if view.state is not TokenState.VALID or view.request is None:
        return view
    request, poc, pocs = _eligible(desk, view.request, view.approver)
    approval = Approval(
        approver=view.approver,
        approver_name=poc.name,
        channel=Channel.LINK,
        approved=approve,
        digest=request.digest,
        at=desk.clock(),
        evidence=reason.strip(),
    )
    becomes = _approved_state(desk, request, approval, pocs) if approve else AccessState.DENIED
    desk.ledger.decide_access(
        request.id, approval, becomes=becomes, token_hash=hash_of(token), stamp=desk.stamp()
    )
    return look_at_token(desk, token)


def _state(desk: AccessDesk, token: ApprovalToken, request: AccessRequest) -> TokenState:
    if token.used_at is not None:
        return TokenState.USED
    if token.replaced_at is not None or token.digest != request.digest:
        return TokenState.REPLACED
    if desk.clock() >= token.expires_at:
        return TokenState.EXPIRED
    return TokenState.VALID if request.awaits_approval else TokenState.USED


# --- what all of them ask --------------------------------------------------------------------


def is_approved(request: AccessRequest) -> bool:
    """Whether what is asked for was approved, and nobody of it waits for an approval."""
    approved = (AccessState.APPROVED, AccessState.AWAITING_GRANT, AccessState.ACTIVE)
    any_approved = any(each.state in approved or each.is_stopped for each in request.records)
    return any_approved and not request.awaits_approval


def account_of(desk: AccessDesk, request: AccessRequest) -> Named:
    """Return the account in BMS; raises `ApprovalRefused` on the catch-all account.

    Raises `NameUnresolved` when only its name is known and BMS has no such account.
    """
    account = request.account or desk.gateway.resolve(Lookup.ACCOUNT, request.account_name)
    if desk.is_catch_all(account):
        raise ApprovalRefused(
            f"nobody can approve access on the catch-all account {account.name}",
            "Ask for it on the client's account, with accounts request",
        )
    return account


def _approved_state(
    desk: AccessDesk, request: AccessRequest, approval: Approval, pocs: Sequence[Contact]
) -> AccessState | None:
    """Return what a request becomes by one more approval; None when it still awaits others."""
    approvals = [*request.approvals, approval]
    return AccessState.APPROVED if is_complete(request, approvals, pocs, desk.rules) else None


def _decide(
    desk: AccessDesk, request: AccessRequest, approval: Approval, becomes: AccessState | None
) -> AccessRequest:
    if not desk.ledger.decide_access(request.id, approval, becomes=becomes, stamp=desk.stamp()):
        raise ApprovalRefused(
            "what is asked for was changed or decided meanwhile",
            "Look at it again with accounts show, then decide anew",
        )
    return _again(desk, request)


def _eligible(
    desk: AccessDesk, request: AccessRequest, address: str
) -> tuple[AccessRequest, Contact, Sequence[Contact]]:
    """Return the request with its account, who has this address, and every point of contact.

    They are looked up anew each time; raises `ApprovalRefused` for who may not approve.
    """
    account = account_of(desk, request)
    request = replace(request, account=account)
    pocs = desk.gateway.points_of_contact(account.id)
    wanted = normal_address(address)
    poc = next((each for each in pocs if normal_address(each.address) == wanted), None)
    why_not = may_approve(poc, request, desk.rules, account)
    if poc is None or why_not is not None:
        raise ApprovalRefused(
            f"{address.strip() or 'nobody'} may not approve this: {why_not}",
            "Ask another point of contact, or correct the contact in BMS",
        )
    return request, poc, pocs


def _must_await(request: AccessRequest, record_id: int) -> None:
    if request.awaits_approval:
        return
    record = next(each for each in request.records if each.id == record_id)
    why = f" ({record.reason})" if record.reason else ""
    raise ApprovalRefused(
        f"access request {record_id} awaits no approval: it is {record.state}{why}",
        record.remedy or "See accounts show for what became of it",
    )


def _must_have(reason: str, record_id: int, what: str) -> None:
    if not reason.strip():
        raise ApprovalRefused(
            f"the {what} of access request {record_id} needs a reason", 'Say it: --reason "…"'
        )


def _request_of(desk: AccessDesk, record_id: int) -> AccessRequest:
    request = desk.ledger.access_of_record(record_id)
    if request is None:
        raise ApprovalRefused(
            f"there is no access request {record_id}", "See accounts list for their ids"
        )
    return request


def _state_of(request: AccessRequest, record_id: int) -> AccessState:
    return next(each.state for each in request.records if each.id == record_id)


def _again(desk: AccessDesk, request: AccessRequest) -> AccessRequest:
    return desk.ledger.access_request(request.id) or request
