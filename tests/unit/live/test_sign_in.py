"""What BMS says of our rights, and what that means."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connector.live.findings import Level
from connector.live.sign_in import rights_findings
from connector.ports.inspection import ApiUser

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def user(**facts: Any) -> ApiUser:
    return ApiUser(
        **{
            "name": "API Connector",
            "is_admin": False,
            "rights": 0,
            "modifiable": 0,
            "time_zone": None,
            "bms_time": None,
            "server_time": NOW,
            "our_time": NOW,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("facts", "level", "words"),
    [
        ({"rights": 12, "modifiable": 4}, Level.OK, "signed in as API Connector"),
        ({}, Level.OK, "signed in as API Connector"),
        ({"rights": 12}, Level.ERROR, "may look at 12 listings and change none"),
        ({"is_admin": True, "rights": 12, "modifiable": 12}, Level.WARNING, "administrator"),
    ],
)
def test_only_rights_that_mean_something_are_told(
    facts: dict[str, Any], level: Level, words: str
) -> None:
    [finding] = rights_findings(user(**facts))

    assert finding.level is level
    assert words in finding.message
