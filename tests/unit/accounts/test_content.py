"""What an approval is bound to: every change of what is asked for, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.access import ANA, HARBOR, LUIS

from connector.accounts.content import digest_of, text_digest_of
from connector.accounts.model import AccessKind, Person, Role

LOGIN, OTHER = AccessKind.LOGIN, AccessKind.OTHER
APPROVED = digest_of(LOGIN, HARBOR.name, [ANA, LUIS])


@pytest.mark.parametrize(
    ("kind", "account", "people"),
    [
        (LOGIN, "Palmetto Legal LLP", [ANA, LUIS]),
        (LOGIN, HARBOR.name, [ANA]),
        (LOGIN, HARBOR.name, [ANA, LUIS, LUIS]),
        (LOGIN, HARBOR.name, [replace(ANA, address="ana@evil.example"), LUIS]),
        (LOGIN, HARBOR.name, [replace(ANA, last_name="Lopes"), LUIS]),
        (LOGIN, HARBOR.name, [replace(ANA, role=Role.EXTERNAL_MANAGER), LUIS]),
        (
            LOGIN,
            HARBOR.name,
            [replace(ANA, address=LUIS.address), replace(LUIS, address=ANA.address)],
        ),
        (OTHER, HARBOR.name, [ANA, LUIS]),
    ],
)
def test_a_change_of_account_person_or_role_is_another_content(kind, account, people):
    assert digest_of(kind, account, people) != APPROVED


@pytest.mark.parametrize(
    ("account", "people"),
    [
        (HARBOR.name, [LUIS, ANA]),
        ("harbor  dental group ", [ANA, LUIS]),
        (HARBOR.name, [replace(ANA, phone="+1 305-555-0101"), LUIS]),
        (HARBOR.name, [replace(ANA, address="Ana.Lopez@HarborDental.example"), LUIS]),
    ],
)
def test_order_case_and_phone_number_are_no_part_of_it(account, people):
    assert digest_of(LOGIN, account, people) == APPROVED


def test_other_access_is_told_apart_by_its_words():
    text = text_digest_of("Payroll  folder\n")
    asked = digest_of(OTHER, HARBOR.name, [ANA], "Access", text)
    assert digest_of(OTHER, HARBOR.name, [ANA], "Access", text_digest_of("Payroll folder")) == asked
    assert digest_of(OTHER, HARBOR.name, [ANA], "Access", text_digest_of("All folders")) != asked
    assert digest_of(OTHER, HARBOR.name, [ANA], "Other access", text) != asked


words = st.text(max_size=12)
people = st.builds(Person, words, words, words)


@settings(max_examples=150, deadline=None)
@given(st.lists(people, max_size=3), words)
def test_any_names_have_a_digest_that_no_order_changes(some, account):
    digest = digest_of(LOGIN, account, some)
    assert digest == digest_of(LOGIN, account, some[::-1])
    assert len(digest) == 64
