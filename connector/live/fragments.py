"""The tenant's names in the shape of the mapping files: YAML to copy from, ids in comments."""

import json
import re
from collections.abc import Iterator, Sequence

from connector.domain import Priority, Template
from connector.live.pull import TEMPLATE_PARTS, TenantNames
from connector.mapping.models import Defaults, QueueByClass
from connector.ports.inspection import Entry

_PLAIN = re.compile(r"[^\W\d_][\w /()&.+-]*[\w)]|[^\W\d_]")
_WORDS_OF_YAML = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

NAMES_TO_CHOOSE = ("statuses", "queues", "types", "sources", "work_types", "note_types")

SAMPLE = Defaults(template="General request")


def fragments(names: TenantNames) -> str:
    """Return one YAML document per mapping file, and one of the names that they may use."""
    parts = (_priorities(names), _templates(names), _clients(names), _names(names))
    return "".join("---\n" + "\n".join(lines) + "\n" for lines in parts)


def _priorities(names: TenantNames) -> Iterator[str]:
    entries = names.lists["priorities"]
    yield "# priorities.yaml: the guide's word, then BMS's priority."
    yield "priorities:"
    used = []
    for word in Priority:
        entry = _called(word, entries) or (_default(entries) if word is Priority.NORMAL else None)
        if entry is None:
            yield f"  # {word}: BMS has no priority of this name; choose one"
        else:
            used.append(entry)
            yield _with_id(f"  {word}: {scalar(entry.name)}", entry)
    for entry in entries:
        if entry not in used:
            yield _with_id(f"  # not mapped: {scalar(entry.name)}", entry)


def _templates(names: TenantNames) -> Iterator[str]:
    yield "# templates.yaml: a rule for each ticket template of BMS; write what it matches."
    yield "defaults:"
    yield from _defaults(names)
    yield "rules:" if names.templates else "rules: []"
    for template in names.templates:
        yield f"  # {template.id}: {_contents(template)}"
        yield f"  - name: {scalar(_rule_name(template))}"
        yield f"    template: {scalar(template.name)}"
        yield f"    match: {{form_templates: [{scalar(template.name)}]}}"


def _defaults(names: TenantNames) -> Iterator[str]:
    template = next((t.name for t in names.templates if t.name == SAMPLE.template), None)
    if template is None and names.templates:
        template = names.templates[0].name
    lists, queue = names.lists, SAMPLE.queue
    assert isinstance(queue, QueueByClass)  # noqa: S101 - the model's own default
    chosen = (
        ("template", template),
        ("status", _choice(SAMPLE.status, lists["statuses"])),
        ("type", _choice(SAMPLE.type, lists["types"])),
    )
    for key, name in chosen:
        yield f"  {key}: {scalar(name)}" if name else f"  # {key}: BMS lists none; give its id"
    by_class = (
        ("queue", "normal", queue.normal, "emergency", queue.emergency, lists["queues"]),
        ("source", "email", SAMPLE.source.email, "form", SAMPLE.source.form, lists["sources"]),
    )
    for key, one, first, other, second, entries in by_class:
        names_ = [_choice(wanted, entries) for wanted in (first, second)]
        if all(names_):
            pair = ", ".join(
                f"{word}: {scalar(str(name))}"
                for word, name in zip((one, other), names_, strict=True)
            )
            yield f"  {key}: {{{pair}}}"
        else:
            yield f"  # {key}: BMS lists none; give ids"


def _clients(names: TenantNames) -> Iterator[str]:
    yield "# clients.yaml: write the mail domains of each client."
    accounts = names.lists["accounts"]
    yield "clients:" if accounts else "clients: []"
    for account in accounts:
        yield _with_id(f"  - account: {scalar(account.name)}", account)
        yield "    domains: []"


def _names(names: TenantNames) -> Iterator[str]:
    yield "# What `defaults` and `set` in templates.yaml, and config.yaml, may name."
    for what in NAMES_TO_CHOOSE:
        entries = names.lists[what]
        yield f"{what}:" if entries else f"{what}: []"
        for entry in entries:
            yield _with_id(f"  - {scalar(entry.name)}", entry)
    issue_types = names.lists["issue_types"]
    yield "issue_types:" if issue_types else "issue_types: {}"
    for issue_type in issue_types:
        below = names.sub_issue_types.get(issue_type.id, ())
        yield _with_id(f"  {scalar(issue_type.name)}:{'' if below else ' []'}", issue_type)
        for entry in below:
            yield _with_id(f"    - {scalar(entry.name)}", entry)


# --- words -----------------------------------------------------------------------------------


def scalar(text: str) -> str:
    """Return `text` as YAML reads it back: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)


def _with_id(line: str, entry: Entry) -> str:
    return f"{line}  # {entry.id}{', default in BMS' if entry.is_default else ''}"


def _contents(template: Template) -> str:
    named = ((part, getattr(template, part)) for part in TEMPLATE_PARTS)
    said = [f"{part.replace('_', ' ')} {value.name}" for part, value in named if value]
    return ", ".join(said) or "says nothing but its title"


def _rule_name(template: Template) -> str:
    return re.sub(r"\W+", "-", template.name.casefold()).strip("-") or str(template.id)


def _called(name: object, entries: Sequence[Entry]) -> Entry | None:
    folded = str(name).casefold()
    return next((entry for entry in entries if entry.name.casefold() == folded), None)


def _default(entries: Sequence[Entry]) -> Entry | None:
    return next((entry for entry in entries if entry.is_default), None)


def _choice(wanted: object, entries: Sequence[Entry]) -> str | None:
    entry = _called(wanted, entries) or _default(entries) or next(iter(entries), None)
    return entry.name if entry else None
