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

ALERTED_FOR = timedelta(days=7)
"""How long after its receipt an emergency is still one: longer than an outage over holidays."""


@dataclass(frozen=True, slots=True)
class AlertChannel:
    """A way to our own people. `recipient` is a mail address, or empty."""

    name: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementRules:
    """Whom acknowledgements go to, beside what DESIGN section 6 fixes.

    `own_addresses` are in lower case; `quiet_sources` get none.
    """

    phone: str = ""
    to_strangers: bool = False
    quiet_sources: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()


@dataclass(slots=True)
class PostOffice:
    """What a run sends with. `channels` are for alerts, the desk's own first.

    Nobody hears of what a source received before the moment in `imported_before`. Letters are put
    into the outbox by any thread, and sent by the main one alone.
    """

    outbox: Outbox
    couriers: Mapping[str, Courier]
    templates: MessageTemplates
    cache: Cache
    new_message_id: Callable[[], str]
    acknowledgements: AcknowledgementRules | None = None
    channels: tuple[AlertChannel, ...] = ()
    imported_before: Mapping[str, datetime] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    """Channels that are not tried again in this run."""
    problems: list[str] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)

    def is_imported(self, source: str, received_at: datetime) -> bool:
        """Whether something is old mail of a mailbox that `since` reaches back to."""
        first_sync = self.imported_before.get(source)
        return first_sync is not None and received_at < first_sync
