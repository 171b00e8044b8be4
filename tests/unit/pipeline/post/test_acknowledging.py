"""Who is acknowledged, and who never is (DESIGN section 6, "Acknowledgements")."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.rulebooks import shipped_rulebook

from connector.domain.access import AccessOrder
from connector.domain.mail import Mailbox, MailFacts, Origin, Verdict
from connector.domain.request import Request, RequestKind
from connector.domain.tenant import Named
from connector.pipeline.post.acknowledging import why_unanswered
from connector.pipeline.post.office import AcknowledgementRules

RULES = AcknowledgementRules(
    quiet_sources=frozenset({"quiet"}), own_addresses=frozenset({"helpdesk@securenetmsp.com"})
)
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
CLIENT = Named(1, "Harbor Dental Group")
CATCH_ALL = Named(2, "Unmatched Requests")
MAIL = Request(
    kind=RequestKind.EMAIL,
    source="drop",
    received_at=NOW,
    sender=Mailbox("Pat", "pat@client.example"),
    subject="Printer",
    text="Jam",
    mail=MailFacts(),
)
FORM = replace(MAIL, kind=RequestKind.FORM, mail=None)


def why(request: Request, account: Named = CLIENT, rules: AcknowledgementRules = RULES):
    return why_unanswered(request, account, shipped_rulebook(), rules, NOW)


def with_facts(**facts: object) -> Request:
    return replace(MAIL, mail=MailFacts(**facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "request_",
    [
        MAIL,
        FORM,
        with_facts(verdict=Verdict.VERIFIED),
        replace(MAIL, received_at=NOW - timedelta(hours=24)),
    ],
)
def test_people_are_answered(request_):
    assert why(request_) is None


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (replace(MAIL, sender=None), "names no sender"),
        (replace(MAIL, sender=Mailbox("", "")), "names no sender"),
        (with_facts(origin=Origin.AUTOMATIC), "a machine"),
        (with_facts(origin=Origin.AUTO_REPLY), "a machine"),
        (with_facts(origin=Origin.BOUNCE), "a machine"),
        (
            replace(MAIL, sender=Mailbox("", "monitoring@securenetmsp.com")),
            "a machine",
        ),
        (with_facts(wants_no_answer=True), "asks for no automatic answer"),
        (with_facts(verdict=Verdict.FAILED), "disowns"),
        (with_facts(is_our_own=True), "our own mail"),
        (with_facts(via=Mailbox("", "helpdesk@securenetmsp.com")), "address of our own"),
        (replace(MAIL, sender=Mailbox("", "HelpDesk@securenetmsp.com")), "one of our own"),
        (replace(FORM, source="quiet"), "source quiet"),
        (replace(FORM, order=AccessOrder("Harbor Dental Group", ())), "staff recorded it"),
        (replace(FORM, received_at=NOW - timedelta(hours=24, seconds=1)), "24 hours"),
    ],
)
def test_who_is_never_answered(request_, words):
    assert words in (why(request_) or "")


def test_strangers_are_answered_only_when_configured():
    assert "belongs to no client" in (why(MAIL, CATCH_ALL) or "")
    assert why(MAIL, CATCH_ALL, replace(RULES, to_strangers=True)) is None


def test_what_a_mailbox_imports_is_not_answered():
    reason = why_unanswered(MAIL, CLIENT, shipped_rulebook(), RULES, NOW, is_imported=True)
    assert "before the first sync" in (reason or "")


def test_a_forward_is_answered_to_whoever_forwarded_it():
    ours = Mailbox("", "helpdesk@securenetmsp.com")
    assert "one of our own" in (why(replace(MAIL, forwarded_by=ours)) or "")
