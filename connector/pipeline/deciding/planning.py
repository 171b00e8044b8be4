"""Planning: what will be done for one request, and why. Reads BMS, changes nothing.

`sync` and `sync --dry-run` use this very planner; delivery only carries out its plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from connector.domain.access import ApprovalFor
from connector.domain.due_dates import DueDates, Priority
from connector.domain.mail import Verdict
from connector.domain.plan import Decision, Plan, TicketDraft
from connector.domain.request import Request
from connector.domain.tenant import Named, Template
from connector.mapping.models import Overrides
from connector.mapping.priority import PriorityDecision
from connector.mapping.render import render_internal_note, render_ticket_text, render_title
from connector.mapping.triage import Triage, triage
from connector.pipeline.deciding.clients import Client, client_of_order, find_client
from connector.pipeline.deciding.course import Because
from connector.pipeline.deciding.custom_fields import custom_field_values
from connector.pipeline.deciding.fields import (
    Resolver,
    bms_priority,
    choose_fields,
    guide_word,
    plain_fields,
)
from connector.pipeline.deciding.files import files_of, fitting
from connector.pipeline.drift import Drift
from connector.pipeline.rulebook import Rulebook
from connector.ports import Directory
from connector.sla.targets import reckon

NOTHING_ELSE = Because()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found out about a request before its ticket is put together."""

    key: str
    request: Request
    client: Client
    said: Triage
    template: Template | None
    decided: PriorityDecision
    due: DueDates


def looks_like_emergency(request: Request, rulebook: Rulebook) -> bool:
    """Whether the request itself says that it is an emergency, before BMS is asked anything."""
    return _triage(request, rulebook, None).decide_priority(None).emergency


def plan_request(
    request: Request,
    raw: bytes,
    key: str,
    rulebook: Rulebook,
    directory: Directory,
    drift: Drift | None = None,
    because: Because = NOTHING_ELSE,
) -> Plan:
    """Return everything that will be done for a new request.

    `raw` is attached when the ticket cannot show all of it. Raises `NameUnresolved` when
    something without which BMS takes no ticket cannot be found, and what `directory` raises.
    `drift` is told what became of configured names; `because` is what was found out before.
    """
    resolver = Resolver(directory, drift)
    found = _find_out(request, key, rulebook, resolver)
    attachments, too_large = fitting(files_of(request, raw), directory)
    draft = _draft(found, rulebook, resolver, too_large)
    return Plan(
        key=key,
        draft=draft,
        plain_draft=partial(_plain_draft, draft, found, rulebook, directory, too_large),
        attachments=attachments,
        internal_note=render_internal_note([*because.remarks, *_remarks(found, resolver)]),
        priority=found.decided.priority,
        emergency=found.decided.emergency,
        verdict=request.mail.verdict if request.mail else Verdict.NONE,
        due=found.due,
        template=found.template.name if found.template else None,
        rules=tuple(f"{decision.step}:{decision.rule}" for decision in _choices(found)),
        decisions=(*because.decisions, *_choices(found), *_due_date_steps(found.due)),
        approval=_approval(found),
    )


def _find_out(request: Request, key: str, rulebook: Rulebook, resolver: Resolver) -> Findings:
    client = _client(request, rulebook, resolver)
    said = _triage(request, rulebook, client.account)
    template = resolver.template(
        [said.rule.template if said.rule else None, rulebook.templates.defaults.template]
    )
    decided = said.decide_priority(_template_priority(template, rulebook, resolver))
    due = reckon(
        rulebook.policy,
        request.received_at,
        decided.priority,
        emergency=decided.emergency,
        desired=said.desired,
    )
    return Findings(key, request, client, said, template, decided, due)


def _client(request: Request, rulebook: Rulebook, resolver: Resolver) -> Client:
    if request.order is not None:
        return client_of_order(request.order, resolver)
    return find_client(request.sender, rulebook, resolver)


def _triage(request: Request, rulebook: Rulebook, account: Named | None) -> Triage:
    return triage(
        request,
        priorities=rulebook.priorities,
        templates=rulebook.templates,
        zone=rulebook.zone,
        account=account,
        days=rulebook.policy.calendar,
    )


def _template_priority(
    template: Template | None, rulebook: Rulebook, resolver: Resolver
) -> Priority | None:
    if template is None or template.priority is None:
        return None
    word = guide_word(template.priority, rulebook.priorities)
    if word is None:
        resolver.faults.append(
            f"no line of priorities.yaml names {template.priority.name}, the priority of "
            f"template {template.name}; it counts as Normal"
        )
    return word


# --- the ticket ------------------------------------------------------------------------------


def _draft(
    found: Findings, rulebook: Rulebook, resolver: Resolver, too_large: list[str]
) -> TicketDraft:
    client, due = found.client, found.due
    rule = found.said.rule.set if found.said.rule else Overrides()
    defaults = rulebook.templates.defaults
    own_title = found.template.title if found.template else None
    fields = choose_fields(
        resolver,
        rule=rule,
        template=found.template,
        defaults=defaults,
        kind=found.request.kind,
        emergency=found.decided.emergency,
    )
    return TicketDraft(
        reference=found.key,
        title=render_title(found.request.subject, rule.title or own_title or defaults.title),
        text=_text(found, too_large, head=_needs_head(found)),
        opened_at=found.request.received_at,
        due_date=due.due_date,
        account=client.account,
        location_id=client.location_id,
        contact_id=client.contact.id if client.contact else None,
        status=fields.status,
        priority=bms_priority(resolver, found.decided, rulebook.priorities, found.template),
        ticket_type=fields.ticket_type,
        source=fields.source,
        queue=fields.queue,
        issue_type=fields.issue_type,
        sub_issue_type=fields.sub_issue_type,
        work_type=fields.work_type,
        assignee_id=fields.assignee_id,
        use_default_contract=fields.use_default_contract,
        custom_fields=custom_field_values(
            found.key,
            due,
            found.said.desired,
            rulebook.policy,
            resolver.directory.custom_fields(),
            rulebook.field_dates,
        ),
    )


def _plain_draft(
    draft: TicketDraft,
    found: Findings,
    rulebook: Rulebook,
    directory: Directory,
    too_large: list[str],
) -> TicketDraft:
    """Return the same ticket with nothing that BMS can do without; the text says who wrote."""
    fields = plain_fields(
        Resolver(directory),  # what does not resolve is told once already
        defaults=rulebook.templates.defaults,
        kind=found.request.kind,
        emergency=found.decided.emergency,
    )
    return replace(
        draft,
        text=_text(found, too_large, head=True),
        contact_id=None,
        location_id=directory.main_location(draft.account.id),
        status=fields.status,
        ticket_type=fields.ticket_type,
        source=fields.source,
        queue=fields.queue,
        issue_type=None,
        sub_issue_type=None,
        work_type=None,
        assignee_id=None,
        use_default_contract=False,
        custom_fields={},
    )


def _needs_head(found: Findings) -> bool:
    """Whether the text has to say who wrote, since the ticket's contact does not say it all."""
    return not found.client.is_requester or found.request.forwarded_by is not None


def _text(found: Findings, too_large: list[str], *, head: bool) -> str:
    return render_ticket_text(
        found.request,
        found.said.details,
        reference=found.key,
        head=head and found.request.order is None,  # an order says itself who wants it
        not_stored=too_large,
    )


# --- the reasons -----------------------------------------------------------------------------


def _remarks(found: Findings, resolver: Resolver) -> Iterator[str]:
    """Yield what a technician should know and a client should not read."""
    yield found.client.match.remark or ""
    yield found.due.desired_unusable or ""
    yield from found.said.remarks
    yield from resolver.faults
    yield from found.request.remarks


def _approval(found: Findings) -> ApprovalFor | None:
    """Return for what the point of contact has to approve; an order is always for logins."""
    if found.request.order is not None:
        return "login"
    return found.said.rule.approval if found.said.rule else None


def _choices(found: Findings) -> tuple[Decision, ...]:
    return (found.client.match.decision, *found.said.decisions, *found.decided.decisions)


def _due_date_steps(due: DueDates) -> Iterator[Decision]:
    rule = f"{due.sla_class}/{due.window}"
    return (Decision("due dates", rule, step) for step in due.steps)
