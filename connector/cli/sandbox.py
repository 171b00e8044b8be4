"""`sandbox`: a BMS to play with, in the foreground, and what people do on its pages."""

import json
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
Do what people do on BMS's pages: bms-connector sandbox act --at {base_url} --help
"""


@click.group("sandbox", invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="0 takes any free port.",
)
@pass_invocation
@click.pass_context
def command(ctx: click.Context, invocation: Invocation, *, host: str, port: int) -> None:
    """Run a BMS server with a sample tenant on this machine until it is told to stop.

    With --log-level info every call is logged on stderr. The paths below /_sandbox show what
    it holds (tickets, contacts, calls, exchanges) and make it fail on purpose (faults, behaviour).
    """
    if ctx.invoked_subcommand is None:
        _serve(invocation, host=host, port=port)


@command.command("act")
@click.option(
    "--at",
    "base_url",
    default="http://127.0.0.1:8765",
    show_default=True,
    metavar="URL",
    help="The base URL of the sandbox.",
)
@click.argument("name")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
def act(base_url: str, name: str, fields: tuple[str, ...]) -> None:
    """Do what people do on BMS's own pages, in a sandbox that runs.

    \b
    The step of a portal login that BMS's API does not offer, and its like:
      grant_portal_access contact=ADDRESS-OR-ID [role="External Manager"] [user_name=NAME]
      revoke_portal_access contact=ADDRESS-OR-ID
      set_poc contact=ADDRESS-OR-ID [is_poc=false]
      set_contact_active contact=ADDRESS-OR-ID [is_active=false]
    Tickets, for example:
      complete ticket_id=70001
      change_priority ticket_id=70001 name=Critical

    A NAME that there is not gets the list of all. Values are taken as JSON where they are JSON
    (70001, true, null), else as text.
    """
    from connector.bms.sandbox_grant import SandboxPages

    result = SandboxPages(base_url).act(name, **dict(map(_field, fields)))
    if result is not None:
        click.echo(result)


def _field(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.UsageError(f"'{text}' is no FIELD=VALUE")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _serve(invocation: Invocation, *, host: str, port: int) -> None:
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
