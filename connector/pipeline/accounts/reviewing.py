"""The access review: who has portal access in BMS, and who approved it (`accounts verify`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from connector.accounts.model import (
    AccessKind,
    AccessRecord,
    AccessRequest,
    AccessState,
    Approval,
)
from connector.domain.tenant import ContactEntry, Lookup, Named
from connector.mapping.domains import normal_address
from connector.pipeline.accounts.desk import AccessDesk

ROLE_UNCHECKED = "the role cannot be read from BMS: the technician confirms it on the ticket"

ON_RECORD = frozenset(
    {AccessState.ACTIVE, AccessState.APPROVED, AccessState.AWAITING_GRANT, AccessState.PARKED}
)
"""States in which somebody who was approved has access, or should get it."""


class Finding(StrEnum):
    """What is not as the approvals on record say."""

    NO_APPROVAL = "access without approval"
    NOT_GRANTED = "approved, not granted"
    INACTIVE = "contact inactive"
    GONE = "contact gone"


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One person who has access, or should have it.

    `contact` is None when BMS has no such contact; `request` and `record` are what was approved,
    `approval` one by whom, if any. `words` say more about the finding.
    """

    contact: ContactEntry | None
    request: AccessRequest | None = None
    record: AccessRecord | None = None
    approval: Approval | None = None
    finding: Finding | None = None
    words: str = ""
    in_baseline: bool = False

    @property
    def name(self) -> str:
        """Whom it is about, as BMS has it, else as it was asked for."""
        if self.contact is not None and self.contact.name:
            return self.contact.name
        return self.record.person.name if self.record else ""

    @property
    def address(self) -> str:
        """The address, as BMS has it, else as it was asked for."""
        if self.contact is not None and self.contact.address:
            return self.contact.address
        return self.record.person.address if self.record else ""

    @property
    def account(self) -> str:
        """The account, as BMS has it, else as it was asked for."""
        if self.contact is not None:
            return self.contact.account_name
        return self.request.shown_account if self.request else ""


@dataclass(frozen=True, slots=True)
class Review:
    """Everybody who has access or should have it, as BMS and the ledger say at one moment."""

    at: datetime
    lines: tuple[ReviewLine, ...]

    @property
    def findings(self) -> Sequence[ReviewLine]:
        """Return the lines that a person should look at."""
        return [line for line in self.lines if line.finding is not None]


def review_access(desk: AccessDesk, *, account: str | None = None) -> Review:
    """Compare BMS with the approvals on record, for one account or all.

    Raises `NameUnresolved` for an account that BMS does not have, and what the gateway raises.
    """
    only = desk.gateway.resolve(Lookup.ACCOUNT, account) if account else None
    approved = _approved(desk, only)
    have = {each.id: each for each in desk.gateway.portal_contacts(only.id if only else None)}
    ids = {each.record.contact_id for each in approved if each.record.contact_id is not None}
    others = {each.id: each for each in desk.gateway.contacts_with_ids(sorted(ids - have.keys()))}
    baseline = desk.ledger.baseline()
    lines = [_with_access(contact, approved, baseline) for contact in have.values()]
    seen = {line.record.id for line in lines if line.record is not None}
    lines += [_without_access(each, others) for each in approved if each.record.id not in seen]
    lines.sort(key=lambda line: (line.account.casefold(), line.name.casefold(), line.address))
    return Review(desk.clock(), tuple(lines))


def accept_todays(desk: AccessDesk, review: Review) -> int:
    """Accept the access of a review that nobody approved; return how many are new."""
    accepted = {
        line.contact.id: normal_address(line.contact.address)
        for line in review.lines
        if line.contact is not None and line.finding is Finding.NO_APPROVAL
    }
    return desk.ledger.accept_baseline(accepted, stamp=desk.stamp())


@dataclass(frozen=True, slots=True)
class _Approved:
    """What was approved of one person, and one of those who did."""

    request: AccessRequest
    record: AccessRecord
    approval: Approval

    def is_for(self, contact: ContactEntry) -> bool:
        """Whether this contact was meant, or was made or found for it."""
        if self.record.contact_id is not None:
            return self.record.contact_id == contact.id
        return self.is_at(contact) and self.is_address_of(contact)

    def is_at(self, contact: ContactEntry) -> bool:
        account = self.request.account
        if account is not None:
            return account.id == contact.account_id
        return self.request.account_name.casefold() == contact.account_name.casefold()

    def is_address_of(self, contact: ContactEntry) -> bool:
        return normal_address(self.record.person.address) == normal_address(contact.address)


def _approved(desk: AccessDesk, only: Named | None) -> Sequence[_Approved]:
    """Return what was approved, the last of each person at an account."""
    found: dict[tuple[str, str], _Approved] = {}
    listed = desk.ledger.listed_access(
        states=ON_RECORD, account=only.name if only else None, kind=AccessKind.LOGIN
    )
    for request in listed:  # the newest first
        approval = _that_counts(request)
        for record in request.records if approval else ():
            if approval is not None and record.state in ON_RECORD:
                key = (request.shown_account.casefold(), record.person.address)
                found.setdefault(key, _Approved(request, record, approval))
    return list(found.values())


def _that_counts(request: AccessRequest) -> Approval | None:
    counts = (each for each in request.approvals if each.counts_for(request.digest))
    return next((each for each in counts if each.approved), None)


def _with_access(
    contact: ContactEntry, approved: Sequence[_Approved], baseline: Mapping[int, str]
) -> ReviewLine:
    """Return the line of a contact that has access."""
    given = next((each for each in approved if each.is_for(contact)), None)
    accepted = baseline.get(contact.id) == normal_address(contact.address)
    line = _line(contact, given, in_baseline=accepted)
    if not contact.is_active:
        return replace(line, finding=Finding.INACTIVE, words="it still has portal access")
    why = _not_as_approved(contact, given, baseline)
    if why is None or accepted:
        return line
    return replace(line, finding=Finding.NO_APPROVAL, words=why)


def _not_as_approved(
    contact: ContactEntry, given: _Approved | None, baseline: Mapping[int, str]
) -> str | None:
    if given is None:
        if contact.id in baseline:
            return f"the baseline accepted it for {baseline[contact.id]}"
        return "no approval is on record"
    if not given.is_at(contact):
        return f"it was approved at {given.request.shown_account}"
    if not given.is_address_of(contact):
        return f"it was approved for {given.record.person.address}"
    return None


def _without_access(given: _Approved, others: Mapping[int, ContactEntry]) -> ReviewLine:
    """Return the line of somebody approved whom BMS shows no access of."""
    record = given.record
    contact = others.get(record.contact_id or 0)
    line = _line(contact, given)
    if record.contact_id is None:
        words = record.reason or "no contact was found or made yet"
        return replace(line, finding=Finding.NOT_GRANTED, words=words)
    if contact is None:
        words = f"BMS has no contact {record.contact_id} any more"
        return replace(line, finding=Finding.GONE, words=words)
    if not contact.is_active:
        return replace(line, finding=Finding.INACTIVE, words="it has no portal access")
    if record.state is AccessState.ACTIVE:
        words = "it was granted, and has since been taken away in BMS"
        return replace(line, finding=Finding.NOT_GRANTED, words=words)
    words = record.reason or "a technician has not done the step on the ticket yet"
    return replace(line, finding=Finding.NOT_GRANTED, words=words)


def _line(
    contact: ContactEntry | None, given: _Approved | None, *, in_baseline: bool = False
) -> ReviewLine:
    if given is None:
        return ReviewLine(contact, in_baseline=in_baseline)
    return ReviewLine(contact, given.request, given.record, given.approval, in_baseline=in_baseline)
