"""`serve`: the web side."""

import click

from connector.cli.common import Invocation, load_run_setup, pass_invocation


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="The port."
)
@pass_invocation
def command(invocation: Invocation, *, host: str, port: int) -> None:
    """Serve the online form, form webhooks, approvals by link, and the status page.

    What comes in is in the ledger before it is answered; `sync` or `run` delivers it. SIGTERM or
    Ctrl-C ends it within seconds: requests that are being answered are answered. The settings
    are read once, at the start. docs/web.md tells how to put a proxy in front.

    Exit codes: 0 told to stop; 2 configuration is wrong, or the port is taken.
    """
    setup = load_run_setup(invocation)
    try:
        from connector.web.serving import Listener
        from connector.web.site import create_app
        from connector.wiring.web import open_site
    except ImportError as error:
        from connector.errors import ConfigError

        raise ConfigError(
            f"`serve` needs libraries that are not installed ({error})",
            "Install them: pip install 'bms-connector[server]'",
        ) from error
    from connector.stop_signal import StopSignal

    with StopSignal() as stop, open_site(setup) as site:
        listener = Listener(create_app(site), host, port, most_bytes=site.max_request_bytes)
        click.echo(f"Serving http://{listener.address}/ until SIGTERM or Ctrl-C", err=True)
        listener.serve(stop)
