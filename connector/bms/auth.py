"""Signing in to BMS, rarely: the token is kept between runs, refreshed, and never logged."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from connector.bms.access import BmsAccess
from connector.bms.answers import Reply, read_one, words_of
from connector.bms.endpoints import AUTHENTICATE, REFRESH_TOKEN, Endpoint
from connector.bms.models import TokenAnswer
from connector.bms.tokens import Token, token_of
from connector.bms.transport import Call, Transport
from connector.errors import ConnectorError
from connector.ports import Cache, Clock
from connector.sign_in.refusals import Refusals, SignInRefused

TOKEN = "token"  # noqa: S105 - the kind under which the cache keeps it, not a secret
REMEDY = (
    "In BMS, check that the user is active and has API access; or correct bms.username, "
    "bms.password, bms.tenant or bms.base_url"
)

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"

TOKEN_KEPT = timedelta(days=7)


class SignIn:
    """Gives the token for calls to BMS, signing in or refreshing when it must."""

    def __init__(self, access: BmsAccess, transport: Transport, cache: Cache, clock: Clock) -> None:
        """Do nothing yet: an idle run may find its token in the cache."""
        self._access = access
        self._transport = transport
        self._cache = cache
        self._clock = clock
        self._refusals = Refusals(cache, clock)
        self._held: Token | None = None
        self._lock = threading.Lock()
        self._as_multipart = True

    @cached_property
    def _name(self) -> str:
        """The name under which the cache keeps what belongs to these credentials."""
        return self._access.fingerprint()

    def token(self) -> str:
        """Return a token that is not about to expire.

        Raises `FatalError` when BMS refuses our credentials (or refused them a moment ago),
        `Unreachable` when it cannot be asked.
        """
        with self._lock:
            return self._fresh_token().access

    def sign_in_anew(self) -> str:
        """Sign in although there is a token; return how BMS took the fields (a media type).

        Raises like `token`.
        """
        with self._lock:
            self._authenticate()
        return MULTIPART if self._as_multipart else URLENCODED

    def replace(self, refused: str) -> str:
        """Return another token than `refused`, which BMS answered with a 401."""
        with self._lock:
            kept = self._known()
            if kept and kept.access != refused and kept.is_fresh(self._clock()):
                return kept.access
            return self._authenticate().access

    def forget(self) -> None:
        """Drop the token: BMS does not accept it although it is fresh."""
        with self._lock:
            self._held = None
            self._cache.drop(TOKEN, self._name)

    def _fresh_token(self) -> Token:
        now = self._clock()
        if self._held and self._held.is_fresh(now):
            return self._held
        known = self._known()
        if known is None:
            return self._authenticate()
        if known.is_fresh(now):
            return known
        return (self._refresh(known) if known.can_refresh(now) else None) or self._authenticate()

    def _known(self) -> Token | None:
        """Return the newest token that we or another process put into the cache."""
        kept = Token.from_json(self._cache.load(TOKEN, self._name, self._clock()))
        self._held = kept or self._held
        return self._held

    def _refresh(self, token: Token) -> Token | None:
        """Return a rotated token; None when BMS will not refresh this one."""
        fields = {"AccessToken": token.access, "RefreshToken": token.refresh or ""}
        try:
            return self._keep(self._ask(REFRESH_TOKEN, fields))
        except ConnectorError:
            return None

    def _authenticate(self) -> Token:
        fields = {
            "GrantType": "password",
            "UserName": self._access.username,
            "Password": self._access.password,
            "Tenant": self._access.tenant,
        }
        with self._refusals.minded(self._name):
            try:
                return self._keep(self._ask(AUTHENTICATE, fields))
            except SignInRefused as refusal:
                raise SignInRefused(refusal.message, REMEDY) from refusal

    def _ask(self, endpoint: Endpoint, fields: Mapping[str, str]) -> Token:
        """Send `fields` in the encoding of the contract, else in the one older servers take."""
        reply = self._send(endpoint, fields)
        if self._as_multipart and _dislikes_encoding(reply):
            self._as_multipart = False
            reply = self._send(endpoint, fields)
        return token_of(read_one(reply, endpoint, TokenAnswer), reply, self._access.time_zone)

    def _send(self, endpoint: Endpoint, fields: Mapping[str, str]) -> Reply:
        if self._as_multipart:
            parts = {name: (None, value) for name, value in fields.items()}
            return self._transport.send(Call(endpoint, parts=parts), token=None)
        return self._transport.send(Call(endpoint, form=fields), token=None)

    def _keep(self, token: Token) -> Token:
        self._held = token
        self._cache.save(TOKEN, self._name, token.to_json(), self._clock() + TOKEN_KEPT)
        return token


def _dislikes_encoding(reply: Reply) -> bool:
    """Whether the server refused how the fields were encoded, not what they say."""
    if reply.status == 415:
        return True
    words = words_of(reply.body).lower()
    tells = ("content type", "content-type", "contenttype", "media type", "multipart")
    return reply.status == 400 and any(tell in words for tell in tells)
