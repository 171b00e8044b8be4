"""`check --live` opens each mailbox and changes nothing in it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.clock import Clock
from support.desk import Desk
from support.dovecot import User, mail, running_dovecot
from support.graph_server import MAILBOX, Answer, GraphServer, running_graph
from support.mailboxes import read_mailbox

from connector.errors import ExitCode
from connector.live.findings import Finding, Level
from connector.wiring.tenant import live_check, open_tenant


def look(desk: Desk) -> list[Finding]:
    setup = desk.setup()
    with open_tenant(setup.config, clock=desk.clock) as tenant:
        found = live_check(setup, tenant, probe_write=False).findings()
        return [finding for finding in found if finding.subject.startswith("source ")]


@pytest.fixture
def graph(clock: Clock) -> Iterator[GraphServer]:
    with running_graph(clock) as running:
        yield running


@pytest.fixture
def office(desk: Desk, graph: GraphServer) -> Desk:
    desk.sources = {}
    desk.mailboxes = [
        "{name: office, type: graph, tenant: t, client_id: app, client_secret: the secret, "
        f"mailbox: {MAILBOX}, authority: '{graph.url}', base_url: '{graph.url}/v1.0'}}"
    ]
    return desk


@pytest.mark.service
def test_an_imap_mailbox_is_counted_and_left_as_it_is(desk: Desk, user: User) -> None:
    user.deliver(mail("one", 1), mail("two", 2))
    read_mailbox(desk, user, since=None)

    opens, filing, last = look(desk)

    assert opens.level is filing.level is last.level is Level.OK
    assert "'INBOX' opens; 2 messages, 2 of them from before 2026-11-16T15:00" in opens.message
    assert "filed (MOVE) into 'Processed', which the first run creates" in filing.message
    assert user.flags() == [set(), set()]
    assert user.folders() == ["INBOX"]


@pytest.mark.service
@pytest.mark.parametrize("capability", ["", "IMAP4rev1 LITERAL+ MOVE"])
def test_writing_into_the_processed_folder_is_tried_and_leaves_nothing_there(
    desk: Desk, capability: str
) -> None:
    with running_dovecot(capability=capability) as server:
        user = server.user()
        user.deliver(mail("another's", 1))
        read_mailbox(desk, user)
        desk.sync()
        with user.client("Processed") as other:
            other.add_flags(other.search("ALL"), [rb"\Deleted"])
        assert [finding.level for finding in look(desk)] == [Level.OK] * 3
        assert user.subjects("Processed") == ["another's"]


def fault_of_filing(desk: Desk) -> Finding:
    [fault] = [finding for finding in look(desk) if finding.level is Level.ERROR]
    assert "what is done cannot be filed into" in fault.message
    assert "another `processed_folder`" in fault.remedy
    return fault


@pytest.mark.service
def test_a_processed_folder_that_cannot_be_created_is_an_error(desk: Desk, user: User) -> None:
    read_mailbox(desk, user, processed_folder="No//such//name")
    assert "Invalid mailbox name" in fault_of_filing(desk).message


@pytest.mark.service
def test_a_processed_folder_that_takes_no_mail_is_an_error(desk: Desk, user: User) -> None:
    user.create("Processed")
    user.forbid_writing("Processed")
    read_mailbox(desk, user)
    assert fault_of_filing(desk).exit_code is ExitCode.PARTLY


@pytest.mark.service
def test_a_mailbox_that_answers_and_gets_no_mail_any_more_is_a_warning(
    desk: Desk, user: User
) -> None:
    user.deliver(mail(), at=desk.clock())
    read_mailbox(desk, user)
    desk.sync()
    desk.clock.pass_by(hours=71)
    assert look(desk)[-1].level is Level.OK
    desk.clock.pass_by(hours=1)
    told = look(desk)[-1]
    assert (told.level, told.message) == (
        Level.WARNING,
        "the last mail came 2026-11-16T15:00+00:00, 3 days ago",
    )


@pytest.mark.service
def test_a_check_is_no_first_sync(desk: Desk, user: User) -> None:
    read_mailbox(desk, user, since=None)
    look(desk)
    user.deliver(mail("before the first sync"))
    assert desk.sync().counts["received"] == 0
    user.deliver(mail("after it", 2))
    assert desk.sync().counts["received"] == 1


@pytest.mark.service
def test_a_server_that_can_neither_move_nor_expunge_one_message_is_a_warning(
    desk: Desk,
) -> None:
    with running_dovecot(capability="IMAP4rev1 LITERAL+") as server:
        read_mailbox(desk, server.user())
        assert [finding.level for finding in look(desk)] == [Level.OK, Level.WARNING]


@pytest.mark.service
def test_a_mail_from_the_future_gives_the_servers_clock_away(desk: Desk, user: User) -> None:
    user.deliver(mail(), at=desk.clock() + timedelta(minutes=10))
    read_mailbox(desk, user)
    told = look(desk)[-1]
    assert told.level is Level.WARNING
    assert "10 minutes ahead of ours" in told.message


@pytest.mark.service
def test_a_wrong_password_is_an_error_that_keeps_no_other_source_from_being_told(
    desk: Desk, user: User
) -> None:
    read_mailbox(desk, user, name="m2")
    second = desk.mailboxes
    read_mailbox(desk, user.server.user(), password="wrong")
    desk.mailboxes += second
    found = look(desk)
    assert [finding.subject for finding in found] == ["source mail", "source m2", "source m2"]
    assert (found[0].level, found[0].exit_code) == (Level.ERROR, ExitCode.REFUSED)


def test_a_graph_mailbox_is_counted_and_left_as_it_is(
    office: Desk, graph: GraphServer, clock: Clock
) -> None:
    graph.deliver(mail("old", 1), at=clock() - timedelta(days=1))
    opens, filing, last = look(office)
    assert "the last mail came 2026-11-15" in last.message
    assert "1 message, 1 of them from before" in opens.message
    assert "which the first run creates" in filing.message
    assert list(graph.folders) == ["inbox-id"]


@pytest.mark.parametrize("has_permanent_delete", [True, False])
def test_the_permission_to_write_is_tried_with_a_folder_that_is_deleted_again(
    office: Desk, graph: GraphServer, has_permanent_delete: bool
) -> None:
    graph.has_permanent_delete = has_permanent_delete
    assert {finding.level for finding in look(office)} == {Level.OK}
    assert "POST /v1.0/users/helpdesk%40securenetmsp.com/mailFolders" in graph.calls
    assert list(graph.folders) == ["inbox-id"]


def test_a_permission_to_read_alone_is_an_error(office: Desk, graph: GraphServer) -> None:
    graph.may_write = False
    [fault] = look(office)
    assert (fault.level, fault.exit_code) == (Level.ERROR, ExitCode.REFUSED)
    assert "Mail.ReadWrite" in fault.remedy


def test_a_clock_that_differs_from_microsofts_is_a_warning(
    office: Desk, graph: GraphServer, clock: Clock
) -> None:
    graph.now = lambda: clock() - timedelta(minutes=7)
    assert "7 minutes behind ours" in look(office)[-1].message


def test_a_missing_permission_is_an_error_that_names_it(
    office: Desk, graph: GraphServer, tmp_path: Path
) -> None:
    def refuse(_call: str) -> None:
        raise Answer(403, "ErrorAccessDenied")

    graph.faults.append(refuse)
    [found] = look(office)
    assert "Mail.ReadWrite" in found.remedy
    assert found.exit_code is ExitCode.REFUSED
