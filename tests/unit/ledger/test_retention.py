"""Raw messages leave the ledger once nobody needs them any more; what was decided stays."""

from datetime import timedelta

import pytest
from support.access_samples import approved, opened
from support.content import everything_held, everything_of_pat, letter, send, settled
from support.ledger_samples import NOON, at, identified, leased, recorded, stamp, take

from connector.accounts.model import ENDED, AccessState
from connector.domain.request import Identity, Outcome
from connector.ledger import retention
from connector.ledger.store import SqlLedger

LATER = at(60)
SETTLED = [each for each in Outcome if each not in (Outcome.PENDING, Outcome.PARKED)]


def drop(ledger: SqlLedger, *, before=LATER, limit: int = 100) -> int:
    return ledger.drop_raw(settled_before=before, limit=limit, stamp=stamp(90))


def has_raw(ledger: SqlLedger, key: str) -> bool:
    try:
        ledger.raw(key)
    except KeyError:
        return False
    return True


@pytest.mark.parametrize("outcome", SETTLED)
def test_the_message_of_a_settled_request_goes_and_the_request_stays(ledger, outcome):
    settled(ledger, "k1", outcome)
    before = ledger.get("k1"), ledger.journal("k1")
    assert drop(ledger) == 1
    record = ledger.get("k1")
    assert not has_raw(ledger, "k1")
    assert record.raw_dropped_at == at(90)
    assert record.subject == before[0].subject
    assert ledger.journal("k1") == before[1]
    assert drop(ledger) == 0


def test_what_is_pending_or_parked_keeps_its_message(ledger):
    identified(ledger, "pending")
    leased(ledger, "leased")
    settled(ledger, "parked", Outcome.PARKED)
    assert drop(ledger) == 0
    assert all(has_raw(ledger, key) for key in ("pending", "leased", "parked"))


def test_what_was_settled_at_the_limit_or_later_keeps_its_message(ledger):
    settled(ledger, "old", at=NOON)
    settled(ledger, "at", at=LATER)
    settled(ledger, "new", at=LATER + timedelta(seconds=1))
    assert drop(ledger) == 1
    assert [has_raw(ledger, key) for key in ("old", "at", "new")] == [False, True, True]


def test_the_age_counts_from_the_last_time_it_was_settled(ledger):
    settled(ledger, "k1", at=NOON)
    assert ledger.reopen("k1", states=[Outcome.IGNORED], step="release", stamp=stamp(100))
    take(ledger, "k1")
    ledger.settle("k1", Outcome.IGNORED, reason="", remedy="", stamp=stamp(110))
    assert drop(ledger) == 0


def test_so_many_go_in_one_transaction_the_longest_settled_first(ledger):
    for minutes in (3, 1, 2):
        settled(ledger, f"k{minutes}", at=at(minutes))
    assert drop(ledger, limit=2) == 2
    assert [has_raw(ledger, key) for key in ("k1", "k2", "k3")] == [False, False, True]


def test_a_transaction_ends_after_many_bytes(ledger, monkeypatch):
    monkeypatch.setattr(retention, "MAX_BYTES", 1000)
    for minutes in range(1, 5):
        settled(ledger, f"k{minutes}", at=at(minutes), raw=b"x" * 600)
    assert [drop(ledger), drop(ledger), drop(ledger)] == [2, 2, 0]


def test_a_request_with_a_letter_to_be_sent_keeps_its_message_until_then(ledger):
    settled(ledger, "k1")
    ledger.post(letter("k1"), (), stamp=stamp())
    assert drop(ledger) == 0
    send(ledger, 1)
    assert drop(ledger) == 1


def test_letters_lose_their_words_with_the_message_and_keep_to_whom_they_went(ledger):
    everything_of_pat(ledger)
    assert drop(ledger) == 1
    [posted] = ledger.posts_of("k1")
    assert posted.letter.content == {"subject": "", "text": ""}
    assert posted.letter.recipient
    assert posted.sent_at


@pytest.mark.parametrize("state", [each for each in AccessState if each not in ENDED])
def test_a_request_for_access_keeps_its_message_while_it_is_open(ledger, state):
    request = opened(ledger, "k1")
    take(ledger, "k1")
    ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    record_id = request.records[0].id
    if state is not AccessState.AWAITING_APPROVAL:
        ledger.set_access_state(record_id, state, expected=tuple(AccessState), stamp=stamp())
    assert drop(ledger) == 0
    ledger.set_access_state(
        record_id, AccessState.DENIED, expected=tuple(AccessState), stamp=stamp()
    )
    assert drop(ledger) == 1


def test_approvals_and_their_trail_stay(ledger):
    request = opened(ledger, "k1")
    assert approved(ledger, request)
    record_id = request.records[0].id
    ledger.set_access_state(
        record_id, AccessState.ACTIVE, expected=tuple(AccessState), stamp=stamp()
    )
    take(ledger, "k1")
    ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    before = everything_held(ledger)
    assert drop(ledger) == 1
    after = everything_held(ledger)
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"requests", "raw"}


def test_the_same_mail_is_still_a_duplicate(ledger):
    settled(ledger, "k1")
    drop(ledger)
    recorded(ledger, "k3")
    holder = ledger.identify("k3", Identity("mail k1"), subject="", sender="", stamp=stamp(200))
    assert holder == "k1"


def test_what_has_no_message_any_more_cannot_be_released(ledger):
    settled(ledger, "k1")
    drop(ledger)
    assert not ledger.reopen("k1", states=[Outcome.IGNORED], step="release", stamp=stamp())
    assert ledger.get("k1").state is Outcome.IGNORED


def test_what_is_released_while_messages_are_dropped_keeps_its_own(ledger, monkeypatch):
    settled(ledger, "k1")
    settled(ledger, "k2")
    due = retention._due_now
    told = []

    def released_meanwhile(tx, *args):
        keys = due(tx, *args)
        if told:  # in the transaction that drops
            tx.execute("UPDATE requests SET state = 'pending' WHERE key = 'k1'")
        told.append(keys)
        return keys

    monkeypatch.setattr(retention, "_due_now", released_meanwhile)
    assert drop(ledger) == 1
    assert [has_raw(ledger, key) for key in ("k1", "k2")] == [True, False]
