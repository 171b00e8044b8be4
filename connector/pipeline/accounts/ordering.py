"""Orders of portal logins by our own people: recorded like any request, and opened at once.

The request is recorded first. A crash after that loses nothing: `finish_interrupted`, or the next
run, opens what was recorded and not opened yet.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from connector.accounts.model import AccessKind, AccessRequest, NewAccess
from connector.accounts.order import (
    ORDER_FORM,
    ORDER_SOURCE,
    order_title,
    parse_order,
    write_order,
)
from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox
from connector.domain.request import Identity, RequestKind
from connector.errors import RequestRejected
from connector.pipeline.accounts.order_plan import ORDERED, Planned
from connector.ports import Arrival, Clock, Ledger, Stamp
from connector.ports.accounts import AccessLedger
from connector.ports.records import BY_HAND


class OrderLedger(Ledger, AccessLedger, Protocol):
    """The ledger, both of requests and of access."""


@dataclass(frozen=True, slots=True)
class OrderBook:
    """What it takes to record orders. `recorded_by` is who runs the command."""

    ledger: OrderLedger
    clock: Clock
    new_key: Callable[[], str]
    recorded_by: str

    def stamp(self) -> Stamp:
        """Return who writes to the ledger, and now."""
        return Stamp(run=BY_HAND, at=self.clock())


def orders_of(
    planned: Sequence[Planned], *, requested_by: Mailbox | None, recorded_by: str
) -> Sequence[AccessOrder]:
    """Return one order per account, over the people of the plan who are to be ordered."""
    accounts = dict.fromkeys(each.account_name for each in planned if each.finding in ORDERED)
    return [
        AccessOrder(
            account_name=account,
            people=tuple(
                each.wanted.person
                for each in planned
                if each.account_name == account and each.finding in ORDERED
            ),
            requested_by=requested_by,
            recorded_by=recorded_by,
        )
        for account in accounts
    ]


def place_order(book: OrderBook, order: AccessOrder) -> AccessRequest:
    """Record an order and open its access request; the next run makes its ticket."""
    key = book.new_key()
    raw = write_order(order)
    now = book.clock()
    arrival = Arrival(
        source=ORDER_SOURCE,
        locator=key,
        kind=RequestKind.FORM,
        received_at=now,
        size=len(raw),
        read=lambda: raw,
        form=ORDER_FORM,
        again="order it again with `bms-connector accounts request`",
    )
    book.ledger.record(key, arrival, raw, stamp=book.stamp())
    return _open(book, key, order)


def finish_interrupted(book: OrderBook) -> Sequence[AccessRequest]:
    """Open what an interrupted command recorded and did not open; return it."""
    return [_open(book, key, order) for key, order in _unopened(book.ledger)]


def unopened_orders(ledger: OrderLedger) -> Sequence[AccessOrder]:
    """Return what an interrupted command recorded and did not open."""
    return [order for _, order in _unopened(ledger)]


def _unopened(ledger: OrderLedger) -> Iterator[tuple[str, AccessOrder]]:
    for record in ledger.pending([ORDER_SOURCE]):
        if record.form != ORDER_FORM or ledger.access_of_request(record.key) is not None:
            continue
        with suppress(RequestRejected, KeyError):  # the next run parks it, and says why
            yield record.key, parse_order(ledger.raw(record.key))


def _open(book: OrderBook, key: str, order: AccessOrder) -> AccessRequest:
    identity = Identity(f"{ORDER_FORM}:{key}")
    book.ledger.identify(
        key,
        identity,
        subject=order_title(order),
        sender=order.requested_by.address if order.requested_by else "",
        stamp=book.stamp(),
    )
    record = book.ledger.get(key)
    new = NewAccess(
        kind=AccessKind.LOGIN,
        request_key=key,
        account_name=order.account_name,
        requested_at=record.received_at if record else book.clock(),
        people=order.people,
        requester=order.requested_by,
        not_vouched="it was ordered by our own people, not mailed by the client",
    )
    opened = book.ledger.open_access(new, stamp=book.stamp())
    text = f"ordered by {order.recorded_by or 'our own people'}"
    if order.requested_by is not None:
        text += f", for {order.requested_by}"
    book.ledger.tell_access(opened.id, step="ordered", text=text, stamp=book.stamp())
    return opened
