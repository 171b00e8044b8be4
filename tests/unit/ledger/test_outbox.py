"""Letters in the outbox: each once, one sender at a time, and what a death leaves behind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.ledger_samples import LEASE, at, identified, stamp

from connector.errors import LeaseLost
from connector.ledger.store import SqlLedger
from connector.ports.post import Letter, Limit, Posted, PostKind, PostState

BOTH = (PostKind.ALERT, PostKind.ACKNOWLEDGEMENT)
TWO_AN_HOUR = (Limit(2, timedelta(hours=1), "2 an hour"),)


def letter(key: str = "a", **changes: object) -> Letter:
    plain = Letter(
        unique_key=f"ack {key}",
        kind=PostKind.ACKNOWLEDGEMENT,
        request_key="request",
        channel="mail",
        recipient="pat@client.example",
        content={"subject": "Hello"},
        message_id=f"<{key}@desk.example>",
        expires_at=at(24 * 60),
        limited_as="ack pat@client.example",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def alert(key: str = "x", **changes: object) -> Letter:
    fields = {"unique_key": f"alert {key}", "kind": PostKind.ALERT, "limited_as": ""}
    return letter(key, **(fields | changes))


@pytest.fixture(autouse=True)
def _a_request(ledger: SqlLedger) -> None:
    identified(ledger, "request")


def claim(ledger: SqlLedger, minutes: float = 0, run: str = "run-1", **options) -> Posted | None:
    settings = {"kinds": BOTH, "besides": (), "lease": LEASE} | options
    return ledger.claim_post(stamp=stamp(minutes, run), **settings)


def claimed(ledger: SqlLedger, minutes: float = 0, run: str = "run-1") -> Posted:
    found = claim(ledger, minutes, run)
    assert found is not None
    return found


def let_leases_run_out(ledger: SqlLedger) -> None:
    """Let time pass where leases run out by the database's own clock."""
    with ledger.database.transaction() as tx:
        tx.execute(
            "UPDATE outbox SET lease_until = '2000-01-01T00:00:00.000000+00:00' "
            "WHERE lease_holder IS NOT NULL"
        )


def only(ledger: SqlLedger) -> Posted:
    [posted] = ledger.posts_of("request")
    return posted


def test_the_same_letter_is_put_there_once(ledger):
    assert ledger.post(letter(), (), stamp=stamp())
    assert not ledger.post(letter(content={"subject": "Other"}), (), stamp=stamp(1))
    assert only(ledger).letter.content == {"subject": "Hello"}


def test_alerts_go_first_and_channels_can_be_left_alone(ledger):
    ledger.post(letter(), (), stamp=stamp())
    ledger.post(alert(channel="webhook"), (), stamp=stamp(1))
    assert claim(ledger, 2, kinds=(PostKind.ALERT,), besides=["webhook"]) is None
    assert [claimed(ledger, 2).letter.kind, claimed(ledger, 2).letter.kind] == list(BOTH)
    assert claim(ledger, 2) is None


def test_a_letter_that_was_taken_is_never_claimed_again(ledger):
    ledger.post(letter(), (), stamp=stamp())
    post_id = claimed(ledger).id
    ledger.begin_post(post_id, stamp=stamp(1))
    ledger.post_sent(post_id, stamp=stamp(2))
    ledger.recover_posts(stamp=stamp(600, "run-2"))
    assert claim(ledger, 601, "run-2") is None
    assert (only(ledger).state, only(ledger).sent_at) == (PostState.SENT, at(2))


def test_a_letter_that_was_put_back_waits_for_its_time(ledger):
    ledger.post(letter(), (), stamp=stamp())
    post_id = claimed(ledger).id
    ledger.put_back_post(post_id, until=at(5), reason="no answer", stamp=stamp(1))
    assert claim(ledger, 4) is None
    assert claimed(ledger, 5).reason == "no answer"


@pytest.mark.parametrize(
    ("posted", "state"),
    [(letter(), PostState.GIVEN_UP), (alert(), PostState.WAITING)],
    ids=["an acknowledgement is rather not sent", "an alert is rather sent twice"],
)
def test_when_a_run_dies_while_handing_over(ledger, posted, state):
    ledger.post(posted, (), stamp=stamp())
    ledger.begin_post(claimed(ledger).id, stamp=stamp(1))
    let_leases_run_out(ledger)
    lost = ledger.recover_posts(stamp=stamp(600, "run-2"))
    assert only(ledger).state is state
    assert [each.letter.unique_key for each in lost] == (
        ["ack a"] if state is PostState.GIVEN_UP else []
    )


@pytest.mark.parametrize("posted", [letter(), alert()], ids=["acknowledgement", "alert"])
def test_when_a_run_dies_before_handing_over_the_letter_is_sent(ledger, posted):
    ledger.post(posted, (), stamp=stamp())
    claimed(ledger)
    let_leases_run_out(ledger)
    ledger.recover_posts(stamp=stamp(600, "run-2"))
    assert claimed(ledger, 601, "run-2").attempts == 0


def test_a_letter_held_by_a_living_run_of_another_host_is_left_to_it(ledger):
    ledger.post(letter(), (), stamp=stamp())
    post_id = claimed(ledger).id
    assert claim(ledger, 1, "run-2") is None
    if ledger.leases_run_out:
        ledger.recover_posts(stamp=stamp(1, "run-2"))
        assert claim(ledger, 1, "run-2") is None
    ledger.begin_post(post_id, stamp=stamp(1))


def test_whoever_lost_a_letter_hands_nothing_over(ledger):
    ledger.post(alert(), (), stamp=stamp())
    post_id = claimed(ledger).id
    with ledger.database.transaction() as tx:
        tx.execute("UPDATE outbox SET lease_holder = 'run-2'")
    with pytest.raises(LeaseLost):
        ledger.begin_post(post_id, stamp=stamp(1))
    assert only(ledger).state is PostState.WAITING


def test_letters_beyond_a_limit_are_kept_as_given_up(ledger):
    new = [ledger.post(letter(key), TWO_AN_HOUR, stamp=stamp()) for key in "abc"]
    assert new == [True, True, False]
    assert ledger.posts_of("request")[2].reason == "not sent: already 2 an hour"
    assert not ledger.post(letter("d"), TWO_AN_HOUR, stamp=stamp(59))
    assert ledger.post(letter("e"), TWO_AN_HOUR, stamp=stamp(61))
    assert ledger.post(letter("f", limited_as="ack lee@client.example"), TWO_AN_HOUR, stamp=stamp())


def test_a_letter_beyond_a_limit_is_sent_once_it_comes_without(ledger):
    strangers = {"limited_as": "strangers"}
    for key in "abc":
        ledger.post(alert(key, **strangers), TWO_AN_HOUR, stamp=stamp())
    assert ledger.post(alert("c"), (), stamp=stamp(1))
    assert not ledger.post(alert("a"), (), stamp=stamp(1))
    assert sum(1 for _ in range(5) if claim(ledger, 2)) == 3


def test_the_story_of_the_request_tells_of_its_letters(ledger):
    ledger.post(letter(), (), stamp=stamp())
    post_id = claimed(ledger).id
    ledger.begin_post(post_id, stamp=stamp(1))
    ledger.post_sent(post_id, stamp=stamp(2))
    told = [entry.text for entry in ledger.journal("request") if entry.step == "notify"]
    assert told == [
        "acknowledgement to pat@client.example: in the outbox",
        "acknowledgement sent to pat@client.example",
    ]
