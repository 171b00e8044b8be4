"""What the ways out over HTTP share: one POST, and what its failure means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import requests

from connector.errors import FatalError, OutcomeUnknown, RequestRejected, RetryLater, Unreachable

NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)
"""Answers that concern the address that we have, and no single letter."""

TIMEOUT = 15.0
"""Seconds to connect, and to wait for an answer."""


class Unauthorised(FatalError):
    """It does not know us (401), and has done nothing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that may hold a secret, and the name by which people hear of it."""

    url: str
    name: str
    timeout: float = TIMEOUT

    def post(
        self,
        *,
        json: object | None = None,
        data: Mapping[str, str] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        about_to: Callable[[], None] = lambda: None,
    ) -> requests.Response:
        """Post once, following no redirect; raises what `ports.post.Courier.send` raises."""
        about_to()
        try:
            answer = requests.post(
                self.url,
                json=json,
                data=data,
                headers=dict(headers or {}),
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.ConnectTimeout as error:
            raise Unreachable(f"{self.name} could not be reached in time") from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise Unreachable(f"{self.name} could not be reached") from error
            raise OutcomeUnknown(f"{self.name} broke the connection off") from error
        except requests.RequestException as error:
            kind = type(error).__name__
            raise OutcomeUnknown(f"{self.name} did not answer ({kind})") from error
        self._look_at(answer)
        return answer

    def _look_at(self, answer: requests.Response) -> None:
        code = answer.status_code
        if 200 <= code < 300:
            return
        message = f"{self.name} answered {code}"
        if code == HTTPStatus.UNAUTHORIZED:
            raise Unauthorised(message, "look at its credentials")
        if code == HTTPStatus.FORBIDDEN:
            raise FatalError(message, "look at its rights")
        if code in NOT_THERE or 300 <= code < 400:
            raise FatalError(message, "look at its address in config.yaml")
        if code in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            raise RetryLater(message)
        if code >= 500:
            raise OutcomeUnknown(message)
        raise RequestRejected(message)


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether the request certainly never left (name, refusal, certificate)."""
    import urllib3

    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
