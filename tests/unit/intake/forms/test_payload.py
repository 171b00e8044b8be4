import json
from pathlib import Path
from typing import get_args

import pytest

from connector.domain.mail import Mailbox
from connector.domain.request import Attachment, Detail, Details, FormFields, RequestKind
from connector.intake.forms.payload import parse_form
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormField, FormFile

FORMS = Path(__file__).parents[3] / "fixtures" / "forms"
IDENTITY = FormFile(fields={field: field for field in get_args(FormField)})
VENDOR = FormFile(
    fields={
        "id": "meta.id",
        "name": "entry.1.3",
        "email": ("entry.12", "entry.4"),
        "subject": "answers.0.text",
        "description": "answers.1.text",
        "affected_user": "entry.9",
        "priority": "urgency",
        "emergency": "all_down",
    },
    values={
        "priority": {"as soon as possible": "High"},
        "emergency": {"Yes, nobody can work": True},
    },
)


@pytest.fixture
def read(received):
    def parse(payload, mapping=IDENTITY):
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return parse_form(raw, form="members", mapping=mapping, source="web", received_at=received)

    return parse


def test_the_canonical_form_is_read_whole(read, received):
    request = read((FORMS / "canonical.json").read_bytes())
    assert request.kind is RequestKind.FORM
    assert (request.source, request.received_at) == ("web", received)
    assert request.sender == Mailbox("Dana Whitfield", "dana@client.example")
    assert request.subject == "Blank pages since today"
    assert request.text == "Every page\nis blank."
    assert request.attachments == (Attachment("page.txt", "text/plain", b"blank"),)
    assert request.form == FormFields(
        form="members",
        submission_id="2026-0117",
        template="Printer",
        priority="High",
        emergency=True,
        company="Client Inc.",
        phone="212 555 0142",
        details=Details(
            affected_user=Detail("Sam Ortiz"),
            mobile=Detail("917 555 0119"),
            started=Detail("this morning"),
            remote_ok=Detail("no"),
            first_time=Detail("first time ever"),
            desired_resolution=Detail("Friday 3 pm"),
        ),
    )
    assert request.remarks == ()


def test_a_vendors_payload_is_read_by_its_mapping(read):
    request = read((FORMS / "vendor.json").read_bytes(), VENDOR)
    assert request.sender == Mailbox("Dana", "dana@client.example")
    assert (request.subject, request.text) == ("No picture", "The screen stays black")
    form = request.form
    assert (form.submission_id, form.priority, form.emergency) == ("4711", "High", True)
    assert form.details.affected_user == Detail("Laptop, Dock")
    assert form.company is None


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b'{"email": "a@client.example"', "not valid JSON: line 1, column 29"),
        (b"[1]", "not an object"),
        (b"\xff{}", "not UTF-8: byte 1"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number that is too long"),
        ({"subject": "x"}, "has no e-mail address"),
        ({"email": " ", "subject": "x"}, "has no e-mail address"),
        ({"email": "dana", "subject": "x"}, "e-mail address 'dana' is none"),
        ({"email": "a@b@client.example", "subject": "x"}, "is none"),
        ({"email": "da na@client.example", "subject": "x"}, "is none"),
        ({"email": "@client.example", "subject": "x"}, "is none"),
        ({"email": "a@client.example,b@client.example", "subject": "x"}, "is none"),
        ({"email": "a@client.example", "subject": " ", "description": None}, "neither a subject"),
    ],
)
def test_a_submission_that_cannot_be_read_says_why_and_what_to_do(read, payload, reason):
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert reason in caught.value.message
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_missing_field_names_the_places_where_it_was_looked_for(read):
    with pytest.raises(Unreadable) as caught:
        read({"meta": {}}, VENDOR)
    assert "'entry.12', 'entry.4' (mappings/forms/members.yaml)" in caught.value.remedy


def test_a_byte_order_mark_is_no_fault(read):
    assert read(b'\xef\xbb\xbf{"email": "a@client.example", "subject": "x"}').subject == "x"


@pytest.mark.parametrize(
    ("words", "emergency"),
    [
        (True, True), ("yes", True), ("TRUE", True), (1, True), ("1", True), ("on", True),
        (False, False), ("no", False), (0, False), ("", False), (None, False), ([], False),
    ],
)  # fmt: skip
def test_the_emergency_flag_is_read_in_the_words_of_forms(read, words, emergency):
    request = read({"email": "a@client.example", "subject": "x", "emergency": words})
    assert request.form.emergency is emergency
    assert request.remarks == ()


def test_an_emergency_flag_that_is_neither_yes_nor_no_is_remarked(read):
    request = read({"email": "a@client.example", "subject": "x", "emergency": "maybe"})
    assert not request.form.emergency
    assert "'maybe'" in request.remarks[0]


def test_numbers_stand_for_text_and_unknown_keys_are_ignored(read):
    request = read({"email": "a@client.example", "subject": 911, "phone": 2125550142.0, "utm": {}})
    assert (request.subject, request.form.phone) == ("911", "2125550142")


def test_a_lone_surrogate_does_not_survive(read):
    request = read(
        b'{"email": "a@client.example", "subject": "x\\ud83d", "description": "\\udc00y"}'
    )
    assert (request.subject, request.text) == ("x", "y")


@pytest.mark.parametrize("data", ["aGVsbG8=", "aGVs\nbG8", "data:text/plain;base64,aGVsbG8="])
def test_an_attachment_is_decoded_as_forms_send_it(read, data):
    request = read(
        {"email": "a@client.example", "subject": "x", "attachments": {"name": "a", "data": data}}
    )
    assert request.attachments == (Attachment("a", "application/octet-stream", b"hello"),)


@pytest.mark.parametrize(
    ("entry", "remark"),
    [
        ({"name": "a.png", "data": "!!!"}, "'a.png' is missing: its data is not base64"),
        ({"name": "a.png", "data": "A"}, "'a.png' is missing: its data is not base64"),
        ({"name": "a.png"}, "'a.png' is missing: the form sent no data"),
        ("a.png", "no name and no data"),
    ],
)
def test_a_bad_attachment_costs_a_remark_and_not_the_request(read, entry, remark):
    good = {"name": "b.txt", "type": "text/plain", "data": "Yg=="}
    request = read({"email": "a@client.example", "subject": "x", "attachments": [entry, good]})
    assert [attachment.name for attachment in request.attachments] == ["b.txt"]
    assert len(request.remarks) == 1
    assert remark in request.remarks[0]


def test_too_many_attachments_are_named(read):
    many = [{"name": f"{n}", "data": "Yg=="} for n in range(120)]
    request = read({"email": "a@client.example", "subject": "x", "attachments": many})
    assert len(request.attachments) == 100
    assert "first 100 of 120" in request.remarks[0]


LINK = "https://files.client.example/u/a%20page.png?x=1"


@pytest.mark.parametrize(
    ("attachments", "links"),
    [
        (LINK, [("a page.png", LINK)]),
        ([LINK], [("a page.png", LINK)]),
        (json.dumps([LINK, LINK + "2"]), [("a page.png", LINK), ("a page.png", LINK + "2")]),
        ([json.dumps([LINK])], [("a page.png", LINK)]),
        (f"{LINK}\r\nhttps://x.example/b", [("a page.png", LINK), ("b", "https://x.example/b")]),
        ({"name": "../shot.png", "url": LINK}, [("shot.png", LINK)]),
        ({"link": LINK}, [("a page.png", LINK)]),
        ({"file_url": LINK, "data": None}, [("a page.png", LINK)]),
        ("https://x.example", [("attachment.bin", "https://x.example")]),
        ("http://[broken/", [("attachment.bin", "http://[broken/")]),
    ],
)
def test_files_that_lie_elsewhere_are_named_by_their_addresses(read, attachments, links):
    request = read({"email": "a@client.example", "subject": "x", "attachments": attachments})
    assert [(link.name, link.url) for link in request.links] == links
    assert request.attachments == ()
    assert request.remarks == ()


@pytest.mark.parametrize("entry", ["javascript:alert(1)", {"url": "file:///etc/passwd"}, "[", 5])
def test_what_is_no_address_costs_a_remark(read, entry):
    request = read({"email": "a@client.example", "subject": "x", "attachments": entry})
    assert request.links == ()
    assert len(request.remarks) == 1
