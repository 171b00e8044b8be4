"""A run dies anywhere on the way of a letter: a client gets no second mail, our people an alert."""

from pathlib import Path

import pytest
from support.correspondence import arrives
from support.desk import Desk
from support.killing import Killed, failing_at
from support.post import JsonService, Mailbox

from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger
from connector.messages.smtp import SmtpCourier
from connector.messages.webhook import WebhookCourier

BOUNCE = Path(__file__).parents[2] / "fixtures" / "mail" / "machine-bounce.eml"

ACKNOWLEDGEMENT = {
    "before the ticket was confirmed": (SqlLedger, "confirm", "before", 1, 1),
    "after the ticket was confirmed": (SqlLedger, "confirm", "after", 1, 1),
    "before it was put into the outbox": (SqlLedger, "post", "before", 1, 1),
    "after it was put into the outbox": (SqlLedger, "post", "after", 1, 1),
    "before the request was settled": (SqlLedger, "settle", "before", 1, 1),
    "after it was leased": (SqlLedger, "claim_post", "after", 1, 1),
    "before the intent": (SqlLedger, "begin_post", "before", 1, 1),
    "after the intent": (SqlLedger, "begin_post", "after", 1, 0),
    "after the mail server took it": (SmtpCourier, "send", "after", 1, 1),
    "before that was recorded": (SqlLedger, "post_sent", "before", 1, 1),
    "after that was recorded": (SqlLedger, "post_sent", "after", 1, 1),
}
"""Where: class, method, when, at which call of it, and how many mails the client gets."""

ALERT = {
    "before the identity was claimed": (SqlLedger, "identify_all", "before", 1, 1),
    "before it was put into the outbox": (SqlLedger, "post", "before", 1, 1),
    "after it was put into the outbox": (SqlLedger, "post", "after", 1, 1),
    "after it was leased": (SqlLedger, "claim_post", "after", 1, 1),
    "after the intent": (SqlLedger, "begin_post", "after", 1, 1),
    "after the service took it": (WebhookCourier, "send", "after", 1, 2),
    "after that was recorded": (SqlLedger, "post_sent", "after", 1, 1),
}


@pytest.mark.parametrize("point", ACKNOWLEDGEMENT)
def test_an_acknowledgement_is_sent_at_most_once(desk: Desk, mailbox: Mailbox, point: str) -> None:
    *place, expected = ACKNOWLEDGEMENT[point]
    desk.drop_mail()
    with pytest.raises(Killed), failing_at(*place, Killed()):
        desk.sync()
    for _ in range(3):
        desk.pass_by(minutes=3)
        desk.sync()
    assert len(mailbox.mails) == expected
    assert len(desk.sandbox.tickets) == 1


def test_a_bounce_finds_its_ticket_although_a_run_died_right_after_the_outbox_had_the_letter(
    desk: Desk, mailbox: Mailbox
) -> None:
    desk.drop_mail()
    with pytest.raises(Killed), failing_at(SqlLedger, "post", "after", 1, Killed()):
        desk.sync()
    desk.pass_by(minutes=3)
    desk.sync()
    [mail] = mailbox.mails
    sent = mail["Message-ID"].strip("<>").encode()
    bounce = BOUNCE.read_bytes().replace(b"ack-5@securenet.example", sent)
    assert arrives(desk, bounce).outcome is Outcome.APPENDED


@pytest.mark.parametrize("point", ALERT)
def test_an_alert_is_sent_at_least_once(desk: Desk, hook: JsonService, point: str) -> None:
    *place, expected = ALERT[point]
    desk.more += f"alerts: ['{hook.url}']\n"
    desk.drop_mail("URGENT: server down")
    with pytest.raises(Killed), failing_at(*place, Killed()):
        desk.sync("intake")
    for _ in range(3):
        desk.pass_by(minutes=3)
        desk.sync("intake", "notify")
    assert len(hook.taken) == expected
    assert len({body["id"] for body in hook.taken}) == 1
