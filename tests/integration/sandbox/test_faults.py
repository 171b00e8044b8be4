"""What goes wrong on purpose: lost answers, refusals, limits, expired tokens."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from support.sandbox import RawClient, ticket_body

from connector.sandbox import Exchange, Sandbox

TICKETS = "/v2/servicedesk/tickets"
CREATE = f"POST {TICKETS}"


def post(client: RawClient) -> requests.Response:
    return client.call("POST", TICKETS, json=ticket_body())


@pytest.mark.parametrize(("after_commit", "tickets"), [(False, 0), (True, 1)])
def test_a_dropped_connection_leaves_open_whether_the_ticket_exists(
    sandbox: Sandbox, client: RawClient, *, after_commit: bool, tickets: int
) -> None:
    sandbox.faults.add("drop", CREATE, after_commit=after_commit)
    with pytest.raises(requests.ConnectionError):
        post(client)
    assert len(sandbox.tickets) == tickets
    assert sandbox.exchanges[-1].dropped
    assert post(client).status_code == 200


def test_a_truncated_answer_cannot_be_read_and_the_ticket_exists(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.faults.add("truncate", CREATE)
    with pytest.raises(requests.RequestException):
        post(client)
    assert len(sandbox.tickets) == 1


def test_an_error_after_the_commit_hides_a_ticket_that_exists(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.faults.add("status", CREATE, status=500, after_commit=True)
    assert post(client).status_code == 500
    assert len(sandbox.tickets) == 1


def test_a_fault_strikes_from_its_nth_call_on_and_only_so_often(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.faults.add("status", CREATE, status=429, nth=2, times=2, retry_after="30")
    answers = [post(client) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, "30", "30", None]
    assert client.call("GET", TICKETS).status_code == 200


def test_a_fault_may_match_several_endpoints(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.faults.add("status", "GET /v2/system/*", status=503, times=None)
    assert client.call("GET", "/v2/system/queues/lookup").status_code == 503
    assert client.call("GET", "/v2/system/settings").status_code == 503
    assert client.call("GET", TICKETS).status_code == 200
    sandbox.faults.clear()
    assert client.call("GET", "/v2/system/settings").status_code == 200


@pytest.mark.parametrize(
    ("body", "is_right"),
    [
        ("html", lambda answer: "<html>" in answer.text),
        ("empty", lambda answer: answer.content == b""),
        ("envelope", lambda answer: answer.json()["success"] is False),
    ],
)
def test_a_200_may_carry_a_failure(
    sandbox: Sandbox,
    client: RawClient,
    body: str,
    is_right: Callable[[requests.Response], bool],
) -> None:
    sandbox.faults.add("status", CREATE, status=200, body=body)
    answer = post(client)
    assert answer.status_code == 200
    assert is_right(answer)
    assert sandbox.tickets == []


def test_an_answer_may_lack_the_id(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.faults.add("no_id", CREATE)
    assert "id" not in post(client).json()["result"]
    assert len(sandbox.tickets) == 1


def test_a_refused_field_refuses_only_calls_that_carry_it(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.faults.add("refuse_field", CREATE, field="CustomFieldsData", times=None)
    fields = [{"CustomFieldId": 3004, "Data": "R-1"}]
    refused = client.call("POST", TICKETS, json=ticket_body(CustomFieldsData=fields))
    assert (refused.status_code, len(sandbox.tickets)) == (400, 0)
    assert post(client).status_code == 200


def test_tokens_that_expire_are_refused_and_can_be_refreshed_once(sandbox: Sandbox) -> None:
    with RawClient(sandbox) as client:
        tokens = client.sign_in()
        sandbox.faults.add("expire_tokens", f"GET {TICKETS}")
        refused = client.call("GET", TICKETS)
        assert refused.status_code == 401
        assert refused.headers["token-expired"] == "true"
        assert refused.json()["error"]["code"] == 978001
        form = {"AccessToken": tokens["accessToken"], "RefreshToken": tokens["refreshToken"]}
        path = "/v2/security/refreshtoken"
        fresh = client.call("POST", path, data=form).json()["result"]
        assert client.call("POST", path, data=form).status_code == 401
        client.session.headers["Authorization"] = f"Bearer {fresh['accessToken']}"
        assert client.call("GET", TICKETS).status_code == 200


def test_a_token_lives_as_long_as_it_says() -> None:
    moments = [datetime(2026, 11, 17, 2, 0, tzinfo=UTC)]
    with (
        Sandbox(now=lambda: moments[-1], token_seconds=60) as sandbox,
        RawClient(sandbox) as client,
    ):
        assert client.sign_in()["accessTokenExpireOn"] == "2026-11-17T02:01:00Z"
        moments.append(moments[-1] + timedelta(seconds=59))
        assert client.call("GET", TICKETS).status_code == 200
        moments.append(moments[-1] + timedelta(seconds=1))
        assert client.call("GET", TICKETS).status_code == 401


def test_stopping_does_not_wait_for_a_delay(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.faults.add("delay", f"GET {TICKETS}", seconds=3600)
    with pytest.raises(requests.Timeout):
        client.session.get(sandbox.base_url + TICKETS, timeout=0.2)
    sandbox.stop()
    assert sandbox.tickets == []


def test_a_fault_that_does_not_exist_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no_such_fault"):
        sandbox.faults.add("no_such_fault")


def test_an_observer_sees_a_call_before_its_caller_has_the_answer(
    sandbox: Sandbox, client: RawClient
) -> None:
    seen: list[tuple[Exchange, int]] = []
    sandbox.observers.append(lambda exchange: seen.append((exchange, len(sandbox.tickets))))
    post(client)
    assert [(exchange.endpoint, tickets) for exchange, tickets in seen] == [(CREATE, 1)]
    assert sandbox.calls == {"POST /v2/security/authenticate": 1, CREATE: 1}


# --- from another process --------------------------------------------------------------------


def test_faults_and_switches_are_set_over_http_too(sandbox: Sandbox, client: RawClient) -> None:
    fault = {"kind": "status", "endpoint": CREATE, "status": 502}
    assert client.call("POST", "/_sandbox/faults", json=fault).json()[0]["status"] == 502
    assert post(client).status_code == 502
    assert client.call("DELETE", "/_sandbox/faults").json() == []
    client.call("PATCH", "/_sandbox/behaviour", json={"search_lag_seconds": 60})
    assert sandbox.behaviour.search_lag_seconds == 60
    assert client.call("PATCH", "/_sandbox/behaviour", json={"nothing": 1}).status_code == 400
    assert client.call("POST", "/_sandbox/faults", json={"kind": "no"}).status_code == 400
    assert client.call("GET", "/_sandbox/nothing").status_code == 404


def test_people_can_look_inside_without_seeing_secrets(sandbox: Sandbox, client: RawClient) -> None:
    ticket = client.create()["id"]
    client.call("POST", f"/v2/system/attachments/22/{ticket}", files={"formFile": ("a", b"\xff")})
    whole = client.call("GET", f"/_sandbox/tickets/{ticket}").json()
    assert (whole["Title"], len(whole["Attachments"])) == ("Printer is jammed", 1)
    assert [item["Id"] for item in client.call("GET", "/_sandbox/tickets").json()] == [ticket]
    assert client.call("GET", "/_sandbox/calls").json()[CREATE] == 1
    exchanges = client.call("GET", "/_sandbox/exchanges").text
    assert json.loads(exchanges)[1]["endpoint"] == CREATE
    assert sandbox.password not in exchanges
    assert str(client.session.headers["Authorization"]).removeprefix("Bearer ") not in exchanges


def test_an_answer_that_comes_twice_is_not_taken_for_the_next_ones(
    sandbox: Sandbox, client: RawClient
) -> None:
    sandbox.faults.add("repeat", CREATE)
    first = post(client).json()["result"]
    listed = client.call("GET", TICKETS).json()
    assert len(sandbox.tickets) == 1
    assert [row["id"] for row in listed["result"]] == [first["id"]]


def test_a_field_may_be_refused_for_some_tickets_only(sandbox: Sandbox, client: RawClient) -> None:
    sandbox.faults.add("refuse_field", CREATE, field="Title", where="Scanner", times=None)
    sandbox.faults.add("status", CREATE, status=500, times=1)
    answers = [
        client.call("POST", TICKETS, json=ticket_body(Title=title)).status_code
        for title in ("Printer", "Scanner", "Printer")
    ]
    assert answers == [500, 400, 200]
