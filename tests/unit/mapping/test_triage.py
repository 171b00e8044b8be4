from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.processor_time import takes_less_than

from connector.domain.access import AccessOrder, Person
from connector.domain.due_dates import Priority
from connector.domain.mail import Mailbox
from connector.domain.plan import Decision
from connector.domain.request import Detail, Details, FormFields, Request, RequestKind
from connector.domain.tenant import Named
from connector.mapping.models import (
    Defaults,
    EmergencyWords,
    Match,
    Overrides,
    PrioritiesFile,
    TemplateRule,
    TemplatesFile,
)
from connector.mapping.open_days import PlainDays
from connector.mapping.triage import triage

NEW_YORK = ZoneInfo("America/New_York")
PRIORITIES = PrioritiesFile(
    priorities={"Low": "Low", "Normal": "Medium", "High": "High", "Critical": "Critical"},
    emergency=EmergencyWords(words=("urgent", "911"), negations=("not",)),
)
TEMPLATES = TemplatesFile(
    defaults=Defaults(template="General request"),
    rules=(
        TemplateRule(name="form-printer", template="P", match=Match(form_templates=("Printer",))),
        TemplateRule(name="printer", template="P", match=Match(words=("printer",))),
        TemplateRule(
            name="door",
            template="D",
            match=Match(words=("door",)),
            set=Overrides(priority=Priority.HIGH),
        ),
        TemplateRule(name="harbor", template="H", match=Match(accounts=("Harbor",))),
        TemplateRule(name="high", template="X", match=Match(priorities=(Priority.HIGH,))),
        TemplateRule(name="emergency", template="E", match=Match(emergency=True)),
    ),
)


def mail(subject="", text="", form=None):
    return Request(
        kind=RequestKind.EMAIL if form is None else RequestKind.FORM,
        source="drop",
        received_at=datetime(2026, 11, 24, 2, tzinfo=UTC),  # Monday 21:00 in New York
        sender=Mailbox("Jane", "jane@client.example"),
        subject=subject,
        text=text,
        form=form,
    )


def triaged(request, account=None, *, rules=TEMPLATES.rules, days=None):
    return triage(
        request,
        priorities=PRIORITIES,
        templates=TEMPLATES.model_copy(update={"rules": rules}),
        zone=NEW_YORK,
        account=account,
        days=days,
    )


class TuesdayOff(PlainDays):
    """A calendar on which the Tuesday after the receipt is a holiday."""

    def holiday_on(self, day):
        return "Founders' Day" if day == date(2026, 11, 24) else None


def test_a_plain_mail_gets_the_default_template_and_normal_priority():
    found = triaged(mail("Hello", "A question"))
    assert found.rule is None
    assert found.remarks == ()
    assert [(d.step, d.rule) for d in found.decisions] == [("template", "default")]
    assert found.decide_priority(None).priority is Priority.NORMAL
    assert found.decide_priority(Priority.HIGH).priority is Priority.HIGH


def test_named_low_with_an_emergency_word_stays_low_and_is_an_emergency():
    decided = triaged(mail("Urgent", "Priority: Low")).decide_priority(Priority.HIGH)
    assert (decided.priority, decided.emergency) == (Priority.LOW, True)


def test_words_of_the_text_are_no_emergency_words():
    decided = triaged(mail("Hello", "URGENT 911")).decide_priority(None)
    assert (decided.priority, decided.emergency) == (Priority.NORMAL, False)


def test_quoted_text_names_no_priority_and_chooses_no_rule():
    quoted = "Please see below.\n\n> The printer jams\n> Priority: Critical\n> Mobile: 305-555-0101"
    found = triaged(mail("Hello", quoted))
    assert (found.rule, found.named, found.details) == (None, None, Details())


def test_a_rule_that_sets_a_priority_comes_after_the_requester_and_before_the_template():
    assert triaged(mail("door")).decide_priority(Priority.LOW).priority is Priority.HIGH
    named = triaged(mail("door", "Priority: Low"))
    assert named.decide_priority(Priority.CRITICAL).priority is Priority.LOW


def test_rules_see_the_account_the_named_priority_and_the_emergency():
    assert triaged(mail("Hello"), Named(1, "Harbor")).rule.name == "harbor"
    assert triaged(mail("Hello", "Priority: High")).rule.name == "high"
    assert triaged(mail("911")).rule.name == "emergency"
    assert triaged(mail("Hello", "Priority: Critical")).rule.name == "emergency"
    assert triaged(mail("x", form=FormFields("members", emergency=True))).rule.name == "emergency"


def test_rules_see_sender_and_source():
    sender = TemplateRule(name="jane", template="J", match=Match(senders=("@client.example",)))
    source = TemplateRule(name="drop", template="D", match=Match(sources=("drop",)))
    request = mail("Hello")
    assert triaged(request, rules=(sender, source)).rule is sender
    assert triaged(request, rules=(source, sender)).rule is source
    assert triaged(replace(request, sender=None), rules=(sender, source)).rule is source


def test_an_emergency_word_is_critical_to_a_rule_and_no_word_has_no_priority_yet():
    rule = TemplateRule(name="c", template="C", match=Match(priorities=(Priority.CRITICAL,)))
    assert triaged(mail("911"), rules=(rule,)).rule is rule
    assert triaged(mail("911", "Priority: Low"), rules=(rule,)).rule is None
    assert triaged(mail("Hello"), rules=(rule,)).rule is None


def test_of_a_forward_for_a_client_the_forwarded_text_counts_as_asked():
    text = "Please see below.\n\nFrom: Jane\nSent: Monday\nTo: Desk\nSubject: x\n\nPriority: Low"
    forwarded = replace(mail("Fwd: x", text), forwarded_by=Mailbox("Ana", "ana@desk.example"))
    assert triaged(forwarded).named is Priority.LOW
    assert triaged(mail("Fwd: x", text)).named is None


def test_the_decision_names_template_and_rule():
    order = AccessOrder("Harbor", (Person("Pia", "Door", "pia@client.example"),))
    login = TemplateRule(name="login", template="L", match=Match(words=("x",)), approval="login")
    assert triaged(mail("printer")).decisions == (
        Decision("template", "printer", "template P: rule printer matches"),
    )
    assert triaged(mail("Hello")).decisions == (
        Decision("template", "default", "template General request: no rule matches"),
    )
    assert triaged(replace(mail("x"), order=order), rules=(login,)).decisions == (
        Decision("template", "login", "template L: rule login is for portal logins"),
    )


def test_the_desired_date_counts_from_the_local_day_of_receipt():
    assert triaged(mail("x", "Needed by: tomorrow")).desired == date(2026, 11, 24)


def test_the_desired_date_knows_the_calendar_of_the_help_desk():
    found = triaged(mail("x", "Needed by: 1 business day"), days=TuesdayOff(NEW_YORK))
    assert found.desired == date(2026, 11, 25)
    assert found.details.desired_resolution == Detail("1 business day", "2026-11-25")


def test_unusable_priority_and_date_are_ignored_and_remarked():
    found = triaged(mail("x", "Priority: Urgent\nNeeded by: version 10.2.1"))
    assert (found.named, found.desired) == (None, None)
    assert found.remarks == (
        "The priority “Urgent” was ignored: it is none of Low, Normal, High, Critical.",
        "The desired resolution “version 10.2.1” was ignored: no date could be read from it.",
    )


@pytest.mark.parametrize("length", [80, 81])
def test_a_remark_quotes_at_most_eighty_characters(length):
    [remark] = triaged(mail("x", f"Priority: {'u' * length}")).remarks
    quoted = remark.partition("“")[2].partition("”")[0]
    assert len(quoted) == 80
    assert quoted.endswith("…") is (length > 80)


def test_asap_is_kept_in_words_without_a_remark():
    found = triaged(mail("x", "Needed by: ASAP"))
    assert found.details.desired_resolution == Detail("ASAP")
    assert found.remarks == ()


def test_a_negated_word_is_told_in_the_decisions():
    found = triaged(mail("not urgent"))
    assert found.emergency_word is None
    assert [d.rule for d in found.decisions] == ["negated", "default"]
    assert found.decisions[0] == Decision(
        "emergency", "negated", "“urgent” does not count: “not urgent”"
    )


def test_form_fields_win_over_labelled_lines_of_the_description():
    form = FormFields("members", priority="High", details=Details(mobile=Detail("(305) 555-0101")))
    text = "Priority: Low\nMobile: 305-555-0199\nAffected user: Bob"
    found = triaged(mail("x", text, form))
    assert found.named is Priority.HIGH
    assert found.details.mobile == Detail("(305) 555-0101", "+1 305-555-0101")
    assert found.details.affected_user == Detail("Bob")


def test_a_form_template_nobody_mapped_is_remarked():
    found = triaged(mail("the printer", form=FormFields("members", template="Toaster")))
    assert found.rule.name == "printer"
    assert found.remarks == ("No rule of templates.yaml knows the form's template “Toaster”.",)
    assert triaged(mail("x", form=FormFields("members", template="Printer"))).remarks == ()


@given(subject=st.text(max_size=100), text=st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_mail_is_triaged_and_comes_out_the_same_twice(subject, text):
    assert triaged(mail(subject, text)) == triaged(mail(subject, text))


def test_a_hostile_mail_is_triaged_in_a_moment():
    triaged(mail("x", "Mobile: 305-555-0101"))  # the phone library is loaded
    with takes_less_than(2):
        triaged(mail("not urgent " * 9_000, "printer's " * 5_000 + "\nMobile: 1" * 5_000))
        triaged(mail("a" + "\u0300\u0316" * 50_000, "a" + "\u0300\u0316" * 50_000))


def test_an_order_takes_the_first_rule_for_portal_logins_whatever_its_names_say():
    order = AccessOrder("Urgent Printer Care", (Person("Pia", "Door", "pia@client.example"),))
    request = replace(mail("BMS accounts for Urgent Printer Care", "Priority: Low"), order=order)
    login = TemplateRule(name="login", template="L", match=Match(words=("x",)), approval="login")
    access = TemplateRule(name="access", template="A", match=Match(), approval="access")
    rules = (access, *TEMPLATES.rules, login, login.model_copy(update={"name": "other"}))
    said = triaged(request, rules=rules)
    assert (said.rule, said.emergency_word, said.named, said.remarks) == (login, None, None, ())


def test_an_order_without_a_rule_for_portal_logins_gets_the_default_template_and_says_so():
    order = AccessOrder("Harbor", (Person("Pia", "Door", "pia@client.example"),))
    said = triaged(replace(mail("Printer"), order=order))
    assert said.rule is None
    assert "approval: login" in said.remarks[0]
