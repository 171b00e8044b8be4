"""The links by which approvals are given: made when their mail is handed over, kept nowhere.

The ledger knows a token only by its hash, the outbox only whose it will be (DESIGN section 8 (b)).
"""

from collections.abc import Mapping
from dataclasses import replace

from connector.accounts.model import AccessRequest
from connector.accounts.tokens import hash_of, new_token
from connector.pipeline.accounts.desk import AccessDesk
from connector.pipeline.accounts.letters import LINK, LINK_FOR
from connector.pipeline.services import Services
from connector.ports.accounts import ApprovalToken
from connector.ports.post import Posted


def with_link(services: Services, posted: Posted) -> Posted | str:
    """Return a letter as it is handed over, or why nobody needs it any more.

    A token is issued for a letter that asks for an approval; an earlier one of the same approver
    for the same request holds no longer.
    """
    wanted = posted.letter.content.get(LINK_FOR)
    if not isinstance(wanted, Mapping):
        return posted
    desk = services.access
    request = desk.ledger.access_request(int(wanted["access_id"])) if desk else None
    if desk is None or not desk.settings.url or request is None:
        return "no links are mailed any more (approvals.url)"
    if request.digest != wanted["digest"] or not request.awaits_approval:
        return "what it asks for was changed or decided meanwhile"
    if request.expires_at is None or request.expires_at <= desk.clock():
        return "the time for an approval is over"
    link = f"{desk.settings.url}/approvals/{_issued(desk, request, str(wanted['approver']))}"
    content = {
        name: value.replace(LINK, link) if isinstance(value, str) else value
        for name, value in posted.letter.content.items()
        if name != LINK_FOR
    }
    return replace(posted, letter=replace(posted.letter, content=content))


def _issued(desk: AccessDesk, request: AccessRequest, approver: str) -> str:
    token, stamp = new_token(), desk.stamp()
    assert request.expires_at is not None  # noqa: S101 - `with_link` has looked
    kept = ApprovalToken(
        hash=hash_of(token),
        access_id=request.id,
        approver=approver,
        digest=request.digest,
        issued_at=stamp.at,
        expires_at=request.expires_at,
    )
    desk.ledger.issue_token(kept, stamp=stamp)
    return token
