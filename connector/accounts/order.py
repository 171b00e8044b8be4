"""Orders of portal logins as `accounts request` and `accounts import` record them."""

import json

from connector.domain.access import AccessOrder, Person, Role
from connector.domain.mail import Mailbox
from connector.errors import RequestRejected

ORDER_SOURCE = "accounts"
"""The source under which orders are recorded."""
ORDER_FORM = "accounts order"
"""The form name of orders; it counts only together with `ORDER_SOURCE`."""


def write_order(order: AccessOrder) -> bytes:
    """Return an order as it is recorded: JSON in one spelling.

    `subject` and `email` stand where every form submission has them, so that the ledger knows
    title and requester before it is read.
    """
    requester = order.requested_by
    content = {
        "account": order.account_name,
        "email": requester.address if requester else "",
        "name": requester.name if requester else "",
        "people": [_written(person) for person in order.people],
        "recorded_by": order.recorded_by,
        "subject": order_title(order),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def parse_order(raw: bytes) -> AccessOrder:
    """Read what `write_order` wrote; raises `RequestRejected` for anything else."""
    try:
        content = json.loads(raw)
        return AccessOrder(
            account_name=_text(content["account"]),
            people=_people(content["people"]),
            requested_by=_mailbox(_text(content["name"]), _text(content["email"])),
            recorded_by=_text(content["recorded_by"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RequestRejected(
            "This is no order of portal logins that a command of the connector recorded",
            "Look at it with `requests show`, then ignore it and order anew",
        ) from None


def order_title(order: AccessOrder) -> str:
    """Return the title of an order's ticket."""
    if len(order.people) == 1:
        person = order.people[0]
        return f"BMS account for {person.name or person.address}"
    return f"BMS accounts for {order.account_name}: {len(order.people)} people"


def order_text(order: AccessOrder) -> str:
    """Return the text of an order's ticket: its people, and who asked for them."""
    one = "Portal login for" if len(order.people) == 1 else "Portal logins for"
    lines = [f"{one} {order.account_name}:", "", *map(_line, order.people)]
    if order.requested_by:
        lines += ["", f"Requested by {order.requested_by}"]
    return "\n".join(lines)


def _line(person: Person) -> str:
    return ", ".join(filter(None, (f"- {person.name}", person.address, person.phone, person.role)))


def _written(person: Person) -> dict[str, str]:
    return {
        "email": person.address,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone,
        "role": person.role.value,
    }


def _people(content: list[dict[str, object]]) -> tuple[Person, ...]:
    if not content:
        raise ValueError
    return tuple(_read(person) for person in content)


def _read(content: dict[str, object]) -> Person:
    return Person(
        first_name=_text(content["first_name"]),
        last_name=_text(content["last_name"]),
        address=_text(content["email"]),
        phone=_text(content["phone"]),
        role=Role(_text(content["role"])),
    )


def _mailbox(name: str, address: str) -> Mailbox | None:
    return Mailbox(name, address) if address else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
