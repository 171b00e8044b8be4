"""/healthz fails when runs fail or go silent; /metrics tells Prometheus, and nobody's name."""

from prometheus_client.parser import text_string_to_metric_families
from support.desk import Desk
from support.endpoints import CREATE, SEARCH, SIGN_IN
from support.web import Visitor

from connector.ledger.migrations import record_move
from connector.pipeline.steps import DELIVER, INTAKE, SLA

Sample = tuple[str, tuple[tuple[str, str], ...]]


def healthz(visitor: Visitor) -> tuple[int, list[str]]:
    answer = visitor.get("/healthz").answer
    shown = answer.get_json()
    assert shown["healthy"] is (answer.status_code == 200)
    return answer.status_code, shown["reasons"]


def metrics(visitor: Visitor) -> dict[Sample, float]:
    answer = visitor.get("/metrics").answer
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name.removeprefix("bms_connector_"), tuple(sorted(sample.labels.items()))): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def test_it_is_healthy_right_after_the_start_and_not_when_no_run_follows(
    desk: Desk, visitor: Visitor
) -> None:
    assert healthz(visitor) == (200, [])
    desk.pass_by(minutes=31)
    assert healthz(visitor) == (503, ["no run has ended in the last 30 minutes"])


def test_a_ledger_that_has_moved_is_unhealthy_at_once(desk: Desk, visitor: Visitor) -> None:
    desk.sync()
    with desk.ledger() as ledger, ledger.database.transaction() as tx:
        record_move(tx, "The ledger elsewhere")
    code, [reason] = healthz(visitor)
    assert (code, "the ledger has moved" in reason) == (503, True)


def test_runs_that_go_silent_make_it_unhealthy_until_one_ends_well(
    desk: Desk, visitor: Visitor
) -> None:
    desk.sync()
    desk.pass_by(minutes=29)
    assert healthz(visitor)[0] == 200
    desk.pass_by(minutes=2)
    assert healthz(visitor)[0] == 503
    desk.sync()
    assert healthz(visitor)[0] == 200


def test_a_step_that_only_fails_makes_it_unhealthy_though_others_end_well(
    desk: Desk, visitor: Visitor
) -> None:
    desk.sandbox.faults.add("status", SEARCH, status=503, times=None)
    desk.sync(INTAKE, DELIVER)
    desk.sync(SLA)
    assert healthz(visitor) == (
        503,
        ["no run of the step sla ended well in the last 30 minutes"],
    )
    desk.sandbox.faults.clear()
    desk.sync(SLA)
    assert healthz(visitor) == (200, [])


def test_a_refused_sign_in_is_a_failure(desk: Desk, visitor: Visitor) -> None:
    desk.drop_mail()
    desk.sandbox.faults.add("status", SIGN_IN, status=401, times=None)
    desk.sync()
    assert healthz(visitor)[0] == 503


def test_one_request_that_waits_because_of_an_error_is_none(desk: Desk, visitor: Visitor) -> None:
    """It waits for hours, and every run meanwhile exits with 4: all else goes well."""
    desk.drop_mail()
    desk.sandbox.faults.add("status", CREATE, status=429, retry_after=3600)
    desk.sync()
    report = desk.sync()

    assert report.exit_code == 4
    assert healthz(visitor) == (200, [])


def test_a_parked_request_is_no_failure(desk: Desk, visitor: Visitor) -> None:
    desk.drop("broken.json", b"{not json")
    assert desk.sync().exit_code == 1
    assert healthz(visitor) == (200, [])


def test_metrics_tell_what_waits_what_came_and_how_runs_ended(desk: Desk, visitor: Visitor) -> None:
    desk.drop_mail()
    desk.drop("broken.json", b"{not json")
    desk.sync()
    desk.pass_by(minutes=10)

    shown = metrics(visitor)

    assert shown["requests_waiting", (("state", "parked"),)] == 1
    assert shown["requests_waiting", (("state", "pending"),)] == 0
    assert shown["requests_last_day", (("source", "drop"), ("state", "created"))] == 1
    assert shown["source_silence_seconds", (("source", "drop"),)] == 600
    assert shown["last_run_exit_code", (("step", "deliver"),)] == 1
    ended = shown["last_run_timestamp_seconds", (("step", "deliver"),)]
    assert ended == desk.now.timestamp() - 600
    assert shown["healthy", ()] == 1
    assert shown["bms_calls_last_hour", (("endpoint", CREATE),)] == 1
    assert shown["approvals_waiting", ()] == 0


def test_metrics_name_nobody(desk: Desk, visitor: Visitor) -> None:
    desk.drop_mail("Salary of Marta Ruiz")
    desk.sync()
    text = visitor.get("/metrics").answer.get_data(as_text=True)
    assert "@" not in text
    assert "Marta" not in text
