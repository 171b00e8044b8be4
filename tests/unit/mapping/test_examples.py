from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.domain.due_dates import Priority
from connector.mapping.examples import run_examples
from connector.mapping.load import load_mappings
from connector.mapping.machine_file import MachineExample
from connector.mapping.models import (
    ClientExample,
    PriorityExample,
    TemplateExample,
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
    assert "priority is Critical, expected Normal" in result.message


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
