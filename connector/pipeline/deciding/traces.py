"""What the ledger keeps of a request that became a ticket or a note, so that answers find it."""

from collections.abc import Iterator

from connector.domain.request import Request
from connector.mapping.models import ClientsFile
from connector.pipeline.deciding.course import Traces
from connector.pipeline.services import Services
from connector.ports.threads import MessageKind, Part, Participant, Trouble


def traces_of(request: Request, clients: ClientsFile, trouble: Trouble | None) -> Traces:
    """Return what a request leaves: its Message-ID, its people, and the trouble it reports."""
    people = dict.fromkeys(_participants(request, clients))
    return Traces(request.message_id, tuple(people), trouble, request.received_at)


def _participants(request: Request, clients: ClientsFile) -> Iterator[Participant]:
    if request.sender is not None and request.sender.address:
        yield Participant(request.sender.address, Part.REQUESTER)
    ours = {*clients.own_addresses, *clients.own_lists}
    for mailbox in request.mail.recipients if request.mail else ():
        if mailbox.address and mailbox.address not in ours:
            yield Participant(mailbox.address, Part.CC)


def remember(services: Services, key: str, traces: Traces, ticket_id: int) -> None:
    """Keep that a request is, or is on, a ticket; keeping it again changes nothing."""
    ledger = services.ledger
    if traces.message_id:
        ledger.know_message(traces.message_id, ticket_id, key, MessageKind.RECEIVED)
    if traces.participants:
        ledger.know_participants(ticket_id, traces.participants)
    if traces.trouble and traces.received_at:
        ledger.know_trouble(traces.trouble, key, traces.received_at)
