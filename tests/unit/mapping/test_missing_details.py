"""What an acknowledgement asks for: what the guide wants to know, and is not evident."""

from datetime import UTC, datetime

import pytest

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment, Detail, Details, FormFields, Request, RequestKind
from connector.mapping.labels import read_labels
from connector.mapping.missing_details import ASKED, PICTURE, missing_details, phone_of

EVERYTHING = Details(**{name: Detail("said") for name in ASKED})


def request(text: str = "", *files: str, phone: str | None = None) -> Request:
    form = FormFields("members", phone=phone) if phone else None
    return Request(
        kind=RequestKind.FORM if form else RequestKind.EMAIL,
        source="drop",
        received_at=datetime(2026, 11, 16, 15, tzinfo=UTC),
        sender=Mailbox("Pat", "pat@client.example"),
        subject="Printer",
        text=text,
        attachments=tuple(Attachment("file", kind, b"") for kind in files),
        form=form,
    )


def test_everything_is_asked_of_who_said_nothing():
    assert missing_details(request(), Details()) == (*ASKED.values(), PICTURE)


def test_nothing_is_asked_of_who_said_everything():
    assert missing_details(request("", "image/png"), EVERYTHING) == ()


@pytest.mark.parametrize("kind", ["image/jpeg", "video/mp4", "IMAGE/PNG"])
def test_a_picture_is_not_asked_for_where_there_is_one(kind):
    assert PICTURE not in missing_details(request("", kind), Details())


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        (request("Hello\nCall 305-555-0199 please"), "+1 305-555-0199"),
        (request(phone="305-555-0100"), "305-555-0100"),
        (request("Call +683 4002"), "+683 4002"),
        (request("Invoice 12345678901234567890"), None),
    ],
)
def test_a_number_in_the_text_is_evident(asked, number):
    assert phone_of(asked, Details()) == number
    is_asked = ASKED["mobile"] in missing_details(asked, Details())
    assert is_asked is (number is None)


def test_a_number_that_bms_has_is_not_asked_for():
    asked = missing_details(request(), Details(), "305-555-0100")
    assert ASKED["mobile"] not in asked
    assert len(asked) == len(ASKED)


@pytest.mark.parametrize(
    ("mobile", "number"),
    [
        (Detail("305.555.0101", "+1 305-555-0101"), "+1 305-555-0101"),
        (Detail("ask Jo"), "ask Jo"),
    ],
)
def test_a_number_named_as_theirs_goes_before_any_other(mobile, number):
    asked = request("Call 305-555-0199", phone="305-555-0100")
    assert phone_of(asked, Details(mobile=mobile)) == number


@pytest.mark.parametrize("name", ASKED)
def test_each_question_is_a_label_that_is_understood_in_an_answer(name):
    label = ASKED[name].partition(":")[0]
    assert getattr(read_labels(f"{label}: 305-555-0199").details, name) is not None
