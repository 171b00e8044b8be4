"""What people do on BMS's pages, done in a sandbox: the grant of portal access among it.

No call of BMS's contract gives portal access (facts, section 6). A sandbox offers the page where
a technician does it, below /_sandbox; nothing of this ever reaches a real BMS.
"""

from connector.bms.access import is_on_this_machine
from connector.errors import ConfigError, RequestRejected, Unreachable

TIMEOUT = 10.0
"""Seconds: a sandbox is on this machine."""


class SandboxPages:
    """A person at the screen of a sandbox."""

    def __init__(self, base_url: str) -> None:
        """Raise `ConfigError` unless `base_url` is that of a server on this machine."""
        if not is_on_this_machine(base_url):
            raise ConfigError(
                f"{base_url} is no sandbox: a sandbox runs on this machine",
                "Give the address that `bms-connector sandbox` prints; towards BMS itself, "
                "`accounts.grant` is `manual`",
            )
        self._url = base_url.rstrip("/") + "/_sandbox/person"

    def act(self, name: str, /, **fields: object) -> object:
        """Do one of the acts that `connector.sandbox.person` offers; return what it returns.

        Raises `RequestRejected` with the sandbox's own words, and `Unreachable` when none runs.
        """
        import requests

        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands before this machine
                reply = session.post(self._url, json={**fields, "act": name}, timeout=TIMEOUT)
                answer = reply.json()
        except requests.JSONDecodeError as error:
            raise self._not_a_sandbox() from error
        except requests.RequestException as error:
            raise Unreachable(
                f"no sandbox answers at {self._url}", "Start it: `bms-connector sandbox`"
            ) from error
        if reply.status_code == 400 and isinstance(answer, dict) and "error" in answer:
            raise RequestRejected(f"the sandbox says no to {name}: {answer['error']}")
        if reply.status_code != 200:
            raise self._not_a_sandbox()
        return answer

    def _not_a_sandbox(self) -> RequestRejected:
        return RequestRejected(
            f"what answers at {self._url} is no sandbox",
            "Give the address that `bms-connector sandbox` prints",
        )


class SandboxGrant:
    """Grants portal access in a sandbox, in a technician's stead; twice is once."""

    def __init__(self, base_url: str) -> None:
        """`base_url` is `bms.base_url`; raises `ConfigError` unless it is on this machine."""
        self._pages = SandboxPages(base_url)

    def grant(self, contact_id: int, address: str, role: str) -> None:
        """Give the contact a portal login of this user name and role; see `SandboxPages.act`."""
        self._pages.act("grant_portal_access", contact=contact_id, user_name=address, role=role)
