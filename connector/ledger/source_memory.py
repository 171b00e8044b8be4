"""What a source keeps from run to run: where it started, and what spares it work."""

from datetime import datetime

from connector.ports import Cache, Clock
from connector.ports.keeping import FOR_EVER
from connector.ports.watch import WatchLedger

STATE = "source"


class SqlSourceMemory:
    """`ports.SourceMemory` of one source.

    The first look is a watermark, which nothing ever forgets; the rest lies in the cache, and
    could be found out again. Where `keeps` is false (a dry run, a check) nothing is kept.
    """

    def __init__(
        self,
        source: str,
        ledger: WatchLedger,
        cache: Cache,
        clock: Clock,
        *,
        keeps: bool,
    ) -> None:
        """Keep things under the name of `source`."""
        self._source = source
        self._look = f"first look at source {source}"
        self._watermarks = ledger
        self._cache = cache
        self._clock = clock
        self._keeps = keeps

    def has_looked(self) -> bool:
        """Return whether the source was ever looked at."""
        return self._watermarks.watermark(self._look) is not None

    def first_look(self, now: datetime) -> datetime:
        """Return when the source was first looked at: `now`, if it never was."""
        kept = self._watermarks.watermark(self._look)
        if kept is None and self._keeps:
            self._watermarks.set_watermark(self._look, now)
        return kept or now

    def load(self, name: str) -> object | None:
        """Return the JSON value kept under `name`, unless it was never kept or expired."""
        return self._cache.load(STATE, self._named(name), self._clock())

    def save(self, name: str, value: object, *, expires_at: datetime | None = None) -> None:
        """Keep a JSON value under `name`, until it expires."""
        if not self._keeps:
            return
        self._cache.save(STATE, self._named(name), value, expires_at or FOR_EVER)

    def _named(self, name: str) -> str:
        return f"{self._source}: {name}"
