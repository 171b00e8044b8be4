"""Access tokens from a token endpoint: client credentials or a refresh token (RFC 6749).

Microsoft: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
and `…/v2-oauth2-auth-code-flow#refresh-the-access-token` (a refresh token is replaced at each
use, so the newest is kept); Google: https://developers.google.com/identity/protocols/oauth2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from connector.errors import Unreachable
from connector.ports import Cache, Clock
from connector.sign_in.refusals import SignInRefused, fingerprint
from connector.sign_in.tokens import KeptTokens

if TYPE_CHECKING:
    import requests

ASSUMED_LIFE = 600.0
"""Seconds a token lives whose answer does not say (RFC 6749 section 5.1 lets it)."""

TIMEOUT = 30.0

REFUSED = frozenset({"access_denied", "invalid_client", "invalid_grant", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class OAuth2Client:
    """Who we are at a token endpoint. Without a refresh token, client credentials are used."""

    token_url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None

    def fingerprint(self) -> str:
        """Return a name for these credentials that does not tell them."""
        secret = f"{self.client_secret or ''}\0{self.refresh_token or ''}"
        return fingerprint(self.token_url, self.client_id, self.scope or "", secret=secret)


class TokenEndpoint(KeptTokens):
    """Tokens of an OAuth 2.0 client."""

    def __init__(self, owner: str, client: OAuth2Client, cache: Cache, clock: Clock) -> None:
        """`owner` is whose settings these are, in messages: `Source 'mail'`."""
        super().__init__(cache, clock)
        self._owner = owner
        self._client = client

    @cached_property
    def credentials(self) -> str:
        """Return the fingerprint of the client."""
        return self._client.fingerprint()

    def _fetch(self) -> tuple[str, timedelta]:
        answer = self._ask(self._grant())
        if isinstance(answer.get("refresh_token"), str):
            self._keep("refresh", str(answer["refresh_token"]))
        return str(answer["access_token"]), timedelta(seconds=_seconds(answer.get("expires_in")))

    def _grant(self) -> dict[str, str]:
        client = self._client
        grant = {"client_id": client.client_id}
        if client.client_secret:
            grant["client_secret"] = client.client_secret
        if client.scope:
            grant["scope"] = client.scope
        if client.refresh_token is None:
            return {**grant, "grant_type": "client_credentials"}
        newest = self._kept("refresh") or client.refresh_token
        return {**grant, "grant_type": "refresh_token", "refresh_token": newest}

    def _ask(self, grant: Mapping[str, str]) -> Mapping[str, object]:
        import requests

        try:
            with requests.Session() as session:
                session.trust_env = self._client.token_url.startswith("https://")
                response = session.post(
                    self._client.token_url, data=grant, timeout=TIMEOUT, allow_redirects=False
                )
        except requests.RequestException as error:
            raise self._unreachable(type(error).__name__) from error
        answer = _json_object(response)
        if response.ok and isinstance(answer.get("access_token"), str):
            return answer
        if answer.get("error") in REFUSED or response.status_code in (400, 401, 403):
            said = " ".join(str(answer.get(key, "")) for key in ("error", "error_description"))
            raise SignInRefused(
                f"{self._owner}: the token endpoint refused the credentials: "
                f"{_first_line(said.strip()) or response.status_code}",
                "Correct its OAuth2 settings in config.yaml",
            )
        raise self._unreachable(f"it answered {response.status_code} without a token")

    def _unreachable(self, why: str) -> Unreachable:
        return Unreachable(
            f"{self._owner}: no token from {self._client.token_url}: {why}",
            "The next run tries again",
        )


def _json_object(response: "requests.Response") -> Mapping[str, object]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _seconds(value: object) -> float:
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return ASSUMED_LIFE


def _first_line(text: str) -> str:
    return text.splitlines()[0][:300] if text else ""
