"""What tests of the BMS client share: a clock, a cache, a budget, and answers of BMS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import responses
from responses import matchers
from support.clock import Clock

from connector.bms.access import BmsAccess
from connector.bms.auth import SignIn
from connector.bms.client import BmsClient
from connector.bms.gateway import BmsGateway
from connector.bms.transport import Transport
from connector.errors import BudgetSpent, Throttled

BASE_URL = "https://bms.example"
MARTA = "marta.ruiz@harbordental.example"
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCESS = BmsAccess(BASE_URL, "securenet", "api@msp.example", "s3cret-pa55word", timeout=5.0)


class MemoryCache:
    """`ports.Cache` in memory; values pass through JSON as they do in the ledger."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], tuple[str, datetime]] = {}

    def load(self, kind: str, name: str, now: datetime) -> object | None:
        value, expires_at = self.values.get((kind, name), ("null", now))
        return json.loads(value) if expires_at > now else None

    def save(self, kind: str, name: str, value: object, expires_at: datetime) -> None:
        self.values[kind, name] = (json.dumps(value), expires_at)

    def drop(self, kind: str, name: str | None = None) -> None:
        for key in [key for key in self.values if key[0] == kind and name in (None, key[1])]:
            del self.values[key]


class Budget:
    """`ports.CallBudget` that notes what is taken or paused; spent for `spent` endpoints."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bool]] = []
        self.spent: set[str] = set()
        self.paused: dict[str, datetime] = {}

    def take(self, endpoint: str, *, now: datetime, emergency: bool) -> None:
        if endpoint in self.paused and now < self.paused[endpoint]:
            raise Throttled("BMS asked us to wait", not_before=self.paused[endpoint])
        if endpoint in self.spent:
            raise BudgetSpent(f"{endpoint} had its calls", not_before=now + timedelta(hours=1))
        self.taken.append((endpoint, emergency))

    def pause(self, endpoint: str, *, until: datetime) -> None:
        self.paused[endpoint] = until


class Bms:
    """The client's parts, wired over mocked HTTP; `http` is where answers are registered."""

    def __init__(self, http: responses.RequestsMock, access: BmsAccess = ACCESS) -> None:
        self.http = http
        self.access = access
        self.clock = Clock(NOW)
        self.cache = MemoryCache()
        self.budget = Budget()
        self.new_run()

    def new_run(self) -> None:
        """Build every object anew; only cache, budget and clock go on."""
        self.transport = Transport(self.access, self.budget, self.clock)
        self.sign_in = SignIn(self.access, self.transport, self.cache, self.clock)
        self.client = BmsClient(self.transport, self.sign_in)
        self.gateway = BmsGateway(
            self.access, cache=self.cache, budget=self.budget, clock=self.clock
        )

    def signed_in(self) -> "Bms":
        """Let BMS sign us in whenever it is asked."""
        self.answer("POST", "/v2/security/authenticate", token("access-1"))
        return self

    def answer(
        self,
        method: str,
        path: str,
        result: object = None,
        *,
        query: dict[str, Any] | None = None,
        match: list[Any] | None = None,
        **options: Any,
    ) -> None:
        """Answer `result` in the envelope; with `query`, only to calls that send exactly that."""
        match = list(match or [])
        if query is not None:
            match.append(matchers.query_param_matcher(query))
        if "body" not in options:
            options.setdefault("json", envelope(result))
        self.http.add(method, self.access.base_url + path, match=match, **options)

    def requests(self, path: str) -> list[Any]:
        """Return the requests that went to `path`."""
        url = self.access.base_url + path
        return [c.request for c in self.http.calls if c.request.url.split("?")[0] == url]


@contextmanager
def mocked_bms(access: BmsAccess = ACCESS) -> Iterator[Bms]:
    """Yield the client over mocked HTTP; nothing reaches a network."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as http:
        yield Bms(http, access)


def envelope(result: object, **extra: object) -> dict[str, object]:
    """Return a good answer as the wire has it (camelCase)."""
    return {"success": True, "error": None, "result": result, **extra}


def refusal(message: str, details: str | None = None) -> dict[str, object]:
    """Return BMS's envelope of a failure."""
    error = {"code": 1, "message": message, "details": details, "subErrors": []}
    return {"success": False, "error": error, "result": None}


def token(access: str, refresh: str = "refresh-1", life: timedelta = timedelta(hours=1)) -> object:
    """Return the result of a sign-in whose token lives that long from NOW."""
    return {
        "accessToken": access,
        "refreshToken": refresh,
        "accessTokenExpireOn": (NOW + life).isoformat(),
        "refreshTokenExpireOn": (NOW + timedelta(days=7)).isoformat(),
    }


def contact_row(contact_id: int, **more: Any) -> dict[str, Any]:
    """Return a contact as a search of BMS shows it: Marta of Harbor Dental, unless told."""
    return {
        "id": contact_id,
        "accountId": 2001,
        "accountName": "Harbor Dental Group",
        "locationId": 2101,
        "firstName": "Marta",
        "lastName": "Ruiz",
        "emailAddress": MARTA,
        "isPoc": True,
        "isActive": True,
        "hasClientPortalAccess": True,
        **more,
    }
