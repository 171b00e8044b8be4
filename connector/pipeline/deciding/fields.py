"""The fields of a ticket: requester > rule > BMS template > defaults, every name resolved.

A name that no longer resolves stops only what depends on it: the next in that order is taken,
and the fault is kept for the technician (DESIGN section 6).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from connector.domain.due_dates import Priority
from connector.domain.request import RequestKind
from connector.domain.tenant import Lookup, Named, NameOrId, Template
from connector.errors import NameUnresolved
from connector.mapping.models import (
    Defaults,
    Overrides,
    PrioritiesFile,
    Queue,
    QueueByClass,
)
from connector.mapping.priority import PriorityDecision
from connector.pipeline.drift import Drift
from connector.ports import Directory

Known = TypeVar("Known", Named, Template)

BMS_CHOOSES = "BMS's own default is used instead"
LEFT_OUT = "tickets go without one"

FALLBACKS: Mapping[Lookup, str] = {
    Lookup.ACCOUNT: "its mail goes to the catch-all account",
    Lookup.ISSUE_TYPE: LEFT_OUT,
    Lookup.PRIORITY: BMS_CHOOSES,
    Lookup.QUEUE: LEFT_OUT,
    Lookup.SOURCE: BMS_CHOOSES,
    Lookup.STATUS: BMS_CHOOSES,
    Lookup.SUB_ISSUE_TYPE: LEFT_OUT,
    Lookup.TEMPLATE: LEFT_OUT,
    Lookup.TICKET_TYPE: BMS_CHOOSES,
    Lookup.WORK_TYPE: LEFT_OUT,
}
"""What comes after the last candidate of a kind, in words."""


@dataclass(slots=True)
class Resolver:
    """Resolves names, remembering what did not resolve."""

    directory: Directory
    drift: Drift | None = None
    faults: list[str] = field(default_factory=list)

    def first(
        self,
        kind: Lookup,
        candidates: Iterable[NameOrId | Named | None],
        *,
        parent: int | None = None,
    ) -> Named | None:
        """Return the first candidate that BMS knows; None when none is left."""
        return self._first_known(
            kind,
            candidates,
            lambda name: self.directory.resolve(kind, name, parent=parent),
            parent,
        )

    def _tell_loss(
        self,
        kind: Lookup,
        name: NameOrId,
        reason: NameUnresolved,
        instead: str | None,
        parent: int | None = None,
    ) -> None:
        self.faults.append(str(reason))
        if self.drift:
            falls_back = f'"{instead}" is used instead' if instead else FALLBACKS[kind]
            self.drift.lost(kind, name, reason, falls_back, parent)

    def must(self, kind: Lookup, candidates: Iterable[NameOrId | Named | None]) -> Named:
        """Return the first candidate that BMS knows, else BMS's own default.

        Raises `NameUnresolved` when BMS lists nothing of this kind at all.
        """
        found = self.first(kind, candidates) or self.directory.default_of(kind)
        if found is None:
            raise NameUnresolved(
                f"BMS lists no {kind}, and it takes no ticket without one",
                f"give the id of a {kind} under `defaults` in templates.yaml",
            )
        return found

    def template(self, candidates: Iterable[NameOrId | None]) -> Template | None:
        """Return the first ticket template that BMS knows."""
        return self._first_known(Lookup.TEMPLATE, candidates, self.directory.template)

    def _first_known(
        self,
        kind: Lookup,
        candidates: Iterable[NameOrId | Known | None],
        find: Callable[[NameOrId], Known],
        parent: int | None = None,
    ) -> Known | None:
        lost: list[tuple[NameOrId, NameUnresolved]] = []
        found: Known | None = None
        for candidate in candidates:
            if not isinstance(candidate, str | int):
                found = candidate
            else:
                found = self._found(kind, candidate, find, parent, lost)
            if found is not None:
                break
        for name, reason in lost:
            self._tell_loss(kind, name, reason, found.name if found else None, parent)
        return found

    def _found(
        self,
        kind: Lookup,
        name: NameOrId,
        find: Callable[[NameOrId], Known],
        parent: int | None,
        lost: list[tuple[NameOrId, NameUnresolved]],
    ) -> Known | None:
        try:
            found = find(name)
        except NameUnresolved as error:
            lost.append((name, error))
            return None
        if self.drift:
            self.drift.resolved(kind, name, parent)
        return found


@dataclass(frozen=True, slots=True)
class Fields:
    """What rule, template and defaults choose, by what each is called in BMS."""

    status: Named
    ticket_type: Named
    source: Named
    queue: Named | None
    issue_type: Named | None = None
    sub_issue_type: Named | None = None
    work_type: Named | None = None
    assignee_id: int | None = None
    use_default_contract: bool = False


def choose_fields(
    resolver: Resolver,
    *,
    rule: Overrides,
    template: Template | None,
    defaults: Defaults,
    kind: RequestKind,
    emergency: bool,
) -> Fields:
    """Return the fields by their order of precedence."""
    own = template or Template(id=0, name="")
    issue_type, sub_issue_type = _issue_types(resolver, rule, own)
    default_contract = rule.use_default_contract
    return Fields(
        status=resolver.must(Lookup.STATUS, [rule.status, defaults.status]),
        ticket_type=resolver.must(Lookup.TICKET_TYPE, [rule.type, own.ticket_type, defaults.type]),
        source=resolver.must(Lookup.SOURCE, [rule.source, _source(defaults, kind)]),
        queue=resolver.first(
            Lookup.QUEUE,
            [
                _queue(rule.queue, emergency=emergency),
                own.queue,
                _queue(defaults.queue, emergency=emergency),
            ],
        ),
        issue_type=issue_type,
        sub_issue_type=sub_issue_type,
        work_type=resolver.first(Lookup.WORK_TYPE, [rule.work_type, own.work_type]),
        assignee_id=own.assignee_id,
        use_default_contract=(
            defaults.use_default_contract if default_contract is None else default_contract
        ),
    )


def plain_fields(
    resolver: Resolver,
    *,
    defaults: Defaults,
    kind: RequestKind,
    emergency: bool,
) -> Fields:
    """Return the fields of a ticket on plain defaults: nothing that BMS can do without."""
    return Fields(
        status=resolver.must(Lookup.STATUS, [defaults.status]),
        ticket_type=resolver.must(Lookup.TICKET_TYPE, [defaults.type]),
        source=resolver.must(Lookup.SOURCE, [_source(defaults, kind)]),
        queue=resolver.first(Lookup.QUEUE, [_queue(defaults.queue, emergency=emergency)]),
    )


def guide_word(named: Named, priorities: PrioritiesFile) -> Priority | None:
    """Return the guide's word for a BMS priority, or None when `priorities.yaml` has none."""
    for word, name in priorities.priorities.items():
        is_same = named.id == name if isinstance(name, int) else _is_called(named, name)
        if is_same:
            return word
    return None


def _is_called(named: Named, name: str) -> bool:
    return name.strip().casefold() == named.name.strip().casefold()


def bms_priority(
    resolver: Resolver,
    decided: PriorityDecision,
    priorities: PrioritiesFile,
    template: Template | None,
) -> Named:
    """Return BMS's priority for the one decided.

    The template's own is kept where it means the same, or means nothing in the guide's words
    and nobody named another. A name that BMS does not know falls back to BMS's default.
    """
    own = template.priority if template else None
    if own is not None:
        word = guide_word(own, priorities)
        if word is decided.priority or (word is None and decided.is_default):
            return own
    return resolver.must(Lookup.PRIORITY, [priorities.priorities.get(decided.priority), own])


def _issue_types(
    resolver: Resolver, rule: Overrides, own: Template
) -> tuple[Named | None, Named | None]:
    issue_type = resolver.first(Lookup.ISSUE_TYPE, [rule.issue_type, own.issue_type])
    if issue_type is None:
        return None, None
    # A sub-issue type belongs to its issue type: the template's goes with the template's.
    is_own = own.issue_type is not None and own.issue_type.id == issue_type.id
    own_sub_issue_type = own.sub_issue_type if is_own else None
    sub_issue_type = resolver.first(
        Lookup.SUB_ISSUE_TYPE, [rule.sub_issue_type, own_sub_issue_type], parent=issue_type.id
    )
    return issue_type, sub_issue_type


def _source(defaults: Defaults, kind: RequestKind) -> NameOrId:
    return defaults.source.email if kind is RequestKind.EMAIL else defaults.source.form


def _queue(queue: Queue | None, *, emergency: bool) -> NameOrId | None:
    if isinstance(queue, QueueByClass):
        return queue.emergency if emergency else queue.normal
    return queue
