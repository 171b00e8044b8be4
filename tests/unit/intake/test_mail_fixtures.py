"""Every mail in tests/fixtures/mail, against the expectations beside it.

To add a case, drop `NAME.eml` and `NAME.json` there. Keys of the JSON, all optional: `sender`
(null, or address and name), `subject`, `text`, `contains` and `lacks` (parts of the text),
`attachments` (each with any of name, type, size, inline), `message_id`, `remarks` (a part of
each, in order; an empty list for none).
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.domain import Attachment, Request
from connector.intake.email_message import parse_email

MAIL = Path(__file__).parents[2] / "fixtures" / "mail"
RECEIVED = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
ATTACHMENT_KEYS = {"name": "name", "type": "content_type", "size": "size", "inline": "inline"}


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_reads_as_its_fixture_says(path):
    expect = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    request = parse_email(path.read_bytes(), source="drop", received_at=RECEIVED)

    assert expect, "a fixture that expects nothing tests nothing"
    assert found(request, expect) == plain_expectations(expect)
    for part in expect.get("contains", ()):
        assert part in request.text
    for part in expect.get("lacks", ()):
        assert part not in request.text
    if "remarks" in expect:
        assert len(request.remarks) == len(expect["remarks"]), request.remarks
        for part, remark in zip(expect["remarks"], request.remarks, strict=True):
            assert part in remark


def plain_expectations(expect: dict) -> dict:
    return {k: v for k, v in expect.items() if k not in ("contains", "lacks", "remarks")}


def found(request: Request, expect: dict) -> dict:
    sender = request.sender
    values = {
        "sender": {"address": sender.address, "name": sender.name} if sender else None,
        "subject": request.subject,
        "text": request.text,
        "message_id": request.message_id,
        "attachments": attachments(request.attachments, expect.get("attachments", [])),
    }
    return {key: value for key, value in values.items() if key in expect}


def attachments(items: tuple[Attachment, ...], expected: list[dict]) -> list[dict]:
    keys = [*expected, *({"name": ""} for _ in items[len(expected) :])]
    return [
        {key: getattr(item, ATTACHMENT_KEYS[key]) for key in wanted}
        for item, wanted in zip(items, keys, strict=False)
    ]
