"""What was decided is told: on the ticket, to points of contact and the requester, once each."""

import hashlib

from connector.accounts.model import AccessKind, AccessState, Approval, Channel
from connector.mapping.render import one_line
from connector.pipeline.accounts.case import Case
from connector.pipeline.accounts.letters import (
    can_mail,
    requester_on_record,
    tell_not_approved,
    tell_recorded,
)
from connector.pipeline.accounts.wording import ids_words, people_words

HOW = {
    Channel.REQUEST: "by the request itself: their own mail, which their domain vouches for",
    Channel.LINK: "by the link that was mailed to them",
}


def tell_decisions(case: Case) -> None:
    """Tell of every approval and denial that counts and of which nobody was told yet."""
    for approval in case.request.approvals:
        if not approval.counts_for(case.request.digest):
            continue
        if approval.approved:
            _tell_approval(case, approval)
        else:
            _tell_denial(case, approval)
    _tell_expired(case)
    _tell_withdrawn(case)


def _tell_approval(case: Case, approval: Approval) -> None:
    name = f"approval {_mark(approval)}"
    if not case.is_noted(name):
        case.note(name, f"{_approved_words(case, approval)} {_told_words(case, approval)}".strip())
    if case.request.kind is AccessKind.OTHER and not case.request.awaits_approval:
        case.give_status(case.desk.settings.approved_status, f"approved {_mark(approval)}")


def _approved_words(case: Case, approval: Approval) -> str:
    records = case.request.records
    what = f"Access request {ids_words(records)} ({people_words(records)})"
    by = _approver(approval)
    if approval.channel is Channel.STAFF:
        how = (
            f"as recorded by {one_line(approval.recorded_by)}. "
            f"Evidence: {one_line(approval.evidence)}"
        )
    else:
        how = HOW[approval.channel]
    still = " It awaits the approval of others too." if case.request.awaits_approval else ""
    return f"{what} was approved by {by}, a point of contact of {case.account.name}, {how}.{still}"


def _told_words(case: Case, approval: Approval) -> str:
    """Let every point of contact hear of what staff recorded; return whom."""
    if approval.channel is not Channel.STAFF:
        return ""
    if not can_mail(case):
        return (
            "No mail is configured, so the points of contact were not told that an approval was "
            "recorded in their name: please tell them."
        )
    told = tell_recorded(case, approval, case.desk.gateway.points_of_contact(case.account.id))
    return f"Told by mail that it was recorded: {', '.join(told) or 'nobody'}."


def _tell_denial(case: Case, denial: Approval) -> None:
    by = _approver(denial) if denial.approver else "our own people"
    recorded = f" (recorded by {one_line(denial.recorded_by)})" if denial.recorded_by else ""
    reason = one_line(denial.evidence) or "no reason was given"
    records = case.request.records
    text = (
        f"Access request {ids_words(records)} ({people_words(records)}) was denied by {by}"
        f"{recorded}: {reason}."
    )
    _tell_not_granted(case, "denied", _mark(denial), text, denial.evidence)


def _tell_not_granted(case: Case, event: str, mark: str, text: str, reason: str) -> None:
    """Tell staff, and the requester with the reason, that access is not granted."""
    case.note(f"{event} {mark}", text)
    if not case.is_noted(f"{event} publicly {mark}"):
        tell_not_approved(case, event, reason, requester_on_record(case))
        said = f" Reason: {one_line(reason)}" if reason.strip() else ""
        public = "The access that was asked for was not approved, so it is not granted." + said
        case.note(f"{event} publicly {mark}", public, is_public=True)
    if case.request.kind is AccessKind.OTHER:
        case.give_status(case.desk.settings.denied_status, f"{event} {mark}")


def _tell_expired(case: Case) -> None:
    expired = case.those(AccessState.EXPIRED)
    if expired:
        what = f"Access request {ids_words(expired)} ({people_words(expired)})"
        reason = expired[0].reason
        _tell_not_granted(case, "expired", "", f"{what} has expired: {reason}.", reason)


def _tell_withdrawn(case: Case) -> None:
    for record in case.those(AccessState.WITHDRAWN):
        whom = people_words([record])
        case.note(
            f"withdrawn {record.id}",
            f"Access request {record.id} ({whom}) was withdrawn: {record.reason}. Nothing is to be "
            "granted for it any more.",
        )


def _approver(approval: Approval) -> str:
    name = one_line(approval.approver_name)
    return f"{name} <{approval.approver}>" if name else approval.approver


def _mark(approval: Approval) -> str:
    said = f"{approval.approver} {approval.digest} {approval.at.isoformat()} {approval.approved}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]
