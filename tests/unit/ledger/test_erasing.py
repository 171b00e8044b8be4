"""Erasing leaves nothing of what a person wrote or of whose it was, and keeps what was done."""

import pytest
from support.access_samples import opened
from support.content import (
    PAT,
    everything_held,
    everything_of_pat,
    letter,
    settled,
    where_it_stands,
)
from support.ledger_samples import NOON, arrival, at, identified, leased, stamp, take
from support.watched import a_watched_ticket

from connector.accounts.model import AccessState
from connector.domain.request import Identity, Outcome
from connector.domain.tenant import TicketRef
from connector.ledger import erasing
from connector.ledger.store import SqlLedger
from connector.ports.content import Kept
from connector.ports.threads import MessageKind, Part, Participant
from connector.ports.watch import Line


def erase(ledger: SqlLedger, key: str = "k1") -> Kept | None:
    return ledger.erase(key, by="alice", stamp=stamp(60, run="by hand"))


def test_nothing_of_the_person_is_left_in_any_table(ledger):
    everything_of_pat(ledger)
    assert len(where_it_stands(ledger)) > 20
    ledger.erase_mentions([PAT], ["Quimby's printer"])
    assert erase(ledger) is None
    assert where_it_stands(ledger) == set()
    assert where_it_stands(ledger, "cc@client.example") == set()


def test_what_was_done_and_by_which_rules_stays(ledger):
    everything_of_pat(ledger)
    before, lines = ledger.get("k1"), ledger.journal("k1")
    erase(ledger)
    after = ledger.get("k1")
    assert (after.state, after.ticket_id, after.ticket_number, after.result) == (
        before.state,
        before.ticket_id,
        before.ticket_number,
        before.result,
    )
    assert (after.erased_at, after.erased_by, after.raw_dropped_at) == (at(60), "alice", at(60))
    told = [(line.at, line.step, line.rule) for line in ledger.journal("k1")]
    assert told[:-1] == [(line.at, line.step, line.rule) for line in lines]
    assert ledger.journal("k1")[-1].text == "content erased by alice"
    assert {each.result_id for each in ledger.intents("k1").values()} == {70001, 9, None}
    assert ledger.uploads_of_others(70001, "other") == {9}
    [posted] = ledger.posts_of("k1")
    assert posted.sent_at
    assert ledger.watched([70001])[70001].request_key == "k1"


def test_a_creating_call_that_was_refused_does_not_become_unclear(ledger):
    everything_of_pat(ledger)
    erase(ledger)
    assert not any(each.is_unclear for each in ledger.intents("k1").values())


def test_erasing_changes_nothing_of_other_requests(ledger):
    everything_of_pat(ledger, "k1", 70001)
    everything_of_pat(ledger, "k2", 70002)
    before = everything_held(ledger)
    erase(ledger, "k1")
    for table, rows in everything_held(ledger).items():
        assert _only(rows, "k2", 70002) == _only(before[table], "k2", 70002), table


def _only(rows, key, ticket_id):
    """The rows of one request and its ticket."""
    return [row for row in rows if {key, ticket_id} & set(row.values())]


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.PARKED])
def test_what_waits_for_its_ticket_or_a_person_is_kept(ledger, outcome):
    leased(ledger, "k1")
    if outcome is Outcome.PARKED:
        ledger.settle("k1", outcome, reason="", remedy="", stamp=stamp())
    before = everything_held(ledger)
    assert erase(ledger) is Kept.WAITS
    assert everything_held(ledger) == before


def test_what_was_set_aside_can_be_erased_and_never_be_released_then(ledger):
    identified(ledger, "k1")
    assert ledger.set_aside("k1", reason="pat asked", stamp=stamp())
    assert erase(ledger) is None
    assert not ledger.reopen("k1", states=[Outcome.IGNORED], step="release", stamp=stamp())


def test_a_request_is_kept_while_a_letter_about_it_is_to_be_sent(ledger):
    settled(ledger, "k1")
    ledger.post(letter("k1"), (), stamp=stamp())
    assert erase(ledger) is Kept.LETTER


def test_a_request_is_kept_while_access_asked_for_in_it_is_open_and_its_record_after(ledger):
    request = opened(ledger, "k1")
    take(ledger, "k1")
    ledger.settle("k1", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    assert erase(ledger) is Kept.ACCESS
    record_id = request.records[0].id
    ledger.set_access_state(
        record_id, AccessState.ACTIVE, expected=tuple(AccessState), stamp=stamp()
    )
    before = ledger.access_of_request("k1")
    assert erase(ledger) is None
    assert ledger.access_of_request("k1") == before


def test_erasing_again_changes_nothing(ledger):
    everything_of_pat(ledger)
    erase(ledger)
    before = everything_held(ledger)
    assert erase(ledger) is Kept.ERASED
    assert everything_held(ledger) == before


def test_what_lost_its_message_to_retention_can_be_erased(ledger):
    everything_of_pat(ledger)
    assert ledger.drop_raw(settled_before=at(30), limit=9, stamp=stamp(30)) == 1
    assert erase(ledger) is None
    assert ledger.get("k1").raw_dropped_at == at(30)


def test_a_request_that_is_not_there_cannot_be_erased(ledger):
    with pytest.raises(KeyError):
        erase(ledger, "nobody")


def test_the_same_mail_is_still_a_duplicate(ledger):
    everything_of_pat(ledger)
    erase(ledger)
    _again(ledger, "k2", "mail k1")
    assert ledger.get("k2").duplicate_of == "k1"


def _again(ledger: SqlLedger, key: str, identity: str) -> None:
    ledger.record(key, arrival(f"{key}.eml"), b"raw", stamp=stamp(90))
    ledger.identify(key, Identity(identity), subject="s", sender=PAT, stamp=stamp(90))


def test_the_name_of_an_item_stays_until_its_source_has_put_it_away(ledger):
    settled(ledger, "k1")
    erase(ledger)
    [mark] = ledger.unmarked(None)
    assert mark.locator == "k1.eml"


# --- which ones ------------------------------------------------------------------------------


def test_requests_are_found_by_the_address_of_their_sender_in_any_case(ledger):
    for key, sender in (("k1", PAT), ("k2", PAT.upper()), ("k3", f"x{PAT}")):
        ledger.record(key, arrival(f"{key}.eml"), b"raw", stamp=stamp())
        ledger.identify(key, Identity(key), subject="", sender=sender, stamp=stamp())
    assert [each.key for each in ledger.requests_from([PAT])] == ["k1", "k2"]


@pytest.mark.parametrize("named", ["k1", "k2", "k3"])
def test_a_request_comes_with_its_duplicates(ledger, named):
    identified(ledger, "k1")
    for key in ("k2", "k3"):
        ledger.record(key, arrival(f"{key}.eml"), b"raw", stamp=stamp(1))
        ledger.identify(key, Identity("mail k1"), subject="", sender="", stamp=stamp(1))
    identified(ledger, "k4")
    assert [each.key for each in ledger.with_copies([named])] == ["k1", "k2", "k3"]
    assert ledger.with_copies([]) == []


# --- what is kept of tickets -----------------------------------------------------------------


def answer(ledger: SqlLedger, key: str, sender: str, ticket_id: int = 70001) -> None:
    """Record an answer that was appended to a ticket."""
    ledger.record(key, arrival(f"{key}.eml"), b"raw", stamp=stamp(5))
    ledger.identify(key, Identity(key), subject="", sender=sender, stamp=stamp(5))
    take(ledger, key)
    number = ledger.get("k1").ticket_number
    ledger.intend(key, "note", stamp=stamp(5))
    ledger.confirm(key, "note", result_id=5, ticket=TicketRef(ticket_id, number), stamp=stamp(5))
    ledger.know_participants(ticket_id, [Participant(sender, Part.CC)])
    take(ledger, key)
    ledger.settle(key, Outcome.APPENDED, reason="", remedy="", stamp=stamp(5))


def test_with_an_answer_only_its_sender_is_forgotten(ledger):
    everything_of_pat(ledger)
    answer(ledger, "k2", "kim@client.example")
    before = ledger.watched([70001])
    erase(ledger, "k2")
    left = {each.address for each in ledger.participants(70001)}
    assert left == {PAT, "cc@client.example"}
    assert ledger.watched([70001]) == before


def test_a_sender_with_another_mail_on_the_ticket_stays_bound_to_it(ledger):
    everything_of_pat(ledger)
    answer(ledger, "k2", PAT)
    erase(ledger, "k2")
    assert PAT in {each.address for each in ledger.participants(70001)}


def test_the_words_that_an_answer_brought_into_the_dates_of_its_ticket_go_with_it(ledger):
    everything_of_pat(ledger)
    answer(ledger, "k2", "kim@client.example")
    watched = a_watched_ticket(title="Printer", reason="an answer (request k2) says “Friday”")
    lines = [Line("answer", "", "request k2 says “Friday”"), Line("written", "", "DueDate")]
    ledger.watch([(watched, lines)], stamp=stamp())
    erase(ledger, "k2")
    assert where_it_stands(ledger, "Friday”") == set()
    assert ledger.watched([70001])[70001].title == "Printer"
    assert ledger.ticket_journal(70001)[-1].text == "DueDate"


def test_the_message_id_of_an_erased_mail_is_forgotten_and_that_of_our_letter_is_not(ledger):
    everything_of_pat(ledger)
    erase(ledger)
    known = ledger.tickets_of_messages([f"1.{PAT}", "ours@desk.example"])
    assert [each.kind for each in known] == [MessageKind.SENT]


def test_problems_of_runs_that_name_nobody_stay(ledger):
    everything_of_pat(ledger)
    ledger.erase_mentions([PAT], [])
    [run] = ledger.past_runs(since=NOON, limit=5)
    assert run.summary["problems"] == ["the folder is full"]


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.PARKED])
def test_what_was_released_at_the_last_moment_keeps_all(ledger, monkeypatch, outcome):
    leased(ledger, "k1")
    if outcome is Outcome.PARKED:
        ledger.settle("k1", outcome, reason="", remedy="", stamp=stamp())
    before = everything_held(ledger)
    monkeypatch.setattr(erasing, "_why_kept", lambda _tx, _record: None)
    assert erase(ledger) is Kept.WAITS
    assert everything_held(ledger) == before
