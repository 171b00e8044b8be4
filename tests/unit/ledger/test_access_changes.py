"""A change of what was asked for voids what was approved, and asks anew."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.access_samples import (
    ANA,
    BEN,
    DANA,
    HARBOR,
    TICKET,
    again,
    approval,
    approved,
    opened,
    states,
    token,
)
from support.ledger_samples import at, stamp

from connector.accounts.model import AccessKind, AccessState, Person, Role
from connector.domain.tenant import Named
from connector.ledger.store import SqlLedger, open_ledger

AWAITING = AccessState.AWAITING_APPROVAL
MANAGER = replace(ANA, role=Role.EXTERNAL_MANAGER)


# --- changing what was asked for -----------------------------------------------------------------


def test_a_change_voids_approvals_and_tokens_and_asks_anew(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1", ANA, BEN)
    ledger.schedule_access(
        1, look_at=at(60), asked_at=at(1), reminded_at=at(2), expires_at=at(90), stamp=stamp()
    )
    ledger.issue_token(token(request), stamp=stamp(1))
    assert ledger.decide_access(1, approval(request, DANA), becomes=None, stamp=stamp(2))
    assert ledger.decide_access(1, approval(request), becomes=AccessState.APPROVED, stamp=stamp(3))

    assert ledger.change_person(1, MANAGER, stamp=stamp(10))

    after, voided = again(ledger), ledger.token("h1")
    assert voided is not None
    assert voided.replaced_at == at(10)
    assert states(after) == [AWAITING, AWAITING]
    assert after.records[0].person == MANAGER
    assert after.digest != request.digest
    assert [each.voided_at for each in after.approvals] == [at(10), at(10)]
    assert (after.asked_at, after.reminded_at, after.expires_at) == (None, None, None)
    assert after.look_at == at(10)
    assert not approved(ledger, request)


def test_an_approval_does_not_come_back_with_a_change_that_is_taken_back(
    ledger: SqlLedger,
) -> None:
    request = opened(ledger)
    assert approved(ledger, request)
    ledger.change_person(1, MANAGER, stamp=stamp(10))
    ledger.change_person(1, ANA, stamp=stamp(11))
    after = again(ledger)
    assert after.digest == request.digest
    assert not any(each.counts_for(after.digest) for each in after.approvals)
    assert states(after) == [AWAITING]
    assert approved(ledger, after, minutes=12)
    assert [each.counts_for(after.digest) for each in again(ledger).approvals] == [False, True]


def test_a_new_phone_number_voids_nothing(ledger: SqlLedger) -> None:
    request = opened(ledger)
    assert approved(ledger, request)
    assert ledger.change_person(1, replace(ANA, phone="+1 305 555 0199"), stamp=stamp(10))
    after = again(ledger)
    assert after.records[0].person.phone == "+1 305 555 0199"
    assert states(after) == [AccessState.APPROVED]
    assert after.approvals[0].counts_for(after.digest)


@pytest.mark.parametrize(
    "state",
    [
        AccessState.AWAITING_GRANT,
        AccessState.ACTIVE,
        AccessState.DENIED,
        AccessState.EXPIRED,
        AccessState.WITHDRAWN,
    ],
)
def test_what_is_granted_or_ended_changes_no_more(ledger: SqlLedger, state: AccessState) -> None:
    opened(ledger)
    ledger.set_access_state(1, state, expected=AccessState, stamp=stamp(1))
    before = again(ledger)
    assert not ledger.change_person(1, MANAGER, stamp=stamp(10))
    assert again(ledger) == before


def test_saying_the_same_again_changes_nothing(ledger: SqlLedger) -> None:
    request = opened(ledger)
    assert approved(ledger, request)
    before = again(ledger)
    assert not ledger.change_person(1, ANA, stamp=stamp(10))
    assert again(ledger) == before


def test_who_was_granted_before_the_change_of_another_stays_so(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1", ANA, BEN)
    assert approved(ledger, request)
    ledger.set_access_state(2, AccessState.ACTIVE, expected=AccessState, stamp=stamp(6))
    assert ledger.change_person(1, MANAGER, stamp=stamp(10))
    assert states(again(ledger)) == [AWAITING, AccessState.ACTIVE]


@pytest.mark.parametrize("came_to", [AccessState.APPROVED, AccessState.AWAITING_GRANT])
def test_who_was_parked_after_the_approval_awaits_it_anew_and_who_was_from_the_start_does_not(
    ledger: SqlLedger, came_to: AccessState
) -> None:
    eve = Person("Eve", "Hart", "eve@harbordental.example")
    request = opened(ledger, "k1", ANA, BEN, eve, parked={eve.address: "unreadable"})
    assert approved(ledger, request)
    ledger.set_access_state(2, came_to, expected=[AccessState.APPROVED], stamp=stamp(6))
    for reason in ("in another account", "still in another account"):
        ledger.set_access_state(
            2, AccessState.PARKED, expected=AccessState, reason=reason, stamp=stamp(6)
        )
    parked = again(ledger).records
    assert [record.parked_from for record in parked] == [None, came_to, None]
    assert ledger.change_person(1, MANAGER, stamp=stamp(10))
    after = again(ledger)
    assert states(after) == [AWAITING, AWAITING, AccessState.PARKED]
    assert [record.reason for record in after.records] == ["", "", "unreadable"]


def test_a_person_parked_for_want_of_an_address_awaits_approval_once_it_has_one(
    ledger: SqlLedger,
) -> None:
    nobody = replace(ANA, address="")
    opened(ledger, "k1", nobody, parked={"": "no address"})
    assert ledger.change_person(1, ANA, stamp=stamp(3))
    [record] = again(ledger).records
    assert (record.state, record.reason, record.person) == (AWAITING, "", ANA)


def test_a_contact_belongs_to_an_address(ledger: SqlLedger) -> None:
    opened(ledger)
    ledger.set_access_state(
        1, AccessState.APPROVED, expected=[AWAITING], contact_id=30010, stamp=stamp(1)
    )
    ledger.change_person(1, MANAGER, stamp=stamp(2))
    assert again(ledger).records[0].contact_id == 30010
    ledger.change_person(1, replace(ANA, address="ana@harbordental.example"), stamp=stamp(3))
    assert again(ledger).records[0].contact_id is None


# --- a law ---------------------------------------------------------------------------------------

PEOPLE = (ANA, MANAGER, BEN, replace(BEN, first_name="Benjamin"))
Act = Callable[[SqlLedger, int], object]


def _change(record_id: int, person: Person) -> Act:
    return lambda ledger, minutes: ledger.change_person(record_id, person, stamp=stamp(minutes))


def _park(record_id: int) -> Act:
    return lambda ledger, minutes: ledger.set_access_state(
        record_id,
        AccessState.PARKED,
        expected=[AccessState.APPROVED],
        reason="another account",
        stamp=stamp(minutes),
    )


def _approve(ledger: SqlLedger, minutes: int) -> object:
    return approved(ledger, again(ledger), minutes=minutes)


def _move(account: Named) -> Act:
    return lambda ledger, minutes: ledger.access_has_ticket(
        "k1", account, TICKET, stamp=stamp(minutes)
    )


ACTS = [
    *(_change(record_id, person) for record_id in (1, 2) for person in PEOPLE),
    _approve,
    _approve,
    _park(1),
    _park(2),
    _move(HARBOR),
    _move(Named(2002, "Palmetto Legal LLP")),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(range(len(ACTS))), max_size=12))
def test_whoever_is_approved_is_so_by_an_approval_of_what_is_asked_for_now(
    chosen: list[int],
) -> None:
    with open_ledger("sqlite:///:memory:", create=True) as ledger:
        opened(ledger, "k1", ANA, BEN, kind=AccessKind.LOGIN)
        for minutes, number in enumerate(chosen, start=1):
            ACTS[number](ledger, minutes)
            request = again(ledger)
            if {AccessState.APPROVED, AccessState.PARKED} & set(states(request)):
                assert any(each.counts_for(request.digest) for each in request.approvals)
