"""Which ticket a mail belongs to: by the messages it answers, then by its subject."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from connector.domain.mail import MailFacts
from connector.pipeline.services import Services
from connector.ports.threads import KnownMessage, MessageKind, Participant, Trouble
from connector.ports.watch import OpenTicket

MAX_TICKETS = 3
"""How many tickets one Message-ID, or one subject, may lead to; devices repeat a Message-ID."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket that a mail belongs to, and how we know (`how`, for a sentence).

    `is_quoted`: the mail names one of the ticket's messages, which nobody can guess.
    """

    ticket: OpenTicket
    participants: Sequence[Participant]
    how: str
    is_quoted: bool


class Threads:
    """Finds the tickets that mails belong to, in the ledger first, then in BMS. Only reads."""

    def __init__(self, services: Services) -> None:
        """Look nothing up yet."""
        self._ledger = services.ledger
        self._watch = services.write_back.ledger
        self._gateway = services.gateway

    def of(self, mail: MailFacts) -> Sequence[Thread]:
        """Return the tickets that a mail may belong to; more than one only in odd cases.

        Those of the nearest message that it answers, else of a number in its subject.
        """
        by_message = list(self._by_message(mail.answers, tuple(MessageKind)))
        return by_message or list(self._by_number(mail.ticket_numbers))

    def of_bounce(self, mail: MailFacts) -> Sequence[Thread]:
        """Return the tickets about which we sent a mail that could not be delivered.

        Only messages of ours that the report quotes count: anybody can write a report.
        """
        quoted = (*mail.bounced_message_ids, *mail.answers)
        return list(self._by_message(quoted, (MessageKind.SENT,)))

    def of_trouble(self, trouble: Trouble, since: datetime, besides: str) -> Thread | None:
        """Return the ticket of a trouble that a machine reported since then, if it is there."""
        found = self._ledger.ticket_of_trouble(trouble, since=since, besides=besides)
        return self.with_id(found.id, "it reports the same trouble") if found else None

    def is_sent_by_us(self, message_id: str | None) -> bool:
        """Whether a message is one that we sent."""
        known = self._ledger.tickets_of_messages([message_id]) if message_id else ()
        return any(each.kind is MessageKind.SENT for each in known)

    def participants(self, ticket_id: int) -> Sequence[Participant]:
        """Return whom the mails on a ticket name, as far as the ledger knows."""
        return self._ledger.participants(ticket_id)

    def whole(self, ticket: OpenTicket) -> OpenTicket:
        """Return a ticket with what a row of a search lacks."""
        return self._gateway.ticket(ticket.id) or ticket

    def with_id(self, ticket_id: int, how: str, *, is_quoted: bool = True) -> Thread | None:
        """Return a ticket that we know by its id, unless BMS has it no more."""
        ticket = self._gateway.ticket(ticket_id)
        if ticket is None:
            return None
        return Thread(ticket, self.participants(ticket_id), how, is_quoted)

    def _by_message(
        self, message_ids: Sequence[str], kinds: Sequence[MessageKind]
    ) -> Iterator[Thread]:
        known = [
            each for each in self._ledger.tickets_of_messages(message_ids) if each.kind in kinds
        ]
        for _, messages in groupby(known, lambda each: each.message_id):
            found = list(self._existing(list(messages)))
            if found:
                yield from found
                return

    def _existing(self, messages: Sequence[KnownMessage]) -> Iterator[Thread]:
        tickets = list(dict.fromkeys(each.ticket.id for each in messages))
        for ticket_id in tickets[:MAX_TICKETS]:
            thread = self.with_id(ticket_id, "it answers a mail on it")
            if thread is not None:
                yield thread

    def _by_number(self, numbers: Sequence[str]) -> Iterator[Thread]:
        for number in numbers[:MAX_TICKETS]:
            how = f"its subject names #{number}#"
            known = self._known_id(number)
            if known is not None:
                thread = self.with_id(known, how, is_quoted=False)
            else:
                thread = self._born_in_bms(number, how)
            if thread is not None:
                yield thread
                return

    def _known_id(self, number: str) -> int | None:
        records = self._ledger.by_ticket(number=number, ticket_id=None)
        made = next((record.ticket_id for record in records if record.ticket_id), None)
        if made is not None:
            return made
        watched = self._watch.watched_numbered(number)
        return watched.ticket_id if watched else None

    def _born_in_bms(self, number: str, how: str) -> Thread | None:
        ticket = self._gateway.ticket_numbered(number)
        if ticket is None:
            return None
        return Thread(ticket, self.participants(ticket.id), how, is_quoted=False)
