"""The one entry of the pipeline to what a source handed over: who is it, and what does it say.

For any bytes whatever, `identify_arrival` raises nothing, and `read_request` raises nothing
but `RequestRejected`: one bad message never stops the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.accounts.order import ORDER_FORM, ORDER_SOURCE, order_text, order_title, parse_order
from connector.domain.mail import OwnAddresses
from connector.domain.request import Request, RequestKind
from connector.errors import RequestRejected
from connector.intake.forms.payload import parse_form
from connector.intake.identity import email_identity, form_identity
from connector.intake.mail.email_message import NOBODY, parse_email
from connector.mapping.models import FormFile
from connector.ports import Identified


@dataclass(frozen=True, slots=True)
class MailSource:
    """What we know of a source of mail before we read any.

    `receiver` is the host whose Authentication-Results are trusted (`parse_email`), `own` are our
    addresses and lists.
    """

    receiver: str | None = None
    own: OwnAddresses = NOBODY


UNKNOWN = MailSource()


def identify_arrival(
    kind: RequestKind, raw: bytes, form_name: str | None, forms: Mapping[str, FormFile]
) -> Identified:
    """Return the identity of an arrival with its subject and sender, before it is parsed."""
    if kind is RequestKind.EMAIL:
        return email_identity(raw)
    return form_identity(raw, form_name, forms.get(form_name or ""))


def read_request(
    kind: RequestKind,
    raw: bytes,
    form_name: str | None,
    forms: Mapping[str, FormFile],
    source: str,
    received_at: datetime,
    mail_source: MailSource = UNKNOWN,
) -> Request:
    """Return the request in `raw`. `received_at` is when it reached us, in UTC.

    `mail_source` is what we know of a source of mail.

    Raises `Unreadable` when it cannot be read, and `RequestRejected` when there is no mapping
    for its form, or when it should be an order of portal logins and is none.
    """
    if kind is RequestKind.EMAIL:
        return parse_email(
            raw,
            source=source,
            received_at=received_at,
            receiver=mail_source.receiver,
            own=mail_source.own,
        )
    if source == ORDER_SOURCE and form_name == ORDER_FORM:
        return _read_order(raw, received_at)
    if form_name is None:
        raise RequestRejected(
            f"A form submission came from source '{source}', which names no form",
            f"Set `form` of source '{source}' in config.yaml, then put the file there again",
        )
    mapping = forms.get(form_name)
    if mapping is None:
        raise RequestRejected(
            f"There is no mapping for form '{form_name}', which `form` of source '{source}' names",
            f"Create mappings/forms/{form_name}.yaml or correct `form` in config.yaml, "
            "then release the request",
        )
    return parse_form(raw, form=form_name, mapping=mapping, source=source, received_at=received_at)


def _read_order(raw: bytes, received_at: datetime) -> Request:
    order = parse_order(raw)
    return Request(
        kind=RequestKind.FORM,
        source=ORDER_SOURCE,
        received_at=received_at,
        sender=order.requested_by,
        subject=order_title(order),
        text=order_text(order),
        order=order,
    )
