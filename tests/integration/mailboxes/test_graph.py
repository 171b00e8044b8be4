"""The source `graph` against a stand-in that follows Microsoft's documentation."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import responses
import trustme
from support.bms import MemoryCache
from support.clock import Clock
from support.desk import Desk
from support.dovecot import mail
from support.graph_server import MAILBOX, Answer, GraphServer, running_graph
from support.killing import Killed, failing_at

from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.intake.sources.graph_source import OUR_CATEGORY, GraphMailbox
from connector.ledger.store import SqlLedger
from connector.pipeline.steps import DELIVER, INTAKE
from connector.ports import Stamp
from connector.sign_in.certificate import CertificateTokens


@pytest.fixture
def graph(clock: Clock) -> Iterator[GraphServer]:
    with running_graph(clock) as running:
        yield running


@pytest.fixture(autouse=True)
def _one_mailbox(desk: Desk, graph: GraphServer) -> None:
    configure(desk, graph, since="all")


def configure(desk: Desk, graph: GraphServer, **settings: str) -> None:
    chosen = {
        "name": "office",
        "type": "graph",
        "tenant": "securenet",
        "client_id": "app",
        "client_secret": "the secret",
        "mailbox": MAILBOX,
        "authority": graph.url,
        "base_url": f"{graph.url}/v1.0",
        **settings,
    }
    desk.sources = {}
    desk.mailboxes = ["{" + ", ".join(f"{key}: '{value}'" for key, value in chosen.items()) + "}"]


def failing(fragment: str, answer: Answer) -> Callable[[str], None]:
    def fault(call: str) -> None:
        if fragment in call:
            raise answer

    return fault


def test_a_mail_becomes_a_ticket_and_moves_to_the_processed_folder(
    desk: Desk, graph: GraphServer, clock: Clock
) -> None:
    graph.deliver(mail("Printer jam"), at=clock() - timedelta(minutes=20))
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (ExitCode.DONE, 1)
    [request] = desk.requests()
    assert request.received_at == clock() - timedelta(minutes=20)
    with desk.ledger() as ledger:
        assert ledger.raw(request.key) == mail("Printer jam")
    assert (graph.subjects(), graph.subjects("Processed")) == ([], ["Printer jam"])
    assert desk.sync().counts["received"] == 0


def test_pages_are_followed_and_the_next_run_asks_only_for_changes(
    desk: Desk, graph: GraphServer
) -> None:
    for number in range(5):
        graph.deliver(mail(f"mail {number}", number))
    assert desk.sync().counts["created"] == 5
    desk.sync()
    graph.calls.clear()
    desk.sync()
    assert [call.rsplit("/", 1)[1] for call in graph.calls] == ["inbox", "delta"]


def test_the_token_is_kept_between_runs_and_renewed_once_when_graph_refuses_it(
    desk: Desk, graph: GraphServer
) -> None:
    desk.sync()
    desk.sync()
    [grant] = graph.token_requests
    assert (grant["grant_type"], grant["scope"]) == (
        "client_credentials",
        f"{graph.url}/.default",
    )
    graph.tokens.clear()
    assert desk.sync().exit_code is ExitCode.DONE
    assert len(graph.token_requests) == 2


def test_a_change_told_once_is_not_lost_when_the_run_ends_before_it_is_recorded(
    desk: Desk, graph: GraphServer
) -> None:
    graph.deliver(mail("one", 1))
    graph.deliver(mail("two", 2))
    with pytest.raises(Killed), failing_at(SqlLedger, "record_all", "before", 1, Killed()):
        desk.sync()
    desk.sync()
    assert len(desk.sandbox.tickets) == 2
    assert sorted(graph.subjects("Processed")) == ["one", "two"]


def test_killed_between_ledger_and_move_the_next_run_only_moves(
    desk: Desk, graph: GraphServer
) -> None:
    graph.deliver(mail())
    with pytest.raises(Killed), failing_at(GraphMailbox, "mark", "before", 1, Killed()):
        desk.sync()
    assert desk.sync().counts["received"] == 0
    assert len(desk.sandbox.tickets) == 1
    assert graph.subjects("Processed") == ["Printer jam"]


def test_killed_between_move_and_ledger_nothing_is_moved_twice(
    desk: Desk, graph: GraphServer
) -> None:
    graph.deliver(mail())
    with pytest.raises(Killed), failing_at(GraphMailbox, "mark", "after", 1, Killed()):
        desk.sync()
    graph.calls.clear()
    assert desk.sync().counts["received"] == 0
    assert not [call for call in graph.calls if call.endswith("/move")]


def test_a_delta_that_lags_behind_our_own_move_brings_no_duplicate(
    desk: Desk, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.deliver(mail())
    desk.sync()
    monkeypatch.setattr(graph, "_left", [])
    report = desk.sync()
    assert (report.counts["received"], report.exit_code) == (0, ExitCode.DONE)


@pytest.mark.parametrize("code", ["SyncStateNotFound", "resyncRequired"])
def test_an_expired_delta_link_lists_everything_anew_and_takes_nothing_twice(
    desk: Desk, graph: GraphServer, code: str
) -> None:
    parked = graph.deliver(b"Subject: x\r\nno header")
    parked.raw = b"no header at all"
    desk.sync()
    graph.oldest_token, graph.reset_code = 10**6, code
    graph.deliver(mail("new", 2))
    assert desk.sync().counts["received"] == 1
    assert parked.folder == "inbox-id"


def test_by_default_only_what_comes_after_the_first_sync_is_taken(
    desk: Desk, graph: GraphServer, clock: Clock
) -> None:
    configure(desk, graph)
    graph.deliver(mail("old", 1), at=clock() - timedelta(seconds=1))
    assert desk.sync().counts["received"] == 0
    clock.pass_by(minutes=1)
    graph.deliver(mail("new", 2))
    assert [request.subject for request in desk.sync().requests] == ["new"]
    graph.oldest_token = 10**6
    assert desk.sync().counts["received"] == 0
    assert graph.subjects() == ["old"]


def test_what_is_parked_stays_flagged_and_loses_our_flag_when_it_is_settled(
    desk: Desk, graph: GraphServer
) -> None:
    message = graph.deliver(b"no header at all\r\nSubject: x\r\n")
    message.raw = b"no header at all"
    assert desk.sync().counts["parked"] == 1
    assert (message.flag, message.categories) == ("flagged", [OUR_CATEGORY])
    assert desk.sync().counts["received"] == 0
    [request] = desk.requests()
    with desk.ledger() as ledger:
        ledger.set_aside(request.key, reason="spam", stamp=Stamp("by hand", desk.clock()))
    desk.sync()
    assert (message.flag, message.categories) == ("notFlagged", [])
    assert graph.folders[message.folder][0] == "Processed"


def test_a_mail_too_large_is_parked_unread_and_read_once_the_limit_is_raised(
    desk: Desk, graph: GraphServer
) -> None:
    graph.deliver(mail("Big"), size=2_000_000)
    desk.more = "limits: {request_mb: 1}"
    assert desk.sync().counts["parked"] == 1
    assert not [call for call in graph.calls if call.endswith("$value")]
    desk.more = "limits: {request_mb: 60}"
    assert desk.sync().counts["created"] == 1


@pytest.mark.parametrize("status", [429, 503])
def test_throttling_is_honoured_by_the_runs_that_follow(
    desk: Desk, graph: GraphServer, clock: Clock, status: int
) -> None:
    graph.deliver(mail("one", 1))
    fault = failing("$value", Answer(status, "TooManyRequests", Retry_After="90"))
    graph.faults.append(fault)
    assert desk.sync().exit_code is ExitCode.UNREACHABLE
    graph.faults.clear()
    graph.calls.clear()

    clock.pass_by(seconds=89)
    report = desk.sync()
    assert (report.exit_code, graph.calls) == (ExitCode.UNREACHABLE, [])
    assert "asked us to stay away" in report.problems[0]

    clock.pass_by(seconds=1)
    assert desk.sync().counts["created"] == 1


def test_a_mail_that_graph_cannot_give_stops_no_other(desk: Desk, graph: GraphServer) -> None:
    poison = graph.deliver(mail("poison", 1))
    graph.deliver(mail("good", 2))
    number = poison.id.split("/")[1].split("+")[0]
    graph.faults.append(
        failing(f"%2F{number}%2B%3D/$value", Answer(500, "ErrorInternalServerError"))
    )
    report = desk.sync()
    assert [ticket["Title"] for ticket in desk.sandbox.tickets] == ["good"]
    assert report.exit_code is ExitCode.PARTLY
    assert graph.subjects() == ["poison"]


def test_a_mail_that_graph_cannot_move_keeps_no_other_from_being_moved(
    desk: Desk, graph: GraphServer
) -> None:
    stuck = graph.deliver(mail("stuck", 1))
    graph.deliver(mail("good", 2))
    number = stuck.id.split("/")[1].split("+")[0]
    graph.faults.append(failing(f"%2F{number}%2B%3D/move", Answer(500, "ErrorInternalServerError")))
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (ExitCode.PARTLY, 2)
    assert (graph.subjects(), graph.subjects("Processed")) == (["stuck"], ["good"])
    graph.faults.clear()
    assert desk.sync().exit_code is ExitCode.DONE
    assert graph.subjects() == []


def test_a_mail_that_vanishes_between_listing_and_reading_is_no_error(
    desk: Desk, graph: GraphServer
) -> None:
    message = graph.deliver(mail())

    def vanish(call: str) -> None:
        if "/messages/AAkA" in call and message.id in graph.messages:
            graph.remove(message)

    graph.faults.append(vanish)
    report = desk.sync()
    assert (report.exit_code, report.counts["received"]) == (ExitCode.DONE, 0)


def test_a_mail_too_large_that_is_gone_once_the_limit_is_raised_stays_with_a_person(
    desk: Desk, graph: GraphServer
) -> None:
    message = graph.deliver(mail("Big"), size=2_000_000)
    desk.more = "limits: {request_mb: 1}"
    assert desk.sync().counts["parked"] == 1
    desk.more = "limits: {request_mb: 60}"

    def vanish(call: str) -> None:
        if call.endswith("$value"):
            graph.remove(message)

    graph.faults.append(vanish)
    report = desk.sync()
    assert (report.exit_code, report.problems) == (ExitCode.DONE, [])
    assert [notice for notice in report.notices if "is gone" in notice]
    (request,) = desk.requests()
    assert request.state is Outcome.PARKED
    assert "too large to read" in request.reason


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (Answer(401, "InvalidAuthenticationToken"), ExitCode.REFUSED, "client_id"),
        (Answer(403, "ErrorAccessDenied"), ExitCode.REFUSED, "Mail.ReadWrite"),
        (Answer(404, "ErrorInvalidUser"), ExitCode.UNREACHABLE, "mailbox and folders"),
        (Answer(500, "ErrorInternalServerError"), ExitCode.UNREACHABLE, "next run"),
        (Answer(302, "", Location="http://127.0.0.1:9/"), ExitCode.UNREACHABLE, "next run"),
    ],
)
def test_a_refusal_says_what_to_do(
    desk: Desk, graph: GraphServer, answer: Answer, code: ExitCode, words: str
) -> None:
    graph.faults.append(failing("", answer))
    report = desk.sync()
    assert report.exit_code is code
    assert words in report.problems[0]
    assert "the secret" not in report.problems[0]


def test_our_token_goes_to_no_other_server(
    desk: Desk, graph: GraphServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = {"value": [], "@odata.nextLink": "https://elsewhere.example/v1.0/next"}
    monkeypatch.setattr(graph, "_delta", lambda *_: page)
    report = desk.sync()
    assert "gave a link to another server" in report.problems[0]


def test_a_dry_run_changes_nothing_in_the_mailbox_or_the_ledger(
    desk: Desk, graph: GraphServer
) -> None:
    message = graph.deliver(mail())
    desk.steps = ()
    desk.sync()
    desk.steps = (INTAKE, DELIVER)
    before = desk.dump()
    assert desk.sync(dry_run=True).counts["created"] == 1
    after = desk.dump()
    after["cache"] = [row for row in after["cache"] if "oauth2" not in row]
    assert after == before
    assert message.folder == "inbox-id"
    assert desk.sync(INTAKE).counts["received"] == 1
    assert [request.state for request in desk.requests()] == [Outcome.PENDING]


# --- certificate -----------------------------------------------------------------------------


def test_a_certificate_signs_in_by_a_signed_assertion_and_the_token_is_kept(
    tmp_path: Path, clock: Clock
) -> None:
    issued = trustme.CA().issue_cert("connector.example", key_type=trustme.KeyType.RSA)
    pem = tmp_path / "app.pem"
    pem.write_bytes(issued.private_key_pem.bytes() + issued.cert_chain_pems[0].bytes())
    authority = "https://login.microsoftonline.com/securenet"
    tokens = CertificateTokens(
        "Source 'office'",
        client_id="app",
        authority=authority,
        scope="https://graph.microsoft.com/.default",
        certificate=pem,
        cache=MemoryCache(),
        clock=clock,
    )
    with responses.RequestsMock() as http:
        http.get(
            f"{authority}/v2.0/.well-known/openid-configuration",
            json={
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
                "issuer": f"{authority}/v2.0",
            },
        )
        http.post(
            f"{authority}/oauth2/v2.0/token",
            json={"token_type": "Bearer", "access_token": "by certificate", "expires_in": 3599},
        )
        assert tokens.token() == "by certificate"
        assert "client_assertion=" in str(http.calls[-1].request.body)
        assert tokens.token() == "by certificate"
        assert len(http.calls) == 2
