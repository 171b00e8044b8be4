"""What is tried on approvals, and what it gets: nothing is granted, and staff see it."""

import pytest
from support.access_office import (
    ANA,
    ANA_ADDRESS,
    DANA_ADDRESS,
    FOR_ANA,
    MARTA_ADDRESS,
    OWEN_ADDRESS,
    Office,
)
from support.correspondence import DANA, OWEN, TECHNICIAN
from support.submissions import MARTA, form

from connector.accounts.model import AccessState
from connector.pipeline.accounts.approving import (
    ApprovalRefused,
    TokenState,
    approve,
    decide_by_token,
    look_at_token,
)

AWAITING = AccessState.AWAITING_APPROVAL


def _nothing_is_granted(office: Office) -> None:
    assert {record.state for record in office.request.records} == {AWAITING}
    assert not any(approval.approved for approval in office.request.approvals)
    assert office.contacts(ANA_ADDRESS) == 0


# --- (a) by the request itself ---------------------------------------------------------------

BY_ITSELF = {
    "nobody vouches for From": {},
    "the domain disowns From": {"verdict": "fail"},
    "a result of another host": {
        "Authentication_Results": "mx.example; dmarc=pass header.from=harbordental.example"
    },
    "From names two people": {"verdict": "pass", "sender": f"{MARTA}, {OWEN}"},
    "the point of contact stands in Reply-To": {
        "verdict": "pass",
        "sender": OWEN,
        "Reply_To": MARTA,
    },
    "no point of contact, of the right account": {"verdict": "pass", "sender": OWEN},
    "it is to be an External Manager": {"verdict": "pass", "text": f"{ANA}Role: External Manager"},
    "the mail forwards what another wrote": {
        "verdict": "pass",
        "subject": f"Fwd: {FOR_ANA}",
        "text": f"FYI\n\n-----Original Message-----\nFrom: {OWEN}\nSubject: {FOR_ANA}\n\n{ANA}",
    },
}


@pytest.mark.parametrize("attack", BY_ITSELF.values(), ids=BY_ITSELF.keys())
def test_a_mail_that_only_looks_like_a_point_of_contact_s_approves_nothing(
    office: Office, attack: dict[str, str]
) -> None:
    office.arrives(**attack)
    _nothing_is_granted(office)


def test_the_mail_of_another_account_s_point_of_contact_approves_nothing(office: Office) -> None:
    office.arrives(sender=DANA, verdict="pass")
    assert office.request.account_name == "Palmetto Legal LLP"
    _nothing_is_granted(office)


def test_somebody_outside_the_account_s_domains_is_not_approved_by_the_request_itself(
    office: Office,
) -> None:
    office.arrives(text="Name: Ana Lopez\nEmail: ana@gmail.com", verdict="pass")
    assert office.state() is AWAITING


def test_a_point_of_contact_does_not_approve_their_own_login_by_asking(office: Office) -> None:
    text = f"Name: Marta Ruiz\nEmail: {MARTA_ADDRESS}"
    office.arrives("Please create a BMS account", text, verdict="pass")
    assert office.state() is AWAITING
    assert office.request.held


def test_a_technician_who_forwards_a_forged_mail_of_the_point_of_contact_approves_nothing(
    office: Office,
) -> None:
    text = f"See below.\n\n-----Original Message-----\nFrom: {MARTA}\nSubject: {FOR_ANA}\n\n{ANA}"
    office.arrives(f"Fwd: {FOR_ANA}", text, sender=TECHNICIAN, verdict="pass")
    assert office.request.account_name == "Harbor Dental Group"
    _nothing_is_granted(office)


def test_a_form_that_names_the_point_of_contact_as_its_sender_approves_nothing(
    office: Office,
) -> None:
    submission = form(
        email=MARTA_ADDRESS, template="BMS account request", subject=FOR_ANA, description=ANA
    )
    office.desk.drop("form.json", submission)
    office.sync()
    _nothing_is_granted(office)


def test_what_an_answer_changed_is_not_vouched_for_by_the_first_mail(office: Office) -> None:
    """Without an address it waits; whoever answers in the requester's name changes the content."""
    office.arrives(text="Name: Ana Lopez", verdict="pass")
    assert office.state() is AccessState.PARKED
    office.answers("Email: evil@harbordental.example")
    assert office.record.person.address == "evil@harbordental.example"
    assert office.state() is AWAITING


# --- in words --------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["pass", None])
def test_an_approval_in_words_is_noted_and_approves_nothing(
    office: Office, verdict: str | None
) -> None:
    office.arrives(sender=OWEN, verdict="pass")
    office.answers("Approved!", verdict=verdict)
    _nothing_is_granted(office)
    assert "approves nothing" in office.notes()[-1]


def test_an_answer_to_a_mail_that_only_the_point_of_contact_got_approves_nothing(
    office: Office,
) -> None:
    """Its subject is the attacker's, and its sender's domain vouches for the mail as a whole."""
    office.arrives(
        f"Re: BMS account for Eve Stone ({ANA_ADDRESS})",
        "I do not know her, what is this?",
        verdict="pass",
        answers="unknown-to-us@harbordental.example",
    )
    _nothing_is_granted(office)


# --- (b) by link -----------------------------------------------------------------------------


def _token(office: Office) -> str:
    office.arrives(sender=OWEN, verdict="pass")
    [token] = office.tokens(MARTA_ADDRESS)
    return token


def _try(office: Office, token: str) -> TokenState:
    """Open a link and confirm it; return what it is good for then."""
    with office.open() as desk:
        return decide_by_token(desk, token, approve=True).state


def test_opening_a_link_approves_nothing(office: Office) -> None:
    token = _token(office)
    with office.open() as desk:
        assert look_at_token(desk, token).state is TokenState.VALID
    office.sync()
    _nothing_is_granted(office)


def test_a_link_works_once(office: Office) -> None:
    token = _token(office)
    assert _try(office, token) is TokenState.USED
    trail = office.trail()
    assert _try(office, token) is TokenState.USED
    assert office.trail() == trail
    assert len(office.request.approvals) == 1


def test_an_altered_link_is_unknown(office: Office) -> None:
    token = _token(office)
    for altered in (token[:-1], token + "x", token.swapcase(), "", "é"):
        assert _try(office, altered) is TokenState.UNKNOWN
    _nothing_is_granted(office)


def test_a_link_ends_with_its_time(office: Office) -> None:
    token = _token(office)
    office.desk.pass_by(days=14)
    assert _try(office, token) is TokenState.EXPIRED
    _nothing_is_granted(office)


def test_a_link_holds_no_more_once_another_was_mailed(office: Office) -> None:
    token = _token(office)
    office.desk.pass_by(days=2, minutes=1)
    office.sync()
    first, second = office.tokens(MARTA_ADDRESS)
    assert first == token
    assert _try(office, first) is TokenState.REPLACED
    _nothing_is_granted(office)
    assert _try(office, second) is TokenState.USED


def test_a_link_to_what_was_changed_since_approves_nothing(office: Office) -> None:
    token = _token(office)
    office.answers("Role: External Manager", sender=OWEN)
    assert _try(office, token) is TokenState.REPLACED
    _nothing_is_granted(office)
    _, anew = office.tokens(MARTA_ADDRESS)
    assert "External Manager" in office.mails_to(MARTA_ADDRESS)[-1]
    assert _try(office, anew) is TokenState.USED


def test_an_approval_is_void_once_what_it_approved_is_changed(office: Office) -> None:
    assert _try(office, _token(office)) is TokenState.USED
    assert office.state() is AccessState.APPROVED
    office.answers("Role: External Manager", sender=OWEN)
    assert office.state() is AWAITING
    assert office.contacts(ANA_ADDRESS) == 0


def test_whoever_is_no_point_of_contact_any_more_does_not_approve(office: Office) -> None:
    token = _token(office)
    office.desk.sandbox.person.set_poc(MARTA_ADDRESS, is_poc=False)
    with pytest.raises(ApprovalRefused, match="may not approve"):
        _try(office, token)
    with office.open() as desk, pytest.raises(ApprovalRefused, match="may not approve"):
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")
    _nothing_is_granted(office)


def test_no_token_stands_anywhere_but_in_its_mail(office: Office) -> None:
    token = _token(office)
    stored = repr(office.desk.dump())
    assert token not in stored
    database = (office.desk.folder / "connector.db").read_bytes()
    assert token.encode() not in database


# --- (c) by staff record ---------------------------------------------------------------------

NOT_ELIGIBLE = {
    "a point of contact of another account": DANA_ADDRESS,
    "no point of contact": OWEN_ADDRESS,
    "nobody": "nobody@harbordental.example",
    "empty": "",
}


@pytest.mark.parametrize("by", NOT_ELIGIBLE.values(), ids=NOT_ELIGIBLE.keys())
def test_staff_cannot_record_the_approval_of_whoever_may_not_approve(
    office: Office, by: str
) -> None:
    office.arrives(sender=OWEN, verdict="pass")
    with office.open() as desk, pytest.raises(ApprovalRefused, match="may not approve"):
        approve(desk, office.record.id, by=by, evidence="by phone", recorded_by="Tom")
    _nothing_is_granted(office)


@pytest.mark.parametrize("allowed", [False, True])
def test_only_a_setting_lets_a_point_of_contact_approve_for_themselves(
    office: Office, *, allowed: bool
) -> None:
    if allowed:
        office.approvals.append("self_approval: true")
    text = f"Name: Marta Ruiz\nEmail: {MARTA_ADDRESS}"
    office.arrives("Please create a BMS account", text, sender=OWEN)
    with office.open() as desk:
        options = {"by": MARTA_ADDRESS, "evidence": "by phone", "recorded_by": "Tom"}
        if allowed:
            approve(desk, office.record.id, **options)
            assert office.state() is AccessState.APPROVED
            return
        with pytest.raises(ApprovalRefused, match="for themselves"):
            approve(desk, office.record.id, **options)
    assert office.state() is AWAITING


def test_every_point_of_contact_hears_of_an_approval_that_staff_recorded(office: Office) -> None:
    office.arrives(sender=OWEN, verdict="pass")
    with office.open() as desk:
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="by phone", recorded_by="Tom")
    office.sync()
    told = office.mails_to(MARTA_ADDRESS)[-1]
    assert "by phone" in told
    assert "Recorded by: Tom" in told


def test_a_request_on_the_catch_all_account_is_parked_and_nobody_can_approve_it(
    office: Office,
) -> None:
    office.arrives(sender="Zed <zed@elsewhere.example>", verdict="pass")
    assert office.state() is AccessState.PARKED
    with office.open() as desk, pytest.raises(ApprovalRefused):
        approve(desk, office.record.id, by=MARTA_ADDRESS, evidence="phone", recorded_by="Tom")
    office.desk.pass_by(hours=2)
    office.sync()
    assert office.state() is AccessState.PARKED
