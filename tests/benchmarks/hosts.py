"""Several hosts on one PostgreSQL: how much faster two and three deliver than one."""

from figures import Figure
from program import program
from sandbox_process import sandbox_process
from support.postgres import running_server

REQUESTS = 240
LATENCY = 0.2
THREADS = 2
LEAST = 1.8


def measure() -> list[Figure]:
    """Deliver the same number of requests with one, two and three hosts of two threads each."""
    with running_server() as server:
        seconds = {hosts: _deliver(server.create_new(), hosts) for hosts in (1, 2, 3)}
    return [_figure(seconds, 2, LEAST), _figure(seconds, 3)]


def _figure(seconds: dict[int, float], hosts: int, least: float | None = None) -> Figure:
    ratio = seconds[1] / seconds[hosts]
    return Figure(
        f"{hosts} hosts on one PostgreSQL, {THREADS} threads each, {LATENCY * 1000:.0f} ms",
        f"{REQUESTS / seconds[hosts]:.1f} requests/s",
        f"{REQUESTS / seconds[1]:.1f} requests/s (one host)",
        ratio,
        f"≥ {least} x" if least else "",
        is_met=ratio >= least if least else None,
    )


def _deliver(state: str, hosts: int) -> float:
    with (
        sandbox_process(delay=LATENCY) as sandbox,
        program(sandbox, state=state, workers=THREADS) as desk,
    ):
        desk.drop_mails(REQUESTS)
        desk.run(["sync", "--only", "intake"])
        seconds = desk.run(*[["sync", "--only", "deliver"]] * hosts)
        assert sandbox.tickets() == REQUESTS
    return seconds
