"""Webhooks: `/hooks/SOURCE` takes form submissions, `/hooks/bms` hints of BMS at changed tickets.

A submission is answered 200 once the ledger has it, and a repeated one again, without a second
request. Every error is one line of JSON; its status tells the sender whether sending again helps.
"""

import structlog
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound, Unauthorized

from connector.web.hook_auth import WRONG, knows_bms_secret, must_know_secret
from connector.web.hook_body import payload_of
from connector.web.site import the_site
from connector.web.submissions import Submission
from connector.web.ticket_event import ticket_in

log = structlog.get_logger()

bp = Blueprint("hooks", __name__, url_prefix="/hooks")


@bp.post("/<source>")
def take_submission(source: str) -> ResponseReturnValue:
    """Record a form submission and return its reference."""
    site = the_site()
    hook = site.hooks.sources.get(source)
    if hook is None:
        raise NotFound("there is no webhook of this name")
    must_know_secret(request, hook)
    raw = payload_of(request)
    recorded = site.record(Submission(hook.source, hook.form, raw, hook.submitted_at(raw)))
    log.info("webhook", source=source, request=recorded.key, is_new=recorded.is_new)
    return jsonify(reference=recorded.reference, repeated=not recorded.is_new)


@bp.post("/bms")
def take_hint() -> ResponseReturnValue:
    """Let the next write-back look at the ticket that BMS tells of, through the API.

    What the event says of the ticket itself counts for nothing.
    """
    hook = the_site().hooks.bms
    if hook is None:
        raise NotFound("there is no webhook of this name")
    if not knows_bms_secret(request, hook.secret):
        is_shown = "key" in request.args or "Signature" in request.headers
        raise Forbidden(WRONG) if is_shown else Unauthorized("the key is missing")
    ticket_id = ticket_in(request.get_data())
    if ticket_id is not None:
        hook.hint(ticket_id)
    log.info("told by BMS", ticket=ticket_id)
    return jsonify(ticket=ticket_id)
