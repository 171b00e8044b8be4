"""How often one address may post."""

from datetime import UTC, datetime, timedelta

from connector.web.rate_limit import MAX_ADDRESSES, RateLimit

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)


def test_the_wait_ends_when_the_oldest_post_is_forgotten() -> None:
    limit = RateLimit(posts=2, per=timedelta(minutes=10))
    limit.take("203.0.113.7", NOW)
    limit.take("203.0.113.7", NOW + timedelta(minutes=4))

    wait = limit.take("203.0.113.7", NOW + timedelta(minutes=5))

    assert wait == 5 * 60
    assert limit.take("203.0.113.7", NOW + timedelta(minutes=5, seconds=wait)) == 0


def test_who_is_refused_does_not_wait_longer_for_trying() -> None:
    limit = RateLimit(posts=1, per=timedelta(minutes=10))
    limit.take("203.0.113.7", NOW)
    for second in range(1, 600):
        assert limit.take("203.0.113.7", NOW + timedelta(seconds=second)) == 600 - second

    assert limit.take("203.0.113.7", NOW + timedelta(seconds=600)) == 0


def test_addresses_of_one_ipv6_site_are_one_visitor() -> None:
    limit = RateLimit(posts=1)

    assert limit.take("2001:db8:1:2::1", NOW) == 0
    assert limit.take("2001:db8:1:2:ffff::9", NOW) > 0
    assert limit.take("2001:db8:1:3::1", NOW) == 0
    assert limit.take("::ffff:203.0.113.7", NOW) == 0
    assert limit.take("::ffff:203.0.113.8", NOW) == 0


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    limit = RateLimit(posts=1)
    for number in range(MAX_ADDRESSES + 1):
        limit.take(f"visitor {number}", NOW)

    assert limit.take("visitor 1", NOW) > 0
    assert limit.take("visitor 0", NOW) == 0
