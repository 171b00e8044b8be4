"""Raw calls to a sandbox, without any client of ours: what goes over the wire is in the test."""

from types import TracebackType
from typing import Any, Self

import requests

from connector.sandbox import Sandbox

HARBOR_DENTAL, BRICKELL, MARTA_RUIZ = 2001, 2101, 30001
PALMETTO_LEGAL, MAIN_OFFICE = 2002, 2201
NEW, COMPLETED = 49958, 49964
HIGH, CRITICAL = 40483, 40484
TASK_NOTES = 21
REMOTE_RESPONSE_DUE, CONNECTOR_REFERENCE = 3001, 3004


class RawClient:
    """A signed-in session of plain requests; a context manager."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Self:
        self.sign_in()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.session.close()

    def sign_in(self) -> dict[str, Any]:
        """Sign in and keep the token; return the pair of tokens."""
        form = {
            "grantType": "password",
            "tenant": self.sandbox.tenant_name,
            "userName": self.sandbox.username,
            "password": self.sandbox.password,
        }
        answer = self.call("POST", "/v2/security/authenticate", data=form)
        tokens: dict[str, Any] = answer.json()["result"]
        self.session.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        return tokens

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Make one call; a dropped connection raises `requests.ConnectionError`."""
        return self.session.request(method, self.sandbox.base_url + path, timeout=10, **options)

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a ticket and return it; `fields` replace those of `ticket_body`."""
        answer = self.call("POST", "/v2/servicedesk/tickets", json=ticket_body(**fields))
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["result"]
        return result


def ticket_body(**fields: Any) -> dict[str, Any]:
    """Return a body that creates a ticket; a field that is None is left out."""
    body = {
        "Title": "Printer is jammed",
        "Details": "Paper tray two",
        "AccountId": HARBOR_DENTAL,
        "LocationId": BRICKELL,
        "ContactId": MARTA_RUIZ,
        "StatusId": NEW,
        "PriorityId": HIGH,
        "TypeId": 8,
        "SourceId": 2,
        "QueueId": 38401,
        "OpenDate": "2026-11-16T10:05:00-05:00",
        "DueDate": "2026-11-16T18:05:00-05:00",
    } | fields
    return {name: value for name, value in body.items() if value is not None}
