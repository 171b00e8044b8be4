"""A letter as a mail: headers stay headers, whatever a sender wrote."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.messages.mime import Envelope, to_mime
from connector.ports.post import Letter, PostKind

NOON = datetime(2026, 11, 16, 17, tzinfo=UTC)
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}
THREAD = {"In-Reply-To", "References"}


def read_back(**content: object):
    letter = Letter(
        unique_key="ack a",
        kind=PostKind.ACKNOWLEDGEMENT,
        request_key="a",
        channel="mail",
        recipient="pat@client.example",
        content={"subject": "Hello", "text": "Hello", "html": ""} | content,
        message_id="<1@desk.example>",
        expires_at=NOON,
    )
    sent = to_mime(letter, Envelope("helpdesk@desk.example"), NOON).as_bytes()
    return message_from_bytes(sent, policy=default)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.text(max_size=80), st.lists(st.text(max_size=80), max_size=5))
def test_no_text_makes_another_header(subject, answered, references):
    mail = read_back(subject=subject, in_reply_to=answered, references=references)
    assert set(mail.keys()) - THREAD == HEADERS
    assert mail["To"] == "pat@client.example"
    assert mail.get_content().split() == ["Hello"]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=500))
def test_a_text_arrives_as_it_was_written(text):
    assert read_back(text=text).get_content().rstrip("\r\n").replace("\r\n", "\n") == text


def test_what_is_answered_comes_last_in_references():
    mail = read_back(in_reply_to="c@x", references=["a@x", "b@x", "c@x"])
    assert (mail["In-Reply-To"], mail["References"]) == ("<c@x>", "<a@x> <b@x> <c@x>")


@pytest.mark.parametrize("wrong", [None, "", "two words@x", "a>b@x", "ü@x"])
def test_an_id_that_no_header_can_hold_is_left_out(wrong):
    mail = read_back(in_reply_to=wrong, references=["a@x"])
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
