"""Bad input never ends a run and never loses anything."""

import json
from datetime import datetime

import pytest
from support.workplace import Workplace

from connector.sandbox import Sandbox

LUIS = "luis@palmettolegal.example"

PARKED = {
    "empty.eml": b"",
    "garbage.eml": bytes(range(256)) * 64,
    "no-address.json": json.dumps({"id": 1, "subject": "Hello"}).encode(),
    "not-json.json": b"{'id': 1}",
    "deep.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "list.json": b"[]",
}
"""What waits for a person, since there is nothing that could become a ticket."""

TICKETS = {
    "no-from.eml": b"Subject: Who am I\r\n\r\nSomebody sent this.\r\n",
    "past.eml": f"From: {LUIS}\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nSubject: Old\n\nHi".encode(),
    "future.eml": f"From: {LUIS}\nDate: Thu, 1 Jan 2099 00:00:00 +0000\nSubject: N\n\nHi".encode(),
    "charset.eml": (
        f"From: {LUIS}\nSubject: =?x-unknown?Q?=E9?=\n"
        "Content-Type: text/plain; charset=x-unknown\n\nCaf\xe9\n"
    ).encode("latin-1"),
    "script.eml": f"From: {LUIS}\nSubject: <script>1</script>\n\n<script>x</script>".encode(),
    "unmapped.json": json.dumps(
        {"id": 2, "email": LUIS, "subject": "Hi", "template": "Teleporter", "priority": "Purple"}
    ).encode(),
}
"""What becomes a ticket all the same."""


def test_every_odd_item_is_parked_or_a_ticket_and_the_run_goes_on(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    for name, content in {**PARKED, **TICKETS}.items():
        workplace.drop(name, content)

    report = workplace.sync()

    assert report["exit"] == 1
    assert report["conserved"] is True
    assert report["counts"]["parked"] == len(PARKED)
    assert report["counts"]["created"] == len(TICKETS)
    assert workplace.names("parked") == sorted(PARKED)
    assert workplace.names("processed") == sorted(TICKETS)
    assert len(sandbox.tickets) == len(TICKETS)
    for parked in workplace.run("requests", "list", "--state", "parked", "--json").json:
        assert parked["reason"]
        assert parked["remedy"]


def test_a_mail_without_a_sender_lands_on_the_catch_all_with_the_original_attached(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    workplace.drop("mail.eml", TICKETS["no-from.eml"])

    workplace.sync()

    (ticket,) = sandbox.tickets
    (file,) = sandbox.attachments(ticket["Id"])
    assert ticket["AccountName"] == "Unmatched Requests"
    assert file["Content"] == TICKETS["no-from.eml"]


def test_script_in_a_mail_is_only_text(workplace: Workplace, sandbox: Sandbox) -> None:
    workplace.drop("mail.eml", TICKETS["script.eml"])

    workplace.sync()

    (ticket,) = sandbox.tickets
    assert "<script" not in ticket["Details"]
    assert "&lt;script&gt;x" in ticket["Details"]


def test_a_file_from_the_future_was_received_now(workplace: Workplace, sandbox: Sandbox) -> None:
    workplace.drop_mail("Hello", at=datetime.fromisoformat("2099-01-01T00:00:00+00:00"))

    workplace.sync()

    (ticket,) = sandbox.tickets
    opened, created = (datetime.fromisoformat(ticket[name]) for name in ("OpenDate", "CreatedOn"))
    assert opened <= created


def test_thirty_megabytes_become_a_ticket_and_the_file_that_does_not_fit_is_named(
    workplace: Workplace, sandbox: Sandbox
) -> None:
    head = (
        f"From: {LUIS}\nSubject: Large\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee file\n'
        '--b\nContent-Type: application/zip; name="scan.zip"\nContent-Transfer-Encoding: base64\n'
        "Content-Disposition: attachment\n\n"
    )
    body = (b"QUFB" * 19 + b"\n") * (30_000_000 // 77)
    workplace.drop("large.eml", head.encode() + body + b"--b--\n")

    report = workplace.sync()

    assert report["counts"]["created"] == 1
    (ticket,) = sandbox.tickets
    assert "scan.zip" in ticket["Details"]
    assert sandbox.attachments(ticket["Id"]) == []


def test_a_file_larger_than_the_limit_is_parked_unread(workplace: Workplace) -> None:
    config = workplace.folder / "config.yaml"
    config.write_text(config.read_text() + "limits: {request_mb: 1}\n")
    workplace.drop("large.eml", b"Subject: x\n\n" + b"x" * 1_100_000)

    report = workplace.sync()

    assert (report["exit"], report["counts"]["parked"]) == (1, 1)
    assert workplace.names("parked") == ["large.eml"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("template: Printer problem", "template: Printer trouble", "Printer trouble"),
        ("Normal: Medium", "Normal: Mittel", "no line of priorities.yaml names Medium"),
        ("status: New", "status: Neu", "Neu"),
    ],
)
def test_a_name_that_bms_does_not_have_costs_no_request(
    workplace: Workplace, sandbox: Sandbox, old: str, new: str, told: str
) -> None:
    for path in (workplace.folder / "mappings").glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    workplace.drop_mail("The printer is jammed")

    report = workplace.sync()

    assert (report["exit"], report["counts"]["created"]) == (0, 1)
    (ticket,) = sandbox.tickets
    (note,) = sandbox.notes(ticket["Id"])
    assert told in note["Details"]
