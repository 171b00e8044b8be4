"""One HTTP call to BMS: counted, budgeted, timed, never redirected, never repeated.

What comes back is a `Reply`, whatever its status; `answers` judges it. Raised here is only
what leaves us without a reply.
"""

import ssl
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

import requests
import structlog
from requests.auth import AuthBase
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from connector.bms.access import BmsAccess
from connector.bms.answers import Reply
from connector.bms.endpoints import Endpoint
from connector.bms.failures import Failure, error_for
from connector.bms.sessions import Sessions
from connector.errors import ConnectorError, LedgerClosed
from connector.ports import CallBudget, Clock
from connector.ports.stopping import Breakable, CallAbandoned

log = structlog.get_logger()

LONGEST_CONNECT = 10.0
"""Seconds to wait for a connection, unless `bms.timeout` is shorter."""

WANTS_PAUSE = (429, 503)
"""Too Many Requests, Service Unavailable: the answers whose Retry-After counts."""

Part = tuple[str | None, str | bytes] | tuple[str | None, str | bytes, str]
"""One part of a multipart body: file name (None for a plain field), content, content type."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make: where, and with what. At most one kind of body is given."""

    endpoint: Endpoint
    path: Mapping[str, str | int] = field(default_factory=dict)
    query: Mapping[str, str | int | Sequence[int]] = field(default_factory=dict)
    json: Mapping[str, object] | Sequence[Mapping[str, object]] | None = field(
        default=None, repr=False
    )
    form: Mapping[str, str] | None = field(default=None, repr=False)
    parts: Mapping[str, Part] | None = field(default=None, repr=False)

    @property
    def url_path(self) -> str:
        """The template with its places filled in."""
        places = {name: quote(str(value), safe="") for name, value in self.path.items()}
        return self.endpoint.template.format(**places)


class _Bearer(AuthBase):
    """Our token. Given as `auth`, since requests would let a .netrc overwrite a header."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


_EMERGENCY: ContextVar[bool] = ContextVar("emergency", default=False)
"""Whether the calls of this thread are made on behalf of an emergency."""


class Transport:
    """Sends calls to BMS, one attempt each, for any number of threads.

    While `for_emergency` is entered, the calls of that thread may draw on the budget kept for
    emergencies.
    """

    def __init__(
        self,
        access: BmsAccess,
        budget: CallBudget,
        clock: Clock,
        breakable: Breakable = nullcontext,
    ) -> None:
        """Open no connection yet. `breakable` may break a call off (`ports.stopping.Stop`)."""
        self._breakable = breakable
        self._calls: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._access = access
        self._budget = budget
        self._clock = clock
        self._sessions = Sessions(access)
        self._timeouts = (min(access.timeout, LONGEST_CONNECT), access.timeout)

    @property
    def calls(self) -> Counter[str]:
        """The attempts made so far, by method and path template."""
        with self._counting:
            return self._calls.copy()

    @contextmanager
    def for_emergency(self, *, emergency: bool) -> Iterator[None]:
        """Make the calls within on behalf of an emergency, or not."""
        before = _EMERGENCY.set(emergency)
        try:
            yield
        finally:
            _EMERGENCY.reset(before)

    def send(self, call: Call, token: str | None) -> Reply:
        """Make one attempt and return the reply, whatever it says.

        A `Retry-After` pauses the endpoint for everybody. Raises `BudgetSpent` or `Throttled`
        before anything is sent, and what `failures.FAILURES` says of `NOT_SENT` and `LOST`.
        """
        endpoint = call.endpoint
        self._budget.take(endpoint.key, now=self._clock(), emergency=_EMERGENCY.get())
        with self._counting:
            self._calls[endpoint.key] += 1
        try:
            with self._breakable():
                response = self._request(call, token)
        except CallAbandoned as error:
            detail = "we were asked to stop, and could not wait for it"
            raise error_for(Failure.LOST, endpoint, detail) from error
        except (requests.RequestException, HTTPError) as error:
            log.debug("bms call", endpoint=endpoint.key, failure=type(error).__name__)
            failure, detail = _no_reply(error, self._access.timeout)
            raise error_for(failure, endpoint, detail) from error
        log.debug("bms call", endpoint=endpoint.key, status=response.status_code)
        reply = Reply(
            status=response.status_code,
            body=response.content,
            received_at=self._clock(),
            headers={name.lower(): value for name, value in response.headers.items()},
        )
        if reply.status in WANTS_PAUSE and reply.not_before is not None:
            self._pause(endpoint, reply.not_before)
        return reply

    def _pause(self, endpoint: Endpoint, until: datetime) -> None:
        try:
            self._budget.pause(endpoint.key, until=until)
        except LedgerClosed:
            raise
        except ConnectorError as error:
            # What BMS said to the call matters more: it may have carried it out.
            log.warning("the pause that BMS asked for was not kept", reason=error.message)

    def close(self) -> None:
        """Close what connections are open; one that is in use closes after its call."""
        self._sessions.close()

    def _request(self, call: Call, token: str | None) -> requests.Response:
        with self._sessions.borrowed() as session:
            return session.request(
                call.endpoint.method,
                self._access.url(call.url_path),
                params=call.query,
                json=call.json,
                data=call.form,
                files=call.parts,
                auth=_Bearer(token),
                timeout=self._timeouts,
                allow_redirects=False,
            )


_NO_REPLY: tuple[tuple[type[Exception], Failure, str], ...] = (
    (NameResolutionError, Failure.NOT_SENT, "its name is not known to DNS"),
    (requests.exceptions.ProxyError, Failure.NOT_SENT, "the proxy did not let us through"),
    (NewConnectionError, Failure.NOT_SENT, "the connection was refused, or no way leads there"),
    (ConnectTimeoutError, Failure.NOT_SENT, "no connection came about in time"),
    (requests.ConnectTimeout, Failure.NOT_SENT, "no connection came about in time"),
    (
        ssl.SSLCertVerificationError,
        Failure.NOT_SENT,
        "its certificate is not valid ({reason.verify_message})",
    ),
    (ReadTimeoutError, Failure.LOST, "nothing came for {timeout:g} seconds"),
    (requests.ReadTimeout, Failure.LOST, "nothing came for {timeout:g} seconds"),
    (ssl.SSLError, Failure.LOST, "the encryption failed ({reason.reason})"),
)
"""What leaves us without a reply; the first that fits the error, or what is inside it, counts."""


def _no_reply(error: Exception, timeout: float) -> tuple[Failure, str]:
    """Tell a call that certainly never left from one that BMS may have carried out."""
    reason = _innermost(error)
    for kind, failure, words in _NO_REPLY:
        if isinstance(error, kind) or isinstance(reason, kind):
            return failure, words.format(reason=reason, timeout=timeout)
    return Failure.LOST, "the connection broke"


def _innermost(error: BaseException) -> BaseException:
    """Return what is wrapped by requests and urllib3, each in its own way."""
    inner = error.reason if isinstance(error, MaxRetryError) else next(iter(error.args), None)
    return _innermost(inner) if isinstance(inner, BaseException) else error
