"""Where letters of a help desk arrive: a mail server, and a service that takes JSON."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from support.loopback import answering, free_port

DESK = "desk@securenetmsp.com"
"""The desk's own channel for alerts."""


class Mailbox:
    """What a mail server does with mails: it keeps them, or fails as it is told.

    `answers` are given once each, by command (RCPT, DATA), in turn; an empty one lets the command
    pass. With `hangs_up` the server keeps a mail and breaks the connection off before it says so,
    with `cuts` it breaks off and keeps nothing: at a recipient, or at a mail's end. `harm` counts
    what loses a letter or leaves it unclear.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self.hangs_up = 0
        self.cuts: Counter[str] = Counter()
        self.harm = 0
        self.logins: list[tuple[str, str]] = []
        self.password = "correct horse"
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._cuts("RCPT", server):
            return "421 gone"
        if answer := self._answer("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self._cuts("DATA", server):
            self.harm += 1
            return "421 gone"
        if answer := self._answer("DATA"):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(cast("EmailMessage", message_from_bytes(content, policy=default)))
        self.recipients += envelope.rcpt_tos
        if self.hangs_up:
            self.hangs_up -= 1
            self.harm += 1
            assert server.transport is not None
            server.transport.abort()
        return "250 taken"

    def _answer(self, command: str) -> str:
        answer = self.answers[command].pop(0) if self.answers[command] else ""
        self.harm += answer.startswith("5")
        return answer

    def _cuts(self, command: str, server: SMTP) -> bool:
        if not self.cuts[command]:
            return False
        self.cuts[command] -= 1
        assert server.transport is not None
        server.transport.abort()
        return True

    def calm_down(self) -> None:
        """Do nothing wrong any more."""
        self.answers = {"RCPT": [], "DATA": []}
        self.cuts.clear()
        self.hangs_up = 0

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if isinstance(data, LoginPassword):
            self.logins.append((data.login.decode(), data.password.decode()))
            is_right = data.password.decode() == self.password
            return AuthResult(success=is_right, handled=is_right)
        return AuthResult(success=False, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        import base64

        said = base64.b64decode(args[1]).decode()
        self.logins.append(("XOAUTH2", said))
        if f"Bearer {self.password}" in said:
            return AuthResult(success=True)
        await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


@contextmanager
def mail_server(**options: Any) -> Iterator[Mailbox]:
    """Yield the mailbox of a running mail server on this machine."""
    mailbox = Mailbox()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        authenticator=mailbox.authenticate,
        auth_require_tls=False,
        **options,
    )
    controller.port = free_port()
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()


class JsonService:
    """Takes JSON by POST. `statuses` are answered in turn, then 200."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def json_service() -> Iterator[JsonService]:
    """Yield a running service on this machine."""
    service = JsonService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            status = service.statuses.pop(0) if service.statuses else 200
            if status == 200:
                service.taken.append(body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    with answering(server):
        yield service


def alerts_in(mailbox: Mailbox) -> list[str]:
    """Return the subjects of the alerts that a mail server took."""
    return [str(m["Subject"]) for m in mailbox.mails if m["Auto-Submitted"] == "auto-generated"]
