"""The transport against real sockets on this machine, and what it puts on the wire."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import structlog
from responses import matchers
from support.bms import ACCESS, NOW, Bms, Budget
from support.clock import Clock

from connector.bms.endpoints import AUTHENTICATE, CREATE_TICKET, STATUSES, TEMPLATE, Endpoint
from connector.bms.sessions import Sessions
from connector.bms.transport import Call, Transport
from connector.errors import BudgetSpent, OutcomeUnknown, RetryLater, Unreachable
from connector.ports.stopping import CallAbandoned

Serve = Callable[[socket.socket], None]

PART_OF_AN_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"


@contextmanager
def server(serve: Serve) -> Iterator[int]:
    """Accept connections on loopback and leave each to `serve`; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            held.append(connection)
            serve(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def say_nothing(_connection: socket.socket) -> None:
    pass


def hang_up(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def break_off(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(PART_OF_AN_ANSWER)
    connection.close()


def stall(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(PART_OF_AN_ANSWER)


def talk_nonsense(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"hello\r\n\r\n")
    connection.close()


def transport(base_url: str, budget: Budget | None = None) -> Transport:
    access = replace(ACCESS, base_url=base_url, timeout=0.2)
    return Transport(access, budget or Budget(), Clock(NOW))


@pytest.mark.parametrize(
    "serve",
    [say_nothing, hang_up, reset, break_off, stall, talk_nonsense],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize(
    ("endpoint", "error"),
    [(STATUSES, RetryLater), (CREATE_TICKET, OutcomeUnknown), (AUTHENTICATE, Unreachable)],
    ids=["read", "create", "sign-in"],
)
def test_a_call_that_may_have_arrived_is_told_from_one_that_did_not(
    serve: Serve, endpoint: Endpoint, error: type[Exception]
) -> None:
    with server(serve) as port, pytest.raises(error) as caught:
        transport(f"http://127.0.0.1:{port}").send(Call(endpoint, json={"a": 1}), None)
    assert type(caught.value) is error


@pytest.mark.parametrize("endpoint", [STATUSES, CREATE_TICKET, AUTHENTICATE])
def test_a_refused_connection_is_certain_that_nothing_was_sent(endpoint: Endpoint) -> None:
    with server(say_nothing) as port:
        pass
    with pytest.raises(Unreachable, match="refused"):
        transport(f"http://127.0.0.1:{port}").send(Call(endpoint), None)


@pytest.mark.parametrize("endpoint", [STATUSES, CREATE_TICKET])
def test_a_server_without_a_name_is_unreachable(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unreachable, match="DNS"):
        transport("https://nowhere.example").send(Call(endpoint), None)


def test_an_encryption_that_fails_leaves_the_outcome_of_a_create_open() -> None:
    with server(talk_nonsense) as port, pytest.raises(OutcomeUnknown, match="encryption"):
        transport(f"https://127.0.0.1:{port}").send(Call(CREATE_TICKET), None)


def test_every_call_has_both_timeouts_and_verifies_the_certificate(
    bms: Bms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    options = {"timeout": (5.0, 5.0), "verify": True}
    bms.answer(
        "GET",
        "/v2/system/statuses/lookup",
        [],
        match=[matchers.request_kwargs_matcher(options)],
    )
    assert bms.transport.send(Call(STATUSES), None).status == 200


def test_calls_are_counted_by_template_also_when_they_fail(bms: Bms) -> None:
    path = "/v2/servicedesk/templates/tickets"
    bms.answer("GET", f"{path}/1", {"id": 1})
    bms.answer("GET", f"{path}/2", body=requests.ConnectionError())
    bms.transport.send(Call(TEMPLATE, {"templateId": 1}), "t")
    with pytest.raises(RetryLater):
        bms.transport.send(Call(TEMPLATE, {"templateId": 2}), "t")
    key = "GET /v2/servicedesk/templates/tickets/{templateId}"
    assert bms.transport.calls == {key: 2}
    assert bms.budget.taken == [(key, False), (key, False)]


def test_a_spent_budget_sends_nothing(bms: Bms) -> None:
    bms.budget.spent.add("POST /v2/servicedesk/tickets")
    with pytest.raises(BudgetSpent):
        bms.transport.send(Call(CREATE_TICKET), "t")
    assert not bms.http.calls
    assert not bms.transport.calls


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (429, "Mon, 23 Nov 2026 15:05:00 GMT", 300),
        (429, None, None),
        (429, "soon", None),
        (500, "120", None),
        (200, "120", None),
    ],
)
def test_a_pause_that_bms_asks_for_is_remembered_for_the_endpoint(
    bms: Bms, status: int, retry_after: str | None, seconds: int | None
) -> None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    bms.answer("GET", "/v2/system/statuses/lookup", status=status, headers=headers)
    bms.transport.send(Call(STATUSES), token=None)
    until = {STATUSES.key: NOW + timedelta(seconds=seconds)} if seconds else {}
    assert bms.budget.paused == until


@pytest.mark.parametrize(
    ("endpoint", "error"), [(STATUSES, RetryLater), (CREATE_TICKET, OutcomeUnknown)]
)
def test_a_call_that_is_broken_off_because_we_stop_is_a_lost_answer(
    endpoint: Endpoint, error: type[Exception]
) -> None:
    @contextmanager
    def breakable() -> Iterator[None]:
        yield
        raise CallAbandoned

    with server(answer_nothing_wrong) as port:
        access = replace(ACCESS, base_url=f"http://127.0.0.1:{port}")
        transport = Transport(access, Budget(), Clock(NOW), breakable)
        with pytest.raises(error, match="asked to stop"):
            transport.send(Call(endpoint), token=None)


def answer_nothing_wrong(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def test_calls_for_an_emergency_say_so_to_the_budget(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/statuses/lookup", [])
    with bms.transport.for_emergency(emergency=True):
        bms.transport.send(Call(STATUSES), None)
        with bms.transport.for_emergency(emergency=False):
            bms.transport.send(Call(STATUSES), None)
        bms.transport.send(Call(STATUSES), None)
    bms.transport.send(Call(STATUSES), None)
    assert [emergency for _, emergency in bms.budget.taken] == [True, False, True, False]


def test_a_thread_that_works_on_an_emergency_lends_nothing_to_another(bms: Bms) -> None:
    bms.answer("GET", "/v2/system/statuses/lookup", [])
    with bms.transport.for_emergency(emergency=True):
        other = threading.Thread(target=bms.transport.send, args=(Call(STATUSES), None))
        other.start()
        other.join()
        bms.transport.send(Call(STATUSES), None)
    assert [emergency for _, emergency in bms.budget.taken] == [False, True]


def test_threads_use_no_session_of_each_other_and_keep_theirs_open() -> None:
    sessions = Sessions(ACCESS)
    with sessions.borrowed() as mine, sessions.borrowed() as others:
        assert mine is not others
    with sessions.borrowed() as again:
        assert again in (mine, others)
        closed = []
        again.close = lambda: closed.append(again)  # type: ignore[method-assign]
        sessions.close()
        assert closed == []
    assert closed == [again]


def test_a_pause_that_cannot_be_kept_does_not_hide_what_bms_said(
    bms: Bms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call may have been carried out: taken for one never made, it would be made again."""

    def pause(*_arguments: object, **_options: object) -> None:
        raise Unreachable("The ledger is out of reach")

    monkeypatch.setattr(bms.budget, "pause", pause)
    bms.answer("POST", "/v2/servicedesk/tickets", status=503, headers={"Retry-After": "60"})
    assert bms.transport.send(Call(CREATE_TICKET), None).status == 503


def test_a_value_cannot_leave_its_place_in_the_path() -> None:
    call = Call(TEMPLATE, {"templateId": "../../security?x=/1"})
    assert call.url_path == "/v2/servicedesk/templates/tickets/..%2F..%2Fsecurity%3Fx%3D%2F1"


def test_a_netrc_file_does_not_replace_our_token(
    bms: Bms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine bms.example login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    bms.answer("GET", "/v2/system/statuses/lookup", [])
    bms.transport.send(Call(STATUSES), "our-token")
    assert bms.http.calls[0].request.headers["Authorization"] == "Bearer our-token"
    bms.transport.send(Call(STATUSES), None)
    assert "Authorization" not in bms.http.calls[1].request.headers


def test_a_proxy_of_the_environment_is_not_used_for_a_server_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    with server(hang_up) as port, pytest.raises(RetryLater, match="the connection broke"):
        transport(f"http://127.0.0.1:{port}").send(Call(STATUSES), None)


def test_logs_hold_neither_tokens_nor_contents_nor_addresses(bms: Bms) -> None:
    bms.answer("GET", "/v2/crm/contacts/search", [])
    bms.answer("POST", "/v2/servicedesk/tickets", body=requests.ConnectionError("secret words"))
    with structlog.testing.capture_logs() as logs:
        bms.client.contacts("marta.ruiz@harbordental.example")
        with pytest.raises(OutcomeUnknown):
            bms.transport.send(Call(CREATE_TICKET, json={"Title": "secret words"}), "access-1")
    assert [entry["endpoint"].split()[1] for entry in logs] == [
        "/v2/security/authenticate",
        "/v2/crm/contacts/search",
        "/v2/servicedesk/tickets",
    ]
    for secret in ("access-1", "refresh-1", ACCESS.password, "secret words", "marta"):
        assert secret not in str(logs)
