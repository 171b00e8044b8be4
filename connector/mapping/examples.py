"""Runs the examples that the mapping files carry, for `mappings test`. Nothing but rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from connector.domain.due_dates import Desired
from connector.domain.mail import Mailbox, MailFacts, Origin
from connector.domain.request import FormFields, Request, RequestKind
from connector.domain.tenant import Named
from connector.local_time import to_utc
from connector.mapping.clients import account_of_domain
from connector.mapping.load import Mappings
from connector.mapping.machine_file import MachineExample
from connector.mapping.machine_rules import decide_machine_mail
from connector.mapping.message_examples import EXAMPLES
from connector.mapping.message_faults import faults_of
from connector.mapping.message_templates import AcknowledgementWords
from connector.mapping.models import ClientExample, PriorityExample, TemplateExample
from connector.mapping.triage import Triage, triage
from connector.sla.policy import SlaExample, SlaPolicy
from connector.sla.targets import reckon

ANY_MOMENT = datetime(2026, 1, 5, 15, tzinfo=UTC)
"""A receipt for examples in which neither time nor time zone plays a part."""
DEFAULT_RULE = "default"
DUE_DATES = ("remote_response", "onsite_response", "resolution", "due_date")

Check = tuple[str, str | None]
"""What an example is about, and what is wrong with its outcome."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How one example came out. `index` counts from 0; `message` is empty where it is `ok`."""

    file: str
    index: int
    title: str
    ok: bool
    message: str


def run_examples(mappings: Mappings, zone: ZoneInfo) -> list[ExampleResult]:
    """Run the examples of every file but the forms, in the order of the files."""
    policy = SlaPolicy(mappings.sla, zone)
    runs: tuple[tuple[str, Iterator[Check]], ...] = (
        ("priorities.yaml", (_priority(e, mappings) for e in mappings.priorities.examples)),
        ("templates.yaml", (_template(e, mappings) for e in mappings.templates.examples)),
        ("clients.yaml", (_client(e, mappings) for e in mappings.clients.examples)),
        ("machine.yaml", (_machine(e, mappings) for e in mappings.machine.examples)),
        ("sla.yaml", (_sla(e, policy) for e in mappings.sla.examples)),
    )
    return [
        ExampleResult(file, index, title, message is None, message or "")
        for file, checks in runs
        for index, (title, message) in enumerate(checks)
    ]


def run_message_examples(mappings: Mappings) -> list[ExampleResult]:
    """Render every text of `messages/` with each example that the connector has for it."""
    results = []
    for name in mappings.messages.sources:
        for index, words in enumerate(EXAMPLES[name.partition(".")[0]]):
            title = words.number if isinstance(words, AcknowledgementWords) else words.event
            faults = faults_of(mappings.messages, name, [words])
            message = faults[0].message if faults else ""
            results.append(ExampleResult(f"messages/{name}", index, title, not faults, message))
    return results


def _compare(expected: Mapping[str, object], actual: Mapping[str, object]) -> str | None:
    """Return how the outcome differs, or None."""
    wrong = [
        f"{name} is {actual[name]}, expected {value}"
        for name, value in expected.items()
        if actual[name] != value
    ]
    return "; ".join(wrong) or None


def _priority(example: PriorityExample, mappings: Mappings) -> Check:
    form = FormFields("example", priority=example.priority, emergency=example.emergency_flag)
    triaged = _triaged(_request(example.subject, example.text, form=form), mappings)
    # What a template or its rule would make of it is not the business of this file.
    decided = replace(triaged, rule=None).decide_priority(None)
    expected = {"priority": example.expect_priority, "emergency": example.expect_emergency}
    actual = {"priority": decided.priority, "emergency": decided.emergency}
    return example.subject or example.text, _compare(expected, actual)


def _template(example: TemplateExample, mappings: Mappings) -> Check:
    form = FormFields("example", template=example.form_template)
    request = _request(example.subject, example.text, example.sender, example.source, form)
    rule = _triaged(request, mappings, _account(example.account)).rule
    actual = {"rule": rule.name if rule else DEFAULT_RULE}
    title = example.subject or example.form_template or example.text
    return title, _compare({"rule": example.expect_rule}, actual)


def _client(example: ClientExample, mappings: Mappings) -> Check:
    account = account_of_domain(example.sender.rpartition("@")[2], mappings.clients)
    return example.sender, _compare({"account": example.expect_account}, {"account": account})


def _machine(example: MachineExample, mappings: Mappings) -> Check:
    mail = MailFacts(
        origin=Origin.PERSON if example.from_person else Origin.AUTOMATIC,
        list_ids=(example.list_id.lower(),) if example.list_id else (),
        headers={name.lower(): value for name, value in example.headers.items()},
    )
    request = _request(example.subject, example.text, example.sender, example.source)
    decided = decide_machine_mail(replace(request, mail=mail), mappings.machine)
    actual = {
        "rule": decided.rule if decided else DEFAULT_RULE,
        "key": decided.key if decided else None,
        "recovery": decided is not None and decided.is_recovery,
    }
    expected = {
        name.removeprefix("expect_"): getattr(example, name)
        for name in sorted(example.model_fields_set)
        if name.startswith("expect_")
    }
    return example.subject or example.sender, _compare(expected, actual)


def _sla(example: SlaExample, policy: SlaPolicy) -> Check:
    due = reckon(
        policy,
        to_utc(example.received, policy.zone),
        example.priority,
        emergency=example.emergency,
        desired=_in_utc(example.desired, policy.zone),
    )
    expected = {
        name.removeprefix("expect_"): _shown(getattr(example, name), policy.zone)
        for name in sorted(example.model_fields_set)
        if name.startswith("expect_")
    }
    actual = {name: _shown(getattr(due, name), policy.zone) for name in DUE_DATES}
    return f"received {example.received.isoformat()}", _compare(expected, actual)


def _shown(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else to_utc(moment, zone).astimezone(zone).isoformat()


def _in_utc(desired: Desired | None, zone: ZoneInfo) -> datetime | date | None:
    return to_utc(desired, zone) if isinstance(desired, datetime) else desired


def _account(name: str | None) -> Named | None:
    """Return a stand-in for an account: rules give accounts by the same words as examples do."""
    return None if name is None else Named(0, name)


def _triaged(request: Request, mappings: Mappings, account: Named | None = None) -> Triage:
    return triage(
        request,
        priorities=mappings.priorities,
        templates=mappings.templates,
        zone=UTC,
        account=account,
    )


def _request(
    subject: str,
    text: str,
    sender: str = "someone@client.example",
    source: str = "example",
    form: FormFields | None = None,
) -> Request:
    """Return the request of an example; no rule looks at its kind."""
    return Request(
        kind=RequestKind.EMAIL,
        source=source,
        received_at=ANY_MOMENT,
        sender=Mailbox("", sender),
        subject=subject,
        text=text,
        form=form,
    )
