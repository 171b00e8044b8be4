"""`accounts request` and `accounts import`: what becomes of each person, then the orders."""

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.cli.accounts_plan import Asked, Told, tell, tell_finished
from connector.cli.common import Invocation, at_once, load_run_setup, pass_invocation
from connector.domain.access import Role
from connector.domain.mail import Mailbox
from connector.errors import ConfigError, ConnectorError, ExitCode, Problem

if TYPE_CHECKING:
    from connector.accounts.model import AccessRequest
    from connector.accounts.people_file import PeopleFile
    from connector.domain.access import AccessOrder
    from connector.pipeline.accounts.order_plan import Planned
    from connector.wiring.orders import OrderDesk

CORRECT_ROWS = "Correct these rows and import it again, or leave them out with --skip-bad"
HEADINGS = ("first name", "last name", "email", "phone", "account", "role")


@click.command("request")
@click.option("--account", required=True, metavar="NAME", help="The client, as named in BMS.")
@click.option("--name", default="", help="First and last name.")
@click.option("--first-name", default="", help="Where --name would be cut wrongly.")
@click.option("--last-name", default="")
@click.option("--email", required=True, help="The address; it becomes the user name.")
@click.option("--phone", default="")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role], case_sensitive=False),
    default=Role.EXTERNAL_USER.value,
    show_default=True,
)
@click.option("--requested-by", metavar="EMAIL", help="Who at the client asked for it.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; record nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def request(  # noqa: PLR0913 - one for each option
    invocation: Invocation,
    *,
    account: str,
    name: str,
    first_name: str,
    last_name: str,
    email: str,
    phone: str,
    role: str,
    requested_by: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Ask for a portal login for one person; the next sync makes its ticket.

    A point of contact of the account approves it, as for a login that the client asks for.
    """
    from connector.accounts.names import split_name
    from connector.accounts.people_file import read_people

    if bool(name) == bool(first_name or last_name):
        raise click.UsageError("say --name, or --first-name and --last-name")
    if name:
        first_name, last_name = split_name(name)
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, (first_name, last_name, email, phone, account, role)])
    file = read_people(text.getvalue().encode())
    asked = Asked(
        command="accounts request",
        source="accounts request",
        requested_by=_requester(requested_by),
        dry_run=dry_run,
        as_json=as_json,
    )
    _order(invocation, file, asked)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Show the plan for every row; record nothing.")
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out instead of refusing the file.")
@click.option("--requested-by", metavar="EMAIL", help="Who at the client asked for them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
@pass_invocation
def import_people(
    invocation: Invocation,
    *,
    file: Path,
    dry_run: bool,
    skip_bad: bool,
    requested_by: str | None,
    as_json: bool,
) -> None:
    """Ask for portal logins for the people in FILE, a CSV file; can be run again after a failure.

    Its columns, in any order: first name, last name, email, phone, account, role. Each account
    gets one ticket and one approval over its people. Who is ordered already, or has access, is
    left out.

    Exit codes: 0 done; 1 done, but bad rows were left out (--skip-bad); 2 the file is refused, with
    every bad row; 3 BMS refused us; 4 BMS could not be reached; 5 another order is under way.
    """
    from connector.accounts.people_file import read_people

    people = read_people(file.read_bytes())
    asked = Asked(
        command="accounts import",
        source=file.name,
        requested_by=_requester(requested_by),
        dry_run=dry_run,
        skip_bad=skip_bad,
        as_json=as_json,
    )
    _order(invocation, people, asked)


def _requester(address: str | None) -> Mailbox | None:
    if address is None:
        return None
    wanted = address.strip().lower()
    if not wanted.partition("@")[0] or "." not in wanted.rpartition("@")[2]:
        raise click.UsageError(f"--requested-by {address} is no e-mail address")
    return Mailbox("", wanted)


def _order(invocation: Invocation, file: "PeopleFile", asked: Asked) -> None:
    """Plan, show the plan, and record it unless something speaks against it."""
    from connector.cli.progress import run_progress
    from connector.cli.who import who_runs_this
    from connector.pipeline.accounts.ordering import finish_interrupted, unopened_orders
    from connector.wiring.orders import open_orders

    if file.is_unreadable:
        raise _refusal(
            asked, _faults_of_file(asked, file), "Correct the file, then import it again"
        )
    setup = load_run_setup(invocation)
    with (
        at_once("nothing of it was recorded"),
        run_progress() as progress,
        open_orders(
            setup,
            command=asked.command,
            recorded_by=who_runs_this(),
            dry_run=asked.dry_run,
            progress=progress,
        ) as desk,
    ):
        unopened = unopened_orders(desk.book.ledger)
        finished = [] if asked.dry_run else finish_interrupted(desk.book)
        planned = _plan(desk, file, asked, unopened if asked.dry_run else ())
        faults = [*_faults_of_file(asked, file), *_refused(asked, planned)]
        faults.sort(key=lambda fault: fault.line or 0)
        is_refused = bool(faults) and not asked.skip_bad
        placed = [] if is_refused or asked.dry_run else _place(desk, planned, asked)
    told = Told(planned, faults, placed, finished, file.left_aside)
    if is_refused and not asked.dry_run:
        tell_finished(finished)
        raise _refusal(asked, faults)
    tell(told, asked)
    if is_refused:
        raise _refusal(asked, [] if asked.as_json else faults)
    if faults:
        sys.exit(ExitCode.PARTLY)


def _plan(
    desk: "OrderDesk", file: "PeopleFile", asked: Asked, unopened: "Sequence[AccessOrder]"
) -> "Sequence[Planned]":
    from connector.pipeline.accounts.order_plan import Wanted

    wanted = [
        Wanted(row.account_name, row.person, row.line if asked.is_file else None)
        for row in file.rows
    ]
    try:
        return desk.planner.plan(wanted, unopened=unopened)
    except ConnectorError:
        for fault in _faults_of_file(asked, file):
            click.echo(str(fault), err=True)
        raise


def _place(desk: "OrderDesk", planned: "Sequence[Planned]", asked: Asked) -> "list[AccessRequest]":
    from connector.pipeline.accounts.ordering import orders_of, place_order

    placed = []
    recorded_by = desk.book.recorded_by
    for order in orders_of(planned, requested_by=asked.requested_by, recorded_by=recorded_by):
        desk.planner.progress("recording")
        placed.append(place_order(desk.book, order))
    return placed


# --- what is wrong ---------------------------------------------------------------------------


def _faults_of_file(asked: Asked, file: "PeopleFile") -> list[Problem]:
    return [
        Problem(asked.source, fault.line, "", fault.message, fault.remedy) for fault in file.faults
    ]


def _refused(asked: Asked, planned: "Sequence[Planned]") -> list[Problem]:
    from connector.pipeline.accounts.order_plan import Finding

    return [
        Problem(asked.source, each.wanted.line, "", f"{each.wanted.person.name}: {each.words}")
        for each in planned
        if each.finding is Finding.REFUSED
    ]


def _refusal(asked: Asked, faults: Sequence[Problem], remedy: str = CORRECT_ROWS) -> ConfigError:
    if not asked.is_file:
        without_line = tuple(replace(fault, line=None) for fault in faults)
        return ConfigError("nothing was recorded", "Correct it, then ask again", without_line)
    message = f"{asked.source} is refused as a whole: nothing of it was recorded"
    return ConfigError(message, remedy, tuple(faults))
