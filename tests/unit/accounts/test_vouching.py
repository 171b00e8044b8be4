"""Which mail approves what it asks for: attacks on the sender, through the real parser."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.accounts.vouching import vouched_by
from connector.domain.access import AccessOrder, Person
from connector.domain.mail import Mailbox, OwnAddresses
from connector.domain.request import FormFields, Request, RequestKind
from connector.intake.mail.email_message import parse_email

RECEIVED = datetime(2026, 11, 16, 15, tzinfo=UTC)
RECEIVER = "mx.helpdesk.example"
OWN = OwnAddresses(addresses=frozenset({"support@helpdesk.example"}))
MARTA = "marta.ruiz@harbordental.example"
FROM = f"From: Marta Ruiz <{MARTA}>"
PASS = f"Authentication-Results: {RECEIVER}; dmarc=pass header.from=harbordental.example"
NONE = f"Authentication-Results: {RECEIVER}; dmarc=none header.from=harbordental.example"
FAIL = f"Authentication-Results: {RECEIVER}; dmarc=fail header.from=harbordental.example"
SUBJECT = "Subject: BMS account for Ana Lopez"
TEXT = "Email: ana.lopez@harbordental.example"


def mail(*headers: str, text: str = TEXT) -> Request:
    raw = "\r\n".join([*headers, SUBJECT, "", text]).encode()
    return parse_email(raw, source="drop", received_at=RECEIVED, receiver=RECEIVER, own=OWN)


def test_a_mail_whose_domain_vouches_for_it_has_its_from_address_behind_it():
    assert vouched_by(mail(PASS, FROM)).vouched == MARTA


FORWARDED = f"""Is this all right?

---------- Forwarded message ---------
{FROM}
Date: Mon, Nov 16, 2026 at 9:00 AM
Subject: BMS account
To: Paul <paul@helpdesk.example>

{TEXT}"""

ATTACKS = {
    "no results at all": ((FROM,), TEXT),
    "spoofed From, DMARC failed": ((FAIL, FROM), TEXT),
    "spoofed From, no verdict": ((NONE, FROM), TEXT),
    "forged results of another host": (
        (
            "Authentication-Results: mx.evil.example; dmarc=pass header.from=harbordental.example",
            FROM,
        ),
        TEXT,
    ),
    "forged results below the real ones": ((NONE, PASS, FROM), TEXT),
    "forged results below real ones of another host": (
        ("Authentication-Results: gw.example; dmarc=none", PASS, FROM),
        TEXT,
    ),
    "forged results in a comment": (
        (f"Authentication-Results: {RECEIVER}; spf=none (; dmarc=pass)", FROM),
        TEXT,
    ),
    "forged results folded into a real header": (
        (f'Authentication-Results: {RECEIVER}; spf=none smtp.helo="x;\r\n dmarc=pass"', FROM),
        TEXT,
    ),
    "the attacker's own domain passes": (
        (f"Authentication-Results: {RECEIVER}; dkim=pass header.d=evil.example; spf=pass", FROM),
        TEXT,
    ),
    "DMARC of the attacker's domain": (
        (f"Authentication-Results: {RECEIVER}; dmarc=pass header.from=evil.example", FROM),
        TEXT,
    ),
    "two addresses in From": ((PASS, f"From: {MARTA}, eve@harbordental.example"), TEXT),
    "two From headers": ((PASS, FROM, "From: Eve <eve@harbordental.example>"), TEXT),
    "a forward": ((PASS, FROM, "Subject: Fwd: BMS account"), FORWARDED),
    "an answer whose subject another wrote": (
        (PASS, FROM, "In-Reply-To: <eve-1@harbordental.example>"),
        "I do not know her.",
    ),
    "an answer in a conversation": (
        (PASS, FROM, "References: <eve-1@harbordental.example>"),
        f"Fine with me.\n\n> {TEXT}",
    ),
    "an automatic reply": ((PASS, FROM, "Auto-Submitted: auto-replied"), TEXT),
    "a machine": ((PASS, FROM, "Auto-Submitted: auto-generated"), TEXT),
    "our own address with the Reply-To of a point of contact": (
        (PASS, "From: support@helpdesk.example", f"Reply-To: {MARTA}"),
        TEXT,
    ),
    "a list with the X-Original-From of a point of contact": (
        (PASS, "From: support@helpdesk.example", f"X-Original-From: {MARTA}"),
        TEXT,
    ),
    "our own mail come back": (
        (PASS.replace("harbordental", "helpdesk"), "From: support@helpdesk.example"),
        TEXT,
    ),
    "no From": ((PASS,), TEXT),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_stands_behind(attack):
    headers, text = ATTACKS[attack]
    said = vouched_by(mail(*headers, text=text))
    assert said.vouched == ""
    assert said.not_vouched


def test_an_address_of_our_own_is_named_as_the_reason():
    said = vouched_by(mail(PASS, "From: support@helpdesk.example", f"Reply-To: {MARTA}"))
    assert said.not_vouched == "its From is an address of our own"


def test_the_reply_to_of_a_point_of_contact_leaves_the_sender_behind_the_mail():
    results = PASS.replace("harbordental", "evil")
    said = vouched_by(mail(results, "From: eve@evil.example", f"Reply-To: {MARTA}"))
    assert said.vouched == "eve@evil.example"


def test_a_technicians_forward_has_nobody_behind_it():
    request = mail(PASS, FROM)
    unwrapped = replace(request, forwarded_by=Mailbox("Paul", "paul@helpdesk.example"))
    said = vouched_by(unwrapped)
    assert (said.vouched, said.not_vouched) == ("", "paul@helpdesk.example forwarded it")


def test_a_form_that_names_a_point_of_contact_has_nobody_behind_it():
    form = Request(
        RequestKind.FORM,
        "members",
        RECEIVED,
        Mailbox("Marta", MARTA),
        "BMS account",
        TEXT,
        form=FormFields("members"),
    )
    assert vouched_by(form).vouched == ""
    order = AccessOrder("Harbor Dental Group", (Person("A", "B", "a@b.example"),))
    assert vouched_by(replace(form, order=order)).not_vouched == "staff recorded it"
