"""The post office of one run: where letters are put, and by which channels they leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.errors import ConnectorError
from connector.mapping.message_templates import MessageTemplates
from connector.ports import Cache
from connector.ports.post import Courier, Outbox

MAIL = "mail"
"""The channel of acknowledgements."""

KEPT = timedelta(hours=24)
"""After so long a letter that could not be sent is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class AlertChannel:
    """A way to our own people. `recipient` is a mail address, or empty."""

    name: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementRules:
    """Whom acknowledgements go to, beside what DESIGN section 6 fixes.

    `own_addresses` are in lower case; `quiet_sources` get none, nor does what a source received
    before the moment in `imported_before`.
    """

    phone: str = ""
    to_strangers: bool = False
    quiet_sources: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()
    imported_before: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class PostOffice:
    """What a run sends with. `channels` are for alerts, the desk's own first.

    Letters are put into the outbox by any thread, and sent by the main one alone.
    """

    outbox: Outbox
    couriers: Mapping[str, Courier]
    templates: MessageTemplates
    cache: Cache
    new_message_id: Callable[[], str]
    acknowledgements: AcknowledgementRules | None = None
    channels: tuple[AlertChannel, ...] = ()
    failed: set[str] = field(default_factory=set)
    """Channels that are not tried again in this run."""
    problems: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)

    def expires(self, now: datetime) -> datetime:
        """Return until when an alert of now is worth sending."""
        return now + KEPT
