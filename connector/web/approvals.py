"""Approvals by link (DESIGN section 8, channel b): looking approves nothing, confirming does.

The token stands in the path of these pages alone. Nothing logs it: errors are logged by the name
of the page, and the access log by its pattern.
"""

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import Length

from connector.accounts.model import AccessKind, AccessRequest, Approval, Channel
from connector.errors import ConnectorError
from connector.pipeline.accounts.approving import (
    ApprovalRefused,
    TokenState,
    TokenView,
    decide_by_token,
    look_at_token,
)
from connector.web.sessions import GuardedForm, sent_fields
from connector.web.site import the_desk, the_site

log = structlog.get_logger()

bp = Blueprint("approvals", __name__)

APPROVE, DENY = "approve", "deny"
LONGEST_REASON = 1000

ENDED = {
    TokenState.USED: HTTPStatus.OK,
    TokenState.EXPIRED: HTTPStatus.GONE,
    TokenState.REPLACED: HTTPStatus.GONE,
    TokenState.UNKNOWN: HTTPStatus.NOT_FOUND,
}
NO_REASON = "Please say why you deny it: whoever asked for it is told."
STALE = "This page was open for too long. Nothing was decided yet: please choose again."
NO_CHOICE = "Please choose whether you approve it."
UNDECIDED = (
    "Nothing was decided: the help desk's system could not be asked whether you may approve this. "
    "Please try again in a few minutes."
)


class Decision(GuardedForm):
    """What a point of contact says; the button says which way."""

    reason = TextAreaField(
        "Reason",
        [Length(max=LONGEST_REASON, message=f"At most {LONGEST_REASON} characters, please.")],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as the page shows it."""

    request: AccessRequest
    is_login: bool
    text: str
    """The words of who asked, for other access: an approval is of exactly these."""
    is_text_missing: bool
    """Whether there were words, and they are kept no more."""


@bp.get("/approvals/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what is asked, by whom and for whom, or why the link holds no more."""
    return _page(look_at_token(the_desk(), token), Decision())


@bp.post("/approvals/<token>")
def decide(token: str) -> ResponseReturnValue:
    """Approve or deny, once."""
    desk = the_desk()
    form = Decision(sent_fields())
    choice = request.form.get("choice", "")
    if fault := _fault(form, choice):
        view = look_at_token(desk, token)
        return _page(view, form, fault, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        decide_by_token(desk, token, approve=choice == APPROVE, reason=form.reason.data or "")
    except ApprovalRefused as error:
        log.info("approval refused", reason=error.message)
        title = "You cannot decide this"
        page = render_template("approval_refused.html", title=title, reason=error.message)
        return page, HTTPStatus.FORBIDDEN
    except ConnectorError as error:
        log.warning("approval not taken", reason=error.message)
        view = look_at_token(desk, token)
        return _page(view, form, UNDECIDED, HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect(url_for("approvals.show", token=token), HTTPStatus.SEE_OTHER)


def _fault(form: Decision, choice: str) -> str:
    """Return why a confirmation does not count; what was typed is kept."""
    if not form.validate():
        return STALE if form.csrf_token.errors else " ".join(form.reason.errors)
    if choice not in (APPROVE, DENY):
        return NO_CHOICE
    if choice == DENY and not (form.reason.data or "").strip():
        return NO_REASON
    return ""


def _page(
    view: TokenView,
    form: Decision,
    fault: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> ResponseReturnValue:
    if view.state is not TokenState.VALID or view.request is None:
        said = _said(view)
        return render_template("approval_ended.html", view=view, said=said), ENDED[view.state]
    asked = _asked(view.request)
    return render_template(
        "approval.html", asked=asked, approver=view.approver, form=form, fault=fault
    ), status


def _said(view: TokenView) -> Approval | None:
    """Return what the holder of a used link decided by it."""
    if view.state is not TokenState.USED or view.request is None:
        return None
    by_link = (each for each in view.request.approvals if each.channel is Channel.LINK)
    return next((each for each in by_link if each.approver == view.approver), None)


def _asked(wanted: AccessRequest) -> Asked:
    is_login = wanted.kind is AccessKind.LOGIN
    text = "" if is_login else the_site().text_of(wanted)
    return Asked(wanted, is_login, text, is_text_missing=bool(wanted.text_digest) and not text)
