"""Rows of `outbox` as records of `ports.post`, and the writes that put a letter there once."""

from collections.abc import Sequence
from datetime import datetime

from connector.ledger.columns import (
    from_json,
    json_text,
    storable,
    time_text,
    to_time,
    to_time_if_any,
)
from connector.ledger.database import Row, Transaction
from connector.ports.post import Letter, Limit, Posted, PostKind, PostState


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


def the_letter(tx: Transaction, post_id: int) -> Posted:
    """Return a letter; raises `KeyError` when the outbox has none of this number."""
    row = tx.one("SELECT * FROM outbox WHERE id = :id", {"id": post_id})
    if row is None:
        raise KeyError(post_id)
    return posted(row)


def reached_limit(
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


def insert_letter(tx: Transaction, letter: Letter, held_back: str, now: datetime) -> bool:
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
