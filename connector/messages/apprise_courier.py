"""Alerts by Apprise: SMS, Teams, Slack, PagerDuty and many more, each by its URL.

https://github.com/caronc/apprise; it is the extra `[notify]` and is loaded only to send.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from connector.errors import ConfigError, OutcomeUnknown
from connector.ports.post import Posted

INSTALL = "Install it: pip install 'bms-connector[notify]'"


@dataclass(frozen=True, slots=True)
class AppriseCourier:
    """Sends to one Apprise URL, which may hold a secret; `name` is how people hear of it."""

    url: str = field(repr=False)
    name: str

    def send(self, posted: Posted, about_to: Callable[[], None]) -> None:
        """Carry a letter (`ports.post.Courier`).

        Apprise says only whether it went well, so a failure leaves it open.
        """
        service = instantiate(self.url, self.name)
        about_to()
        content = posted.letter.content
        sent = service.notify(title=str(content["subject"]), body=str(content["text"]))
        if not sent:
            raise OutcomeUnknown(f"{self.name} could not be told")


def is_installed() -> bool:
    """Whether Apprise can be loaded, without loading it."""
    from importlib.util import find_spec

    return find_spec("apprise") is not None


def instantiate(url: str, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - untyped
    """Return Apprise's object for a URL; raises `ConfigError` when it knows none."""
    try:
        from apprise import Apprise
    except ImportError as error:
        raise ConfigError(f"{name} needs Apprise, which cannot be loaded", INSTALL) from error
    service = Apprise()
    if not service.add(url):
        remedy = "look it up at https://github.com/caronc/apprise/wiki"
        raise ConfigError(f"Apprise does not know what to do with {name}", remedy)
    return service
