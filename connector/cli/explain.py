"""`explain`: why a ticket is as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from connector.cli.common import (
    Invocation,
    echo_json,
    load_run_setup,
    load_settings,
    pass_invocation,
)
from connector.errors import ConnectorError

if TYPE_CHECKING:
    from connector.ports import RequestRecord
    from connector.ports.watch import Watched
    from connector.wiring.people import People


@dataclass(frozen=True, slots=True)
class Story:
    """One story, in both of its shapes."""

    as_json: Callable[[], dict[str, object]]
    show: Callable[[], None]


@click.command("explain")
@click.argument("ticket")
@click.option("--id", "is_id", is_flag=True, help="TICKET is the id, not the number.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def command(invocation: Invocation, *, ticket: str, is_id: bool, as_json: bool) -> None:
    """Tell why TICKET has this client, template, priority and due dates.

    TICKET is a ticket number; what is no number we know is tried as an id. A ticket that the
    ledger does not know is read from BMS, and its due dates are reckoned as they would be.
    """
    from connector.wiring.people import open_ledger_for_people

    number = None if is_id else ticket
    ticket_id = int(ticket) if ticket.isdigit() else None
    with open_ledger_for_people(load_settings(invocation)) as people:
        stories = _known(people, number, None) or _known(people, None, ticket_id)
        if stories:
            _tell(stories, as_json=as_json)
            return
    _tell([_from_bms(invocation, number, ticket_id, ticket)], as_json=as_json)


def _tell(stories: list[Story], *, as_json: bool) -> None:
    if as_json:
        echo_json([story.as_json() for story in stories])
        return
    for place, story in enumerate(stories):
        if place:
            click.echo()
        story.show()


def _known(people: "People", number: str | None, ticket_id: int | None) -> list[Story]:
    """Return what the ledger knows: requests that ended as the ticket, and the ticket itself."""
    ledger = people.ledger
    if number is None and ticket_id is None:
        return []
    requests = ledger.by_ticket(number=number, ticket_id=ticket_id)
    if number is not None:
        known = people.watch.watched_numbered(number)
    else:
        known = people.watch.watched([ticket_id or 0]).get(ticket_id or 0)
    stories = [_of_request(people, record) for record in requests]
    if known and not (requests and _is_as_created(people, known)):
        stories.append(_of_ticket(people, known))
    return stories


def _is_as_created(people: "People", known: "Watched") -> bool:
    """Whether nothing happened to the dates of a ticket of ours since its creation."""
    return len(people.watch.ticket_journal(known.ticket_id)) <= 1


def _of_request(people: "People", record: "RequestRecord") -> Story:
    from connector.cli.story import print_story, story_as_json

    return Story(
        lambda: story_as_json(people.ledger, people.outbox, record, people.local),
        lambda: print_story(people.ledger, people.outbox, record, people.local),
    )


def _of_ticket(people: "People", known: "Watched") -> Story:
    from connector.cli.ticket_story import print_watched, watched_as_json

    journal = people.watch.ticket_journal(known.ticket_id)
    return Story(
        lambda: watched_as_json(known, journal, people.local),
        lambda: print_watched(known, journal, people.local),
    )


def _from_bms(
    invocation: Invocation, number: str | None, ticket_id: int | None, ticket: str
) -> Story:
    from connector.cli.ticket_story import print_watched, watched_as_json
    from connector.pipeline.writeback.explaining import find_and_explain
    from connector.wiring.clock import utc_now
    from connector.wiring.explain import open_write_back

    setup = load_run_setup(invocation)
    with open_write_back(setup) as work:
        found = find_and_explain(work, number=number, ticket_id=ticket_id, now=utc_now())
    if found is None:
        raise ConnectorError(
            f"neither the ledger nor BMS knows a ticket {ticket}",
            "`bms-connector requests list` shows the tickets we made",
        )
    known, left_out = found.known, found.left_out

    def local(moment: datetime) -> datetime:
        return moment.astimezone(setup.config.zone)

    return Story(
        lambda: watched_as_json(known, [], local, in_ledger=False, left_out=left_out),
        lambda: print_watched(known, [], local, in_ledger=False, left_out=left_out),
    )
