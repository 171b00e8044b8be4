"""Rows of the tables of portal logins as records, and the writes that several methods share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from connector.accounts.model import (
    AccessKind,
    AccessRecord,
    AccessRequest,
    AccessState,
    Approval,
    Channel,
    Person,
    Role,
)
from connector.domain.mail import Mailbox
from connector.domain.tenant import Named, TicketRef
from connector.ledger.columns import storable, time_text, to_time, to_time_if_any
from connector.ledger.database import Database, Params, Row, Transaction
from connector.ports import Stamp
from connector.ports.accounts import AccessEntry, ApprovalToken

CHUNK: Final = 500
"""How many access requests one statement asks for: databases limit its parameters."""


@contextmanager
def changing(database: Database) -> Iterator[Transaction]:
    """Open a transaction that changes access requests, one at a time among all hosts.

    What it read of them holds until it ends: nobody decides about what another just changes.
    """
    with database.transaction() as tx:
        tx.hold("access")
        yield tx


def read_access(tx: Transaction, ids: Sequence[int]) -> list[AccessRequest]:
    """Return these access requests, in this order; ids that there are not are left out."""
    found: dict[int, AccessRequest] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = {"ids": list(ids[start : start + CHUNK])}
        requests = tx.all("SELECT * FROM access_requests WHERE id IN :ids", chunk)
        people = _by_access(
            tx.all("SELECT * FROM access_people WHERE access_id IN :ids ORDER BY id", chunk)
        )
        approvals = _by_access(
            tx.all("SELECT * FROM access_approvals WHERE access_id IN :ids ORDER BY id", chunk)
        )
        for row in requests:
            mine = row["id"]
            found[mine] = _request(row, people.get(mine, ()), approvals.get(mine, ()))
    return [found[number] for number in ids if number in found]


def the_access(tx: Transaction, access_id: int) -> AccessRequest:
    """Return an access request; raises `KeyError` when there is none of this id."""
    found = read_access(tx, [access_id])
    if not found:
        raise KeyError(access_id)
    return found[0]


def access_of(tx: Transaction, condition: str, params: Params) -> AccessRequest | None:
    """Return the oldest access request for which `condition`, written in this package, holds."""
    row = tx.one(
        f"SELECT id FROM access_requests WHERE {condition} ORDER BY id LIMIT 1",  # noqa: S608 - ours
        params,
    )
    return None if row is None else the_access(tx, row["id"])


def access_of_record(tx: Transaction, record_id: int) -> AccessRequest | None:
    """Return the access request in which this person is."""
    row = tx.one("SELECT access_id FROM access_people WHERE id = :id", {"id": record_id})
    return None if row is None else the_access(tx, row["access_id"])


def insert(tx: Transaction, table: str, values: Params) -> int:
    """Insert a row into a table that numbers its rows; return the number.

    Whoever is `changing` is the only one to insert, so the number is the highest.
    """
    tx.execute(
        f"INSERT INTO {table} ({', '.join(values)}) "  # noqa: S608 - names from this package
        f"VALUES ({', '.join(f':{name}' for name in values)})",
        values,
    )
    row = tx.one(f"SELECT max(id) AS id FROM {table}")  # noqa: S608 - as above
    if row is None:
        raise KeyError(table)
    return int(row["id"])


def tell(
    tx: Transaction,
    access_id: int,
    *,
    step: str,
    text: str,
    stamp: Stamp,
    record_id: int | None = None,
) -> None:
    """Add a line to the trail of an access request."""
    tx.execute(
        """
        INSERT INTO access_journal (access_id, record_id, at, run, step, text)
        VALUES (:access_id, :record_id, :at, :run, :step, :text)
        """,
        {
            "access_id": access_id,
            "record_id": record_id,
            "at": time_text(stamp.at),
            "run": stamp.run,
            "step": step,
            "text": storable(text),
        },
    )


def person_params(person: Person) -> dict[str, object]:
    """Return the columns of `access_people` that say who it is."""
    return {
        "first_name": storable(person.first_name),
        "last_name": storable(person.last_name),
        "address": storable(person.address),
        "phone": storable(person.phone),
        "role": person.role.value,
    }


def who(person: Person) -> str:
    """Return a person as a line of the trail names them."""
    return f"{Mailbox(person.name, person.address)}, {person.role.value}"


def entry(row: Row) -> AccessEntry:
    """Return a row of `access_journal` as a record."""
    return AccessEntry(
        at=to_time(row["at"]),
        run=row["run"],
        step=row["step"],
        text=row["text"],
        record_id=row["record_id"],
    )


def token_record(row: Row) -> ApprovalToken:
    """Return a row of `access_tokens` as a record."""
    return ApprovalToken(
        hash=row["hash"],
        access_id=row["access_id"],
        approver=row["approver"],
        digest=row["digest"],
        issued_at=to_time(row["issued_at"]),
        expires_at=to_time(row["expires_at"]),
        used_at=to_time_if_any(row["used_at"]),
        replaced_at=to_time_if_any(row["replaced_at"]),
    )


def _by_access(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row["access_id"], []).append(row)
    return found


def _request(row: Row, people: Sequence[Row], approvals: Sequence[Row]) -> AccessRequest:
    return AccessRequest(
        id=row["id"],
        kind=AccessKind(row["kind"]),
        request_key=row["request_key"],
        account_name=row["account_name"],
        requested_at=to_time(row["requested_at"]),
        records=tuple(map(access_record, people)),
        account=_if_any(Named, row["account_id"], row["account_name"]),
        requester=_if_any(Mailbox, row["requester_name"], row["requester_address"]),
        subject=row["subject"],
        text_digest=row["text_digest"],
        vouched=row["vouched"],
        not_vouched=row["not_vouched"],
        ticket=_if_any(TicketRef, row["ticket_id"], row["ticket_number"]),
        approvals=tuple(map(approval, approvals)),
        digest=row["digest"],
        asked_at=to_time_if_any(row["asked_at"]),
        reminded_at=to_time_if_any(row["reminded_at"]),
        expires_at=to_time_if_any(row["expires_at"]),
        held=row["held"],
        look_at=to_time_if_any(row["look_at"]),
    )


def _if_any(kind: type[Any], first: object, second: object) -> Any:  # noqa: ANN401 - one of three
    return None if first is None else kind(first, second)


def access_record(row: Row) -> AccessRecord:
    """Return a row of `access_people` as a record."""
    return AccessRecord(
        id=row["id"],
        request_id=row["access_id"],
        person=Person(
            first_name=row["first_name"],
            last_name=row["last_name"],
            address=row["address"],
            phone=row["phone"],
            role=Role(row["role"]),
        ),
        state=AccessState(row["state"]),
        reason=row["reason"],
        remedy=row["remedy"],
        contact_id=row["contact_id"],
        updated_at=to_time(row["updated_at"]),
        parked_from=AccessState(row["parked_from"]) if row["parked_from"] else None,
    )


def approval(row: Row) -> Approval:
    """Return a row of `access_approvals` as a record."""
    return Approval(
        approver=row["approver"],
        approver_name=row["approver_name"],
        channel=Channel(row["channel"]),
        approved=bool(row["approved"]),
        digest=row["digest"],
        at=to_time(row["at"]),
        evidence=row["evidence"],
        recorded_by=row["recorded_by"],
        voided_at=to_time_if_any(row["voided_at"]),
    )
