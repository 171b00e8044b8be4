"""OAuth 2.0 access tokens by client credentials (RFC 6749 section 4.4)."""

import time
from dataclasses import dataclass, field

from connector.errors import (
    FatalError,
    OutcomeUnknown,
    RequestRejected,
    RetryLater,
    Unreachable,
)
from connector.messages.http import Endpoint

EARLY = 60
"""Seconds before its end in which a token is fetched anew."""


@dataclass(slots=True)
class ClientCredentials:
    """Fetches a token when it is needed, and keeps it in memory while it is valid."""

    endpoint: Endpoint
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    _token: str = field(default="", repr=False)
    _valid_until: float = 0.0

    def __call__(self) -> str:
        """Return a valid token; raises `FatalError` when the client is refused."""
        if not self._token or time.monotonic() >= self._valid_until:
            self._fetch()
        return self._token

    def _fetch(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scope": self.scope,
        }
        try:
            answer = self.endpoint.post(data=form).json()
            self._token = str(answer["access_token"])
            lifetime = float(answer.get("expires_in", 0))
        except OutcomeUnknown as error:  # of the token, not of a mail: nothing was sent
            raise Unreachable(error.message, error.remedy) from error
        except RequestRejected as error:  # 400 invalid_client, RFC 6749 section 5.2
            remedy = "look at client_id, client_secret and scope"
            raise FatalError(error.message, remedy) from error
        except (ValueError, KeyError, TypeError) as error:
            raise RetryLater(f"{self.endpoint.name} answered without a token") from error
        self._valid_until = time.monotonic() + lifetime - EARLY
