"""The kinds of trouble of the randomised runs; each makes a bad time of one run."""

import random
from collections.abc import Callable
from dataclasses import replace

from support.faults.conditions import Conditions, Death, Jump, Kill, Locked, Point
from support.faults.site import Site

CREATING = (
    "POST /v2/servicedesk/tickets",
    "POST /v2/system/attachments/*",
    "POST /v2/servicedesk/tickets/*/notes",
)
ANY = "* /v2/*"
LATE = 1.0
"""Seconds by which a late answer comes; `Site.timeout` of a randomised run is shorter."""

Trouble = Callable[[Site, random.Random, Conditions], Conditions]


def _strike(site: Site, rng: random.Random, kind: str, endpoint: str, **options: object) -> None:
    times = rng.choice((1, 1, 2, 3))
    site.sandbox.faults.add(kind, endpoint, nth=rng.randint(1, 8), times=times, **options)


def _where(rng: random.Random) -> str:
    return rng.choice((*CREATING, ANY))


def dropped_before(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The connection breaks before the call is carried out."""
    _strike(site, rng, "drop", _where(rng))
    return conditions


def dropped_after(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The call is carried out and its answer is lost."""
    _strike(site, rng, "drop", _where(rng), after_commit=True)
    return conditions


def truncated(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The answer breaks off in its middle."""
    _strike(site, rng, "truncate", _where(rng))
    return conditions


def repeated(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The answer comes twice, so that the next call on the connection could take it for its own."""
    _strike(site, rng, "repeat", _where(rng))
    return conditions


def without_id(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The answer to a creating call lacks the id."""
    _strike(site, rng, "no_id", rng.choice(CREATING))
    return conditions


def late(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """One answer comes only after we have stopped waiting for it."""
    site.sandbox.faults.add(
        "delay",
        rng.choice(CREATING),
        nth=rng.randint(1, 4),
        seconds=LATE,
        after_commit=rng.random() < 0.7,
    )
    return conditions


def tokens_expire(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """Every token is refused in the middle of the run."""
    _strike(site, rng, "expire_tokens", ANY)
    return conditions


def throttled(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """A storm of 429, with and without Retry-After."""
    site.sandbox.faults.add(
        "status",
        _where(rng),
        nth=rng.randint(1, 8),
        times=rng.randint(1, 20),
        status=429,
        retry_after=rng.choice((None, "1", "90", "600")),
    )
    return conditions


def server_errors(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """500, 502, 503 before or after the call was carried out."""
    _strike(
        site,
        rng,
        "status",
        _where(rng),
        status=rng.choice((500, 502, 503)),
        body=rng.choice(("envelope", "html", "empty")),
        retry_after=rng.choice((None, "30")),
        after_commit=rng.random() < 0.5,
    )
    return conditions


def search_lags(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """New tickets show late in searches, though before `search_settle` has passed."""
    site.sandbox.behaviour.search_lag_seconds = rng.choice((5.0, 60.0, 119.0))
    return conditions


def killed(_site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The process dies somewhere."""
    point = rng.choice(tuple(Point))
    reach = {"commit": 200, "call": 60, "mark": 9, "rename": 9}[point.partition(" ")[2]]
    kill = Kill(point, rng.randint(1, reach), rng.choice(tuple(Death)))
    return replace(conditions, kill=kill)


def clock_jumps(_site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """Our clock goes back by an hour, within the run or before it; that of BMS does not."""
    return replace(conditions, jump=Jump(rng.choice((1, rng.randint(2, 500))), -3600))


def disk_full(_site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The disk of the SQLite ledger fills up."""
    return replace(conditions, pages_left=rng.randint(0, 12))


def ledger_locked(_site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """Somebody else locks the SQLite ledger for a while."""
    locked = Locked(rng.randint(1, 250), rng.randint(1, 4))
    return replace(conditions, locked=locked, busy_timeout=0.01)


# --- outgoing mail ---------------------------------------------------------------------------


def mail_is_refused(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The mail server says no to some letters, for now or for good."""
    command = rng.choice(("RCPT", "DATA"))
    answers = rng.choices(("", "451 come back later", "550 no such user"), k=rng.randint(1, 6))
    site.mailbox.answers[command] += answers
    return conditions


def mail_breaks_off(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The mail server breaks connections off: before a letter, in it, or instead of its 250."""
    times = rng.randint(1, 2)
    when = rng.choice(("RCPT", "DATA", "250"))
    if when == "250":
        site.mailbox.hangs_up += times
    else:
        site.mailbox.cuts[when] += times
    return conditions


def webhook_fails(site: Site, rng: random.Random, conditions: Conditions) -> Conditions:
    """The service behind the webhook of `alerts` has a bad time."""
    site.webhook.statuses += rng.choices((200, 500, 503, 429), k=rng.randint(1, 4))
    return conditions


ANYWHERE: tuple[Trouble, ...] = (
    *(dropped_before, dropped_after, truncated, repeated, without_id, late),
    *(tokens_expire, throttled, server_errors, search_lags, killed, clock_jumps),
    *(mail_is_refused, mail_breaks_off, webhook_fails),
)
ON_SQLITE: tuple[Trouble, ...] = (disk_full, ledger_locked)
