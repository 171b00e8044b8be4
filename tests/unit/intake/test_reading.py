import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.request import RequestKind
from connector.errors import RequestRejected
from connector.intake.reading import identify_arrival, read_request
from connector.intake.unreadable import Unreadable
from connector.mapping.models import FormFile

FIXTURES = Path(__file__).parents[2] / "fixtures"
MAILS = [path.read_bytes() for path in sorted((FIXTURES / "mail").glob("*.eml"))]
FORMS = {"members": FormFile(fields={"id": "id", "email": "email", "subject": "subject"})}
EMAIL, FORM = RequestKind.EMAIL, RequestKind.FORM


def read(kind, raw, received, form="members"):
    return read_request(kind, raw, form, FORMS, "drop", received)


def test_each_kind_is_read_by_its_own_parser(received):
    mail = read(EMAIL, b"From: a@client.example\nSubject: s\n\nt", received, form=None)
    form = read(FORM, b'{"email": "a@client.example", "subject": "s"}', received)
    assert (mail.kind, mail.source, mail.received_at) == (EMAIL, "drop", received)
    assert (form.kind, form.form.form) == (FORM, "members")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\r\n", "is empty"),
        (b"\x00\x01\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(4000), "no e-mail"),
        (b"Hello,\n\nthis: is only text.\n", "no e-mail"),
        (b"#!/bin/sh\necho: hi\n", "no e-mail"),
    ],
)
def test_a_file_that_is_no_mail_is_refused_with_a_reason(raw, reason, received):
    with pytest.raises(Unreadable) as caught:
        read(EMAIL, raw, received)
    assert reason in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("form", "setting"),
    [(None, "`form` of source 'drop'"), ("visitors", "mappings/forms/visitors.yaml")],
)
def test_a_form_without_a_mapping_names_the_setting(form, setting, received):
    with pytest.raises(RequestRejected) as caught:
        read(FORM, b"{}", received, form=form)
    assert setting in caught.value.remedy
    assert identify_arrival(FORM, b"{}", form, FORMS).identity.expires


def never_raises_anything_else(kind, raw, received):
    assert identify_arrival(kind, raw, "members", FORMS).identity.value
    try:
        request = read(kind, raw, received)
    except RequestRejected:
        return
    for text in (request.subject, request.text, *request.remarks):
        text.encode()
        assert "\x00" not in text
    for attachment in request.attachments:
        attachment.name.encode()
        assert attachment.name
        assert not set(attachment.name) & set("/\\\n\x00")


headers = st.sampled_from(
    [b"From: ", b"Subject: =?utf-8?b?", b"Content-Type: multipart/mixed; boundary=b\n", b"\n--b\n",
     b"Content-Type: text/html\n\n<p", b"Content-Transfer-Encoding: base64\n", b"\n\n", b"\r\n",
     b"Content-Disposition: attachment; filename*0*=utf-8''%ff", b"=?x?q?", b'"', b"<a@b",
     b"{"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    raw=st.one_of(
        st.binary(max_size=400),
        st.lists(headers | st.binary(max_size=20), max_size=25).map(b"".join),
    ),
    kind=st.sampled_from(list(RequestKind)),
)
def test_any_bytes_are_read_or_refused(raw, kind):
    never_raises_anything_else(kind, raw, None)


@settings(max_examples=200, deadline=None)
@given(mail=st.sampled_from(MAILS), seed=st.integers(0, 2**32))
def test_mails_with_bytes_changed_lost_or_repeated_are_read_or_refused(mail, seed):
    chance = random.Random(seed)
    changed = bytearray(mail)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        to = min(len(changed), at + chance.randint(0, 40))
        changed[at:to] = chance.choice(
            [b"", chance.randbytes(3), bytes(changed[at:to]) * 2, b"\x00", b"=", b"\n", b"\r\n\r\n"]
        )
    never_raises_anything_else(EMAIL, bytes(changed), None)


def test_reading_starts_without_the_heavy_libraries():
    code = (
        "import sys, connector.intake.reading, connector.intake.sources.drop_folder;"
        "print([m for m in ('inscriptis', 'lxml', 'charset_normalizer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
