"""Whether a promise was kept: what BMS tells decides, and what it does not tell stays unknown."""

from datetime import timedelta
from typing import Any

import pytest
from support.watched import OPENED, an_open_ticket

from connector.domain.tenant import Named
from connector.pipeline.rulebook import TicketStatuses
from connector.reporting.standing import (
    MERGED,
    NO_COMPLETION,
    NO_DUE_DATE,
    NO_RESPONSE,
    NO_TARGET,
    NOT_READABLE,
    Judgement,
    Standing,
    judge_due_date,
    judge_response,
)

STATUSES = TicketStatuses()
DONE, GONE = Named(49964, "Completed"), Named(49999, "merged")
DUE = OPENED + timedelta(hours=8)
MINUTE = timedelta(minutes=1)
BEFORE, AFTER = DUE - MINUTE, DUE + MINUTE


@pytest.mark.parametrize(
    ("ticket", "now", "standing"),
    [
        ({"status": DONE, "completed_at": BEFORE}, AFTER, Standing.KEPT),
        ({"status": DONE, "completed_at": DUE}, AFTER, Standing.KEPT),
        ({"status": DONE, "completed_at": AFTER}, AFTER, Standing.MISSED),
        ({}, BEFORE, Standing.OPEN),
        ({}, DUE, Standing.OPEN),
        ({}, AFTER, Standing.MISSED),
        # A status of the tenant's own that ends a ticket, too.
        ({"status": Named(5, "Closed"), "completed_at": BEFORE}, AFTER, Standing.KEPT),
        # Reopened: nobody promises that BMS clears the date of completion then.
        ({"completed_at": BEFORE, "reopened_at": AFTER}, AFTER + MINUTE, Standing.MISSED),
        (
            {"status": DONE, "reopened_at": BEFORE, "completed_at": AFTER},
            AFTER + MINUTE,
            Standing.MISSED,
        ),
    ],
)
def test_a_due_date_is_kept_by_completing_the_ticket_in_time(
    ticket: dict[str, Any], now: Any, standing: Standing
) -> None:
    assert judge_due_date(an_open_ticket(due_at=DUE, **ticket), now, STATUSES) == Judgement(
        standing
    )


@pytest.mark.parametrize(
    ("ticket", "why"),
    [
        ({"due_at": None}, NO_DUE_DATE),
        ({"due_at": None, "unreadable": "soon"}, NOT_READABLE),
        ({"status": DONE}, NO_COMPLETION),
        ({"status": GONE, "completed_at": BEFORE}, MERGED),
    ],
)
def test_what_bms_does_not_tell_of_a_due_date_is_unknown(ticket: dict[str, Any], why: str) -> None:
    shown = an_open_ticket(**{"due_at": DUE, **ticket})
    assert judge_due_date(shown, AFTER, STATUSES) == Judgement(Standing.UNKNOWN, why)


@pytest.mark.parametrize(
    ("ticket", "now", "standing"),
    [
        ({"first_response_at": DUE}, AFTER, Standing.KEPT),
        ({"first_response_at": AFTER}, AFTER, Standing.MISSED),
        ({"first_response_at": BEFORE, "status": GONE}, AFTER, Standing.KEPT),
        ({"status": DONE, "completed_at": BEFORE}, AFTER, Standing.KEPT),
        ({}, BEFORE, Standing.OPEN),
    ],
)
def test_a_response_is_judged_by_the_stamp_of_bms(
    ticket: dict[str, Any], now: Any, standing: Standing
) -> None:
    assert judge_response(an_open_ticket(**ticket), DUE, now, STATUSES) == Judgement(standing)


@pytest.mark.parametrize("ticket", [{}, {"status": DONE, "completed_at": AFTER}])
def test_a_response_without_a_stamp_is_unknown_and_not_missed(ticket: dict[str, Any]) -> None:
    judged = judge_response(an_open_ticket(**ticket), DUE, AFTER, STATUSES)
    assert judged == Judgement(Standing.UNKNOWN, NO_RESPONSE)


def test_a_response_to_a_merged_ticket_or_without_a_target_is_unknown() -> None:
    merged = judge_response(an_open_ticket(status=GONE), DUE, BEFORE, STATUSES)
    assert merged.why == MERGED
    assert judge_response(an_open_ticket(), None, BEFORE, STATUSES).why == NO_TARGET
