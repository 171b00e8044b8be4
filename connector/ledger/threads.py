"""Conversations: which message, which person, which trouble of a machine belongs to a ticket."""

from collections.abc import Collection, Sequence
from datetime import datetime

from connector.domain.mail import Verdict
from connector.domain.request import Outcome, RequestKind
from connector.domain.tenant import TicketRef
from connector.ledger.columns import from_json, json_text, storable, time_text
from connector.ledger.database import Database
from connector.ports.threads import KnownMessage, MessageKind, Part, Participant, Trouble

CHUNK = 500
"""How many identifiers one statement asks for: databases limit the parameters of a statement."""

UPLOADS_FROM = json_text("attachment ")[:-1]
UPLOADS_TO = json_text("attachment!")[:-1]
"""Between these are the operations that upload a file, in `intents`."""


class Threads:
    """The part of the ledger behind replies and machine mail (`ports.threads.ThreadLedger`)."""

    database: Database

    def know_message(
        self, message_id: str, ticket_id: int, request_key: str, kind: MessageKind
    ) -> None:
        """Keep that a message is on, or about, a ticket of ours, or one born in BMS."""
        with self.database.transaction(flushed=False) as tx:
            tx.execute(
                """
                INSERT INTO messages (message_id, ticket_id, request_key, kind)
                VALUES (:message_id, :ticket_id, :key, :kind)
                ON CONFLICT (message_id, ticket_id, request_key) DO NOTHING
                """,
                {
                    "message_id": storable(message_id.strip("<>")),
                    "ticket_id": ticket_id,
                    "key": request_key,
                    "kind": kind.value,
                },
            )

    def tickets_of_messages(self, message_ids: Sequence[str]) -> Sequence[KnownMessage]:
        """Return what is known of these messages, in their order, the oldest ticket first."""
        wanted = [storable(each) for each in dict.fromkeys(message_ids)]
        found: list[KnownMessage] = []
        with self.database.snapshot() as tx:
            for start in range(0, len(wanted), CHUNK):
                rows = tx.all(
                    """
                    SELECT m.*, r.ticket_number FROM messages m
                    JOIN requests r ON r.key = m.request_key
                    WHERE m.message_id IN :ids ORDER BY m.ticket_id
                    """,
                    {"ids": wanted[start : start + CHUNK]},
                )
                found += [
                    KnownMessage(
                        row["message_id"],
                        TicketRef(row["ticket_id"], row["ticket_number"] or ""),
                        row["request_key"],
                        MessageKind(row["kind"]),
                    )
                    for row in rows
                ]
        places = {message_id: place for place, message_id in enumerate(wanted)}
        return sorted(found, key=lambda each: places[each.message_id])

    def know_participants(self, ticket_id: int, people: Collection[Participant]) -> None:
        """Keep whom the mails on a ticket name."""
        with self.database.transaction(flushed=False) as tx:
            for person in sorted(people, key=lambda each: (each.address, each.part)):
                tx.execute(
                    """
                    INSERT INTO participants (ticket_id, address, part)
                    VALUES (:ticket_id, :address, :part)
                    ON CONFLICT (ticket_id, address, part) DO NOTHING
                    """,
                    {
                        "ticket_id": ticket_id,
                        "address": storable(person.address),
                        "part": person.part.value,
                    },
                )

    def participants(self, ticket_id: int) -> Sequence[Participant]:
        """Return whom the mails on a ticket name."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                "SELECT * FROM participants WHERE ticket_id = :id ORDER BY address, part",
                {"id": ticket_id},
            )
        return [Participant(row["address"], Part(row["part"])) for row in rows]

    def ticket_of_trouble(
        self, trouble: Trouble, *, since: datetime, besides: str
    ) -> TicketRef | None:
        """Return the ticket of a trouble whose last mail came at `since` or later, if any.

        Of mails other than those of request `besides`.
        """
        with self.database.snapshot() as tx:
            row = tx.one(
                """
                SELECT r.ticket_id, r.ticket_number FROM troubles t
                JOIN requests r ON r.key = t.request_key
                WHERE t.rule = :rule AND t.sender = :sender AND t.correlation = :correlation
                    AND t.received_at >= :since AND t.request_key <> :besides
                    AND r.ticket_id IS NOT NULL
                ORDER BY t.received_at DESC, t.request_key DESC LIMIT 1
                """,
                {**_trouble(trouble), "since": time_text(since), "besides": besides},
            )
        return None if row is None else TicketRef(row["ticket_id"], row["ticket_number"] or "")

    def know_trouble(self, trouble: Trouble, request_key: str, at: datetime) -> None:
        """Keep that a request, received `at`, reports a trouble; its ticket is the request's."""
        with self.database.transaction() as tx:
            tx.execute(
                """
                INSERT INTO troubles (rule, sender, correlation, request_key, received_at)
                VALUES (:rule, :sender, :correlation, :key, :at)
                ON CONFLICT (rule, sender, correlation, request_key) DO NOTHING
                """,
                {**_trouble(trouble), "key": request_key, "at": time_text(at)},
            )

    def uploads_of_others(self, ticket_id: int, request_key: str) -> Collection[int]:
        """Return the ids of the files on a ticket that requests other than this one uploaded."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT i.result_id FROM requests r JOIN intents i ON i.request_key = r.key
                WHERE r.ticket_id = :id AND r.key <> :key AND i.result_id IS NOT NULL
                    AND i.operation >= :first AND i.operation < :after
                """,
                {"id": ticket_id, "key": request_key, "first": UPLOADS_FROM, "after": UPLOADS_TO},
            )
        return {row["result_id"] for row in rows}

    def verdicts(self, source: str, limit: int) -> Sequence[Verdict]:
        """Return the verdicts on the newest e-mails of a source that were decided, newest first."""
        with self.database.snapshot() as tx:
            rows = tx.all(
                """
                SELECT result FROM requests
                WHERE source = :source AND kind = :email AND state <> :duplicate
                    AND result IS NOT NULL
                ORDER BY received_at DESC LIMIT :limit
                """,
                {
                    "source": source,
                    "email": RequestKind.EMAIL.value,
                    "duplicate": Outcome.DUPLICATE.value,
                    "limit": limit,
                },
            )
        return [Verdict(from_json(row["result"])["verdict"]) for row in rows]


def _trouble(trouble: Trouble) -> dict[str, object]:
    return {
        "rule": storable(trouble.rule),
        "sender": storable(trouble.sender),
        "correlation": storable(trouble.key),
    }
