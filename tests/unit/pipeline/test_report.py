"""Counts, conservation, and the one exit code that speaks for all."""

import itertools

import pytest

from connector.domain.request import Outcome
from connector.errors import ExitCode
from connector.pipeline.report import NO_RESULT, RequestReport, RunReport, worst


def request(key: str, outcome: Outcome = Outcome.CREATED) -> RequestReport:
    return RequestReport(key, "drop", "email", outcome, "Subject", "", None, None, NO_RESULT)


def test_the_counts_are_those_of_the_requests() -> None:
    outcomes = [Outcome.CREATED, Outcome.CREATED, Outcome.PARKED, Outcome.PENDING]
    requests = [request(str(n), outcome) for n, outcome in enumerate(outcomes)]

    counts = RunReport("run", received=3, carried=1, requests=requests).counts

    assert counts == {
        "received": 3,
        "carried": 1,
        "created": 2,
        "appended": 0,
        "ignored": 0,
        "duplicate": 0,
        "parked": 1,
        "pending": 1,
        "sla_written": 0,
    }


@pytest.mark.parametrize(
    ("received", "carried", "keys", "leftovers", "conserved"),
    [
        (0, 0, "", [], True),
        (1, 1, "ab", [], True),
        (2, 0, "a", [], False),
        (1, 0, "ab", [], False),
        (2, 0, "aa", [], False),
        (1, 0, "a", ["b.eml"], False),
    ],
)
def test_everything_handed_over_must_be_accounted_for_once(
    received: int, carried: int, keys: str, leftovers: list[str], conserved: bool
) -> None:
    report = RunReport(
        "run",
        received=received,
        carried=carried,
        requests=[request(key) for key in keys],
        leftovers=leftovers,
    )

    assert report.conserved is conserved


ORDER = [
    ExitCode.USAGE,
    ExitCode.REFUSED,
    ExitCode.UNREACHABLE,
    ExitCode.PARTLY,
    ExitCode.DONE,
]


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(ORDER, 2)))
def test_the_first_exit_code_that_applies_wins(first: ExitCode, second: ExitCode) -> None:
    assert worst([second, first]) is first
    assert worst([first, second]) is first


def test_without_errors_a_run_is_done() -> None:
    assert worst([]) is ExitCode.DONE
