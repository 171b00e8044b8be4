"""Who may write on a ticket, and what that does to it (DESIGN section 6, "Replies"). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.domain.mail import MailFacts, Verdict
from connector.domain.request import Request
from connector.domain.tenant import Contact
from connector.mapping.clients import is_account, is_staff
from connector.mapping.domains import normal_address
from connector.mapping.emergency import Found, scan
from connector.mapping.models import ClientsFile, EmergencyWords
from connector.mapping.thanks import is_only_thanks
from connector.pipeline.rulebook import Rulebook
from connector.ports.threads import Part, Participant
from connector.ports.watch import OpenTicket

REOPENS_FOR = timedelta(days=14)
"""How long after its completion an answer takes a ticket up again."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an answer does. `new_ticket` says why it is none of this ticket any more."""

    reason: str = ""
    responds: bool = False
    new_ticket: str | None = None


def may_speak_for_staff(request: Request, clients: ClientsFile) -> bool:
    """Whether a mail is certainly one of our own people's."""
    is_verified = request.mail is not None and request.mail.verdict is Verdict.VERIFIED
    return is_verified and is_staff(request.sender, clients)


def bound_as(
    request: Request,
    ticket: OpenTicket,
    participants: Sequence[Participant],
    contacts: Sequence[Contact],
    book: Rulebook,
) -> str | None:
    """Return what the sender of a mail is to a ticket; None if nothing binds them.

    `participants` are those of the ticket's mails, `contacts` the active ones of the sender's
    address. Whom BMS itself names on the ticket counts where `ticket` tells.
    """
    if request.sender is None or (request.mail and request.mail.verdict is Verdict.FAILED):
        return None
    if may_speak_for_staff(request, book.clients):
        return "one of our own people, verified"
    address = normal_address(request.sender.address)
    if address in _requesters(ticket, participants, book):
        return "its requester"
    if ticket.account is None or is_account(ticket.account, book.catch_all_account):
        return None
    if address in _addresses(participants, Part.CC) | {*map(normal_address, ticket.ccs or ())}:
        return "one of its CCs"
    is_contact = any(contact.account.id == ticket.account.id for contact in contacts)
    return f"a contact of {ticket.account.name}" if is_contact else None


def _requesters(
    ticket: OpenTicket, participants: Sequence[Participant], book: Rulebook
) -> set[str]:
    found = _addresses(participants, Part.REQUESTER)
    if ticket.contact_address and not _is_nobody(ticket.contact_address, book):
        found.add(normal_address(ticket.contact_address))
    return found


def _is_nobody(contact_address: str, book: Rulebook) -> bool:
    """Whether the contact of a ticket is the one that stands for all strangers."""
    return normal_address(contact_address) == normal_address(book.catch_all_contact)


def _addresses(participants: Collection[Participant], part: Part) -> set[str]:
    return {normal_address(each.address) for each in participants if each.part is part}


def effect_on(ticket: OpenTicket, request: Request, mail: MailFacts, book: Rulebook) -> Effect:
    """Return what the answer of somebody who is bound does to a ticket."""
    statuses = book.statuses
    if statuses.is_merged(ticket.status):
        return Effect(new_ticket=f"it was merged into another ({ticket.status.name})")
    is_completed = statuses.is_completed(ticket.status)
    if is_completed and (long_ago := _completed_long_ago(ticket, request.received_at)):
        return Effect(new_ticket=long_ago)
    if not is_completed and not statuses.is_waiting(ticket.status):
        return Effect(f"the status stays {ticket.status.name}")
    if is_staff(request.sender, book.clients):
        return Effect("our own people's answers change no status")
    if says_only_thanks(request, mail):
        return Effect("it only says thanks, which changes no status")
    return Effect(f"the status was {ticket.status.name}", responds=True)


def _completed_long_ago(ticket: OpenTicket, at: datetime) -> str | None:
    completed_at = ticket.completed_at or ticket.status_changed_at
    if completed_at is None or at - completed_at <= REOPENS_FOR:
        return None
    return f"it was completed {(at - completed_at).days} days before"


def says_only_thanks(request: Request, mail: MailFacts) -> bool:
    """Whether an answer says thanks and nothing else; a file with it is something else."""
    if any(not attachment.inline for attachment in request.attachments):
        return False
    names = [request.sender.name] if request.sender else []
    return is_only_thanks(mail.new_text, names)


def new_emergency_word(
    request: Request, mail: MailFacts, title: str, words: EmergencyWords
) -> Found | None:
    """Return an emergency word of an answer's subject that the ticket's title has not."""
    subject = request.subject
    for number in mail.ticket_numbers:
        subject = subject.replace(f"#{number}#", " ")
    in_title = {found.word for found in scan(title, words) if found.negated_by is None}
    new = (found for found in scan(subject, words) if found.negated_by is None)
    return next((found for found in new if found.word not in in_title), None)
