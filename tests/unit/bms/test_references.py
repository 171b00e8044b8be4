import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.bms.references import bears_reference, custom_field_value, note_html

KEY = "k7m2pqx4rtza"


@pytest.mark.parametrize(
    ("details", "bears"),
    [
        (f"Printer broken<br><br>Ref: {KEY}", True),
        (f"<p>Printer broken</p><p>Ref: {KEY}</p>", True),
        (f"<div>Ref:&nbsp;<b>{KEY}</b>.</div>", True),
        (f"ref:{KEY.upper()}", True),
        (f"Ref: {KEY}\r\nmerged from another ticket", True),
        (f"a < b, then Ref: {KEY} > c", True),
        (f"Ref: {KEY}-note", False),
        (f"Ref: {KEY}x", False),
        (f"Ref: x{KEY}", False),
        (f"Ref: {KEY[:-1]}", False),
        (f"Ref: {KEY}.more", False),
        (f"xRef: {KEY}", False),
        (KEY, False),
        (f"Ref <b>{KEY}</b>", False),
        ("", False),
        (None, False),
    ],
)
def test_a_reference_is_found_as_a_whole_word_only(details: str | None, bears: bool) -> None:
    assert bears_reference(details, KEY) is bears


def test_an_empty_reference_is_borne_by_nothing() -> None:
    assert not bears_reference("Ref: ", "")


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_a_note_bears_its_reference_whatever_it_says_and_shows_only_text(text: str) -> None:
    details = note_html(text, f"{KEY}-note")
    assert bears_reference(details, f"{KEY}-note")
    assert not bears_reference(details, "another")
    shown = [html.unescape(line) for line in details.split("<br>")]
    assert "<" not in details.replace("<br>", "")
    assert shown == [*text.rstrip().splitlines(), "", f"Ref: {KEY}-note"]


@pytest.mark.parametrize(
    ("custom_fields", "value"),
    [
        (json.dumps({"cf_3004": KEY}), KEY),
        (json.dumps({"CF_3004": f" {KEY} "}), KEY),
        (json.dumps({"cf_3001": KEY}), None),
        (json.dumps({"cf_3004": None}), None),
        (json.dumps({"cf_3004": 12}), "12"),
        (json.dumps([KEY]), None),
        ("{broken", None),
        ("", None),
        (None, None),
    ],
)
def test_custom_fields_of_a_row_are_read_leniently(
    custom_fields: str | None, value: str | None
) -> None:
    assert custom_field_value(custom_fields, 3004) == value
