"""Every name of BMS that config.yaml and the mapping files use, and where."""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.config.access import ApprovalSettings
from connector.config.models import Config, Statuses
from connector.domain.tenant import Lookup, NameOrId
from connector.loading import Setup
from connector.mapping.load import Mappings
from connector.mapping.models import Overrides, Queue, QueueByClass, TemplateRule


@dataclass(frozen=True, slots=True)
class ConfiguredName:
    """A name, and the setting that uses it.

    A sub-issue type belongs to the issue type of its rule, else to that of its `template`.
    """

    kind: Lookup
    name: NameOrId
    place: str
    issue_type: NameOrId | None = None
    template: NameOrId | None = None
    is_guess: bool = False
    """Whether it is a default of ours that not every tenant has a thing for."""


def configured_names(setup: Setup) -> Iterator[ConfiguredName]:
    """Yield every name that is resolved in BMS; the catch-all has checks of its own."""
    yield from _in_config(setup.config)
    yield from _in_priorities(setup.mappings)
    yield from _in_defaults(setup.mappings)
    for rule in setup.mappings.templates.rules:
        yield from _in_rule(rule)
    for client in setup.mappings.clients.clients:
        yield ConfiguredName(Lookup.ACCOUNT, client.account, "clients.yaml")


def _in_config(config: Config) -> Iterator[ConfiguredName]:
    note_type = config.note_types.internal
    yield ConfiguredName(Lookup.NOTE_TYPE, note_type, "config.yaml note_types.internal")
    for key, name in config.statuses:
        # Which status merged tickets get is a company setting that the API does not tell.
        is_guess = key == "merged" and name == Statuses().merged
        place = f"config.yaml statuses.{key}"
        yield ConfiguredName(Lookup.STATUS, name, place, is_guess=is_guess)
    scope = config.sla.scope
    by_kind = (
        (Lookup.QUEUE, "exclude_queues", scope.exclude_queues),
        (Lookup.ISSUE_TYPE, "exclude_issue_types", scope.exclude_issue_types),
        (Lookup.ACCOUNT, "exclude_accounts", scope.exclude_accounts),
    )
    for kind, key, names in by_kind:
        for name in names or ():
            yield ConfiguredName(kind, name, f"config.yaml sla.scope.{key}")
    yield from _in_approvals(config.approvals)


def _in_approvals(approvals: ApprovalSettings) -> Iterator[ConfiguredName]:
    statuses = ("waiting_status", "approved_status", "denied_status")
    for key in statuses:
        name = getattr(approvals, key)
        if name is not None:
            yield ConfiguredName(Lookup.STATUS, name, f"config.yaml approvals.{key}")
    for account in approvals.named or ():
        yield ConfiguredName(Lookup.ACCOUNT, account, "config.yaml approvals.named")


def _in_priorities(mappings: Mappings) -> Iterator[ConfiguredName]:
    for word, name in mappings.priorities.priorities.items():
        yield ConfiguredName(Lookup.PRIORITY, name, f"priorities.yaml {word}")


def _in_defaults(mappings: Mappings) -> Iterator[ConfiguredName]:
    defaults = mappings.templates.defaults
    place = "templates.yaml defaults"
    yield ConfiguredName(Lookup.TEMPLATE, defaults.template, f"{place}.template")
    yield ConfiguredName(Lookup.STATUS, defaults.status, f"{place}.status")
    yield ConfiguredName(Lookup.TICKET_TYPE, defaults.type, f"{place}.type")
    yield ConfiguredName(Lookup.SOURCE, defaults.source.email, f"{place}.source.email")
    yield ConfiguredName(Lookup.SOURCE, defaults.source.form, f"{place}.source.form")
    yield from _queues(defaults.queue, f"{place}.queue")


def _in_rule(rule: TemplateRule) -> Iterator[ConfiguredName]:
    place = f"templates.yaml rule '{rule.name}'"
    yield ConfiguredName(Lookup.TEMPLATE, rule.template, place)
    for account in rule.match.accounts:
        yield ConfiguredName(Lookup.ACCOUNT, account, f"{place} match.accounts")
    yield from _in_overrides(rule.set, rule.template, place)


def _in_overrides(chosen: Overrides, template: NameOrId, place: str) -> Iterator[ConfiguredName]:
    by_kind = (
        (Lookup.STATUS, chosen.status),
        (Lookup.TICKET_TYPE, chosen.type),
        (Lookup.SOURCE, chosen.source),
        (Lookup.ISSUE_TYPE, chosen.issue_type),
        (Lookup.WORK_TYPE, chosen.work_type),
    )
    for kind, name in by_kind:
        if name is not None:
            yield ConfiguredName(kind, name, place)
    yield from _queues(chosen.queue, place)
    if chosen.sub_issue_type is not None:
        yield ConfiguredName(
            Lookup.SUB_ISSUE_TYPE, chosen.sub_issue_type, place, chosen.issue_type, template
        )


def _queues(queue: Queue | None, place: str) -> Iterator[ConfiguredName]:
    names = [queue.normal, queue.emergency] if isinstance(queue, QueueByClass) else [queue]
    for name in names:
        if name is not None:
            yield ConfiguredName(Lookup.QUEUE, name, place)
