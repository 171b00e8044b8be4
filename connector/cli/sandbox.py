"""`sandbox`: a BMS to play with, in the foreground."""

import signal
import threading
from types import FrameType

import click

from connector.cli.common import Invocation, pass_invocation

SNIPPET = """\
A BMS to play with is running. It forgets everything when it stops (Ctrl-C).

  base URL  {base_url}
  tenant    {tenant}
  user      {username}
  password  {password}

For config.yaml:

bms:
  base_url: {base_url}
  tenant: {tenant}
  username: {username}
  password: {password}

Look inside: {base_url}/_sandbox/tickets
"""


@click.command("sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="0 takes any free port.",
)
@pass_invocation
def command(invocation: Invocation, *, host: str, port: int) -> None:
    """Run a BMS server with a sample tenant on this machine until it is told to stop.

    With --log-level info every call is logged on stderr. The paths below /_sandbox show what
    it holds (tickets, calls, exchanges) and make it fail on purpose (faults, behaviour).
    """
    import structlog

    from connector.errors import ConfigError
    from connector.logs import configure_logs
    from connector.sandbox import Exchange, Sandbox

    configure_logs(
        log_format=invocation.log_format, level=invocation.log_level, redact_addresses=True
    )
    log = structlog.get_logger("sandbox")

    def log_exchange(exchange: Exchange) -> None:
        log.info("call", endpoint=exchange.endpoint, status=exchange.status, fault=exchange.fault)

    sandbox = Sandbox(host=host, port=port)
    sandbox.observers.append(log_exchange)
    stop = _stop_on_signals()
    try:
        sandbox.start()
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}", "Choose another --port"
        ) from None
    try:
        click.echo(
            SNIPPET.format(
                base_url=sandbox.base_url,
                tenant=sandbox.tenant_name,
                username=sandbox.username,
                password=sandbox.password,
            )
        )
        stop.wait()
    finally:
        sandbox.stop()


def _stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C and SIGTERM set."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return stop
