"""No statement looks through all requests: a ledger grows for years.

SQLite is asked how it carries each statement out. It plans without statistics, as in the files of
users, so that the plan does not depend on what the ledger holds.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pytest
from support.ledger_samples import LEASE, NOON, stamp
from support.ledger_uses import USES, report
from support.query_plans import ExplainingDatabase, Statement, ledger_statements

from connector.ledger.sqlite import open_database
from connector.ledger.store import SqlLedger

HOLD_ONLY_WHAT_IS_ASKED_FOR = {
    "requests_leased",
    "requests_to_file",
    "outbox_leased",
    "outbox_waiting",
    "watched_pending",
    "sqlite_autoindex_access_baseline_1",
    "sqlite_autoindex_ticket_hints_1",
}
ERASE = "a person erases an address now and then, and nothing may be overlooked"
LOGINS = "portal logins are few, and so is what belongs to them"
ONE_HOUR = "the calls of one hour are a few lines for each endpoint"
MAY_LOOK_THROUGH_ALL = {
    "requests_from": ERASE,
    "_rows": ERASE,
    "erase_mentions": ERASE,
    "_erase_problems": ERASE,
    "listed_access": LOGINS,
    "access_states": LOGINS,
    "everybodys": LOGINS,
    "spent": ONE_HOUR,
    "_forget_others": ONE_HOUR,
    "listed": "it ends after so many: see the test of the newest requests",
}
HOLD_MUCH = {
    "requests_by_receipt",
    "requests_by_state",
    "requests_by_turn",
    "requests_of_source",
    "requests_unidentified",
    "requests_at_source",
    "requests_to_file",
    "journal_by_request",
    "sqlite_autoindex_troubles_1",
    "troubles_by_receipt",
}
"""What is found by these may be long, so it is sorted only as they are, or counted in groups."""


@pytest.fixture
def explaining() -> Iterator[SqlLedger]:
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        yield SqlLedger(ExplainingDatabase(database))


@pytest.fixture(scope="module")
def statements() -> Sequence[Statement]:
    """Every statement of the ledger, as it was carried out."""
    return [statement for use in USES for statement in carried_out(use)]


def carried_out(use: Callable[[SqlLedger], None]) -> Sequence[Statement]:
    with closing(open_database("sqlite:///:memory:", create=False)) as database:
        noting = ExplainingDatabase(database)
        use(SqlLedger(noting))
        return [statement for statement in noting.noted if statement.function]


def plans(ledger: SqlLedger) -> list[str]:
    return [step for statement in ledger.database.noted for step in statement.steps]


def test_every_statement_of_the_ledger_is_looked_at(statements: Sequence[Statement]) -> None:
    used = {statement.place for statement in statements}
    missing = {place: name for place, name in ledger_statements().items() if place not in used}
    assert missing == {}, "let a use in tests/support/ledger_uses.py come by them"


def test_no_statement_reads_through_a_whole_table(statements: Sequence[Statement]) -> None:
    long = [each for each in statements if not all(map(is_bounded, each.steps))]
    assert [str(each) for each in long if each.function not in MAY_LOOK_THROUGH_ALL] == []
    assert {each.function for each in long} == MAY_LOOK_THROUGH_ALL.keys()


def is_bounded(step: str) -> bool:
    return not step.startswith("SCAN") or bool(indexes(step) & HOLD_ONLY_WHAT_IS_ASKED_FOR)


def indexes(step: str) -> set[str]:
    return set(re.findall(r"INDEX (\w+)", step))


def test_what_ever_came_from_a_source_is_read_only_to_a_limit(
    statements: Sequence[Statement],
) -> None:
    of_source = [
        each for each in statements if any("requests_of_source" in step for step in each.steps)
    ]
    assert {each.function for each in of_source} == {"last_received", "verdicts"}
    assert all("LIMIT" in each.sql or "MAX(" in each.sql for each in of_source)


def test_what_may_be_long_comes_sorted_from_an_index(statements: Sequence[Statement]) -> None:
    sorted_anew = [
        str(each)
        for each in statements
        if "USE TEMP B-TREE FOR ORDER BY" in each.steps
        and any(indexes(step) & HOLD_MUCH and "locator=?" not in step for step in each.steps)
    ]
    assert sorted_anew == []


def test_a_report_reads_only_what_is_of_its_period() -> None:
    by_time = re.compile(r"(received_at|at)>\? AND (received_at|at)<\?")
    looked = {
        each.function: [step for step in each.steps if step.startswith(("SCAN", "SEARCH"))]
        for each in carried_out(report)
    }
    assert len(looked) == 6
    assert [
        name for name, steps in looked.items() if not all(by_time.search(step) for step in steps)
    ] == ["access_states"]


def test_access_to_look_at_is_found_by_its_time(statements: Sequence[Statement]) -> None:
    to_do = [each for each in statements if each.function == "access_to_do"]
    assert any("access_to_look_at" in step for each in to_do for step in each.steps)


def test_the_newest_requests_are_read_from_the_end_of_an_index(explaining: SqlLedger) -> None:
    explaining.listed(None, 100)
    assert plans(explaining) == ["SCAN requests USING INDEX requests_by_receipt"]


def test_a_claim_among_pending_requests_reads_only_those(explaining: SqlLedger) -> None:
    explaining.claim(now=NOON, holder="h", lease=LEASE, sources=None, besides=[])
    assert any("requests_by_turn (state=?)" in step for step in plans(explaining))


def test_an_idle_run_looks_for_old_messages_at_one_end_of_an_index(explaining: SqlLedger) -> None:
    assert explaining.drop_raw(settled_before=NOON, limit=100, stamp=stamp()) == 0
    steps = plans(explaining)
    assert steps[0] == "SEARCH requests USING INDEX requests_with_raw (settled_at<?)"
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps)
