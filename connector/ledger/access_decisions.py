"""Approvals, denials, and the states of the people of an access request.

An approval binds to a digest of what was asked for: any change of that voids approvals and
tokens, in the same transaction (DESIGN section 8).
"""

from collections.abc import Collection
from typing import Final

from connector.accounts.content import digest_of
from connector.accounts.model import AccessRecord, AccessRequest, AccessState, Approval, Person
from connector.ledger.access_rows import (
    access_of_record,
    changing,
    insert,
    person_params,
    tell,
    the_access,
    who,
)
from connector.ledger.access_tokens import AccessTokens, replace_tokens, use_up
from connector.ledger.columns import storable, time_text
from connector.ledger.database import Database, Transaction
from connector.ports import Stamp

CHANGEABLE: Final = frozenset(
    {AccessState.AWAITING_APPROVAL, AccessState.APPROVED, AccessState.PARKED}
)
"""The states in which nothing has been granted to a person, and nothing ended."""


class AccessDecisions(AccessTokens):
    """The part of the ledger that moves the people of access requests on."""

    database: Database

    def decide_access(
        self,
        access_id: int,
        approval: Approval,
        *,
        becomes: AccessState | None,
        token_hash: str | None = None,
        stamp: Stamp,
    ) -> bool:
        """Record an approval or denial, once per approver and content; return whether it counts.

        `becomes` moves every record that awaits approval (None: they still await others). Nothing
        is changed, and False returned, when the content is no longer `approval.digest`, when no
        record awaits approval, or when `token_hash` is given and that token is used, replaced or
        expired at `stamp.at`, or was not given to this approver for this content; else it is used
        up in the same transaction.
        """
        with changing(self.database) as tx:
            known = the_access(tx, access_id)
            if known.digest != approval.digest or not known.awaits_approval:
                return False
            if token_hash is not None and not use_up(tx, known, approval, token_hash, stamp):
                return False
            if _record_approval(tx, access_id, approval):
                tell(tx, access_id, step="decided", text=_told(approval), stamp=stamp)
            reason = "" if approval.approved else approval.evidence
            for record in known.records:
                if becomes is not None and record.state is AccessState.AWAITING_APPROVAL:
                    _move(tx, record, becomes, reason=reason, stamp=stamp)
            _look_at_once(tx, access_id, stamp)
            return True

    def set_access_state(
        self,
        record_id: int,
        state: AccessState,
        *,
        expected: Collection[AccessState],
        reason: str = "",
        remedy: str = "",
        contact_id: int | None = None,
        stamp: Stamp,
    ) -> bool:
        """Move one record; False, and nothing changed, unless its state is among `expected`.

        `contact_id` None keeps the one known.
        """
        with changing(self.database) as tx:
            record = _the_record(tx, record_id)
            if record.state not in expected:
                return False
            _move(
                tx,
                record,
                state,
                reason=reason,
                remedy=remedy,
                contact_id=contact_id,
                stamp=stamp,
            )
            return True

    def change_person(self, record_id: int, person: Person, *, stamp: Stamp) -> bool:
        """Change whom a record is about while it is not granted; voids approvals and tokens.

        The records of its request await approval anew, `asked_at`, `reminded_at` and `expires_at`
        are emptied. False, and nothing changed, when it is `awaiting_grant` or ended, or already
        says so. A change of what no approval binds to (the phone) voids nothing.
        """
        with changing(self.database) as tx:
            record = _the_record(tx, record_id)
            if record.state not in CHANGEABLE or record.person == person:
                return False
            keeps_contact = record.person.address == person.address
            tx.execute(
                """
                UPDATE access_people
                SET first_name = :first_name, last_name = :last_name, address = :address,
                    phone = :phone, role = :role, updated_at = :at,
                    contact_id = CASE WHEN :keeps_contact = 1 THEN contact_id ELSE NULL END
                WHERE id = :id
                """,
                {
                    "id": record_id,
                    **person_params(person),
                    "at": time_text(stamp.at),
                    "keeps_contact": int(keeps_contact),
                },
            )
            text = f"{who(record.person)} is now {who(person)}"
            tell(
                tx,
                record.request_id,
                step="changed",
                text=text,
                stamp=stamp,
                record_id=record_id,
            )
            known = the_access(tx, record.request_id)
            if void(tx, known, stamp):
                changed = _the_record(tx, record_id)
                _move(tx, changed, AccessState.AWAITING_APPROVAL, stamp=stamp)
            _look_at_once(tx, known.id, stamp)
            return True


def void(tx: Transaction, known: AccessRequest, stamp: Stamp) -> bool:
    """Let approvals and tokens count no more if `known`, just read, is not what they were for.

    Whoever was approved by them awaits approval anew, also where parked since; who was parked from
    the start stays so. Return whether what is asked for has changed.
    """
    if not keep_digest(tx, known):
        return False
    params = {"id": known.id, "at": time_text(stamp.at)}
    tx.execute(
        """
        UPDATE access_requests SET asked_at = NULL, reminded_at = NULL, expires_at = NULL
        WHERE id = :id
        """,
        params,
    )
    voided = tx.execute(
        "UPDATE access_approvals SET voided_at = :at WHERE access_id = :id AND voided_at IS NULL",
        params,
    )
    replace_tokens(tx, known.id, stamp)
    _await_anew(tx, known, stamp)
    if voided:
        text = "what was asked for has changed: earlier approvals count no more"
        tell(tx, known.id, step="voided", text=text, stamp=stamp)
    return True


def keep_digest(tx: Transaction, known: AccessRequest) -> bool:
    """Keep the digest of what `known`, just read, asks for; return whether it is another one."""
    digest = digest_of(
        known.kind,
        known.account_name,
        [record.person for record in known.records],
        subject=known.subject,
        text_digest=known.text_digest,
    )
    if digest == known.digest:
        return False
    tx.execute(
        "UPDATE access_requests SET digest = :digest WHERE id = :id",
        {"id": known.id, "digest": digest},
    )
    return True


def _await_anew(tx: Transaction, known: AccessRequest, stamp: Stamp) -> None:
    for record in known.records:
        if record.state is AccessState.APPROVED or record.is_stopped:
            _move(tx, record, AccessState.AWAITING_APPROVAL, stamp=stamp)


def _the_record(tx: Transaction, record_id: int) -> AccessRecord:
    known = access_of_record(tx, record_id)
    if known is None:
        raise KeyError(record_id)
    return next(record for record in known.records if record.id == record_id)


def _move(
    tx: Transaction,
    record: AccessRecord,
    state: AccessState,
    *,
    reason: str = "",
    remedy: str = "",
    contact_id: int | None = None,
    stamp: Stamp,
) -> None:
    tx.execute(
        """
        UPDATE access_people
        SET state = :state, reason = :reason, remedy = :remedy, updated_at = :at,
            contact_id = COALESCE(:contact_id, contact_id),
            parked_from = CASE WHEN :state <> 'parked' THEN NULL
                               WHEN state = 'parked' THEN parked_from
                               ELSE state END
        WHERE id = :id
        """,
        {
            "id": record.id,
            "state": state.value,
            "reason": storable(reason),
            "remedy": storable(remedy),
            "contact_id": contact_id,
            "at": time_text(stamp.at),
        },
    )
    if (record.state, record.reason) != (state, reason):
        text = f"{record.state} → {state}" + (f": {reason}" if reason else "")
        tell(tx, record.request_id, step="state", text=text, stamp=stamp, record_id=record.id)


def _record_approval(tx: Transaction, access_id: int, approval: Approval) -> bool:
    """Record it unless the same approver has said the same about the same content."""
    said = {
        "access_id": access_id,
        "approver": storable(approval.approver),
        "digest": approval.digest,
        "approved": int(approval.approved),
    }
    known = tx.one(
        """
        SELECT id FROM access_approvals
        WHERE access_id = :access_id AND approver = :approver AND digest = :digest
            AND approved = :approved AND voided_at IS NULL
        """,
        said,
    )
    if known is not None:
        return False
    values = {
        **said,
        "approver_name": storable(approval.approver_name),
        "channel": approval.channel.value,
        "at": time_text(approval.at),
        "evidence": storable(approval.evidence),
        "recorded_by": storable(approval.recorded_by),
    }
    insert(tx, "access_approvals", values)
    return True


def _look_at_once(tx: Transaction, access_id: int, stamp: Stamp) -> None:
    tx.execute(
        "UPDATE access_requests SET look_at = :at WHERE id = :id",
        {"id": access_id, "at": time_text(stamp.at)},
    )


def _told(approval: Approval) -> str:
    what = "approved" if approval.approved else "denied"
    name = approval.approver_name or "somebody"
    by = f"{name} <{approval.approver}>" if approval.approver else name
    recorded = f", recorded by {approval.recorded_by}" if approval.recorded_by else ""
    evidence = f": {approval.evidence}" if approval.evidence else ""
    return f"{what} by {by} ({approval.channel}){recorded}{evidence}"
