"""Intake: raw bytes first, then the identity that tells a new request from a repeated one."""

from collections.abc import Sequence
from datetime import datetime

from connector.domain import HASH_HOLDS, Identity, Outcome, Waiting
from connector.ledger.columns import json_text, storable, time_for_people, time_text
from connector.ledger.database import Database, Params, Transaction
from connector.ledger.rows import must_change, request_record, tell, the_request, write_outcome
from connector.ports import Arrival, RequestRecord, Stamp


class Recording:
    """The part of the ledger that intake uses."""

    database: Database

    def waiting_item(self, source: str, locator: str) -> RequestRecord | None:
        """Return the record of an item that was recorded and not yet filed away, if any."""
        with self.database.snapshot() as tx:
            row = tx.one(
                """
                SELECT * FROM requests
                WHERE source = :source AND locator = :locator AND filed_as IS NULL
                ORDER BY recorded_at LIMIT 1
                """,
                {"source": source, "locator": json_text(locator)},
            )
        return None if row is None else request_record(row)

    def record(self, key: str, arrival: Arrival, raw: bytes, *, stamp: Stamp) -> None:
        """Keep an item's raw bytes, as a pending request."""
        with self.database.transaction() as tx:
            _insert_request(tx, key, arrival, stamp)
            tx.execute(
                "INSERT INTO raw (request_key, content) VALUES (:key, :content)",
                {"key": key, "content": raw},
            )
            text = f"recorded from {arrival.source}: {arrival.locator} ({len(raw)} bytes)"
            tell(tx, key, step="record", text=text, stamp=stamp)

    def unfiled(self, source: str) -> Sequence[RequestRecord]:
        """Return what was recorded from a source and has not left it yet, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM requests WHERE source = :source AND filed_as IS NULL
                ORDER BY recorded_at, key
                """,
                {"source": source},
            )
        return [request_record(row) for row in rows]

    def relocate(self, key: str, locator: str, *, stamp: Stamp) -> None:
        """Record that the source calls the request's item by another name now."""
        with self.database.transaction() as tx:
            before = the_request(tx, key).locator
            tx.execute(
                "UPDATE requests SET locator = :locator WHERE key = :key",
                {"key": key, "locator": json_text(locator)},
            )
            text = f"its source was numbered anew: {before} is {locator} now"
            tell(tx, key, step="record", text=text, stamp=stamp)

    def refill(self, key: str, raw: bytes, *, stamp: Stamp) -> None:
        """Give a request that was parked unread its bytes, and make it pending again."""
        with self.database.transaction() as tx:
            tx.execute(
                "UPDATE raw SET content = :content WHERE request_key = :key",
                {"key": key, "content": raw},
            )
            changed = tx.execute(
                """
                UPDATE requests
                SET state = 'pending', identified = 0, waiting = :waiting, reason = '',
                    remedy = '', settled_at = NULL, to_file = 0
                WHERE key = :key AND state = 'parked'
                """,
                {"key": key, "waiting": Waiting.TURN.value},
            )
            must_change(changed, key)
            text = f"read now that it is not too large any more ({len(raw)} bytes)"
            tell(tx, key, step="record", text=text, stamp=stamp)

    def holder_of(self, identity: Identity, received_at: datetime) -> str | None:
        """Return the key of the request that has this identity, if any."""
        with self.database.snapshot() as tx:
            row = tx.one(
                """
                SELECT request_key FROM identities
                WHERE value = :value
                    AND (expires = 0 OR (received_at > :earliest AND received_at < :latest))
                """,
                {"value": storable(identity.value), **_held_between(received_at)},
            )
        return None if row is None else str(row["request_key"])

    def identify(
        self,
        key: str,
        identity: Identity,
        *,
        subject: str,
        sender: str,
        stamp: Stamp,
        urgent: bool = False,
        conversation: str | None = None,
    ) -> str | None:
        """Claim `identity` for the request; if another has it, settle this one as `duplicate`.

        What is `urgent` is claimed for work before everything else; requests of one
        `conversation` in the order of their receipt. Return the key of that other request, or
        None.
        """
        with self.database.transaction() as tx:
            is_first = tx.execute(
                """
                UPDATE requests
                SET identified = 1, subject = :subject, sender = :sender, turn = :turn,
                    conversation = :conversation
                WHERE key = :key AND identified = 0
                """,
                {
                    "key": key,
                    "subject": storable(subject),
                    "sender": storable(sender),
                    "turn": 0 if urgent else 1,
                    "conversation": conversation,
                },
            )
            this = the_request(tx, key)
            if not is_first:
                return this.duplicate_of  # another host was faster
            holder = _holder_after_claim(tx, this, identity)
            if holder == key:
                tell(
                    tx,
                    key,
                    step="identify",
                    text="new: no other request has its identity",
                    stamp=stamp,
                )
                return None
            _settle_as_duplicate(tx, this, the_request(tx, holder), stamp)
            return holder

    def park_unidentified(self, key: str, *, reason: str, remedy: str, stamp: Stamp) -> None:
        """Park a request that nobody can identify, unless that was done meanwhile."""
        with self.database.transaction() as tx:
            is_open = tx.execute(
                """
                UPDATE requests SET identified = 0
                WHERE key = :key AND identified = 0 AND state = 'pending'
                """,
                {"key": key},
            )
            if is_open:
                write_outcome(tx, key, Outcome.PARKED, reason=reason, remedy=remedy, at=stamp.at)
                tell(tx, key, step="settle", text=f"parked: {reason}", stamp=stamp)

    def unidentified(self, sources: Sequence[str] | None) -> Sequence[str]:
        """Return keys of requests recorded but not yet identified (a run was killed)."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT key FROM requests
                WHERE identified = 0 AND state = 'pending'
                    AND (:from_all = 1 OR source IN :sources)
                ORDER BY recorded_at, key
                """,
                {"from_all": int(sources is None), "sources": list(sources or ())},
            )
        return [row["key"] for row in rows]


def _insert_request(tx: Transaction, key: str, arrival: Arrival, stamp: Stamp) -> None:
    tx.execute(
        """
        INSERT INTO requests
            (key, source, locator, kind, form, state, identified, received_at, recorded_at,
             subject, sender, waiting, attempts, reason, remedy, turn, to_file)
        VALUES
            (:key, :source, :locator, :kind, :form, 'pending', 0, :received_at, :recorded_at,
             '', '', :waiting, 0, '', '', 1, 0)
        """,
        {
            "key": key,
            "source": arrival.source,
            "locator": json_text(arrival.locator),
            "kind": arrival.kind.value,
            "form": arrival.form,
            "received_at": time_text(arrival.received_at),
            "recorded_at": time_text(stamp.at),
            "waiting": Waiting.TURN.value,
        },
    )


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
