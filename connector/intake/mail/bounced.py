"""Which mails a bounce reports on: the Message-IDs that it quotes (RFC 3464, RFC 6522).

A bounce can be forged, so nobody should act on one that names no mail of ours.
"""

import re
from collections.abc import Iterator, Sequence

from connector.domain.request import Attachment
from connector.intake.mail.headers import read_header
from connector.intake.mail.message_id import normalised_message_id
from connector.intake.mail.threading import message_ids

MAX_BOUNCED = 10
_MAX_READ = 100_000
_QUOTED_FIELD = re.compile(r"^[>\s]*message-id:\s*(\S{1,500})", re.IGNORECASE | re.MULTILINE)
_HEADER_PARTS = {"message/rfc822", "text/rfc822-headers", "message/global-headers"}
_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_STATUS_FIELD = re.compile(
    r"^(?:x-)?original-message-id:\s*(\S{1,500})", re.IGNORECASE | re.MULTILINE
)


def bounced_ids(text: str, attachments: Sequence[Attachment]) -> tuple[str, ...]:
    """Return the normalised Message-IDs of the mails that a bounce returns, each once."""
    found: dict[str, None] = {}
    for value in (*_attached(attachments), *_QUOTED_FIELD.findall(text[:_MAX_READ])):
        for identifier in message_ids(value):
            normal = normalised_message_id(f"<{identifier}>")
            if normal and len(found) < MAX_BOUNCED:
                found[normal] = None
    return tuple(found)


def _attached(attachments: Sequence[Attachment]) -> Iterator[str]:
    for attachment in attachments:
        content = attachment.content[:_MAX_READ]
        if attachment.content_type in _HEADER_PARTS:
            header, _ = read_header(content, 0, len(content))
            yield header.value("message-id")
        elif attachment.content_type in _STATUS_PARTS:
            yield from _STATUS_FIELD.findall(content.decode("latin-1"))
