"""Entries of one file that contradict each other: where each stands, and what the admin may do.

How the findings come to stand with file and line is in `test_load_mappings`.
"""

import pytest

from connector.mapping.consistency import (
    Finding,
    client_problems,
    machine_problems,
    priority_problems,
    template_problems,
)
from connector.mapping.machine_file import MachineFile
from connector.mapping.models import ClientsFile, PrioritiesFile, TemplatesFile

NAMES = {"Low": "Low", "Normal": "Medium", "High": "High", "Critical": "Critical"}


def priorities(**names: str | int) -> PrioritiesFile:
    return PrioritiesFile.model_validate({"priorities": names, "emergency": {"words": ("911",)}})


def clients(*entries: tuple[str | int, tuple[str, ...]], **more: tuple[str, ...]) -> ClientsFile:
    rules = tuple({"account": account, "domains": domains} for account, domains in entries)
    return ClientsFile.model_validate({"clients": rules, **more})


def machine(**rule: object) -> MachineFile:
    return MachineFile.model_validate({"rules": ({"name": "disk", "action": "park", **rule},)})


def says(finding: Finding, place: tuple[str | int, ...], *facts: str) -> bool:
    where, message, remedy = finding
    return where == place and all(fact in f"{message} — {remedy}" for fact in facts)


def test_priorities_of_their_own_are_no_problem() -> None:
    assert priority_problems(priorities(**NAMES)) == []
    assert priority_problems(priorities(Low=1, Normal=2, High=3, Critical=4)) == []


def test_a_guide_priority_that_is_missing_is_named_with_the_line_to_add() -> None:
    file = priorities(Low="Low", Normal="Medium", High="High")

    [finding] = priority_problems(file)

    assert says(finding, ("priorities", "Critical"), "missing", "add 'Critical: …'", "in BMS")


@pytest.mark.parametrize("shared", [3, "High", " high "])
def test_one_bms_priority_cannot_stand_for_two_of_the_guide(shared: str | int) -> None:
    first = shared if isinstance(shared, int) else "High"

    [finding] = priority_problems(priorities(**NAMES | {"High": first, "Critical": shared}))

    assert says(finding, ("priorities", "Critical"), f"'{shared}'", "High", "of its own")


def test_a_domain_belongs_to_one_account_whether_named_or_given_by_id() -> None:
    [finding] = client_problems(clients((17, ("x.example",)), (18, ("y.example", "x.example"))))

    assert says(finding, ("clients", 1, "domains", 1), "'x.example'", "'17'", "one account")
    assert client_problems(clients((17, ("x.example",)), (17, ("x.example",)))) == []


def test_a_public_mail_domain_in_two_lists_is_to_leave_one_of_them() -> None:
    of_client = clients(("A", ("a.mail.example",)), public_domains=("mail.example",))
    of_staff = clients(staff_domains=("a.mail.example",), public_domains=("mail.example",))

    [client], [staff] = client_problems(of_client), client_problems(of_staff)

    facts = ("'a.mail.example'", "public mail domain", "remove it from one of the two lists")
    assert says(client, ("clients", 0, "domains", 0), "mail.example is in public_domains", *facts)
    assert says(staff, ("staff_domains", 0), "anybody could be staff", *facts)


def test_a_domain_is_a_clients_or_our_staffs() -> None:
    file = clients(("A", ("x.example",)), staff_domains=("own.example", "x.example"))

    [finding] = client_problems(file)

    assert says(finding, ("staff_domains", 1), "'x.example'", "'A'", "remove one of the two")


@pytest.mark.parametrize("address", ["help@sub.x.example", '"help@desk"@x.example'])
def test_an_address_of_our_own_cannot_be_at_a_clients_domain(address: str) -> None:
    file = clients(("A", ("x.example",)), own_addresses=("help@own.example", address))

    [finding] = client_problems(file)

    assert says(finding, ("own_addresses", 1), f"'{address}'", "'A'", "of the help desk itself")


@pytest.mark.parametrize("name", ["default", "Default"])
def test_no_rule_may_be_called_as_examples_call_none(name: str) -> None:
    [finding] = machine_problems(machine(name=name, match={"subject": "x"}))

    assert says(finding, ("rules", 0, "name"), f"'{name}'", "no rule", "choose another name")


def test_of_rules_with_one_name_the_later_is_to_get_another() -> None:
    rule = {"template": "Printer problem", "match": {"words": ("printer",)}}
    rules = tuple({"name": name, **rule} for name in ("printer", "other", "PRINTER"))
    file = TemplatesFile.model_validate({"defaults": {"template": "General"}, "rules": rules})

    [finding] = template_problems(file)

    assert says(finding, ("rules", 2, "name"), "'PRINTER'", "rules[0]", "choose another name")


def test_a_rule_that_matches_nothing_is_named_with_what_it_may_look_for() -> None:
    rules = ({"name": "all", "template": "General", "match": {}},)
    file = TemplatesFile.model_validate({"defaults": {"template": "General"}, "rules": rules})

    [of_templates], [of_machine] = template_problems(file), machine_problems(machine(match={}))

    place = ("rules", 0, "match")
    assert says(of_templates, place, "'all'", "nothing to match", "default under 'defaults'")
    assert says(of_machine, place, "'disk'", "nothing to match", "which mail of machines")


def test_a_merge_needs_a_key_and_its_settings_belong_to_merges_alone() -> None:
    match = {"subject": "disk"}
    with_key = {"action": "merge", "key": "host (\\S+)", "window": 5}

    [no_key] = machine_problems(machine(match=match, action="merge"))
    [no_merge] = machine_problems(machine(match=match, window=5, key="x"))

    assert machine_problems(machine(match=match, **with_key)) == []
    assert says(no_key, ("rules", 0), "'disk' merges", "add 'key'")
    assert says(no_merge, ("rules", 0, "key"), "'key'", "remove it", "'action: merge'")


def test_an_example_may_expect_a_rule_that_exists_or_none() -> None:
    rules = ({"name": "disk", "action": "park", "match": {"subject": "disk"}},)
    examples = tuple({"expect_rule": name} for name in ("disk", "default", "dsik"))
    file = MachineFile.model_validate({"rules": rules, "examples": examples})

    [finding] = machine_problems(file)

    assert says(finding, ("examples", 2, "expect_rule"), "'dsik'", "did you mean 'disk'?")
