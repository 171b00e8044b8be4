"""Priority and emergency of a new request (DESIGN section 6, "Priority and emergency")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from connector.domain.due_dates import Priority
from connector.domain.plan import Decision
from connector.mapping.emergency import Found
from connector.mapping.models import PrioritiesFile
from connector.mapping.words import plain

SEGMENT = re.compile(r"[-(,;.!/:|]")
EDGES = " \t*_\"'<>[]()!.,;:?"


@dataclass(frozen=True, slots=True)
class PriorityDecision:
    """What was decided, and why. `priority` is the guide's word."""

    priority: Priority
    emergency: bool
    decisions: tuple[Decision, ...]
    is_default: bool = False
    """Whether nothing at all spoke for a priority."""


def read_priority(words: str, priorities: PrioritiesFile) -> Priority | None:
    """Return the priority that `words` name: a guide word, or the tenant's own name for one.

    A comment may follow ("High - nobody can work"). A list to choose from
    ("Low / Normal / High / Critical") names none.
    """
    names = _names(priorities)
    segments = [_key(segment) for segment in SEGMENT.split(plain(words[:200]))]
    whole = names.get(_key(plain(words[:200])))
    if whole is not None:
        return whole
    named = {names[segment] for segment in segments if segment in names}
    first = names.get(segments[0])
    return first if named == {first} else None


def _names(priorities: PrioritiesFile) -> Mapping[str, Priority]:
    """Return the usable names. A guide word wins over a tenant's name that is spelled alike."""
    tenant = {
        _key(plain(name)): priority
        for priority, name in priorities.priorities.items()
        if isinstance(name, str)
    }
    return tenant | {_key(priority): priority for priority in Priority}


def _key(name: str) -> str:
    key = " ".join(name.casefold().strip(EDGES).split())
    return key.removesuffix(" priority")


def decide_priority(
    *,
    named: Priority | None,
    emergency_word: Found | None,
    form_flag: bool,
    rule_priority: Priority | None,
    template_priority: Priority | None,
) -> PriorityDecision:
    """Decide by DESIGN's order: named, emergency, the rule's own, the template's, Normal."""
    signal = _signal(emergency_word, form_flag=form_flag)
    priority, rule, text = _priority(named, signal, rule_priority, template_priority)
    decisions = [Decision("priority", rule, text)]
    if signal is not None:
        decisions.append(Decision("emergency", signal.rule, signal.text))
    elif priority is Priority.CRITICAL:
        decisions.append(Decision("emergency", "critical", "Critical is always an emergency"))
    emergency = signal is not None or priority is Priority.CRITICAL
    return PriorityDecision(priority, emergency, tuple(decisions), is_default=rule == "default")


def _signal(word: Found | None, *, form_flag: bool) -> Decision | None:
    if word is not None:
        text = f"emergency: the subject says “{word.word}” (“{word.evidence}”)"
        return Decision("emergency", "emergency word", text)
    if form_flag:
        return Decision("emergency", "form flag", "emergency: the form says so")
    return None


def _priority(
    named: Priority | None,
    signal: Decision | None,
    rule_priority: Priority | None,
    template_priority: Priority | None,
) -> tuple[Priority, str, str]:
    if named is not None:
        return named, "named", f"{named}: the requester named it"
    if signal is not None:
        return Priority.CRITICAL, signal.rule, "Critical: it is an emergency and no priority named"
    if rule_priority is not None:
        return rule_priority, "template rule", f"{rule_priority}: the template rule sets it"
    if template_priority is not None:
        return template_priority, "template", f"{template_priority}: the template's"
    return Priority.NORMAL, "default", "Normal: nothing names another"
