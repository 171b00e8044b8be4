"""Leases: which run works on a request (DESIGN section 9).

The holder is a run, of one process; its worker threads share its leases. Where several hosts
share the ledger, a lease runs out unless it is renewed, by the database's own clock, and another
run takes the request over. Whoever lost it must not write about it any more, however late it
notices: every write of a worker passes `fence`, in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from connector.errors import LeaseLost
from connector.ledger.columns import time_text
from connector.ledger.database import Database, Params, Transaction
from connector.ledger.rows import the_request
from connector.ports import RequestRecord, Stamp

FREE = """
    state = 'pending' AND identified = 1
    AND (next_attempt_at IS NULL OR next_attempt_at <= :now)
    AND (lease_holder IS NULL OR (lease_holder <> :holder AND lease_until <= :clock))
"""
"""Which requests are due and may be leased.

A run passes over what it had itself, even once that ran out.
"""

EARLIER = """
    earlier.conversation = requests.conversation
    AND earlier.state = 'pending' AND earlier.identified = 1
    AND (earlier.received_at, earlier.recorded_at, earlier.key)
        < (requests.received_at, requests.recorded_at, requests.key)
"""
"""Which requests come before another one in its conversation."""


class Leases:
    """The part of the ledger that gives a request to one run at a time."""

    database: Database

    @property
    def leases_run_out(self) -> bool:
        """Whether a lease has to be renewed, lest another run takes the request over."""
        return self.database.is_shared

    def take_over_leases(self) -> None:
        """Free every lease, where whoever holds the run lock is the only worker.

        Where others may be at work, leases run out by themselves.
        """
        if self.database.is_shared:
            return
        with self.database.transaction() as tx:
            tx.execute(
                """
                UPDATE requests SET lease_holder = NULL, lease_until = NULL
                WHERE lease_holder IS NOT NULL
                """
            )

    def claim(
        self,
        *,
        now: datetime,
        holder: str,
        lease: timedelta,
        sources: Sequence[str] | None,
        besides: Collection[str],
    ) -> RequestRecord | None:
        """Lease a pending, identified request that is due now, if any: the urgent, then the oldest.

        One waits for those before it in its conversation, unless it is urgent. `sources` limits
        it to requests of these; keys in `besides` are passed over.
        """
        with self.database.transaction(flushed=False) as tx:
            clock = self.database.lease_clock(tx, now)
            free: Params = {
                "holder": holder,
                "now": time_text(now),
                "clock": time_text(clock),
            }
            passed_over = set(besides)
            while key := _next_due(tx, free, sources, passed_over):
                if self._lease(tx, key, free, until=clock + lease):
                    return the_request(tx, key)
                passed_over.add(key)
        return None

    def held_up(self, *, now: datetime) -> Mapping[str, str]:
        """Return, for people, what pending requests wait for beside their own moment, by key.

        That is another run, on a ledger that hosts share, or an earlier one of its conversation.
        """
        with self.database.snapshot() as tx:
            held_up = _waiting_for_earlier(tx)
            if self.database.is_shared:
                held_up |= _at_work(tx, self.database.lease_clock(tx, now))
        return held_up

    def renew(self, *, holder: str, lease: timedelta, now: datetime) -> None:
        """Let every lease that is still `holder`'s last for `lease` from now on.

        One that ran out, and that nobody has taken over, is held again.
        """
        with self.database.transaction() as tx:
            until = self.database.lease_clock(tx, now) + lease
            tx.execute(
                "UPDATE requests SET lease_until = :until WHERE lease_holder = :holder",
                {"until": time_text(until), "holder": holder},
            )

    def _lease(self, tx: Transaction, key: str, free: Params, *, until: datetime) -> bool:
        """Lease a request unless another run was faster, or is just at it."""
        still_free = tx.one(
            f"SELECT key FROM requests WHERE key = :key AND {FREE} {self.database.skip_locked}",  # noqa: S608 - constants
            {**free, "key": key},
        )
        if still_free is None:
            return False
        tx.execute(
            "UPDATE requests SET lease_holder = :holder, lease_until = :until WHERE key = :key",
            {"holder": free["holder"], "until": time_text(until), "key": key},
        )
        return True


def fence(database: Database, tx: Transaction, key: str, stamp: Stamp) -> None:
    """Make sure, until the transaction ends, that the run of `stamp` has the request's lease.

    Raises `LeaseLost`, and `KeyError` when the ledger has no such request.
    """
    if not holds(database, tx, key, stamp):
        raise lost(tx, key, stamp)


def holds(database: Database, tx: Transaction, key: str, stamp: Stamp) -> bool:
    """Return whether the run of `stamp` has the lease; it keeps it until the transaction ends.

    It writes nothing new: an UPDATE locks the row, so that nobody takes the request over meanwhile.
    """
    changed = tx.execute(
        """
        UPDATE requests SET lease_holder = :run
        WHERE key = :key AND lease_holder = :run AND (:runs_out = 0 OR lease_until > :clock)
        """,
        {
            "key": key,
            "run": stamp.run,
            "runs_out": int(database.is_shared),
            "clock": time_text(database.lease_clock(tx, stamp.at)),
        },
    )
    return changed == 1


def lost(tx: Transaction, key: str, stamp: Stamp) -> LeaseLost:
    """Return the error of a run that no longer has the lease of a request."""
    state = the_request(tx, key).state
    return LeaseLost(f"request {key} ({state}) is no longer leased to run {stamp.run}")


def _waiting_for_earlier(tx: Transaction) -> dict[str, str]:
    rows = tx.all(
        f"""
        SELECT key, (
            SELECT earlier.key FROM requests AS earlier WHERE {EARLIER}
            ORDER BY earlier.received_at, earlier.recorded_at, earlier.key LIMIT 1
        ) AS earlier
        FROM requests WHERE state = 'pending' AND conversation IS NOT NULL AND turn <> 0
        """  # noqa: S608 - a constant
    )
    return {
        row["key"]: f"waits for {row['earlier']} of the same conversation"
        for row in rows
        if row["earlier"] is not None
    }


def _at_work(tx: Transaction, clock: datetime) -> dict[str, str]:
    rows = tx.all(
        "SELECT key, lease_holder FROM requests WHERE state = 'pending' AND lease_until > :clock",
        {"clock": time_text(clock)},
    )
    return {row["key"]: f"run {row['lease_holder']} is at it" for row in rows}


def _next_due(
    tx: Transaction,
    free: Params,
    sources: Sequence[str] | None,
    besides: Collection[str],
) -> str | None:
    """Return the request whose turn it is: what looks like an emergency first, then the oldest.

    Requests to pass over are not named to the database, which takes only so many parameters.
    """
    rows = tx.all(
        f"""
        SELECT key FROM requests
        WHERE {FREE}
            AND (:from_all = 1 OR source IN :sources)
            AND (turn = 0 OR conversation IS NULL OR NOT EXISTS (
                SELECT 1 FROM requests AS earlier WHERE {EARLIER}
            ))
        ORDER BY turn, received_at, recorded_at, key
        LIMIT :enough
        """,  # noqa: S608 - constants
        {
            **free,
            "from_all": int(sources is None),
            "sources": list(sources or ()),
            "enough": len(besides) + 1,
        },
    )
    return next((row["key"] for row in rows if row["key"] not in besides), None)
