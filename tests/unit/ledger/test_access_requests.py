"""Access requests in the ledger: opened once, found again, looked at in time."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest
from support.access_samples import (
    ANA,
    BEN,
    HARBOR,
    MARTA,
    TICKET,
    again,
    approved,
    new_access,
    opened,
    states,
)
from support.ledger_samples import NOON, at, recorded, stamp

from connector.accounts.model import AccessKind, AccessState, Role
from connector.domain.mail import Mailbox
from connector.domain.tenant import Named, TicketRef
from connector.ledger.store import SqlLedger

PALMETTO = Named(2002, "Palmetto Legal LLP")


def test_what_was_opened_comes_back_as_it_was(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    manager = replace(BEN, role=Role.EXTERNAL_MANAGER)
    new = new_access(
        "k1",
        ANA,
        manager,
        kind=AccessKind.OTHER,
        requested_at=NOON.astimezone(timezone(timedelta(hours=-5))),
        subject="Share \udcff\0",
        text_digest="abc",
        vouched=MARTA,
        not_vouched="forwarded",
        parked={manager.address: "an account of another client has this address"},
    )

    request = ledger.open_access(new, stamp=stamp(1))

    assert again(ledger) == request
    assert (request.kind, request.request_key) == (AccessKind.OTHER, "k1")
    assert (request.account, request.account_name) == (HARBOR, HARBOR.name)
    assert request.requested_at == NOON
    assert request.requested_at.tzinfo == UTC
    assert request.requester == Mailbox("Marta Ruiz", MARTA)
    assert (request.subject, request.text_digest) == ("Share \\udcff\\x00", "abc")
    assert (request.vouched, request.not_vouched) == (MARTA, "forwarded")
    assert [record.person for record in request.records] == [ANA, manager]
    assert states(request) == [AccessState.AWAITING_APPROVAL, AccessState.PARKED]
    assert request.records[1].reason == "an account of another client has this address"
    assert request.records[0].updated_at == at(1)
    assert request.look_at == at(1)
    assert len(request.digest) == 64
    assert (request.ticket, request.approvals, request.held) == (None, (), "")
    assert (request.asked_at, request.reminded_at, request.expires_at) == (None, None, None)


def test_opening_again_returns_what_is_there(ledger: SqlLedger) -> None:
    first = opened(ledger)
    second = ledger.open_access(new_access("k1", BEN), stamp=stamp(9))
    assert second == first
    assert len(ledger.access_trail(first.id)) == 2


def test_ids_are_small_and_counted_on(ledger: SqlLedger) -> None:
    requests = [opened(ledger, "k1", ANA, BEN), opened(ledger, "k2")]
    assert [request.id for request in requests] == [1, 2]
    assert [record.id for request in requests for record in request.records] == [1, 2, 3]


def test_a_request_that_names_nobody_still_has_a_record_to_name_in_a_command(
    ledger: SqlLedger,
) -> None:
    recorded(ledger, "k1")
    request = ledger.open_access(
        replace(new_access(), people=(), parked={"": "who is it for?"}), stamp=stamp()
    )
    [record] = request.records
    assert (record.person.name, record.state) == ("", AccessState.PARKED)


def test_account_and_ticket_come_later(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    before = ledger.open_access(
        new_access(account=None, account_name="harbor dental  group"), stamp=stamp()
    )
    ledger.access_has_ticket("k1", HARBOR, replace(TICKET, priority_id=1), stamp=stamp(3))
    ledger.access_has_ticket("k1", HARBOR, TICKET, stamp=stamp(4))
    after = again(ledger)

    assert (before.account, before.ticket) == (None, None)
    assert (after.account, after.ticket) == (HARBOR, TICKET)
    assert after.account_name == HARBOR.name
    assert after.look_at == at(3)
    assert after.digest == before.digest  # only the spelling of the account was another
    assert (
        ledger.access_trail(after.id)[-1].text
        == f"ticket {TICKET.number}, id 70001, of {HARBOR.name}"
    )


def test_an_approval_does_not_outlast_a_move_to_another_account(ledger: SqlLedger) -> None:
    request = opened(ledger)
    assert approved(ledger, request)
    ledger.access_has_ticket("k1", PALMETTO, TICKET, stamp=stamp(6))
    moved = again(ledger)
    assert states(moved) == [AccessState.AWAITING_APPROVAL]
    assert not moved.approvals[0].counts_for(moved.digest)


def test_what_there_is_not_is_not_found(ledger: SqlLedger) -> None:
    opened(ledger)
    assert ledger.access_request(9) is None
    assert ledger.access_of_request("k9") is None
    assert ledger.access_of_ticket(9) is None
    assert ledger.access_of_record(9) is None
    with pytest.raises(KeyError):
        ledger.access_has_ticket("k9", HARBOR, TICKET, stamp=stamp())
    with pytest.raises(KeyError):
        ledger.schedule_access(9, look_at=None, stamp=stamp())
    with pytest.raises(KeyError):
        ledger.tell_access(9, step="asked", text="", stamp=stamp())
    with pytest.raises(KeyError):
        ledger.set_access_state(9, AccessState.ACTIVE, expected=AccessState, stamp=stamp())
    with pytest.raises(KeyError):
        ledger.change_person(9, ANA, stamp=stamp())


def test_it_is_found_by_id_ticket_and_person(ledger: SqlLedger) -> None:
    opened(ledger, "k1")
    request = opened(ledger, "k2", ANA, BEN)
    ledger.access_has_ticket("k2", HARBOR, TicketRef(70002, "1002"), stamp=stamp())
    wanted = again(ledger, "k2")
    assert ledger.access_request(request.id) == wanted
    assert ledger.access_of_ticket(70002) == wanted
    assert ledger.access_of_record(3) == wanted


def test_there_is_something_to_do_once_its_moment_has_come(ledger: SqlLedger) -> None:
    first, second = opened(ledger, "k1"), opened(ledger, "k2")
    recorded(ledger, "k3")
    ledger.open_access(new_access("k3"), stamp=stamp())  # has no ticket yet

    def due(minutes: float) -> list[int]:
        return [each.id for each in ledger.access_to_do(now=at(minutes))]

    assert due(0) == [first.id, second.id]
    ledger.schedule_access(first.id, look_at=at(10), stamp=stamp())
    ledger.schedule_access(second.id, look_at=None, stamp=stamp())
    assert due(9) == []
    assert due(10) == [first.id]
    assert approved(ledger, second)
    ledger.schedule_access(second.id, look_at=None, stamp=stamp())
    assert due(9) == [second.id]
    for state in (AccessState.AWAITING_GRANT, AccessState.ACTIVE):
        assert ledger.set_access_state(
            second.records[0].id, state, expected=AccessState, stamp=stamp(6)
        )
        assert due(9) == ([second.id] if state is AccessState.AWAITING_GRANT else [])


def test_many_are_read_in_a_few_statements_and_in_order(ledger: SqlLedger) -> None:
    with ledger.database.transaction() as tx:
        for number in range(1, 621):
            tx.execute(
                """
                INSERT INTO requests
                    (key, source, locator, kind, state, identified, received_at, recorded_at,
                     subject, sender, attempts, reason, remedy, to_file, turn)
                VALUES (:key, 'a', '""', 'email', 'created', 1, 'x', 'x', '', '', 0, '', '', 0, 1)
                """,
                {"key": f"k{number}"},
            )
            tx.execute(
                """
                INSERT INTO access_requests
                    (kind, request_key, account_name, account_folded, subject, text_digest,
                     vouched, not_vouched, digest, requested_at, held)
                VALUES ('login', :key, 'A', 'a', '', '', '', '', '', :at, '')
                """,
                {"key": f"k{number}", "at": NOON.isoformat()},
            )
    assert [each.id for each in ledger.listed_access()] == list(range(620, 0, -1))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [3, 2, 1]),
        ({"states": [AccessState.APPROVED]}, [1]),
        ({"states": [AccessState.APPROVED, AccessState.AWAITING_APPROVAL]}, [3, 2, 1]),
        ({"states": [AccessState.DENIED]}, []),
        ({"account": " HARBOR  dental group"}, [3, 1]),
        ({"account": "Harbor"}, []),
        ({"kind": AccessKind.OTHER}, [3]),
        ({"kind": AccessKind.LOGIN, "account": HARBOR.name}, [1]),
    ],
)
def test_the_list_can_be_narrowed(
    ledger: SqlLedger, wanted: dict[str, object], found: list[int]
) -> None:
    first = opened(ledger, "k1", ANA, BEN)
    opened(ledger, "k2")
    ledger.access_has_ticket("k2", PALMETTO, TICKET, stamp=stamp())
    opened(ledger, "k3", kind=AccessKind.OTHER)
    assert approved(ledger, first)
    assert [each.id for each in ledger.listed_access(**wanted)] == found


def test_what_was_done_is_kept_until_it_is_done_again(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.schedule_access(
        request.id, look_at=at(20), asked_at=at(1), expires_at=at(99), stamp=stamp()
    )
    ledger.schedule_access(request.id, look_at=at(30), reminded_at=at(2), stamp=stamp())
    kept = again(ledger)
    assert (kept.asked_at, kept.reminded_at) == (at(1), at(2))
    assert (kept.expires_at, kept.look_at) == (at(99), at(30))


def test_that_nobody_can_approve_it_is_told_once(ledger: SqlLedger) -> None:
    request = opened(ledger)
    for held in ("no point of contact", "no point of contact", None, ""):
        ledger.schedule_access(request.id, look_at=at(60), held=held, stamp=stamp())
    told = [entry.text for entry in ledger.access_trail(request.id) if entry.step == "held"]
    assert told == ["no point of contact", "somebody can approve it now"]
    assert again(ledger).held == ""


def test_a_decision_made_while_it_was_looked_at_is_looked_at_next(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.schedule_access(request.id, look_at=at(1), stamp=stamp())
    as_read = again(ledger)
    assert approved(ledger, request, minutes=5)
    ledger.schedule_access(
        request.id, look_at=at(600), asked_at=at(4), unless_changed=as_read, stamp=stamp(6)
    )
    assert (again(ledger).look_at, again(ledger).asked_at) == (at(5), at(4))
    ledger.schedule_access(
        request.id, look_at=at(600), unless_changed=again(ledger), stamp=stamp(6)
    )
    assert again(ledger).look_at == at(600)


def test_the_trail_tells_when_in_which_run_and_of_whom(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1", ANA, BEN)
    ben = request.records[1].id
    ledger.tell_access(
        request.id, step="asked", text="\udcff", record_id=ben, stamp=stamp(7, "run-2")
    )
    trail = ledger.access_trail(request.id)
    assert [(entry.step, entry.record_id) for entry in trail] == [
        ("opened", 1),
        ("opened", 2),
        ("ticket", None),
        ("asked", ben),
    ]
    assert (trail[-1].at, trail[-1].run, trail[-1].text) == (at(7), "run-2", "\\udcff")
    assert trail[0].text == f"asked for: Ana Lopez <{ANA.address}>, External User"


def test_a_baseline_only_grows_and_takes_in_a_changed_address(ledger: SqlLedger) -> None:
    assert ledger.baseline() == {}
    assert ledger.accept_baseline({1: "a@x.example", 2: "b@x.example"}, stamp=stamp()) == 2
    again = {2: "other@x.example", 3: "c@x.example"}
    assert ledger.accept_baseline(again, stamp=stamp()) == 2
    assert ledger.accept_baseline(again, stamp=stamp()) == 0
    assert ledger.baseline() == {1: "a@x.example", 2: "other@x.example", 3: "c@x.example"}
