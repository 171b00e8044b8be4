"""The presets in mappings/forms, fed in the way in which each vendor sends."""

import json
from typing import Any

import pytest
from support.desk import Desk
from support.hooks import SECRET, signature, typeform_signature, vendor_of, webhook

from connector.domain.request import Outcome
from connector.mapping.load import load_mappings
from connector.samples import mappings_dir

FORMS = load_mappings(mappings_dir()).forms
BASIC: dict[str, Any] = {"auth": "basic", "username": "vendor"}
SIGNED: dict[str, Any] = {"auth": "signature", "header": "Typeform-Signature"}
WAYS = [
    ("jotform", "multipart", BASIC),
    ("typeform", "json", SIGNED),
    ("microsoft_forms", "json", BASIC),
    ("microsoft_forms", "json", {"auth": "header"}),
    ("wpforms", "json", {"auth": "header"}),
    ("wpforms", "fields", {"auth": "header"}),
    ("gravity_forms", "json", {"auth": "header"}),
    ("members", "json", {"auth": "signature"}),
]


def first_example(form: str) -> dict[str, Any]:
    payload = FORMS[form].examples[0].payload
    assert isinstance(payload, dict)
    return payload


def sent(way: str, payload: dict[str, Any], settings: dict[str, Any]) -> dict[str, Any]:
    """Return what Flask's client needs to send a payload in the vendor's way."""
    options: dict[str, Any] = {}
    if way == "json":
        body = json.dumps(payload, default=str).encode()
        options = {"data": body, "content_type": "application/json"}
        signatures = {"Typeform-Signature": typeform_signature, None: signature}
        if settings["auth"] == "signature":
            name = settings.get("header")
            options["headers"] = {name or "X-Signature-256": signatures[name](body)}
    else:
        kind = {"multipart": "multipart/form-data", "fields": "application/x-www-form-urlencoded"}
        options = {"data": payload, "content_type": kind[way]}
    if settings["auth"] == "basic":
        options["auth"] = ("vendor", SECRET)
    if settings["auth"] == "header":
        options["headers"] = {"X-Webhook-Secret": SECRET}
    return options


@pytest.mark.parametrize(("form", "way", "settings"), WAYS)
def test_a_submission_as_the_vendor_sends_it_becomes_a_ticket(
    desk: Desk, form: str, way: str, settings: dict[str, Any]
) -> None:
    webhook(desk, form=form, **settings)
    options = sent(way, first_example(form), settings)
    with vendor_of(desk) as vendor:
        first = vendor.client.post("/hooks/website", **options)
        again = vendor.client.post("/hooks/website", **options)
    assert (first.status_code, again.status_code) == (200, 200), first.data
    assert again.json == {**first.json, "repeated": True}

    [line] = desk.sync().requests

    assert line.outcome is Outcome.CREATED, line.reason
    assert line.result["priority"] == "High"
    [ticket] = desk.sandbox.tickets
    for words in ("dana.whitfield@client.example", "blank pages"):
        assert words in (ticket["Title"] + ticket["Details"]).lower()
