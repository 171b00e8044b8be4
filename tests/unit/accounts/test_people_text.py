"""Whom a request asks access for, and what an answer corrects."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.access import ANA, LUIS

from connector.accounts.model import Person, Role
from connector.accounts.people_text import changes_in, missing_in, people_in
from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox, MailFacts
from connector.domain.request import Detail, Details, FormFields, Request, RequestKind

MARTA = Mailbox("Marta Ruiz", "marta@harbor.example")
ANA_AT = ("Ana", "Lopez", "ana@harbor.example")
LUIS_AT = ("Luis", "Perez", "luis@harbor.example")
NAME, LAST, ADDRESS = "the name", "the last name", "the e-mail address"


def asked(subject="", text="", sender=MARTA, **values):
    return Request(
        kind=values.pop("kind", RequestKind.EMAIL),
        source="drop",
        received_at=datetime(2026, 11, 16, 15, tzinfo=UTC),
        sender=sender,
        subject=subject,
        text=text,
        **values,
    )


def form(text="", phone=None, **details):
    fields = FormFields(
        "members", phone=phone, details=Details(**{k: Detail(v) for k, v in details.items()})
    )
    return asked("BMS account", text, kind=RequestKind.FORM, form=fields)


def names(request):
    return [(p.person.first_name, p.person.last_name, p.person.address) for p in people_in(request)]


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ana Lopez\nEmail: ana@harbor.example",
        "name - Ana Lopez\ne-mail address - ANA@Harbor.example",
        "* First name: Ana\n* Last name: Lopez\n* E-Mail: ana@harbor.example",
        "Nombre: Ana\nApellido: Lopez\nCorreo electrónico: ana@harbor.example",
        "Nombre completo: Ana Lopez\nCorreo: <ana@harbor.example>",
        "Employee:\nAna Lopez\nEmail:\nana@harbor.example",
        "Name: Lopez, Ana\nEmail: mailto:ana@harbor.example",
        "Affected user: Ana Lopez; Email: ana@harbor.example; Job title: Nurse",
        "Name: Ana Lopez <ana@harbor.example>",
        "User name: ana@harbor.example\nFull name: Ana Lopez",
        "Name\tAna Lopez\nEmail\tana@harbor.example",
        "Email: ana@harbor.example\nName: Ana Lopez\nUsername: alopez",
        "Company: Harbor\nName: Ana Lopez, Email: ana@harbor.example\nPassword: none yet",
    ],
)
def test_labelled_lines_name_a_person(text):
    assert names(asked("BMS account request", text)) == [ANA_AT]


def test_phone_and_role_are_read_from_their_lines():
    (found,) = people_in(
        asked(
            "BMS account",
            "Name: Ana Lopez\nEmail: ana@harbor.example\nMobile: 305 555 0101\n"
            "Job title: Office manager\nRole: external manager",
        )
    )
    assert found.person == Person(*ANA_AT, "+1 305-555-0101", Role.EXTERNAL_MANAGER)
    assert (missing_in(found.person), found.remarks) == ((), ())


@pytest.mark.parametrize("words", ["Manager", "Administrator", "Receptionist"])
def test_a_role_that_is_not_allowed_becomes_the_least_one_and_is_remarked(words):
    text = f"Name: Ana Lopez\nEmail: ana@harbor.example\nRole: {words}"
    (found,) = people_in(asked("BMS account", text))
    assert found.person.role is Role.EXTERNAL_USER
    assert words in found.remarks[0]


@pytest.mark.parametrize(
    "text",
    [
        "Name: Ana Lopez\nEmail: ana@harbor.example\n\nName: Luis Perez\nMail: luis@harbor.example",
        "Email: ana@harbor.example\nName: Ana Lopez\nEmail: luis@harbor.example\nName: Luis Perez",
        "First name: Ana\nLast name: Lopez\nEmail: ana@harbor.example\nPhone: 305 555 0101\n"
        "First name: Luis\nLast name: Perez\nEmail: luis@harbor.example",
        "Name: Ana Lopez and Luis Perez\nEmail: ana@harbor.example, luis@harbor.example",
        "- Ana Lopez <ana@harbor.example>\n- Luis Perez <luis@harbor.example>",
        "1. Ana Lopez, ana@harbor.example\n2. Luis Perez - luis@harbor.example",
        "For Ana Lopez (ana@harbor.example) and Luis Perez (luis@harbor.example), please",
        "ana@harbor.example (Ana Lopez), luis@harbor.example (Luis Perez)",
    ],
)
def test_several_people(text):
    assert names(asked("BMS accounts", text)) == [ANA_AT, LUIS_AT]


SIGNATURE = "\n\n{}\nMarta Ruiz\nPhone: 305 555 9999\nEmail: marta@harbor.example"


@pytest.mark.parametrize("closing", ["Kind regards,", "Thanks!", "Saludos,", "Thank you", "--", ""])
def test_the_signature_of_the_requester_names_nobody(closing):
    text = f"Name: Ana Lopez\nEmail: ana@harbor.example{SIGNATURE.format(closing)}"
    assert names(asked("BMS account", text)) == [ANA_AT]


def test_the_phone_number_below_a_closing_is_the_requesters():
    text = f"Name: Ana Lopez\nEmail: ana@harbor.example{SIGNATURE.format('Regards')}"
    assert people_in(asked("BMS account", text))[0].person.phone == ""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Please create a BMS account for Ana Lopez", "Her address is ana@harbor.example."),
        ("BMS account", "Please create a BMS account for Ana Lopez (ana@harbor.example)."),
        ("BMS account", "please create a bms account for ana lopez (ana@harbor.example)"),
        ("Cuenta de BMS para Ana Lopez", "Su correo es ana@harbor.example\nGracias"),
        ("Portal login", "Could you give Ana Lopez one? ana@harbor.example"),
        ("Portal login", "Ana Lopez needs a portal login: ana@harbor.example"),
        ("BMS account for Ana Lopez", "Email: ana@harbor.example"),
        ("BMS account", "Name: Ana Lopez\n\nShe reads ana@harbor.example daily."),
    ],
)
def test_free_wording_names_a_person(subject, text):
    assert names(asked(subject, text)) == [ANA_AT]


def test_names_of_several_words():
    text = "A BMS account for Ana María de la Cruz <ana@harbor.example>"
    assert names(asked("BMS", text)) == [("Ana María", "de la Cruz", "ana@harbor.example")]


@pytest.mark.parametrize(
    ("subject", "text", "person", "missing"),
    [
        ("Please create a BMS account for Ana Lopez", "", ("Ana", "Lopez", ""), (ADDRESS,)),
        ("Portal login", "One for Owen, please.", ("Owen", "", ""), (LAST, ADDRESS)),
        ("Colleague", "Ana needs a portal login.", ("Ana", "", ""), (LAST, ADDRESS)),
        ("BMS account", "Email: ana@harbor.example", ("", "", "ana@harbor.example"), (NAME,)),
        ("BMS account", "Name: Ana Lopez\nEmail: tbd", ("Ana", "Lopez", ""), (ADDRESS,)),
        ("BMS account", "I need one for our new colleague.", ("", "", ""), (NAME, ADDRESS)),
        ("BMS account", "Please.", ("", "", ""), (NAME, ADDRESS)),
        ("BMS account for a colleague", "I need it by Monday", ("", "", ""), (NAME, ADDRESS)),
        ("BMS account", "For our new hire. He needs it soon.", ("", "", ""), (NAME, ADDRESS)),
        ("BMS account", "A new colleague joins. She needs one.", ("", "", ""), (NAME, ADDRESS)),
        ("Cuenta de BMS", "Ella necesita entrar al portal.", ("", "", ""), (NAME, ADDRESS)),
        ("BMS account", "Everybody needs it. Dan joins.", ("Dan", "", ""), (LAST, ADDRESS)),
        ("BMS account", "Last name: Lopez", ("", "Lopez", ""), ("the first name", ADDRESS)),
    ],
)
def test_what_nobody_said_is_missing(subject, text, person, missing):
    (found,) = people_in(asked(subject, text))
    assert (found.person.first_name, found.person.last_name, found.person.address) == person
    assert missing_in(found.person) == missing


def test_somebody_named_without_an_address_beside_others_is_remarked():
    text = "Portal accounts for Ana Lopez (ana@harbor.example) and Luis Perez, please."
    (found,) = people_in(asked("BMS", text))
    assert "“Luis Perez”" in found.remarks[0]


@pytest.mark.parametrize(
    "text",
    [
        "I need a BMS account.",
        "Necesito una cuenta de BMS",
        "A portal login for me, please",
        "I'd like a login to see my tickets",
        "Name: Marta Ruiz\nEmail: marta@harbor.example",
    ],
)
def test_who_asks_for_their_own_access_is_the_requester(text):
    assert names(asked("BMS account", text)) == [("Marta", "Ruiz", "marta@harbor.example")]


def test_who_asks_for_themselves_and_somebody_else_is_both():
    text = "For me and for Ana Lopez (ana@harbor.example), please"
    assert names(asked("BMS", text)) == [ANA_AT, ("Marta", "Ruiz", "marta@harbor.example")]


def test_a_requester_without_a_name_is_asked_for_it():
    (found,) = people_in(asked("BMS", "I need a login", sender=Mailbox("", "x@harbor.example")))
    assert (found.person.address, missing_in(found.person)) == ("x@harbor.example", (NAME,))


@pytest.mark.parametrize(
    ("request_", "person"),
    [
        (form(affected_user="Ana Lopez, ana@harbor.example"), ANA_AT),
        (form("Her mail is ana@harbor.example", affected_user="Ana Lopez"), ANA_AT),
        (form("Email: ana@harbor.example", affected_user="Ana Lopez"), ANA_AT),
        (form("For Ana Lopez, ana@harbor.example"), ANA_AT),
        (form("One login, please"), ("Marta", "Ruiz", "marta@harbor.example")),
        (form(affected_user="Myself"), ("Marta", "Ruiz", "marta@harbor.example")),
        (form(affected_user="marta ruiz"), ("Marta", "Ruiz", "marta@harbor.example")),
    ],
)
def test_a_form_names_the_affected_user_else_its_sender(request_, person):
    assert names(request_) == [person]


def test_the_phone_numbers_of_a_form():
    (found,) = people_in(form(affected_user="Ana Lopez, a@b.example", mobile="305 555 0101"))
    assert found.person.phone == "+1 305-555-0101"
    (own,) = people_in(form("for me", phone="305 555 0199"))
    assert own.person.phone == "+1 305-555-0199"


def test_addresses_of_the_mail_itself_are_nobodys():
    facts = MailFacts(recipients=(Mailbox("", "support@helpdesk.example"),))
    text = "I wrote to support@helpdesk.example before: Ana Lopez, ana@harbor.example"
    assert names(asked("BMS", text, mail=facts)) == [ANA_AT]


def test_the_mail_that_was_forwarded_is_read_and_older_ones_are_not():
    text = """See below

---------- Forwarded message ---------
From: Marta Ruiz <marta@harbor.example>
Date: Mon, Nov 16, 2026 at 9:00 AM
Subject: BMS account
To: Paul <paul@helpdesk.example>

Name: Ana Lopez
Email: ana@harbor.example

On Sun, Nov 15, 2026 at 9:00 AM Eve <eve@evil.example> wrote:
> Name: Eve Stone
> Email: eve@evil.example
"""
    facts = MailFacts(is_forward=True, new_text=text)
    forward = asked("Fwd: BMS", text, mail=facts, forwarded_by=Mailbox("", "paul@helpdesk.example"))
    assert names(forward) == [ANA_AT]


def test_quoted_text_of_a_reply_names_nobody():
    text = "Name: Ana Lopez\nEmail: ana@harbor.example\n\n> Name: Eve\n> Email: eve@evil.example"
    assert names(asked("Re: BMS", text)) == [ANA_AT]


def test_an_order_names_its_people_itself():
    order = AccessOrder("Harbor Dental Group", (ANA, LUIS))
    assert [each.person for each in people_in(asked("BMS", order=order))] == [ANA, LUIS]


def test_the_same_person_twice_is_one():
    text = "Name: Ana Lopez\nEmail: ana@harbor.example\nName: A. Lopez\nEmail: ANA@harbor.example"
    assert names(asked("BMS", text)) == [ANA_AT]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(alphabet="Nameil:@.x AB\n<>(),-", max_size=200))
def test_any_text_names_somebody_whose_address_is_one_line(subject, text):
    found = people_in(asked(subject, text))
    assert found
    for each in found:
        assert "\n" not in each.person.name + each.person.address
        assert each.person.address == "" or "@" in each.person.address


@pytest.mark.parametrize("piece", ["a", "a@", "a.b@c.", "For Ana ", "Name: ", "for me and ", "( @"])
def test_no_text_takes_long(piece):
    began = time.perf_counter()
    people_in(asked(piece * 300, piece * (100_000 // len(piece))))
    assert time.perf_counter() - began < 5


# --- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Email: ana.l@harbor.example", replace(ANA, address="ana.l@harbor.example")),
        ("Last name: Lopez-Ortega", replace(ANA, last_name="Lopez-Ortega")),
        ("Name: Ana Ortega", replace(ANA, last_name="Ortega")),
        ("Role: External Manager", replace(ANA, role=Role.EXTERNAL_MANAGER)),
        (
            f"Email: {ANA.address}\nPhone: 305 555 0101",
            replace(ANA, phone="+1 305-555-0101"),
        ),
        ("Name: Luis Perez\nEmail: luis@harbor.example", Person(*LUIS_AT)),
        (f"Thanks.\nEmail: {ANA.address}", None),
        ("Role: Boss", None),
        ("Phone: 305 555 0101", None),
        ("Her address is ana.l@harbor.example", None),
        ("> Email: eve@evil.example", None),
        ("", None),
    ],
)
def test_labelled_lines_of_an_answer_correct_a_person(text, changed):
    assert changes_in(text, ANA, sender=MARTA) == changed


@pytest.mark.parametrize("closing", ["Regards,", "Marta"])
def test_the_signature_of_an_answer_corrects_nobody(closing):
    text = f"Yes, that is right.{SIGNATURE.format(closing)}"
    assert changes_in(text, ANA, sender=MARTA) is None


def test_who_corrects_their_own_data_is_no_signature():
    own = Person("Marta", "Ruis", MARTA.address)
    assert changes_in(f"Name: Marta Ruiz\nEmail: {MARTA.address}", own, sender=MARTA) == replace(
        own, last_name="Ruiz"
    )


def test_among_several_people_only_who_is_named_is_corrected():
    text = "Name: Luis Perez\nEmail: luis.p@harbor.example\n\nName: Eve Stone\nEmail: eve@x.example"
    assert changes_in(text, ANA, sender=MARTA, alone=False) is None
    corrected = changes_in(text, LUIS, sender=MARTA, alone=False)
    assert corrected == replace(LUIS, address="luis.p@harbor.example")
    assert changes_in("Email: x@harbor.example", LUIS, sender=MARTA, alone=False) is None


def test_a_missing_address_is_filled_in():
    unknown = Person("Ana", "", "")
    text = "Last name: Lopez\nEmail: ana@harbor.example"
    assert changes_in(text, unknown, sender=MARTA) == Person(*ANA_AT)
