"""SMTP against a real server on this machine: what is sent, and what each failure means."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.post import Mailbox, mail_server

from connector.errors import (
    ConnectorError,
    FatalError,
    LeaseLost,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Unreachable,
)
from connector.messages.mime import Envelope
from connector.messages.smtp import SmtpCourier, SmtpServer, sign_in
from connector.ports.post import Letter, Posted, PostKind, PostState

NOON = datetime(2026, 11, 16, 17, tzinfo=UTC)
ENVELOPE = Envelope("Help Desk <helpdesk@desk.example>", "answers@desk.example")


def posted(recipient: str = "pat@client.example") -> Posted:
    letter = Letter(
        unique_key="ack a",
        kind=PostKind.ACKNOWLEDGEMENT,
        request_key="a",
        channel="mail",
        recipient=recipient,
        content={"subject": "Hello", "text": "Grüße\n.\n", "html": ""},
        message_id="<1@desk.example>",
        expires_at=NOON,
    )
    return Posted(1, letter, PostState.WAITING, 0, NOON)


def courier(mailbox: Mailbox, **options: object) -> SmtpCourier:
    settings = {"host": "127.0.0.1", "port": mailbox.port, "security": "plain", "timeout": 3}
    return SmtpCourier(SmtpServer(**(settings | options)), ENVELOPE, lambda: NOON)


class Begun:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def begun() -> Begun:
    return Begun()


def test_a_mail_arrives_whole(mailbox, begun):
    courier(mailbox).send(posted(), begun)
    [mail] = mailbox.mails
    assert mail.get_content().splitlines() == ["Grüße", "."]
    assert (mail["Message-ID"], mail["Reply-To"]) == ("<1@desk.example>", "answers@desk.example")
    assert (mailbox.recipients, begun.times) == (["pat@client.example"], 1)


@pytest.mark.parametrize(
    ("command", "answer", "error", "was_begun"),
    [
        ("RCPT", "550 no such user", RequestRejected, 0),
        ("RCPT", "451 greylisted", RetryLater, 0),
        ("DATA", "552 too large", RequestRejected, 1),
        ("DATA", "451 disk full", RetryLater, 1),
        ("DATA", "what?", OutcomeUnknown, 1),
    ],
)
def test_what_an_answer_means(mailbox, begun, command, answer, error, was_begun):
    mailbox.answers[command] = [answer]
    with pytest.raises(error) as raised:
        courier(mailbox).send(posted(), begun)
    assert type(raised.value) is error
    assert (begun.times, mailbox.mails) == (was_begun, [])


def test_a_connection_that_breaks_after_the_mail_leaves_it_open(mailbox, begun):
    mailbox.hangs_up = 1
    with pytest.raises(OutcomeUnknown):
        courier(mailbox).send(posted(), begun)
    assert (len(mailbox.mails), begun.times) == (1, 1)


def test_nothing_is_handed_over_once_the_letter_is_another_runs(mailbox):
    def lost() -> None:
        raise LeaseLost("gone")

    with pytest.raises(LeaseLost):
        courier(mailbox).send(posted(), lost)
    assert mailbox.mails == []


def test_a_server_that_is_not_there_is_unreachable(mailbox, begun):
    with pytest.raises(Unreachable):
        courier(mailbox, port=1).send(posted(), begun)
    assert begun.times == 0


def test_signing_in_with_a_password(mailbox, begun):
    courier(mailbox, username="desk", password=mailbox.password).send(posted(), begun)
    assert (len(mailbox.mails), mailbox.logins) == (1, [("desk", mailbox.password)])


class Tokens:
    credentials = "fingerprint"

    def __init__(self, kept: str, fresh: str) -> None:
        self.kept, self.fresh = kept, fresh

    def token(self, *, fresh: bool = False) -> str:
        return self.fresh if fresh else self.kept


@pytest.mark.parametrize("kept", ["correct horse", "revoked"])
def test_signing_in_with_a_token_a_fresh_one_if_the_kept_one_is_refused(mailbox, begun, kept):
    tokens = Tokens(kept, mailbox.password)
    courier(mailbox, username="desk@desk.example", tokens=tokens).send(posted(), begun)
    assert len(mailbox.mails) == 1
    said = [f"user=desk@desk.example\1auth=Bearer {each}\1\1" for each in (kept, tokens.fresh)]
    assert mailbox.logins == [("XOAUTH2", each) for each in dict.fromkeys(said)]


@pytest.mark.parametrize("options", [{"password": "wrong"}, {"tokens": Tokens("wrong", "wrong")}])
def test_a_refused_sign_in_needs_a_person_and_never_tells_the_secret(mailbox, options):
    with pytest.raises(FatalError) as raised:
        sign_in(courier(mailbox, username="desk", **options).server)
    assert "mail.smtp.username" in raised.value.remedy
    assert "wrong" not in str(raised.value)


def test_starttls_is_never_left_out_silently(mailbox, begun):
    with pytest.raises(FatalError):
        courier(mailbox, security="starttls").send(posted(), begun)
    assert mailbox.mails == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's own, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    key = path.with_name("key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("trusted", [True, False])
def test_mail_goes_encrypted_to_a_server_whose_certificate_is_valid(
    certificate, begun, security, trusted
):
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    ours = ssl.create_default_context(cafile=str(certificate) if trusted else None)
    option = "ssl_context" if security == "tls" else "tls_context"
    with mail_server(**{option: served}) as mailbox:
        sender = courier(mailbox, security=security, tls=ours)
        if trusted:
            sender.send(posted(), begun)
        else:
            with pytest.raises(Unreachable):
                sender.send(posted(), begun)
        assert len(mailbox.mails) == int(trusted)


@pytest.mark.parametrize(
    "recipient", ["", "nobody", "a@b@c", "pat@client.example\r\nBcc: x@y.example"]
)
def test_what_is_no_address_is_refused_before_anything_is_sent(mailbox, begun, recipient):
    with pytest.raises(ConnectorError):
        courier(mailbox).send(posted(recipient), begun)
    assert mailbox.mails == []
