"""The outbox: letters, each put there once, and how far they have come.

A letter is leased while it is being sent. The intent (`sending`) is committed right before it is
handed over, since no mail server can be asked afterwards whether it has a letter: what was
`sending` when its run died is unclear. Then an acknowledgement is given up and an alert is sent
again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from connector.errors import LeaseLost
from connector.ledger.columns import (
    from_json,
    json_text,
    storable,
    time_for_people,
    time_text,
    to_time,
    to_time_if_any,
)
from connector.ledger.database import Database, Params, Row, Transaction
from connector.ledger.rows import tell
from connector.ports import Stamp
from connector.ports.post import Letter, Limit, Posted, PostKind, PostState

UNCLEAR = "whether it was sent is unclear, and it is rather not sent than sent twice"

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
            reached = _reached(tx, letter, limits, stamp.at)
            reason = f"not sent: already {reached.words}" if reached else ""
            if not _insert(tx, letter, reason, stamp.at):
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
            letters = [posted(_row(tx, post_id)) for post_id in given_up]
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
        return posted(_row(tx, post_id)).letter


def posted(row: Row) -> Posted:
    """Return a row of `outbox` as a record."""
    letter = Letter(
        unique_key=row["unique_key"],
        kind=PostKind(row["kind"]),
        request_key=row["request_key"],
        channel=row["channel"],
        recipient=row["recipient"],
        content=from_json(row["content"]),
        message_id=row["message_id"],
        expires_at=to_time(row["expires_at"]),
        limited_as=row["limited_as"],
    )
    return Posted(
        id=row["id"],
        letter=letter,
        state=PostState(row["state"]),
        attempts=row["attempts"],
        created_at=to_time(row["created_at"]),
        next_attempt_at=to_time(row["next_attempt_at"]),
        sent_at=to_time_if_any(row["sent_at"]),
        reason=row["reason"],
    )


def _row(tx: Transaction, post_id: int) -> Row:
    row = tx.one("SELECT * FROM outbox WHERE id = :id", {"id": post_id})
    if row is None:
        raise KeyError(post_id)
    return row


def _to(letter: Letter) -> str:
    if letter.recipient and letter.recipient != letter.channel:
        return f"to {letter.recipient}"
    return f"by {letter.channel}"


def _reached(
    tx: Transaction, letter: Letter, limits: Sequence[Limit], now: datetime
) -> Limit | None:
    """Return the first limit that is used up by other letters; given up ones do not count."""
    for limit in limits:
        row = tx.one(
            """
            SELECT count(*) AS found FROM outbox
            WHERE limited_as = :limited_as AND created_at > :since
                AND unique_key <> :unique_key AND NOT (state = 'given up' AND attempts = 0)
            """,
            {
                "limited_as": letter.limited_as,
                "since": time_text(now - limit.window),
                "unique_key": letter.unique_key,
            },
        )
        if row is not None and row["found"] >= limit.count:
            return limit
    return None


def _insert(tx: Transaction, letter: Letter, held_back: str, now: datetime) -> bool:
    """Insert a letter unless it is there; one held back by its limits comes anew without them."""
    changed = tx.execute(
        """
        INSERT INTO outbox
            (unique_key, kind, turn, request_key, channel, recipient, content, message_id,
             limited_as, state, attempts, next_attempt_at, expires_at, created_at, reason)
        VALUES
            (:unique_key, :kind, :turn, :request_key, :channel, :recipient, :content, :message_id,
             :limited_as, :state, 0, :now, :expires_at, :now, :reason)
        ON CONFLICT (unique_key) DO UPDATE
        SET state = 'waiting', limited_as = '', content = excluded.content, reason = '',
            expires_at = excluded.expires_at, next_attempt_at = excluded.next_attempt_at
        WHERE outbox.state = 'given up' AND outbox.attempts = 0 AND outbox.limited_as <> ''
            AND excluded.limited_as = ''
        """,
        {
            "unique_key": letter.unique_key,
            "kind": letter.kind.value,
            "turn": 0 if letter.kind is PostKind.ALERT else 1,
            "request_key": letter.request_key,
            "channel": storable(letter.channel),
            "recipient": storable(letter.recipient),
            "content": json_text(dict(letter.content)),
            "message_id": letter.message_id,
            "limited_as": letter.limited_as,
            "state": (PostState.GIVEN_UP if held_back else PostState.WAITING).value,
            "now": time_text(now),
            "expires_at": time_text(letter.expires_at),
            "reason": held_back,
        },
    )
    return changed == 1


def _give_up_unclear(tx: Transaction, post_id: int, gone: Params) -> bool:
    changed = tx.execute(
        f"""
        UPDATE outbox SET state = 'given up', reason = :unclear, lease_holder = NULL
        WHERE id = :id AND state = 'sending' AND {ABANDONED}
        """,  # noqa: S608 - a constant
        {**gone, "id": post_id},
    )
    return changed == 1
