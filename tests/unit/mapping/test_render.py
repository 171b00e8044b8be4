import html
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment, Detail, Details, FormFields, Request, RequestKind
from connector.mapping.render import (
    CUT,
    MAX_MACHINE_CHARACTERS,
    MAX_REQUEST_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    is_cut,
    render_answer,
    render_internal_note,
    render_machine_note,
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
    """What a browser shows: lines of text, which only `<br>` parts."""
    return html.unescape(text.replace("\n", " ").replace("<br> ", "\n"))


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


@pytest.mark.parametrize(
    ("words", "value", "line"),
    [
        ("Y", "yes", "yes"),
        ("TRUE", "yes", "yes"),
        ("false", "no", "no"),
        ("Si!", "yes", "yes"),
        ("sí", "yes", "yes"),
        ("1", "yes", "yes"),
        ("0", "no", "no"),
        ("only today", "yes", "only today (yes)"),
        ("maybe", None, "maybe"),
    ],
)
def test_what_we_made_of_an_answer_stands_beside_it_where_it_says_more(words, value, line):
    text = shown(render(details=Details(remote_ok=Detail(words, value))))
    assert text.startswith(f"Remote connection possible: {line}\n")


def test_without_details_the_request_comes_first():
    assert shown(render("Hello")) == "Hello\n\nRef: abc"


def test_name_and_address_head_the_text_where_no_contact_does():
    sender = Mailbox("Jane Doe", "jane@client.example")
    assert shown(render(head=True, sender=sender)).startswith(
        "From: Jane Doe <jane@client.example>\n"
    )
    assert shown(render(head=True, sender=None)).startswith("From: unknown sender\n")


@pytest.mark.parametrize(
    ("phone", "line"),
    [
        ("305-555-0101", "\nPhone: +1 305-555-0101"),
        ("extension 12", "\nPhone: extension 12"),
        ("305-555-0101 after 5", "\nPhone: 305-555-0101 after 5 (+1 305-555-0101)"),
        (None, ""),
    ],
)
def test_company_and_phone_of_a_form_stand_below_the_details(phone, line):
    form = FormFields("members", company="Client & Co", phone=phone)
    text = shown(render(form=form, details=Details(started=Detail("today"))))
    assert text == f"Started: today\nCompany: Client & Co{line}\n\nHello\n\nRef: abc"


def test_a_forwarded_request_names_who_forwarded_it():
    forwarded = replace(
        request("Hello", None, Mailbox("J", "j@c.example")),
        forwarded_by=Mailbox("Sam Desk", "sam@desk.example"),
    )
    text = shown(render_ticket_text(forwarded, Details(), reference="abc", head=True))
    assert text.startswith("From: J <j@c.example>\nForwarded by: Sam Desk <sam@desk.example>\n\n")


def with_files(text, *names):
    files = tuple(Attachment(name, "image/png", b"") for name in names)
    return replace(request(text, None, Mailbox("J", "j@c.example")), attachments=files)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (with_files(" \n\t\n"), "(There is no text.)"),
        (with_files("", "a.png", "b\n.png"), "(There is no text. Attached: a.png, b .png)"),
        (with_files("See below", "a.png"), "See below"),
    ],
)
def test_a_request_without_text_says_so_and_names_what_came_instead(asked, said):
    text = shown(render_ticket_text(asked, Details(), reference="abc", head=False))
    assert text == f"{said}\n\nRef: abc"
    assert render_answer(asked, Details()).endswith(f"\n\n{said}")


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
    text = render("a\x00b\x1b[31mc\r\nd\u202ee\ud800f\tg\rh")
    assert shown(text) == "ab[31mc\nde\N{REPLACEMENT CHARACTER}f\tg\nh\n\nRef: abc"
    text.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "305\N{NO-BREAK SPACE}555",
        "  * indented\n    * list",
    ],
    ids=["emoji", "Persian", "no-break space", "indents"],
)
def test_other_scripts_joined_emoji_and_indents_stay_as_they_were_written(text):
    assert shown(render(f"\n{text}\n\n")) == f"{text}\n\nRef: abc"


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
        ("x" * 248 + " yz", "x" * 248 + "…"),
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


@pytest.mark.parametrize(("length", "is_told"), [(MAX_TITLE_CHARACTERS, False), (251, True)])
def test_a_subject_too_long_for_the_title_stands_in_the_text_in_full(length, is_told):
    subject = ("printer " * 40)[: length - 1] + "x"
    asked = replace(request("Hello", None, None), subject=subject)
    text = shown(render_ticket_text(asked, Details(), reference="abc", head=False))
    assert text.startswith(f"Subject: {subject}\n\n" if is_told else "Hello\n")


# --- notes: plain text -----------------------------------------------------------------------


def test_an_answer_tells_who_wrote_it_what_it_details_and_what_could_not_be_kept():
    answer = request("It is <b>dead</b>\n\nagain", None, Mailbox("J", "j@c.example"))
    note = render_answer(
        answer,
        Details(mobile=Detail("305.555.0101", "+1 305-555-0101")),
        first="EMERGENCY",
        subject="Printer\non fire",
        not_stored=("a.zip", "b\n.pdf"),
    )
    assert note == (
        "EMERGENCY\n"
        "\n"
        "From: J <j@c.example>\n"
        "Subject: Printer on fire\n"
        "Mobile: +1 305-555-0101\n"
        "\n"
        "It is <b>dead</b>\n\nagain\n"
        "\n"
        "Attachments not stored in BMS: a.zip, b .pdf"
    )


def test_an_answer_with_nothing_but_text_is_sender_and_text():
    assert render_answer(request("Thanks", None, None), Details()) == (
        "From: unknown sender\n\nThanks"
    )


def test_a_very_long_answer_is_cut_and_says_so():
    note = render_answer(request("x" * (MAX_REQUEST_CHARACTERS + 1), None, None), Details())
    assert note.endswith(f"{'x' * 9}\n\n{CUT}")
    assert note.count("x") == MAX_REQUEST_CHARACTERS + CUT.count("x")


def test_the_note_of_a_machine_says_what_it_is_and_what_came():
    mail = replace(request("ignored", None, Mailbox("", "j@c.example")), subject="Out\nof office")
    assert render_machine_note("Automatic reply", mail, "I am away.\n\n-- J") == (
        "Automatic reply. From: j@c.example\nSubject: Out of office\n\nI am away.\n\n-- J"
    )
    nobody = replace(mail, sender=None)
    assert render_machine_note("A bounce", nobody, "x").startswith("A bounce. From: unknown sender")
    assert render_machine_note("A bounce", mail, "").endswith("\n\n(There is no text.)")


@pytest.mark.parametrize("extra", [0, 1])
def test_a_long_mail_of_a_machine_is_cut_and_says_where_the_rest_is(extra):
    text = "z" * (MAX_MACHINE_CHARACTERS + extra)
    note = render_machine_note("A bounce", request("", None, None), text)
    assert note.count("z") == MAX_MACHINE_CHARACTERS
    assert ("all of it is in the ledger" in note.rpartition("\n\n")[2]) is bool(extra)
