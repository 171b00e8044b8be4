"""Which mails and tickets a mail answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.intake.mail.headers import read_header
from connector.intake.mail.subject_line import (
    bare_subject,
    is_forward_subject,
    is_reply_subject,
    ticket_numbers,
)
from connector.intake.mail.threading import MAX_ANSWERED, answered_ids


def header(*lines: str):
    raw = "\n".join((*lines, "", "")).encode()
    return read_header(raw, 0, len(raw))[0]


@pytest.mark.parametrize(
    ("lines", "ids"),
    [
        ((), ()),
        (("In-Reply-To: <first-1@a.example>",), ("first-1@a.example",)),
        (("In-Reply-To: <first-1@A.Example> (Ana's message)",), ("first-1@a.example",)),
        (("In-Reply-To: <>", "References: <0>"), ()),
        (("References: <first-1@a.example> <next-2@a.example>",),
         ("next-2@a.example", "first-1@a.example")),
        (("References: <first-1@a.example><next-2@a.example>",),
         ("next-2@a.example", "first-1@a.example")),
        (("References: <first-1@a.example>", "\t<next-2@", " a.example>"),
         ("next-2@a.example", "first-1@a.example")),
        (("References: <next-2@a.example> <first-1@a.example>", "In-Reply-To: <next-2@a.example>"),
         ("next-2@a.example", "first-1@a.example")),
        (("In-Reply-To: first-1@a.example",), ("first-1@a.example",)),
        (("In-Reply-To: Message of Monday from ana <first-1@a.example>",), ("first-1@a.example",)),
        (("Thread-Index: AQHc", "Thread-Topic: Printer"), ()),
    ],
)  # fmt: skip
def test_a_mail_answers_the_nearest_message_first(lines, ids):
    assert answered_ids(header(*lines)) == ids


def test_of_a_long_thread_the_nearest_messages_are_kept():
    chain = "\n ".join(f"<message-{number}@a.example>" for number in range(2_000))
    found = answered_ids(header(f"References: {chain}"))
    assert len(found) == MAX_ANSWERED
    assert found[0] == "message-1999@a.example"


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_references_is_read(value):
    raw = b"References: " + value + b"\nIn-Reply-To: " + value + b"\n\n"
    for found in answered_ids(read_header(raw, 0, len(raw))[0]):
        assert len(found) >= 8
        assert not set("<> \t") & set(found)


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: Printer #101-11202026#", ("101-11202026",)),
        ("Re: #SN/101.b# and #SN/102#", ("SN/101.b", "SN/102")),
        ("Re: #101# Printer #101#", ("101",)),
        ("(#101#)", ("101",)),
        ("#101#102#", ("101",)),
        ("#1 priority", ()),
        ("#1 and #2 fail", ()),
        ("We are #1", ()),
        ("# 101 #", ()),
        ("#help#", ()),
        ("Printer#101#!", ("101",)),
        ("##", ()),
        ("Ticket 101", ()),
        ("[#101]", ()),
    ],
)
def test_a_ticket_number_stands_between_two_signs(subject, numbers):
    assert ticket_numbers(subject) == numbers


@pytest.mark.parametrize(
    "subject",
    ["Re: x", "RE: x", "AW: x", "Sv: x", "Re[2]: x", "RE(3): x", "Antw: x", "RES: x",
     "Re : x", "[EXTERNAL] RE: x", "[Ext] [Sec] Re: x", "回复\uff1ax", "Odp: x", "Re: Fwd: x"],
)  # fmt: skip
def test_a_reply_shows_in_its_subject(subject):
    assert is_reply_subject(subject)
    assert not is_forward_subject(subject)
    assert bare_subject(subject) == "x"


@pytest.mark.parametrize(
    "subject",
    ["Fw: x", "FWD: x", "WG: x", "TR: x", "RV: x", "ENC: x", "[EXTERNAL] Fwd: RE: x", "转发: x"],
)
def test_a_forward_shows_in_its_subject(subject):
    assert is_forward_subject(subject)
    assert not is_reply_subject(subject)
    assert bare_subject(subject) == "x"


@pytest.mark.parametrize("subject", ["", "Printer", "Report: x", "Refund", "Forward: x", "FYI: x"])
def test_other_subjects_are_neither_reply_nor_forward(subject):
    assert not is_reply_subject(subject)
    assert not is_forward_subject(subject)
