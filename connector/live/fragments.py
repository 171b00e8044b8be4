"""The tenant's names in the shape of the mapping files: YAML to copy from, ids in comments."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

from connector.domain.due_dates import Priority
from connector.domain.tenant import Template
from connector.live.pull import TEMPLATE_PARTS, TenantNames
from connector.mapping.models import Defaults, QueueByClass
from connector.ports.inspection import Entry

_PLAIN = re.compile(r"[^\W\d_][\w /()&.+-]*[\w)]|[^\W\d_]")
_WORDS_OF_YAML = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

Named = TypeVar("Named", bound=Entry | Template)

NAMES_TO_CHOOSE = ("statuses", "queues", "types", "sources", "work_types", "note_types")

SAMPLE = Defaults(template="General request")


def fragments(names: TenantNames) -> str:
    """Return one YAML document per mapping file, and one of the names that they may use."""
    parts = (_priorities(names), _templates(names), _clients(names), _names(names))
    return "".join("---\n" + "\n".join(lines) + "\n" for lines in parts)


def _priorities(names: TenantNames) -> Iterator[str]:
    entries = names.lists["priorities"]
    yield "# priorities.yaml: the guide's word, then BMS's priority. Its `emergency` stays yours."
    yield "priorities:"
    used = []
    for word in Priority:
        entry = _called(word, entries) or (_default(entries) if word is Priority.NORMAL else None)
        if entry is None:
            yield f"  # {word}: BMS has no priority of this name; choose one"
        else:
            used.append(entry)
            yield _line(f"  {word}: ", entry, entries)
    for entry in entries:
        if entry not in used:
            yield _line("  # not mapped: ", entry, entries)


def _templates(names: TenantNames) -> Iterator[str]:
    yield "# templates.yaml: a rule for each ticket template of BMS; write what it matches."
    yield "defaults:"
    yield from _defaults(names)
    yield "rules:" if names.templates else "rules: []"
    rule_names = _rule_names(names.templates)
    for template in names.templates:
        yield f"  # {template.id}: {_contents(template)}"
        yield f"  - name: {scalar(rule_names[template.id])}"
        yield f"    template: {_value(template, names.templates)}"
        yield f"    match: {{form_templates: [{scalar(template.name)}]}}"


def _defaults(names: TenantNames) -> Iterator[str]:
    lists, queue = names.lists, SAMPLE.queue
    assert isinstance(queue, QueueByClass)  # noqa: S101 - the model's own default
    chosen = (
        ("template", _choice(SAMPLE.template, names.templates)),
        ("status", _choice(SAMPLE.status, lists["statuses"])),
        ("type", _choice(SAMPLE.type, lists["types"])),
    )
    for key, name in chosen:
        yield f"  {key}: {name}" if name else f"  # {key}: BMS lists none; give its id"
    by_class = (
        ("queue", "normal", queue.normal, "emergency", queue.emergency, lists["queues"]),
        ("source", "email", SAMPLE.source.email, "form", SAMPLE.source.form, lists["sources"]),
    )
    for key, one, first, other, second, entries in by_class:
        names_ = [_choice(wanted, entries) for wanted in (first, second)]
        if all(names_):
            pair = ", ".join(
                f"{word}: {name}" for word, name in zip((one, other), names_, strict=True)
            )
            yield f"  {key}: {{{pair}}}"
        else:
            yield f"  # {key}: BMS lists none; give ids"


def _clients(names: TenantNames) -> Iterator[str]:
    yield "# clients.yaml: write the mail domains of each client."
    accounts = names.lists["accounts"]
    yield "clients:" if accounts else "clients: []"
    for account in accounts:
        yield _line("  - account: ", account, accounts)
        yield "    domains: []"


def _names(names: TenantNames) -> Iterator[str]:
    yield "# What `defaults` and `set` in templates.yaml, and config.yaml, may name."
    for what in NAMES_TO_CHOOSE:
        entries = names.lists[what]
        yield f"{what}:" if entries else f"{what}: []"
        for entry in entries:
            yield _line("  - ", entry, entries)
    issue_types = names.lists["issue_types"]
    yield "issue_types:" if issue_types else "issue_types: {}"
    for issue_type in issue_types:
        below = names.sub_issue_types.get(issue_type.id, ())
        yield _line("  ", issue_type, issue_types, ":" if below else ": []")
        for entry in below:
            yield _line("    - ", entry, below)


# --- words -----------------------------------------------------------------------------------


def scalar(text: str) -> str:
    """Return `text` as YAML reads it back: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)


def _line(before: str, entry: Entry, entries: Sequence[Entry], after: str = "") -> str:
    value = _value(entry, entries)
    is_id = value == str(entry.id)
    remark = f"{json.dumps(entry.name)}, one of several" if is_id else str(entry.id)
    default = ", default in BMS" if entry.is_default else ""
    return f"{before}{value}{after}  # {remark}{default}"


def _value(entry: Entry | Template, entries: Sequence[Entry | Template]) -> str:
    """Return the name as it is written down, or the id where several have that name."""
    same = [other for other in entries if _is_called(other, entry.name)]
    return scalar(entry.name) if len(same) == 1 else str(entry.id)


def _contents(template: Template) -> str:
    named = ((part, getattr(template, part)) for part in TEMPLATE_PARTS)
    said = [f"{part.replace('_', ' ')} {value.name}" for part, value in named if value]
    return ", ".join(said) or "says nothing but its title"


def _rule_names(templates: Sequence[Template]) -> dict[int, str]:
    """Return a name for the rule of each template, by its id; no two are the same."""
    plain = {each.id: re.sub(r"\W+", "-", each.name.casefold()).strip("-") for each in templates}
    times = Counter(plain.values())
    return {
        i: name if name and times[name] == 1 else f"{name}-{i}".strip("-")
        for i, name in plain.items()
    }


def _called(name: object, entries: Sequence[Named]) -> Named | None:
    return next((entry for entry in entries if _is_called(entry, str(name))), None)


def _is_called(entry: Entry | Template, name: str) -> bool:
    return entry.name.casefold() == name.casefold()


def _default(entries: Sequence[Named]) -> Named | None:
    return next((entry for entry in entries if getattr(entry, "is_default", False)), None)


def _choice(wanted: object, entries: Sequence[Entry | Template]) -> str | None:
    entry = _called(wanted, entries) or _default(entries) or next(iter(entries), None)
    return _value(entry, entries) if entry else None
