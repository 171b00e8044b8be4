"""What must have arrived in the end: acknowledgements at most once, alerts at least once."""

from collections import Counter
from datetime import timedelta
from typing import Any

from support.faults.bms_store import Firsts
from support.faults.processes import Ended
from support.faults.site import ON_CALL, Site

from connector.domain.request import Outcome
from connector.ledger.store import SqlLedger
from connector.ports.post import Posted, PostKind, PostState

KEPT = timedelta(hours=24)
"""A request that is older is not acknowledged any more (DESIGN section 6)."""

BEGUN = "after commit: outbox.begin_post"
ENDED = tuple(
    f"after commit: outbox.{end}" for end in ("post_sent", "put_back_post", "give_up_post")
)


def letters_arrived(site: Site, firsts: Firsts) -> None:
    """Assert what the mail server and the webhook have; harm to mail excuses so many letters."""
    harm = site.mailbox.harm + sum(map(_left_unclear, site.ended))
    with site.ledger() as ledger:
        assert not letters_left(ledger)
        posts = {record.key: list(ledger.posts_of(record.key)) for _, record in firsts}
        for each in (post for several in posts.values() for post in several):
            _is_as_the_ledger_says(site, ledger, each)
    _each_was_acknowledged(site, firsts, harm)
    _each_emergency_was_told(site, firsts, harm)


def letters_left(ledger: SqlLedger) -> list[str]:
    """Return the letters that are neither sent nor given up, each as a sentence."""
    with ledger.database.snapshot() as tx:
        rows = tx.all("SELECT * FROM outbox WHERE state IN ('waiting', 'sending')")
    return [f"{row['unique_key']} is {row['state']}: {row['reason']}" for row in rows]


def _left_unclear(ended: Ended) -> int:
    """Return how many letters a run was about to hand over and did not get to the end of."""
    unclear, is_open = 0, False
    for point in ended.points:
        if point == BEGUN:
            unclear += is_open
            is_open = True
        elif point in ENDED:
            is_open = False
    return unclear + is_open


def _is_as_the_ledger_says(site: Site, ledger: SqlLedger, posted: Posted) -> None:
    letter = posted.letter
    arrived = [mail["Message-ID"] for mail in site.mailbox.mails].count(letter.message_id)
    if letter.kind is PostKind.ACKNOWLEDGEMENT:
        assert arrived <= 1, f"{letter.unique_key} arrived {arrived} times"
        known = ledger.tickets_of_messages([letter.message_id.strip("<>")])
        assert known, f"a bounce of {letter.unique_key} would not be known for one"
    if posted.state is PostState.SENT and letter.recipient:
        assert arrived >= 1, f"{letter.unique_key} was sent, says the ledger"


def _each_was_acknowledged(site: Site, firsts: Firsts, harm: int) -> None:
    """Assert that nobody was told twice or wrongly, and that harm explains who was not told."""
    arrived = Counter(
        (mail["To"], mail["Subject"]) for mail in site.mailbox.mails if mail["To"] != ON_CALL
    )
    not_told = []
    for item, record in firsts:
        mails = [
            mail for mail in arrived
            if record.state is Outcome.CREATED and f"#{record.ticket_number}#" in mail[1]
        ]  # fmt: skip
        times = sum(arrived.pop(mail) for mail in mails)
        assert times <= bool(item.acknowledged), f"{item.name} was acknowledged {times} times"
        assert all(to == item.acknowledged for to, _ in mails), f"{item.name}: {mails}"
        is_late = site.world.now - record.received_at > KEPT
        if item.acknowledged and not times and not is_late:
            not_told.append(item.name)
    assert not arrived, f"mails that answer nothing: {arrived}"
    assert len(not_told) <= harm, f"not acknowledged, with {harm} letters harmed: {not_told}"


def _each_emergency_was_told(site: Site, firsts: Firsts, harm: int) -> None:
    """Assert that each channel told of each emergency and its ticket, more often only by harm."""
    told = Counter((alert["request"], alert["event"]) for alert in site.webhook.taken)
    woken = [mail for mail in site.mailbox.mails if mail["To"] == ON_CALL]
    expected, surplus, missing = set(), 0, 0
    for item, record in firsts:
        if not item.emergency:
            continue
        events = {(record.key, "emergency"), (record.key, "ticket")}
        assert events <= told.keys(), f"{item.name}: only {told} by webhook"
        ids = Counter(mail["Message-ID"] for mail in woken if record.key in _text(mail))
        missing += max(0, 2 - len(ids))
        surplus += ids.total() - len(ids) + sum(told[each] - 1 for each in events)
        expected |= events
    assert missing <= harm, f"{missing} alerts by mail are missing, with {harm} letters harmed"
    assert surplus <= harm, f"{surplus} alerts too many, with {harm} letters harmed: {told}"
    more = {event for _, event in told.keys() - expected}
    assert more <= {"parked", "channel"}, f"alerts of what is no emergency: {told}"


def _text(mail: Any) -> str:
    return str(mail.get_content())
