"""What clients of the help desk send: an e-mail as bytes, form submissions as canonical JSON."""

import base64

MAIL = """\
From: {sender}
To: helpdesk@securenetmsp.com
Subject: {subject}
Date: Mon, 16 Nov 2026 10:05:00 -0500
Message-ID: <{message_id}@harbordental.example>
Content-Type: text/plain; charset=utf-8

{text}
"""


MARTA = "Marta Ruiz <marta.ruiz@harbordental.example>"


def mail(subject: str, text: str, *, message_id: str, sender: str = MARTA) -> bytes:
    """Return an e-mail in plain text, by a known contact unless told."""
    parts = {"subject": subject, "text": text, "sender": sender, "message_id": message_id}
    return MAIL.format(**parts).encode()


def form(number: int = 1, **fields: object) -> dict[str, object]:
    """Return a form submission by a known contact."""
    return {
        "id": str(number),
        "email": "luis@palmettolegal.example",
        "subject": "Keyboard",
        "description": "It hums",
    } | fields


def attached(*names: str) -> list[dict[str, str]]:
    """Return small files as a form carries them."""
    data = base64.b64encode(b"hello").decode()
    return [{"name": name, "type": "text/plain", "data": data} for name in names]


UNKNOWN_TEMPLATE = {"template": "Teleporter"}
"""What makes a form submission worth an internal note."""
