"""Mail that our own people forward on behalf of a client (DESIGN section 6, failure case 33)."""

from dataclasses import replace

from connector.domain.plan import Decision
from connector.domain.request import Request
from connector.mapping.models import ClientsFile
from connector.pipeline.deciding.course import Because
from connector.pipeline.deciding.thread_rules import may_speak_for_staff


def on_behalf(request: Request, clients: ClientsFile) -> tuple[Request, Because]:
    """Return a request as that of whose mail was forwarded, and why.

    Only our own people's verified forwards count, and only the outermost sender of what was
    forwarded. The person who forwarded it stays in `forwarded_by`: nobody approves anything by it.
    """
    mail = request.mail
    if mail is None or not mail.is_forward or not may_speak_for_staff(request, clients):
        return request, Because()
    client = mail.forwarded_from
    if client is None or client.address in clients.own_addresses:
        text = f"forwarded by {request.sender}; whose mail it was does not stand in it"
        return request, Because((Decision("requester", "forward", text),))
    text = f"{client}, whose mail {request.sender} forwarded"
    because = Because((Decision("requester", "forward", text),))
    return replace(request, sender=client, forwarded_by=request.sender), because
