"""/healthz for load balancers and monitoring, /metrics for Prometheus: no names, no addresses."""

from collections.abc import Iterator

import structlog
from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from connector import __version__
from connector.errors import ConnectorError
from connector.web.operations import (
    Operations,
    health_of,
    last_good_by_step,
    last_runs_by_step,
    source_flows,
    waiting_approvals,
)
from connector.web.site import the_operations

log = structlog.get_logger()

bp = Blueprint("health", __name__)

PREFIX = "bms_connector"


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 while runs end well, and 503 with the reasons when they fail or are silent."""
    try:
        reasons = list(health_of(the_operations()))
    except ConnectorError as error:
        log.warning("ledger not read", reason=error.message)
        reasons = ["the ledger cannot be read"]
    return jsonify(healthy=not reasons, reasons=reasons), 503 if reasons else 200


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Answer with gauges in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Gauges(the_operations()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Gauges(Collector):
    """What the ledger tells at this moment."""

    def __init__(self, work: Operations) -> None:
        self._work = work

    def describe(self) -> list[Metric]:
        """Promise nothing: Prometheus's registry would else collect once to find out."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge."""
        yield from _of_runs(self._work)
        yield from _of_requests(self._work)
        yield from _of_calls(self._work)


def _of_runs(work: Operations) -> Iterator[Metric]:
    info = _gauge("info", "The version that serves this page.", ["version"])
    info.add_metric([__version__], 1)
    yield info
    healthy = _gauge("healthy", "1 while /healthz answers 200, else 0.")
    healthy.add_metric([], 0 if health_of(work) else 1)
    yield healthy
    ended = _gauge("last_run_timestamp_seconds", "When a step's last run ended.", ["step"])
    codes = _gauge("last_run_exit_code", "The exit code of a step's last run.", ["step"])
    for step, run in last_runs_by_step(work).items():
        if run.finished_at is not None and run.exit_code is not None:
            ended.add_metric([step], run.finished_at.timestamp())
            codes.add_metric([step], run.exit_code)
    yield ended
    yield codes
    good = _gauge("last_good_run_timestamp_seconds", "When a step last ended well.", ["step"])
    for step, run in last_good_by_step(work).items():
        if run.finished_at is not None:
            good.add_metric([step], run.finished_at.timestamp())
    yield good


def _of_requests(work: Operations) -> Iterator[Metric]:
    now = work.clock()
    waiting = _gauge("requests_waiting", "Requests that are pending or parked.", ["state"])
    for state, count in work.overview.waiting().items():
        waiting.add_metric([state.value], count)
    yield waiting
    day = _gauge(
        "requests_last_day", "Requests received in 24 hours, by what they are.", ["source", "state"]
    )
    silence = _gauge(
        "source_silence_seconds", "Since when a source has had nothing new.", ["source"]
    )
    for flow in source_flows(work, now):
        for state, count in flow.last_day.items():
            day.add_metric([flow.name, state.value], count)
        if flow.last_received is not None:
            silence.add_metric([flow.name], (now - flow.last_received).total_seconds())
    yield day
    yield silence
    approvals = _gauge("approvals_waiting", "Access requests that await an approval.")
    approvals.add_metric([], len(waiting_approvals(work)))
    yield approvals
    letters = _gauge("letters_waiting", "Letters that are yet to be sent.")
    letters.add_metric([], work.overview.letters_waiting())
    yield letters


def _of_calls(work: Operations) -> Iterator[Metric]:
    calls = _gauge("bms_calls_last_hour", "Calls to BMS in 60 minutes.", ["endpoint"])
    for endpoint, count in work.spent().items():
        calls.add_metric([endpoint], count)
    yield calls
    limit = _gauge("bms_calls_per_hour_limit", "Calls that an endpoint may get in 60 minutes.")
    limit.add_metric([], work.calls_per_hour)
    yield limit


def _gauge(name: str, words: str, labels: list[str] | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=labels or [])
