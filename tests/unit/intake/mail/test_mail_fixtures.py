"""Every mail in tests/fixtures/mail against the expectations beside it (keys: its README)."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest

from connector.domain.mail import Mailbox, MailFacts, OwnAddresses
from connector.domain.request import Attachment, Request
from connector.intake.mail.email_message import parse_email
from connector.intake.unreadable import Unreadable

MAIL = Path(__file__).parents[3] / "fixtures" / "mail"
RECEIVED = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
FACTS = {field.name for field in fields(MailFacts)}
OF_REQUEST = {"sender", "subject", "text", "message_id", "attachments"}
PARTS = {"contains", "lacks", "new_contains", "new_lacks", "remarks"}
GIVEN = {"receiver", "own_addresses", "own_lists"}


@pytest.mark.parametrize("path", sorted(MAIL.glob("*.eml")), ids=lambda path: path.stem)
def test_a_mail_reads_as_its_fixture_says(path):
    expect = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    given = expect.pop("given", {})
    assert expect, "a fixture that expects nothing tests nothing"
    assert set(given) <= GIVEN
    if "unreadable" in expect:
        refused(path.read_bytes(), expect)
        return
    assert set(expect) <= FACTS | OF_REQUEST | PARTS, "a key that nothing looks at"

    request = read(path.read_bytes(), given)

    assert found(request, expect) == {key: expect[key] for key in expect if key not in PARTS}
    holds(request.text, expect.get("contains", ()), expect.get("lacks", ()))
    if "new_contains" in expect or "new_lacks" in expect:
        new_text = request.mail.new_text
        holds(new_text, expect.get("new_contains", ()), expect.get("new_lacks", ()))
    if "remarks" in expect:
        assert len(request.remarks) == len(expect["remarks"]), request.remarks
        for part, remark in zip(expect["remarks"], request.remarks, strict=True):
            assert part in remark


def test_every_expectation_has_its_mail():
    assert not {path.stem for path in MAIL.glob("*.json")} - {p.stem for p in MAIL.glob("*.eml")}


def read(raw: bytes, given: dict) -> Request:
    own = OwnAddresses(
        frozenset(given.get("own_addresses", ())), frozenset(given.get("own_lists", ()))
    )
    more = {"receiver": given.get("receiver"), "own": own} if given else {}
    return parse_email(raw, source="drop", received_at=RECEIVED, **more)


def refused(raw: bytes, expect: dict) -> None:
    assert set(expect) == {"unreadable"}
    with pytest.raises(Unreadable, match=expect["unreadable"]):
        parse_email(raw, source="drop", received_at=RECEIVED)


def holds(text: str, contained: list[str], lacking: list[str]) -> None:
    for part in contained:
        assert part in text
    for part in lacking:
        assert part not in text


def found(request: Request, expect: dict) -> dict:
    sender = request.sender
    values = {
        "sender": {"address": sender.address, "name": sender.name} if sender else None,
        "subject": request.subject,
        "text": request.text,
        "message_id": request.message_id,
        "attachments": attachments(request.attachments, expect.get("attachments", [])),
    }
    facts = {key: plain(getattr(request.mail, key)) for key in expect if key in FACTS}
    return {key: value for key, value in values.items() if key in expect} | facts


def plain(value: object) -> object:
    """Return a value as JSON writes it."""
    if isinstance(value, Mailbox):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def attachments(items: tuple[Attachment, ...], expected: list[dict]) -> list[dict]:
    """Return of each attachment what is expected of it; of one too many, its name."""
    keys = [*expected, *({"name": ""} for _ in items[len(expected) :])]
    return [
        {key: of_attachment(item)[key] for key in wanted}
        for item, wanted in zip(items, keys, strict=False)
    ]


def of_attachment(item: Attachment) -> dict:
    return {
        "name": item.name,
        "type": item.content_type,
        "size": item.size,
        "inline": item.inline,
        "sha256": hashlib.sha256(item.content).hexdigest(),
    }
