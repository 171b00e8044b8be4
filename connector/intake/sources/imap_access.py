"""Where a mailbox is, who we are there, and how the connection is protected."""

import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from connector.errors import FatalError, Unreachable
from connector.sign_in.refusals import Refusals, SignInRefused, fingerprint
from connector.sign_in.tokens import Tokens

if TYPE_CHECKING:
    from imapclient import IMAPClient

Security = Literal["tls", "starttls", "plain"]

CONNECT_TIMEOUT = 15.0
READ_TIMEOUT = 60.0
"""Seconds for each wait for data, not for a whole message."""

PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")
"""Response codes (RFC 5530) of a refused sign-in that say nothing about the credentials."""


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """The address of an IMAP server and our account there.

    Exactly one of `password` and `tokens` is given. `ca_file` holds the certificates (PEM) of
    the authority that signed the server's, where the system does not know it.
    """

    source: str
    host: str
    port: int
    security: Security
    username: str
    refusals: Refusals
    password: str | None = field(default=None, repr=False)
    tokens: Tokens | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def connect(self) -> "IMAPClient":
        """Return a signed-in connection.

        Raises `SignInRefused`, `Unreachable`, and, when the connection broke, what the library
        raises for that.
        """
        with self.refusals.minded(self._credentials()):
            return self._anyhow_signed_in()

    def _credentials(self) -> str:
        secret = self.tokens.credentials if self.tokens else self.password or ""
        return fingerprint(self.host, str(self.port), self.username, secret=secret)

    def _anyhow_signed_in(self) -> "IMAPClient":
        if self.tokens is None:
            return self._signed_in(None)
        try:
            return self._signed_in(self.tokens.token())
        except SignInRefused:
            # A token that was kept may have been revoked meanwhile.
            return self._signed_in(self.tokens.token(fresh=True))

    def _signed_in(self, token: str | None) -> "IMAPClient":
        client = self._open()
        try:
            self._sign_in(client, token)
        except BaseException:
            shut(client)
            raise
        return client

    def _open(self) -> "IMAPClient":
        from imapclient import IMAPClient, SocketTimeout

        client = IMAPClient(
            self.host,
            self.port,
            ssl=self.security == "tls",
            ssl_context=self._context(),
            timeout=SocketTimeout(CONNECT_TIMEOUT, READ_TIMEOUT),
        )
        client.normalise_times = False
        if self.security == "starttls":
            try:
                self._start_tls(client)
            except BaseException:
                shut(client)
                raise
        return client

    def _start_tls(self, client: "IMAPClient") -> None:
        """Never goes on in plain text where the server (or who is between) offers no STARTTLS."""
        if not client.has_capability("STARTTLS"):
            raise Unreachable(
                f"Source '{self.source}': {self.host} does not offer STARTTLS on port {self.port}",
                "Set `security: tls` and its port (usually 993), or ask whoever runs the server",
            )
        client.starttls(self._context())

    def _context(self) -> ssl.SSLContext | None:
        if self.security == "plain":
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise FatalError(
                f"Source '{self.source}': ca_file {self.ca_file} cannot be used: {error}",
                "Name a PEM file with the authority's certificates that this user may read",
            ) from error

    def _sign_in(self, client: "IMAPClient", token: str | None) -> None:
        from imapclient.exceptions import LoginError

        try:
            if token is not None:
                client.oauth2_login(self.username, token)
            elif f"{self.username}{self.password}".isascii():
                client.login(self.username, self.password)
            else:  # LOGIN takes only ASCII; SASL PLAIN takes UTF-8 (RFC 4616)
                client.plain_login(self.username, self.password)
        except LoginError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> Exception:
        """Tell a refusal from a connection that broke: the library makes both a `LoginError`."""
        from imapclient.exceptions import IMAPClientAbortError

        lost = error.__context__
        if isinstance(lost, IMAPClientAbortError):
            broken: Exception = lost
            return broken
        words = said(error)
        if any(code in words.upper() for code in PASSING):
            return Unreachable(
                f"Source '{self.source}': {self.host} cannot sign {self.username} in now: {words}",
                "The next run tries again",
            )
        what = "password" if self.tokens is None else "OAuth2 settings"
        return SignInRefused(
            f"Source '{self.source}': {self.host} refused the sign-in of {self.username}: {words}",
            f"Correct the username and {what} of the source in config.yaml",
        )


def shut(client: "IMAPClient") -> None:
    """Close a connection that may be broken, without a word to the server."""
    with suppress(Exception):
        client.shutdown()


def said(error: BaseException) -> str:
    """Return the server's words in an error of the library, as one line."""
    text = str(error)
    for start, end in (("b'", "'"), ('b"', '"')):
        if text.startswith(start) and text.endswith(end):
            text = text[2:-1]
    return " ".join(text.split())[:300]
