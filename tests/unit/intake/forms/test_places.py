"""Places in a vendor's payload, as form mappings name them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.intake.forms.payload import parse_form
from connector.intake.forms.places import value_at
from connector.mapping.models import FormFile

ANSWERS = [
    {"field": {"ref": "name", "n": 1}, "text": "Dana"},
    {"field": {"ref": "email"}, "email": "dana@client.example"},
    "no answer",
    {"field": {"ref": "email"}, "email": "second@client.example"},
]
PAYLOAD = {
    "1.3": "Dana",
    "a": {"b": [10, {"c": "deep"}], "x.y": "dotted"},
    "answers": ANSWERS,
    "packed": json.dumps({"q": {"first": "Dana"}, "list": ["one", "two"]}),
    "broken": "{no json",
}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("1.3", "Dana"),
        ("a.b.0", 10),
        ("a.b.1.c", "deep"),
        ("a.x.y", "dotted"),
        ("a.b.2", None),
        ("a.b.-1", None),
        ("a.z", None),
        ("answers.[field.ref=email].email", "dana@client.example"),
        ("answers.[field.ref = name].text", "Dana"),
        ("answers.[field.ref=name]", ANSWERS[0]),
        ("answers.[field.ref=phone].text", None),
        ("answers.[field.ref=name].email", None),
        ("answers.[field.ref", None),
        ("answers.[]", None),
        ("packed.q.first", "Dana"),
        ("packed.list.1", "two"),
        ("broken.no", None),
        ("1.3.x", None),
    ],
)
def test_a_place_leads_to_what_stands_there(place: str, value: object) -> None:
    assert value_at(PAYLOAD, place) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.text(alphabet="ab.01[]=", max_size=12))
def test_whatever_stands_there_no_place_fails(payload: object, place: str) -> None:
    value_at({"a": payload, "b": json.dumps(payload)}, place)


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"first": "Dana", "last": "Whitfield"}, "Dana Whitfield"),
        ({"first": "Dana", "last": ""}, "Dana"),
        ({"last": "Whitfield"}, "Whitfield"),
        ({"first + last": "As written"}, "As written"),
        ({"full": "Somebody Else"}, "Somebody Else"),
    ],
)
def test_words_that_belong_together_are_joined(payload: dict[str, str], name: str) -> None:
    mapping = FormFile.model_validate(
        {"fields": {"name": ("first + last", "full"), "email": "email", "subject": "email"}}
    )
    raw = json.dumps({"email": "a@client.example", **payload}).encode()
    request = parse_form(
        raw, form="x", mapping=mapping, source="s", received_at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    assert request.sender is not None
    assert request.sender.name == name
