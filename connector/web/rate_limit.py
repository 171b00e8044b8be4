"""How often one address may post a form: enough for an office behind one address, no flood.

It is kept in memory: it is there to protect the ledger of a flood, and counts of before a restart
would not help with that.
"""

import math
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

POSTS = 30
PER = timedelta(minutes=10)
MAX_ADDRESSES = 10_000
"""Of more than these at a time, the one that was quiet for longest is forgotten."""

IPV6_SITE = 64
"""Bits of an IPv6 address that a site gets; within it, a visitor takes whichever they like."""


class RateLimit:
    """At most `posts` in `per` from one address. Threads may share it."""

    def __init__(self, posts: int = POSTS, per: timedelta = PER) -> None:
        """Count nothing yet."""
        self._posts = posts
        self._per = per
        self._lock = threading.Lock()
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, address: str, now: datetime) -> int:
        """Count a post, unless it is one too many: then return the seconds until the next one."""
        key = _site_of(address)
        with self._lock:
            taken = self._taken.setdefault(key, deque())
            self._taken.move_to_end(key)
            if len(self._taken) > MAX_ADDRESSES:
                self._taken.popitem(last=False)
            while taken and taken[0] <= now - self._per:
                taken.popleft()
            if len(taken) >= self._posts:
                return max(1, math.ceil((taken[0] + self._per - now).total_seconds()))
            taken.append(now)
            return 0


def _site_of(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, IPV6_SITE), strict=False))
    return str(parsed)
