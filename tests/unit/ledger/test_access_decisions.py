"""Approvals bind to what was asked for; a token is good for one of them, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from support.access_samples import (
    ANA,
    BEN,
    DANA,
    MARTA,
    again,
    approval,
    approved,
    opened,
    states,
    token,
)
from support.ledger_samples import at, stamp

from connector.accounts.model import AccessRequest, AccessState, Channel, Role
from connector.ledger.store import SqlLedger

AWAITING = AccessState.AWAITING_APPROVAL
MANAGER = replace(ANA, role=Role.EXTERNAL_MANAGER)


def decide_by_token(ledger: SqlLedger, request: AccessRequest, **changes: object) -> bool:
    return ledger.decide_access(
        request.id,
        approval(request, channel=Channel.LINK, **changes),
        becomes=AccessState.APPROVED,
        token_hash="h1",
        stamp=stamp(5),
    )


# --- deciding ------------------------------------------------------------------------------------


def test_an_approval_is_kept_whole_and_moves_everybody_who_awaits_it(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1", ANA, BEN, parked={BEN.address: "unreadable"})
    assert approved(ledger, request)
    after = again(ledger)
    assert after.approvals == (approval(request),)
    assert states(after) == [AccessState.APPROVED, AccessState.PARKED]
    assert after.look_at == at(5)
    decided = next(each for each in ledger.access_trail(1) if each.step == "decided")
    assert decided.text == (
        f"approved by Marta Ruiz <{MARTA}> (staff), recorded by onboarding: on the phone"
    )


def test_a_denial_gives_its_reason_to_everybody(ledger: SqlLedger) -> None:
    request = opened(ledger, "k1", ANA, BEN)
    no = approval(request, approved=False, evidence="they left")
    assert ledger.decide_access(1, no, becomes=AccessState.DENIED, stamp=stamp(5))
    after = again(ledger)
    assert states(after) == [AccessState.DENIED] * 2
    assert [record.reason for record in after.records] == ["they left"] * 2
    assert not after.is_open


def test_an_approval_that_awaits_others_moves_nobody_and_is_kept_once(ledger: SqlLedger) -> None:
    request = opened(ledger)
    for _ in range(2):
        assert ledger.decide_access(1, approval(request), becomes=None, stamp=stamp(5))
    assert states(again(ledger)) == [AWAITING]
    assert len(again(ledger).approvals) == 1
    assert ledger.decide_access(
        1, approval(request, DANA), becomes=AccessState.APPROVED, stamp=stamp(6)
    )
    assert [each.approver for each in again(ledger).approvals] == [MARTA, DANA]
    assert states(again(ledger)) == [AccessState.APPROVED]


def test_who_approved_may_still_deny_while_others_are_awaited(ledger: SqlLedger) -> None:
    request = opened(ledger)
    assert ledger.decide_access(1, approval(request), becomes=None, stamp=stamp(5))
    no = approval(request, approved=False)
    assert ledger.decide_access(1, no, becomes=AccessState.DENIED, stamp=stamp(6))
    assert [each.approved for each in again(ledger).approvals] == [True, False]
    assert states(again(ledger)) == [AccessState.DENIED]


def test_an_approval_of_something_else_counts_for_nothing(ledger: SqlLedger) -> None:
    request = opened(ledger)
    before = again(ledger)
    other = approval(request, digest="0" * 64)
    assert not ledger.decide_access(1, other, becomes=AccessState.APPROVED, stamp=stamp(5))
    assert again(ledger) == before


def test_a_second_decision_about_what_is_decided_counts_for_nothing(ledger: SqlLedger) -> None:
    request = opened(ledger)
    assert approved(ledger, request)
    before = again(ledger)
    late = approval(request, DANA, approved=False)
    assert not ledger.decide_access(1, late, becomes=AccessState.DENIED, stamp=stamp(6))
    assert again(ledger) == before


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_approves_once(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.issue_token(token(request), stamp=stamp(1))
    assert ledger.token("h1") == token(request)
    assert decide_by_token(ledger, request)
    used = ledger.token("h1")
    assert used is not None
    assert used.used_at == at(5)
    assert not decide_by_token(ledger, request)


def test_a_used_token_stays_used_where_others_are_awaited(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.issue_token(token(request), stamp=stamp(1))
    said = approval(request, channel=Channel.LINK)
    for expected in (True, False):
        decided = ledger.decide_access(1, said, becomes=None, token_hash="h1", stamp=stamp(5))
        assert decided is expected


def test_of_two_who_use_a_token_at_the_same_time_one_decides(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.issue_token(token(request), stamp=stamp(1))

    def use(_: int) -> bool:
        said = approval(request, channel=Channel.LINK)
        return ledger.decide_access(1, said, becomes=None, token_hash="h1", stamp=stamp(5))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]
    assert len(again(ledger).approvals) == 1


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        ({"expires_at": at(5)}, {}),
        ({"hash": "another"}, {}),
        ({"approver": DANA}, {}),
        ({}, {"approver": DANA}),
        ({}, {"digest": "0" * 64}),
        ({"digest": "0" * 64}, {}),
    ],
    ids=["expired", "unknown", "somebody else's", "for somebody else", "altered", "other content"],
)
def test_a_token_that_does_not_hold_decides_nothing_and_is_not_used_up(
    ledger: SqlLedger, issued: dict[str, object], said: dict[str, object]
) -> None:
    request = opened(ledger)
    given_out = token(request, **issued)
    ledger.issue_token(given_out, stamp=stamp(1))
    assert not decide_by_token(ledger, request, **said)
    assert states(again(ledger)) == [AWAITING]
    assert again(ledger).approvals == ()
    kept = ledger.token(given_out.hash)
    assert kept is not None
    assert kept.used_at is None


def test_a_token_of_another_request_decides_nothing(ledger: SqlLedger) -> None:
    mine, other = opened(ledger, "k1"), opened(ledger, "k2")
    ledger.issue_token(token(other), stamp=stamp(1))
    assert mine.digest == other.digest  # the same was asked for twice
    assert not decide_by_token(ledger, mine)


def test_a_newer_token_replaces_the_same_approvers_earlier_one(ledger: SqlLedger) -> None:
    request = opened(ledger)
    ledger.issue_token(token(request), stamp=stamp(1))
    ledger.issue_token(token(request, hash="dana", approver=DANA), stamp=stamp(1))
    ledger.issue_token(token(request, hash="h2"), stamp=stamp(2))
    replaced, danas = ledger.token("h1"), ledger.token("dana")
    assert replaced is not None
    assert danas is not None
    assert (replaced.replaced_at, danas.replaced_at) == (at(2), None)
    assert not decide_by_token(ledger, request)
    assert ledger.token("never issued") is None


def test_a_token_that_comes_too_late_for_a_change_is_void_from_the_start(
    ledger: SqlLedger,
) -> None:
    request = opened(ledger)
    ledger.change_person(1, MANAGER, stamp=stamp(1))
    ledger.issue_token(token(request), stamp=stamp(2))
    kept = ledger.token("h1")
    assert kept is not None
    assert kept.replaced_at == at(2)


# --- states --------------------------------------------------------------------------------------


def test_a_record_moves_only_from_where_it_is_expected(ledger: SqlLedger) -> None:
    opened(ledger)
    before = again(ledger)
    assert not ledger.set_access_state(
        1, AccessState.ACTIVE, expected=[AccessState.AWAITING_GRANT], stamp=stamp(1)
    )
    assert again(ledger) == before
    assert ledger.set_access_state(
        1,
        AccessState.PARKED,
        expected=[AWAITING],
        reason="inactive",
        remedy="activate",
        contact_id=30010,
        stamp=stamp(2),
    )
    [record] = again(ledger).records
    assert (record.state, record.reason, record.remedy) == (
        AccessState.PARKED,
        "inactive",
        "activate",
    )
    assert (record.contact_id, record.updated_at) == (30010, at(2))
    ledger.set_access_state(1, AccessState.APPROVED, expected=AccessState, stamp=stamp(3))
    [record] = again(ledger).records
    assert (record.reason, record.remedy, record.contact_id) == ("", "", 30010)


def test_the_trail_tells_a_move_but_not_that_nothing_changed(ledger: SqlLedger) -> None:
    opened(ledger)
    for minutes in range(3):
        ledger.set_access_state(
            1, AccessState.PARKED, expected=AccessState, reason="why", stamp=stamp(minutes)
        )
    moves = [entry.text for entry in ledger.access_trail(1) if entry.step == "state"]
    assert moves == ["awaiting_approval → parked: why"]
