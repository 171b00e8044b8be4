"""What no single value of a mapping file shows: entries that contradict each other."""

from collections.abc import Iterator

from connector.domain.due_dates import Priority
from connector.domain.tenant import NameOrId
from connector.mapping.domains import longest_parent
from connector.mapping.machine_file import MachineExample, MachineFile, MachineMatch, MachineRule
from connector.mapping.models import (
    ClientsFile,
    Match,
    PrioritiesFile,
    TemplateExample,
    TemplateRule,
    TemplatesFile,
)
from connector.yaml_validation import did_you_mean

Finding = tuple[tuple[str | int, ...], str, str]
"""The place in the file, what is wrong there, and what to do."""

MERGE_ONLY = frozenset({"key", "look_in", "window", "recovery"})
NO_RULE = "default"
"""What examples expect where no rule may match; no rule can be called so."""


def priority_problems(file: PrioritiesFile) -> list[Finding]:
    """Every guide priority has a BMS priority of its own (DESIGN section 6)."""
    return [*_unmapped_priorities(file), *_shared_priorities(file)]


def template_problems(file: TemplatesFile) -> list[Finding]:
    """Rules have names of their own and match something; examples expect rules that exist."""
    return [*_rule_names(file), *_empty_matches(file), *_unknown_rules(file)]


def client_problems(file: ClientsFile) -> list[Finding]:
    """A domain belongs to one account or to our staff, and a public one to nobody."""
    return [
        *_shared_domains(file),
        *_public_domains(file),
        *_staff_domains(file),
        *_own_addresses(file),
    ]


def machine_problems(file: MachineFile) -> list[Finding]:
    """Rules have names of their own, match something and can do what they say."""
    return [*_rule_names(file), *_machine_matches(file), *_merges(file), *_unknown_rules(file)]


def _unmapped_priorities(file: PrioritiesFile) -> Iterator[Finding]:
    for priority in Priority:
        if priority not in file.priorities:
            remedy = f"add '{priority}: …' with the name of the priority in BMS"
            yield ("priorities", priority.value), "is missing", remedy


def _shared_priorities(file: PrioritiesFile) -> Iterator[Finding]:
    first: dict[NameOrId, Priority] = {}
    for priority, name in file.priorities.items():
        other = first.setdefault(_same_name(name), priority)
        if other is not priority:
            message = f"'{name}' already stands for {other}"
            yield ("priorities", priority.value), message, "give each a BMS priority of its own"


def _rule_names(file: TemplatesFile | MachineFile) -> Iterator[Finding]:
    first: dict[str, int] = {}
    rules: tuple[TemplateRule | MachineRule, ...] = file.rules
    for place, rule in enumerate(rules):
        spot = ("rules", place, "name")
        other = first.setdefault(rule.name.casefold(), place)
        if rule.name.casefold() == NO_RULE:
            yield spot, f"'{rule.name}' means that no rule matched", "choose another name"
        elif other != place:
            yield spot, f"'{rule.name}' is also the name of rules[{other}]", "choose another name"


def _empty_matches(file: TemplatesFile) -> Iterator[Finding]:
    for place, rule in enumerate(file.rules):
        if rule.match == Match():
            remedy = "say what it looks for, or make its template the default under 'defaults'"
            yield ("rules", place, "match"), f"rule '{rule.name}' says nothing to match", remedy


def _unknown_rules(file: TemplatesFile | MachineFile) -> Iterator[Finding]:
    known = [*(rule.name for rule in file.rules), NO_RULE]
    examples: tuple[TemplateExample | MachineExample, ...] = file.examples
    for place, example in enumerate(examples):
        if example.expect_rule not in known:
            message = f"there is no rule '{example.expect_rule}'"
            remedy = did_you_mean(example.expect_rule, known)
            yield ("examples", place, "expect_rule"), message, remedy


def _shared_domains(file: ClientsFile) -> Iterator[Finding]:
    first: dict[str, NameOrId] = {}
    for spot, domain, account in _domains(file):
        other = first.setdefault(domain, account)
        if _same_name(other) != _same_name(account):
            message = f"'{domain}' already belongs to '{other}'"
            yield spot, message, "leave it with one account; its contacts are found by address"


def _public_domains(file: ClientsFile) -> Iterator[Finding]:
    public = set(file.public_domains)
    for spot, domain, _ in _domains(file):
        parts = domain.split(".")
        above = {".".join(parts[place:]) for place in range(len(parts))} & public
        if above:
            message = f"'{domain}' is a public mail domain ({min(above)} is in public_domains)"
            yield spot, message, "remove it from one of the two lists"


def _staff_domains(file: ClientsFile) -> Iterator[Finding]:
    of_clients = {domain: account for _, domain, account in _domains(file)}
    for place, domain in enumerate(file.staff_domains):
        spot = ("staff_domains", place)
        if domain in of_clients:
            message = f"'{domain}' already belongs to '{of_clients[domain]}'"
            yield spot, message, "people there are either clients or staff: remove one of the two"
        elif longest_parent(domain, file.public_domains):
            message = f"'{domain}' is a public mail domain: anybody could be staff"
            yield spot, message, "remove it from one of the two lists"


def _own_addresses(file: ClientsFile) -> Iterator[Finding]:
    of_clients = {domain: account for _, domain, account in _domains(file)}
    for place, address in enumerate(file.own_addresses):
        owner = longest_parent(address.rpartition("@")[2], of_clients)
        if owner is not None:
            message = f"'{address}' is at a domain of '{of_clients[owner]}'"
            yield ("own_addresses", place), message, "name only addresses of the help desk itself"


def _machine_matches(file: MachineFile) -> Iterator[Finding]:
    for place, rule in enumerate(file.rules):
        if rule.match == MachineMatch():
            remedy = "say which mail of machines it is for"
            yield ("rules", place, "match"), f"rule '{rule.name}' says nothing to match", remedy


def _merges(file: MachineFile) -> Iterator[Finding]:
    for place, rule in enumerate(file.rules):
        if rule.action == "merge" and rule.key is None:
            message = f"rule '{rule.name}' merges, but nothing tells one trouble from another"
            yield ("rules", place), message, "add 'key', such as 'host (\\S+)'"
        elif rule.action != "merge" and (said := rule.model_fields_set & MERGE_ONLY):
            message = f"'{min(said)}' means nothing to a rule that does not merge"
            yield ("rules", place, min(said)), message, "remove it, or set 'action: merge'"


def _domains(file: ClientsFile) -> Iterator[tuple[tuple[str | int, ...], str, NameOrId]]:
    for place, client in enumerate(file.clients):
        for number, domain in enumerate(client.domains):
            yield ("clients", place, "domains", number), domain, client.account


def _same_name(name: NameOrId) -> NameOrId:
    return name.strip().casefold() if isinstance(name, str) else name
