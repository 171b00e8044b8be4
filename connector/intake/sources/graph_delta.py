"""What a folder of Microsoft 365 holds, kept up to date by delta query.

https://learn.microsoft.com/graph/delta-query-messages
https://learn.microsoft.com/graph/api/message-delta

A delta link tells what changed, not what is there; so what is there is kept beside it, and
a change that was told once is not lost when the run ends before it is acted on. The filter on
receivedDateTime is not used, since Graph then returns at most 5,000 messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from connector.intake.sources.graph_client import GraphClient, SyncReset
from connector.ports import SourceMemory

log = structlog.get_logger()

STATE: Final = "delta"
PAGE: Final = "odata.maxpagesize=200"

SIZE_PROPERTY: Final = "Integer 0xe08"
"""PidTagMessageSize ([MS-OXPROPS] 2.796): Graph's message has no size of its own."""

EXPAND_SIZE: Final = f"singleValueExtendedProperties($filter=id eq '{SIZE_PROPERTY}')"


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a folder; `size` is bytes as Exchange reckons them, 0 where it does not say."""

    id: str
    received_at: datetime
    size: int


@dataclass(slots=True)
class Held:
    """What is known of a folder. `link` is where its next changes are told."""

    mailbox: str
    folder_id: str
    link: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return it as `SourceMemory` keeps it."""
        return {
            "mailbox": self.mailbox,
            "folder_id": self.folder_id,
            "link": self.link,
            "messages": {
                each.id: [each.received_at.isoformat(), each.size]
                for each in self.messages.values()
            },
        }

    def load(self, kept: object) -> None:
        """Take over what `to_json` gave, if it is about this folder."""
        match kept:
            case {
                "mailbox": self.mailbox,
                "folder_id": self.folder_id,
                "link": str(link),
                "messages": dict(messages),
            }:
                self.link = link
                self.messages = {
                    key: Message(key, datetime.fromisoformat(received_at), size)
                    for key, (received_at, size) in messages.items()
                }


def catch_up(
    client: GraphClient, memory: SourceMemory, folder_id: str, since: datetime | None
) -> Held:
    """Return what the folder holds now of what came from `since` on (None: all of it)."""
    held = Held(client.mailbox, folder_id)
    held.load(memory.load(STATE))
    before = held.to_json()
    try:
        _follow(client, held, since)
    except SyncReset as reset:
        log.info("delta link expired", source=client.source, reason=reset.message)
        held = Held(client.mailbox, folder_id)
        _follow(client, held, since)
    if held.to_json() != before:
        memory.save(STATE, held.to_json())
    return held


def _follow(client: GraphClient, held: Held, since: datetime | None) -> None:
    """Apply every change since the link; half a round applied twice comes to the same."""
    if held.link is None:
        path = f"/mailFolders/{held.folder_id}/messages/delta"
        query = {"$select": "receivedDateTime,isDraft", "$expand": EXPAND_SIZE}
        page = client.get(path, query, prefer=PAGE)
    else:
        page = client.get(held.link, prefer=PAGE)
    while True:
        for item in page["value"]:
            _apply(held, item, since)
        if "@odata.nextLink" not in page:
            break
        page = client.get(page["@odata.nextLink"], prefer=PAGE)
    held.link = str(page["@odata.deltaLink"])


def _apply(held: Held, item: Mapping[str, Any], since: datetime | None) -> None:
    key = str(item["id"])
    if "@removed" in item or item.get("isDraft"):
        held.messages.pop(key, None)
        return
    if not item.get("receivedDateTime"):
        return  # an update of something else
    message = Message(key, read_time(item["receivedDateTime"]), _size(item))
    if since is None or message.received_at >= since:
        held.messages[key] = message


def _size(item: Mapping[str, Any]) -> int:
    for entry in item.get("singleValueExtendedProperties") or ():
        if str(entry.get("id", "")).lower() == SIZE_PROPERTY.lower():
            return int(entry["value"])
    return 0


def read_time(text: str) -> datetime:
    """Return a moment as Graph writes it: ISO 8601 in UTC, to the second."""
    return datetime.fromisoformat(text).astimezone(UTC)
