"""Mail by SMTP (RFC 5321), signed in with a password or by OAuth2 (SASL XOAUTH2)."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from connector.errors import (
    ConnectorError,
    FatalError,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Unreachable,
)
from connector.messages.mime import Envelope, to_mime
from connector.ports import Clock
from connector.ports.post import Posted
from connector.sign_in.tokens import Tokens

Security = Literal["tls", "starttls", "plain"]

REFUSED_BY_RIGHTS = frozenset({530, 534, 535, 538, 550})
"""Answers to signing in, or to MAIL FROM, that concern us and no single letter."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where the mail server is and who we are there. `timeout` is seconds per answer.

    OAuth2 `tokens` stand for a password. Without `username` nobody signs in.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    tokens: Tokens | None = None
    timeout: float = 30.0
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class SmtpCourier:
    """Sends each letter over a connection of its own: there are few, and none is held up."""

    server: SmtpServer
    envelope: Envelope
    clock: Clock

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter; `about_to` is called right before DATA (`ports.post.Courier`)."""
        letter = posted.letter
        content = to_mime(letter, self.envelope, self.clock()).as_bytes()
        with signed_in(self.server) as smtp:
            with _before_data(self.server):
                _accepted(smtp.mail(self.envelope.address), "MAIL FROM")
                _accepted(smtp.rcpt(letter.recipient), "RCPT TO")
            about_to()
            with _while_handing_over(self.server):
                code, text = smtp.data(content)
                if code < 200:  # no answer of a mail server at all
                    raise smtplib.SMTPResponseException(code, text)
                _accepted((code, text), "DATA")


def sign_in(server: SmtpServer) -> None:
    """Sign in and out again without sending; raises what `SmtpCourier.send` raises before DATA."""
    with signed_in(server) as smtp, _before_data(server):
        _accepted(smtp.noop(), "NOOP")


@contextmanager
def signed_in(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """Yield a connection that is signed in.

    Raises `Unreachable` when there is no connection, and `FatalError` when we are refused.
    """
    with _before_data(server):
        smtp = _connect(server)
    try:
        with _before_data(server):
            _secure(smtp, server)
            _authenticate(smtp, server)
        yield smtp
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _connect(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = server.tls or ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=server.timeout)


def _secure(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo()
    if server.security == "starttls":
        # It raises when the server does not offer it: nothing is ever sent in clear instead.
        smtp.starttls(context=server.tls or ssl.create_default_context())
        smtp.ehlo()


def _authenticate(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    if not server.username:
        return
    if server.tokens is None:
        smtp.login(server.username, server.password)
        return
    try:
        _show_token(smtp, server.username, server.tokens.token())
    except smtplib.SMTPAuthenticationError:  # a kept token may have been revoked
        _show_token(smtp, server.username, server.tokens.token(fresh=True))


def _show_token(smtp: smtplib.SMTP, username: str, token: str) -> None:
    answers = iter([f"user={username}\1auth=Bearer {token}\1\1"])
    # A server that refuses the token sends an error to be answered with an empty line.
    smtp.auth("XOAUTH2", lambda _challenge=None: next(answers, ""))


def _accepted(answer: tuple[int, bytes], command: str) -> None:
    code, text = answer
    if 200 <= code < 300:
        return
    said = f"{code} {text.decode('utf-8', 'replace')[:200]}".strip()
    message = f"the mail server refused {command}: {' '.join(said.split())}"
    if command == "MAIL FROM" and code in REFUSED_BY_RIGHTS:
        raise FatalError(message, "look at mail.from and the rights of mail.smtp.username")
    if code >= 500:
        raise RequestRejected(message)
    raise RetryLater(message)


@contextmanager
def _before_data(server: SmtpServer) -> Iterator[None]:
    """Explain what goes wrong while nothing was sent for certain."""
    where = f"mail server {server.host}:{server.port}"
    try:
        yield
    except ConnectorError:
        raise
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:  # RFC 4954 section 6: 454, temporary authentication failure
            raise RetryLater(f"{where} cannot sign us in now ({error.smtp_code})") from error
        remedy = "correct mail.smtp.username and its password or token"
        raise FatalError(f"{where} refused to sign us in ({error.smtp_code})", remedy) from error
    except smtplib.SMTPNotSupportedError as error:
        remedy = "look at mail.smtp.security and how mail.smtp signs in"
        raise FatalError(f"{where}: {error}", remedy) from error
    except ssl.SSLError as error:
        remedy = "look at mail.smtp.host and mail.smtp.security; its certificate must be valid"
        raise Unreachable(f"{where}: no secure connection ({error.reason})", remedy) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{where} could not be reached: {_told(error)}") from error


@contextmanager
def _while_handing_over(server: SmtpServer) -> Iterator[None]:
    """Explain what goes wrong from DATA on: only an answer tells how it went."""
    try:
        yield
    except smtplib.SMTPDataError as error:  # DATA itself was refused: the content never left
        _accepted((error.smtp_code, _bytes(error.smtp_error)), "DATA")
    except (smtplib.SMTPException, OSError) as error:
        where = f"mail server {server.host}:{server.port}"
        raise OutcomeUnknown(f"{where} did not say whether it took it: {_told(error)}") from error


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _told(error: Exception) -> str:
    """Return the error in one line, without what a server may echo of us."""
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return error.strerror or type(error).__name__
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the connection broke off"
    return type(error).__name__
