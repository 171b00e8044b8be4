"""Refused credentials are remembered, so that a wrong password in a cron job locks nobody out.

The same credentials are tried again after 15 minutes, then hourly; changed ones at once.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from connector.errors import FatalError
from connector.ports import Cache, Clock

REFUSAL = "sign-in refused"

FIRST_PAUSE = timedelta(minutes=15)
NEXT_PAUSE = timedelta(hours=1)
REFUSAL_KEPT = timedelta(days=30)
"""How long a refusal is remembered as the first, after which the pause is an hour."""


class SignInRefused(FatalError):
    """A service does not accept our credentials, or did not a moment ago."""


class Refusals:
    """The refused sign-ins that the ledger knows of, by the fingerprint of the credentials."""

    def __init__(self, cache: Cache, clock: Clock) -> None:
        """Keep them in `cache`, which runs and hosts share."""
        self._cache = cache
        self._clock = clock

    @contextmanager
    def minded(self, credentials: str) -> Iterator[None]:
        """Surround a sign-in: it is not tried while its refusal is fresh.

        `credentials` is their fingerprint. Raises `SignInRefused` then, and adds to one that
        the sign-in raises until when it is left alone.
        """
        known = self._cache.load(REFUSAL, credentials, self._clock())
        self._raise_if_fresh(known)
        try:
            yield
        except SignInRefused as refusal:
            pause = FIRST_PAUSE if known is None else NEXT_PAUSE
            raise self._remember(credentials, refusal, pause) from refusal
        if known is not None:
            self._cache.drop(REFUSAL, credentials)

    def _raise_if_fresh(self, known: object) -> None:
        match known:
            case {"until": str(until), "said": str(said), **rest}:
                moment = datetime.fromisoformat(until)
                if self._clock() < moment:
                    raise _paused(said, str(rest.get("remedy", "")), moment)

    def _remember(
        self, credentials: str, refusal: SignInRefused, pause: timedelta
    ) -> SignInRefused:
        now = self._clock()
        until = now + pause
        value = {"until": until.isoformat(), "said": refusal.message, "remedy": refusal.remedy}
        self._cache.save(REFUSAL, credentials, value, now + REFUSAL_KEPT)
        return _paused(refusal.message, refusal.remedy, until)


def fingerprint(*whose: str, secret: str) -> str:
    """Return a name for credentials that does not tell them; a changed secret has another.

    The secret goes through scrypt, so that whoever reads the ledger cannot guess it cheaply.
    """
    name = "\0".join(whose).encode()
    key = hashlib.scrypt(secret.encode(), salt=name, n=2**12, r=8, p=1)
    return hashlib.sha256(name + key).hexdigest()


def _paused(said: str, remedy: str, until: datetime) -> SignInRefused:
    return SignInRefused(
        f"{said}. The same credentials will not be tried again before "
        f"{until.isoformat(timespec='seconds')}, lest the account be locked",
        f"{remedy}: changed ones are tried at once" if remedy else "",
    )
