"""One mailbox behind Microsoft Graph: calls, and what their failures mean.

Immutable ids stay the same when a message is moved:
https://learn.microsoft.com/graph/outlook-immutable-id
Throttling (429 with Retry-After, also 503): https://learn.microsoft.com/graph/throttling
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from connector.errors import ConnectorError, FatalError, Throttled, Unreachable
from connector.intake.sources.abandoned import Abandoned
from connector.ports import Clock, SourceMemory
from connector.ports.stopping import CallAbandoned
from connector.sign_in.refusals import SignInRefused
from connector.sign_in.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

IMMUTABLE: Final = 'IdType="ImmutableId"'
PAUSED: Final = "paused-until"
TIMEOUT: Final = (15.0, 60.0)
"""Seconds for connecting, and for each wait for data."""

SHORTEST_PAUSE: Final = timedelta(seconds=10)
"""How long we keep away when Graph throttles us and does not say for how long."""

LONGEST_PAUSE: Final = timedelta(hours=1)

UNAUTHORISED, TOO_MANY, UNAVAILABLE = 401, 429, 503

RIGHTS = (
    "In Microsoft Entra, give the app registration the application permission Mail.ReadWrite, "
    "with admin consent, and let the application access policy include this mailbox"
)


class RightsMissing(FatalError):
    """Graph knows us and does not let us into the mailbox."""


class NotThere(Unreachable):
    """Graph has no such message or folder."""


class SyncReset(ConnectorError):
    """The delta link is good for nothing any more: everything must be listed anew."""


class GraphClient:
    """Calls about one mailbox, one attempt each (a 401 gets a fresh token, once)."""

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        mailbox: str,
        tokens: Tokens,
        memory: SourceMemory,
        clock: Clock,
        breakable: "Callable[[], AbstractContextManager[None]]" = nullcontext,
    ) -> None:
        """Call nothing yet. `breakable` as in `ports.stopping.Stop`."""
        self.source = source
        self.mailbox = mailbox
        self.server_time: datetime | None = None
        self._base_url = base_url
        self._user = f"{base_url}/users/{quote(mailbox)}"
        self._tokens = tokens
        self._memory = memory
        self._clock = clock
        self._breakable = breakable
        self._session: requests.Session | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None, *, prefer: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return the JSON at a path below the mailbox, or at a link that Graph gave."""
        return self._call("GET", path, query=query, prefer=prefer).json()

    def get_bytes(self, path: str) -> bytes:
        """Return the bytes at a path below the mailbox."""
        return self._call("GET", path).content

    def send(self, method: str, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Send JSON to a path below the mailbox and return the JSON answer."""
        return self._call(method, path, body=body).json()

    def order(self, method: str, path: str) -> None:
        """Let something be done that has no answer but that it is done (204)."""
        self._call(method, path)

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    # --- one call ----------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        prefer: str = "",
    ) -> "requests.Response":
        """Return a good answer; raises what `_error` says, and `Unreachable`."""
        self._mind_pause()
        call = partial(self._request, method, self._url(path), query, body, prefer)
        response = call(self._tokens.token())
        if response.status_code == UNAUTHORISED:
            response = call(self._tokens.token(fresh=True))
        if not response.ok or response.is_redirect:
            raise self._error(response)
        return response

    def _url(self, path: str) -> str:
        """Return the whole address; our token goes to no other server, whatever a link says."""
        if not path.startswith("https://") and not path.startswith("http://"):
            return self._user + path
        if not path.startswith(self._base_url + "/"):
            raise Unreachable(
                f"Source '{self.source}': Microsoft Graph gave a link to another server",
                "Check `base_url` of the source",
            )
        return path

    def _request(
        self,
        method: str,
        url: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
        prefer: str,
        token: str,
    ) -> "requests.Response":
        import requests

        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = self._base_url.startswith("https://")
        try:
            with self._breakable():
                response = self._session.request(
                    method,
                    url,
                    params=query,
                    json=body,
                    headers={"Prefer": ", ".join(filter(None, (IMMUTABLE, prefer)))},
                    auth=_bearer(token),
                    timeout=TIMEOUT,
                    allow_redirects=False,
                )
        except CallAbandoned as error:
            raise Abandoned(self.source) from error
        except requests.RequestException as error:
            raise self._unreachable(type(error).__name__) from error
        self.server_time = _http_date(response.headers.get("Date"))
        return response

    def _error(self, response: "requests.Response") -> ConnectorError:
        status, (code, words) = response.status_code, _said(response)
        about = f"Source '{self.source}': Microsoft Graph answered {status}"
        about += f" {code}: {words}" if code else ""
        if status == UNAUTHORISED:
            return SignInRefused(about, "Correct tenant, client_id and secret or certificate")
        if status == 403:
            return RightsMissing(about, RIGHTS)
        if status == 410 or code.lower().startswith(("syncstate", "resync")):
            return SyncReset(about)
        if status == 404:
            return NotThere(about, "Correct mailbox and folders of the source in config.yaml")
        if status in (TOO_MANY, UNAVAILABLE):
            return self._pause(response, about)
        return Unreachable(about, "The next run tries again")

    # --- throttling --------------------------------------------------------------------------

    def _pause(self, response: "requests.Response", about: str) -> Throttled:
        now = self._clock()
        until = now + _retry_after(response.headers.get("Retry-After"), now)
        self._memory.save(PAUSED, until.isoformat(), expires_at=until)
        return Throttled(about, "The next run after that goes on", not_before=until)

    def _mind_pause(self) -> None:
        until = self._memory.load(PAUSED)
        if isinstance(until, str):
            raise Throttled(
                f"Source '{self.source}': Microsoft Graph asked us to stay away until {until}",
                "The next run after that goes on",
                not_before=datetime.fromisoformat(until),
            )

    def _unreachable(self, why: str) -> Unreachable:
        return Unreachable(
            f"Source '{self.source}': Microsoft Graph could not be reached: {why}",
            "Nothing is lost, the next run goes on",
        )


def _bearer(token: str) -> "requests.auth.AuthBase":
    """Return our token as `auth`: requests lets a .netrc overwrite a header."""
    from requests import PreparedRequest
    from requests.auth import AuthBase

    class Bearer(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            request.headers["Authorization"] = f"Bearer {token}"
            return request

    return Bearer()


def _said(response: "requests.Response") -> tuple[str, str]:
    """Return the code and the words of an error (learn.microsoft.com/graph/errors)."""
    try:
        error = response.json()["error"]
        words = " ".join(str(error.get("message", "")).split())[:300]
        return str(error["code"]), words
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _retry_after(value: str | None, now: datetime) -> timedelta:
    """Return how long to keep away: seconds or a date (RFC 9110 section 10.2.3)."""
    wish = SHORTEST_PAUSE
    if value and value.strip().isdigit():
        wish = timedelta(seconds=int(value.strip()[:6]))
    elif at := _http_date(value):
        wish = at - now
    return min(max(wish, timedelta(seconds=1)), LONGEST_PAUSE)


def _http_date(value: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except ValueError:
        return None
