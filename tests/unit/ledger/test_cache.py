"""Values kept until they expire."""

import pytest
from support.ledger_samples import NOON, at, stamp

from connector.ledger.cache import ReadThroughCache, SqlCache
from connector.ledger.store import SqlLedger


@pytest.fixture
def cache(ledger: SqlLedger) -> SqlCache:
    return SqlCache(ledger.database)


@pytest.mark.parametrize("value", [[], {}, 0, "", False, {"id": 7, "name": "Zoë"}, [1, None]])
def test_a_value_comes_back_as_it_was(cache: SqlCache, value: object) -> None:
    cache.save("contact", "pat@client.example", value, at(60))
    assert cache.load("contact", "pat@client.example", NOON) == value


def test_a_value_is_gone_once_it_expires(cache: SqlCache) -> None:
    cache.save("queue", "Help Desk", 5, at(60))
    assert cache.load("queue", "Help Desk", at(59.9)) == 5
    assert cache.load("queue", "Help Desk", at(60)) is None


def test_a_newer_value_replaces_the_older(cache: SqlCache) -> None:
    cache.save("queue", "Help Desk", 5, at(60))
    cache.save("queue", "Help Desk", 6, at(120))
    assert cache.load("queue", "Help Desk", at(90)) == 6


def test_kinds_do_not_mix(cache: SqlCache) -> None:
    cache.save("queue", "New", 5, at(60))
    assert cache.load("status", "New", NOON) is None


def test_one_value_or_a_whole_kind_can_be_dropped(cache: SqlCache) -> None:
    for kind, name in (("queue", "a"), ("queue", "b"), ("queue", "c"), ("status", "a")):
        cache.save(kind, name, 1, at(60))
    cache.drop("queue", "a")
    assert cache.load("queue", "a", NOON) is None
    assert cache.load("queue", "b", NOON) == 1
    cache.drop("queue")
    assert cache.load("queue", "c", NOON) is None
    assert cache.load("status", "a", NOON) == 1


def test_the_next_run_forgets_what_has_expired(ledger: SqlLedger, cache: SqlCache) -> None:
    cache.save("contact", "old@client.example", 1, at(1))
    cache.save("contact", "new@client.example", 1, at(60))
    ledger.start_run(stamp(2))
    with ledger.database.snapshot() as tx:
        assert [row["name"] for row in tx.all("SELECT name FROM cache")] == ["new@client.example"]


def test_a_dry_run_reads_what_is_kept_and_keeps_only_its_token(cache: SqlCache) -> None:
    cache.save("queue", "a", 1, at(60))
    dry = ReadThroughCache(cache, keep=["token"])
    assert dry.load("queue", "a", NOON) == 1
    dry.save("queue", "a", 2, at(60))
    dry.save("queue", "b", 3, at(60))
    dry.save("token", "", "secret", at(60))
    assert (dry.load("queue", "a", NOON), dry.load("queue", "b", NOON)) == (2, 3)
    assert dry.load("token", "", NOON) == "secret"
    assert (cache.load("queue", "a", NOON), cache.load("queue", "b", NOON)) == (1, None)
    assert cache.load("token", "", NOON) == "secret"


def test_what_a_dry_run_drops_is_gone_only_for_itself(cache: SqlCache) -> None:
    cache.save("queue", "a", 1, at(60))
    cache.save("status", "a", 1, at(60))
    cache.save("token", "", "secret", at(60))
    dry = ReadThroughCache(cache, keep=["token"])
    dry.save("queue", "b", 2, at(60))
    dry.drop("queue")
    dry.drop("status", "a")
    dry.drop("token")
    assert dry.load("queue", "a", NOON) is None
    assert dry.load("queue", "b", NOON) is None
    assert dry.load("status", "a", NOON) is None
    assert (cache.load("queue", "a", NOON), cache.load("status", "a", NOON)) == (1, 1)
    assert cache.load("token", "", NOON) is None


def test_a_dry_runs_own_value_expires_too(cache: SqlCache) -> None:
    dry = ReadThroughCache(cache, keep=[])
    dry.save("queue", "a", 1, at(60))
    assert dry.load("queue", "a", at(60)) is None
