"""Approvals by link: looking approves nothing, confirming does, and every other link says why."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.access_office import (
    ANA_ADDRESS,
    MARTA_ADDRESS,
    OWEN_ADDRESS,
    Office,
    access_office,
)
from support.post import Mailbox
from support.web import Page, Visitor, visited

from connector.accounts.model import AccessState, Channel
from connector.domain.access import Person

OWEN = "Owen Price <owen.price@harbordental.example>"


@pytest.fixture
def office(tmp_path: Path, mailbox: Mailbox) -> Iterator[Office]:
    """A help desk at which Owen asked for a login for Ana; Marta, who approves, was mailed."""
    with access_office(tmp_path, mailbox) as ready:
        ready.arrives(sender=OWEN)
        yield ready


@pytest.fixture
def marta(office: Office) -> Iterator[Visitor]:
    with visited(office.desk) as visitor:
        yield visitor


def link_of(office: Office) -> str:
    return f"/approvals/{office.tokens(MARTA_ADDRESS)[-1]}"


def confirm(visitor: Visitor, link: str, choice: str, reason: str = "") -> Page:
    fields = visitor.get(link).fields()
    return visitor.post({**fields, "choice": choice, "reason": reason}, link)


def test_looking_shows_what_by_whom_and_for_whom_and_approves_nothing(
    office: Office, marta: Visitor
) -> None:
    for _ in range(3):
        page = marta.get(link_of(office))

    assert page.status == 200
    assert page.heading == "Portal access for Harbor Dental Group: do you approve it?"
    for shown in ("Ana Lopez", ANA_ADDRESS, "External User", "Owen Price", MARTA_ADDRESS):
        assert shown in page.text
    assert office.state() is AccessState.AWAITING_APPROVAL
    assert office.request.approvals == ()


def test_confirming_approves_once_and_says_so(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    page = marta.follow(confirm(marta, link, "approve"))

    assert page.heading == "You approved this"
    assert office.state() is AccessState.APPROVED
    [approval] = office.request.approvals
    assert (approval.approver, approval.channel) == (MARTA_ADDRESS, Channel.LINK)

    again = marta.get(link)
    assert (again.status, again.heading) == (200, "You approved this")
    assert again.all("//form") == []


def test_a_page_that_was_open_meanwhile_decides_nothing_more(
    office: Office, marta: Visitor
) -> None:
    link = link_of(office)
    fields = marta.get(link).fields()
    confirm(marta, link, "approve")

    page = marta.follow(marta.post({**fields, "choice": "deny", "reason": "no"}, link))

    assert page.heading == "You approved this"
    assert office.state() is AccessState.APPROVED
    assert len(office.request.approvals) == 1


def test_denying_takes_a_reason_and_keeps_it(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    without = confirm(marta, link, "deny")
    assert without.status == 422
    assert "Please say why" in without.text
    assert office.state() is AccessState.AWAITING_APPROVAL

    page = marta.follow(confirm(marta, link, "deny", "She left <b>last</b> week"))
    assert page.heading == "You denied this"
    assert office.state() is AccessState.DENIED
    assert office.request.approvals[0].evidence == "She left <b>last</b> week"


@pytest.mark.parametrize("lacks", ["csrf_token", "choice"])
def test_a_post_without_the_page_s_token_or_a_choice_decides_nothing(
    office: Office, marta: Visitor, lacks: str
) -> None:
    link = link_of(office)
    fields = {**marta.get(link).fields(), "choice": "approve"}
    del fields[lacks]

    page = marta.post(fields, link)

    assert page.status == 422
    assert office.state() is AccessState.AWAITING_APPROVAL


def test_a_token_of_another_visitor_decides_nothing(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    fields = {**marta.get(link).fields(), "choice": "approve"}
    stranger = Visitor(office.desk, marta.client.application.test_client())

    assert stranger.post(fields, link).status == 422
    assert office.state() is AccessState.AWAITING_APPROVAL


def test_an_unknown_or_altered_link_says_so(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    for wrong in (f"{link}x", link[:-1], "/approvals/short", "/approvals/%00%F0%9F"):
        page = marta.get(wrong)
        assert (page.status, page.heading) == (404, "This link is not known")
        assert marta.post({"choice": "approve"}, wrong).status in (404, 422)
    assert office.state() is AccessState.AWAITING_APPROVAL


def test_an_expired_link_says_so(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    office.desk.pass_by(days=15)

    page = marta.get(link)

    assert (page.status, page.heading) == (410, "This link has expired")


def test_a_link_that_a_reminder_replaced_says_so(office: Office, marta: Visitor) -> None:
    first = link_of(office)
    office.desk.pass_by(days=2, hours=1)
    office.sync()
    second = link_of(office)
    assert first != second

    page = marta.get(first)

    assert (page.status, page.heading) == (410, "This link was replaced")
    assert marta.get(second).status == 200


def test_a_link_to_what_was_changed_since_says_so(office: Office, marta: Visitor) -> None:
    with office.open() as access:
        other = Person("Ana", "Lopes", ANA_ADDRESS)
        assert access.ledger.change_person(office.record.id, other, stamp=access.stamp())

    page = marta.get(link_of(office))

    assert (page.status, page.heading) == (410, "This link was replaced")


def test_what_was_withdrawn_leaves_nothing_to_decide(office: Office, marta: Visitor) -> None:
    with office.open() as access:
        access.ledger.set_access_state(
            office.record.id, AccessState.WITHDRAWN, expected=AccessState, stamp=access.stamp()
        )

    page = marta.get(link_of(office))

    assert page.heading == "This has been decided"
    assert page.all("//form") == []


def test_a_point_of_contact_who_is_none_any_more_decides_nothing(
    office: Office, marta: Visitor
) -> None:
    link = link_of(office)
    office.desk.sandbox.person.set_poc(MARTA_ADDRESS, is_poc=False)

    page = confirm(marta, link, "approve")

    assert page.status == 403
    assert page.heading == "You cannot decide this"
    assert office.state() is AccessState.AWAITING_APPROVAL


def test_while_bms_cannot_be_asked_nothing_is_decided_and_the_reason_is_kept(
    office: Office, marta: Visitor
) -> None:
    link = link_of(office)
    fields = marta.get(link).fields()
    office.desk.sandbox.stop()

    page = marta.post({**fields, "choice": "deny", "reason": "Not her job"}, link)

    assert page.status == 503
    assert "Nothing was decided" in page.text
    assert "Not her job" in page.text
    assert office.state() is AccessState.AWAITING_APPROVAL


def test_other_access_is_shown_in_the_words_of_who_asked(office: Office, marta: Visitor) -> None:
    words = "Please give <script>alert(1)</script> Ana access to the billing folder.\nThanks"
    office.arrives("Access to the billing folder", words, sender=OWEN)

    page = marta.get(link_of(office))

    assert page.heading == "Access for Harbor Dental Group: do you approve it?"
    assert "<script>alert(1)</script> Ana access to the billing folder." in page.text
    assert page.all("//pre//script") == []


def test_no_answer_names_the_token_where_it_could_leak(office: Office, marta: Visitor) -> None:
    link = link_of(office)
    answer = marta.get(link).answer

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert link.removeprefix("/approvals/") not in answer.get_data(as_text=True)
    assert OWEN_ADDRESS in answer.get_data(as_text=True)
