"""Letters about access: to points of contact and requesters, at their addresses on record in BMS.

The outbox keeps no token: where a link will stand, it keeps `LINK`, and for whom the link is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from connector.accounts.model import AccessKind, AccessRecord, Approval
from connector.domain.tenant import Contact
from connector.mapping.domains import normal_address
from connector.mapping.message_templates import DENIED, READY, RECORDED, WANTED, AccessWords
from connector.mapping.render import one_line
from connector.pipeline.accounts.case import Case
from connector.pipeline.accounts.wording import person_words
from connector.pipeline.post.office import MAIL, PostOffice
from connector.ports.post import Letter, Limit, PostKind
from connector.sla.wording import moment_words

LINK = "the-link-is-put-in-when-the-mail-is-sent"
"""Stands in the outbox where a link will be; it needs no escape in HTML."""
LINK_FOR = "approval_link_for"

KEPT = timedelta(days=2)
"""How long a letter that cannot be sent is still worth sending."""
LIMITS = (Limit(30, timedelta(days=1), "30 a day about access to this address"),)
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets a letter, by name and address as BMS has them."""

    name: str
    address: str

    @classmethod
    def of(cls, contact: Contact) -> "Addressee":
        """Return a contact as an addressee."""
        return cls(contact.name, contact.address)


def can_mail(case: Case) -> bool:
    """Whether mail can be sent."""
    post = case.services.post
    return post is not None and MAIL in post.couriers


def can_link(case: Case) -> bool:
    """Whether points of contact can be mailed links."""
    return can_mail(case) and bool(case.desk.settings.url)


def ask_for_approval(case: Case, poc: Contact, round_: int, *, is_reminder: bool) -> bool:
    """Put the letter that asks for an approval into the outbox; return whether it will be sent."""
    until = case.request.expires_at
    event = "reminder" if is_reminder else "asked"
    words = replace(
        _words(case, case.request.records, event),
        requester=one_line(str(case.request.requester or ""))[:MAX_WORDS],
        link=LINK,
        until=moment_words(until, case.services.rulebook.zone) if until else "",
    )
    link_for = {
        "access_id": case.request.id,
        "approver": normal_address(poc.address),
        "digest": case.request.digest,
    }
    unique = f"{event} {case.request.digest[:12]} {round_}"
    return _post(case, WANTED, unique, Addressee.of(poc), words, link_for=link_for)


def tell_recorded(case: Case, approval: Approval, pocs: Sequence[Contact]) -> list[str]:
    """Tell every point of contact of an approval that staff recorded; return their addresses."""
    approver = Addressee(approval.approver_name, approval.approver)
    words = replace(
        _words(case, case.request.records, "recorded"),
        approver=_named(approver),
        recorded_by=one_line(approval.recorded_by),
        evidence=one_line(approval.evidence)[:MAX_WORDS],
    )
    unique = f"recorded {approval.at.isoformat()}"
    told = [Addressee.of(poc) for poc in pocs]
    for poc in told:
        _post(case, RECORDED, unique, poc, words)
    return [poc.address for poc in told]


def tell_ready(case: Case, records: Sequence[AccessRecord], whom: Sequence[Addressee]) -> None:
    """Tell requester and approvers that logins are ready."""
    for each in whom:
        _post(case, READY, "ready", each, _words(case, records, "ready"))


def tell_not_approved(case: Case, event: str, reason: str, whom: Sequence[Addressee]) -> None:
    """Tell the requester that access was denied, or that its time ran out."""
    words = replace(_words(case, case.request.records, event), reason=one_line(reason)[:MAX_WORDS])
    for each in whom:
        _post(case, DENIED, f"{event} {case.request.digest[:12]}", each, words)


def requester_on_record(case: Case) -> list[Addressee]:
    """Return the requester, if BMS has them as an active contact of the account."""
    requester = case.request.requester
    if requester is None:
        return []
    found = case.desk.gateway.contacts(requester.address)
    return [Addressee.of(each) for each in found if each.account.id == case.account.id][:1]


def _named(who: Addressee) -> str:
    return one_line(f"{who.name} <{who.address}>" if who.name else who.address)


def _words(case: Case, records: Sequence[AccessRecord], event: str) -> AccessWords:
    is_other = case.request.kind is AccessKind.OTHER
    rules = case.services.post.acknowledgements if case.services.post else None
    return AccessWords(
        event=event,
        number=case.ticket.number,
        account=case.account.name,
        people=tuple(person_words(record.person)[:MAX_WORDS] for record in records),
        what=one_line(case.request.subject)[:MAX_WORDS] if is_other else "",
        phone=rules.phone if rules else "",
    )


def _post(
    case: Case,
    template: str,
    unique: str,
    to: Addressee,
    words: AccessWords,
    *,
    link_for: dict[str, object] | None = None,
) -> bool:
    post = case.services.post
    if post is None or not can_mail(case) or not to.address:
        return False
    letter = _letter(case, post, template, unique, to, words)
    if link_for is not None:
        letter = replace(letter, content={**letter.content, LINK_FOR: link_for})
    return case.post(letter, LIMITS)


def _letter(
    case: Case, post: PostOffice, template: str, unique: str, to: Addressee, words: AccessWords
) -> Letter:
    message = post.templates.access(template, replace(words, name=one_line(to.name)))
    address = normal_address(to.address)
    return Letter(
        unique_key=f"access {case.request.id} {unique} {address}",
        kind=PostKind.NOTICE,
        request_key=case.request.request_key,
        channel=MAIL,
        recipient=to.address,
        content={"subject": message.subject, "text": message.text, "html": message.html},
        message_id=post.new_message_id(),
        expires_at=case.desk.clock() + KEPT,
        limited_as=f"access {address}",
    )
