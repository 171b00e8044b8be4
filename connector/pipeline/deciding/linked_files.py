"""Files that a form submission names by their addresses, fetched before its ticket is made."""

from dataclasses import replace
from typing import Final

from connector.domain.request import Request
from connector.errors import RetryLater
from connector.pipeline.deciding.planning import looks_like_emergency
from connector.pipeline.services import Services
from connector.ports import RequestRecord

PATIENCE: Final = 4
"""How many attempts a request may spend on waiting for its files: some six minutes.

An emergency spends none. Afterwards the ticket is made, and its note names the missing files.
"""


def with_linked_files(services: Services, request: Request, record: RequestRecord) -> Request:
    """Return the request with the files it names; raises `RetryLater` while it is worth waiting."""
    if not request.links or services.files is None:
        return request
    fetched = services.files.fetch(request.source, request.links)
    may_wait = record.ticket_id is None and record.attempts < PATIENCE
    if fetched.may_come and may_wait and not looks_like_emergency(request, services.rulebook):
        raise RetryLater(fetched.missing[0], "The ticket is made without it after some attempts")
    return replace(
        request,
        attachments=(*request.attachments, *fetched.attachments),
        remarks=(*request.remarks, *fetched.missing),
        links=(),
    )
