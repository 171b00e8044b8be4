"""`report`: volumes, sources, SLA kept and missed over a period, as a page, as text or as JSON."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from connector import __version__
from connector.cli.common import Invocation, echo_json, load_settings, pass_invocation
from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.config.models import Config


@click.command("report")
@click.option(
    "--from", "first", metavar="DATE", help="First local date.  [default: 29 days before the last]"
)
@click.option("--to", "last", metavar="DATE", help="Last local date, included.  [default: today]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="Write one self-contained HTML page, with charts.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def command(
    invocation: Invocation,
    *,
    first: str | None,
    last: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Tell what came in over a period, what became of it, and which SLA was kept.

    DATE is written like 2026-11-23. Without -o the report is printed as text. The page holds no
    addresses and no subjects. BMS is only read, one call per 100 tickets of the period.
    """
    dates = _read_date(first, "--from"), _read_date(last, "--to")
    config = load_settings(invocation)
    if output is None:
        sys.exit(_report(config, dates, as_json=as_json, page=None))
    with _replacing(output) as page:
        code = _report(config, dates, as_json=as_json, page=page)
    click.echo(f"the report is in {output}", err=True)
    sys.exit(code)


def _report(
    config: "Config",
    dates: tuple[date | None, date | None],
    *,
    as_json: bool,
    page: TextIO | None,
) -> int:
    from connector.reporting.as_json import as_json as figures_as_json
    from connector.wiring.parts import desk_name
    from connector.wiring.report import make_report

    made = make_report(config, *dates)
    if page is not None:
        from connector.reporting.page import render_page

        page.write(render_page(made.figures, desk=desk_name(config), version=__version__))
    if as_json:
        echo_json(figures_as_json(made.figures))
    elif page is None:
        from connector.cli.report_text import print_figures

        print_figures(made.figures)
    if made.figures.sla.not_judged:
        remedy = f". {made.error.remedy}" if made.error and made.error.remedy else ""
        click.echo(f"the SLA could not be judged: {made.figures.sla.not_judged}{remedy}", err=True)
    return int(made.exit_code)


def _read_date(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{option} {text!r} is not a date", "Write it like 2026-11-23, the year first"
        ) from None


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes the place of `path` once all is written; before, nothing changes.

    Raises `ConfigError` when it cannot be written.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise ConfigError(f"{path} is no file that can be replaced", "Name another with -o")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written: {error.strerror or error}", "Name another file with -o"
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()
