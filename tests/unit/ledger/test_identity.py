"""The same identity again is a duplicate; one taken from a payload's hash holds for 24 hours."""

from datetime import timedelta

import pytest
from support.ledger_samples import NOON, arrival, at, claimed, identified, recorded, stamp

from connector.domain.request import Identity, Outcome
from connector.ledger import recording
from connector.ledger.store import SqlLedger
from connector.ports import Identified

MAIL = Identity("mail <1@client.example>")
PAYLOAD = Identity("payload 5f2c", expires=True)
DAY = timedelta(hours=24)


def identify(ledger: SqlLedger, key: str, identity: Identity, minutes: float = 0) -> str | None:
    return ledger.identify(
        key, identity, subject="Printer", sender="pat@client.example", stamp=stamp(minutes)
    )


def test_a_new_identity_makes_the_request_ready_with_its_subject_and_sender(
    ledger: SqlLedger,
) -> None:
    recorded(ledger, "k1")
    assert identify(ledger, "k1", MAIL) is None
    record = ledger.get("k1")
    assert record is not None
    assert (record.subject, record.sender) == ("Printer", "pat@client.example")
    assert record.state is Outcome.PENDING
    assert ledger.unidentified(None) == []
    assert ledger.holder_of(MAIL, NOON) == "k1"


def test_the_same_identity_again_is_a_duplicate_of_the_first(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2", source="other")
    identify(ledger, "k1", MAIL)
    assert identify(ledger, "k2", MAIL, minutes=9) == "k1"
    record = ledger.get("k2")
    assert record is not None
    assert (record.state, record.duplicate_of) == (Outcome.DUPLICATE, "k1")
    assert record.settled_at == at(9)
    assert record.subject == "Printer"
    assert [mark.key for mark in ledger.unmarked(None)] == ["k2"]


def test_a_duplicate_is_told_in_both_stories_with_where_and_when(ledger: SqlLedger) -> None:
    ledger.record("k1", arrival("first.eml", source="drop"), b"", stamp=stamp(1))
    again = arrival("again.eml", source="mailbox", received_at=at(2))
    ledger.record("k2", again, b"", stamp=stamp(3))
    identify(ledger, "k1", MAIL)
    identify(ledger, "k2", MAIL)
    of_the_second = ledger.journal("k2")[-1].text
    for fact in ("k1", "drop", "first.eml", "2026-03-02T12:01:00"):
        assert fact in of_the_second
    of_the_first = ledger.journal("k1")[-1].text
    for fact in ("k2", "mailbox", "again.eml", "2026-03-02T12:02:00"):
        assert fact in of_the_first


def test_a_duplicate_is_never_worked_on(ledger: SqlLedger) -> None:
    for key in ("k1", "k2"):
        recorded(ledger, key)
        identify(ledger, key, MAIL)
    assert claimed(ledger) == "k1"
    assert claimed(ledger) is None


def test_identifying_twice_is_no_duplicate_of_itself(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    identify(ledger, "k1", MAIL)
    assert identify(ledger, "k1", MAIL) is None
    record = ledger.get("k1")
    assert record is not None
    assert record.state is Outcome.PENDING


def test_a_mails_identity_holds_for_ever(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2", received_at=NOON + 1000 * DAY)
    identify(ledger, "k1", MAIL)
    assert identify(ledger, "k2", MAIL) == "k1"


@pytest.mark.parametrize(
    ("later", "same"),
    [
        (timedelta(0), True),
        (DAY - timedelta(seconds=1), True),
        (DAY, False),
        (DAY + timedelta(seconds=1), False),
        (-DAY + timedelta(seconds=1), True),
        (-DAY, False),
    ],
)
def test_a_payloads_identity_holds_for_24_hours(
    ledger: SqlLedger, later: timedelta, *, same: bool
) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2", received_at=NOON + later)
    identify(ledger, "k1", PAYLOAD)
    expected = "k1" if same else None
    assert ledger.holder_of(PAYLOAD, NOON + later) == expected
    assert identify(ledger, "k2", PAYLOAD) == expected


def test_a_later_payload_takes_the_identity_over_and_holds_it_from_then_on(
    ledger: SqlLedger,
) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2", received_at=NOON + 1.5 * DAY)
    recorded(ledger, "k3", received_at=NOON + 2 * DAY)
    identify(ledger, "k1", PAYLOAD)
    assert identify(ledger, "k2", PAYLOAD) is None
    assert identify(ledger, "k3", PAYLOAD) == "k2"


def test_a_repeat_does_not_prolong_the_24_hours(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2", received_at=NOON + 0.9 * DAY)
    recorded(ledger, "k3", received_at=NOON + 1.1 * DAY)
    identify(ledger, "k1", PAYLOAD)
    assert identify(ledger, "k2", PAYLOAD) == "k1"
    assert identify(ledger, "k3", PAYLOAD) is None


def test_a_request_that_a_crash_left_unidentified_is_found(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    recorded(ledger, "k2")
    identify(ledger, "k1", MAIL)
    assert ledger.unidentified(None) == ["k2"]
    assert claimed(ledger) == "k1"
    assert claimed(ledger) is None


def test_a_parked_request_without_identity_is_identified_once_it_is_released(
    ledger: SqlLedger,
) -> None:
    recorded(ledger, "k1")
    ledger.park_unidentified("k1", reason="unreadable", remedy="", stamp=stamp())
    assert ledger.unidentified(None) == []
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp(1))
    assert ledger.unidentified(None) == ["k1"]


def test_a_subject_with_broken_characters_is_kept_readably(ledger: SqlLedger) -> None:
    recorded(ledger, "k1")
    ledger.identify("k1", MAIL, subject="caf\udce9 \0 é", sender="\udcff@x", stamp=stamp())
    record = ledger.get("k1")
    assert record is not None
    assert record.subject == r"caf\udce9 \x00 é"


def test_identifying_an_unknown_request_is_an_error(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        identify(ledger, "nobody", MAIL)
    assert ledger.holder_of(MAIL, NOON) is None


def admit(
    ledger: SqlLedger, key: str, identity: Identity = MAIL, *, source: str = "website"
) -> str | None:
    who = Identified(identity, "Printer", "pat@client.example")
    item = arrival(key, source=source)
    return ledger.admit(key, item, b"{}", who, urgent=True, stamp=stamp(4))


def test_what_is_admitted_is_ready_to_be_worked_on(ledger: SqlLedger) -> None:
    identified(ledger, "before")
    assert admit(ledger, "k1") is None
    record = ledger.get("k1")
    assert record is not None
    assert (record.subject, record.sender) == ("Printer", "pat@client.example")
    assert ledger.raw("k1") == b"{}"
    assert ledger.unidentified(None) == []
    assert claimed(ledger) == "k1"


def test_what_is_admitted_again_leaves_a_line_in_the_story_of_the_first(
    ledger: SqlLedger,
) -> None:
    admit(ledger, "k1")
    assert admit(ledger, "k2", source="other") == "k1"
    assert ledger.get("k2") is None
    assert ledger.journal("k1")[-1].text == "came again from other; nothing done twice"


def test_who_claims_at_the_same_moment_on_another_host_makes_it_a_duplicate(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit(ledger, "k1")
    monkeypatch.setattr(recording, "holder_of", lambda *_: None)  # as it was when we looked
    assert admit(ledger, "k2") == "k1"
    record = ledger.get("k2")
    assert record is not None
    assert (record.state, record.duplicate_of) == (Outcome.DUPLICATE, "k1")
