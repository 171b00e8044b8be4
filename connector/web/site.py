"""The web side as a WSGI application: what it is built with, its pages, and what all share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from werkzeug.wrappers import Response

from connector.accounts.model import AccessRequest
from connector.pipeline.accounts.desk import AccessDesk
from connector.ports import Clock
from connector.web.error_pages import register_error_pages
from connector.web.hook_settings import NO_HOOKS, Hooks
from connector.web.hosted_form import HostedForm
from connector.web.operations import Operations
from connector.web.proxies import Network, TrustedProxies
from connector.web.sessions import CookieSessions
from connector.web.submissions import Recorded, Submission
from connector.web.wording import register_filters

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""On every answer: pages load nothing from elsewhere, and nobody frames them."""

MAX_FIELD_BYTES = 2_000_000
"""All fields of a form together, files aside; Werkzeug keeps these in memory."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What the pages work with, gathered once by `wiring.web`; threads share it.

    `secret_key` signs cookies and forms; whoever shares the ledger shares it. `phone` may be
    empty. `record` commits a submission to the ledger (`SubmissionBook.record`).
    """

    name: str
    phone: str
    zone: ZoneInfo
    clock: Clock
    secret_key: bytes
    record: Callable[[Submission], Recorded]
    max_request_bytes: int
    trusted_proxies: Sequence[Network] = ()
    form: HostedForm | None = None
    """The hosted form; None where `serve.form` is false."""
    desk: AccessDesk | None = None
    """Where approvals are given; None where there are none."""
    text_of: Callable[[AccessRequest], str] = lambda _request: ""
    """What a person wrote who asks for other access; empty where that is kept no more."""
    operations: Operations | None = None
    """What the status page, /healthz and /metrics look at; None where there are none."""
    hooks: Hooks = NO_HOOKS


def the_site() -> Site:
    """Return what the present request is answered with."""
    site = current_app.extensions["connector"]
    assert isinstance(site, Site)  # noqa: S101
    return site


def the_desk() -> AccessDesk:
    """Return where approvals are given, for pages that are there only with one."""
    desk = the_site().desk
    assert desk is not None  # noqa: S101
    return desk


def the_operations() -> Operations:
    """Return what the pages about running look at, for pages that are there only with it."""
    operations = the_site().operations
    assert operations is not None  # noqa: S101
    return operations


def create_app(site: Site) -> Flask:
    """Return the web side.

    Whatever serves it must hand on X-Forwarded-* as they came (waitress: without
    `clear_untrusted_proxy_headers`): `TrustedProxies` decides whom to believe.
    """
    app = Flask("connector.web", static_folder="static", template_folder="templates")
    app.secret_key = site.secret_key
    app.session_interface = CookieSessions()
    app.config.update(
        MAX_CONTENT_LENGTH=site.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=MAX_FIELD_BYTES,
        SESSION_COOKIE_NAME="bms_connector",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["connector"] = site
    app.after_request(_secured)
    app.add_template_filter(_dialled, "dialled")
    register_filters(app, site.zone)
    app.context_processor(lambda: {"site": site})
    app.wsgi_app = TrustedProxies(app.wsgi_app, site.trusted_proxies)  # type: ignore[method-assign]
    register_error_pages(app)
    _register_pages(app, site)
    return app


def _dialled(phone: str) -> str:
    """Return a phone number as `tel:` wants it (RFC 3966), without what only people read."""
    return "".join(char for char in phone if char.isdigit() or char in "+*#,")


def _register_pages(app: Flask, site: Site) -> None:
    """Register each page's blueprint; a page's module imports `the_site` from this one."""
    from connector.web import approvals, form, health, hooks, status

    app.register_blueprint(hooks.bp)
    if site.form is not None:
        app.register_blueprint(form.bp)
    if site.desk is not None:
        app.register_blueprint(approvals.bp)
    if site.operations is not None:
        app.register_blueprint(status.bp)
        app.register_blueprint(health.bp)


def _secured(response: Response) -> Response:
    response.headers.extend(
        (name, value) for name, value in HEADERS.items() if name not in response.headers
    )
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
