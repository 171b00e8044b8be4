"""What is due for an access request that waits for its approval (DESIGN section 8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.accounts.model import OPEN_FOR, REMINDED_AFTER, AccessRequest

HELD_LOOK = timedelta(hours=1)
"""How long until a request that nobody can approve, or that BMS stopped, is looked at again."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is due at the moment of looking, and when to look again unless that changes it.

    At most one of the three is set. `at` is None when only somebody's answer changes anything.
    """

    ask: bool = False
    remind: bool = False
    expire: bool = False
    at: datetime | None = None


def next_look(request: AccessRequest, now: datetime) -> Look:
    """Return what is due at `now` for a request of which somebody awaits approval.

    Nobody was asked yet: ask now. Asked: one reminder after `REMINDED_AFTER`, the end after
    `OPEN_FOR`. A held request is looked at every `HELD_LOOK`; one that was never asked about
    never ends by itself.
    """
    if not request.awaits_approval:
        return Look()
    if request.asked_at is None:
        return Look(ask=True, at=now + HELD_LOOK)
    ends = request.expires_at or request.asked_at + OPEN_FOR
    if now >= ends:
        return Look(expire=True)
    remind_at = request.asked_at + REMINDED_AFTER
    if request.reminded_at is None and now >= remind_at:
        return Look(remind=True, at=_earliest(request, now, ends))
    if request.reminded_at is None:
        return Look(at=_earliest(request, now, min(remind_at, ends)))
    return Look(at=_earliest(request, now, ends))


def _earliest(request: AccessRequest, now: datetime, planned: datetime) -> datetime:
    return min(planned, now + HELD_LOOK) if request.held else planned
