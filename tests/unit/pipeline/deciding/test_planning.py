"""What the planner concludes from a request, the rules, and what BMS knows."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.directory import HIGH, MEDIUM, FakeDirectory
from support.sla_policies import NEW_YORK, shipped_policy

from connector.domain.access import AccessOrder, Person
from connector.domain.due_dates import Priority
from connector.domain.mail import Mailbox
from connector.domain.plan import Plan
from connector.domain.request import Attachment, FormFields, Request, RequestKind
from connector.domain.tenant import Named, Template
from connector.errors import NameUnresolved
from connector.mapping.models import (
    ClientsFile,
    Defaults,
    EmergencyWords,
    Match,
    Overrides,
    PrioritiesFile,
    TemplateRule,
    TemplatesFile,
)
from connector.pipeline.deciding.planning import plan_request
from connector.pipeline.rulebook import Rulebook

VIP = Named(40490, "VIP")
GENERAL = Template(id=6008, name="General request", title="General", priority=MEDIUM)
PRINTER = Template(id=6004, name="Printer problem", title="Printer", priority=HIGH)
TEMPLATES = (GENERAL, PRINTER, Template(id=6009, name="VIP request", priority=VIP))

KEY = "k7m2p9q4r8s3"
REQUEST = Request(
    kind=RequestKind.EMAIL,
    source="drop",
    received_at=datetime(2026, 11, 16, 15, 5, tzinfo=UTC),
    sender=Mailbox("Marta Ruiz", "marta.ruiz@harbordental.example"),
    subject="Hello",
    text="It hums",
)


def rulebook(*rules: TemplateRule, default: str = "General request") -> Rulebook:
    return Rulebook(
        priorities=PrioritiesFile(
            priorities={
                Priority.LOW: "Low",
                Priority.NORMAL: "Medium",
                Priority.HIGH: "High",
                Priority.CRITICAL: "Critical",
            },
            emergency=EmergencyWords(words=("urgent",)),
        ),
        templates=TemplatesFile(defaults=Defaults(template=default), rules=rules),
        clients=ClientsFile(),
        policy=shipped_policy(),
        zone=NEW_YORK,
        catch_all_account="Unmatched Requests",
        catch_all_contact="unmatched@securenetmsp.com",
    )


def printer_rule(template: str = "Printer problem", **values: object) -> TemplateRule:
    return TemplateRule(
        name="printer",
        template=template,
        match=Match(words=("printer",)),
        set=Overrides.model_validate(values),
    )


def planned(
    request: Request, rules: Rulebook | None = None, directory: FakeDirectory | None = None
) -> Plan:
    known = directory or FakeDirectory(templates=TEMPLATES)
    return plan_request(request, b"raw", KEY, rules or rulebook(), known)


@pytest.mark.parametrize(
    ("text", "rule_priority", "expected"),
    [
        ("Priority: Low", "Critical", Priority.LOW),
        ("", "Low", Priority.LOW),
        ("", None, Priority.HIGH),
    ],
    ids=["the requester's", "else the rule's", "else the template's"],
)
def test_the_priority_is(text: str, rule_priority: str | None, expected: Priority) -> None:
    rules = rulebook(printer_rule(**({"priority": rule_priority} if rule_priority else {})))

    plan = planned(replace(REQUEST, subject="Printer", text=text), rules)

    assert (plan.priority, plan.draft.priority.name) == (expected, str(expected))


@pytest.mark.parametrize(
    ("subject", "rule_title", "expected"),
    [("My printer", "By rule", "My printer"), ("", "By rule", "By rule"), ("", None, "Printer")],
)
def test_the_title_is_the_subject_else_the_rules_else_the_templates(
    subject: str, rule_title: str | None, expected: str
) -> None:
    rules = rulebook(printer_rule(**({"title": rule_title} if rule_title else {})))

    plan = planned(replace(REQUEST, subject=subject, text="The printer hums"), rules)

    assert plan.draft.title == expected


def test_a_templates_priority_without_a_guide_word_counts_as_normal_is_kept_and_told() -> None:
    plan = planned(REQUEST, rulebook(default="VIP request"))

    assert plan.priority is Priority.NORMAL
    assert plan.draft.priority == VIP
    assert "VIP" in (plan.internal_note or "")
    assert plan.draft.due_date == planned(REQUEST).draft.due_date


def test_a_named_priority_wins_over_a_templates_that_has_no_guide_word() -> None:
    plan = planned(replace(REQUEST, text="Priority: High"), rulebook(default="VIP request"))

    assert plan.draft.priority == HIGH


def test_a_template_that_is_gone_falls_back_to_the_default_template_and_is_told() -> None:
    plan = planned(replace(REQUEST, subject="Printer"), rulebook(printer_rule("Plotter")))

    assert plan.template == "General request"
    assert "Plotter" in (plan.internal_note or "")
    assert "template:printer" in plan.rules


def test_without_any_template_the_ticket_is_made_of_defaults() -> None:
    plan = planned(replace(REQUEST, subject=""), directory=FakeDirectory())

    assert plan.template is None
    assert plan.draft.title == "Request without a subject"
    assert plan.draft.ticket_type.name == "Service Request"
    assert "General request" in (plan.internal_note or "")


def test_where_all_is_well_there_is_no_note() -> None:
    assert planned(REQUEST).internal_note is None


def test_without_the_catch_all_contact_there_is_a_ticket_without_one_and_it_is_told() -> None:
    stranger = replace(REQUEST, sender=Mailbox("Pat", "pat@nowhere.example"))

    plan = planned(stranger, directory=FakeDirectory(contacts=[], templates=TEMPLATES))

    assert (plan.draft.account.name, plan.draft.contact_id) == ("Unmatched Requests", None)
    assert "catch_all.contact" in (plan.internal_note or "")
    assert "pat@nowhere.example" in plan.draft.text


def test_without_the_catch_all_account_there_is_no_plan() -> None:
    directory = FakeDirectory(templates=TEMPLATES, without=[Named(2009, "Unmatched Requests")])

    with pytest.raises(NameUnresolved, match="catch-all"):
        planned(replace(REQUEST, sender=None), directory=directory)


def test_the_plain_draft_is_the_same_ticket_without_what_bms_can_do_without() -> None:
    own = replace(PRINTER, work_type=Named(701, "Remote Support"), assignee_id=1001)
    directory = FakeDirectory(templates=(GENERAL, own))
    rules = rulebook(printer_rule(status="Assigned", queue="Onboarding", issue_type="Access"))

    plan = planned(replace(REQUEST, subject="Printer"), rules, directory)

    draft, plain = plan.draft, plan.plain_draft()
    same = ("reference", "title", "opened_at", "due_date", "account", "priority")
    assert [getattr(plain, name) for name in same] == [getattr(draft, name) for name in same]
    assert (plain.status.name, plain.queue and plain.queue.name) == ("New", "Help Desk")
    bare = (plain.contact_id, plain.issue_type, plain.work_type, plain.assignee_id)
    assert bare == (None, None, None, None)
    assert plain.custom_fields == {}
    assert plain.location_id == directory.main_location(plain.account.id) != draft.location_id
    assert "marta.ruiz@harbordental.example" in plain.text
    assert "marta.ruiz@harbordental.example" not in draft.text


def test_a_files_too_large_for_the_tenant_is_named_in_the_text() -> None:
    files = (Attachment("big.zip", "application/zip", b"x" * 1001), Attachment("a", "b", b"x"))

    plan = planned(replace(REQUEST, attachments=files))

    assert [each.name for each in plan.attachments] == ["a"]
    assert "big.zip" in plan.draft.text


@pytest.mark.parametrize(
    ("subject", "form", "expected"),
    [
        ("URGENT: smoke", None, (Priority.CRITICAL, True)),
        ("Smoke", FormFields("members", emergency=True), (Priority.CRITICAL, True)),
        ("Urgent", FormFields("members", priority="Low"), (Priority.LOW, True)),
        ("Smoke", None, (Priority.NORMAL, False)),
    ],
)
def test_an_emergency_goes_to_its_queue_and_by_its_table(
    subject: str, form: FormFields | None, expected: tuple[Priority, bool]
) -> None:
    plan = planned(replace(REQUEST, subject=subject, form=form))

    assert (plan.priority, plan.emergency) == expected
    assert plan.draft.queue == (
        Named(38402, "Emergency") if plan.emergency else Named(38401, "Help Desk")
    )
    minutes = (plan.due.remote_response - REQUEST.received_at).total_seconds() / 60
    assert minutes == (15 if plan.emergency else 120)


def test_a_plan_says_for_what_the_point_of_contact_has_to_approve():
    rule = TemplateRule(
        name="access",
        template="Printer problem",
        match=Match(words=("access",)),
        approval="access",
    )
    book, directory = rulebook(rule), FakeDirectory(templates=TEMPLATES)
    asked = replace(REQUEST, subject="Access to payroll")
    assert plan_request(asked, b"", KEY, book, directory).approval == "access"
    assert plan_request(REQUEST, b"", KEY, book, directory).approval is None


def test_the_ticket_of_an_order_is_on_the_account_it_names_and_holds_nothing_internal():
    order = AccessOrder(
        "Palmetto Legal LLP",
        (Person("Pia", "Door", "pia@palmetto.example"),),
        recorded_by="paul on pc-7",
    )
    asked = replace(REQUEST, sender=None, order=order, subject="BMS account for Pia Door", text="-")
    plan = plan_request(asked, b"", KEY, rulebook(), FakeDirectory(templates=TEMPLATES))
    assert plan.draft.account.name == "Palmetto Legal LLP"
    assert plan.approval == "login"
    assert plan.draft.title == "BMS account for Pia Door"
    for draft in (plan.draft, plan.plain_draft()):
        assert "From:" not in draft.text
        assert "paul" not in draft.text
