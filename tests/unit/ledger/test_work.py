"""Which request is next, and what becomes of it."""

import pytest
from support.ledger_samples import (
    LEASE,
    NOON,
    at,
    claimed,
    identified,
    leased,
    recorded,
    run_out,
    stamp,
    take,
)

from connector.domain.plan import Decision
from connector.domain.request import Outcome, Waiting
from connector.errors import LeaseLost
from connector.ledger.store import SqlLedger
from connector.ports import RequestRecord


def claim(
    ledger: SqlLedger, *, sources: list[str] | None = None, besides: tuple[str, ...] = ()
) -> str | None:
    record = ledger.claim(now=NOON, holder="run-1", lease=LEASE, sources=sources, besides=besides)
    return None if record is None else record.key


def postpone(ledger: SqlLedger, key: str, *, until: float, attempts: int = 1) -> None:
    take(ledger, key)
    ledger.postpone(
        key,
        waiting=Waiting.ERROR,
        until=at(until),
        reason="BMS did not answer",
        remedy="nothing to do",
        attempts=attempts,
        stamp=stamp(),
    )


def get(ledger: SqlLedger, key: str) -> RequestRecord:
    record = ledger.get(key)
    assert record is not None
    return record


# --- claiming --------------------------------------------------------------------------------


def test_the_request_received_first_is_claimed_first(ledger: SqlLedger) -> None:
    identified(ledger, "k1", received_at=at(-1))
    identified(ledger, "k2", received_at=at(-3))
    identified(ledger, "k3", received_at=at(-2))
    assert [claimed(ledger) for _ in range(4)] == ["k2", "k3", "k1", None]


def test_nothing_is_claimed_from_an_empty_ledger(ledger: SqlLedger) -> None:
    assert claim(ledger) is None


def test_a_claim_can_be_limited_to_sources(ledger: SqlLedger) -> None:
    identified(ledger, "k1", source="drop")
    identified(ledger, "k2", source="web")
    assert claim(ledger, sources=["web", "mail"]) == "k2"
    assert claim(ledger, sources=["web"]) is None
    assert claim(ledger, sources=[]) is None
    assert claim(ledger, sources=None) == "k1"


def test_a_claim_passes_over_requests_that_had_their_turn(ledger: SqlLedger) -> None:
    for key in ("k1", "k2", "k3"):
        identified(ledger, key)
    assert claim(ledger, besides=("k1", "k2")) == "k3"
    assert claim(ledger, besides=("k1", "k2")) is None


def test_a_claim_can_pass_over_any_number_of_requests(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    assert claim(ledger, besides=tuple(f"old{number}" for number in range(40_000))) == "k1"


def test_the_claim_returns_the_whole_record(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    record = ledger.claim(now=NOON, holder="a", lease=LEASE, sources=None, besides=[])
    assert record == ledger.get("k1")


# --- postponing ------------------------------------------------------------------------------


def test_a_postponed_request_is_due_when_its_time_has_come(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    claimed(ledger)
    postpone(ledger, "k1", until=10, attempts=3)
    record = get(ledger, "k1")
    assert (record.state, record.waiting, record.attempts) == (Outcome.PENDING, Waiting.ERROR, 3)
    assert (record.next_attempt_at, record.reason) == (at(10), "BMS did not answer")
    assert claimed(ledger, minutes=9.99) is None
    assert claimed(ledger, minutes=10) == "k1"


def test_postponing_frees_the_lease(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    claimed(ledger, minutes=0)
    postpone(ledger, "k1", until=1)
    assert claimed(ledger, minutes=1) == "k1"


def test_a_request_settled_by_a_person_meanwhile_is_not_postponed(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    run_out(ledger)
    assert ledger.set_aside("k1", reason="not ours", stamp=stamp())
    with pytest.raises(LeaseLost):
        ledger.postpone(
            "k1",
            waiting=Waiting.ERROR,
            until=at(10),
            reason="",
            remedy="",
            attempts=1,
            stamp=stamp(),
        )
    assert (get(ledger, "k1").state, get(ledger, "k1").reason) == (Outcome.IGNORED, "not ours")


def test_the_story_tells_why_and_until_when_a_request_waits(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    postpone(ledger, "k1", until=10)
    line = ledger.journal("k1")[-1]
    assert line.step == "postpone"
    assert "BMS did not answer" in line.text
    assert "12:10" in line.text


# --- settling --------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.PENDING])
def test_a_settled_request_has_its_outcome_and_is_not_claimed_again(
    ledger: SqlLedger, outcome: Outcome
) -> None:
    identified(ledger, "k1")
    claimed(ledger)
    ledger.settle("k1", outcome, reason="because", remedy="do this", stamp=stamp(2))
    record = get(ledger, "k1")
    assert (record.state, record.settled_at, record.waiting) == (outcome, at(2), None)
    assert (record.reason, record.remedy) == ("because", "do this")
    assert ledger.pending(None) == []
    assert claimed(ledger, minutes=99) is None
    assert ledger.journal("k1")[-1].text == f"{outcome}: because"


def test_settling_frees_the_lease(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    claimed(ledger, minutes=0)
    ledger.settle("k1", Outcome.PARKED, reason="", remedy="", stamp=stamp(1))
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp(2))
    assert claimed(ledger, minutes=2) == "k1"


def test_pending_is_no_outcome_to_settle_with(ledger: SqlLedger) -> None:
    identified(ledger, "k1")
    with pytest.raises(ValueError, match="outcome"):
        ledger.settle("k1", Outcome.PENDING, reason="", remedy="", stamp=stamp())


def test_settling_an_unknown_request_is_an_error_and_leaves_no_trace(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        ledger.settle("nobody", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    identified(ledger, "k1")
    assert claimed(ledger) == "k1"


def test_pending_requests_are_listed_oldest_first_whatever_they_wait_for(
    ledger: SqlLedger,
) -> None:
    identified(ledger, "k1", received_at=at(-1))
    identified(ledger, "k2", received_at=at(-2), source="web")
    recorded(ledger, "k3", received_at=at(-3))
    identified(ledger, "k4", received_at=at(-4))
    postpone(ledger, "k1", until=100)
    take(ledger, "k4")
    ledger.settle("k4", Outcome.CREATED, reason="", remedy="", stamp=stamp())
    assert [record.key for record in ledger.pending(None)] == ["k3", "k2", "k1"]
    assert [record.key for record in ledger.pending(["drop"])] == ["k3", "k1"]
    assert ledger.pending([]) == []


# --- what was decided ------------------------------------------------------------------------

DECISIONS = (
    Decision("triage", "new-user", "the subject says 'new user'"),
    Decision("client", "domain", "client.example is a domain of Client Ltd"),
)


def test_the_result_and_the_decisions_are_kept(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    result = {"template": "New User", "emergency": False, "due": {"resolution": None}}
    ledger.keep_result("k1", result=result, decisions=DECISIONS, stamp=stamp(1))
    assert get(ledger, "k1").result == result
    lines = [(line.step, line.rule, line.text) for line in ledger.journal("k1")][-2:]
    assert lines == [(each.step, each.rule, each.text) for each in DECISIONS]


def test_the_same_decisions_at_a_later_attempt_are_not_told_again(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    for minutes in (1, 2):
        ledger.keep_result("k1", result={}, decisions=DECISIONS, stamp=stamp(minutes))
    assert [line.rule for line in ledger.journal("k1")].count("new-user") == 1


def test_other_decisions_at_a_later_attempt_are_told(ledger: SqlLedger) -> None:
    leased(ledger, "k1")
    ledger.keep_result("k1", result={"n": 1}, decisions=DECISIONS, stamp=stamp(1))
    ledger.keep_result("k1", result={"n": 2}, decisions=DECISIONS[:1], stamp=stamp(2))
    ledger.keep_result("k1", result={"n": 3}, decisions=DECISIONS, stamp=stamp(3))
    assert [line.rule for line in ledger.journal("k1")].count("new-user") == 3
    assert get(ledger, "k1").result == {"n": 3}


def test_a_result_for_an_unknown_request_is_an_error(ledger: SqlLedger) -> None:
    with pytest.raises(KeyError):
        ledger.keep_result("nobody", result={}, decisions=(), stamp=stamp())
