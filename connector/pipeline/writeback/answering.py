"""What an answer changes of a ticket's due dates; write-back then writes them.

An emergency word in an answer raises the ticket from the receipt of that answer, not from when
BMS was told; a desired date named in an answer counts like one in the ticket's text.
"""

from dataclasses import replace

from connector.domain.tenant import Named
from connector.pipeline.deciding.course import NewFacts
from connector.pipeline.services import Services
from connector.pipeline.writeback.facts import first_seen, reckoned_anew
from connector.pipeline.writeback.fields import adopting_fields, wanting_fields
from connector.pipeline.writeback.setup import WriteBack
from connector.ports.watch import Line, OpenTicket, Watched
from connector.sla.wording import moment_words


def take_in_answer(
    services: Services, ticket: OpenTicket, priority: Named, facts: NewFacts, key: str
) -> None:
    """Keep what an answer, appended for request `key`, changes; taking it in again changes nothing.

    `ticket` is as BMS shows it before anything is written, `priority` the one that it gets.
    """
    work = services.write_back
    lines: list[Line] = []
    known = work.ledger.watched([ticket.id]).get(ticket.id)
    if known is None:
        known = _first_seen(services, ticket, lines)
    after = _raised(known, priority, facts, work)
    after = _desiring(after, facts, key)
    if after == known:
        return
    ids = work.tickets.custom_fields()
    after = wanting_fields(reckoned_anew(after, work.rules), work.rules.book, ids)
    after = replace(after, pending=True)
    lines.append(Line("reckoned", "emergency" if after.emergency else "normal", after.reason))
    work.ledger.watch([(after, lines)], stamp=services.stamp())


def _first_seen(services: Services, ticket: OpenTicket, lines: list[Line]) -> Watched:
    work = services.write_back
    made = work.ledger.made_tickets([ticket.id]).get(ticket.id)
    seen = first_seen(ticket, made, work.rules, services.clock())
    lines.append(Line("first seen", "ours" if made else "born in BMS", seen.reason))
    ids, book = work.tickets.custom_fields(), work.rules.book
    return (
        wanting_fields(seen, book, ids)
        if made is None
        else adopting_fields(seen, ticket, book, ids)
    )


def _raised(known: Watched, priority: Named, facts: NewFacts, work: WriteBack) -> Watched:
    """Return the ticket as an emergency from the answer on; one that is an emergency stays so."""
    if facts.raised_by is None:
        return known
    known = replace(known, priority=priority)
    if known.emergency:
        return known
    when = moment_words(facts.at, work.rules.book.zone)
    reason = f"an answer says “{facts.raised_by}” in its subject: an emergency from {when} on"
    return replace(known, emergency=True, raised_at=facts.at, reason=reason)


def _desiring(known: Watched, facts: NewFacts, key: str) -> Watched:
    if facts.desired is None or facts.desired == known.desired:
        return known
    reason = f"an answer (request {key}) names a desired resolution: “{facts.desired_words}”"
    if known.reason and known.raised_at == facts.at:
        reason = f"{known.reason}; {reason}"
    return replace(known, desired=facts.desired, desired_words=facts.desired_words, reason=reason)
