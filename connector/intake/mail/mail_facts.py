"""Everything that only an e-mail says, beside its text, put together from one reading of it."""

from connector.domain.mail import MailFacts, Origin, OwnAddresses, Verdict
from connector.intake.mail.bounced import bounced_ids
from connector.intake.mail.email_body import EmailBody
from connector.intake.mail.forwards import read_forward
from connector.intake.mail.headers import Header
from connector.intake.mail.origin import is_through, list_ids, read_origin
from connector.intake.mail.quote_marks import without_marks
from connector.intake.mail.reply_text import reply_text
from connector.intake.mail.sender_verdict import Judgement, read_verdict
from connector.intake.mail.senders import Sender, original_from, recipients, reply_to
from connector.intake.mail.subject_line import is_reply_subject, ticket_numbers
from connector.intake.mail.threading import answered_ids

MAX_HEADERS = 100
MAX_HEADER_CHARS = 500
_MACHINE_HEADERS = frozenset({"auto-submitted", "precedence", "feedback-id", "user-agent"})


def read_mail_facts(
    header: Header,
    sender: Sender,
    subject: str,
    body: EmailBody,
    receiver: str | None,
    own: OwnAddresses,
) -> MailFacts:
    """Return what a mail says of itself; never raises.

    `receiver` is the host whose Authentication-Results are trusted.
    """
    answers = answered_ids(header)
    written = without_marks(body.written)
    forward = read_forward(subject, written, body.attachments, answers=bool(answers))
    through_own_list = is_through(header, own.lists)
    author = sender.via or sender.mailbox
    writer = read_origin(header, author, subject, body.attachments, of_own_list=through_own_list)
    is_bounce = writer.origin is Origin.BOUNCE
    is_forward = forward.is_forward and not is_bounce
    is_reply = not is_forward and not is_bounce and (bool(answers) or is_reply_subject(subject))
    verdict, reason = _verdict(header, sender, receiver)
    return MailFacts(
        answers=answers,
        ticket_numbers=ticket_numbers(subject),
        new_text=_new_text(body) if is_reply else body.text,
        is_forward=is_forward,
        forwarded_from=forward.sender if is_forward else None,
        origin=writer.origin,
        evidence=writer.evidence,
        wants_no_answer=writer.wants_no_answer,
        verdict=verdict,
        verdict_reason=reason,
        recipients=recipients(header),
        reply_to=reply_to(header),
        original_from=original_from(header),
        via=sender.via,
        is_our_own=sender.is_our_own,
        list_ids=list_ids(header),
        bounced_message_ids=bounced_ids(body.text, body.attachments) if is_bounce else (),
        headers=_machine_headers(header),
    )


def _new_text(body: EmailBody) -> str:
    """Return what the sender of a reply wrote, and what came with it as an attached message."""
    return "\n\n".join(filter(None, (reply_text(body.written), body.said)))


def _verdict(header: Header, sender: Sender, receiver: str | None) -> Judgement:
    if sender.via:
        return Verdict.NONE, f"Results are about our own {sender.via.address}, not about the writer"
    return read_verdict(header, sender.mailbox, receiver)


def _machine_headers(header: Header) -> dict[str, str]:
    """Return the headers that rules on machine mail may look at, the first of each name."""
    found: dict[str, str] = {}
    for name, value in header.fields:
        if (name.startswith("x-") or name in _MACHINE_HEADERS) and len(found) < MAX_HEADERS:
            found.setdefault(name, " ".join(value[:MAX_HEADER_CHARS].decode("latin-1").split()))
    return found
