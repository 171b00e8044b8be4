"""Outgoing mail: whether the mail server takes us; nothing is sent."""

from collections.abc import Callable, Iterator

from connector.errors import ConnectorError
from connector.live.findings import Finding, failed, ok

MAIL = "mail"


def mail_findings(where: str | None, sign_in: Callable[[], object]) -> Iterator[Finding]:
    """Yield how outgoing mail stands; nothing where none is configured (`where` is None)."""
    if where is None:
        return
    try:
        sign_in()
    except ConnectorError as reason:
        yield failed(MAIL, reason)
        return
    yield ok(MAIL, f"{where} takes us; nothing was sent")
