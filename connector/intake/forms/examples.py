"""The examples written in a form mapping, run for `mappings test`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from connector.domain.request import Detail, Request
from connector.intake.forms.payload import parse_form
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormExample, FormField, FormFile

_ANY_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_REFUSED = "refused"
"""The key under `expect` for a payload that must not be read, with a part of the reason."""


def run_form_examples(name: str, mapping: FormFile) -> list[tuple[bool, str]]:
    """Read every example payload of the form `name`; return whether it came out, and if not, why.

    The order is that of the file.
    """
    return [_run(name, mapping, example) for example in mapping.examples]


def _run(name: str, mapping: FormFile, example: FormExample) -> tuple[bool, str]:
    raw = json.dumps(example.payload, default=str).encode()
    expected = dict(example.expect)
    refused = expected.pop(_REFUSED, None)
    try:
        request = parse_form(
            raw, form=name, mapping=mapping, source="example", received_at=_ANY_MOMENT
        )
    except Unreadable as error:
        is_expected = isinstance(refused, str) and refused.casefold() in error.message.casefold()
        return (True, "") if is_expected else (False, f"it is refused: {error.message}")
    if refused is not None:
        return False, "it was read, but should be refused"
    differences = _differences(expected, _canonical(request))
    return not differences, "; ".join(differences)


def _differences(expected: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    known = get_args(FormField)
    return [
        f"'{field}' is no field of a form submission"
        if field not in known
        else f"{field} is {found.get(field)!r} and should be {value!r}"
        for field, value in expected.items()
        if field not in known or not _same(value, found.get(field))
    ]


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, bool) and isinstance(found, str):
        expected = "yes" if expected else "no"
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        expected = str(expected)
    return expected == found


def _canonical(request: Request) -> dict[str, object]:
    """Return the fields of the canonical submission that a request was read from.

    Attachments are their names; `submitted_at` stays in the payload.
    """
    form, sender = request.form, request.sender
    if form is None or sender is None:
        return {}
    details = form.details
    return {
        "id": form.submission_id,
        "name": sender.name or None,
        "email": sender.address,
        "company": form.company,
        "phone": form.phone,
        "affected_user": _words(details.affected_user),
        "mobile": _words(details.mobile),
        "template": form.template,
        "subject": request.subject or None,
        "description": request.text or None,
        "priority": form.priority,
        "emergency": form.emergency,
        "started": _words(details.started),
        "remote_ok": _words(details.remote_ok),
        "first_time": _words(details.first_time),
        "desired_resolution": _words(details.desired_resolution),
        "attachments": [
            *(attachment.name for attachment in request.attachments),
            *(link.name for link in request.links),
        ],
    }


def _words(detail: Detail | None) -> str | None:
    return detail.words if detail else None
