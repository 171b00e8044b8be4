"""The source `imap` when the connection breaks, and what `run` hears of new mail."""

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient
from support.desk import Desk
from support.dovecot import User, mail
from support.mailboxes import plain, read_mailbox
from support.tcp_proxy import Proxy, running_proxy

from connector.errors import ExitCode
from connector.intake.sources.imap_access import ImapAccess
from connector.intake.sources.imap_locator import MessagePlace
from connector.intake.sources.imap_session import Opened
from connector.intake.sources.imap_source import ImapMailbox
from connector.loading import Setup
from connector.pipeline.steps import DELIVER, INTAKE
from connector.stop_signal import StopSignal
from connector.wiring.run import OpenRun, open_run

pytestmark = pytest.mark.service

BODIES = 120_000
"""Bytes a server has sent when it is in the midst of the messages below."""


@pytest.fixture
def proxy(user: User) -> Iterator[Proxy]:
    with running_proxy(user.server.imap_port) as running:
        yield running


@pytest.fixture
def behind_proxy(desk: Desk, user: User, proxy: Proxy) -> Desk:
    """Ten mails of 40 kB in a mailbox that is read through the proxy."""
    user.deliver(*(mail(f"mail {number}", number, "x" * 40_000) for number in range(10)))
    read_mailbox(desk, user, **plain(user.server, proxy.port))
    return desk


def test_a_connection_cut_in_the_middle_is_opened_again_and_nothing_is_lost_or_doubled(
    behind_proxy: Desk, proxy: Proxy, user: User
) -> None:
    proxy.cut_after, proxy.cuts = BODIES, 1
    report = behind_proxy.sync()
    assert (report.exit_code, report.counts["created"], report.conserved) == (0, 10, True)
    assert proxy.connections == 2
    assert len(user.subjects("Processed")) == 10


def test_a_server_that_stays_away_is_told_and_the_next_run_goes_on(
    behind_proxy: Desk, proxy: Proxy, user: User
) -> None:
    proxy.cut_after, proxy.cuts, proxy.stays_away = BODIES, 1, True
    report = behind_proxy.sync(INTAKE)
    assert report.exit_code is ExitCode.UNREACHABLE
    assert 0 < report.counts["received"] < 10
    assert "the connection to 127.0.0.1" in report.problems[0]

    proxy.refuses = False
    assert behind_proxy.sync().exit_code is ExitCode.DONE
    assert len(behind_proxy.sandbox.tickets) == 10
    assert len(user.subjects("Processed")) == 10


def test_a_mail_at_which_the_server_always_breaks_off_stops_no_other(
    desk: Desk, user: User, proxy: Proxy
) -> None:
    user.deliver(mail("poison", 1, "x" * 400_000), mail("good", 2))
    read_mailbox(desk, user, **plain(user.server, proxy.port))
    proxy.cut_after, proxy.cuts = 200_000, 99
    report = desk.sync()
    assert [ticket["Title"] for ticket in desk.sandbox.tickets] == ["good"]
    assert (report.exit_code, report.conserved) == (ExitCode.PARTLY, False)
    assert user.subjects() == ["poison"]


def test_a_connection_that_breaks_while_filing_away_is_opened_again(
    behind_proxy: Desk, proxy: Proxy, user: User
) -> None:
    behind_proxy.sync(INTAKE)
    proxy.cut_after, proxy.cuts = 1500, 1
    assert behind_proxy.sync().exit_code is ExitCode.DONE
    assert (user.subjects(), len(user.subjects("Processed"))) == ([], 10)


def test_a_mailbox_that_goes_away_while_filing_is_told_once_and_waited_for_once(
    behind_proxy: Desk, proxy: Proxy, user: User
) -> None:
    """Filing follows each delivered request: ten would wait ten times for ten mails."""
    behind_proxy.sync(INTAKE)
    proxy.cut_after, proxy.cuts, proxy.stays_away = 1500, 1, True
    report = behind_proxy.sync(DELIVER)
    assert (report.exit_code, report.counts["created"]) == (ExitCode.UNREACHABLE, 10)
    [problem] = report.problems
    assert "the connection to 127.0.0.1" in problem
    assert proxy.connections == 2

    proxy.refuses = False
    assert behind_proxy.sync().exit_code is ExitCode.DONE
    assert len(user.subjects("Processed")) == 10


def test_what_the_server_refuses_to_file_is_told_once_and_tried_once_in_a_run(
    desk: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    user.deliver(*(mail(f"mail {number}", number) for number in range(3)))
    read_mailbox(desk, user, processed_folder="No//such//name")
    tries = []
    mark = ImapMailbox._mark

    def count(self: ImapMailbox, place: MessagePlace, opened: Opened, *, is_done: bool) -> None:
        tries.append(place.uid)
        mark(self, place, opened, is_done=is_done)

    monkeypatch.setattr(ImapMailbox, "_mark", count)
    report = desk.sync()
    assert (report.exit_code, report.counts["created"]) == (ExitCode.PARTLY, 3)
    [problem] = report.problems
    assert "and 2 more could not be filed" in problem
    assert sorted(tries) == [1, 2, 3]

    read_mailbox(desk, user)
    assert desk.sync().exit_code is ExitCode.DONE
    assert len(user.subjects("Processed")) == 3


def test_an_address_where_nothing_listens_is_told(desk: Desk, user: User) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        read_mailbox(desk, user, **plain(user.server, unused.getsockname()[1]))
        report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert "if this lasts, check host, port and security" in report.problems[0]


def test_a_certificate_that_nobody_vouches_for_is_refused(desk: Desk, user: User) -> None:
    user.deliver(mail())
    read_mailbox(desk, user, ca_file=None)
    report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert "its certificate is not valid" in report.problems[0]
    assert desk.requests() == []


@pytest.mark.parametrize("text", [None, "garbage"])
def test_a_ca_file_that_is_none_is_told(
    desk: Desk, user: User, tmp_path: Path, text: str | None
) -> None:
    ca_file = tmp_path / "ca.pem"
    if text:
        ca_file.write_text(text)
    read_mailbox(desk, user, ca_file=str(ca_file))
    report = desk.sync()
    assert report.exit_code is ExitCode.REFUSED
    assert f"ca_file {ca_file} cannot be used" in report.problems[0]


def test_without_starttls_nothing_is_said_in_the_clear(
    desk: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stands between may have taken the offer out."""
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _client, name: name != "STARTTLS")
    monkeypatch.setattr(ImapAccess, "_sign_in", lambda *_: pytest.fail("it signed in"))
    read_mailbox(desk, user, security="starttls", port=user.server.imap_port)
    report = desk.sync()
    assert report.exit_code is ExitCode.UNREACHABLE
    assert "does not offer STARTTLS" in report.problems[0]


def test_an_internal_error_at_one_source_stops_no_other(
    desk: Desk, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImapAccess, "connect", lambda _access: 1 / 0)
    read_mailbox(desk, user)
    desk.sources = {"drop": "inbox"}
    desk.mailboxes.reverse()
    desk.drop_mail()
    report = desk.sync()
    assert (report.counts["created"], report.exit_code) == (1, ExitCode.PARTLY)
    assert "source mail: internal error" in report.problems[0]


def test_a_folder_source_works_on_while_the_mailbox_is_away(desk: Desk, user: User) -> None:
    read_mailbox(desk, user, **plain(user.server, 9))
    desk.sources = {"drop": "inbox"}
    desk.drop_mail()
    report = desk.sync()
    assert (report.counts["created"], report.exit_code) == (1, ExitCode.UNREACHABLE)


# --- IDLE ------------------------------------------------------------------------------------


@pytest.fixture
def waiting(desk: Desk, user: User) -> Iterator[tuple[OpenRun, StopSignal]]:
    """A scheduler's run over a mailbox that was looked at."""
    read_mailbox(desk, user)
    setup: Setup = desk.setup()
    with open_run(setup, dry_run=False, clock=desk.clock) as run, StopSignal() as stop:
        run([INTAKE])
        yield run, stop


def test_new_mail_ends_the_waiting_at_once(waiting: tuple[OpenRun, StopSignal], user: User) -> None:
    run, stop = waiting
    arrival = threading.Timer(0.2, user.deliver, [mail()])
    arrival.start()
    try:
        assert run.wait_for_news(stop, 60)
    finally:
        arrival.join()
    assert run([INTAKE]).counts["received"] == 1
    assert not run.wait_for_news(stop, 0.05)


def test_mail_that_came_before_the_waiting_began_is_heard_of_as_well(
    waiting: tuple[OpenRun, StopSignal], user: User
) -> None:
    run, stop = waiting
    user.deliver(mail())
    assert run.wait_for_news(stop, 60)


def test_a_signal_ends_the_waiting_and_is_no_news(
    waiting: tuple[OpenRun, StopSignal],
) -> None:
    run, stop = waiting
    asking = threading.Timer(0.2, signal.raise_signal, [signal.SIGTERM])
    asking.start()
    try:
        assert not run.wait_for_news(stop, 60)
    finally:
        asking.join()
    assert stop.asked()


def test_a_connection_lost_while_waiting_is_no_news_and_no_error(
    desk: Desk, user: User, proxy: Proxy
) -> None:
    read_mailbox(desk, user, **plain(user.server, proxy.port))
    with open_run(desk.setup(), dry_run=False, clock=desk.clock) as run, StopSignal() as stop:
        run([INTAKE])
        cutting = threading.Timer(0.2, proxy.cut)
        cutting.start()
        try:
            assert not run.wait_for_news(stop, 60)
        finally:
            cutting.join()
        user.deliver(mail())
        assert run([INTAKE]).counts["received"] == 1
