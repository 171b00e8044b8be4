from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.domain.due_dates import Priority
from connector.mapping.examples import run_examples, run_message_examples
from connector.mapping.load import load_mappings
from connector.mapping.machine_file import MachineExample, MachineMatch, MachineRule
from connector.mapping.message_templates import ALERT, TEXT, WANTED, MessageTemplates
from connector.mapping.models import (
    ClientExample,
    Match,
    Overrides,
    PriorityExample,
    TemplateExample,
    TemplateRule,
)
from connector.sla.policy import SlaExample

NEW_YORK = ZoneInfo("America/New_York")
SAMPLES = Path(__file__).parents[3] / "mappings"


@pytest.fixture(scope="module")
def samples():
    return load_mappings(SAMPLES)


def with_examples(samples, part, *examples):
    files = ("priorities", "templates", "clients", "machine", "sla")
    files = {name: getattr(samples, name).model_copy(update={"examples": ()}) for name in files}
    files[part] = files[part].model_copy(update={"examples": examples})
    return replace(samples, **files)


def with_rules(mappings, part, *rules):
    return replace(mappings, **{part: getattr(mappings, part).model_copy(update={"rules": rules})})


def test_the_examples_of_the_sample_files_hold(samples):
    results = run_examples(samples, NEW_YORK)
    assert [result for result in results if not result.ok] == []
    assert {result.file for result in results} == {
        "priorities.yaml",
        "templates.yaml",
        "clients.yaml",
        "machine.yaml",
        "sla.yaml",
    }


def test_a_priority_example_that_fails_says_how(samples):
    example = PriorityExample(
        subject="URGENT", expect_priority=Priority.NORMAL, expect_emergency=False
    )
    (result,) = run_examples(with_examples(samples, "priorities", example), NEW_YORK)
    assert (result.file, result.index, result.ok) == ("priorities.yaml", 0, False)
    assert result.message == (
        "priority is Critical, expected Normal; emergency is True, expected False"
    )


def test_a_template_example_that_fails_names_the_rule(samples):
    example = TemplateExample(subject="The printer jams", expect_rule="software")
    (result,) = run_examples(with_examples(samples, "templates", example), NEW_YORK)
    assert result.message == "rule is printer, expected software"


def test_a_machine_example_that_fails_says_how(samples):
    example = MachineExample(subject="November newsletter", expect_rule="newsletter")
    (result,) = run_examples(with_examples(samples, "machine", example), NEW_YORK)
    assert (result.file, result.message) == (
        "machine.yaml",
        "rule is default, expected newsletter",
    )


def test_a_client_example_that_fails_names_the_account(samples):
    example = ClientExample(sender="x@harbordental.example", expect_account=None)
    (result,) = run_examples(with_examples(samples, "clients", example), NEW_YORK)
    assert result.message == "account is Harbor Dental Group, expected None"


def test_an_sla_example_that_fails_shows_both_times(samples):
    received = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - a time without offset is local
    example = SlaExample(received=received, expect_remote_response=received)
    (result,) = run_examples(with_examples(samples, "sla", example), NEW_YORK)
    assert result.message == (
        "remote_response is 2026-11-23T12:00:00-05:00, expected 2026-11-23T10:00:00-05:00"
    )


def local(day, hour=9):
    return datetime(2026, 11, day, hour)  # noqa: DTZ001 - a time without offset is local


@pytest.mark.parametrize(
    ("desired", "due"),
    [
        (local(25, 15), "2026-11-25T15:00:00-05:00"),
        (
            datetime(2026, 11, 25, 15, tzinfo=ZoneInfo("America/Chicago")),
            "2026-11-25T16:00:00-05:00",
        ),
        (date(2026, 11, 25), "2026-11-25T18:00:00-05:00"),
        (None, "2026-11-28T10:00:00-05:00"),
    ],
)
def test_an_sla_example_is_reckoned_with_the_date_that_it_desires(samples, desired, due):
    example = SlaExample(received=local(23, 10), desired=desired, expect_resolution=local(1))
    (result,) = run_examples(with_examples(samples, "sla", example), NEW_YORK)
    assert result.message == f"resolution is {due}, expected 2026-11-01T09:00:00-05:00"
    assert result.title == "received 2026-11-23T10:00:00"


RULES = (
    TemplateRule(name="form", template="T", match=Match(form_templates=("Printer",))),
    TemplateRule(name="sender", template="T", match=Match(senders=("jane@client.example",))),
    TemplateRule(name="source", template="T", match=Match(sources=("phone",))),
    TemplateRule(name="client", template="T", match=Match(accounts=("Harbor Dental",))),
    TemplateRule(name="client by id", template="T", match=Match(accounts=("17",))),
    TemplateRule(name="another", template="T", match=Match(accounts=("1",))),
)


@pytest.mark.parametrize(
    ("example", "rule"),
    [
        ({"form_template": "printer"}, "form"),
        ({"sender": "jane@client.example"}, "sender"),
        ({"source": "phone"}, "source"),
        ({"account": "harbor dental"}, "client"),
        ({"account": "17"}, "client by id"),
        ({"account": "Palmetto Legal"}, "default"),
        ({"text": "Hello"}, "default"),
    ],
)
def test_a_template_example_is_decided_by_all_that_it_says(samples, example, rule):
    mappings = with_examples(samples, "templates", TemplateExample(**example, expect_rule="?"))
    (result,) = run_examples(with_rules(mappings, "templates", *RULES), NEW_YORK)
    assert result.message == f"rule is {rule}, expected ?"


def test_a_priority_example_is_not_swayed_by_a_template_rule(samples):
    low = TemplateRule(
        name="low",
        template="T",
        match=Match(words=("printer",)),
        set=Overrides(priority=Priority.LOW),
    )
    example = PriorityExample(
        subject="Printer", expect_priority=Priority.NORMAL, expect_emergency=False
    )
    mappings = with_rules(with_examples(samples, "priorities", example), "templates", low)
    (result,) = run_examples(mappings, NEW_YORK)
    assert result.ok


@pytest.mark.parametrize(
    ("match", "example"),
    [
        (MachineMatch(list_ids=("Alerts.vendor.example",)), {"list_id": "ALERTS.Vendor.example"}),
        (MachineMatch(sources=("scans",)), {"source": "scans"}),
        (MachineMatch(senders=("scan@client.example",)), {"sender": "scan@client.example"}),
        (MachineMatch(headers={"X-Scan": "^done"}), {"headers": {"x-SCAN": "Done, 3 pages"}}),
    ],
)
def test_a_machine_example_is_decided_by_all_that_it_says(samples, match, example):
    rule = MachineRule(name="wanted", match=match, action="ignore")
    examples = (
        MachineExample(**example, expect_rule="wanted"),
        MachineExample(subject="another", expect_rule="default"),
    )
    mappings = with_rules(with_examples(samples, "machine", *examples), "machine", rule)
    assert [result.message for result in run_examples(mappings, NEW_YORK)] == ["", ""]


def test_a_client_example_goes_by_the_domain_behind_the_last_at_sign(samples):
    sender = '"x@gmail.com"@harbordental.example'
    example = ClientExample(sender=sender, expect_account="Harbor Dental Group")
    (result,) = run_examples(with_examples(samples, "clients", example), NEW_YORK)
    assert (result.title, result.ok) == (sender, True)


@pytest.mark.parametrize(
    ("part", "example", "title"),
    [
        (
            "priorities",
            PriorityExample(
                subject="Jam", text="y", expect_priority=Priority.LOW, expect_emergency=False
            ),
            "Jam",
        ),
        (
            "priorities",
            PriorityExample(text="It jams", expect_priority=Priority.LOW, expect_emergency=False),
            "It jams",
        ),
        ("templates", TemplateExample(subject="Jam", form_template="f", expect_rule="?"), "Jam"),
        ("templates", TemplateExample(form_template="f", text="y", expect_rule="?"), "f"),
        ("templates", TemplateExample(text="It jams", expect_rule="?"), "It jams"),
        ("machine", MachineExample(subject="Jam", expect_rule="?"), "Jam"),
        ("machine", MachineExample(sender="s@client.example", expect_rule="?"), "s@client.example"),
    ],
)
def test_an_example_is_known_by_its_subject_or_by_what_else_it_says(samples, part, example, title):
    (result,) = run_examples(with_examples(samples, part, example), NEW_YORK)
    assert (result.title, result.ok) == (title, False)


def test_every_text_of_messages_is_tried_once_for_each_of_its_examples(samples):
    results = run_message_examples(samples)
    assert [result for result in results if not result.ok or result.message] == []
    assert {result.file for result in results} == {
        f"messages/{n}" for n in samples.messages.sources
    }
    wanted = [result for result in results if result.file == f"messages/{WANTED}"]
    assert [(result.index, result.title) for result in wanted] == [
        (0, "asked"),
        (1, "asked"),
        (2, "reminder"),
        (3, "reminder"),
    ]


def test_a_text_of_messages_that_fails_is_told_by_the_example_it_fails_on(samples):
    sources = {
        TEXT: "Subject: #{{ number }}#\n{{ nubmer if desired }}",
        ALERT: "Subject: x\n{{ 1 / 0 if event == 'parked' }}",
    }
    results = run_message_examples(replace(samples, messages=MessageTemplates(sources)))
    failed = [(result.file, result.title, result.message) for result in results if not result.ok]
    undefined = (f"messages/{TEXT}", "T20261116.0001", "cannot be rendered: 'nubmer' is undefined")
    divided = (f"messages/{ALERT}", "parked", "cannot be rendered: division by zero")
    assert failed == [undefined, divided, divided]


def test_the_sample_rules_say_what_needs_the_approval_of_a_point_of_contact(samples):
    needed = {rule.name: rule.approval for rule in samples.templates.rules if rule.approval}
    assert needed == {
        "form-access": "access",
        "access-for-someone": "access",
        "access": "access",
        "form-bms-account": "login",
        "bms-account-for-someone": "login",
        "bms-account": "login",
    }
