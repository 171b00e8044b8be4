"""SLA policies for tests: the shipped `sla.yaml`, and changes to it."""

import copy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from connector.domain.due_dates import DueDates, Priority
from connector.sla.policy import SlaFile, SlaPolicy
from connector.sla.targets import reckon

NEW_YORK = ZoneInfo("America/New_York")
SHIPPED_FILE = Path(__file__).parents[2] / "mappings" / "sla.yaml"
SHIPPED: dict[str, Any] = YAML(typ="safe").load(SHIPPED_FILE)


def shipped_with(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the shipped file says, with values at dotted keys replaced; `...` removes."""
    data = copy.deepcopy(SHIPPED)
    for dotted, value in (changes or {}).items():
        *parents, last = dotted.split(".")
        place = data
        for key in parents:
            place = place[key]
        if value is ...:
            del place[last]
        else:
            place[last] = value
    return data


def policy(changes: dict[str, Any] | None = None, zone: str = "America/New_York") -> SlaPolicy:
    """Return the shipped policy with changes, in a time zone."""
    return SlaPolicy(SlaFile.model_validate(shipped_with(changes)), ZoneInfo(zone))


@cache
def shipped_policy() -> SlaPolicy:
    """Return the shipped policy, the same one each time: it changes nothing but what it caches."""
    return policy()


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Return a local time (of which there is exactly one that day) in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def reckoned(
    received: str, priority: str = "Normal", rules: SlaPolicy | None = None, **more: Any
) -> DueDates:
    """Reckon a request received at a local time in New York."""
    details = {"emergency": False, "desired": None} | more
    return reckon(rules or shipped_policy(), at(received), Priority(priority), **details)
