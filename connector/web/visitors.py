"""Who may see the status page: by its password, or because a trusted proxy let them in."""

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import request, session

from connector.web.operations import Operations
from connector.web.proxies import IS_TRUSTED
from connector.web.site import Site

SIGNED_IN = "status"
HOLDS = timedelta(hours=12)
BY_PASSWORD = "status page"  # noqa: S105 - what the ledger says of who acted, no password
LONGEST_NAME = 100


def visitor_of(site: Site, work: Operations) -> str | None:
    """Return who sees the page, for the ledger; None for somebody who must sign in."""
    return _let_in_by_proxy(work) or _signed_in(site, work)


def sign_in(site: Site, work: Operations, password: str) -> bool:
    """Sign the visitor in if the password is right; a cookie keeps that for 12 hours."""
    if not work.password or not hmac.compare_digest(password.encode(), work.password.encode()):
        return False
    session[SIGNED_IN] = {"as": _fingerprint(site, work), "at": site.clock().isoformat()}
    return True


def sign_out() -> None:
    """Forget that the visitor signed in."""
    session.pop(SIGNED_IN, None)


def _let_in_by_proxy(work: Operations) -> str | None:
    """Return whom the proxy names; anybody else could send that header as well."""
    if not work.login_header or not request.environ.get(IS_TRUSTED):
        return None
    name = " ".join(request.headers.get(work.login_header, "").split())
    return name[:LONGEST_NAME] or None


def _signed_in(site: Site, work: Operations) -> str | None:
    match session.get(SIGNED_IN):
        case {"as": str(kept), "at": str(at)} if work.password:
            is_fresh = site.clock() - datetime.fromisoformat(at) < HOLDS
            is_ours = hmac.compare_digest(kept, _fingerprint(site, work))
            return BY_PASSWORD if is_fresh and is_ours else None
    return None


def _fingerprint(site: Site, work: Operations) -> str:
    """Return what a cookie holds of the password: nothing, once the password is another."""
    return hmac.new(site.secret_key, work.password.encode(), hashlib.sha256).hexdigest()
