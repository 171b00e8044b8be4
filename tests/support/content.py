"""A request with content in every place that holds any, and the search for what is left of it."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta

from support.ledger_samples import NOON, arrival, at, stamp, take
from support.watched import a_watched_ticket

from connector.domain.plan import Decision
from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.ledger.cache import SqlCache
from connector.ledger.store import SqlLedger
from connector.ports import Stamp
from connector.ports.post import Letter, PostKind
from connector.ports.threads import MessageKind, Part, Participant, Trouble
from connector.ports.watch import Line

PAT = "pat.quimby@client.example"
WORD = "quimby"
"""Stands, whatever its case, in everything that says something of Pat."""


def settled(
    ledger: SqlLedger,
    key: str,
    outcome: Outcome = Outcome.IGNORED,
    *,
    at: datetime = NOON,
    raw: bytes = b"raw",
) -> str:
    """Record a request with an identity of its own, and settle it at that moment."""
    ledger.record(key, arrival(f"{key}.eml"), raw, stamp=stamp())
    ledger.identify(
        key,
        Identity(f"mail {key}"),
        subject=f"About {key}",
        sender="other@x.example",
        stamp=stamp(),
    )
    take(ledger, key)
    ledger.settle(key, outcome, reason="why", remedy="", stamp=Stamp("run-1", at))
    return key


def letter(key: str, **changes: object) -> Letter:
    """Return an acknowledgement to Pat."""
    plain = Letter(
        unique_key=f"ack {key}",
        kind=PostKind.ACKNOWLEDGEMENT,
        request_key=key,
        channel="mail",
        recipient=PAT,
        content={"subject": "Quimby: printer", "text": "Dear Pat Quimby"},
        message_id=f"<{key}@desk.example>",
        expires_at=at(24 * 60),
        limited_as=f"ack {PAT}",
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def send(ledger: SqlLedger, minutes: float = 0) -> None:
    """Send the letter whose turn it is."""
    posted = ledger.claim_post(
        stamp=stamp(minutes), lease=timedelta(minutes=5), kinds=tuple(PostKind), besides=()
    )
    assert posted is not None
    ledger.begin_post(posted.id, stamp=stamp(minutes))
    ledger.post_sent(posted.id, stamp=stamp(minutes))


def everything_of_pat(ledger: SqlLedger, key: str = "k1", ticket_id: int = 70001) -> str:
    """Record a request of Pat that became a ticket, and leave Pat's name wherever one can be."""
    item = arrival("Quimby printer.eml")
    ledger.record(key, item, b"From: Pat Quimby\n\nMy printer", stamp=stamp())
    ledger.identify(
        key,
        Identity(f"mail {key}"),
        subject="Quimby's printer",
        sender=PAT,
        conversation="about quimby",
        stamp=stamp(),
    )
    take(ledger, key)
    ledger.postpone(
        key,
        waiting=Waiting.ERROR,
        until=NOON,
        reason=f"BMS dislikes {PAT}",
        remedy="ask Quimby",
        attempts=1,
        stamp=stamp(),
    )
    take(ledger, key)
    ledger.keep_result(
        key,
        result={"account": "Client", "verdict": "none", "rules": ["client:contact"]},
        decisions=[Decision("client", "contact", f"{PAT} is a contact")],
        stamp=stamp(),
    )
    number = f"{ticket_id}-1"
    ticket = TicketRef(ticket_id, number, contact_phone="555-QUIMBY")
    ledger.intend(key, "ticket", stamp=stamp(), remark="Quimby has no phone")
    ledger.confirm(key, "ticket", result_id=ticket_id, ticket=ticket, stamp=stamp())
    ledger.intend(key, "attachment Quimby.pdf", stamp=stamp())
    ledger.refuse(key, "attachment Quimby.pdf", reason="Quimby.pdf is too large", stamp=stamp())
    ledger.intend(key, "attachment by Pat Quimby.txt", stamp=stamp())
    ledger.confirm(key, "attachment by Pat Quimby.txt", result_id=9, ticket=None, stamp=stamp())
    ledger.know_message(f"1.{PAT}", ticket_id, key, MessageKind.RECEIVED)
    ledger.know_message("ours@desk.example", ticket_id, key, MessageKind.SENT)
    ledger.know_participants(
        ticket_id, [Participant(PAT, Part.REQUESTER), Participant("cc@client.example", Part.CC)]
    )
    ledger.know_trouble(Trouble("backup", PAT, "disk"), key, NOON)
    watched = a_watched_ticket(
        ticket_id=ticket_id,
        number=number,
        request_key=key,
        title="Quimby's printer",
        desired_words="when Quimby is back",
        reason="Quimby asked",
    )
    due = dataclasses.replace(watched.due, steps=("Quimby wants it on Friday",))
    line = Line("due dates", "", "Quimby wants it on Friday")
    ledger.watch([(dataclasses.replace(watched, due=due), [line])], stamp=stamp())
    ledger.post(letter(key), (), stamp=stamp())
    send(ledger)
    take(ledger, key)
    ledger.settle(key, Outcome.CREATED, reason="", remedy="", stamp=stamp())
    ledger.marked(key, Outcome.CREATED)
    ledger.start_run(stamp(run=f"run of {key}"))
    problems = ["the folder is full", f"{PAT} was refused"]
    ledger.finish_run(stamp(run=f"run of {key}"), exit_code=1, summary={"problems": problems})
    SqlCache(ledger.database).save("contacts", PAT, [{"name": "Quimby"}], at(10_000))
    return key


def everything_held(ledger: SqlLedger) -> dict[str, Sequence[dict[str, object]]]:
    """Return every row of every table."""
    tables = sorted(ledger.database.tables())
    with ledger.database.snapshot() as tx:
        return {
            table: sorted(
                (
                    {name: _comparable(value) for name, value in row.items()}
                    for row in tx.all(f"SELECT * FROM {table}")
                ),
                key=repr,
            )
            for table in tables
        }


def where_it_stands(ledger: SqlLedger, word: str = WORD) -> set[str]:
    """Return in which columns of which tables a word stands."""
    return {
        f"{table}.{column}"
        for table, rows in everything_held(ledger).items()
        for row in rows
        for column, value in row.items()
        if word.casefold() in str(value).casefold()
    }


def _comparable(value: object) -> object:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else value
