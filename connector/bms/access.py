"""Where BMS is and who we are there."""

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from ipaddress import ip_address
from urllib.parse import urlsplit

from connector.errors import ConfigError
from connector.sign_in.refusals import fingerprint


@dataclass(frozen=True, slots=True)
class BmsAccess:
    """The address of BMS's API and the account of the API user.

    `timeout` is in seconds, for connecting and for each wait for data. `time_zone` is the one
    of dates that BMS writes without an offset (the vendor does not say which it is).

    Raises `ConfigError` for an address that is neither HTTPS nor on this machine.
    """

    base_url: str
    tenant: str
    username: str
    password: str = field(repr=False)
    timeout: float = 30.0
    time_zone: tzinfo = UTC

    def __post_init__(self) -> None:
        """Refuse an address over which a password must not travel."""
        _refuse_unsafe(self.base_url)

    @property
    def is_local(self) -> bool:
        """Whether BMS (then a sandbox) runs on this machine."""
        return is_on_this_machine(self.base_url)

    def url(self, path: str) -> str:
        """Return the whole address of a path that starts with /v2."""
        return self.base_url.rstrip("/") + path

    def fingerprint(self) -> str:
        """Return a name for these credentials that does not tell them."""
        address = self.base_url.rstrip("/").lower()
        return fingerprint(address, self.tenant, self.username, secret=self.password)


def is_on_this_machine(base_url: str) -> bool:
    """Whether the server at this address runs on this machine."""
    try:
        parts = urlsplit(base_url)
        return parts.scheme in ("http", "https") and _is_loopback(parts.hostname)
    except ValueError:
        return False


def _refuse_unsafe(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
    except ValueError:
        host = None
    remedy = "Set it to an address such as https://api.bms.kaseya.com"
    if host is None:
        raise ConfigError("bms.base_url is not the address of a server", remedy)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("bms.base_url has more than a server and a path", remedy)
    if parts.path.rstrip("/").lower().endswith("/v2"):
        raise ConfigError("bms.base_url ends in /v2, which every call adds itself", remedy)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)):
        return
    raise ConfigError(
        f"bms.base_url must begin with https:// (it begins with {parts.scheme}://)",
        "Plain http is accepted only for a server on this machine",
    )


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
