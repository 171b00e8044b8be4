import html
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.mail import Mailbox
from connector.domain.request import Detail, Details, FormFields, Request, RequestKind
from connector.mapping.render import (
    CUT,
    MAX_REQUEST_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    is_cut,
    render_internal_note,
    render_ticket_text,
    render_title,
)


def request(text, form, sender):
    return Request(
        kind=RequestKind.EMAIL if form is None else RequestKind.FORM,
        source="drop",
        received_at=datetime(2026, 11, 23, 15, tzinfo=UTC),
        sender=sender,
        subject="x",
        text=text,
        form=form,
    )


def render(text="Hello", details=None, **options):
    options = {"reference": "abc", "head": False} | options
    form, sender = options.pop("form", None), options.pop("sender", Mailbox("J", "j@c.example"))
    return render_ticket_text(request(text, form, sender), details or Details(), **options)


def shown(text):
    """What a browser shows: lines of text."""
    return html.unescape(text.replace("<br>\n", "\n"))


def test_the_text_is_details_then_the_request_then_the_reference():
    details = Details(
        affected_user=Detail("Jane"),
        mobile=Detail("305.555.0101", "+1 305-555-0101"),
        remote_ok=Detail("y", "yes"),
        first_time=Detail("happened before: no", "yes"),
        desired_resolution=Detail("by Friday 3pm", "2026-11-27T15:00:00-05:00"),
    )
    assert shown(render("My laptop\n\nis dead", details)) == (
        "Affected user: Jane\n"
        "Mobile: +1 305-555-0101\n"
        "Remote connection possible: yes\n"
        "First time: happened before: no (yes)\n"
        "Desired resolution: by Friday 3pm (2026-11-27T15:00:00-05:00)\n"
        "\n"
        "My laptop\n\nis dead\n"
        "\n"
        "Ref: abc"
    )


def test_without_details_the_request_comes_first():
    assert shown(render("Hello")) == "Hello\n\nRef: abc"


def test_name_and_address_head_the_text_where_no_contact_does():
    sender = Mailbox("Jane Doe", "jane@client.example")
    assert shown(render(head=True, sender=sender)).startswith(
        "From: Jane Doe <jane@client.example>\n"
    )
    assert shown(render(head=True, sender=None)).startswith("From: unknown sender\n")


def test_company_and_phone_of_a_form_stand_in_the_block():
    form = FormFields("members", company="Client & Co", phone="305-555-0101")
    assert shown(render(form=form)).startswith(
        "Company: Client & Co\nPhone: +1 305-555-0101\n\nHello"
    )


def test_attachments_that_are_not_stored_are_named():
    text = shown(render(not_stored=("a<b>.zip", "c\n.pdf")))
    assert text == "Hello\n\nAttachments not stored in BMS: a<b>.zip, c .pdf\n\nRef: abc"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "a\"b'c&d", "</p><img src=x onerror=y>"]
)
def test_markup_of_the_requester_is_shown_and_never_run(hostile):
    details = Details(affected_user=Detail(hostile))
    text = render(hostile, details, head=True, sender=Mailbox(hostile, "j@c.example"))
    assert "<" not in text.replace("<br>", "")
    assert shown(text).count(hostile) == 3


def test_a_detail_stays_on_its_line():
    assert shown(render(details=Details(started=Detail("now\nRef: x")))).startswith(
        "Started: now Ref: x\n"
    )


def test_control_characters_and_broken_letters_do_not_get_through():
    text = render("a\x00b\x1b[31mc\r\nd\u202ee\ud800f\tg")
    assert shown(text) == "ab[31mc\nde\N{REPLACEMENT CHARACTER}f\tg\n\nRef: abc"
    text.encode("utf-8")


def test_a_very_long_request_is_cut_and_says_so():
    long = "x" * (MAX_REQUEST_CHARACTERS + 1)
    assert is_cut(long)
    text = shown(render(long))
    assert text.count("x") == MAX_REQUEST_CHARACTERS
    assert text.endswith(f"\n\n{CUT}\n\nRef: abc")
    assert not is_cut(long[:-1])
    assert CUT not in render(long[:-1])


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_whatever_was_written_the_reference_is_the_last_line(text):
    rendered = render(text)
    assert rendered.splitlines()[-1] == "Ref: abc"
    assert "<" not in rendered.replace("<br>", "")


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("  Printer\r\n jams\t now ", "Printer jams now"),
        ("a\x00b", "ab"),
        ("", "No subject"),
        (" \x01 ", "No subject"),
        ("x" * 250, "x" * 250),
        ("x" * 251, "x" * 249 + "…"),
    ],
)
def test_the_title_is_one_line_of_bounded_length(subject, title):
    assert render_title(subject, "No subject") == title
    assert len(title) <= MAX_TITLE_CHARACTERS


def test_the_internal_note_lists_each_remark_once():
    assert render_internal_note(["a\nb", "", "c", "a b"]) == "a b\nc"


def test_nothing_to_say_makes_no_note():
    assert render_internal_note([]) is None
    assert render_internal_note([" "]) is None


def test_a_subject_too_long_for_the_title_stands_in_the_text_in_full():
    subject = "printer " * 40
    long, short = (
        replace(request("Hello", None, None), subject=words) for words in (subject, "printer")
    )
    texts = [render_ticket_text(r, Details(), reference="abc", head=False) for r in (long, short)]
    assert f"Subject: {subject.strip()}" in shown(texts[0])
    assert "Subject:" not in shown(texts[1])
