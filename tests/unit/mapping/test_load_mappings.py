"""`load_mappings`: the samples, and every problem of every file at once."""

import shutil
from pathlib import Path

import pytest
from support.edits import replace_in

from connector.errors import ConfigError
from connector.mapping.load import holiday_problems, load_mappings, read_mappings
from connector.samples import mappings_dir

FIRST_RULE = """\
defaults: {template: General request}
rules:
  - {name: printer, template: Printer problem, match: {words: [printer]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(mappings_dir(), tmp_path / "mappings"))


def problems_of(folder: Path) -> list[str]:
    """Every problem as `file:line: key: …`, without the path of the folder."""
    _, problems = read_mappings(folder)
    return [str(problem).replace(f"{folder}/", "") for problem in problems]


def test_the_samples_load(folder: Path) -> None:
    mappings = load_mappings(folder)

    assert len(mappings.templates.examples) >= 20
    assert {rule.template for rule in mappings.templates.rules} == {
        "Internet or network down",
        "Computer problem",
        "E-mail problem",
        "Printer problem",
        "Software request",
        "Access or security request",
        "BMS account request",
        "General request",
    }
    assert len(mappings.clients.public_domains) >= 25
    assert "members" in mappings.forms


def test_the_sample_holidays_are_known(folder: Path) -> None:
    assert holiday_problems(folder) == []


def test_a_holiday_that_the_library_does_not_know_is_a_problem_with_its_line(folder: Path) -> None:
    replace_in(folder / "sla.yaml", "Thanksgiving", "Thanksgivin")

    [problem] = holiday_problems(folder)

    assert problem.key.startswith("holidays.names[")
    assert problem.line is not None
    assert "Thanksgivin" in (folder / "sla.yaml").read_text().splitlines()[problem.line - 1]


def test_problems_of_all_files_come_at_once(folder: Path) -> None:
    replace_in(folder / "priorities.yaml", "  Low: Low", "  Lwo: Low")
    replace_in(folder / "templates.yaml", "defaults:", "default:")
    replace_in(folder / "clients.yaml", "clients:", "clients: &x {")
    (folder / "sla.yaml").unlink()
    (folder / "forms" / "other.yaml").write_text("fields: {emial: mail}\n")

    with pytest.raises(ConfigError) as caught:
        load_mappings(folder)

    files = [Path(problem.file).name for problem in caught.value.problems]
    assert files == [
        "priorities.yaml",
        "templates.yaml",
        "clients.yaml",
        "sla.yaml",
        "other.yaml",
    ]
    assert "have 5 problems; nothing was started" in str(caught.value)


def test_two_guide_words_on_one_bms_priority_are_refused(folder: Path) -> None:
    replace_in(folder / "priorities.yaml", "Normal: Medium", "Normal: low")

    assert problems_of(folder) == [
        "priorities.yaml:10: priorities.Normal: 'low' already stands for Low"
        " — give each a BMS priority of its own"
    ]


def test_every_guide_priority_must_be_mapped(folder: Path) -> None:
    replace_in(folder / "priorities.yaml", "  High: High", "  # High: High")

    [problem] = problems_of(folder)

    assert problem.startswith("priorities.yaml:8: priorities.High: is missing")


def test_an_unknown_guide_priority_names_the_nearest(folder: Path) -> None:
    replace_in(folder / "priorities.yaml", "  High: High", "  Hihg: High")

    [problem] = problems_of(folder)

    assert problem.startswith("priorities.yaml:11: priorities.Hihg: is not a known key here")
    assert problem.endswith("did you mean 'High'?")


@pytest.mark.parametrize(
    ("clients", "words"),
    [
        (
            "clients:\n  - {account: A, domains: [x.example]}\n"
            "  - {account: B, domains: [y.example, '@X.EXAMPLE']}\n",
            "clients.yaml:3: clients[1].domains[1]: 'x.example' already belongs to 'A'",
        ),
        (
            "clients:\n  - {account: A, domains: [gmail.com]}\npublic_domains: [GMail.com]\n",
            "clients.yaml:2: clients[0].domains[0]: 'gmail.com' is a public mail domain",
        ),
        (
            "clients:\n  - {account: A, domains: [a.b.example]}\npublic_domains: [b.example]\n",
            "'a.b.example' is a public mail domain (b.example is in public_domains)",
        ),
        (
            "clients:\n  - {account: A, domains: [joe@x.example]}\n",
            "'joe@x.example' is not a mail domain — write it like client.example",
        ),
        ("clients:\n  - {account: A, domains: [com]}\n", "'com' is not a mail domain"),
        ("clients:\n  - {account: A, domains: x.example}\n", "must be a list, not text"),
        ("clients:\n  - {account: A, domain: [x.example]}\n", "did you mean 'domains'?"),
        ("clients:\n  - {account: [A], domains: []}\n", "must be text or a whole number"),
        (
            "clients:\n  - {account: A, domains: [x.example]}\nstaff_domains: [x.example]\n",
            "clients.yaml:3: staff_domains[0]: 'x.example' already belongs to 'A'",
        ),
        (
            "staff_domains: [mail.gmail.com]\npublic_domains: [gmail.com]\n",
            "'mail.gmail.com' is a public mail domain: anybody could be staff",
        ),
        (
            "clients:\n  - {account: A, domains: [x.example]}\nown_addresses: [a@b.X.example]\n",
            "clients.yaml:3: own_addresses[0]: 'a@b.x.example' is at a domain of 'A'",
        ),
        ("own_addresses: [desk.example]\n", "'desk.example' is no address"),
        ("own_lists: [help]\n", "'help' is not a mail domain"),
    ],
)
def test_clients_that_contradict_each_other(folder: Path, clients: str, words: str) -> None:
    (folder / "clients.yaml").write_text(clients)

    [problem] = problems_of(folder)

    assert words in problem


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (
            "rules:\n  - {name: a, match: {subject: x}, action: merge}\n",
            "machine.yaml:2: rules[0]: rule 'a' merges, but nothing tells one trouble from another",
        ),
        (
            "rules:\n  - {name: a, match: {subject: x}, action: park, window: 3}\n",
            "'window' means nothing to a rule that does not merge",
        ),
        ("rules:\n  - {name: a, match: {}, action: park}\n", "rule 'a' says nothing to match"),
        (
            "rules:\n  - {name: a, match: {subject: '('}, action: park}\n",
            "'(' is no regular expression",
        ),
        (
            "rules:\n  - {name: a, match: {words: [x]}, action: park}\n"
            "  - {name: A, match: {words: [y]}, action: park}\n",
            "'A' is also the name of rules[0]",
        ),
        ("rules:\n  - {name: a, match: {words: [x]}, action: drop}\n", "rules[0].action"),
        ("examples:\n  - {expect_rule: a}\n", "there is no rule 'a'"),
    ],
)
def test_machine_rules_that_cannot_do_what_they_say(folder: Path, machine: str, words: str) -> None:
    (folder / "machine.yaml").write_text(machine)

    [problem] = problems_of(folder)

    assert words in problem


def test_one_account_may_be_listed_twice_and_a_subdomain_go_elsewhere(folder: Path) -> None:
    (folder / "clients.yaml").write_text(
        "clients:\n"
        "  - {account: A, domains: [x.example]}\n"
        "  - {account: a, domains: [x.example, y.example]}\n"
        "  - {account: B, domains: [sub.x.example]}\n"
    )

    assert problems_of(folder) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            "  - {name: Printer, template: 6004, match: {words: [toner]}}\n",
            "templates.yaml:4: rules[1].name: 'Printer' is also the name of rules[0]",
        ),
        (
            "  - {name: nothing, template: X, match: {}}\n",
            "templates.yaml:4: rules[1].match: rule 'nothing' says nothing to match",
        ),
        (
            "  - {name: nothing, template: X, match: {words: []}}\n",
            "rules[1].match: rule 'nothing' says nothing to match",
        ),
        ("  - {name: default, template: X, match: {words: [x]}}\n", "means that no rule matched"),
        (
            "examples:\n  - {subject: x, expect_rule: pinter}\n",
            "templates.yaml:5: examples[0].expect_rule: there is no rule 'pinter'"
            " — did you mean 'printer'?",
        ),
        (
            "  - {name: x, template: X, match: {senders: [x.example]}}\n",
            "write someone@x.example, or @x.example for everybody there",
        ),
        (
            "  - {name: x, template: X, match: {words: [911]}}\n",
            "rules[1].match.words[0]: must be text, not a number — put it in quotes",
        ),
        (
            "  - {name: x, template: X, match: {words: [x]}, set: {queue: {emergancy: Y}}}\n",
            "rules[1].set.queue.emergancy: is not a known key here — did you mean 'emergency'?",
        ),
        (
            "  - {name: x, template: X, match: {words: [x]}, set: {queue: [Y]}}\n",
            "rules[1].set.queue: must be text or a whole number or a block of keys, not a list",
        ),
        (
            "  - {name: x, template: X, match: {priorities: [high]}}\n",
            "must be 'Low', 'Normal', 'High' or 'Critical' — did you mean 'High'?",
        ),
    ],
)
def test_template_rules_that_cannot_work(folder: Path, more: str, words: str) -> None:
    (folder / "templates.yaml").write_text(FIRST_RULE + more)

    [problem] = problems_of(folder)

    assert words in problem


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("template.yaml", "rename it to templates.yaml?"),
        ("client.yml", "rename it to clients.yaml?"),
        ("zebra.yaml", "move it elsewhere"),
        ("forms/members.yml", "rename it to forms/members.yaml"),
        ("form/members.yaml", "move it elsewhere"),
    ],
)
def test_a_file_that_nothing_reads_is_named(folder: Path, name: str, remedy: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("a: 1\n")

    [problem] = problems_of(folder)

    assert problem.startswith(f"{name}: is not a mapping file")
    assert remedy in problem


@pytest.mark.parametrize("name", ["README.md", ".templates.yaml.swp", "clients.yaml~", ".x.yaml"])
def test_what_is_no_yaml_file_of_ours_is_left_alone(folder: Path, name: str) -> None:
    (folder / name).write_text("a: 1\n")

    assert problems_of(folder) == []


def test_missing_files_and_a_missing_folder_lead_to_init(folder: Path) -> None:
    (folder / "clients.yaml").unlink()

    assert problems_of(folder) == [
        "clients.yaml: is missing — `bms-connector init` adds the sample and overwrites nothing"
    ]
    assert "there is no such folder" in problems_of(folder / "absent")[0]


def test_two_errors_in_one_file_are_both_told(folder: Path) -> None:
    (folder / "clients.yaml").write_text("clients:\n  - {acount: A, domains: [x]}\nclient: []\n")

    assert {problem.split(": ")[1] for problem in problems_of(folder)} == {
        "clients[0].acount",
        "clients[0].domains[0]",
        "client",
    }
