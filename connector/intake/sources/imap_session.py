"""One connection to a mail server: opened when needed, and once more when it broke."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from connector.errors import Unreachable
from connector.intake.sources.abandoned import Abandoned
from connector.intake.sources.imap_access import ImapAccess, said, shut
from connector.ports.stopping import CallAbandoned

if TYPE_CHECKING:
    from imapclient import IMAPClient

log = structlog.get_logger()

T = TypeVar("T")

ANY_KEYWORD: Final = rb"\*"
"""Among PERMANENTFLAGS it says that a client may invent keywords (RFC 9051 section 7.1)."""


class FolderRefused(Unreachable):
    """The server does not let us into a folder, or there is none of that name."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A selected folder, as the answer to SELECT tells (RFC 9051 section 6.3.2)."""

    client: "IMAPClient"
    folder: str
    uidvalidity: int
    uidnext: int | None
    messages: int
    takes_keywords: bool


class ImapSession:
    """Runs actions in a folder, each again over a new connection when the first one broke."""

    def __init__(
        self,
        access: ImapAccess,
        breakable: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Open nothing yet. `breakable` may break an action off (`ports.stopping.Stop`)."""
        self.access = access
        self._breakable = breakable
        self._client: IMAPClient | None = None
        self._opened: Opened | None = None

    def within(self, folder: str, action: Callable[[Opened], T], *, anew: bool = False) -> T:
        """Return what `action` returns in `folder`, which is selected `anew` or if need be.

        The action may be begun twice, so it must be one that may. Raises `Unreachable` when the
        connection broke twice, `FolderRefused`, what signing in raises, and whatever else the
        action raises (a refusal by the server is an `IMAPClientError`).
        """
        if anew:
            self._opened = None
        try:
            return self._attempt(folder, action)
        except Exception as error:
            if not _is_lost(error):
                raise
            log.info("connection lost", host=self.access.host, reason=said(error))
        try:
            return self._attempt(folder, action)
        except Exception as error:
            if not _is_lost(error):
                raise
            raise self._unreachable(error) from error

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as we know."""
        return self._client is not None

    def drop(self) -> None:
        """Give the connection up without a word to the server."""
        if self._client is not None:
            shut(self._client)
        self._client = self._opened = None

    def close(self) -> None:
        """Sign out. LOGOUT expunges nothing, in contrast to CLOSE."""
        if self._client is not None:
            with suppress(Exception):
                self._client.logout()
        self.drop()

    def _attempt(self, folder: str, action: Callable[[Opened], T]) -> T:
        try:
            with self._breakable():
                return action(self._in(folder))
        except CallAbandoned as error:
            self.drop()
            raise Abandoned(self.access.source) from error
        except BaseException as error:
            if not isinstance(error, Exception) or _is_lost(error):
                self.drop()
            raise

    def _in(self, folder: str) -> Opened:
        if self._client is None:
            self._client = self.access.connect()
        if self._opened is None or self._opened.folder != folder:
            self._opened = self._select(self._client, folder)
        return self._opened

    def _select(self, client: "IMAPClient", folder: str) -> Opened:
        from imapclient.exceptions import IMAPClientError, IMAPClientReadOnlyError

        try:
            return _opened(client, folder, client.select_folder(folder))
        except IMAPClientReadOnlyError:
            why, remedy = "it is read-only for us", "Give the account the right to change it"
        except IMAPClientError as error:
            if _is_lost(error):
                raise
            why, remedy = said(error), "Correct `folder` of the source, or create it"
        message = f"Source '{self.access.source}': the folder '{folder}' cannot be opened: {why}"
        raise FolderRefused(message, remedy)

    def _unreachable(self, error: Exception) -> Unreachable:
        host = f"{self.access.host}:{self.access.port}"
        message = f"Source '{self.access.source}': the connection to {host} failed: "
        if isinstance(error, ssl.SSLCertVerificationError):
            return Unreachable(
                f"{message}its certificate is not valid ({error.verify_message})",
                "Name the authority's certificates in `ca_file`, or use the host's right name",
            )
        remedy = (
            "Nothing is lost, the next run goes on; if this lasts, check host, port and security"
        )
        return Unreachable(message + (said(error) or type(error).__name__), remedy)


def _opened(client: "IMAPClient", folder: str, answer: Mapping[bytes, object]) -> Opened:
    def number(key: bytes) -> int | None:
        value = answer.get(key)
        return value if isinstance(value, int) else None

    flags = answer.get(b"PERMANENTFLAGS")
    return Opened(
        client=client,
        folder=folder,
        # 0 is no UIDVALIDITY (RFC 9051 section 2.3.1.1): a server without one numbers for ever.
        uidvalidity=number(b"UIDVALIDITY") or 0,
        uidnext=number(b"UIDNEXT"),
        messages=number(b"EXISTS") or 0,
        takes_keywords=isinstance(flags, tuple) and ANY_KEYWORD in flags,
    )


def _is_lost(error: Exception) -> bool:
    """Whether the connection broke. A read-only folder is an `abort` as well, and is none."""
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientReadOnlyError

    if isinstance(error, IMAPClientReadOnlyError):
        return False
    return isinstance(error, OSError | EOFError | IMAPClientAbortError)
