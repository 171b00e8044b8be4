"""Erasing: what a request says and whose it is, out of every table that holds any of it.

What stays tells nothing of a person: that there was a request, from which source and when, what
became of it, by which rules, on which ticket. Its identity is a hash, so that the same mail is
still a duplicate. Records of access stay, since they prove who approved what (DESIGN section 11).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from connector.ledger.columns import from_json, json_text, time_text
from connector.ledger.database import Database, Transaction
from connector.ledger.erasing_tickets import GONE, erase_from_ticket
from connector.ledger.retention import ACCESS_IS_OPEN, LETTER_WAITS, OVER, UNSENT, drop_content
from connector.ledger.rows import request_record, tell, the_request
from connector.ledger.source_memory import STATE
from connector.ledger.threads import UPLOADS_FROM
from connector.ports import RequestRecord, Stamp
from connector.ports.content import Kept

CHUNK: Final = 500
"""How many values one statement asks for: databases limit the parameters of a statement."""

ERASE_REQUEST: Final = """
    UPDATE requests
    SET subject = '', sender = '', remedy = '', decisions = NULL, contact_phone = NULL,
        conversation = NULL, erased_at = :at, erased_by = :by,
        raw_dropped_at = COALESCE(raw_dropped_at, :at),
        reason = CASE WHEN state = 'duplicate' THEN reason ELSE '' END,
        -- What its source calls it, unless the source still has to put it away under that name.
        locator = CASE WHEN filed_as IS NULL OR locator = :own THEN locator ELSE :gone END
    WHERE key = :key AND erased_at IS NULL AND state <> 'pending' AND state <> 'parked'
"""

ERASE_LETTERS: Final = """
    UPDATE outbox SET recipient = '', limited_as = '', reason = '' WHERE request_key = :key
"""


class Erasing:
    """The part of the ledger behind `requests erase`."""

    database: Database

    def requests_from(self, addresses: Collection[str]) -> Sequence[RequestRecord]:
        """Return the requests whose sender has one of these addresses, whatever their case."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT * FROM requests WHERE LOWER(sender) IN :addresses
                ORDER BY received_at, recorded_at, key
                """,
                {"addresses": list(addresses)},
            )
        return [request_record(row) for row in rows]

    def with_copies(self, keys: Collection[str]) -> Sequence[RequestRecord]:
        """Return these requests, those they repeat, and those that repeat them, oldest first.

        A request and its duplicates have the same content.
        """
        with self.database.snapshot() as tx:
            first = {row["duplicate_of"] or row["key"] for row in _rows(tx, "key", keys)}
            rows = [*_rows(tx, "key", first), *_rows(tx, "duplicate_of", first)]
        rows.sort(key=lambda row: (row["received_at"], row["recorded_at"], row["key"]))
        return [request_record(row) for row in rows]

    def erase(self, key: str, *, by: str, stamp: Stamp) -> Kept | None:
        """Erase what a request says and whose it is, everywhere but in records of access.

        Return why it was kept, or None. Raises `KeyError` when there is no such request.
        """
        with self.database.transaction() as tx:
            before = the_request(tx, key)
            kept = _why_kept(tx, before)
            if kept is not None:
                return kept
            erased = tx.execute(
                ERASE_REQUEST,
                {
                    "key": key,
                    "at": time_text(stamp.at),
                    "by": by,
                    "own": json_text(key),
                    "gone": json_text(GONE),
                },
            )
            if not erased:
                return Kept.WAITS  # released just now
            drop_content(tx, [key])
            tx.execute(ERASE_LETTERS, {"key": key})
            _erase_story(tx, key)
            _erase_intents(tx, key)
            erase_from_ticket(tx, before)
            tell(tx, key, step="erase", text=f"content erased by {by}", stamp=stamp)
        return None

    def erase_mentions(self, addresses: Collection[str], words: Collection[str]) -> None:
        """Erase what is kept beside requests: participants, cached answers, problems of runs.

        The latter also where they hold one of `words`.
        """
        with self.database.transaction() as tx:
            tx.hold("cache")
            for address in sorted(addresses):
                tx.execute(
                    "DELETE FROM participants WHERE LOWER(address) = :address",
                    {"address": address},
                )
                tx.execute(
                    """
                    DELETE FROM cache
                    WHERE kind <> :memory AND (LOWER(name) LIKE :any OR LOWER(value) LIKE :any)
                    """,
                    {"memory": STATE, "any": f"%{address}%"},
                )
            _erase_problems(tx, {*addresses, *words})

    def forget_deleted(self) -> bool:
        """Leave nothing of what was deleted in the database's own files, as far as it can be told.

        Return False when somebody reads the ledger just now, and a part of it stays until then.
        """
        return self.database.forget_deleted()


def _rows(tx: Transaction, column: str, values: Iterable[str]) -> list[dict[str, str]]:
    wanted = sorted(values)
    return [
        dict(row)
        for start in range(0, len(wanted), CHUNK)
        for row in tx.all(
            f"SELECT * FROM requests WHERE {column} IN :values",  # noqa: S608 - from this file
            {"values": wanted[start : start + CHUNK]},
        )
    ]


def _why_kept(tx: Transaction, record: RequestRecord) -> Kept | None:
    if record.erased_at is not None:
        return Kept.ERASED
    row = tx.one(
        f"""
        SELECT CASE WHEN state = 'pending' OR state = 'parked' THEN 1 ELSE 0 END AS waits,
            CASE WHEN {LETTER_WAITS} THEN 1 ELSE 0 END AS letter,
            CASE WHEN {ACCESS_IS_OPEN} THEN 1 ELSE 0 END AS access
        FROM requests WHERE key = :key
        """,  # noqa: S608 - constants
        {"key": record.key, "unsent": UNSENT, "over": OVER},
    )
    return next((kept for kept in Kept if row and row.get(kept.value)), None)


def _erase_story(tx: Transaction, key: str) -> None:
    """Leave of every line when it was, its step and its rule."""
    tx.execute(
        "UPDATE journal SET text = :gone WHERE request_key = :key", {"gone": GONE, "key": key}
    )
    tx.execute("DELETE FROM messages WHERE request_key = :key AND kind = 'received'", {"key": key})
    tx.execute("DELETE FROM troubles WHERE request_key = :key", {"key": key})


def _erase_intents(tx: Transaction, key: str) -> None:
    """Leave of every creating call what it made, and not the name of a file or BMS's words."""
    tx.execute(
        """
        UPDATE intents
        SET refused = CASE WHEN refused IS NULL THEN NULL ELSE :gone END, remark = NULL
        WHERE request_key = :key
        """,
        {"gone": GONE, "key": key},
    )
    rows = tx.all("SELECT operation FROM intents WHERE request_key = :key", {"key": key})
    uploads = sorted(row["operation"] for row in rows if row["operation"].startswith(UPLOADS_FROM))
    for number, operation in enumerate(uploads, start=1):
        tx.execute(
            """
            UPDATE intents SET operation = :nameless
            WHERE request_key = :key AND operation = :operation
            """,
            {
                "key": key,
                "operation": operation,
                "nameless": json_text(f"attachment {number} {GONE}"),
            },
        )


def _erase_problems(tx: Transaction, words: Collection[str]) -> None:
    """Leave out of what is kept of past runs the problems in which any of these words stands."""
    sought = [word.casefold() for word in words if word.strip()]
    rows = tx.all("""SELECT run, summary FROM runs WHERE summary LIKE '%"problems": ["%'""")
    for row in rows:
        summary = from_json(row["summary"])
        left = [
            text
            for text in summary["problems"]
            if not any(word in text.casefold() for word in sought)
        ]
        if left != summary["problems"]:
            tx.execute(
                "UPDATE runs SET summary = :summary WHERE run = :run",
                {"run": row["run"], "summary": json_text({**summary, "problems": left})},
            )
