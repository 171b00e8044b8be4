"""The hidden stamp of a form: signed, it tells when a form was handed out, and which one it is."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

TOO_FAST = timedelta(seconds=3)
"""No person fills in the form within this time."""

TOO_OLD = timedelta(hours=24)

_SALT = "hosted form"


@dataclass(frozen=True, slots=True)
class FormStamp:
    """Which form was handed out, and when: seconds since 1970."""

    id: str
    at: int

    def age(self, now: datetime) -> timedelta:
        """Return how long ago the form was handed out."""
        return timedelta(seconds=now.timestamp() - self.at)


def new_stamp(now: datetime) -> FormStamp:
    """Return the stamp of a form that is handed out now."""
    return FormStamp(secrets.token_hex(8), int(now.timestamp()))


def write_stamp(stamp: FormStamp, key: bytes) -> str:
    """Return the stamp as the form carries it."""
    return str(URLSafeSerializer(key, salt=_SALT).dumps([stamp.id, stamp.at]))


def read_stamp(text: str, key: bytes) -> FormStamp | None:
    """Return the stamp that a form carried; None if it is not ours."""
    try:
        stamp_id, at = URLSafeSerializer(key, salt=_SALT).loads(text)
    except BadSignature:
        return None
    return FormStamp(stamp_id, at)
