"""Intake: raw bytes first, then the identity that tells a new request from a repeated one."""

from collections.abc import Sequence
from datetime import datetime

from connector.domain.request import Identity, Outcome, Waiting
from connector.ledger.columns import json_text, time_text
from connector.ledger.database import Database, Transaction
from connector.ledger.identities import claim_identity, holder_of
from connector.ledger.rows import must_change, request_record, tell, the_request, write_outcome
from connector.ports import Arrival, Claim, Identified, Item, RequestRecord, Stamp


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
            _keep(tx, key, arrival, raw, stamp)

    def record_all(self, items: Sequence[Item], *, stamp: Stamp) -> None:
        """Keep the raw bytes of each item, as pending requests: all of them, or none."""
        with self.database.transaction() as tx:
            for item in items:
                _keep(tx, item.key, item.arrival, item.raw, stamp)

    def admit(
        self,
        key: str,
        arrival: Arrival,
        raw: bytes,
        identified: Identified,
        *,
        urgent: bool,
        stamp: Stamp,
    ) -> str | None:
        """Keep and identify what a sender pushes; return the key of who has its identity already.

        Then nothing is kept but a line in that one's story: the sender may push it any number of
        times. Only two of the same moment, from hosts that share the ledger, may both be kept,
        the second as `duplicate`.
        """
        with self.database.transaction() as tx:
            holder = holder_of(tx, identified.identity, arrival.received_at)
            if holder is not None:
                text = f"came again from {arrival.source}; nothing done twice"
                tell(tx, holder, step="identify", text=text, stamp=stamp)
                return holder
            _keep(tx, key, arrival, raw, stamp)
            return claim_identity(tx, key, identified, urgent=urgent, stamp=stamp)

    def unfiled(self, source: str) -> Sequence[RequestRecord]:
        """Return what was recorded from a source and has not left it yet, by locator."""
        with self.database.snapshot() as tx:
            # In the order of `requests_at_source`: in another, SQLite takes the index of all that
            # ever came from the source, and sorts.
            rows = tx.all(
                """
                SELECT * FROM requests WHERE source = :source AND filed_as IS NULL
                ORDER BY locator
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
            return holder_of(tx, identity, received_at)

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
            identified = Identified(identity, subject, sender, conversation=conversation)
            return claim_identity(tx, key, identified, urgent=urgent, stamp=stamp)

    def identify_all(self, claims: Sequence[Claim], *, stamp: Stamp) -> Sequence[str | None]:
        """Let each request claim its identity, one after the other; see `identify`."""
        with self.database.transaction(flushed=False) as tx:
            return [
                claim_identity(tx, each.key, each.identified, urgent=each.urgent, stamp=stamp)
                for each in claims
            ]

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


def _keep(tx: Transaction, key: str, arrival: Arrival, raw: bytes, stamp: Stamp) -> None:
    _insert_request(tx, key, arrival, stamp)
    tx.insert_large("raw", {"request_key": key}, "content", raw)
    text = f"recorded from {arrival.source}: {arrival.locator} ({len(raw)} bytes)"
    tell(tx, key, step="record", text=text, stamp=stamp)


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
