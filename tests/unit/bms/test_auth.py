import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
import requests
from support.bms import ACCESS, NOW, Bms, envelope, mocked_bms, refusal, token

from connector.bms.endpoints import STATUSES
from connector.errors import FatalError, Unreachable

AUTHENTICATE = "/v2/security/authenticate"
REFRESH = "/v2/security/refreshtoken"


def sent_fields(request: Any) -> dict[str, str]:
    """Return the fields of a form, in whichever of the two encodings they were sent."""
    kind = request.headers["Content-Type"]
    if kind == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in parse_qs(request.body).items()}
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload()
        for part in message.get_payload()
    }


def jwt(expires: datetime) -> str:
    payload = base64.urlsafe_b64encode(json.dumps({"exp": expires.timestamp()}).encode())
    return f"eyJ0.{payload.decode().rstrip('=')}.c2ln"


def refuse(bms: Bms, status: int = 400, message: str = "Invalid credentials") -> None:
    bms.answer("POST", AUTHENTICATE, status=status, json=refusal(message))


def test_signs_in_with_the_fields_and_the_encoding_of_the_contract(bms: Bms) -> None:
    assert bms.sign_in.token() == "access-1"
    [request] = bms.requests(AUTHENTICATE)
    assert request.headers["Content-Type"].startswith("multipart/form-data")
    assert sent_fields(request) == {
        "GrantType": "password",
        "UserName": ACCESS.username,
        "Password": ACCESS.password,
        "Tenant": ACCESS.tenant,
    }
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (415, {"body": ""}),
        (415, {"json": {"title": "Unsupported Media Type"}}),
        (400, {"json": refusal("The content type multipart/form-data is not supported")}),
    ],
)
def test_a_server_that_dislikes_multipart_gets_the_same_fields_urlencoded(
    signed_out: Bms, status: int, answer: dict[str, Any]
) -> None:
    signed_out.answer("POST", AUTHENTICATE, status=status, **answer)
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    assert signed_out.sign_in.token() == "access-1"
    first, second = signed_out.requests(AUTHENTICATE)
    assert second.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sent_fields(second) == sent_fields(first)


def test_other_refusals_are_not_tried_in_another_encoding(signed_out: Bms) -> None:
    refuse(signed_out)
    with pytest.raises(FatalError):
        signed_out.sign_in.token()
    assert len(signed_out.requests(AUTHENTICATE)) == 1


def test_the_token_is_kept_for_the_next_run(bms: Bms) -> None:
    bms.sign_in.token()
    bms.new_run()
    bms.clock.pass_by(minutes=30)
    assert bms.sign_in.token() == "access-1"
    assert len(bms.requests(AUTHENTICATE)) == 1


@pytest.mark.parametrize("other", ["password", "username", "tenant"])
def test_other_credentials_sign_in_anew(bms: Bms, other: str) -> None:
    bms.sign_in.token()
    bms.access = replace(ACCESS, **{other: "another"})
    bms.new_run()
    bms.sign_in.token()
    assert len(bms.requests(AUTHENTICATE)) == 2


def test_the_password_is_not_kept(bms: Bms) -> None:
    bms.sign_in.token()
    assert ACCESS.password not in str(bms.cache.values)


# --- refreshing ------------------------------------------------------------------------------


def test_a_token_about_to_expire_is_refreshed_and_both_tokens_are_replaced(bms: Bms) -> None:
    bms.answer("POST", REFRESH, token("access-2", "refresh-2", timedelta(hours=2)))
    bms.answer("POST", REFRESH, token("access-3", "refresh-3", timedelta(hours=3)))
    bms.sign_in.token()
    bms.clock.pass_by(minutes=58, seconds=59)
    assert bms.sign_in.token() == "access-1"
    bms.clock.pass_by(seconds=1)
    assert bms.sign_in.token() == "access-2"
    bms.new_run()
    bms.clock.pass_by(hours=1)
    assert bms.sign_in.token() == "access-3"
    sent = [sent_fields(request) for request in bms.requests(REFRESH)]
    assert sent == [
        {"AccessToken": "access-1", "RefreshToken": "refresh-1"},
        {"AccessToken": "access-2", "RefreshToken": "refresh-2"},
    ]
    assert len(bms.requests(AUTHENTICATE)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "json": refusal("expired")},
        {"status": 401, "body": ""},
        {"status": 500, "body": ""},
        {"json": refusal("no")},
        {"body": requests.ReadTimeout()},
        {"json": envelope({"accessToken": ""})},
    ],
    ids=str,
)
def test_any_failed_refresh_becomes_one_full_sign_in(
    signed_out: Bms, answer: dict[str, Any]
) -> None:
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    signed_out.answer("POST", AUTHENTICATE, token("access-2", life=timedelta(hours=3)))
    signed_out.answer("POST", REFRESH, **answer)
    signed_out.sign_in.token()
    signed_out.clock.pass_by(hours=1)
    assert signed_out.sign_in.token() == "access-2"
    assert len(signed_out.requests(REFRESH)) == 1


def test_an_expired_refresh_token_is_not_tried(bms: Bms) -> None:
    bms.sign_in.token()
    bms.clock.pass_by(days=6, hours=23, minutes=59)
    bms.answer("POST", REFRESH, token("access-2"))
    bms.clock.pass_by(minutes=1)
    bms.sign_in.token()
    assert not bms.requests(REFRESH)


# --- when a token expires --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access_token", "expire_on", "date", "lives"),
    [
        ("opaque", NOW + timedelta(minutes=20), NOW, timedelta(minutes=19)),
        ("opaque", NOW + timedelta(minutes=5), NOW, timedelta(minutes=4, seconds=30)),
        (jwt(NOW + timedelta(minutes=30)), NOW + timedelta(hours=8), NOW, timedelta(minutes=29)),
        ("not.a.jwt", NOW + timedelta(minutes=20), NOW, timedelta(minutes=19)),
        # The server's clock is two hours ahead of ours.
        ("opaque", NOW + timedelta(hours=3), NOW + timedelta(hours=2), timedelta(minutes=59)),
        ("opaque", NOW + timedelta(hours=1), None, timedelta(minutes=59)),
        # Absurd or absent: ten minutes are assumed.
        ("opaque", NOW - timedelta(hours=5), NOW, timedelta(minutes=9)),
        ("opaque", NOW + timedelta(days=400), NOW, timedelta(minutes=9)),
        ("opaque", None, NOW, timedelta(minutes=9)),
    ],
)
def test_a_token_lives_as_long_as_the_server_says_by_its_own_clock(
    signed_out: Bms,
    access_token: str,
    expire_on: datetime | None,
    date: datetime | None,
    lives: timedelta,
) -> None:
    result = {"accessToken": access_token, "accessTokenExpireOn": expire_on and str(expire_on)}
    headers = {"Date": f"{date:%a, %d %b %Y %H:%M:%S} GMT"} if date else {}
    signed_out.answer("POST", AUTHENTICATE, result, headers=headers)
    signed_out.sign_in.token()
    signed_out.clock.now += lives - timedelta(seconds=1)
    signed_out.sign_in.token()
    assert len(signed_out.requests(AUTHENTICATE)) == 1
    signed_out.clock.pass_by(seconds=1)
    signed_out.sign_in.token()
    assert len(signed_out.requests(AUTHENTICATE)) == 2


def test_an_expiry_without_an_offset_is_in_the_time_zone_of_bms() -> None:
    miami = replace(ACCESS, time_zone=ZoneInfo("America/New_York"))
    with mocked_bms(miami) as bms:
        result = {"accessToken": "opaque", "accessTokenExpireOn": "2026-11-23T11:00:00"}
        bms.answer("POST", AUTHENTICATE, result)
        bms.sign_in.token()
        bms.clock.pass_by(minutes=58)
        bms.sign_in.token()
        assert len(bms.requests(AUTHENTICATE)) == 1


# --- a refused call --------------------------------------------------------------------------


def test_a_401_on_a_call_gets_one_fresh_token(signed_out: Bms) -> None:
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    signed_out.answer("POST", AUTHENTICATE, token("access-2"))
    signed_out.answer("GET", STATUSES.template, status=401, json=refusal("Security Error"))
    signed_out.answer("GET", STATUSES.template, [])
    assert signed_out.client.lookup(STATUSES) == []
    used = [r.headers["Authorization"] for r in signed_out.requests(STATUSES.template)]
    assert used == ["Bearer access-1", "Bearer access-2"]
    signed_out.new_run()
    assert signed_out.sign_in.token() == "access-2"


def test_a_401_uses_the_token_that_another_process_fetched_meanwhile(bms: Bms) -> None:
    stale = bms.sign_in.token()
    [(kind, name)] = bms.cache.values
    kept = bms.cache.load(kind, name, NOW)
    assert isinstance(kept, dict)
    bms.cache.save(kind, name, {**kept, "access": "theirs"}, NOW + timedelta(days=1))
    assert bms.sign_in.replace(stale) == "theirs"
    assert len(bms.requests(AUTHENTICATE)) == 1


def test_a_second_401_stops_the_run_and_the_next_run_signs_in_anew(bms: Bms) -> None:
    bms.answer("GET", STATUSES.template, status=401, body="")
    with pytest.raises(FatalError, match="401"):
        bms.client.lookup(STATUSES)
    assert len(bms.requests(STATUSES.template)) == 2
    assert len(bms.requests(AUTHENTICATE)) == 2
    bms.new_run()
    bms.sign_in.token()
    assert len(bms.requests(AUTHENTICATE)) == 3


# --- a refused sign-in -----------------------------------------------------------------------


def test_refused_credentials_are_tried_after_15_minutes_and_then_hourly(signed_out: Bms) -> None:
    refuse(signed_out)
    tries = []
    for minute in range(0, 151, 5):
        signed_out.clock.now = NOW + timedelta(minutes=minute)
        signed_out.new_run()
        with pytest.raises(FatalError):
            signed_out.sign_in.token()
        if len(signed_out.requests(AUTHENTICATE)) > len(tries):
            tries.append(minute)
    assert tries == [0, 15, 75, 135]


def test_the_message_says_until_when_and_what_to_do(signed_out: Bms) -> None:
    refuse(signed_out)
    messages = []
    for _ in range(2):
        with pytest.raises(FatalError, match="Invalid credentials") as caught:
            signed_out.sign_in.token()
        messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert "not be tried again before 2026-11-23T15:15:00+00:00" in messages[0]
    assert "bms.password" in messages[0]
    assert ACCESS.password not in messages[0]


def test_changed_credentials_are_tried_at_once(signed_out: Bms) -> None:
    refuse(signed_out)
    with pytest.raises(FatalError):
        signed_out.sign_in.token()
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    signed_out.access = replace(ACCESS, password="corrected")
    signed_out.new_run()
    assert signed_out.sign_in.token() == "access-1"


def test_a_success_starts_the_pauses_over(signed_out: Bms) -> None:
    refuse(signed_out)
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    refuse(signed_out)
    with pytest.raises(FatalError):
        signed_out.sign_in.token()
    signed_out.clock.pass_by(minutes=15)
    assert signed_out.sign_in.token() == "access-1"
    signed_out.sign_in.forget()
    with pytest.raises(FatalError, match="15:30:00"):
        signed_out.sign_in.token()


@pytest.mark.parametrize("answer", [{"status": 500, "body": ""}, {"body": requests.ReadTimeout()}])
def test_a_sign_in_that_fails_otherwise_is_not_held_against_the_credentials(
    signed_out: Bms, answer: dict[str, Any]
) -> None:
    signed_out.answer("POST", AUTHENTICATE, **answer)
    signed_out.answer("POST", AUTHENTICATE, token("access-1"))
    with pytest.raises(Unreachable):
        signed_out.sign_in.token()
    assert signed_out.sign_in.token() == "access-1"


def test_tokens_stand_in_no_repr(bms: Bms) -> None:
    bms.sign_in.token()
    held = vars(bms.sign_in)["_held"]
    assert held.access == "access-1"
    assert "access-1" not in repr(held)
    assert "refresh-1" not in repr(held)


def test_a_moment_of_a_kept_token_keeps_its_zone(bms: Bms) -> None:
    bms.sign_in.token()
    bms.new_run()
    bms.clock.now = datetime(2026, 11, 23, 15, 58, 59, tzinfo=UTC)
    assert bms.sign_in.token() == "access-1"
    assert len(bms.requests(AUTHENTICATE)) == 1
