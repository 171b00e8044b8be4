"""Names of BMS to ids and back, read seldom: look-up lists are kept for 24 hours.

Threads that need the same list at the same time read it once.

A name that is missing from a list older than ten minutes is looked for once more in a fresh
list, at most once per run and kind: somebody may just have created or renamed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from connector.bms import endpoints
from connector.bms.client import BmsClient
from connector.bms.endpoints import Endpoint
from connector.bms.failures import NotFound
from connector.bms.models import NamedRow
from connector.bms.single_flight import SingleFlight
from connector.bms.tables import TABLE_NAMES, Tables, fold
from connector.domain.tenant import Lookup, Named, NameOrId
from connector.errors import NameUnresolved
from connector.ports import Cache, Clock

NAMES = "names"
ACCOUNT = "account"
KEPT = timedelta(hours=24)
FRESH = timedelta(minutes=10)
AT_HAND = timedelta(minutes=1)
"""A request asks for a dozen lists: so long, they are not read from the cache again."""

_LISTS: dict[Lookup, Endpoint] = {
    Lookup.ISSUE_TYPE: endpoints.ISSUE_TYPES,
    Lookup.PRIORITY: endpoints.PRIORITIES,
    Lookup.QUEUE: endpoints.QUEUES,
    Lookup.STATUS: endpoints.STATUSES,
    Lookup.TEMPLATE: endpoints.TEMPLATES,
    Lookup.WORK_TYPE: endpoints.WORK_TYPES,
}


@dataclass(frozen=True, slots=True)
class _Names:
    """A list as it was read. `complete`: there is no other place to look."""

    rows: Sequence[NamedRow]
    read_at: datetime
    complete: bool


class Lookups:
    """Resolves names; one object per run."""

    def __init__(self, client: BmsClient, cache: Cache, clock: Clock) -> None:
        """Call nothing yet."""
        self._client = client
        self.tables = Tables(client, cache, clock)
        self._cache = cache
        self._clock = clock
        self._asked_again: set[str] = set()
        self._at_hand: dict[str, tuple[_Names, datetime]] = {}
        self._flights = SingleFlight()

    def resolve(self, kind: Lookup, name: NameOrId, parent: int | None = None) -> Named:
        """Return id and name of an active thing, by its id or by its exact name in any case.

        Raises `NameUnresolved` when there is none, or several. An id of a kind whose look-up
        table is uncertain is taken as it is: giving ids is the way out where no table works.
        """
        if isinstance(name, int):
            return self._by_id(kind, name, parent)
        with self._flights.of(NAMES, _key(kind, parent)):
            names = self._names(kind, parent, name)
            if not _matching(names.rows, name) and self._may_ask_again(kind, parent, names):
                names = self._read(kind, parent, name)
        return _the_one(kind, name, names.rows)

    def find(self, kind: Lookup, thing_id: int | None, parent: int | None = None) -> Named | None:
        """Return the active thing with this id, if there is one."""
        if not thing_id:
            return None
        try:
            return self._by_id(kind, thing_id, parent)
        except NameUnresolved:
            return None

    def active(self, kind: Lookup) -> Sequence[NamedRow]:
        """Return everything of a kind that is active."""
        return [row for row in self.rows(kind) if is_active(row)]

    def rows(self, kind: Lookup, parent: int | None = None) -> Sequence[NamedRow]:
        """Return everything of a kind that BMS lists, active or not."""
        with self._flights.of(NAMES, _key(kind, parent)):
            return self._names(kind, parent, "").rows

    # --- by id -------------------------------------------------------------------------------

    def _by_id(self, kind: Lookup, thing_id: int, parent: int | None) -> Named:
        row = self._row(kind, thing_id, parent)
        if row is None and kind in TABLE_NAMES:
            return Named(thing_id, str(thing_id))
        if row is None and kind is Lookup.ACCOUNT:
            row = self._account(thing_id)
        if row is None or not is_active(row):
            state = "unknown" if row is None else "inactive"
            raise NameUnresolved(
                f"The {kind.value} with id {thing_id} is {state} in BMS",
                "Correct the id, or use the name as it stands in BMS",
            )
        return Named(row.id, row.name or str(row.id))

    def _row(self, kind: Lookup, thing_id: int, parent: int | None) -> NamedRow | None:
        with self._flights.of(NAMES, _key(kind, parent)):
            names = self._names(kind, parent, thing_id)
            row = _with_id(names.rows, thing_id)
            if row is not None or kind in TABLE_NAMES or kind is Lookup.ACCOUNT:
                return row
            if not self._may_ask_again(kind, parent, names):
                return None
            return _with_id(self._read(kind, parent, thing_id).rows, thing_id)

    def _account(self, account_id: int) -> NamedRow | None:
        """Return an account that the list does not hold (inactive, or newer than the list)."""
        with self._flights.of(ACCOUNT, str(account_id)):
            kept = self._cache.load(ACCOUNT, str(account_id), self._clock())
            if kept is not None:
                return NamedRow.model_validate(kept)
            try:
                account = self._client.account(account_id)
            except NotFound:
                return None
            row = NamedRow(id=account.id, name=account.account_name, is_active=account.is_active)
            self._cache.save(ACCOUNT, str(account_id), row.model_dump(), self._clock() + KEPT)
            return row

    # --- lists -------------------------------------------------------------------------------

    def _names(self, kind: Lookup, parent: int | None, wanted: NameOrId) -> _Names:
        key, now = _key(kind, parent), self._clock()
        if names := self._still_at_hand(key, now):
            return names
        match self._cache.load(NAMES, key, now):
            case {"rows": list(rows), "read_at": str(read_at), "complete": bool(complete)}:
                kept = [NamedRow.model_validate(row) for row in rows]
                names = _Names(kept, datetime.fromisoformat(read_at), complete)
                self._at_hand[key] = names, now
                return names
        return self._read(kind, parent, wanted)

    def _still_at_hand(self, key: str, now: datetime) -> _Names | None:
        names, since = self._at_hand.get(key, (None, now))
        if names is None or now - since > AT_HAND or now - names.read_at >= KEPT:
            return None
        return names

    def _may_ask_again(self, kind: Lookup, parent: int | None, names: _Names) -> bool:
        key = _key(kind, parent)
        if key in self._asked_again:
            return False
        if names.complete and self._clock() - names.read_at <= FRESH:
            return False
        self._asked_again.add(key)
        return True

    def _read(self, kind: Lookup, parent: int | None, wanted: NameOrId) -> _Names:
        rows, complete = self._fetch(kind, parent, wanted)
        now = self._clock()
        value = {
            "rows": [row.model_dump(exclude_none=True) for row in rows],
            "read_at": now.isoformat(),
            "complete": complete,
        }
        self._cache.save(NAMES, _key(kind, parent), value, now + KEPT)
        names = _Names(rows, now, complete)
        self._at_hand[_key(kind, parent)] = names, now
        return names

    def _fetch(
        self, kind: Lookup, parent: int | None, wanted: NameOrId
    ) -> tuple[Sequence[NamedRow], bool]:
        if kind in TABLE_NAMES:
            return self.tables.read(kind, wanted)
        if kind is Lookup.ACCOUNT:
            return self._client.accounts(), True
        if kind is Lookup.CUSTOM_FIELD:
            return self._custom_fields(), True
        if kind is Lookup.SUB_ISSUE_TYPE:
            return self._sub_issue_types(parent), True
        return self._client.lookup(_LISTS[kind]), True

    def _custom_fields(self) -> Sequence[NamedRow]:
        try:
            return self._client.custom_fields()
        except NotFound:
            return []  # a tenant without custom fields on tickets

    def _sub_issue_types(self, issue_type: int | None) -> Sequence[NamedRow]:
        if issue_type is None:
            raise NameUnresolved(
                "A sub-issue type was named without an issue type",
                "Name the issue type that it belongs to as well",
            )
        return self._client.lookup(endpoints.SUB_ISSUE_TYPES, issueTypeId=issue_type)


def _key(kind: Lookup, parent: int | None) -> str:
    return kind.value if parent is None else f"{kind.value} of {parent}"


def is_active(row: NamedRow) -> bool:
    """Whether a row is active; look-ups without that flag list only what is."""
    return row.is_active is not False


def _with_id(rows: Sequence[NamedRow], thing_id: int) -> NamedRow | None:
    return next((row for row in rows if row.id == thing_id), None)


def _matching(rows: Sequence[NamedRow], name: str) -> Sequence[NamedRow]:
    return [row for row in rows if fold(row.name) == fold(name)]


def _the_one(kind: Lookup, name: str, rows: Sequence[NamedRow]) -> Named:
    """Return the only active thing of that name, or raise with what a person needs to know."""
    matching = _matching(rows, name)
    active = [row for row in matching if is_active(row)]
    if len(active) == 1:
        return Named(active[0].id, (active[0].name or "").strip())
    if active:
        ids = ", ".join(str(row.id) for row in active)
        raise NameUnresolved(
            f'BMS has several things of the kind {kind.value} called "{name}" (ids {ids})',
            "Give the id instead of the name, or rename one in BMS",
        )
    if matching:
        raise NameUnresolved(
            f'The {kind.value} "{name}" is inactive in BMS',
            "Activate it in BMS, or name another",
        )
    raise NameUnresolved(f'BMS has no {kind.value} called "{name}"', _suggestion(name, rows))


def _suggestion(name: str, rows: Sequence[NamedRow]) -> str:
    names = {fold(row.name): str(row.name).strip() for row in rows if row.name and is_active(row)}
    near = [f'"{names[key]}"' for key in get_close_matches(fold(name), names, n=3, cutoff=0.5)]
    advice = "Write the name as it stands in BMS, or give the id"
    return f"Did you mean {' or '.join(near)}? {advice}" if near else advice
