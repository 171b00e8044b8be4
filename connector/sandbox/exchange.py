"""One call and its answer, as the sandbox keeps them."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_SIGN_IN = "/v2/security/"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call to the sandbox and what it answered.

    `template` is None for a path that BMS does not have. `fault` names the fault that struck
    the call. `dropped` means that the caller got no answer, though `status` and
    `response_body` say what it would have been when the call was carried out; status 0 means
    that it was not.
    """

    number: int
    at: datetime
    method: str
    path: str
    template: str | None
    query: tuple[tuple[str, str], ...]
    request_headers: dict[str, str]
    request_body: bytes
    status: int
    response_headers: dict[str, str]
    response_body: bytes
    fault: str | None = None
    dropped: bool = False

    @property
    def endpoint(self) -> str:
        """Method and path template, or the bare path where BMS has none."""
        return f"{self.method} {self.template or self.path}"

    def as_dict(self) -> dict[str, Any]:
        """Return it for a file, without passwords and tokens."""
        return {
            "number": self.number,
            "at": self.at.isoformat(),
            "endpoint": self.endpoint,
            "path": self.path,
            "query": [list(pair) for pair in self.query],
            "requestHeaders": _without_token(self.request_headers),
            "requestBody": self._body(self.request_body),
            "status": self.status,
            "responseHeaders": self.response_headers,
            "responseBody": self._body(self.response_body),
            "fault": self.fault,
            "dropped": self.dropped,
        }

    def _body(self, body: bytes) -> str:
        if body and self.path.lower().startswith(_SIGN_IN):
            return "(withheld)"
        try:
            return body.decode()
        except UnicodeDecodeError:
            return "base64:" + base64.b64encode(body).decode()


def _without_token(headers: dict[str, str]) -> dict[str, str]:
    return {
        name: "(withheld)" if name.lower() == "authorization" else value
        for name, value in headers.items()
    }
