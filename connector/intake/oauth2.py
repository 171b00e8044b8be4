"""Access tokens from a token endpoint: client credentials or a refresh token (RFC 6749).

Microsoft: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
and `…/v2-oauth2-auth-code-flow#refresh-the-access-token` (a refresh token is replaced at each
use, so the newest is kept); Google: https://developers.google.com/identity/protocols/oauth2.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from connector.errors import FatalError, Unreachable
from connector.ports import Clock, SourceMemory

TOKEN = "token"  # noqa: S105 - the name it is kept under
REFRESH_TOKEN = "refresh-token"  # noqa: S105

MARGIN = timedelta(minutes=2)
"""A token is renewed so long before it expires."""

ASSUMED_LIFE = 600
"""Seconds a token lives whose answer does not say (RFC 6749 section 5.1 lets it)."""

TIMEOUT = 30.0

REFUSALS = frozenset({"access_denied", "invalid_client", "invalid_grant", "unauthorized_client"})


class TokenRefused(FatalError):
    """The token endpoint does not accept the credentials."""


class Tokens(Protocol):
    """Where access tokens come from."""

    def token(self, *, fresh: bool = False) -> str:
        """Return a token; a new one when the kept one is `fresh` no longer."""
        ...


@dataclass(frozen=True, slots=True)
class OAuth2Client:
    """Who we are at a token endpoint. Without a refresh token, client credentials are used."""

    token_url: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    scope: str | None = None

    def fingerprint(self) -> str:
        """Return a name for these credentials that does not tell them: changed ones are new."""
        parts = (
            self.token_url,
            self.client_id,
            self.client_secret or "",
            self.refresh_token or "",
            self.scope or "",
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class TokenEndpoint:
    """Gets tokens and keeps them, until they expire, in the ledger (`Tokens`)."""

    def __init__(
        self, source: str, client: OAuth2Client, memory: SourceMemory, clock: Clock
    ) -> None:
        """`source` is named in messages."""
        self._source = source
        self._client = client
        self._memory = memory
        self._clock = clock
        self._whose = client.fingerprint()

    def token(self, *, fresh: bool = False) -> str:
        """Return an access token.

        Raises `TokenRefused` when the credentials are refused, and `Unreachable`.
        """
        kept = None if fresh else self._kept(TOKEN)
        return kept or self._fetch()

    def _fetch(self) -> str:
        answer = self._ask(self._grant())
        token = str(answer["access_token"])
        life = _seconds(answer.get("expires_in"))
        expires_at = (
            self._clock() + timedelta(seconds=life) - min(MARGIN, timedelta(seconds=life / 2))
        )
        self._memory.save(TOKEN, self._owned(token), expires_at=expires_at)
        if isinstance(answer.get("refresh_token"), str):
            self._memory.save(REFRESH_TOKEN, self._owned(str(answer["refresh_token"])))
        return token

    def _grant(self) -> dict[str, str]:
        client = self._client
        grant = {"client_id": client.client_id}
        if client.client_secret:
            grant["client_secret"] = client.client_secret
        if client.scope:
            grant["scope"] = client.scope
        if client.refresh_token is None:
            return {**grant, "grant_type": "client_credentials"}
        newest = self._kept(REFRESH_TOKEN) or client.refresh_token
        return {**grant, "grant_type": "refresh_token", "refresh_token": newest}

    def _ask(self, grant: Mapping[str, str]) -> Mapping[str, object]:
        import requests

        try:
            with requests.Session() as session:
                session.trust_env = self._client.token_url.startswith("https://")
                response = session.post(
                    self._client.token_url, data=grant, timeout=TIMEOUT, allow_redirects=False
                )
            answer = response.json()
        except requests.RequestException as error:
            raise self._unreachable(type(error).__name__) from error
        if not isinstance(answer, dict):
            raise self._unreachable("its answer is no JSON object")
        if response.ok and isinstance(answer.get("access_token"), str):
            return answer
        said = " ".join(str(answer.get(key, "")) for key in ("error", "error_description")).strip()
        if answer.get("error") in REFUSALS or response.status_code in (400, 401, 403):
            raise TokenRefused(
                f"Source '{self._source}': the token endpoint refused the credentials: "
                f"{_first_line(said) or response.status_code}",
                "Correct the OAuth2 settings of the source in config.yaml",
            )
        raise self._unreachable(f"it answered {response.status_code}")

    def _unreachable(self, why: str) -> Unreachable:
        return Unreachable(
            f"Source '{self._source}': no token from {self._client.token_url}: {why}",
            "The next run tries again",
        )

    def _owned(self, value: str) -> dict[str, str]:
        return {"of": self._whose, "value": value}

    def _kept(self, name: str) -> str | None:
        match self._memory.load(name):
            case {"of": self._whose, "value": str(value)}:
                return value
        return None


def _seconds(value: object) -> float:
    try:
        return max(1.0, float(str(value)))
    except ValueError:
        return ASSUMED_LIFE


def _first_line(text: str) -> str:
    return text.splitlines()[0][:300] if text else ""
