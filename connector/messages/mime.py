"""A letter of the outbox as a mail (RFC 5322), marked as a machine's (RFC 3834)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from connector.errors import RequestRejected
from connector.ports.post import Letter, PostKind

AUTO_SUBMITTED = {
    PostKind.ACKNOWLEDGEMENT: "auto-replied",
    PostKind.ALERT: "auto-generated",
    PostKind.NOTICE: "auto-generated",
}
"""RFC 3834 section 5: by this no other machine answers us."""

MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom our mail is. `sender` may have a display name; `reply_to` is empty for none."""

    sender: str
    reply_to: str = ""

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1]


def to_mime(letter: Letter, envelope: Envelope, at: datetime) -> EmailMessage:
    """Return the letter as a mail.

    Raises `RequestRejected` when its recipient is no address that a header can hold.
    """
    content = letter.content
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    mail["From"] = _mailbox(envelope.sender)
    mail["To"] = _bare(letter.recipient)
    if envelope.reply_to:
        mail["Reply-To"] = _mailbox(envelope.reply_to)
    mail["Subject"] = _one_line(str(content["subject"]))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = letter.message_id
    _thread(mail, _ids(content.get("in_reply_to")), _ids(content.get("references")))
    mail["Auto-Submitted"] = AUTO_SUBMITTED[letter.kind]
    mail["X-Auto-Response-Suppress"] = "All"  # Exchange heeds this, and not RFC 3834
    mail.set_content(str(content["text"]))
    if content.get("html"):
        mail.add_alternative(str(content["html"]), subtype="html")
    return mail


def _thread(mail: EmailMessage, answered: list[str], earlier: list[str]) -> None:
    """Let mail programs show it below what it answers (RFC 5322 section 3.6.4)."""
    if not answered:
        return
    mail["In-Reply-To"] = answered[0]
    chain = dict.fromkeys([*earlier[-MAX_REFERENCES:], answered[0]])
    mail["References"] = " ".join(chain)


def _ids(value: object) -> list[str]:
    """Return Message-IDs with angle brackets; what cannot stand in a header is left out."""
    values: Iterable[object] = value if isinstance(value, list) else [value]
    return [f"<{each}>" for each in values if isinstance(each, str) and _is_plain(each)]


def _is_plain(text: str) -> bool:
    return 0 < len(text) < 500 and all("!" <= char <= "~" and char not in "<>" for char in text)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _mailbox(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(display_name=_one_line(name), addr_spec=address)


def _bare(address: str) -> Address:
    try:
        parsed = Address(addr_spec=address)
    except Exception as error:  # the parser raises what it likes for odd addresses
        raise RequestRejected(f"{address!r} is no address that mail can be sent to") from error
    if not _is_plain(address) or not parsed.domain or not parsed.username:
        raise RequestRejected(f"{address!r} is no address that mail can be sent to")
    return parsed
