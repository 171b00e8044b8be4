"""Drift: a configured name that used to resolve in BMS and no longer does, told once.

Somebody renamed or deactivated it. Requests go on with what comes next (DESIGN section 6), so
nobody would notice; once it resolves again, its next loss is told again.
"""

import threading
from datetime import timedelta

import structlog

from connector.domain.tenant import Lookup, NameOrId
from connector.errors import NameUnresolved
from connector.ports import Cache, Clock

log = structlog.get_logger()

DRIFT = "configured names"
RESOLVES = "resolves"
TOLD = "told"
REMEMBERED = timedelta(days=3650)


class Drift:
    """What became of configured names, over all runs that share the cache; for any thread.

    `reports` are this run's sentences.
    """

    def __init__(self, cache: Cache, clock: Clock) -> None:
        """Remember in `cache`."""
        self._cache = cache
        self._clock = clock
        self._states: dict[str, object | None] = {}
        self._lock = threading.Lock()
        self.reports: list[str] = []

    def resolved(self, kind: Lookup, name: NameOrId, parent: int | None = None) -> None:
        """Note that BMS knows a name."""
        with self._lock:
            self._remember(_key(kind, name, parent), RESOLVES)

    def lost(
        self,
        kind: Lookup,
        name: NameOrId,
        reason: NameUnresolved,
        instead: str,
        parent: int | None = None,
    ) -> None:
        """Report a name that BMS used to know; `instead` says what tickets get now.

        A name that never resolved has not drifted: `check --live` tells it.
        """
        with self._lock:
            key = _key(kind, name, parent)
            if self._state(key) != RESOLVES:
                return
            self._remember(key, TOLD)
        report = f'The {kind.value} "{name}" used to be found: {reason.message}. Now {instead}'
        self.reports.append(f"{report}. {reason.remedy}" if reason.remedy else report)
        log.warning("a configured name drifted", kind=kind.value, name=name, instead=instead)

    def _state(self, key: str) -> object | None:
        if key not in self._states:
            self._states[key] = self._cache.load(DRIFT, key, self._clock())
        return self._states[key]

    def _remember(self, key: str, state: str) -> None:
        if self._state(key) != state:
            self._states[key] = state
            self._cache.save(DRIFT, key, state, self._clock() + REMEMBERED)


def _key(kind: Lookup, name: NameOrId, parent: int | None) -> str:
    within = "" if parent is None else f" of {parent}"
    return f"{kind.value}{within}: {name}"
