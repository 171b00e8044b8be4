"""What clients send in the fault harness, and what must have become of it in the end."""

import base64
import json
from dataclasses import dataclass, field

FOLDERS = ("inbox", "second")
"""The folders of the two sources, `drop` and `second`."""

REFUSED = "Scanner makes a noise"
"""The subject of the request whose custom fields BMS refuses."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file that is dropped.

    `note` says whether its ticket needs an internal note. A `duplicate` makes no ticket; it
    came with the same identity as another item, whichever of the two is taken in first.
    """

    name: str
    content: bytes
    subject: str
    folder: str = "inbox"
    files: dict[str, bytes] = field(default_factory=dict)
    note: bool = False
    identity: str = ""

    @property
    def is_form(self) -> bool:
        """Whether it is a submission of a form."""
        return self.name.endswith(".json")


def mail(
    number: str,
    subject: str,
    sender: str = "Marta Ruiz <marta.ruiz@harbordental.example>",
    files: dict[str, bytes] | None = None,
    folder: str = "inbox",
    name: str | None = None,
    *,
    note: bool = False,
    references: str | None = None,
) -> Item:
    """Return an e-mail; its Message-ID has `number` in it."""
    identity = f"<harness-{number}@harbordental.example>"
    head = [
        f"From: {sender}",
        "To: helpdesk@securenetmsp.com",
        f"Subject: {subject}",
        "Date: Mon, 16 Nov 2026 10:05:00 -0500",
        f"Message-ID: {identity}",
        *([f"References: <harness-{references}@harbordental.example>"] if references else []),
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=part",
    ]
    parts = ["--part", "Content-Type: text/plain; charset=utf-8", "", f"About {number}.", ""]
    for file, content in (files or {}).items():
        parts += [
            "--part",
            f'Content-Type: application/octet-stream; name="{file}"',
            f'Content-Disposition: attachment; filename="{file}"',
            "Content-Transfer-Encoding: base64",
            "",
            base64.encodebytes(content).decode(),
        ]
    text = "\n".join([*head, "", *parts, "--part--", ""])
    return Item(
        name=name or f"mail-{number}.eml",
        content=text.encode(),
        subject=subject,
        folder=folder,
        files=dict(files or {}),
        note=note,
        identity=identity,
    )


def form(
    number: str, subject: str, files: dict[str, bytes] | None = None, **fields: object
) -> Item:
    """Return a submission of a form; one with an unknown template needs an internal note."""
    payload = {
        "id": number,
        "email": "luis@palmettolegal.example",
        "subject": subject,
        "description": f"Form {number}",
        "attachments": [
            {
                "name": name,
                "type": "application/octet-stream",
                "data": base64.b64encode(content).decode(),
            }
            for name, content in (files or {}).items()
        ],
        **fields,
    }
    return Item(
        name=f"form-{number}.json",
        content=json.dumps(payload).encode(),
        subject=subject,
        files=dict(files or {}),
        note="template" in fields,
        identity=f"form {number}",
    )


def small() -> list[Item]:
    """A form with everything that is created for a request, a mail, and its duplicate."""
    return [
        form(
            "1",
            "Keyboard hums",
            {"one.bin": b"first file", "two.bin": b"second file"},
            template="Teleporter",
        ),
        mail("2", REFUSED, note=True),
        mail("2", REFUSED, folder="second", name="again.eml", note=True),
    ]


def mixed(batch: int = 0) -> list[Item]:
    """One of each kind; `batch` tells several such sets apart."""
    tag = f"{batch}-"
    return [
        mail(f"{tag}1", f"Printer jam {batch}"),
        mail(f"{tag}2", f"Two pictures {batch}", files={"a.bin": b"A" * 3000, "b.bin": b"B"}),
        form(f"{tag}3", f"Keyboard hums {batch}", template="Teleporter"),
        form(f"{tag}4", f"New laptop {batch}", {"order.bin": b"order"}),
        mail(f"{tag}5", f"Who am I {batch}", sender="Pat <pat@webmail.example>", note=True),
        mail(f"{tag}1", f"Printer jam {batch}", folder="second", name=f"again-{tag}1.eml"),
        mail(f"{tag}7", f"URGENT: everything is down {batch}"),
        mail(f"{tag}8", f"{REFUSED} {batch}", note=True),
        mail(f"{tag}9", f"Re: Printer jam {batch}", references=f"{tag}1"),
    ]
