"""Who hears of mail from a mailbox: neither clients nor our own people of what it imports."""

from datetime import timedelta

import pytest
from support.desk import MONDAY_TEN, Desk
from support.dovecot import User, mail
from support.mailboxes import read_mailbox
from support.post import JsonService, Mailbox

from connector.pipeline.steps import DELIVER, INTAKE, NOTIFY

pytestmark = pytest.mark.service


@pytest.fixture
def sending(desk: Desk, mailbox: Mailbox, hook: JsonService) -> Desk:
    """A help desk that acknowledges, and alerts a service."""
    desk.more = (
        "mail: {from: helpdesk@securenetmsp.com, "
        f"smtp: {{host: 127.0.0.1, port: {mailbox.port}, security: plain}}}}\n"
        f"alerts: ['{hook.url}']\n"
    )
    desk.steps = (INTAKE, DELIVER, NOTIFY)
    return desk


def test_of_what_since_imports_neither_client_nor_desk_hears(
    sending: Desk, user: User, mailbox: Mailbox, hook: JsonService
) -> None:
    user.deliver(mail("URGENT: imported", 1), at=MONDAY_TEN - timedelta(hours=1))
    read_mailbox(sending, user, since="all")
    assert sending.sync().counts["created"] == 1
    assert (mailbox.mails, hook.taken) == ([], [])

    sending.clock.pass_by(minutes=2)
    user.deliver(mail("URGENT: new", 2), at=MONDAY_TEN + timedelta(minutes=1))
    assert sending.sync().counts["created"] == 1
    [letter] = mailbox.mails
    assert "new" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [body["what"] for body in hook.taken] == ["URGENT: new", "URGENT: new"]


def test_an_emergency_too_large_to_be_read_is_told_by_its_header_and_stays_unread(
    sending: Desk, user: User, hook: JsonService
) -> None:
    user.deliver(mail("URGENT: server down", text="y" * 70 + "\r\n" + "x" * 1_100_000))
    read_mailbox(sending, user)
    sending.more += "limits: {request_mb: 1}\n"
    assert sending.sync().counts["parked"] == 1
    [body] = hook.taken
    assert body["title"] == "EMERGENCY WITHOUT A TICKET: URGENT: server down"
    [flags] = user.flags()
    assert rb"\Seen" not in flags
