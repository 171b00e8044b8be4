"""`explain`: why a ticket is as it is."""

import click

from connector.cli.common import Invocation, echo_json, load_settings, pass_invocation
from connector.errors import ConnectorError
from connector.ports import Ledger, RequestRecord


@click.command("explain")
@click.argument("ticket")
@click.option("--id", "is_id", is_flag=True, help="TICKET is the id, not the number.")
@click.option("--json", "as_json", is_flag=True)
@pass_invocation
def command(invocation: Invocation, *, ticket: str, is_id: bool, as_json: bool) -> None:
    """Tell why TICKET has this client, template, priority and due dates.

    TICKET is a ticket number; what is no number we know is tried as an id.
    """
    from connector.cli.story import print_story, story_as_json
    from connector.wiring import open_ledger_for_people

    with open_ledger_for_people(load_settings(invocation)) as people:
        records = _find(people.ledger, ticket, is_id=is_id)
        if not records:
            raise ConnectorError(
                f"no request of ours ended as ticket {ticket}",
                "`bms-connector requests list` shows the tickets we made",
            )
        if as_json:
            echo_json([story_as_json(people.ledger, record, people.local) for record in records])
            return
        for record in records:
            print_story(people.ledger, record, people.local)


def _find(ledger: Ledger, ticket: str, *, is_id: bool) -> list[RequestRecord]:
    found = [] if is_id else list(ledger.by_ticket(number=ticket, ticket_id=None))
    if found or not ticket.isdigit():
        return found
    return list(ledger.by_ticket(number=None, ticket_id=int(ticket)))
