"""The status page: what is going on, for admins, and buttons for what waits for a person."""

import platform
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound, TooManyRequests
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from connector import __version__
from connector.domain.request import Outcome
from connector.pipeline.report import COUNTED
from connector.ports import RequestRecord, Stamp
from connector.ports.records import RELEASE
from connector.web.operations import DAY, Operations, Overview, overview_of
from connector.web.sessions import GuardedForm, sent_fields
from connector.web.site import Site, the_operations, the_site
from connector.web.visitors import sign_in, sign_out, visitor_of

bp = Blueprint("status", __name__)

RETRY, IGNORE = "retry", "ignore"
REOPENS = {
    RELEASE: [Outcome.PARKED, Outcome.IGNORED],
    RETRY: [Outcome.PENDING],
}
DONE = {RELEASE: "released", RETRY: "due now", IGNORE: "ignored"}
SHOWN_DATES = 30
COUNTS = ("received", *map(str, COUNTED), "sla_written")
WORDS = {"sla_written": "due dates written"}
DEFAULT_REASON = "ignored on the status page"
LONGEST_REASON = 500

WRONG_PASSWORD = "That is not the password."  # noqa: S105 - a sentence
STALE = "This page was open for too long. Nothing was done: please try again."


class SignIn(GuardedForm):
    """The password of the page."""

    password = PasswordField("Password", [InputRequired("Please type the password.")])


class Act(GuardedForm):
    """A button beside a request, with the reason for ignoring it."""

    reason = StringField("Reason", [Length(max=LONGEST_REASON)])


@bp.get("/status")
def show() -> ResponseReturnValue:
    """Show what is going on, to whom may see it."""
    site, work = the_site(), the_operations()
    visitor = visitor_of(site, work)
    if visitor is None:
        return _ask_to_sign_in(work, SignIn())
    seen = overview_of(work)
    return render_template(
        "status.html",
        seen=seen,
        work=work,
        form=Act(),
        visitor=visitor,
        version=__version__,
        python=platform.python_version(),
        silent_after=DAY,
        shown_dates=SHOWN_DATES,
        count_words=_count_words,
        **_risks(seen),
    )


@bp.post("/status/sign-in")
def enter() -> ResponseReturnValue:
    """Let in who knows the password; few tries from one address."""
    site, work = the_site(), the_operations()
    form = SignIn(sent_fields())
    if seconds := work.tries.take(request.remote_addr or "", site.clock()):
        raise TooManyRequests(retry_after=seconds)
    if not form.validate():
        fault = STALE if form.csrf_token.errors else ""
        return _ask_to_sign_in(work, form, fault, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not sign_in(site, work, form.password.data or ""):
        return _ask_to_sign_in(work, form, WRONG_PASSWORD, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("status.show"), HTTPStatus.SEE_OTHER)


@bp.post("/status/sign-out")
def leave() -> ResponseReturnValue:
    """Forget who signed in by password."""
    if Act(sent_fields()).validate():
        sign_out()
    return redirect(url_for("status.show"), HTTPStatus.SEE_OTHER)


@bp.post("/status/requests/<key>/<any(release, retry, ignore):action>")
def act(key: str, action: str) -> ResponseReturnValue:
    """Send a request on, or set it aside; then show the page anew."""
    site, work = the_site(), the_operations()
    visitor = visitor_of(site, work)
    if visitor is None:
        return _ask_to_sign_in(work, SignIn(), STALE, HTTPStatus.FORBIDDEN)
    form = Act(sent_fields())
    if not form.validate():
        flash(STALE if form.csrf_token.errors else "That reason is too long: nothing was done.")
        return redirect(url_for("status.show"), HTTPStatus.SEE_OTHER)
    record = work.ledger.get(key)
    if record is None:
        raise NotFound
    flash(_do(site, work, record, action, visitor, (form.reason.data or "").strip()))
    return redirect(url_for("status.show"), HTTPStatus.SEE_OTHER)


def _do(
    site: Site, work: Operations, record: RequestRecord, action: str, visitor: str, reason: str
) -> str:
    """Do what a button says; return what came of it, for the person to read."""
    stamp = Stamp(run=f"by hand ({visitor})", at=site.clock())
    if action == IGNORE:
        why = reason or DEFAULT_REASON
        done = work.ledger.set_aside(record.key, reason=why, stamp=stamp)
    else:
        done = work.ledger.reopen(record.key, states=REOPENS[action], step=action, stamp=stamp)
    if done:
        return f"Request {record.key}: {DONE[action]}."
    return (
        f"Request {record.key}: nothing was done, since it is worked on just now or is not in a "
        "state any more that allows this."
    )


def _risks(seen: Overview) -> dict[str, int]:
    marks = Counter(each.mark(seen.now) for each in seen.due.dates)
    return {"overdue": marks["overdue"], "at_risk": marks["at risk"]}


def _count_words(counts: Mapping[str, object]) -> str:
    """Write counts as a run says them, in its order: 2 created, 1 parked."""
    shown = [(word, counts.get(word)) for word in COUNTS]
    return ", ".join(f"{count} {WORDS.get(word, word)}" for word, count in shown if count)


def _ask_to_sign_in(
    work: Operations, form: SignIn, fault: str = "", status: HTTPStatus = HTTPStatus.OK
) -> ResponseReturnValue:
    if not work.password:
        return render_template("status_closed.html", work=work), HTTPStatus.FORBIDDEN
    return render_template("sign_in.html", form=form, fault=fault), status
