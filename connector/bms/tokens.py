"""The sign-in token: what BMS gave us, and until when it may be used."""

import base64
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from connector.bms.answers import Reply
from connector.bms.models import TokenAnswer
from connector.bms.times import read_time

LONGEST_LIFE = timedelta(hours=24)
"""A token that claims more is not believed: most likely `bms.time_zone` is wrong."""

ASSUMED_LIFE = timedelta(minutes=10)
"""The life of a token whose expiry is missing or absurd; a 401 tells when it was shorter."""

LONGEST_MARGIN = timedelta(seconds=60)
"""A token is renewed this long before it expires, or a tenth of its life if that is less."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token with its refresh token; moments are UTC by our own clock."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    renew_at: datetime
    refresh_expires: datetime | None

    def is_fresh(self, now: datetime) -> bool:
        """Whether calls may still use it."""
        return now < self.renew_at

    def can_refresh(self, now: datetime) -> bool:
        """Whether a refresh is worth trying."""
        return self.refresh is not None and (
            self.refresh_expires is None or now < self.refresh_expires
        )

    def to_json(self) -> dict[str, object]:
        """Return it as `Cache` keeps it."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, value: object) -> "Token | None":
        """Return what `to_json` gave, or None for anything else."""
        match value:
            case {"access": str(access), "renew_at": str(renew_at), **rest}:
                refresh, expires = rest.get("refresh"), rest.get("refresh_expires")
                return cls(
                    access=access,
                    refresh=refresh if isinstance(refresh, str) else None,
                    renew_at=datetime.fromisoformat(renew_at),
                    refresh_expires=read_time(str(expires), UTC) if expires else None,
                )
        return None


def token_of(answer: TokenAnswer, reply: Reply, zone: tzinfo) -> Token:
    """Return the token of a sign-in's answer.

    The expiry is the JWT's own `exp` (RFC 7519 section 4.1.4), else AccessTokenExpireOn, which
    may lack an offset (then it is in `zone`). Both are the server's clock, so what counts is
    how long after the answer's `Date` they lie.
    """
    server_now = reply.server_time or reply.received_at
    expires = _jwt_expiry(answer.access_token) or read_time(answer.access_token_expire_on, zone)
    life = ASSUMED_LIFE if expires is None else expires - server_now
    if not timedelta(0) < life <= LONGEST_LIFE:
        life = ASSUMED_LIFE
    refresh_expires = read_time(answer.refresh_token_expire_on, zone)
    token = Token(
        access=answer.access_token,
        refresh=answer.refresh_token,
        renew_at=reply.received_at + life - min(LONGEST_MARGIN, life / 10),
        refresh_expires=None,
    )
    if refresh_expires is None or refresh_expires <= server_now:
        return token
    return replace(token, refresh_expires=reply.received_at + (refresh_expires - server_now))


def _jwt_expiry(token: str) -> datetime | None:
    """Return the `exp` of a JWT; None when the token is opaque or names none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(payload["exp"], UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
