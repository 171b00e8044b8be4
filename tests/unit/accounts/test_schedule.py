"""When something is due for an access request that waits for approval."""

from datetime import timedelta

import pytest
from support.access import NOW, access

from connector.accounts.model import AccessState
from connector.accounts.schedule import HELD_LOOK, Look, next_look

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDS = NOW + 14 * DAY


def asked(**values):
    return access(asked_at=NOW, expires_at=ENDS, **values)


@pytest.mark.parametrize(
    ("after", "request_", "look"),
    [
        (0 * DAY, access(), Look(ask=True, at=NOW + HELD_LOOK)),
        (90 * DAY, access(held="nobody"), Look(ask=True, at=NOW + 90 * DAY + HELD_LOOK)),
        (0 * DAY, asked(), Look(at=NOW + 2 * DAY)),
        (2 * DAY - HOUR, asked(), Look(at=NOW + 2 * DAY)),
        (2 * DAY, asked(), Look(remind=True, at=ENDS)),
        (2 * DAY, asked(reminded_at=NOW + 2 * DAY), Look(at=ENDS)),
        (14 * DAY - HOUR, asked(reminded_at=NOW + 2 * DAY), Look(at=ENDS)),
        (14 * DAY, asked(reminded_at=NOW + 2 * DAY), Look(expire=True)),
        (20 * DAY, asked(), Look(expire=True)),
        (3 * DAY, asked(reminded_at=NOW, held="nobody"), Look(at=NOW + 3 * DAY + HELD_LOOK)),
        (14 * DAY - HOUR / 2, asked(reminded_at=NOW, held="nobody"), Look(at=ENDS)),
        (30 * DAY, asked(state=AccessState.APPROVED), Look()),
    ],
)
def test_what_is_due(after, request_, look):
    assert next_look(request_, NOW + after) == look


def test_a_request_whose_end_was_not_kept_ends_14_days_after_asking():
    assert next_look(access(asked_at=NOW), NOW + 14 * DAY).expire
