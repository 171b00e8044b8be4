"""Whose an identity is: the first request that claims it; whatever comes later is a duplicate."""

from datetime import datetime

from connector.domain.request import HASH_HOLDS, Identity, Outcome
from connector.ledger.columns import storable, time_for_people, time_text
from connector.ledger.database import Params, Transaction
from connector.ledger.rows import tell, the_request, write_outcome
from connector.ports import Identified, RequestRecord, Stamp


def holder_of(tx: Transaction, identity: Identity, received_at: datetime) -> str | None:
    """Return the key of the request that has this identity, if any."""
    row = tx.one(
        """
        SELECT request_key FROM identities
        WHERE value = :value
            AND (expires = 0 OR (received_at > :earliest AND received_at < :latest))
        """,
        {"value": storable(identity.value), **_held_between(received_at)},
    )
    return None if row is None else str(row["request_key"])


def claim_identity(
    tx: Transaction, key: str, identified: Identified, *, urgent: bool, stamp: Stamp
) -> str | None:
    """Claim it for a request, or settle that as a duplicate; return the key of who has it then."""
    is_first = tx.execute(
        """
        UPDATE requests
        SET identified = 1, subject = :subject, sender = :sender, turn = :turn,
            conversation = :conversation
        WHERE key = :key AND identified = 0
        """,
        {
            "key": key,
            "subject": storable(identified.subject),
            "sender": storable(identified.sender),
            "turn": 0 if urgent else 1,
            "conversation": identified.conversation,
        },
    )
    this = the_request(tx, key)
    if not is_first:
        return this.duplicate_of  # another host was faster
    holder = _holder_after_claim(tx, this, identified.identity)
    if holder == key:
        text = "new: no other request has its identity"
        tell(tx, key, step="identify", text=text, stamp=stamp)
        return None
    _settle_as_duplicate(tx, this, the_request(tx, holder), stamp)
    return holder


def _holder_after_claim(tx: Transaction, this: RequestRecord, identity: Identity) -> str:
    """Claim the identity, and return who holds it now.

    One statement decides, so two claims at the same moment cannot both succeed. An identity
    that no longer holds passes to the request that claims it.
    """
    value = storable(identity.value)
    tx.execute(
        """
        INSERT INTO identities (value, request_key, received_at, expires)
        VALUES (:value, :key, :received_at, :expires)
        ON CONFLICT (value) DO UPDATE
        SET request_key = excluded.request_key, received_at = excluded.received_at
        WHERE identities.expires = 1
            AND (identities.received_at <= :earliest OR identities.received_at >= :latest)
        """,
        {
            "value": value,
            "key": this.key,
            "received_at": time_text(this.received_at),
            "expires": int(identity.expires),
            **_held_between(this.received_at),
        },
    )
    row = tx.one("SELECT request_key FROM identities WHERE value = :value", {"value": value})
    return this.key if row is None else str(row["request_key"])


def _held_between(received_at: datetime) -> Params:
    return {
        "earliest": time_text(received_at - HASH_HOLDS),
        "latest": time_text(received_at + HASH_HOLDS),
    }


def _settle_as_duplicate(
    tx: Transaction, this: RequestRecord, first: RequestRecord, stamp: Stamp
) -> None:
    reason = (
        f"the same as {first.key}, which came from {first.source} "
        f"and was recorded on {time_for_people(first.recorded_at)}"
    )
    if first.state is Outcome.PARKED:
        reason += "; that one is parked: release or ignore it"
    write_outcome(
        tx,
        this.key,
        Outcome.DUPLICATE,
        reason=reason,
        remedy="",
        at=stamp.at,
        duplicate_of=first.key,
    )
    text = f"duplicate: {reason}, as {first.locator}"
    tell(tx, this.key, step="identify", text=text, stamp=stamp)
    again = (
        f"came again from {this.source} as {this.locator}, received on "
        f"{time_for_people(this.received_at)}; recorded as {this.key}, nothing done twice"
    )
    tell(tx, first.key, step="identify", text=again, stamp=stamp)
