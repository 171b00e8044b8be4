"""What would become of each person of an order: looked up in BMS and in the ledger first.

Nothing is written here; `ordering` records what is to be ordered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from connector.accounts.model import ENDED, AccessKind, AccessRecord, AccessState, Person
from connector.accounts.names import same_name
from connector.domain.access import AccessOrder
from connector.domain.tenant import ContactEntry, Lookup, Named, NameOrId
from connector.errors import NameUnresolved
from connector.pipeline.rulebook import is_called
from connector.ports import TicketGateway
from connector.ports.accounts import AccessLedger

OPEN = frozenset(AccessState) - ENDED


class Finding(StrEnum):
    """What is found about a person before access is ordered, in the words of the plan."""

    NEW = "new"
    KNOWN = "known contact"
    OTHER_SPELLING = "known by another name"
    ELSEWHERE = "in another account"
    INACTIVE = "inactive"
    REQUESTED = "already requested"
    HAS_ACCESS = "already has access"
    REFUSED = "refused"


ORDERED = frozenset(
    {Finding.NEW, Finding.KNOWN, Finding.OTHER_SPELLING, Finding.ELSEWHERE, Finding.INACTIVE}
)
"""What is ordered. A person of another account, or inactive, is parked once it is approved."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person for whom access to an account is wanted; `line` is where a file names them."""

    account: NameOrId
    person: Person
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What was found about one person, and in words what follows. `account` None: unknown."""

    wanted: Wanted
    finding: Finding
    words: str
    account: Named | None = None
    record_id: int | None = None

    @property
    def account_name(self) -> str:
        """The account as BMS names it, else as it was asked for."""
        return self.account.name if self.account else str(self.wanted.account)


@dataclass(slots=True)
class OrderPlanner:
    """Plans orders. Raises `RetryLater` or `FatalError` when BMS cannot be asked.

    `catch_all` is the account on which nobody can approve anything. `progress` hears of each
    person looked up.
    """

    gateway: TicketGateway
    ledger: AccessLedger
    catch_all: NameOrId
    progress: Callable[[str], None] = lambda _step: None
    _accounts: dict[NameOrId, Named | NameUnresolved] = field(default_factory=dict)

    def plan(
        self, wanted: Sequence[Wanted], *, unopened: Sequence[AccessOrder] = ()
    ) -> Sequence[Planned]:
        """Return what would become of each, in the same order.

        `unopened` are orders of an interrupted command that a dry run leaves as they are.
        """
        requested = _requested(self.ledger, unopened)
        denied = _denied(self.ledger)
        planned = []
        for each in wanted:
            self.progress("looking up")
            planned.append(self._plan(each, requested, denied))
        return planned

    def _plan(
        self,
        wanted: Wanted,
        requested: Mapping[tuple[str, str], AccessRecord | None],
        denied: Mapping[tuple[str, str], int],
    ) -> Planned:
        account = self._account(wanted.account)
        if isinstance(account, NameUnresolved):
            return Planned(wanted, Finding.REFUSED, str(account))
        if is_called(account, self.catch_all):
            words = f"{account.name} is the catch-all account: nobody can approve access to it"
            return Planned(wanted, Finding.REFUSED, words, account)
        key = _whose(account.name, wanted.person.address)
        if key in requested:
            return _already_requested(wanted, account, requested[key])
        entries = self.gateway.contacts_everywhere(wanted.person.address)
        planned = _in_bms(wanted, account, entries)
        if planned.finding not in ORDERED or (before := denied.get(key)) is None:
            return planned
        words = f"{planned.words}; it was denied before, as access {before}, and is asked for anew"
        return replace(planned, words=words)

    def _account(self, name: NameOrId) -> Named | NameUnresolved:
        if name not in self._accounts:
            try:
                self._accounts[name] = self.gateway.resolve(Lookup.ACCOUNT, name)
            except NameUnresolved as error:
                self._accounts[name] = error
        return self._accounts[name]


def _requested(
    ledger: AccessLedger, unopened: Sequence[AccessOrder]
) -> Mapping[tuple[str, str], AccessRecord | None]:
    """Return the open records of portal logins, by account and address; None: not opened yet."""
    found: dict[tuple[str, str], AccessRecord | None] = {
        _whose(order.account_name, person.address): None
        for order in unopened
        for person in order.people
    }
    for request in ledger.listed_access(states=OPEN, kind=AccessKind.LOGIN):
        for record in request.records:
            if record.state in OPEN and record.person.address:
                found[_whose(request.shown_account, record.person.address)] = record
    return found


def _denied(ledger: AccessLedger) -> Mapping[tuple[str, str], int]:
    """Return the last denied record of each person, by account and address."""
    found: dict[tuple[str, str], int] = {}
    for request in ledger.listed_access(states={AccessState.DENIED}, kind=AccessKind.LOGIN):
        for record in request.records:
            if record.state is AccessState.DENIED:
                found.setdefault(_whose(request.shown_account, record.person.address), record.id)
    return found


def _whose(account_name: str, address: str) -> tuple[str, str]:
    return account_name.strip().casefold(), address


def _already_requested(wanted: Wanted, account: Named, record: AccessRecord | None) -> Planned:
    if record is None:
        words = "recorded by a command that was interrupted, which is finished first"
        return Planned(wanted, Finding.REQUESTED, words, account)
    state = record.state.replace("_", " ")
    words = f"access {record.id}, {state}: nothing is done again"
    if otherwise := _otherwise(record.person, wanted.person):
        words = f"{words}; it was requested with {otherwise}: withdraw it there to ask anew"
    return Planned(wanted, Finding.REQUESTED, words, account, record.id)


def _otherwise(requested: Person, wanted: Person) -> str:
    """Return what was requested differently from what is wanted now; empty when nothing."""
    differences = {
        "the name": (requested.name, wanted.name),
        "the role": (requested.role.value, wanted.role.value),
        "the phone": (requested.phone, wanted.phone or requested.phone),
    }
    return ", ".join(
        f"{what} {before or 'left out'}"
        for what, (before, now) in differences.items()
        if before != now
    )


def _in_bms(wanted: Wanted, account: Named, entries: Sequence[ContactEntry]) -> Planned:
    own = [each for each in entries if each.account_id == account.id]
    other = next((each for each in entries if each.account_id != account.id), None)
    if other is not None:
        whose = f"{other.name or f'contact {other.id}'} of {other.account_name}"
        words = f"{whose}: waits for a person once approved"
        return Planned(wanted, Finding.ELSEWHERE, words, account)
    if not own:
        return Planned(wanted, Finding.NEW, "a contact is created once approved", account)
    contact = own[0]
    if not contact.is_active:
        words = f"contact {contact.id}: waits for a person once approved"
        return Planned(wanted, Finding.INACTIVE, words, account)
    if contact.has_portal_access:
        words = f"contact {contact.id}: nothing is done"
        return Planned(wanted, Finding.HAS_ACCESS, words, account)
    if contact.name != wanted.person.name:
        return Planned(wanted, Finding.OTHER_SPELLING, _other_name(wanted, contact), account)
    return Planned(wanted, Finding.KNOWN, f"contact {contact.id} is used", account)


def _other_name(wanted: Wanted, contact: ContactEntry) -> str:
    called = f"contact {contact.id} is called {contact.name}"
    if same_name(contact.name, wanted.person.name):
        return f"{called}: it is used as it is"
    return f"{called}: it is used as it is; make sure that this is the same person"
