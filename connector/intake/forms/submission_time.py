"""When a form submission says that it was sent (DESIGN section 3, `trust_submitted_at`)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from connector.intake.forms.fields import FormPlaces, parse_payload
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormFile

FURTHEST_BACK: Final = timedelta(days=7)


def submitted_at(raw: bytes, mapping: FormFile, now: datetime) -> datetime | None:
    """Return the moment in UTC, or None when it says none that can be believed.

    One without an offset could be anywhere in the world, and one before the last 7 days or in the
    future is no receipt of ours.
    """
    try:
        words = FormPlaces(parse_payload(raw), mapping).line("submitted_at")
        moment = datetime.fromisoformat(words)
        if moment.tzinfo is None:
            return None
        moment = moment.astimezone(UTC)
    except (Unreadable, ValueError, OverflowError):
        return None
    return moment if now - FURTHEST_BACK <= moment <= now else None
