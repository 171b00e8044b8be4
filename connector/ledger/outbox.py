"""The outbox: letters, each put there once, and how far they have come.

A letter is leased while it is being sent. The intent (`sending`) is committed right before it is
handed over, since no mail server can be asked afterwards whether it has a letter: what was
`sending` when its run died is unclear. Then an acknowledgement is given up and an alert is sent
again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from connector.errors import LeaseLost
from connector.ledger.columns import storable, time_for_people, time_text
from connector.ledger.database import Database, Params, Transaction
from connector.ledger.outbox_rows import insert_letter, posted, reached_limit, the_letter
from connector.ledger.rows import tell
from connector.ports import Stamp
from connector.ports.post import UNCLEAR, Letter, Limit, Posted, PostKind

ABANDONED = "lease_holder IS NOT NULL AND (:runs_out = 0 OR lease_until <= :clock)"
"""Letters of runs that are no more. Where one host works, it is the only run there is."""


class SqlOutbox:
    """The part of the ledger behind `ports.post.Outbox`."""

    database: Database

    def post(self, letter: Letter, limits: Sequence[Limit], *, stamp: Stamp) -> bool:
        """Put a letter into the outbox, once; return whether it is new and will be sent.

        One beyond its limits is kept as given up. The same letter without limits, later, is sent.
        """
        with self.database.transaction() as tx:
            if limits:
                tx.hold(f"outbox {letter.limited_as}")
            reached = reached_limit(tx, letter, limits, stamp.at)
            reason = f"not sent: already {reached.words}" if reached else ""
            if not insert_letter(tx, letter, reason, stamp.at):
                return False
            what = f"{letter.kind} {_to(letter)}"
            text = f"{what}: {reason}" if reason else f"{what}: in the outbox"
            tell(tx, letter.request_key, step="notify", text=text, stamp=stamp)
            return reached is None

    def claim_post(
        self,
        *,
        stamp: Stamp,
        lease: timedelta,
        kinds: Collection[PostKind],
        besides: Collection[str],
    ) -> Posted | None:
        """Lease a letter of these kinds that is due, alerts first; channels in `besides` wait."""
        with self.database.transaction() as tx:
            clock = self.database.lease_clock(tx, stamp.at)
            row = tx.one(
                f"""
                SELECT * FROM outbox
                WHERE state = 'waiting' AND next_attempt_at <= :now AND lease_holder IS NULL
                    AND kind IN :kinds AND (:all_channels = 1 OR channel NOT IN :besides)
                ORDER BY turn, id LIMIT 1 {self.database.skip_locked}
                """,  # noqa: S608 - a constant
                {
                    "now": time_text(stamp.at),
                    "kinds": [kind.value for kind in kinds],
                    "besides": sorted(besides),
                    "all_channels": int(not besides),
                },
            )
            if row is None:
                return None
            tx.execute(
                "UPDATE outbox SET lease_holder = :run, lease_until = :until WHERE id = :id",
                {"run": stamp.run, "until": time_text(clock + lease), "id": row["id"]},
            )
            return posted(row)

    def begin_post(self, post_id: int, *, stamp: Stamp) -> None:
        """Commit the intent: nothing may come between this and handing the letter over."""
        with self.database.transaction() as tx:
            self._change(
                tx, post_id, "state = 'sending', attempts = attempts + 1, reason = ''", {}, stamp
            )

    def post_sent(self, post_id: int, *, stamp: Stamp) -> None:
        """Record that the letter was taken."""
        change = "state = 'sent', sent_at = :at, reason = '', lease_holder = NULL"
        with self.database.transaction() as tx:
            letter = self._change(tx, post_id, change, {"at": time_text(stamp.at)}, stamp)
            text = f"{letter.kind} sent {_to(letter)}"
            tell(tx, letter.request_key, step="notify", text=text, stamp=stamp)

    def put_back_post(self, post_id: int, *, until: datetime, reason: str, stamp: Stamp) -> None:
        """Leave the letter to a later attempt."""
        change = """
            state = 'waiting', next_attempt_at = :until, reason = :reason, lease_holder = NULL
        """
        params = {"until": time_text(until), "reason": storable(reason)}
        with self.database.transaction() as tx:
            letter = self._change(tx, post_id, change, params, stamp)
            when = time_for_people(until)
            text = f"{letter.kind} {_to(letter)} waits until {when}: {reason}"
            tell(tx, letter.request_key, step="notify", text=text, stamp=stamp)

    def give_up_post(self, post_id: int, *, reason: str, stamp: Stamp) -> None:
        """Record that the letter will not be sent.

        It counts as tried, unlike one that was beyond its limits from the start.
        """
        change = """
            state = 'given up', reason = :reason, lease_holder = NULL,
            attempts = CASE WHEN attempts = 0 THEN 1 ELSE attempts END
        """
        with self.database.transaction() as tx:
            letter = self._change(tx, post_id, change, {"reason": storable(reason)}, stamp)
            text = f"{letter.kind} {_to(letter)} given up: {reason}"
            tell(tx, letter.request_key, step="notify", text=text, stamp=stamp)

    def recover_posts(self, *, stamp: Stamp) -> Sequence[Posted]:
        """Settle what a run that died left behind; return letters that are given up for it.

        An acknowledgement that may have been sent is given up, an alert is sent again.
        """
        with self.database.transaction() as tx:
            gone: Params = {
                "runs_out": int(self.database.is_shared),
                "clock": time_text(self.database.lease_clock(tx, stamp.at)),
                "unclear": UNCLEAR,
            }
            lost = tx.all(
                f"""
                SELECT id FROM outbox
                WHERE state = 'sending' AND kind = 'acknowledgement' AND {ABANDONED}
                """,  # noqa: S608 - a constant
                gone,
            )
            given_up = [row["id"] for row in lost if _give_up_unclear(tx, row["id"], gone)]
            tx.execute(
                f"""
                UPDATE outbox SET state = 'waiting', lease_holder = NULL
                WHERE (state = 'waiting' OR (state = 'sending' AND kind <> 'acknowledgement'))
                    AND {ABANDONED}
                """,  # noqa: S608 - a constant
                gone,
            )
            letters = [the_letter(tx, post_id) for post_id in given_up]
            for each in letters:
                text = f"{each.letter.kind} {_to(each.letter)} given up: {UNCLEAR}"
                tell(tx, each.letter.request_key, step="notify", text=text, stamp=stamp)
            return letters

    def posts_of(self, request_key: str) -> Sequence[Posted]:
        """Return all letters about a request, oldest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT * FROM outbox WHERE request_key = :key ORDER BY id", {"key": request_key}
            )
        return [posted(row) for row in rows]

    def posts_due(self, *, now: datetime) -> Sequence[Posted]:
        """Return the letters that a run would send now; changes nothing."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM outbox WHERE state = 'waiting' AND next_attempt_at <= :now
                ORDER BY turn, id
                """,
                {"now": time_text(now)},
            )
        return [posted(row) for row in rows]

    def _change(
        self, tx: Transaction, post_id: int, change: str, params: Params, stamp: Stamp
    ) -> Letter:
        """Change a letter that is leased to the run of the stamp; raises `LeaseLost` otherwise."""
        changed = tx.execute(
            f"""
            UPDATE outbox SET {change}
            WHERE id = :id AND lease_holder = :run AND state IN ('waiting', 'sending')
                AND (:runs_out = 0 OR lease_until > :clock)
            """,  # noqa: S608 - from this file
            {
                **params,
                "id": post_id,
                "run": stamp.run,
                "runs_out": int(self.database.is_shared),
                "clock": time_text(self.database.lease_clock(tx, stamp.at)),
            },
        )
        if not changed:
            raise LeaseLost(f"letter {post_id} is no longer leased to run {stamp.run}")
        return the_letter(tx, post_id).letter


def _to(letter: Letter) -> str:
    if letter.recipient and letter.recipient != letter.channel:
        return f"to {letter.recipient}"
    return f"by {letter.channel}"


def _give_up_unclear(tx: Transaction, post_id: int, gone: Params) -> bool:
    changed = tx.execute(
        f"""
        UPDATE outbox SET state = 'given up', reason = :unclear, lease_holder = NULL
        WHERE id = :id AND state = 'sending' AND {ABANDONED}
        """,  # noqa: S608 - a constant
        {**gone, "id": post_id},
    )
    return changed == 1
