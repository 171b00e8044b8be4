"""Everything that a ledger is used for, once, so that each of its statements is carried out."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from support.access_samples import ANA, BEN, HARBOR, MARTA, approval, opened, token
from support.content import letter, send, settled
from support.ledger_samples import (
    LEASE,
    NOON,
    SharedSqlite,
    arrival,
    at,
    identified,
    recorded,
    stamp,
    take,
)
from support.watched import a_watched_ticket

from connector.accounts.model import AccessState
from connector.domain.request import Identity, Outcome, Waiting
from connector.domain.tenant import TicketRef
from connector.errors import Throttled
from connector.ledger.budget import SqlCallBudget
from connector.ledger.cache import SqlCache
from connector.ledger.store import SqlLedger
from connector.ports import Claim, Identified, Item
from connector.ports.post import Limit, PostKind
from connector.ports.statistics import Span
from connector.ports.threads import MessageKind, Part, Participant, Trouble
from connector.ports.watch import Line

TROUBLE = Trouble("rule", "a@x.example", "disk")
CALL = "GET /v2/servicedesk/tickets"


def take_in(ledger: SqlLedger) -> None:
    """Record and identify requests, in every way."""
    identified(ledger, "k1")
    recorded(ledger, "k2")
    ledger.identify("k2", Identity("mail k1"), subject="", sender="", stamp=stamp())
    ledger.record_all([Item("k3", arrival("k3.eml"), b"raw")], stamp=stamp())
    known = Identified(Identity("mail k3"), "", "", conversation="c")
    ledger.identify_all([Claim("k3", known)], stamp=stamp())
    for key in ("k4", "k5"):
        ledger.admit(
            key,
            arrival(f"{key}.eml"),
            b"raw",
            Identified(Identity("mail k4"), "", ""),
            urgent=True,
            stamp=stamp(),
        )
    ledger.waiting_item("drop", "k1.eml")
    ledger.unfiled("drop")
    ledger.relocate("k1", "k9.eml", stamp=stamp())
    ledger.holder_of(Identity("mail k1"), NOON)
    recorded(ledger, "k6")
    ledger.unidentified(None)
    ledger.park_unidentified("k6", reason="", remedy="", stamp=stamp())
    ledger.refill("k6", b"raw", stamp=stamp())


def work(ledger: SqlLedger) -> None:
    """Lease a request, deliver it, and let its source file it away."""
    identified(ledger, "k1")
    ledger.take_over_leases()
    for sources in (None, ["drop", "web"]):
        ledger.claim(now=NOON, holder="h", lease=LEASE, sources=sources, besides=["x"])
        ledger.pending(sources)
        ledger.unmarked(sources)
    ledger.held_up(now=NOON)
    SqlLedger(SharedSqlite(ledger.database)).held_up(now=NOON)
    ledger.raw("k1")
    ledger.get("k1")
    ledger.renew(holder="h", lease=LEASE, now=NOON)
    take(ledger, "k1")
    ledger.postpone(
        "k1", waiting=Waiting.ERROR, until=NOON, reason="", remedy="", attempts=1, stamp=stamp()
    )
    take(ledger, "k1")
    ledger.keep_result("k1", result={"verdict": "none"}, decisions=(), stamp=stamp())
    for operation in ("ticket", "note"):
        ledger.intend("k1", operation, stamp=stamp())
        ledger.intents("k1")
        ledger.refuse("k1", operation, reason="", stamp=stamp())
    ledger.withdraw("k1", "note", reason="", stamp=stamp())
    ledger.confirm("k1", "ticket", result_id=1, ticket=TicketRef(1, "1"), stamp=stamp())
    ledger.settle("k1", Outcome.PARKED, reason="", remedy="", stamp=stamp())
    ledger.marked("k1", Outcome.PARKED)


def run(ledger: SqlLedger) -> None:
    """Begin and end a run, and look at how all goes."""
    ledger.start_run(stamp())
    ledger.finish_run(stamp(), exit_code=0, summary={})
    ledger.past_runs(since=NOON, limit=5)
    ledger.received_since(NOON)
    ledger.last_received("drop")
    ledger.waiting()
    ledger.letters_waiting()
    ledger.has_moved()
    ledger.verdicts("drop", 20)


def ask(ledger: SqlLedger) -> None:
    """Ask what a person asks, and send requests on."""
    settled(ledger, "k1", Outcome.PARKED)
    ledger.note("k1", step="", text="", stamp=stamp())
    ledger.journal("k1")
    ledger.listed(Outcome.PARKED, 100)
    ledger.listed(None, 100)
    ledger.by_ticket(number="1", ticket_id=None)
    ledger.by_ticket(number=None, ticket_id=1)
    ledger.reopen("k1", states=[Outcome.PARKED], step="release", stamp=stamp())
    take(ledger, "k1")
    ledger.settle("k1", Outcome.PARKED, reason="", remedy="", stamp=stamp())
    ledger.set_aside("k1", reason="", stamp=stamp())


def converse(ledger: SqlLedger) -> None:
    """Keep what belongs to a ticket, and find it again."""
    identified(ledger, "k1")
    ledger.know_message("a@x.example", 1, "k1", MessageKind.RECEIVED)
    ledger.tickets_of_messages(["a@x.example"])
    ledger.know_participants(1, [Participant("a@x.example", Part.CC)])
    ledger.participants(1)
    ledger.know_trouble(TROUBLE, "k1", NOON)
    ledger.ticket_of_trouble(TROUBLE, since=NOON, besides="")
    ledger.uploads_of_others(1, "k1")


def post(ledger: SqlLedger) -> None:
    """Send letters, fail to, and be killed while sending one."""
    for key in ("k1", "k2"):
        identified(ledger, key)
        ledger.post(letter(key), [Limit(9, LEASE, "nine")], stamp=stamp())
    ledger.posts_due(now=NOON)
    send(ledger)
    ledger.posts_of("k1")
    for end in (_put_back, _give_up):
        ledger.post(letter("k1", unique_key=end.__name__), (), stamp=stamp())
        end(ledger, _claimed(ledger))
    ledger.post(letter("k1", unique_key="unclear"), (), stamp=stamp())
    ledger.begin_post(_claimed(ledger), stamp=stamp(60))
    ledger.recover_posts(stamp=stamp(70))


def _claimed(ledger: SqlLedger) -> int:
    posted = ledger.claim_post(stamp=stamp(60), lease=LEASE, kinds=tuple(PostKind), besides=["x"])
    assert posted is not None
    return posted.id


def _put_back(ledger: SqlLedger, post_id: int) -> None:
    ledger.put_back_post(post_id, until=at(60), reason="", stamp=stamp(60))


def _give_up(ledger: SqlLedger, post_id: int) -> None:
    ledger.give_up_post(post_id, reason="", stamp=stamp(60))


def write_back(ledger: SqlLedger) -> None:
    """Watch tickets, and write into them."""
    ledger.watch([(a_watched_ticket(), [Line("seen", "", "")])], stamp=stamp())
    ledger.watched([1])
    ledger.watched_numbered("1")
    ledger.unwritten()
    ledger.made_tickets([1])
    ledger.forget(1)
    ledger.ticket_journal(1)
    ledger.set_watermark("sla", NOON)
    ledger.watermark("sla")
    ledger.hint(1, at=NOON)
    ledger.looked_at(ledger.hinted())


def let_go(ledger: SqlLedger) -> None:
    """Let raw messages go that are old."""
    settled(ledger, "k1")
    ledger.drop_raw(settled_before=at(1), limit=100, stamp=stamp())


def erase(ledger: SqlLedger) -> None:
    """Erase requests that opened a ticket or were added to one, and whom they name."""
    for key, outcome in (
        ("k1", Outcome.CREATED),
        ("k2", Outcome.APPENDED),
        ("k3", Outcome.APPENDED),
    ):
        _on_a_ticket(ledger, key, outcome)
    ledger.start_run(stamp())
    ledger.finish_run(stamp(), exit_code=0, summary={"problems": ["of k1@client.example"]})
    ledger.requests_from(["k1@client.example"])
    ledger.with_copies(["k1"])
    for key in ("k2", "k1", "k3"):
        ledger.erase(key, by="me", stamp=stamp())
    ledger.erase_mentions(["k1@client.example"], ["k1"])


def _on_a_ticket(ledger: SqlLedger, key: str, outcome: Outcome) -> None:
    recorded(ledger, key)
    sender = f"{key}@client.example"
    ledger.identify(key, Identity(f"mail {key}"), subject="", sender=sender, stamp=stamp())
    take(ledger, key)
    ticket = TicketRef(70001, "1")
    for operation, number in (("ticket", 70001), ("attachment a.png", 5)):
        ledger.intend(key, operation, stamp=stamp())
        ledger.confirm(key, operation, result_id=number, ticket=ticket, stamp=stamp())
    ledger.settle(key, outcome, reason="", remedy="", stamp=stamp())
    ledger.watch([(replace(a_watched_ticket(), reason=f"by {key}"), [])], stamp=stamp())


def approve(ledger: SqlLedger) -> None:
    """Ask for portal logins, and have them approved."""
    request = opened(ledger, "k1")
    said = approval(request)
    ledger.issue_token(token(request), stamp=stamp())
    ledger.token("h1")
    ledger.decide_access(request.id, said, becomes=None, token_hash="h1", stamp=stamp(5))
    ledger.decide_access(request.id, said, becomes=AccessState.APPROVED, stamp=stamp())
    record = request.records[0].id
    ledger.change_person(record, BEN, stamp=stamp())
    ledger.change_person(record, ANA, stamp=stamp())
    ledger.set_access_state(record, AccessState.PARKED, expected=AccessState, stamp=stamp())
    ledger.access_has_ticket("k1", replace(HARBOR, name="H"), TicketRef(2, "2"), stamp=stamp())
    ledger.schedule_access(request.id, look_at=None, stamp=stamp())
    ledger.tell_access(request.id, step="", text="", stamp=stamp())


def look_at_access(ledger: SqlLedger) -> None:
    """Find portal logins, and keep what was made for them."""
    request = opened(ledger, "k1")
    ledger.access_to_do(now=NOON)
    ledger.access_request(request.id)
    ledger.access_of_request("k1")
    ledger.access_of_ticket(1)
    ledger.access_of_record(1)
    ledger.access_trail(request.id)
    ledger.listed_access(states=[AccessState.APPROVED])
    ledger.accept_baseline({1: MARTA}, stamp=stamp())
    ledger.baseline()
    book, key = ledger.access_intents, f"access {request.id}"
    for operation in ("note", "contact"):
        book.intend(key, operation, stamp=stamp())
        book.refuse(key, operation, reason="", stamp=stamp())
    book.intents(key)
    book.everybodys("contact")
    book.confirm(key, "contact", result_id=1, ticket=None, stamp=stamp())
    book.withdraw(key, "note", reason="", stamp=stamp())


def report(ledger: SqlLedger) -> None:
    """Count what became of a day's requests."""
    span = Span(NOON, NOON + timedelta(days=1))
    ledger.flows([span])
    ledger.ticket_groups(span)
    ledger.parked_reasons(span)
    ledger.times_to_ticket(span, [LEASE])
    ledger.dates_written(span)
    ledger.access_states(span)


def call_bms(ledger: SqlLedger) -> None:
    """Count calls, and keep answers."""
    budget = SqlCallBudget(ledger.database, calls_per_hour=100)
    budget.take(CALL, now=NOON, emergency=False)
    budget.spent(now=NOON)
    budget.pause(CALL, until=at(5))
    with suppress(Throttled):
        budget.take(CALL, now=NOON, emergency=False)
    cache = SqlCache(ledger.database)
    cache.save("accounts", "a", {}, at(5))
    cache.load("accounts", "a", NOON)
    cache.drop("accounts", "a")
    cache.drop("accounts")


USES = (
    take_in,
    work,
    run,
    ask,
    converse,
    post,
    write_back,
    let_go,
    erase,
    approve,
    look_at_access,
    report,
    call_bms,
)
