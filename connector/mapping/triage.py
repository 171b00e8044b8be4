"""What a new request is: rule, named priority, emergency, details (DESIGN section 6)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from connector.domain.due_dates import Desired, Priority
from connector.domain.plan import Decision
from connector.domain.request import Details, FormFields, Request
from connector.domain.tenant import Named
from connector.mapping.desired import DesiredReading, read_desired
from connector.mapping.details import merge_details, normalise_details
from connector.mapping.emergency import Found, scan
from connector.mapping.labels import Labels, read_labels
from connector.mapping.models import PrioritiesFile, TemplateRule, TemplatesFile
from connector.mapping.new_text import new_text, text_with_forwarded
from connector.mapping.open_days import OpenDays
from connector.mapping.priority import PriorityDecision, decide_priority, read_priority
from connector.mapping.template_rules import Facts, choose_rule, knows_form_template

MAX_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Triage:
    """What the rules say of a request before BMS was asked anything.

    `rule` None means the default template. `remarks` are sentences for a technician;
    `decisions` tell how it came about. The priority is settled by `decide_priority`, once the
    template is at hand.
    """

    rule: TemplateRule | None
    named: Priority | None
    emergency_word: Found | None
    form_flag: bool
    details: Details
    desired: Desired | None
    remarks: tuple[str, ...]
    decisions: tuple[Decision, ...]

    def decide_priority(self, template_priority: Priority | None) -> PriorityDecision:
        """Return priority and emergency; `template_priority` is the template's, as a guide word."""
        return decide_priority(
            named=self.named,
            emergency_word=self.emergency_word,
            form_flag=self.form_flag,
            rule_priority=self.rule.set.priority if self.rule else None,
            template_priority=template_priority,
        )


def triage(
    request: Request,
    *,
    priorities: PrioritiesFile,
    templates: TemplatesFile,
    zone: tzinfo,
    account: Named | None,
    days: OpenDays | None = None,
) -> Triage:
    """Apply the mapping files to a new request.

    `zone` is the help desk's, from which "Friday" is told; `account` the client's, if one was
    found; `days` the calendar that knows the close of a day and the holidays.
    """
    form = request.form or FormFields(form="")
    asked = _asked(request)
    labels = Labels(Details(), None) if request.order else read_labels(asked)
    received = request.received_at.astimezone(zone)
    details = merge_details(form.details, labels.details)
    details = normalise_details(details, received, days)
    named, priority_remark = _named_priority(form, labels, priorities)
    # An order names people and an account, whose names are no words of a requester's.
    words = [] if request.order else scan(request.subject, priorities.emergency)
    word = next((found for found in words if found.negated_by is None), None)
    facts = _facts(request, asked, form, account, named, word)
    rule = _rule(request, templates, facts)
    desired = _desired(details, received, days)
    remarks = (
        priority_remark,
        _unmapped_template(form, templates),
        _no_login_rule(request, rule),
        _desired_remark(details, desired),
    )
    return Triage(
        rule=rule,
        named=named,
        emergency_word=word,
        form_flag=form.emergency,
        details=details,
        desired=desired.value,
        remarks=tuple(remark for remark in remarks if remark),
        decisions=(*_negated(words), _rule_decision(request, rule, templates)),
    )


def _named_priority(
    form: FormFields, labels: Labels, priorities: PrioritiesFile
) -> tuple[Priority | None, str | None]:
    """Return the priority that form or text names, and a remark on words that name none."""
    unusable: list[str] = []
    for words in filter(None, (form.priority, labels.priority)):
        named = read_priority(words, priorities)
        if named is not None:
            return named, None
        unusable.append(f"“{_quoted(words)}”")
    if not unusable:
        return None, None
    known = ", ".join(Priority)
    return None, f"The priority {unusable[0]} was ignored: it is none of {known}."


def _asked(request: Request) -> str:
    """Return what counts as asked: of a forward for a client, the forwarded text as well."""
    if request.forwarded_by is None:
        return new_text(request.text)
    return text_with_forwarded(request.text)


def _facts(
    request: Request,
    asked: str,
    form: FormFields,
    account: Named | None,
    named: Priority | None,
    word: Found | None,
) -> Facts:
    signalled = word is not None or form.emergency
    return Facts(
        subject=request.subject,
        text=asked,
        sender=request.sender.address if request.sender else "",
        account=account,
        source=request.source,
        form_template=form.template,
        emergency=signalled or named is Priority.CRITICAL,
        priority=named or (Priority.CRITICAL if signalled else None),
    )


def _rule(request: Request, templates: TemplatesFile, facts: Facts) -> TemplateRule | None:
    """Return the rule of a request; an order of portal logins takes the first rule for these."""
    if request.order is None:
        return choose_rule(templates.rules, facts)
    return next((rule for rule in templates.rules if rule.approval == "login"), None)


def _desired(details: Details, received: datetime, days: OpenDays | None) -> DesiredReading:
    detail = details.desired_resolution
    return read_desired(detail.words, received, days) if detail else DesiredReading(None)


def _desired_remark(details: Details, reading: DesiredReading) -> str | None:
    if reading.problem is None or details.desired_resolution is None:
        return None
    words = _quoted(details.desired_resolution.words)
    return f"The desired resolution “{words}” was ignored: {reading.problem}."


def _unmapped_template(form: FormFields, templates: TemplatesFile) -> str | None:
    if not form.template or knows_form_template(templates.rules, form.template):
        return None
    return f"No rule of templates.yaml knows the form's template “{_quoted(form.template)}”."


def _no_login_rule(request: Request, rule: TemplateRule | None) -> str | None:
    if request.order is None or rule is not None:
        return None
    return "No rule of templates.yaml has `approval: login`: the order got the default template."


def _negated(words: list[Found]) -> list[Decision]:
    return [
        Decision("emergency", "negated", f"“{w.word}” does not count: “{w.evidence}”")
        for w in words
        if w.negated_by is not None
    ]


def _rule_decision(
    request: Request, rule: TemplateRule | None, templates: TemplatesFile
) -> Decision:
    if rule is None:
        text = f"template {templates.defaults.template}: no rule matches"
        return Decision("template", "default", text)
    why = "is for portal logins" if request.order else "matches"
    return Decision("template", rule.name, f"template {rule.template}: rule {rule.name} {why}")


def _quoted(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= MAX_QUOTED else f"{line[: MAX_QUOTED - 1]}…"
