"""The hosted form: what a person sees and sends at `/`.

A submission is in the ledger before anybody is thanked. The thanks have an address of their own,
so that loading them again sends nothing.
"""

from datetime import datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import TooManyRequests

from connector.domain.due_dates import Priority
from connector.errors import ConnectorError
from connector.web.canonical import canonical_json
from connector.web.form_stamp import (
    TOO_FAST,
    TOO_OLD,
    FormStamp,
    new_stamp,
    read_stamp,
    write_stamp,
)
from connector.web.hosted_form import MAPPING, SOURCE, HostedForm
from connector.web.questions import Questions
from connector.web.sessions import Answers, sent_fields
from connector.web.site import Site, the_site
from connector.web.submissions import Submission

log = structlog.get_logger()

bp = Blueprint("form", __name__)

SENT = "sent"
NO_COOKIE = (
    "This form was open for too long, or your browser refuses its cookie. Nothing was sent yet: "
    "please press Send again."
)
WAS_OLD = "This form was open for too long. Nothing was sent yet: please press Send again."
WAS_FAST = "That was faster than we expect of a person. Please press Send again."
WAS_TRAPPED = (
    "Something filled in a field that people do not see, as machines do. It is empty again: "
    "please press Send again."
)
NOT_SAVED = (
    "We could not save your request just now, so it was not sent. Please press Send again in a "
    "minute."
)


@bp.get("/")
def show() -> ResponseReturnValue:
    """Show the form, empty."""
    site, offered = _parts()
    form = _questions(site, offered, Answers())
    return _page(site, form, new_stamp(site.clock()))


@bp.post("/")
def submit() -> ResponseReturnValue:
    """Record a submission, or show again what was typed with what is wrong about it."""
    site, offered = _parts()
    now = site.clock()
    if seconds := offered.posts.take(request.remote_addr or "", now):
        raise TooManyRequests(retry_after=seconds)
    form = _questions(site, offered, sent_fields(with_files="files"))
    stamp = read_stamp(form.stamp.data or "", site.secret_key)
    is_valid = form.validate()
    fault = _fault(form, stamp, now)
    if stamp is None or fault or not is_valid:
        again = stamp if stamp and stamp.age(now) <= TOO_OLD else new_stamp(now)
        return _page(site, form, again, fault), HTTPStatus.UNPROCESSABLE_ENTITY
    raw = canonical_json(form.answers(), form.uploads, form_id=stamp.id)
    try:
        recorded = site.record(Submission(SOURCE, MAPPING, raw))
    except ConnectorError as error:
        log.warning("submission not recorded", reason=error.message)
        return _page(site, form, stamp, NOT_SAVED), HTTPStatus.SERVICE_UNAVAILABLE
    session[SENT] = {"reference": recorded.reference, "is_urgent": _is_urgent(form)}
    return redirect(url_for("form.sent"), HTTPStatus.SEE_OTHER)


@bp.get("/sent")
def sent() -> ResponseReturnValue:
    """Thank, and tell the reference of what this visitor sent last."""
    if SENT not in session:
        return redirect(url_for("form.show"), HTTPStatus.SEE_OTHER)
    _, offered = _parts()
    return render_template("sent.html", sent=session[SENT], offered=offered)


def _parts() -> tuple[Site, HostedForm]:
    site = the_site()
    assert site.form is not None  # noqa: S101 - else these pages are not there
    return site, site.form


def _questions(site: Site, offered: HostedForm, answers: Answers) -> Questions:
    form = Questions(answers)
    form.offer(offered.templates, local_now=site.clock().astimezone(site.zone))
    return form


def _fault(form: Questions, stamp: FormStamp | None, now: datetime) -> str:
    """Return what speaks against the submission beside its answers, for the person to read.

    Whatever it is, the person can send it again: a browser that fills in forms by itself must
    not lose anybody's request.
    """
    if form.csrf_token.errors:
        return NO_COOKIE
    if stamp is None or stamp.age(now) > TOO_OLD:
        return WAS_OLD
    if form.website.data:
        return WAS_TRAPPED
    return WAS_FAST if stamp.age(now) < TOO_FAST else ""


def _is_urgent(form: Questions) -> bool:
    return bool(form.emergency.data) or form.impact.data == Priority.CRITICAL


def _page(site: Site, form: Questions, stamp: FormStamp, fault: str = "") -> str:
    form.stamp.data = write_stamp(stamp, site.secret_key)
    form.website.data = ""
    today = site.clock().astimezone(site.zone).date()
    return render_template(
        "form.html", form=form, fault=fault, files_again=bool(form.uploads), today=today
    )
