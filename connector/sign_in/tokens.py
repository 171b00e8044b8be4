"""Access tokens: kept in the ledger until they expire, and fetched with care."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import Protocol

from connector.ports import Cache, Clock
from connector.ports.keeping import FOR_EVER
from connector.sign_in.refusals import Refusals

TOKENS = "oauth2"
"""The kind under which the cache keeps what belongs to credentials."""

MARGIN = timedelta(minutes=2)
"""A token is renewed so long before it expires, or after half its life if that is less."""


class Tokens(Protocol):
    """Where access tokens come from."""

    @property
    def credentials(self) -> str:
        """Return the fingerprint of the credentials that tokens are fetched with."""
        ...

    def token(self, *, fresh: bool = False) -> str:
        """Return a token: the kept one, or, if that was refused, a `fresh` one."""
        ...


class KeptTokens(ABC):
    """`Tokens` that are kept between runs."""

    def __init__(self, cache: Cache, clock: Clock) -> None:
        """Fetch nothing yet."""
        self._cache = cache
        self._clock = clock
        self._refusals = Refusals(cache, clock)

    @property
    @abstractmethod
    def credentials(self) -> str:
        """Return the fingerprint of the credentials that tokens are fetched with."""

    @abstractmethod
    def _fetch(self) -> tuple[str, timedelta]:
        """Return a new token and how long it lives."""

    def token(self, *, fresh: bool = False) -> str:
        """Return an access token.

        Raises `SignInRefused` when the credentials are refused, or were a moment ago, and
        `Unreachable`.
        """
        kept = None if fresh else self._kept("access")
        if kept is not None:
            return kept
        with self._refusals.minded(self.credentials):
            token, life = self._fetch()
        self._keep("access", token, self._clock() + max(life - MARGIN, life / 2))
        return token

    def _kept(self, name: str) -> str | None:
        value = self._cache.load(TOKENS, f"{name} {self.credentials}", self._clock())
        return value if isinstance(value, str) else None

    def _keep(self, name: str, value: str, expires_at: datetime = FOR_EVER) -> None:
        self._cache.save(TOKENS, f"{name} {self.credentials}", value, expires_at)
