"""Several processes at one ledger at the same moment."""

import pytest
from support.ledger_samples import NOON, identified
from support.ledger_workers import Together

from connector.domain.request import Identity, Outcome
from connector.ledger.store import open_ledger

pytestmark = pytest.mark.parametrize(
    "ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.service)], indirect=True
)


def test_of_requests_with_one_identity_one_is_new_and_the_others_are_duplicates(
    ledger_url: str, together: Together
) -> None:
    # There is no ledger yet: the workers also race to create it and its tables.
    together("identify", 4)
    with open_ledger(ledger_url, create=False) as ledger:
        new = {record.key for record in ledger.pending(None)}
        duplicates = ledger.listed(Outcome.DUPLICATE, 1000)
        holders = {ledger.holder_of(Identity(f"mail {number}"), NOON) for number in range(20)}
    assert holders == new
    assert len(new) == 20
    assert len(duplicates) == 60
    assert {record.duplicate_of for record in duplicates} == new


def test_a_submission_sent_to_several_hosts_at_once_is_one_request(
    ledger_url: str, together: Together
) -> None:
    told = together("admit", 4)
    with open_ledger(ledger_url, create=False) as ledger:
        new = {record.key for record in ledger.pending(None)}
        assert ledger.unidentified(None) == []
    assert len(new) == 20
    assert [set(keys) for keys in told] == [new] * 4  # whichever host was asked: one reference


def test_no_request_is_claimed_twice(ledger_url: str, together: Together) -> None:
    keys = [f"k{number}" for number in range(60)]
    with open_ledger(ledger_url, create=True) as ledger:
        for key in keys:
            identified(ledger, key)
    claims = together("claim", 3)
    assert sorted(key for lines in claims for key in lines) == sorted(keys)


def test_processes_share_one_call_budget(together: Together) -> None:
    spent = together("spend", 3)
    assert sum(int(line) for lines in spent for line in lines) == 100
