"""Webhooks: a submission is in the ledger before it is answered, once, whatever it looks like."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from support.desk import Desk
from support.hooks import SECRET, signature, typeform_signature, vendor_of, webhook
from support.submissions import attached, form

from connector.domain.request import Outcome, RequestKind
from connector.errors import Unreachable
from connector.ledger.store import SqlLedger


def ticket_of(desk: Desk) -> dict[str, Any]:
    """Do a run and return the ticket that came of it, the only one."""
    [line] = desk.sync().requests
    assert line.outcome is Outcome.CREATED, line.reason
    [ticket] = [each for each in desk.sandbox.tickets if each["Id"] == line.ticket_id]
    return ticket


def test_a_submission_is_in_the_ledger_when_it_is_answered(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        answer = vendor.post(form())

    [request] = desk.requests()
    assert answer.status_code == 200
    assert answer.json == {"reference": request.key, "repeated": False}
    assert (request.source, request.kind, request.form) == ("website", RequestKind.FORM, "members")
    assert request.received_at == desk.now
    assert ticket_of(desk)["Title"] == "Keyboard"


def test_a_repeated_one_is_answered_alike_and_makes_no_second_request(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        first = vendor.post(form())
        again = vendor.post(form() | {"description": "sent again by the vendor"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == {"reference": first.json["reference"], "repeated": True}
    assert len(desk.requests()) == 1


def test_without_an_id_the_same_words_are_one_request_for_a_day(desk: Desk) -> None:
    webhook(desk)
    payload = {"email": "luis@palmettolegal.example", "subject": "Keyboard"}
    with vendor_of(desk) as vendor:
        assert vendor.post(payload).json["repeated"] is False
        desk.pass_by(hours=23)
        assert vendor.post(payload).json["repeated"] is True
        desk.pass_by(hours=2)
        assert vendor.post(payload).json["repeated"] is False


def test_a_ledger_that_takes_nothing_is_told_so_that_the_vendor_sends_again(desk: Desk) -> None:
    webhook(desk)

    def fails(*_args: object, **_options: object) -> None:
        raise Unreachable("the disk is full")

    desk.patches.setattr(SqlLedger, "admit", fails)
    with vendor_of(desk) as vendor:
        answer = vendor.post(form())

    assert answer.status_code == 503
    assert "error" in answer.json


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({"auth": "signature"}, {"X_Signature_256": "RIGHT"}, 200),
        ({"auth": "signature"}, {"X_Signature_256": "RIGHT".lower()}, 403),
        ({"auth": "signature"}, {"X_Signature_256": "sha256=" + "0" * 64}, 403),
        ({"auth": "signature"}, {"X_Signature_256": "sha256="}, 403),
        ({"auth": "signature"}, {"X_Signature_256": "\xe9"}, 403),
        ({"auth": "signature"}, {"X_Signature_256": SECRET}, 403),
        ({"auth": "signature"}, {}, 401),
        ({"auth": "signature", "header": "Typeform-Signature"}, {"X_Signature_256": "RIGHT"}, 401),
        (
            {"auth": "signature", "header": "Typeform-Signature"},
            {"Typeform_Signature": "BASE64"},
            200,
        ),
        ({"auth": "header"}, {"X_Webhook_Secret": SECRET}, 200),
        ({"auth": "header"}, {"X_Webhook_Secret": SECRET + "x"}, 403),
        ({"auth": "header"}, {"X_Webhook_Secret": ""}, 401),
        ({"auth": "header"}, {"X_Signature_256": "RIGHT"}, 401),
        ({"auth": "header", "header": "X-Key"}, {"X_Key": SECRET}, 200),
        ({"auth": "basic", "username": "jot"}, {"Authorization": ("jot", SECRET)}, 200),
        ({"auth": "basic", "username": "jot"}, {"Authorization": ("jot", "x")}, 403),
        ({"auth": "basic", "username": "jot"}, {"Authorization": ("other", SECRET)}, 403),
        ({"auth": "basic", "username": "jot"}, {"Authorization": "Bearer " + SECRET}, 401),
        ({"auth": "basic", "username": "jot"}, {"Authorization": "Basic !!"}, 401),
        ({"auth": "basic", "username": "jot"}, {}, 401),
    ],
)  # fmt: skip
def test_only_who_knows_the_secret_gets_in(
    desk: Desk, settings: dict[str, Any], headers: dict[str, Any], status: int
) -> None:
    webhook(desk, **settings)
    body = json.dumps(form()).encode()
    made = {"RIGHT": signature(body), "BASE64": typeform_signature(body)}
    sent = {name: made.get(value, value) for name, value in headers.items()}
    login = sent.pop("Authorization", None)
    options = {"auth": login} if isinstance(login, tuple) else {}
    if isinstance(login, str):
        sent["Authorization"] = login
    with vendor_of(desk) as vendor:
        answer = vendor.client.post(
            "/hooks/website",
            data=body,
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in sent.items()},
            **options,
        )

    assert answer.status_code == status, answer.data
    assert len(desk.requests()) == (status == 200)
    if status == 401 and settings["auth"] == "basic":
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_signature_is_over_the_very_bytes(desk: Desk) -> None:
    webhook(desk, auth="signature")
    body = json.dumps(form()).encode()
    with vendor_of(desk) as vendor:
        answer = vendor.post(body + b" ", secret=None, X_Signature_256=signature(body))

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["drop", "nobody", "..", "hosted-form"])
def test_what_is_no_webhook_is_not_found(desk: Desk, name: str) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        assert vendor.post(form(), to=name).status_code == 404


# --- what is sent ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"email": ', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b"", "application/json", 422),
        (b"", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a%d=1" % n for n in range(1100)), "application/x-www-form-urlencoded", 422),
        (b"x", "multipart/form-data", 422),
        (b"x", "multipart/form-data; boundary=b", 422),
        (b"email: x", "application/yaml", 415),
        (b"<a/>", "text/xml", 415),
        (b"{}", "", 415),
    ],
)
def test_what_is_no_submission_is_refused_in_one_line_of_json(
    desk: Desk, body: bytes, content_type: str, status: int
) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        answer = vendor.post(body, content_type=content_type)

    assert answer.status_code == status
    assert set(answer.json) == {"error"}
    assert answer.data.count(b"\n") <= 1
    assert desk.requests() == []


def test_a_body_beyond_the_limit_is_refused(desk: Desk) -> None:
    webhook(desk)
    desk.more += "\nlimits: {request_mb: 1}"
    with vendor_of(desk) as vendor:
        answer = vendor.post(form() | {"description": "x" * 1_000_001})

    assert answer.status_code == 413
    assert "error" in answer.json
    assert desk.requests() == []


def test_only_a_post_is_a_submission(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        answer = vendor.client.get("/hooks/website")

    assert (answer.status_code, set(answer.json)) == (405, {"error"})


def test_an_object_that_the_mapping_cannot_read_is_kept_for_a_person(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        assert vendor.post({"hello": "world"}).status_code == 200

    [line] = desk.sync().requests
    assert line.outcome is Outcome.PARKED
    assert "no e-mail address" in line.reason


def test_form_fields_are_a_submission(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        fields = {"email": "luis@palmettolegal.example", "subject": "Tëst", "x[]": ["a", "b"]}
        assert vendor.send_fields(fields).status_code == 200

    [request] = desk.requests()
    with desk.ledger() as ledger:
        payload = json.loads(ledger.raw(request.key))
    assert payload["x"] == ["a", "b"]
    assert ticket_of(desk)["Title"] == "Tëst"


def test_files_of_a_multipart_body_are_attached_under_harmless_names(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        answer = vendor.send_fields(
            {
                "email": "luis@palmettolegal.example",
                "subject": "Screen",
                "shot": (io.BytesIO(b"png"), "../../etc/screen.png", "image/png"),
                "log": [(io.BytesIO(b"a"), "log.txt"), (io.BytesIO(b"b"), "log.txt")],
            }
        )

    assert answer.status_code == 200
    ticket = ticket_of(desk)
    names = [each["OriginalFileName"] for each in desk.sandbox.attachments(ticket["Id"])]
    assert sorted(names) == ["log (2).txt", "log.txt", "screen.png"]


def test_files_within_json_are_attached(desk: Desk) -> None:
    webhook(desk)
    with vendor_of(desk) as vendor:
        vendor.post(form(attachments=attached("a.txt")))

    ticket = ticket_of(desk)
    assert [each["OriginalFileName"] for each in desk.sandbox.attachments(ticket["Id"])] == [
        "a.txt"
    ]


# --- when it was received ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "back", "is_believed"),
    [
        (True, timedelta(hours=3), True),
        (True, timedelta(days=6, hours=23), True),
        (True, timedelta(days=7, minutes=1), False),
        (True, -timedelta(minutes=5), False),
        (False, timedelta(hours=3), False),
    ],
)
def test_submitted_at_counts_as_receipt_only_where_it_is_trusted(
    desk: Desk, trusted: bool, back: timedelta, is_believed: bool
) -> None:
    webhook(desk, trust_submitted_at=trusted)
    sent = desk.now - back
    with vendor_of(desk) as vendor:
        vendor.post(form(submitted_at=sent.isoformat()))

    [request] = desk.requests()
    assert request.received_at == (sent if is_believed else desk.now)


@pytest.mark.parametrize("words", ["2026-11-16T08:00:00", "yesterday", "", 17, None])
def test_a_time_without_an_offset_is_no_receipt(desk: Desk, words: object) -> None:
    webhook(desk, trust_submitted_at=True)
    with vendor_of(desk) as vendor:
        vendor.post(form(submitted_at=words))

    assert desk.requests()[0].received_at == desk.now
