"""The webhooks do what docs/web-hooks.openapi.json says, whatever is sent (schemathesis)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.desk import Desk, help_desk
from support.hooks import SECRET, webhook

from connector.web.site import create_app
from connector.wiring.web import open_site

ROOT = Path(__file__).parents[3]
DESCRIBED = json.loads((ROOT / "docs" / "web-hooks.openapi.json").read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
FUZZED = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A help desk whose webhooks are what `SCHEMA` calls."""
    with help_desk(tmp_path_factory.mktemp("desk")) as desk:
        desk.bms = f"webhook_secret: {SECRET}"
        webhook(desk)
        with open_site(desk.setup(), clock=desk.clock) as site:
            SCHEMA.app = create_app(site)
            yield desk


def _check(case: schemathesis.Case) -> None:
    case.validate_response(case.call(app=SCHEMA.app), checks=CHECKS)


@FUZZED
@given(case=SCHEMA["/hooks/{source}"]["POST"].as_strategy())
def test_a_submission_is_answered_as_described(fuzzed: Desk, case: schemathesis.Case) -> None:
    case.path_parameters = {"source": "website"}
    case.headers = {**(case.headers or {}), "X-Webhook-Secret": SECRET}
    _check(case)


@FUZZED
@given(case=SCHEMA["/hooks/{source}"]["POST"].as_strategy())
def test_a_stranger_is_answered_as_described(fuzzed: Desk, case: schemathesis.Case) -> None:
    _check(case)


@FUZZED
@given(case=SCHEMA["/hooks/bms"]["POST"].as_strategy())
def test_a_hint_is_answered_as_described(fuzzed: Desk, case: schemathesis.Case) -> None:
    case.query = {**(case.query or {}), "key": SECRET}
    _check(case)


def test_whatever_was_recorded_can_be_worked_on(fuzzed: Desk) -> None:
    """Runs after the others: nothing that they sent is a fault of ours."""
    found = len(fuzzed.requests())
    report = fuzzed.sync("intake", "deliver")

    assert found > 10
    assert report.conserved
    assert not [line for line in report.requests if "internal error" in (line.reason or "")]
