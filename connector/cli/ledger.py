"""`ledger`: care of the ledger as a whole."""

import sys
from pathlib import Path

import click

from connector.cli.common import Invocation, load_settings, pass_invocation
from connector.errors import ExitCode


@click.group("ledger")
def command() -> None:
    """Back the ledger up, check it, move it to PostgreSQL."""


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", "overwrite", is_flag=True, help="Put it in the place of an older backup.")
@pass_invocation
def backup(invocation: Invocation, *, file: Path, overwrite: bool) -> None:
    """Write the ledger as it is now to FILE, a SQLite ledger of mode 0600, while runs go on.

    FILE appears only once it is whole and checked. docs/ledger.md tells how to restore it.
    """
    from connector.wiring.ledger_care import back_up_ledger

    done = back_up_ledger(load_settings(invocation), file, overwrite=overwrite)
    click.echo(f"{file}: {done.requests} requests, {done.size} bytes")


@command.command("check")
@pass_invocation
def check(invocation: Invocation) -> None:
    """Tell whether the ledger is sound: one line per fault, exit code 1 if there is any.

    It changes nothing, and runs go on meanwhile.
    """
    from connector.ledger.care.checking import told_counts
    from connector.wiring.ledger_care import Found, check_ledger

    found, faults = Found(), 0
    for line in check_ledger(load_settings(invocation), found):
        click.echo(line)
        faults += 1
    if faults:
        click.echo(f"{faults} {'fault' if faults == 1 else 'faults'} in the ledger", err=True)
        sys.exit(ExitCode.PARTLY)
    click.echo(f"sound, {told_counts(found)}")


@command.command("move")
@click.option(
    "--to",
    required=True,
    metavar="URL",
    help="postgresql://USER:PASSWORD@HOST/DATABASE, which is empty. Write the password, or all"
    " of it, as '${NAME}' (from the environment) or '${file:PATH}': others can see what is"
    " typed here.",
)
@pass_invocation
def move(invocation: Invocation, *, to: str) -> None:
    """Move the ledger from SQLite to PostgreSQL: all of it or nothing, compared row by row.

    No run may be under way. The old ledger is kept, and refuses to be used from then on.
    """
    from connector.wiring.ledger_care import move_ledger

    folder = invocation.config_file.absolute().parent
    label, counts = move_ledger(load_settings(invocation), to, folder)
    for table, count in counts.items():
        click.echo(f"{table}: {count}")
    click.echo(
        f"{label} has all of it, compared row by row. Let `state` name it now; "
        "the old ledger refuses to be used from here on",
        err=True,
    )
