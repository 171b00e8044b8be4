"""The settings of the web side (`bms-connector serve`)."""

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from connector.config.fields import Filled, Secret, Settings
from connector.yaml_validation import refusal

DEFAULT_UNHEALTHY_AFTER = 30


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        remedy = "write it like 127.0.0.1, 10.0.0.0/8 or fd00::/8"
        raise refusal(f"'{text}' is no IP address and no network", remedy) from None


def _header(name: str) -> str:
    if not all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in name):
        raise refusal(f"'{name}' is not the name of a header", "write it like X-Remote-User")
    return name


Network = Annotated[str, AfterValidator(_network)]
HeaderName = Annotated[Filled, AfterValidator(_header)]
Key = Annotated[Secret, Field(min_length=16)]


class ServeSettings(Settings):
    """What the web side shows, to whom, and whom it believes.

    `login_header` is in which header a proxy names who signed in there; it and X-Forwarded-* are
    honoured from `trusted_proxies` alone. Without a `secret_key`, one is made at each start.
    `unhealthy_after` is minutes.
    """

    form: bool = True
    status_password: Secret | None = None
    login_header: HeaderName | None = None
    trusted_proxies: tuple[Network, ...] | None = None
    secret_key: Key | None = None
    unhealthy_after: Annotated[int, Field(ge=1, le=1440)] = DEFAULT_UNHEALTHY_AFTER

    @model_validator(mode="after")
    def _believes_somebody(self) -> "ServeSettings":
        if self.login_header and not self.trusted_proxies:
            remedy = "name the proxy in trusted_proxies, or anybody could send that header"
            raise refusal("has a login_header and no trusted_proxies", remedy)
        return self
