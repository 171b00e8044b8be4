"""Webhook and Microsoft Graph: what is posted, and what each answer means."""

import base64
import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
import requests
import responses
import urllib3
from support.bms import MemoryCache

from connector.errors import (
    FatalError,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Unreachable,
)
from connector.messages.graph import GraphCourier, send_mail_endpoint
from connector.messages.http import Endpoint, Unauthorised
from connector.messages.mime import Envelope
from connector.messages.webhook import WebhookCourier
from connector.ports.post import Letter, Posted, PostKind, PostState
from connector.sign_in.oauth2 import OAuth2Client, TokenEndpoint
from connector.sign_in.refusals import SignInRefused

NOON = datetime(2026, 11, 16, 17, tzinfo=UTC)
HOOK = "https://hooks.example/secret-path"
TOKEN = "https://login.example/tenant/oauth2/v2.0/token"
LETTER = Letter(
    unique_key="alert a",
    kind=PostKind.ALERT,
    request_key="a",
    channel="webhook hooks.example",
    recipient="pat@client.example",
    content={"subject": "EMERGENCY", "text": "Help", "data": {"who": "Pat", "phone": ""}},
    message_id="<1@desk.example>",
    expires_at=NOON,
)
POSTED = Posted(1, LETTER, PostState.WAITING, 0, NOON)
WEBHOOK = WebhookCourier(Endpoint(HOOK, "webhook hooks.example"))


def never() -> None:
    raise AssertionError("nothing must be handed over")


@responses.activate
def test_a_webhook_gets_the_words_and_a_stable_id():
    responses.post(HOOK, status=204)
    WEBHOOK.send(POSTED, lambda: None)
    assert json.loads(responses.calls[0].request.body) == {
        "id": "1@desk.example",
        "title": "EMERGENCY",
        "text": "Help",
        "who": "Pat",
        "phone": "",
    }


REFUSED = requests.ConnectionError(
    urllib3.exceptions.MaxRetryError(
        None, HOOK, urllib3.exceptions.NewConnectionError(None, "refused")
    )
)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401}, Unauthorised),
        ({"status": 403}, FatalError),
        ({"status": 400}, RequestRejected),
        ({"status": 404}, FatalError),
        ({"status": 302}, FatalError),
        ({"status": 429}, RetryLater),
        ({"status": 500}, OutcomeUnknown),
        ({"body": REFUSED}, Unreachable),
        ({"body": requests.ConnectTimeout()}, Unreachable),
        ({"body": requests.ReadTimeout()}, OutcomeUnknown),
        ({"body": requests.ConnectionError("reset")}, OutcomeUnknown),
    ],
)
@responses.activate
def test_what_an_answer_means_and_that_the_address_stays_secret(answer, error):
    responses.post(HOOK, **answer)
    with pytest.raises(error) as raised:
        WEBHOOK.send(POSTED, lambda: None)
    assert type(raised.value) is error
    assert "secret-path" not in str(raised.value)


def graph() -> GraphCourier:
    endpoint = send_mail_endpoint("https://graph.example/v1.0", "helpdesk@desk.example")
    client = OAuth2Client(TOKEN, "me", "hush", scope="scope")
    tokens = TokenEndpoint("mail.graph", client, MemoryCache(), lambda: NOON)
    return GraphCourier(endpoint, tokens, Envelope("helpdesk@desk.example"), lambda: NOON)


@responses.activate
def test_graph_gets_the_mail_in_base64_with_a_token():
    responses.post(TOKEN, json={"access_token": "t0", "expires_in": 3600})
    url = "https://graph.example/v1.0/users/helpdesk@desk.example/sendMail"
    responses.post(url, status=202)
    courier = graph()
    courier.send(POSTED, lambda: None)
    courier.send(POSTED, lambda: None)
    asked, sent, again = responses.calls
    assert "client_secret=hush" in asked.request.body
    assert sent.request.headers["Authorization"] == "Bearer t0"
    assert sent.request.headers["Content-Type"] == "text/plain"
    mail = message_from_bytes(base64.b64decode(sent.request.body), policy=default)
    assert (mail["To"], mail["Message-ID"]) == ("pat@client.example", "<1@desk.example>")
    assert again.request.url == url


@responses.activate
def test_a_kept_token_that_was_revoked_is_replaced_once():
    responses.post(TOKEN, json={"access_token": "t0", "expires_in": 3600})
    responses.post(TOKEN, json={"access_token": "t1", "expires_in": 3600})
    url = "https://graph.example/v1.0/users/helpdesk@desk.example/sendMail"
    responses.post(url, status=202)
    courier = graph()
    courier.send(POSTED, lambda: None)
    responses.replace(responses.POST, url, status=401)
    responses.post(url, status=202)
    courier.send(POSTED, lambda: None)
    used = [c.request.headers["Authorization"] for c in responses.calls if c.request.url == url]
    assert used == ["Bearer t0", "Bearer t0", "Bearer t1"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 400, "json": {"error": "invalid_client"}}, SignInRefused),
        ({"status": 401}, SignInRefused),
        ({"status": 500}, Unreachable),
        ({"status": 200, "body": "<html>"}, Unreachable),
    ],
)
@responses.activate
def test_without_a_token_nothing_is_handed_over(answer, error):
    responses.post(TOKEN, **answer)
    with pytest.raises(error) as raised:
        graph().send(POSTED, never)
    assert type(raised.value) is error
    assert "hush" not in str(raised.value)
