"""What `check --live` learnt of the tenant and runs use: the format of custom-field dates."""

from datetime import datetime, timedelta

from connector.field_dates import FieldDates
from connector.ports import Cache

LEARNT = "learnt"
DATES = "custom-field dates"
REMEMBERED = timedelta(days=3650)


def learnt_dates(cache: Cache, now: datetime) -> FieldDates:
    """Return the format that was learnt, or `iso` when none was."""
    kept = cache.load(LEARNT, DATES, now)
    return FieldDates(kept) if kept in {how.value for how in FieldDates} else FieldDates.ISO


def keep_learnt_dates(cache: Cache, learnt: FieldDates | None, now: datetime) -> None:
    """Keep a format; None (nothing to learn from, or no single answer) changes nothing."""
    if learnt is not None:
        cache.save(LEARNT, DATES, learnt.value, now + REMEMBERED)
