"""What clients send in the fault harness, and what must have become of it in the end."""

import base64
import json
from dataclasses import dataclass, field
from enum import StrEnum

FOLDERS = ("inbox", "second")
"""The folders of the two sources, `drop` and `second`."""

REFUSED = "Scanner makes a noise"
"""The subject of the request whose custom fields BMS refuses."""


class Fate(StrEnum):
    """What must become of an item, unless it is the second of an identity."""

    TICKET = "ticket"
    ANSWER = "public note"
    REPORT = "internal note"
    """Of a machine: an automatic reply, or the same trouble once more."""
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Item:
    """A file that is dropped.

    `note` says whether it needs an internal note beside its ticket or its own note. Items of one
    `identity` are one request, whichever is taken in first; the others are its duplicates. `on`
    is the identity of the item whose ticket gets the note. `acknowledged` is the address to
    which an acknowledgement goes, empty for none. `says` stands in what BMS keeps of it.
    """

    name: str
    content: bytes
    subject: str
    folder: str = "inbox"
    files: dict[str, bytes] = field(default_factory=dict)
    note: bool = False
    identity: str = ""
    fate: Fate = Fate.TICKET
    on: str = ""
    acknowledged: str = ""
    emergency: bool = False
    says: str = ""


MONITOR = "Monitoring <monitoring@securenetmsp.com>"
"""A machine by `machine.yaml`, which merges its mails about one trouble."""


def mail(
    number: str,
    subject: str,
    sender: str = "marta.ruiz@harbordental.example",
    files: dict[str, bytes] | None = None,
    folder: str = "inbox",
    name: str | None = None,
    *,
    note: bool = False,
    answers: tuple[str, ...] = (),
    merges: str = "",
    headers: tuple[str, ...] = (),
    fate: Fate | None = None,
) -> Item:
    """Return an e-mail; its Message-ID has `number` in it.

    `answers` are the numbers of the mails before it in its conversation, `merges` is that of the
    one whose ticket it joins.
    """
    is_ticket = fate is None and not answers
    is_known = sender.endswith(".example") and "webmail" not in sender
    head = [
        f"From: {sender}",
        "To: helpdesk@securenetmsp.com",
        f"Subject: {subject}",
        "Date: Mon, 16 Nov 2026 10:05:00 -0500",
        f"Message-ID: {_message_id(number)}",
        *([f"References: {' '.join(map(_message_id, answers))}"] if answers else []),
        *headers,
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
    on = next(iter(answers), merges)
    return Item(
        name=name or f"mail-{number}.eml",
        content=text.encode(),
        subject=subject,
        folder=folder,
        files=dict(files or {}),
        note=note,
        identity=_message_id(number),
        fate=fate or (Fate.ANSWER if answers else Fate.TICKET),
        on=_message_id(on) if on else "",
        acknowledged=sender if is_ticket and is_known else "",
        emergency=subject.startswith("URGENT"),
        says=f"About {number}.",
    )


def _message_id(number: str) -> str:
    return f"<harness-{number}@harbordental.example>"


def form(
    number: str,
    subject: str,
    files: dict[str, bytes] | None = None,
    email: str = "luis@palmettolegal.example",
    **fields: object,
) -> Item:
    """Return a submission of a form; one with an unknown template needs an internal note."""
    payload = {
        "id": number,
        "email": email,
        "subject": subject,
        "description": f"Form {number}.",
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
        acknowledged=email,
        emergency=subject.startswith("URGENT"),
        says=f"Form {number}.",
    )


def small() -> list[Item]:
    """An emergency with everything that is created for one, a mail, its duplicate, an answer."""
    return [
        form(
            "1",
            "URGENT: Keyboard hums",
            {"one.bin": b"first file", "two.bin": b"second file"},
            template="Teleporter",
        ),
        mail("2", REFUSED, note=True),
        mail("2", REFUSED, folder="second", name="again.eml", note=True),
        mail("3", f"Re: {REFUSED}", answers=("2",), files={"three.bin": b"third file"}),
    ]


def mixed(batch: int = 0) -> list[Item]:
    """One of each kind; `batch` tells several such sets apart.

    Each has its own people, since one address is acknowledged so often and no more.
    """
    tag = f"{batch}-"
    marta = f"marta.{batch}@harbordental.example" if batch else "marta.ruiz@harbordental.example"
    luis = f"luis.{batch}@palmettolegal.example" if batch else "luis@palmettolegal.example"
    jam = f"Printer jam {batch}"
    again = f"again-{tag}1.eml"
    return [
        mail(f"{tag}1", jam, marta),
        mail(f"{tag}2", f"Two pictures {batch}", marta, {"a.bin": b"A" * 3000, "b.bin": b"B"}),
        form(f"{tag}3", f"Keyboard hums {batch}", email=luis, template="Teleporter"),
        form(f"{tag}4", f"New laptop {batch}", {"order.bin": b"order"}, luis),
        mail(f"{tag}5", f"Who am I {batch}", "pat@webmail.example", note=True),
        mail(f"{tag}1", jam, marta, folder="second", name=again),
        mail(f"{tag}7", f"URGENT: everything is down {batch}", marta),
        mail(f"{tag}8", f"{REFUSED} {batch}", marta, note=True),
        mail(f"{tag}9", f"Re: {jam}", marta, {"jam.bin": b"jam"}, answers=(f"{tag}1",)),
        *_of_machines(tag, jam, marta),
        mail(f"{tag}14", f"Re: Re: {jam}", marta, answers=(f"{tag}1", f"{tag}9")),
    ]


def _of_machines(tag: str, jam: str, absent: str) -> list[Item]:
    away = ("Auto-Submitted: auto-replied",)
    report, ignored = Fate.REPORT, Fate.IGNORED
    trouble, over = f"PROBLEM: server {tag}", f"RECOVERY: server {tag}"
    return [
        mail(f"{tag}10", f"Away: {jam}", absent, answers=(f"{tag}1",), headers=away, fate=report),
        mail(f"{tag}11", "Away", absent, headers=away, fate=ignored),
        mail(f"{tag}12", trouble, MONITOR),
        mail(f"{tag}13", over, MONITOR, merges=f"{tag}12", fate=report),
    ]


def without_conversations(items: list[Item]) -> list[Item]:
    """Return what needs no other request to have come before it."""
    return [item for item in items if not item.on]
