"""Working on requests: what was decided for them, and what they came to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.domain.plan import Decision
from connector.domain.request import Outcome, Waiting
from connector.ledger.columns import json_text, storable, time_for_people, time_text
from connector.ledger.database import Database
from connector.ledger.leases import fence
from connector.ledger.rows import request_record, tell, write_outcome
from connector.ports import RequestRecord, Stamp


class Work:
    """The part of the ledger that delivery uses to look at requests and to put them down.

    What writes raises `LeaseLost` once the request is no longer leased to the run of the stamp.
    """

    database: Database

    def raw(self, key: str) -> bytes:
        """Return the raw bytes of a request; raises `KeyError` when they were removed."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT content FROM raw WHERE request_key = :key", {"key": key})
        if row is None:
            raise KeyError(key)
        return bytes(row["content"])

    def get(self, key: str) -> RequestRecord | None:
        """Return one request."""
        with self.database.snapshot() as tx:
            row = tx.one("SELECT * FROM requests WHERE key = :key", {"key": key})
        return None if row is None else request_record(row)

    def pending(self, sources: Sequence[str] | None) -> Sequence[RequestRecord]:
        """Return all pending requests (of these sources), oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM requests
                WHERE state = 'pending' AND (:from_all = 1 OR source IN :sources)
                ORDER BY received_at, recorded_at, key
                """,
                {"from_all": int(sources is None), "sources": list(sources or ())},
            )
        return [request_record(row) for row in rows]

    def postpone(
        self,
        key: str,
        *,
        waiting: Waiting,
        until: datetime,
        reason: str,
        remedy: str,
        attempts: int,
        stamp: Stamp,
    ) -> None:
        """Leave the request pending until a later attempt and free its lease."""
        with self.database.transaction() as tx:
            fence(self.database, tx, key, stamp)
            tx.execute(
                """
                UPDATE requests
                SET waiting = :waiting, next_attempt_at = :until, reason = :reason,
                    remedy = :remedy, attempts = :attempts,
                    lease_holder = NULL, lease_until = NULL
                WHERE key = :key
                """,
                {
                    "key": key,
                    "waiting": waiting.value,
                    "until": time_text(until),
                    "reason": storable(reason),
                    "remedy": storable(remedy),
                    "attempts": attempts,
                },
            )
            text = f"waits until {time_for_people(until)} ({waiting.value}): {reason}"
            tell(tx, key, step="postpone", text=text, stamp=stamp)

    def settle(self, key: str, outcome: Outcome, *, reason: str, remedy: str, stamp: Stamp) -> None:
        """Give the request its outcome, free its lease, and let its source be marked."""
        if outcome is Outcome.PENDING:
            msg = "`settle` takes an outcome; `postpone` and `reopen` leave a request pending"
            raise ValueError(msg)
        with self.database.transaction() as tx:
            fence(self.database, tx, key, stamp)
            write_outcome(tx, key, outcome, reason=reason, remedy=remedy, at=stamp.at)
            text = f"{outcome.value}: {reason}" if reason else outcome.value
            tell(tx, key, step="settle", text=text, stamp=stamp)

    def keep_result(
        self,
        key: str,
        *,
        result: Mapping[str, object],
        decisions: Sequence[Decision],
        stamp: Stamp,
    ) -> None:
        """Keep what was decided for the request, before anything of it is done.

        A later attempt that decides the same adds nothing to the story.
        """
        told = json_text([[each.step, each.rule, each.text] for each in decisions])
        with self.database.transaction(flushed=False) as tx:
            fence(self.database, tx, key, stamp)
            tx.execute(
                "UPDATE requests SET result = :result WHERE key = :key",
                {"key": key, "result": json_text(dict(result))},
            )
            is_new = tx.execute(
                """
                UPDATE requests SET decisions = :told
                WHERE key = :key AND (decisions IS NULL OR decisions <> :told)
                """,
                {"key": key, "told": told},
            )
            for each in decisions if is_new else ():
                tell(tx, key, step=each.step, rule=each.rule, text=each.text, stamp=stamp)
